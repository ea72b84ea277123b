"""Shipa Delivery's twin as a web application: orders, labels, cities, and the controls."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.deliveries import Deliveries
from sandbox.shipping.journey import NoSuchStep, own_reference
from sandbox.shipping.shipa.fields import CITIES, COUNTRIES, Object, ShipaError, not_found, refused, unauthorized
from sandbox.shipping.shipa.orders import Account, Order

_KEY = re.compile(r"[A-Za-z0-9_-]{16,128}")


class ShipaTwin:
    """Every account of one Shipa Delivery.

    :param deliveries: unused: how its webhooks are proved is not known.
    :param now: the time in seconds since 1970.
    """

    key = "shipa"

    def __init__(self, deliveries: Deliveries, now: Callable[[], float] = time.time) -> None:
        self.accounts: dict[str, Account] = {}
        self._numbers = count(468_663)
        self._now = now

    def routes(self) -> Sequence[BaseRoute]:
        """The API and the controls."""
        calls: tuple[tuple[str, str, Callable[[Request], Awaitable[Response]]], ...] = (
            ("GET", "/countries", self._countries),
            ("GET", "/countries/{country}", self._country),
            ("POST", "/orders", self._create),
            ("GET", "/orders/{ref}", self._show),
            ("GET", "/orders/{ref}/story", self._story),
            ("GET", "/orders/{ref}/pdf", self._label),
            ("POST", "/orders/{ref}/cancel", self._cancel),
            ("POST", "/_test/shipments/{ref}/advance", self._advance),
        )
        return [Route(path, _answering(call), methods=[method]) for method, path, call in calls]

    def state(self, shipment_id: str | None) -> dict[str, Any]:
        """Every order; with an id, those whose ``customerRef`` is Wasl's reference of it."""
        reference = None if shipment_id is None else own_reference(shipment_id)
        orders = [order.show() for account in self.accounts.values() for order in account.orders.values()]
        return {"shipments": [each for each in orders if reference in (None, each["customerRef"])]}

    def reset(self) -> None:
        """Forget every account."""
        self.accounts.clear()

    # The API.

    async def _countries(self, request: Request) -> Response:
        self._account(request)
        return _json([{"code": 0, "name": name, "isoAlpha3": code} for code, name in COUNTRIES.items()])

    async def _country(self, request: Request) -> Response:
        self._account(request)
        code = request.path_params["country"]
        if code not in COUNTRIES:
            raise ShipaError(404, {"code": 1, "message": "Country not found"})
        cities = [{"name": city} for city in (CITIES if code == "ARE" else ())]
        return _json({"name": COUNTRIES[code], "isoAlpha3": code, "cities": cities})

    async def _create(self, request: Request) -> Response:
        order = self._account(request).create(await _body(request), self._numbers)
        shown = {"code": 0, "shipaRef": order.number, "customerRef": order.request["customerRef"]}
        return _json({**shown, "orderStatus": order.status}, 201)

    async def _show(self, request: Request) -> Response:
        return _json(self._order(request).show())

    async def _story(self, request: Request) -> Response:
        return _json(self._order(request).story())

    async def _label(self, request: Request) -> Response:
        return Response(self._order(request).label(), media_type="application/pdf")

    async def _cancel(self, request: Request) -> Response:
        order = self._order(request)
        self._account(request).cancel(order, (await _body(request)).get("cancelReasonId"))
        return _json({"code": 0, "shipaRef": order.number, "status": order.status})

    # The controls.

    async def _advance(self, request: Request) -> Response:
        number = request.path_params["ref"]
        found = [account.orders[number] for account in self.accounts.values() if number in account.orders]
        if not found:
            raise not_found()
        try:
            found[0].journey.advance((await _body(request)).get("to"))
        except NoSuchStep as error:
            raise refused(str(error)) from None
        return _json(found[0].show())

    def _account(self, request: Request) -> Account:
        """The account of a key; made at its first use."""
        key = request.query_params.get("apikey", "")
        if not _KEY.fullmatch(key) or "invalid" in key:
            raise unauthorized()
        return self.accounts.setdefault(key, Account(self._now))

    def _order(self, request: Request) -> Order:
        return self._account(request).order(request.path_params["ref"])


async def _body(request: Request) -> Object:
    raw = await request.body()
    try:
        body = orjson.loads(raw) if raw else {}
    except orjson.JSONDecodeError:
        raise refused("the body is not JSON") from None
    if not isinstance(body, dict):
        raise refused("the body is not an object")
    return body


def _json(body: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status_code=status, media_type="application/json")


def _answering(call: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return await call(request)
        except ShipaError as error:
            return _json(error.body, error.status)

    return endpoint
