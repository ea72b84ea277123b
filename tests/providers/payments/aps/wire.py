"""Amazon Payment Services as a test plays it: every answer is the test's, with what every answer repeats."""

import uuid
from typing import Any

import httpx
import orjson

from tests.providers.builders import a_checkout, a_payment
from workers.providers.payments.aps import APSConnector
from workers.providers.payments.aps.signature import ShaType, signature
from workers.providers.payments.models import PaymentRequest
from workers.providers.registry import open_connector

ACCESS_CODE = "zx0IPmPy5jp1vAz8Kpg7"
MERCHANT = "CycHZxVj"
REQUEST_PHRASE = "request phrase"
RESPONSE_PHRASE = "response phrase"
CREDENTIALS = {
    "merchant_identifier": MERCHANT,
    "access_code": ACCESS_CODE,
    "request_phrase": REQUEST_PHRASE,
    "response_phrase": RESPONSE_PHRASE,
}
REFERENCE = str(uuid.UUID(int=7))
ID = f"{REFERENCE}/AED/9900"
NOT_FOUND = {"response_code": "11036", "response_message": "Order not found"}


class Wire:
    """Answers in the order that the test says, repeating what was sent as Amazon Payment Services does."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return answer
        sent = orjson.loads(request.content)
        del sent["signature"]
        fields = {**sent, "status": str(answer.get("response_code"))[:2], **answer}
        return httpx.Response(200, json={**fields, "signature": signature(fields, RESPONSE_PHRASE)})

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [orjson.loads(request.content) for request in self.requests]

    @property
    def commands(self) -> list[str]:
        names = ("command", "service_command", "query_command")
        return [next(body[name] for name in names if name in body) for body in self.bodies]


def aps(respond: Any, credentials: dict[str, str] | None = None, **settings: Any) -> APSConnector:
    """A connection whose answers are the test's."""
    connector = open_connector(
        "aps", credentials=credentials or CREDENTIALS, settings=settings, transport=httpx.MockTransport(respond)
    )
    assert isinstance(connector, APSConnector)
    return connector


def a_link_request(**changes: Any) -> PaymentRequest:
    """A hosted payment of AED 99.00."""
    return a_checkout(**{"customer": {"email": "sara@example.com"}, **changes})


def a_charge(**changes: Any) -> PaymentRequest:
    """A direct payment of AED 99.00 by a payer who is there."""
    given: dict[str, Any] = {
        "payment_method": "Op9Vmp",
        "customer": {"email": "sara@example.com"},
        "return_url": "https://shop.example/thanks",
    }
    return a_payment(**{**given, **changes})


def a_link(**changes: Any) -> dict[str, Any]:
    """The answer to a payment link."""
    link = {
        "response_code": "48000",
        "response_message": "Success",
        "payment_link_id": "148708392700020346",
        "payment_link": "https://checkout.payfort.com/dfc3d762",
    }
    return {**link, **changes}


def charged(code: str = "14000", **changes: Any) -> dict[str, Any]:
    """The answer to a charge."""
    return {"response_code": code, "response_message": "Success", "fort_id": "149295435400084008", **changes}


def a_status(code: str, authorized: int = 0, captured: int = 0, refunded: int = 0, **changes: Any) -> dict[str, Any]:
    """The answer to a question about a payment."""
    status = {
        "response_code": "12000",
        "response_message": "Success",
        "fort_id": "149295435400084008",
        "transaction_status": code[:2],
        "transaction_code": code,
        "transaction_message": "Success",
        "authorized_amount": str(authorized),
        "captured_amount": str(captured),
        "refunded_amount": str(refunded),
    }
    return {**status, **changes}


def feedback(command: str, code: str, phrase: str = RESPONSE_PHRASE, **changes: Any) -> dict[str, Any]:
    """A webhook's fields, signed; a field that is None is left out."""
    fields = {
        "command": command,
        "access_code": ACCESS_CODE,
        "merchant_identifier": MERCHANT,
        "merchant_reference": REFERENCE,
        "amount": "9900",
        "currency": "AED",
        "language": "en",
        "customer_email": "sara@example.com",
        "fort_id": "149295435400084008",
        "payment_option": "VISA",
        "card_number": "400555******0001",
        "expiry_date": "2905",
        "response_code": code,
        "response_message": "Success",
        "status": code[:2],
    }
    told = {name: value for name, value in {**fields, **changes}.items() if value is not None}
    return {**told, "signature": signature(told, phrase, ShaType.SHA_256)}
