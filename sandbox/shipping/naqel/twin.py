"""Naqel's twin as a web application: one address, an operation in each envelope."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.deliveries import Deliveries
from sandbox.shipping import labels, soap
from sandbox.shipping.depot import Depot, Parcel, carry_out
from sandbox.shipping.journey import RIYADH, Journey, Step
from sandbox.shipping.naqel.fields import CITIES, SIZES, Object, Refused, Unread, read_booking, read_waybill

NAMESPACE = "http://tempuri.org/"
EVENTS = {
    "created": ("0", "Waybill Created"),
    "picked_up": ("1", "Shipment Picked Up"),
    "in_transit": ("3", "Arrived at Naqel Facility"),
    "out_for_delivery": ("5", "Out for Delivery"),
    "delivered": ("7", "Delivered"),
    "exception": ("168", "Delivery attempted - Consignee not home"),
    "returned": ("9", "Returned to Shipper"),
    "cancelled": ("114", "Shipping cancelled by Shipper"),
}
WRONG_LOGIN = "Wrong client ID or password"

Result = Object | str
Handler = Callable[[str, Object], Result]


class NaqelTwin:
    """Every client of one Naqel.

    :param now: the time in seconds since 1970.
    """

    key = "naqel"

    def __init__(self, _: Deliveries, now: Callable[[], float] = time.time) -> None:
        self._depot = Depot()
        self._bookings: list[Object] = []
        self._now = now
        self._numbers = count(1)
        # Each operation: where the login is, what it does, and what it answers a wrong login.
        self._operations: Mapping[str, tuple[tuple[str, ...], Handler, Result]] = {
            "CreateWaybill": (("_ManifestShipmentDetails", "ClientInfo"), self._create, _refused(WRONG_LOGIN)),
            "CreateBooking": (("_BookingShipmentDetail", "ClientInfo"), self._book, _refused(WRONG_LOGIN)),
            "GetWaybillSticker": (("clientInfo",), self._print, ""),
            "TraceByMultiWaybillNo": (("ClientInfo",), self._trace, {"Tracking": [_wrong("0", WRONG_LOGIN)]}),
        }

    def routes(self) -> Sequence[BaseRoute]:
        """The service and the controls."""
        return [Route("/XMLShippingService.asmx", self._serve, methods=["POST"]), *self._depot.controls()]

    def state(self, shipment_id: str | None) -> dict[str, Any]:
        """Every waybill, with an id of Wasl's those that carry it; and every pickup."""
        return {**self._depot.state(shipment_id), "pickups": self._bookings}

    def reset(self) -> None:
        """Forget everything."""
        self._depot.reset()
        self._bookings.clear()

    async def _serve(self, request: Request) -> Response:
        try:
            call = soap.read(await request.body())
        except soap.NotSoap as error:
            return soap.fault("Client", f"Server was unable to read request. ---> {error}")
        known = self._operations.get(call.operation)
        action = request.headers.get("soapaction", "").strip('"')
        if known is None or call.namespace != NAMESPACE or action != f"{NAMESPACE}{call.operation}":
            return soap.fault("Client", f"Server did not recognize the value of HTTP Header SOAPAction: {action}.")
        path, handle, refusal = known
        client = _client(call.fields, path)
        if client is None:
            return _answer(call.operation, refusal)
        try:
            return await carry_out(request, lambda: _answer(call.operation, handle(client, call.fields)))
        except Unread as error:
            return soap.fault("Client", f"Server was unable to read request. ---> {error}")
        except Refused as refused:
            return _answer(call.operation, _refused(str(refused)))

    def _create(self, client: str, fields: Object) -> Object:
        details = read_waybill(fields)
        number = str(300_000_000 + next(self._numbers))
        sender, consignee = details["ClientInfo"]["ClientAddress"], details["ConsigneeInfo"]
        origin, destination = (CITIES[end["CountryCode"]][end["CityCode"]] for end in (sender, consignee))
        is_booked = details.get("CreateBooking") == "true"
        parcel = Parcel(
            account=client,
            number=number,
            reference=details["RefNo"],
            journey=Journey(self._now, origin, destination),
            body=details,
        )
        self._depot.add(parcel)
        return _done(number, f"BK{next(self._numbers):06d}" if is_booked else "0")

    def _book(self, client: str, fields: Object) -> Object:
        details = read_booking(fields)
        reference = f"BK{next(self._numbers):06d}"
        self._bookings.append({"client": client, "reference": reference, "details": details})
        return _done("0", reference)

    def _print(self, client: str, fields: Object) -> Result:
        parcel = self._depot.find(client, str(fields.get("WaybillNo")))
        if fields.get("StickerSize") not in SIZES:
            raise Unread("StickerSize")
        if parcel is None:
            return ""
        return base64.b64encode(_label(parcel)).decode()

    def _trace(self, client: str, fields: Object) -> Object:
        asked = (fields.get("WaybillNo") or {}).get("int") or []
        numbers = asked if isinstance(asked, list) else [asked]
        return {"Tracking": [line for number in numbers for line in self._lines(client, number)]}

    def _lines(self, client: str, number: str) -> list[Object]:
        parcel = self._depot.find(client, number)
        if parcel is None:
            return [_wrong(number, "Waybill number is not found")]
        return [_event(parcel, step) for step in parcel.journey.steps]


def _client(fields: Object, path: tuple[str, ...]) -> str | None:
    """Whose login it is; None when it is nobody's."""
    info: Any = fields
    for name in path:
        info = info.get(name) if isinstance(info, dict) else None
    info = info if isinstance(info, dict) else {}
    client, password = str(info.get("ClientID", "")), str(info.get("Password", ""))
    is_right = re.fullmatch(r"[0-9]{1,9}", client) and password and "invalid" not in password
    return f"{client}:{password}" if is_right and info.get("Version") else None


def _answer(operation: str, result: Result) -> Response:
    return soap.answer(f"{operation}Response", NAMESPACE, {f"{operation}Result": result})


def _done(number: str, booking: str) -> Object:
    message = "Waybill Created Successfully" if number != "0" else "Booking Created Successfully"
    return {"HasError": False, "Message": message, "Key": 1, "WaybillNo": number, "BookingRefNo": booking}


def _refused(message: str) -> Object:
    return {"HasError": True, "Message": message, "Key": 0, "WaybillNo": 0, "BookingRefNo": ""}


def _wrong(number: str, message: str) -> Object:
    return {"WaybillNo": number, "HasError": True, "ErrorMessage": message}


def _event(parcel: Parcel, step: Step) -> Object:
    code, activity = EVENTS[step.name]
    return {
        "ClientID": parcel.account.partition(":")[0],
        "Date": datetime.fromtimestamp(int(step.at), RIYADH).replace(tzinfo=None).isoformat(),
        "Activity": activity,
        "StationCode": step.place,
        "WaybillNo": parcel.number,
        "HasError": False,
        "ErrorMessage": "",
        "RefNo": parcel.reference,
        "EventCode": code,
    }


def _label(parcel: Parcel) -> bytes:
    details = parcel.body
    sender, contact = details["ClientInfo"]["ClientAddress"], details["ClientInfo"]["ClientContact"]
    consignee = details["ConsigneeInfo"]
    pieces = int(details["PicesCount"])
    return labels.pdf(
        [
            labels.Label(
                carrier="Naqel Express",
                service=f"Load type {details['LoadTypeID']}",
                tracking_number=parcel.number,
                sender=[contact["Name"], sender["FirstAddress"], sender["CityCode"], sender["PhoneNumber"]],
                recipient=[
                    consignee["ConsigneeName"],
                    consignee["Address"],
                    f"{consignee['CityCode']} {consignee['CountryCode']}",
                    consignee["PhoneNumber"],
                ],
                piece=(number, pieces),
                weight_kg=f"{details['Weight']} kg",
                reference=details.get("Reference1", ""),
                notes=[details.get("GoodDesc", ""), f"COD {details['CODCharge']}"],
            )
            for number in range(1, pieces + 1)
        ]
    )
