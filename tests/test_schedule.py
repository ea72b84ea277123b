"""One leader among many workers, and what is done by the clock."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest

from tests.support.workplace import Workplace, until
from workers.schedule import Schedule
from workers.store.leadership import Leadership
from workers.store.partitions import Upkeep
from workers.store.pool import connect

ENDED = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = %s"


@asynccontextmanager
async def running(workplace: Workplace, name: str) -> AsyncIterator[Leadership]:
    """A worker's part in the election, while the block runs."""
    dial = partial(connect, workplace.stack.worker_database_url, application_name=name)
    leadership = Leadership(dial, pulse_seconds=0.1)
    task = asyncio.create_task(leadership.run())
    try:
        yield leadership
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def one_leads(*workers: Leadership) -> Leadership | None:
    leading = [worker for worker in workers if worker.leading]
    assert len(leading) <= 1
    return leading[0] if leading else None


class TestLeadership:
    async def test_one_leads_and_another_takes_over_when_it_goes(self, workplace: Workplace) -> None:
        async with running(workplace, "first") as first:
            await until(lambda: one_leads(first))
            async with running(workplace, "second") as second:
                await asyncio.sleep(0.3)
                assert (first.leading, second.leading) == (True, False)
                async with running(workplace, "third") as third:
                    await workplace.database.execute(ENDED, ["second"])
                    assert await one_leads(first, second, third) is first

    async def test_a_leader_that_loses_its_connection_knows_at_once_and_another_leads_within_seconds(
        self, workplace: Workplace
    ) -> None:
        async with running(workplace, "leader a") as a, running(workplace, "leader b") as b:
            leader = await until(lambda: one_leads(a, b))
            name = "leader a" if leader is a else "leader b"
            heard: list[bool] = []
            leader.on_change(heard.append)

            await workplace.database.execute(ENDED, [name])

            async def knows() -> bool:
                return heard[:1] == [False]

            await until(knows, seconds=1.0)
            await until(lambda: one_leads(a, b), seconds=3.0)

    async def test_a_worker_that_ends_gives_the_lead_away(self, workplace: Workplace) -> None:
        async with running(workplace, "stays") as stays:
            async with running(workplace, "goes") as goes:
                await until(lambda: one_leads(stays, goes))
            await until(lambda: one_leads(stays), seconds=3.0)


class Counted:
    """Work that counts its runs."""

    def __init__(self, fails: bool = False) -> None:
        self.runs = 0
        self.fails = fails

    async def __call__(self) -> None:
        self.runs += 1
        if self.fails:
            raise ValueError("no")

    async def has_run(self, times: int) -> bool:
        return self.runs >= times


@pytest.fixture
def follower() -> Leadership:
    async def never() -> None:
        raise AssertionError("not asked to run")

    return Leadership(never)  # type: ignore[arg-type]


class TestSchedule:
    async def test_work_is_done_at_once_and_again(self, follower: Leadership) -> None:
        schedule, work = Schedule(follower), Counted()
        schedule.every(0.05, work, name="work")
        async with schedule:
            await until(lambda: work.has_run(3))

    async def test_the_leaders_work_is_left_to_the_leader(self, follower: Leadership) -> None:
        schedule, everybodys, leaders = Schedule(follower), Counted(), Counted()
        schedule.every(0.05, everybodys, name="everybody's")
        schedule.every(0.05, leaders, name="leader's", leader_only=True)
        async with schedule:
            await until(lambda: everybodys.has_run(3))
            assert leaders.runs == 0
            follower.leading = True
            await until(lambda: leaders.has_run(2))

    async def test_a_new_leader_does_not_wait_for_the_next_hour(self, follower: Leadership) -> None:
        schedule, hourly = Schedule(follower), Counted()
        schedule.every(3600, hourly, name="hourly", leader_only=True)
        async with schedule:
            follower.leading = True
            schedule.leadership_changed(True)
            await until(lambda: hourly.has_run(1), seconds=2.0)

    async def test_work_that_fails_is_done_again(self, follower: Leadership) -> None:
        schedule, work = Schedule(follower), Counted(fails=True)
        schedule.every(0.05, work, name="work")
        async with schedule:
            await until(lambda: work.has_run(3))

    async def test_work_that_the_end_interrupts_is_no_error(
        self, follower: Leadership, caplog: pytest.LogCaptureFixture
    ) -> None:
        schedule, running_now = Schedule(follower), asyncio.Event()
        ended = asyncio.Event()

        async def endless() -> None:
            running_now.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

        schedule.every(3600, endless, name="endless")
        async with schedule:
            await running_now.wait()
        await ended.wait()
        await asyncio.sleep(0)
        assert [record.message for record in caplog.records if record.exc_info] == []

    async def test_slow_work_does_not_run_twice_at_a_time(self, follower: Leadership) -> None:
        schedule, others, release, running_now = Schedule(follower), Counted(), asyncio.Event(), []

        async def slow() -> None:
            running_now.append(1)
            await release.wait()

        schedule.every(0.02, slow, name="slow")
        schedule.every(0.02, others, name="others")
        async with schedule:
            await until(lambda: others.has_run(5))
            assert len(running_now) == 1
            release.set()


class TestUpkeep:
    async def test_partitions_are_made_ahead(self, workplace: Workplace) -> None:
        newest = await workplace.one(
            "select max(relname) as name from pg_class where relkind = 'r' and relname like 'integration_logs_2%%'"
        )
        await workplace.database.execute(f"drop table private.{newest['name']}")
        await Upkeep(workplace.pool).make_partitions()
        again = await workplace.one("select to_regclass(%s) is not null as made", f"private.{newest['name']}")
        assert again["made"]

    async def test_old_partitions_are_dropped(self, workplace: Workplace) -> None:
        await workplace.database.execute(
            "select private.make_partition('integration_logs', '2020-01-01', '2020-01-02')"
        )
        await Upkeep(workplace.pool).drop_old_partitions()
        gone = await workplace.one("select to_regclass('private.integration_logs_20200101') is null as gone")
        assert gone["gone"]

    async def test_deduplication_keys_expire(self, workplace: Workplace, organization: object) -> None:
        gateway = await workplace.connect_stripe(organization)  # type: ignore[arg-type]
        endpoint = await workplace.one(
            "insert into public.webhook_endpoints (organization_id, connection_id, token_hash, token_hint)"
            " values (%s, %s, sha256(%s::text::bytea), 'wh_1234') returning id",
            organization, gateway, str(gateway),
        )  # fmt: skip
        await workplace.database.execute(
            "insert into private.webhook_event_keys (endpoint_id, key, event_id, received_at)"
            " select %s, sha256(n::text::bytea), gen_random_uuid(), now() - make_interval(days => n)"
            " from generate_series(1, 60) n",
            [endpoint["id"]],
        )
        await Upkeep(workplace.pool, webhook_key_days=30).expire_webhook_keys()
        left = await workplace.one(
            "select count(*) from private.webhook_event_keys where endpoint_id = %s", endpoint["id"]
        )
        assert left["count"] in (29, 30)
