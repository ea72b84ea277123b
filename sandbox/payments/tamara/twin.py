"""Tamara's twin as a web application: authentication and pages around `api`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.deliveries import Deliveries
from sandbox.faults import FAULT_SCOPE_KEY, FaultKind
from sandbox.payments.tamara import fields, orders, webhooks
from sandbox.payments.tamara.account import Account, Order
from sandbox.payments.tamara.api import API, CONTROLS, Call, Handler
from sandbox.payments.tamara.errors import TamaraError
from sandbox.payments.tamara.fields import Object

_TAKEN = ("authorised", "updated", "partially_captured", "fully_captured", "partially_refunded", "fully_refunded")


class TamaraTwin:
    """Every account of one Tamara.

    :param deliveries: sends the notifications.
    :param now: the time in seconds since 1970.
    """

    key = "tamara"

    def __init__(self, deliveries: Deliveries, now: Callable[[], float] = time.time) -> None:
        self.accounts: dict[str, Account] = {}
        self._deliveries = deliveries
        self._now = now

    def routes(self) -> Sequence[BaseRoute]:
        """The API, the page and the controls."""
        return [
            *(Route(path, self._endpoint(handler), methods=[method]) for method, path, handler in (*API, *CONTROLS)),
            Route("/pay/{checkout}", self._pay, methods=["GET", "POST"]),
        ]

    def state(self, payment_id: str | None) -> dict[str, Any]:
        """Every order, and those whose money was reserved or taken; with an id, those that have it as reference."""
        found = [
            (account, order)
            for account in self.accounts.values()
            for order in account.orders.values()
            if payment_id is None or order.reference == payment_id
        ]
        return {
            "orders": [account.order_object(order) for account, order in found],
            "charges": [order.id for _, order in found if order.status in _TAKEN],
            "captures": [each.id for _, order in found for each in order.captures],
            "refunds": [each.id for _, order in found for each in order.refunds],
        }

    def reset(self) -> None:
        """Forget every account."""
        self.accounts.clear()

    # Calls.

    def _endpoint(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            fault = request.scope.get(FAULT_SCOPE_KEY)
            broken = fault if fault is not None and fault.kind is FaultKind.KEPT_SERVER_ERROR else None
            try:
                account = self._authenticated(request)
                call = Call(account, fields.parse(await request.body()), dict(request.path_params))
                if fault is not None and fault.kind is FaultKind.SLOW_EXECUTION:
                    await asyncio.sleep(fault.seconds)
                if broken and not broken.applied:
                    raise TamaraError(500, "Something went wrong")
                answer = handler(call)
                if broken:
                    raise TamaraError(500, "Something went wrong")
            except TamaraError as error:
                return _json(error.status, error.body())
            return _json(200, answer)

        return endpoint

    def _authenticated(self, request: Request) -> Account:
        """The account of an API token; made at its first use."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token or "invalid" in token:
            raise TamaraError(401, "Access denied")
        if token not in self.accounts:
            self.accounts[token] = account = Account(self._now)
            account.publish = lambda order, event, data: webhooks.publish(account, order, event, data, self._deliveries)
        self.accounts[token].pages_url = f"{request.url.scheme}://{request.url.netloc}/{self.key}"
        return self.accounts[token]

    # The payment page.

    async def _pay(self, request: Request) -> Response:
        found = self._by_checkout(request.path_params["checkout"])
        if found is None:
            return HTMLResponse("No such page", status_code=404)
        account, order = found
        if request.method == "GET":
            return HTMLResponse(_page(order))
        outcome = dict(parse_qsl((await request.body()).decode())).get("outcome", "approve")
        urls = order.request["merchant_url"]
        if outcome == "cancel":
            return RedirectResponse(_back(urls["cancel"], order, "canceled"), status_code=303)
        try:
            orders.pay(account, order, outcome)
        except TamaraError as error:
            return HTMLResponse(escape(str(error)), status_code=error.status)
        agreed = outcome == "approve"
        url = urls["success"] if agreed else urls["failure"]
        return RedirectResponse(_back(url, order, "approved" if agreed else "declined"), status_code=303)

    def _by_checkout(self, checkout_id: str) -> tuple[Account, Order] | None:
        for account in self.accounts.values():
            for order in account.orders.values():
                if order.checkout_id == checkout_id:
                    return account, order
        return None


def _json(status: int, body: Object) -> Response:
    return Response(orjson.dumps(body), status_code=status, media_type="application/json")


def _back(url: str, order: Order, status: str) -> str:
    parts = urlsplit(url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), ("paymentStatus", status), ("orderId", order.id)]
    return parts._replace(query=urlencode(query)).geturl()


def _page(order: Order) -> str:
    """The hosted page: what is to be paid, and a button for each way it can go."""
    if order.status != "new":
        body = f"<p>This order is {escape(order.status)}.</p>"
    else:
        choices = (("approve", "Agree"), ("decline", "Be declined"), ("cancel", "Go back"))
        buttons = " ".join(f'<button name="outcome" value="{value}">{label}</button>' for value, label in choices)
        amount = f"{order.currency} {order.value:f}"
        body = f'<p>{escape(amount)}</p><form method="post">{buttons}</form>'
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Tamara (sandbox)</title></head>'
        f"<body><h1>Pay later</h1>{body}</body></html>"
    )
