"""PayTabs as a test plays it: answers in the shape of those recorded in PayTabs' own PHP SDK."""

import json
import uuid
from decimal import Decimal
from typing import Any

import httpx

from tests.providers.builders import a_payment
from workers.providers.payments.models import PaymentRequest
from workers.providers.payments.paytabs import PayTabsConnector
from workers.providers.registry import open_connector

KEY = "SJJN222222-J222222222-TTTT222222"
OLD_KEY = "SZZN999999-Z999999999-ZZZZ999999"
PROFILE = 47170
WEBHOOK_URL = "https://hub.example/functions/v1/webhooks/a-token"
REF = "TST2530002372060"
CAPTURE_REF = "TST2530002372061"
REFUND_REF = "TST2530002372062"
FIRST_REF = "TST2520000000001"
TOKEN = "2C4656BF67A3E43DC6BE93FE66857CBD"
PAYMENT_ID = uuid.UUID("0192d3a4-1111-7abc-8def-0123456789ab")
CART = str(PAYMENT_ID)
PAGE = "https://secure.paytabs.com/payment/wr/5D9854E482E514673F453E0C"


class Wire:
    """Answers in the order that the test says; a body alone is a 200."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else httpx.Response(500)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    @property
    def paths(self) -> list[str]:
        return [request.url.path for request in self.requests]

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.content, parse_float=Decimal) for request in self.requests]


def paytabs(respond: Any, *, credentials: dict[str, Any] | None = None, **settings: Any) -> PayTabsConnector:
    """A connection whose answers are the test's."""
    connector = open_connector(
        "paytabs",
        credentials={"server_key": KEY, "webhook_url": WEBHOOK_URL, **(credentials or {})},
        settings={"profile_id": PROFILE, **settings},
        transport=httpx.MockTransport(respond),
    )
    assert isinstance(connector, PayTabsConnector)
    return connector


def a_token_payment(**changes: Any) -> PaymentRequest:
    """A charge of a saved card."""
    saved = {"payment_method": TOKEN, "payment_method_data": {"tran_ref": FIRST_REF}}
    return a_payment(**{**saved, **changes})


def a_result(status: str = "A", code: str = "G73380", message: str = "Authorised") -> dict[str, Any]:
    return {
        "response_status": status,
        "response_code": code,
        "response_message": message,
        "transaction_time": "2026-10-27T13:56:20Z",
    }


def a_transaction(kind: str = "Sale", status: str = "A", amount: str = "99.00", **changes: Any) -> dict[str, Any]:
    """A transaction as a query answers it. A change to None leaves the field out."""
    transaction = {
        "tran_ref": REF,
        "tran_type": kind,
        "cart_id": CART,
        "cart_description": "order-1001",
        "cart_currency": "AED",
        "cart_amount": amount,
        "tran_currency": changes.get("cart_currency", "AED"),
        "tran_total": amount,
        "customer_details": {"name": "Sara Ali", "email": "sara@example.com", "country": "AE"},
        "payment_result": a_result(status),
        "payment_info": {
            "payment_method": "Visa",
            "card_type": "Credit",
            "card_scheme": "Visa",
            "payment_description": "4111 11## #### 1111",
            "expiryMonth": 11,
            "expiryYear": 2033,
        },
        "serviceId": 2,
        "paymentChannel": "Payment Page",
        "profileId": PROFILE,
        "merchantId": 1842,
        "trace": "PMNT0102.6A8D499F.00099224",
    }
    return {name: value for name, value in {**transaction, **changes}.items() if value is not None}


def a_page(request: PaymentRequest | None = None, **changes: Any) -> dict[str, Any]:
    """The answer to a request for a hosted page."""
    asked: dict[str, Any] = {}
    if request is not None:
        asked = {
            "cart_id": str(request.payment_id),
            "cart_currency": request.money.currency,
            "cart_amount": str(request.money.amount),
        }
    fields = {"tran_total": "0", "redirect_url": PAGE, "payment_result": None, "payment_info": None}
    return a_transaction(**{**fields, **asked, **changes})


def a_charge(request: PaymentRequest, status: str = "A", **changes: Any) -> dict[str, Any]:
    """The answer to a charge of a token."""
    fields = {"cart_id": str(request.payment_id), "previous_tran_ref": FIRST_REF}
    return a_transaction(status=status, amount=str(request.money.amount), **{**fields, **changes})


def a_follow_up(kind: str, amount: str = "99.00", status: str = "A", **changes: Any) -> dict[str, Any]:
    """A capture, void, release or refund of the transaction `REF`."""
    fields = {"tran_ref": REFUND_REF if kind == "Refund" else CAPTURE_REF, "previous_tran_ref": REF}
    return a_transaction(kind, status, amount, **{**fields, **changes})


def an_error(code: int, message: str, status: int = 400, **headers: str) -> httpx.Response:
    body = {"code": code, "message": message, "trace": "PMNT0401.676A9671.00066A91"}
    return httpx.Response(status, json=body, headers=headers)
