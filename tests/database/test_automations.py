"""Automations: what they may be, which events lead them, and how their runs go on and end."""

import copy
import uuid
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.support.callers import GATEWAY, TOOL, Caller, Database, Refusal, Row, Workspace

NOTE = {"kind": "lead.upsert", "with": {"email": "{{data.email}}", "tags": ["{{ data.customer.city }}", "bought"]}}
USUAL: Row = {"events": ["lead.captured"], "actions": [NOTE]}
MISSING = Refusal(404, "automation_not_found", "automation_id")


async def save(workspace: Workspace, definition: Row = USUAL, **arguments: Any) -> Row:
    """An automation just saved; enabled unless it is said otherwise."""
    usual = {"name": "Welcome", "enabled": True, "organization_id": workspace.id}
    row: Row = await workspace.owner.call("save_automation", **usual | arguments, definition=definition)
    return row


async def emit(worker: Database, workspace: Workspace, type_: str, subject: str | None = None, *causes: str) -> Row:
    """Something has happened; what automations in ``causes`` led to."""
    async with worker.transaction():
        if causes:
            await worker.execute("select set_config('wasl.causes', %s, true)", ["{" + ",".join(causes) + "}"])
        query = "select private.emit_event(%s, %s, %s, %s, '{\"email\": \"amal@example.ae\"}', 'sandbox') as id"
        cursor = await worker.execute(query, [workspace.id, type_, "lead" if subject else None, subject])
        row = await cursor.fetchone()
    assert row
    [event] = await workspace.all("select * from public.events where id = %s", [row["id"]])
    return event


async def led_by(worker: Database, event: Row) -> list[str]:
    """The automations that an event leads."""
    query = "select id from private.automations_for(%s, %s)"
    return [
        str(row["id"]) for row in await (await worker.execute(query, (event["id"], event["created_at"]))).fetchall()
    ]


async def jobs(workspace: Workspace, event: Row) -> int:
    """How many jobs an event has."""
    count: int = await workspace.one(
        "select count(*) from private.jobs where id = %s and kind = 'event.route'", [event["id"]]
    )
    return count


async def begin(worker: Database, automation: Row, event: Row, *steps: Row, reason: str | None = None) -> str:
    """Begin a run."""
    query = "select private.begin_run(%s, %s, %s, %s, %s, %s) as id"
    given = (automation["id"], automation["version"], event["id"], event["created_at"], reason, Jsonb(steps))
    row = await (await worker.execute(query, given)).fetchone()
    assert row
    return str(row["id"])


async def end(worker: Database, step: Row, status: str, **more: Row) -> None:
    """End a step."""
    result, error = (Jsonb(more[each]) if each in more else None for each in ("result", "error"))
    await worker.execute("select private.end_step(%s, %s, %s, %s)", (step["id"], status, result, error))


async def run_of(workspace: Workspace, run_id: str) -> Row:
    [row] = await workspace.owner.rows(f"automation_runs?id=eq.{run_id}")
    return row


async def steps_of(workspace: Workspace, run_id: str) -> list[Row]:
    return await workspace.owner.rows(f"automation_steps?run_id=eq.{run_id}&order=position")


async def alerts(workspace: Workspace, kind: str) -> list[tuple[str, int]]:
    rows = await workspace.owner.rows(f"alerts?kind=eq.{kind}&order=id")
    return [(row["status"], row["occurrences"]) for row in rows]


class TestSaving:
    async def test_it_is_disabled_until_somebody_says_otherwise(self, workspace: Workspace) -> None:
        automation = await workspace.owner.call("save_automation", name="Welcome", definition=USUAL)
        assert (automation["enabled"], automation["version"], automation["events"]) == (False, 1, ["lead.captured"])
        enabled = await workspace.owner.call("enable_automation", automation_id=automation["id"])
        assert (enabled["enabled"], enabled["version"]) == (True, 1)
        disabled = await workspace.owner.call("enable_automation", automation_id=automation["id"], enabled=False)
        assert disabled["enabled"] is False

    async def test_another_definition_is_another_version_and_all_are_kept(self, workspace: Workspace) -> None:
        first = await save(workspace)
        renamed = await workspace.owner.call("save_automation", automation_id=first["id"], name="Hello")
        same = await workspace.owner.call("save_automation", automation_id=first["id"], definition=USUAL)
        assert (renamed["name"], renamed["version"], same["name"], same["version"]) == ("Hello", 1, "Hello", 1)
        other = USUAL | {"events": ["payment.*"]}
        changed = await workspace.owner.call("save_automation", automation_id=first["id"], definition=other)
        assert (changed["version"], changed["events"], changed["enabled"]) == (2, ["payment.*"], True)
        versions = await workspace.owner.rows(f"automation_versions?automation_id=eq.{first['id']}&order=version")
        assert [each["definition"] for each in versions] == [USUAL, other]

    async def test_all_that_it_may_be(self, workspace: Workspace) -> None:
        tool = await workspace.connection(TOOL)
        action = {"connection_id": tool["id"], "with": {"email": "{{data.email}}"}}
        kinds = ("contact.upsert", "contact.tag", "contact.event", "deal.upsert", "event.track")
        definition = {
            "events": ["payment.succeeded", "shipment.*", "track.add_to_cart"],
            "conditions": [
                {"field": "data.amount", "op": "gte", "value": 100},
                {"any": [{"field": "type", "op": "in", "value": ["payment.succeeded", "shipment.created"]}]},
                {"all": [{"not": {"field": "data.customer.email", "op": "missing"}}]},
            ],
            "actions": [
                *(action | {"kind": kind} for kind in kinds),
                {"kind": "event.track", "with": {"name": "purchase"}},
                {"kind": "lead.upsert", "with": {"email": "{{data.email}}"}, "after_seconds": 2592000},
                NOTE | {"when": [{"field": "data.reference", "op": "starts_with", "value": "A"}], "after_seconds": 0},
            ],
        }
        assert (await save(workspace, definition, environment="sandbox"))["definition"] == definition

    @pytest.mark.parametrize(
        ("path", "value", "field"),
        [
            ((), [], "definition"),
            (("colour",), "red", "definition.colour"),
            (("events",), [], "definition.events"),
            (("events",), ["lead.captured"] * 21, "definition.events"),
            (("events",), ["lead.captured", "*"], "definition.events.1"),
            (("events",), ["lead.captured", "Lead Captured"], "definition.events.1"),
            (("conditions",), {}, "definition.conditions"),
            (("conditions",), [{"field": "data.x", "op": "exists"}] * 51, "definition.conditions"),
            (("conditions",), ["x"], "definition.conditions.0"),
            (("conditions",), [{"field": "amount", "op": "exists"}], "definition.conditions.0.field"),
            (("conditions",), [{"field": "data.x", "op": "like", "value": "x"}], "definition.conditions.0.op"),
            (("conditions",), [{"field": "data.x", "op": "eq"}], "definition.conditions.0.value"),
            (("conditions",), [{"field": "data.x", "op": "eq", "value": None}], "definition.conditions.0.value"),
            (("conditions",), [{"field": "data.x", "op": "gt", "value": True}], "definition.conditions.0.value"),
            (("conditions",), [{"field": "data.x", "op": "in", "value": "x"}], "definition.conditions.0.value"),
            (("conditions",), [{"field": "data.x", "op": "in", "value": [[]]}], "definition.conditions.0.value"),
            (("conditions",), [{"field": "data.x", "op": "exists", "value": 1}], "definition.conditions.0.value"),
            (("conditions",), [{"all": [{"any": [{"op": "eq"}]}]}], "definition.conditions.0.all.0.any.0.field"),
            (("conditions",), [{"all": [], "any": []}], "definition.conditions.0.any"),
            (
                ("conditions",),
                [{"not": {"not": {"not": {"not": {"not": {"field": "type", "op": "exists"}}}}}}],
                "definition.conditions.0.not.not.not.not.not",
            ),
            (("actions",), [], "definition.actions"),
            (("actions",), [NOTE] * 21, "definition.actions"),
            (("actions", 0, "kind"), "mail.send", "definition.actions.0.kind"),
            (("actions", 0, "kind"), "contact.upsert", "definition.actions.0.connection_id"),
            (("actions", 0, "connection_id"), str(uuid.UUID(int=1)), "definition.actions.0.connection_id"),
            (("actions", 0, "after_seconds"), 2592001, "definition.actions.0.after_seconds"),
            (("actions", 0, "after_seconds"), 1.5, "definition.actions.0.after_seconds"),
            (("actions", 0, "when"), [{"field": "data.x", "op": "eq"}], "definition.actions.0.when.0.value"),
            (("actions", 0, "with"), None, "definition.actions.0.with"),
            (("actions", 0, "with"), {}, "definition.actions.0.with"),
            (("actions", 0, "with"), {"email": "{{data.email"}, "definition.actions.0.with.email"),
            (("actions", 0, "with"), {"tags": ["a", "{{secrets.key}}"]}, "definition.actions.0.with.tags.1"),
            (("actions", 0, "with"), {"a": {"b": {"c": {"d": {"e": "f"}}}}}, "definition.actions.0.with.a.b.c.d.e"),
            (("actions", 0, "with"), {"text": "x" * 5001}, "definition.actions.0.with.text"),
            (("actions", 0, "with"), {"card": "4111 1111 1111 1111"}, "definition"),
            (("actions", 0, "with"), {f"field_{n}": "x" * 4000 for n in range(9)}, "definition"),
            (("actions", 0, "to"), "x", "definition.actions.0.to"),
        ],
    )
    async def test_every_fault_is_named_by_its_path(
        self, shop: Workspace, path: tuple[str | int, ...], value: Any, field: str
    ) -> None:
        definition: Any = copy.deepcopy(USUAL)
        if not path:
            definition = value
        else:
            part = definition
            for each in path[:-1]:
                part = part[each]
            part[path[-1]] = value
        refusal = await shop.owner.refused("save_automation", name="Wrong", definition=definition)
        assert (refusal.status, refusal.field) == (400, field)

    async def test_conditions_of_actions_count_too(self, shop: Workspace) -> None:
        some = [{"field": "data.x", "op": "exists"}] * 20
        definition = {"events": ["a.b"], "conditions": some, "actions": [NOTE | {"when": some}] * 2}
        refusal = await shop.owner.refused("save_automation", name="Wrong", definition=definition)
        assert refusal == Refusal(400, "invalid_definition", "definition.conditions")

    async def test_only_by_connections_of_its_own_that_can_do_it(self, workspace: Workspace, other: Caller) -> None:
        gateway = await workspace.connection(GATEWAY)
        tool = await workspace.connection(TOOL)
        action = {"kind": "contact.upsert", "with": {"email": "{{data.email}}"}}

        async def refused(caller: Caller, connection: Row, **arguments: Any) -> Refusal:
            definition = USUAL | {"actions": [action | {"connection_id": connection["id"]}]}
            return await caller.refused("save_automation", name="Wrong", definition=definition, **arguments)

        wrong = Refusal(400, "invalid_definition", "definition.actions.0.connection_id")
        assert await refused(workspace.owner, gateway) == wrong
        assert await refused(other, tool) == wrong
        assert await refused(workspace.owner, tool, environment="live") == wrong
        automation = await save(workspace, USUAL | {"actions": [action | {"connection_id": tool["id"]}]}, enabled=False)
        await workspace.owner.call("disconnect_connection", connection_id=tool["id"])
        assert await workspace.owner.refused("enable_automation", automation_id=automation["id"]) == wrong

    async def test_who_may(self, workspace: Workspace, other: Caller) -> None:
        automation = await save(workspace)
        named = {"automation_id": automation["id"]}
        for caller in (await workspace.member("viewer"), await workspace.api_key("automations:read"), other):
            for rpc in ("save_automation", "enable_automation", "delete_automation"):
                assert await caller.refused(rpc, **named) == MISSING
        key = await workspace.api_key("automations:write")
        assert (await key.call("save_automation", **named, name="Mine"))["name"] == "Mine"

    async def test_a_deleted_one_is_hidden_and_stays_disabled(self, workspace: Workspace) -> None:
        automation = await save(workspace)
        named = {"automation_id": automation["id"]}
        deleted = await workspace.owner.call("delete_automation", **named)
        assert (deleted["enabled"], deleted["deleted_at"] is not None) == (False, True)
        for rpc in ("save_automation", "enable_automation", "delete_automation"):
            assert await workspace.owner.refused(rpc, **named) == MISSING


class TestWhichEventsLead:
    @pytest.mark.parametrize(
        ("events", "environment", "type_", "leads"),
        [
            (["payment.succeeded"], None, "payment.succeeded", True),
            (["payment.succeeded"], None, "payment.failed", False),
            (["payment.failed", "payment.*"], None, "payment.succeeded", True),
            (["payment.*"], None, "payments.succeeded", False),
            (["track.*"], "sandbox", "track.add_to_cart", True),
            (["track.*"], "live", "track.add_to_cart", False),
        ],
    )
    async def test_those_it_names_of_its_environment(
        self,
        workspace: Workspace,
        worker: Database,
        events: list[str],
        environment: str | None,
        type_: str,
        leads: bool,
    ) -> None:
        automation = await save(workspace, USUAL | {"events": events}, environment=environment)
        event = await emit(worker, workspace, type_)
        assert await led_by(worker, event) == ([automation["id"]] if leads else [])
        assert await jobs(workspace, event) == leads

    async def test_what_is_of_no_environment_leads_all(self, workspace: Workspace) -> None:
        await save(workspace, environment="live")
        lead = await workspace.lead()
        [event] = await workspace.events(lead["id"])
        assert event["environment"] is None
        assert await jobs(workspace, event) == 1

    async def test_not_those_that_are_disabled_or_deleted(self, workspace: Workspace, worker: Database) -> None:
        await save(workspace, enabled=False)
        gone = await save(workspace)
        await workspace.owner.call("delete_automation", automation_id=gone["id"])
        event = await emit(worker, workspace, "lead.captured")
        assert (await led_by(worker, event), await jobs(workspace, event)) == ([], 0)

    async def test_not_those_of_others(self, workspace: Workspace, worker: Database, other: Caller) -> None:
        await other.call("save_automation", name="Theirs", definition=USUAL, enabled=True)
        event = await emit(worker, workspace, "lead.captured")
        assert (await led_by(worker, event), await jobs(workspace, event)) == ([], 0)


STEPS = [
    {"kind": "lead.upsert", "input": {"email": "amal@example.ae"}, "after_seconds": 0},
    {"kind": "lead.upsert", "input": {"email": "amal@example.ae"}, "after_seconds": 3600},
]


class TestRuns:
    async def test_each_step_has_a_job_when_it_is_due(self, workspace: Workspace, worker: Database) -> None:
        automation = await save(workspace)
        subject = str(uuid.uuid4())
        event = await emit(worker, workspace, "lead.captured", subject)
        run_id = await begin(worker, automation, event, *STEPS)
        run = await run_of(workspace, run_id)
        assert (run["status"], run["event_type"], run["subject_id"]) == ("running", "lead.captured", subject)
        query = """
            select s.position, j.kind, j.max_attempts, j.run_at = s.due_at as due,
                round(extract(epoch from j.run_at - clock_timestamp()) / 60)::int as minutes
            from public.automation_steps s join private.jobs j on j.id = s.id where s.run_id = %s order by 1
        """
        usual = {"kind": "automation.step", "max_attempts": 10, "due": True}
        assert await workspace.all(query, [run_id]) == [
            {"position": 0, "minutes": 0} | usual,
            {"position": 1, "minutes": 60} | usual,
        ]

    async def test_an_event_leads_an_automation_once(self, workspace: Workspace, worker: Database) -> None:
        automation = await save(workspace)
        event = await emit(worker, workspace, "lead.captured")
        run_id = await begin(worker, automation, event, *STEPS)
        assert await begin(worker, automation, event, *STEPS) == run_id
        assert len(await steps_of(workspace, run_id)) == 2

    async def test_it_ends_with_its_last_step(self, workspace: Workspace, worker: Database) -> None:
        run_id = await begin(worker, await save(workspace), await emit(worker, workspace, "lead.captured"), *STEPS)
        first, second = await steps_of(workspace, run_id)
        await end(worker, first, "succeeded", result={"lead_id": "x"})
        assert (await run_of(workspace, run_id))["status"] == "running"
        await end(worker, second, "skipped")
        await end(worker, first, "failed")  # a late word changes nothing
        assert (await run_of(workspace, run_id))["status"] == "finished"
        ended = [(each["status"], each["result"]) for each in await steps_of(workspace, run_id)]
        assert ended == [("succeeded", {"lead_id": "x"}), ("skipped", None)]

    async def test_nothing_to_do_is_done_at_once(self, workspace: Workspace, worker: Database) -> None:
        automation = await save(workspace)
        event = await emit(worker, workspace, "lead.captured")
        run_id = await begin(worker, automation, event, STEPS[0] | {"status": "skipped"})
        assert (await run_of(workspace, run_id))["status"] == "finished"

    async def test_with_a_reason_nothing_is_done(self, workspace: Workspace, worker: Database) -> None:
        automation = await save(workspace)
        event = await emit(worker, workspace, "lead.captured")
        run_id = await begin(worker, automation, event, *STEPS, reason="conditions")
        run = await run_of(workspace, run_id)
        assert (run["status"], run["reason"]) == ("skipped", "conditions")
        assert await steps_of(workspace, run_id) == []

    async def test_a_failed_step_stops_no_other_and_somebody_is_told_once(
        self, workspace: Workspace, worker: Database
    ) -> None:
        automation = await save(workspace)
        run_id = await begin(worker, automation, await emit(worker, workspace, "lead.captured"), *STEPS)
        first, second = await steps_of(workspace, run_id)
        await end(worker, first, "failed", error={"code": "invalid"})
        assert (await steps_of(workspace, run_id))[1]["status"] == "waiting"
        await end(worker, second, "unknown", error={"code": "outcome_unknown"})
        assert (await run_of(workspace, run_id))["status"] == "failed"
        assert await alerts(workspace, "automation.failed") == [("open", 1)]

        again = await begin(worker, automation, await emit(worker, workspace, "lead.captured"), STEPS[0])
        [step] = await steps_of(workspace, again)
        await end(worker, step, "succeeded")
        assert await alerts(workspace, "automation.failed") == [("resolved", 1)]

    @pytest.mark.parametrize(("code", "status"), [("unavailable", "failed"), ("outcome_unknown", "unknown")])
    async def test_a_job_that_was_given_up_is_a_step_that_failed(
        self, workspace: Workspace, worker: Database, code: str, status: str
    ) -> None:
        run_id = await begin(worker, await save(workspace), await emit(worker, workspace, "lead.captured"), STEPS[0])
        [step] = await steps_of(workspace, run_id)
        await worker.execute(
            "insert into private.dead_jobs (id, kind, organization_id, payload, attempt, last_error, created_at)"
            " values (%s, 'automation.step', %s, '{}', 10, %s, now())",
            [step["id"], workspace.id, Jsonb({"code": code})],
        )
        assert [each["status"] for each in await steps_of(workspace, run_id)] == [status]
        assert (await run_of(workspace, run_id))["status"] == "failed"


class TestNoRunaways:
    async def test_it_is_not_led_by_what_it_led_to(self, workspace: Workspace, worker: Database) -> None:
        automation = await save(workspace)
        event = await emit(worker, workspace, "lead.captured", None, automation["id"])
        run = await run_of(workspace, await begin(worker, automation, event, *STEPS))
        assert (run["status"], run["reason"]) == ("skipped", "loop")

    @pytest.mark.parametrize(("causes", "reason"), [(5, None), (6, "too_deep")])
    async def test_nor_by_a_long_chain_of_others(
        self, workspace: Workspace, worker: Database, causes: int, reason: str | None
    ) -> None:
        chain = [str(uuid.uuid4()) for _ in range(causes)]
        event = await emit(worker, workspace, "lead.captured", None, *chain)
        run = await run_of(workspace, await begin(worker, await save(workspace), event, *STEPS))
        assert run["reason"] == reason

    async def test_nor_again_and_again_about_one_subject(self, workspace: Workspace, worker: Database) -> None:
        automation = await save(workspace)
        subject = str(uuid.uuid4())
        reasons = []
        for _ in range(22):
            event = await emit(worker, workspace, "lead.captured", subject)
            reasons.append((await run_of(workspace, await begin(worker, automation, event)))["reason"])
        assert reasons == [None] * 20 + ["too_often"] * 2
        assert await alerts(workspace, "automation.too_often") == [("open", 2)]

        elsewhere = await emit(worker, workspace, "lead.captured", str(uuid.uuid4()))
        assert (await run_of(workspace, await begin(worker, automation, elsewhere)))["reason"] is None
        assert await alerts(workspace, "automation.too_often") == [("open", 2)]
        await workspace.database.execute(
            "update public.automation_runs set started_at = started_at - interval '1 hour' where subject_id = %s",
            [subject],
        )
        later = await emit(worker, workspace, "lead.captured", subject)
        assert (await run_of(workspace, await begin(worker, automation, later)))["reason"] is None
        assert await alerts(workspace, "automation.too_often") == [("resolved", 2)]


class TestLookingAfterRuns:
    @pytest.fixture
    async def run_id(self, workspace: Workspace, worker: Database) -> str:
        """A run of two steps that wait."""
        return await begin(worker, await save(workspace), await emit(worker, workspace, "lead.captured"), *STEPS)

    async def test_cancelling_leaves_to_the_worker_what_it_has_in_hand(
        self, workspace: Workspace, worker: Database, run_id: str
    ) -> None:
        held, waiting = await steps_of(workspace, run_id)
        await worker.execute(
            "update private.jobs set claim_id = gen_random_uuid(), lease_until = now() + interval '1 minute'"
            " where id = %s",
            [held["id"]],
        )
        cancelled = await workspace.owner.call("cancel_automation_run", run_id=run_id)
        assert (cancelled["status"], cancelled["reason"]) == ("cancelled", "cancelled")
        assert [each["status"] for each in await steps_of(workspace, run_id)] == ["waiting", "cancelled"]
        left = "select id::text, cancel_requested from private.jobs where id = any (%s::uuid[])"
        assert await workspace.all(left, [[held["id"], waiting["id"]]]) == [
            {"id": held["id"], "cancel_requested": True}
        ]
        await end(worker, held, "succeeded")
        assert (await run_of(workspace, run_id))["status"] == "cancelled"

    async def test_a_step_that_failed_is_done_once_more(
        self, workspace: Workspace, worker: Database, run_id: str
    ) -> None:
        first, second = await steps_of(workspace, run_id)
        for step, status in ((first, "failed"), (second, "succeeded")):
            await end(worker, step, status)
            await worker.execute("delete from private.jobs where id = %s", [step["id"]])
        retried = await workspace.owner.call("retry_automation_step", step_id=first["id"])
        assert (retried["status"], retried["error"], retried["finished_at"]) == ("waiting", None, None)
        assert (await run_of(workspace, run_id))["status"] == "running"
        await end(worker, first, "succeeded")
        assert (await run_of(workspace, run_id))["status"] == "finished"
        refusal = await workspace.owner.refused("retry_automation_step", step_id=second["id"])
        assert refusal == Refusal(409, "step_not_failed", "step_id")

    async def test_one_whose_outcome_nobody_knows_only_with_force(
        self, workspace: Workspace, worker: Database, run_id: str
    ) -> None:
        step = (await steps_of(workspace, run_id))[0]
        await end(worker, step, "unknown")
        assert await workspace.owner.refused("retry_automation_step", step_id=step["id"]) == Refusal(
            409, "outcome_unknown", "force"
        )
        asked = {"step_id": step["id"], "force": True}
        busy = await workspace.owner.refused("retry_automation_step", **asked)
        assert busy == Refusal(409, "operation_in_progress", "step_id")
        await worker.execute("delete from private.jobs where id = %s", [step["id"]])
        assert (await workspace.owner.call("retry_automation_step", **asked))["status"] == "waiting"

    async def test_who_may(self, workspace: Workspace, worker: Database, run_id: str, other: Caller) -> None:
        step = (await steps_of(workspace, run_id))[0]
        await end(worker, step, "failed")
        for caller in (await workspace.member("viewer"), await workspace.api_key("automations:read"), other):
            assert (await caller.refused("cancel_automation_run", run_id=run_id)).status == 404
            assert (await caller.refused("retry_automation_step", step_id=step["id"])).status == 404

    async def test_nothing_more_is_done_about_somebody_who_is_forgotten(
        self, workspace: Workspace, worker: Database
    ) -> None:
        automation = await save(workspace)
        lead = await workspace.lead(email="amal@example.ae")
        [event] = await workspace.events(lead["id"])
        run_id = await begin(worker, automation, event, *STEPS)
        await workspace.owner.call("delete_lead", lead_id=lead["id"])
        run = await run_of(workspace, run_id)
        assert (run["status"], run["reason"]) == ("cancelled", "subject_deleted")
        steps = await steps_of(workspace, run_id)
        assert [(each["status"], each["input"]) for each in steps] == [("cancelled", {})] * 2
        ids = [each["id"] for each in steps]
        assert await workspace.one("select count(*) from private.jobs where id = any (%s::uuid[])", [ids]) == 0


class TestDryRuns:
    async def test_a_worker_is_asked_and_nothing_else_happens(self, workspace: Workspace, worker: Database) -> None:
        automation = await save(workspace)
        event = await emit(worker, workspace, "lead.captured")
        viewer = await workspace.member("viewer")
        operation = await viewer.call("dry_run_automation", automation_id=automation["id"], event_id=str(event["id"]))
        assert (operation["kind"], operation["subject_id"]) == ("automation.dry_run", automation["id"])
        assert operation["input"]["definition"] == USUAL
        assert operation["input"]["event_id"] == str(event["id"])
        assert await workspace.owner.rows(f"automation_runs?automation_id=eq.{automation['id']}") == []

    async def test_of_what_is_not_saved_yet_with_an_event_that_never_was(self, workspace: Workspace) -> None:
        event = {"type": "payment.succeeded", "data": {"amount": "99.00"}}
        operation = await workspace.owner.call("dry_run_automation", definition=USUAL, event=event)
        assert operation["input"] == {"definition": USUAL, "event": event}

    @pytest.mark.parametrize(
        ("arguments", "field"),
        [
            ({"event": {"type": "a.b"}}, "definition"),
            ({"definition": USUAL}, "event"),
            ({"definition": {}, "event": {"type": "a.b"}}, "definition.events"),
            ({"definition": USUAL, "event": {"data": {}}}, "event.type"),
            ({"definition": USUAL, "event": {"type": "a.b", "data": []}}, "event.data"),
            ({"definition": USUAL, "event": {"type": "a.b", "colour": "red"}}, "event.colour"),
        ],
    )
    async def test_what_makes_no_sense_is_refused(self, shop: Workspace, arguments: Row, field: str) -> None:
        refusal = await shop.owner.refused("dry_run_automation", **arguments)
        assert (refusal.status, refusal.field) == (400, field)

    async def test_events_of_others_are_not_shown(self, workspace: Workspace, worker: Database, other: Caller) -> None:
        event = await emit(worker, workspace, "lead.captured")
        refusal = await other.refused("dry_run_automation", definition=USUAL, event_id=str(event["id"]))
        assert refusal == Refusal(404, "event_not_found", "event_id")
