"""The bodies that Checkout.com's calls take, and what it would refuse in them.

Facts from the published specification (nas_spec; for hosted pages abc_spec, which has the same fields) and from
https://api-reference.checkout.com . Where the limits of the two differ the smaller one is kept.

A card is kept unless ``store_for_future_use`` says otherwise, so it is always said; that and payments without the payer
(``Unscheduled``, with the payment that the payer made) from
https://www.checkout.com/docs/payments/accept-payments/pay-with-stored-card-details . For a page the same is said in
``payment_method_configuration``, which wants the customer's e-mail address (checkout-sdk-java 23c85c1,
``HostedPaymentRequest``, ``StorePaymentDetailsType``). What was asked for is not told again, so it is noted in the
payment's metadata.
"""

from __future__ import annotations

import re
from typing import Any, Final

from workers.providers.payments.checkout.manifest import MANIFEST, PAGE_METHODS, CheckoutSettings
from workers.providers.payments.checkout.objects import (
    CUSTOMER,
    PREVIOUS_PAYMENT,
    SAVING,
    minor_units,
    refund_reference,
)
from workers.providers.payments.items import exact_lines
from workers.providers.payments.models import (
    Address,
    CaptureMethod,
    PaymentMethodType,
    PaymentMode,
    PaymentRequest,
    RefundRequest,
)
from workers.providers.payments.suitability import unsuitable

# A payment's reference may have 50 characters (80 by newer documents), but 30 when the card is an American Express.
REFERENCE_CHARS: Final = 30
_DESCRIPTION_CHARS: Final = 100
_URL_CHARS: Final = 255
_TOKEN: Final = re.compile(r"tok_[A-Za-z0-9]{1,64}")
INSTRUMENT: Final = re.compile(r"src_[A-Za-z0-9]{1,64}")
_LOCALES: Final = {"en": "en-GB", "ar": "ar"}
_TOKEN_METHODS: Final = frozenset(
    {PaymentMethodType.CARD, PaymentMethodType.APPLE_PAY, PaymentMethodType.GOOGLE_PAY, PaymentMethodType.MADA}
)
_HIGHEST_PRICE: Final = 100_000_000


def reference(request: PaymentRequest) -> str:
    """The merchant's reference, as far as Checkout.com takes it; the payment is recognised by its metadata."""
    return request.reference[:REFERENCE_CHARS]


def fault(request: PaymentRequest, settings: CheckoutSettings) -> tuple[str, str] | None:
    """The input field at fault and what is wrong with it; None when the request can be sent."""
    if wrong := unsuitable(request, MANIFEST, saves_methods=True):
        return wrong
    for name in ("return_url", "cancel_url"):
        if len(getattr(request, name) or "") > _URL_CHARS:
            return name, f"has more than {_URL_CHARS} characters"
    if request.statement_descriptor and not settings.statement_city:
        return "statement_descriptor", "needs the connection's setting statement_city, which Checkout.com asks for"
    if request.mode is PaymentMode.DIRECT:
        return _fault_of_direct(request)
    if request.save_payment_method and request.customer.email is None:
        return "customer.email", "is needed where the page is to keep the payer's card"
    return None


def _fault_of_direct(request: PaymentRequest) -> tuple[str, str] | None:
    token = request.payment_method
    if token is None:
        return "payment_method", "is needed for a direct payment: a token (tok_…) or an instrument (src_…)"
    if not _TOKEN.fullmatch(token) and not INSTRUMENT.fullmatch(token):
        return "payment_method", "is neither a token (tok_…) nor an instrument (src_…)"
    if request.method is not None and request.method not in _TOKEN_METHODS:
        return "method", f"{request.method.value} is paid on Checkout.com's page only"
    if not request.confirm:
        return "confirm", "Checkout.com tries to take a direct payment at once"
    return None


def payment_body(request: PaymentRequest, units: int, settings: CheckoutSettings) -> dict[str, Any]:
    """A payment with a token or a stored instrument."""
    # A payer who cannot be sent back anywhere must not be sent away to authenticate.
    authenticate = settings.three_d_secure and request.return_url is not None
    return _told(
        source=_source(request),
        **_common(request, units, settings),
        **{"3ds": {"enabled": authenticate}},
        **_without_the_payer(request),
        success_url=request.return_url,
        failure_url=request.return_url,
    )


def _source(request: PaymentRequest) -> dict[str, Any]:
    token = request.payment_method or ""
    if not _TOKEN.fullmatch(token):
        return {"type": "id", "id": token}
    return _told(
        type="token",
        token=token,
        store_for_future_use=request.save_payment_method,
        billing_address=_address(request.billing_address),
    )


def _without_the_payer(request: PaymentRequest) -> dict[str, Any]:
    """A stored card whose payer has no way back is charged by the merchant, after a payment that the payer made."""
    earlier = request.payment_method_data.get(PREVIOUS_PAYMENT)
    if request.return_url or not earlier or not INSTRUMENT.fullmatch(request.payment_method or ""):
        return {}
    return {"payment_type": "Unscheduled", "merchant_initiated": True, "previous_payment_id": earlier}


def page_body(request: PaymentRequest, units: int, settings: CheckoutSettings) -> dict[str, Any]:
    """A hosted page. It wants a country to begin with: the payer's, else the connection's."""
    country = {"country": request.country or settings.billing_country}
    keeping = {"card": {"store_payment_details": "enabled"}}
    return _told(
        **_common(request, units, settings),
        **{"3ds": {"enabled": settings.three_d_secure}},
        billing={"address": _address(request.billing_address) or country},
        products=_products(request),
        allow_payment_methods=list(PAGE_METHODS[request.method]) if request.method else None,
        payment_method_configuration=keeping if request.save_payment_method else None,
        locale=_LOCALES[request.locale] if request.locale else None,
        success_url=request.return_url,
        failure_url=request.return_url,
        cancel_url=request.cancel_url or request.return_url,
    )


def _products(request: PaymentRequest) -> list[dict[str, Any]] | None:
    """What is paid for, where it adds up to the payment."""
    try:
        priced = [(item, minor_units(price)) for item, price in exact_lines(request)]
    except ValueError:
        return None
    if not priced or any(units > _HIGHEST_PRICE for _, units in priced):
        return None
    return [{"name": item.name, "quantity": item.quantity, "price": units} for item, units in priced]


def _address(address: Address | None) -> dict[str, Any] | None:
    if address is None:
        return None
    return _told(
        address_line1=address.line1[:200],
        address_line2=address.line2[:200] if address.line2 else None,
        city=address.city[:50],
        state=address.state,
        zip=address.postal_code,
        country=address.country,
    )


def _customer(request: PaymentRequest) -> dict[str, Any] | None:
    known = request.payment_method_data.get(CUSTOMER) if request.mode is PaymentMode.DIRECT else None
    if known:
        return {"id": known}
    return _told(email=request.customer.email, name=request.customer.name) or None


def _common(request: PaymentRequest, units: int, settings: CheckoutSettings) -> dict[str, Any]:
    descriptor = {"name": request.statement_descriptor, "city": settings.statement_city}
    return {
        "amount": units,
        "currency": request.money.currency,
        "reference": reference(request),
        "description": (request.description or request.reference)[:_DESCRIPTION_CHARS],
        "capture": request.capture_method is CaptureMethod.AUTOMATIC,
        "customer": _customer(request),
        "shipping": {"address": _address(request.shipping_address)} if request.shipping_address else None,
        "billing_descriptor": descriptor if request.statement_descriptor else None,
        "processing_channel_id": settings.processing_channel_id,
        "metadata": metadata(request),
    }


def metadata(request: PaymentRequest) -> dict[str, str]:
    """The merchant's facts and Wasl's own."""
    ours = {"wasl_payment_id": str(request.payment_id), **(SAVING if request.save_payment_method else {})}
    return {**request.metadata, **ours}


def refund_body(request: RefundRequest, units: int) -> dict[str, Any]:
    """A refund; both its reference and its metadata tell whose it is."""
    facts = {
        "wasl_payment_id": str(request.payment_id),
        "wasl_refund_id": str(request.refund_id),
        "reason": request.reason.value if request.reason else None,
        "note": request.note,
    }
    return {"amount": units, "reference": refund_reference(request.refund_id), "metadata": _told(**facts)}


def _told(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
