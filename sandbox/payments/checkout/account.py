"""What one Checkout.com account holds, and the shapes of its objects."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.payments.checkout.errors import not_found

Object = dict[str, Any]
EVENT_VERSION = "1.0.29"


def new_id(prefix: str) -> str:
    """An id as Checkout.com makes them: 26 letters and digits after the prefix."""
    return f"{prefix}_{base64.b32encode(secrets.token_bytes(20)).decode()[:26].lower()}"


@dataclass
class KeptAnswer:
    """What was answered under an idempotency key; no answer yet while the first request is under way."""

    kept_at: float
    status: int | None = None
    body: Any = None


@dataclass
class Payment:
    """A payment: what was asked for, and what became of it.

    :param actions: the latest first, those that are still at work included.
    """

    id: str
    amount: int
    currency: str
    capture: bool
    requested_on: str
    reference: str | None
    metadata: Object
    success_url: str | None
    failure_url: str | None
    status: str = "Pending"
    authorized: int = 0
    captured: int = 0
    voided: int = 0
    refunded: int = 0
    challenge: bool = False
    page: str | None = None
    customer: Object | None = None
    source: Object | None = None
    """What it was paid with, as details show it; with an id where it was kept."""
    keeps: str | None = None
    """The token to be kept once it is approved."""
    actions: list[Object] = field(default_factory=list)

    @property
    def at_work(self) -> list[Object]:
        """Actions that have been accepted and not yet done, the earliest first."""
        return [action for action in reversed(self.actions) if "approved" not in action]

    def pending(self, kind: str) -> int:
        """The amount of all actions of a kind that are at work."""
        return sum(action["amount"] for action in self.at_work if action["type"] == kind)

    @property
    def left_to_capture(self) -> int:
        return self.authorized - self.captured - self.voided - self.pending("Capture") - self.pending("Void")

    @property
    def left_to_refund(self) -> int:
        return self.captured - self.refunded - self.pending("Refund")

    def balances(self) -> Object:
        """The sums that details and webhooks show; an action at work does not count yet."""
        reserved = self.authorized - self.captured - self.voided
        return {
            "total_authorized": self.authorized,
            "total_voided": self.voided,
            "available_to_void": reserved,
            "total_captured": self.captured,
            "available_to_capture": reserved,
            "total_refunded": self.refunded,
            "available_to_refund": self.captured - self.refunded,
        }


@dataclass
class Instrument:
    """A card that is kept.

    :param token: what it was made of; it behaves like that.
    :param forgotten: whether it was deleted, so that it is of no use any more.
    """

    id: str
    token: str
    customer: Object
    forgotten: bool = False


@dataclass
class Account:
    """One account: everything made under one secret key.

    :param now: the time in seconds since 1970.
    :param hold: whether captures, voids and refunds wait until they are told to be done.
    """

    now: Callable[[], float]
    hold: bool = False
    payments: dict[str, Payment] = field(default_factory=dict)
    pages: dict[str, Object] = field(default_factory=dict)
    page_requests: dict[str, Object] = field(default_factory=dict)
    """By page: what its payments will be made with."""
    disputes: dict[str, Object] = field(default_factory=dict)
    instruments: dict[str, Instrument] = field(default_factory=dict)
    workflows: dict[str, Object] = field(default_factory=dict)
    kept_answers: dict[str, KeptAnswer] = field(default_factory=dict)
    api_url: str = ""
    """Where this account's API lies, without a slash at the end."""
    publish: Callable[[Object], None] = lambda event: None

    def time(self) -> str:
        """The time as Checkout.com writes it."""
        return datetime.fromtimestamp(self.now(), UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

    def payment(self, payment_id: str) -> Payment:
        """:raises CheckoutError: 404."""
        if payment_id not in self.payments:
            raise not_found()
        return self.payments[payment_id]

    def page(self, page_id: str) -> Object:
        """:raises CheckoutError: 404."""
        if page_id not in self.pages:
            raise not_found()
        return self.pages[page_id]

    def emit(self, kind: str, data: Object, subject: str) -> None:
        """Publish an event."""
        event_id = new_id("evt")
        event: Object = {
            "id": event_id,
            "type": kind,
            "version": EVENT_VERSION,
            "created_on": self.time(),
            "data": deepcopy(data),
            "_links": {
                "self": {"href": f"{self.api_url}/workflows/events/{event_id}"},
                "subject": {"href": f"{self.api_url}/workflows/events/subject/{subject}"},
            },
        }
        if payment_id := data.get("payment_id", data.get("id")):
            event["_links"]["payment"] = {"href": f"{self.api_url}/payments/{payment_id}"}
        self.publish(event)
