"""Checkout.com, on its hosted page."""

from collections.abc import Mapping

import httpx

from tests.providers.payments.checkout.builders import new_key
from tests.support.gateways.base import Gateway, Patch, State
from workers.providers.payments.models import PaymentResult


def account() -> dict[str, str]:
    return {"secret_key": new_key()}


async def pay(http: httpx.AsyncClient, url: str, credentials: Mapping[str, str], payment: PaymentResult) -> None:
    answer = await http.post(f"{payment.checkout_url}", data={"choice": "pay"})
    assert answer.status_code == 303, answer.text


def charges(state: State) -> int:
    return sum(each["balances"]["total_authorized"] > 0 for each in state["payments"])


def refunds(state: State) -> int:
    return sum(each["type"] == "Refund" for each in state["actions"])


GATEWAY = Gateway(
    key="checkout",
    currency="AED",
    account=account,
    pay=pay,
    charges=charges,
    refunds=refunds,
    create_call="POST /hosted-payments",
    refund_call="POST /payments/*/refunds",
    unknown_status=Patch("GET /payments/pay_*", {"status": "Mystery"}),
    unknown_currency=Patch("GET /payments/pay_*", {"currency": "XXZ"}),
)
