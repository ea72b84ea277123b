"""Events are kept together, and no event suffers for its neighbour."""

import asyncio
import hashlib
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest
from psycopg_pool import PoolTimeout

from tests.support.webhooks import Receiver
from workers.store.pool import Pool
from workers.store.webhooks import NewEvent, PostgresWebhooks
from workers.webhooks.deliveries import new_event_id
from workers.webhooks.keeping import EndpointGone, Keeper, NotKept
from workers.webhooks.metrics import IngressMetrics


def a_new_event(body: bytes = b"{}", **changes: object) -> NewEvent:
    """An event of an endpoint that may not exist."""
    at = datetime.now(UTC)
    event = NewEvent(
        id=new_event_id(int(at.timestamp() * 1000)),
        received_at=at,
        endpoint_id=uuid.uuid4(),
        organization_id=uuid.uuid4(),
        connection_id=uuid.uuid4(),
        provider_key="stripe",
        key=hashlib.sha256(uuid.uuid4().bytes).digest(),
        provider_event_id=None,
        event_type=None,
        headers="{}",
        query="",
        source_address=None,
        body=body,
        body_bytes=len(body),
        status="received",
    )
    return event._replace(**changes)  # type: ignore[arg-type]


def event_of(receiver: Receiver, **changes: object) -> NewEvent:
    """An event of a receiver's endpoint."""
    return a_new_event(
        endpoint_id=UUID(receiver.endpoint["id"]),
        organization_id=UUID(receiver.organization_id),
        connection_id=UUID(receiver.connection["id"]),
        **changes,  # type: ignore[arg-type]
    )


class FakeStore:
    """Keeps what its rule lets it keep."""

    def __init__(self, rule: Callable[[Sequence[NewEvent]], None]) -> None:
        self.rule = rule
        self.kept: list[UUID] = []
        self.calls = 0

    async def keep_events(self, events: Sequence[NewEvent]) -> set[UUID]:
        self.calls += 1
        self.rule(events)
        self.kept += [event.id for event in events]
        return {event.id for event in events}


async def keep_all(store: object, events: Sequence[NewEvent]) -> list[bool | BaseException]:
    """Give all at once, so that they share batches."""
    keeper = Keeper(store, IngressMetrics())  # type: ignore[arg-type]
    async with keeper.running():
        return await asyncio.gather(*(keeper.keep(event) for event in events), return_exceptions=True)


async def test_a_batch_goes_in_together_and_comes_out_in_order(pool: Pool, receiver: Receiver) -> None:
    events = [event_of(receiver, body=f"{n}".encode()) for n in range(50)]
    repeat = events[7]._replace(id=uuid.uuid4())
    assert await keep_all(PostgresWebhooks(pool), [*events, repeat]) == [True] * 50 + [False]
    assert {row["body"] for row in await receiver.events()} == {event.body for event in events}


async def test_events_without_a_providers_id_or_type_are_kept(pool: Pool, receiver: Receiver) -> None:
    store = PostgresWebhooks(pool)
    assert await keep_all(store, [event_of(receiver)]) == [True]
    with_id = event_of(receiver, provider_event_id="evt", event_type="x")
    assert await keep_all(store, [event_of(receiver), with_id]) == [True, True]


async def test_a_poisonous_event_does_not_fail_its_neighbours(pool: Pool, receiver: Receiver) -> None:
    poisons = [
        event_of(receiver, headers="no JSON"),
        event_of(receiver, query="a NUL \x00"),
        event_of(receiver, query="half a pair \ud800"),
        event_of(receiver, received_at=datetime(1999, 1, 1, tzinfo=UTC)),
    ]
    good = [event_of(receiver) for _ in range(6)]
    results = await keep_all(PostgresWebhooks(pool), [*good[:3], *poisons, *good[3:]])
    assert [result if result is True else type(result) for result in results] == [True] * 3 + [NotKept] * 4 + [True] * 3
    assert {row["id"] for row in await receiver.events()} == {event.id for event in good}
    assert len(await receiver.jobs()) == 6


async def test_an_event_of_a_removed_endpoint_is_told_from_others(pool: Pool, receiver: Receiver) -> None:
    results = await keep_all(PostgresWebhooks(pool), [event_of(receiver), a_new_event()])
    assert results[0] is True
    assert isinstance(results[1], EndpointGone)


async def test_a_lost_connection_is_tried_once_more() -> None:
    failures = [psycopg.OperationalError("the server closed the connection")]

    def fail_once(_: Sequence[NewEvent]) -> None:
        if failures:
            raise failures.pop()

    store = FakeStore(fail_once)
    assert await keep_all(store, [a_new_event(), a_new_event()]) == [True, True]
    assert store.calls == 2


@pytest.mark.parametrize(
    "error", [psycopg.OperationalError(), psycopg.errors.ReadOnlySqlTransaction(), PoolTimeout(), TimeoutError()]
)
async def test_a_database_that_cannot_now_puts_all_senders_off(error: Exception) -> None:
    def fail(_: Sequence[NewEvent]) -> None:
        raise error

    store = FakeStore(fail)
    results = await keep_all(store, [a_new_event() for _ in range(3)])
    assert [type(result) for result in results] == [NotKept] * 3
    assert store.calls == 2  # one by one would only make it worse


async def test_a_commit_that_was_lost_to_sight_is_found_again(pool: Pool, receiver: Receiver) -> None:
    """The connection breaks after the commit: the second attempt finds repeats, and they are acknowledged."""
    real = PostgresWebhooks(pool)

    class BreaksAfterwards:
        broken = False

        async def keep_events(self, events: Sequence[NewEvent]) -> set[UUID]:
            fresh = await real.keep_events(events)
            if not self.broken:
                self.broken = True
                raise psycopg.OperationalError("the server closed the connection")
            return fresh

    assert await keep_all(BreaksAfterwards(), [event_of(receiver)]) == [False]
    assert len(await receiver.events()) == 1


async def test_two_processes_keep_the_same_repeats_without_waiting_for_each_other(
    pool: Pool, receiver: Receiver
) -> None:
    events = [event_of(receiver, body=f"{n}".encode()) for n in range(100)]
    again = [event._replace(id=uuid.uuid4()) for event in reversed(events)]
    store = PostgresWebhooks(pool)
    results = await asyncio.gather(*(keep_all(store, batch) for batch in (events, again, events[50:], again[:50])))
    assert all(isinstance(result, bool) for batch in results for result in batch)
    assert sum(result is True for batch in results for result in batch) == 100
    assert len(await receiver.events()) == 100
