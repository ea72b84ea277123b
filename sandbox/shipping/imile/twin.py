"""iMile's twin as a web application: envelopes and their signatures, tokens, orders, and the controls."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.deliveries import Deliveries
from sandbox.shipping.depot import advancing
from sandbox.shipping.imile.fields import IMileError, Object
from sandbox.shipping.imile.orders import Account, Order, price
from sandbox.shipping.journey import own_reference

TOKEN_SECONDS = 7200
_CLOCKS_APART_SECONDS = 600
_MOST_TRACKED = 100
Handler = Callable[[Account, Object], Any]


class IMileTwin:
    """Every account of one iMile. A customer's key is the one that the customer first came with, or, where that was
    never sent (MD5), ``sandbox-key-of-<customer id>``.

    :param deliveries: unused: its pushes are not signed.
    :param now: the time in seconds since 1970.
    """

    key = "imile"

    def __init__(self, deliveries: Deliveries, now: Callable[[], float] = time.time) -> None:
        self.accounts: dict[str, Account] = {}
        self.keys: dict[str, str] = {}
        self._numbers = count(6_082_824_250_179)
        self._now = now

    def routes(self) -> Sequence[BaseRoute]:
        """The API and the controls."""
        calls: dict[str, Handler] = {
            "/auth/accessToken/grant": self._grant,
            "/client/order/calShippingFee": lambda _, param: price(param),
            "/client/order/v2/createOrder": lambda account, param: account.create(param, self._numbers).made(),
            "/client/order/reprintOrder": lambda account, param: account.printed(param).made(),
            "/client/order/deleteOrder": lambda account, param: account.delete(param),
            "/client/track/getOne": _track_one,
            "/client/track/list": _track_list,
        }
        return [
            *(Route(path, self._endpoint(path, handler), methods=["POST"]) for path, handler in calls.items()),
            advancing(self._order, Order.show),
        ]

    def state(self, shipment_id: str | None) -> dict[str, Any]:
        """Every order; with an id, those whose ``orderNo`` is Wasl's reference of it."""
        reference = None if shipment_id is None else own_reference(shipment_id)
        orders = [order.show() for account in self.accounts.values() for order in account.orders.values()]
        return {"shipments": [each for each in orders if reference in (None, each["orderNo"])]}

    def reset(self) -> None:
        """Forget every account."""
        self.accounts.clear()
        self.keys.clear()

    def _order(self, number: str) -> Order | None:
        return next((each.orders[number] for each in self.accounts.values() if number in each.orders), None)

    # One call.

    def _endpoint(self, path: str, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                account, param = self._opened(await request.body(), asks_token=path.endswith("/grant"))
                return JSONResponse({"code": "200", "message": "success", "data": handler(account, param)})
            except IMileError as error:
                return JSONResponse({"code": error.code, "message": error.message, "data": None})

        return endpoint

    def _opened(self, raw: bytes, *, asks_token: bool) -> tuple[Account, Object]:
        """The account and the parameter of a call whose signature, time and token are right."""
        try:
            envelope = orjson.loads(raw)
        except orjson.JSONDecodeError:
            raise IMileError("406", "the request body is empty") from None
        if not isinstance(envelope, dict) or not isinstance(envelope.get("param"), dict):
            raise IMileError("406", "the request body is empty")
        customer_id = str(envelope.get("customerId", ""))
        if not customer_id or "invalid" in customer_id:
            raise IMileError("403", "customerId does not exist")
        self._check_sign(envelope, raw, customer_id)
        if abs(self._now() - int(envelope.get("timestamp") or 0) / 1000) > _CLOCKS_APART_SECONDS:
            raise IMileError("408", "the request has expired")
        account = self.accounts.setdefault(customer_id, Account(self._now))
        if not asks_token:
            self._check_token(account, envelope.get("accessToken"))
        return account, envelope["param"]

    def _check_sign(self, envelope: Object, raw: bytes, customer_id: str) -> None:
        method, sign = envelope.get("signMethod"), str(envelope.get("sign", ""))
        if method == "SimpleKey" and "invalid" not in sign:
            if sign and self.keys.setdefault(customer_id, sign) == sign:
                return
        elif method == "MD5":
            key = self.keys.get(customer_id, f"sandbox-key-of-{customer_id}")
            common = {name: value for name, value in envelope.items() if name not in ("sign", "param")}
            fields = "".join(f"{name}{common[name]}" for name in sorted(common))
            param = orjson.dumps(envelope["param"])
            if param not in raw:
                raise IMileError("401", "param is not compact JSON")
            signed = f"{key}{fields}".encode() + param + key.encode()
            if hashlib.md5(signed, usedforsecurity=False).hexdigest().upper() == sign:
                return
        raise IMileError("401", "the signature is wrong")

    def _check_token(self, account: Account, token: Any) -> None:
        if not token:
            raise IMileError("402", "accessToken NotNull")
        if account.tokens.get(str(token), 0.0) <= self._now():
            raise IMileError("407", "the access token is invalid")

    def _grant(self, account: Account, param: Object) -> Object:
        if param.get("grantType") != "clientCredential":
            raise IMileError("400", "grantType is wrong")
        token = secrets.token_hex(16)
        account.tokens[token] = self._now() + TOKEN_SECONDS
        return {"accessToken": token, "expiresIn": TOKEN_SECONDS}


def _track_one(account: Account, param: Object) -> Object:
    record = account.track(_checked(param))
    if record is None:
        raise IMileError("22185", "Waybill number does not exist")
    return record


def _track_list(account: Account, param: Object) -> list[Object]:
    numbers = _checked(param)
    if not isinstance(numbers, list) or not 1 <= len(numbers) <= _MOST_TRACKED:
        raise IMileError("40010", f"1 to {_MOST_TRACKED} numbers at once")
    return [record for record in map(account.track, numbers) if record is not None]


def _checked(param: Object) -> Any:
    if param.get("orderType") != "1" or param.get("language") not in ("1", "2", "3"):
        raise IMileError("400", "orderType or language is wrong")
    return param.get("orderNo")
