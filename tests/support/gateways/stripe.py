"""Stripe, on its hosted page."""

import uuid
from collections.abc import Mapping

import httpx

from tests.support.gateways.base import Gateway, Patch, State
from workers.providers.payments.models import PaymentResult


def account() -> dict[str, str]:
    return {"secret_key": f"sk_test_{uuid.uuid4().hex}"}


async def pay(http: httpx.AsyncClient, url: str, credentials: Mapping[str, str], payment: PaymentResult) -> None:
    answer = await http.post(f"{payment.checkout_url}", data={"payment_method": "pm_card_visa"})
    assert answer.status_code == 303, answer.text


def charges(state: State) -> int:
    return sum(charge["status"] == "succeeded" for charge in state["charges"])


def refunds(state: State) -> int:
    return sum(refund["status"] in ("pending", "succeeded") for refund in state["refunds"])


GATEWAY = Gateway(
    key="stripe",
    currency="AED",
    account=account,
    pay=pay,
    charges=charges,
    refunds=refunds,
    create_call="POST /v1/checkout/sessions",
    refund_call="POST /v1/refunds",
    # The session's own facts count while its payment intent is not shown.
    unknown_status=Patch(
        "GET /v1/checkout/sessions/cs_*", {"status": "mystery", "payment_status": "mystery", "payment_intent": None}
    ),
    unknown_currency=Patch("GET /v1/checkout/sessions/cs_*", {"currency": "xxz", "payment_intent": None}),
)
