"""Jeebly."""

from collections.abc import Mapping

import httpx

from tests.providers.shipping.jeebly.builders import new_keys
from tests.support.carriers.base import Carrier, State


def account() -> dict[str, str]:
    return new_keys()


async def advance(http: httpx.AsyncClient, url: str, credentials: Mapping[str, str], number: str, to: str) -> None:
    answer = await http.post(f"{url}/_test/shipments/{number}/advance", json={"to": to})
    assert answer.status_code == 200, answer.text


def bought(state: State) -> int:
    return len(state["shipments"])


CARRIER = Carrier(
    key="jeebly",
    account=account,
    advance=advance,
    bought=bought,
    create_call="POST /customer/create_shipment",
    track_call="POST /customer/track_shipment",
)
