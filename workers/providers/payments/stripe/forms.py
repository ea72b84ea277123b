"""The forms that Stripe's create calls take."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from workers.providers.payments.items import exact_lines
from workers.providers.payments.models import Address, CaptureMethod, PaymentRequest
from workers.providers.payments.stripe.objects import CUSTOMER, minor_units

# Stripe's minimum charge; below it a call is not worth making (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).
MINIMUM_AMOUNTS: Final[Mapping[str, Decimal]] = {
    currency: Decimal(amount)
    for currency, amount in {
        "AED": "2.00", "AUD": "0.50", "BRL": "0.50", "CAD": "0.50", "CHF": "0.50", "CZK": "15.00",
        "DKK": "2.50", "EUR": "0.50", "GBP": "0.30", "HKD": "4.00", "HUF": "175.00", "INR": "0.50", "JPY": "50",
        "MXN": "10.00", "MYR": "2.00", "NOK": "3.00", "NZD": "0.50", "PLN": "2.00", "RON": "2.00", "SEK": "3.00",
        "SGD": "0.50", "THB": "10.00", "USD": "0.50",
    }.items()
}  # fmt: skip


# Apple Pay and Google Pay are cards to Stripe: its page shows them where the payer has them.
_CARD: Final = ("card",)
# From this version on payment_method_types is refused, and a filter of what Stripe would offer takes its place
# (https://docs.stripe.com/changelog/endive/2026-09-30/removes-the-payment-method-types-parameter-from-payment-intents-and-setup-intents
# and …/remove-payment-method-types-checkout-sessions).
_FILTERS_SINCE: Final = "2026-09-30"


def customer_id(request: PaymentRequest) -> str | None:
    """The customer that a saved payment method belongs to."""
    return request.payment_method_data.get(CUSTOMER)


def customer_form(request: PaymentRequest) -> dict[str, Any]:
    """The form that makes the customer whom a payment method is saved for."""
    return {
        "name": request.customer.name,
        "email": request.customer.email,
        "phone": request.customer.phone,
        "address": _address(request.billing_address),
        "metadata": {"wasl_payment_id": str(request.payment_id)},
    }


def intent_form(
    request: PaymentRequest, units: int, *, api_version: str, email_receipts: bool, customer: str | None = None
) -> dict[str, Any]:
    """The form that makes a PaymentIntent.

    :param api_version: the Stripe-Version that is asked for.
    :param customer: who the payment method belongs to, or is to be saved for.
    """
    confirm = request.confirm and request.payment_method is not None
    # Without a way back a saved card is charged while its payer is away, and Stripe wants to know.
    payer_is_away = confirm and customer and not request.return_url and not request.save_payment_method
    return {
        "amount": units,
        "currency": request.money.currency.lower(),
        "capture_method": _capture_method(request),
        **_methods(request, api_version),
        "payment_method": request.payment_method,
        "customer": customer,
        "setup_future_usage": _future_usage(request),
        "confirm": True if confirm else None,
        "off_session": True if payer_is_away else None,
        "return_url": request.return_url if confirm else None,
        "description": request.description or request.reference,
        "receipt_email": request.customer.email if email_receipts else None,
        "shipping": _shipping(request),
        "statement_descriptor_suffix": request.statement_descriptor,
        "metadata": _metadata(request),
        "expand": ["latest_charge"],
    }


def session_form(request: PaymentRequest, units: int, *, api_version: str) -> dict[str, Any]:
    """The form that makes a Checkout Session. Stripe's page speaks no Arabic; it then follows the payer's browser."""
    description, customer = request.description or request.reference, customer_id(request)
    return {
        "mode": "payment",
        "success_url": request.return_url,
        "cancel_url": request.cancel_url,
        "client_reference_id": request.reference[:200],
        "customer": customer,
        "customer_creation": "always" if request.save_payment_method and not customer else None,
        "customer_email": None if customer else request.customer.email,
        "locale": "en" if request.locale == "en" else None,
        **_only(request, api_version),
        "line_items": _line_items(request) or [_line_item(description, 1, units, request)],
        "metadata": _metadata(request),
        "payment_intent_data": {
            "capture_method": _capture_method(request),
            "description": description,
            "setup_future_usage": _future_usage(request),
            "shipping": _shipping(request),
            "statement_descriptor_suffix": request.statement_descriptor,
            "metadata": _metadata(request),
        },
        "expand": ["payment_intent.latest_charge"],
    }


def _methods(request: PaymentRequest, api_version: str) -> dict[str, Any]:
    """What the payer can pay with: an explicit list stands in place of what Stripe would offer, a filter beside it."""
    only = _only(request, api_version)
    if "payment_method_types" in only:
        return only
    # A payer who cannot be sent back anywhere must not be sent away.
    offered = {"enabled": True, "allow_redirects": None if request.return_url else "never"}
    return {"automatic_payment_methods": offered, **only}


def _only(request: PaymentRequest, api_version: str) -> dict[str, Any]:
    if request.method is None:
        return {}
    return {"allowed_payment_method_types" if api_version >= _FILTERS_SINCE else "payment_method_types": _CARD}


def _line_items(request: PaymentRequest) -> list[dict[str, Any]]:
    """The order's lines, as long as Stripe comes to the very amount that is to be paid."""
    try:
        lines = [(item, minor_units(price)) for item, price in exact_lines(request)]
    except ValueError:
        return []
    return [_line_item(item.name, item.quantity, units, request, item.image_url) for item, units in lines]


def _line_item(
    name: str, quantity: int, units: int, request: PaymentRequest, image_url: str | None = None
) -> dict[str, Any]:
    product = {"name": name, "images": [image_url] if image_url else None}
    price = {"currency": request.money.currency.lower(), "unit_amount": units, "product_data": product}
    return {"quantity": quantity, "price_data": price}


def _shipping(request: PaymentRequest) -> dict[str, Any] | None:
    """Where the goods go; Stripe takes an address only with a name."""
    if request.shipping_address is None or request.customer.name is None:
        return None
    address = _address(request.shipping_address)
    return {"name": request.customer.name, "phone": request.customer.phone, "address": address}


def _address(address: Address | None) -> dict[str, Any] | None:
    return address.model_dump(exclude_none=True) if address else None


def _future_usage(request: PaymentRequest) -> str | None:
    return "off_session" if request.save_payment_method else None


def _metadata(request: PaymentRequest) -> dict[str, str]:
    return {**request.metadata, "wasl_payment_id": str(request.payment_id)}


def _capture_method(request: PaymentRequest) -> str:
    return "manual" if request.capture_method is CaptureMethod.MANUAL else "automatic"
