"""Operations and their jobs: cancelled before they are sent, asked to stop afterwards, taken up again when given up."""

import asyncio
import uuid
from typing import Any

import psycopg
import pytest

from stack import Stack
from tests.support.callers import Caller, Refusal, Row, Workspace

Worker = psycopg.AsyncConnection[Row]
NOT_FOUND = Refusal(404, "operation_not_found", "operation_id")


async def operation_of(workspace: Workspace, subject: Row) -> Row:
    """The latest operation about a payment or refund."""
    rows = await workspace.owner.rows(f"operations?subject_id=eq.{subject['id']}&order=created_at.desc&limit=1")
    return rows[0]


async def claim(worker: Worker, operation: Row, **changes: Any) -> None:
    """Hold the operation's job, as a worker does."""
    columns = {"claim_id": uuid.uuid4(), "attempt": 1} | changes
    assignments = ", ".join(f"{column} = %({column})s" for column in columns)
    await worker.execute(f"update private.jobs set {assignments} where id = %(id)s", columns | {"id": operation["id"]})


async def give_up(worker: Worker, operation: Row, code: str) -> None:
    """Move the operation's job to the dead letters, as a worker does."""
    await worker.execute(
        """
        with dead as (delete from private.jobs where id = %(id)s returning *)
        insert into private.dead_jobs (id, kind, organization_id, payload, attempt, last_error, created_at)
        select id, kind, organization_id, payload, attempt, jsonb_build_object('code', %(code)s::text), created_at
        from dead
        """,
        {"id": operation["id"], "code": code},
    )
    await worker.execute("update operations set status = 'dead', finished_at = now() where id = %s", [operation["id"]])


async def test_what_has_not_been_sent_simply_does_not_happen(workspace: Workspace) -> None:
    await workspace.connection()
    payment = await workspace.payment()
    operation = await operation_of(workspace, payment)

    cancelled = await workspace.owner.call("cancel_operation", operation_id=operation["id"])
    again = await workspace.owner.call("cancel_operation", operation_id=operation["id"])

    assert cancelled == again
    assert (cancelled["status"], cancelled["finished_at"] is None) == ("cancelled", False)
    assert await workspace.one("select count(*) from private.jobs where id = %s", [operation["id"]]) == 0
    [row] = await workspace.owner.rows(f"payments?id=eq.{payment['id']}")
    assert row["status"] == "cancelled"
    ledger = await workspace.owner.rows(f"payment_events?payment_id=eq.{payment['id']}&select=type&order=id")
    assert [line["type"] for line in ledger] == ["payment.requested", "payment.cancelled"]


@pytest.mark.parametrize("held", [{}, {"claim_id": None, "outcome_unknown": True}])
async def test_what_may_have_been_sent_is_asked_to_stop(workspace: Workspace, worker: Worker, held: Row) -> None:
    await workspace.connection()
    payment = await workspace.payment()
    operation = await operation_of(workspace, payment)
    await claim(worker, operation, **held)

    answer = await workspace.owner.call("cancel_operation", operation_id=operation["id"])

    assert answer["status"] == "pending"
    assert await workspace.one("select cancel_requested from private.jobs where id = %s", [operation["id"]]) is True
    [row] = await workspace.owner.rows(f"payments?id=eq.{payment['id']}")
    assert row["status"] == "pending"


async def test_a_cancelled_refund_can_be_asked_for_again(workspace: Workspace, worker: Worker) -> None:
    await workspace.connection()
    payment = await workspace.payment()
    news = '{"status": "captured", "amount_captured": "99.00"}'
    await worker.execute("select private.apply_payment_news(%s, %s, 'webhook', null)", (payment["id"], news))
    refund = await workspace.owner.call("refund_payment", payment_id=payment["id"])
    operation = await operation_of(workspace, refund)

    await workspace.owner.call("cancel_operation", operation_id=operation["id"])

    [row] = await workspace.owner.rows(f"payment_refunds?id=eq.{refund['id']}")
    assert row["status"] == "cancelled"
    assert (await workspace.owner.call("refund_payment", payment_id=payment["id"]))["amount"] == "99.00"


@pytest.mark.parametrize(("code", "unknown"), [("unavailable", False), ("outcome_unknown", True)])
async def test_what_was_given_up_is_taken_up_again(
    workspace: Workspace, worker: Worker, code: str, unknown: bool
) -> None:
    await workspace.connection()
    operation = await operation_of(workspace, await workspace.payment())
    await give_up(worker, operation, code)

    retried = await workspace.owner.call("retry_operation", operation_id=operation["id"])

    assert (retried["status"], retried["finished_at"], retried["error"]) == ("pending", None, None)
    assert await workspace.one("select outcome_unknown from private.jobs where id = %s", [operation["id"]]) is unknown
    assert await workspace.one("select count(*) from private.dead_jobs where id = %s", [operation["id"]]) == 0


async def test_what_was_not_given_up_is_not_retried(workspace: Workspace, worker: Worker) -> None:
    await workspace.connection()
    operation = await operation_of(workspace, await workspace.payment())
    refusal = Refusal(409, "operation_not_dead", "operation_id")

    assert await workspace.owner.refused("retry_operation", operation_id=operation["id"]) == refusal
    await give_up(worker, operation, "unavailable")
    await worker.execute("delete from private.dead_jobs where id = %s", [operation["id"]])
    assert await workspace.owner.refused("retry_operation", operation_id=operation["id"]) == refusal


@pytest.mark.parametrize("rpc", ["cancel_operation", "retry_operation"])
async def test_operations_of_others_are_not_there(workspace: Workspace, other: Caller, rpc: str) -> None:
    connection = await workspace.connection()
    operation = await workspace.owner.call("test_connection", connection_id=connection["id"])
    viewer = await workspace.member("viewer")

    for caller, operation_id in (
        (other, operation["id"]),
        (viewer, operation["id"]),
        (other, str(uuid.uuid4())),
        (other, None),
    ):
        assert await caller.refused(rpc, operation_id=operation_id) == NOT_FOUND


async def test_cancelling_while_a_worker_finishes_neither_deadlocks_nor_undoes(
    workspace: Workspace, stack: Stack
) -> None:
    connection = await workspace.connection()
    operation = await workspace.owner.call("test_connection", connection_id=connection["id"])
    async with await psycopg.AsyncConnection.connect(stack.worker_database_url) as worker:
        await worker.execute("delete from private.jobs where id = %s", [operation["id"]])
        cancelling = asyncio.create_task(workspace.owner.call("cancel_operation", operation_id=operation["id"]))
        waiting = """
            select count(*) from pg_stat_activity
            where wait_event_type = 'Lock' and query ilike '%%cancel_operation%%'
        """
        while await workspace.one(waiting) == 0:
            await asyncio.sleep(0.01)
        await worker.execute(
            "update operations set status = 'succeeded', finished_at = now() where id = %s", [operation["id"]]
        )
        await worker.commit()

    assert (await cancelling)["status"] == "succeeded"


async def test_new_jobs_are_announced_once_per_statement(workspace: Workspace, stack: Stack) -> None:
    connection = await workspace.connection()
    async with await psycopg.AsyncConnection.connect(stack.worker_database_url, autocommit=True) as listener:
        await listener.execute("listen wasl_jobs")
        operation = await workspace.owner.call("test_connection", connection_id=connection["id"])
        first = await anext(listener.notifies(timeout=5, stop_after=1))

    assert (first.channel, first.payload) == ("wasl_jobs", "")
    assert await workspace.one("select count(*) from private.jobs where id = %s", [operation["id"]]) == 1
