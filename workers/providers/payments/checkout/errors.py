"""Checkout.com's errors in Wasl's words.

``{"request_id", "error_type", "error_codes": [...]}``; a 401 has no body. Facts from the published specification
(nas_spec) and https://www.checkout.com/docs/payments/manage-payments/idempotency . What the specification says of
captures, voids and refunds is taken at its word: 403 there means that the payment cannot have this done to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from workers.providers.errors import Declined, InvalidRequest, OutcomeUnknown, ProviderError, error_class
from workers.providers.payments.models import PaymentResult, PaymentStatus

_ACTIONS: Final = frozenset({"capture_payment", "cancel_payment", "refund_payment"})
# The parts of Checkout.com's error codes that name a field, and our fields; the first that fits counts.
_FIELDS: Final[tuple[tuple[str, str], ...]] = (
    ("processing_channel", "settings.processing_channel_id"),
    ("currency", "money.currency"),
    ("amount", "money.amount"),
    ("value", "money.amount"),
    ("success_url", "return_url"),
    ("failure_url", "return_url"),
    ("fail_url", "return_url"),
    ("cancel_url", "cancel_url"),
    ("billing_descriptor", "statement_descriptor"),
    ("allow_payment_methods", "method"),
    ("store_payment_details", "save_payment_method"),
    ("previous_payment", "payment_method_data"),
    ("locale", "locale"),
    ("billing", "billing_address"),
    ("shipping", "shipping_address"),
    ("products", "items"),
    ("token", "payment_method"),
    ("source", "payment_method"),
    ("card", "payment_method"),
    ("payment_method", "payment_method"),
    ("reference", "reference"),
    ("description", "description"),
    ("metadata", "metadata"),
    ("email", "customer.email"),
    ("customer", "customer"),
)


@dataclass(frozen=True, slots=True)
class CheckoutFault:
    """What an error's body says."""

    type: str
    codes: tuple[str, ...]
    request_id: str | None

    @property
    def field(self) -> str | None:
        """The name of our input field at fault."""
        return next((field for code in self.codes for part, field in _FIELDS if part in code), None)

    def message(self, status: int) -> str:
        """The error in words; Checkout.com itself has only codes."""
        said = ", ".join(self.codes) or self.type
        return f"Checkout.com answered {status}: {said}" if said else f"Checkout.com answered {status}"

    @property
    def is_about_a_duplicate(self) -> bool:
        """Whether the very same request is under way."""
        return any("duplicate" in text or "conflict" in text for text in (self.type, *self.codes))


def read_fault(body: Any) -> CheckoutFault:
    """The fault in an error's body; whatever is missing or misshapen there is left empty."""
    fields: Mapping[str, Any] = body if isinstance(body, dict) else {}
    codes = fields.get("error_codes")
    texts = (_text(code) for code in codes) if isinstance(codes, list) else ()
    return CheckoutFault(
        type=_text(fields.get("error_type")) or "",
        codes=tuple(text for text in texts if text),
        request_id=_text(fields.get("request_id")),
    )


def classify(fault: CheckoutFault, status: int, operation: str, *, write: bool) -> type[ProviderError]:
    """The kind of error.

    A concurrent request under the same key is answered 409, and was answered 429 in the past ("too many requests or
    duplicate request detected"): then our own first request is at work, and nobody knows what comes of it.
    """
    if write and (status == 409 or (status == 429 and fault.is_about_a_duplicate)):
        return OutcomeUnknown
    if status == 403 and operation in _ACTIONS:
        return InvalidRequest
    return error_class(status, write=write)


def require_no_decline(payment: PaymentResult, provider: str, headers: httpx.Headers | None = None) -> PaymentResult:
    """A payment that was tried at once and refused is an error to whoever asked for it.

    :raises Declined: it was refused.
    """
    if payment.status is not PaymentStatus.FAILED or payment.decline is None:
        return payment
    raise Declined(
        payment.decline.message or "The payment was declined.",
        provider=provider,
        operation="create_payment",
        provider_code=payment.decline.code,
        request_id=headers.get("cko-request-id") if headers else None,
        decline_code=payment.decline.reason.value,
        provider_payment_id=payment.provider_payment_id,
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
