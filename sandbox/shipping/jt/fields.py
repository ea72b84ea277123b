"""Reading contents and signatures as strictly as J&T's pages are written."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

Object = dict[str, Any]
Check = Callable[[Any], bool]

CURRENCIES = {"UAE": "AED", "KSA": "SAR", "EGY": "EGP"}


class Refused(Exception):
    """What J&T does not do: a code and its words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def header_signature(content: str, api_account: str) -> str:
    """What the header has to be."""
    return _signed(f"{content}KEY{api_account}")


def customer_signature(customer_code: str, api_account: str) -> str:
    """What the digest in the content has to be."""
    hidden = hashlib.md5(f"PW{customer_code}jadada236t2".encode(), usedforsecurity=False).hexdigest().upper()
    return _signed(f"{customer_code}{hidden}KEY{api_account}")


def read_order(content: Object) -> Object:
    """The content of order/addOrder."""
    _check(content, _ORDER, "145003050", "Illegal parameters")
    for end, code, words in (("sender", "145003083", "sender"), ("receiver", "145003084", "recipient")):
        _check(content[end], _PARTY, code, f"Incomplete {words} information")
    if content["sender"]["countryCode"] != content["receiver"]["countryCode"]:
        raise Refused("145003086", "Incomplete address information")
    _check_parcel(content)
    return content


def _check_parcel(content: Object) -> None:
    if not 0.01 <= float(content["weight"]) <= 30:
        raise Refused("145003092", "The weight information is not legal")
    if content["totalQuantity"] != 1:
        raise Refused("145003111", "The total number of parcels is invalid")
    if content["serviceType"] not in ("01", "02"):
        raise Refused("145003200", "Please check if the service type is legal with the value of 01 or 02")
    if content["payType"] not in ("PP_PM", "PP_CASH", "CC_CASH"):
        raise Refused("145003113", "The payment method does not match")
    currency = CURRENCIES[content["receiver"]["countryCode"]]
    if "itemsValue" in content and (content.get("priceCurrency") != currency or float(content["itemsValue"]) <= 0):
        raise Refused("145003099", "Illegal amount")


def _signed(text: str) -> str:
    return base64.b64encode(hashlib.md5(text.encode(), usedforsecurity=False).digest()).decode()


def _text(longest: int) -> Check:
    return lambda value: isinstance(value, str) and 0 < len(value) <= longest


def _form(pattern: str) -> Check:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TIME = _form(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_AMOUNT = _form(r"[0-9]{1,9}(\.[0-9]{1,2})?")
_PARTY: Mapping[str, tuple[bool, Check]] = {
    "name": (True, _text(50)),
    "company": (False, _text(100)),
    "mobile": (True, _form(r"[0-9]{8,11}")),
    "phone": (True, _form(r"[0-9]{8,11}")),
    "mailBox": (False, _text(150)),
    "countryCode": (True, lambda value: value in CURRENCIES),
    "prov": (True, _text(60)),
    "city": (True, _text(60)),
    "area": (True, _text(60)),
    "street": (True, _text(200)),
    "address": (False, _text(150)),
    "postCode": (False, _text(32)),
    "longitude": (False, _is_number),
    "latitude": (False, _is_number),
}
_ORDER: Mapping[str, tuple[bool, Check]] = {
    "customerCode": (True, _text(30)),
    "digest": (True, _text(50)),
    "txlogisticId": (True, _text(50)),
    "expressType": (True, _text(30)),
    "orderType": (False, lambda value: value in ("1", "2")),
    "serviceType": (True, _text(30)),
    "deliveryType": (True, lambda value: value == "04"),
    "payType": (True, _text(30)),
    "goodsType": (True, _form(r"ITN[0-9]{1,2}")),
    "operateType": (True, lambda value: value == 1),
    "sender": (True, lambda value: isinstance(value, dict)),
    "receiver": (True, lambda value: isinstance(value, dict)),
    "sendStartTime": (False, _TIME),
    "sendEndTime": (False, _TIME),
    "weight": (True, _form(r"[0-9]{1,9}(\.[0-9]{1,2})?")),
    "length": (False, _is_whole),
    "width": (False, _is_whole),
    "height": (False, _is_whole),
    "totalQuantity": (True, _is_whole),
    "itemsValue": (False, _AMOUNT),
    "priceCurrency": (False, _text(32)),
    "offerFee": (False, _AMOUNT),
    "remark": (False, _text(200)),
    "items": (False, lambda value: isinstance(value, list) and all(map(_is_item, value))),
}
_ITEM: Mapping[str, tuple[bool, Check]] = {
    "itemType": (False, _form(r"ITN[0-9]{1,2}")),
    "itemName": (False, _text(30)),
    "number": (False, _is_whole),
    "itemValue": (False, _AMOUNT),
    "priceCurrency": (False, _text(20)),
    "desc": (False, _text(100)),
}


def _is_item(item: Any) -> bool:
    return isinstance(item, dict) and not _wrong(item, _ITEM)


def _check(fields: Object, checks: Mapping[str, tuple[bool, Check]], code: str, message: str) -> None:
    if wrong := _wrong(fields, checks):
        raise Refused(code, f"{message}: {', '.join(wrong)}")


def _wrong(fields: Object, checks: Mapping[str, tuple[bool, Check]]) -> list[str]:
    missing = [name for name, (is_needed, _) in checks.items() if is_needed and name not in fields]
    return missing + [name for name, value in fields.items() if name not in checks or not checks[name][1](value)]
