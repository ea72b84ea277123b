"""Instagram Login: the account itself signs in, without a Facebook Page. Its access can be renewed.

The code is traded at api.instagram.com, whose answer Meta shows both flat and as ``{"data": [{…}]}``; the short token
for one of 60 days at graph.instagram.com, which takes token and secret in the address only (records blank them).
``appsecret_proof`` is not sent: Meta's pages on this login do not speak of it, and its app has a secret of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workers.providers.base import Answer
from workers.providers.errors import AuthenticationFailed, InvalidRequest, NotSupported
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
    scopes_of,
)
from workers.providers.social.instagram.manifest import (
    GRAPH_HOST,
    INSTAGRAM_CONSENT,
    MANIFEST,
    PAGE_HOST,
    SCOPES_NEEDED,
    TOKEN_HOST,
    InstagramSettings,
    Login,
)
from workers.providers.social.meta.connection import Query
from workers.providers.social.meta.login import SignsInWithFacebook

_WHO: str = "user_id,username"


class SignsInWithInstagram(SignsInWithFacebook[InstagramSettings]):
    """Connecting by either login."""

    manifest = MANIFEST
    settings_model = InstagramSettings
    scopes_needed = SCOPES_NEEDED

    @property
    def _by_instagram(self) -> bool:
        return self.settings.login is Login.INSTAGRAM

    @property
    def consent(self) -> ConsentScheme | None:
        """That of the login that the connection is set to."""
        return INSTAGRAM_CONSENT if self._by_instagram else super().consent

    def consent_url(self, request: ConsentRequest) -> str:
        """The consent page of the login that the connection is set to."""
        if not self._by_instagram:
            return super().consent_url(request)
        address = f"{self.host(PAGE_HOST)}/oauth/authorize"
        return consent_url(self._consent(), address, self._app("consent_url")[0], request)

    async def exchange_code(self, exchange: CodeExchange) -> TokenGrant:
        """Trade a code for a short token, and that for a long one."""
        if not self._by_instagram:
            return await super().exchange_code(exchange)
        operation = "exchange_code"
        app_id, secret = self._app(operation)
        form = code_form(self._consent(), exchange, client_id=app_id, client_secret=secret)
        try:
            answer = await self._call(
                operation,
                "POST",
                "/oauth/access_token",
                content=form.encode(),
                content_type=FORM_CONTENT_TYPE,
                base=self.host(TOKEN_HOST),
            )
        except InvalidRequest as refused:
            refused.field = refused.field or "code"
            raise
        short, user_id, granted = self._parse(answer, _short_of)
        query = [("grant_type", "ig_exchange_token"), ("client_secret", secret), ("access_token", short)]
        long = await self._long(operation, "/access_token", query)
        token = self._parse(long, lambda body: str(body["access_token"]))
        me = await self._graph(operation, "GET", "/me", token=token, query=[("fields", _WHO)])
        facts = TokenFacts(
            scopes=granted,
            expires_at=self._parse(long, lambda body: expiry(body.get("expires_in"))),
            subject_id=self._parse(me, lambda body: str(body.get("user_id") or user_id)),
            subject_name=self._parse(me, lambda body: body.get("username")),
        )
        return TokenGrant(credentials={"access_token": token}, facts=facts, refreshable=True)

    async def refresh_tokens(self) -> TokenGrant:
        """Renew Instagram Login's access for 60 days; the one before stays good, so a lost answer does no harm.

        :raises NotSupported: it is Facebook Login's, which cannot be renewed: somebody has to consent again.
        :raises AuthenticationFailed: it has run out.
        :raises InvalidRequest: it is younger than a day, and needs no renewal yet.
        """
        operation = "refresh_tokens"
        if not self._by_instagram:
            message = "access by Facebook Login cannot be renewed: connect again before it ends"
            raise NotSupported(message, provider=self.manifest.key, operation=operation)
        query = [("grant_type", "ig_refresh_token"), ("access_token", self._token(operation))]
        answer = await self._long(operation, "/refresh_access_token", query)
        token, facts = self._parse(answer, _renewed)
        return TokenGrant(credentials={"access_token": token}, facts=facts, refreshable=True)

    async def inspect_token(self) -> TokenFacts:
        """What the token is good for. Of Instagram Login's, only whose it is can be asked."""
        if not self._by_instagram:
            return await super().inspect_token()
        return await self._own_facts("inspect_token")

    async def _whose(self) -> None:
        if not self._by_instagram:
            return await super()._whose()
        await self._own_facts("check_health")
        return None

    def _graph_base(self) -> str | None:
        return self.host(GRAPH_HOST) if self._by_instagram else None

    def _proof(self, token: str) -> Query:
        return () if self._by_instagram else super()._proof(token)

    async def _long(self, operation: str, path: str, query: Query) -> Answer:
        return await self._call(operation, "GET", path, query=query, base=self.host(GRAPH_HOST))

    async def _own_facts(self, operation: str) -> TokenFacts:
        answer = await self._graph(operation, "GET", "/me", token=self._token(operation), query=[("fields", _WHO)])
        user_id, name = self._parse(answer, lambda body: (body.get("user_id"), body.get("username")))
        if user_id is None:
            raise self._fail(AuthenticationFailed, "the access belongs to no professional account", answer)
        return TokenFacts(subject_id=str(user_id), subject_name=name)


def _short_of(body: Mapping[str, Any]) -> tuple[str, str, tuple[str, ...] | None]:
    """A short token, whose it is, and the scopes that were granted: a text, or a list of texts."""
    told = body["data"][0] if isinstance(body.get("data"), list) else body
    granted = told.get("permissions")
    text = ",".join(map(str, granted)) if isinstance(granted, list) else granted
    return str(told["access_token"]), str(told["user_id"]), scopes_of(text)


def _renewed(body: Mapping[str, Any]) -> tuple[str, TokenFacts]:
    facts = TokenFacts(scopes=scopes_of(body.get("permissions")), expires_at=expiry(body.get("expires_in")))
    return str(body["access_token"]), facts
