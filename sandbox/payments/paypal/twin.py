"""PayPal's twin as a web application: tokens, request ids and pages around `orders` and `payments`."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from html import escape
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.deliveries import Deliveries
from sandbox.faults import FAULT_SCOPE_KEY, FaultKind
from sandbox.payments.paypal import orders, payments, webhooks
from sandbox.payments.paypal.account import Account, KeptAnswer, Object, new_id
from sandbox.payments.paypal.controls import CONTROLS, Control
from sandbox.payments.paypal.errors import PayPalError, missing
from sandbox.payments.paypal.webhooks import CERTIFICATE_PATH, Authority

TOKEN_SECONDS = 32_400
ORDER_KEPT_SECONDS = 6 * 3600
PAYMENT_KEPT_SECONDS = 45 * 24 * 3600
_IN_PROGRESS = (
    "A previous request on this resource is currently in progress. Please wait for sometime and try again. It is best "
    "to space out the initial and the subsequent request(s) to avoid receiving this error."
)

Handler = Callable[[Account, str, Object], tuple[int, Object | None]]


class PayPalTwin:
    """Every account of one PayPal.

    :param deliveries: sends the webhooks.
    :param now: the time in seconds since 1970.
    """

    key = "paypal"

    def __init__(self, deliveries: Deliveries, now: Callable[[], float] = time.time) -> None:
        self.accounts: dict[str, Account] = {}
        self._tokens: dict[str, tuple[Account, float]] = {}
        self._deliveries = deliveries
        self._now = now
        self._authority = Authority()

    def routes(self) -> Sequence[BaseRoute]:
        """The API, the pages and the controls."""
        return [
            Route("/v1/oauth2/token", self._token, methods=["POST"]),
            Route(CERTIFICATE_PATH, self._pem(lambda: self._authority.certificate)),
            Route("/_test/roots", self._pem(lambda: self._authority.root)),
            Route("/_test/tokens/revoke", self._revoke, methods=["POST"]),
            *(Route(path, self._endpoint(handler), methods=[method]) for method, path, handler in _API),
            *(Route(path, self._endpoint(_control(act)), methods=["POST"]) for path, act in CONTROLS.items()),
            Route("/v1/reporting/transactions", self._transactions),
            Route("/checkoutnow/{id}", self._pay, methods=["GET", "POST"]),
        ]

    def state(self, payment_id: str | None) -> dict[str, Any]:
        """Every object; with an id, those that carry it in ``custom_id``."""
        return {
            kind: [
                orders.shown(item) if kind == "orders" else item
                for account in self.accounts.values()
                for item in getattr(account, kind).values()
                if payment_id is None or _custom_id(item).startswith(payment_id)
            ]
            for kind in ("orders", "authorizations", "captures", "refunds")
        }

    def reset(self) -> None:
        """Forget every account."""
        self.accounts.clear()
        self._tokens.clear()

    # Tokens.

    async def _token(self, request: Request) -> Response:
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        pair = base64.b64decode(encoded, validate=False).decode("utf-8", "replace") if scheme == "Basic" else ""
        client_id, _, secret = pair.partition(":")
        account = self.accounts.get(client_id)
        if not client_id or not secret or "invalid" in pair or (account and account.secret != secret):
            refusal = {"error": "invalid_client", "error_description": "Client Authentication failed"}
            return _json(401, refusal, new_id())
        if await request.body() != b"grant_type=client_credentials":
            refusal = {"error": "unsupported_grant_type", "error_description": "Unsupported grant_type"}
            return _json(400, refusal, new_id())
        account = account or self._new_account(client_id, secret)
        account.url = f"{request.url.scheme}://{request.url.netloc}/{self.key}"
        token = f"A21AA{new_id(60)}"
        self._tokens[token] = account, self._now() + TOKEN_SECONDS
        return _json(200, {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS}, new_id())

    def _new_account(self, client_id: str, secret: str) -> Account:
        account = self.accounts[client_id] = Account(self._now, secret)
        account.publish = lambda event: webhooks.publish(account, event, self._authority, self._deliveries)
        return account

    def _account(self, request: Request) -> Account:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        account, ends_at = self._tokens.get(token, (None, 0.0))
        if scheme != "Bearer" or account is None or ends_at <= self._now():
            raise PayPalError(401, "INVALID_ACCESS_TOKEN", "Token signature verification failed")
        return account

    async def _revoke(self, request: Request) -> Response:
        account = self._account(request)
        self._tokens = {token: entry for token, entry in self._tokens.items() if entry[0] is not account}
        return _json(200, {}, new_id())

    # One call.

    def _endpoint(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            debug_id = new_id(13).lower()
            try:
                account = self._account(request)
                status, body = await self._once(handler, account, request, await _json_body(request))
            except PayPalError as error:
                return _json(error.status, error.body(debug_id), debug_id)
            if body is not None and request.method == "POST" and request.url.path.count("/v2/"):
                if request.headers.get("prefer") != "return=representation":
                    body = {name: body[name] for name in ("id", "status", "links")}
            elif body is None:
                return Response(status_code=status, headers={"paypal-debug-id": debug_id})
            return _json(status, body, debug_id)

        return endpoint

    async def _once(
        self, handler: Handler, account: Account, request: Request, given: Object
    ) -> tuple[int, Object | None]:
        """Answer as the first request under the id was answered, if there was one in time."""
        object_id, key = request.path_params.get("id", ""), request.headers.get("paypal-request-id")
        if request.method != "POST" or not key:
            return handler(account, object_id, given)
        slot = (request.url.path, key)
        kept = account.kept_answers.get(slot)
        if kept is not None and self._now() - kept.kept_at < kept.kept_seconds:
            return _again(account, kept)
        seconds = ORDER_KEPT_SECONDS if "/checkout/" in request.url.path else PAYMENT_KEPT_SECONDS
        answer = account.kept_answers[slot] = KeptAnswer(self._now(), seconds)
        fault = request.scope.get(FAULT_SCOPE_KEY)
        kind = fault.kind if fault else None
        if fault and kind is FaultKind.SLOW_EXECUTION:
            await asyncio.sleep(fault.seconds)
        try:
            if fault and kind is FaultKind.KEPT_SERVER_ERROR and not fault.applied:
                raise PayPalError(500, "INTERNAL_SERVICE_ERROR", "An internal service error has occurred.")
            status, body = handler(account, object_id, given)
        except PayPalError:
            del account.kept_answers[slot]  # nothing was done, so it may be tried again
            raise
        answer.status, answer.body = status, body or {}
        if kind is FaultKind.KEPT_SERVER_ERROR:
            raise PayPalError(500, "INTERNAL_SERVICE_ERROR", "An internal service error has occurred.")
        return status, body

    async def _transactions(self, request: Request) -> Response:
        debug_id = new_id(13).lower()
        try:
            account, query = self._account(request), request.query_params
            first, last = (datetime.fromisoformat(query[name]).timestamp() for name in ("start_date", "end_date"))
        except PayPalError as error:
            return _json(error.status, error.body(debug_id), debug_id)
        details = [
            {"transaction_info": _transaction(capture)}
            for capture in account.captures.values()
            if first <= datetime.fromisoformat(capture["create_time"]).timestamp() <= last
        ]
        answer = {"transaction_details": details, "page": 1, "total_items": len(details), "total_pages": 1}
        return _json(200, answer, debug_id)

    def _pem(self, certificate: Callable[[], bytes]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(_: Request) -> Response:
            return Response(certificate(), media_type="application/x-pem-file")

        return endpoint

    # The page.

    async def _pay(self, request: Request) -> Response:
        for account in self.accounts.values():
            if order := account.orders.get(request.path_params["id"]):
                return await _page(account, order, request)
        return HTMLResponse("No such order", status_code=404)


async def _page(account: Account, order: Object, request: Request) -> Response:
    if request.method == "GET":
        amount = order["purchase_units"][0]["amount"]
        text = escape(f"{amount['currency_code']} {amount['value']}: {order['status']}")
        choices = (("ok", "Pay"), ("decline", "Pay with an empty account"), ("cancel", "Go back"))
        buttons = " ".join(f'<button name="funding" value="{value}">{label}</button>' for value, label in choices)
        return HTMLResponse(
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>PayPal (sandbox)</title></head>'
            f'<body><h1>PayPal</h1><p>{text}</p><form method="post">{buttons}</form></body></html>'
        )
    funding = (await request.body()).decode().rpartition("=")[2]
    if funding not in orders.FUNDING:
        return RedirectResponse(f"{order['_return']['cancel_url']}?token={order['id']}", status_code=303)
    try:
        orders.approve_order(account, order, funding)
    except PayPalError as error:
        return HTMLResponse(escape(str(error)), status_code=error.status)
    return RedirectResponse(f"{order['_return']['return_url']}?token={order['id']}", status_code=303)


def _again(account: Account, kept: KeptAnswer) -> tuple[int, Object | None]:
    """The latest state of what the first request made."""
    if kept.status is None:
        raise PayPalError(409, "PREVIOUS_REQUEST_IN_PROGRESS", _IN_PROGRESS)
    order = account.orders.get(kept.body.get("id", ""))
    return (200, orders.shown(order)) if order else (kept.status, kept.body)


def _complete(verb: str) -> Handler:
    return lambda account, object_id, given: (
        201,
        orders.shown(orders.complete_order(account, account.find("orders", object_id), verb)),
    )


def _found(kind: str) -> Handler:
    return lambda account, object_id, given: (200, account.find(kind, object_id))


def _control(act: Control) -> Handler:
    return lambda account, object_id, given: (200, act(account, object_id, given))


def _void(account: Account, object_id: str, _: Object) -> tuple[int, Object]:
    return 200, payments.void_authorization(account, account.find("authorizations", object_id))


def _delete_webhook(account: Account, object_id: str, _: Object) -> tuple[int, None]:
    if account.webhooks.pop(object_id, None) is None:
        raise missing()
    return 204, None


def _delete_token(account: Account, object_id: str, _: Object) -> tuple[int, None]:
    """One that is not there is answered like one that was: the published document knows no 404."""
    account.saved.pop(object_id, None)
    return 204, None


_API: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/v2/checkout/orders", lambda a, _, given: (201, orders.shown(orders.create_order(a, given)))),
    ("GET", "/v2/checkout/orders/{id}", lambda a, i, _: (200, orders.shown(a.find("orders", i)))),
    ("POST", "/v2/checkout/orders/{id}/capture", _complete("capture")),
    ("POST", "/v2/checkout/orders/{id}/authorize", _complete("authorize")),
    ("GET", "/v2/payments/authorizations/{id}", _found("authorizations")),
    (
        "POST",
        "/v2/payments/authorizations/{id}/capture",
        lambda a, i, given: (201, payments.capture_authorization(a, a.find("authorizations", i), given)),
    ),
    ("POST", "/v2/payments/authorizations/{id}/void", _void),
    ("GET", "/v2/payments/captures/{id}", _found("captures")),
    (
        "POST",
        "/v2/payments/captures/{id}/refund",
        lambda a, i, given: (201, payments.refund_capture(a, a.find("captures", i), given)),
    ),
    ("GET", "/v2/payments/refunds/{id}", _found("refunds")),
    ("DELETE", "/v3/vault/payment-tokens/{id}", _delete_token),
    ("GET", "/v1/notifications/webhooks", lambda a, _, __: (200, {"webhooks": list(a.webhooks.values())})),
    ("POST", "/v1/notifications/webhooks", lambda a, _, given: (201, webhooks.create_webhook(a, given))),
    ("GET", "/v1/notifications/webhooks/{id}", _found("webhooks")),
    ("DELETE", "/v1/notifications/webhooks/{id}", _delete_webhook),
)


async def _json_body(request: Request) -> Object:
    body = await request.body()
    if not body:
        return {}
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise PayPalError(400, "INVALID_REQUEST", "The content type has to be application/json.")
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise PayPalError(400, "MALFORMED_REQUEST_JSON", "The request JSON is not well formed.") from None
    if not isinstance(given, dict):
        raise PayPalError(400, "MALFORMED_REQUEST_JSON", "The request JSON is not well formed.")
    return given


def _transaction(capture: Object) -> Object:
    return {
        "transaction_id": capture["id"],
        "transaction_initiation_date": capture["create_time"],
        "transaction_updated_date": capture["update_time"],
        "transaction_amount": capture["amount"],
        "transaction_status": "S" if capture["status"] != "PENDING" else "P",
        "invoice_id": capture["invoice_id"],
        "custom_field": capture["custom_id"],
    }


def _custom_id(item: Object) -> str:
    holder = item["purchase_units"][0] if "purchase_units" in item else item
    return holder.get("custom_id") or ""


def _json(status: int, body: Object, debug_id: str) -> Response:
    headers = {"paypal-debug-id": debug_id}
    return Response(orjson.dumps(body), status_code=status, media_type="application/json", headers=headers)
