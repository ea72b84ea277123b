"""Tabby as a test plays it, and its objects with only what matters to a test said in them."""

import uuid
from typing import Any

import httpx
import orjson

from tests.providers.builders import a_checkout
from workers.providers.payments.models import CompleteRequest, PaymentRequest
from workers.providers.payments.tabby import TabbyConnector
from workers.providers.registry import open_connector

SECRET_KEY = "sk_test_unit-tests-only"
PAYMENT = "6b9b2f11-5e4f-5b6f-aa1f-3c5d6e7f8091"
SESSION = "5a8a1f00-4d3e-4a5e-9e0e-2b4c5d6e7f80"
CAPTURE = "8c1d4022-6f5f-7c8f-bb2f-4d6e7f8091a2"
REFUND = "9d2e5133-7060-8d9f-cc30-5e7f8091a2b3"
PAYMENT_PATH = f"/api/v2/payments/{PAYMENT}"
WEB_URL = f"https://checkout.tabby.ai/?sessionId={SESSION}"
NEEDED: dict[str, Any] = {
    "customer": {"name": "Sara Ali", "email": "sara@example.com", "phone": "+971500000001"},
    "shipping_address": {"line1": "Marina Walk 4", "city": "Dubai", "country": "AE"},
    "items": [{"name": "Mug", "quantity": 2, "unit_amount": "49.50", "category": "Home"}],
}
"""What Tabby insists on, beyond what every payment has."""


class Wire:
    """Answers in the order that the test says; a body alone is a 200, the last answer is repeated."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    @property
    def lines(self) -> list[str]:
        return [f"{request.method} {request.url.path}" for request in self.requests]

    @property
    def body(self) -> Any:
        """The body of the last request that had one."""
        return orjson.loads(next(request.content for request in reversed(self.requests) if request.content))


def tabby(respond: Any, **connection: Any) -> TabbyConnector:
    """A connection whose answers are the test's."""
    transport = respond if isinstance(respond, httpx.AsyncBaseTransport) else httpx.MockTransport(respond)
    connection = {"credentials": {"secret_key": SECRET_KEY}, **connection}
    connection["settings"] = {"merchant_code": "AE", **connection.get("settings", {})}
    connector = open_connector("tabby", transport=transport, **connection)
    assert isinstance(connector, TabbyConnector)
    return connector


def an_instalment_payment(**changes: Any) -> PaymentRequest:
    """A hosted payment of AED 99.00 with all that Tabby insists on."""
    return a_checkout(**{**NEEDED, **changes})


def a_completion(provider_payment_id: str = PAYMENT, **changes: Any) -> CompleteRequest:
    """The order to take what the payer has agreed to."""
    given = {"payment_id": uuid.uuid4(), "provider_payment_id": provider_payment_id, "idempotency_key": "key-1"}
    return CompleteRequest.model_validate({**given, **changes})


def a_part(amount: str = "99.00", reference: str | None = "key-1", part_id: str = CAPTURE) -> dict[str, Any]:
    """A capture or refund."""
    return {"id": part_id, "amount": amount, "reference_id": reference, "created_at": "2026-11-23T12:10:00Z"}


def a_payment_object(status: str = "CREATED", **changes: Any) -> dict[str, Any]:
    payment = {
        "id": PAYMENT,
        "created_at": "2026-11-23T12:00:00Z",
        "status": status,
        "is_test": True,
        "amount": "99.00",
        "currency": "AED",
        "captures": [],
        "refunds": [],
        "meta": {"order_id": "order-1001", "wasl_payment_id": str(uuid.UUID(int=7))},
    }
    return {**payment, **changes}


def a_captured_payment(*refunds: dict[str, Any], captured: str = "99.00", **changes: Any) -> dict[str, Any]:
    """A closed payment of which so much was captured, and perhaps refunded."""
    return {**a_payment_object("CLOSED", captures=[a_part(captured)], refunds=list(refunds)), **changes}


def a_session(status: str = "created", reason: str | None = None, **payment: Any) -> dict[str, Any]:
    """The answer to a request for a session."""
    page = {"web_url": WEB_URL, "qr_code": "https://api.tabby.ai/qr"}
    return {
        "id": SESSION,
        "status": status,
        "payment": a_payment_object(**payment),
        "configuration": {
            "available_products": {} if status == "rejected" else {"installments": [page]},
            "products": {
                "installments": {
                    "type": "installments",
                    "is_available": status != "rejected",
                    "rejection_reason": reason,
                }
            },
        },
    }


def refusal(status: int = 400, error: str = "bad_request", kind: str = "bad_data") -> httpx.Response:
    """An error as Tabby answers it."""
    return httpx.Response(status, json={"status": "error", "errorType": kind, "error": error})
