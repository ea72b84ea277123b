"""Shipments as MyDHL's tracking shows them, in DHL's checkpoint codes and local times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sandbox.shipping.dhl_express import network
from sandbox.shipping.dhl_express.account import Shipment
from sandbox.shipping.dhl_express.fields import Object
from sandbox.shipping.journey import Step

CODES: Mapping[str, tuple[str, str]] = {
    "picked_up": ("PU", "Shipment picked up"),
    "in_transit": ("DF", "Shipment has departed from a DHL facility"),
    "out_for_delivery": ("WC", "Shipment is out with courier for delivery"),
    "delivered": ("OK", "Delivered"),
    "exception": ("NH", "Delivery attempted; recipient not home"),
    "returned": ("RT", "Returned to shipper"),
    "cancelled": ("SS", "Shipment stopped"),
}


def show(shipment: Shipment, *, offsets: bool, pieces: bool) -> Object:
    """One shipment. :param offsets: whether each checkpoint tells its offset."""
    made = datetime.fromtimestamp(shipment.made_at, UTC)
    events = [_event(step, shipment, offsets) for step in reversed(shipment.journey.steps) if step.name in CODES]
    shown: Object = {
        "shipmentTrackingNumber": shipment.number,
        "status": "Success",
        "shipmentTimestamp": f"{made:%Y-%m-%dT%H:%M:%S}",
        "productCode": shipment.request["productCode"],
        "description": shipment.request["content"]["description"],
        "shipperDetails": {"name": "", "postalAddress": _address(shipment.sender)},
        "receiverDetails": {"name": "", "postalAddress": _address(shipment.recipient)},
        "shipperReferences": [
            {"value": each["value"], "typeCode": each.get("typeCode", "CU")}
            for each in shipment.request.get("customerReferences", ())
        ],
        "events": events,
        "numberOfPieces": len(shipment.pieces),
        "estimatedDeliveryDate": f"{made + timedelta(days=3):%Y-%m-%d}",
    }
    if pieces:
        shown["pieces"] = [
            {"number": number, "trackingNumber": piece, "events": events}
            for number, piece in enumerate(shipment.pieces, 1)
        ]
    return shown


def _address(party: Object) -> Object:
    return {"cityName": "", "postalCode": "", "countryCode": party["postalAddress"]["countryCode"]}


def _event(step: Step, shipment: Shipment, offsets: bool) -> Object:
    city, _, country = step.place.partition("|")
    code, text = CODES[step.name]
    local = datetime.fromtimestamp(step.at, UTC) + timedelta(hours=network.OFFSETS.get(country, 0))
    event: Object = {
        "date": f"{local:%Y-%m-%d}",
        "time": f"{local:%H:%M:%S}",
        "typeCode": code,
        "description": text,
        "serviceArea": [network.area(city, country)],
    }
    if offsets:
        event["GMTOffset"] = network.offset(country)
    if code == "OK":
        event["signedBy"] = shipment.recipient["contactInformation"]["fullName"]
    return event
