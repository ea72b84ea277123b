"""Facebook Login: consent, the long token, what was granted, and until when it holds.

Codes are traded by POST, as OAuth 2 has it and common clients do (requests-oauthlib, Authlib): Meta's own page shows a
GET, which would put the app's secret into an address.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from pydantic import SecretStr

from workers.providers.base import Answer
from workers.providers.errors import AuthenticationFailed, InvalidRequest
from workers.providers.forms import FORM_CONTENT_TYPE
from workers.providers.oauth import (
    CodeExchange,
    ConsentRequest,
    ConsentScheme,
    TokenFacts,
    TokenGrant,
    code_form,
    consent_url,
    expiry,
)
from workers.providers.social.meta.connection import DIALOG_HOST, MetaConnector
from workers.providers.social.meta.models import MetaSettings

SettingsT = TypeVar("SettingsT", bound=MetaSettings)


class SignsInWithFacebook(MetaConnector[SettingsT]):
    """Connecting by Facebook Login."""

    def consent_url(self, request: ConsentRequest) -> str:
        """Facebook's consent page."""
        address = f"{self.host(DIALOG_HOST)}/{self.settings.api_version}/dialog/oauth"
        return consent_url(self._consent(), address, self._app("consent_url")[0], request)

    async def exchange_code(self, exchange: CodeExchange) -> TokenGrant:
        """Trade a code for a short token, that for a long one, and ask what was granted: people untick scopes."""
        operation = "exchange_code"
        app_id, secret = self._app(operation)
        form = code_form(self._consent(), exchange, client_id=app_id, client_secret=secret)
        short = self._parse(await self._trade(operation, form), _token_of)
        renewed = {"grant_type": "fb_exchange_token", "fb_exchange_token": short}
        form = urlencode({**renewed, "client_id": app_id, "client_secret": secret})
        answer = await self._trade(operation, form, write=False)
        token, expires_at = self._parse(answer, lambda body: (_token_of(body), expiry(body.get("expires_in"))))
        me = await self._graph(operation, "GET", "/me", token=token, query=[("fields", "id,name")])
        facts = TokenFacts(
            scopes=await self._granted(operation, token),
            expires_at=expires_at,
            subject_id=self._parse(me, lambda body: str(body["id"])),
            subject_name=self._parse(me, lambda body: body.get("name")),
        )
        return TokenGrant(credentials={"access_token": token}, facts=facts)

    async def inspect_token(self) -> TokenFacts:
        """What the token is good for. Without the app's secret Meta tells the scopes and no more."""
        operation = "inspect_token"
        token, secret = self._token(operation), self.credentials.client_secret
        if self.credentials.client_id is None or secret is None:
            return TokenFacts(scopes=await self._granted(operation, token))
        app = f"{self.credentials.client_id.get_secret_value()}|{secret.get_secret_value()}"
        answer = await self._graph(operation, "GET", "/debug_token", token=app, query=[("input_token", token)])
        valid, reason, facts = self._parse(answer, _inspected)
        if not valid:
            raise self._fail(AuthenticationFailed, f"the access is good for nothing any more: {reason}", answer)
        return facts

    def _consent(self) -> ConsentScheme:
        assert self.consent is not None
        return self.consent

    def _app(self, operation: str) -> tuple[str, str]:
        """The app's id and secret."""
        found = []
        for name in ("client_id", "client_secret"):
            value: SecretStr | None = getattr(self.credentials, name)
            if value is None:
                raise self._refuse(operation, f"credentials.{name}", "is needed to connect by consent")
            found.append(value.get_secret_value())
        return found[0], found[1]

    async def _trade(self, operation: str, form: str, *, write: bool = True) -> Answer:
        path = f"/{self.settings.api_version}/oauth/access_token"
        try:
            return await self._call(
                operation, "POST", path, content=form.encode(), content_type=FORM_CONTENT_TYPE, write=write
            )
        except InvalidRequest as refused:
            refused.field = refused.field or "code"
            raise

    async def _granted(self, operation: str, token: str) -> tuple[str, ...]:
        permissions = self._items(operation, "/me/permissions", [], token=token, parse=_permission)
        granted = [name async for name, status in permissions if status == "granted"]
        return tuple(sorted(granted))


def _token_of(body: Mapping[str, Any]) -> str:
    token = body["access_token"]
    if not isinstance(token, str) or not token:
        raise ValueError("no token")
    return token


def _permission(told: Mapping[str, Any]) -> tuple[str, str]:
    return str(told["permission"]), str(told["status"])


def _inspected(body: Mapping[str, Any]) -> tuple[bool, str, TokenFacts]:
    """Whether it holds, why not, and what it is good for. Access ends with the first of two times: the token's, and
    that of the data, 90 days after the person was last there; 0 is never."""
    data = body["data"]
    ends = [int(data.get(name) or 0) for name in ("expires_at", "data_access_expires_at")]
    times = [datetime.fromtimestamp(end, UTC) for end in ends if end > 0]
    reason = str((data.get("error") or {}).get("message") or "it was taken back or has run out")
    subject = data.get("user_id") or data.get("profile_id")
    facts = TokenFacts(
        scopes=tuple(sorted(str(scope) for scope in data.get("scopes") or ())),
        expires_at=min(times, default=None),
        subject_id=str(subject) if subject else None,
    )
    return bool(data["is_valid"]), reason, facts
