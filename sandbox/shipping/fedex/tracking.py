"""What FedEx tells of a parcel, in its own codes: newest scan first, local times with their offset."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any, Final

from sandbox.shipping import labels
from sandbox.shipping.fedex.parcels import Shipment
from sandbox.shipping.journey import GULF, Step

Object = dict[str, Any]

# Event, its text, what it comes to, and that in words.
_SCANS: Final = {
    "created": ("OC", "Shipment information sent to FedEx", "IN", "Label created"),
    "picked_up": ("PU", "Picked up", "PU", "Picked up"),
    "in_transit": ("DP", "Left FedEx origin facility", "IT", "In transit"),
    "out_for_delivery": ("OD", "On FedEx vehicle for delivery", "IT", "Out for delivery"),
    "delivered": ("DL", "Delivered", "DL", "Delivered"),
    "exception": ("DE", "Delivery exception", "DE", "Delivery exception"),
    "returned": ("RS", "Package returned to shipper", "RS", "Returned to shipper"),
    "cancelled": ("CA", "Shipment cancelled", "CA", "Cancelled"),
}
# Tracking has names of its own for the references that labels print.
_IDENTIFIERS: Final = {
    "CUSTOMER_REFERENCE": "CUSTOMER_REFERENCE",
    "DEPARTMENT_NUMBER": "DEPARTMENT",
    "INVOICE_NUMBER": "INVOICE",
    "P_O_NUMBER": "PURCHASE_ORDER",
}
_DAYS_SECONDS: Final = 3 * 86_400
_WHY: Final = {"exception": ("08", "Customer not available or business closed")}


def track_result(shipment: Shipment, number: str) -> Object:
    """How one parcel stands."""
    steps = shipment.journey.steps
    event, text, derived, words = _SCANS[steps[-1].name]
    place = shipment.numbers.index(number) + 1
    delivered = steps[-1].name == "delivered"
    references = shipment.body["requestedPackageLineItems"][place - 1].get("customerReferences") or ()
    identifiers = [
        {"type": _IDENTIFIERS[each["customerReferenceType"]], "values": [each["value"]]} for each in references
    ]
    several = len(shipment.numbers) > 1
    if several:
        identifiers.append({"type": "STANDARD_MPS", "values": [shipment.number]})
    return {
        "trackingNumberInfo": {"trackingNumber": number, "carrierCode": "FDXE", "trackingNumberUniqueId": ""},
        "additionalTrackingInfo": {"hasAssociatedShipments": several, "packageIdentifiers": identifiers},
        "latestStatusDetail": {"code": event, "derivedCode": derived, "statusByLocale": words, "description": text},
        "serviceDetail": {"type": shipment.body["serviceType"]},
        "packageDetails": {"count": str(len(shipment.numbers)), "sequenceNumber": str(place), "undeliveredCount": "0"},
        "scanEvents": [_scan(step) for step in reversed(steps)],
        "dateAndTimes": [
            {"type": "ACTUAL_DELIVERY", "dateTime": _time(steps[-1].at)}
            if delivered
            else {"type": "ESTIMATED_DELIVERY", "dateTime": _time(steps[0].at + _DAYS_SECONDS)}
        ],
        "deliveryDetails": {"receivedByName": "O.ALI", "signedByName": "O.ALI"} if delivered else {},
    }


def missing(number: str, code: str, message: str) -> Object:
    """The answer for what is not there: an error of its own, within a good answer."""
    result = {"trackingNumberInfo": {"trackingNumber": number}, "error": {"code": code, "message": message}}
    return {"trackingNumber": number, "trackResults": [result]}


def complete(shipment: Shipment, number: str) -> Object:
    """One number's part of an answer."""
    return {"trackingNumber": number, "trackResults": [track_result(shipment, number)]}


def proof(shipment: Shipment) -> Object:
    """The letter with the recipient's signature."""
    letter = labels.paper("Proof of delivery", [shipment.number, "Signed for by: O.ALI"])
    return {
        "documentType": "SIGNATURE_PROOF_OF_DELIVERY",
        "documentFormat": "PDF",
        "documents": [base64.b64encode(letter).decode()],
    }


def _scan(step: Step) -> Object:
    event, text, derived, words = _SCANS[step.name]
    code, why = _WHY.get(step.name, ("", ""))
    city, _, country = step.place.rpartition(" ")
    return {
        "date": _time(step.at),
        "eventType": event,
        "eventDescription": text,
        "exceptionCode": code,
        "exceptionDescription": why,
        "derivedStatusCode": derived,
        "derivedStatus": words,
        "scanLocation": {"city": city, "countryCode": country, "residential": False},
    }


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, GULF).isoformat(timespec="seconds")
