"""Customers, and the payment methods that are kept for them."""

from __future__ import annotations

from sandbox.payments.stripe.account import Account, Object, new_id
from sandbox.payments.stripe.errors import StripeError, missing
from sandbox.payments.stripe.params import Params

_ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")


def create_customer(account: Account, params: Params) -> Object:
    """POST /v1/customers"""
    details = {name: params.text(name, max_chars=512) for name in ("name", "email", "phone", "description")}
    address, metadata = read_address(params.child("address")), params.metadata()
    params.done()
    return new_customer(account, **details, address=address, metadata=metadata)


def new_customer(account: Account, **details: object) -> Object:
    """Somebody who pays."""
    customer: Object = {
        "id": new_id("cus_", 14),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": account.seconds(),
        "default_source": None,
        "description": None,
        "email": None,
        "livemode": False,
        "metadata": {},
        "name": None,
        "phone": None,
        "shipping": None,
        **details,
    }
    account.customers[customer["id"]] = customer
    return customer


def read_address(params: Params) -> Object | None:
    """A postal address; None when none was sent."""
    found = {name: params.text(name) for name in _ADDRESS}
    return found if any(found.values()) else None


def read_shipping(params: Params) -> Object | None:
    """Where the goods go."""
    if not params.was_sent:
        return None
    shipping = {"name": params.required("name"), "phone": params.text("phone"), "carrier": None}
    return {**shipping, "address": read_address(params.child("address")), "tracking_number": None}


def check_customer(account: Account, customer_id: str | None) -> None:
    """:raises StripeError: there is no such customer."""
    if customer_id is not None and customer_id not in account.customers:
        raise StripeError(400, f"No such customer: '{customer_id}'", code="resource_missing", param="customer")


def original_of(account: Account, payment_method: str, customer_id: str | None) -> str:
    """The test payment method that a saved one was made of; another is its own.

    :raises StripeError: it is another customer's, or nobody's any more.
    """
    kept = account.payment_methods.get(payment_method)
    if kept is None:
        return payment_method
    if kept["customer"] is None:
        message = "The provided PaymentMethod was detached from a Customer, and may not be used again."
        raise StripeError(400, message, param="payment_method")
    if kept["customer"] != customer_id:
        message = f"The PaymentMethod {payment_method} does not belong to the Customer you supplied."
        raise StripeError(400, message, param="payment_method")
    return account.originals[payment_method]


def keep(account: Account, intent: Object, original: str) -> None:
    """Attach what an intent was paid with to its customer, where that was asked for."""
    if not intent["customer"] or not intent["setup_future_usage"] or original in account.payment_methods:
        return
    empty = {"address": dict.fromkeys(_ADDRESS), "email": None, "name": None, "phone": None, "tax_id": None}
    method: Object = {
        "id": new_id("pm_"),
        "object": "payment_method",
        "billing_details": empty,
        "card": card_of(),
        "created": account.seconds(),
        "customer": intent["customer"],
        "livemode": False,
        "metadata": {},
        "type": "card",
    }
    account.payment_methods[method["id"]] = method
    account.originals[method["id"]] = original
    intent["payment_method"] = method["id"]


def card_of() -> Object:
    """The card behind every test payment method, as a payment method shows it."""
    return {
        "brand": "visa",
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "AE",
        "exp_month": 4,
        "exp_year": 2029,
        "fingerprint": "Xt5EWLLDS7FJjR1c",
        "funding": "credit",
        "generated_from": None,
        "last4": "4242",
        "networks": {"available": ["visa"], "preferred": None},
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def retrieve(account: Account, method_id: str) -> Object:
    """GET /v1/payment_methods/{id}"""
    if method_id not in account.payment_methods:
        raise missing("PaymentMethod", method_id, "payment_method")
    return account.payment_methods[method_id]


def detach(account: Account, method_id: str, params: Params) -> Object:
    """POST /v1/payment_methods/{id}/detach"""
    params.done()
    method = retrieve(account, method_id)
    if method["customer"] is None:
        message = "The payment method you provided is not attached to a customer so detachment is impossible."
        raise StripeError(400, message)
    method["customer"] = None
    return method
