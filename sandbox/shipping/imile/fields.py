"""Reading parameters as strictly as is known of iMile, and its codes."""

from __future__ import annotations

import re
from typing import Any

Object = dict[str, Any]

COUNTRIES = ("UAE", "KSA", "KWT", "BHR", "OMN", "QAT", "JOR", "EGY", "TUR", "CHN", "GBR", "AUS", "MEX", "BRA")
LOCAL = {"UAE": "AED", "KSA": "SAR", "KWT": "KWD", "BHR": "BHD", "OMN": "OMR", "QAT": "QAR"}
_PHONE = re.compile(r"[0-9]{6,17}")
_NUMBER = re.compile(r"[0-9]{1,8}(\.[0-9]{1,3})?")


class IMileError(Exception):
    """An error as iMile answers it: with HTTP 200. :param code: its own."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def read_order(param: Any) -> Object:
    """The parameter of an order to be made.

    :raises IMileError: with the first fault.
    """
    if not isinstance(param, dict) or not _is_text(param.get("orderNo")):
        raise IMileError("402", "orderNo NotNull")
    if param.get("orderType") != "100":
        raise IMileError("400", "orderType is wrong")
    _check_party(param.get("senderInfo"), "sender", phone="40019", city="40021")
    _check_party(param.get("consigneeInfo"), "consignee", phone="40023", city="40025")
    _check_package(param.get("packageInfo"))
    goods = param.get("skuInfos")
    if not isinstance(goods, list) or not goods:
        raise IMileError("402", "skuInfos NotNull")
    for each in goods:
        _require(each, ("skuName", "skuQty", "skuDeclaredValue"))
    return param


def read_price(param: Any) -> Object:
    """The parameter of a question for a price."""
    fields = _require(param, ("orderType", "totalWeight", "totalVolume", "clientDeclaredCurrency"))
    for end in ("senderInfo", "consigneeInfo"):
        if _require(fields.get(end), ("country", "city"))["country"] not in COUNTRIES:
            raise IMileError("40011", "No matching provider service")
    return fields


def _check_party(party: Any, end: str, *, phone: str, city: str) -> None:
    fields = _require(party, ("contacts", "phone", "country", "address", "addressType"))
    if not _PHONE.fullmatch(fields["phone"]):
        raise IMileError(phone, f"{end} phone must be 6 to 17 digits")
    if fields["country"] not in COUNTRIES:
        raise IMileError("40011", f"{end} country is not served")
    if not _is_text(fields.get("city")) or fields["city"] == "Nowhere":
        raise IMileError(city, f"{end} city [{fields.get('city')}] not exist")


def _check_package(package: Any) -> None:
    fields = _require(package, ("goodsType", "paymentMethod", "grossWeight", "clientDeclaredValue"))
    if fields["goodsType"] != "Normal":
        raise IMileError("40029", "goodsType is wrong")
    if fields["paymentMethod"] not in ("PPD", "COD"):
        raise IMileError("400", "paymentMethod is wrong")
    if not _NUMBER.fullmatch(str(fields["grossWeight"])):
        raise IMileError("40030", "grossWeight is too long")
    if (fields["paymentMethod"] == "COD") != (float(fields.get("collectingMoney") or 0) > 0):
        raise IMileError("400", "collectingMoney does not go with paymentMethod")


def _require(fields: Any, names: tuple[str, ...]) -> Object:
    if not isinstance(fields, dict):
        raise IMileError("402", f"{names[0]} NotNull")
    for name in names:
        if not _is_text(fields.get(name)):
            raise IMileError("402", f"{name} NotNull")
    return fields


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
