"""Payment intents and refunds as Ziina wants them (its OpenAPI document, and https://docs.ziina.com/api-reference).

An intent has no field for a reference or metadata. Wasl's payment id goes into ``success_url``, which answers and
webhooks repeat; what the merchant calls the payment goes into ``message``, which the payer sees. The documentation says
nothing of its length and alphabet; one integration found that 49 characters are taken and 75 are not, and that Arabic
letters come out as question marks, so it is cut, and text that is not ASCII is left out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from workers.providers.money import Money
from workers.providers.payments.models import CaptureMethod, PaymentMode, PaymentRequest, RefundRequest
from workers.providers.payments.suitability import unsuitable
from workers.providers.payments.ziina.manifest import MANIFEST, ZiinaSettings
from workers.providers.payments.ziina.objects import MARK, minor_units

MESSAGE_MAX_CHARS: Final = 49
MINIMUM: Final = Money.of("2.00", "AED")
"""The least that Ziina takes; what it is in other currencies is not documented."""


def fault(request: PaymentRequest) -> tuple[str, str] | None:
    """What Ziina cannot take of a payment: the field and why; None when it can be sent."""
    if wrong := unsuitable(request, MANIFEST):
        return wrong
    if request.mode is not PaymentMode.CHECKOUT:
        return "mode", "Ziina takes payments on its own page only (checkout)"
    if request.capture_method is not CaptureMethod.AUTOMATIC:
        return "capture_method", "Ziina takes the money at once; it cannot only reserve it"
    if request.money.currency == MINIMUM.currency and request.money.amount < MINIMUM.amount:
        return "money.amount", f"Ziina takes no less than {MINIMUM}"
    try:
        minor_units(request.money)
    except ValueError as error:
        return "money.amount", str(error)
    return None


def intent_body(request: PaymentRequest, settings: ZiinaSettings, *, test: bool, now: datetime) -> dict[str, Any]:
    """The payment intent for a payment on the hosted page. It asks for no tips: what was asked for is what is paid.

    :param test: whether no money is to move.
    """
    back = request.return_url or ""
    lifetime = settings.expires_after_minutes
    body = {
        "amount": minor_units(request.money),
        "currency_code": request.money.currency,
        "message": _message(request),
        "success_url": marked(back, request.payment_id) if settings.mark_return_url else back,
        "cancel_url": request.cancel_url or back,
        "failure_url": back,
        "test": test,
        "expiry": None if lifetime is None else str(int((now + timedelta(minutes=lifetime)).timestamp() * 1000)),
        "allow_tips": False,
    }
    return {name: value for name, value in body.items() if value is not None}


def refund_body(request: RefundRequest, amount: Money, *, test: bool) -> dict[str, Any]:
    """The refund. Its id is Wasl's own, so that it can be made only once; the amount is always said."""
    return {
        "id": str(request.refund_id),
        "payment_intent_id": request.provider_payment_id,
        "amount": minor_units(amount),
        "currency_code": amount.currency,
        "test": test,
    }


def marked(url: str, payment_id: UUID) -> str:
    """The address with our payment's id in it, and else as it was."""
    address, fragment_mark, fragment = url.partition("#")
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}{MARK}={payment_id}{fragment_mark}{fragment}"


def _message(request: PaymentRequest) -> str | None:
    texts = (request.reference, request.description)
    shown = ": ".join(text for text in texts if text and text.isascii() and text.isprintable())
    return shown[:MESSAGE_MAX_CHARS] or None
