"""Reading request bodies as strictly as Checkout.com's specification is written."""

from __future__ import annotations

import re
from typing import Any

from sandbox.payments.checkout.errors import CheckoutError

ZERO_DECIMALS = frozenset(
    ("BIF", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VUV", "VND", "XAF", "XOF", "XPF")
)
THREE_DECIMALS = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))
CURRENCIES = (
    ZERO_DECIMALS | THREE_DECIMALS | frozenset(("AED", "CLP", "EGP", "EUR", "GBP", "INR", "PKR", "QAR", "SAR", "USD"))
)
MAX_AMOUNT = 999_999_999

Json = dict[str, Any]


class Fields:
    """A body; every field that is not read is refused by `done`."""

    def __init__(self, body: Any, prefix: str = "") -> None:
        if not isinstance(body, dict):
            raise CheckoutError(422, "request_body_malformed" if not prefix else f"{prefix}invalid")
        self._left = dict(body)
        self._prefix = prefix

    def text(self, name: str, max_chars: int, *, required: bool = False, choices: tuple[str, ...] = ()) -> str | None:
        """A text of at most so many characters."""
        value = self._take(name, required)
        if value is None:
            return None
        if not isinstance(value, str) or len(value) > max_chars or (choices and value not in choices):
            raise self._invalid(name)
        return value

    def url(self, name: str, *, required: bool = False) -> str | None:
        """An address of at most 255 characters."""
        value = self.text(name, 255, required=required)
        if value is not None and not re.match(r"https?://", value):
            raise self._invalid(name)
        return value

    def integer(self, name: str, *, required: bool = False) -> int | None:
        """A whole number above zero."""
        value = self._take(name, required)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= MAX_AMOUNT:
            raise self._invalid(name)
        return value

    def boolean(self, name: str, default: bool) -> bool:
        """True or false."""
        value = self._take(name, False)
        if value is not None and not isinstance(value, bool):
            raise self._invalid(name)
        return default if value is None else value

    def flat(self, name: str) -> Json:
        """An object of plain values."""
        value = self._take(name, False) or {}
        if not isinstance(value, dict) or any(isinstance(each, dict | list) for each in value.values()):
            raise self._invalid(name)
        return value

    def child(self, name: str, *, required: bool = False) -> Fields:
        """An object within."""
        return Fields(self._take(name, required) or {}, f"{self._prefix}{name}_")

    def address(self, name: str, *, country_needed: bool = False) -> Json | None:
        """A postal address."""
        value = self.anything(name)
        if value is None and not country_needed:
            return None
        inner = Fields(value or {}, f"{self._prefix}{name}_")
        for part, chars in (("address_line1", 200), ("address_line2", 200), ("city", 50), ("state", 255), ("zip", 50)):
            inner.text(part, chars)
        country = inner.text("country", 2, required=country_needed)
        if country is not None and not re.fullmatch(r"[A-Z]{2}", country):
            raise CheckoutError(422, f"{self._prefix}{name}_country_invalid")
        inner.done()
        return dict(value or {})

    def texts(self, name: str, choices: frozenset[str]) -> list[str] | None:
        """A list of names."""
        value = self._take(name, False)
        if value is not None and (not isinstance(value, list) or not value or not set(value) <= choices):
            raise self._invalid(name)
        return value

    def children(self, name: str) -> list[Fields]:
        """A list of objects within."""
        value = self._take(name, False)
        if value is not None and (not isinstance(value, list) or not value):
            raise self._invalid(name)
        return [Fields(each, f"{self._prefix}{name}_") for each in value or ()]

    def anything(self, name: str) -> Any:
        """Whatever is there."""
        return self._take(name, False)

    def done(self) -> None:
        """Refuse what nobody asked for."""
        for name in self._left:
            raise self._invalid(name)

    def _take(self, name: str, required: bool) -> Any:
        value = self._left.pop(name, None)
        if value is None and required:
            raise CheckoutError(422, f"{self._prefix}{name}_required")
        return value

    def _invalid(self, name: str) -> CheckoutError:
        return CheckoutError(422, f"{self._prefix}{name}_invalid")


def read_money(fields: Fields) -> tuple[int, str]:
    """An amount and its currency."""
    amount, currency = fields.integer("amount", required=True), fields.text("currency", 3, required=True)
    if currency not in CURRENCIES:
        raise CheckoutError(422, "currency_invalid")
    if amount is None or (currency in THREE_DECIMALS and amount % 10):
        raise CheckoutError(422, "amount_invalid")
    return amount, str(currency)
