"""What FedEx keeps: shipments with their parcels and labels, and pickups."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from sandbox.shipping import labels
from sandbox.shipping.fedex.prices import name_of, net_charge
from sandbox.shipping.journey import Journey

Object = dict[str, Any]

FIRST_NUMBER: Final = 794900000001


@dataclass
class Shipment:
    """A shipment. :param body: the ``requestedShipment`` that it was made with. :param numbers: of its parcels."""

    account: str
    number: str
    numbers: list[str]
    body: Object
    journey: Journey

    @property
    def sender(self) -> Object:
        return dict(self.body["shipper"])

    @property
    def recipient(self) -> Object:
        return dict(self.body["recipients"][0])

    @property
    def is_return(self) -> bool:
        return "RETURN_SHIPMENT" in (self.body.get("shipmentSpecialServices") or {}).get("specialServiceTypes", ())

    def reference(self, kind: str) -> str:
        """One of the references that are printed on its labels."""
        listed = self.body["requestedPackageLineItems"][0].get("customerReferences") or ()
        return next((str(each["value"]) for each in listed if each["customerReferenceType"] == kind), "")


@dataclass
class Pickup:
    """A driver who was ordered."""

    account: str
    code: str
    location: str
    date: str
    body: Object
    cancelled: bool = False


@dataclass
class Store:
    """Everything FedEx has, by its numbers."""

    shipments: dict[str, Shipment] = field(default_factory=dict)
    """By each parcel's number."""
    pickups: dict[str, Pickup] = field(default_factory=dict)
    numbers: count[int] = field(default_factory=lambda: count(FIRST_NUMBER))
    codes: count[int] = field(default_factory=lambda: count(1))

    def each_shipment(self) -> list[Shipment]:
        """Every shipment once."""
        return [shipment for number, shipment in self.shipments.items() if number == shipment.number]


def ship_output(shipment: Shipment) -> Object:
    """The answer to a purchase, labels included."""
    body = shipment.body
    price = net_charge(body["serviceType"], body, shipment.sender["address"], shipment.recipient["address"])
    made: Object = {
        "serviceType": body["serviceType"],
        "serviceName": name_of(body["serviceType"]),
        "serviceCategory": "EXPRESS",
        "shipDatestamp": body["shipDatestamp"],
        "masterTrackingNumber": shipment.number,
        "pieceResponses": [_piece(shipment, place) for place in range(len(shipment.numbers))],
        "completedShipmentDetail": {
            "carrierCode": "FDXE",
            "usDomestic": False,
            "masterTrackingId": {"trackingIdType": "FEDEX", "trackingNumber": shipment.number},
            "shipmentRating": {
                "actualRateType": "PAYOR_ACCOUNT_SHIPMENT",
                "shipmentRateDetails": [
                    {"rateType": "PAYOR_LIST_SHIPMENT", "currency": "DHS", "totalNetCharge": price["net"] * 2},
                    {"rateType": "PAYOR_ACCOUNT_SHIPMENT", "currency": "DHS", "totalNetCharge": price["net"]},
                ],
            },
        },
    }
    if "shippingDocumentSpecification" in body:
        made["shipmentDocuments"] = [_paper("COMMERCIAL_INVOICE", "PDF", _invoice(shipment), shipment.number)]
    return {"transactionShipments": [made]}


def _piece(shipment: Shipment, place: int) -> Object:
    number = shipment.numbers[place]
    image = shipment.body["labelSpecification"]["imageType"]
    return {
        "masterTrackingNumber": shipment.number,
        "trackingNumber": number,
        "packageSequenceNumber": place + 1,
        "serviceCategory": "EXPRESS",
        "packageDocuments": [_paper("LABEL", image, _label(shipment, place, image), number)],
        "customerReferences": shipment.body["requestedPackageLineItems"][place].get("customerReferences") or [],
    }


def _paper(kind: str, form: str, content: bytes, number: str) -> Object:
    return {
        "contentType": kind,
        "copiesToPrint": 1,
        "docType": form,
        "trackingNumber": number,
        "encodedLabel": base64.b64encode(content).decode(),
    }


def _label(shipment: Shipment, place: int, image: str) -> bytes:
    item = shipment.body["requestedPackageLineItems"][place]
    label = labels.Label(
        carrier="FedEx",
        service=name_of(shipment.body["serviceType"]),
        tracking_number=shipment.numbers[place],
        sender=_lines(shipment.sender),
        recipient=_lines(shipment.recipient),
        piece=(place + 1, len(shipment.numbers)),
        weight_kg=f"{item['weight']['value']} kg",
        reference=shipment.reference("CUSTOMER_REFERENCE"),
        notes=[f"PO: {shipment.reference('P_O_NUMBER')}", *(["RETURN"] if shipment.is_return else [])],
    )
    if image == "PNG":
        return labels.png(label)
    return labels.zpl([label]) if image == "ZPLII" else labels.pdf([label])


def _invoice(shipment: Shipment) -> bytes:
    customs = shipment.body["customsClearanceDetail"]
    lines = [
        "{quantity} x {description}: {amount} {currency}".format(**item, **item["customsValue"])
        for item in customs["commodities"]
    ]
    return labels.paper("Commercial invoice", [*_lines(shipment.sender), *_lines(shipment.recipient), *lines])


def _lines(someone: Object) -> list[str]:
    address = someone["address"]
    who = someone["contact"].get("companyName") or someone["contact"].get("personName")
    return [who, *address.get("streetLines", ()), f"{address['city']} {address['countryCode']}"]
