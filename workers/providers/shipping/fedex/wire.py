"""How FedEx is spoken to: under tokens, with errors inside of answers of 200.

Tokens. A project's key pair is traded for a token that holds an hour; the token endpoint is throttled by address (403
for ten minutes, say integrators), so one token serves all calls until shortly before its end, and one that is refused
is renewed once. Tracking may need a project, and so keys, of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

import httpx
import orjson

from workers.providers.base import Answer, Connector
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    error_class,
)
from workers.providers.forms import FORM_CONTENT_TYPE
from workers.providers.manifest import Environment
from workers.providers.shipping.fedex.errors import (
    has_errors,
    read_fault,
    was_made,
)
from workers.providers.shipping.fedex.manifest import MANIFEST, FedExCredentials, FedExSettings
from workers.providers.shipping.fields import FILES_LIMIT_BYTES
from workers.providers.tokens import AccessToken, TokenCache

TOKEN_PATH: Final = "/oauth/token"  # noqa: S105
_TOKEN_MARGIN_SECONDS: Final = 300.0
_THROTTLED_SECONDS: Final = 600.0
_JSON: Final = "application/json"


class Keys:
    """A project's key pair, and the token it has been traded for."""

    def __init__(self, client_id: str, client_secret: str) -> None:
        self.client_id, self.client_secret = client_id, client_secret
        self.tokens = TokenCache(_TOKEN_MARGIN_SECONDS)


class FedExWire(Connector[FedExCredentials, FedExSettings]):
    """A connection's calls."""

    manifest = MANIFEST
    credentials_model = FedExCredentials
    settings_model = FedExSettings
    response_limit_bytes = FILES_LIMIT_BYTES
    timeout_seconds = 60.0
    sensitive_fields = frozenset(
        {"client_id", "document", "documents", "emailAddress", "encodedLabel", "personName", "streetLines"}
        | {"receivedByName", "signedByName", "tins"}
    )

    def __init__(
        self,
        credentials: FedExCredentials,
        settings: FedExSettings,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        super().__init__(credentials, settings, base_url=base_url, transport=transport, environment=environment)
        self._keys = Keys(credentials.client_id.get_secret_value(), credentials.client_secret.get_secret_value())
        self._track_keys = self._keys
        if credentials.track_client_id and credentials.track_client_secret:
            self._track_keys = Keys(
                credentials.track_client_id.get_secret_value(), credentials.track_client_secret.get_secret_value()
            )

    def _error(self, answer: Answer) -> ProviderError:
        """Also for a refusal that comes with a good status."""
        fault = read_fault(answer.body, answer.status)
        kind = InvalidRequest if answer.status < 300 else error_class(answer.status, write=answer.write)
        if issubclass(kind, InvalidRequest) and fault.about_account:
            kind = AuthenticationFailed
        if answer.write and was_made(answer.body):
            kind = OutcomeUnknown
        return self._fail(
            kind, fault.message, answer, provider_code=fault.code, request_id=fault.request_id, field=fault.field
        )

    async def _ask(self, operation: str, path: str, body: Mapping[str, Any], keys: Keys | None = None) -> Answer:
        """Ask a question, which FedEx takes by POST as well."""
        return await self._exchange(operation, "POST", path, body, keys=keys, write=False)

    async def _exchange(
        self,
        operation: str,
        method: str,
        path: str,
        body: Mapping[str, Any],
        *,
        keys: Keys | None = None,
        write: bool = True,
        reference: str | None = None,
    ) -> Answer:
        """Make a call under a token; one that is refused for its token is made again under a new one, once.

        :param reference: goes with the call for FedEx's support.
        """
        keys = keys or self._keys

        async def under(token: str) -> Answer:
            headers = {"Authorization": f"Bearer {token}", "X-locale": "en_US"}
            if reference:
                headers["x-customer-transaction-id"] = reference
            content = orjson.dumps(body)
            return await self._call(
                operation, method, path, content=content, content_type=_JSON, headers=headers, write=write
            )

        answer = await keys.tokens.spend(lambda: self._new_token(operation, keys), under)
        if has_errors(answer.body):
            raise self._error(answer)
        return answer

    async def _new_token(self, operation: str, keys: Keys) -> AccessToken:
        form = {
            "grant_type": "client_credentials",
            "client_id": keys.client_id,
            "client_secret": keys.client_secret,
        }
        try:
            answer = await self._call(
                operation,
                "POST",
                TOKEN_PATH,
                content=urlencode(form).encode(),
                content_type=FORM_CONTENT_TYPE,
                write=False,
            )
        except AuthenticationFailed as refused:
            if refused.http_status != httpx.codes.FORBIDDEN:
                raise
            # Too many tokens were asked for from this address; wrong keys are a 401.
            raise RateLimited(refused.message, retry_after=_THROTTLED_SECONDS, **_facts_of(refused)) from None
        except (InvalidRequest, NotFound) as refused:
            raise AuthenticationFailed(refused.message, **_facts_of(refused)) from None
        return self._parse(answer, lambda body: AccessToken(str(body["access_token"]), float(body["expires_in"])))


def _facts_of(error: ProviderError) -> Any:
    names = ("provider", "operation", "http_status", "provider_code", "request_id")
    return {name: getattr(error, name) for name in names}
