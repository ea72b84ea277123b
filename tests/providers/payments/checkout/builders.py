"""Connections to Checkout.com, and its objects, for tests."""

import base64
import json
import uuid
from typing import Any

import httpx

from tests.providers.builders import Respond, a_payment
from workers.providers.payments.checkout import CheckoutConnector
from workers.providers.payments.models import PaymentRequest
from workers.providers.registry import open_connector

SECRET_KEY = "sk_sbox_abcdefghijklmnopqrstuvwxyz2"
PAY = "pay_mbabizu24mvu3mela5njyhpit4"
ACT = "act_mbabizu24mvu3mela5njyhpit4"
HPP = "hpp_lY1QM1DpBcqf"
APPROVED = "tok_approved000000000000000000"
CHALLENGE = "tok_challenge00000000000000000"


def declined(code: str) -> str:
    """A token that the twin declines with a response code."""
    return f"tok_declined{code}".ljust(30, "0")


def new_key() -> str:
    """A sandbox key that nobody has used, of the form of Checkout.com's."""
    letters = base64.b32encode(uuid.uuid4().bytes).decode().lower().rstrip("=")
    return f"sk_sbox_{letters}2"


def a_token_payment(**changes: Any) -> PaymentRequest:
    """A direct payment of AED 99.00 with a card's token."""
    return a_payment(**{"payment_method": APPROVED, **changes})


def checkout(respond: Respond | httpx.AsyncBaseTransport, **connection: Any) -> CheckoutConnector:
    """A connection to Checkout.com whose answers are the test's."""
    transport = respond if isinstance(respond, httpx.AsyncBaseTransport) else httpx.MockTransport(respond)
    connection.setdefault("credentials", {"secret_key": SECRET_KEY})
    connector = open_connector("checkout", transport=transport, **connection)
    assert isinstance(connector, CheckoutConnector)
    return connector


class Wire:
    """Records requests; answers with what the test put there, else with a refusal.

    An answer is a JSON body, sent with 200, a pair of status and body, or a response.
    """

    def __init__(self, *answers: Any) -> None:
        self.requests: list[httpx.Request] = []
        self.answers = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else (404, None)
        if isinstance(answer, httpx.Response):
            return answer
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        return httpx.Response(status) if body is None else httpx.Response(status, json=body)

    @property
    def body(self) -> dict[str, Any]:
        """The last request's body."""
        sent: dict[str, Any] = json.loads(self.requests[-1].content)
        return sent

    @property
    def lines(self) -> list[str]:
        """Method and path of every request."""
        return [f"{request.method} {request.url.path}" for request in self.requests]


def payment(status: str = "Captured", **changes: Any) -> dict[str, Any]:
    """A payment of AED 99.00 as GET shows it."""
    captured = 9900 if status in ("Captured", "Partially Refunded", "Refunded") else 0
    authorized = 0 if status in ("Pending", "Declined") else 9900
    links = {"self": {"href": f"https://api.sandbox.checkout.com/payments/{PAY}"}}
    shown = {
        "id": PAY,
        "requested_on": "2026-11-23T10:00:00.1234567Z",
        "amount": 9900,
        "currency": "AED",
        "status": status,
        "approved": authorized > 0,
        "reference": "order-1001",
        "metadata": {},
        "balances": {
            "total_authorized": authorized,
            "total_voided": 0,
            "available_to_void": authorized - captured,
            "total_captured": captured,
            "available_to_capture": authorized - captured,
            "total_refunded": 0,
            "available_to_refund": captured,
        },
        "_links": links,
    }
    return {**shown, **changes}


def action(kind: str, **changes: Any) -> dict[str, Any]:
    """An action of AED 99.00 that was approved."""
    shown = {
        "id": ACT,
        "type": kind,
        "processed_on": "2026-11-23T10:00:01Z",
        "amount": 9900,
        "approved": True,
        "response_code": "10000",
        "response_summary": "Approved",
    }
    return {**shown, **changes}


PAGE = {
    "id": HPP,
    "status": "Payment Pending",
    "amount": 9900,
    "currency": "AED",
    "reference": "order-1001",
    "metadata": {},
    "_links": {
        "self": {"href": f"https://api.sandbox.checkout.com/hosted-payments/{HPP}"},
        "redirect": {"href": f"https://pay.sandbox.checkout.com/page/{HPP}"},
    },
}
