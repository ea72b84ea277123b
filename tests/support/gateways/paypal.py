"""PayPal, on its page; what the payer agreed to has to be completed."""

import uuid
from collections.abc import Mapping

import httpx

from tests.support.gateways.base import Gateway, Patch, Rest, State
from workers.providers.payments.models import PaymentResult


def account() -> dict[str, str]:
    return {"client_id": f"AXy9-{uuid.uuid4().hex}", "client_secret": "EGn-sandbox-secret"}


async def pay(http: httpx.AsyncClient, url: str, credentials: Mapping[str, str], payment: PaymentResult) -> None:
    answer = await http.post(f"{payment.checkout_url}", data={"funding": "ok"})
    assert answer.status_code == 303, answer.text


def charges(state: State) -> int:
    """Several captures of one authorization are one charge, so the orders that have been completed count."""
    return sum(order["status"] == "COMPLETED" for order in state["orders"])


def refunds(state: State) -> int:
    return sum(refund["status"] in ("PENDING", "COMPLETED") for refund in state["refunds"])


GATEWAY = Gateway(
    key="paypal",
    currency="USD",
    account=account,
    pay=pay,
    charges=charges,
    refunds=refunds,
    create_call="POST /v2/checkout/orders",
    refund_call="POST /v2/payments/captures/*/refund",
    rest=Rest.CANCELLABLE,
    unknown_status=Patch("GET /v2/checkout/orders/*", {"status": "MYSTERY"}),
    unknown_currency=Patch(
        "GET /v2/checkout/orders/*", {"purchase_units": [{"amount": {"currency_code": "XXZ", "value": "1.00"}}]}
    ),
    settings={"settlement_currency": "USD"},
)
