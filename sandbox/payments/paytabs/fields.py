"""Reading request bodies as strictly as PayTabs' documents are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.payments.paytabs.errors import invalid

Object = dict[str, Any]
NEW = ("sale", "auth")
FOLLOW_UPS = ("capture", "void", "release", "refund")
CURRENCY_DECIMALS = {
    **dict.fromkeys(("AED", "EGP", "EUR", "GBP", "MAD", "QAR", "SAR", "USD"), 2),
    **dict.fromkeys(("IQD", "JOD", "KWD", "OMR"), 3),
}
METHODS = frozenset(
    {"all", "creditcard", "mada", "amex", "applepay", "samsungpay", "stcpay", "urpay", "knet", "omannet", "meeza"}
    | {"unionpay", "paypal", "tabby", "tamara", "touchpoints", "fawry", "sadad", "aman", "amaninstallments", "basata"}
    | {"valu", "souhoola", "forsa", "halan", "tru"}
)
_PERSON = frozenset(("name", "email", "phone", "street1", "city", "state", "country", "zip", "ip"))
_ALWAYS = frozenset(
    ("profile_id", "tran_type", "tran_class", "cart_id", "cart_description", "cart_currency", "cart_amount", "callback")
)
_PAGE = (
    _ALWAYS
    | {"return", "customer_details", "shipping_details", "hide_shipping", "paypage_lang", "payment_methods"}
    | {"tokenise", "show_save_card", "framed", "user_defined", "config_id"}
)
_TOKEN = _ALWAYS | frozenset(("return", "customer_details", "token", "tran_ref", "user_defined"))
_FOLLOW_UP = _ALWAYS | {"tran_ref"}
_LOOPBACK = re.compile(r"https?://(localhost|127\.|\[::1\])")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request that can be carried out.

    :param rest: the whole body, of which the other fields have been checked.
    """

    kind: str
    kind_class: str
    cart_id: str
    description: str
    currency: str
    amount: Decimal
    callback: str | None
    rest: Object


def read_request(body: Object) -> Wanted:
    """:raises PayTabsError: 400, as soon as anything is wrong."""
    kind, kind_class = (
        _choice(body, "tran_type", (*NEW, *FOLLOW_UPS)),
        _choice(body, "tran_class", ("ecom", "recurring")),
    )
    with_token = kind in NEW and kind_class == "recurring"
    allowed = _FOLLOW_UP if kind in FOLLOW_UPS else _TOKEN if with_token else _PAGE
    if unknown := sorted(body.keys() - allowed):
        raise invalid(f"Invalid request: {unknown[0]}")
    cart_id, description = _text(body, "cart_id", 64), _text(body, "cart_description", 128)
    currency = _text(body, "cart_currency", 3)
    if currency not in CURRENCY_DECIMALS:
        raise invalid("Invalid currency code", 206)
    amount = _amount(body.get("cart_amount"), CURRENCY_DECIMALS[currency])
    callback = _address(body, "callback", 210)
    _address(body, "return", 2)
    if kind in FOLLOW_UPS or with_token:
        _text(body, "tran_ref" if kind in FOLLOW_UPS else "token", 64)
    _check_people(body)
    _check_page(body)
    return Wanted(kind, kind_class, cart_id, description, currency, amount, callback, body)


def _check_people(body: Object) -> None:
    for name in ("customer_details", "shipping_details"):
        person = body.get(name, {})
        if not isinstance(person, dict) or not person.keys() <= _PERSON:
            raise invalid(f"Invalid {name}")
        if any(not isinstance(value, str) for value in person.values()):
            raise invalid(f"Invalid {name}")
        if "country" in person and not re.fullmatch(r"[A-Z]{2,3}", person["country"]):
            raise invalid("Country not valid")


def _check_page(body: Object) -> None:
    if body.get("paypage_lang", "en") not in ("en", "ar"):
        raise invalid("Invalid paypage_lang")
    methods = body.get("payment_methods", ["all"])
    if not isinstance(methods, list) or not methods or not set(methods) <= METHODS:
        raise invalid("Invalid payment method")
    tokenise = body.get("tokenise", 2)
    if isinstance(tokenise, bool) or tokenise not in range(1, 7):
        raise invalid("Invalid tokenise")
    if any(not isinstance(body.get(name, False), bool) for name in ("hide_shipping", "show_save_card", "framed")):
        raise invalid("Invalid request: not a boolean")


def _choice(body: Object, name: str, choices: tuple[str, ...]) -> str:
    value = body.get(name)
    if not isinstance(value, str) or value not in choices:
        raise invalid(f"Invalid {name}")
    return value


def _text(body: Object, name: str, most: int) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= most:
        raise invalid(f"{name.replace('_', ' ').capitalize()} not valid", 101 if name == "cart_id" else 2)
    return value


def _address(body: Object, name: str, code: int) -> str | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > 255 or not re.match(r"https?://", value):
        raise invalid(f"Invalid {name.capitalize()} URL", code)
    if name == "callback" and _LOOPBACK.match(value):
        raise invalid("Invalid Callback URL", code)
    return value


def _amount(value: Any, decimals: int) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise invalid("Invalid amount")
    amount = Decimal(value)
    if amount < Decimal("0.01") or amount != amount.quantize(Decimal(1).scaleb(-decimals)):
        raise invalid("Invalid amount")
    return amount
