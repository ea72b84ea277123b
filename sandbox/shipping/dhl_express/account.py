"""What one account of DHL Express holds: shipments and pickups."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.shipping import labels
from sandbox.shipping.dhl_express import fields, network
from sandbox.shipping.dhl_express.errors import DHLError, bad_request, invalid
from sandbox.shipping.dhl_express.fields import Object
from sandbox.shipping.journey import Journey

FIRST_SERIAL = 493_582_100
_PIECE = "JD0146"


@dataclass
class Shipment:
    """A shipment: what was asked for, and where it is."""

    number: str
    request: Object
    pieces: tuple[str, ...]
    journey: Journey
    made_at: float

    @property
    def sender(self) -> Object:
        return dict(self.request["customerDetails"]["shipperDetails"])

    @property
    def recipient(self) -> Object:
        return dict(self.request["customerDetails"]["receiverDetails"])

    @property
    def references(self) -> list[str]:
        return [each["value"] for each in self.request.get("customerReferences", ())]

    def show(self) -> Object:
        """As the sandbox's state shows it."""
        return {
            "shipmentTrackingNumber": self.number,
            "pieces": list(self.pieces),
            "step": self.journey.current,
            "references": self.references,
            "request": self.request,
        }


@dataclass
class Account:
    """One account: everything made with one key.

    :param now: the time in seconds since 1970.
    """

    now: Callable[[], float]
    serials: Iterator[int]
    shipments: dict[str, Shipment] = field(default_factory=dict)
    pickups: dict[str, Object] = field(default_factory=dict)

    # Prices.

    def rates(self, body: Any) -> Object:
        """POST /rates"""
        _require(body, fields.RATE)
        _require_account(body)
        self._require_time(body["plannedShippingDateAndTime"])
        ends = body["customerDetails"]
        origin, destination = ends["shipperDetails"]["countryCode"], ends["receiverDetails"]["countryCode"]
        dutiable = body["isCustomsDeclarable"]
        if dutiable and not any(each["typeCode"] == "declaredValue" for each in body.get("monetaryAmount", ())):
            raise bad_request("7009: The declared value is missing for a dutiable shipment")
        weight = sum(each["weight"] for each in body["packages"])
        codes = network.products(origin, destination, dutiable=dutiable)
        return {"products": [self._product(code, origin, destination, weight) for code in codes]}

    def _product(self, code: str, origin: str, destination: str, weight: float) -> Object:
        price = network.price(code, origin, destination, weight)
        arrival = datetime.fromtimestamp(self.now(), UTC) + timedelta(days=1 + price.days)
        parts = [{"typeCode": "STTXA", "price": price.tax}, {"typeCode": "SPRQT", "price": price.base}]
        breakdown = [
            {"name": network.PRODUCTS[code], "price": price.base},
            {"name": "FUEL SURCHARGE", "serviceCode": "FF", "price": price.fuel},
            {"name": "SATURDAY DELIVERY", "serviceCode": "AA"},
        ]
        billed = {"currencyType": "BILLC", "priceCurrency": "AED"}
        return {
            "productName": network.PRODUCTS[code],
            "productCode": code,
            "localProductCode": code,
            "localProductCountryCode": origin,
            "networkTypeCode": "TD",
            "isCustomerAgreement": False,
            "weight": {"volumetric": 0, "provided": weight, "unitOfMeasurement": "metric"},
            "totalPrice": [
                {**billed, "price": price.total},
                {"currencyType": "PULCL", "priceCurrency": "AED", "price": round(price.total * 1.8, 2)},
                {"currencyType": "BASEC", "priceCurrency": "USD", "price": round(price.total / 3.6725, 2)},
            ],
            "totalPriceBreakdown": [{**billed, "priceBreakdown": parts}],
            "detailedPriceBreakdown": [{**billed, "breakdown": breakdown}],
            "deliveryCapabilities": {
                "deliveryTypeCode": "QDDF",
                "estimatedDeliveryDateAndTime": f"{arrival:%Y-%m-%d}T23:59:00",
                "totalTransitDays": price.days,
            },
        }

    # Shipments.

    def create(self, body: Any) -> Object:
        """POST /shipments"""
        _require(body, fields.SHIPMENT)
        _require_account(body)
        self._require_time(body["plannedShippingDateAndTime"])
        shipment = self._shipment(body)
        self.shipments[shipment.number] = shipment
        price = network.price(body["productCode"], *_countries(body), _weight(body))
        arrival = datetime.fromtimestamp(self.now(), UTC) + timedelta(days=1 + price.days)
        return {
            "url": "https://express.api.dhl.com/mydhlapi/shipments",
            "shipmentTrackingNumber": shipment.number,
            "trackingUrl": f"https://express.api.dhl.com/mydhlapi/shipments/{shipment.number}/tracking",
            "packages": [
                {"referenceNumber": index, "trackingNumber": piece} for index, piece in enumerate(shipment.pieces, 1)
            ],
            "documents": list(_documents(shipment)),
            "shipmentCharges": [{"currencyType": "BILLC", "priceCurrency": "AED", "price": price.total}],
            "estimatedDeliveryDate": {
                "estimatedDeliveryDate": f"{arrival:%Y-%m-%d}T23:59:00Z",
                "estimatedDeliveryType": "QDDF",
            },
        }

    def shipment(self, number: str) -> Shipment | None:
        """The shipment of an air waybill."""
        return self.shipments.get(number)

    def _shipment(self, body: Object) -> Shipment:
        content, (origin, destination) = body["content"], _countries(body)
        dutiable = content["isCustomsDeclarable"]
        if body["productCode"] not in network.products(origin, destination, dutiable=dutiable):
            raise bad_request(f"1001: The requested product ({body['productCode']}) is not available on this route")
        services = {each["serviceCode"] for each in body.get("valueAddedServices", ())}
        if dutiable and "exportDeclaration" not in content:
            raise invalid("#/content: required key [exportDeclaration] not found")
        if "WY" in services and not dutiable:
            raise bad_request(
                "7008: The requested Special Service Code #/valueAddedServices/0/serviceCode 'WY' is not "
                "available between this origin and destination."
            )
        if content["incoterm"] == "DDP" and dutiable and "DD" not in services:
            raise bad_request("7010: Duties and taxes paid needs the service DD")
        serial = next(self.serials)
        ends = body["customerDetails"]
        places = [ends[end]["postalAddress"] for end in ("shipperDetails", "receiverDetails")]
        pieces = tuple(f"{_PIECE}{serial:08d}{index:06d}" for index, _ in enumerate(content["packages"], 1))
        origin_city, destination_city = (f"{place['cityName']}|{place['countryCode']}" for place in places)
        journey = Journey(self.now, origin_city, destination_city)
        return Shipment(f"{serial}{serial % 7}", body, pieces, journey, self.now())

    # Pickups.

    def order_pickup(self, body: Any) -> Object:
        """POST /pickups"""
        _require(body, fields.PICKUP)
        _require_account(body)
        self._require_time(body["plannedPickupDateAndTime"])
        number = f"PRG{datetime.fromtimestamp(self.now(), UTC):%y%m%d}{next(self.serials) % 1_000_000:06d}"
        self.pickups[number] = {"request": body, "cancelled": False}
        return {"dispatchConfirmationNumbers": [number], "readyByTime": body["plannedPickupDateAndTime"][11:16]}

    def cancel_pickup(self, number: str) -> None:
        """DELETE /pickups/{number}"""
        if number not in self.pickups:
            message = "Cancellation of booking was not successful. Requested Pickup was not found"
            raise DHLError(404, "Pickup not found", message)
        if self.pickups[number]["cancelled"]:
            raise bad_request("Pickup is already cancelled")
        self.pickups[number]["cancelled"] = True

    def _require_time(self, text: str) -> None:
        moment = datetime.fromisoformat(re.sub(r" ?GMT", "", text))
        if not self.now() - 60 <= moment.timestamp() <= self.now() + 10 * 86400 + 60:
            raise bad_request("998: ShipTimeStamp lies in the past or more than ten days ahead")


def _require(body: Any, shape: Any) -> None:
    if found := list(fields.faults(body, shape)):
        raise invalid(*found)


def _require_account(body: Object) -> None:
    if any(each["number"].startswith("0") for each in body.get("accounts", ())):
        raise bad_request("The account number is not found or invalid. Please check the account number and retry.")


def _countries(body: Object) -> tuple[str, str]:
    ends = body["customerDetails"]
    origin, destination = (ends[end]["postalAddress"]["countryCode"] for end in ("shipperDetails", "receiverDetails"))
    return origin, destination


def _weight(body: Object) -> float:
    return float(sum(each["weight"] for each in body["content"]["packages"]))


def _documents(shipment: Shipment) -> Iterator[Object]:
    printed = list(_labels(shipment))
    output = shipment.request.get("outputImageProperties", {})
    kind = output.get("encodingFormat", "pdf")
    yield _document("label", kind.upper(), labels.zpl(printed) if kind == "zpl" else labels.pdf(printed))
    for option in output.get("imageOptions", ()):
        if option["typeCode"] == "invoice" and option.get("isRequested"):
            lines = shipment.request["content"].get("exportDeclaration", {}).get("lineItems", ())
            told = [f"{line['quantity']['value']} x {line['description']} at {line['price']}" for line in lines]
            yield _document("invoice", "PDF", labels.paper(f"{option['invoiceType']} invoice {shipment.number}", told))


def _document(kind: str, image_format: str, content: bytes) -> Object:
    return {"typeCode": kind, "imageFormat": image_format, "content": base64.b64encode(content).decode()}


def _labels(shipment: Shipment) -> Iterator[labels.Label]:
    packages = shipment.request["content"]["packages"]
    for index, (package, piece) in enumerate(zip(packages, shipment.pieces, strict=True), 1):
        reference = package.get("customerReferences") or [{"value": ""}]
        yield labels.Label(
            carrier="DHL EXPRESS",
            service=network.PRODUCTS[shipment.request["productCode"]],
            tracking_number=shipment.number,
            sender=_lines(shipment.sender),
            recipient=_lines(shipment.recipient),
            piece=(index, len(packages)),
            weight_kg=f"{package['weight']} kg",
            reference=reference[0]["value"],
            notes=(piece, shipment.request["content"]["description"]),
        )


def _lines(party: Object) -> list[str]:
    address, contact = party["postalAddress"], party["contactInformation"]
    lines = [address.get(f"addressLine{index}") for index in (1, 2, 3)]
    end = f"{address['postalCode']} {address['cityName']} {address['countryCode']}".strip()
    return [contact["companyName"], contact["fullName"], *filter(None, lines), end]
