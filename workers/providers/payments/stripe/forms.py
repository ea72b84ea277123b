"""The forms that Stripe's create calls take."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from workers.providers.payments.models import CaptureMethod, PaymentRequest

# Stripe's minimum charge; below it a call is not worth making (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).
MINIMUM_AMOUNTS: Final[Mapping[str, Decimal]] = {
    currency: Decimal(amount)
    for currency, amount in {
        "AED": "2.00", "AUD": "0.50", "BGN": "1.00", "BRL": "0.50", "CAD": "0.50", "CHF": "0.50", "CZK": "15.00",
        "DKK": "2.50", "EUR": "0.50", "GBP": "0.30", "HKD": "4.00", "HUF": "175.00", "INR": "0.50", "JPY": "50",
        "MXN": "10.00", "MYR": "2.00", "NOK": "3.00", "NZD": "0.50", "PLN": "2.00", "RON": "2.00", "SEK": "3.00",
        "SGD": "0.50", "THB": "10.00", "USD": "0.50",
    }.items()
}  # fmt: skip


def _metadata(request: PaymentRequest) -> dict[str, str]:
    return {**request.metadata, "wasl_payment_id": str(request.payment_id)}


def intent_form(request: PaymentRequest, units: int, *, email_receipts: bool) -> dict[str, Any]:
    """The form that makes a PaymentIntent."""
    confirm = request.confirm and request.payment_method is not None
    # A payer who cannot be sent back anywhere must not be sent away.
    methods = {"enabled": True, "allow_redirects": None if request.return_url else "never"}
    return {
        "amount": units,
        "currency": request.money.currency.lower(),
        "capture_method": _capture_method(request),
        "automatic_payment_methods": methods,
        "payment_method": request.payment_method,
        "confirm": True if confirm else None,
        "return_url": request.return_url if confirm else None,
        "description": request.description or request.reference,
        "receipt_email": request.customer.email if email_receipts else None,
        "statement_descriptor_suffix": request.statement_descriptor,
        "metadata": _metadata(request),
        "expand": ["latest_charge"],
    }


def session_form(request: PaymentRequest, units: int) -> dict[str, Any]:
    """The form that makes a Checkout Session."""
    description = request.description or request.reference
    return {
        "mode": "payment",
        "success_url": request.return_url,
        "cancel_url": request.cancel_url,
        "client_reference_id": request.reference[:200],
        "customer_email": request.customer.email,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": request.money.currency.lower(),
                    "unit_amount": units,
                    "product_data": {"name": description},
                },
            }
        ],
        "metadata": _metadata(request),
        "payment_intent_data": {
            "capture_method": _capture_method(request),
            "description": description,
            "statement_descriptor_suffix": request.statement_descriptor,
            "metadata": _metadata(request),
        },
        "expand": ["payment_intent.latest_charge"],
    }


def _capture_method(request: PaymentRequest) -> str:
    return "manual" if request.capture_method is CaptureMethod.MANUAL else "automatic"
