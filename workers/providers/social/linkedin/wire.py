"""How LinkedIn is spoken to: versions, Rest.li's headers, errors, and access by consent.

The token goes into the Authorization header, the app's secret into the forms of the token's addresses, and neither to
the addresses that files are uploaded to.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import httpx
import orjson

from workers.providers.base import Answer, Connector
from workers.providers.capabilities import HealthReport
from workers.providers.errors import AuthenticationFailed, NotSupported, ProviderError, RateLimited
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
    refresh_form,
    scopes_of,
)
from workers.providers.social.linkedin.errors import DuplicatePost, judge, judge_token, read_fault, seconds_to_midnight
from workers.providers.social.linkedin.manifest import (
    MANIFEST,
    MEMBER_SCOPES,
    LinkedInCredentials,
    LinkedInSettings,
)

_CONSENT_PATH: Final = "/oauth/v2/authorization"
_TOKEN_PATH: Final = "/oauth/v2/accessToken"  # noqa: S105
_INSPECT_PATH: Final = "/oauth/v2/introspectToken"
ResultT = TypeVar("ResultT")

_TOKEN_OPERATIONS: Final = frozenset({"exchange_code", "refresh_tokens"})


class LinkedInWire(Connector[LinkedInCredentials, LinkedInSettings]):
    """The calls that everything else is made of, and the access that they need."""

    manifest = MANIFEST
    credentials_model = LinkedInCredentials
    settings_model = LinkedInSettings
    # An address to upload to is as good as a key; `m` and `ut` are its own.
    sensitive_fields = frozenset({"uploadUrl", "m", "ut", "email", "given_name", "family_name", "picture"})

    # Access.

    @property
    def consent(self) -> ConsentScheme:
        """Without the scopes of pages where the connection is set so."""
        scheme = self.manifest.consent
        assert scheme is not None
        return scheme if self.settings.organizations else scheme.model_copy(update={"scopes": MEMBER_SCOPES})

    def consent_url(self, request: ConsentRequest) -> str:
        """Where to send the person who is to agree."""
        client_id, _ = self._app("consent_url")
        return consent_url(self.consent, self.host("www") + _CONSENT_PATH, client_id, request)

    async def exchange_code(self, exchange: CodeExchange) -> TokenGrant:
        """Trade a code for access, and find out whose it is."""
        client_id, client_secret = self._app("exchange_code")
        form = code_form(self.consent, exchange, client_id=client_id, client_secret=client_secret)
        self._secrets = (*self._secrets, exchange.code)  # which an error may repeat
        grant = await self._token("exchange_code", form, write=True)
        subject = await self._subject(grant.credentials["access_token"])
        facts = TokenFacts(
            scopes=grant.facts.scopes,
            expires_at=grant.facts.expires_at,
            refresh_expires_at=grant.facts.refresh_expires_at,
            subject_id=subject.get("id"),
            subject_name=subject.get("name"),
        )
        return TokenGrant(grant.credentials, facts, refreshable=grant.refreshable)

    async def refresh_tokens(self) -> TokenGrant:
        """Renew the access, for LinkedIn's partners. The refresh token stays, so that to ask again does no harm; nor
        does renewing prolong it."""
        if self.credentials.refresh_token is None:
            raise NotSupported(
                "LinkedIn renews access for its partners only: connect it again before it runs out",
                provider=self.manifest.key,
                operation="refresh_tokens",
            )
        client_id, client_secret = self._app("refresh_tokens")
        token = self.credentials.refresh_token.get_secret_value()
        form = refresh_form(token, client_id=client_id, client_secret=client_secret)
        return await self._token("refresh_tokens", form, write=False)

    async def inspect_token(self) -> TokenFacts:
        """What the access token is good for. Without the app's keys LinkedIn tells only whose it is."""
        operation = "inspect_token"
        access = self._access(operation)
        if self.credentials.client_id is None or self.credentials.client_secret is None:
            return await self._facts_by_profile(operation)
        client_id, client_secret = self._app(operation)
        form = httpx.QueryParams({"client_id": client_id, "client_secret": client_secret, "token": access})
        answer = await self._form(operation, _INSPECT_PATH, str(form), write=False)
        told: Mapping[str, Any] = self._parse(answer, lambda body: {"active": body["active"], **body})
        if told["active"] is not True:
            message = f"the access token is {told.get('status') or 'not active'}: connect LinkedIn again"
            raise self._fail(AuthenticationFailed, message, answer)
        ends = told.get("expires_at")
        expires_at = self._parse(answer, lambda _: None if not ends else datetime.fromtimestamp(float(ends), UTC))
        subject = await self._subject(access)
        return TokenFacts(scopes_of(told.get("scope")), expires_at, None, subject.get("id"), subject.get("name"))

    async def check_health(self) -> HealthReport:
        """Ask whose token it is; where it may not be asked that, what it is good for."""
        return await self._report(self._require_access())

    async def _require_access(self) -> None:
        try:
            await self._profile("check_health", self._access("check_health"))
        except AuthenticationFailed as refused:
            if refused.http_status != 403 or self.credentials.client_secret is None:
                raise
            await self.inspect_token()

    async def _facts_by_profile(self, operation: str) -> TokenFacts:
        try:
            profile = await self._profile(operation, self._access(operation))
        except AuthenticationFailed as refused:
            if refused.http_status != 403:
                raise
            return TokenFacts()
        return TokenFacts(subject_id=f"urn:li:person:{profile['sub']}", subject_name=profile.get("name"))

    async def _profile(self, operation: str, access: str) -> dict[str, Any]:
        """Whose token it is, as LinkedIn's OpenID says."""
        answer = await self._call(operation, "GET", "/v2/userinfo", headers=_bearer(access))
        return self._parse(answer, lambda body: {"sub": str(body["sub"]), **body})

    async def _subject(self, access: str) -> dict[str, str | None]:
        """Likewise, where it can be known: access is not given up for it."""
        try:
            profile = await self._profile("inspect_token", access)
        except ProviderError:
            return {}
        return {"id": f"urn:li:person:{profile['sub']}", "name": profile.get("name")}

    async def _token(self, operation: str, form: str, *, write: bool) -> TokenGrant:
        answer = await self._form(operation, _TOKEN_PATH, form, write=write)
        return self._parse(answer, _grant)

    async def _form(self, operation: str, path: str, form: str, *, write: bool) -> Answer:
        return await self._call(
            operation,
            "POST",
            path,
            content=form.encode(),
            content_type=FORM_CONTENT_TYPE,
            write=write,
            base=self.host("www"),
        )

    def _app(self, operation: str) -> tuple[str, str]:
        """The app's keys."""
        client_id, client_secret = self.credentials.client_id, self.credentials.client_secret
        if client_id is None:
            raise self._refuse(operation, "credentials.client_id", "is needed to connect by consent")
        if client_secret is None:
            raise self._refuse(operation, "credentials.client_secret", "is needed to connect by consent")
        return client_id.get_secret_value(), client_secret.get_secret_value()

    def _access(self, operation: str) -> str:
        """The access token."""
        if self.credentials.access_token is None:
            raise AuthenticationFailed(
                "LinkedIn has no access yet: connect it first", provider=self.manifest.key, operation=operation
            )
        return self.credentials.access_token.get_secret_value()

    # Calls.

    async def _rest(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        restli: str | None = None,
        body: Mapping[str, Any] | None = None,
        write: bool | None = None,
    ) -> Answer:
        """One call of the versioned API.

        :param path: with its query, encoded. :param restli: the Rest.li method, where the HTTP one does not tell it.
        """
        headers = {
            **_bearer(self._access(operation)),
            "LinkedIn-Version": self.settings.api_version,
            "X-Restli-Protocol-Version": "2.0.0",
            **({"X-RestLi-Method": restli} if restli else {}),
        }
        return await self._call(
            operation,
            method,
            f"/rest{path}",
            content=b"" if body is None else orjson.dumps(body),
            content_type=None if body is None else "application/json",
            headers=headers,
            write=write,
        )

    async def _allowed(self, asked: Awaitable[ResultT]) -> ResultT | None:
        """An answer; None where the token may not have it."""
        try:
            return await asked
        except AuthenticationFailed as refused:
            if is_forbidden(refused):
                return None
            raise

    def _error(self, answer: Answer) -> ProviderError:
        fault = read_fault(answer.body, answer.status)
        of_app = answer.operation in _TOKEN_OPERATIONS or (fault.code or "").startswith("invalid_client")
        judged = judge_token if of_app else judge
        kind, message, field = judged(fault, answer.status, answer.operation, write=answer.write)
        request_id = answer.headers.get("x-li-uuid")
        error = self._fail(kind, message, answer, provider_code=fault.code, request_id=request_id, field=field)
        if isinstance(error, DuplicatePost):
            error.duplicate_of = fault.duplicate_of or ""  # not from the message, in which numbers may be masked
        if isinstance(error, RateLimited) and error.retry_after is None and "throttle" in fault.message.lower():
            error.retry_after = seconds_to_midnight()
        return error

    def _retry_verdict(self, response: httpx.Response) -> bool | None:
        """A quota lasts until midnight: to ask again at once only spends more of it."""
        return False if response.status_code == 429 and "retry-after" not in response.headers else None


def is_forbidden(error: ProviderError) -> bool:
    """Whether the token is good, but not for this."""
    return isinstance(error, AuthenticationFailed) and error.http_status in (400, 403)


def _bearer(access: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {access}"}


def _grant(body: Mapping[str, Any]) -> TokenGrant:
    access, refresh = body["access_token"], body.get("refresh_token")
    if not isinstance(access, str) or not access or not isinstance(refresh, str | None):
        raise ValueError("no token")
    facts = TokenFacts(
        scopes=scopes_of(body.get("scope")),
        expires_at=expiry(body.get("expires_in")),
        refresh_expires_at=expiry(body.get("refresh_token_expires_in")) if refresh else None,
    )
    credentials = {"access_token": access, **({"refresh_token": refresh} if refresh else {})}
    return TokenGrant(credentials, facts, refreshable=bool(refresh))
