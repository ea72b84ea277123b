"""Connections to Ziina, and its objects, for tests."""

import json
import uuid
from typing import Any

import httpx

from tests.providers.builders import Respond
from workers.providers.payments.ziina import ZiinaConnector
from workers.providers.registry import open_connector

TOKEN = "an-access-token-of-the-unit-tests"
INTENT = "a5efc3d2-4d7e-40c1-a24f-f07633fcc9aa"
PAGE = f"https://pay.ziina.com/payment_intent/{INTENT}"


def new_token() -> str:
    """A token that nobody has used."""
    return f"sandbox-{uuid.uuid4().hex}"


def ziina(respond: Respond | httpx.AsyncBaseTransport, **connection: Any) -> ZiinaConnector:
    """A connection to Ziina whose answers are the test's."""
    transport = respond if isinstance(respond, httpx.AsyncBaseTransport) else httpx.MockTransport(respond)
    connection.setdefault("credentials", {"access_token": TOKEN})
    connector = open_connector("ziina", transport=transport, **connection)
    assert isinstance(connector, ZiinaConnector)
    return connector


class Wire:
    """Records requests; answers with what the test put there, else with a refusal.

    An answer is a JSON body, sent with 200, a pair of status and body, a response, or an exception.
    """

    def __init__(self, *answers: Any) -> None:
        self.requests: list[httpx.Request] = []
        self.answers = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else NO_INTENT
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return answer
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        return httpx.Response(status, json=body)

    @property
    def body(self) -> dict[str, Any]:
        """The last request's body."""
        sent: dict[str, Any] = json.loads(self.requests[-1].content)
        return sent

    @property
    def lines(self) -> list[str]:
        """Method and path of every request."""
        return [f"{request.method} {request.url.path}" for request in self.requests]


def refusal(code: str, message: str = "No.") -> tuple[int, dict[str, Any]]:
    """What Ziina itself refuses."""
    return 400, {"code": code, "message": message}


def misshapen(*texts: str) -> tuple[int, dict[str, Any]]:
    """What the framework before it refuses."""
    return 400, {"statusCode": 400, "message": list(texts), "error": "Bad Request"}


NO_INTENT = refusal("PAYMENT_INTENT_NOT_FOUND", "The payment was not found. Please try a different payment")
NO_REFUND = refusal("REFUND_NOT_FOUND", "The refund was not found")


def intent(status: str = "requires_payment_instrument", **changes: Any) -> dict[str, Any]:
    """A payment intent of AED 99.00 as GET shows it; a change to None leaves the field out."""
    shown = {
        "id": INTENT,
        "account_id": "0c4b4f0e-8a53-4fd6-9f0c-9f8f6f6f3f51",
        "amount": 9900,
        "tip_amount": 0,
        "currency_code": "AED",
        "created_at": "1795608000000",
        "status": status,
        "operation_id": "d3a3a1a1-1f3e-4a57-8a27-6f3f6cf2a6b1",
        "message": "order-1001",
        "redirect_url": PAGE,
        "embedded_url": "https://pay.ziina.com/embedded/payment_intent/" + INTENT,
        "success_url": "https://shop.example/thanks",
        "cancel_url": "https://shop.example/cart",
        "allow_tips": False,
        **changes,
    }
    return {name: value for name, value in shown.items() if value is not None}


def refund(request: Any, status: str = "pending", **changes: Any) -> dict[str, Any]:
    """A refund as the answer to a request for AED 10.50 shows it."""
    shown = {
        "id": str(request.refund_id),
        "payment_intent_id": request.provider_payment_id,
        "amount": 1050,
        "currency_code": "AED",
        "status": status,
        "created_at": "1795608000000",
    }
    return {**shown, **changes}
