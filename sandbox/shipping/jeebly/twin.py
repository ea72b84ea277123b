"""Jeebly's twin as a web application."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.deliveries import Deliveries
from sandbox.shipping import labels
from sandbox.shipping.depot import Depot, Parcel, carry_out
from sandbox.shipping.jeebly.fields import Object, Refused, read_booking
from sandbox.shipping.journey import Journey, Step

STATUSES = {
    "created": ("Pickup Scheduled", "Consignment Softdata Uploaded"),
    "picked_up": ("Pickup Completed", "Consignment is picked up"),
    "in_transit": ("Inscan At Hub", "Consignment has been inscanned at hub"),
    "out_for_delivery": ("Out For Delivery", "Consignment is out for delivery"),
    "delivered": ("Delivered", "Consignment is delivered"),
    "exception": ("Undelivered", "Consignment is not delivered"),
    "returned": ("RTO Delivered", "Consignment is returned"),
    "cancelled": ("Cancelled", "Consignment is cancelled"),
}

Handler = Callable[[str, Any], Response]


class JeeblyTwin:
    """Every account of one Jeebly.

    :param now: the time in seconds since 1970.
    """

    key = "jeebly"

    def __init__(self, _: Deliveries, now: Callable[[], float] = time.time) -> None:
        self._depot = Depot()
        self._now = now
        self._numbers = count(304001)
        self.state = self._depot.state
        self.reset = self._depot.reset

    def routes(self) -> Sequence[BaseRoute]:
        """The API and the controls."""
        api: tuple[tuple[str, Handler], ...] = (
            ("create_shipment", self._book),
            ("generate_shipment_label", lambda account, body: _label(self._parcel(account, body))),
            ("cancel_shipment", self._cancel),
            ("track_shipment", self._track),
        )
        return [
            *(Route(f"/customer/{name}", self._endpoint(handler), methods=["POST"]) for name, handler in api),
            *self._depot.controls(),
        ]

    def _endpoint(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            raw = await request.body()
            try:
                account = _account(request)
                body = orjson.loads(raw)
                return await carry_out(request, lambda: handler(account, body))
            except orjson.JSONDecodeError:
                return JSONResponse({"success": "false", "message": "Invalid JSON format"}, 400)
            except Refused as refused:
                return JSONResponse({"success": "false", "message": refused.message}, refused.status)

        return endpoint

    def _book(self, account: str, body: Any) -> Response:
        booking = read_booking(body)
        parcel = Parcel(
            account=account,
            number=f"JB{next(self._numbers)}",
            reference=booking["customer_reference_number"],
            journey=Journey(self._now, booking["origin_address_city"], booking["destination_address_city"]),
            body=booking,
        )
        self._depot.add(parcel)
        return JSONResponse(
            {"success": "true", "message": "Shipment Created Successfully.", "AWB No": parcel.number},
            media_type="text/html",
        )

    def _cancel(self, account: str, body: Any) -> Response:
        parcel = self._parcel(account, body)
        if parcel.journey.current == "cancelled":
            raise Refused("Shipment already cancelled")
        if not parcel.is_waiting:
            raise Refused("Shipment cannot be cancelled")
        parcel.journey.advance("cancelled")
        return JSONResponse({"success": "true", "message": "Shipment Cancelled Successfully."})

    def _track(self, account: str, body: Any) -> Response:
        parcel = self._parcel(account, body)
        steps, body = parcel.journey.steps, parcel.body
        events = [_event(step, body) for step in steps]
        tracking = {
            "reference_no": parcel.number,
            "customer_reference_number": parcel.reference,
            "last_status": STATUSES[parcel.journey.current][0].lower().replace(" ", "_"),
            "pickup_date": body["pickup_date"],
            "booking_date": _moment(steps[0].at)[:10],
            "booking_time": f"{_moment(steps[0].at)[11:16]} ",
            "events": events,
        }
        return JSONResponse({"success": "true", "Tracking": tracking}, media_type="text/html")

    def _parcel(self, account: str, body: Any) -> Parcel:
        number = body.get("reference_number") if isinstance(body, dict) else None
        parcel = self._depot.find(account, str(number))
        if parcel is None:
            raise Refused("Invalid Shipment Number")
        return parcel


def _account(request: Request) -> str:
    api_key, client_key = request.headers.get("x-api-key", ""), request.headers.get("client_key", "")
    if not api_key or "invalid" in api_key:
        raise Refused("Invalid API Token")
    if not client_key or "invalid" in client_key:
        raise Refused("Invalid Customer Key")
    return client_key


def _event(step: Step, body: Object) -> Object:
    status, words = STATUSES[step.name]
    return {
        "status": status,
        "desc": words,
        "hub_name": step.place,
        "event_date_time": _moment(step.at),
        "cod_amount": str(body["cod_amount"]),
        "shipper_phone": body["origin_address_mobile_number"],
        "recipient_phone": body["destination_address_mobile_number"],
        "rider_code": "",
        "rider_name": "",
        "pod_image": None,
        "signature_image": None,
        "failure_reason": "Customer not available" if step.name == "exception" else "",
    }


def _label(parcel: Parcel) -> Response:
    body = parcel.body
    label = labels.Label(
        carrier="Jeebly",
        service=body["delivery_type"],
        tracking_number=parcel.number,
        sender=_lines(body, "origin_address"),
        recipient=_lines(body, "destination_address"),
        piece=(1, body["num_pieces"]),
        weight_kg=f"{body['weight']} kg",
        reference=parcel.reference,
        notes=[body["description"], *([f"COD AED {body['cod_amount']}"] if body["cod_amount"] else [])],
    )
    return Response(labels.pdf([label]), media_type="application/pdf")


def _lines(body: Object, end: str) -> list[str]:
    parts = ("name", "building_name", "area", "landmark", "city", "mobile_number")
    return [body[f"{end}_{part}"] for part in parts]


def _moment(at: float) -> str:
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
