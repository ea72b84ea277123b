"""Reading request bodies as strictly as Tap's reference is written."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from sandbox.payments.tap.errors import TapError

DECIMALS = {
    **dict.fromkeys(("AED", "EGP", "EUR", "GBP", "QAR", "SAR", "USD"), 2),
    **dict.fromkeys(("BHD", "JOD", "KWD", "OMR"), 3),
}
Json = dict[str, Any]


class Fields:
    """A body, or an object within; every field that is not read is refused by `done`."""

    def __init__(self, body: Any) -> None:
        if not isinstance(body, dict):
            raise TapError("1103")
        self._left = dict(body)

    def text(self, name: str, code: str = "1103", *, below: int = 1000, required: bool = False) -> str | None:
        """A text of less than so many characters; ``code`` is the error otherwise."""
        value = self._take(name, code if required else None)
        if value is not None and (not isinstance(value, str) or not value or len(value) >= below):
            raise TapError(code)
        return value

    def url(self, name: str, missing: str | None = None, invalid: str = "1103") -> str | None:
        """The address in an object ``{"url": …}``."""
        holder = self._take(name, missing)
        if holder is None:
            return None
        inner = Fields(holder)
        url = inner.text("url", invalid, below=2049, required=True)
        inner.done()
        if not re.match(r"https?://[^\s]+$", url or ""):
            raise TapError(invalid)
        return url

    def identity(self, name: str, code: str = "1103", *, required: bool = False) -> str | None:
        """The id in an object ``{"id": …}``."""
        holder = self._take(name, code if required else None)
        if holder is None:
            return None
        inner = Fields(holder)
        found = inner.text("id", code, required=True)
        inner.done()
        return found

    def money(self) -> tuple[Decimal, str]:
        """An amount and its currency."""
        currency = self.text("currency", "1119", required=True) or ""
        if currency not in DECIMALS:
            raise TapError("1119")
        amount = self._take("amount", "1117")
        if isinstance(amount, bool) or not isinstance(amount, int | Decimal):
            raise TapError("1117")
        exact = Decimal(amount)
        exponent = exact.normalize().as_tuple().exponent
        if exact <= 0 or not isinstance(exponent, int) or -exponent > DECIMALS[currency]:
            raise TapError("1117")
        return exact, currency

    def boolean(self, name: str, default: bool) -> bool:
        """True or false."""
        value = self._take(name, None)
        if value is not None and not isinstance(value, bool):
            raise TapError("1103")
        return default if value is None else value

    def whole(self, name: str, code: str, lowest: int, highest: int) -> int:
        """A whole number between two."""
        value = self._take(name, code)
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            raise TapError(code)
        return value

    def metadata(self) -> Json:
        """Names and texts."""
        value = self._take("metadata", None) or {}
        if not isinstance(value, dict) or any(len(name) >= 250 for name in value):
            raise TapError("1127")
        if any(not isinstance(each, str) or len(each) >= 1000 for each in value.values()):
            raise TapError("1128")
        return value

    def child(self, name: str, code: str | None = None) -> Fields | None:
        """An object within; ``code`` is the error where it is missing."""
        value = self._take(name, code)
        return None if value is None else Fields(value)

    def anything(self, name: str) -> Any:
        """Whatever is there."""
        return self._take(name, None)

    def done(self) -> None:
        """Refuse what nobody asked for."""
        if self._left:
            raise TapError("1103")

    def _take(self, name: str, missing: str | None) -> Any:
        value = self._left.pop(name, None)
        if value is None and missing is not None:
            raise TapError(missing)
        return value


def read_customer(fields: Fields) -> Json:
    """Who pays: by id, or by name and an address or a number."""
    given = fields.child("customer", "1129")
    if given is None:
        raise TapError("1129")
    known = given.text("id", "1105")
    customer: Json = {
        "id": known,
        "first_name": given.text("first_name", "1130", below=150, required=known is None),
        "middle_name": given.text("middle_name", below=150),
        "last_name": given.text("last_name", below=150),
        "email": given.text("email", "1138", below=255),
    }
    phone = given.child("phone")
    if phone is not None:
        parts = {name: phone.text(name, "1137", below=16, required=True) for name in ("country_code", "number")}
        phone.done()
        if not re.fullmatch(r"[1-9][0-9]{0,2}", str(parts["country_code"])) or not str(parts["number"]).isdigit():
            raise TapError("1137")
        customer["phone"] = parts
    given.done()
    if customer["email"] and "@" not in customer["email"]:
        raise TapError("1138")
    if known is None and not customer["email"] and phone is None:
        raise TapError("1139")
    return {name: value for name, value in customer.items() if value is not None}


def read_reference(fields: Fields) -> Json:
    """A merchant's references of a charge or an authorization."""
    given = fields.child("reference")
    if given is None:
        return {}
    found = {
        "transaction": given.text("transaction", "1123", below=100),
        "order": given.text("order", "1122", below=100),
        "idempotent": given.text("idempotent", below=256),
    }
    given.done()
    return {name: value for name, value in found.items() if value is not None}
