"""People who ask about their data, and a worker's part done by hand."""

from typing import Any

import psycopg

from tests.support.callers import Database, Row, Workspace
from tests.support.leads import leads_of

Worker = psycopg.AsyncConnection[Row]

EMAIL, PHONE = "amal@example.ae", "+971501234567"
GIVEN = [{"purpose": "marketing_email", "state": "given"}]
WHO: Row = {"email": EMAIL, "phone": PHONE}


async def ask(workspace: Workspace, kind: str, **arguments: Any) -> Row:
    row: Row = await workspace.owner.call(
        "create_subject_request",
        organization_id=workspace.id,
        kind=kind,
        **({} if "lead_id" in arguments else WHO) | arguments,
    )
    return row


async def begin(worker: Worker, request: Row) -> None:
    """Find what is about the person, and plan the steps."""
    query = "select private.begin_subject_request(o.id) from operations o where o.subject_id = %s"
    await worker.execute(query, [request["id"]])


async def take(worker: Worker, request: Row, *, most: int = 500) -> Row:
    """Take the next step."""
    cursor = await worker.execute("select private.take_subject_step(%s, %s) as taken", [request["id"], most])
    row = await cursor.fetchone()
    assert row is not None
    taken: Row = row["taken"]
    return taken


async def carry_out(worker: Worker, request: Row, *, most: int = 500) -> str:
    """As a worker does it, but for files; what came last: over or wait."""
    await begin(worker, request)
    while True:
        taken = await take(worker, request, most=most)
        match taken["state"]:
            case "over" | "wait":
                return str(taken["state"])
            case "collect":
                await worker.execute("select private.note_subject_archive(%s, 1, 'a/b.json', 30)", [taken["step_id"]])
            case "empty_files":
                await worker.execute("select private.note_empty_files(%s, '{}')", [taken["step_id"]])


async def request_row(workspace: Workspace, request: Row) -> Row:
    """The request as it stands."""
    [row] = await workspace.owner.rows(f"data_subject_requests?id=eq.{request['id']}")
    return row


async def steps(workspace: Workspace, request: Row) -> dict[str, Row]:
    """Its steps by place."""
    rows = await workspace.owner.rows(f"data_subject_steps?request_id=eq.{request['id']}&order=position")
    return {row["place"]: row for row in rows}


async def lead_row(workspace: Workspace, lead: Row) -> Row:
    """A lead as it stands."""
    [row] = await leads_of(workspace.owner, f"id=eq.{lead['id']}")
    return row


async def pay(workspace: Workspace, database: Database, *, years_ago: int = 0) -> Row:
    """A payment of the person's that is over."""
    customer = {"name": "Amal Saleh", "email": EMAIL.upper(), "phone": PHONE}
    if (
        await workspace.one("select count(*) from integration_connections where organization_id = %s", [workspace.id])
        == 0
    ):
        await workspace.connection()
    payment = await workspace.payment(customer=customer, description="For Amal")
    await database.execute(
        "update payments set status = 'captured', amount_captured = amount,"
        " created_at = now() - make_interval(years => %s) where id = %s",
        [years_ago, payment["id"]],
    )
    return payment
