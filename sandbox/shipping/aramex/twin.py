"""Aramex's twin as a web application.

::

    POST /ShippingAPI.V2/{service}/Service_1_0.svc/json/{operation}     the services
    GET  /content/rpt_cache/{number}.pdf                                labels, for whoever knows the address
    POST /_test/shipments/{number}/advance                              {"to": "delivered"}; one step without "to"
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.deliveries import Deliveries
from sandbox.shipping.aramex import tariff
from sandbox.shipping.aramex.account import Aramex, Shipment
from sandbox.shipping.aramex.errors import Refused, envelope
from sandbox.shipping.aramex.fields import Object, Undeserializable, read
from sandbox.shipping.depot import advancing
from sandbox.shipping.journey import own_reference

_SERVICES: Final = {
    "Shipping": ("CreateShipments", "PrintLabel", "CreatePickup", "CancelPickup"),
    "Tracking": ("TrackShipments",),
    "RateCalculator": ("CalculateRate",),
    "Location": ("ValidateAddress", "FetchCities"),
}
_LOGIN: Final = ("UserName", "Password", "AccountNumber", "AccountPin", "AccountEntity", "AccountCountryCode")


class AramexTwin:
    """Every account of one Aramex; an account is made by the first use of its login.

    :param now: the time in seconds since 1970.
    """

    key = "aramex"

    def __init__(self, _deliveries: Deliveries, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._aramex = Aramex(now)

    def routes(self) -> Sequence[BaseRoute]:
        """The services, the labels and the controls."""
        return [
            Route("/ShippingAPI.V2/{service}/Service_1_0.svc/json/{operation}", self._service, methods=["POST"]),
            Route("/content/rpt_cache/{number}.pdf", self._label),
            advancing(self._shipment, Shipment.shown),
        ]

    def state(self, shipment_id: str | None) -> dict[str, Any]:
        """Shipments and pickups; with an id, the shipments whose ForeignHAWB stands for it."""
        ours = None if shipment_id is None else own_reference(shipment_id)
        shown = [shipment.shown() for shipment in self._aramex.shipments.values()]
        return {
            "shipments": [each for each in shown if ours is None or each["foreign_hawb"] == ours],
            "pickups": list(self._aramex.pickups.values()) if ours is None else [],
        }

    def reset(self) -> None:
        """Forget everything."""
        self._aramex = Aramex(self._now)

    def _shipment(self, number: str) -> Shipment | None:
        return self._aramex.shipments.get(number)

    async def _service(self, request: Request) -> Response:
        service, operation = request.path_params["service"], request.path_params["operation"]
        if operation not in _SERVICES.get(service, ()):
            return _page(404, "Endpoint not found.")
        try:
            body = read(operation, orjson.loads(await request.body()))
        except orjson.JSONDecodeError:
            return _page(400, "There was an error deserializing the object: encountered unexpected character.")
        except Undeserializable as error:
            return _page(400, f"There was an error deserializing the object of type {operation}: {error}")
        try:
            answer = self._answer(operation, body, request)
        except Refused as refused:
            answer = envelope(refused.notification)
        if "application/json" not in request.headers.get("accept", ""):
            return Response(f"<{operation}Response/>", media_type="application/xml")
        return JSONResponse(answer)

    def _answer(self, operation: str, body: Object, request: Request) -> Object:
        login = _login(body.get("ClientInfo"))
        root = f"{request.url.scheme}://{request.url.netloc}/{self.key}"
        match operation:
            case "CreateShipments":
                return self._aramex.create(login, body, lambda number: f"{root}/content/rpt_cache/{number}.pdf")
            case "PrintLabel":
                return self._aramex.print_label(login, body, lambda number: f"{root}/content/rpt_cache/{number}.pdf")
            case "CreatePickup":
                return self._aramex.create_pickup(login, body)
            case "CancelPickup":
                return self._aramex.cancel_pickup(login, body)
            case "TrackShipments":
                return self._aramex.track(body)
            case "CalculateRate":
                return _rate(body)
            case "ValidateAddress":
                return _validated(body["Address"])
            case _:
                return _cities(body)

    async def _label(self, request: Request) -> Response:
        shipment = self._shipment(request.path_params["number"])
        if shipment is None:
            return _page(404, "Endpoint not found.")
        return Response(shipment.label(), media_type="application/pdf")


def _login(client: Object | None) -> str:
    """Whose account it is. :raises Refused: nobody's."""
    told = client or {}
    if any(not told.get(name) or "invalid" in told[name] for name in _LOGIN):
        raise Refused("ERR01", "ClientInfo - Invalid username or password")
    return f"{told['UserName']} {told['AccountNumber']}"


def _rate(body: Object) -> Object:
    origin, destination, details = body["OriginAddress"], body["DestinationAddress"], body["ShipmentDetails"]
    tariff.require_address(origin, "OriginAddress")
    tariff.require_address(destination, "DestinationAddress")
    tariff.require_route(details, origin, destination)
    return envelope(**tariff.price(details, origin, destination))


def _validated(address: Object) -> Object:
    try:
        tariff.require_address(address, "Address")
    except Refused as refused:
        return envelope(refused.notification, SuggestedAddresses=[])
    return envelope(SuggestedAddresses=[])


def _cities(body: Object) -> Object:
    begins = (body.get("NameStartsWith") or "").casefold()
    known = tariff.CITIES.get(body["CountryCode"] or "", ())
    return envelope(Cities=[city for city in sorted(known) if city.casefold().startswith(begins)])


def _page(status: int, text: str) -> Response:
    return HTMLResponse(
        f"<html><head><title>Request Error</title></head><body><p>{text}</p></body></html>", status_code=status
    )
