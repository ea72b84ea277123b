"""What Aramex keeps: shipments, labels and pickups, by login."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from sandbox.shipping import labels
from sandbox.shipping.aramex import tariff
from sandbox.shipping.aramex.errors import Refused, envelope
from sandbox.shipping.aramex.fields import Object, milliseconds
from sandbox.shipping.journey import Journey

# What each step is in Aramex's codes, as its tracking shows them.
STEPS: Final[Mapping[str, tuple[str, str]]] = {
    "created": ("SH014", "Record created."),
    "picked_up": ("SH012", "Picked Up From Shipper"),
    "in_transit": ("SH022", "Departed Operations facility – In Transit"),
    "out_for_delivery": ("SH003", "Out for Delivery"),
    "delivered": ("SH005", "Delivered"),
    "exception": ("SH033", "Attempted Delivery - Consignee not available"),
    "returned": ("SH069", "Returned to Shipper"),
    "cancelled": ("SH382", "Shipment Update"),
}

_SHOWN: Final = (
    *("DescriptionOfGoods", "GoodsOriginCountry", "NumberOfPieces", "ProductGroup", "ProductType", "PaymentType"),
    *("PaymentOptions", "CustomsValueAmount", "CashOnDeliveryAmount", "InsuranceAmount", "CashAdditionalAmount"),
    *("CollectAmount", "Services"),
)
"""What the answer to CreateShipments repeats."""


@dataclass
class Shipment:
    """One shipment as it was asked for, and its way."""

    number: str
    login: str
    asked: Object
    journey: Journey

    @property
    def details(self) -> Object:
        details: Object = self.asked["Details"]
        return details

    def label(self) -> bytes:
        """The label, a page for each piece."""
        sender, recipient = self.asked["Shipper"], self.asked["Consignee"]
        cash = self.details.get("CashOnDeliveryAmount")
        pieces = self.details["NumberOfPieces"]
        pages = [
            labels.Label(
                carrier="Aramex",
                service=f"{self.details['ProductGroup']} {self.details['ProductType']}",
                tracking_number=self.number,
                sender=_lines(sender),
                recipient=_lines(recipient),
                piece=(piece, pieces),
                weight_kg=f"{self.details['ActualWeight']['Value']} KG",
                reference=self.asked.get("Reference1") or "",
                notes=[f"COD {cash['CurrencyCode']} {cash['Value']:.2f}"] if cash else [],
            )
            for piece in range(1, pieces + 1)
        ]
        return labels.pdf(pages)

    def shown(self) -> Object:
        """For the sandbox's state."""
        return {
            "number": self.number,
            "foreign_hawb": self.asked["ForeignHAWB"],
            "reference": self.asked["Reference1"],
            "product_type": self.details["ProductType"],
            "services": self.details["Services"],
            "cash_on_delivery": self.details["CashOnDeliveryAmount"],
            "status": self.journey.current,
        }


@dataclass
class Aramex:
    """Everything that all accounts have made. :param now: the time in seconds since 1970."""

    now: Callable[[], float]
    shipments: dict[str, Shipment] = field(default_factory=dict)
    pickups: dict[str, Object] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(50_000_000_001))

    def create(self, login: str, body: Object, label_url: Callable[[str], str]) -> Object:
        """CreateShipments: each is made or refused by itself."""
        made = [self._made(login, asked, body.get("LabelInfo"), label_url) for asked in body["Shipments"] or []]
        answer = envelope(Shipments=made)
        answer["HasErrors"] = any(shipment["HasErrors"] for shipment in made)
        return answer

    def print_label(self, login: str, body: Object, label_url: Callable[[str], str]) -> Object:
        """PrintLabel, of the login's own shipments."""
        shipment = self.shipments.get(body["ShipmentNumber"] or "")
        if shipment is None or shipment.login != login:
            raise Refused("ERR70", "Shipment number does not exist")
        return envelope(
            ShipmentNumber=shipment.number, ShipmentLabel=_label(shipment, body.get("LabelInfo") or {}, label_url)
        )

    def track(self, body: Object) -> Object:
        """TrackShipments; the newest update first."""
        asked = body["Shipments"] or []
        known = [self.shipments[number] for number in asked if number in self.shipments]
        last_only = body.get("GetLastTrackingUpdateOnly", False)
        results = [{"Key": each.number, "Value": _updates(each, last_only)} for each in known]
        missing = [number for number in asked if number not in self.shipments]
        return envelope(TrackingResults=results, NonExistingWaybills=missing)

    def create_pickup(self, login: str, body: Object) -> Object:
        """CreatePickup."""
        pickup = body["Pickup"]
        tariff.require_address(pickup["PickupAddress"], "PickupAddress")
        tariff.require_contact(pickup["PickupContact"], "PickupContact")
        if milliseconds(pickup["ClosingTime"]) <= milliseconds(pickup["ReadyTime"]):
            raise Refused("ERR80", "ClosingTime - must be after ReadyTime")
        if not pickup["PickupItems"] or pickup.get("Status") not in ("Ready", "Pending"):
            raise Refused("ERR81", "PickupItems and Status are required")
        for existing in pickup.get("ExistingShipments") or []:
            if existing["Number"] not in self.shipments:
                raise Refused("ERR82", f"ExistingShipments - {existing['Number']} does not exist")
        number, guid = f"P{next(self._numbers) % 1_000_000:06d}", str(uuid.uuid4())
        self.pickups[guid] = {"number": number, "login": login, "reference": pickup["Reference1"], "cancelled": False}
        processed = {"ID": number, "GUID": guid, "Reference1": pickup["Reference1"], "Reference2": ""}
        return envelope(ProcessedPickup={**processed, "ProcessedShipments": None})

    def cancel_pickup(self, login: str, body: Object) -> Object:
        """CancelPickup."""
        pickup = self.pickups.get(body["PickupGUID"] or "")
        if pickup is None or pickup["login"] != login:
            raise Refused("ERR83", "PickupGUID - does not exist")
        if pickup["cancelled"]:
            raise Refused("ERR84", "Pickup is already cancelled")
        pickup["cancelled"] = True
        return envelope(Message="Pickup cancelled")

    def _made(self, login: str, asked: Object, label_info: Object | None, label_url: Callable[[str], str]) -> Object:
        references = {name: asked.get(name) for name in ("Reference1", "Reference2", "Reference3", "ForeignHAWB")}
        try:
            self._require(login, asked)
        except Refused as refused:
            return {
                "ID": None,
                **references,
                "HasErrors": True,
                "Notifications": [refused.notification],
                "ShipmentLabel": None,
                "ShipmentDetails": None,
            }
        number = str(next(self._numbers))
        places = [asked[end]["PartyAddress"]["City"] for end in ("Shipper", "Consignee")]
        shipment = Shipment(number, login, asked, Journey(self.now, *places))
        self.shipments[number] = shipment
        return {
            "ID": number,
            **references,
            "HasErrors": False,
            "Notifications": [],
            "ShipmentLabel": _label(shipment, label_info, label_url) if label_info else None,
            "ShipmentDetails": {
                "Origin": places[0][:3].upper(),
                "Destination": places[1][:3].upper(),
                "ChargeableWeight": shipment.details["ActualWeight"],
                **{name: shipment.details.get(name) for name in _SHOWN},
            },
            "ShipmentAttachments": [],
        }

    def _require(self, login: str, asked: Object) -> None:
        for end in ("Shipper", "Consignee"):
            tariff.require_address(asked[end]["PartyAddress"], end)
            tariff.require_contact(asked[end]["Contact"], end)
        details = asked["Details"]
        tariff.require_route(details, asked["Shipper"]["PartyAddress"], asked["Consignee"]["PartyAddress"])
        if not details["DescriptionOfGoods"] or len(details["DescriptionOfGoods"]) > 100:
            raise Refused("ERR66", "DescriptionOfGoods - is required, with 100 characters at most")
        is_dutiable = details["ProductGroup"] == "EXP" and details["ProductType"][1:] == "PX"
        if is_dutiable and not ((details["CustomsValueAmount"] or {}).get("Value") and details["Items"]):
            raise Refused("ERR67", "CustomsValueAmount and Items are required for dutiable products")
        payer = {"P": "Shipper", "C": "Consignee"}.get(details["PaymentType"])
        if payer is None or not asked[payer]["AccountNumber"]:
            raise Refused("ERR68", "PaymentType - the account of who pays is required")
        known = (each.asked["ForeignHAWB"] for each in self.shipments.values() if each.login == login)
        if asked.get("ForeignHAWB") and asked["ForeignHAWB"] in known:
            raise Refused("ERR69", "ForeignHAWB - must be unique for each shipment")


def _label(shipment: Shipment, label_info: Object, label_url: Callable[[str], str]) -> Object:
    if label_info.get("ReportType") == "RPT":
        return {"LabelURL": "", "LabelFileContents": list(shipment.label())}  # as .NET's JSON writes bytes
    return {"LabelURL": label_url(shipment.number), "LabelFileContents": []}


def _updates(shipment: Shipment, last_only: bool) -> list[Object]:
    shown = [
        {
            "WaybillNumber": shipment.number,
            "UpdateCode": STEPS[step.name][0],
            "UpdateDescription": STEPS[step.name][1],
            "UpdateDateTime": f"/Date({int(step.at * 1000)}+0300)/",
            "UpdateLocation": step.place,
            "Comments": "",
            "ProblemCode": "",
            "GrossWeight": str(shipment.details["ActualWeight"]["Value"]),
            "ChargeableWeight": str(shipment.details["ActualWeight"]["Value"]),
            "WeightUnit": "KG",
        }
        for step in reversed(shipment.journey.steps)
    ]
    return shown[:1] if last_only else shown


def _lines(party: Mapping[str, Any]) -> list[str]:
    address, contact = party["PartyAddress"], party["Contact"]
    lines = (contact["PersonName"], *(address[f"Line{number}"] for number in (1, 2, 3)))
    return [*(line for line in lines if line), f"{address['City']}, {address['CountryCode']}", contact["PhoneNumber1"]]
