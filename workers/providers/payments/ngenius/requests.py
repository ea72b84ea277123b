"""Orders as N-Genius wants them (https://docs.ngenius-payments.com/reference/list-of-order-input-attributes).

``merchantOrderReference`` takes letters, digits and hyphens only, so Wasl's payment id goes there and the merchant's
own reference into ``merchantDefinedData``, which the WooCommerce plugin uses for facts of its own in the same way.
"""

from __future__ import annotations

import re
from typing import Any, Final

from workers.providers.payments.models import Address, CaptureMethod, PaymentRequest
from workers.providers.payments.ngenius.manifest import NGeniusSettings
from workers.providers.payments.ngenius.objects import amount_of

# Country calling codes of one and two digits (ITU-T E.164); every other has three.
_CALLING_CODE: Final = re.compile(
    r"\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[0-9]{3})([0-9]{4,14})"
)


def order_body(request: PaymentRequest, settings: NGeniusSettings, reference: str) -> dict[str, Any]:
    """The order for a payment on the hosted page.

    :param reference: the merchant order reference.
    """
    automatic = request.capture_method is CaptureMethod.AUTOMATIC
    page = {
        "redirectUrl": request.return_url,
        "cancelUrl": request.cancel_url,
        "skipConfirmationPage": settings.skip_confirmation_page,
    }
    body = {
        "action": settings.sale_action.value if automatic else "AUTH",
        "amount": amount_of(request.money),
        "merchantOrderReference": reference,
        "language": request.locale or settings.language.value,
        "merchantAttributes": _known(page),
        "merchantDefinedData": {
            **request.metadata,
            **({"description": request.description} if request.description else {}),
            "reference": request.reference,
            "wasl_payment_id": str(request.payment_id),
        },
        **_payer(request),
    }
    return _known(body)


def _payer(request: PaymentRequest) -> dict[str, Any]:
    customer = request.customer
    first, _, last = (customer.name or "").strip().rpartition(" ")
    names = {"firstName": first.strip(), "lastName": last}
    phone = _CALLING_CODE.fullmatch(customer.phone or "")
    return {
        "emailAddress": customer.email,
        # Both names or none: N-Genius refuses an address without one of them.
        "billingAddress": {**names, **_address(request.billing_address)} if first else None,
        "phoneNumber": {"countryCode": phone[1], "subscriber": phone[2]} if phone else None,
    }


def _address(address: Address | None) -> dict[str, Any]:
    """The fields of an address as the WooCommerce plugin sends them."""
    if address is None:
        return {}
    fields = {
        "address1": address.line1,
        "address2": address.line2,
        "city": address.city,
        "stateCode": address.state,
        "postalCode": address.postal_code,
        "countryCode": address.country,
    }
    return _known(fields)


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
