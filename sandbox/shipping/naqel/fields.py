"""Reading what is sent as strictly as Naqel's library writes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

Object = dict[str, Any]
Check = Callable[[Any], bool]

CITIES = {
    "AE": {
        "AUH": "Abu Dhabi",
        "AUH0044": "Ruwais",
        "AAN": "Al Ain",
        "DXB": "Dubai",
        "DXB0003": "Hatta",
        "SHJ": "Sharjah",
        "QAJ": "Ajman",
        "QIW": "Umm Al Quwain",
        "RKT": "Ras al Khaimah",
        "FJR": "Fujairah",
    },
    "KSA": {"RUH": "Riyadh", "JED": "Jeddah", "DMM": "Dammam"},
}
STATIONS = ("901", "903", "904", "920", "922", "930", "931", "2057", "501", "502", "503")
SIZES = ("FourMFourInches", "FourMSixthInches", "FourMSevenInches", "FourMSixthInchesFragile", "FourMEightInches", "A4")


class Refused(Exception):
    """Something that Naqel would not take."""


class Unread(Exception):
    """Something that its server cannot even read."""


def _text(pattern: str = r".{1,500}") -> Check:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value, re.DOTALL) is not None


def _one_of(*words: str) -> Check:
    return lambda value: value in words


def _is_time(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value) is not None
    except ValueError:
        return False


_ANY = _text(r".{0,500}")
_NUMBER = _text(r"[0-9]{1,9}(\.[0-9]{1,3})?")
_MORE = _text(r"(?=.*[1-9])[0-9]{1,9}(\.[0-9]{1,3})?")
_COUNT = _text(r"[1-9][0-9]{0,5}")
_FLAG = _one_of("true", "false")
_PHONE = _text(r"[0-9]{7,15}")
_CURRENCY_IDS = _one_of("1", "2", "4", "5", "6", "7", "8", "9", "10", "11", "12")

Form = Mapping[str, tuple[bool, Check]]

_ADDRESS: Form = {
    "PhoneNumber": (True, _PHONE),
    "POBox": (False, _ANY),
    "ZipCode": (False, _ANY),
    "Fax": (False, _ANY),
    "FirstAddress": (True, _text()),
    "Location": (False, _ANY),
    "CountryCode": (True, _one_of(*CITIES)),
    "CityCode": (True, _text(r"[A-Z0-9]{3,8}")),
}
_CONTACT: Form = {
    "Name": (True, _text()),
    "PhoneNumber": (True, _PHONE),
    "Email": (False, _ANY),
    "MobileNo": (False, _ANY),
}
_CONSIGNEE: Form = {
    "ConsigneeName": (True, _text()),
    "PhoneNumber": (True, _PHONE),
    "Address": (True, _text()),
    "CountryCode": (True, _one_of(*CITIES)),
    "CityCode": (True, _text(r"[A-Z0-9]{3,8}")),
    "Email": (False, _ANY),
    "Mobile": (False, _ANY),
    "Near": (False, _ANY),
}
_INVOICE: Form = {
    "RefNo": (True, _text()),
    "InvoiceNo": (True, _text()),
    "InvoiceDate": (True, _is_time),
    "Consignee": (True, _text()),
    "ConsigneeAddress": (True, _text()),
    "ConsigneeEmail": (False, _ANY),
    "MobileNo": (False, _ANY),
    "Phone": (False, _ANY),
    "TotalCost": (True, _MORE),
    "CurrencyCode": (True, _text(r"[A-Z]{3}")),
    "CommercialInvoiceDetailList": (True, lambda value: isinstance(value, dict)),
}
_LINE: Form = {
    "Quantity": (True, _COUNT),
    "UnitType": (True, _text()),
    "CountryofManufacture": (True, _text(r"[A-Z]{2}")),
    "Description": (True, _text()),
    "UnitCost": (True, _MORE),
    "CustomsCommodityCode": (True, _text(r"[0-9]{6,12}")),
    "Currency": (True, _text(r"[A-Z]{3}")),
}
_WAYBILL: Form = {
    "ClientInfo": (True, lambda value: isinstance(value, dict)),
    "ConsigneeInfo": (True, lambda value: isinstance(value, dict)),
    "_CommercialInvoice": (False, lambda value: isinstance(value, dict)),
    "CurrenyID": (True, _CURRENCY_IDS),
    "BillingType": (True, _one_of("1", "5")),
    "PicesCount": (True, _COUNT),
    "Weight": (True, _MORE),
    "DeliveryInstruction": (False, _ANY),
    "CODCharge": (True, _NUMBER),
    "CreateBooking": (False, _FLAG),
    "isRTO": (False, _FLAG),
    "GeneratePiecesBarCodes": (False, _FLAG),
    "LoadTypeID": (True, _COUNT),
    "DeclareValue": (False, _NUMBER),
    "GoodDesc": (False, _ANY),
    "Latitude": (False, _ANY),
    "Longitude": (False, _ANY),
    "RefNo": (True, _text(r".{1,50}")),
    "Width": (False, _MORE),
    "Length": (False, _MORE),
    "Height": (False, _MORE),
    "IsInsurance": (False, _FLAG),
    "InsuredValue": (False, _NUMBER),
    "Reference1": (False, _ANY),
    "GoodsVATAmount": (False, _NUMBER),
    "IsCustomDutyPayByConsignee": (False, _FLAG),
}
_BOOKING: Form = {
    "ClientInfo": (True, lambda value: isinstance(value, dict)),
    "BillingType": (True, _one_of("1", "2", "5")),
    "PickUpReqDateTime": (True, _is_time),
    "PicesCount": (True, _COUNT),
    "Weight": (True, _MORE),
    "PickUpPoint": (True, _text()),
    "SpecialInstruction": (False, _ANY),
    "OriginStationID": (True, _one_of(*STATIONS)),
    "DestinationStationID": (True, _one_of(*STATIONS)),
    "OfficeUpTo": (True, _is_time),
    "ContactPerson": (True, _text()),
    "ContactNumber": (True, _PHONE),
    "LoadTypeID": (True, _COUNT),
}


def read_waybill(body: Object) -> Object:
    """What CreateWaybill is given."""
    details = _read(body.get("_ManifestShipmentDetails"), _WAYBILL, "_ManifestShipmentDetails")
    _read_sender(details["ClientInfo"])
    consignee = _read(details["ConsigneeInfo"], _CONSIGNEE, "ConsigneeInfo")
    _require_city(consignee)
    if (details["BillingType"] == "5") != (float(details["CODCharge"]) > 0):
        raise Refused("CODCharge does not match the billing type")
    if float(details.get("DeclareValue", 0)) > 0 and "_CommercialInvoice" not in details:
        raise Refused("Commercial invoice is mandatory with a declared value")
    if "_CommercialInvoice" in details:
        _read_invoice(details["_CommercialInvoice"])
    return details


def read_booking(body: Object) -> Object:
    """What CreateBooking is given."""
    details = _read(body.get("_BookingShipmentDetail"), _BOOKING, "_BookingShipmentDetail")
    _read_sender(details["ClientInfo"])
    if details["OfficeUpTo"] <= details["PickUpReqDateTime"]:
        raise Refused("OfficeUpTo must be after PickUpReqDateTime")
    return details


def _read_sender(info: Object) -> None:
    _require_city(_read(info.get("ClientAddress"), _ADDRESS, "ClientAddress"))
    _read(info.get("ClientContact"), _CONTACT, "ClientContact")


def _read_invoice(invoice: Object) -> None:
    lines = _read(invoice, _INVOICE, "_CommercialInvoice")["CommercialInvoiceDetailList"].get("CommercialInvoiceDetail")
    told = lines if isinstance(lines, list) else [lines]
    for line in told:
        _read(line, _LINE, "CommercialInvoiceDetail")
    cost = sum(float(line["Quantity"]) * float(line["UnitCost"]) for line in told)
    if round(cost, 2) != round(float(invoice["TotalCost"]), 2):
        raise Refused("TotalCost does not match the details")


def _require_city(party: Object) -> None:
    if party["CityCode"] not in CITIES[party["CountryCode"]]:
        raise Refused("The city code is wrong")


def _read(fields: Any, form: Form, name: str) -> Object:
    """The fields of one element; what is there and not in the form, Naqel's server would not read."""
    if not isinstance(fields, dict):
        raise Unread(f"{name} is missing")
    unknown = sorted(set(fields) - set(form))
    if unknown:
        raise Unread(f"{name} has no {', '.join(unknown)}")
    missing = [key for key, (is_needed, _) in form.items() if is_needed and key not in fields]
    wrong = [key for key, value in fields.items() if not form[key][1](value)]
    if missing or wrong:
        raise Refused(f"{name}: please check {', '.join([*missing, *wrong])}")
    return fields
