"""What is kept for how long: by class, by organization, not below a law's floor; and gone once that is over."""

from datetime import timedelta

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.support.callers import Caller, Database, Refusal, Row, Workspace

Worker = psycopg.AsyncConnection[Row]


async def keep(workspace: Workspace, kind: str, days: int) -> Row:
    row: Row = await workspace.owner.call(
        "set_retention", organization_id=workspace.id, data_class=kind, keep_days=days
    )
    return row


async def expire(worker: Worker, workspace: Workspace, table: str, most: int = 100) -> int:
    cursor = await worker.execute("select private.expire_rows(%s, %s, %s) as gone", [workspace.id, table, most])
    row = await cursor.fetchone()
    assert row is not None
    return int(row["gone"])


async def due(worker: Worker, workspace: Workspace) -> list[str]:
    query = "select table_name from private.due_retention() where organization_id = %s"
    return [row["table_name"] for row in await (await worker.execute(query, [workspace.id])).fetchall()]


async def old_lead(workspace: Workspace, database: Database, *, days: int, email: str) -> Row:
    lead = await workspace.lead(email=email)
    await database.execute("alter table leads disable trigger leads_touch")
    aged = "update leads set (created_at, updated_at) = (now() - %(age)s, now() - %(age)s) where id = %(id)s"
    await database.execute(aged, {"age": timedelta(days=days), "id": lead["id"]})
    await database.execute("alter table leads enable trigger leads_touch")
    return lead


async def test_a_plan_tells_every_class_with_its_time_its_floor_and_where_that_comes_from(workspace: Workspace) -> None:
    await keep(workspace, "contacts", 730)

    plan = {
        each["data_class"]: each for each in await workspace.owner.call("retention_plan", organization_id=workspace.id)
    }

    assert (plan["contacts"]["keep_days"], plan["contacts"]["default_days"]) == (730, None)
    assert plan["financial"]["keep_days"] is None
    assert plan["financial"]["floor_days"] >= 7 * 365
    assert "public.leads" in plan["contacts"]["tables"]
    assert all(each["basis"] for each in plan.values())


@pytest.mark.parametrize(
    ("kind", "days", "field"),
    [
        ("financial", 365, "keep_days"),
        ("audit", 30, "keep_days"),
        ("contacts", 0, "keep_days"),
        ("toys", 9, "data_class"),
    ],
)
async def test_no_time_below_a_laws_floor(workspace: Workspace, kind: str, days: int, field: str) -> None:
    refusal = await workspace.owner.refused(
        "set_retention", organization_id=workspace.id, data_class=kind, keep_days=days
    )
    assert refusal == Refusal(400, f"invalid_{field}", field)


async def test_another_time_is_in_the_audit_log_with_the_one_before(workspace: Workspace) -> None:
    await keep(workspace, "contacts", 730)
    await keep(workspace, "contacts", 365)

    first, second = await workspace.owner.rows("audit_log?action=eq.retention.set&order=sequence")
    assert (first["before"], first["after"]["keep_days"]) == (None, 730)
    assert (second["before"], second["after"]) == ({"keep_days": 730}, {"keep_days": 365})


async def test_due_is_what_has_something_older_than_it_is_kept(
    workspace: Workspace, worker: Worker, database: Database
) -> None:
    await old_lead(workspace, database, days=400, email="old@example.ae")
    aged = "update audit_log set occurred_at = now() - interval '500 days' where organization_id = %s"
    await database.execute(aged, [workspace.id])
    assert await due(worker, workspace) == []

    await keep(workspace, "contacts", 401)
    await keep(workspace, "audit", 501)
    assert await due(worker, workspace) == []

    await keep(workspace, "contacts", 399)
    await keep(workspace, "audit", 499)
    assert sorted(await due(worker, workspace)) == ["public.audit_log", "public.leads"]


async def test_every_tables_age_is_found_by_an_index(database: Database) -> None:
    query = """
        select t.name from private.personal_tables t
        where t.age is not null and t.on_expiry <> 'nothing' and not exists (
            select from pg_index i
            where i.indrelid = t.name::regclass and i.indpred is null
              and pg_get_indexdef(i.indexrelid, 1, true) = 'organization_id'
              and pg_get_indexdef(i.indexrelid, 2, true) = coalesce(t.not_before, t.age))
    """
    assert await (await database.execute(query)).fetchall() == []


async def test_leads_expire_in_bites_and_are_counted(workspace: Workspace, worker: Worker, database: Database) -> None:
    old = [await old_lead(workspace, database, days=400, email=f"old{n}@example.ae") for n in range(3)]
    young = await old_lead(workspace, database, days=300, email="young@example.ae")
    assert await expire(worker, workspace, "public.leads") == 0, "nobody has said for how long"
    await keep(workspace, "contacts", 365)

    assert [await expire(worker, workspace, "public.leads", 2) for _ in range(3)] == [2, 1, 0]

    status = {row["id"]: row["status"] for row in await workspace.owner.rows("leads")}
    assert {status[lead["id"]] for lead in old} == {"deleted"}
    assert status[young["id"]] == "active"
    [counted] = await workspace.owner.rows("retention_runs")
    assert (counted["table_name"], counted["data_class"], counted["rows"]) == ("public.leads", "contacts", 3)


async def test_a_hold_stops_it_until_it_ends(workspace: Workspace, worker: Worker, database: Database) -> None:
    await old_lead(workspace, database, days=400, email="old@example.ae")
    await keep(workspace, "contacts", 365)
    hold = {"organization_id": workspace.id, "data_class": "contacts", "reason": "Claim"}
    await workspace.owner.request("POST", "legal_holds", json=hold)

    assert await expire(worker, workspace, "public.leads") == 0
    assert "public.leads" not in await due(worker, workspace)

    await workspace.owner.request(
        "PATCH", f"legal_holds?organization_id=eq.{workspace.id}", json={"ends_at": "2026-01-01"}
    )
    assert await expire(worker, workspace, "public.leads") == 1


async def test_what_is_still_needed_stays(workspace: Workspace, worker: Worker, database: Database) -> None:
    await workspace.carrier()
    parcels = [await workspace.shipment(reference=name) for name in ("a", "b")]
    aged = "update shipments set created_at = now() - interval '99 days' where organization_id = %s"
    await database.execute(aged, [workspace.id])
    await database.execute("update shipments set status = 'delivered' where id = %s", [parcels[0]["id"]])
    await keep(workspace, "shipping", 90)

    assert await expire(worker, workspace, "public.shipments") == 1

    rows = await workspace.owner.rows("shipments?select=id,recipient")
    named = {row["id"]: "name" in row["recipient"] for row in rows}
    assert named == {parcels[0]["id"]: False, parcels[1]["id"]: True}


async def test_events_of_an_organization_that_keeps_them_shorter_go_before_their_partition(
    workspace: Workspace, worker: Worker, database: Database
) -> None:
    lead = await workspace.lead()
    insertion = """
        insert into events (created_at, organization_id, type, source, occurred_at, data)
        values (now() - interval '25 hours', %s, 'track.seen', 'worker', now(), %s)
    """
    await database.execute(insertion, [workspace.id, Jsonb({"email": "a@example.ae"})])
    await keep(workspace, "events", 1)

    assert await expire(worker, workspace, "public.events") == 1

    assert [event["type"] for event in await workspace.events(lead["id"])] == ["lead.captured"]


async def test_an_audit_log_loses_its_oldest_lines_and_stays_whole(
    workspace: Workspace, worker: Worker, database: Database
) -> None:
    for number in range(4):
        await workspace.connection(name=f"Connection {number}", active=False)
    await keep(workspace, "audit", 400)
    before = await workspace.owner.call("verify_audit_log", organization_id=workspace.id)
    aged = "update audit_log set occurred_at = now() - interval '500 days' where organization_id = %s and sequence <= 3"
    await database.execute(aged, [workspace.id])

    assert await expire(worker, workspace, "public.audit_log") == 3

    after = await workspace.owner.call("verify_audit_log", organization_id=workspace.id)
    assert (after["intact"], after["lines"], after["last_hash"]) == (True, before["lines"] - 3, before["last_hash"])
    await database.execute("delete from audit_log where organization_id = %s and sequence = 4", [workspace.id])
    broken = await workspace.owner.call("verify_audit_log", organization_id=workspace.id)
    assert (broken["first_broken_sequence"], broken["fault"]) == (5, "missing")


async def test_every_table_that_expires_can(workspace: Workspace, worker: Worker, database: Database) -> None:
    for kind in ("contacts", "shipping", "activity", "events", "traffic", "public"):
        await keep(workspace, kind, 1)
    await keep(workspace, "financial", 3000)
    await keep(workspace, "requests", 400)
    expiring = "select name from private.personal_tables where age is not null and on_expiry <> 'nothing'"
    tables = [row["name"] for row in await (await database.execute(expiring)).fetchall()]

    assert len(tables) > 10
    assert await due(worker, workspace) == []
    assert {await expire(worker, workspace, table) for table in tables} == {0}


async def test_only_admins_say_so(workspace: Workspace, other: Caller) -> None:
    developer = await workspace.member("developer")
    for caller in (developer, other):
        refusal = await caller.refused(
            "set_retention", organization_id=workspace.id, data_class="contacts", keep_days=9
        )
        assert refusal == Refusal(403, "forbidden", "organization_id")


async def previewed(workspace: Workspace, **asked: object) -> dict[str, int]:
    rows = await workspace.owner.call("preview_retention", organization_id=workspace.id, **asked)
    return {row["table_name"]: row["rows"] for row in rows}


async def test_a_preview_counts_what_the_next_run_erases(
    workspace: Workspace, worker: Worker, database: Database
) -> None:
    for n in range(2):
        await old_lead(workspace, database, days=400, email=f"old{n}@example.ae")
    aged = "update audit_log set occurred_at = now() - interval '500 days' where organization_id = %s"
    await database.execute(aged, [workspace.id])
    assert "public.leads" not in await previewed(workspace), "nobody has said for how long"

    asked = {"data_class": "contacts", "keep_days": 399}
    assert await previewed(workspace, **asked) == {"public.leads": 2}
    assert await previewed(workspace, **asked | {"keep_days": 401}) == {"public.leads": 0}
    audited = await previewed(workspace, data_class="audit", keep_days=499)
    assert audited["public.audit_log"] > 0

    await keep(workspace, "contacts", 399)
    assert (await previewed(workspace))["public.leads"] == 2
    assert await expire(worker, workspace, "public.leads") == 2
    assert (await previewed(workspace))["public.leads"] == 0, "what was erased is not counted again"


async def test_a_preview_of_what_is_held_is_empty(workspace: Workspace, database: Database) -> None:
    await old_lead(workspace, database, days=400, email="old@example.ae")
    await keep(workspace, "contacts", 365)
    hold = {"organization_id": workspace.id, "data_class": "contacts", "reason": "Claim"}
    await workspace.owner.request("POST", "legal_holds", json=hold)

    assert await previewed(workspace, data_class="contacts") == {}


@pytest.mark.parametrize(("asked", "field"), [({"data_class": "toys"}, "data_class"), ({"keep_days": 0}, "keep_days")])
async def test_a_preview_of_nonsense_is_refused(workspace: Workspace, asked: dict[str, object], field: str) -> None:
    refusal = await workspace.owner.refused("preview_retention", organization_id=workspace.id, **asked)
    assert refusal == Refusal(400, f"invalid_{field}", field)
