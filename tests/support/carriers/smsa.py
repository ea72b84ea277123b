"""SMSA Express."""

from collections.abc import Mapping

import httpx

from tests.providers.shipping.smsa.builders import new_key
from tests.support.carriers.base import Carrier, State
from workers.providers.money import Money


def account() -> dict[str, str]:
    return {"api_key": new_key()}


async def advance(http: httpx.AsyncClient, url: str, credentials: Mapping[str, str], number: str, to: str) -> None:
    answer = await http.post(f"{url}/_test/shipments/{number}/advance", json={"to": to})
    assert answer.status_code == 200, answer.text


def bought(state: State) -> int:
    return len(state["shipments"])


CARRIER = Carrier(
    key="smsa",
    account=account,
    advance=advance,
    bought=bought,
    create_call="POST /api/shipment/b2c/new",
    track_call="GET /api/track/single/*",
    domestic={"declared_value": Money.of("240.00", "AED")},
    international={},
)
