"""Tamara as a test plays it: every answer is the test's."""

import uuid
from typing import Any

import httpx
import orjson

from tests.providers.builders import a_checkout
from workers.providers.payments.models import CompleteRequest, PaymentRequest
from workers.providers.payments.tamara import TamaraConnector
from workers.providers.registry import open_connector

API_TOKEN = "a-token-of-the-unit-tests"
ORDER = "8c5e39bb-698d-4c9a-bf9b-efe9bb133fca"
CHECKOUT = "5ccbe4b1-890d-40b3-8a88-0b489ba8ed01"
REFUND = "b89baaf4-14d7-4c48-b482-15fe9acea7e2"
CAPTURE = "f1909c2e-8bab-41da-b935-7938e411c859"
PAYMENT_ID = uuid.UUID("0190f3a0-0000-7000-8000-000000000001")
PAGE = f"https://checkout-sandbox.tamara.co/checkout/{CHECKOUT}"

CUSTOMER = {"name": "Sara Ali", "email": "sara@example.com", "phone": "+971500000001"}
ADDRESS = {"line1": "Marina Walk 4", "city": "Dubai", "state": "Dubai", "country": "AE"}
ITEM = {"name": "Mug", "unit_amount": "99.00", "reference": "MUG-1"}


class Wire:
    """Answers in the order that the test says; a body alone is a 200, and whatever comes after a 404."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else httpx.Response(404, json={"message": "Order not found"})
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    @property
    def lines(self) -> list[str]:
        return [f"{request.method} {request.url.path}" for request in self.requests]

    def body(self, place: int = -1) -> Any:
        """What a request carried."""
        return orjson.loads(self.requests[place].content)


def tamara(respond: Any, **connection: Any) -> TamaraConnector:
    """A connection whose answers are the test's."""
    credentials = {"api_token": API_TOKEN, **connection.pop("credentials", {})}
    transport = respond if isinstance(respond, httpx.AsyncBaseTransport) else httpx.MockTransport(respond)
    opened = open_connector("tamara", credentials=credentials, transport=transport, **connection)
    assert isinstance(opened, TamaraConnector)
    return opened


def a_pay_later(**changes: Any) -> PaymentRequest:
    """AED 99.00 for a mug, with all that Tamara insists on."""
    return a_checkout(**{"customer": CUSTOMER, "shipping_address": ADDRESS, "items": [ITEM], **changes})


def a_completion(provider_payment_id: str = ORDER, **changes: Any) -> CompleteRequest:
    """Take what the payer has agreed to."""
    given = {"payment_id": PAYMENT_ID, "provider_payment_id": provider_payment_id, "idempotency_key": "op-1"}
    return CompleteRequest.model_validate({**given, **changes})


def aed(amount: float) -> dict[str, Any]:
    return {"amount": amount, "currency": "AED"}


def a_session(**changes: Any) -> dict[str, Any]:
    """The answer to a request for a page."""
    return {"order_id": ORDER, "checkout_id": CHECKOUT, "checkout_url": PAGE, "status": "new", **changes}


def an_order(status: str = "new", **changes: Any) -> dict[str, Any]:
    """An order of AED 99.00 as Tamara shows one."""
    order: dict[str, Any] = {
        "order_id": ORDER,
        "order_reference_id": str(PAYMENT_ID),
        "order_number": "order-1001",
        "status": status,
        "payment_type": "PAY_BY_INSTALMENTS",
        "total_amount": aed(99),
        "captured_amount": aed(0),
        "refunded_amount": aed(0),
        "canceled_amount": aed(0),
        "created_at": "2026-11-23T12:00:00+00:00",
        "transactions": {"cancels": [], "captures": [], "refunds": []},
    }
    return {**order, **changes}


def a_captured_order(captured: float = 99, refunds: tuple[dict[str, Any], ...] = (), **changes: Any) -> dict[str, Any]:
    """An order of which a part was captured, and of that parts given back."""
    status = "partially_refunded" if refunds else "fully_captured" if captured == 99 else "partially_captured"
    told = {
        "captured_amount": aed(captured),
        "refunded_amount": aed(sum(each["total_amount"]["amount"] for each in refunds)),
        "transactions": {"cancels": [], "captures": [], "refunds": list(refunds)},
    }
    return an_order(status, **{**told, **changes})


def a_listed_refund(amount: float = 10, refund: str = REFUND, **changes: Any) -> dict[str, Any]:
    """A refund among an order's transactions."""
    listed = {"refund_id": refund, "capture_id": CAPTURE, "total_amount": aed(amount), "items": []}
    return {**listed, "created_at": "2026-11-23T12:00:00+00:00", **changes}
