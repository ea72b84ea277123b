"""Saved cards, and tokens made of them."""

from __future__ import annotations

from typing import Any

from sandbox.payments.tap.account import Account, Object, new_id
from sandbox.payments.tap.errors import TapError
from sandbox.payments.tap.fields import Fields


def create_token(account: Account, body: Any) -> Object:
    """POST /tokens, of a saved card: this twin takes no card numbers."""
    fields = Fields(body)
    saved = fields.child("saved_card", "1103")
    fields.text("client_ip")
    fields.done()
    if saved is None:
        raise TapError("1103")
    card_id = saved.text("card_id", required=True) or ""
    customer = saved.text("customer_id", "1105", required=True) or ""
    saved.done()
    kept = card(account, customer, card_id)
    token = new_id("tok")
    account.tokens[token] = (card_id, customer)
    return {
        "id": token,
        "object": "token",
        "created": account.milliseconds(),
        "live_mode": False,
        "type": "SAVED_CARD",
        "used": False,
        "card": kept,
    }


def delete(account: Account, customer: str, card_id: str) -> Object:
    """DELETE /card/{customer}/{card_id}"""
    card(account, customer, card_id)
    del account.cards[customer][card_id]
    return {"deleted": True, "id": card_id}


def card(account: Account, customer: str, card_id: str) -> Object:
    """GET /card/{customer}/{card_id}. :raises TapError: the customer has no such card."""
    found = account.cards.get(customer, {}).get(card_id)
    if found is None:
        raise TapError("1106", 404)
    return found
