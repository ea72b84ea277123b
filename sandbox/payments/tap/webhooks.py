"""Tap's webhooks: the object itself, to the address that it was made with, with its ``hashstring``."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from decimal import Decimal

from sandbox.deliveries import Deliveries, Delivery
from sandbox.payments.tap.account import Object, to_json
from sandbox.payments.tap.fields import DECIMALS


def publish(thing: Object, key: str, deliveries: Deliveries) -> None:
    """Send an object to its own address, if it has one."""
    url = (thing.get("post") or {}).get("url")
    if url is None:
        return
    deliveries.send(
        Delivery(
            provider="tap",
            event_id=f"{thing['id']}:{thing['status']}",
            event_type=f"{thing['object']}.{thing['status']}",
            url=url,
            body=to_json(thing),
            sign=lambda body: {"hashstring": hashstring(body, key)},
        )
    )


def hashstring(body: bytes, key: str) -> str:
    """The signature of an object; of anything else, one that fits nothing."""
    try:
        text = signed_text(json.loads(body, parse_float=Decimal))
    except (ValueError, KeyError):
        text = body.decode()
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def signed_text(thing: Mapping[str, object]) -> str:
    """The seven fields that are signed, with their names."""
    reference = thing.get("reference")
    transaction = thing.get("transaction")
    references = reference if isinstance(reference, dict) else {}
    created = transaction["created"] if isinstance(transaction, dict) else thing["created"]
    places = DECIMALS[str(thing["currency"])]
    amount = format(Decimal(str(thing["amount"])), f".{places}f")
    parts = {
        "id": thing["id"],
        "amount": amount,
        "currency": thing["currency"],
        "gateway_reference": references.get("gateway", ""),
        "payment_reference": references.get("payment", ""),
        "status": thing["status"],
        "created": created,
    }
    return "".join(f"x_{name}{value}" for name, value in parts.items())
