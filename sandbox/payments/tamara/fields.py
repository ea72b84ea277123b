"""Reading request bodies as strictly as Tamara's documents are written."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from sandbox.payments.tamara.errors import TamaraError, invalid

Object = dict[str, Any]
COUNTRIES = {"SAR": "SA", "AED": "AE", "BHD": "BH", "KWD": "KW", "OMR": "OM", "QAR": "QA"}
THREE_DECIMALS = frozenset(("BHD", "KWD", "OMR"))
HIGHEST_AMOUNT = Decimal(100_000)
ADDRESS = ("first_name", "last_name", "line1", "city", "country_code")
CHECKOUT = (
    *("order_reference_id", "total_amount", "description", "country_code", "payment_type", "items", "consumer"),
    *("shipping_address", "tax_amount", "shipping_amount", "merchant_url"),
)
CHECKOUT_MORE = frozenset(
    {"order_number", "instalments", "locale", "billing_address", "discount", "platform", "is_mobile"}
    | {"risk_assessment", "expires_in_minutes", "additional_data"}
)
ITEM = ("reference_id", "type", "name", "sku", "quantity", "total_amount")
ITEM_MORE = frozenset({"unit_price", "discount_amount", "tax_amount", "image_url", "item_url"})


def parse(raw: bytes) -> Object:
    """A body, with exact numbers."""
    try:
        body = json.loads(raw, parse_float=Decimal) if raw else {}
    except ValueError:
        raise TamaraError(400, "The body is not JSON", "invalid_json") from None
    if not isinstance(body, dict):
        raise TamaraError(400, "The body is not an object", "invalid_json")
    return body


def only(value: Any, required: tuple[str, ...], more: frozenset[str] = frozenset(), prefix: str = "") -> Object:
    """An object that has what is required, and nothing that nobody knows."""
    if not isinstance(value, dict):
        raise invalid(f"{prefix}invalid")
    for name in required:
        if value.get(name) in (None, "", [], {}):
            raise invalid(f"{prefix}empty_{name}" if prefix else f"{name}_empty")
    for name in value:
        if name not in required and name not in more:
            raise invalid(f"{prefix}{name}_unknown")
    return value


def text(body: Object, name: str, most: int = 255, prefix: str = "") -> str:
    """A text of at most so many characters."""
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise invalid(f"{prefix}invalid_{name}" if prefix else f"{name}_invalid")
    return value


def url(body: Object, name: str, prefix: str) -> str | None:
    """An address, if there is one."""
    if body.get(name) is None:
        return None
    if not re.match(r"https?://\S+$", text(body, name, 2048, prefix)):
        raise invalid(f"{prefix}invalid_{name}")
    return str(body[name])


def amount(
    value: Any, name: str, currency: str | None = None, *, at_least: Decimal = Decimal(0)
) -> tuple[Decimal, str]:
    """An amount and its currency.

    :param currency: what the order is in.
    """
    only(value, ("currency",), frozenset({"amount"}), f"{name}_")
    number, code = value.get("amount"), value["currency"]
    if not isinstance(number, int | Decimal) or isinstance(number, bool) or number < at_least:
        raise invalid(f"{name}_invalid")
    if code not in COUNTRIES or (currency is not None and code != currency):
        raise invalid(f"{name}_invalid_currency")
    exact = Decimal(number)
    if exact != exact.quantize(Decimal("0.001") if code in THREE_DECIMALS else Decimal("0.01")):
        raise invalid(f"{name}_invalid_decimals")
    return exact, code


def money(body: Object, name: str, currency: str) -> Decimal:
    """An amount of more than nothing, in the order's currency."""
    return amount(body.get(name), name, currency, at_least=Decimal("0.001"))[0]


def check_checkout(body: Object) -> tuple[Decimal, str]:
    """The whole of a request for a page; what is to be paid."""
    only(body, CHECKOUT, CHECKOUT_MORE)
    total, currency = amount(body["total_amount"], "total_amount", at_least=Decimal("0.001"))
    if body["country_code"] != COUNTRIES[currency]:
        raise invalid("total_amount_invalid_currency")
    if total > HIGHEST_AMOUNT:
        raise invalid("total_amount_invalid_limit")
    for name in ("tax_amount", "shipping_amount"):
        amount(body[name], name, currency)
    for name, most in (("order_reference_id", 255), ("description", 256)):
        text(body, name, most)
    _choice(body, "payment_type", ("PAY_BY_INSTALMENTS", "PAY_NOW"))
    _choice(body, "locale", ("ar_SA", "en_US", None))
    _number(body, "instalments", 2, 24)
    _number(body, "expires_in_minutes", 5, 1440)
    _check_consumer(body["consumer"])
    _check_items(body["items"], currency)
    _check_address(body["shipping_address"], "shipping_address_")
    if "billing_address" in body:
        _check_address(body["billing_address"], "billing_address_")
    if "discount" in body:
        only(body["discount"], ("name", "amount"), prefix="discount_")
        amount(body["discount"]["amount"], "discount", currency)
    urls = only(body["merchant_url"], ("success", "failure", "cancel"), frozenset({"notification"}), "merchant_url_")
    for name in ("success", "failure", "cancel", "notification"):
        url(urls, name, "merchant_url_")
    return total, currency


def _check_consumer(value: Any) -> None:
    names = ("first_name", "last_name", "phone_number", "email")
    only(value, names, frozenset({"date_of_birth", "national_id", "is_first_order"}), "consumer_")
    if not re.fullmatch(r"\+?[0-9]{8,15}", str(value["phone_number"])):
        raise invalid("consumer_invalid_phone_number")
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", str(value["email"])):
        raise invalid("consumer_invalid_email")


def _check_items(value: Any, currency: str) -> None:
    if not isinstance(value, list):
        raise invalid("items_invalid")
    for item in value:
        only(item, ITEM, ITEM_MORE, "items_")
        if not isinstance(item["quantity"], int) or isinstance(item["quantity"], bool) or item["quantity"] < 1:
            raise invalid("items_invalid_quantity")
        for name in ("total_amount", "unit_price", "discount_amount", "tax_amount"):
            if name in item:
                amount(item[name], f"items_{name}", currency)
        for name in ("image_url", "item_url"):
            url(item, name, "items_")


def _check_address(value: Any, prefix: str) -> None:
    only(value, ADDRESS, frozenset({"line2", "region", "postal_code", "phone_number"}), prefix)
    if not re.fullmatch(r"[A-Z]{2}", str(value["country_code"])):
        raise invalid(f"{prefix}invalid_country_code")


def _choice(body: Object, name: str, choices: tuple[str | None, ...]) -> None:
    if body.get(name) not in choices:
        raise invalid(f"{name}_invalid")


def _number(body: Object, name: str, least: int, most: int) -> None:
    value = body.get(name, least)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise invalid(f"{name}_invalid")
