"""Several workers, one circuit: they open it together, and one of them probes."""

import asyncio
from collections.abc import Collection, Mapping
from uuid import UUID, uuid4

import pytest

from tests.transport.conftest import Clock
from workers.transport import BreakerOpen, BreakerPolicy, InMemoryCircuits, SharedBreakers, StateUnavailable
from workers.transport.circuit import Circuit, Verdict

POLICY = BreakerPolicy(consecutive_failures=5, open_seconds=10, probe_seconds=15, window_seconds=30)


class UnreliableCircuits(InMemoryCircuits):
    """A store that can be cut off."""

    down = False

    async def read(self, connection_ids: Collection[UUID]) -> tuple[Mapping[UUID, Circuit], float]:
        if self.down:
            raise StateUnavailable("cut off")
        return await super().read(connection_ids)

    async def write(self, circuits: Mapping[UUID, Circuit]) -> Collection[UUID]:
        if self.down:
            raise StateUnavailable("cut off")
        return await super().write(circuits)


@pytest.fixture
def store(clock: Clock) -> UnreliableCircuits:
    return UnreliableCircuits(clock)


@pytest.fixture
def workers(store: UnreliableCircuits, clock: Clock) -> list[SharedBreakers]:
    """Three workers, whose exchanges happen when the test says so."""
    return [SharedBreakers(store, POLICY, clock=clock) for _ in range(3)]


async def fail(worker: SharedBreakers, connection_id: UUID, times: int) -> None:
    for _ in range(times):
        worker.report(await worker.check(connection_id), Verdict.FAILING)
    await worker.exchange()


async def refusal(worker: SharedBreakers, connection_id: UUID) -> BreakerOpen:
    with pytest.raises(BreakerOpen) as caught:
        await worker.check(connection_id)
    return caught.value


async def test_a_worker_that_sees_nothing_wrong_lets_everything_through(workers: list[SharedBreakers]) -> None:
    permit = await workers[0].check(uuid4())
    assert permit.probe is None


async def test_failures_of_different_workers_open_it_for_all(workers: list[SharedBreakers], clock: Clock) -> None:
    connection_id = uuid4()
    await fail(workers[0], connection_id, 3)
    await fail(workers[1], connection_id, 2)
    assert (await refusal(workers[1], connection_id)).retry_after == 10
    clock.now += 4
    assert (await refusal(workers[2], connection_id)).retry_after == 6  # it reads the circuit at its first call
    await workers[0].exchange()
    assert (await refusal(workers[0], connection_id)).retry_after == 6


async def test_connections_fail_alone(workers: list[SharedBreakers]) -> None:
    await fail(workers[0], uuid4(), 5)
    await workers[0].check(uuid4())


async def test_one_worker_and_one_of_its_tasks_probes(workers: list[SharedBreakers], clock: Clock) -> None:
    connection_id = uuid4()
    for worker in workers:
        await worker.check(connection_id)
    await fail(workers[0], connection_id, 5)
    for worker in workers:
        await worker.exchange()
    clock.now += 10
    asked = [worker.check(connection_id) for worker in workers for _ in range(8)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    permits = [answer for answer in answers if not isinstance(answer, BaseException)]
    assert len(permits) == 1
    assert permits[0].probe is not None
    assert all(isinstance(answer, BreakerOpen) for answer in answers if answer is not permits[0])


async def test_a_good_probe_lets_everyone_through_again(workers: list[SharedBreakers], clock: Clock) -> None:
    connection_id = uuid4()
    await workers[1].check(connection_id)
    await fail(workers[0], connection_id, 5)
    clock.now += 10
    permit = await workers[0].check(connection_id)
    workers[0].report(permit, Verdict.HEALTHY)
    for worker in workers:
        await worker.exchange()
        assert (await worker.check(connection_id)).probe is None


async def test_a_failed_probe_keeps_it_open(workers: list[SharedBreakers], clock: Clock) -> None:
    connection_id = uuid4()
    await fail(workers[0], connection_id, 5)
    clock.now += 10
    workers[0].report(await workers[0].check(connection_id), Verdict.FAILING)
    await workers[0].exchange()
    assert (await refusal(workers[0], connection_id)).retry_after == 10


async def test_a_probe_that_was_never_sent_is_given_to_another(workers: list[SharedBreakers], clock: Clock) -> None:
    connection_id = uuid4()
    await fail(workers[0], connection_id, 5)
    clock.now += 10
    workers[0].report(await workers[0].check(connection_id), Verdict.NOTHING)
    await workers[0].exchange()
    assert (await workers[1].check(connection_id)).probe is not None


async def test_the_probe_of_a_worker_that_died_is_taken_over(workers: list[SharedBreakers], clock: Clock) -> None:
    connection_id = uuid4()
    await fail(workers[0], connection_id, 5)
    clock.now += 10
    late = await workers[0].check(connection_id)
    clock.now += 14
    await refusal(workers[1], connection_id)
    clock.now += 1
    assert (await workers[1].check(connection_id)).probe is not None
    workers[0].report(late, Verdict.HEALTHY)  # too late: it is no longer the prober
    await workers[0].exchange()
    await refusal(workers[0], connection_id)


async def test_what_cannot_be_told_is_told_later(
    workers: list[SharedBreakers], store: UnreliableCircuits, clock: Clock
) -> None:
    connection_id = uuid4()
    for _ in range(5):
        workers[0].report(await workers[0].check(connection_id), Verdict.FAILING)
    store.down = True
    with pytest.raises(StateUnavailable):
        await workers[0].exchange()
    await workers[0].check(connection_id)  # it works on with what it knows
    store.down = False
    await workers[0].exchange()
    await refusal(workers[0], connection_id)


async def test_failures_are_told_without_being_asked() -> None:
    store, connection_id = InMemoryCircuits(), uuid4()
    async with SharedBreakers(store, POLICY, refresh_seconds=60) as worker:
        for _ in range(5):
            worker.report(await worker.check(connection_id), Verdict.FAILING)
        async with asyncio.timeout(5):
            while not (await store.read([connection_id]))[0]:
                await asyncio.sleep(0.005)


async def test_the_last_is_told_when_the_worker_leaves() -> None:
    store, connection_id = InMemoryCircuits(), uuid4()
    async with SharedBreakers(store, POLICY, refresh_seconds=60) as worker:
        worker.report(await worker.check(connection_id), Verdict.HEALTHY)
    circuits, _ = await store.read([connection_id])
    assert circuits[connection_id].successes == 1


async def test_quiet_connections_are_forgotten(workers: list[SharedBreakers], clock: Clock) -> None:
    store, connection_id = InMemoryCircuits(clock), uuid4()
    worker = SharedBreakers(store, POLICY, clock=clock)
    permit = await worker.check(connection_id)
    clock.now += 3600
    await worker.exchange()
    worker.report(permit, Verdict.FAILING)  # nobody's any more
    await worker.exchange()
    assert not (await store.read([connection_id]))[0]
