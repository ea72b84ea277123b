"""Checkout.com's objects in Wasl's words: payments, hosted pages, actions and disputes.

Pure functions over decoded JSON. Facts from the published specification (nas_spec of checkout/checkout-api-reference,
2021) for payments and actions; from the official Java SDK 23c85c1 (``PaymentStatus``, ``HostedPaymentStatus``,
``HostedPaymentDetailsResponse``) for what came later; and from
https://www.checkout.com/docs/payments/accept-payments/format-the-amount-value for amounts.

A refund is an action of a payment and can only be read there, so its id is both: ``pay_…:act_…``.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from workers.providers.money import CURRENCY_DECIMALS, Money
from workers.providers.payments.checkout.declines import decline
from workers.providers.payments.models import (
    Decline,
    DisputeResult,
    NextAction,
    PaymentMethodType,
    PaymentResult,
    PaymentStatus,
    PayoutResult,
    PayoutStatus,
    RefundResult,
    RefundStatus,
    SavedMethod,
)

# Where Checkout.com's minor units differ from ISO 4217: CLP is not among the currencies sent in full, so it has two.
CHECKOUT_DECIMALS: Final[Mapping[str, int]] = {**CURRENCY_DECIMALS, "CLP": 2}
MAX_UNITS: Final = 999_999_999
"""An amount has at most nine digits."""

PAYMENT_STATUSES: Final[Mapping[str, PaymentStatus]] = {
    "Active": PaymentStatus.CREATED,
    "Requested": PaymentStatus.PROCESSING,
    "Authentication Requested": PaymentStatus.REQUIRES_ACTION,
    "Pending": PaymentStatus.PROCESSING,  # or REQUIRES_ACTION, when there is a page to send the payer to
    "Authorized": PaymentStatus.AUTHORIZED,
    # A verification takes no money, and Wasl asks for none.
    "Card Verified": PaymentStatus.CREATED,
    "Voided": PaymentStatus.CANCELLED,
    "Partially Captured": PaymentStatus.PARTIALLY_CAPTURED,
    "Captured": PaymentStatus.CAPTURED,
    "Partially Refunded": PaymentStatus.PARTIALLY_REFUNDED,
    "Refunded": PaymentStatus.REFUNDED,
    "Declined": PaymentStatus.FAILED,
    "Canceled": PaymentStatus.CANCELLED,
    "Expired": PaymentStatus.EXPIRED,
    "Paid": PaymentStatus.CAPTURED,
    "Returned": PaymentStatus.FAILED,
    "Retry Scheduled": PaymentStatus.PROCESSING,
}
APPROVED: Final = frozenset(
    {
        PaymentStatus.AUTHORIZED,
        PaymentStatus.PARTIALLY_CAPTURED,
        PaymentStatus.CAPTURED,
        PaymentStatus.PARTIALLY_REFUNDED,
        PaymentStatus.REFUNDED,
    }
)
HOSTED_STATUSES: Final[Mapping[str, PaymentStatus]] = {
    "Payment Pending": PaymentStatus.REQUIRES_ACTION,
    "Payment Received": PaymentStatus.PROCESSING,  # the payment itself says more
    "Expired": PaymentStatus.EXPIRED,
}
CUSTOMER: Final = "customer"
"""The name of the customer's id in `SavedMethod.provider_data`."""
PREVIOUS_PAYMENT: Final = "previous_payment"
"""Likewise that of the payment that it was saved with; payments without the payer have to refer to it."""
SAVING: Final[Mapping[str, str]] = {"wasl_save_payment_method": "true"}
"""What a payment's metadata say where the payer's card was to be kept; nothing else in it does."""
_WALLETS: Final[Mapping[str, PaymentMethodType]] = {
    "applepay": PaymentMethodType.APPLE_PAY,
    "googlepay": PaymentMethodType.GOOGLE_PAY,
}
_REFUND_MARK: Final = "WR"
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,255}")


def money(minor_units: Any, currency: str) -> Money:
    """An amount in Checkout.com's minor units; ValueError for anything but a whole number."""
    if isinstance(minor_units, bool) or not isinstance(minor_units, int):
        raise ValueError("not a whole number of minor units")
    return Money.from_minor(minor_units, currency, CHECKOUT_DECIMALS.get(currency.upper()))


def minor_units(amount: Money) -> int:
    """An amount as Checkout.com wants it; ValueError where it cannot take it exactly."""
    units = amount.to_minor(CHECKOUT_DECIMALS[amount.currency])
    if amount.decimals == 3 and units % 10:
        raise ValueError(f"Checkout.com takes {amount.currency} only in steps of 0.010")
    if units > MAX_UNITS:
        raise ValueError("has more than nine digits in minor units")
    return units


def payment_from_details(
    payment: Mapping[str, Any], actions: Iterable[Mapping[str, Any]] = (), *, session_id: str | None = None
) -> PaymentResult:
    """A payment: the answer to a request for one, or its details.

    :param actions: its actions, where they were read; they tell its refunds and why it was declined.
    :param session_id: the hosted page it was made on.
    """
    listed = list(actions)
    asked, balances = money(payment["amount"], payment["currency"]), payment.get("balances") or {}
    status = payment_status(payment)
    page = _link(payment, "redirect") if status is PaymentStatus.REQUIRES_ACTION else None
    return PaymentResult(
        provider_payment_id=payment["id"],
        provider_session_id=session_id,
        payment_id=our_id(payment, "wasl_payment_id"),
        status=status,
        provider_status=payment["status"],
        money=asked,
        amount_authorized=balance(balances, "total_authorized", asked.currency),
        amount_captured=balance(balances, "total_captured", asked.currency),
        amount_refunded=balance(balances, "total_refunded", asked.currency),
        next_action=NextAction(type="redirect", url=page) if page else None,
        decline=_decline(payment, listed) if status is PaymentStatus.FAILED else None,
        refunds=tuple(refund_id(payment["id"], action["id"]) for action in listed if action["type"] == "Refund"),
        saved_method=saved_method(payment) if status in APPROVED else None,
        created_at=moment(payment.get("requested_on") or payment.get("processed_on")),
    )


def saved_method(payment: Mapping[str, Any]) -> SavedMethod | None:
    """The stored instrument that a payment was made with, where it was to be kept. Its id is only told once the
    payment has been approved; of the rest, what is masked or missing stays unknown."""
    source, metadata = payment.get("source") or {}, payment.get("metadata") or {}
    token = source.get("id")
    if not isinstance(token, str) or not SAVING.items() <= metadata.items() or source.get("type") != "card":
        return None
    last_four = str(source.get("last4") or source.get("last_4"))
    year, month = str(source.get("expiry_year")), str(source.get("expiry_month")).zfill(2)
    customer = (payment.get("customer") or {}).get("id")
    return SavedMethod(
        token=token,
        type=_WALLETS.get(str(source.get("card_wallet_type")).lower(), PaymentMethodType.CARD),
        brand=source.get("scheme"),
        last_four=last_four if re.fullmatch(r"[0-9]{4}", last_four) else None,
        expires=f"{year}-{month}" if re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", f"{year}-{month}") else None,
        provider_data={PREVIOUS_PAYMENT: payment["id"], **({CUSTOMER: customer} if customer else {})},
    )


def payment_status(payment: Mapping[str, Any]) -> PaymentStatus:
    """Where a payment stands. A status that is not known says that something is going on, and nothing more."""
    status = PAYMENT_STATUSES.get(payment["status"], PaymentStatus.PROCESSING)
    if payment["status"] == "Pending" and _link(payment, "redirect"):
        return PaymentStatus.REQUIRES_ACTION
    if status is PaymentStatus.PARTIALLY_CAPTURED and _nothing_left(payment.get("balances")):
        return PaymentStatus.CAPTURED  # a final capture of a part: the rest is released
    return status


def _nothing_left(balances: Mapping[str, Any] | None) -> bool:
    return bool(balances) and balances is not None and balances.get("available_to_capture") == 0


def payment_accepted(payment: Mapping[str, Any], asked: Money) -> PaymentResult:
    """An answer to a request for a payment that goes on elsewhere (202), which does not repeat the amount."""
    return payment_from_details({"amount": minor_units(asked), "currency": asked.currency, **payment})


def payment_from_page(page: Mapping[str, Any]) -> PaymentResult:
    """A hosted page on which nothing has been paid yet."""
    status = HOSTED_STATUSES.get(page["status"], PaymentStatus.PROCESSING)
    url = _link(page, "redirect") if status is PaymentStatus.REQUIRES_ACTION else None
    return PaymentResult(
        provider_payment_id=page["id"],
        provider_session_id=page["id"],
        payment_id=our_id(page, "wasl_payment_id"),
        status=status,
        provider_status=page["status"],
        money=money(page["amount"], page["currency"]),
        checkout_url=url,
        next_action=NextAction(type="redirect", url=url) if url else None,
    )


def new_page(page: Mapping[str, Any], asked: Money) -> PaymentResult:
    """The answer to a request for a hosted page: its id and its address, nothing else of use."""
    url = page["_links"]["redirect"]["href"]
    return PaymentResult(
        provider_payment_id=page["id"],
        provider_session_id=page["id"],
        status=PaymentStatus.REQUIRES_ACTION,
        provider_status="Payment Pending",
        money=asked,
        checkout_url=url,
        next_action=NextAction(type="redirect", url=url),
    )


def refund_from_action(action: Mapping[str, Any], payment: Mapping[str, Any]) -> RefundResult:
    """A refund, which is one action of a payment. Until it says whether it was approved it is pending."""
    status = RefundStatus.PENDING
    if isinstance(action.get("approved"), bool):
        status = RefundStatus.SUCCEEDED if action["approved"] else RefundStatus.FAILED
    return RefundResult(
        provider_refund_id=refund_id(payment["id"], action["id"]),
        provider_payment_id=payment["id"],
        refund_id=our_refund_id(action),
        payment_id=our_id(action, "wasl_payment_id") or our_id(payment, "wasl_payment_id"),
        status=status,
        provider_status=action.get("response_summary") or "Pending",
        money=money(action["amount"], payment["currency"]),
        failure_reason=action.get("response_code") if status is RefundStatus.FAILED else None,
        created_at=moment(action.get("processed_on")),
    )


def dispute_from_event(dispute: Mapping[str, Any], status: str) -> DisputeResult:
    """A dispute as an event shows it. The amount may be negative; only its size matters here."""
    return DisputeResult(
        provider_dispute_id=dispute["id"],
        provider_payment_id=dispute.get("payment_id"),
        provider_status=status,
        reason=dispute.get("category") or dispute.get("reason_code"),
        money=money(abs(int(dispute["amount"])), dispute["currency"]),
        evidence_due_by=moment(dispute.get("evidence_required_by")),
    )


def payout_from_settlement(settlement: Mapping[str, Any], status: str) -> PayoutResult:
    """A settlement to the merchant's bank account. Its amount is a plain number, not one of minor units."""
    amount = settlement["source_amount"]
    if isinstance(amount, bool) or not isinstance(amount, int | float):
        raise ValueError("not an amount")
    return PayoutResult(
        provider_payout_id=_text(settlement["payout_id"]),
        status=PayoutStatus.PENDING,
        provider_status=status,
        money=Money.of(Decimal(str(amount)), settlement["source_currency"]),
    )


# Lists, and answers of which only an id is needed. Whatever is not so raises ValueError, KeyError or TypeError.


def listed_actions(body: Any) -> list[Mapping[str, Any]]:
    """The actions of a payment, the latest first."""
    if not isinstance(body, list) or not all(isinstance(each["type"], str) and _text(each["id"]) for each in body):
        raise ValueError("not a list of actions")
    return body


def listed_payments(page: Mapping[str, Any]) -> list[tuple[str, UUID | None]]:
    """The ids of the payments of a list, and Wasl's own where they carry it."""
    return [(_text(item["id"]), our_id(item, "wasl_payment_id")) for item in page["data"]]


def payment_id_of_page(page: Mapping[str, Any]) -> str | None:
    """The id of the last payment that was tried on a hosted page, if any was."""
    return _text(page["payment_id"]) if page.get("payment_id") else None


def action_id(accepted: Mapping[str, Any]) -> str:
    """The id of an action that was accepted."""
    return _text(accepted["action_id"])


# Small parts.


def refund_id(payment_id: str, action_id: str) -> str:
    """The id under which a refund can be read again."""
    return f"{payment_id}:{action_id}"


def refund_reference(ours: UUID) -> str:
    """Our refund's id as Checkout.com's reference of it: letters and digits only, and at most the 30 of them that
    American Express takes."""
    return _REFUND_MARK + base64.b32encode(ours.bytes).decode("ascii").rstrip("=")


def our_refund_id(action: Mapping[str, Any]) -> UUID | None:
    """Wasl's id of a refund: from its metadata, else from its reference."""
    return our_id(action, "wasl_refund_id") or _from_reference(action.get("reference"))


def _from_reference(reference: Any) -> UUID | None:
    if not isinstance(reference, str) or not reference.startswith(_REFUND_MARK) or len(reference) != 28:
        return None
    try:
        return UUID(bytes=base64.b32decode(reference.removeprefix(_REFUND_MARK) + "======"))
    except (ValueError, binascii.Error):
        return None


def our_id(holder: Mapping[str, Any], name: str) -> UUID | None:
    """Wasl's id from metadata; anything else there, such as a merchant's own text, is no id."""
    try:
        return UUID((holder.get("metadata") or {}).get(name) or "")
    except (ValueError, TypeError, AttributeError):
        return None


def moment(text: str | None) -> datetime | None:
    """A time in ISO 8601; in UTC where it does not say."""
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def balance(balances: Mapping[str, Any], name: str, currency: str) -> Decimal | None:
    """An amount that an answer may leave out."""
    units = balances.get(name)
    return None if units is None else money(units, currency).amount


def _decline(payment: Mapping[str, Any], actions: list[Mapping[str, Any]]) -> Decline:
    tries = (action for action in actions if action["type"] == "Authorization")
    told = payment if payment.get("response_code") else next(tries, {})
    return decline(told.get("response_code"), told.get("response_summary"))


def _link(holder: Mapping[str, Any], name: str) -> str | None:
    link = (holder.get("_links") or {}).get(name) or {}
    href = link.get("href")
    return href if isinstance(href, str) else None


def _text(value: Any) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError("not an id")
    return value
