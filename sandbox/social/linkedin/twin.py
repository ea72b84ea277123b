"""LinkedIn's twin as a web application: consent and tokens, uploads, and the checks in front of every call."""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import count
from typing import Any
from urllib.parse import parse_qs

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.consent import Consent, ConsentDesk, ConsentRefused
from sandbox.deliveries import Deliveries, Delivery
from sandbox.social.linkedin.api import API
from sandbox.social.linkedin.bodies import read_query
from sandbox.social.linkedin.calls import Answer, Call, Handler
from sandbox.social.linkedin.controls import CONTROLS
from sandbox.social.linkedin.errors import LinkedInError, invalid, throttled
from sandbox.social.linkedin.world import World

ACCESS_SECONDS, REFRESH_SECONDS = 5_184_000, 31_536_000
SCOPES = (
    "openid",
    "profile",
    "w_member_social",
    "r_member_social",
    "w_member_social_feed",
    "r_member_social_feed",
    "r_member_postAnalytics",
    "r_member_profileAnalytics",
    "w_organization_social",
    "r_organization_social",
    "w_organization_social_feed",
    "r_organization_social_feed",
    "rw_organization_admin",
)
SOCIAL_ACTIONS = "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS"


class LinkedInTwin:
    """See the package.

    :param now: the time in seconds since 1970.
    """

    key = "linkedin"

    def __init__(self, deliveries: Deliveries, now: Callable[[], float] = time.time) -> None:
        self._deliveries = deliveries
        self._now = now
        self.desk = ConsentDesk("LinkedIn", prefix="AQ")
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self.desk.reset()
        self.worlds: dict[str, World] = {}
        self.logins: dict[str, str] = {}
        self.ended: dict[str, str] = {}
        self._numbers = count(7_100_000_000_000_000_001)

    def state(self, _: str | None, /) -> dict[str, Any]:
        """Every post of every login: they carry no id of the hub's."""
        return {"posts": [post for world in self.worlds.values() for post in world.state()]}

    def routes(self) -> Sequence[BaseRoute]:
        """LinkedIn's API, its web pages below ``/www``, and the controls."""
        return [
            *self.desk.page_routes("/www/oauth/v2/authorization"),
            Route("/www/oauth/v2/accessToken", self._guarded(self._token), methods=["POST"]),
            Route("/www/oauth/v2/introspectToken", self._guarded(self._introspect), methods=["POST"]),
            Route("/www/dms-uploads/{id}/{first:int}", self._guarded(self._upload), methods=["PUT"]),
            Route("/v2/userinfo", self._guarded(self._profile), methods=["GET"]),
            *(Route(f"/rest{path}", self._rest(handler), methods=list(verbs)) for verbs, path, handler in API),
            Route("/_test/{control}", self._guarded(self._control), methods=["POST"]),
        ]

    # Access.

    async def _token(self, request: Request) -> Answer:
        form = _form(await request.body())
        client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
        if not client_id or not secret or "invalid" in client_id + secret:
            return 401, {"error": "invalid_client", "error_description": "Client authentication failed"}, {}
        if form.get("grant_type") == "refresh_token":
            refresh = form.get("refresh_token", "")
            consent = self.desk.holder(refresh, is_refresh=True)
            if consent is None or consent.client_id != client_id:
                description = "The provided authorization grant or refresh token is invalid, expired or revoked."
                return 400, {"error": "invalid_grant", "error_description": description}, {}
            return 200, self._granted(consent, secret, refresh), {}
        try:
            consent = self.desk.redeem(form.get("code", ""), client_id, form.get("redirect_uri", ""), None)
        except ConsentRefused as refused:
            description = f"Unable to retrieve access token: {refused.description}"
            return 400, {"error": "invalid_request", "error_description": description}, {}
        partner = "partner" in client_id
        return 200, self._granted(consent, secret, self._refresh_token(consent) if partner else None), {}

    def _refresh_token(self, consent: Consent) -> str:
        return self.desk.issue(consent, REFRESH_SECONDS, is_refresh=True)

    def _granted(self, consent: Consent, secret: str, refresh: str | None) -> dict[str, Any]:
        token = self.desk.issue(consent, ACCESS_SECONDS)
        self.logins[token] = consent.login
        self._world(consent.login).client_secret = secret
        granted = {"access_token": token, "expires_in": ACCESS_SECONDS, "scope": ",".join(sorted(consent.scopes))}
        if refresh is None:
            return granted
        left = int(self.desk.seconds_left(refresh) or 0)
        return {**granted, "refresh_token": refresh, "refresh_token_expires_in": left}

    async def _introspect(self, request: Request) -> Answer:
        form = _form(await request.body())
        if not form.get("client_id") or "invalid" in form.get("client_id", "") + form.get("client_secret", "invalid"):
            return 401, {"error": "invalid_client", "error_description": "Client authentication failed"}, {}
        token = form.get("token", "")
        if token in self.ended:
            return 200, {"active": False, "status": self.ended[token]}, {}
        try:
            _, scopes = self._holder(token)
        except LinkedInError:
            return 200, {"active": False, "status": "revoked"}, {}
        pasted = token.startswith("sandbox_")
        left = ACCESS_SECONDS if pasted else self.desk.seconds_left(token) or 0
        told = {"active": True, "status": "active", "client_id": form["client_id"], "auth_type": "3L"}
        return 200, {**told, "scope": ",".join(scopes), "expires_at": int(self._now() + left)}, {}

    def _holder(self, token: str) -> tuple[World, tuple[str, ...]]:
        """Whose token it is, and what it may.

        :raises LinkedInError: it is none, or it has ended.
        """
        if token in self.ended:
            code = f"{self.ended[token].upper()}_ACCESS_TOKEN"
            message = f"The token used in the request has been {self.ended[token]} by the user"
            raise LinkedInError(401, message, code, serviceErrorCode=65601)
        if token.startswith("sandbox_") and "invalid" not in token:
            return self._world(token), SCOPES
        consent = self.desk.holder(token)
        if consent is None:
            raise LinkedInError(401, "Invalid access token", "INVALID_ACCESS_TOKEN", serviceErrorCode=65600)
        return self._world(consent.login), consent.scopes

    def _world(self, login: str) -> World:
        if login not in self.worlds:
            self.worlds[login] = World(login, lambda: int(self._now() * 1000), self._numbers, self._publish)
        return self.worlds[login]

    # One call.

    async def _profile(self, request: Request) -> Answer:
        world, scopes = self._holder(_bearer(request))
        if "openid" not in scopes or "profile" not in scopes:
            raise LinkedInError(403, "Not enough permissions to access: userinfo.GET.NO_VERSION", "ACCESS_DENIED")
        names = {"name": "Mariam Al Mansoori", "given_name": "Mariam", "family_name": "Al Mansoori"}
        return 200, {"sub": world.member.rpartition(":")[2], **names, "locale": {"country": "AE", "language": "en"}}, {}

    async def _upload(self, request: Request) -> Answer:
        if "authorization" in request.headers:
            raise LinkedInError(400, "Uploads take no credentials")
        last, content = f":{request.path_params['id']}", await request.body()
        for world in self.worlds.values():
            urn = next((urn for urn in world.uploads if urn.endswith(last)), None)
            if urn is not None:
                return 201, None, {"etag": world.store(urn, request.path_params["first"], content)}
        raise LinkedInError(404, "No such upload")

    def _rest(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def call(request: Request) -> Answer:
            version = request.headers.get("linkedin-version", "")
            if not version:
                message = "A version must be present. Please specify a version by adding the Linkedin-Version header."
                raise LinkedInError(400, message, "VERSION_MISSING")
            if not re.fullmatch(r"20\d{2}(0[1-9]|1[0-2])", version):
                raise LinkedInError(400, f"Invalid version {version}", "INVALID_VERSION")
            world, scopes = self._holder(_bearer(request))
            if world.refusals > 0:
                world.refusals -= 1
                raise throttled()
            if version not in world.versions:
                raise LinkedInError(426, f"Requested version {version} is not active", "NONEXISTENT_VERSION")
            if request.headers.get("x-restli-protocol-version") != "2.0.0" or b"/urn:" in request.scope["raw_path"]:
                raise invalid("The request is not in Rest.li's protocol 2.0.0")
            raw = await request.body()
            return handler(
                Call(
                    world,
                    scopes,
                    request.method,
                    request.path_params,
                    read_query(request.scope["query_string"]),
                    _json(raw),
                    request.headers.get("x-restli-method", ""),
                    f"{request.url.scheme}://{request.url.netloc}/{self.key}",
                )
            )

        return self._guarded(call)

    async def _control(self, request: Request) -> Answer:
        name, body, token = request.path_params["control"], _json(await request.body()), _bearer(request)
        if name == "token":
            self._end(token, body["do"])
            return 200, {}, {}
        login = self.logins.get(token) or token
        if name not in CONTROLS or (login == token and not token.startswith("sandbox_")):
            raise LinkedInError(404, "No such control, or no such login")
        return 200, CONTROLS[name](self._world(login), body), {}

    def _end(self, token: str, how: str) -> None:
        self.ended[token] = {"expire": "expired", "revoke": "revoked"}[how]
        if how == "revoke" and token in self.logins:
            self.desk.revoke(self.logins[token])

    def _guarded(self, call: Callable[[Request], Awaitable[Answer]]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                status, body, headers = await call(request)
            except LinkedInError as error:
                status, body, headers = error.status, error.body, {}
            except (KeyError, TypeError, AttributeError, ValueError) as fault:
                status, body, headers = 400, invalid(f"Malformed request: {type(fault).__name__}").body, {}
            headers = {**headers, "x-li-uuid": f"AAX{next(self._numbers)}", "x-li-fabric": "prod-lor1"}
            content = b"" if body is None else orjson.dumps(body)
            return Response(content, status, headers, None if body is None else "application/json")

        return endpoint

    def _publish(self, world: World, notification: dict[str, Any]) -> None:
        if world.webhook is None:
            return
        url, secret = world.webhook
        body = orjson.dumps({"type": SOCIAL_ACTIONS, "notifications": [notification]})
        number = str(notification["notificationId"])
        self._deliveries.send(
            Delivery(self.key, number, notification["action"], url, body, lambda signed: sign(signed, secret))
        )


def sign(body: bytes, secret: str) -> Mapping[str, str]:
    """The header that proves LinkedIn sent it."""
    return {"x-li-signature": hmac.digest(secret.encode(), b"hmacsha256=" + body, "sha256").hex()}


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not token:
        raise LinkedInError(401, "Empty oauth2_access_token", serviceErrorCode=401)
    return token


def _form(body: bytes) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body) if body else {}
    except orjson.JSONDecodeError:
        raise invalid("The body is not JSON") from None
