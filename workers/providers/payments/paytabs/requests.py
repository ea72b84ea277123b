"""What PayTabs is sent, and what it would refuse.

Fields and limits from https://docs.paytabs.com (Request-Response-Parameters: ``cart_id`` at most 64 characters,
``cart_amount`` at least 0.01 …), the PHP SDK (``src/Request/Payload/Parts``) and the WooCommerce plugin.

The cart's id is Wasl's payment id, for the payment and for everything that follows it up, so that one query finds them
all; so do PayTabs' own plugins with the order's number. Which follow-up of ours one is its description says, which
PayTabs gives back with the transaction: ``Refund <refund id>``, ``Capture <key>`` (of all that is left), ``Part capture
<key>``, ``Void <key>``, ``Release <key>``.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import orjson

from workers.providers.manifest import Manifest
from workers.providers.money import Money
from workers.providers.payments.models import (
    Address,
    CaptureMethod,
    CaptureRequest,
    Customer,
    PaymentMode,
    PaymentRequest,
    RefundRequest,
)
from workers.providers.payments.paytabs.methods import METHODS, fault_of_method
from workers.providers.payments.paytabs.transactions import AUTH, SALE, is_reference, is_token
from workers.providers.payments.suitability import unsuitable

DESCRIPTION_CHARS: Final = 128
_URL_CHARS: Final = 255
_LEAST: Final = Decimal("0.01")
# Hexadecimal tokens of 32 digits, the form that PayTabs' own plugins ask for; others look like card numbers.
_TOKEN_FORMAT: Final = 2
_REFUND: Final = re.compile(r"Refund ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")

CAPTURE_MARK: Final = "Capture"
PART_CAPTURE_MARK: Final = "Part capture"
VOID_MARK: Final = "Void"
RELEASE_MARK: Final = "Release"


def fault(request: PaymentRequest, manifest: Manifest) -> tuple[str, str] | None:
    """The input field at fault and what is wrong with it; None when the request can be sent."""
    if wrong := unsuitable(request, manifest, saves_methods=True) or fault_of_method(request):
        return wrong
    if request.money.amount < _LEAST:
        return "money.amount", f"PayTabs takes {_LEAST} at least"
    if len(request.return_url or "") > _URL_CHARS:
        return "return_url", f"has more than {_URL_CHARS} characters"
    return _fault_of_direct(request) if request.mode is PaymentMode.DIRECT else None


def _fault_of_direct(request: PaymentRequest) -> tuple[str, str] | None:
    if request.payment_method is None:
        return "payment_method", "is needed for a direct payment: a token that PayTabs keeps"
    if not is_token(request.payment_method):
        return "payment_method", "is not a token of PayTabs'"
    if not is_reference(request.payment_method_data.get("tran_ref", "TST000000")):
        return "payment_method_data", "tran_ref is not a transaction reference of PayTabs'"
    if not request.confirm:
        return "confirm", "PayTabs tries to take a direct payment at once"
    return None


def page_body(request: PaymentRequest, cart_id: str, webhook_url: str | None) -> dict[str, Any]:
    """A payment on the hosted page (class ``ecom``)."""
    method = METHODS[request.method].codes_for(request.money.currency) if request.method else ()
    return _told(
        **_common(request, cart_id, webhook_url),
        tran_class="ecom",
        paypage_lang=request.locale,
        payment_methods=list(method) or None,
        shipping_details=_person(request.customer, request.shipping_address) if request.shipping_address else None,
        hide_shipping=True,
        tokenise=_TOKEN_FORMAT if request.save_payment_method else None,
        show_save_card=False if request.save_payment_method else None,
    )


def token_body(request: PaymentRequest, cart_id: str, webhook_url: str | None) -> dict[str, Any]:
    """A payment with a token (class ``recurring``: the payer is not there)."""
    return _told(
        **_common(request, cart_id, webhook_url),
        tran_class="recurring",
        token=request.payment_method,
        tran_ref=request.payment_method_data.get("tran_ref"),
    )


def _common(request: PaymentRequest, cart_id: str, webhook_url: str | None) -> dict[str, Any]:
    described = f"{request.reference}: {request.description}" if request.description else request.reference
    payer = _person(request.customer, request.billing_address)
    if request.country and "country" not in payer:
        payer["country"] = request.country
    return {
        "tran_type": SALE if request.capture_method is CaptureMethod.AUTOMATIC else AUTH,
        "cart_id": cart_id,
        "cart_description": described[:DESCRIPTION_CHARS],
        **amount_of(request.money),
        "callback": webhook_url,
        "return": request.return_url,
        "customer_details": payer or None,
    }


def follow_up_body(
    kind: str, tran_ref: str, cart_id: str, money: Money, description: str, webhook_url: str | None
) -> dict[str, Any]:
    """A capture, void, release or refund of a transaction."""
    return _told(
        tran_type=kind,
        tran_class="ecom",
        tran_ref=tran_ref,
        cart_id=cart_id,
        cart_description=description[:DESCRIPTION_CHARS],
        **amount_of(money),
        callback=webhook_url,
    )


def marked(mark: str, key: str) -> str:
    """The description of one of our follow-ups."""
    return f"{mark} {key}"[:DESCRIPTION_CHARS]


def capture_descriptions(request: CaptureRequest) -> tuple[str, str]:
    """The description that a capture would have, of all that is left and of a part."""
    return marked(CAPTURE_MARK, request.idempotency_key), marked(PART_CAPTURE_MARK, request.idempotency_key)


def mark_of(description: str) -> str | None:
    """The mark in a description; None where the follow-up is not one of ours."""
    marks = (CAPTURE_MARK, PART_CAPTURE_MARK, VOID_MARK, RELEASE_MARK)
    return next((mark for mark in marks if description.startswith(f"{mark} ")), None)


def refund_description(request: RefundRequest) -> str:
    """The description of a refund: Wasl's id of it, and why."""
    why = request.note or (request.reason.value if request.reason else "")
    return f"Refund {request.refund_id} {why}".strip()[:DESCRIPTION_CHARS]


def refund_of(description: str) -> UUID | None:
    """Wasl's id of a refund, from its description."""
    found = _REFUND.match(description)
    return UUID(found[1]) if found else None


def amount_of(money: Money) -> dict[str, Any]:
    """An amount as PayTabs wants it: a decimal number, here written without passing through a float."""
    number = orjson.Fragment(format(money.amount, "f"))
    return {"cart_currency": money.currency, "cart_amount": number}


def _person(customer: Customer, address: Address | None) -> dict[str, Any]:
    lines = [address.line1, address.line2] if address else []
    return _told(
        name=customer.name,
        email=customer.email,
        phone=customer.phone,
        street1=", ".join(line for line in lines if line) or None,
        city=address.city if address else None,
        state=address.state if address else None,
        country=address.country if address else None,
        zip=address.postal_code if address else None,
    )


def _told(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
