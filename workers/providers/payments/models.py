"""The unified payment model: what every gateway is asked, and what every gateway answers.

Requests refuse card data in any field, answers have it masked; amounts are exact decimals; times are UTC. The
enumerations' values are those of the database and of the client's surface.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from workers.providers.models import Country, IdempotencyKey, Input, Metadata, Output, ShortText, Text, Url
from workers.providers.money import Amount, Money


class PaymentStatus(StrEnum):
    """Where a payment stands."""

    PENDING = "pending"
    """Accepted by Wasl, not yet sent to a provider."""
    CREATED = "created"
    """Known to the provider; nobody has paid yet."""
    REQUIRES_ACTION = "requires_action"
    """The payer has to do something: visit a page, authenticate."""
    PROCESSING = "processing"
    """The provider or a bank is working on it; the result comes later."""
    AUTHORIZED = "authorized"
    """The money is reserved, and can be captured or released."""
    PARTIALLY_CAPTURED = "partially_captured"
    """Part of the reserved money was taken and the rest can still be."""
    CAPTURED = "captured"
    """The money was taken; nothing more will be taken."""
    PARTIALLY_REFUNDED = "partially_refunded"
    """Part of the captured money was given back."""
    REFUNDED = "refunded"
    """All of the captured money was given back."""
    CANCELLED = "cancelled"
    """Given up on purpose before any money was taken; a reservation is released."""
    FAILED = "failed"
    """The last attempt to pay was refused. Where the provider lets the payer try again, it may still succeed."""
    EXPIRED = "expired"
    """Nobody paid, or nobody captured, in time."""
    DISPUTED = "disputed"
    """The payer's bank took the money back, or asks to."""


class RefundStatus(StrEnum):
    """Where a refund stands."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    """The bank did not take it; the money is with the merchant again."""
    CANCELLED = "cancelled"
    """Given up before it was sent."""


class DeclineReason(StrEnum):
    """Why a payment was declined, in one vocabulary for all gateways."""

    INSUFFICIENT_FUNDS = "insufficient_funds"
    LIMIT_EXCEEDED = "limit_exceeded"
    """Over the card's amount or count limit, not over its balance."""
    CARD_EXPIRED = "card_expired"
    INCORRECT_CVC = "incorrect_cvc"
    INVALID_CARD = "invalid_card"
    """Number, expiry date or account that does not exist or is closed."""
    CARD_BLOCKED = "card_blocked"
    """Reported lost or stolen, or to be picked up."""
    AUTHENTICATION_REQUIRED = "authentication_required"
    """The bank wants 3-D Secure; the payer has to be present."""
    AUTHENTICATION_FAILED = "authentication_failed"
    """3-D Secure, a PIN or an address check did not pass."""
    SUSPECTED_FRAUD = "suspected_fraud"
    NOT_PERMITTED = "not_permitted"
    """The card or account may not be used for this kind of payment, merchant or country."""
    CURRENCY_NOT_SUPPORTED = "currency_not_supported"
    DUPLICATE = "duplicate"
    """The bank has just seen the same payment."""
    ISSUER_UNAVAILABLE = "issuer_unavailable"
    """The bank could not be asked; another try later may pass."""
    PROCESSING_ERROR = "processing_error"
    CANCELLED_BY_PAYER = "cancelled_by_payer"
    DO_NOT_HONOR = "do_not_honor"
    """The bank refuses without saying why."""
    OTHER = "other"


class CaptureMethod(StrEnum):
    """When the money is taken after it is authorized."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"
    """Only reserved, until `capture_payment`."""


class PaymentMode(StrEnum):
    """How the payer pays."""

    CHECKOUT = "checkout"
    """On a page of the provider, which the payer is sent to."""
    DIRECT = "direct"
    """With a token of a payment method that the provider already holds."""


class CancelReason(StrEnum):
    """Why a payment is given up."""

    DUPLICATE = "duplicate"
    FRAUDULENT = "fraudulent"
    REQUESTED_BY_CUSTOMER = "requested_by_customer"
    ABANDONED = "abandoned"


class RefundReason(StrEnum):
    """Why money is given back."""

    DUPLICATE = "duplicate"
    FRAUDULENT = "fraudulent"
    REQUESTED_BY_CUSTOMER = "requested_by_customer"


class PaymentMethodType(StrEnum):
    """What the payer pays with."""

    CARD = "card"
    APPLE_PAY = "apple_pay"
    GOOGLE_PAY = "google_pay"
    SAMSUNG_PAY = "samsung_pay"
    PAYPAL = "paypal"
    PAY_LATER = "pay_later"
    """Instalments or a later date, by a lender who pays the merchant at once."""
    MADA = "mada"
    STC_PAY = "stc_pay"
    KNET = "knet"
    BENEFIT = "benefit"
    OMANNET = "omannet"
    NAPS = "naps"
    FAWRY = "fawry"
    BANK_TRANSFER = "bank_transfer"


class PaymentEventType(StrEnum):
    """What can happen to a payment, a refund or a dispute (`events.CanonicalEvent.type`)."""

    PAYMENT_CREATED = "payment.created"
    PAYMENT_REQUIRES_ACTION = "payment.requires_action"
    PAYMENT_PROCESSING = "payment.processing"
    PAYMENT_AUTHORIZED = "payment.authorized"
    PAYMENT_SUCCEEDED = "payment.succeeded"
    PAYMENT_FAILED = "payment.failed"
    PAYMENT_CANCELLED = "payment.cancelled"
    PAYMENT_EXPIRED = "payment.expired"
    PAYMENT_PARTIALLY_REFUNDED = "payment.partially_refunded"
    PAYMENT_REFUNDED = "payment.refunded"
    REFUND_PENDING = "refund.pending"
    REFUND_SUCCEEDED = "refund.succeeded"
    REFUND_FAILED = "refund.failed"
    REFUND_CANCELLED = "refund.cancelled"
    DISPUTE_OPENED = "dispute.opened"
    DISPUTE_UPDATED = "dispute.updated"
    DISPUTE_WON = "dispute.won"
    DISPUTE_LOST = "dispute.lost"
    DISPUTE_CLOSED = "dispute.closed"
    """Closed without a winner: an inquiry or a warning that went away."""
    PAYOUT_CREATED = "payout.created"
    PAYOUT_UPDATED = "payout.updated"
    PAYOUT_PAID = "payout.paid"
    PAYOUT_FAILED = "payout.failed"
    PAYOUT_CANCELLED = "payout.cancelled"


class Customer(Input):
    """Who pays. Everything is optional; some gateways refuse a payment without some of it.

    :param reference: the merchant's own name for them, such as a customer number.
    """

    name: ShortText | None = None
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)] | None = None
    phone: Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")] | None = None
    """E.164, such as ``+971500000001``."""
    reference: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None


class Address(Input):
    """A postal address. :param state: the emirate, in the Emirates, which have no postal codes."""

    line1: ShortText
    line2: ShortText | None = None
    city: ShortText
    state: ShortText | None = None
    postal_code: Annotated[str, StringConstraints(min_length=1, max_length=20)] | None = None
    country: Country


class LineItem(Input):
    """One line of the order that is paid for.

    :param unit_amount: the price of one, in the payment's currency.
    :param reference: the merchant's own, such as an SKU.
    """

    name: ShortText
    quantity: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    unit_amount: Amount
    reference: ShortText | None = None
    category: ShortText | None = None
    image_url: Url | None = None
    product_url: Url | None = None


class PaymentRequest(Input):
    """A payment to make.

    :param payment_id: Wasl's id of the payment; it travels as metadata and comes back in webhooks.
    :param reference: the merchant's own reference, such as an order number.
    :param money: how much; more than zero.
    :param capture_method: take the money at once, or only reserve it.
    :param mode: on the provider's page (``return_url`` is then needed), or with a ``payment_method`` token.
    :param payment_method: the provider's token of a payment method; only for direct payments.
    :param payment_method_data: further ids of a saved payment method, as `SavedMethod.provider_data` gave them.
    :param save_payment_method: have the provider keep what the payer pays with; `PaymentResult.saved_method` then has
        its token once the payer has paid.
    :param method: what the payer is to pay with; None leaves the choice to the payer.
    :param country: where the payer is, for gateways that want to know.
    :param locale: the language of the provider's page.
    :param items: what is paid for; pay-later providers insist on it.
    :param confirm: for direct payments, whether to try at once, or only to create.
    :param metadata: the merchant's own facts, at most 40, none starting with ``wasl_``.
    :param return_url: where the payer comes back to after paying; ``cancel_url`` after giving up.
    :param statement_descriptor: what the payer's bank statement says, at most 22 characters.
    :param idempotency_key: the same key never makes a second payment; the operation's id.
    """

    payment_id: UUID
    reference: ShortText
    money: Money
    capture_method: CaptureMethod = CaptureMethod.AUTOMATIC
    mode: PaymentMode = PaymentMode.CHECKOUT
    payment_method: ShortText | None = None
    payment_method_data: dict[str, str] = Field(default_factory=dict)
    save_payment_method: bool = False
    method: PaymentMethodType | None = None
    confirm: bool = True
    description: Text | None = None
    customer: Customer = Customer()
    country: Country | None = None
    locale: Literal["en", "ar"] | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None
    items: tuple[LineItem, ...] = Field(default=(), max_length=100)
    metadata: Metadata = Field(default_factory=dict)
    return_url: Url | None = Field(default=None, validate_default=True)
    cancel_url: Url | None = None
    statement_descriptor: Annotated[str, StringConstraints(pattern=r"""^[^<>\\'"*]{1,22}$""")] | None = None
    idempotency_key: IdempotencyKey

    @field_validator("money")
    @classmethod
    def _more_than_zero(cls, money: Money) -> Money:
        return _positive(money)

    @field_validator("metadata")
    @classmethod
    def _leave_our_names(cls, metadata: dict[str, str]) -> dict[str, str]:
        if any(name.startswith("wasl_") for name in metadata):
            raise ValueError("names that start with wasl_ are Wasl's own")
        return metadata

    @field_validator("payment_method")
    @classmethod
    def _token_only_for_direct(cls, token: str | None, info: ValidationInfo) -> str | None:
        if token is not None and info.data.get("mode") is PaymentMode.CHECKOUT:
            raise ValueError("belongs to a direct payment only")
        return token

    @field_validator("return_url")
    @classmethod
    def _way_back_from_checkout(cls, url: str | None, info: ValidationInfo) -> str | None:
        if url is None and info.data.get("mode") is PaymentMode.CHECKOUT:
            raise ValueError("is needed for a payment on the provider's page")
        return url


class ExistingPayment(Input):
    """What every request about an existing payment says of it.

    :param provider_payment_id: as the last `PaymentResult` gave it.
    :param provider_data: as the last `PaymentResult` gave it: further ids that some gateways need.
    """

    payment_id: UUID
    provider_payment_id: ShortText
    provider_data: dict[str, str] = Field(default_factory=dict)
    idempotency_key: IdempotencyKey


class CompleteRequest(ExistingPayment):
    """Take, or reserve, what the payer has agreed to; see `capabilities.CompletesPayments`.

    :param money: the payment's whole amount.
    :param capture_method: whether to take it or only to reserve it.
    """

    money: Money | None = None
    capture_method: CaptureMethod = CaptureMethod.AUTOMATIC


class CaptureRequest(ExistingPayment):
    """Take reserved money: all of it, or ``money``, a part."""

    money: Money | None = None

    @field_validator("money")
    @classmethod
    def _more_than_zero(cls, money: Money | None) -> Money | None:
        return _positive(money) if money else None


class CancelRequest(ExistingPayment):
    """Give a payment up before money is taken, and release what is reserved."""

    reason: CancelReason | None = None


class RefundRequest(ExistingPayment):
    """Give captured money back: all that is left, or ``money``, a part.

    :param refund_id: Wasl's id of the refund; it travels as metadata and comes back in webhooks.
    :param note: a remark, for gateways that take one.
    """

    refund_id: UUID
    money: Money | None = None
    reason: RefundReason | None = None
    note: Text | None = None

    @field_validator("money")
    @classmethod
    def _more_than_zero(cls, money: Money | None) -> Money | None:
        return _positive(money) if money else None


def _positive(money: Money) -> Money:
    if money.amount <= 0:
        raise ValueError("amount must be more than zero")
    return money


class NextAction(Output):
    """What has to be done before the payment can go on.

    :param type: ``redirect`` (send the payer to ``url``), ``use_provider_sdk`` (finish in the browser with the
        provider's own library and the ``client_secret``) or ``complete`` (the payer is done; the hub has to call
        `complete_payment`).
    """

    type: str
    url: str | None = None


class Decline(Output):
    """Why the last attempt was refused: Wasl's reason beside the provider's own code and words."""

    reason: DeclineReason
    code: str | None = None
    message: str | None = None


class SavedMethod(Output):
    """A payment method that the provider keeps for later direct payments. Nothing of it can be used elsewhere.

    :param token: what `PaymentRequest.payment_method` takes.
    :param brand: such as ``Visa``, in the provider's spelling.
    :param expires: ``2029-04``, for cards.
    :param provider_data: further ids that a payment with it needs, such as the customer's at the provider.
    """

    token: ShortText
    type: PaymentMethodType = PaymentMethodType.CARD
    brand: str | None = None
    last_four: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")] | None = None
    expires: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")] | None = None
    provider_data: dict[str, str] = Field(default_factory=dict)


class PaymentResult(Output):
    """A payment as the provider sees it. A fact that the answer does not tell is None, never a guess.

    :param provider_payment_id: what to ask the provider with. A hosted payment may begin with its session's id and
        get the payment's own later; both are accepted afterwards.
    :param provider_session_id: the hosted page's own id, where it has one.
    :param status: where it stands; ``provider_status`` says it in the provider's words.
    :param money: what was asked for.
    :param checkout_url: where to send the payer, for a hosted payment.
    :param client_secret: for the provider's browser library; not a secret towards the payer, but never logged.
    :param refunds: the provider's ids of refunds that the answer lists.
    :param saved_method: what the provider keeps of the payer's means, where that was asked for.
    :param fee: what the provider charges the merchant for it, in the payment's currency, where it tells.
    :param payment_id: Wasl's id, when the provider gave it back.
    :param provider_data: further ids that later requests need; small, no personal data.
    """

    provider_payment_id: str
    provider_session_id: str | None = None
    payment_id: UUID | None = None
    status: PaymentStatus
    provider_status: str
    money: Money
    amount_authorized: Amount | None = None
    amount_captured: Amount | None = None
    amount_refunded: Amount | None = None
    checkout_url: str | None = None
    client_secret: str | None = Field(default=None, repr=False)
    next_action: NextAction | None = None
    decline: Decline | None = None
    refunds: tuple[str, ...] = ()
    saved_method: SavedMethod | None = None
    fee: Amount | None = None
    created_at: datetime | None = None
    provider_data: dict[str, str] = Field(default_factory=dict)


class RefundResult(Output):
    """A refund as the provider sees it.

    :param refund_id: Wasl's id, when the provider gave it back; likewise ``payment_id``.
    :param failure_reason: the provider's code for why it failed.
    """

    provider_refund_id: str
    provider_payment_id: str | None = None
    refund_id: UUID | None = None
    payment_id: UUID | None = None
    status: RefundStatus
    provider_status: str
    money: Money
    failure_reason: str | None = None
    created_at: datetime | None = None
    provider_data: dict[str, str] = Field(default_factory=dict)


class DisputeResult(Output):
    """A dispute (chargeback) as the provider sees it.

    :param evidence_due_by: until when the merchant can answer.
    """

    provider_dispute_id: str
    provider_payment_id: str | None = None
    provider_status: str
    reason: str | None = None
    money: Money
    evidence_due_by: datetime | None = None


class PaymentPage(Output):
    """One page of the provider's own list of payments.

    :param next_cursor: what `capabilities.ListsPayments.list_payments` takes for the next page; None at the end.
    """

    payments: tuple[PaymentResult, ...]
    next_cursor: str | None = None


class PayoutStatus(StrEnum):
    """Where a payout stands."""

    PENDING = "pending"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"


class PayoutResult(Output):
    """Money on its way from the provider to the merchant's bank account.

    :param arrives_on: when the provider expects it there.
    """

    provider_payout_id: str
    status: PayoutStatus
    provider_status: str
    money: Money
    arrives_on: date | None = None
    failure_reason: str | None = None
