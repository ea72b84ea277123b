"""The bodies that Tamara's calls take, and what it would refuse in them.

Fields from the modelled OpenAPI documents and Tamara's own PHP SDK (`Order`, `OrderItem`, `Address`, `Capture`). The
e-mail address is insisted on as well: Tamara has an error for its absence (``consumer_empty_email``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import orjson

from workers.providers.money import Money
from workers.providers.payments.models import Address, Customer, LineItem, PaymentMode, PaymentRequest, RefundRequest
from workers.providers.payments.tamara.manifest import COUNTRIES, PaymentType, TamaraSettings

_LOCALES: Final = {"en": "en_US", "ar": "ar_SA"}
_DESCRIPTION_CHARS: Final = 256


def amount_of(money: Money) -> dict[str, Any]:
    """An amount as Tamara wants it: a decimal number, written digit for digit."""
    return {"amount": orjson.Fragment(format(money.amount, "f")), "currency": money.currency}


def fault(request: PaymentRequest) -> tuple[str, str] | None:
    """The input field at fault and what is wrong with it; None when the request can be sent."""
    if request.mode is not PaymentMode.CHECKOUT:
        return "mode", "Tamara takes payments on its own page only (checkout)"
    customer = request.customer
    if customer.name is None or len(customer.name.split()) < 2:
        return "customer.name", "Tamara needs the payer's first and last name"
    if customer.email is None:
        return "customer.email", "Tamara needs the payer's e-mail address"
    if customer.phone is None:
        return "customer.phone", "Tamara needs the payer's mobile number"
    if _address(request) is None:
        return "shipping_address", "Tamara needs an address, to ship to or to bill"
    return _fault_of_items(request)


def _fault_of_items(request: PaymentRequest) -> tuple[str, str] | None:
    if not any(item.unit_amount >= 0 for item in request.items):
        return "items", "Tamara needs to know what is paid for, one item at least"
    try:
        for item in request.items:
            _line_total(item, request.money.currency)
    except ValueError:
        return "items", f"an amount does not fit {request.money.currency}"
    return None


def checkout_body(request: PaymentRequest, settings: TamaraSettings, webhook_url: str | None) -> dict[str, Any]:
    """A page to pay on. Our id is the order's reference; the merchant's, the number that the payer sees.

    Items with a negative price are the discount: Tamara knows no other way to take something off.
    """
    currency, zero = request.money.currency, amount_of(Money.of(0, request.money.currency))
    customer = request.customer
    return _told(
        order_reference_id=str(request.payment_id),
        order_number=request.reference,
        total_amount=amount_of(request.money),
        description=(request.description or request.reference)[:_DESCRIPTION_CHARS],
        country_code=COUNTRIES[currency],
        payment_type=settings.payment_type.value,
        instalments=settings.instalments if settings.payment_type is PaymentType.INSTALMENTS else None,
        locale=_LOCALES[request.locale] if request.locale else None,
        items=[_item(place, each, currency) for place, each in enumerate(request.items, 1) if each.unit_amount >= 0],
        discount=_discount([each for each in request.items if each.unit_amount < 0], currency),
        consumer={**_names(customer), "phone_number": customer.phone, "email": customer.email},
        billing_address=_address_body(request.billing_address, customer),
        shipping_address=_address_body(_address(request), customer),
        tax_amount=zero,
        shipping_amount=zero,
        merchant_url=_told(
            success=request.return_url,
            failure=request.return_url,
            cancel=request.cancel_url or request.return_url,
            notification=webhook_url,
        ),
        expires_in_minutes=settings.expires_in_minutes,
    )


def capture_body(order_id: str, amount: Money, settings: TamaraSettings, now: datetime) -> dict[str, Any]:
    """A capture, which to Tamara says that the goods are on their way."""
    shipping = {"shipped_at": now.isoformat(timespec="seconds"), "shipping_company": settings.shipping_company}
    return {"order_id": order_id, "total_amount": amount_of(amount), "shipping_info": shipping}


def refund_body(request: RefundRequest, amount: Money) -> dict[str, Any]:
    """A refund. Its comment names our id, too: webhooks show the comment, and not the field meant for ids."""
    why = request.note or (request.reason.value.replace("_", " ") if request.reason else None)
    comment = f"Refund {request.refund_id}"
    return {
        "total_amount": amount_of(amount),
        "comment": f"{comment}: {why}"[:255] if why else comment,
        "merchant_refund_id": str(request.refund_id),
    }


def _item(place: int, item: LineItem, currency: str) -> dict[str, Any]:
    reference = item.reference or str(place)
    return _told(
        reference_id=reference,
        type=item.category or "Physical",
        name=item.name,
        sku=reference,
        quantity=item.quantity,
        unit_price=amount_of(Money.of(item.unit_amount, currency)),
        total_amount=amount_of(_line_total(item, currency)),
        image_url=item.image_url,
        item_url=item.product_url,
    )


def _discount(items: Sequence[LineItem], currency: str) -> dict[str, Any] | None:
    if not items:
        return None
    total = sum(_line_total(item, currency).amount for item in items)
    return {"name": items[0].name, "amount": amount_of(Money.of(total, currency))}


def _line_total(item: LineItem, currency: str) -> Money:
    """The size of a line's amount; ValueError where it does not fit the currency."""
    return Money.of(Money.of(abs(item.unit_amount), currency).amount * item.quantity, currency)


def _address(request: PaymentRequest) -> Address | None:
    """Where the goods go; for what is not shipped, where the bill goes."""
    return request.shipping_address or request.billing_address


def _address_body(address: Address | None, customer: Customer) -> dict[str, Any] | None:
    if address is None:
        return None
    return _told(
        **_names(customer),
        line1=address.line1,
        line2=address.line2,
        region=address.state,
        postal_code=address.postal_code,
        city=address.city,
        country_code=address.country,
        phone_number=customer.phone,
    )


def _names(customer: Customer) -> dict[str, str]:
    first, _, last = " ".join((customer.name or "").split()).partition(" ")
    return {"first_name": first, "last_name": last}


def _told(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
