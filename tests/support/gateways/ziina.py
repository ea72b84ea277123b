"""Ziina, on its hosted page."""

from collections.abc import Mapping

import httpx

from tests.providers.payments.ziina.builders import new_token
from tests.support.gateways.base import Gateway, Patch, State
from workers.providers.payments.models import PaymentResult


def account() -> dict[str, str]:
    return {"access_token": new_token()}


async def pay(http: httpx.AsyncClient, url: str, credentials: Mapping[str, str], payment: PaymentResult) -> None:
    answer = await http.post(f"{payment.checkout_url}", data={"choice": "pay"})
    assert answer.status_code == 303, answer.text


def charges(state: State) -> int:
    return sum(each["status"] == "completed" for each in state["payment_intents"])


def refunds(state: State) -> int:
    return sum(each["status"] != "failed" for each in state["refunds"])


GATEWAY = Gateway(
    key="ziina",
    currency="AED",
    account=account,
    pay=pay,
    charges=charges,
    refunds=refunds,
    create_call="POST /payment_intent",
    refund_call="POST /refund",
    unknown_status=Patch("GET /payment_intent/*", {"status": "mystery"}),
    unknown_currency=Patch("GET /payment_intent/*", {"currency_code": "XXZ"}),
)
