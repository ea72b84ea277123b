"""What requests for payments and hosted pages say, read as strictly as they are specified."""

from __future__ import annotations

import re
from typing import Any

from sandbox.payments.checkout.account import Account, Object
from sandbox.payments.checkout.errors import CheckoutError
from sandbox.payments.checkout.fields import Fields, read_money

_TOKENS = {"token": re.compile(r"tok_\w{26}"), "id": re.compile(r"src_\w{26}")}
_PAGE_METHODS = frozenset(
    ("card", "applepay", "googlepay", "paypal", "tabby", "tamara", "stcpay", "knet", "benefit", "qpay")
)
_LOCALES = ("ar", "en-GB", "fr-FR", "hi-IN", "fil-PH")
_HIGHEST_PRICE = 100_000_000


def read_payment(account: Account, body: Any) -> Object:
    """POST /payments"""
    fields = Fields(body)
    request = _read_common(fields, hosted=False)
    source = fields.child("source", required=True)
    request["token"], request["keep"] = _read_source(account, source)
    fields.text("payment_type", 11, choices=("Regular", "Recurring", "MOTO", "Installment", "Unscheduled"))
    request["merchant_initiated"] = fields.boolean("merchant_initiated", False)
    earlier = fields.text("previous_payment_id", 100)
    if request["merchant_initiated"] and (earlier is None or earlier not in account.payments):
        raise CheckoutError(422, "previous_payment_id_invalid")
    fields.done()
    return request


def read_page(body: Any) -> Object:
    """POST /hosted-payments"""
    fields = Fields(body)
    request = _read_common(fields, hosted=True)
    request["cancel_url"] = fields.url("cancel_url", required=True)
    billing = fields.child("billing", required=True)
    request["billing"] = {"address": billing.address("address", country_needed=True)}
    billing.done()
    request["products"] = fields.anything("products")
    for product in Fields({"products": request["products"]}).children("products"):
        _check_product(product)
    fields.text("locale", 6, choices=_LOCALES)
    fields.texts("allow_payment_methods", _PAGE_METHODS)
    keeping = fields.child("payment_method_configuration").child("card")
    choice = keeping.text("store_payment_details", 16, choices=("enabled", "disabled", "collect_consent"))
    request["keep"] = choice == "enabled"
    if request["keep"] and not (request["customer"] or {}).get("email"):
        raise CheckoutError(422, "customer_email_required")
    fields.done()
    return {**request, "merchant_initiated": False}


def _read_common(fields: Fields, *, hosted: bool) -> Object:
    amount, currency = read_money(fields)
    request: Object = {
        "amount": amount,
        "currency": currency,
        "reference": fields.text("reference", 50),
        "description": fields.text("description", 100),
        "capture": fields.boolean("capture", True),
        "success_url": fields.url("success_url", required=hosted),
        "failure_url": fields.url("failure_url", required=hosted),
        "metadata": fields.flat("metadata"),
        "customer": fields.anything("customer"),
    }
    fields.text("processing_channel_id", 29)
    shipping = fields.child("shipping")
    shipping.address("address")
    shipping.done()
    secure = fields.child("3ds")
    request["3ds"] = secure.boolean("enabled", False)
    secure.done()
    descriptor = fields.anything("billing_descriptor")
    if descriptor is not None:
        named = Fields(descriptor, "billing_descriptor_")
        named.text("name", 25, required=True)
        named.text("city", 13, required=True)
        named.done()
    return request


def _read_source(account: Account, source: Fields) -> tuple[str, bool]:
    """The token or instrument, and whether it is to be kept, which a token is unless it says otherwise."""
    kind = source.text("type", 10, required=True, choices=("token", "id")) or ""
    token = source.text(kind if kind == "token" else "id", 40, required=True) or ""
    keep = source.boolean("store_for_future_use", True) if kind == "token" else False
    if kind == "token":
        source.address("billing_address")
    source.done()
    kept = account.instruments.get(token)
    if not _TOKENS[kind].fullmatch(token) or token[4:].startswith("unknown") or (kept and kept.forgotten):
        raise CheckoutError(422, "token_invalid" if kind == "token" else "source_id_invalid")
    return token, keep


def _check_product(product: Fields) -> None:
    product.text("name", 255, required=True)
    product.integer("quantity", required=True)
    price = product.anything("price")
    if not isinstance(price, int) or isinstance(price, bool) or not 0 <= price <= _HIGHEST_PRICE:
        raise CheckoutError(422, "products_price_invalid")
    product.done()
