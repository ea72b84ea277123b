"""Leads and the contacts of marketing tools: who is pushed and when, what is pulled, and who wins."""

import asyncio
import uuid
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.support.callers import GATEWAY, Caller, Database, Refusal, Row, Workspace
from tests.support.leads import find_leads, leads_of
from tests.support.marketing import Tool, connect_tool
from tests.support.workplace import until

GIVEN = [{"purpose": "marketing_email"}]
LATER, EARLIER = "2999-01-01T00:00:00Z", "2020-01-01T00:00:00Z"
CHANGE_NAMES = """
    select private.put_lead(l, private.personal(l.id) || '{"first_name": "Amal"}') from public.leads l
    where l.organization_id = %s"""
ALERT = "select status::text from public.alerts where group_key = 'lead.not_synced:' || %s order by id desc limit 1"


@pytest.fixture
async def tool(workspace: Workspace, worker: Database) -> Tool:
    """A marketing tool of the workspace."""
    return await connect_tool(workspace, worker)


async def current(workspace: Workspace, lead: Row) -> Row:
    """The lead as it is now."""
    [row] = await leads_of(workspace.owner, f"id=eq.{lead['id']}")
    return row


async def states(workspace: Workspace, lead: Row) -> list[tuple[str, str]]:
    """What the lead has said of consent, and where."""
    rows = await workspace.owner.rows(f"lead_consents?lead_id=eq.{lead['id']}&order=occurred_at,id")
    return [(row["state"], row["source"]) for row in rows]


class TestSetting:
    async def test_what_is_left_out_is_usual_at_first_and_stays_after_that(self, tool: Tool) -> None:
        first = await tool.sync()
        assert {name: first[name] for name in first if name not in {"connection_id", "organization_id"}} | {
            "created_at": None,
            "updated_at": None,
        } == {
            "enabled": True,
            "direction": "push",
            "mapping": {},
            "conflict_rule": "newest",
            "purpose": "marketing_email",
            "only_with_consent": True,
            "tags": [],
            "created_at": None,
            "updated_at": None,
        }
        await tool.sync(direction="both", mapping={"size": "shoe_size"}, tags=["vip"])
        kept = await tool.sync(conflict_rule="hub")
        assert (kept["direction"], kept["mapping"], kept["tags"]) == ("both", {"size": "shoe_size"}, ["vip"])

    @pytest.mark.parametrize(
        ("arguments", "field"),
        [
            ({"mapping": []}, "mapping"),
            ({"mapping": {"shoe size": "x"}}, "mapping.shoe size"),
            ({"mapping": {"size": 1}}, "mapping.size"),
            ({"purpose": "E-mail"}, "purpose"),
            ({"tags": [""]}, "tags.0"),
        ],
    )
    async def test_what_makes_no_sense_is_refused(self, tool: Tool, arguments: dict[str, Any], field: str) -> None:
        refusal = await tool.workspace.owner.refused("set_lead_sync", connection_id=tool.id, **arguments)
        assert (refusal.status, refusal.field) == (400, field)

    async def test_only_of_connections_that_keep_contacts(self, workspace: Workspace) -> None:
        gateway = await workspace.connection(GATEWAY)
        refusal = await workspace.owner.refused("set_lead_sync", connection_id=gateway["id"])
        assert refusal == Refusal(409, "not_a_contact_connection", "connection_id")

    async def test_who_may(self, tool: Tool, other: Caller) -> None:
        viewer = await tool.workspace.member("viewer")
        for caller in (viewer, other, await tool.workspace.api_key("leads:read")):
            refusal = await caller.refused("set_lead_sync", connection_id=tool.id)
            assert refusal == Refusal(404, "connection_not_found", "connection_id")
        key = await tool.workspace.api_key("leads:write")
        assert (await key.call("set_lead_sync", connection_id=tool.id))["enabled"] is True

    async def test_every_lead_there_is_becomes_due(self, tool: Tool) -> None:
        lead = await tool.workspace.lead(consents=GIVEN)
        assert await tool.due() == []
        await tool.sync()
        assert [each["lead_id"] for each in await tool.due()] == [uuid.UUID(lead["id"])]
        assert await tool.jobs() == 1


class TestPushing:
    async def test_a_lead_goes_out_with_what_is_known(self, tool: Tool) -> None:
        await tool.sync(mapping={"size": "SHOE"}, tags=["shop"])
        lead = await tool.workspace.lead(
            email="Amal@example.ae",
            phone="+971500000001",
            first_name="Amal",
            attributes={"size": "40"},
            tags=["vip"],
            consents=GIVEN,
        )
        [due] = await tool.due()
        assert due == {
            "lead_id": uuid.UUID(lead["id"]),
            "version": lead["version"],
            "forget": False,
            "email": "Amal@example.ae",
            "phone": "+971500000001",
            "first_name": "Amal",
            "last_name": None,
            "company": None,
            "language": None,
            "country": None,
            "attributes": {"size": "40"},
            "tags": ["vip"],
            "consent": "subscribed",
            "provider_contact_id": None,
            "untags": [],
            "marks": ["shop"],
            "mapping": {"size": "SHOE"},
            "settings": due["settings"],
        }

    async def test_what_was_taken_is_not_due_until_it_changes(self, tool: Tool) -> None:
        await tool.sync()
        lead = await tool.workspace.lead(consents=GIVEN)
        await tool.push()
        assert await tool.due() == []
        link = await tool.link(lead)
        assert (link["status"], link["pushed_version"]) == ("synced", lead["version"])

        await tool.workspace.lead(email=lead["email"], first_name="Amal")
        [due] = await tool.due()
        assert (due["first_name"], due["provider_contact_id"]) == ("Amal", f"c-{lead['id']}")

    async def test_what_changes_while_it_is_pushed_is_due_again(self, tool: Tool) -> None:
        await tool.sync()
        lead = await tool.workspace.lead(consents=GIVEN)
        [due] = await tool.due()
        await tool.workspace.lead(email=lead["email"], first_name="Amal")
        await tool.note({"lead_id": lead["id"], "version": due["version"], "provider_contact_id": "c-1"})
        assert (await tool.link(lead))["status"] == "pending"
        [again] = await tool.due()
        assert again["version"] > due["version"]

    async def test_a_job_is_planned_once_with_every_change(self, tool: Tool) -> None:
        await tool.sync()
        lead = await tool.workspace.lead(consents=GIVEN)
        await tool.workspace.lead(email=lead["email"], first_name="Amal")
        assert await tool.jobs() == 1
        await tool.push()
        await tool.value("select private.enqueue_due_pushes()")
        await tool.workspace.lead(email=lead["email"], first_name="Amal")  # nothing new
        assert await tool.jobs() == 0

    async def test_a_job_that_is_lost_is_planned_by_the_clock(self, tool: Tool) -> None:
        await tool.sync()
        await tool.workspace.lead(consents=GIVEN)
        await tool.jobs()
        await tool.value("select private.enqueue_due_pushes()")
        job = "select payload from private.jobs where id = private.derived_id(%s, 'lead.push')"
        assert await tool.value(job, tool.id) == {"connection_id": tool.id}
        await tool.workspace.owner.call("update_connection", connection_id=tool.id, paused=True)
        await tool.jobs()
        await tool.value("select private.enqueue_due_pushes()")
        assert await tool.jobs() == 0

    async def test_nobody_waits_for_a_job_that_is_ending(self, tool: Tool) -> None:
        await tool.sync()
        lead = await tool.workspace.lead(consents=GIVEN)
        async with tool.worker.transaction():
            await tool.worker.execute(
                "delete from private.jobs where id = private.derived_id(%s, 'lead.push')", [tool.id]
            )
            changed = tool.workspace.lead(email=lead["email"], first_name="Amal")
            assert (await asyncio.wait_for(changed, 10))["first_name"] == "Amal"

    @pytest.mark.parametrize(
        ("sync", "lead", "consent"),
        [
            ({}, {}, None),
            ({}, {"consents": [{"purpose": "sms"}]}, None),
            ({}, {"consents": [{"purpose": "marketing_email", "state": "pending"}]}, None),
            ({"purpose": "sms"}, {"consents": [{"purpose": "sms"}]}, "subscribed"),
            ({"only_with_consent": False}, {}, "none"),
            (
                {"only_with_consent": False},
                {"consents": [{"purpose": "marketing_email", "state": "pending"}]},
                "pending",
            ),
            ({"tags": ["vip", "b2b"]}, {"consents": GIVEN}, "subscribed"),
        ],
    )
    async def test_the_rule_says_who_goes_out(
        self, tool: Tool, sync: dict[str, Any], lead: dict[str, Any], consent: str | None
    ) -> None:
        await tool.sync(**sync)
        made = await tool.workspace.lead(**lead)
        assert [each["consent"] for each in await tool.due()] == ([consent] if consent else [])
        assert (await tool.link(made))["status"] == ("pending" if consent else "skipped")

    async def test_those_left_out_do_not_hide_the_others(self, tool: Tool) -> None:
        await tool.sync()
        for _ in range(3):
            await tool.workspace.lead()
        lead = await tool.workspace.lead(consents=GIVEN)
        assert [str(each["lead_id"]) for each in await tool.due(most=2)] == [lead["id"]]

    async def test_who_is_there_already_is_told_of_withdrawal(self, tool: Tool) -> None:
        await tool.sync()
        lead = await tool.workspace.lead(consents=GIVEN)
        await tool.push()
        await tool.workspace.owner.call(
            "record_consent", lead_id=lead["id"], purpose="marketing_email", state="withdrawn"
        )
        [due] = await tool.due()
        assert due["consent"] == "unsubscribed"

    async def test_who_agrees_later_goes_out_then(self, tool: Tool) -> None:
        await tool.sync()
        lead = await tool.workspace.lead()
        assert await tool.due() == []
        await tool.workspace.owner.call("record_consent", lead_id=lead["id"], purpose="marketing_email", state="given")
        assert len(await tool.due()) == 1

    async def test_tags_that_are_gone_are_taken_away_there(self, tool: Tool) -> None:
        await tool.sync()
        lead = await tool.workspace.lead(consents=GIVEN, tags=["a", "b"])
        await tool.push()
        await tool.workspace.lead(email=lead["email"], untags=["a"])
        [due] = await tool.due()
        assert (due["tags"], due["untags"]) == (["b"], ["a"])
        await tool.note({"lead_id": lead["id"], "version": due["version"]})
        await tool.workspace.lead(email=lead["email"], tags=["c"])
        [due] = await tool.due()
        assert (due["tags"], due["untags"]) == (["b", "c"], [])

    async def test_marks_of_the_synchronization_that_are_gone_are_taken_away_there_once(self, tool: Tool) -> None:
        await tool.sync(tags=["web", "2026"])
        lead = await tool.workspace.lead(consents=GIVEN, tags=["a"])
        await tool.push()
        await tool.sync(tags=["2026"])
        [due] = await tool.push()
        assert (due["tags"], due["marks"], due["untags"]) == (["a"], ["2026"], ["web"])
        await tool.workspace.lead(email=lead["email"], first_name="Amal")
        [due] = await tool.push()
        assert (due["marks"], due["untags"]) == (["2026"], [])

    async def test_a_mark_is_taken_away_until_the_tool_has_done_so(self, tool: Tool) -> None:
        await tool.sync(tags=["web"])
        lead = await tool.workspace.lead(consents=GIVEN)
        [due] = await tool.due()
        refused = {"lead_id": lead["id"], "version": due["version"], "error": {"code": "unavailable"}}
        await tool.note(refused)  # the tool may have it all the same
        for retryable in (True, False):
            await tool.sync(tags=[])
            [due] = await tool.due()
            assert due["untags"] == ["web"]
            await tool.note(refused | {"retryable": retryable})

    async def test_a_mark_that_a_lead_never_had_there_is_not_taken_away(self, tool: Tool) -> None:
        await tool.sync(tags=["web"])
        await tool.sync(tags=[])
        await tool.workspace.lead(consents=GIVEN)
        [due] = await tool.due()
        assert due["untags"] == []

    async def test_a_mark_stays_where_the_lead_has_it_by_itself(self, tool: Tool) -> None:
        await tool.sync(tags=["web"])
        lead = await tool.workspace.lead(consents=GIVEN, tags=["web"])
        await tool.push()
        await tool.sync(tags=[])
        [due] = await tool.push()
        assert (due["tags"], due["untags"]) == (["web"], [])
        await tool.workspace.lead(email=lead["email"], untags=["web"])
        [due] = await tool.push()
        assert due["untags"] == ["web"]

    async def test_settings_that_change_while_it_is_pushed_make_it_due_again(self, tool: Tool) -> None:
        await tool.sync(tags=["web"], mapping={"size": "SHOE"})
        lead = await tool.workspace.lead(consents=GIVEN)
        [sent] = await tool.due()
        await tool.sync(tags=["2026"], mapping={"size": "SIZE"})
        await tool.note({"lead_id": lead["id"], "version": sent["version"]})
        assert (await tool.link(lead))["status"] == "pending"
        [due] = await tool.push()
        assert (due["marks"], due["untags"], due["mapping"]) == (["2026"], ["web"], {"size": "SIZE"})
        assert await tool.due() == []

    @pytest.mark.parametrize("changed", [{"mapping": {"size": "SHOE"}}, {"purpose": "sms"}, {"tags": ["web"]}])
    async def test_what_was_refused_by_older_settings_is_tried_with_the_new_ones(
        self, tool: Tool, changed: dict[str, Any]
    ) -> None:
        await tool.sync(only_with_consent=False)
        lead = await tool.workspace.lead()
        [sent] = await tool.due()
        await tool.sync(**changed)
        await tool.note({"lead_id": lead["id"], "version": sent["version"], "error": {"code": "invalid_request"}})
        assert len(await tool.due()) == 1

    async def test_settings_that_change_nothing_of_what_was_sent_do_not(self, tool: Tool) -> None:
        await tool.sync()
        lead = await tool.workspace.lead(consents=GIVEN)
        [sent] = await tool.due()
        await tool.sync(conflict_rule="hub", only_with_consent=False)
        await tool.note({"lead_id": lead["id"], "version": sent["version"]})
        assert await tool.due() == []

    async def test_other_directions_push_nothing(self, tool: Tool) -> None:
        await tool.sync(direction="pull")
        await tool.workspace.lead(consents=GIVEN)
        assert await tool.due() == []
        await tool.sync(direction="push", enabled=False)
        await tool.workspace.lead(consents=GIVEN)
        assert await tool.due() == []
        await tool.sync(enabled=True)
        assert len(await tool.due()) == 2


class TestAtTheSameMoment:
    """Somebody changes something, and has not committed it yet, when a worker comes by."""

    @pytest.mark.parametrize(
        "changes",
        [
            [CHANGE_NAMES],
            [
                "update public.lead_syncs set tags = '{web}' where organization_id = %s",
                "select private.mark_all_for_push(s) from public.lead_syncs s where s.organization_id = %s",
            ],
        ],
        ids=["lead", "settings"],
    )
    async def test_what_is_noted_of_an_older_state_leaves_it_due(self, tool: Tool, changes: list[str]) -> None:
        await tool.sync()
        lead = await tool.workspace.lead(consents=GIVEN)
        [sent] = await tool.due()
        async with tool.workspace.database.transaction():
            for change in changes:
                await tool.workspace.database.execute(change, [tool.workspace.id])
            noting = asyncio.create_task(tool.note({"lead_id": lead["id"], "version": sent["version"]}))
            await until(lambda: waits_for_a_lock(tool))
        await noting
        assert len(await tool.due()) == 1

    async def test_a_contact_is_told_of_while_its_lead_is_being_changed(self, tool: Tool) -> None:
        """Both lock the lead before its link, so that neither waits for the other."""
        await tool.sync(direction="both", conflict_rule="provider")
        lead = await tool.workspace.lead(consents=GIVEN)
        await tool.push()
        async with tool.workspace.database.transaction():
            await tool.workspace.database.execute("select 1 from leads where id = %s for no key update", [lead["id"]])
            told = tool.tell(f"c-{lead['id']}", email=lead["email"], last_name="Saleh")
            telling = asyncio.create_task(told)
            await until(lambda: waits_for_a_lock(tool))
            await tool.workspace.database.execute(CHANGE_NAMES, [tool.workspace.id])
        assert await telling == "updated"
        after = await current(tool.workspace, lead)
        assert (after["first_name"], after["last_name"]) == ("Amal", "Saleh")

    async def test_who_just_agrees_is_not_left_out(self, tool: Tool) -> None:
        await tool.sync()
        lead = await tool.workspace.lead()
        agree = """
            insert into public.lead_consents (organization_id, lead_id, purpose, state, source, created_by)
            values (%s, %s, 'marketing_email', 'given', 'api', 'service')
        """
        async with tool.workspace.database.transaction():
            await tool.workspace.database.execute(agree, [tool.workspace.id, lead["id"]])
            assert await asyncio.wait_for(tool.due(), 10) == [], "whoever is just being changed is left for later"
        assert len(await tool.due()) == 1


async def waits_for_a_lock(tool: Tool) -> bool:
    """Whether the worker's statement waits for somebody else's transaction."""
    query = "select count(*) from pg_locks where not granted and pid = %s"
    return bool(await tool.workspace.one(query, [tool.worker.info.backend_pid]))


class TestRefusals:
    async def test_pauses_grow_until_it_is_given_up_and_somebody_is_told(self, tool: Tool) -> None:
        await tool.sync()
        lead = await tool.workspace.lead(consents=GIVEN)
        pauses = []
        for _ in range(10):
            [due] = await tool.due()
            error = {"code": "unavailable", "message": "Later."}
            outcome = {"lead_id": lead["id"], "version": due["version"], "error": error, "retryable": True}
            assert await tool.note(outcome) == 1
            pauses.append(
                await tool.workspace.one(
                    "select round(extract(epoch from next_try_at - clock_timestamp()) / 60)::int from public.lead_links"
                    " where lead_id = %s",
                    [lead["id"]],
                )
            )
            await tool.make_due()
        assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, None]
        link = await tool.link(lead)
        assert (link["status"], link["attempts"], link["error"]["code"]) == ("failed", 10, "unavailable")
        assert await tool.workspace.one(ALERT, [tool.id]) == "open"

        await tool.workspace.lead(email=lead["email"], first_name="Amal")
        await tool.push()
        assert (await tool.link(lead))["error"] is None
        assert await tool.workspace.one(ALERT, [tool.id]) == "resolved"

    async def test_what_the_tool_will_never_take_is_given_up_at_once(self, tool: Tool) -> None:
        await tool.sync()
        lead = await tool.workspace.lead(consents=GIVEN)
        [due] = await tool.due()
        await tool.note({"lead_id": lead["id"], "version": due["version"], "error": {"code": "invalid"}})
        link = await tool.link(lead)
        assert (link["status"], link["next_try_at"]) == ("failed", None)

    async def test_two_leads_that_are_one_contact_there_do_not_overwrite_each_other(self, tool: Tool) -> None:
        await tool.sync()
        leads = [await tool.workspace.lead(consents=GIVEN) for _ in range(2)]
        due = await tool.due()
        await tool.note(
            *(
                {"lead_id": str(each["lead_id"]), "version": each["version"], "provider_contact_id": "c-1"}
                for each in due
            )
        )
        links = [await tool.link(lead) for lead in leads]
        assert sorted(link["status"] for link in links) == ["failed", "synced"]
        assert [link["error"]["code"] for link in links if link["error"]] == ["same_contact"]


class TestForgetting:
    async def test_the_tool_is_told_by_the_address_which_is_then_gone(self, tool: Tool) -> None:
        await tool.sync()
        lead = await tool.workspace.lead(email="amal@example.ae", consents=GIVEN)
        await tool.push()
        await tool.workspace.owner.call("delete_lead", lead_id=lead["id"])

        assert await tool.jobs() == 1
        [due] = await tool.due()
        assert (due["forget"], due["email"], due["provider_contact_id"]) == (True, "amal@example.ae", f"c-{lead['id']}")
        await tool.note({"lead_id": lead["id"], "version": due["version"]})
        assert (await tool.link(lead))["status"] == "forgotten"
        assert await tool.due() == []
        assert (
            await tool.workspace.one(
                "select count(*) from private.addresses_to_forget where lead_id = %s", [lead["id"]]
            )
            == 0
        )

    async def test_one_that_was_on_its_way_meanwhile_is_forgotten_after_that(self, tool: Tool) -> None:
        await tool.sync()
        lead = await tool.workspace.lead(consents=GIVEN)
        [handed_out] = await tool.due()
        await tool.workspace.owner.call("delete_lead", lead_id=lead["id"])
        await tool.note({"lead_id": lead["id"], "version": handed_out["version"], "provider_contact_id": "c-1"})
        [due] = await tool.due()
        assert (due["forget"], due["email"], due["provider_contact_id"]) == (True, lead["email"], "c-1")

    async def test_a_tool_that_fails_to_is_asked_again(self, tool: Tool) -> None:
        await tool.sync()
        lead = await tool.workspace.lead(consents=GIVEN)
        await tool.push()
        await tool.workspace.owner.call("delete_lead", lead_id=lead["id"])
        [due] = await tool.due()
        failed = {"lead_id": lead["id"], "version": due["version"], "error": {"code": "unavailable"}, "retryable": True}
        await tool.note(failed)
        assert await tool.due() == []
        await tool.make_due()
        [again] = await tool.due()
        assert again["email"] == lead["email"]

    async def test_a_tool_that_never_had_them_is_not_told(self, tool: Tool) -> None:
        await tool.sync()
        lead = await tool.workspace.lead(consents=GIVEN)
        await tool.workspace.owner.call("delete_lead", lead_id=lead["id"])
        assert (await tool.due(), await tool.link(lead)) == ([], {})

    async def test_tools_of_which_leads_are_only_pulled_forget_them_too(self, tool: Tool) -> None:
        await tool.sync(direction="pull")
        await tool.tell("c-1", email="amal@example.ae")
        [lead] = await find_leads(tool.workspace.owner, email="amal@example.ae")
        await tool.workspace.owner.call("delete_lead", lead_id=lead["id"])
        assert [each["forget"] for each in await tool.due()] == [True]
        assert await tool.tell("c-1", email="amal@example.ae") == "ignored"

    async def test_who_comes_back_after_that_is_somebody_new(self, tool: Tool) -> None:
        await tool.sync(direction="both")
        lead = await tool.workspace.lead(consents=GIVEN)
        await tool.push()
        await tool.workspace.owner.call("delete_lead", lead_id=lead["id"])
        await tool.push()
        assert await tool.tell(f"c-{lead['id']}", email=lead["email"]) == "created"

    async def test_a_connection_that_is_disconnected_leaves_no_address_behind(self, tool: Tool) -> None:
        await tool.sync()
        lead = await tool.workspace.lead(consents=GIVEN)
        await tool.push()
        await tool.workspace.owner.call("delete_lead", lead_id=lead["id"])
        await tool.workspace.owner.call("disconnect_connection", connection_id=tool.id)
        assert (
            await tool.workspace.one(
                "select count(*) from private.addresses_to_forget where lead_id = %s", [lead["id"]]
            )
            == 0
        )


class TestPulling:
    async def test_a_contact_nobody_knows_is_a_new_lead(self, tool: Tool) -> None:
        await tool.sync(direction="both", mapping={"size": "SHOE", "country": "COUNTRY"})
        outcome = await tool.tell(
            "c-1",
            email="Amal@Example.ae",
            first_name="Amal",
            consent="subscribed",
            mapped={"size": "40", "country": "AE"},
            tags=["vip"],
        )
        assert outcome == "created"
        [lead] = await find_leads(tool.workspace.owner, email="amal@example.ae")
        assert (lead["first_name"], lead["country"], lead["attributes"], lead["tags"]) == (
            *("Amal", "AE"),
            {"size": "40"},
            ["vip"],
        )
        assert lead["source"] == "provider:probe_tool"
        assert await states(tool.workspace, lead) == [("given", "provider:probe_tool")]
        assert await tool.due() == []
        assert [each["type"] for each in await tool.workspace.events(lead["id"])] == ["lead.captured"]

    @pytest.mark.parametrize("sync", [{"direction": "push"}, {"direction": "both", "enabled": False}])
    async def test_only_where_contacts_are_pulled(self, tool: Tool, sync: dict[str, Any]) -> None:
        await tool.sync(**sync)
        assert await tool.tell("c-1", email="amal@example.ae") == "ignored"

    async def test_without_an_address_nobody_is_known(self, tool: Tool) -> None:
        await tool.sync(direction="pull")
        assert await tool.tell("c-1", first_name="Amal", phone="050 123") == "ignored"

    async def test_the_contact_finds_the_lead_by_link_then_email_then_phone(self, tool: Tool) -> None:
        await tool.sync(direction="pull", conflict_rule="provider")
        by_email = await tool.workspace.lead(email="amal@example.ae")
        by_phone = await tool.workspace.lead(phone="+971500000009")
        assert await tool.tell("c-1", email="amal@example.ae", first_name="Amal") == "updated"
        assert await tool.tell("c-2", phone="+971500000009", first_name="Omar") == "updated"
        assert await tool.tell("c-1", email="amal@new.example", first_name="Amal") == "updated"
        assert (await current(tool.workspace, by_email))["email"] == "amal@new.example"
        assert (await current(tool.workspace, by_phone))["first_name"] == "Omar"

    @pytest.mark.parametrize(
        ("rule", "changed_at", "outcome"),
        [
            ("newest", LATER, "updated"),
            ("newest", EARLIER, "unchanged"),
            ("hub", LATER, "unchanged"),
            ("provider", EARLIER, "updated"),
            ("newest", None, "updated"),
        ],
    )
    async def test_the_rule_says_whose_facts_count(
        self, tool: Tool, rule: str, changed_at: str | None, outcome: str
    ) -> None:
        await tool.sync(direction="both", conflict_rule=rule)
        lead = await tool.workspace.lead(first_name="Amal", consents=GIVEN)
        await tool.push()
        told = await tool.tell(f"c-{lead['id']}", email=lead["email"], first_name="Amaal", updated_at=changed_at)
        assert told == outcome
        assert (await current(tool.workspace, lead))["first_name"] == ("Amaal" if outcome == "updated" else "Amal")

    async def test_without_a_time_what_the_hub_has_still_to_push_counts(self, tool: Tool) -> None:
        await tool.sync(direction="both")
        lead = await tool.workspace.lead(first_name="Amal", consents=GIVEN)
        await tool.push()
        await tool.workspace.lead(email=lead["email"], first_name="Layla")
        assert await tool.tell(f"c-{lead['id']}", email=lead["email"], first_name="Amaal") == "unchanged"

    async def test_what_was_pulled_is_not_pushed_back_but_to_the_others(self, tool: Tool, worker: Database) -> None:
        second = await connect_tool(tool.workspace, worker)
        for each in (tool, second):
            await each.sync(direction="both")
        lead = await tool.workspace.lead(first_name="Amal", consents=GIVEN)
        for each in (tool, second):
            await each.push()
            await each.jobs()
        await tool.tell(f"c-{lead['id']}", email=lead["email"], first_name="Amaal", updated_at=LATER)
        assert (await tool.due(), await tool.jobs()) == ([], 0)
        assert [each["first_name"] for each in await second.due()] == ["Amaal"]
        assert await second.jobs() == 1

    async def test_what_was_pushed_and_comes_back_is_an_echo(self, tool: Tool) -> None:
        """Though the tool's time is later, and the lead has changed since."""
        await tool.sync(direction="both")
        lead = await tool.workspace.lead(first_name="Amal", consents=GIVEN)
        await tool.push()
        await tool.workspace.lead(email=lead["email"], first_name="Layla")
        echo = {"email": lead["email"], "first_name": "Amal", "updated_at": LATER, "consent": "subscribed"}
        assert await tool.tell(f"c-{lead['id']}", **echo) == "unchanged"
        assert (await current(tool.workspace, lead))["first_name"] == "Layla"
        assert len(await tool.due()) == 1

    async def test_the_same_contact_again_changes_nothing(self, tool: Tool) -> None:
        await tool.sync(direction="both")
        contact = {"email": "amal@example.ae", "first_name": "Amal", "tags": ["a"], "updated_at": EARLIER}
        assert [await tool.tell("c-1", **contact) for _ in range(2)] == ["created", "unchanged"]
        [lead] = await find_leads(tool.workspace.owner, email="amal@example.ae")
        assert lead["version"] == 1

    async def test_tags_of_both_sides_are_kept_and_what_the_tool_took_away_is_gone(self, tool: Tool) -> None:
        await tool.sync(direction="both", conflict_rule="provider")
        lead = await tool.workspace.lead(tags=["hub", "both"], consents=GIVEN)
        await tool.push()
        await tool.workspace.lead(email=lead["email"], tags=["new"])
        await tool.tell(f"c-{lead['id']}", email=lead["email"], tags=["both", "tool"])
        assert (await current(tool.workspace, lead))["tags"] == ["both", "new", "tool"]

    async def test_a_mark_that_is_still_there_does_not_become_a_tag(self, tool: Tool) -> None:
        await tool.sync(direction="both", conflict_rule="provider", tags=["web"])
        lead = await tool.workspace.lead(tags=["hub"], consents=GIVEN)
        await tool.push()
        await tool.sync(tags=[])
        contact = {"provider_contact_id": f"c-{lead['id']}", "email": lead["email"], "tags": ["hub", "tool", "web"]}
        await tool.value("select private.apply_contacts(%s, %s)", tool.id, Jsonb([contact]))
        assert (await current(tool.workspace, lead))["tags"] == ["hub", "tool"]
        [due] = await tool.due()
        assert due["untags"] == ["web"]

    async def test_a_contact_that_is_deleted_there_leaves_the_lead(self, tool: Tool) -> None:
        await tool.sync(direction="both")
        lead = await tool.workspace.lead(consents=GIVEN)
        await tool.push()
        assert await tool.tell(f"c-{lead['id']}", deleted=True) == "updated"
        assert await tool.link(lead) == {}
        assert (await current(tool.workspace, lead))["status"] == "active"
        assert await tool.tell(f"c-{lead['id']}", deleted=True) == "ignored"

    async def test_an_address_that_is_another_leads_is_not_taken_over(self, tool: Tool) -> None:
        await tool.sync(direction="both", conflict_rule="provider")
        await tool.workspace.lead(email="omar@example.ae")
        lead = await tool.workspace.lead(email="amal@example.ae", consents=GIVEN)
        await tool.push()
        assert await tool.tell(f"c-{lead['id']}", email="omar@example.ae", first_name="Amal") == "updated"
        after = await current(tool.workspace, lead)
        assert (after["email"], after["first_name"]) == ("amal@example.ae", "Amal")

    async def test_a_second_contact_of_one_lead_is_left_alone(self, tool: Tool) -> None:
        await tool.sync(direction="pull")
        assert await tool.tell("c-1", email="amal@example.ae") == "created"
        assert await tool.tell("c-2", email="amal@example.ae", first_name="Amal") == "ignored"

    @pytest.mark.parametrize(
        "contact",
        [
            {"phone": "050 123"},
            {"first_name": "x" * 300},
            {"company": "4111 1111 1111 1111"},
            {"mapped": {"country": "Emirates", "no name": "x", "size": ""}},
            {"mapped": None, "tags": None, "first_name": None},
        ],
    )
    async def test_what_is_none_of_what_it_should_be_is_left_out(self, tool: Tool, contact: dict[str, Any]) -> None:
        await tool.sync(direction="pull")
        assert await tool.tell("c-1", **{"email": "amal@example.ae"} | contact) == "created"
        [lead] = await find_leads(tool.workspace.owner, email="amal@example.ae")
        facts = ("phone", "first_name", "company", "country", "attributes", "tags")
        assert [lead[each] for each in facts] == [None, None, None, None, {}, []]


class TestConsentThere:
    @pytest.mark.parametrize("word", ["unsubscribed", "bounced"])
    async def test_withdrawn_there_is_withdrawn_here_whatever_the_rule(self, tool: Tool, word: str) -> None:
        await tool.sync(direction="both", conflict_rule="hub")
        lead = await tool.workspace.lead(consents=GIVEN)
        await tool.push()
        contact = {"email": lead["email"], "consent": word, "updated_at": EARLIER}
        assert await tool.tell(f"c-{lead['id']}", **contact) == "updated"
        assert await tool.tell(f"c-{lead['id']}", **contact) == "unchanged"
        assert await states(tool.workspace, lead) == [("given", "api"), ("withdrawn", "provider:probe_tool")]
        assert "lead.consent_withdrawn" in [each["type"] for each in await tool.workspace.events(lead["id"])]
        assert await tool.due() == []

    async def test_subscribed_there_never_undoes_a_withdrawal(self, tool: Tool) -> None:
        await tool.sync(direction="both")
        lead = await tool.workspace.lead(consents=[{"purpose": "marketing_email", "state": "withdrawn"}])
        assert await tool.tell("c-1", email=lead["email"], consent="subscribed") == "unchanged"
        assert await states(tool.workspace, lead) == [("withdrawn", "api")]

    async def test_subscribed_there_is_given_here(self, tool: Tool) -> None:
        await tool.sync(direction="both")
        lead = await tool.workspace.lead()
        assert await tool.tell("c-1", email=lead["email"], consent="subscribed") == "updated"
        assert await states(tool.workspace, lead) == [("given", "provider:probe_tool")]

    async def test_a_webhook_that_knows_only_the_address(self, tool: Tool, worker: Database) -> None:
        second = await connect_tool(tool.workspace, worker)
        for each in (tool, second):
            await each.sync()
        lead = await tool.workspace.lead(email="amal@example.ae", consents=GIVEN)
        for each in (tool, second):
            await each.push()
        query = "select private.withdraw_consent_of(%s, %s)"
        assert await tool.value(query, tool.id, "AMAL@example.ae") is True
        assert await tool.value(query, tool.id, "AMAL@example.ae") is False
        assert await tool.value(query, tool.id, "nobody@example.ae") is False
        assert await states(tool.workspace, lead) == [("given", "api"), ("withdrawn", "provider:probe_tool")]
        assert await tool.due() == []
        assert [each["consent"] for each in await second.due()] == ["unsubscribed"]
