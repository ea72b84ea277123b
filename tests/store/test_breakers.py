"""The shared circuits in Postgres: a change is made by one worker, and all see it."""

import asyncio
import time
from dataclasses import replace
from uuid import uuid4

import pytest

from stack import Stack
from tests.store.conftest import NewConnection
from workers.store.breakers import PostgresCircuits
from workers.store.pool import Pool, open_pool
from workers.transport import BreakerOpen, BreakerPolicy, SharedBreakers, StateUnavailable
from workers.transport.circuit import Circuit, CircuitState, Verdict

POLICY = BreakerPolicy(consecutive_failures=5, open_seconds=0.2, probe_seconds=30)


async def test_a_circuit_comes_back_as_it_was_stored(worker_pool: Pool, new_connection: NewConnection) -> None:
    circuits, connection = PostgresCircuits(worker_pool), await new_connection()
    stored = Circuit(
        CircuitState.HALF_OPEN, 3, 4, 5, 1_795_456_800.25, 1_795_456_801.5, 1_795_456_802.0, 1_795_456_803.0
    )
    assert await circuits.write({connection.id: stored}) == {connection.id}
    found, now = await circuits.read([connection.id, uuid4()])
    assert found == {connection.id: replace(stored, version=1)}
    assert now == pytest.approx(time.time(), abs=5)


async def test_what_is_not_stored_is_not_found(worker_pool: Pool) -> None:
    found, now = await PostgresCircuits(worker_pool).read([uuid4()])
    assert found == {}
    assert now > 0


async def test_only_the_first_change_of_a_version_is_accepted(worker_pool: Pool, new_connection: NewConnection) -> None:
    circuits, connection = PostgresCircuits(worker_pool), await new_connection()
    won = await asyncio.gather(*(circuits.write({connection.id: Circuit(successes=n)}) for n in range(8)))
    assert sorted(map(len, won)) == [0] * 7 + [1]
    won = await asyncio.gather(*(circuits.write({connection.id: Circuit(failures=n, version=1)}) for n in range(8)))
    assert sorted(map(len, won)) == [0] * 7 + [1]
    found, _ = await circuits.read([connection.id])
    assert found[connection.id].version == 2


async def test_of_several_changes_those_that_are_late_are_left_out(
    worker_pool: Pool, new_connection: NewConnection
) -> None:
    circuits = PostgresCircuits(worker_pool)
    known, fresh, gone = await new_connection(), await new_connection(), uuid4()
    await circuits.write({known.id: Circuit()})
    late = {known.id: Circuit(failures=9), fresh.id: Circuit(failures=1), gone: Circuit(failures=1)}
    assert await circuits.write(late) == {fresh.id}


async def test_workers_that_change_many_circuits_at_once_do_not_block_each_other(
    worker_pool: Pool, new_connection: NewConnection
) -> None:
    circuits = PostgresCircuits(worker_pool)
    ids = [(await new_connection()).id for _ in range(10)]
    await circuits.write(dict.fromkeys(ids, Circuit()))
    for version in range(1, 6):
        forth = dict.fromkeys(ids, Circuit(version=version))
        back = dict.fromkeys(reversed(ids), Circuit(version=version))
        won = await asyncio.gather(circuits.write(forth), circuits.write(back))
        assert sorted(map(len, won)) == [0, 10]


async def test_two_workers_open_it_together_and_one_probes(worker_pool: Pool, new_connection: NewConnection) -> None:
    connection = await new_connection()
    workers = [SharedBreakers(PostgresCircuits(worker_pool), POLICY) for _ in range(2)]
    permits = [await worker.check(connection.id) for worker in workers for _ in range(3)]
    for number, permit in enumerate(permits):
        workers[number // 3].report(permit, Verdict.FAILING)
    await asyncio.gather(*(worker.exchange() for worker in workers))
    await asyncio.gather(*(worker.exchange() for worker in workers))
    for worker in workers:
        with pytest.raises(BreakerOpen):
            await worker.check(connection.id)

    await asyncio.sleep(0.25)
    asked = [worker.check(connection.id) for worker in workers for _ in range(10)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    probes = [(place // 10, answer) for place, answer in enumerate(answers) if not isinstance(answer, BaseException)]
    assert len(probes) == 1
    assert sum(isinstance(answer, BreakerOpen) for answer in answers) == 19

    prober, permit = probes[0]
    workers[prober].report(permit, Verdict.HEALTHY)
    await workers[prober].exchange()
    await workers[1 - prober].exchange()
    for worker in workers:
        assert (await worker.check(connection.id)).probe is None


async def test_a_database_that_is_away_is_told_as_such(stack: Stack) -> None:
    async with open_pool(stack.worker_database_url, application_name="store tests", max_size=1) as pool:
        pass
    with pytest.raises(StateUnavailable):
        await PostgresCircuits(pool).read([uuid4()])
    with pytest.raises(StateUnavailable):
        await PostgresCircuits(pool).write({uuid4(): Circuit()})
