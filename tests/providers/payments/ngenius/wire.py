"""N-Genius as a test plays it: tokens are issued by themselves, every other answer is the test's."""

import uuid
from typing import Any

import httpx

from workers.providers.payments.ngenius import NGeniusConnector
from workers.providers.registry import open_connector

API_KEY = "MmU1ZjQ4ZTctYTJiNC00ZDk1OnNlY3JldA=="
HOST = "https://api-gateway.sandbox.ngenius-payments.com"
OUTLET = "2b6dc55a-1ffd-4da9-b5ef-5744d3edb5de"
ORDER = "ee8bce45-4bd0-48b7-9e77-683322ccf65c"
PAYMENT = "b980fac1-4132-40d6-b49d-c3cac79b1764"
CAPTURE = "d1f3c0aa-7d3e-4c58-9c43-0a9d3b4b2f10"
REFUND = "0b6f3d64-41f5-4a53-8f0e-0f2f5d1c7e21"
ID = f"{OUTLET}/{ORDER}"
ORDER_PATH = f"/transactions/outlets/{OUTLET}/orders/{ORDER}"
PAYMENT_PATH = f"{ORDER_PATH}/payments/{PAYMENT}"


class Wire:
    """Issues numbered tokens and answers everything else in the order that the test says; a body alone is a 200."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.exchanges: list[httpx.Request] = []
        self.lifetime_seconds: Any = 300

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/identity/auth/access-token"):
            self.exchanges.append(request)
            body = {"access_token": f"token-{len(self.exchanges)}", "expires_in": self.lifetime_seconds}
            return httpx.Response(200, json=body)
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else httpx.Response(404, json={})
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    @property
    def lines(self) -> list[str]:
        return [f"{request.method} {request.url.path}" for request in self.requests]


def ngenius(respond: Any, **settings: Any) -> NGeniusConnector:
    """A connection whose answers are the test's."""
    connector = open_connector(
        "ngenius",
        credentials={"api_key": API_KEY},
        settings={"outlets": OUTLET, **settings},
        transport=httpx.MockTransport(respond),
    )
    assert isinstance(connector, NGeniusConnector)
    return connector


def fils(value: int, currency: str = "AED") -> dict[str, Any]:
    return {"currencyCode": currency, "value": value}


def link(path: str) -> dict[str, str]:
    return {"href": f"{HOST}{path}"}


def a_part(reference: str, value: int, folder: str, state: str = "SUCCESS", **changes: Any) -> dict[str, Any]:
    """A capture, purchase or refund."""
    part = {
        "_links": {"self": link(f"{PAYMENT_PATH}/{folder}/{reference}")},
        "amount": fils(value),
        "createdTime": "2026-11-23T12:00:00.5Z",
        "state": state,
    }
    return {**part, **changes}


def a_payment_object(state: str = "STARTED", value: int = 9900, **changes: Any) -> dict[str, Any]:
    payment = {
        "_id": f"urn:payment:{PAYMENT}",
        "_links": {"self": link(PAYMENT_PATH)},
        "state": state,
        "amount": fils(value),
        "updateDateTime": "2026-11-23T12:00:00.123456789Z",
        "outletId": OUTLET,
        "orderReference": ORDER,
    }
    return {**payment, **changes}


def an_order(state: str = "STARTED", payment: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """An order as the reference shows one."""
    order = {
        "_id": f"urn:order:{ORDER}",
        "_links": {
            "self": link(ORDER_PATH),
            "payment": {"href": "https://paypage.sandbox.ngenius-payments.com/?code=5a6f1a1857771e12"},
            "merchant-brand": {"href": f"http://config-service/config/outlets/{OUTLET}/configs/merchant-brand"},
        },
        "type": "SINGLE",
        "merchantDefinedData": {},
        "action": "SALE",
        "amount": fils(9900),
        "reference": ORDER,
        "outletId": OUTLET,
        "createDateTime": "2026-11-23T11:59:00Z",
        "merchantOrderReference": str(uuid.UUID(int=7)),
        "_embedded": {"payment": [a_payment_object(state) if payment is None else payment]},
    }
    return {**order, **changes}


def a_captured_order(value: int = 9900, refunds: list[dict[str, Any]] | None = None, **changes: Any) -> dict[str, Any]:
    """An order of AED 99.00 of which a part was captured, with the link to give it back."""
    capture = a_part(CAPTURE, value, "captures")
    capture["_links"]["cnp:refund"] = link(f"{PAYMENT_PATH}/captures/{CAPTURE}/refund")
    state = "PARTIALLY_REFUNDED" if refunds else "CAPTURED"
    embedded = {"cnp:capture": [capture], **({"cnp:refund": refunds} if refunds else {})}
    return an_order(payment=a_payment_object(state, _embedded=embedded), **changes)
