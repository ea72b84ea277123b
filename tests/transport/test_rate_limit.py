"""Token buckets shared by lease: never more than the bucket gives, however many take from it."""

import asyncio
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transport.conftest import Clock
from workers.transport import InMemoryBuckets, LeasedBudget, StateUnavailable
from workers.transport.rate_limit import LEASE_SECONDS, LONGEST_PUT_OFF_SECONDS, Bucket, Grant


class CountingBuckets(InMemoryBuckets):
    """Buckets that count how often they are asked."""

    trips = 0
    given = 0

    async def take(self, connection_id: UUID, wanted: int) -> Grant:
        self.trips += 1
        await asyncio.sleep(0)
        grant = await super().take(connection_id, wanted)
        self.given += grant.tokens
        return grant


def make(clock: Clock, capacity: float = 8, rate: float = 8) -> tuple[CountingBuckets, LeasedBudget]:
    buckets = CountingBuckets(capacity=capacity, refill_per_second=rate, clock=clock)
    return buckets, LeasedBudget(buckets, clock=clock, sleep=clock.sleep)


async def test_a_full_bucket_gives_at_once(clock: Clock) -> None:
    _, budget = make(clock)
    assert await budget.acquire(uuid4(), 0.25) == 0


async def test_connections_have_buckets_of_their_own(clock: Clock) -> None:
    _, budget = make(clock, capacity=1, rate=1)
    assert await budget.acquire(uuid4(), 0) == 0
    assert await budget.acquire(uuid4(), 0) == 0


async def test_a_short_wait_is_waited_and_a_long_one_told(clock: Clock) -> None:
    _, budget = make(clock, capacity=1, rate=10)
    connection_id, started = uuid4(), clock.now
    assert await budget.acquire(connection_id, 0.25) == 0
    assert await budget.acquire(connection_id, 0.25) == 0
    assert clock.now - started == pytest.approx(0.1, abs=0.002)
    assert await budget.acquire(connection_id, 0.05) == pytest.approx(0.1, abs=0.002)


async def test_those_put_off_are_told_to_come_back_one_after_the_other(clock: Clock) -> None:
    _, budget = make(clock, capacity=1, rate=2)
    connection_id = uuid4()
    await budget.acquire(connection_id, 0)
    waits = [await budget.acquire(connection_id, 0) for _ in range(4)]
    assert waits == pytest.approx([0.5, 1.0, 1.5, 2.0])


async def test_nobody_is_put_off_for_ever_for_want_of_tokens(clock: Clock) -> None:
    _, budget = make(clock, capacity=1, rate=1)
    connection_id = uuid4()
    await budget.acquire(connection_id, 0)
    assert max([await budget.acquire(connection_id, 0) for _ in range(500)]) == LONGEST_PUT_OFF_SECONDS


async def test_a_busy_worker_takes_more_at_a_time(clock: Clock) -> None:
    buckets, budget = make(clock, capacity=10_000, rate=10_000)
    connection_id = uuid4()
    for _ in range(5000):
        assert await budget.acquire(connection_id, 0.25) == 0
    assert buckets.trips < 20


async def test_a_lease_is_at_most_a_share_of_the_bucket(clock: Clock) -> None:
    buckets, budget = make(clock, capacity=100, rate=1000)
    connection_id = uuid4()
    for _ in range(7):  # leases of 1, 2 and 4
        await budget.acquire(connection_id, 0)
    await budget.acquire(connection_id, 0)
    for _ in range(30):
        await budget.acquire(connection_id, 0)
    assert buckets.given <= 1 + 2 + 4 + 8 + 16 + 25


async def test_tokens_not_spent_in_time_are_lost(clock: Clock) -> None:
    buckets, budget = make(clock, capacity=100, rate=100)
    connection_id = uuid4()
    for _ in range(8):
        await budget.acquire(connection_id, 0)
    clock.now += LEASE_SECONDS
    trips = buckets.trips
    await budget.acquire(connection_id, 0)
    assert buckets.trips == trips + 1


async def test_callers_together_are_served_by_one_round_trip(clock: Clock) -> None:
    buckets, budget = make(clock, capacity=1000, rate=1000)
    connection_id = uuid4()
    await asyncio.gather(*(budget.acquire(connection_id, 0.25) for _ in range(64)))
    assert buckets.trips <= 2


async def test_callers_that_waited_together_go_on_together(clock: Clock) -> None:
    class Slow(InMemoryBuckets):
        """Answers when it is let."""

        answering = asyncio.Event()

        async def take(self, connection_id: UUID, wanted: int) -> Grant:
            await self.answering.wait()
            return await super().take(connection_id, 1000)

    buckets = Slow(capacity=4000, refill_per_second=4000, clock=clock)
    budget, connection_id = LeasedBudget(buckets, clock=clock, sleep=clock.sleep), uuid4()
    callers = [asyncio.create_task(budget.acquire(connection_id, 0.25)) for _ in range(64)]
    await asyncio.sleep(0)
    buckets.answering.set()
    for _ in range(4):  # turns of the loop: the store, the first caller, the others, their tasks
        await asyncio.sleep(0)
    assert all(caller.done() for caller in callers)


async def test_a_caller_that_is_cancelled_while_it_asks_leaves_the_others_served(clock: Clock) -> None:
    asked = asyncio.Event()

    class Slow(InMemoryBuckets):
        """Never answers the first time."""

        async def take(self, connection_id: UUID, wanted: int) -> Grant:
            if not asked.is_set():
                asked.set()
                await asyncio.Event().wait()
            return await super().take(connection_id, wanted)

    budget, connection_id = LeasedBudget(Slow(clock=clock), clock=clock, sleep=clock.sleep), uuid4()
    first = asyncio.create_task(budget.acquire(connection_id, 0.25))
    await asked.wait()
    others = [asyncio.create_task(budget.acquire(connection_id, 0.25)) for _ in range(3)]
    await asyncio.sleep(0)
    first.cancel()
    assert await asyncio.gather(*others) == [0, 0, 0]


async def test_callers_together_are_told_by_one_round_trip_that_the_buckets_cannot_be_reached(clock: Clock) -> None:
    class Unreachable(InMemoryBuckets):
        """Takes its time to fail."""

        trips = 0

        async def take(self, connection_id: UUID, wanted: int) -> Grant:
            self.trips += 1
            await asyncio.sleep(0)
            raise StateUnavailable("cut off")

    buckets = Unreachable(clock=clock)
    budget, connection_id = LeasedBudget(buckets, clock=clock, sleep=clock.sleep), uuid4()
    told = await asyncio.gather(*(budget.acquire(connection_id, 0.25) for _ in range(64)), return_exceptions=True)
    assert {type(error) for error in told} == {StateUnavailable}
    assert buckets.trips == 1


async def test_a_block_stops_every_worker(clock: Clock) -> None:
    buckets, budget = make(clock)
    other, connection_id = LeasedBudget(buckets, clock=clock, sleep=clock.sleep), uuid4()
    await budget.acquire(connection_id, 0)
    await budget.block(connection_id, 30)
    assert await budget.acquire(connection_id, 0.25) == pytest.approx(30)
    assert await other.acquire(connection_id, 0.25) == pytest.approx(30)
    clock.now += 31
    assert await budget.acquire(connection_id, 0.25) == 0


async def test_a_shorter_block_does_not_shorten_a_longer_one(clock: Clock) -> None:
    _, budget = make(clock)
    connection_id = uuid4()
    await budget.block(connection_id, 30)
    await budget.block(connection_id, 1)
    clock.now += 5
    assert await budget.acquire(connection_id, 0.25) == pytest.approx(25)


async def test_a_block_holds_here_also_when_it_cannot_be_shared(clock: Clock) -> None:
    class Deaf(InMemoryBuckets):
        async def block(self, connection_id: UUID, seconds: float) -> None:
            raise StateUnavailable("cut off")

    budget, connection_id = LeasedBudget(Deaf(clock=clock), clock=clock, sleep=clock.sleep), uuid4()
    await budget.block(connection_id, 30)
    assert await budget.acquire(connection_id, 0.25) == pytest.approx(30)


async def test_a_caller_that_gives_up_does_not_hold_up_the_next(clock: Clock) -> None:
    buckets = InMemoryBuckets(capacity=1, refill_per_second=0.5)
    budget, connection_id = LeasedBudget(buckets), uuid4()
    await budget.acquire(connection_id, 0)
    waiting = asyncio.create_task(budget.acquire(connection_id, 60))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert await budget.acquire(connection_id, 0) > 0


@given(
    capacity=st.integers(1, 50),
    rate=st.floats(0.5, 200),
    steps=st.lists(st.tuples(st.integers(0, 2), st.floats(0, 2)), max_size=60),
)
@settings(max_examples=60)
async def test_several_workers_never_get_more_than_the_bucket_gives(
    capacity: int, rate: float, steps: list[tuple[int, float]]
) -> None:
    clock = Clock()
    buckets = InMemoryBuckets(capacity=capacity, refill_per_second=rate, clock=clock)
    budgets = [LeasedBudget(buckets, clock=clock, sleep=clock.sleep) for _ in range(3)]
    connection_id, started, sent = uuid4(), clock.now, 0
    for worker, pause in steps:
        if await budgets[worker].acquire(connection_id, 0) == 0:
            sent += 1
        assert sent <= capacity + rate * (clock.now - started) + 1e-6
        clock.now += pause


@given(st.lists(st.tuples(st.integers(1, 100), st.floats(0, 10), st.floats(0, 5) | st.none()), max_size=50))
def test_a_bucket_never_holds_more_than_its_capacity_nor_gives_what_it_has_not(
    steps: list[tuple[int, float, float | None]],
) -> None:
    bucket, now = Bucket(capacity=20, refill_per_second=7, tokens=20, refilled_at=0.0), 0.0
    for wanted, pause, block in steps:
        now += pause
        if block is not None:
            bucket = bucket.block(block, now)
        blocked = now < bucket.blocked_until
        bucket, grant = bucket.take(wanted, now)
        assert 0 <= bucket.tokens <= 20
        assert 0 <= grant.tokens <= min(wanted, 5)
        assert not (blocked and grant.tokens)
        assert (grant.wait_seconds > 0) == (grant.tokens == 0)
