"""Tap, on its page."""

from collections.abc import Mapping

import httpx

from tests.providers.payments.tap.builders import SARA, new_key
from tests.support.gateways.base import Gateway, Patch, State
from workers.providers.payments.models import PaymentResult


def account() -> dict[str, str]:
    return {"secret_key": new_key()}


async def pay(http: httpx.AsyncClient, url: str, credentials: Mapping[str, str], payment: PaymentResult) -> None:
    answer = await http.post(f"{payment.checkout_url}", data={"choice": "pay"})
    assert answer.status_code == 303, answer.text


def charges(state: State) -> int:
    taken = [each for each in state["charges"] if each["status"] == "CAPTURED"]
    reserved = [each for each in state["authorizations"] if each["status"] in ("AUTHORIZED", "CAPTURED")]
    return len([each for each in taken if not each["source"]["id"].startswith("auth_")]) + len(reserved)


def refunds(state: State) -> int:
    return sum(each["status"] in ("PENDING", "REFUNDED") for each in state["refunds"])


GATEWAY = Gateway(
    key="tap",
    currency="AED",
    account=account,
    pay=pay,
    charges=charges,
    refunds=refunds,
    create_call="POST /charges",
    refund_call="POST /refunds",
    payment={"customer": SARA},
    unknown_status=Patch("GET /charges/*", {"status": "MYSTERY"}),
    unknown_currency=Patch("GET /charges/*", {"currency": "XXZ"}),
)
