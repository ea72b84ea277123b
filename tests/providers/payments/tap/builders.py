"""Connections to Tap, and its objects, for tests."""

import json
import uuid
from decimal import Decimal
from typing import Any

import httpx

from tests.providers.builders import Respond, a_checkout, a_payment
from workers.providers.payments.models import PaymentRequest
from workers.providers.payments.tap import TapConnector
from workers.providers.registry import open_connector

SECRET_KEY = "sk_test_abcdefghijklmnopqrstuvwx"
WEBHOOK_URL = "https://hub.example/functions/v1/webhooks/token"
CHG = "chg_TS05A4120230736x9K22710693"
AUTH = "auth_TS04A1720230745Rt2a2710607"
RE = "re_TS04A1720230745Rt2a2710607"
CARD = "card_IIGi4523416sFHe27jJ9E589"
CUSTOMER = "cus_TS07A5420232136o2K52709053"
AGREEMENT = "payment_agreement_23Ah4423436I5R027SS9c330"
SARA = {"name": "Sara Al Ali", "email": "sara@example.com", "phone": "+971500000001"}
SAVED = {"customer": CUSTOMER, "payment_agreement": AGREEMENT}
PAGE = "https://checkout.payments.tap.company/?mode=page&token=68a2"


def new_key() -> str:
    """A test key that nobody has used, of the form of Tap's."""
    return f"sk_test_{uuid.uuid4().hex}"


def new_token(does: str = "approved") -> str:
    """A token that nobody has used. :param does: what the twin does with it."""
    return f"tok_{does}_{uuid.uuid4().hex}"


def a_token_payment(**changes: Any) -> PaymentRequest:
    """A direct payment of AED 99.00 with a card's token."""
    given = {"payment_method": new_token(), "customer": SARA, "return_url": "https://shop.example/thanks"}
    return a_payment(**{**given, **changes})


def a_page(**changes: Any) -> PaymentRequest:
    """A payment of AED 99.00 on Tap's page."""
    return a_checkout(**{"customer": SARA, **changes})


def tap(respond: Respond | httpx.AsyncBaseTransport, **connection: Any) -> TapConnector:
    """A connection to Tap whose answers are the test's."""
    transport = respond if isinstance(respond, httpx.AsyncBaseTransport) else httpx.MockTransport(respond)
    credentials = {"secret_key": SECRET_KEY, **connection.pop("credentials", {})}
    connector = open_connector("tap", transport=transport, credentials=credentials, **connection)
    assert isinstance(connector, TapConnector)
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
        answer = self.answers.pop(0) if self.answers else refused("1144", 404)
        if isinstance(answer, httpx.Response):
            return answer
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        return httpx.Response(status) if body is None else httpx.Response(status, json=body)

    @property
    def body(self) -> dict[str, Any]:
        """The last request's body, its numbers exact."""
        sent: dict[str, Any] = json.loads(self.requests[-1].content, parse_float=Decimal)
        return sent

    @property
    def lines(self) -> list[str]:
        """Method and path of every request."""
        return [f"{request.method} {request.url.path.removeprefix('/v2')}" for request in self.requests]


def refused(code: str, status: int = 400, description: str = "In words") -> httpx.Response:
    """An error as Tap answers it."""
    return httpx.Response(status, json={"errors": [{"code": code, "description": description}]})


def charge(status: str = "CAPTURED", code: str = "000", **changes: Any) -> dict[str, Any]:
    """A charge of AED 99.00, like the documentation's example."""
    shown: dict[str, Any] = {
        "id": CHG,
        "object": "charge",
        "live_mode": False,
        "customer_initiated": True,
        "api_version": "V2",
        "method": "GET",
        "status": status,
        "amount": 99,
        "currency": "AED",
        "threeDSecure": True,
        "save_card": False,
        "metadata": {},
        "transaction": {"timezone": "UTC+03:00", "created": "1698392202943", "amount": 99, "currency": "AED"},
        "reference": {"payment": "4327230736106619650", "gateway": "mada_pg70983e7a", "order": "order-1001"},
        "response": {"code": code, "message": "In words"},
        "customer": {"id": CUSTOMER, "first_name": "Sara"},
        "source": {"object": "token", "payment_method": "VISA", "id": "tok_nLKq4223436fVYL27Nj9P855"},
        "redirect": {"status": "PENDING", "url": "https://shop.example/thanks"},
        "post": {"attempt": 1, "status": "PENDING", "url": WEBHOOK_URL},
    }
    return {**shown, **changes}


def opened(**changes: Any) -> dict[str, Any]:
    """A charge whose page is open."""
    transaction = {"created": "1698392202943", "url": PAGE, "expiry": {"period": 30, "type": "MINUTE"}}
    return {**charge("INITIATED", "100"), "transaction": transaction, "source": {"id": "src_all"}, **changes}


def authorization(status: str = "AUTHORIZED", code: str = "001", **changes: Any) -> dict[str, Any]:
    """An authorization of AED 99.00."""
    auto = {"status": "SCHEDULED", "type": "VOID", "time": 168}
    return charge(status, code, **{"id": AUTH, "object": "authorize", "auto": auto, **changes})


def refund(status: str = "REFUNDED", code: str = "000", **changes: Any) -> dict[str, Any]:
    """A refund of AED 30.00."""
    shown: dict[str, Any] = {
        "id": RE,
        "object": "refund",
        "api_version": "V2",
        "live_mode": False,
        "status": status,
        "amount": 30,
        "currency": "AED",
        "charge_id": CHG,
        "created": "1698392302943",
        "reason": "requested_by_customer",
        "reference": {},
        "response": {"code": code, "message": "In words"},
        "metadata": {},
    }
    return {**shown, **changes}


def page_of(*things: dict[str, Any], name: str = "charges", more: bool = False) -> dict[str, Any]:
    """A page of a list."""
    return {"object": "list", "live_mode": False, "count": len(things), "has_more": more, name: list(things)}
