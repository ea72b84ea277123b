"""The queue in Postgres: who gets which job, and whose word on it counts."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from psycopg.errors import RaiseException

from tests.operations.conftest import Claim, Enqueue, job_row, operation_row
from tests.support.workplace import Workplace
from workers.operations.jobs import Done, EndStatus, Later
from workers.store.jobs import QUERIES, LeaseLost, PostgresQueue
from workers.store.pool import Connection


class TestClaiming:
    async def test_the_most_urgent_and_then_the_oldest_come_first(self, enqueue: Enqueue, claim: Claim) -> None:
        late = await enqueue(2, priority=5)
        early = await enqueue(2, priority=5, in_seconds=-10)
        urgent = await enqueue(1, priority=-1)

        assert [job.id for job in await claim()] == [*urgent, *early, *late]

    async def test_a_job_is_given_to_one_worker_only(self, enqueue: Enqueue, claim: Claim) -> None:
        ids = await enqueue(200)

        batches = await asyncio.gather(*(claim(30) for _ in range(8)))

        claimed = [job.id for batch in batches for job in batch]
        assert sorted(claimed) == sorted(ids)

    async def test_the_limit_holds(self, enqueue: Enqueue, claim: Claim) -> None:
        await enqueue(5)
        assert [len(await claim(3)), len(await claim(3)), len(await claim(3))] == [3, 2, 0]

    async def test_a_job_whose_time_has_not_come_is_left(self, enqueue: Enqueue, claim: Claim) -> None:
        await enqueue(1, in_seconds=60)
        assert await claim() == []

    async def test_jobs_of_other_kinds_are_left(self, enqueue: Enqueue, claim: Claim) -> None:
        await enqueue(1, of_kind="test.another")
        assert await claim() == []

    async def test_a_claim_counts_as_an_attempt_and_tells_all_there_is_to_know(
        self, enqueue: Enqueue, claim: Claim, kind: str, organization: UUID
    ) -> None:
        (job_id,) = await enqueue(1)
        (job,) = await claim()
        assert (job.id, job.kind, job.organization_id, job.payload) == (job_id, kind, organization, {"n": 1})
        assert (job.attempt, job.max_attempts, job.cancel_requested, job.outcome_unknown) == (1, 12, False, False)
        assert datetime.now(UTC) - job.run_at < timedelta(minutes=1)

    async def test_only_the_claim_itself_is_committed_late(
        self, enqueue: Enqueue, workplace: Workplace, kind: str
    ) -> None:
        await enqueue(1)
        parameters = {"claim_id": uuid4(), "kinds": [kind], "limit": 1, "lease_seconds": 60.0}
        async with workplace.pool.connection() as connection:
            await connection.execute("set synchronous_commit = local")
            assert (await connection.execute(QUERIES["claim_jobs"], parameters)).rowcount == 1
            cursor = await connection.execute("show synchronous_commit")
            assert await cursor.fetchall() == [("local",)]
            await connection.execute("reset synchronous_commit")


class TestLeases:
    async def test_a_held_job_is_not_given_to_anybody_else(self, enqueue: Enqueue, claim: Claim) -> None:
        await enqueue(1)
        assert len(await claim()) == 1
        assert await claim() == []

    async def test_a_job_whose_lease_ran_out_can_be_claimed_again(
        self, enqueue: Enqueue, claim: Claim, queue: PostgresQueue
    ) -> None:
        await enqueue(1)
        (lost,) = await claim(lease_seconds=-1)
        await queue.release_expired([])
        (found,) = await claim()
        assert (found.id, found.attempt, found.outcome_unknown) == (lost.id, 2, False)
        assert found.claim_id != lost.claim_id

    async def test_what_writes_outward_may_have_been_sent_when_its_lease_ran_out(
        self, enqueue: Enqueue, claim: Claim, queue: PostgresQueue, kind: str
    ) -> None:
        await enqueue(1)
        await claim(lease_seconds=-1)
        await queue.release_expired([kind])
        (found,) = await claim()
        assert found.outcome_unknown

    async def test_extending_tells_which_jobs_are_still_held(
        self, enqueue: Enqueue, claim: Claim, queue: PostgresQueue
    ) -> None:
        await enqueue(2)
        kept, lost = await claim(lease_seconds=-1)
        await queue.extend([kept], 60)
        await queue.release_expired([])

        assert await queue.extend([kept, lost], 60) == {kept.id}

    async def test_two_workers_that_release_and_claim_the_same_expired_lease_do_not_both_get_the_job(
        self, enqueue: Enqueue, claim: Claim, queue: PostgresQueue
    ) -> None:
        await enqueue(1)
        await claim(lease_seconds=-1)

        async def take_over() -> int:
            await queue.release_expired([])
            return len(await claim())

        assert sum(await asyncio.gather(*(take_over() for _ in range(6)))) == 1


class TestEnding:
    async def test_a_finished_job_leaves_and_its_operation_shows_the_result(
        self, workplace: Workplace, enqueue: Enqueue, claim: Claim, queue: PostgresQueue
    ) -> None:
        await enqueue(1)
        (job,) = await claim()
        done = Done(EndStatus.FAILED, result={"amount": Decimal("99.00")}, error={"code": "declined"})

        assert await queue.finish([(job, done)]) == {job.id}

        operation = await operation_row(workplace, job.id)
        assert (operation["status"], operation["result"], operation["error"], operation["attempts"]) == (
            "failed", {"amount": "99.00"}, {"code": "declined"}, 1,
        )  # fmt: skip
        assert operation["finished_at"] is not None
        assert await job_row(workplace, job.id) is None

    async def test_a_worker_that_lost_its_lease_cannot_finish_the_job(
        self, workplace: Workplace, enqueue: Enqueue, claim: Claim, queue: PostgresQueue
    ) -> None:
        await enqueue(2)
        lost, kept = await claim(lease_seconds=-1)
        await queue.extend([kept], 60)
        await queue.release_expired([])
        (taken_over,) = await claim()

        assert await queue.finish([(lost, Done()), (kept, Done())]) == {kept.id}

        assert (await operation_row(workplace, lost.id))["status"] == "pending"
        assert await queue.finish([(taken_over, Done())]) == {lost.id}

    async def test_an_effect_is_written_together_with_the_end(
        self, workplace: Workplace, enqueue: Enqueue, claim: Claim, queue: PostgresQueue
    ) -> None:
        await enqueue(1)
        (job,) = await claim()

        async def mark(connection: Connection) -> None:
            await connection.execute("update public.operations set why = '{\"moved\": true}' where id = %s", [job.id])

        await queue.finish_with_effect(job, Done(effect=mark))

        operation = await operation_row(workplace, job.id)
        assert (operation["status"], operation["why"]) == ("succeeded", {"moved": True})

    async def test_an_effect_that_fails_ends_nothing(
        self, workplace: Workplace, enqueue: Enqueue, claim: Claim, queue: PostgresQueue
    ) -> None:
        await enqueue(1)
        (job,) = await claim()

        async def fail(connection: Connection) -> None:
            await connection.execute("do $$ begin raise 'no'; end $$")

        with pytest.raises(RaiseException):
            await queue.finish_with_effect(job, Done(effect=fail))

        assert (await operation_row(workplace, job.id))["status"] == "pending"
        assert await job_row(workplace, job.id) is not None

    async def test_without_the_lease_the_effect_is_not_even_begun(
        self, enqueue: Enqueue, claim: Claim, queue: PostgresQueue
    ) -> None:
        await enqueue(1)
        (job,) = await claim(lease_seconds=-1)
        await queue.release_expired([])
        begun: list[Connection] = []

        async def begin(connection: Connection) -> None:
            begun.append(connection)

        with pytest.raises(LeaseLost):
            await queue.finish_with_effect(job, Done(effect=begin))
        assert begun == []

    async def test_a_character_that_postgres_does_not_keep_is_left_out(
        self, workplace: Workplace, enqueue: Enqueue, claim: Claim, queue: PostgresQueue
    ) -> None:
        await enqueue(1)
        (job,) = await claim()
        await queue.finish([(job, Done(result={"said": "a\x00b", "path": "c:\\u0000"}))])
        assert (await operation_row(workplace, job.id))["result"] == {"said": "ab", "path": "c:\\u0000"}


class TestTryingAgain:
    async def test_a_postponed_job_waits_and_its_operation_shows_why(
        self, workplace: Workplace, enqueue: Enqueue, claim: Claim, queue: PostgresQueue
    ) -> None:
        await enqueue(1)
        (job,) = await claim()
        before = datetime.now(UTC)

        await queue.postpone([(job, Later({"code": "unavailable"}, outcome_unknown=True), 30.0)])

        row = await job_row(workplace, job.id)
        assert row is not None
        assert timedelta(seconds=29) < row["run_at"] - before < timedelta(seconds=31)
        assert (row["claim_id"], row["attempt"], row["outcome_unknown"]) == (None, 1, True)
        operation = await operation_row(workplace, job.id)
        assert (operation["status"], operation["error"]) == ("pending", {"code": "unavailable"})

    async def test_pacing_does_not_count_as_an_attempt(
        self, enqueue: Enqueue, claim: Claim, queue: PostgresQueue
    ) -> None:
        await enqueue(1)
        (job,) = await claim()
        await queue.postpone([(job, Later(counted=False), 0.0)])
        (again,) = await claim()
        assert again.attempt == 1

    async def test_a_known_outcome_clears_the_mark(self, enqueue: Enqueue, claim: Claim, queue: PostgresQueue) -> None:
        await enqueue(1)
        (job,) = await claim()
        await queue.postpone([(job, Later(outcome_unknown=True), 0.0)])
        (job,) = await claim()
        await queue.postpone([(job, Later(outcome_unknown=None), 0.0)])
        (job,) = await claim()
        assert job.outcome_unknown
        await queue.postpone([(job, Later(outcome_unknown=False), 0.0)])
        (job,) = await claim()
        assert not job.outcome_unknown


class TestGivingUp:
    async def test_a_dead_letter_is_kept_shown_and_told(
        self, workplace: Workplace, enqueue: Enqueue, claim: Claim, queue: PostgresQueue
    ) -> None:
        await enqueue(1)
        (job,) = await claim()

        assert await queue.bury([(job, {"code": "unavailable"})]) == {job.id}

        dead = await workplace.one("select * from private.dead_jobs where id = %s", job.id)
        assert (dead["kind"], dead["attempt"], dead["last_error"]) == (job.kind, 1, {"code": "unavailable"})
        operation = await operation_row(workplace, job.id)
        assert (operation["status"], operation["error"]) == ("dead", {"code": "unavailable"})
        alert = await workplace.one("select * from public.alerts where group_key = %s", f"operation.dead:{job.id}")
        assert (alert["kind"], alert["severity"], alert["status"]) == ("operation.dead", "critical", "open")
        assert await job_row(workplace, job.id) is None

    async def test_it_can_be_taken_up_again_and_given_up_again(
        self, workplace: Workplace, enqueue: Enqueue, claim: Claim, queue: PostgresQueue
    ) -> None:
        await enqueue(1)
        (job,) = await claim()
        await queue.bury([(job, {"code": "outcome_unknown"})])

        await workplace.call("retry_operation", operation_id=job.id)
        (revived,) = await claim()
        assert (revived.attempt, revived.outcome_unknown, revived.payload) == (1, True, {"n": 1})

        await queue.bury([(revived, {"code": "unavailable"})])
        alert = await workplace.one("select * from public.alerts where group_key = %s", f"operation.dead:{job.id}")
        assert alert["occurrences"] == 2

    async def test_a_job_whose_organization_is_gone_can_still_be_buried(
        self, workplace: Workplace, enqueue: Enqueue, claim: Claim, queue: PostgresQueue, organization: UUID
    ) -> None:
        await enqueue(1)
        (job,) = await claim()
        await workplace.database.execute("delete from public.organizations where id = %s", [organization])
        assert await queue.bury([(job, {"code": "unavailable"})]) == {job.id}


class TestPlans:
    """A queue that plans a sequential scan is a queue that stands still once there is something to do."""

    @pytest.fixture
    async def crowded(self, workplace: Workplace, enqueue: Enqueue, claim: Claim, kind: str) -> AsyncIterator[None]:
        await enqueue(3000)
        await claim(500)
        yield
        await workplace.database.execute("delete from private.jobs where kind = %s", [kind])

    @pytest.fixture
    async def measured(self, workplace: Workplace, crowded: None) -> None:
        """The crowd is known to the planner, as it is soon after it has come: what autovacuum may have seen of an empty
        queue before would have it read the whole table."""
        await workplace.database.execute("analyze private.jobs, public.operations")

    async def plan(self, workplace: Workplace, name: str, parameters: dict[str, object]) -> str:
        """The plan that a worker's connection makes, whatever the parameters: the generic one."""
        async with workplace.pool.connection() as connection, connection.transaction(force_rollback=True):
            await connection.execute("set local plan_cache_mode = force_generic_plan")
            cursor = await connection.execute(f"explain {QUERIES[name]}", parameters)
            return "\n".join(row[0] for row in await cursor.fetchall())

    @pytest.mark.parametrize("analyzed", [False, True])
    async def test_claiming_goes_by_the_partial_index(
        self, workplace: Workplace, crowded: None, kind: str, analyzed: bool
    ) -> None:
        if analyzed:
            await workplace.database.execute("analyze private.jobs")
        parameters: dict[str, object] = {"claim_id": None, "kinds": [kind], "limit": 200, "lease_seconds": 60.0}
        plan = await self.plan(workplace, "claim_jobs", parameters)
        assert "Index Scan using jobs_ready" in plan
        assert "Index Scan using jobs_pkey" in plan
        assert "Seq Scan" not in plan
        assert "Sort Key: j.priority" not in plan  # the index gives the order

    @pytest.mark.parametrize("name", ["finish_jobs", "postpone_jobs", "bury_jobs"])
    async def test_ends_go_by_primary_key(self, workplace: Workplace, measured: None, name: str) -> None:
        plan = await self.plan(workplace, name, {"batch": "[]"})
        assert "Index Scan using jobs_pkey" in plan
        assert "Index Scan using operations_pkey" in plan
        assert "Seq Scan" not in plan

    async def test_expired_leases_are_found_by_their_index(self, workplace: Workplace, measured: None) -> None:
        plan = await self.plan(workplace, "release_expired", {"writing_kinds": []})
        assert "using jobs_leased" in plan
        assert "Seq Scan" not in plan
