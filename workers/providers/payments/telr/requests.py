"""Requests as Telr wants them.

Orders (``POST /gateway/order.json``): https://docs.telr.com/reference/payment-page and …/check-status-1,
customer-details; names of fields also from several public integrations. Transactions (``POST /gateway/remote.xml``):
https://docs.telr.com/reference/request-methods, transaction-types, recurring-transactions-1, and Telr's own plugins.

``cartid`` takes 63 characters and has to be unique, so it is Wasl's payment id, with a suffix where an order is
opened anew or the card is to be kept. Telr's JSON has no place for metadata, a region or a postal code that is known
here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from workers.providers.money import Money
from workers.providers.payments.models import Address, CaptureMethod, Customer, PaymentRequest
from workers.providers.payments.telr.documents import carried
from workers.providers.payments.telr.manifest import TelrSettings
from workers.providers.xml import write_xml

ECOMMERCE: Final = "ecom"
CONTINUOUS: Final = "cont"
"""Continuous authority: a further charge of a card that was used before, without the payer."""


def decimal_text(money: Money) -> str:
    """An amount as Telr wants it: major units with the currency's decimals, such as ``99.00`` or ``1.500``."""
    return format(money.amount, "f")


def description_of(request: PaymentRequest) -> str:
    """What the payer reads; whatever has characters left that Telr carries."""
    return carried(request.description or "") or carried(request.reference) or str(request.payment_id)


def order_body(request: PaymentRequest, settings: TelrSettings, auth_key: str, cart: str, *, test: bool) -> Any:
    """A new order for the hosted page."""
    automatic = request.capture_method is CaptureMethod.AUTOMATIC
    body = {
        "method": "create",
        "store": int(settings.store_id),
        "authkey": auth_key,
        "framed": 0,
        "language": request.locale or settings.language.value,
        "order": {
            "cartid": cart,
            "test": int(test),
            "amount": decimal_text(request.money),
            "currency": request.money.currency,
            "description": description_of(request),
            "trantype": "sale" if automatic else "auth",
        },
        "return": {
            "authorised": request.return_url,
            "declined": request.return_url,
            "cancelled": request.cancel_url or request.return_url,
        },
        "customer": _customer(request.customer, request.billing_address) or None,
    }
    return _known(body)


def check_body(settings: TelrSettings, auth_key: str, order_ref: str) -> dict[str, Any]:
    """The question how an order stands."""
    return {"method": "check", "store": int(settings.store_id), "authkey": auth_key, "order": {"ref": order_ref}}


def transaction_body(
    settings: TelrSettings,
    remote_key: str,
    kind: str,
    amount: Money,
    *,
    reference: str,
    cart: str,
    description: str,
    test: bool,
    transaction_class: str = ECOMMERCE,
) -> bytes:
    """A transaction that follows another one.

    :param kind: ``capture``, ``release``, ``refund``, or ``sale`` with the class of continuous authority.
    :param reference: the earlier transaction's.
    """
    transaction = {
        "type": kind,
        "class": transaction_class,
        "cartid": cart,
        "description": description,
        "test": int(test),
        "currency": amount.currency,
        "amount": decimal_text(amount),
        "ref": reference,
    }
    return write_xml("remote", {"store": settings.store_id, "key": remote_key, "tran": transaction})


def _customer(customer: Customer, address: Address | None) -> dict[str, Any]:
    first, _, last = carried(customer.name or "").rpartition(" ")
    name = {"forenames": first or last or None, "surname": last if first else None}
    place = {}
    if address is not None:
        place = {
            "line1": carried(address.line1) or None,
            "line2": carried(address.line2 or "") or None,
            "line3": carried(address.state or "") or None,
            "city": carried(address.city) or None,
            "country": address.country,
        }
    fields = {
        "email": customer.email,
        "phone": customer.phone,
        "name": _known(name) or None,
        "address": _known(place) or None,
    }
    return _known(fields)


def _known(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
