"""Naqel Express."""

from collections.abc import Mapping

import httpx

from tests.providers.shipping.naqel.builders import new_account
from tests.support.carriers.base import Carrier, State


async def advance(http: httpx.AsyncClient, url: str, credentials: Mapping[str, str], number: str, to: str) -> None:
    answer = await http.post(f"{url}/_test/shipments/{number}/advance", json={"to": to})
    assert answer.status_code == 200, answer.text


def bought(state: State) -> int:
    return len(state["shipments"])


CALL = "POST /XMLShippingService.asmx"
"""Every operation's: which it is stands in the envelope."""

CARRIER = Carrier(
    key="naqel",
    account=new_account,
    advance=advance,
    bought=bought,
    create_call=CALL,
    track_call=CALL,
    domestic={},
)
