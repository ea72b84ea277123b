"""Aramex and its twin."""

import uuid
from collections.abc import Mapping

import httpx

from tests.support.carriers.base import Carrier, State

SERVICE = "/ShippingAPI.V2/{}/Service_1_0.svc/json/{}"


def account() -> dict[str, str]:
    """Credentials that nobody has used."""
    return {
        "user_name": f"{uuid.uuid4().hex}@shop.example",
        "password": "a-password-for-tests",
        "account_pin": "000111",
    }


async def advance(http: httpx.AsyncClient, url: str, _: Mapping[str, str], number: str, step: str) -> None:
    """Move a parcel on."""
    moved = await http.post(f"{url}/_test/shipments/{number}/advance", json={"to": step})
    assert moved.status_code == 200, moved.text


def bought(state: State) -> int:
    """How many labels there are."""
    return len(state["shipments"])


CARRIER = Carrier(
    key="aramex",
    account=account,
    advance=advance,
    bought=bought,
    create_call=f"POST {SERVICE.format('Shipping', 'CreateShipments')}",
    rate_call=f"POST {SERVICE.format('RateCalculator', 'CalculateRate')}",
    track_call=f"POST {SERVICE.format('Tracking', 'TrackShipments')}",
    settings={"account_number": "60000001"},
    international={},
)
