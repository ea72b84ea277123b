"""Reading request bodies as strictly as Ziina's document is written."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.payments.ziina.errors import invalid, refused

CURRENCIES = ("AED", "BHD", "EUR", "GBP", "INR", "KWD", "OMR", "QAR", "SAR", "USD")
THREE_DECIMALS = ("BHD", "KWD", "OMR")
MESSAGE_MAX_CHARS = 50
MINIMUM_FILS, MAXIMUM_FILS = 200, 9_000_000

Object = dict[str, Any]
Check = Callable[[Any], bool]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == int(value) and value > 0


def _is_uuid(value: Any) -> bool:
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"https?://[^\s]+", value) is not None


def _is_digits(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}", value) is not None


_NUMBER: tuple[Check, str] = (_is_number, "must be a number conforming to the specified constraints")
_CURRENCY: tuple[Check, str] = (lambda value: value in CURRENCIES, f"must be one of {', '.join(CURRENCIES)}")
_TEXT: tuple[Check, str] = (lambda value: isinstance(value, str), "must be a string")
_URL: tuple[Check, str] = (_is_url, "must be a URL address")
_FLAG: tuple[Check, str] = (lambda value: isinstance(value, bool), "must be a boolean value")

_INTENT: Mapping[str, tuple[Check, str]] = {
    "amount": _NUMBER,
    "currency_code": _CURRENCY,
    "message": _TEXT,
    "success_url": _URL,
    "cancel_url": _URL,
    "failure_url": _URL,
    "test": _FLAG,
    "expiry": (_is_digits, "must be a unix timestamp in milliseconds"),
    "allow_tips": _FLAG,
}
_REFUND: Mapping[str, tuple[Check, str]] = {
    "id": (_is_uuid, "must be a UUID"),
    "payment_intent_id": _TEXT,
    "amount": _NUMBER,
    "currency_code": _CURRENCY,
    "test": _FLAG,
}
_WEBHOOK: Mapping[str, tuple[Check, str]] = {"url": _URL, "secret": _TEXT}


def read_intent(body: Any, now: float) -> Object:
    """The body of POST /payment_intent. :param now: seconds since 1970."""
    fields = _read(body, _INTENT, required=("amount", "currency_code"))
    amount, currency = int(fields["amount"]), fields["currency_code"]
    if currency in THREE_DECIMALS and amount % 10:
        raise invalid(f"amount must be divisible by 10 in {currency}")
    if currency == "AED" and amount < MINIMUM_FILS:
        text = "Transfers must be at least AED2. Please try again with a larger amount."
        raise refused("TRANSFER_UNDER_MINIMUM", text)
    if currency == "AED" and amount > MAXIMUM_FILS:
        text = "Transfers can be at most AED90,000. Please try again with a smaller amount."
        raise refused("TRANSFER_EXCEEDS_LIMIT", text)
    if len(fields.get("message", "")) > MESSAGE_MAX_CHARS:
        raise refused("MESSAGE_LENGTH_INVALID", "The message is too long")
    if "expiry" in fields and int(fields["expiry"]) <= now * 1000:
        raise invalid("expiry must be a future date")
    return {**fields, "amount": amount}


def read_refund(body: Any) -> Object:
    """The body of POST /refund."""
    return _read(body, _REFUND, required=("id", "payment_intent_id"))


def read_webhook(body: Any) -> Object:
    """The body of POST /webhook."""
    return _read(body, _WEBHOOK, required=("url",))


def _read(body: Any, checks: Mapping[str, tuple[Check, str]], required: tuple[str, ...]) -> Object:
    if not isinstance(body, dict):
        raise invalid("body must be an object")
    unknown = [f"property {name} should not exist" for name in body if name not in checks]
    wrong = [f"{name} {text}" for name, (check, text) in checks.items() if _is_wrong(body, name, check, required)]
    if unknown or wrong:
        raise invalid(*unknown, *wrong)
    return dict(body)


def _is_wrong(body: Object, name: str, check: Check, required: tuple[str, ...]) -> bool:
    return not check(body[name]) if name in body else name in required
