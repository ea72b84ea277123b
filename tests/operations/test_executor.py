"""The claim loop: every job ends once, whatever its handler, the clock or the operator does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from psycopg import OperationalError

from tests.operations.conftest import Claim, Enqueue, job_row, operation_row
from tests.support.workplace import Workplace, until
from workers.monitoring.metrics import Metrics
from workers.operations.backoff import Backoff
from workers.operations.executor import Executor
from workers.operations.hints import Hints
from workers.operations.jobs import Done, EndStatus, Handler, Job, Later, Outcome
from workers.operations.options import ExecutorOptions
from workers.store.jobs import QUERIES, PostgresQueue
from workers.store.pool import Connection, connect

QUICK = ExecutorOptions(
    lease_seconds=6.0, safe_seconds=1.0, poll_seconds=0.1, grace_seconds=2.0, backoff=Backoff(0.01, 60.0)
)
Start = Callable[..., Awaitable[Executor]]


class Deaf(Hints):
    """Notifications that never come."""

    async def run(self) -> None:
        await asyncio.Event().wait()


@asynccontextmanager
async def executing(
    workplace: Workplace,
    kind: str,
    run: Callable[[Job], Awaitable[Outcome]],
    *,
    writes: bool = False,
    deaf: bool = False,
    options: ExecutorOptions = QUICK,
) -> AsyncIterator[Executor]:
    """An executor with one handler, at work while the block runs."""
    metrics = Metrics()
    dial = partial(connect, workplace.stack.worker_database_url, application_name="hints under test")
    hints = (Deaf if deaf else Hints)(dial, QUERIES["listen"], metrics.listening)
    handlers = {kind: Handler(run, writes=writes)}
    executor = Executor(PostgresQueue(workplace.pool), handlers, hints, metrics=metrics, options=options)
    task = asyncio.create_task(executor.run())
    try:
        yield executor
    finally:
        executor.stop()
        await task


class Recorder:
    """A handler that keeps the jobs it is given and answers as told."""

    def __init__(self, *answers: Outcome | Exception) -> None:
        self.jobs: list[Job] = []
        self._answers = list(answers)

    async def __call__(self, job: Job) -> Outcome:
        self.jobs.append(job)
        answer = self._answers.pop(0) if self._answers else Done()
        if isinstance(answer, Exception):
            raise answer
        return replace(answer)


@pytest.fixture
def ended(workplace: Workplace) -> Callable[[UUID], Awaitable[dict[str, object]]]:
    """A function that waits for an operation's end and returns its row."""

    async def wait(operation_id: UUID) -> dict[str, object]:
        async def look() -> dict[str, object] | None:
            row = await operation_row(workplace, operation_id)
            return None if row["status"] == "pending" else row

        found: dict[str, object] = await until(look)
        return found

    return wait


Ended = Callable[[UUID], Awaitable[dict[str, object]]]


async def test_every_job_is_done_once(workplace: Workplace, kind: str, enqueue: Enqueue) -> None:
    ids = await enqueue(500)
    handler = Recorder()
    async with executing(workplace, kind, handler) as executor:
        more = await enqueue(100)
        await until(lambda: _is_done(workplace, [*ids, *more]))
        await until(lambda: _holds_nothing(executor))
    assert sorted(job.id for job in handler.jobs) == sorted([*ids, *more])


async def test_two_executors_share_the_work(workplace: Workplace, kind: str, enqueue: Enqueue) -> None:
    handlers = Recorder(), Recorder()
    async with executing(workplace, kind, handlers[0]), executing(workplace, kind, handlers[1]):
        ids = await enqueue(1000)
        await until(lambda: _is_done(workplace, ids))
    done = [job.id for handler in handlers for job in handler.jobs]
    assert sorted(done) == sorted(ids)


async def test_a_notification_wakes_a_sleeping_worker(
    workplace: Workplace, kind: str, enqueue: Enqueue, ended: Ended
) -> None:
    sleepy = replace(QUICK, poll_seconds=60.0)
    async with executing(workplace, kind, Recorder(), options=sleepy):
        (job_id,) = await enqueue(1)
        assert (await ended(job_id))["status"] == "succeeded"


async def test_without_notifications_the_poll_finds_the_work(
    workplace: Workplace, kind: str, enqueue: Enqueue, ended: Ended
) -> None:
    async with executing(workplace, kind, Recorder(), deaf=True):
        (job_id,) = await enqueue(1)
        assert (await ended(job_id))["status"] == "succeeded"


class TestOutcomes:
    async def test_a_result_is_recorded(self, workplace: Workplace, kind: str, enqueue: Enqueue, ended: Ended) -> None:
        async with executing(workplace, kind, Recorder(Done(EndStatus.FAILED, error={"code": "declined"}))):
            (job_id,) = await enqueue(1)
            row = await ended(job_id)
        assert (row["status"], row["error"]) == ("failed", {"code": "declined"})

    async def test_an_effect_and_the_end_are_one(
        self, workplace: Workplace, kind: str, enqueue: Enqueue, ended: Ended
    ) -> None:
        async def run(job: Job) -> Outcome:
            async def mark(connection: Connection) -> None:
                await connection.execute("update public.operations set why = '{}' where id = %s", [job.id])

            return Done(effect=mark)

        async with executing(workplace, kind, run):
            (job_id,) = await enqueue(1)
            row = await ended(job_id)
        assert (row["status"], row["why"]) == ("succeeded", {})

    async def test_what_is_refused_for_now_is_tried_again(
        self, workplace: Workplace, kind: str, enqueue: Enqueue, ended: Ended
    ) -> None:
        handler = Recorder(Later({"code": "unavailable"}), Later({"code": "unavailable"}))
        async with executing(workplace, kind, handler):
            (job_id,) = await enqueue(1)
            row = await ended(job_id)
        assert (row["status"], row["attempts"], row["error"]) == ("succeeded", 3, None)
        assert [job.attempt for job in handler.jobs] == [1, 2, 3]

    async def test_a_retry_after_is_waited_for(self, workplace: Workplace, kind: str, enqueue: Enqueue) -> None:
        asked_at = datetime.now(UTC)
        async with executing(workplace, kind, Recorder(Later(after_seconds=30.0))):
            (job_id,) = await enqueue(1)
            row = await until(lambda: _is_waiting(workplace, job_id))
        assert row["run_at"] - asked_at > timedelta(seconds=29)

    async def test_a_retry_after_is_clamped(self, workplace: Workplace, kind: str, enqueue: Enqueue) -> None:
        async with executing(workplace, kind, Recorder(Later(after_seconds=1e9))):
            (job_id,) = await enqueue(1)
            row = await until(lambda: _is_waiting(workplace, job_id))
        assert row["run_at"] - datetime.now(UTC) <= timedelta(seconds=60)

    async def test_pacing_uses_up_no_attempt(
        self, workplace: Workplace, kind: str, enqueue: Enqueue, ended: Ended
    ) -> None:
        handler = Recorder(*[Later({"code": "rate_limited"}, counted=False)] * 5)
        async with executing(workplace, kind, handler):
            (job_id,) = await enqueue(1, max_attempts=1)
            row = await ended(job_id)
        assert (row["status"], row["attempts"]) == ("succeeded", 1)

    async def test_pacing_that_lasts_longer_than_a_day_counts(
        self, workplace: Workplace, kind: str, enqueue: Enqueue, ended: Ended
    ) -> None:
        (job_id,) = await enqueue(1, max_attempts=2)
        await workplace.database.execute(
            "update private.jobs set created_at = now() - interval '2 days' where id = %s", [job_id]
        )
        async with executing(workplace, kind, Recorder(*[Later({"code": "rate_limited"}, counted=False)] * 5)):
            row = await ended(job_id)
        assert (row["status"], row["attempts"]) == ("dead", 2)


class TestTrouble:
    async def test_a_poison_job_becomes_a_dead_letter_and_the_others_go_on(
        self, workplace: Workplace, kind: str, enqueue: Enqueue, ended: Ended
    ) -> None:
        (poison,) = await enqueue(1, max_attempts=3)

        async def run(job: Job) -> Outcome:
            if job.id == poison:
                raise ValueError("secret 4242424242424242 in the message")
            return Done()

        async with executing(workplace, kind, run):
            others = await enqueue(20)
            row = await ended(poison)
            await until(lambda: _is_done(workplace, others))
        assert (row["status"], row["attempts"]) == ("dead", 3)
        assert row["error"] == {
            "code": "internal_error", "message": "The attempt failed unexpectedly (ValueError)."
        }  # fmt: skip

    async def test_an_attempt_takes_no_longer_than_it_may(
        self, workplace: Workplace, kind: str, enqueue: Enqueue
    ) -> None:
        async def hang(_: Job) -> Outcome:
            await asyncio.Event().wait()
            return Done()

        impatient = replace(QUICK, job_timeout_seconds=0.05, backoff=Backoff(60.0, 60.0))
        async with executing(workplace, kind, hang, writes=True, options=impatient):
            (job_id,) = await enqueue(1)
            row = await until(lambda: _is_waiting(workplace, job_id))
        assert (row["last_error"]["code"], row["outcome_unknown"]) == ("timed_out", True)

    async def test_a_failure_of_a_handler_that_writes_leaves_the_outcome_unknown(
        self, workplace: Workplace, kind: str, enqueue: Enqueue
    ) -> None:
        handler = Recorder(ValueError())
        async with executing(workplace, kind, handler, writes=True):
            (job_id,) = await enqueue(1)
            await until(lambda: _is_done(workplace, [job_id]))
        assert [job.outcome_unknown for job in handler.jobs] == [False, True]

    async def test_given_up_with_an_unknown_outcome_it_says_so(
        self, workplace: Workplace, kind: str, enqueue: Enqueue, ended: Ended
    ) -> None:
        unanswered = Later({"code": "unavailable"}, outcome_unknown=True)
        async with executing(workplace, kind, Recorder(unanswered), writes=True):
            (job_id,) = await enqueue(1, max_attempts=1)
            row = await ended(job_id)
        assert row["status"] == "dead"
        assert isinstance(row["error"], dict)
        assert (row["error"]["code"], row["error"]["last_error"]) == ("outcome_unknown", {"code": "unavailable"})

    async def test_losing_the_database_in_an_attempt_uses_up_no_attempt(
        self, workplace: Workplace, kind: str, enqueue: Enqueue, ended: Ended
    ) -> None:
        handler = Recorder(OperationalError("gone"), OperationalError("gone"))
        async with executing(workplace, kind, handler):
            (job_id,) = await enqueue(1, max_attempts=1)
            assert (await ended(job_id))["status"] == "succeeded"

    async def test_a_job_whose_workers_died_too_often_is_given_up_unseen(
        self, workplace: Workplace, kind: str, enqueue: Enqueue, claim: Claim, queue: PostgresQueue, ended: Ended
    ) -> None:
        (job_id,) = await enqueue(1, max_attempts=2)
        for _ in range(2):
            await claim(lease_seconds=-1)
            await queue.release_expired([])
        handler = Recorder()
        async with executing(workplace, kind, handler):
            row = await ended(job_id)
        assert handler.jobs == []
        assert row["status"] == "dead"
        assert isinstance(row["error"], dict)
        assert row["error"]["code"] == "workers_lost"

    async def test_an_end_that_cannot_be_recorded_spoils_no_other(
        self, workplace: Workplace, kind: str, enqueue: Enqueue, ended: Ended
    ) -> None:
        (broken,) = await enqueue(1)

        async def run(job: Job) -> Outcome:
            return Done(result={"text": "\ud800"} if job.id == broken else {"text": "good"})

        async with executing(workplace, kind, run):
            others = await enqueue(30)
            row = await ended(broken)
            await until(lambda: _is_done(workplace, others))
        assert row["status"] == "dead"
        assert isinstance(row["error"], dict)
        assert row["error"]["code"] == "internal_error"

    async def test_an_effect_that_always_fails_ends_in_a_dead_letter(
        self, workplace: Workplace, kind: str, enqueue: Enqueue, ended: Ended
    ) -> None:
        async def run(_: Job) -> Outcome:
            async def fail(connection: Connection) -> None:
                await connection.execute("do $$ begin raise 'no'; end $$")

            return Done(effect=fail)

        async with executing(workplace, kind, run):
            (job_id,) = await enqueue(1, max_attempts=2)
            assert (await ended(job_id))["status"] == "dead"


class TestCancelling:
    async def test_what_nobody_has_taken_on_is_cancelled_at_once(
        self, workplace: Workplace, kind: str, enqueue: Enqueue
    ) -> None:
        (job_id,) = await enqueue(1)
        operation = await workplace.call("cancel_operation", operation_id=job_id)
        assert operation["status"] == "cancelled"
        assert await job_row(workplace, job_id) is None

    async def test_a_waiting_retry_that_was_asked_to_stop_is_not_made(
        self, workplace: Workplace, kind: str, enqueue: Enqueue, ended: Ended
    ) -> None:
        handler = Recorder()
        (job_id,) = await enqueue(1)
        await workplace.database.execute("update private.jobs set cancel_requested = true where id = %s", [job_id])
        async with executing(workplace, kind, handler):
            assert (await ended(job_id))["status"] == "cancelled"
        assert handler.jobs == []


class TestStopping:
    async def test_what_was_begun_is_finished_and_the_rest_handed_back(
        self, workplace: Workplace, kind: str, enqueue: Enqueue, claim: Claim
    ) -> None:
        started, release = asyncio.Event(), asyncio.Event()

        async def run(_: Job) -> Outcome:
            started.set()
            await release.wait()
            return Done()

        ids = await enqueue(10)
        eager = replace(QUICK, concurrency=2)
        async with executing(workplace, kind, run, options=eager) as executor:
            await started.wait()
            executor.stop()
            await asyncio.sleep(0)
            release.set()
        ended = [row for row in [await operation_row(workplace, each) for each in ids] if row["status"] == "succeeded"]
        handed_back = await claim()
        assert len(ended) == 2
        assert sorted(job.id for job in handed_back) == sorted(set(ids) - {row["id"] for row in ended})
        assert {job.attempt for job in handed_back} == {1}

    async def test_what_is_not_finished_in_time_is_handed_back_as_perhaps_sent(
        self, workplace: Workplace, kind: str, enqueue: Enqueue, claim: Claim
    ) -> None:
        started = asyncio.Event()

        async def run(_: Job) -> Outcome:
            started.set()
            await asyncio.Event().wait()
            return Done()

        await enqueue(1)
        hurried = replace(QUICK, grace_seconds=0.05)
        async with executing(workplace, kind, run, writes=True, options=hurried):
            await started.wait()
        (job,) = await claim()
        assert (job.attempt, job.outcome_unknown) == (2, True)


class TestLeases:
    async def test_a_long_job_keeps_its_lease(self, workplace: Workplace, kind: str, enqueue: Enqueue) -> None:
        release = asyncio.Event()

        async def run(_: Job) -> Outcome:
            await release.wait()
            return Done()

        brief = replace(QUICK, lease_seconds=0.6, safe_seconds=0.1)
        async with executing(workplace, kind, run, options=brief):
            (job_id,) = await enqueue(1)
            first = await until(lambda: _is_held(workplace, job_id))

            async def extended() -> bool:
                row = await job_row(workplace, job_id)
                return row is not None and row["lease_until"] - first["lease_until"] > timedelta(seconds=1)

            await until(extended)
            row = await job_row(workplace, job_id)
            assert row is not None
            assert row["claim_id"] == first["claim_id"]
            release.set()
            await until(lambda: _is_done(workplace, [job_id]))

    async def test_a_worker_that_lost_a_job_does_not_end_it(
        self, workplace: Workplace, kind: str, enqueue: Enqueue, claim: Claim
    ) -> None:
        started, release = asyncio.Event(), asyncio.Event()

        async def run(_: Job) -> Outcome:
            started.set()
            await release.wait()
            return Done(result={"by": "the one that lost it"})

        (job_id,) = await enqueue(1)
        async with executing(workplace, kind, run) as executor:
            await started.wait()
            await workplace.database.execute("update private.jobs set claim_id = null where id = %s", [job_id])
            (taken_over,) = await claim()
            release.set()
            await until(lambda: _holds_nothing(executor))
        assert (await operation_row(workplace, job_id))["status"] == "pending"
        assert await PostgresQueue(workplace.pool).finish([(taken_over, Done(result={"by": "the other"}))]) == {job_id}


async def _is_done(workplace: Workplace, ids: list[UUID]) -> bool:
    row = await workplace.one("select count(*) from public.operations where id = any(%s) and status = 'succeeded'", ids)
    return bool(row["count"] == len(ids))


async def _is_waiting(workplace: Workplace, job_id: UUID) -> dict[str, object] | None:
    """The job, once it has been tried and put off."""
    row = await job_row(workplace, job_id)
    return row if row is not None and row["claim_id"] is None and row["attempt"] > 0 else None


async def _is_held(workplace: Workplace, job_id: UUID) -> dict[str, object] | None:
    row = await job_row(workplace, job_id)
    return row if row is not None and row["claim_id"] is not None else None


async def _holds_nothing(executor: Executor) -> bool:
    return executor.held == 0
