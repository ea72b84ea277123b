"""What one Stripe account holds, and the shapes of its objects.

Objects are kept as Stripe's own JSON, with the fields that its published schema requires and those that integrations
read.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from sandbox.payments.stripe.errors import missing

Object = dict[str, Any]
API_VERSION = "2026-06-24.dahlia"
_CARD = {
    "brand": "visa",
    "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
    "country": "AE",
    "exp_month": 4,
    "exp_year": 2029,
    "fingerprint": "Xt5EWLLDS7FJjR1c",
    "funding": "credit",
    "installments": None,
    "last4": "4242",
    "mandate": None,
    "network": "visa",
    "three_d_secure": None,
    "wallet": None,
}
"""The card behind every test payment method, as a charge shows it."""
_ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str, length: int = 24) -> str:
    """An id as Stripe makes them."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(length))


@dataclass
class KeptAnswer:
    """What was answered under an idempotency key; no answer yet while the first request is under way."""

    fingerprint: str
    kept_at: float
    request_id: str = ""
    status: int | None = None
    body: Object | None = None


@dataclass
class Account:
    """One account: everything made under one secret key.

    :param now: the time in seconds since 1970.
    """

    now: Callable[[], float]
    payment_intents: dict[str, Object] = field(default_factory=dict)
    charges: dict[str, Object] = field(default_factory=dict)
    refunds: dict[str, Object] = field(default_factory=dict)
    sessions: dict[str, Object] = field(default_factory=dict)
    disputes: dict[str, Object] = field(default_factory=dict)
    customers: dict[str, Object] = field(default_factory=dict)
    payment_methods: dict[str, Object] = field(default_factory=dict)
    originals: dict[str, str] = field(default_factory=dict)
    """By saved payment method: the test payment method that it behaves like."""
    payouts: dict[str, Object] = field(default_factory=dict)
    events: dict[str, Object] = field(default_factory=dict)
    webhook_endpoints: dict[str, Object] = field(default_factory=dict)
    webhook_secrets: dict[str, list[str]] = field(default_factory=dict)
    kept_answers: dict[str, KeptAnswer] = field(default_factory=dict)
    intent_details: dict[str, Object] = field(default_factory=dict)
    """By session id: what its payment intent will be made with."""
    pages_url: str = ""
    """Where this account's pages lie, without a slash at the end."""
    publish: Callable[[Object], None] = lambda event: None

    def seconds(self) -> int:
        """The time, in whole seconds since 1970."""
        return int(self.now())

    def emit(self, event_type: str, subject: Object) -> None:
        """Record an event with a snapshot of its object, and publish it."""
        event: Object = {
            "id": new_id("evt_"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.seconds(),
            "data": {"object": deepcopy(subject)},
            "livemode": False,
            "pending_webhooks": len(self.webhook_endpoints),
            "request": {"id": None, "idempotency_key": None},
            "type": event_type,
        }
        self.events[event["id"]] = event
        self.publish(event)

    def payment_intent(self, object_id: str) -> Object:
        """:raises StripeError: 404."""
        if object_id not in self.payment_intents:
            raise missing("payment_intent", object_id, "intent")
        return self.payment_intents[object_id]

    def session(self, object_id: str) -> Object:
        """:raises StripeError: 404."""
        if object_id not in self.sessions:
            raise missing("checkout.session", object_id, "session")
        return self.sessions[object_id]

    def expanded(self, subject: Object, paths: list[str]) -> Object:
        """A copy with references replaced by what they refer to."""
        copy = deepcopy(subject)
        for path in paths:
            self._expand(copy, path.split("."))
        return copy

    def _expand(self, subject: Object, path: list[str]) -> None:
        name, rest = path[0], path[1:]
        value = subject.get(name)
        if (subject.get("object"), name) == ("charge", "refunds"):
            made = [refund for refund in reversed(self.refunds.values()) if refund["charge"] == subject["id"]]
            where = f"/v1/charges/{subject['id']}/refunds"
            page = {"data": deepcopy(made[:10]), "has_more": len(made) > 10, "url": where}
            value = subject[name] = {"object": "list", **page}
        elif isinstance(value, str):
            value = subject[name] = deepcopy(self._find(value))
        for item in value if isinstance(value, list) else [value]:
            if rest and isinstance(item, dict):
                self._expand(item, rest)

    def _find(self, object_id: str) -> Object:
        for kind in (self.payment_intents, self.charges, self.refunds, self.sessions, self.customers):
            if object_id in kind:
                return kind[object_id]
        raise missing("object", object_id)


def new_intent(account: Account, amount: int, currency: str, capture_method: str) -> Object:
    """A payment intent that nobody has tried to pay."""
    object_id = new_id("pi_")
    intent = {
        "id": object_id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": capture_method,
        "client_secret": f"{object_id}_secret_{new_id('', 25)}",
        "confirmation_method": "automatic",
        "created": account.seconds(),
        "currency": currency,
        "customer": None,
        "description": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }
    account.payment_intents[object_id] = intent
    return intent


def new_charge(account: Account, intent: Object, status: str) -> Object:
    """One try to pay a payment intent."""
    object_id = new_id("ch_")
    charge = {
        "id": object_id,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": {"address": None, "email": None, "name": None, "phone": None},
        "calculated_statement_descriptor": "WASL SANDBOX",
        "captured": False,
        "created": account.seconds(),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": {
            "network_status": "approved_by_network",
            "reason": None,
            "seller_message": None,
            "type": "authorized",
        },
        "paid": status == "succeeded",
        "payment_intent": intent["id"],
        "payment_method": intent["payment_method"],
        "payment_method_details": {"type": "card", "card": dict(_CARD)},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": status,
        "transfer_data": None,
        "transfer_group": None,
    }
    account.charges[object_id] = charge
    intent["latest_charge"] = object_id
    return charge


def new_refund(account: Account, charge: Object, amount: int, status: str) -> Object:
    """Money going back."""
    refund = {
        "id": new_id("re_"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": account.seconds(),
        "currency": charge["currency"],
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": status,
        "transfer_reversal": None,
    }
    account.refunds[refund["id"]] = refund
    return refund
