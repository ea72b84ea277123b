"""SMSA's twin as a web application."""

from __future__ import annotations

import base64
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from itertools import count
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.deliveries import Deliveries
from sandbox.shipping import labels
from sandbox.shipping.depot import Depot, Parcel, carry_out
from sandbox.shipping.journey import RIYADH, Journey, Step
from sandbox.shipping.smsa.fields import Object, Refused, read_b2c, read_c2b, read_invoice

SCANS = {
    "created": ("BK", "Shipment Data Received"),
    "picked_up": ("PU", "Picked Up"),
    "in_transit": ("HOP", "Shipment Departed SMSA Sorting Facility"),
    "out_for_delivery": ("OD", "Out for Delivery"),
    "delivered": ("DL", "Delivered"),
    "exception": ("DE", "Delivery Exception"),
    "returned": ("RTO", "Returned to Shipper"),
    "cancelled": ("CAN", "Shipment Cancelled"),
}
SERVICES = (
    {
        "serviceDescription": "ECOM Delivery Lite",
        "serviceCode": "EDDL",
        "serviceType": "B2C",
        "destination": "Domestic",
    },
    {
        "serviceDescription": "ECOM International Delivery Lite",
        "serviceCode": "EIDL",
        "serviceType": "B2C",
        "destination": "International",
    },
    {"serviceDescription": "ECOM Return", "serviceCode": "EDCR", "serviceType": "C2B", "destination": "Domestic"},
)

Handler = Callable[[str, Any, dict[str, str]], Response]


class SMSATwin:
    """Every account of one SMSA.

    :param now: the time in seconds since 1970.
    """

    key = "smsa"

    def __init__(self, _: Deliveries, now: Callable[[], float] = time.time) -> None:
        self._depot = Depot()
        self._now = now
        self._numbers = count(1)
        self.state = self._depot.state
        self.reset = self._depot.reset

    def routes(self) -> Sequence[BaseRoute]:
        """The API and the controls."""
        api: tuple[tuple[str, str, Handler], ...] = (
            ("POST", "/api/shipment/b2c/new", lambda key, body, _: self._book(key, read_b2c(body), "b2c")),
            ("GET", "/api/shipment/b2c/query/{awb}", lambda key, _, path: self._query(key, path["awb"], "b2c")),
            ("POST", "/api/c2b/new", lambda key, body, _: self._book(key, read_c2b(body), "c2b")),
            ("GET", "/api/c2b/query/{awb}", lambda key, _, path: self._query(key, path["awb"], "c2b")),
            ("POST", "/api/c2b/cancel/{awb}", lambda key, _, path: self._cancel(key, path["awb"])),
            ("POST", "/api/invoice", lambda key, body, _: self._invoice(key, read_invoice(body))),
            ("GET", "/api/track/single/{awb}", lambda key, _, path: self._track(self._depot.find(key, path["awb"]))),
            ("GET", "/api/track/reference/{reference}", self._by_reference),
            ("POST", "/api/track/bulk/", self._track_many),
            ("GET", "/api/lookUp/ServiceTypes", lambda *_: JSONResponse(SERVICES)),
        )
        return [
            *(Route(path, self._endpoint(handler), methods=[method]) for method, path, handler in api),
            *self._depot.controls(),
        ]

    def _endpoint(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            key = request.headers.get("apikey", "")
            if not key or "invalid" in key:
                return _problem(401, "Unauthorized")
            raw = await request.body()
            try:
                body = orjson.loads(raw) if raw else None
                return await carry_out(request, lambda: handler(key, body, dict(request.path_params)))
            except orjson.JSONDecodeError:
                return _problem(400, "The request is no JSON.")
            except Refused as refused:
                return _problem(400, "One or more validation errors occurred.", refused.errors)

        return endpoint

    def _book(self, key: str, body: Object, kind: str) -> Response:
        numbers = [f"2312{next(self._numbers):08d}" for _ in range(int(body["Parcels"]))]
        origin, destination = _ends(body)
        parcel = Parcel(
            account=key,
            number=numbers[0],
            reference=body["OrderNumber"],
            journey=Journey(self._now, origin["City"], destination["City"]),
            body=body,
            facts={"kind": kind, "sawb": f"29{next(self._numbers):010d}", "awbs": numbers},
        )
        return JSONResponse(_booked(self._depot.add(parcel)))

    def _query(self, key: str, awb: str, kind: str) -> Response:
        parcel = self._depot.find(key, awb)
        if parcel is None or parcel.facts["kind"] != kind:
            return _problem(404, "Not Found")
        return JSONResponse(_booked(parcel))

    def _cancel(self, key: str, awb: str) -> Response:
        parcel = self._depot.find(key, awb)
        if parcel is None or parcel.facts["kind"] != "c2b":
            return PlainTextResponse("No Shipment found", status_code=404)
        if parcel.journey.current == "cancelled":
            return PlainTextResponse("Shipment already cancelled", status_code=400)
        if not parcel.is_waiting:
            return PlainTextResponse("Shipment cannot be cancelled", status_code=400)
        parcel.journey.advance("cancelled")
        return PlainTextResponse("Shipment Cancelled Successfully!")

    def _invoice(self, key: str, body: Object) -> Response:
        parcel = self._depot.find(key, body["AWB"])
        if parcel is None:
            return _problem(404, "Not Found")
        parcel.facts["invoice"] = body
        return PlainTextResponse("Invoice logged successfully")

    def _by_reference(self, key: str, _: Any, path: dict[str, str]) -> Response:
        parcel = self._depot.by_reference(key, path["reference"])
        return self._track(parcel if parcel and parcel.facts["kind"] == "b2c" else None)

    def _track(self, parcel: Parcel | None) -> Response:
        return JSONResponse(_tracked(parcel)) if parcel else _problem(404, "Not Found")

    def _track_many(self, key: str, body: Any, _: dict[str, str]) -> Response:
        if not isinstance(body, list) or not body or not all(isinstance(each, str) for each in body):
            raise Refused({"$": ["A list of AWBs is needed."]})
        found = (self._depot.find(key, awb) for awb in body)
        return JSONResponse([_tracked(parcel) for parcel in found if parcel])


def _booked(parcel: Parcel) -> Object:
    awbs: list[str] = parcel.facts["awbs"]
    return {
        "sawb": parcel.facts["sawb"],
        "createDate": _local(parcel.journey.steps[0].at),
        "shipmentParcelsCount": len(awbs),
        "waybills": [
            {"awb": awb, "awbFile": base64.b64encode(_label(parcel, number)).decode()}
            for number, awb in enumerate(awbs, start=1)
        ],
    }


def _label(parcel: Parcel, number: int) -> bytes:
    body, awbs = parcel.body, parcel.facts["awbs"]
    origin, destination = _ends(body)
    cash = body.get("CODAmount")
    label = labels.Label(
        carrier="SMSA Express",
        service=body.get("ServiceCode", "EDDL"),
        tracking_number=awbs[number - 1],
        sender=_lines(origin),
        recipient=_lines(destination),
        piece=(number, len(awbs)),
        weight_kg=f"{body['Weight']} {body['WeightUnit']}",
        reference=body["OrderNumber"],
        notes=[body["ContentDescription"], *([f"COD {cash}"] if cash else [])],
    )
    return labels.zpl([label]) if body.get("WaybillType") == "ZPL" else labels.pdf([label])


def _tracked(parcel: Parcel) -> Object:
    origin, destination = _ends(parcel.body)
    is_delivered = parcel.journey.current == "delivered"
    return {
        "AWB": parcel.number,
        "Reference": parcel.reference,
        "Pieces": len(parcel.facts["awbs"]),
        "CODAmount": float(parcel.body.get("CODAmount", 0)),
        "ContentDesc": parcel.body["ContentDescription"],
        "RecipientName": destination["ContactName"],
        "OriginCity": origin["City"],
        "OriginCountry": origin["Country"],
        "DesinationCity": destination["City"],
        "DesinationCountry": destination["Country"],
        **({"isDelivered": True} if is_delivered else {}),
        # The newest first.
        "Scans": [_scan(step, destination["ContactName"]) for step in reversed(parcel.journey.steps)],
    }


def _scan(step: Step, receiver: str) -> Object:
    code, words = SCANS[step.name]
    return {
        **({"ReceivedBy": receiver} if step.name == "delivered" else {}),
        "City": step.place,
        "ScanType": code,
        "ScanDescription": words,
        "ScanDateTime": _local(step.at),
        "ScanTimeZone": "+03:00",
    }


def _ends(body: Object) -> tuple[Object, Object]:
    if "PickupAddress" in body:
        return body["PickupAddress"], body["ReturnToAddress"]
    return body["ShipperAddress"], body["ConsigneeAddress"]


def _lines(address: Object) -> list[str]:
    return [
        address["ContactName"],
        address["AddressLine1"],
        *([address["AddressLine2"]] if address.get("AddressLine2") else []),
        f"{address['City']}, {address['Country']}",
        address["ContactPhoneNumber"],
    ]


def _local(at: float) -> str:
    return datetime.fromtimestamp(int(at), RIYADH).strftime("%Y-%m-%dT%H:%M:%S")


def _problem(status: int, title: str, errors: Any = None) -> Response:
    kind = "https://tools.ietf.org/html/rfc7231#section-6.5"
    return JSONResponse(
        {"type": kind, "title": title, "status": status, **({"errors": errors} if errors else {})}, status
    )
