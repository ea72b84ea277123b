"""N-Genius's twin as a web application: tokens, media types, pages and webhooks around `api`."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.deliveries import Deliveries, Delivery
from sandbox.faults import FAULT_SCOPE_KEY, FaultKind
from sandbox.payments.ngenius import orders
from sandbox.payments.ngenius.account import TOKEN_SECONDS, Account, Object, Order
from sandbox.payments.ngenius.api import API, CONTROLS, Call, Handler
from sandbox.payments.ngenius.errors import NGeniusError

MEDIA_TYPE = "application/vnd.ni-payment.v2+json"
IDENTITY_MEDIA_TYPE = "application/vnd.ni-identity.v1+json"


class NGeniusTwin:
    """Every account of one N-Genius.

    :param deliveries: sends the webhooks.
    :param now: the time in seconds since 1970.
    """

    key = "ngenius"

    def __init__(self, deliveries: Deliveries, now: Callable[[], float] = time.time) -> None:
        self.accounts: dict[str, Account] = {}
        self._deliveries = deliveries
        self._now = now

    def routes(self) -> Sequence[BaseRoute]:
        """The API, the page and the controls."""
        return [
            Route("/identity/auth/access-token", self._token, methods=["POST"]),
            *(Route(path, self._endpoint(handler), methods=[method]) for method, path, handler in API),
            *(Route(path, self._control(handler), methods=[method]) for method, path, handler in CONTROLS),
            Route("/pay", self._pay, methods=["GET", "POST"]),
        ]

    def state(self, payment_id: str | None) -> dict[str, Any]:
        """Every order, and what was taken; with an id, those whose merchant's data carry it as ``wasl_payment_id``."""
        found = [
            (account, order)
            for account in self.accounts.values()
            for order in account.orders.values()
            if payment_id is None or order.details.get("merchantDefinedData", {}).get("wasl_payment_id") == payment_id
        ]
        charges = [{"order": order.reference, "value": part.value} for _, order in found for part in order.taken]
        return {"orders": [account.order_object(order) for account, order in found], "charges": charges}

    def reset(self) -> None:
        """Forget every account."""
        self.accounts.clear()

    # Calls.

    async def _token(self, request: Request) -> Response:
        try:
            if request.headers.get("content-type") != IDENTITY_MEDIA_TYPE:
                raise NGeniusError(415, "Unsupported media type", "unsupportedMediaType")
            token = self._by_key(request).new_token()
        except NGeniusError as error:
            return _json(error.status, error.body(), IDENTITY_MEDIA_TYPE)
        body = {
            "access_token": token,
            "expires_in": TOKEN_SECONDS,
            "refresh_expires_in": 1800,
            "refresh_token": uuid.uuid4().hex,
            "token_type": "bearer",
        }
        return _json(200, body, IDENTITY_MEDIA_TYPE)

    def _endpoint(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            fault = request.scope.get(FAULT_SCOPE_KEY)
            try:
                account = self._by_token(request)
                _check_media_types(request)
                call = Call(account, _body(await request.body()), dict(request.path_params))
                if fault is not None and fault.kind is FaultKind.SLOW_EXECUTION:
                    await asyncio.sleep(fault.seconds)
                if fault is not None and fault.kind is FaultKind.KEPT_SERVER_ERROR and not fault.applied:
                    raise NGeniusError(500, "Internal server error", "internalError")
                status, body = handler(call)
            except NGeniusError as error:
                return _json(error.status, error.body(), MEDIA_TYPE)
            if fault is not None and fault.kind is FaultKind.KEPT_SERVER_ERROR:
                broken = NGeniusError(500, "Internal server error", "internalError")
                return _json(500, broken.body(), MEDIA_TYPE)
            return _json(status, body, MEDIA_TYPE)

        return endpoint

    def _control(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def control(request: Request) -> Response:
            try:
                call = Call(self._by_key(request), _body(await request.body()), dict(request.path_params))
                return _json(*handler(call), "application/json")
            except NGeniusError as error:
                return _json(error.status, error.body(), "application/json")

        return control

    def _by_key(self, request: Request) -> Account:
        """The account of an API key; made at its first use."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic" or not key or "invalid" in key:
            raise NGeniusError(401, "Invalid client credentials", "unauthorized")
        if key not in self.accounts:
            self.accounts[key] = account = Account(self._now)
            account.publish = lambda name, order: self._publish(account, name, order)
        self.accounts[key].api_url = f"{request.url.scheme}://{request.url.netloc}/{self.key}"
        return self.accounts[key]

    def _by_token(self, request: Request) -> Account:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        for account in self.accounts.values():
            if scheme.lower() == "bearer" and account.tokens.get(token, 0.0) > self._now():
                return account
        raise NGeniusError(401, "The access token is missing or has run out", "unauthorized")

    # The payment page.

    async def _pay(self, request: Request) -> Response:
        found = self._by_code(request.query_params.get("code", ""))
        if found is None:
            return HTMLResponse("No such order", status_code=404)
        account, order = found
        if request.method == "GET":
            return HTMLResponse(_page(order))
        choice = dict(parse_qsl((await request.body()).decode())).get("outcome", "approve")
        attributes = order.details.get("merchantAttributes", {})
        if choice == "cancel":
            back = attributes.get("cancelUrl") or attributes.get("redirectUrl", "")
            return RedirectResponse(back, status_code=303) if back else HTMLResponse("You may close this page.")
        try:
            orders.pay(account, order, choice)
        except NGeniusError as error:
            return HTMLResponse(escape(str(error)), status_code=error.status)
        back = _with_query(attributes.get("redirectUrl", ""), ref=order.reference)
        return RedirectResponse(back, status_code=303) if back else HTMLResponse("You may close this page.")

    def _by_code(self, code: str) -> tuple[Account, Order] | None:
        for account in self.accounts.values():
            for order in account.orders.values():
                if order.code == code:
                    return account, order
        return None

    # Webhooks.

    def _publish(self, account: Account, name: str, order: Order) -> None:
        event_id = str(uuid.uuid4())
        event = {
            "outletId": order.outlet,
            "eventId": event_id,
            "eventName": name,
            "order": account.order_object(order),
        }
        body = orjson.dumps(event)
        for webhook in account.webhooks:
            key, value = webhook.header_key, webhook.header_value or ""

            def sign(signed: bytes, key: str | None = key, value: str = value) -> Mapping[str, str]:
                """The header as it was set; a delivery that is to be forged asks for another body's."""
                return {key: value if signed == body else "guessed"} if key else {}

            self._deliveries.send(Delivery(self.key, event_id, name, webhook.url, body, sign, retried=False))


def _check_media_types(request: Request) -> None:
    if MEDIA_TYPE not in request.headers.get("accept", ""):
        raise NGeniusError(406, "Not acceptable", "notAcceptable")
    if request.method != "GET" and request.headers.get("content-type") != MEDIA_TYPE:
        raise NGeniusError(415, "Unsupported media type", "unsupportedMediaType")


def _body(raw: bytes) -> Object:
    try:
        body = orjson.loads(raw) if raw else {}
    except orjson.JSONDecodeError:
        raise NGeniusError(400, "The body is not JSON", "invalidJson") from None
    if not isinstance(body, dict):
        raise NGeniusError(400, "The body is not an object", "invalidJson")
    return body


def _json(status: int, body: Object, media_type: str) -> Response:
    return Response(orjson.dumps(body), status_code=status, media_type=media_type)


def _with_query(url: str, **values: str) -> str:
    if not url:
        return url
    parts = urlsplit(url)
    return parts._replace(query=urlencode([*parse_qsl(parts.query, keep_blank_values=True), *values.items()])).geturl()


def _page(order: Order) -> str:
    """The hosted page: what is to be paid, and a button for each way it can go."""
    if order.state != "STARTED":
        body = f"<p>This order is {escape(order.state)}.</p>"
    else:
        buttons = " ".join(
            f'<button name="outcome" value="{value}">{label}</button>'
            for value, label in (("approve", "Pay"), ("decline", "Pay with an empty card"), ("cancel", "Go back"))
        )
        amount = f"{order.value} minor units of {order.currency}"
        body = f'<p>{escape(amount)}</p><form method="post">{buttons}</form>'
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>N-Genius (sandbox)</title></head>'
        f"<body><h1>Payment</h1>{body}</body></html>"
    )
