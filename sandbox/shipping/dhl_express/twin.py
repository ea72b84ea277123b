"""DHL Express's twin as a web application: authentication, endpoints and controls around `account`."""

from __future__ import annotations

import asyncio
import base64
import binascii
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import orjson
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.deliveries import Deliveries
from sandbox.faults import FAULT_SCOPE_KEY, Fault, FaultKind
from sandbox.shipping import labels
from sandbox.shipping.depot import advancing
from sandbox.shipping.dhl_express import network
from sandbox.shipping.dhl_express.account import FIRST_SERIAL, Account, Shipment
from sandbox.shipping.dhl_express.errors import (
    DHLError,
    bad_request,
    invalid,
    missing_parameters,
    no_shipments,
    unauthorized,
)
from sandbox.shipping.dhl_express.tracking import show
from sandbox.shipping.journey import own_reference

Answer = tuple[int, Any]
Handler = Callable[["Call"], Answer]


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request. :param body: its JSON; None where there is none."""

    account: Account
    body: Any
    path: dict[str, str]
    query: QueryParams


class DHLExpressTwin:
    """Every account of one DHL Express.

    :param now: the time in seconds since 1970.
    """

    key = "dhl_express"

    def __init__(self, _: Deliveries, now: Callable[[], float] = time.time) -> None:
        self.accounts: dict[str, Account] = {}
        self._now = now
        self._serials = count(FIRST_SERIAL)

    def routes(self) -> Sequence[BaseRoute]:
        """The API and the controls."""
        return [
            *(Route(path, self._endpoint(handler), methods=[method]) for method, path, handler in API),
            advancing(self._shipment, Shipment.show),
        ]

    def state(self, shipment_id: str | None) -> dict[str, Any]:
        """Every shipment and pickup; with an id, the shipments that carry it as reference."""
        made = self._shipments()
        if shipment_id is not None:
            reference = own_reference(shipment_id)
            return {"shipments": [each.show() for each in made if reference in each.references]}
        pickups = {number: each for account in self.accounts.values() for number, each in account.pickups.items()}
        return {"shipments": [each.show() for each in made], "pickups": pickups}

    def reset(self) -> None:
        """Forget every account."""
        self.accounts.clear()

    def _shipments(self) -> Iterator[Shipment]:
        return (shipment for account in self.accounts.values() for shipment in account.shipments.values())

    def _shipment(self, number: str) -> Shipment | None:
        return next((each for each in self._shipments() if each.number == number), None)

    # One call.

    def _endpoint(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            fault = request.scope.get(FAULT_SCOPE_KEY)
            try:
                account = self._authenticated(request)
                body = _json(await request.body())
                status, answer = await _run(
                    handler, Call(account, body, request.path_params, request.query_params), fault
                )
            except DHLError as error:
                status, answer = error.status, error.body(request.url.path.removeprefix(f"/{self.key}"))
            return Response(status_code=status) if answer is None else JSONResponse(answer, status)

        return endpoint

    def _authenticated(self, request: Request) -> Account:
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        try:
            key, separator, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise unauthorized() from None
        if scheme != "Basic" or not (key and separator and secret) or "invalid" in key + secret:
            raise unauthorized()
        if key not in self.accounts:
            self.accounts[key] = Account(self._now, self._serials)
        return self.accounts[key]


def _track_one(call: Call) -> Answer:
    number = call.path["number"]
    shipment = call.account.shipment(number)
    if shipment is None:
        raise no_shipments(f"ShipmentId | {number}")
    offsets = call.query.get("requestGMTOffsetPerEvent") == "true"
    return 200, {"shipments": [show(shipment, offsets=offsets, pieces=_wants_pieces(call))]}


def _track(call: Call) -> Answer:
    numbers = call.query.getlist("shipmentTrackingNumber")
    if len(numbers) > 200:
        raise bad_request("Parameters not having correct format: shipmentTrackingNumber (maxItems=200)")
    reference = call.query.get("shipmentReference")
    if not numbers and reference is None:
        raise missing_parameters("shipmentTrackingNumber")
    if not numbers:
        absent = [name for name in ("shipperAccountNumber", "dateRangeFrom", "dateRangeTo") if name not in call.query]
        if absent:
            raise missing_parameters(*absent)
    found = [
        shipment
        for shipment in call.account.shipments.values()
        if shipment.number in numbers or (reference is not None and _is_referred_to(shipment, call.query))
    ]
    if not found:
        raise no_shipments(f"ReferenceID | {reference}" if reference else "ShipmentId")
    return 200, {"shipments": [show(each, offsets=False, pieces=_wants_pieces(call)) for each in found]}


def _is_referred_to(shipment: Shipment, query: QueryParams) -> bool:
    accounts = {each["number"] for each in shipment.request["accounts"] if each["typeCode"] == "shipper"}
    day = shipment.request["plannedShippingDateAndTime"][:10]
    return (
        query["shipmentReference"] in shipment.references
        and query["shipperAccountNumber"] in accounts
        and query["dateRangeFrom"] <= day <= query["dateRangeTo"]
    )


def _wants_pieces(call: Call) -> bool:
    return call.query.get("levelOfDetail") in ("all", "piece")


def _proof(call: Call) -> Answer:
    shipment = call.account.shipment(call.path["number"])
    if shipment is None or shipment.journey.current != "delivered":
        raise DHLError(404, "Not Found", "No electronic proof of delivery found")
    lines = [f"Air waybill {shipment.number}", f"Signed by {shipment.recipient['contactInformation']['fullName']}"]
    paper = base64.b64encode(labels.paper("Proof of delivery", lines)).decode()
    return 200, {"documents": [{"encodingFormat": "PDF", "content": paper, "typeCode": "POD"}]}


def _cancel_pickup(call: Call) -> Answer:
    if absent := [name for name in ("requestorName", "reason") if not call.query.get(name)]:
        raise missing_parameters(*absent)
    call.account.cancel_pickup(call.path["number"])
    return 200, None


def _validate(call: Call) -> Answer:
    if absent := [name for name in ("type", "countryCode") if not call.query.get(name)]:
        raise missing_parameters(*absent)
    city, country = call.query.get("cityName", ""), call.query["countryCode"]
    if len(city) > 45:
        raise bad_request("Parameters not having correct format: cityName (maxLength=45)")
    if city.upper() == network.NOWHERE:
        raise bad_request(f"3006: The city {city} is not found in {country}")
    place = {"countryCode": country, "postalCode": call.query.get("postalCode", ""), "cityName": city.upper()}
    return 200, {
        "address": [{**place, "serviceArea": {**network.area(city, country), "GMTOffset": network.offset(country)}}]
    }


API: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/rates", lambda call: (200, call.account.rates(call.body))),
    ("POST", "/shipments", lambda call: (201, call.account.create(call.body))),
    ("GET", "/shipments/{number}/tracking", _track_one),
    ("GET", "/shipments/{number}/proof-of-delivery", _proof),
    ("GET", "/tracking", _track),
    ("POST", "/pickups", lambda call: (201, call.account.order_pickup(call.body))),
    ("DELETE", "/pickups/{number}", _cancel_pickup),
    ("GET", "/address-validate", _validate),
)


async def _run(handler: Handler, call: Call, fault: Fault | None) -> Answer:
    if fault is not None and fault.kind is FaultKind.SLOW_EXECUTION:
        await asyncio.sleep(fault.seconds)
    if fault is None or fault.kind is not FaultKind.KEPT_SERVER_ERROR:
        return handler(call)
    if fault.applied:
        handler(call)
    raise DHLError(500, "Internal Server Error", "999: Process failure occurred. Process ID (1234567890)")


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        raise invalid("#: not JSON") from None
