"""What Amazon Payment Services does with charges, links, refunds and tokens."""

from __future__ import annotations

import re
from datetime import datetime

from sandbox.payments.aps.account import CARD, Account, Link, Order, Refund
from sandbox.payments.aps.wire import MESSAGES, APSError, Object

_DECLINED = re.compile(r"declined([0-9]{2})[A-Za-z0-9.@_-]*")
_REUSABLE = ("declined",)


def _tell(order: Order, code: str, acquirer: str = "00") -> None:
    order.code, order.message, order.acquirer = code, MESSAGES.get(code[2:], "Transaction failed"), acquirer


def _answer(order: Order, **more: str) -> Object:
    """What an operation adds to the parameters that it repeats."""
    return {"fort_id": order.fort_id, "response_code": order.code, "acquirer_response_code": order.acquirer, **more}


# Charges.


def charge(account: Account, fields: Object) -> Object:
    """PURCHASE and AUTHORIZATION by token."""
    reference, token = fields["merchant_reference"], fields["token_name"]
    earlier = account.orders.get(reference)
    if (earlier is not None and earlier.state not in _REUSABLE) or reference in account.links:
        raise APSError("00007")
    if token.startswith("unknown") or token in account.inactive_tokens:
        raise APSError("00044")
    if fields["eci"] == "RECURRING" and fields["command"] != "PURCHASE":
        raise APSError("00033", "command")
    order = _new_order(account, reference, fields)
    declined = _DECLINED.fullmatch(token)
    if declined:
        refuse(account, order, "666", declined[1])
    elif token.startswith("challenge") and fields["eci"] == "ECOMMERCE":
        order.state, order.shown = "challenged", False
        _tell(order, "20064")
        return _answer(order, **{"3ds_url": f"{account.url}/3ds/{order.fort_id}"})
    elif token.startswith("held"):
        order.state = "held"
        _tell(order, "19000")
    else:
        approve(account, order)
        if token.startswith("uncertain"):
            return {**_answer(order), "response_code": "15777"}
    return _answer(order, **(CARD if order.state == "approved" else {}))


def _new_order(account: Account, reference: str, fields: Object) -> Order:
    kept = {name: value for name, value in fields.items() if name not in ("service_command", "link_command")}
    order = Order(reference, kept, int(fields["amount"]), fields["currency"])
    account.orders[reference] = order
    return order


def approve(account: Account, order: Order) -> None:
    """The bank reserves the money, and with a purchase it is taken."""
    purchase = order.fields["command"] == "PURCHASE"
    order.state, order.shown, order.authorized = "approved", True, order.amount
    order.captured = order.amount if purchase else 0
    _tell(order, "14000" if purchase else "02000")
    _publish_charge(account, order, **CARD)


def refuse(account: Account, order: Order, message: str, acquirer: str = "05") -> None:
    """The bank refuses, or the payer does."""
    order.state, order.shown = "declined", True
    status = "01" if message == "072" else "13" if order.fields["command"] == "PURCHASE" else "03"
    _tell(order, f"{status}{message}", acquirer)
    _publish_charge(account, order)


def _publish_charge(account: Account, order: Order, **more: str) -> None:
    command = order.fields["command"]
    account.publish(command, account.feedback(command, order, acquirer_response_code=order.acquirer, **more))


def decide(account: Account, order: Order, passed: bool) -> None:
    """A payment that was held, or waited for 3-D Secure, is decided."""
    if order.state not in ("held", "challenged"):
        raise APSError("00034")
    if passed:
        approve(account, order)
    else:
        refuse(account, order, "787" if order.state == "challenged" else "666")


def lapse(order: Order) -> None:
    """Nobody captured in time: the reservation is released, and nobody is told."""
    order.state = "voided"
    _tell(order, "08000")


# Links.


def open_link(account: Account, fields: Object) -> Object:
    """PAYMENT_LINK"""
    reference = fields["merchant_reference"]
    if reference in account.links or reference in account.orders:
        raise APSError("49066")
    expires = datetime.fromisoformat(fields["request_expiry_date"])
    if expires <= account.time():
        raise APSError("49033", "request_expiry_date")
    if "SMS" in fields["notification_type"] and "customer_phone" not in fields:
        raise APSError("49001", "customer_phone")
    if fields.get("link_command") == "AUTHORIZATION" and fields.get("payment_option") in ("NAPS", "KNET", "MADA"):
        raise APSError("49033", "payment_option")
    account.links[reference] = link = Link(fields, expires)
    return {
        "payment_link_id": link.id,
        "payment_link": f"{account.url}/pay/{link.code}",
        "response_code": "48000",
    }


def pay_link(account: Account, link: Link, outcome: str, message: str = "666", acquirer: str = "51") -> Order:
    """The payer does something on the page; after a refusal it can be tried again."""
    if account.link(link.reference).status != "Open":
        raise APSError("00117" if link.status == "Paid" else "00115")
    request = {
        **{
            name: value
            for name, value in link.fields.items()
            if name not in ("request_expiry_date", "notification_type")
        },
        "command": link.fields.get("link_command", "PURCHASE"),
        "eci": "ECOMMERCE",
        "payment_link_id": link.id,
    }
    order = _new_order(account, link.reference, request)
    if outcome == "approve":
        link.status = "Paid"
        approve(account, order)
    elif outcome == "hold":
        link.status, order.state = "Paid", "held"
        _tell(order, "19000")
    else:
        refuse(account, order, "072" if outcome == "cancel" else message, acquirer)
    return order


def link_status(account: Account, fields: Object) -> Object:
    """CHECK_PAYMENT_LINK_STATUS"""
    link = account.link(fields["merchant_reference"])
    return {
        "amount": link.fields["amount"],
        "payment_link_id": link.id,
        "payment_link_status": link.status,
        "request_expiry_date": link.fields["request_expiry_date"],
        "response_code": "12000",
    }


# What the merchant does.


def capture(account: Account, fields: Object) -> Object:
    """CAPTURE"""
    order = account.order(fields["merchant_reference"], "05")
    amount = int(fields["amount"])
    if order.state != "approved" or order.fields["command"] != "AUTHORIZATION":
        raise APSError("05034")
    if fields["currency"] != order.currency:
        raise APSError("05033", "currency")
    if amount > order.authorized - order.captured:
        raise APSError("05042")
    order.captured += amount
    _tell(order, "04000")
    account.publish("CAPTURE", account.feedback("CAPTURE", order, amount=str(amount)))
    return _answer(order)


def void(account: Account, fields: Object) -> Object:
    """VOID_AUTHORIZATION"""
    order = account.order(fields["merchant_reference"], "09")
    if order.state != "approved" or order.captured:
        raise APSError("09034")
    order.state = "voided"
    _tell(order, "08000")
    told = account.feedback("VOID_AUTHORIZATION", order)
    without = {name: value for name, value in told.items() if name not in ("amount", "currency", "signature")}
    account.publish("VOID_AUTHORIZATION", account.signed(without))
    return _answer(order)


def refund(account: Account, fields: Object) -> Object:
    """REFUND"""
    order = account.order(fields["merchant_reference"], "07")
    amount, reference = int(fields["amount"]), fields.get("maintenance_reference")
    used = {each.reference for each in order.refunds if each.state != "failed"}
    if reference is not None and reference in used:
        raise APSError("07007")
    if fields["currency"] != order.currency:
        raise APSError("07033", "currency")
    if amount > order.captured - order.given_back:
        raise APSError("07048")
    made = Refund(reference, amount, "pending")
    order.refunds.append(made)
    if account.hold_refunds:
        _tell(order, "19000")
    else:
        settle_refund(account, order, made, True)
    return _answer(order)


def settle_refund(account: Account, order: Order, made: Refund, passed: bool) -> None:
    """A refund came to its end."""
    if made.state != "pending":
        raise APSError("00034")
    made.state = "succeeded" if passed else "failed"
    _tell(order, "06000" if passed else "07666")
    named = {"maintenance_reference": made.reference} if made.reference else {}
    account.publish("REFUND", account.feedback("REFUND", order, amount=str(made.amount), **named))


def check_status(account: Account, fields: Object) -> Object:
    """CHECK_STATUS: the last operation and the totals, neither amount nor currency."""
    order = account.order(fields["merchant_reference"], "11")
    told = {
        "fort_id": order.fort_id,
        "transaction_status": order.code[:2],
        "transaction_code": order.code,
        "transaction_message": order.message,
        "authorized_amount": str(order.authorized),
        "captured_amount": str(order.captured),
        "refunded_amount": str(order.refunded),
        "response_code": "12000",
    }
    third_party = fields.get("return_third_party_response_codes") == "YES"
    return {**told, "acquirer_response_code": order.acquirer} if third_party else told


def update_token(account: Account, fields: Object) -> Object:
    """UPDATE_TOKEN, of which only the status is kept."""
    token = fields["token_name"]
    if token.startswith("unknown"):
        raise APSError("59044")
    if fields.get("token_status") == "INACTIVE":
        account.inactive_tokens.add(token)
    return {"response_code": "58063", "card_number": CARD["card_number"], "expiry_date": CARD["expiry_date"]}


OPERATIONS = {
    "PURCHASE": charge,
    "AUTHORIZATION": charge,
    "CAPTURE": capture,
    "VOID_AUTHORIZATION": void,
    "REFUND": refund,
    "CHECK_STATUS": check_status,
    "PAYMENT_LINK": open_link,
    "CHECK_PAYMENT_LINK_STATUS": link_status,
    "UPDATE_TOKEN": update_token,
}
