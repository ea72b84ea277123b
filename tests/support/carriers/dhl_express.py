"""DHL Express."""

import uuid
from collections.abc import Mapping

import httpx

from tests.support.carriers.base import Carrier, State


def account() -> dict[str, str]:
    return {"api_key": f"key-{uuid.uuid4().hex}", "api_secret": "a-secret-of-the-sandbox"}


async def advance(
    http: httpx.AsyncClient, url: str, credentials: Mapping[str, str], tracking_number: str, step: str
) -> None:
    answer = await http.post(f"{url}/_test/shipments/{tracking_number}/advance", json={"to": step})
    assert answer.status_code == 200, answer.text


def bought(state: State) -> int:
    return len(state["shipments"])


CARRIER = Carrier(
    key="dhl_express",
    account=account,
    advance=advance,
    bought=bought,
    create_call="POST /shipments",
    rate_call="POST /rates",
    track_call="GET /shipments/*/tracking",
    settings={"account_number": "400000001"},
    international={},
)
