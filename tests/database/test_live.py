"""What open pages are told at once where the server has Supabase Realtime.

Its server does not run here: a stand-in has the functions and the table that its documentation names, in a transaction
that is undone.
"""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.callers import Caller, Database, Row, Workspace, new_person

STAND_IN = """
create schema realtime;
create table realtime.messages (topic text, event text, payload jsonb, private boolean, extension text);
alter table realtime.messages enable row level security;
grant usage on schema realtime to authenticated;
grant select on realtime.messages to authenticated;
create function realtime.send(payload jsonb, event text, topic text, private boolean) returns void language sql as $$
    insert into realtime.messages values (topic, event, payload, private, 'broadcast')
$$;
create function realtime.topic() returns text language sql stable as $$ select current_setting('test.topic', true) $$;
grant execute on function realtime.topic() to authenticated;
"""
CONNECTED = """
insert into public.integration_connections (organization_id, provider_key, name, environment)
select %s, 'stripe', 'Connection ' || n, 'sandbox' from generate_series(1, 3) n
"""


@pytest.fixture
async def live(database: Database, workspace: Workspace) -> AsyncIterator[Database]:
    """The database as it is where the server has Realtime."""
    # Whoever holds a table is not waited for without end.
    await database.execute("set lock_timeout = '20s'")
    try:
        async with database.transaction(force_rollback=True):
            await database.execute(STAND_IN)
            assert await one(database, "select private.broadcast_changes() as there") == {"there": True}
            yield database
    finally:
        await database.execute("reset lock_timeout")


async def one(database: Database, query: Any, parameters: Any = None) -> Row | None:
    return await (await database.execute(query, parameters)).fetchone()


async def heard(database: Database, caller: Caller, topic: str) -> int:
    """How many messages somebody may receive who joins a topic."""
    claims = json.dumps({"sub": caller.user_id, "role": "authenticated"})
    async with database.transaction(force_rollback=True):
        await database.execute("select set_config('test.topic', %s, true)", [topic])
        await database.execute("select set_config('request.jwt.claims', %s, true)", [claims])
        await database.execute("set local role authenticated")
        found = await one(database, "select count(*) as messages from realtime.messages")
    assert found is not None
    return int(found["messages"])


async def test_a_change_is_told_once_a_statement_and_says_no_more_than_where(
    live: Database, workspace: Workspace
) -> None:
    await live.execute(CONNECTED, [workspace.id])

    told = await (await live.execute("select topic, event, payload, private from realtime.messages")).fetchall()

    assert [row for row in told if row["payload"] == {"table": "integration_connections"}] == [
        {
            "topic": f"organization:{workspace.id}",
            "event": "changed",
            "payload": {"table": "integration_connections"},
            "private": True,
        }
    ]


async def test_an_update_is_told_too_and_a_deletion_of_nothing_is_not(live: Database, workspace: Workspace) -> None:
    await live.execute(CONNECTED, [workspace.id])
    await live.execute("delete from realtime.messages")

    await live.execute(
        "update public.integration_connections set name = name || '!' where organization_id = %s", [workspace.id]
    )
    await live.execute("update public.integration_connections set name = name where false")

    assert await one(live, "select count(*) as messages from realtime.messages") == {"messages": 1}


async def test_only_members_hear_of_an_organization(live: Database, workspace: Workspace) -> None:
    await live.execute(CONNECTED, [workspace.id])
    topic = f"organization:{workspace.id}"
    stranger = await new_person("stranger", workspace.stack, workspace.http, workspace.database)

    assert await heard(live, workspace.owner, topic) > 0
    assert await heard(live, stranger, topic) == 0
    assert await heard(live, workspace.owner, "organization:everybody") == 0


async def test_it_may_be_repeated(live: Database) -> None:
    assert await one(live, "select private.broadcast_changes() as there") == {"there": True}


async def test_without_realtime_nothing_is_set_up(database: Database) -> None:
    assert await one(database, "select private.broadcast_changes() as there") == {"there": False}
    triggers = "select count(*) as triggers from pg_trigger where tgname in ('tell_inserted', 'tell_updated')"
    assert await one(database, triggers) == {"triggers": 0}


async def test_every_watched_table_tells_whose_it_is(live: Database) -> None:
    watched = """select c.relname, exists (select from pg_attribute a
            where a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped) as tells
        from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgname = 'tell_updated'"""
    rows = await (await live.execute(watched)).fetchall()
    assert len(rows) == 11
    assert all(row["tells"] for row in rows)
