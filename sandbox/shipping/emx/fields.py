"""Reading what is sent as strictly as integrations' bodies are alike; and the places and prices of the twin."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

Object = dict[str, Any]
Check = Callable[[Any], bool]

EMIRATES = {
    1: "Dubai",
    2: "Abu Dhabi",
    3: "Sharjah",
    4: "Ajman",
    5: "Fujairah",
    6: "Ras Al Khaimah",
    7: "Umm Al Quwain",
    12: "Al Ain",
}
COUNTRIES = {971: "AE", 184: "SA", 231: "GB", 232: "US"}
CITIES = {
    971: EMIRATES,
    184: {501: "Riyadh", 502: "Jeddah"},
    231: {601: "London", 602: "Manchester"},
    232: {701: "New York"},
}
SERVICES = ("Express", "Premium", "Standard")
_BASE = {"Express": 25, "Premium": 40, "Standard": 15}
_ABROAD = {"Express": 55, "Premium": 90, "Standard": 33}


class Refused(Exception):
    """Something that EMX would not take."""


def text(pattern: str = r".{1,500}") -> Check:
    """A text of a certain form."""
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value, re.DOTALL) is not None


def one_of(*words: object) -> Check:
    """One of a few values."""
    return lambda value: value in words


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


_YES_NO = one_of("Yes", "No")
_AMOUNT = text(r"[0-9]{1,9}(\.[0-9]{1,3})?")
_MEASURES: Mapping[str, Check] = {
    "Weight": _is_whole,
    "WeightUnit": one_of("Grams", "KiloGrams"),
    "Length": _is_whole,
    "Width": _is_whole,
    "Height": _is_whole,
    "DimensionUnit": one_of("Centimetre", "Meter"),
}
_NEEDED: Mapping[str, Check] = {
    **{
        f"{end}{name}": check
        for end in ("Sender", "Receiver")
        for name, check in {
            "ContactName": text(),
            "CompanyName": text(r".{0,255}"),
            "Address": text(),
            "City": _is_whole,
            "ContactMobile": text(r"[0-9]{7,15}"),
            "ContactPhone": text(r"[0-9]{7,15}"),
            "Email": text(r"(\S+@\S+)?"),
            "ZipCode": text(r".{1,20}"),
            "State": text(r".{0,255}"),
            "Country": one_of(*COUNTRIES),
        }.items()
    },
    **_MEASURES,
    "ReferenceNo": text(r".{1,255}"),
    "ContentTypeCode": one_of("NonDocument", "Document"),
    "NatureType": _is_whole,
    "Service": one_of("Domestic", "International"),
    "ShipmentType": one_of(*SERVICES),
    "DeleiveryType": one_of("Door to Door", "Counter"),
    "Registered": _YES_NO,
    "PaymentType": one_of("Credit", "COD", "Cash"),
    "CODAmount": _AMOUNT,
    "CommodityDescription": text(),
    "Pieces": _is_whole,
    "ItemValue": _AMOUNT,
    "ValueCurrency": text(r"[A-Z]{3}"),
    "SendMailToSender": _YES_NO,
    "SendMailToReceiver": _YES_NO,
    "PreferredPickupDate": text(r"[0-3][0-9]-(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-20[0-9]{2}"),
    "PreferredPickupTimeFrom": text(r"[0-2][0-9]:[0-5][0-9]"),
    "PreferredPickupTimeTo": text(r"[0-2][0-9]:[0-5][0-9]"),
    "Is_Return_Service": _YES_NO,
    "PrintType": one_of("LabelOnly", "AWBOnly"),
    "RequestType": one_of("Booking", "Shipment"),
}
_OPTIONAL: Mapping[str, Check] = {
    "ReferenceNo1": text(r".{1,50}"),
    "CODCurrency": one_of(None, "AED"),
    "AWBType": one_of("EAWB"),
    "SpecialNotes": lambda value: value is None or isinstance(value, str),
    "Latitude": text(r"-?[0-9]{1,3}\.[0-9]+"),
    "Longitude": text(r"-?[0-9]{1,3}\.[0-9]+"),
    "CustomDeclarations": lambda value: isinstance(value, dict),
}
_LINE: Mapping[str, Check] = {
    "HSCode": text(r"[0-9]{0,12}"),
    "TotalUnits": _is_whole,
    "Weight": _is_whole,
    "Value": _AMOUNT,
    "DeclaredCurrency": text(r"[A-Z]{3}"),
    "Description": text(),
}
_RATE: Mapping[str, Check] = {
    **_MEASURES,
    "ShipmentType": one_of("ALL", *SERVICES),
    "ServiceType": one_of("Domestic", "International"),
    "ContentTypeCode": one_of("NonDocument", "Document", "None"),
    "OriginState": one_of(None),
    "OriginCity": one_of(*EMIRATES),
    "DestinationCountry": one_of(*COUNTRIES),
    "DestinationState": one_of(None),
    "DestinationCity": lambda value: value is None or _is_whole(value),
    "CalculationCurrencyCode": one_of("AED", "USD"),
    "IsRegistered": _YES_NO,
    "ProductCode": text(r"[A-Z]{3}-[0-9]{2}"),
}


def read_booking(body: Any) -> Object:
    """The body of CreateBooking."""
    asked = _read(body, "BookingRequest", _NEEDED, _OPTIONAL)
    is_abroad = asked["Service"] == "International"
    if is_abroad == (asked["ReceiverCountry"] == 971) or asked["SenderCountry"] != 971:
        raise Refused("Service does not match the countries")
    for end in ("Sender", "Receiver"):
        if asked[f"{end}City"] not in CITIES[asked[f"{end}Country"]]:
            raise Refused(f"{end}City is not valid")
    if Decimal(asked["CODAmount"]) > 0 and (is_abroad or asked.get("CODCurrency") != "AED"):
        raise Refused("CODAmount is not valid")
    if is_abroad and asked["ContentTypeCode"] == "NonDocument":
        lines = (asked.get("CustomDeclarations") or {}).get("CustomDeclarationRequest") or []
        for line in lines:
            _checked(line, _LINE, {})
        if not lines:
            raise Refused("CustomDeclarations is mandatory")
    return asked


def read_rate(body: Any) -> Object:
    """The body of CalculatePriceRate."""
    asked = _read(body, "RateCalculationRequest", _RATE, {})
    if (asked["ServiceType"] == "Domestic") != (asked["DestinationCountry"] == 971):
        raise Refused("ServiceType does not match the destination")
    if asked["ServiceType"] == "Domestic" and asked["DestinationCity"] not in EMIRATES:
        raise Refused("DestinationCity is not valid")
    return asked


def price(asked: Object, service: str) -> Decimal:
    """What a service costs in dirhams: by distance and weight; nothing where there is no such service."""
    steps = max(0, -(-(asked["Weight"] - 500) // 500))
    if asked["ServiceType"] == "Domestic":
        is_near = asked["OriginCity"] == asked["DestinationCity"]
        return Decimal(_BASE[service] - (5 if is_near else 0) + steps)
    if service == "Standard" and asked["Weight"] > 2000:
        return Decimal(0)
    is_gulf = asked["DestinationCountry"] == 184
    return Decimal(_ABROAD[service] + steps * (6 if is_gulf else 12))


def _read(body: Any, wrapper: str, needed: Mapping[str, Check], optional: Mapping[str, Check]) -> Object:
    asked = body.get(wrapper) if isinstance(body, dict) else None
    if not isinstance(asked, dict) or len(body) != 1:
        raise Refused(f"{wrapper} is mandatory")
    return _checked(asked, needed, optional)


def _checked(fields: Any, needed: Mapping[str, Check], optional: Mapping[str, Check]) -> Object:
    if not isinstance(fields, dict):
        raise Refused("not an object")
    missing = [name for name in needed if name not in fields]
    known = {**needed, **optional}
    wrong = [name for name, value in fields.items() if name not in known or not known[name](value)]
    if missing or wrong:
        raise Refused("; ".join([*(f"{name} is mandatory" for name in missing), *(f"{n} is not valid" for n in wrong)]))
    return fields
