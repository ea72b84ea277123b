"""What one PayPal account holds, and the shapes of its objects."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sandbox.payments.paypal.errors import missing

Object = dict[str, Any]
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
AUTHORIZATION_SECONDS = 29 * 24 * 3600


def new_id(length: int = 17) -> str:
    """An id as PayPal makes them."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


@dataclass
class KeptAnswer:
    """What was answered under a request id; no status yet while the first request is under way."""

    kept_at: float
    kept_seconds: float
    status: int | None = None
    body: Object = field(default_factory=dict)


@dataclass
class Account:
    """One account: everything made under one client id.

    :param now: the time in seconds since 1970.
    """

    now: Callable[[], float]
    secret: str
    url: str = ""
    """The twin's address, without a slash at the end."""
    orders: dict[str, Object] = field(default_factory=dict)
    authorizations: dict[str, Object] = field(default_factory=dict)
    captures: dict[str, Object] = field(default_factory=dict)
    refunds: dict[str, Object] = field(default_factory=dict)
    disputes: dict[str, Object] = field(default_factory=dict)
    webhooks: dict[str, Object] = field(default_factory=dict)
    saved: dict[str, str] = field(default_factory=dict)
    """By payment token: the funding behind the saved account."""
    funding: dict[str, str] = field(default_factory=dict)
    """By order: how the payer's means of payment behaves (see `controls`)."""
    kept_answers: dict[tuple[str, str], KeptAnswer] = field(default_factory=dict)
    publish: Callable[[Object], None] = lambda event: None

    def timestamp(self, later_seconds: float = 0) -> str:
        """The time as PayPal writes it."""
        return datetime.fromtimestamp(self.now() + later_seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def find(self, kind: str, object_id: str) -> Object:
        """:raises PayPalError: 404."""
        objects: dict[str, Object] = getattr(self, kind)
        if object_id not in objects:
            raise missing()
        return objects[object_id]

    def order_of(self, paid: Object) -> Object:
        """The order that an authorization, a capture or a refund belongs to."""
        return self.orders[paid["supplementary_data"]["related_ids"]["order_id"]]

    def emit(self, event_type: str, resource_type: str, resource: Object) -> None:
        """Publish an event with a snapshot of its resource."""
        event_id = f"WH-{new_id()}-{new_id()}"
        self.publish({
            "id": event_id,
            "event_version": "1.0",
            "create_time": self.timestamp(),
            "resource_type": resource_type,
            "resource_version": "2.0",
            "event_type": event_type,
            "summary": f"{event_type.lower().replace('.', ' ')}",
            "resource": deepcopy(resource),
            "links": [self.link(f"/v1/notifications/webhooks-events/{event_id}", "self")],
        })  # fmt: skip

    def link(self, path: str, relation: str, method: str = "GET") -> Object:
        """A link of an object."""
        return {"href": f"{self.url}{path}", "rel": relation, "method": method}

    def paid(self, order: Object, name: str) -> list[Object]:
        """What has been paid on an order: its ``authorizations``, ``captures`` or ``refunds``."""
        unit = order["purchase_units"][0]
        found: list[Object] = unit.setdefault("payments", {}).setdefault(name, [])
        return found

    def new_paid(self, order: Object, name: str, amount: Object, status: str, up: str) -> Object:
        """Something new that is paid on an order. :param up: the path of what it follows from."""
        unit, object_id = order["purchase_units"][0], new_id()
        paid: Object = {
            "id": object_id,
            "status": status,
            "amount": dict(amount),
            "invoice_id": unit["invoice_id"],
            "custom_id": unit["custom_id"],
            "create_time": self.timestamp(),
            "update_time": self.timestamp(),
            "links": [self.link(f"/v2/payments/{name}/{object_id}", "self"), self.link(up, "up")],
        }
        if name != "refunds":
            paid["supplementary_data"] = {"related_ids": {"order_id": order["id"]}}
        getattr(self, name)[object_id] = paid
        self.paid(order, name).append(paid)
        return paid

    def left_to_refund(self, capture: Object) -> Decimal:
        """What of a capture has not been given back."""
        path = f"/v2/payments/captures/{capture['id']}"
        given = (
            Decimal(refund["amount"]["value"])
            for refund in self.refunds.values()
            if refund["links"][1]["href"].endswith(path) and refund["status"] in ("COMPLETED", "PENDING")
        )
        return Decimal(capture["amount"]["value"]) - sum(given)
