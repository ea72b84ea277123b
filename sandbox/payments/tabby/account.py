"""What one Tabby account holds, and how its objects look on the wire."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sandbox.payments.tabby.errors import no_such_payment
from sandbox.payments.tabby.fields import DECIMALS

Object = dict[str, Any]
SESSION_SECONDS = 20 * 60
PAYMENT_SECONDS = 30 * 60


def new_id() -> str:
    """An id as Tabby makes them."""
    return str(uuid.uuid4())


@dataclass
class Part:
    """A capture or a refund. :param given: what it was made with, as far as it is only shown again."""

    amount: Decimal
    reference: str | None
    created_at: str
    given: Object = field(default_factory=dict)
    id: str = field(default_factory=new_id)


@dataclass
class Payment:
    """A payment with its session.

    :param asked: the payment as the session was made with it.
    :param rejection: why the session was rejected, if it was.
    """

    asked: Object
    session: Object
    created: float
    created_at: str
    id: str = field(default_factory=new_id)
    session_id: str = field(default_factory=new_id)
    status: str = "CREATED"
    rejection: str | None = None
    closed_at: str | None = None
    disputed: bool = False
    captures: list[Part] = field(default_factory=list)
    refunds: list[Part] = field(default_factory=list)

    @property
    def currency(self) -> str:
        return str(self.asked["currency"])

    @property
    def amount(self) -> Decimal:
        return Decimal(self.asked["amount"])

    @property
    def captured(self) -> Decimal:
        return sum((part.amount for part in self.captures), Decimal(0))

    @property
    def refunded(self) -> Decimal:
        return sum((part.amount for part in self.refunds), Decimal(0))

    def written(self, amount: Decimal) -> str:
        """An amount as Tabby writes it."""
        return format(amount.quantize(Decimal(1).scaleb(-DECIMALS[self.currency])), "f")


@dataclass
class Webhook:
    """Where events go, and the header that goes with them."""

    merchant_code: str
    url: str
    title: str | None
    value: str | None
    id: str = field(default_factory=new_id)


@dataclass
class Account:
    """One account: everything made under one secret key.

    :param now: the time in seconds since 1970.
    """

    now: Callable[[], float]
    is_test: bool
    api_url: str = ""
    """Where this account's API and pages lie, without a slash at the end."""
    payments: dict[str, Payment] = field(default_factory=dict)
    webhooks: list[Webhook] = field(default_factory=list)
    reject: str | None = None
    """Why the next sessions are rejected."""
    tells_expiry: bool = False
    """Whether ``expired`` is sent; Tabby does so on demand only."""
    strict_replays: bool = False
    """Whether a capture or refund under a known reference is judged anew, instead of answered as before. Either way
    nothing is done twice; which of the two Tabby does, it does not say."""
    delayed_refunds: bool = False
    """Whether refunds are accepted but not listed yet."""
    publish: Callable[[str, Payment], None] = lambda name, payment: None
    dispute: Callable[[str, Payment], None] = lambda status, payment: None

    def time(self) -> str:
        """The time as Tabby writes it."""
        return datetime.fromtimestamp(self.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def payment(self, payment_id: str) -> Payment:
        """:raises TabbyError: 404."""
        if payment_id not in self.payments:
            raise no_such_payment()
        payment = self.payments[payment_id]
        if payment.status == "CREATED" and self.now() - payment.created >= PAYMENT_SECONDS:
            self.expire(payment)
        return payment

    def expire(self, payment: Payment) -> None:
        """The payer gave up or took too long."""
        payment.status = "EXPIRED"
        if self.tells_expiry:
            self.publish("expired", payment)

    # Shapes.

    def session_object(self, payment: Payment) -> Object:
        """A session as it is made and read."""
        rejected = payment.rejection is not None
        page = {
            "web_url": f"{self.api_url}/pay?sessionId={payment.session_id}",
            "qr_code": f"{self.api_url}/api/v2/checkout/{payment.session_id}/hpp_link_qr",
        }
        product = {"type": "installments", "is_available": not rejected, "rejection_reason": payment.rejection}
        made = self.payment_object(payment)
        return {
            "id": payment.session_id,
            "status": "rejected" if rejected else "expired" if payment.status == "EXPIRED" else "created",
            "token": None,
            "configuration": {
                "available_products": {} if rejected else {"installments": [page]},
                "products": {"installments": product},
            },
            "payment": {name: value for name, value in made.items() if name not in ("captures", "refunds")},
            "merchant_urls": payment.session["merchant_urls"],
        }

    def payment_object(self, payment: Payment) -> Object:
        """A payment as it is read, and as captures, refunds and closing answer it."""
        asked = payment.asked
        return {
            "id": payment.id,
            "created_at": payment.created_at,
            "expires_at": self._in_a_year(payment),
            "status": payment.status,
            "is_test": self.is_test,
            "amount": payment.written(payment.amount),
            "currency": payment.currency,
            "description": asked.get("description"),
            "buyer": asked["buyer"],
            "shipping_address": asked["shipping_address"],
            "order": asked["order"],
            "captures": [_part(payment, part) for part in payment.captures],
            "refunds": [_part(payment, part) for part in payment.refunds],
            "buyer_history": asked["buyer_history"],
            "order_history": asked["order_history"],
            "meta": asked.get("meta"),
            "attachment": None,
        }

    def event_object(self, payment: Payment, status: str) -> Object:
        """A payment as a webhook shows it, its status in small letters."""
        shown = self.payment_object(payment)
        return {
            "id": payment.id,
            "created_at": payment.created_at,
            "expires_at": shown["expires_at"],
            "closed_at": payment.closed_at,
            "status": status,
            "is_test": self.is_test,
            "is_expired": payment.status == "EXPIRED",
            "amount": shown["amount"],
            "currency": payment.currency,
            "order": {"reference_id": payment.asked["order"]["reference_id"]},
            "captures": [_named(part, _SHOWN_OF_A_CAPTURE) for part in shown["captures"]],
            "refunds": [_named(part, (*_SHOWN_OF_A_CAPTURE, "reason")) for part in shown["refunds"]],
            "meta": payment.asked.get("meta"),
            "token": "",
        }

    def _in_a_year(self, payment: Payment) -> str:
        moment = datetime.fromtimestamp(payment.created, UTC)
        return moment.replace(year=moment.year + 1, day=min(moment.day, 28)).strftime("%Y-%m-%dT%H:%M:%SZ")


_SHOWN_OF_A_CAPTURE = ("id", "amount", "created_at", "reference_id")


def _part(payment: Payment, part: Part) -> Object:
    made = {"id": part.id, "created_at": part.created_at, "amount": payment.written(part.amount)}
    return {**part.given, **made, "reference_id": part.reference}


def _named(part: Object, names: tuple[str, ...]) -> Object:
    return {name: part.get(name) for name in names}


def webhook_object(account: Account, webhook: Webhook) -> Object:
    """A webhook as it is registered and read."""
    header = {"title": webhook.title, "value": webhook.value} if webhook.title else None
    return {"id": webhook.id, "url": webhook.url, "is_test": account.is_test, "header": header}
