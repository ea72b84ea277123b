"""Opening a connection's connector: its credentials out of the vault, its calls through the pipeline."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from workers.providers.base import Connector
from workers.providers.errors import AuthenticationFailed, InvalidRequest, Unavailable
from workers.providers.manifest import Environment
from workers.providers.registry import open_connector
from workers.store.connections import ConnectionRow
from workers.tracing import current_trace_id
from workers.transport import CallContext, OutboundPipeline
from workers.vault.credentials import CredentialVault
from workers.vault.errors import CannotOpen, UnknownConnection, UnknownKey

_OPEN: Final = "open"


class Connectors:
    """Opens connectors for the one piece of work that needs them. They need no closing: the pipeline is shared.

    :param sandbox_url: where connections in the sandbox environment find their providers, by key; None: at the
        providers' own sandboxes. No other address can be given: neither a client nor a setting of a connection says
        where a request goes.
    :param call_timeout_seconds: how long any one call may take, however patient its connector is.
    """

    def __init__(
        self,
        vault: CredentialVault,
        pipeline: OutboundPipeline,
        *,
        sandbox_url: str | None = None,
        call_timeout_seconds: float = 30.0,
    ) -> None:
        self._vault = vault
        self._pipeline = pipeline
        self._sandbox_url = sandbox_url
        self._call_timeout_seconds = call_timeout_seconds

    async def open(self, row: ConnectionRow, operation_id: UUID | None = None) -> Connector[Any, Any]:
        """The connection's connector.

        :param operation_id: what its calls are recorded under.
        :raises AuthenticationFailed: the connection has no credentials that could be used.
        :raises Unavailable: the keyring lacks the key they are sealed to: an operator's matter, not the connection's.
        """
        provider = row.provider_key
        try:
            credentials = await self._vault.open(row.id, row.credentials_version)
        except UnknownKey:
            raise Unavailable(
                "The hub cannot open the connection's credentials for now.", provider=provider, operation=_OPEN
            ) from None
        except (CannotOpen, UnknownConnection):
            raise AuthenticationFailed(
                "The connection's credentials do not open: set them anew.", provider=provider, operation=_OPEN
            ) from None
        context = CallContext(row.organization_id, row.id, row.provider_key, operation_id, current_trace_id())
        try:
            connector = open_connector(
                row.provider_key,
                credentials=credentials,
                settings=row.settings,
                environment=row.environment,
                base_url=self._base_url(row),
                transport=self._pipeline.transport_for(context),
            )
        except InvalidRequest as error:
            raise AuthenticationFailed(
                f"The connection cannot be used: {error.message}", provider=provider, operation=_OPEN
            ) from None
        connector.most_seconds = self._call_timeout_seconds
        return connector

    def _base_url(self, row: ConnectionRow) -> str | None:
        if self._sandbox_url is None or row.environment != Environment.SANDBOX:
            return None
        return f"{self._sandbox_url}/{row.provider_key}"
