"""EMX, Emirates Post's courier."""

from collections.abc import Mapping

import httpx

from tests.providers.shipping.emx.builders import new_account
from tests.support.carriers.base import Carrier, State


async def advance(http: httpx.AsyncClient, url: str, credentials: Mapping[str, str], number: str, to: str) -> None:
    answer = await http.post(f"{url}/_test/shipments/{number}/advance", json={"to": to})
    assert answer.status_code == 200, answer.text


def bought(state: State) -> int:
    return len(state["shipments"])


CARRIER = Carrier(
    key="emx",
    account=new_account,
    advance=advance,
    bought=bought,
    create_call="POST /booking/rest/CreateBooking",
    rate_call="POST /ratecalculator/rest/CalculatePriceRate",
    track_call="POST /tracking",
    domestic={},
    international={},
)
