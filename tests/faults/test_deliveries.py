"""Deliveries to subscriptions while workers are killed and the database goes away: nothing is lost, and what was
recorded as delivered is not sent again."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.receivers import NETWORKS, Outlet, Receiver, open_receiver, slowly
from tests.support.workplace import Workplace, until


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver of the test's own."""
    async with open_receiver() as receiver:
        yield receiver


async def test_a_worker_that_is_killed_loses_nothing(workplace: Workplace, receiver: Receiver, tmp_path: Path) -> None:
    outlet, moment = await Outlet.open(workplace), asyncio.Event()
    receiver.answer = lambda _: slowly(moment)
    subscription = await outlet.subscribe(receiver.url)
    events = {str(await outlet.emit()) for _ in range(20)}
    quick = {"call_timeout_seconds": 1, "lease_seconds": 4.5, "allowed_networks": NETWORKS}
    async with workplace.worker_process(tmp_path, **quick) as first:
        await receiver.has(8)
        first.kill()
        await first.process.wait()
    moment.set()
    async with workplace.worker_process(tmp_path, **quick):
        deliveries = await outlet.settled(subscription, *["delivered"] * 20)
    assert {got.id for got in receiver.got} == events
    assert len(receiver.got) == 28  # what had been sent without having been recorded, once more
    assert {each["attempts"] for each in deliveries} == {1}


async def test_an_answer_that_comes_while_the_database_is_away_is_recorded_when_it_is_back(
    workplace: Workplace, receiver: Receiver, tmp_path: Path
) -> None:
    outlet, moment = await Outlet.open(workplace), asyncio.Event()
    receiver.answer = lambda _: slowly(moment)
    subscription = await outlet.subscribe(receiver.url)
    await outlet.emit()
    async with workplace.worker_process(tmp_path, allowed_networks=NETWORKS) as worker:
        await receiver.has(1)
        await workplace.database.execute("alter role wasl_worker nologin")
        try:
            await workplace.database.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'wasl worker%'"
            )
            moment.set()

            async def waits() -> bool:
                return "attempts wait for the database" in worker.log.read_text()

            await until(waits)
        finally:
            await workplace.database.execute("alter role wasl_worker login")
        await outlet.settled(subscription, "delivered")
        await outlet.idle(subscription)
    assert len(receiver.got) == 1
