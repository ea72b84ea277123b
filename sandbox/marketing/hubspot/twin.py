"""HubSpot's twin as a web application: who may call what, and what is called."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.consent import Consent, ConsentDesk, ConsentRefused
from sandbox.deliveries import Deliveries, Delivery
from sandbox.faults import FAULT_SCOPE_KEY, Fault, FaultKind
from sandbox.marketing.hubspot import controls
from sandbox.marketing.hubspot.account import Account
from sandbox.marketing.hubspot.api import ALL_SCOPES, API, Call, Handler, Scopes
from sandbox.marketing.hubspot.errors import HubSpotError, error, lacking, limited, oauth
from sandbox.marketing.hubspot.records import Answer

ACCESS_SECONDS = 1800
LIMIT_A_SECONDS_10 = 190
_DECODED = {"3A": ":", "2F": "/", "3F": "?", "40": "@", "21": "!", "24": "$", "27": "'", "28": "(", "29": ")"}
_DECODED |= {"2A": "*", "2C": ",", "3B": ";"}
_BROKEN = {"status": "error", "message": "internal error", "correlationId": "0", "category": "UNKNOWN"}


class HubSpotTwin:
    """Every account of one HubSpot.

    :param now: the time in seconds since 1970.
    """

    key = "hubspot"

    def __init__(self, deliveries: Deliveries, now: Callable[[], float] = time.time) -> None:
        self._deliveries = deliveries
        self._now = now
        self.desk = ConsentDesk("HubSpot", prefix="hs")
        self.accounts: dict[str, Account] = {}

    def routes(self) -> Sequence[BaseRoute]:
        """The API, the consent page and the controls."""
        return [
            *(
                Route(route.path, _with_optional(route.endpoint), methods=[*(route.methods or ())])
                for route in self._pages()
            ),
            Route("/oauth/2026-03/token", self._oauth(self._token), methods=["POST"]),
            Route("/oauth/2026-03/token/introspect", self._oauth(self._introspect), methods=["POST"]),
            Route("/oauth/v2/private-apps/get/access-token-info", self._token_info, methods=["POST"]),
            *(Route(path, self._endpoint(scopes, run), methods=[method]) for method, path, scopes, run in API),
            *(Route(f"/_test/{name}", self._control(run), methods=["POST"]) for name, run in controls.CONTROLS.items()),
        ]

    def state(self, subject_id: str | None) -> dict[str, Any]:
        """What each account holds."""
        return {"portals": {str(each.portal_id): each.state(subject_id) for each in self.accounts.values()}}

    def reset(self) -> None:
        """Forget everything."""
        self.accounts.clear()
        self.desk.reset()

    def account(self, login: str) -> Account:
        """A login's account; a new one for one that is new."""
        if login not in self.accounts:
            number = 62515 + len(self.accounts)
            self.accounts[login] = Account(number, lambda: int(self._now() * 1000), self._publish)
        return self.accounts[login]

    # Access.

    def _pages(self) -> list[Route]:
        return [each for each in self.desk.page_routes("/app/oauth/authorize") if isinstance(each, Route)]

    def _holder(self, token: str) -> tuple[str, frozenset[str] | None]:
        """Whose token it is, and its scopes; None: all.

        :raises HubSpotError: nobody's.
        """
        if token.startswith("sandbox_") and "invalid" not in token:
            return token, None
        consent = self.desk.holder(token)
        if consent is not None:
            return consent.login, frozenset(consent.scopes)
        if token.startswith("hs_"):
            raise error(
                401, "EXPIRED_AUTHENTICATION", "The OAuth token used to make this call expired 5 minute(s) ago."
            )
        raise error(401, "INVALID_AUTHENTICATION", "Authentication credentials not found. This API supports OAuth 2.0.")

    def _token(self, form: Mapping[str, str]) -> Answer:
        """POST /oauth/2026-03/token"""
        client_id = form.get("client_id", "")
        if not client_id or "invalid" in client_id or "invalid" in form.get("client_secret", "invalid"):
            raise oauth(400, "invalid_client", "BAD_CLIENT_SECRET", "missing or unknown client id or secret")
        if form.get("grant_type") == "refresh_token":
            refresh = form.get("refresh_token", "")
            consent = self.desk.holder(refresh, is_refresh=True)
            if consent is None or consent.client_id != client_id:
                raise oauth(400, "invalid_grant", "BAD_REFRESH_TOKEN", "missing or unknown refresh token")
            return 200, self._granted(consent, refresh)
        if form.get("grant_type") != "authorization_code":
            raise oauth(400, "unsupported_grant_type", "BAD_GRANT_TYPE", "unknown grant type")
        try:
            consent = self.desk.redeem(
                form.get("code", ""), client_id, form.get("redirect_uri", ""), form.get("code_verifier")
            )
        except ConsentRefused as refused:
            raise oauth(400, refused.error, "BAD_AUTH_CODE", refused.description) from None
        return 200, self._granted(consent, self.desk.issue(consent, None, is_refresh=True))

    def _granted(self, consent: Consent, refresh_token: str) -> dict[str, Any]:
        return {
            "access_token": self.desk.issue(consent, ACCESS_SECONDS),
            "refresh_token": refresh_token,
            "token_type": "bearer",
            "token_use": "access_token",
            "expires_in": ACCESS_SECONDS,
            "hub_id": self.account(consent.login).portal_id,
            "user_id": 1,
            "scopes": list(consent.scopes),
        }

    def _introspect(self, form: Mapping[str, str]) -> Answer:
        """POST /oauth/2026-03/token/introspect"""
        token = form.get("token", "")
        if "invalid" in form.get("client_secret", "invalid"):
            raise oauth(400, "invalid_client", "BAD_CLIENT_SECRET", "missing or unknown client secret")
        consent = self.desk.holder(token)
        login = consent.login if consent else form.get("client_id", "")
        return 200, {
            "active": consent is not None,
            "token": token,
            "token_type": "bearer",
            "token_use": "access_token",
            "client_id": form.get("client_id", ""),
            "app_id": 1,
            "hub_id": self.account(login).portal_id if consent else 0,
            "hub_domain": "sandbox.example",
            "user_id": 1,
            "user": "owner@sandbox.example",
            "expires_in": int(self.desk.seconds_left(token) or 0) if consent else 0,
            "is_private_distribution": True,
            "scopes": list(consent.scopes) if consent else [],
            "signed_access_token": _SIGNED_TOKEN,
        }

    async def _token_info(self, request: Request) -> Response:
        """POST /oauth/v2/private-apps/get/access-token-info"""
        try:
            token = str(orjson.loads(await request.body())["tokenKey"])
            login, scopes = self._holder(token)
            shown = sorted(scopes) if scopes is not None else list(ALL_SCOPES)
            portal_id = self.account(login).portal_id
            return _json(200, {"userId": 1, "hubId": portal_id, "appId": 1, "scopes": shown})
        except HubSpotError as refused:
            return _json(refused.status, refused.body)

    # Calls.

    def _oauth(self, run: Callable[[Mapping[str, str]], Answer]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            form = dict(parse_qsl((await request.body()).decode()))
            try:
                return _json(*run(form))
            except HubSpotError as refused:
                return _json(refused.status, refused.body)

        return endpoint

    def _endpoint(self, scopes: Scopes, run: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            raw = await request.body()
            account: Account | None = None
            try:
                call, granted = self._call(request, raw)
                account = call.account
                account.calls += 1
                _refuse_as_told(call)
                needed = scopes(call)
                if granted is not None and granted.isdisjoint(needed):
                    raise lacking(needed)
                answer = await _run(run, call, request.scope.get(FAULT_SCOPE_KEY))
                response = _json(*answer)
            except HubSpotError as refused:
                response = _json(refused.status, refused.body, refused.headers)
            if account is not None and not request.url.path.endswith("/search"):
                response.headers.update(_limits(account))
            if account is not None:
                account.flush()
            return response

        return endpoint

    def _call(self, request: Request, raw: bytes) -> tuple[Call, frozenset[str] | None]:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        login, granted = self._holder(token if scheme == "Bearer" else "")
        try:
            body = orjson.loads(raw) if raw else None
        except orjson.JSONDecodeError:
            raise error(400, "VALIDATION_ERROR", "Invalid input JSON on line 1, column 1") from None
        return Call(self.account(login), body, request.path_params, dict(request.query_params)), granted

    def _control(self, run: controls.Control) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                call, _ = self._call(request, await request.body())
                login = next(login for login, account in self.accounts.items() if account is call.account)
                answer = run(call.account, call.body or {}, lambda do: self._end(login, do))
                call.account.flush()
                return _json(200, answer)
            except HubSpotError as refused:
                return _json(refused.status, refused.body)

        return endpoint

    def _end(self, login: str, do: str) -> int:
        return self.desk.revoke(login) if do == "revoke" else self.desk.expire(login)

    def _publish(self, account: Account, events: list[dict[str, Any]]) -> None:
        webhook = account.webhook or {}
        url, secret = webhook["url"], webhook["secret"]
        self._deliveries.send(
            Delivery(
                provider=self.key,
                event_id=str(events[0]["eventId"]),
                event_type=events[0]["subscriptionType"],
                url=url,
                body=orjson.dumps(events),
                sign=lambda body: sign(body, secret, url, int(self._now() * 1000)),
            )
        )


def sign(body: bytes, secret: str, url: str, timestamp_ms: int) -> Mapping[str, str]:
    """The headers that prove HubSpot sent it, of all three versions."""
    uri = url.partition("#")[0]
    for code, character in _DECODED.items():
        uri = uri.replace(f"%{code}", character).replace(f"%{code.lower()}", character)
    stamp = str(timestamp_ms)
    message = b"POST" + uri.encode() + body + stamp.encode()
    signature = base64.b64encode(hmac.new(secret.encode(), message, hashlib.sha256).digest()).decode()
    return {
        "X-HubSpot-Signature-v3": signature,
        "X-HubSpot-Request-Timestamp": stamp,
        "X-HubSpot-Signature": hashlib.sha256(secret.encode() + body).hexdigest(),
        "X-HubSpot-Signature-Version": "v1",
    }


def _refuse_as_told(call: Call) -> None:
    """Limits, locks and ended versions, as a control has set them."""
    if call.path.get("version") in call.account.retired:
        raise error(410, "GONE", "This version of the API has ended.")
    if call.account.limits:
        raise limited(call.account.limits.pop())
    if call.account.answers:
        status, retry_after = call.account.answers.pop()
        refused = error(status, "LOCKED", "The resource is locked or not available.")
        refused.headers = {"Retry-After": retry_after} if retry_after else {}
        raise refused


def _limits(account: Account) -> dict[str, str]:
    return {
        "X-HubSpot-RateLimit-Daily": "250000",
        "X-HubSpot-RateLimit-Daily-Remaining": str(max(0, 250_000 - account.calls)),
        "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
        "X-HubSpot-RateLimit-Max": str(LIMIT_A_SECONDS_10),
        "X-HubSpot-RateLimit-Remaining": str(LIMIT_A_SECONDS_10 - 1),
    }


async def _run(run: Handler, call: Call, fault: Fault | None) -> Answer:
    if fault is not None and fault.kind is FaultKind.SLOW_EXECUTION:
        await asyncio.sleep(fault.seconds)
    if fault is None or fault.kind is not FaultKind.KEPT_SERVER_ERROR:
        return run(call)
    if fault.applied:
        run(call)
    return 500, _BROKEN


def _with_optional(endpoint: Any) -> Callable[[Request], Awaitable[Response]]:
    """The consent page, which asks for the optional scopes as well; an account of the sandbox has them."""

    async def page(request: Request) -> Response:
        query = dict(request.query_params)
        query["scope"] = f"{query.get('scope', '')} {query.pop('optional_scope', '')}".strip()
        scope = {**request.scope, "query_string": urlencode(query).encode()}
        answer: Response = await endpoint(Request(scope, request.receive))
        return answer

    return page


def _json(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Response:
    content = b"" if body is None else orjson.dumps(body)
    given = {"X-HubSpot-Correlation-Id": str(uuid.uuid4()), **(headers or {})}
    return Response(content, status, given, media_type="application/json" if content else None)


_SIGNED_TOKEN = {
    "appId": 1,
    "appInstallId": "1",
    "audience": "hubspot",
    "expiresAt": 0,
    "hubId": 0,
    "hublet": "na1",
    "installingUserId": 1,
    "isPrivateDistribution": True,
    "isServiceAccount": False,
    "isUserLevel": False,
    "newSignature": "",
    "scopeToScopeGroupPks": "",
    "scopes": "",
    "signature": "",
    "trialScopeToScopeGroupPks": "",
    "trialScopes": "",
    "userId": 1,
}
