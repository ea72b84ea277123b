"""The bodies that Checkout.com's calls take, and what it would refuse in them.

Facts from the published specification (nas_spec; for hosted pages abc_spec, which has the same fields) and from
https://api-reference.checkout.com . Where the limits of the two differ the smaller one is kept.
"""

from __future__ import annotations

import re
from typing import Any, Final

from workers.providers.payments.checkout.manifest import CheckoutSettings
from workers.providers.payments.checkout.objects import refund_reference
from workers.providers.payments.models import CaptureMethod, PaymentMode, PaymentRequest, RefundRequest

# A payment's reference may have 50 characters (80 by newer documents), but 30 when the card is an American Express.
REFERENCE_CHARS: Final = 30
_DESCRIPTION_CHARS: Final = 100
_URL_CHARS: Final = 255
_TOKEN: Final = re.compile(r"tok_[A-Za-z0-9]{1,64}")
_INSTRUMENT: Final = re.compile(r"src_[A-Za-z0-9]{1,64}")


def reference(request: PaymentRequest) -> str:
    """The merchant's reference, as far as Checkout.com takes it; the payment is recognised by its metadata."""
    return request.reference[:REFERENCE_CHARS]


def fault(request: PaymentRequest, settings: CheckoutSettings) -> tuple[str, str] | None:
    """The input field at fault and what is wrong with it; None when the request can be sent."""
    for name in ("return_url", "cancel_url"):
        if len(getattr(request, name) or "") > _URL_CHARS:
            return name, f"has more than {_URL_CHARS} characters"
    if request.statement_descriptor and not settings.statement_city:
        return "statement_descriptor", "needs the connection's setting statement_city, which Checkout.com asks for"
    return _fault_of_direct(request) if request.mode is PaymentMode.DIRECT else None


def _fault_of_direct(request: PaymentRequest) -> tuple[str, str] | None:
    token = request.payment_method
    if token is None:
        return "payment_method", "is needed for a direct payment: a token (tok_…) or an instrument (src_…)"
    if not _TOKEN.fullmatch(token) and not _INSTRUMENT.fullmatch(token):
        return "payment_method", "is neither a token (tok_…) nor an instrument (src_…)"
    if not request.confirm:
        return "confirm", "Checkout.com tries to take a direct payment at once"
    return None


def payment_body(request: PaymentRequest, units: int, settings: CheckoutSettings) -> dict[str, Any]:
    """A payment with a token or a stored instrument."""
    token = request.payment_method or ""
    source = {"type": "token", "token": token} if _TOKEN.fullmatch(token) else {"type": "id", "id": token}
    # A payer who cannot be sent back anywhere must not be sent away to authenticate.
    authenticate = settings.three_d_secure and request.return_url is not None
    return _told(
        source=source,
        **_common(request, units, settings),
        **{"3ds": {"enabled": authenticate}},
        success_url=request.return_url,
        failure_url=request.return_url,
    )


def page_body(request: PaymentRequest, units: int, settings: CheckoutSettings) -> dict[str, Any]:
    """A hosted page. Wasl does not ask for the payer's address, so the country is the connection's."""
    return _told(
        **_common(request, units, settings),
        **{"3ds": {"enabled": settings.three_d_secure}},
        billing={"address": {"country": settings.billing_country}},
        success_url=request.return_url,
        failure_url=request.return_url,
        cancel_url=request.cancel_url or request.return_url,
    )


def _common(request: PaymentRequest, units: int, settings: CheckoutSettings) -> dict[str, Any]:
    descriptor = {"name": request.statement_descriptor, "city": settings.statement_city}
    return {
        "amount": units,
        "currency": request.money.currency,
        "reference": reference(request),
        "description": (request.description or request.reference)[:_DESCRIPTION_CHARS],
        "capture": request.capture_method is CaptureMethod.AUTOMATIC,
        "customer": _told(email=request.customer.email, name=request.customer.name) or None,
        "billing_descriptor": descriptor if request.statement_descriptor else None,
        "processing_channel_id": settings.processing_channel_id,
        "metadata": {**request.metadata, "wasl_payment_id": str(request.payment_id)},
    }


def refund_body(request: RefundRequest, units: int) -> dict[str, Any]:
    """A refund; both its reference and its metadata tell whose it is."""
    metadata = {
        "wasl_payment_id": str(request.payment_id),
        "wasl_refund_id": str(request.refund_id),
        "reason": request.reason.value if request.reason else None,
        "note": request.note,
    }
    return {"amount": units, "reference": refund_reference(request.refund_id), "metadata": _told(**metadata)}


def _told(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
