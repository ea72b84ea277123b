"""Quiqup, within the Emirates."""

import uuid
from collections.abc import Mapping

import httpx

from tests.support.carriers.base import Carrier, State


def account() -> dict[str, str]:
    return {"client_id": f"{uuid.uuid4().hex}.apps.quiqup.com", "client_secret": uuid.uuid4().hex}


async def advance(http: httpx.AsyncClient, url: str, credentials: Mapping[str, str], number: str, step: str) -> None:
    answer = await http.post(f"{url}/_test/shipments/{number}/advance", json={"to": step})
    assert answer.status_code == 200, answer.text


def bought(state: State) -> int:
    return len(state["shipments"])


CARRIER = Carrier(
    key="quiqup",
    account=account,
    advance=advance,
    bought=bought,
    create_call="POST /orders",
    track_call="GET /orders/*",
)
