"""Shipa Delivery's twin as a web application: orders, labels, cities, and the controls."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.deliveries import Deliveries
from sandbox.shipping.answers import Endpoint, Refusal, answering, read_object
from sandbox.shipping.depot import advancing
from sandbox.shipping.journey import own_reference
from sandbox.shipping.shipa.fields import CITIES, COUNTRIES, Object, refused, unauthorized
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
        calls: tuple[tuple[str, str, Endpoint], ...] = (
            ("GET", "/countries", self._countries),
            ("GET", "/countries/{country}", self._country),
            ("POST", "/orders", self._create),
            ("GET", "/orders/{ref}", self._show),
            ("GET", "/orders/{ref}/story", self._story),
            ("GET", "/orders/{ref}/pdf", self._label),
            ("POST", "/orders/{ref}/cancel", self._cancel),
        )
        return [
            *(Route(path, answering(call), methods=[method]) for method, path, call in calls),
            advancing(self._any_order, Order.show),
        ]

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
        return JSONResponse([{"code": 0, "name": name, "isoAlpha3": code} for code, name in COUNTRIES.items()])

    async def _country(self, request: Request) -> Response:
        self._account(request)
        code = request.path_params["country"]
        if code not in COUNTRIES:
            raise Refusal(404, {"code": 1, "message": "Country not found"})
        cities = [{"name": city} for city in (CITIES if code == "ARE" else ())]
        return JSONResponse({"name": COUNTRIES[code], "isoAlpha3": code, "cities": cities})

    async def _create(self, request: Request) -> Response:
        order = self._account(request).create(await _body(request), self._numbers)
        shown = {"code": 0, "shipaRef": order.number, "customerRef": order.request["customerRef"]}
        return JSONResponse({**shown, "orderStatus": order.status}, 201)

    async def _show(self, request: Request) -> Response:
        return JSONResponse(self._order(request).show())

    async def _story(self, request: Request) -> Response:
        return JSONResponse(self._order(request).story())

    async def _label(self, request: Request) -> Response:
        return Response(self._order(request).label(), media_type="application/pdf")

    async def _cancel(self, request: Request) -> Response:
        order = self._order(request)
        self._account(request).cancel(order, (await _body(request)).get("cancelReasonId"))
        return JSONResponse({"code": 0, "shipaRef": order.number, "status": order.status})

    def _any_order(self, number: str) -> Order | None:
        return next((each.orders[number] for each in self.accounts.values() if number in each.orders), None)

    def _account(self, request: Request) -> Account:
        """The account of a key; made at its first use."""
        key = request.query_params.get("apikey", "")
        if not _KEY.fullmatch(key) or "invalid" in key:
            raise unauthorized()
        return self.accounts.setdefault(key, Account(self._now))

    def _order(self, request: Request) -> Order:
        return self._account(request).order(request.path_params["ref"])


async def _body(request: Request) -> Object:
    return await read_object(request, refused)
