"""What API keys use: told by every request, counted by the leader, and held back beyond the limit."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from uuid import UUID

import httpx
import pytest

from stack import Stack
from tests.support.callers import Caller, Database, Workspace, key_caller, new_workspace
from tests.support.workplace import until
from workers.operations.request_counts import RequestCounts
from workers.store.api_keys import PostgresApiKeys
from workers.store.pool import connect, open_pool


@pytest.fixture
async def workspace(stack: Stack, http: httpx.AsyncClient, database: Database) -> Workspace:
    return await new_workspace(stack, http, database)


@pytest.fixture
async def api_keys(stack: Stack) -> AsyncIterator[PostgresApiKeys]:
    """The keys of the hub that the requests are made to."""
    async with open_pool(stack.worker_database_url, application_name="keys of a test", max_size=2) as pool:
        yield PostgresApiKeys(pool)


@pytest.fixture
async def counts(api_keys: PostgresApiKeys, database: Database, stack: Stack) -> AsyncIterator[RequestCounts]:
    """A leader that counts, and is known to listen."""
    opening = partial(connect, stack.worker_database_url, application_name="counts of a test")
    counts = RequestCounts(api_keys, opening, settle_seconds=0.05)
    running = asyncio.create_task(counts.run())
    counts.leadership_changed(True)

    async def listens() -> bool:
        query = "select from pg_stat_activity where application_name = 'counts of a test' and query like '%listen%'"
        return await (await database.execute(query)).fetchone() is not None

    await until(listens)
    yield counts
    running.cancel()
    await asyncio.wait([running])


async def machine(workspace: Workspace, requests_per_minute: int) -> tuple[Caller, str]:
    created = await workspace.owner.call(
        "create_api_key", name="Key", scopes=["*"], requests_per_minute=requests_per_minute
    )
    return key_caller(workspace.stack, workspace.http, created["id"]), created["id"]


async def requests_of(workspace: Workspace, key_id: str) -> int:
    rows = await workspace.owner.rows(f"api_key_usage?select=requests&api_key_id=eq.{key_id}")
    return sum(row["requests"] for row in rows)


async def test_reads_and_writes_are_counted(workspace: Workspace, counts: RequestCounts) -> None:
    caller, key_id = await machine(workspace, 600)
    for _ in range(5):
        await caller.rows("organizations?select=id")
    await caller.call("list_quotas")
    await caller.request("PATCH", "alert_channels?name=eq.none", json={"enabled": True})

    async def all_counted() -> bool:
        return await requests_of(workspace, key_id) == 7

    await until(all_counted)
    assert await workspace.one("select last_used_at is not null from api_keys where id = %s", [key_id])


async def test_who_goes_too_fast_is_told_when_to_go_on(workspace: Workspace, counts: RequestCounts) -> None:
    caller, key_id = await machine(workspace, 3)
    other, _ = await machine(workspace, 3)

    async def held_back() -> httpx.Response | None:
        answer = await caller.request("GET", "organizations?select=id")
        return answer if answer.status_code == 429 else None

    answer = await until(held_back)

    assert answer.json()["code"] == "too_many_requests"
    assert 0 < int(answer.headers["retry-after"]) <= 60 * await requests_of(workspace, key_id)
    written = await caller.request("POST", "rpc/list_quotas", json={})
    assert written.status_code == 429
    assert len(await other.rows("organizations?select=id")) == 1  # another key of the same organization
    waited = "update private.api_key_budgets set spent_until = now() + interval '59 seconds' where api_key_id = %s"
    await workspace.database.execute(waited, [key_id])
    assert len(await caller.rows("organizations?select=id")) == 1


async def test_a_limit_counts_from_now_on_after_a_quiet_time(workspace: Workspace, api_keys: PostgresApiKeys) -> None:
    _, key_id = await machine(workspace, 60)
    await api_keys.settle({UUID(key_id): 1})
    past = "update private.api_key_budgets set spent_until = now() - interval '1 day' where api_key_id = %s"
    await workspace.database.execute(past, [key_id])

    await api_keys.settle({UUID(key_id): 61})

    ahead = "select extract(epoch from spent_until - now())::float8 from private.api_key_budgets where api_key_id = %s"
    assert 55 < await workspace.one(ahead, [key_id]) <= 61


async def test_a_key_that_is_gone_and_nonsense_disturb_nobody(
    workspace: Workspace, counts: RequestCounts, database: Database
) -> None:
    caller, key_id = await machine(workspace, 600)
    await database.execute("select pg_notify('wasl_requests', 'nonsense')")
    await database.execute("select pg_notify('wasl_requests', gen_random_uuid()::text)")
    await caller.rows("organizations?select=id")

    async def counted() -> bool:
        return await requests_of(workspace, key_id) == 1

    await until(counted)


async def test_counting_goes_on_after_its_connection_was_lost(
    workspace: Workspace, counts: RequestCounts, database: Database
) -> None:
    caller, key_id = await machine(workspace, 600)
    ended = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'counts of a test'"
    await database.execute(ended)

    async def counted() -> bool:
        await caller.rows("organizations?select=id")
        return await requests_of(workspace, key_id) > 0

    await until(counted, every=0.2)
