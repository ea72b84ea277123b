"""Orders, their payments and refunds: what N-Genius does with money, without any."""

from __future__ import annotations

import re
from typing import Any

from sandbox.payments.ngenius.account import Account, Object, Order, Part
from sandbox.payments.ngenius.errors import NGeniusError, missing

ACTIONS = ("AUTH", "SALE", "PURCHASE")
LANGUAGES = ("en", "ar", "fr")
CURRENCIES = frozenset(
    {"AED", "AUD", "BHD", "CAD", "EGP", "EUR", "GBP", "INR", "JOD"}
    | {"JPY", "KES", "KWD", "OMR", "QAR", "SAR", "USD", "ZAR"}
)
_ORDER_FIELDS = frozenset(
    {"action", "amount", "emailAddress", "language", "merchantAttributes", "merchantDefinedData"}
    | {"merchantOrderReference", "billingAddress", "shippingAddress", "phoneNumber"}
)
_ATTRIBUTES = frozenset(
    {"redirectUrl", "cancelUrl", "cancelText", "skipConfirmationPage", "skip3DS", "paymentAttempts"}
)
_ADDRESS = frozenset(
    {"firstName", "lastName", "address1", "address2", "city", "stateCode", "postalCode", "countryCode"}
)
_REFERENCE = re.compile(r"[A-Za-z0-9-]{1,64}")
MESSAGES = {
    "05": "Do not honor",
    "14": "Invalid account number",
    "41": "Lost card",
    "43": "Stolen card",
    "51": "Insufficient funds",
    "54": "Expired card",
    "55": "Incorrect PIN",
    "91": "Issuer unavailable",
}


def create_order(account: Account, outlet: str, body: Object) -> Order:
    """POST /transactions/outlets/{outlet}/orders"""
    _only(body, _ORDER_FIELDS, "order")
    action = body.get("action")
    if action not in ACTIONS:
        raise NGeniusError(422, "action is not AUTH, SALE or PURCHASE", "invalidAction")
    value, currency = read_amount(body)
    attributes = body.get("merchantAttributes", {})
    _only(attributes, _ATTRIBUTES, "merchantAttributes")
    for name in ("redirectUrl", "cancelUrl"):
        if name in attributes and not str(attributes[name]).startswith(("http://", "https://")):
            raise NGeniusError(422, f"merchantAttributes.{name} is not a URL", "invalidUrl")
    if body.get("language", "en") not in LANGUAGES:
        raise NGeniusError(422, "language is not known", "invalidLanguage")
    address = body.get("billingAddress", {"firstName": "x", "lastName": "x"})
    _only(address, _ADDRESS, "billingAddress")
    if not all(isinstance(address.get(name), str) and address[name] for name in ("firstName", "lastName")):
        raise NGeniusError(422, "billingAddress needs firstName and lastName", "invalidAddress")
    _check_reference(account, body.get("merchantOrderReference"))
    details = {name: body[name] for name in body if name not in ("action", "amount")}
    order = Order(outlet, action, value, currency, account.time(), details)
    account.orders[order.reference] = order
    return order


def _check_reference(account: Account, reference: Any) -> None:
    if reference is None:
        return
    if not isinstance(reference, str) or not _REFERENCE.fullmatch(reference):
        raise NGeniusError(422, "merchantOrderReference allows letters, digits and hyphens", "invalidReference")
    used = any(order.details.get("merchantOrderReference") == reference for order in account.orders.values())
    if account.unique_references and used:
        raise NGeniusError(409, "merchantOrderReference was used before", "notUnique")


def read_amount(body: Object) -> tuple[int, str]:
    """The amount in a request's body."""
    amount = body.get("amount")
    if not isinstance(amount, dict) or amount.keys() != {"currencyCode", "value"}:
        raise NGeniusError(422, "amount needs currencyCode and value", "invalidAmount")
    value, currency = amount["value"], amount["currencyCode"]
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise NGeniusError(422, "amount.value is not a positive number of minor units", "invalidAmount")
    if currency not in CURRENCIES:
        raise NGeniusError(422, "amount.currencyCode is not a currency of this outlet", "invalidCurrency")
    return value, currency


def _only(fields: Any, known: frozenset[str], where: str) -> None:
    if not isinstance(fields, dict) or not fields.keys() <= known:
        raise NGeniusError(422, f"{where} has a field that is not known", "unknownField")


# What the payer does.


def pay(account: Account, order: Order, outcome: str, code: str = "51") -> None:
    """The payer pays on the page.

    :param outcome: ``approve``, ``decline`` (with a result code), ``challenge`` (3-D Secure), ``review`` or ``risk``.
    """
    if order.state not in ("STARTED", "AWAIT_3DS"):
        raise NGeniusError(409, f"the payment is {order.state}", "invalidState")
    if outcome == "challenge":
        _move(account, order, "AWAIT_3DS")
    elif outcome == "approve":
        approve(account, order)
    elif outcome == "decline":
        _fail(account, order, code)
    elif outcome == "review":
        _move(account, order, "POST_AUTH_REVIEW", "POST_AUTH_FRAUD_CHECK_REVIEW")
    elif outcome == "risk":
        _move(account, order, "FAILED", "GATEWAY_RISK_PRE_AUTH_REJECTED")
    else:
        raise NGeniusError(400, "no such outcome")


def approve(account: Account, order: Order) -> None:
    """The bank agrees; what follows depends on the order's action."""
    order.auth_response = {
        "authorizationCode": "831000",
        "success": True,
        "resultCode": "00",
        "resultMessage": "Successful approval/completion",
    }
    if order.action == "PURCHASE":
        order.purchases.append(Part(order.value, "SUCCESS", account.time()))
        _move(account, order, "PURCHASED", "PURCHASED")
        return
    _move(account, order, "AUTHORISED", "AUTHORISED")
    if order.action == "SALE":
        order.captures.append(Part(order.value, "SUCCESS", account.time()))
        _move(account, order, "CAPTURED", "CAPTURED")


def authenticate(account: Account, order: Order, passed: bool) -> None:
    """The payer came back from 3-D Secure."""
    if order.state != "AWAIT_3DS":
        raise NGeniusError(409, f"the payment is {order.state}", "invalidState")
    order.three_ds = {"status": "SUCCESS" if passed else "FAILURE"}
    if passed:
        approve(account, order)
    else:
        _move(account, order, "FAILED", "AUTHORISATION_FAILED")


def review(account: Account, order: Order, passed: bool) -> None:
    """Somebody looked at a payment that seemed fraudulent."""
    if order.state != "POST_AUTH_REVIEW":
        raise NGeniusError(409, f"the payment is {order.state}", "invalidState")
    if passed:
        approve(account, order)
    else:
        _move(account, order, "FAILED", "POST_AUTH_FRAUD_CHECK_REJECTED")


def _fail(account: Account, order: Order, code: str) -> None:
    message = MESSAGES.get(code, "Declined")
    order.auth_response = {"success": False, "resultCode": code, "resultMessage": message}
    _move(account, order, "FAILED", "PURCHASE_DECLINED" if order.action == "PURCHASE" else "DECLINED")


def _move(account: Account, order: Order, state: str, event: str | None = None) -> None:
    order.state, order.updated = state, account.time()
    if event:
        account.publish(event, order)


# What the merchant does.


def close(account: Account, order: Order) -> None:
    """PUT …/orders/{order}/cancel"""
    if order.state != "STARTED":
        raise NGeniusError(409, f"the order cannot be cancelled: its payment is {order.state}", "invalidState")
    _move(account, order, "CANCELLED", "ORDER_CLOSED")


def reverse(account: Account, order: Order) -> None:
    """PUT …/payments/{payment}/cancel: an authorization, or a purchase of today"""
    purchase = order.state == "PURCHASED" and order.reversible and not order.refunds
    if order.state not in ("AUTHORISED", "POST_AUTH_REVIEW") and not purchase:
        raise NGeniusError(409, f"the payment cannot be reversed: it is {order.state}", "invalidState")
    _move(account, order, "REVERSED", "PURCHASE_REVERSED" if purchase else "FULL_AUTH_REVERSED")


def capture(account: Account, order: Order, body: Object) -> None:
    """POST …/payments/{payment}/captures"""
    if order.state not in ("AUTHORISED", "PARTIALLY_CAPTURED"):
        raise NGeniusError(409, f"the payment cannot be captured: it is {order.state}", "invalidState")
    value = _own_amount(order, body)
    if value > order.value - order.captured:
        raise NGeniusError(422, "amount is more than is left of the authorization", "invalidAmount")
    order.captures.append(Part(value, "SUCCESS", account.time()))
    state = "CAPTURED" if order.captured == order.value else "PARTIALLY_CAPTURED"
    _move(account, order, state, state)


def refund(account: Account, order: Order, source: str, body: Object) -> None:
    """POST …/captures/{capture}/refund and …/purchases/{purchase}/refund"""
    part = next((each for each in order.taken if each.reference == source), None)
    if part is None:
        raise missing("Capture")
    value = _own_amount(order, body)
    if value > part.value - part.refunded:
        raise NGeniusError(422, "amount is more than is left of the capture", "invalidAmount")
    part.refunded += value
    order.refunds.append(Part(value, "REQUESTED", account.time(), source=part))
    if account.slow_refunds:
        account.publish("REFUND_REQUESTED", order)
    else:
        finish_refund(account, order, order.refunds[-1].reference, "SUCCESS")


def finish_refund(account: Account, order: Order, reference: str, state: str) -> None:
    """A refund that was under way came to its end: SUCCESS, FAILED or VOIDED."""
    found = next((each for each in order.refunds if each.reference == reference), None)
    if found is None:
        raise missing("Refund")
    if found.state != "REQUESTED" or state not in ("SUCCESS", "FAILED", "VOIDED"):
        raise NGeniusError(409, f"the refund is {found.state}", "invalidState")
    found.state = state
    if state != "SUCCESS":
        if found.source:
            found.source.refunded -= found.value
        account.publish("REFUND_FAILED" if state == "FAILED" else "REFUND_VOIDED", order)
        return
    given = sum(each.value for each in order.refunds if each.state == "SUCCESS")
    order_state = "REFUNDED" if given >= order.captured else "PARTIALLY_REFUNDED"
    _move(account, order, order_state, order_state)


def _own_amount(order: Order, body: Object) -> int:
    _only(body, frozenset({"amount"}), "request")
    value, currency = read_amount(body)
    if currency != order.currency:
        raise NGeniusError(422, "amount.currencyCode is not the order's", "invalidCurrency")
    return value
