"""The hosted page: its interface ``order.json``, and what a payer does on it."""

from __future__ import annotations

import re
import secrets
from html import escape
from typing import Any

from sandbox.payments.telr.errors import TelrError
from sandbox.payments.telr.store import STATUS_TEXTS, Object, Order, Store, amount_text, read_amount

_TOP = {"method", "store", "authkey", "framed", "language", "order", "return", "customer"}
_ORDER = {"cartid", "test", "amount", "currency", "description", "trantype"}
_CUSTOMER = {"ref", "email", "name", "address", "phone"}
_NAME = {"title", "forenames", "surname"}
_ADDRESS = {"line1", "line2", "line3", "city", "country"}
_RETURNS = ("authorised", "declined", "cancelled")
_URL = re.compile(r"https?://[^\s]+")


def create(store: Store, body: Object, here: str) -> Object:
    """``method: create``. :param here: the twin's own address."""
    order, returns = _read(body)
    amount = read_amount(order.get("amount"), order.get("currency"))
    cart, description = order.get("cartid"), order.get("description")
    if not isinstance(cart, str) or not cart:
        raise TelrError(3)
    if len(cart) > 63 or not isinstance(description, str) or not 0 < len(description) <= 63:
        raise TelrError(1, "Cart ID or description is missing or too long")
    if order.get("test") not in (0, 1):
        raise TelrError(6)
    if order.get("trantype", "sale") not in ("sale", "auth"):
        raise TelrError(40)
    if any(held.cart == cart for held in store.orders.values()):
        raise TelrError(56, "Cart ID must be unique")
    made = Order(
        reference=secrets.token_hex(32).upper(),
        cart=cart,
        amount=amount,
        currency=order["currency"],
        description=description,
        test=str(order["test"]),
        kind=order.get("trantype", "sale"),
        returns=returns,
    )
    store.orders[made.reference] = made
    url = f"{here}/gateway/process.html?o={made.reference}"
    return {"method": "create", "trace": _trace(), "order": {"ref": made.reference, "url": url}}


def _read(body: Object) -> tuple[Object, dict[str, str]]:
    """The parts of a new order, without any field that is not known."""
    order, returns, customer = (body.get(name, {}) for name in ("order", "return", "customer"))
    if not all(isinstance(part, dict) for part in (order, returns, customer)):
        raise TelrError(1, "order, return or customer")
    name, address = customer.get("name", {}), customer.get("address", {})
    given = ((body, _TOP), (order, _ORDER), (returns, set(_RETURNS)), (customer, _CUSTOMER), (name, _NAME))
    for fields, known in (*given, (address, _ADDRESS)):
        if not isinstance(fields, dict) or set(fields) - known:
            raise TelrError(1, f"unknown field in {sorted(known)[0]}…")
    if body.get("framed", 0) not in (0, 1, 2) or body.get("language", "en") not in ("en", "ar"):
        raise TelrError(1, "framed or language")
    if not all(isinstance(returns.get(way), str) and _URL.fullmatch(returns[way]) for way in _RETURNS):
        raise TelrError(1, "return URLs")
    country = address.get("country", "AE")
    if not isinstance(country, str) or not re.fullmatch(r"[A-Z]{2}", country):
        raise TelrError(1, "country")
    return order, returns


def check(store: Store, body: Object) -> Object:
    """``method: check``"""
    asked = body.get("order")
    if not isinstance(asked, dict) or set(asked) != {"ref"}:
        raise TelrError(1, "order")
    return {"method": "check", "trace": _trace(), "order": order_object(store.order(asked["ref"]))}


def order_object(order: Order) -> Object:
    """An order as it is checked."""
    shown: Object = {
        "ref": order.reference,
        "cartid": order.cart,
        "test": int(order.test),
        "amount": amount_text(order.amount, order.currency),
        "currency": order.currency,
        "description": order.description,
        "status": {"code": order.code, "text": STATUS_TEXTS[order.code]},
    }
    made = order.transaction
    if made is not None:
        shown["transaction"] = {
            "ref": made.reference,
            "date": made.date,
            "type": made.type,
            "class": made.tran_class,
            "status": made.status,
            "code": made.code,
            "message": made.message,
        }
        shown["paymethod"] = order.method
        if order.method == "card":
            shown["card"] = {
                "type": "Visa Credit",
                "last4": "1111",
                "country": "AE",
                "first6": "411111",
                "expiry": {"month": 4, "year": 2029},
            }
    return shown


def pay(store: Store, order: Order, outcome: str, code: int = 41) -> str:
    """What the payer does. :returns: the name of the way back. :raises TelrError: the page is done with."""
    if order.code != 1:
        raise TelrError(56, "The order is not open")
    if outcome == "cancel":
        order.code = -2
        return "cancelled"
    if outcome not in ("approve", "decline", "hold"):
        raise TelrError(1, "outcome")
    facts: dict[str, Any] = {
        "approve": {"status": "A"},
        "hold": {"status": "H", "message": "Authorised, on hold"},
        "decline": {"status": "E" if code < 30 else "D", "code": str(code)},
    }[outcome]
    order.transaction = store.add(
        type=order.kind,
        tran_class="ecom",
        amount=order.amount,
        currency=order.currency,
        cart=order.cart,
        description=order.description,
        test=order.test,
        order=order,
        **facts,
    )
    order.code = {"approve": 3 if order.kind == "sale" else 2, "hold": 2, "decline": -3}[outcome]
    return "declined" if outcome == "decline" else "authorised"


def html(order: Order) -> str:
    """The page: what is to be paid, and a button for each way it can go."""
    body = f"<p>This order is {escape(STATUS_TEXTS[order.code])}.</p>"
    if order.code == 1:
        choices = {"approve": "Pay", "decline": "Pay with an empty card", "hold": "Look odd", "cancel": "Go back"}
        buttons = " ".join(
            f'<button name="outcome" value="{value}">{label}</button>' for value, label in choices.items()
        )
        amount = f"{order.currency} {amount_text(order.amount, order.currency)}"
        body = f'<p>{escape(amount)}</p><form method="post">{buttons}</form>'
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Telr (sandbox)</title></head>'
        f"<body><h1>Payment</h1>{body}</body></html>"
    )


def _trace() -> str:
    return f"4001/{secrets.randbelow(10**5)}/{secrets.token_hex(4)}"
