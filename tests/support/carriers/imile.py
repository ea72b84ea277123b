"""iMile, within the Emirates and abroad."""

import secrets
from collections.abc import Mapping

import httpx

from tests.support.carriers.base import Carrier, State


def account() -> dict[str, str]:
    return {"customer_id": f"C{secrets.token_hex(6)}", "api_key": secrets.token_urlsafe(32)}


async def advance(http: httpx.AsyncClient, url: str, credentials: Mapping[str, str], number: str, step: str) -> None:
    answer = await http.post(f"{url}/_test/shipments/{number}/advance", json={"to": step})
    assert answer.status_code == 200, answer.text


def bought(state: State) -> int:
    return len(state["shipments"])


CARRIER = Carrier(
    key="imile",
    account=account,
    advance=advance,
    bought=bought,
    create_call="POST /client/order/v2/createOrder",
    rate_call="POST /client/order/calShippingFee",
    track_call="POST /client/track/getOne",
    international={},
)
