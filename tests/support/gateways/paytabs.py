"""PayTabs, on its hosted page."""

import secrets
from collections.abc import Mapping

import httpx

from tests.support.gateways.base import Gateway, Patch, Rest, State
from workers.providers.payments.models import PaymentResult


def account() -> dict[str, str]:
    return {"server_key": "-".join(secrets.token_hex(5).upper() for _ in range(3))}


async def pay(http: httpx.AsyncClient, url: str, credentials: Mapping[str, str], payment: PaymentResult) -> None:
    answer = await http.post(f"{payment.checkout_url}", data={"outcome": "approve"})
    assert answer.status_code == 200, answer.text


def charges(state: State) -> int:
    return len(state["charges"])


def refunds(state: State) -> int:
    return len(state["refunds"])


GATEWAY = Gateway(
    key="paytabs",
    currency="AED",
    account=account,
    pay=pay,
    charges=charges,
    refunds=refunds,
    create_call="POST /payment/request",
    refund_call="POST /payment/request",
    rest=Rest.CANCELLABLE,
    unknown_status=Patch("POST /payment/query", {"payment_result": {"response_status": "Q"}}),
    unknown_currency=Patch("POST /payment/query", {"cart_currency": "XXZ"}),
    settings={"profile_id": 47170},
)
