"""Telr, on its hosted page, with the keys of all three interfaces."""

import secrets
from collections.abc import Mapping

import httpx

from tests.support.gateways.base import Gateway, Patch, Rest, State
from workers.providers.payments.models import PaymentResult

STORE = str(10**9 + secrets.randbelow(10**9))


def account() -> dict[str, str]:
    return {name: f"{interface}#{STORE}" for name, interface in KEYS.items()}


async def pay(http: httpx.AsyncClient, url: str, credentials: Mapping[str, str], payment: PaymentResult) -> None:
    answer = await http.post(f"{payment.checkout_url}", data={"outcome": "approve"})
    assert answer.status_code == 303, answer.text


def charges(state: State) -> int:
    return len(state["charges"])


def refunds(state: State) -> int:
    return sum(each["type"] == "refund" and each["status"] in "AH" for each in state["transactions"])


KEYS = {"auth_key": "page", "remote_key": "remote", "service_key": "service"}
# An order is answered as a whole below one name, so a falsehood in it is a whole order, without its reference.
ORDER = {"amount": "99.00", "currency": "AED", "status": {"code": 3, "text": "Paid"}}
GATEWAY = Gateway(
    key="telr",
    currency="AED",
    account=account,
    pay=pay,
    charges=charges,
    refunds=refunds,
    create_call="POST /gateway/order.json",
    refund_call="POST /gateway/remote.xml",
    rest=Rest.CAPTURABLE,
    unknown_status=Patch(
        "POST /gateway/order.json", {"order": {**ORDER, "status": {"code": 77, "text": "Sublimated"}}}
    ),
    unknown_currency=Patch("POST /gateway/order.json", {"order": {**ORDER, "currency": "XXZ"}}),
    settings={"store_id": STORE},
)
