"""Reading bookings as strictly as Jeebly is reported to."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

Object = dict[str, Any]

_ENDS = ("origin_address", "destination_address")
_PARTS = ("name", "mob_no_country_code", "mobile_number", "house_no", "building_name", "area", "landmark", "city")
_NAMES = {
    "delivery_type",
    "load_type",
    "consignment_type",
    "description",
    "weight",
    "payment_type",
    "cod_amount",
    "num_pieces",
    "customer_reference_number",
    "pickup_date",
    *(f"{end}_{part}" for end in _ENDS for part in (*_PARTS, "type")),
}
_SUNDAY = 6


class Refused(Exception):
    """What Jeebly would not do. :param status: of the answer."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


def read_booking(body: Any) -> Object:
    """The body of POST /customer/create_shipment."""
    message = _fault(body)
    if message is not None:
        raise Refused(message, status=200)
    checked: Object = body
    return checked


def _fault(body: Any) -> str | None:
    if not isinstance(body, dict) or body.keys() - _NAMES:
        return "Invalid JSON format"
    return _service_fault(body) or _money_fault(body) or _parcel_fault(body) or _end_fault(body) or _date_fault(body)


def _service_fault(body: Object) -> str | None:
    if body.get("delivery_type") not in ("Next Day", "Same Day"):
        return "Invalid delivery type"
    if body.get("load_type") not in ("Document", "Non-document"):
        return "Invalid load type"
    if str(body.get("consignment_type")).upper() not in ("FORWARD", "REVERSE"):
        return "Invalid consignment type"
    is_far = body.get("origin_address_city") != body.get("destination_address_city")
    if body["delivery_type"] == "Same Day" and is_far:
        return "Same Day delivery is not available between these cities"
    return None


def _money_fault(body: Object) -> str | None:
    kind, cash = str(body.get("payment_type")).casefold(), body.get("cod_amount")
    if kind not in ("prepaid", "cod") or isinstance(cash, bool) or not isinstance(cash, int | float):
        return "Invalid payment type"
    if (kind == "cod") != (cash > 0) or (cash and str(body["consignment_type"]).upper() == "REVERSE"):
        return "Invalid COD amount"
    return None


def _parcel_fault(body: Object) -> str | None:
    for name in ("weight", "num_pieces"):
        value = body.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            return f"Invalid {name}"
    return None if body.get("description") else "Description is required"


def _end_fault(body: Object) -> str | None:
    for end in _ENDS:
        for part in _PARTS:
            value = body.get(f"{end}_{part}")
            if not isinstance(value, str) or not value.strip():
                return f"{end}_{part} is required"
        if not re.fullmatch(r"\+?971", body[f"{end}_mob_no_country_code"]):
            return f"{end}_mob_no_country_code is invalid"
    return None


def _date_fault(body: Object) -> str | None:
    try:
        day = date.fromisoformat(str(body.get("pickup_date")))
    except ValueError:
        return "Invalid pickup date"
    return "Sunday pickup not allowed" if day.weekday() == _SUNDAY else None
