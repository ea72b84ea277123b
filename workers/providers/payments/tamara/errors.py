"""Tamara's errors in Wasl's words.

``{"message", "errors": [{"error_code", …}]}`` with the HTTP status to tell the kind. Codes are not listed in one place:
these are from https://docs.tamara.co/docs/sfcc-additional-configuration ("Exception log") and Tamara's WooCommerce
plugin (enpiicom/wp-plugin-tamara-checkout, `get_error_map`); a code that is not known is shown as it is, and the field
found by the name that the code begins with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    OutcomeUnknown,
    ProviderError,
    Unavailable,
    error_class,
)

# Tamara refuses everything for now: certain that nothing was done, and another gateway may take the payment.
_FOR_NOW: Final = frozenset({"tamara_disabled", "total_amount_invalid_limit_24hrs_gmv"})
_LOOK_UPS: Final = ("find_payment", "find_refund")
# Said of a token that belongs to the other environment.
_UNKNOWN_MERCHANT: Final = "merchant is not found"
# The beginnings of Tamara's codes, and our fields; the first that fits counts.
_FIELDS: Final[tuple[tuple[str, str], ...]] = (
    ("total_amount_invalid_currency", "money.currency"),
    ("currency", "money.currency"),
    ("total_amount", "money.amount"),
    ("consumer_invalid_phone_number", "customer.phone"),
    ("consumer_empty_phone_number", "customer.phone"),
    ("invalid_phone_number", "customer.phone"),
    ("consumer_invalid_email", "customer.email"),
    ("consumer_empty_email", "customer.email"),
    ("consumer_empty_first_name", "customer.name"),
    ("consumer_empty_last_name", "customer.name"),
    ("consumer", "customer"),
    ("billing_address", "billing_address"),
    ("shipping_address", "shipping_address"),
    ("not_supported_delivery_country", "shipping_address.country"),
    ("country_code", "money.currency"),
    ("items", "items"),
    ("merchant_url", "return_url"),
    ("instalments", "settings.instalments"),
    ("payment_type", "settings.payment_type"),
    ("order_number", "reference"),
    ("description", "description"),
)


@dataclass(frozen=True, slots=True)
class TamaraFault:
    """What an error's body says."""

    message: str
    codes: tuple[str, ...]

    @property
    def field(self) -> str | None:
        """The name of our input field at fault."""
        return next((field for code in self.codes for start, field in _FIELDS if code.startswith(start)), None)

    def text(self, status: int) -> str:
        """The error in words."""
        said = ": ".join(part for part in (self.message, ", ".join(self.codes)) if part)
        return f"Tamara answered {status}: {said}" if said else f"Tamara answered {status}"


def read_fault(body: Any) -> TamaraFault:
    """The fault in an error's body; whatever is missing or misshapen there is left empty."""
    fields: Mapping[str, Any] = body if isinstance(body, dict) else {}
    errors = fields.get("errors")
    codes = (each.get("error_code") for each in errors if isinstance(each, dict)) if isinstance(errors, list) else ()
    return TamaraFault(_text(fields.get("message")), tuple(code for each in codes if (code := _text(each))))


def classify(fault: TamaraFault, status: int, operation: str, *, write: bool) -> type[ProviderError]:
    """The kind of error: by the code or message where they tell, else by the HTTP status.

    A look-up that is refused says nothing of what it was to find out.
    """
    if 400 <= status < 500:
        if _FOR_NOW.intersection(fault.codes):
            return Unavailable
        if _UNKNOWN_MERCHANT in fault.message.lower():
            return AuthenticationFailed
    kind = error_class(status, write=write)
    return OutcomeUnknown if operation in _LOOK_UPS and kind is InvalidRequest else kind


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
