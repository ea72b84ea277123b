"""Reading request bodies as strictly as SMSA's page is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

Object = dict[str, Any]
Check = Callable[[Any], bool]

CURRENCIES = ("AED", "BHD", "EGP", "EUR", "GBP", "JOD", "KWD", "OMR", "QAR", "SAR", "USD")


class Refused(Exception):
    """A body that SMSA would not take. :param errors: texts by field."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        super().__init__(str(errors))
        self.errors = errors


def text(shortest: int, longest: int) -> Check:
    """A text of so many characters."""
    return lambda value: isinstance(value, str) and shortest <= len(value) <= longest


def at_least(least: float) -> Check:
    """A number that is no smaller."""
    return lambda value: isinstance(value, int | float) and not isinstance(value, bool) and value >= least


def one_of(*words: str) -> Check:
    """One of a few words."""
    return lambda value: value in words


def matches(pattern: str) -> Check:
    """A text of a certain form."""
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _is_time(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.strptime(value, "%Y-%m-%dT%H:%M:%S") is not None
    except ValueError:
        return False


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


_ADDRESS: Mapping[str, tuple[bool, Check]] = {
    "AddressLine1": (True, text(10, 100)),
    "AddressLine2": (False, text(0, 100)),
    "City": (True, text(3, 50)),
    "ContactName": (True, text(5, 150)),
    "ContactPhoneNumber": (True, matches(r"[0-9]{7,15}")),
    "Coordinates": (False, matches(r"-?[0-9.]+,-?[0-9.]+")),
    "Country": (True, matches(r"[A-Z]{2}")),
    "District": (False, text(0, 100)),
    "PostalCode": (False, text(0, 20)),
}
_COMMON: Mapping[str, tuple[bool, Check]] = {
    "ContentDescription": (True, text(1, 100)),
    "DeclaredValue": (True, at_least(0.1)),
    "OrderNumber": (True, text(1, 50)),
    "Parcels": (True, at_least(1)),
    "ServiceCode": (False, matches(r"[A-Z]{3,6}")),
    "ShipDate": (True, _is_time),
    "ShipmentCurrency": (True, one_of(*CURRENCIES)),
    "SMSARetailID": (False, text(1, 6)),
    "WaybillType": (False, one_of("PDF", "ZPL")),
    "Weight": (True, at_least(0.001)),
    "WeightUnit": (True, one_of("KG", "LB")),
}
_B2C: Mapping[str, tuple[bool, Check]] = {
    **_COMMON,
    "CODAmount": (True, at_least(0)),
    "DutyPaid": (False, _is_flag),
    "VatPaid": (False, _is_flag),
}
_INVOICE: Mapping[str, tuple[bool, Check]] = {
    "AWB": (True, matches(r"[0-9]{12}")),
    "Currency": (True, one_of(*CURRENCIES)),
    "InvoiceDate": (True, matches(r"[0-9]{2}/[0-9]{2}/[0-9]{4}")),
    "WeightUnit": (True, one_of("KG", "LB")),
}
_ITEM: Mapping[str, tuple[bool, Check]] = {
    "CountryOfOrigin": (False, matches(r"[A-Z]{2}")),
    "ItemDescription": (True, text(1, 255)),
    "ItemHSCode": (True, matches(r"[0-9]{6,12}")),
    "ItemReference": (True, text(1, 50)),
    "ItemValue": (True, at_least(0.01)),
    "Quantity": (True, at_least(1)),
    "QuantityUnit": (True, text(1, 10)),
    "Sequence": (True, at_least(1)),
    "Weight": (True, at_least(0.01)),
}


def read_b2c(body: Any) -> Object:
    """The body of POST /api/shipment/b2c/new."""
    return _read(body, _B2C, addresses=("ConsigneeAddress", "ShipperAddress"))


def read_c2b(body: Any) -> Object:
    """The body of POST /api/c2b/new."""
    return _read(body, _COMMON, addresses=("PickupAddress", "ReturnToAddress"))


def read_invoice(body: Any) -> Object:
    """The body of POST /api/invoice."""
    items = body.get("Items") if isinstance(body, dict) else None
    if not isinstance(items, list) or not 1 <= len(items) <= 100:
        raise Refused({"Items": ["The field Items must have 1 to 100 items."]})
    wrong = [each for number, item in enumerate(items) for each in _wrong(item, _ITEM, f"Items[{number}].")]
    return _checked(body, [*_wrong({k: v for k, v in body.items() if k != "Items"}, _INVOICE), *wrong])


def _read(body: Any, checks: Mapping[str, tuple[bool, Check]], addresses: tuple[str, str]) -> Object:
    if not isinstance(body, dict):
        raise Refused({"$": ["A JSON object is needed."]})
    own = {name: value for name, value in body.items() if name not in addresses}
    wrong = [each for end in addresses for each in _wrong(body.get(end), _ADDRESS, f"{end}.")]
    return _checked(body, [*_wrong(own, checks), *wrong])


def _wrong(fields: Any, checks: Mapping[str, tuple[bool, Check]], prefix: str = "") -> list[str]:
    if not isinstance(fields, dict):
        return [prefix.rstrip(".")]
    missing = [name for name, (is_needed, _) in checks.items() if is_needed and name not in fields]
    bad = [name for name, value in fields.items() if name not in checks or not checks[name][1](value)]
    return [f"{prefix}{name}" for name in (*missing, *bad)]


def _checked(body: Object, wrong: list[str]) -> Object:
    if wrong:
        raise Refused({name: [f"The field {name.rpartition('.')[2]} is missing or invalid."] for name in wrong})
    return body
