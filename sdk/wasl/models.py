"""What the hub answers with: the generated rows, under the names of the product and with typed JSON columns."""

from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from pydantic import Field

from wasl import rows
from wasl._row import Bytea, Row
from wasl.rows import OrganizationRole

CaptureMethod: TypeAlias = Literal["automatic", "manual"]
CancelReason: TypeAlias = Literal["duplicate", "fraudulent", "requested_by_customer", "abandoned"]


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


class Payment(rows.Payments):
    """One payment, through whichever gateway took it. Amounts are in major units of `currency`."""

    customer: dict[str, str]
    metadata: dict[str, str]
    billing_address: dict[str, str] | None
    shipping_address: dict[str, str] | None
    items: list[dict[str, Any]]
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
        input: what each payment of it is made with.
        url: what to send to the payer.
    """

    input: dict[str, Any]
    url: str = ""


class PaymentMethod(rows.PaymentMethods):
    """A payment method that a gateway keeps for later payments."""


class PaymentPolicy(rows.PaymentPolicies):
    """How an organization's payments choose their gateway in one environment."""

    cases: list[dict[str, Any]]


class Dispute(rows.PaymentDisputes):
    """A payer's bank that asks for money back."""


class Payout(rows.Payouts):
    """Money on its way from a gateway to the merchant's bank account."""


class Reconciliation(rows.PaymentReconciliations):
    """One comparison of a connection's payments with the gateway's."""

    error: "OperationError | None"


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


class OperationError(Row):
    """Why an operation did not succeed.

    Attributes:
        code: stable, such as ``declined``, ``authentication_failed`` or ``outcome_unknown``.
        message: a sentence, safe to show.
        field: the input field at fault, if one is.
        provider: the provider that was called.
        http_status: the status of the provider's answer.
        provider_code: the provider's own code.
        request_id: the provider's id of the request, for its support.
    """

    code: str
    message: str = ""
    field: str | None = None
    provider: str | None = None
    http_status: int | None = None
    provider_code: str | None = None
    request_id: str | None = None


class Operation(rows.Operations):
    """Something that was asked of the workers, and how it went."""

    input: dict[str, Any]
    result: Any
    error: OperationError | None
    why: Any

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.status != "pending"


class Organization(rows.Organizations):
    """A company that uses the hub."""


class Connection(rows.IntegrationConnections):
    """An organization's account at a provider."""

    settings: dict[str, Any]
    last_error: OperationError | None


class Credential(rows.ApiCredentials):
    """What may be known of a credential without opening it. The secret itself never comes back."""


class EncryptionKey(rows.EncryptionKeys):
    """A public key that credentials are sealed to."""


class WebhookEndpoint(Row):
    """A new address for a provider's webhooks.

    Attributes:
        url: what to give to the provider. It is shown this once, and is a secret: whoever knows it can send to it.
        token: the secret part of `url`.
    """

    id: UUID
    organization_id: UUID
    connection_id: UUID
    description: str
    url: str = Field(repr=False)
    token: str = Field(repr=False)
    created_at: datetime


class WebhookEvent(rows.WebhookEvents):
    """A webhook that came in and was believed, or is still to be verified.

    Attributes:
        body: the exact bytes. None in lists, which leave it out.
    """

    headers: dict[str, Any]
    error: OperationError | None
    body: Bytea | None = None  # type: ignore[assignment]


class ApiKey(rows.ApiKeys):
    """What may be known of an API key: `hint` is its beginning."""


class NewApiKey(Row):
    """A new API key.

    Attributes:
        api_key: the key itself, shown this once.
        scopes: such as ``payments:read``, ``payments:*`` or ``*``.
    """

    id: UUID
    organization_id: UUID
    name: str
    role: OrganizationRole
    scopes: list[str]
    expires_at: datetime | None
    created_at: datetime
    api_key: str = Field(repr=False)


class ProviderField(Row):
    """One field of a provider's credentials or settings."""

    name: str
    label: str = ""
    help: str = ""
    secret: bool = False
    required: bool = False


class Provider(rows.IntegrationProviders):
    """What can be connected, and what it takes to connect it."""

    credential_fields: list[ProviderField]
    settings_fields: list[ProviderField]
