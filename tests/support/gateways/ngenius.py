"""N-Genius Online, on its payment page."""

import base64
import uuid
from collections.abc import Mapping
from typing import Any

import httpx

from tests.support.gateways.base import Gateway, Patch, Rest, State
from workers.providers.payments.models import PaymentResult

OUTLET = "2b6dc55a-1ffd-4da9-b5ef-5744d3edb5de"
_PAID = frozenset(
    {"AUTHORISED", "POST_AUTH_REVIEW", "PARTIALLY_CAPTURED", "CAPTURED", "PURCHASED"}
    | {"PARTIALLY_REFUNDED", "REFUNDED"}
)


def account() -> dict[str, str]:
    return {"api_key": base64.b64encode(f"{uuid.uuid4()}:{uuid.uuid4()}".encode()).decode()}


async def pay(http: httpx.AsyncClient, url: str, credentials: Mapping[str, str], payment: PaymentResult) -> None:
    answer = await http.post(f"{payment.checkout_url}", data={"outcome": "approve"})
    assert answer.status_code == 303, answer.text


def charges(state: State) -> int:
    """An order that was opened in place of a lost one is no charge before it is paid."""
    return sum(_payment(order)["state"] in _PAID for order in state["orders"])


def refunds(state: State) -> int:
    listed = (each for order in state["orders"] for each in _payment(order).get("_embedded", {}).get("cnp:refund", ()))
    return sum(refund["state"] in ("REQUESTED", "SUCCESS") for refund in listed)


def _payment(order: Mapping[str, Any]) -> Mapping[str, Any]:
    payment: Mapping[str, Any] = order["_embedded"]["payment"][0]
    return payment


_MYSTERY = {
    "_id": "urn:payment:b980fac1-4132-40d6-b49d-c3cac79b1764",
    "state": "MYSTERY",
    "amount": {"currencyCode": "AED", "value": 100},
}

GATEWAY = Gateway(
    key="ngenius",
    currency="AED",
    account=account,
    pay=pay,
    charges=charges,
    refunds=refunds,
    create_call="POST /transactions/outlets/*/orders",
    refund_call="POST /transactions/outlets/*/refund",
    rest=Rest.CAPTURABLE,
    unknown_status=Patch("GET /transactions/outlets/*/orders/*", {"_embedded": {"payment": [_MYSTERY]}}),
    unknown_currency=Patch("GET /transactions/outlets/*/orders/*", {"amount": {"currencyCode": "XXZ", "value": 100}}),
    settings={"outlets": OUTLET},
)
