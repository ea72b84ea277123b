"""What people and time do, below ``POST /_test/{store}``.

::

    /webhook                        {"url", "secret", "with_order": true | false}
    /switches                       {"shows_descriptions": true | false}
    /orders/{order}/pay             {"outcome": "approve" | "decline" | "hold" | "cancel", "code": 41, "method": "card"}
    /orders/{order}/expire          nobody paid in time
    /orders/{order}/review          {"outcome": "accept" | "reject"}: somebody looked at a payment on hold
    /transactions/{ref}/expire      an authorization ran out
    /transactions/{ref}/refund      {"amount": "10.00"}: the merchant refunds in the portal
    /cards/{ref}                    {"code": 41}: further charges of the card of this sale are declined
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.payments.telr import page, remote
from sandbox.payments.telr.errors import TelrError
from sandbox.payments.telr.store import Object, Store, Webhook

Control = Callable[[Store, dict[str, str], Object], Object]


def _webhook(store: Store, _: dict[str, str], body: Object) -> Object:
    store.webhook = Webhook(body["url"], body["secret"], bool(body.get("with_order")))
    return {}


def _switches(store: Store, _: dict[str, str], body: Object) -> Object:
    store.shows_descriptions = bool(body["shows_descriptions"])
    return {}


def _pay(store: Store, path: dict[str, str], body: Object) -> Object:
    order = store.order(path["order"])
    order.method = body.get("method", "card")
    page.pay(store, order, body.get("outcome", "approve"), int(body.get("code", 41)))
    return page.order_object(order)


def _expire_order(store: Store, path: dict[str, str], _: Object) -> Object:
    order = store.order(path["order"])
    if order.code != 1:
        raise TelrError(1, "the order is not open")
    order.code = -1
    return page.order_object(order)


def _review(store: Store, path: dict[str, str], body: Object) -> Object:
    order = store.order(path["order"])
    made = order.transaction
    if made is None or made.status != "H":
        raise TelrError(1, "nothing is on hold")
    accepted = body.get("outcome") == "accept"
    made.status, made.code = ("A", "tst123") if accepted else ("D", "92")
    order.code = (3 if order.kind == "sale" else 2) if accepted else -3
    store.publish(store, made)
    return page.order_object(order)


def _expire_transaction(store: Store, path: dict[str, str], _: Object) -> Object:
    made = store.transaction(path["ref"])
    made.status, made.code = "X", "53"
    if made.order is not None:
        made.order.code = -1
    return {}


def _refund(store: Store, path: dict[str, str], body: Object) -> Object:
    source = store.transaction(path["ref"])
    fields = {
        "type": "refund",
        "class": source.tran_class,
        "test": source.test,
        "currency": source.currency,
        "amount": body["amount"],
        "ref": source.reference,
        "description": "Refunded by hand",
    }
    return {"ref": remote.perform(store, fields).reference}


def _block(store: Store, path: dict[str, str], body: Object) -> Object:
    store.blocked_cards[store.transaction(path["ref"]).reference] = int(body["code"])
    return {}


CONTROLS: tuple[tuple[str, Control], ...] = (
    ("/webhook", _webhook),
    ("/switches", _switches),
    ("/orders/{order}/pay", _pay),
    ("/orders/{order}/expire", _expire_order),
    ("/orders/{order}/review", _review),
    ("/transactions/{ref}/expire", _expire_transaction),
    ("/transactions/{ref}/refund", _refund),
    ("/cards/{ref}", _block),
)
