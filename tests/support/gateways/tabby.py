"""Tabby, on its hosted page."""

import uuid
from collections.abc import Mapping

import httpx

from tests.providers.payments.tabby.wire import NEEDED
from tests.support.gateways.base import Gateway, Patch, Rest, State
from workers.providers.payments.models import PaymentResult


def account() -> dict[str, str]:
    return {"secret_key": f"sk_test_{uuid.uuid4()}"}


async def pay(http: httpx.AsyncClient, url: str, credentials: Mapping[str, str], payment: PaymentResult) -> None:
    answer = await http.post(f"{payment.checkout_url}", data={"outcome": "approve"})
    assert answer.status_code == 303, answer.text


def charges(state: State) -> int:
    """Payments that the payer agreed to, captured or not; one without captures that is closed was cancelled."""
    return sum(each["status"] == "AUTHORIZED" or bool(each["captures"]) for each in state["payments"])


def refunds(state: State) -> int:
    return len(state["refunds"])


GATEWAY = Gateway(
    key="tabby",
    currency="AED",
    account=account,
    pay=pay,
    charges=charges,
    refunds=refunds,
    create_call="POST /api/v2/checkout",
    refund_call="POST /api/v2/payments/*/refunds",
    settings={"merchant_code": "AE"},
    payment=NEEDED,
    rest=Rest.CANCELLABLE,
    unknown_status=Patch("GET /api/v2/payments/*", {"status": "MYSTERY"}),
    unknown_currency=Patch("GET /api/v2/payments/*", {"currency": "XXZ"}),
)
