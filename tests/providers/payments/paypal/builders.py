"""A connection to PayPal whose answers are the test's, and objects as PayPal answers them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson

from tests.providers.builders import a_checkout, a_payment
from workers.providers.money import Money
from workers.providers.payments.models import CompleteRequest, PaymentRequest
from workers.providers.payments.paypal import PayPalConnector
from workers.providers.registry import open_connector

CREDENTIALS = {"client_id": "AXy9-unit-tests", "client_secret": "EGn-unit-tests"}
USD = "USD"
PAYMENT_ID, REFUND_ID = uuid4(), uuid4()


class Wire:
    """Answers token requests, and all others with what the test put there in turn; keeps those requests."""

    def __init__(self, *answers: httpx.Response | dict[str, Any] | Callable[[], httpx.Response]) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.token_requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/oauth2/token":
            self.token_requests.append(request)
            token = f"A21AA{len(self.token_requests)}"
            return httpx.Response(200, json={"access_token": token, "token_type": "Bearer", "expires_in": 32400})
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else httpx.Response(404, json={"name": "RESOURCE_NOT_FOUND"})
        if isinstance(answer, dict):
            return httpx.Response(200, json=answer)
        return answer if isinstance(answer, httpx.Response) else answer()

    @property
    def line(self) -> str:
        return f"{self.requests[-1].method} {self.requests[-1].url.path}"

    @property
    def lines(self) -> list[str]:
        return [f"{request.method} {request.url.path}" for request in self.requests]

    @property
    def body(self) -> dict[str, Any]:
        sent: dict[str, Any] = orjson.loads(self.requests[-1].content)
        return sent


def paypal(wire: Any, currency: str = USD, **connection: Any) -> PayPalConnector:
    """A connection that settles in a currency."""
    transport = wire if isinstance(wire, httpx.AsyncBaseTransport) else httpx.MockTransport(wire)
    settings = {"settlement_currency": currency, **connection.pop("settings", {})}
    connection.setdefault("credentials", CREDENTIALS)
    connector = open_connector("paypal", transport=transport, settings=settings, **connection)
    assert isinstance(connector, PayPalConnector)
    return connector


def a_hosted(**changes: Any) -> PaymentRequest:
    """A payment of USD 99.00 on PayPal's page."""
    return a_checkout(**{"money": Money.of("99.00", USD), **changes})


def a_saved(**changes: Any) -> PaymentRequest:
    """A payment of USD 99.00 from a saved PayPal account."""
    return a_payment(**{"money": Money.of("99.00", USD), "payment_method": "vault_ok", **changes})


def a_completion(order_id: str, **changes: Any) -> CompleteRequest:
    """What completes an approved order."""
    given = {"payment_id": uuid4(), "provider_payment_id": order_id, "idempotency_key": str(uuid4())}
    return CompleteRequest.model_validate({**given, **changes})


def usd(value: str) -> dict[str, str]:
    """An amount as PayPal writes it."""
    return {"currency_code": USD, "value": value}


def an_order(status: str = "PAYER_ACTION_REQUIRED", payment_id: UUID = PAYMENT_ID, **payments: Any) -> dict[str, Any]:
    """An order of USD 99.00 and what has been paid on it."""
    unit = {"reference_id": "default", "amount": usd("99.00"), "custom_id": str(payment_id), "payments": payments}
    links = [{"href": "https://www.paypal.com/checkoutnow?token=5O19", "rel": "payer-action", "method": "GET"}]
    intent = "AUTHORIZE" if "authorizations" in payments else "CAPTURE"
    return {"id": "5O19", "status": status, "intent": intent, "purchase_units": [unit], "links": links}


def a_capture_object(status: str = "COMPLETED", value: str = "99.00", **changes: Any) -> dict[str, Any]:
    """A capture."""
    capture = {
        "id": "3C67",
        "status": status,
        "amount": usd(value),
        "final_capture": True,
        "custom_id": str(PAYMENT_ID),
        "supplementary_data": {"related_ids": {"order_id": "5O19"}},
        "create_time": "2026-09-21T14:13:20Z",
    }
    return {**capture, **changes}


def an_authorization(status: str = "CREATED", value: str = "99.00", **changes: Any) -> dict[str, Any]:
    """A reservation."""
    return {
        "id": "0VF5",
        "status": status,
        "amount": usd(value),
        "custom_id": str(PAYMENT_ID),
        "supplementary_data": {"related_ids": {"order_id": "5O19"}},
        "expiration_time": "2026-10-20T14:13:20Z",
        **changes,
    }


def a_refund_object(status: str = "COMPLETED", value: str = "10.00", **changes: Any) -> dict[str, Any]:
    """A refund."""
    return {
        "id": "1JU0",
        "status": status,
        "amount": usd(value),
        "custom_id": f"{PAYMENT_ID}.{REFUND_ID}",
        "links": [{"rel": "up", "href": "https://api.paypal.com/v2/payments/captures/3C67", "method": "GET"}],
        **changes,
    }


def refusal(status: int, issue: str, field: str | None = None) -> httpx.Response:
    """An error as PayPal answers it."""
    detail = {"issue": issue, "description": f"{issue} happened.", **({"field": field} if field else {})}
    return httpx.Response(status, json={"name": "ERROR", "message": "No.", "debug_id": "b1", "details": [detail]})
