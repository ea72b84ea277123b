"""The bodies of PayPal's calls (``checkout_orders_v2.json``, ``payments_payment_v2.json``), and what it would refuse.

Locales from https://developer.paypal.com/api/rest/reference/locale-codes/ .
"""

from __future__ import annotations

import re
from typing import Any, Final

from workers.providers.payments.items import exact_lines
from workers.providers.payments.models import Address, CaptureMethod, PaymentMode, PaymentRequest, RefundRequest
from workers.providers.payments.paypal.manifest import MANIFEST, PayPalSettings
from workers.providers.payments.paypal.objects import CUSTOMER, amount_object
from workers.providers.payments.suitability import unsuitable

DESCRIPTION_LIMIT_BYTES: Final = 127
INVOICE_LIMIT_CHARS: Final = 127
NOTE_LIMIT_BYTES: Final = 255
VAULT_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,255}")
_ITEM_LIMIT_BYTES: Final = 127
_LOCALES: Final = {"en": "en-AE", "ar": "ar-AE"}


def fault(request: PaymentRequest, settings: PayPalSettings) -> tuple[str, str] | None:
    """The input field at fault and what is wrong with it; None when the request can be sent."""
    if wrong := unsuitable(request, MANIFEST, saves_methods=True):
        return wrong
    ours = settings.settlement_currency.value
    if request.money.currency != ours:
        message = f"PayPal takes no {request.money.currency} on this connection, which settles in {ours}"
        return "money.currency", f"{message}; Wasl converts nothing"
    if request.mode is PaymentMode.CHECKOUT:
        return None
    if not VAULT_ID.fullmatch(request.payment_method or ""):
        return "payment_method", "is not a PayPal account that PayPal has saved for you"
    if request.save_payment_method:
        return "save_payment_method", "the account that pays is saved already"
    if not request.confirm:
        return "confirm", "cannot be false: PayPal takes a saved account's payment at once"
    return None


def order_body(request: PaymentRequest, *, brand_name: str | None, collect_shipping_address: bool) -> dict[str, Any]:
    """The order that a payment is made of. ValueError for decimals where PayPal takes none."""
    description, items = request.description or request.reference, _items(request)
    amount = amount_object(request.money)
    unit = {
        "amount": {**amount, "breakdown": {"item_total": amount}} if items else amount,
        "items": items,
        "shipping": _shipping(request),
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
            "shipping_preference": _shipping_preference(request, collect_shipping_address),
            "brand_name": brand_name,
            "locale": _LOCALES[request.locale] if request.locale else None,
        }
        wallet = {
            "email_address": request.customer.email,
            "address": _address(request.billing_address),
            "attributes": _vaulting(request),
            "experience_context": _told(experience),
        }
    return {"intent": intent, "purchase_units": [_told(unit)], "payment_source": {"paypal": _told(wallet)}}


def _items(request: PaymentRequest) -> list[dict[str, Any]] | None:
    """What is paid for: PayPal refuses an order whose items do not come to its amount."""
    try:
        priced = [(item, amount_object(price)) for item, price in exact_lines(request)]
    except ValueError:
        return None
    return [
        _told({
            "name": _cut(item.name, _ITEM_LIMIT_BYTES),
            "quantity": str(item.quantity),
            "unit_amount": price,
            "sku": _cut(item.reference, _ITEM_LIMIT_BYTES) if item.reference else None,
        })
        for item, price in priced
    ] or None  # fmt: skip


def _shipping(request: PaymentRequest) -> dict[str, Any] | None:
    if request.shipping_address is None:
        return None
    name = {"full_name": request.customer.name} if request.customer.name else None
    return _told({"name": name, "address": _address(request.shipping_address)})


def _shipping_preference(request: PaymentRequest, collect_shipping_address: bool) -> str:
    if request.shipping_address:
        return "SET_PROVIDED_ADDRESS"
    return "GET_FROM_FILE" if collect_shipping_address else "NO_SHIPPING"


def _vaulting(request: PaymentRequest) -> dict[str, Any] | None:
    """Have the account saved once it has paid, for a customer whom PayPal knows already or makes."""
    if not request.save_payment_method:
        return None
    customer = request.payment_method_data.get(CUSTOMER)
    vault = {"store_in_vault": "ON_SUCCESS", "usage_type": "MERCHANT"}
    return _told({"vault": vault, "customer": {"id": customer} if customer else None})


def _address(address: Address | None) -> dict[str, Any] | None:
    if address is None:
        return None
    return _told({
        "address_line_1": address.line1,
        "address_line_2": address.line2,
        "admin_area_2": address.city[:120],
        "admin_area_1": address.state,
        "postal_code": address.postal_code,
        "country_code": address.country,
    })  # fmt: skip


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
