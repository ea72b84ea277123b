"""J&T Express, in the Emirates."""

from collections.abc import Mapping

import httpx

from tests.providers.shipping.jt.builders import new_credentials
from tests.support.carriers.base import Carrier, State


def account() -> dict[str, str]:
    return new_credentials()


async def advance(http: httpx.AsyncClient, url: str, credentials: Mapping[str, str], number: str, to: str) -> None:
    answer = await http.post(f"{url}/_test/shipments/{number}/advance", json={"to": to})
    assert answer.status_code == 200, answer.text


def bought(state: State) -> int:
    return len(state["shipments"])


CARRIER = Carrier(
    key="jt",
    account=account,
    advance=advance,
    bought=bought,
    create_call="POST /order/addOrder",
    track_call="POST /logistics/trace",
)
