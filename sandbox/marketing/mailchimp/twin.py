"""Mailchimp's twin as a web application: tokens, consent, webhooks and the ten calls at once around `api`."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.consent import ConsentDesk, ConsentRefused
from sandbox.deliveries import Deliveries, Delivery
from sandbox.faults import FAULT_SCOPE_KEY, Fault, FaultKind
from sandbox.marketing.mailchimp.account import Account, Audience, subscriber_hash, usual_fields
from sandbox.marketing.mailchimp.api import API, Answer, Call, Handler
from sandbox.marketing.mailchimp.campaigns import add_campaign
from sandbox.marketing.mailchimp.controls import CONTROLS
from sandbox.marketing.mailchimp.errors import MailchimpError, invalid, too_many, unauthorized
from sandbox.marketing.mailchimp.fields import Object

DATA_CENTER = "us21"
MOST_AT_ONCE = 10
_DAY = 86_400.0
_BROKEN = MailchimpError(500, "Internal Server Error", "A deep internal error has occurred during the processing.")


class MailchimpTwin:
    """Every account of one Mailchimp.

    :param deliveries: sends the webhooks.
    :param now: the time in seconds since 1970.
    """

    key = "mailchimp"

    def __init__(self, deliveries: Deliveries, now: Callable[[], float] = time.time) -> None:
        self.accounts: dict[str, Account] = {}
        self._deliveries = deliveries
        self._now = now
        self._desk = ConsentDesk("Mailchimp", prefix="mc")
        self._at_once: Counter[str] = Counter()

    def routes(self) -> Sequence[BaseRoute]:
        """The API, the login host's pages and the controls."""
        return [
            *self._desk.page_routes("/login/oauth2/authorize"),
            Route("/login/oauth2/token", self._token, methods=["POST"]),
            Route("/login/oauth2/metadata", self._metadata, methods=["GET"]),
            Route("/_test/revoke", self._revoke, methods=["POST"]),
            *(Route(path, self._endpoint(handler), methods=[method]) for method, path, handler in (*API, *CONTROLS)),
        ]

    def state(self, subject_id: str | None) -> dict[str, Any]:
        """Contacts by address, over all accounts and audiences, with their events; with an address, only that one's."""
        key = None if subject_id is None else subscriber_hash(subject_id)
        contacts: dict[str, Object] = {}
        for account in self.accounts.values():
            for audience in account.audiences.values():
                for member in audience.members.values():
                    if key in (None, member.id):
                        shown = account.show(audience, member)
                        tags = list(member.tags)
                        contacts[member.email] = {**shown, "tags": tags, "events": member.events}
        forgotten = [each for account in self.accounts.values() for each in _forgotten(account) if key in (None, each)]
        campaigns = [each for account in self.accounts.values() for each in account.campaigns.values()]
        return {"contacts": contacts, "forgotten": forgotten, "campaigns": campaigns if key is None else []}

    def reset(self) -> None:
        """Forget every account."""
        self.accounts.clear()
        self._desk.reset()
        self._at_once.clear()

    def account(self, login: str) -> Account:
        """The account of a login; made at its first use."""
        if login not in self.accounts:
            account = self.accounts[login] = Account(login, self._now, self._publish)
            for number, name, doubly in (("a1b2c3d4e5", "Customers", False), ("f6a7b8c9d0", "Newsletter", True)):
                created_at = self._now() - (30 if doubly else 60) * _DAY
                account.audiences[number] = Audience(number, name, created_at, usual_fields(), double_optin=doubly)
            sent = {"opens": 41, "unique_opens": 30, "clicks": 12, "unique_clicks": 9, "emails": 80, "revenue": 1250.5}
            made_at = self._now() - 2 * _DAY
            told = {"title": "Eid offers", "subject": "عروض العيد", "status": "sent", "made_at": made_at}
            add_campaign(account, {**told, **sent})
            add_campaign(account, {"title": "National Day", "subject": "Save the date"})
        return self.accounts[login]

    # One call.

    def _endpoint(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            fault: Fault | None = request.scope.get(FAULT_SCOPE_KEY)
            login = ""
            try:
                login = self._login(request)
                self._at_once[login] += 1
                account = self.account(login)
                body = _json(await request.body())
                if self._at_once[login] + account.busy > MOST_AT_ONCE and "/_test/" not in request.url.path:
                    raise too_many()
                call = Call(account, request.path_params, request.query_params, body)
                return _answer(*_run(handler, call, fault))
            except MailchimpError as error:
                return _problem(error)
            finally:
                self._at_once[login] -= 1

        return endpoint

    def _login(self, request: Request) -> str:
        """Whose token a call carries."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        try:
            token = base64.b64decode(given).decode().partition(":")[2] if scheme == "Basic" else given
        except (binascii.Error, UnicodeDecodeError):
            raise unauthorized() from None
        if scheme not in ("Basic", "Bearer", "OAuth") or not token or "invalid" in token:
            raise unauthorized()
        if token.startswith("sandbox_"):
            return token
        consent = self._desk.holder(token)
        if consent is None:
            raise unauthorized()
        return consent.login

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        if form.get("grant_type") != "authorization_code":
            return _answer(400, {"error": "unsupported_grant_type"})
        if not form.get("client_secret") or "invalid" in form["client_secret"]:
            return _answer(401, {"error": "invalid_client", "error_description": "The client credentials are invalid"})
        try:
            consent = self._desk.redeem(
                form.get("code", ""), form.get("client_id", ""), form.get("redirect_uri", ""), None
            )
        except ConsentRefused as refused:
            return _answer(400, {"error": refused.error, "error_description": refused.description})
        return _answer(200, {"access_token": self._desk.issue(consent, None), "expires_in": 0, "scope": None})

    async def _metadata(self, request: Request) -> Response:
        try:
            login = self._login(request)
        except MailchimpError:
            return _answer(401, {"error": "invalid_token"})
        user = int(subscriber_hash(login)[:7], 16)
        told = {
            "dc": DATA_CENTER,
            "role": "owner",
            "accountname": f"Sandbox of {login}",
            "user_id": user,
            "login": {"email": "owner@shop.example", "avatar": None, "login_id": user},
            "login_url": "https://login.mailchimp.com",
            "api_endpoint": f"https://{DATA_CENTER}.api.mailchimp.com",
        }
        return _answer(200, told)

    async def _revoke(self, request: Request) -> Response:
        try:
            return _answer(200, {"revoked": self._desk.revoke(self._login(request))})
        except MailchimpError as error:
            return _problem(error)

    # Webhooks.

    def _publish(self, account: Account, audience: Audience, kind: str, source: str, data: Object) -> None:
        fired_at = datetime.fromtimestamp(account.now(), UTC).strftime("%Y-%m-%d %H:%M:%S")
        pairs = [("type", kind), ("fired_at", fired_at), *_flat(data)]
        for webhook in audience.webhooks.values():
            if webhook["events"][kind] and webhook["sources"][source]:
                self._deliveries.send(
                    Delivery(
                        provider=self.key,
                        event_id=secrets.token_hex(8),
                        event_type=kind,
                        url=webhook["url"],
                        body=urlencode(pairs).encode(),
                        sign=self._signer(webhook["secret"]),
                    )
                )

    def _signer(self, secret: str | None) -> Callable[[bytes], Mapping[str, str]]:
        def sign(body: bytes) -> Mapping[str, str]:
            form = {"content-type": "application/x-www-form-urlencoded"}
            if secret is None:
                return form
            stamp = str(int(self._now()))
            digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
            return {**form, "x-mailchimp-signature": f"t={stamp},v1={digest}"}

        return sign


def _run(handler: Handler, call: Call, fault: Fault | None) -> Answer:
    if fault is None or fault.kind is not FaultKind.KEPT_SERVER_ERROR:
        return handler(call)
    if fault.applied:
        handler(call)
    raise _BROKEN


def _forgotten(account: Account) -> list[str]:
    return [each for audience in account.audiences.values() for each in audience.forgotten]


def _flat(data: Object) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in data.items():
        if isinstance(value, dict):
            pairs += [(f"data[{name}][{part}]", str(each)) for part, each in value.items()]
        else:
            pairs.append((f"data[{name}]", str(value)))
    return pairs


def _json(raw: bytes) -> Any:
    try:
        return orjson.loads(raw) if raw else None
    except orjson.JSONDecodeError:
        raise invalid(("", "JSON Parse Error")) from None


def _answer(status: int, body: Object | None) -> Response:
    content = b"" if body is None else orjson.dumps(body)
    return Response(content, status_code=status, media_type="application/json")


def _problem(error: MailchimpError) -> Response:
    return Response(orjson.dumps(error.body), status_code=error.status, media_type="application/problem+json")
