"""FedEx's twin, for the suites that run over every carrier."""

import uuid
from collections.abc import Mapping

import httpx

from tests.support.carriers.base import Carrier, State


def account() -> dict[str, str]:
    """Keys of a new account."""
    return {"client_id": f"l7{uuid.uuid4().hex}", "client_secret": uuid.uuid4().hex}


async def advance(http: httpx.AsyncClient, url: str, account: Mapping[str, str], number: str, step: str) -> None:
    """The parcel goes on."""
    answer = await http.post(f"{url}/_test/shipments/{number}/advance", json={"to": step})
    assert answer.status_code == 200, answer.text


def bought(state: State) -> int:
    """How many shipments were made."""
    return len(state["shipments"])


CARRIER = Carrier(
    key="fedex",
    account=account,
    advance=advance,
    bought=bought,
    create_call="POST /ship/v1/shipments",
    rate_call="POST /rate/v1/rates/quotes",
    track_call="POST /track/v1/trackingnumbers",
    settings={"account_number": "700000001"},
    domestic={},
    international={},
)
