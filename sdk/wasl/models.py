"""What the hub answers with: the generated rows, under the names of the product and with typed JSON columns.

What it answers about payments is in `wasl.payment_models`.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from wasl import rows
from wasl._row import Bytea, Row
from wasl.rows import Environment, OrganizationRole


class SkippedConnection(Row):
    """A connection that cannot take a payment, or had better not just now, and why."""

    connection_id: UUID
    provider: str
    reason: str


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
        skipped: with ``no_connection``: why each connection cannot take the payment.
    """

    code: str
    message: str = ""
    field: str | None = None
    provider: str | None = None
    http_status: int | None = None
    provider_code: str | None = None
    request_id: str | None = None
    skipped: tuple[SkippedConnection, ...] = ()


class Alert(rows.Alerts):
    """Something that went wrong; one row, however often it was seen.

    Attributes:
        kind: such as ``connection.reauthorize``.
        detail: what helps to mend it.
    """

    detail: dict[str, Any]


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


class Quota(Row):
    """How much of the hub an organization may use.

    Attributes:
        most: None: as much as it likes.
        resets_at: when the count begins anew; None where it counts what there is.
    """

    name: str
    description: str
    used: int
    most: int | None
    resets_at: datetime | None


class Connection(rows.IntegrationConnections):
    """An organization's account at a provider."""

    settings: dict[str, Any]
    last_error: OperationError | None


class Credential(rows.ApiCredentials):
    """What may be known of a credential without opening it. The secret itself never comes back."""


class EncryptionKey(rows.EncryptionKeys):
    """A public key that credentials are sealed to."""


class WebhookEndpoint(rows.WebhookEndpoints):
    """An address for a provider's webhooks: what it lets in, and how much has come."""


class NewWebhookEndpoint(Row):
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


class WebhookRequest(rows.WebhookRequests):
    """A request to an endpoint that became no event: it was refused, or repeated one.

    Attributes:
        headers: names, with the values of a few that hold no secret.
    """

    headers: dict[str, str]


class WebhookEvent(rows.WebhookEvents):
    """A webhook that came in and was believed, or is still to be verified.

    Attributes:
        body: the exact bytes. None in lists, which leave it out; empty once it has been erased (`body_erased_at`), when
            `body_sha256` is what remains of it.
    """

    headers: dict[str, Any]
    error: OperationError | None
    body: Bytea | None = None  # type: ignore[assignment]


class ApiKey(rows.ApiKeys):
    """What may be known of an API key: `hint` is its beginning."""


class ApiKeyUsage(rows.ApiKeyUsage):
    """How many requests an API key's tokens made on one day, by UTC; settled within a second or so."""


class NewApiKey(Row):
    """A new API key.

    Attributes:
        api_key: the key itself, shown this once.
        scopes: such as ``payments:read``, ``payments:*`` or ``*``.
        environment: the one it is bound to; None: both.
    """

    id: UUID
    organization_id: UUID
    name: str
    role: OrganizationRole
    scopes: list[str]
    environment: Environment | None
    requests_per_minute: int
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
