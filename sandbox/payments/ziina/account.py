"""What one Ziina account holds: payment intents, refunds and its one webhook."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.payments.ziina.errors import no_intent, no_refund, refused
from sandbox.payments.ziina.fields import Object, read_intent, read_refund

OPEN = ("requires_payment_instrument", "requires_user_action", "pending")
CARD_DECLINED = {"code": "CARD_DECLINED", "message": "Your card has insufficient funds."}


@dataclass
class Intent:
    """A payment intent: what was asked for, and what became of it."""

    id: str
    operation_id: str
    request: Object
    created_at: str
    status: str = "requires_payment_instrument"
    latest_error: Object | None = None

    @property
    def amount(self) -> int:
        return int(self.request["amount"])

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


@dataclass
class Account:
    """One account: everything made under one token.

    :param now: the time in seconds since 1970.
    :param hold: whether refunds wait until they are told to be done.
    :param publish: sends an event to the account's webhook.
    """

    now: Callable[[], float]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = "active"
    hold: bool = False
    intents: dict[str, Intent] = field(default_factory=dict)
    refunds: dict[str, Object] = field(default_factory=dict)
    webhook: Object | None = None
    api_url: str = ""
    """Where this account's API lies, without a slash at the end."""
    publish: Callable[[str, Object], None] = lambda name, data: None

    def time(self) -> str:
        """The time as Ziina writes it: milliseconds, as text."""
        return str(int(self.now() * 1000))

    # Payment intents.

    def intent(self, intent_id: str) -> Intent:
        """:raises ZiinaError: there is none."""
        if intent_id not in self.intents:
            raise no_intent()
        return self.intents[intent_id]

    def create_intent(self, body: Any) -> Object:
        """POST /payment_intent"""
        request = read_intent(body, self.now())
        intent = Intent(str(uuid.uuid4()), str(uuid.uuid4()), request, self.time())
        self.intents[intent.id] = intent
        return self.show(intent)

    def show(self, intent: Intent) -> Object:
        """A payment intent as GET shows it."""
        page = f"{self.api_url}/pay/payment_intent/{intent.id}"
        shown = {
            "id": intent.id,
            "account_id": self.id,
            "amount": intent.amount,
            "tip_amount": 0,
            "fee_amount": round(intent.amount * 0.026) + 100 if intent.status == "completed" else None,
            "currency_code": intent.request["currency_code"],
            "created_at": intent.created_at,
            "status": intent.status,
            "operation_id": intent.operation_id,
            "message": intent.request.get("message"),
            "redirect_url": page,
            "embedded_url": f"{page}/embedded",
            "success_url": intent.request.get("success_url"),
            "cancel_url": intent.request.get("cancel_url"),
            "latest_error": intent.latest_error,
            "allow_tips": intent.request.get("allow_tips", False),
        }
        return {name: value for name, value in shown.items() if value is not None}

    def move(self, intent: Intent, status: str, error: Object | None = None) -> None:
        """The payer, their bank or time moves an open intent.

        :raises ZiinaError: it is open no more.
        """
        if not intent.is_open:
            raise refused("PAYMENT_INTENT_CLOSED", f"The payment is {intent.status}")
        intent.status, intent.latest_error = status, error
        self.publish("payment_intent.status.updated", self.show(intent))

    # Refunds.

    def refund(self, refund_id: str) -> Object:
        """:raises ZiinaError: there is none."""
        if refund_id not in self.refunds:
            raise no_refund()
        return self.refunds[refund_id]

    def create_refund(self, body: Any) -> Object:
        """POST /refund; answered as it stands before anything has become of it."""
        request = read_refund(body)
        intent = self.intent(request["payment_intent_id"])
        amount = int(request.get("amount", intent.amount))
        before = self.refunds.get(request["id"])
        if before is not None:
            if (before["payment_intent_id"], before["amount"]) != (intent.id, amount):
                raise refused("REFUND_ID_USED", "Another refund has this id")
            return dict(before)
        self._require_refundable(intent, request, amount)
        refund = {
            "id": request["id"],
            "payment_intent_id": intent.id,
            "amount": amount,
            "currency_code": intent.request["currency_code"],
            "status": "pending",
            "created_at": self.time(),
        }
        self.refunds[refund["id"]] = refund
        answer = dict(refund)
        if not self.hold:
            self.settle(refund, passed=True)
        return answer

    def settle(self, refund: Object, *, passed: bool) -> None:
        """A refund goes through, or the bank refuses it.

        :raises ZiinaError: it is settled already.
        """
        if refund["status"] != "pending":
            raise refused("REFUND_CLOSED", f"The refund is {refund['status']}")
        refund["status"] = "completed" if passed else "failed"
        if not passed:
            refund["error"] = {"code": "REFUND_FAILED", "message": "The bank did not take the refund"}
        self.publish("refund.status.updated", dict(refund))

    def _require_refundable(self, intent: Intent, request: Object, amount: int) -> None:
        if intent.status != "completed":
            raise refused("REFUND_NOT_ALLOWED", f"The payment is {intent.status}")
        if request.get("currency_code", intent.request["currency_code"]) != intent.request["currency_code"]:
            raise refused("REFUND_CURRENCY_MISMATCH", f"The payment is in {intent.request['currency_code']}")
        given = [each for each in self.refunds.values() if each["payment_intent_id"] == intent.id]
        if amount > intent.amount - sum(each["amount"] for each in given if each["status"] != "failed"):
            raise refused("REFUND_EXCEEDS_PAYMENT", "The refund is more than is left of the payment")
