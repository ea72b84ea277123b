"""Access by OAuth: asking for it, trading the code that comes back, renewing it, and looking at it.

The verifier of PKCE is not kept anywhere: it follows from the state, which comes back with the person, and the app's
secret, which nobody has who could have read the state on its way.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import structlog

from workers.monitoring.health import OpensConnectors
from workers.operations.jobs import Done, EndStatus, Handler, Handlers, Job, Outcome
from workers.operations.pacing import put_off
from workers.providers.base import Connector, require
from workers.providers.capabilities import ConnectsByConsent, InspectsTokens, ListsAccounts, RefreshesTokens
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotSupported,
    OutcomeUnknown,
    ProviderError,
    RefusedForNow,
)
from workers.providers.oauth import CodeExchange, ConsentRequest, TokenFacts, TokenGrant
from workers.providers.social.models import AccountResult
from workers.store.connections import ConnectionRow, PostgresConnections
from workers.store.grants import PostgresGrants, forget_code, note_access_failure, store_grant
from workers.store.pool import Connection
from workers.store.social import apply_accounts
from workers.vault.credentials import CredentialVault

_log = structlog.get_logger(__name__)
CALLBACK_PATH: Final = "/functions/v1/oauth/callback"
_GONE: Final = {"code": "not_found", "message": "The connection is gone."}
_CODE_GONE: Final = {"code": "code_gone", "message": "The code is too old: begin the consent again."}
_NO_ADDRESS: Final = {
    "code": "public_url_missing",
    "message": "The hub does not know its own address: set WASL_PUBLIC_URL for the workers.",
}


def code_verifier(client_secret: str, state: str) -> str:
    """The PKCE verifier of a consent (RFC 7636: 43 characters)."""
    digest = hmac.digest(client_secret.encode(), b"pkce:" + state.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class ConsentHandlers:
    """Handles ``oauth.start``, ``oauth.finish``, ``connection.refresh`` and ``connection.inspect``.

    :param public_url: the hub's own address, below which people come back.
    """

    def __init__(
        self,
        grants: PostgresGrants,
        connections: PostgresConnections,
        connectors: OpensConnectors,
        vault: CredentialVault,
        *,
        public_url: str | None,
    ) -> None:
        self._grants = grants
        self._connections = connections
        self._connectors = connectors
        self._vault = vault
        self._public_url = public_url

    def handlers(self) -> Handlers:
        """The handlers by kind."""
        return {
            "oauth.start": Handler(self.start),
            "oauth.finish": Handler(self.finish),
            "connection.refresh": Handler(self.refresh),
            "connection.inspect": Handler(self.inspect),
        }

    async def start(self, job: Job) -> Outcome:
        """Make the address that somebody is sent to; it is the operation's result."""
        row = await self._connections.of_operation(job.id)
        if row is None:
            return Done(EndStatus.FAILED, error=_GONE)
        if self._public_url is None:
            return Done(EndStatus.FAILED, error=_NO_ADDRESS)
        state, redirect_uri = secrets.token_urlsafe(32), f"{self._public_url}{CALLBACK_PATH}"
        try:
            connector = await self._connectors.open(row, job.id)
            request = ConsentRequest(
                state, redirect_uri, await self._grants.scopes_asked(job.id), await self._verifier(row, state)
            )
            address = require(connector, ConnectsByConsent, "consent_url").consent_url(request)
        except ProviderError as error:
            return Done(EndStatus.FAILED, error=error.as_dict())
        expires_at = await self._grants.keep_state(job.id, hashlib.sha256(state.encode()).digest(), redirect_uri)
        return Done(result={"authorization_url": address, "expires_at": expires_at.isoformat()})

    async def finish(self, job: Job) -> Outcome:
        """Trade the code for access, and see which accounts it reaches. A code is good once: without an answer to it,
        the person is asked again."""
        exchange = await self._grants.exchange(job.id)
        if exchange is None or exchange.code is None or exchange.state is None:
            return Done(EndStatus.FAILED, error=_CODE_GONE)
        row = await self._connections.load(exchange.connection_id)
        if row is None:
            return Done(EndStatus.FAILED, error=_GONE)
        try:
            connector = await self._connectors.open(row, job.id)
            consenting = require(connector, ConnectsByConsent, "exchange_code")
            verifier = await self._verifier(row, exchange.state)
            grant = await consenting.exchange_code(CodeExchange(exchange.code, exchange.redirect_uri, verifier))
        except RefusedForNow as refusal:
            return put_off(job, refusal) or self._not_granted(job, refusal)
        except ProviderError as error:
            return self._not_granted(job, error)
        return await self._granted(job, row, connector, grant)

    async def refresh(self, job: Job) -> Outcome:
        """Renew a connection's access, unless other credentials have been put in place since."""
        row = await self._unchanged(job)
        if row is None:
            return Done()
        try:
            connector = await self._connectors.open(row, None)
            grant = await require(connector, RefreshesTokens, "refresh_tokens").refresh_tokens()
        except NotSupported:
            return Done()
        except (RefusedForNow, OutcomeUnknown) as refusal:
            return put_off(job, refusal) or Done()
        except ProviderError as error:
            return _access_ended(row, error)
        sealed = await self._vault.seal(row.organization_id, row.id, grant.credentials)

        async def keep(connection: Connection) -> None:
            facts = _facts(grant.facts) | {"refreshable": grant.refreshable}
            await store_grant(connection, row.id, sealed, grant.settings, facts, "refresh", row.credentials_version)

        return Done(effect=keep)

    async def inspect(self, job: Job) -> Outcome:
        """Ask what a connection's access is good for, so that its end is seen coming and its loss is noticed."""
        row = await self._unchanged(job)
        if row is None:
            return Done()
        try:
            connector = await self._connectors.open(row, None)
            facts = await require(connector, InspectsTokens, "inspect_token").inspect_token()
        except AuthenticationFailed as error:
            return _access_ended(row, error)
        except ProviderError as error:
            _log.info("access could not be looked at", connection_id=str(row.id), **error.as_dict())
            return Done()

        async def keep(connection: Connection) -> None:
            await store_grant(connection, row.id, [], {}, _facts(facts), "inspection", row.credentials_version)

        return Done(effect=keep)

    async def _granted(self, job: Job, row: ConnectionRow, connector: Any, grant: TokenGrant) -> Outcome:
        sealed = await self._vault.seal(row.organization_id, row.id, grant.credentials)
        accounts = await self._accounts(row, grant, connector)
        asked = await self._grants.scopes_asked(job.id) or _usual_scopes(connector)
        missing = [] if grant.facts.scopes is None else sorted(set(asked) - set(grant.facts.scopes))

        async def keep(connection: Connection) -> None:
            facts = _facts(grant.facts) | {"refreshable": grant.refreshable}
            await store_grant(connection, row.id, sealed, grant.settings, facts, "consent")
            await forget_code(connection, job.id)
            if accounts is not None:
                await apply_accounts(connection, row.id, accounts)

        result = {
            "subject": grant.facts.subject_name,
            "missing_scopes": missing,
            "accounts": None if accounts is None else len(accounts),
        }
        return Done(result=result, effect=keep)

    async def _accounts(
        self, row: ConnectionRow, grant: TokenGrant, connector: Connector[Any, Any]
    ) -> Sequence[AccountResult] | None:
        """The accounts that the new access reaches. None: there are none to list, or not now; they can be later."""
        if not isinstance(connector, ListsAccounts):
            return None
        try:
            reopened = connector.with_access(grant.credentials, grant.settings)
            return await require(reopened, ListsAccounts, "list_accounts").list_accounts()
        except ProviderError as error:
            _log.warning("accounts could not be listed", connection_id=str(row.id), **error.as_dict())
            return None

    def _not_granted(self, job: Job, error: ProviderError) -> Done:
        async def forget(connection: Connection) -> None:
            await forget_code(connection, job.id)

        return Done(EndStatus.FAILED, error=error.as_dict(), effect=forget)

    async def _unchanged(self, job: Job) -> ConnectionRow | None:
        row = await self._connections.load(UUID(job.payload["connection_id"]))
        return row if row is not None and row.credentials_version == job.payload["version"] else None

    async def _verifier(self, row: ConnectionRow, state: str) -> str:
        opened = await self._vault.open(row.id, row.credentials_version)
        if not opened.get("client_secret"):
            message = "client_secret: set it before somebody is asked to consent"
            raise InvalidRequest(message, field="credentials.client_secret", provider=row.provider_key)
        return code_verifier(opened["client_secret"], state)


def _usual_scopes(connector: Connector[Any, Any]) -> tuple[str, ...]:
    return connector.consent.scopes if connector.consent else ()


def _facts(facts: TokenFacts) -> dict[str, Any]:
    """Facts as the database takes them. What a provider does not say of scopes and subjects stays as it was."""
    told: dict[str, Any] = {
        "access_expires_at": facts.expires_at.isoformat() if facts.expires_at else None,
        "refresh_expires_at": facts.refresh_expires_at.isoformat() if facts.refresh_expires_at else None,
    }
    known: Mapping[str, Any] = {
        "scopes": None if facts.scopes is None else list(facts.scopes),
        "subject_id": facts.subject_id,
        "subject_name": facts.subject_name,
    }
    return told | {name: value for name, value in known.items() if value is not None}


def _access_ended(row: ConnectionRow, error: ProviderError) -> Done:
    shown = error.as_dict()

    async def note(connection: Connection) -> None:
        await note_access_failure(connection, row.id, shown)

    return Done(effect=note)
