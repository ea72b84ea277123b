"""Endpoints are remembered for a few seconds, and a new secret is valid at once all the same."""

import asyncio
import hashlib
import uuid
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import pytest

from workers.store.webhooks import EndpointRow
from workers.vault.errors import UnknownConnection, UnknownKey
from workers.webhooks.endpoints import Endpoints, LookupFailed

TOKEN = "wh_" + "a" * 43
TOKEN_HASH = hashlib.sha256(TOKEN.encode()).digest()


class Hub:
    """One endpoint, its secret, and a clock; counts how often it is asked."""

    def __init__(self) -> None:
        self.row: EndpointRow | None = EndpointRow(
            TOKEN_HASH,
            uuid.uuid4(),
            uuid.uuid4(),
            uuid.uuid4(),
            "stripe",
            "sandbox",
            {},
            1,
            False,
            1024,
            300,
            False,
            [],
            [],
        )
        self.secret = "whsec_old\nwhsec_new\n\n"
        self.now = 1000.0
        self.lookups: list[int] = []
        self.fault: Exception | None = None
        self.endpoints = Endpoints(self, self, remember_seconds=5, remember=3, clock=lambda: self.now)  # type: ignore[arg-type]

    async def find_endpoints(self, token_hashes: Collection[bytes]) -> Mapping[bytes, EndpointRow]:
        self.lookups.append(len(token_hashes))
        await asyncio.sleep(0)
        if self.fault:
            raise self.fault
        return {TOKEN_HASH: self.row} if self.row and TOKEN_HASH in token_hashes else {}

    async def open(self, connection_id: uuid.UUID, version: int) -> dict[str, Any]:
        if self.fault:
            raise self.fault
        return {"webhook_secret": self.secret, "secret_key": "sk_test_1"}


@pytest.fixture
async def hub() -> Any:
    hub = Hub()
    async with hub.endpoints.running():
        yield hub


async def test_secrets_stand_one_a_line(hub: Hub) -> None:
    endpoint = await hub.endpoints.find(TOKEN)
    assert endpoint is not None
    assert endpoint.secrets == ("whsec_old", "whsec_new")
    assert "whsec" not in repr(endpoint)


async def test_an_endpoint_is_remembered_for_a_while(hub: Hub) -> None:
    first = await hub.endpoints.find(TOKEN)
    hub.now += 4.9
    assert await hub.endpoints.find(TOKEN) is first
    hub.row = None
    hub.now += 0.2
    assert await hub.endpoints.find(TOKEN) is None
    assert len(hub.lookups) == 2


async def test_that_there_is_none_is_remembered_too(hub: Hub) -> None:
    row, hub.row = hub.row, None
    assert await hub.endpoints.find(TOKEN) is None
    hub.row = row
    assert await hub.endpoints.find(TOKEN) is None
    hub.now += 5.1
    assert await hub.endpoints.find(TOKEN) is not None


@pytest.mark.parametrize(
    "token", ["", "wh_", TOKEN + "a", TOKEN[:-1] + "/", TOKEN[:-1] + "ä", TOKEN + "\n", "wx" + TOKEN[2:]]
)
async def test_what_is_no_token_is_not_even_looked_up(hub: Hub, token: str) -> None:
    assert await hub.endpoints.find(token) is None
    assert hub.lookups == []


async def test_many_who_ask_at_once_make_one_lookup(hub: Hub) -> None:
    found = await asyncio.gather(*(hub.endpoints.find(TOKEN) for _ in range(50)))
    assert len({id(endpoint) for endpoint in found}) == 1
    assert hub.lookups == [1]


async def test_a_flood_of_guesses_makes_few_lookups(hub: Hub) -> None:
    guesses = [f"wh_{number:043d}" for number in range(400)]
    assert await asyncio.gather(*(hub.endpoints.find(guess) for guess in guesses)) == [None] * 400
    assert len(hub.lookups) <= 4
    assert len(hub.endpoints._unknown) == 3


async def test_a_new_secret_is_found_at_once(hub: Hub) -> None:
    endpoint = await hub.endpoints.find(TOKEN)
    assert endpoint is not None
    hub.now += 1.1
    assert hub.row is not None
    hub.secret, hub.row = "whsec_newest", replace(hub.row, credentials_version=2)
    fresh = await hub.endpoints.fresher(endpoint)
    assert fresh is not None
    assert fresh.secrets == ("whsec_newest",)
    assert await hub.endpoints.find(TOKEN) is fresh


async def test_a_forger_does_not_make_us_ask_again_and_again(hub: Hub) -> None:
    endpoint = await hub.endpoints.find(TOKEN)
    assert endpoint is not None
    for _ in range(100):
        assert await hub.endpoints.fresher(endpoint) is None
    assert len(hub.lookups) == 1


@pytest.mark.parametrize("fault", [OSError("no database"), UnknownKey("k")])
async def test_a_failed_lookup_is_told_and_not_remembered(hub: Hub, fault: Exception) -> None:
    hub.fault = fault
    with pytest.raises(LookupFailed):
        await hub.endpoints.find(TOKEN)
    hub.fault = None
    assert await hub.endpoints.find(TOKEN) is not None


async def test_an_endpoint_whose_connection_has_just_gone_is_none(hub: Hub) -> None:
    hub.fault = None

    async def gone(connection_id: uuid.UUID, version: int) -> dict[str, Any]:
        raise UnknownConnection(connection_id)

    hub.open = gone  # type: ignore[method-assign]
    assert await hub.endpoints.find(TOKEN) is None


async def test_a_provider_that_sends_no_webhooks_has_no_endpoint(hub: Hub) -> None:
    assert hub.row is not None
    hub.row = replace(hub.row, provider_key="carrier_pigeon")
    assert await hub.endpoints.find(TOKEN) is None
