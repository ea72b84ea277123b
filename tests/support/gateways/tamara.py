"""Tamara, on its page. The payer's agreement takes nothing before the hub completes the payment."""

import uuid
from collections.abc import Mapping

import httpx

from tests.providers.payments.tamara.builders import ADDRESS, CUSTOMER, ITEM
from tests.support.gateways.base import Gateway, Patch, Rest, State
from workers.providers.payments.models import PaymentResult


def account() -> dict[str, str]:
    return {"api_token": f"sandbox-token-{uuid.uuid4().hex}"}


async def pay(http: httpx.AsyncClient, url: str, credentials: Mapping[str, str], payment: PaymentResult) -> None:
    answer = await http.post(f"{payment.checkout_url}", data={"outcome": "approve"})
    assert answer.status_code == 303, answer.text


def charges(state: State) -> int:
    return len(state["charges"])


def refunds(state: State) -> int:
    return len(state["refunds"])


GATEWAY = Gateway(
    key="tamara",
    currency="AED",
    account=account,
    pay=pay,
    charges=charges,
    refunds=refunds,
    create_call="POST /checkout",
    refund_call="POST /payments/simplified-refund/*",
    payment={"customer": CUSTOMER, "shipping_address": ADDRESS, "items": [ITEM]},
    rest=Rest.CAPTURABLE,
    unknown_status=Patch("GET /orders/*", {"status": "mystery"}),
    unknown_currency=Patch("GET /orders/*", {"total_amount": {"amount": 99, "currency": "XXZ"}}),
)
