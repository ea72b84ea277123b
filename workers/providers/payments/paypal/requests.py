"""The bodies of PayPal's calls (``checkout_orders_v2.json``, ``payments_payment_v2.json``)."""

from __future__ import annotations

from typing import Any, Final

from workers.providers.payments.models import CaptureMethod, PaymentMode, PaymentRequest, RefundRequest
from workers.providers.payments.paypal.objects import amount_object

DESCRIPTION_LIMIT_BYTES: Final = 127
INVOICE_LIMIT_CHARS: Final = 127
NOTE_LIMIT_BYTES: Final = 255


def order_body(request: PaymentRequest, *, brand_name: str | None, collect_shipping_address: bool) -> dict[str, Any]:
    """The order that a payment is made of. ValueError for decimals where PayPal takes none."""
    description = request.description or request.reference
    unit = {
        "amount": amount_object(request.money),
        "custom_id": str(request.payment_id),
        "invoice_id": invoice_id(request),
        "description": _cut(description, DESCRIPTION_LIMIT_BYTES),
        "soft_descriptor": request.statement_descriptor,
    }
    intent = "AUTHORIZE" if request.capture_method is CaptureMethod.MANUAL else "CAPTURE"
    if request.mode is PaymentMode.DIRECT:
        wallet: dict[str, Any] = {"vault_id": request.payment_method}
    else:
        experience = {
            "return_url": request.return_url,
            "cancel_url": request.cancel_url or request.return_url,
            "user_action": "PAY_NOW",
            "shipping_preference": "GET_FROM_FILE" if collect_shipping_address else "NO_SHIPPING",
            "brand_name": brand_name,
        }
        wallet = {"email_address": request.customer.email, "experience_context": _told(experience)}
    return {"intent": intent, "purchase_units": [_told(unit)], "payment_source": {"paypal": _told(wallet)}}


def invoice_id(request: PaymentRequest) -> str:
    """What the payer and the merchant see: the reference, made unique to this payment.

    PayPal lets an invoice be paid once (``DUPLICATE_INVOICE_ID``), so that two orders that were made for one payment
    can never both be paid. The end of the payment's id serves: the beginning of a version 7 id is only the time.
    """
    suffix = request.payment_id.hex[-12:]
    return f"{request.reference[: INVOICE_LIMIT_CHARS - len(suffix) - 1]}-{suffix}"


def refund_body(request: RefundRequest) -> dict[str, Any]:
    """A refund of all that is left of a capture, or of a part. ValueError for decimals where PayPal takes none."""
    return _told({
        "amount": amount_object(request.money) if request.money else None,
        "custom_id": f"{request.payment_id}.{request.refund_id}",
        "note_to_payer": _cut(request.note, NOTE_LIMIT_BYTES) if request.note else None,
    })  # fmt: skip


def _told(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _cut(text: str, limit: int) -> str:
    """The text within a number of bytes: PayPal's limits count ASCII characters, and others for more."""
    return text.encode()[:limit].decode("utf-8", "ignore")
