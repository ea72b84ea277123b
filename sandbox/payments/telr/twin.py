"""Telr's twin as a web application: three interfaces, the page, the controls and the advice."""

from __future__ import annotations

import asyncio
import time
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.deliveries import Deliveries, Delivery
from sandbox.faults import FAULT_SCOPE_KEY, Fault, FaultKind
from sandbox.payments.telr import page, remote, service
from sandbox.payments.telr.controls import CONTROLS, Control
from sandbox.payments.telr.errors import TelrError
from sandbox.payments.telr.store import Object, Store, Transaction

XML = "application/xml"
FORM = {"content-type": "application/x-www-form-urlencoded"}


class TelrTwin:
    """Every store of one Telr.

    :param deliveries: sends the advice.
    :param now: the time in seconds since 1970.
    """

    key = "telr"

    def __init__(self, deliveries: Deliveries, now: Callable[[], float] = time.time) -> None:
        self.stores: dict[str, Store] = {}
        self._deliveries = deliveries
        self._now = now

    def routes(self) -> Sequence[BaseRoute]:
        """The gateway, the Service API, the page and the controls."""
        listed = "/tools/api/xml/transaction"
        return [
            Route("/gateway/order.json", self._order, methods=["POST"]),
            Route("/gateway/remote.xml", self._remote, methods=["POST"]),
            Route("/gateway/process.html", self._page, methods=["GET", "POST"]),
            Route(listed, self._service),
            Route(listed + "/{ref}", self._service),
            Route(listed + "/{ref}/{what}", self._service),
            *(Route("/_test/{store}" + path, self._control(control), methods=["POST"]) for path, control in CONTROLS),
        ]

    def state(self, payment_id: str | None) -> dict[str, Any]:
        """Every order, transaction and charge; with an id, those whose cart id begins with it."""

        def ours(cart: str) -> bool:
            return payment_id is None or cart.startswith(payment_id)

        stores = self.stores.values()
        orders = [order for store in stores for order in store.orders.values() if ours(order.cart)]
        made = [each for store in stores for each in store.transactions.values() if ours(each.cart)]
        return {
            "orders": [page.order_object(order) for order in orders],
            "transactions": [_shown(each) for each in made],
            "charges": [_shown(each) for each in made if each.type in ("sale", "auth") and each.status == "A"],
        }

    def reset(self) -> None:
        """Forget every store."""
        self.stores.clear()

    # The interfaces.

    async def _order(self, request: Request) -> Response:
        fault: Fault | None = request.scope.get(FAULT_SCOPE_KEY)
        method = ""
        try:
            if request.headers.get("content-type", "").partition(";")[0] != "application/json":
                raise TelrError(1, "content type")
            body = _json_object(await request.body())
            method = str(body.get("method"))
            store = self._store(str(body.get("store")), "page", body.get("authkey"))
            if not isinstance(body["store"], int):
                raise TelrError(4)
            await _begin(fault)
            _break(fault, applied=False)
            answer = self._ask(store, method, body, request)
            _break(fault, applied=True)
        except TelrError as error:
            told = {"message": f"E{error.code:02}:{error}", **({"note": error.note} if error.note else {})}
            status = 500 if error.code == 98 else 200
            return _json({"method": method, "trace": "4001/1/0", "error": told}, status)
        return _json(answer)

    def _ask(self, store: Store, method: str, body: Object, request: Request) -> Object:
        if method == "create":
            return page.create(store, body, f"{request.url.scheme}://{request.url.netloc}/{self.key}")
        if method == "check":
            return page.check(store, body)
        raise TelrError(1, "method")

    async def _remote(self, request: Request) -> Response:
        fault: Fault | None = request.scope.get(FAULT_SCOPE_KEY)
        try:
            if request.headers.get("content-type", "").partition(";")[0] not in (XML, "text/xml"):
                raise TelrError(1, "content type")
            store_id, key, fields = remote.read(await request.body())
            store = self._store(store_id, "remote", key)
            await _begin(fault)
            _break(fault, applied=False)
            made = remote.perform(store, fields)
            _break(fault, applied=True)
        except TelrError as error:
            return Response(remote.refusal(error), 500 if error.code == 98 else 200, media_type=XML)
        return Response(remote.answer(made), media_type=XML)

    async def _service(self, request: Request) -> Response:
        store = self._by_basic(request.headers.get("authorization", ""))
        if store is None:
            return Response(status_code=401, headers={"www-authenticate": "Basic"})
        ref, what = request.path_params.get("ref"), request.path_params.get("what")
        if ref is None:
            since = datetime.fromtimestamp(self._now() - service.RECENT_HOURS * 3600, UTC).strftime("%Y-%m-%d %H:%M:%S")
            recent = [each for each in store.transactions.values() if each.date >= since]
            return Response(service.several(store, recent[-service.RECENT_MOST :]), media_type=XML)
        if what == "cart":
            of_cart = [each for each in store.transactions.values() if each.cart == ref]
            return Response(service.several(store, of_cart), media_type=XML)
        if ref not in store.transactions or what not in (None, "linked"):
            return Response(status_code=404)
        transaction = store.transactions[ref]
        if what == "linked":
            return Response(service.several(store, store.linked(transaction)), media_type=XML)
        return Response(service.one(store, transaction), media_type=XML)

    # The payment page and the controls.

    async def _page(self, request: Request) -> Response:
        found = request.query_params.get("o", "")
        store = next((each for each in self.stores.values() if found in each.orders), None)
        if store is None:
            return HTMLResponse("No such order", status_code=404)
        order = store.orders[found]
        if request.method == "GET":
            return HTMLResponse(page.html(order))
        choice = dict(parse_qsl((await request.body()).decode())).get("outcome", "approve")
        try:
            way = page.pay(store, order, choice)
        except TelrError as error:
            return HTMLResponse(escape(f"{error}: {error.note}"), status_code=409)
        return RedirectResponse(order.returns[way], status_code=303)

    def _control(self, control: Control) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            path = dict(request.path_params)
            try:
                body = _json_object(await request.body() or b"{}")
                return _json(control(self._open(path.pop("store")), path, body))
            except (TelrError, KeyError) as error:
                return _json({"error": str(error)}, 400)

        return endpoint

    # Stores and their keys.

    def _open(self, store_id: str) -> Store:
        if store_id not in self.stores:
            self.stores[store_id] = Store(store_id, self._now, self._publish)
        return self.stores[store_id]

    def _store(self, store_id: str, interface: str, key: object) -> Store:
        """:raises TelrError: the key is not this interface's."""
        if not store_id.isdecimal():
            raise TelrError(4)
        if key != f"{interface}#{store_id}":
            raise TelrError(1, "Authentication failed")
        return self._open(store_id)

    def _by_basic(self, header: str) -> Store | None:
        scheme, _, encoded = header.partition(" ")
        try:
            user, _, key = b64decode(encoded, validate=True).decode().partition(":")
        except ValueError:
            return None
        right = scheme.lower() == "basic" and user.isdecimal() and key == f"service#{user}"
        return self._open(user) if right else None

    def _publish(self, store: Store, made: Transaction) -> None:
        webhook = store.webhook
        if webhook is None:
            return
        fields = service.advice(store, made, webhook)
        forged = {**fields, "tran_status": "A", "tran_amount": "1.00"}

        def sign(_: bytes) -> Mapping[str, str]:
            """The hash is in the form."""
            return FORM

        event_id = f"{made.reference}:{made.type}:{made.status}"
        encoded, wrong = urlencode(fields).encode(), urlencode(forged).encode()
        self._deliveries.send(
            Delivery(self.key, event_id, made.type, webhook.url, encoded, sign, retried=False, forgery=wrong)
        )


async def _begin(fault: Fault | None) -> None:
    if fault is not None and fault.kind is FaultKind.SLOW_EXECUTION:
        await asyncio.sleep(fault.seconds)


def _break(fault: Fault | None, *, applied: bool) -> None:
    """Break down, before or after the work. :raises TelrError: so it is planned."""
    if fault is not None and fault.kind is FaultKind.KEPT_SERVER_ERROR and fault.applied == applied:
        raise TelrError(98)


def _json_object(raw: bytes) -> Object:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise TelrError(1, "not JSON") from None
    if not isinstance(body, dict):
        raise TelrError(1, "not an object")
    return body


def _json(body: Object, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status_code=status, media_type="application/json")


def _shown(made: Transaction) -> Object:
    return {
        "reference": made.reference,
        "type": made.type,
        "status": made.status,
        "amount": str(made.amount),
        "currency": made.currency,
        "cart": made.cart,
        "description": made.description,
    }
