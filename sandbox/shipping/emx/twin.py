"""EMX's twin as a web application."""

from __future__ import annotations

import base64
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.deliveries import Deliveries
from sandbox.shipping import labels, soap
from sandbox.shipping.depot import Depot, Parcel, carry_out
from sandbox.shipping.emx.fields import (
    CITIES,
    COUNTRIES,
    EMIRATES,
    SERVICES,
    Object,
    Refused,
    price,
    read_booking,
    read_rate,
)
from sandbox.shipping.journey import GULF, Journey

TRACKING = "http://epg.generic.tracking/"
BOOKING = "http://epg.generic.booking/"
HISTORY = {
    "created": ("CRT", "Shipment Created", "Shipment Created"),
    "picked_up": ("PUP", "Shipment Picked up by Courier", "Collected from customer"),
    "in_transit": ("ARR", "Arrived at sorting center", "Arrived at sorting center"),
    "out_for_delivery": ("OFD", "Out for Delivery", "With courier for delivery"),
    "delivered": ("DLV", "Shipment Delivered", "Delivered to addressee"),
    "exception": ("UND", "Undelivered", "Addressee not available"),
    "returned": ("RTS", "Shipment Returned to Sender", "Item returned"),
    "cancelled": ("CNL", "Shipment Cancelled", "Cancelled"),
}

Answered = Callable[[Request], Awaitable[Response]]


class EMXTwin:
    """Every account of one EMX.

    :param now: the time in seconds since 1970.
    """

    key = "emx"

    def __init__(self, _: Deliveries, now: Callable[[], float] = time.time) -> None:
        self._depot = Depot()
        self._now = now
        self._numbers = count(1)
        self.state = self._depot.state
        self.reset = self._depot.reset

    def routes(self) -> Sequence[BaseRoute]:
        """The API and the controls."""
        lists = "/lookups/rest"
        rated, booked = ("RateCalculation", _rated), ("BookingResponse", self._book)
        return [
            Route("/ratecalculator/rest/CalculatePriceRate", self._json(*rated), methods=["POST"]),
            Route("/booking/rest/CreateBooking", self._json(*booked), methods=["POST"]),
            Route("/tracking", self._soap(TRACKING, {"TrackShipmentByAwbNo": self._track}), methods=["POST"]),
            Route("/booking", self._soap(BOOKING, {"PrintLabelRequest": self._print}), methods=["POST"]),
            Route(f"{lists}/GetEmiratesDetails", _emirates),
            Route(f"{lists}/GetCountries", _countries),
            Route(f"{lists}/GetCitiesByCountryId", _cities),
            *self._depot.controls(),
        ]

    def _json(self, wrapper: str, handle: Callable[[str, Any], Object]) -> Answered:
        async def endpoint(request: Request) -> Response:
            account = _account(request.headers)
            if account is None:
                return _answer(wrapper, _result("Authentication failed: AccountNo or Password is not valid"))
            raw = await request.body()
            try:
                body = orjson.loads(raw)
                return await carry_out(request, lambda: _answer(wrapper, {**handle(account, body), **_result()}))
            except orjson.JSONDecodeError:
                return Response("Bad Request", status_code=400)
            except Refused as refused:
                return _answer(wrapper, _result(str(refused)))

        return endpoint

    def _soap(self, namespace: str, operations: Mapping[str, Callable[[str, Object], Response]]) -> Answered:
        async def endpoint(request: Request) -> Response:
            try:
                call = soap.read(await request.body())
            except soap.NotSoap as error:
                return soap.fault("Client", str(error))
            handle = operations.get(call.operation)
            action = f"{namespace}{call.operation.removesuffix('Request')}"
            if handle is None or call.namespace != namespace or request.headers.get("soapaction") != action:
                return soap.fault("Client", "no such operation")
            account = _account(call.header.get("AuthHeader") or {})
            if account is None:
                return soap.fault("Client", "Authentication failed: AccountNo or Password is not valid")
            return await carry_out(request, lambda: handle(account, call.fields))

        return endpoint

    def _book(self, account: str, body: Any) -> Object:
        asked = read_booking(body)
        number = f"10000{next(self._numbers):08d}"
        origin, destination = (CITIES[asked[f"{end}Country"]][asked[f"{end}City"]] for end in ("Sender", "Receiver"))
        parcel = Parcel(
            account=account,
            number=number,
            reference=asked.get("ReferenceNo1", ""),
            journey=Journey(self._now, origin, destination),
            body=asked,
        )
        self._depot.add(parcel)
        return {"AWBNumber": number, "AWBLabel": _label(parcel)}

    def _track(self, account: str, fields: Object) -> Response:
        parcel = self._depot.find(account, str(fields.get("AwbNo")))
        steps = parcel.journey.steps if parcel else []
        history = [_history(step.name, step.at, step.place) for step in steps]
        result = {"serviceResult": {"success": True}, "trackingDetails": {"TrackHistory": history}}
        return soap.answer("TrackShipmentResponse", TRACKING, {"TrackShipmentResult": result})

    def _print(self, account: str, fields: Object) -> Response:
        parcel = self._depot.find(account, str((fields.get("LabelRequest") or {}).get("AWBNo")))
        told: Object = {"AWBLabel": _label(parcel), **_result()} if parcel else _result("AWBNo is not valid")
        return soap.answer("PrintLabelResponse", BOOKING, {"LabelResponse": told})


def _account(login: Mapping[str, str]) -> str | None:
    """Whose login it is; None when it is nobody's."""
    account, password = login.get("AccountNo"), login.get("Password")
    is_right = account and password and "invalid" not in account and "invalid" not in password
    return account if is_right else None


def _rated(_: str, body: Any) -> Object:
    asked = read_rate(body)
    services = SERVICES if asked["ShipmentType"] == "ALL" else (asked["ShipmentType"],)
    kinds = ("NonDocument", "Document")
    told = [(service, kind, price(asked, service)) for service in services for kind in kinds]
    return {
        "RateList": [
            {"ShipmentType": service, "ContentType": kind, "TotalPriceAED": float(cost), "TotalPrice": float(cost)}
            for service, kind, cost in told
        ]
    }


def _label(parcel: Parcel) -> str:
    asked = parcel.body
    ends = [
        [
            asked[f"{end}ContactName"],
            asked[f"{end}Address"],
            f"{asked[f'{end}State']} {asked[f'{end}ZipCode']}",
            asked[f"{end}ContactMobile"],
        ]
        for end in ("Sender", "Receiver")
    ]
    label = labels.Label(
        carrier="EMX",
        service=asked["ShipmentType"],
        tracking_number=parcel.number,
        sender=ends[0],
        recipient=ends[1],
        weight_kg=f"{asked['Weight'] / 1000:g} kg",
        reference=asked["ReferenceNo"],
        notes=[asked["CommodityDescription"], f"COD {asked['CODAmount']}"],
    )
    return base64.b64encode(labels.pdf([label])).decode()


def _history(name: str, at: float, place: str) -> Object:
    kind, status, description = HISTORY[name]
    return {
        "TransactionType": kind,
        "TransactionDescription": description,
        "TranscationDate": datetime.fromtimestamp(int(at), GULF).strftime("%d/%m/%Y %H:%M:%S"),
        "Origin": place,
        "Status": status,
    }


async def _emirates(_: Request) -> Response:
    listed = [{"EmirateID": number, "EmirateName": name} for number, name in EMIRATES.items()]
    return _answer("GetEmiratesDetailsResult", {"EmirateBO": listed})


async def _countries(_: Request) -> Response:
    listed = [{"CountryId": number, "CountryCode": code, "CountryName": code} for number, code in COUNTRIES.items()]
    return _answer("CountriesResponse", {"Countries": {"Country": listed}})


async def _cities(request: Request) -> Response:
    asked = request.query_params.get("CountryId", "")
    cities = CITIES.get(int(asked) if asked.isdecimal() else 0, {})
    listed = [{"Cityid": number, "CityName": name, "CityNameAR": name} for number, name in cities.items()]
    return _answer("CitiesByCountryIdResponse", {"Cities": {"City": listed}})


def _result(error: str | None = None) -> Object:
    return {"serviceResult": {"success": error is None, "ErrorMsg": error}}


def _answer(wrapper: str, fields: Object) -> Response:
    return Response(orjson.dumps({wrapper: fields}), media_type="application/json")
