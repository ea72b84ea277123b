"""The bodies that Tabby's calls take, and what it would refuse in them.

Facts from Tabby's OpenAPI document and https://docs.tabby.ai/introduction/technical-requirements (amounts, phone
numbers, 255 characters for a text). The payer's name, e-mail and phone, an address and at least one item are required,
and every item wants a category. Tabby also requires the payer's history with the store, which the hub does not know:
it sends what is true of a new customer, registered now, without an order before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import ValidationError

from workers.providers.money import Money
from workers.providers.payments.models import (
    Address,
    LineItem,
    PaymentMode,
    PaymentRequest,
    RefundRequest,
)
from workers.providers.payments.suitability import unsuitable
from workers.providers.payments.tabby.manifest import MANIFEST, TabbySettings
from workers.providers.payments.tabby.objects import amount_of

TEXT_CHARS: Final = 255
# Tabby requires a postal code; the Emirates have none.
_NO_POSTAL_CODE: Final = "00000"


def fault(request: PaymentRequest, settings: TabbySettings) -> tuple[str, str] | None:
    """The input field at fault and what is wrong with it; None when the request can be sent."""
    if wrong := unsuitable(request, MANIFEST):
        return wrong
    if request.mode is not PaymentMode.CHECKOUT:
        return "mode", "Tabby takes payments on its own page only (checkout)"
    if request.money.currency != settings.currency:
        return "money.currency", f"this connection's store ({settings.country}) takes {settings.currency} only"
    for name in ("name", "email", "phone"):
        if getattr(request.customer, name) is None:
            return f"customer.{name}", "Tabby insists on it"
    if _address(request) is None:
        return "shipping_address", "Tabby insists on it; a billing address will do where nothing is shipped"
    return _fault_of_items(request, settings)


def _fault_of_items(request: PaymentRequest, settings: TabbySettings) -> tuple[str, str] | None:
    if not request.items:
        return "items", "Tabby insists on at least one"
    for number, item in enumerate(request.items):
        if item.category is None and settings.item_category is None:
            return (
                f"items.{number}.category",
                "Tabby insists on it, here or as the connection's setting item_category",
            )
        try:
            _price(item, request.money.currency)
        except ValidationError as error:
            reason = error.errors(include_url=False, include_context=False, include_input=False)[0]["msg"]
            return f"items.{number}.unit_amount", reason.removeprefix("Value error, ")
    return None


def session_body(request: PaymentRequest, settings: TabbySettings) -> dict[str, Any]:
    """A session, with its payment; only for a request without a `fault`."""
    giving_up = request.cancel_url or request.return_url
    return {
        "payment": _payment(request, settings),
        "lang": request.locale or settings.language.value,
        "merchant_code": settings.merchant_code,
        "merchant_urls": {"success": request.return_url, "cancel": giving_up, "failure": giving_up},
    }


def capture_body(amount: Money, reference: str) -> dict[str, Any]:
    """A capture. :param reference: the same one is captured once."""
    return {"amount": amount_of(amount), "reference_id": reference}


def refund_body(request: RefundRequest, amount: Money) -> dict[str, Any]:
    """A refund. Its reference is our refund's id: the same one is given back once, and found by it."""
    reason = request.note or (request.reason.value if request.reason else None)
    return _told(
        amount=amount_of(amount), reference_id=str(request.refund_id), reason=reason[:TEXT_CHARS] if reason else None
    )


def _payment(request: PaymentRequest, settings: TabbySettings) -> dict[str, Any]:
    currency, customer = request.money.currency, request.customer
    return {
        "amount": amount_of(request.money),
        "currency": currency,
        "description": (request.description or request.reference)[:TEXT_CHARS],
        "buyer": {"name": customer.name, "email": customer.email, "phone": customer.phone},
        "shipping_address": _shipping_address(request),
        "order": {
            "reference_id": request.reference,
            "items": [_item(item, currency, settings) for item in request.items],
        },
        "buyer_history": {"registered_since": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "loyalty_level": 0},
        "order_history": [],
        "meta": {"order_id": request.reference, **_cut(request.metadata), "wasl_payment_id": str(request.payment_id)},
    }


def _item(item: LineItem, currency: str, settings: TabbySettings) -> dict[str, Any]:
    return _told(
        title=item.name,
        quantity=item.quantity,
        unit_price=amount_of(_price(item, currency)),
        category=item.category or settings.item_category,
        reference_id=item.reference,
        image_url=item.image_url,
        product_url=item.product_url,
    )


def _price(item: LineItem, currency: str) -> Money:
    return Money.of(item.unit_amount, currency)


def _address(request: PaymentRequest) -> Address | None:
    return request.shipping_address or request.billing_address


def _shipping_address(request: PaymentRequest) -> dict[str, Any] | None:
    address = _address(request)
    if address is None:
        return None
    lines = ", ".join(line for line in (address.line1, address.line2) if line)
    return {"city": address.city, "address": lines[:TEXT_CHARS], "zip": address.postal_code or _NO_POSTAL_CODE}


def _cut(metadata: Mapping[str, str]) -> dict[str, str]:
    return {name: value[:TEXT_CHARS] for name, value in metadata.items()}


def _told(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
