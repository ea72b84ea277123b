"""Reading status pages: what is kept, what incidents follow, and what becomes of a page that cannot be read."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.support.workplace import Row, Workplace
from workers.monitoring.status_pages import StatusPages
from workers.providers.manifest import StatusFeed
from workers.providers.registry import CONNECTORS
from workers.store.status_pages import PostgresStatusPages

FEEDS = {key: each.manifest.status_feed for key, each in CONNECTORS.items() if each.manifest.status_feed}
Say = Callable[..., Awaitable[None]]


@pytest.fixture(autouse=True)
async def nothing_is_watched(workplace: Workplace) -> AsyncIterator[None]:
    """Other tests' live connections are out of use, and no page has been read."""
    await workplace.database.execute(
        "update public.integration_connections set status = 'paused' where environment = 'live'"
    )
    await workplace.database.execute("delete from public.provider_status")
    yield
    for provider in FEEDS:
        await workplace.sandbox.delete(f"/_status_pages/{provider}")


@pytest.fixture
async def live(workplace: Workplace, organization: UUID) -> UUID:
    """A live Stripe connection in use, found up."""
    return await connect_live(workplace, organization, "stripe")


async def connect_live(workplace: Workplace, organization: UUID, provider: str) -> UUID:
    row = await workplace.call("create_connection", organization_id=organization, provider=provider, environment="live")
    await workplace.database.execute(
        "update public.integration_connections set status = 'active', health_state = 'up', health_checked_at = now(),"
        " next_health_check_at = now() + interval '1 day' where id = %s",
        [row["id"]],
    )
    connection_id: UUID = row["id"]
    return connection_id


@pytest.fixture
def say(workplace: Workplace) -> Say:
    """A function that lets a provider's page say something."""

    async def change(provider: str, indicator: str, description: str = "API errors") -> None:
        says = {"indicator": indicator, "description": description}
        answer = await workplace.sandbox.put(f"/_status_pages/{provider}", json=says)
        assert answer.status_code == 204

    return change


def pages(
    workplace: Workplace, feeds: dict[str, StatusFeed] | None = None, transport: httpx.AsyncBaseTransport | None = None
) -> StatusPages:
    """What reads them, at the sandbox."""
    base_url = f"{str(workplace.sandbox.base_url).rstrip('/')}/_status_pages"
    store = PostgresStatusPages(workplace.pool)
    return StatusPages(store, feeds or FEEDS, transport or httpx.AsyncHTTPTransport(), base_url=base_url)


async def status(workplace: Workplace, provider: str = "stripe") -> Row:
    return await workplace.one("select * from public.provider_status where provider_key = %s", provider)


async def timeline(workplace: Workplace, connection_id: UUID) -> list[tuple[Any, ...]]:
    rows = await workplace.all(
        "select i.source, e.kind, e.state, e.page_indicator from public.health_incident_entries e"
        " join public.health_incidents i on i.id = e.incident_id where i.connection_id = %s order by e.id",
        connection_id,
    )
    return [tuple(row.values()) for row in rows]


@pytest.mark.parametrize("provider", sorted(FEEDS))
async def test_every_providers_page_is_read(workplace: Workplace, organization: UUID, say: Say, provider: str) -> None:
    await connect_live(workplace, organization, provider)
    await pages(workplace).read()
    assert (await status(workplace, provider))["indicator"] == "none"
    await say(provider, "major")
    await pages(workplace).read()
    row = await status(workplace, provider)
    assert (row["indicator"], row["error"], len(row["incidents"])) == ("major", None, 1)


async def test_pages_of_providers_without_live_connections_are_not_read(
    workplace: Workplace, organization: UUID
) -> None:
    await workplace.connect_stripe(organization)
    await pages(workplace).read()
    assert await workplace.all("select * from public.provider_status") == []


async def test_an_unchanged_page_is_not_sent_again(workplace: Workplace, live: UUID) -> None:
    answers: list[int] = []

    class Counting(httpx.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            answer = await super().handle_async_request(request)
            answers.append(answer.status_code)
            return answer

    for _ in range(2):
        await pages(workplace, transport=Counting()).read()
    assert answers == [200, 304]
    assert (await status(workplace))["indicator"] == "none"


async def test_a_major_outage_opens_an_incident_and_its_end_closes_it(
    workplace: Workplace, live: UUID, say: Say
) -> None:
    await say("stripe", "minor")
    await pages(workplace).read()
    assert await timeline(workplace, live) == []
    for indicator in ("major", "major", "critical", "none"):
        await say("stripe", indicator)
        await pages(workplace).read()
    assert await timeline(workplace, live) == [
        ("status_page", "opened", "up", "major"),
        ("status_page", "changed", "up", "critical"),
        ("status_page", "closed", "up", "none"),
    ]


async def test_the_page_does_not_overrule_our_own_checks(workplace: Workplace, live: UUID, say: Say) -> None:
    await say("stripe", "critical")
    await pages(workplace).read()
    row = await workplace.one("select health_state from public.integration_connections where id = %s", live)
    assert row["health_state"] == "up"
    await workplace.database.execute(
        "update public.integration_connections set health_state = 'down' where id = %s", [live]
    )
    await say("stripe", "none")
    await pages(workplace).read()
    assert [entry[1:3] for entry in await timeline(workplace, live)] == [
        ("opened", "up"),
        ("changed", "down"),
        ("changed", "down"),
    ]


async def test_what_was_read_stands_for_an_hour(workplace: Workplace, live: UUID, say: Say) -> None:
    await say("stripe", "major")
    await pages(workplace).read()
    broken = {"stripe": StatusFeed(format="statuspage", url="https://status.example/nowhere.json")}
    await pages(workplace, broken).read()
    row = await status(workplace)
    assert (row["indicator"], row["error"]) == ("major", "the page answers 404")

    await workplace.database.execute("update public.provider_status set read_at = now() - interval '61 minutes'")
    await pages(workplace, broken).read()
    row = await status(workplace)
    assert (row["indicator"], row["incidents"], row["etag"]) == ("unknown", [], None)
    assert (await timeline(workplace, live))[-1][1] == "closed"


async def test_a_page_that_was_never_read_is_unknown(workplace: Workplace, live: UUID) -> None:
    async def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    await pages(workplace, transport=httpx.MockTransport(refuse)).read()
    row = await status(workplace)
    assert (row["indicator"], row["error"], row["read_at"]) == ("unknown", "no route", None)


async def test_one_that_cannot_be_read_does_not_hold_up_the_others(
    workplace: Workplace, organization: UUID, live: UUID
) -> None:
    await connect_live(workplace, organization, "hubspot")
    feeds = {**FEEDS, "stripe": StatusFeed(format="statuspage", url="https://status.example/nowhere.json")}
    await pages(workplace, feeds).read()
    assert (await status(workplace, "hubspot"))["indicator"] == "none"
