"""Reading request bodies as strictly as Tabby's document is written.

The document forbids no further fields, and Tabby's own plugins send some that are not in it; so these pass.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from sandbox.payments.tabby.errors import TabbyError

DECIMALS = {"AED": 2, "KWD": 3, "SAR": 2}
MAX_TEXT_CHARS = 255
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_PHONE = re.compile(r"(\+?(971|965|966)|0)?[0-9]{8,9}")
_URL = re.compile(r"https?://[^\s]+")
_ITEM_AMOUNTS = ("unit_price", "discount_amount")
_ORDER_AMOUNTS = ("tax_amount", "shipping_amount", "discount_amount")

Json = dict[str, Any]


class Fields:
    """An object of a body. :param path: where it lies, such as ``$.payment``."""

    def __init__(self, value: Any, path: str = "$") -> None:
        if not isinstance(value, dict):
            raise TabbyError(400, "could not decode request")
        self.value: Json = value
        self._path = path

    def text(
        self, name: str, *, required: bool = True, pattern: re.Pattern[str] | None = None, choices: Any = None
    ) -> str | None:
        """A text; an empty one counts as missing."""
        value = self.value.get(name)
        if value is None or value == "":
            if required:
                raise self.wrong(name, "required")
            return None
        if not isinstance(value, str):
            raise TabbyError(400, "could not decode request")
        if (choices and value not in choices) or (pattern and not pattern.fullmatch(value)):
            raise self.wrong(name)
        if pattern is not _URL and len(value) > MAX_TEXT_CHARS:
            raise self.wrong(name, "too_long")
        return value

    def amount(self, name: str, currency: str, *, required: bool = True) -> Decimal | None:
        """A decimal string with no more decimals than the currency has."""
        text = self.text(name, required=required)
        if text is None:
            return None
        if not re.fullmatch(rf"[0-9]{{1,12}}(\.[0-9]{{1,{DECIMALS[currency]}}})?", text):
            raise self.wrong(name)
        return Decimal(text)

    def number(self, name: str, *, whole: bool = False, least: int | None = None) -> None:
        """A number that has to be there."""
        value = self.value.get(name)
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            raise self.wrong(name, "required" if value is None else "invalid_value")
        if least is not None and value < least:
            raise self.wrong(name)

    def child(self, name: str) -> Fields:
        """An object within that has to be there."""
        if self.value.get(name) is None:
            raise self.wrong(name, "required")
        return Fields(self.value[name], f"{self._path}.{name}")

    def list(self, name: str) -> list[Fields]:
        """A list of objects that has to be there."""
        value = self.value.get(name)
        if not isinstance(value, list):
            raise self.wrong(name, "required" if value is None else "invalid_value")
        return [Fields(each, f"{self._path}.{name}[{number}]") for number, each in enumerate(value)]

    def wrong(self, name: str, code: str = "invalid_value") -> TabbyError:
        """The error that names a field."""
        return TabbyError(400, code, field=f"{self._path}.{name}")


def check_session(body: Fields, currency: str) -> None:
    """Refuse what is not a session in the merchant's currency."""
    payment = body.child("payment")
    asked = payment.text("currency", choices=DECIMALS)
    if asked != currency:
        raise TabbyError(400, f"could not create payment: only '{currency}' is supported, but got '{asked}'")
    if not payment.amount("amount", currency):
        raise payment.wrong("amount")
    payment.text("description", required=False)
    _check_people(payment)
    _check_order(payment.child("order"), currency)
    for past in payment.list("order_history"):
        past.text("purchased_at")
        past.amount("amount", currency)
        past.text("status", choices=("new", "processing", "complete", "refunded", "canceled", "unknown"))
        _check_people(past)
    history = payment.child("buyer_history")
    history.text("registered_since", pattern=re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"))
    history.number("loyalty_level")
    body.text("lang", choices=("ar", "en"))
    urls = body.child("merchant_urls")
    for name in ("success", "cancel", "failure"):
        urls.text(name, pattern=_URL)


def _check_people(holder: Fields) -> None:
    buyer, address = holder.child("buyer"), holder.child("shipping_address")
    buyer.text("name")
    buyer.text("email", pattern=_EMAIL)
    buyer.text("phone", pattern=_PHONE)
    for name in ("city", "address", "zip"):
        address.text(name)


def _check_order(order: Fields, currency: str) -> None:
    order.text("reference_id")
    for name in _ORDER_AMOUNTS:
        order.amount(name, currency, required=False)
    items = order.list("items")
    if not items:
        raise order.wrong("items", "required")
    for item in items:
        check_item(item, currency)


def check_item(item: Fields, currency: str) -> None:
    """Refuse what is not an item of an order."""
    item.text("title")
    item.text("category")
    item.number("quantity", whole=True, least=1)
    for name in _ITEM_AMOUNTS:
        item.amount(name, currency, required=name == "unit_price")
    for name in ("reference_id", "description", "brand"):
        item.text(name, required=False)
    for name in ("image_url", "product_url"):
        item.text(name, required=False, pattern=_URL)
