"""Amazon Payment Services, on the page of a payment link."""

from collections.abc import Mapping

import httpx

from tests.sandbox.aps.conftest import new_credentials
from tests.support.gateways.base import Gateway, Patch, Rest, State
from workers.providers.payments.models import PaymentResult

CALL = "POST /FortAPI/paymentApi"
"""Everything is one address there: this is the first call of whatever is done next."""


async def pay(http: httpx.AsyncClient, url: str, credentials: Mapping[str, str], payment: PaymentResult) -> None:
    answer = await http.post(f"{payment.checkout_url}", data={"outcome": "approve"})
    assert answer.status_code == 303, answer.text


def charges(state: State) -> int:
    return len(state["charges"])


def refunds(state: State) -> int:
    return sum(each["state"] != "failed" for each in state["refunds"])


GATEWAY = Gateway(
    key="aps",
    currency="AED",
    account=new_credentials,
    pay=pay,
    charges=charges,
    refunds=refunds,
    create_call=CALL,
    refund_call=CALL,
    payment={"customer": {"email": "payer@example.com"}},
    first_token="Op9Vmp",
    rest=Rest.CAPTURABLE,
    unknown_status=Patch(CALL, {"transaction_code": "99000", "transaction_status": "99"}),
    unknown_currency=Patch(CALL, {"currency": "XXZ"}),
)
