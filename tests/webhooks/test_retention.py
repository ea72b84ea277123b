"""Raw bodies are erased when their endpoint keeps them no longer; the event, and the digest of its body, remain."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from tests.support.webhooks import Database, Receiver
from workers.store.partitions import Upkeep
from workers.store.pool import Pool

BODY = b'{"id": "evt_1", "name": "Amal"}'
Keep = Callable[..., Awaitable[str]]


@pytest.fixture
def keep(database: Database, receiver: Receiver) -> Keep:
    """Keeps an event that came so many hours ago, long ago enough to be erased or not."""

    async def keep(hours: float, status: str = "processed", body: bytes = BODY) -> str:
        at = datetime.now(UTC) - timedelta(hours=hours)
        await database.execute(
            "select private.make_partition('webhook_events', %s::date, %s::date + 1)", [at.date(), at.date()]
        )
        event_id = str(uuid4())
        await database.execute(
            "insert into public.webhook_events (id, received_at, organization_id, connection_id, endpoint_id,"
            " provider_key, verified, status, headers, body, body_bytes)"
            " values (%s, %s, %s, %s, %s, 'stripe', true, %s::public.webhook_event_status, '{}', %s, %s)",
            [
                *(event_id, at, receiver.organization_id, receiver.connection["id"], receiver.endpoint["id"], status),
                *(body, len(body)),
            ],
        )
        return event_id

    return keep


async def erased(receiver: Receiver) -> set[str]:
    """The events whose bodies are gone."""
    events = await receiver.events()
    assert all((event["body"] == b"") == (event["body_erased_at"] is not None) for event in events)
    return {str(event["id"]) for event in events if event["body_erased_at"]}


async def test_bodies_that_are_older_than_they_are_kept_are_erased(pool: Pool, receiver: Receiver, keep: Keep) -> None:
    old, new = await keep(25), await keep(23)
    await Upkeep(pool).erase_webhook_bodies()
    assert await erased(receiver) == set()
    await receiver.change(body_retention_days=1)
    await Upkeep(pool).erase_webhook_bodies()
    assert await erased(receiver) == {old}
    events = {str(event["id"]): event for event in await receiver.events()}
    assert events[old]["body_sha256"] == hashlib.sha256(BODY).digest()
    assert (events[old]["body_bytes"], events[new]["body"]) == (len(BODY), BODY)


async def test_a_shorter_time_reaches_what_is_left_and_a_longer_one_brings_nothing_back(
    pool: Pool, receiver: Receiver, keep: Keep
) -> None:
    old, less_old = await keep(24 * 10), await keep(24 * 5)
    for days, gone in ((7, {old}), (30, {old}), (3, {old, less_old})):
        await receiver.change(body_retention_days=days)
        await Upkeep(pool).erase_webhook_bodies()
        assert await erased(receiver) == gone


@pytest.mark.parametrize("status", ["received", "failed"])
async def test_an_event_that_is_yet_to_be_processed_keeps_its_body(
    pool: Pool, database: Database, receiver: Receiver, keep: Keep, status: str
) -> None:
    first, waiting, last = await keep(30), await keep(29, status), await keep(28)
    await receiver.change(body_retention_days=1)
    await Upkeep(pool).erase_webhook_bodies()
    assert await erased(receiver) == {first, last}
    await database.execute("update public.webhook_events set status = 'dead' where id = %s", [waiting])
    await Upkeep(pool).erase_webhook_bodies()
    assert await erased(receiver) == {first, waiting, last}


async def test_it_goes_on_where_it_was_interrupted(
    pool: Pool, receiver: Receiver, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = {await keep(48 - number) for number in range(7)}
    await receiver.change(body_retention_days=1)
    monkeypatch.setattr("workers.store.partitions._BODIES", 2)
    executed, execute = 0, psycopg.AsyncConnection.execute

    async def fails_at_the_third(self: psycopg.AsyncConnection[object], *given: object, **more: object) -> object:
        nonlocal executed
        executed += 1
        if executed == 3:
            raise psycopg.OperationalError("the server went away")
        return await execute(self, *given, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as broken:
        broken.setattr(psycopg.AsyncConnection, "execute", fails_at_the_third)
        with pytest.raises(psycopg.OperationalError):
            await Upkeep(pool).erase_webhook_bodies()
    assert len(await erased(receiver)) == 4
    await Upkeep(pool).erase_webhook_bodies()
    assert await erased(receiver) == events


async def test_what_has_no_body_is_not_replayed(pool: Pool, receiver: Receiver, keep: Keep) -> None:
    old, new = await keep(25), await keep(23)
    await receiver.change(body_retention_days=1)
    await Upkeep(pool).erase_webhook_bodies()
    answer = await receiver.http.post(
        "/rest/v1/rpc/replay_webhook_events", headers=receiver.owner_headers, json={"event_ids": [old, new]}
    )
    assert (answer.status_code, answer.json()["code"], answer.json()["details"]) == (409, "body_erased", "event_ids")
    assert await receiver.jobs() == []


async def test_noted_requests_are_let_go_after_a_month(pool: Pool, database: Database, receiver: Receiver) -> None:
    await database.execute(
        "insert into public.webhook_requests (organization_id, connection_id, endpoint_id, received_at, reason,"
        " http_status, method)"
        " select %s, %s, %s, now() - make_interval(days => days), 'x', 401, 'POST' from unnest(array[29, 31]) days",
        [receiver.organization_id, receiver.connection["id"], receiver.endpoint["id"]],
    )
    await Upkeep(pool).drop_old_webhook_requests()
    assert len(await receiver.rows(f"webhook_requests?endpoint_id=eq.{receiver.endpoint['id']}")) == 1
