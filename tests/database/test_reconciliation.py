"""Asking for a comparison with a gateway, and dealing with what it found; no worker runs here."""

import uuid
from typing import Any

import pytest

from tests.support.callers import CARRIER, Caller, Refusal, Row, Workspace

NOT_FOUND = Refusal(404, "connection_not_found", "connection_id")
BUSY = Refusal(409, "operation_in_progress", "connection_id")


@pytest.fixture
async def gateway(workspace: Workspace) -> Row:
    """An active gateway of the workspace."""
    return await workspace.connection()


async def run_of(workspace: Workspace, operation: Row) -> Row:
    """The comparison of an operation."""
    (run,) = await workspace.owner.rows(f"payment_reconciliations?operation_id=eq.{operation['id']}")
    return run


async def difference(workspace: Workspace, gateway: Row, **columns: Any) -> Row:
    """An open difference that a comparison has found."""
    operation = await workspace.owner.call("reconcile_payments", connection_id=gateway["id"])
    given = {
        "kind": "status",
        "ours": "captured",
        "theirs": "REVERSED",
        "provider_payment_id": f"pi_{uuid.uuid4().hex}",
    }
    cursor = await workspace.database.execute(
        """insert into public.payment_differences
               (organization_id, connection_id, reconciliation_id, provider_payment_id, kind, ours, theirs)
           values (%(organization_id)s, %(connection_id)s, %(reconciliation_id)s, %(provider_payment_id)s, %(kind)s,
               %(ours)s, %(theirs)s) returning *""",
        {
            **given,
            **columns,
            "organization_id": workspace.id,
            "connection_id": gateway["id"],
            "reconciliation_id": operation["subject_id"],
        },
    )
    row: Row | None = await cursor.fetchone()
    assert row is not None
    return {**row, "id": str(row["id"])}


async def test_a_comparison_is_recorded_with_its_operation_and_job(workspace: Workspace, gateway: Row) -> None:
    span = {"since": "2026-11-01T00:00:00+00:00", "until": "2026-11-02T00:00:00+00:00"}
    operation = await workspace.owner.call("reconcile_payments", connection_id=gateway["id"], **span)
    run = await run_of(workspace, operation)
    assert (run["status"], run["since"], run["until"]) == ("running", span["since"], span["until"])
    assert (operation["kind"], operation["subject_id"]) == ("payment.reconcile", run["id"])
    assert operation["created_by"] == f"user:{workspace.owner.user_id}"
    assert await workspace.one("select kind from private.jobs where id = %s", [operation["id"]]) == "payment.reconcile"


async def test_by_default_it_is_the_last_day(workspace: Workspace, gateway: Row) -> None:
    operation = await workspace.owner.call(
        "reconcile_payments", connection_id=gateway["id"], until="2999-01-01T00:00:00Z"
    )
    span = "select until = started_at and until - since = interval '1 day' from payment_reconciliations where id = %s"
    assert await workspace.one(span, [operation["subject_id"]])


async def test_the_same_key_is_the_same_comparison_and_no_other(workspace: Workspace, gateway: Row) -> None:
    asked = {"connection_id": gateway["id"], "idempotency_key": "nightly"}
    first = await workspace.owner.call("reconcile_payments", **asked)
    assert await workspace.owner.call("reconcile_payments", **asked) == first
    reused = Refusal(409, "idempotency_key_reused", "idempotency_key")
    assert await workspace.owner.refused("reconcile_payments", **asked, since="2026-11-01T00:00:00Z") == reused
    await workspace.payment(idempotency_key="order-1")
    of_a_payment = {"connection_id": gateway["id"], "idempotency_key": "order-1"}
    assert await workspace.owner.refused("reconcile_payments", **of_a_payment) == reused


async def test_one_comparison_at_a_time(workspace: Workspace, gateway: Row) -> None:
    await workspace.owner.call("reconcile_payments", connection_id=gateway["id"])
    assert await workspace.owner.refused("reconcile_payments", connection_id=gateway["id"]) == BUSY
    other = await workspace.connection()
    assert await workspace.owner.call("reconcile_payments", connection_id=other["id"])


@pytest.mark.parametrize(
    ("span", "code"),
    [
        ({"since": "2026-11-02T00:00:00Z", "until": "2026-11-01T00:00:00Z"}, "invalid_since"),
        ({"since": "2999-01-01T00:00:00Z"}, "invalid_since"),
        ({"since": "2020-01-01T00:00:00Z", "until": "2021-06-01T00:00:00Z"}, "invalid_since"),
        ({"idempotency_key": ""}, "invalid_idempotency_key"),
    ],
)
async def test_a_span_that_makes_no_sense_is_refused(
    workspace: Workspace, gateway: Row, span: dict[str, str], code: str
) -> None:
    refusal = await workspace.owner.refused("reconcile_payments", connection_id=gateway["id"], **span)
    assert (refusal.status, refusal.code) == (400, code)


async def test_only_connections_that_take_payments_are_compared(workspace: Workspace, gateway: Row) -> None:
    carrier = await workspace.connection(CARRIER)
    refusal = await workspace.owner.refused("reconcile_payments", connection_id=carrier["id"])
    assert refusal == Refusal(409, "not_a_payment_connection", "connection_id")
    await workspace.owner.call("update_connection", connection_id=gateway["id"], paused=True)
    refusal = await workspace.owner.refused("reconcile_payments", connection_id=gateway["id"])
    assert refusal == Refusal(409, "connection_not_active", "connection_id")


async def test_developers_and_keys_with_the_scope_may_ask_for_it(
    workspace: Workspace, gateway: Row, other: Caller
) -> None:
    asked = {"connection_id": gateway["id"], "idempotency_key": "once"}
    for caller in (await workspace.member("viewer"), await workspace.api_key("payments:read"), other):
        assert await caller.refused("reconcile_payments", **asked) == NOT_FOUND
    for caller in (await workspace.member("developer"), await workspace.api_key("payments:write")):
        assert (await caller.call("reconcile_payments", **asked))["kind"] == "payment.reconcile"


async def test_a_comparison_that_is_cancelled_or_given_up_makes_room_for_the_next(
    workspace: Workspace, gateway: Row
) -> None:
    operation = await workspace.owner.call("reconcile_payments", connection_id=gateway["id"])
    cancelled = await workspace.owner.call("cancel_operation", operation_id=operation["id"])
    assert cancelled["status"] == "cancelled"
    run = await run_of(workspace, operation)
    assert (run["status"], run["error"]["code"]) == ("failed", "cancelled")
    assert run["finished_at"]

    operation = await workspace.owner.call("reconcile_payments", connection_id=gateway["id"])
    await workspace.database.execute(
        """update public.operations set status = 'dead', finished_at = now(), error = '{"code": "workers_lost"}'
           where id = %s""",
        [operation["id"]],
    )
    run = await run_of(workspace, operation)
    assert (run["status"], run["error"]) == ("failed", {"code": "workers_lost"})
    assert await workspace.owner.call("reconcile_payments", connection_id=gateway["id"])


async def test_a_difference_is_dealt_with_once(workspace: Workspace, gateway: Row) -> None:
    row = await difference(workspace, gateway)
    developer = await workspace.member("developer")
    dismissed = await developer.call("dismiss_payment_difference", difference_id=row["id"], note="refunded by hand")
    assert (dismissed["status"], dismissed["note"]) == ("dismissed", "refunded by hand")
    assert dismissed["resolved_by"] == f"user:{developer.user_id}"
    again = await workspace.owner.call("dismiss_payment_difference", difference_id=row["id"], note="me too")
    assert again == dismissed
    audited = "select count(*) from public.audit_log where action = 'payment_difference.dismissed' and target_id = %s"
    assert await workspace.one(audited, [row["id"]]) == 1


async def test_a_difference_is_refused_to_strangers_and_with_a_note_that_must_not_be(
    workspace: Workspace, gateway: Row, other: Caller
) -> None:
    row = await difference(workspace, gateway)
    missing = Refusal(404, "difference_not_found", "difference_id")
    for caller in (other, await workspace.member("viewer"), await workspace.api_key("payments:read")):
        assert await caller.refused("dismiss_payment_difference", difference_id=row["id"]) == missing
    assert await workspace.owner.refused("dismiss_payment_difference", difference_id=str(uuid.uuid4())) == missing
    for note, code in {"x" * 501: "invalid_note", "card 4242 4242 4242 4242": "card_number_refused"}.items():
        refusal = await workspace.owner.refused("dismiss_payment_difference", difference_id=row["id"], note=note)
        assert refusal == Refusal(400, code, "note")
    (now,) = await workspace.owner.rows(f"payment_differences?id=eq.{row['id']}")
    assert now["status"] == "open"
