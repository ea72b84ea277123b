"""Orders: made, agreed to, and completed."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from sandbox.payments.paypal.account import AUTHORIZATION_SECONDS, Account, Object, new_id
from sandbox.payments.paypal.errors import PayPalError, refused
from sandbox.payments.paypal.vault import breakdown, check_attributes, funding_of, save

CURRENCIES = "AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS JPY MXN MYR NOK NZD PHP PLN SEK SGD THB TWD USD"
WITHOUT_DECIMALS = frozenset({"HUF", "JPY", "TWD"})
_NOT_APPROVED = {
    "authorize": "Payer has not yet approved the Order for payment. Please redirect the payer to the 'rel':'approve' "
    "url returned as part of the HATEOAS links within the Create Order call.",
    "capture": "Payer has not yet approved the Order for payment. Please redirect the payer to the 'rel':'approve' "
    "url returned as part of the HATEOAS links within the Create Order call or provide a valid `payment_source` in the "
    "request.",
}
_ALREADY = {
    "authorize": "Order already authorized.If 'intent=AUTHORIZE' only one authorization per order is allowed.",
    "capture": "Order already captured.If 'intent=CAPTURE' only one capture per order is allowed.",
}
_NO_SUCH_CURRENCY = (
    "Currency code is invalid or is not currently supported. Please refer "
    "https://developer.paypal.com/api/rest/reference/currency-codes/ for list of supported currency codes."
)
_DUPLICATE = (
    "Duplicate Invoice ID detected. To avoid a potential duplicate transaction your account setting requires that "
    "Invoice Id be unique for each transaction."
)
_DECLINED = (
    "The instrument presented  was either declined by the processor or bank, or it can't be used for this payment."
)
_QUANTITY = r"[1-9][0-9]{0,9}"
_EXPERIENCE = "/payment_source/paypal/experience_context"
_UNIT = "/purchase_units/@reference_id=='default'"
_KNOWN = {"intent", "purchase_units", "payment_source"}
FUNDING = ("ok", "decline", "pending", "refuse_capture", "pending_refund")


def create_order(account: Account, given: Object) -> Object:
    """POST /v2/checkout/orders; with a saved account it is paid at once."""
    if not given.keys() <= _KNOWN or given.get("intent") not in ("CAPTURE", "AUTHORIZE"):
        raise PayPalError(400, "INVALID_PARAMETER_VALUE", "The value of a field is invalid.", "/intent")
    units = given.get("purchase_units")
    if not isinstance(units, list) or len(units) != 1:
        raise PayPalError(400, "INVALID_ARRAY_MIN_ITEMS", "The number of items is too small.", "/purchase_units")
    unit, wallet = units[0], (given.get("payment_source") or {}).get("paypal") or {}
    read_amount(unit.get("amount"), f"{_UNIT}/amount")
    _check_items(unit)
    check_attributes(wallet.get("attributes") or {})
    order = _new_order(account, given["intent"], unit, wallet)
    if "vault_id" not in wallet:
        _check_experience(wallet.get("experience_context") or {}, unit)
        order["links"].append(account.link(f"/checkoutnow/{order['id']}", "payer-action"))
        account.orders[order["id"]] = order
        return order
    account.funding[order["id"]] = funding_of(account, wallet["vault_id"])
    account.orders[order["id"]] = order
    order["status"] = "APPROVED"
    try:
        return complete_order(account, order, "authorize" if order["intent"] == "AUTHORIZE" else "capture")
    except PayPalError:
        del account.orders[order["id"]]
        raise


def read_amount(amount: Any, pointer: str) -> Decimal:
    """An amount, refused as PayPal would."""
    if not isinstance(amount, dict) or not {"currency_code", "value"} <= amount.keys():
        raise PayPalError(400, "MISSING_REQUIRED_PARAMETER", "A required field is missing.", pointer)
    if amount["currency_code"] not in CURRENCIES.split():
        raise refused("INVALID_CURRENCY_CODE", _NO_SUCH_CURRENCY, f"{pointer}/currency_code")
    if not isinstance(amount["value"], str) or not re.fullmatch(r"[0-9]{1,20}(\.[0-9]+)?", amount["value"]):
        raise PayPalError(400, "INVALID_PARAMETER_SYNTAX", "The value does not conform.", f"{pointer}/value")
    decimals = len(amount["value"].partition(".")[2])
    if decimals > (0 if amount["currency_code"] in WITHOUT_DECIMALS else 2):
        raise refused("DECIMAL_PRECISION", "The value has too many decimals.", f"{pointer}/value")
    value = Decimal(amount["value"])
    if value <= 0:
        raise refused("CANNOT_BE_ZERO_OR_NEGATIVE", "Must be greater than zero.", f"{pointer}/value")
    return value


def _check_items(unit: Object) -> None:
    items, amount = unit.get("items"), unit["amount"]
    total = (amount.get("breakdown") or {}).get("item_total")
    if total and total["value"] != amount["value"]:
        raise refused(
            "AMOUNT_MISMATCH", "Should equal item_total and the rest of the breakdown.", f"{_UNIT}/amount/value"
        )
    if items is None:
        return
    if total is None:
        raise refused(
            "ITEM_TOTAL_REQUIRED", "If item details are specified, item_total is required.", f"{_UNIT}/amount"
        )
    if any(
        not each.get("name") or len(each["name"]) > 127 or not re.fullmatch(_QUANTITY, each["quantity"])
        for each in items
    ):
        raise PayPalError(
            400, "INVALID_STRING_LENGTH", "The value of a field is too short or too long.", f"{_UNIT}/items"
        )
    prices = (Decimal(each["unit_amount"]["value"]) * int(each["quantity"]) for each in items)
    if sum(prices) != Decimal(total["value"]):
        raise refused(
            "ITEM_TOTAL_MISMATCH", "Should equal sum of (unit_amount * quantity) across all items.", f"{_UNIT}/items"
        )


def _check_experience(experience: Object, unit: Object) -> None:
    for name, issue in (("return_url", "RETURN_URL_REQUIRED"), ("cancel_url", "CANCEL_URL_REQUIRED")):
        if not str(experience.get(name, "")).startswith(("http://", "https://")):
            raise PayPalError(400, issue, f"{name} is required.", f"{_EXPERIENCE}/{name}")
    if not re.fullmatch(r"[a-z]{2}-[A-Z]{2}", experience.get("locale", "en-US")):
        raise PayPalError(400, "INVALID_PARAMETER_SYNTAX", "The value does not conform.", f"{_EXPERIENCE}/locale")
    if experience.get("shipping_preference") == "SET_PROVIDED_ADDRESS" and "shipping" not in unit:
        raise PayPalError(400, "MISSING_SHIPPING_ADDRESS", "The shipping address is required.", f"{_UNIT}/shipping")


def _new_order(account: Account, intent: str, unit: Object, wallet: Object) -> Object:
    order_id = new_id()
    paid_with = {name: wallet[name] for name in ("email_address",) if name in wallet}
    return {
        "id": order_id,
        "intent": intent,
        "status": "PAYER_ACTION_REQUIRED",
        "payment_source": {"paypal": paid_with},
        "purchase_units": [{"reference_id": "default", "custom_id": None, "invoice_id": None, **unit}],
        "create_time": account.timestamp(),
        "links": [account.link(f"/v2/checkout/orders/{order_id}", "self")],
        "_return": wallet.get("experience_context") or {},
        "_attributes": wallet.get("attributes"),
    }


def approve_order(account: Account, order: Object, funding: str) -> None:
    """The payer agrees on PayPal's page. :param funding: see `controls`."""
    if order["status"] != "PAYER_ACTION_REQUIRED":
        raise refused("ORDER_COMPLETED_OR_VOIDED", f"The order is {order['status']}.")
    account.funding[order["id"]] = funding
    order["status"] = "APPROVED"
    order["payment_source"]["paypal"] |= {"account_id": new_id(13), "account_status": "VERIFIED"}
    account.emit("CHECKOUT.ORDER.APPROVED", "checkout-order", shown(order))


def reverse_approval(account: Account, order: Object) -> None:
    """Nobody completed it in time."""
    order["status"] = "VOIDED"
    units = [{**order["purchase_units"][0]}]
    account.emit(
        "CHECKOUT.PAYMENT-APPROVAL.REVERSED", "payment_approval", {"order_id": order["id"], "purchase_units": units}
    )


def complete_order(account: Account, order: Object, verb: str) -> Object:
    """POST /v2/checkout/orders/{id}/capture or /authorize"""
    if order["status"] == "COMPLETED":
        raise refused(f"ORDER_ALREADY_{verb.upper().removesuffix('E')}ED", _ALREADY[verb])
    if (order["intent"] == "AUTHORIZE") != (verb == "authorize"):
        raise refused("ACTION_DOES_NOT_MATCH_INTENT", "Order was created with another intent.")
    if order["status"] != "APPROVED":
        raise refused("ORDER_NOT_APPROVED", _NOT_APPROVED[verb])
    unit, funding = order["purchase_units"][0], account.funding[order["id"]]
    invoices = {paid["invoice_id"] for paid in (*account.captures.values(), *account.authorizations.values())}
    if unit["invoice_id"] and unit["invoice_id"] in invoices:
        raise refused("DUPLICATE_INVOICE_ID", _DUPLICATE)
    if funding == "decline":
        raise refused("INSTRUMENT_DECLINED", _DECLINED)
    order["status"] = "COMPLETED"
    order["update_time"] = account.timestamp()
    if verb == "authorize":
        authorization = account.new_paid(
            order, "authorizations", _plain(unit["amount"]), "CREATED", f"/v2/checkout/orders/{order['id']}"
        )
        authorization["expiration_time"] = account.timestamp(AUTHORIZATION_SECONDS)
        account.emit("PAYMENT.AUTHORIZATION.CREATED", "authorization", authorization)
    else:
        take(account, order, _plain(unit["amount"]), f"/v2/checkout/orders/{order['id']}", is_final=True)
    save(account, order)
    return order


def _plain(amount: Object) -> Object:
    """An amount without its breakdown."""
    return {name: amount[name] for name in ("currency_code", "value")}


def take(account: Account, order: Object, amount: Object, up: str, *, is_final: bool) -> Object:
    """Capture money, as the payer's means of payment allows."""
    status, event = {
        "pending": ("PENDING", "PENDING"),
        "refuse_capture": ("DECLINED", "DECLINED"),
    }.get(account.funding[order["id"]], ("COMPLETED", "COMPLETED"))
    capture = account.new_paid(order, "captures", amount, status, up)
    capture["final_capture"] = is_final
    capture["seller_protection"] = {"status": "NOT_ELIGIBLE"}
    if status == "COMPLETED":
        capture["seller_receivable_breakdown"] = breakdown(amount)
    if status == "PENDING":
        capture["status_details"] = {"reason": "ECHECK"}
    if status == "DECLINED":
        capture["processor_response"] = {"response_code": "5120"}
    if "/authorizations/" in up:
        capture["supplementary_data"]["related_ids"]["authorization_id"] = up.rpartition("/")[2]
    account.emit(f"PAYMENT.CAPTURE.{event}", "capture", capture)
    return capture


def shown(order: Object) -> Object:
    """The order as PayPal answers it."""
    unit = {name: value for name, value in order["purchase_units"][0].items() if value is not None}
    payments = {name: [_listed(each) for each in items] for name, items in unit.get("payments", {}).items()}
    unit = {**unit, "payments": payments} if payments else unit
    return {**{name: value for name, value in order.items() if name[0] != "_"}, "purchase_units": [unit]}


def _listed(paid: Object) -> Object:
    """Without what only the object's own address tells."""
    return {name: value for name, value in paid.items() if name != "supplementary_data"}
