"""What people ask about their data, as the database carries it out: found once, step by step, certified."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.callers import Caller, Database, Refusal, Row, Workspace
from tests.support.marketing import Tool, connect_tool
from tests.support.privacy import (
    EMAIL,
    GIVEN,
    WHO,
    Worker,
    ask,
    begin,
    carry_out,
    lead_row,
    pay,
    request_row,
    steps,
    take,
)


@pytest.fixture
async def tool(workspace: Workspace, worker: Worker) -> Tool:
    """A marketing tool's connection of the workspace."""
    return await connect_tool(workspace, worker)


class TestAsking:
    async def test_it_is_due_when_the_law_of_the_organization_wants_it(self, workspace: Workspace) -> None:
        received = datetime(2026, 11, 1, 8, tzinfo=UTC)
        settings = f"privacy_settings?organization_id=eq.{workspace.id}"
        await workspace.owner.request("PATCH", settings, json={"jurisdiction": "adgm"})

        request = await ask(workspace, "access", received_at=received.isoformat())

        assert datetime.fromisoformat(request["due_at"]) == received + timedelta(days=60)
        extended = await workspace.owner.call(
            "extend_subject_request", request_id=request["id"], reason="Two thousand papers"
        )
        assert datetime.fromisoformat(extended["due_at"]) == received + timedelta(days=90)
        again = await workspace.owner.refused("extend_subject_request", request_id=request["id"], reason="More")
        assert again == Refusal(409, "not_extendable", "request_id")

    async def test_who_it_is_stands_nowhere_in_clear(self, workspace: Workspace, database: Database) -> None:
        who = {"email": "only.here@example.ae", "phone": "+971509876543"}
        request = await ask(workspace, "access", note="By letter", **who)

        for table in ("data_subject_requests", "private.subject_identities", "audit_log", "operations", "private.jobs"):
            rows = await (await database.execute(f"select t::text as line from {table} t".encode())).fetchall()
            assert not [row for row in rows if who["email"] in row["line"] or who["phone"] in row["line"]]
        assert await workspace.owner.call("subject_request_identity", request_id=request["id"]) == who
        shown = await workspace.owner.rows("audit_log?order=sequence.desc&limit=1")
        assert shown[0]["action"] == "privacy.identity_shown"

    async def test_the_same_person_again_has_the_same_index_here_and_another_elsewhere(
        self, workspace: Workspace, other: Caller
    ) -> None:
        first = await ask(workspace, "access", email="Amal@Example.ae", phone="")
        second = await ask(workspace, "erasure", email=f" {EMAIL} ", phone="")
        elsewhere = await other.call("create_subject_request", kind="access", email=EMAIL)

        assert first["subject_indexes"] == second["subject_indexes"] != elsewhere["subject_indexes"]

    @pytest.mark.parametrize(
        ("arguments", "code", "field"),
        [
            ({"kind": "access", "email": None, "phone": None}, "address_required", "email"),
            ({"kind": "access", "email": "nobody"}, "invalid_email", "email"),
            ({"kind": "access", "phone": "0501234567"}, "invalid_phone", "phone"),
            ({"kind": "access", "lead_id": "00000000-0000-0000-0000-000000000000"}, "lead_not_found", "lead_id"),
            ({"kind": "correction"}, "invalid_changes", "changes"),
            ({"kind": "access", "changes": {"first_name": "A"}}, "invalid_changes", "changes"),
            ({"kind": "correction", "changes": {"age": "3"}}, "invalid_changes", "changes.age"),
            ({"kind": "correction", "changes": {"email": "x"}}, "invalid_changes", "changes.email"),
            ({"kind": "access", "note": "4242 4242 4242 4242"}, "card_number_refused", "note"),
            ({"kind": "access", "received_at": "2100-01-01T00:00:00Z"}, "invalid_received_at", "received_at"),
        ],
    )
    async def test_what_cannot_be_asked(self, workspace: Workspace, arguments: Row, code: str, field: str) -> None:
        refusal = await workspace.owner.refused(
            "create_subject_request", **WHO | {"organization_id": workspace.id} | arguments
        )
        assert (refusal.code, refusal.field) == (code, field)

    async def test_one_is_refused_with_a_reason_before_it_is_begun(self, workspace: Workspace, worker: Worker) -> None:
        request, other = await ask(workspace, "access"), await ask(workspace, "access")
        refused = await workspace.owner.call(
            "refuse_subject_request", request_id=request["id"], reason="Not the person"
        )
        assert (refused["status"], refused["reason"]) == ("refused", "Not the person")

        await begin(worker, other)

        refusal = await workspace.owner.refused("refuse_subject_request", request_id=other["id"], reason="Late")
        assert refusal == Refusal(409, "subject_request_under_way", "request_id")
        assert await carry_out(worker, other) == "over"


class TestOtherRights:
    async def test_a_correction_reaches_the_lead_and_the_tools(
        self, workspace: Workspace, worker: Worker, tool: Tool
    ) -> None:
        await tool.sync()
        lead = await workspace.lead(**WHO, first_name="Amal", consents=GIVEN)
        await tool.push()
        request = await ask(workspace, "correction", changes={"first_name": "Amaal", "email": "amaal@example.ae"})

        assert await carry_out(worker, request) == "wait"
        [due] = await tool.due()
        assert (due["first_name"], due["email"]) == ("Amaal", "amaal@example.ae")
        await tool.note({"lead_id": lead["id"], "version": due["version"], "provider_contact_id": f"c-{lead['id']}"})
        assert (await take(worker, request))["state"] == "over"

        assert (await lead_row(workspace, lead))["email"] == "amaal@example.ae"
        assert (await request_row(workspace, request))["status"] == "completed"

    async def test_a_correction_to_an_address_that_another_lead_has_is_left_to_a_person(
        self, workspace: Workspace, worker: Worker
    ) -> None:
        await workspace.lead(**WHO)
        await workspace.lead(email="omar@example.ae")
        request = await ask(workspace, "correction", changes={"email": "omar@example.ae"})

        await carry_out(worker, request)

        assert (await steps(workspace, request))["public.leads"]["status"] == "by_person"
        assert (await request_row(workspace, request))["status"] == "awaiting_person"

    async def test_restriction_stops_pushes_and_automations_and_unsubscribes(
        self, workspace: Workspace, worker: Worker, tool: Tool
    ) -> None:
        await tool.sync()
        lead = await workspace.lead(**WHO, consents=GIVEN)
        await tool.push()
        actions = [{"kind": "lead.upsert", "with": {"email": "{{data.email}}", "tags": ["seen"]}}]
        await workspace.owner.call(
            "save_automation",
            organization_id=workspace.id,
            name="Tag",
            definition={"events": ["lead.updated"], "actions": actions},
            enabled=True,
        )
        request = await ask(workspace, "restriction")

        assert await carry_out(worker, request) == "wait"
        [due] = await tool.due()
        assert due["consent"] == "unsubscribed"
        await tool.note({"lead_id": lead["id"], "version": due["version"], "provider_contact_id": f"c-{lead['id']}"})
        assert (await take(worker, request))["state"] == "over"

        assert (await lead_row(workspace, lead))["restricted_at"] is not None
        wanted = "select count(*) from private.jobs where organization_id = %s and kind = 'event.route'"
        before = await workspace.one(wanted, [workspace.id])
        await workspace.lead(**WHO, first_name="Amal")
        assert await workspace.one(wanted, [workspace.id]) == before
        lifted = await workspace.owner.call("lift_restriction", lead_id=lead["id"])
        assert lifted["restricted_at"] is None
        await workspace.lead(**WHO, last_name="Saleh")
        assert await workspace.one(wanted, [workspace.id]) == before + 1

    async def test_who_is_restricted_stays_so_when_they_come_again(self, workspace: Workspace, worker: Worker) -> None:
        await carry_out(worker, await ask(workspace, "restriction", phone=""))

        assert (await workspace.lead(email=EMAIL.title()))["restricted_at"] is not None
        assert (await workspace.lead(email="omar@example.ae"))["restricted_at"] is None

    async def test_an_objection_withdraws_every_consent(self, workspace: Workspace, worker: Worker) -> None:
        consents = [*GIVEN, {"purpose": "marketing_sms", "state": "pending"}]
        lead = await workspace.lead(**WHO, consents=consents)

        request = await ask(workspace, "objection")
        await carry_out(worker, request)

        latest = await workspace.owner.rows(f"lead_consents?lead_id=eq.{lead['id']}&order=occurred_at.desc&limit=2")
        assert {(each["purpose"], each["state"]) for each in latest} == {
            ("marketing_email", "withdrawn"),
            ("marketing_sms", "withdrawn"),
        }
        assert latest[0]["source"] == f"request:{request['id']}"
        told = [event["type"] for event in await workspace.events(lead["id"])]
        assert told.count("lead.consent_withdrawn") == 2

    async def test_a_copy_has_what_is_known_of_the_person_and_of_nobody_else(
        self, workspace: Workspace, worker: Worker, database: Database
    ) -> None:
        lead = await workspace.lead(**WHO, first_name="Amal", consents=GIVEN)
        await workspace.lead(email="omar@example.ae")
        payment = await pay(workspace, database)
        request = await ask(workspace, "access")
        await begin(worker, request)

        async def rows(table: str, already: int = 0, most: int = 100) -> list[Row]:
            query = "select private.subject_rows(%s, %s, %s, %s) as rows"
            row = await (await worker.execute(query, [request["id"], table, already, most])).fetchone()
            assert row is not None
            found: list[Row] = row["rows"]
            return found

        [told] = await rows("public.leads")
        assert (told["id"], told["first_name"], told["email"]) == (lead["id"], "Amal", EMAIL)
        [paid] = await rows("public.payments")
        assert (paid["id"], paid["customer"]["name"]) == (payment["id"], "Amal Saleh")
        assert (await rows("public.lead_consents"))[0]["purpose"] == "marketing_email"
        assert await rows("public.leads", 1) == []
        head = await (
            await worker.execute("select private.subject_archive_head(%s) as head", [request["id"]])
        ).fetchone()
        assert head is not None
        assert head["head"]["subject"] == WHO

    async def test_withdrawing_a_copy_comes_with_the_erasure(self, workspace: Workspace, worker: Worker) -> None:
        copy = await ask(workspace, "access")
        await carry_out(worker, copy)
        assert (await workspace.owner.call("link_subject_archive", request_id=copy["id"]))["kind"] == "privacy.link"

        await carry_out(worker, await ask(workspace, "erasure"))

        refusal = await workspace.owner.refused("link_subject_archive", request_id=copy["id"])
        assert refusal == Refusal(409, "no_archive", "request_id")
        assert await workspace.owner.call("subject_request_identity", request_id=copy["id"]) == {}


async def test_answers_that_are_due_raise_an_alert_that_ends_with_them(workspace: Workspace, worker: Worker) -> None:
    long_ago = (datetime.now(UTC) - timedelta(days=40)).isoformat()
    late = await ask(workspace, "access", received_at=long_ago)
    await ask(workspace, "access")

    await worker.execute("select private.warn_of_privacy_deadlines()")
    [alert] = await workspace.owner.rows("alerts?kind=eq.privacy.due&status=eq.open")
    assert (alert["severity"], alert["detail"]["request_id"]) == ("critical", late["id"])

    await carry_out(worker, late)
    assert await workspace.owner.rows("alerts?kind=eq.privacy.due&status=eq.open") == []
