"""Stripe's errors in Wasl's words.

``{"error": {"type", "code", "decline_code", "message", "param", "payment_intent"}}``; facts from
https://docs.stripe.com/error-codes , https://docs.stripe.com/error-low-level and https://docs.stripe.com/idempotency .
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from workers.providers.errors import (
    Declined,
    InvalidRequest,
    OutcomeUnknown,
    ProviderError,
    Unavailable,
    error_class,
)

_BY_TYPE: Final[Mapping[str, type[ProviderError]]] = {
    "card_error": Declined,
    "idempotency_error": InvalidRequest,
}
_BY_CODE: Final[Mapping[str, type[ProviderError]]] = {
    # Our own first attempt is still being worked on.
    "idempotency_key_in_use": OutcomeUnknown,
    # Someone else is changing the same object; nothing was done, and it has nothing to do with our rate.
    "lock_timeout": Unavailable,
}
# Stripe's parameter names and ours.
_FIELDS: Final[Mapping[str, str]] = {
    "amount": "money.amount",
    "amount_to_capture": "money.amount",
    "cancel_url": "cancel_url",
    "cancellation_reason": "reason",
    "currency": "money.currency",
    "customer": "payment_method_data",
    "customer_email": "customer.email",
    "email": "customer.email",
    "line_items[0][price_data][currency]": "money.currency",
    "line_items[0][price_data][unit_amount]": "money.amount",
    "payment_intent": "provider_payment_id",
    "payment_intent_data[shipping][address][country]": "shipping_address.country",
    "payment_method_types": "method",
    "payment_method_types[0]": "method",
    "phone": "customer.phone",
    "receipt_email": "customer.email",
    "shipping[address][country]": "shipping_address.country",
    "statement_descriptor_suffix": "statement_descriptor",
    "success_url": "return_url",
}


class KeptFailure(OutcomeUnknown):
    """A 5xx that Stripe kept under the idempotency key and will answer again: sending again tells nothing more."""


@dataclass(frozen=True, slots=True)
class StripeFault:
    """What an error's body says."""

    type: str
    code: str | None
    decline_code: str | None
    message: str
    param: str | None
    payment_intent_id: str | None

    @property
    def field(self) -> str | None:
        """The name of our input field at fault."""
        if self.type == "idempotency_error":
            return "idempotency_key"
        return _FIELDS.get(self.param, self.param) if self.param else None


def read_fault(body: Any, status: int) -> StripeFault:
    """The fault in an error's body; whatever is missing or misshapen there is left empty."""
    error = body.get("error") if isinstance(body, dict) else None
    fields = error if isinstance(error, dict) else {}
    intent = fields.get("payment_intent")
    return StripeFault(
        type=_text(fields.get("type")) or "",
        code=_text(fields.get("code")),
        decline_code=_text(fields.get("decline_code")),
        message=_text(fields.get("message")) or f"Stripe answered {status}",
        param=_text(fields.get("param")),
        payment_intent_id=_text(intent.get("id")) if isinstance(intent, dict) else None,
    )


def classify(
    fault: StripeFault, status: int, *, write: bool, should_retry: bool | None, replayed: bool
) -> type[ProviderError]:
    """The kind of error: by Stripe's code, then its type, then the HTTP status.

    :param should_retry: what ``Stripe-Should-Retry`` says.
    :param replayed: whether ``Idempotent-Replayed`` says that this is an earlier answer.
    """
    if status >= 500:
        return KeptFailure if write and replayed else error_class(status, write=write)
    by_code = _BY_CODE.get(fault.code or "")
    if by_code:
        return by_code
    if status == 409 and should_retry:
        return Unavailable
    return _BY_TYPE.get(fault.type) or error_class(status, write=write)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
