"""Quiqup's twin as a web application: tokens, orders, labels, and the controls."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.deliveries import Deliveries
from sandbox.shipping.answers import Endpoint, answering, read_object
from sandbox.shipping.journey import NoSuchStep, own_reference
from sandbox.shipping.quiqup.fields import Object, QuiqupError, not_found
from sandbox.shipping.quiqup.orders import Account, Order

TOKEN_SECONDS = 3600
_FILTERS = ("filters[state]", "from", "to", "page", "per_page")
_MOST_AT_ONCE = 10


class QuiqupTwin:
    """Every account of one Quiqup.

    :param deliveries: unused: its webhooks' contents are not published.
    :param now: the time in seconds since 1970.
    """

    key = "quiqup"

    def __init__(self, deliveries: Deliveries, now: Callable[[], float] = time.time) -> None:
        self.accounts: dict[str, Account] = {}
        self._numbers = count(25_286_218)
        self._now = now

    def routes(self) -> Sequence[BaseRoute]:
        """The API and the controls."""
        calls: tuple[tuple[str, str, Endpoint], ...] = (
            ("POST", "/oauth/token", self._token),
            ("POST", "/orders", self._create),
            ("GET", "/orders", self._list),
            ("PUT", "/orders/batch/set_cancelled", self._cancel),
            ("GET", "/orders/{id:int}", self._show),
            ("PUT", "/orders/{id:int}/ready_for_collection", self._make_ready),
            ("GET", "/order_label/{id:int}", self._label),
            ("POST", "/_test/shipments/{id:int}/advance", self._advance),
        )
        return [Route(path, answering(call), methods=[method]) for method, path, call in calls]

    def state(self, shipment_id: str | None) -> dict[str, Any]:
        """Every order; with an id, those whose ``partner_order_id`` is Wasl's reference of it."""
        reference = None if shipment_id is None else own_reference(shipment_id)
        orders = [order.show() for account in self.accounts.values() for order in account.orders.values()]
        return {"shipments": [each for each in orders if reference in (None, each.get("partner_order_id"))]}

    def reset(self) -> None:
        """Forget every account."""
        self.accounts.clear()

    # The API.

    async def _token(self, request: Request) -> Response:
        given: Mapping[str, Any] = {**await _body(request), **request.query_params}
        client_id, secret = str(given.get("client_id") or ""), str(given.get("client_secret") or "")
        if given.get("grant_type") != "client_credentials":
            raise QuiqupError(400, "unsupported_grant_type")
        if not client_id or not secret or "invalid" in client_id + secret:
            text = "Client authentication failed due to unknown client."
            raise QuiqupError(401, "invalid_client", error_description=text)
        account = self.accounts.setdefault(client_id, Account(self._now))
        token = secrets.token_hex(32)
        account.tokens[token] = self._now() + TOKEN_SECONDS
        made_at = int(self._now())
        return JSONResponse(
            {"access_token": token, "token_type": "bearer", "expires_in": TOKEN_SECONDS, "created_at": made_at}
        )

    async def _create(self, request: Request) -> Response:
        order = self._account(request).create(await _body(request), self._numbers)
        return JSONResponse({"order": order.show()}, 201)

    async def _list(self, request: Request) -> Response:
        account, query = self._account(request), request.query_params
        if missing := [name for name in _FILTERS if name not in query]:
            raise QuiqupError(422, f"{', '.join(missing)} missing")
        state, since, until, page, per_page = (query[name] for name in _FILTERS)
        orders = account.listed(state, since, until)
        size, number = int(per_page), int(page)
        results = [order.show() for order in orders[(number - 1) * size : number * size]]
        facts = {"current_page": number, "per_page": size, "total": len(orders)}
        return JSONResponse({**facts, "total_pages": -(-len(orders) // size), "results": results})

    async def _show(self, request: Request) -> Response:
        return JSONResponse({"order": self._order(request).show()})

    async def _make_ready(self, request: Request) -> Response:
        order = self._order(request)
        self._account(request).make_ready(order)
        return JSONResponse({"order": order.show()})

    async def _cancel(self, request: Request) -> Response:
        order_ids = (await _body(request)).get("order_ids")
        if not isinstance(order_ids, list) or not 1 <= len(order_ids) <= _MOST_AT_ONCE:
            raise QuiqupError(422, f"[order_ids] must be 1 to {_MOST_AT_ONCE} ids")
        return JSONResponse([order.show() for order in self._account(request).cancel(order_ids)])

    async def _label(self, request: Request) -> Response:
        return Response(self._order(request).label(), media_type="application/pdf")

    # The controls.

    async def _advance(self, request: Request) -> Response:
        found = [each.orders[number] for each in self.accounts.values() if (number := _number(request)) in each.orders]
        if not found:
            raise not_found()
        if found[0].state == "pending":
            raise QuiqupError(422, "nobody collects an order that is not ready for collection")
        try:
            found[0].journey.advance((await _body(request)).get("to"))
        except NoSuchStep as error:
            raise QuiqupError(422, str(error)) from None
        return JSONResponse({"order": found[0].show()})

    def _account(self, request: Request) -> Account:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        for account in self.accounts.values():
            if scheme.lower() == "bearer" and account.tokens.get(token, 0.0) > self._now():
                return account
        raise QuiqupError(401, "The access token is invalid")

    def _order(self, request: Request) -> Order:
        return self._account(request).order(_number(request))


def _number(request: Request) -> int:
    number: int = request.path_params["id"]
    return number


async def _body(request: Request) -> Object:
    return await read_object(request, lambda why: QuiqupError(400, why))
