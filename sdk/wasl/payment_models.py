"""What the hub answers about payments: the generated rows, with typed JSON columns."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import SkipValidation

from wasl import rows
from wasl._row import Row
from wasl.models import OperationError, SkippedConnection
from wasl.params import Address, Customer, PolicyCase
from wasl.rows import HealthState


class Failure(Row):
    """Why a gateway refused.

    Attributes:
        code: the gateway's own code.
        reason: Wasl's word for it, the same for every gateway, such as ``insufficient_funds``.
        message: a sentence.
    """

    code: str | None = None
    reason: str | None = None
    message: str | None = None


class NextAction(Row):
    """What the payer must do: ``redirect`` to `url`, or ``use_provider_sdk`` in the browser."""

    type: str
    url: str | None = None


class Item(Row):
    """A line of an order, in the currency of its payment."""

    name: str
    unit_amount: Decimal
    quantity: int = 1
    reference: str | None = None
    category: str | None = None
    image_url: str | None = None
    product_url: str | None = None


class Payment(rows.Payments):
    """One payment, through whichever gateway took it. Amounts are in major units of `currency`."""

    customer: SkipValidation[Customer]
    metadata: dict[str, str]
    billing_address: SkipValidation[Address | None]
    shipping_address: SkipValidation[Address | None]
    items: list[Item]
    failure: Failure | None
    next_action: NextAction | None
    provider_data: dict[str, Any]


class Refund(rows.PaymentRefunds):
    """Money given back, or being given back, from a payment."""

    failure: Failure | None


class PaymentEvent(rows.PaymentEvents):
    """One movement of a payment. News that came too late to be applied is there too, with `applied` false."""

    detail: dict[str, Any]


class PaymentLink(rows.PaymentLinks):
    """A link that a payer follows to pay.

    Attributes:
        input: what each payment of it is made with, with `customer` and both addresses.
        url: what to send to the payer.
    """

    input: dict[str, Any]
    customer: SkipValidation[Customer]
    billing_address: SkipValidation[Address | None]
    shipping_address: SkipValidation[Address | None]
    url: str = ""


class PaymentMethod(rows.PaymentMethods):
    """A payment method that a gateway keeps for later payments."""


class PaymentPolicy(rows.PaymentPolicies):
    """How an organization's payments choose their gateway in one environment."""

    cases: SkipValidation[list[PolicyCase]]


class PaymentProvider(rows.PaymentProviders):
    """How a connection takes part in routing: which payments it is used for, in which order, and what it charges."""


class RoutedConnection(Row):
    """A connection that could take a payment.

    Attributes:
        fee: what the payment would cost there, in its own currency; None where nobody knows.
        weight: told of the chosen one only; likewise `health`.
    """

    connection_id: UUID
    provider: str
    name: str
    priority: int
    fee: Decimal | None = None
    weight: int | None = None
    health: SkipValidation[HealthState | None] = None


class AppliedPolicy(Row):
    """The policy that a choice followed.

    Attributes:
        version: 0 when nobody has set one.
        case: the name of its case that the payment meets, if it meets one.
    """

    version: int
    case: str | None = None


class Route(Row):
    """Which gateway a payment would take, and why.

    Attributes:
        reason: a sentence.
        rule: what the order follows: ``priority``, ``weighted`` or ``lowest_fee``.
        next: who would take over, in this order.
        skipped: who cannot take it, or had better not just now.
    """

    chosen: RoutedConnection
    reason: str
    rule: str
    policy: AppliedPolicy
    next: list[RoutedConnection]
    skipped: list[SkippedConnection]


class Dispute(rows.PaymentDisputes):
    """A payer's bank that asks for money back."""


class Payout(rows.Payouts):
    """Money on its way from a gateway to the merchant's bank account."""


class Reconciliation(rows.PaymentReconciliations):
    """One comparison of a connection's payments with the gateway's."""

    error: OperationError | None


class PaymentDifference(rows.PaymentDifferences):
    """Where a payment of ours and the gateway's do not agree."""


class LedgerDifference(Row):
    """A fact in which a payment's row and its ledger do not agree."""

    payment_id: UUID
    fact: str
    in_row: str | None
    in_ledger: str | None


class LedgerReport(Row):
    """What came of rebuilding payments from their ledger.

    Attributes:
        checked: how many payments were rebuilt.
    """

    checked: int
    differences: list[LedgerDifference]
