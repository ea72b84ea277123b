"""Automations at work: what an event leads to, step by step, each once; and what they never do."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.operations.marketing.conftest import EMAIL, keep, statuses, when
from tests.support.offices import Office, a_job, settle
from tests.support.tools import google_analytics, hubspot, mailchimp
from tests.support.workplace import Row, until
from workers.operations.jobs import Done
from workers.operations.marketing.automations import AutomationHandlers
from workers.providers.marketing.models import DealRequest
from workers.store.automations import PostgresAutomations
from workers.store.connections import PostgresConnections

pytestmark = pytest.mark.usefixtures("worker", "no_faults")


# What an event leads to.


async def test_an_event_leads_to_its_steps(office: Office) -> None:
    tool = await office.connect(hubspot.TOOL)
    automation = await office.automate(
        keep(first_name="{{ data.properties.name }}", tags=["{{ type }}"]),
        {"kind": "contact.tag", "connection_id": str(tool), "with": {"email": EMAIL, "tags": ["buyer"]}},
    )
    event = await office.track(properties={"name": "Ayesha"})
    (run,) = await office.ran(automation)
    assert (run["status"], run["version"], run["event_id"], run["reason"]) == ("finished", 1, event["id"], None)
    first, second = await office.steps(run)
    assert statuses([first, second]) == ["succeeded"] * 2
    (lead,) = await office.leads()
    assert first["result"] == {"lead_id": str(lead["id"])}
    assert (lead["first_name"], lead["tags"], lead["source"]) == ("Ayesha", ["track.go"], "automation")
    assert (second["input"], second["result"]) == ({"email": EMAIL, "tags": ["buyer"]}, {"tags": ["buyer"]})
    async with office.dashboard(tool) as dashboard:
        assert (await dashboard.find_contact(EMAIL)).email == EMAIL


async def test_what_a_lead_is_to_have_of_nothing_it_keeps(office: Office) -> None:
    await office.lead(email=EMAIL, first_name="Ayesha")
    automation = await office.automate(keep(first_name='{{ data.first or "" }}', company="Souk"))
    await office.track()
    assert statuses(await office.ran(automation)) == ["finished"]
    (lead,) = await office.leads()
    assert (lead["first_name"], lead["company"]) == ("Ayesha", "Souk")


async def test_only_when_its_conditions_hold(office: Office) -> None:
    conditions = [when("data.amount", "gte", "100"), when("data.currency", "eq", "AED")]
    automation = await office.automate(keep(), conditions=conditions)
    await office.track(amount="99.99", currency="AED")
    await office.track(amount="100.00", currency="USD")
    await office.track(amount="1000", currency="AED")
    runs = await office.ran(automation, 3)
    assert [(each["status"], each["reason"]) for each in runs] == [
        ("skipped", "condition 0 does not hold"),
        ("skipped", "condition 1 does not hold"),
        ("finished", None),
    ]
    assert await office.steps(runs[0]) == []


async def test_a_placeholder_that_stands_for_nothing_ends_the_run_with_a_reason(office: Office) -> None:
    automation = await office.automate(keep(), keep(first_name="{{ data.properties.name }}"))
    await office.track(properties={"town": "Al Ain"})
    (run,) = await office.ran(automation)
    assert run["status"] == "skipped"
    assert run["reason"].startswith("actions.1.with.first_name: ")
    assert "name" in run["reason"].partition(": ")[2]
    assert await office.leads() == []


async def test_a_step_whose_own_conditions_do_not_hold_is_left_out(office: Office) -> None:
    automation = await office.automate(
        {**keep(tags=["rich"]), "when": [when("data.amount", "gt", 1000)]},
        keep(tags=["anybody"]),
    )
    await office.track(amount="5", currency="AED")
    (run,) = await office.ran(automation)
    assert (run["status"], statuses(await office.steps(run))) == ("finished", ["skipped", "succeeded"])
    (lead,) = await office.leads()
    assert lead["tags"] == ["anybody"]


async def test_a_step_waits_for_its_delay(office: Office) -> None:
    automation = await office.automate(keep(tags=["now"]), {**keep(tags=["later"]), "after_seconds": 86_400})
    await office.track()
    run = await begun(office, automation)

    async def first_is_done() -> bool:
        return statuses(await office.steps(run)) == ["succeeded", "waiting"]

    await until(first_is_done)
    _, later = await office.steps(run)
    assert timedelta(hours=23) < later["due_at"] - datetime.now(UTC) < timedelta(hours=25)
    await office.hub.database.execute("update private.jobs set run_at = now() where id = %s", [later["id"]])
    assert statuses(await office.ran(automation)) == ["finished"]
    assert (await office.leads())[0]["tags"] == ["later", "now"]


async def begun(office: Office, automation: Row) -> Row:
    """An automation's run as soon as there is one."""

    async def there() -> Row | None:
        query = "select * from public.automation_runs where automation_id = %s"
        runs = await office.hub.all(query, automation["id"])
        return runs[0] if runs else None

    run: Row = await until(there)
    return run


async def test_a_run_keeps_the_version_that_it_began_with(office: Office) -> None:
    automation = await office.automate({**keep(tags=["one"]), "after_seconds": 86_400})
    await office.track()
    first = await begun(office, automation)
    await office.automate(keep(tags=["two"]), automation_id=automation["id"])
    await office.track()

    async def second_is_over() -> bool:
        query = "select status from public.automation_runs where automation_id = %s order by started_at"
        return statuses(await office.hub.all(query, automation["id"])) == ["running", "finished"]

    await until(second_is_over)
    assert (await office.leads())[0]["tags"] == ["two"]
    (waiting,) = await office.steps(first)
    await office.hub.database.execute("update private.jobs set run_at = now() where id = %s", [waiting["id"]])
    runs = await office.ran(automation, 2)
    assert [each["version"] for each in runs] == [1, 2]
    assert (await office.leads())[0]["tags"] == ["one", "two"]


async def test_only_what_is_enabled_and_of_its_environment_acts(office: Office) -> None:
    tool = await office.connect(google_analytics.TOOL)
    asleep = await office.automate(keep(tags=["asleep"]), enabled=False)
    live = await office.automate(keep(tags=["live"]), environment="live")
    awake = await office.automate(keep(tags=["awake"]), environment="sandbox")
    await office.track(connection_ids=[tool], user_id="u")
    await office.ran(awake)
    query = "select automation_id from public.automation_runs where automation_id = any (%s)"
    ran = await office.hub.all(query, [asleep["id"], live["id"], awake["id"]])
    assert [each["automation_id"] for each in ran] == [awake["id"]]


async def test_an_event_without_a_connection_is_counted_by_all(office: Office) -> None:
    await office.connect(google_analytics.TOOL)
    user = f"user-{uuid4().hex}"
    action = {"kind": "event.track", "with": {"name": "Reached", "user_id": "{{ data.user_id }}", "reference": ""}}
    automation = await office.automate(action)
    await office.track(user_id=user)
    (run,) = await office.ran(automation)
    (step,) = await office.steps(run)
    assert step["status"] == "succeeded", step["error"]
    (event,) = await office.events("track.reached")
    assert (step["result"], event["causes"]) == ({"event_id": str(event["id"])}, [automation["id"]])
    operation = await office.hub.finished(event["id"], "event.track")
    assert operation["status"] == "succeeded", operation["error"]


# Steps that go wrong.


async def test_one_step_that_fails_does_not_hold_up_the_others(office: Office) -> None:
    automation = await office.automate(keep(phone="{{ data.properties.phone }}"), keep(tags=["fine"]))
    await office.track(properties={"phone": "0501234567"})
    (run,) = await office.ran(automation)
    first, second = await office.steps(run)
    assert (run["status"], statuses([first, second])) == ("failed", ["failed", "succeeded"])
    assert first["error"]["field"] == "phone"
    (alert,) = await office.alerts("automation.failed")
    assert alert["detail"]["step_id"] == str(first["id"])
    await office.track(properties={"phone": "+971501234567"})
    assert statuses(await office.ran(automation, 2)) == ["failed", "finished"]
    assert await office.alerts("automation.failed") == []


async def test_a_tool_that_refuses_for_now_is_tried_again(office: Office) -> None:
    tool = await office.connect(hubspot.TOOL)
    tag = {"kind": "contact.tag", "connection_id": str(tool), "with": {"email": EMAIL, "tags": ["a"]}}
    automation = await office.automate(tag)
    await office.control(tool, "limit", policy="SECONDLY", times=3)
    await office.track()
    (run,) = await office.ran(automation)
    (step,) = await office.steps(run)
    assert (step["status"], step["attempts"]) == ("succeeded", 1)


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
async def test_what_can_be_done_twice_is_sent_again_without_an_answer(office: Office, fault: str) -> None:
    tool = await office.connect(hubspot.TOOL)
    deal = {"reference": "{{ id }}", "name": "Order", "amount": "5", "currency": "AED"}
    automation = await office.automate({"kind": "deal.upsert", "connection_id": str(tool), "with": deal})
    async with office.dashboard(tool) as dashboard:  # so that HubSpot has the property for references
        await dashboard.upsert_deal(DealRequest(reference="first", name="First"))
    await office.fault(tool, fault, "POST /crm/v3/objects/deals/batch/upsert")
    await office.track()
    (run,) = await office.ran(automation)
    assert statuses(await office.steps(run)) == ["succeeded"]
    async with office.dashboard(tool) as dashboard:
        assert len((await dashboard.list_deals(since=None, cursor=None)).deals) == 2


async def noting(office: Office) -> tuple[UUID, str, Row]:
    """A tool with a contact, whom an automation notes an event of: what cannot be done twice without harm."""
    tool, email = await office.connect(mailchimp.TOOL), f"{uuid4().hex}@example.ae"
    await office.control(tool, f"members/{mailchimp.TOOL.settings['audience_id']}/import", count=1, prefix=email[:32])
    email = f"{email[:32]}0@example.ae"
    action = {"kind": "contact.event", "connection_id": str(tool), "with": {"email": email, "name": "order_delivered"}}
    return tool, email, await office.automate(action)


async def noted(office: Office, tool: UUID, email: str) -> int:
    """How often the tool has it."""
    return len((await office.state(tool))["contacts"][email]["events"])


@pytest.mark.parametrize(("fault", "times"), [("drop_before", 0), ("drop_after", 1)])
async def test_what_cannot_is_not(office: Office, fault: str, times: int) -> None:
    tool, email, automation = await noting(office)
    await office.fault(tool, fault, "POST /lists/*/events")
    await office.track()
    (run,) = await office.ran(automation)
    (step,) = await office.steps(run)
    assert (run["status"], step["status"], step["error"]["code"]) == ("failed", "unknown", "outcome_unknown")
    assert await noted(office, tool, email) == times
    await office.hub.call("retry_automation_step", step_id=step["id"], force=True)  # somebody has looked there
    (run,) = await office.ran(automation)
    assert statuses(await office.steps(run)) == ["succeeded"]
    assert await noted(office, tool, email) == times + 1


def handlers(office: Office) -> AutomationHandlers:
    """Handlers of the test's own, with no way to any tool."""

    async def never(_: UUID) -> bool:
        raise AssertionError("nothing is to be renewed")

    class Unreachable:
        async def open(self, row: object, operation_id: UUID | None = None) -> Any:
            raise AssertionError("nothing is to be sent")

    pool = office.hub.pool
    store = PostgresAutomations(pool, safe_seconds=1)
    return AutomationHandlers(store, PostgresConnections(pool), Unreachable(), renew=never)


async def test_a_step_whose_worker_was_killed_after_it_had_sent_is_unknown(office: Office) -> None:
    tool, email, automation = await noting(office)
    action = automation["definition"]["actions"][0]
    await office.automate({**action, "after_seconds": 86_400}, automation_id=automation["id"])
    await office.track()
    run = await begun(office, automation)
    (step,) = await office.steps(run)
    mark = {"sent_to": str(tool), "sent_at": datetime.now(UTC).isoformat()}
    job = a_job("automation.step", step["id"], office.organization_id, mark, outcome_unknown=True, attempt=2)
    assert isinstance(await settle(office.hub.pool, await handlers(office).step(job)), Done)
    (step,) = await office.steps(run)
    assert (step["status"], await noted(office, tool, email)) == ("unknown", 0)
    again = await settle(office.hub.pool, await handlers(office).step(job))  # and a second one does nothing more
    assert isinstance(again, Done)


async def test_two_that_route_the_same_event_begin_one_run(office: Office) -> None:
    automation = await office.automate(keep(attributes={"n": "{{ id }}"}))
    event = await office.track()
    events = PostgresAutomations(office.hub.pool, safe_seconds=1)
    found = await events.load_event(event["id"], event["created_at"].isoformat())
    assert found is not None
    await asyncio.gather(*(handlers(office).follow(found) for _ in range(3)))
    runs = await office.ran(automation)
    assert (len(runs), len(await office.steps(runs[0]))) == (1, 1)


async def test_a_connection_that_is_gone_fails_the_step(office: Office) -> None:
    tool = await office.connect(hubspot.TOOL)
    tag = {"kind": "contact.tag", "connection_id": str(tool), "with": {"email": EMAIL, "tags": ["a"]}}
    automation = await office.automate(tag, keep(tags=["fine"]))
    await office.hub.call("disconnect_connection", connection_id=tool)
    await office.track()
    (run,) = await office.ran(automation)
    assert statuses(await office.steps(run)) == ["failed", "succeeded"]
