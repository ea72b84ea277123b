"""What would an automation do? Nothing is done."""

from typing import Any
from uuid import uuid4

import pytest
from psycopg.types.json import Jsonb

from tests.operations.marketing.conftest import EMAIL, keep, when
from tests.support.offices import Office
from tests.support.tools import mailchimp
from tests.support.workplace import Row

pytestmark = pytest.mark.usefixtures("worker", "no_faults")


async def tried(office: Office, **given: Any) -> Row:
    jsons = {name: Jsonb(value) if name in ("definition", "event") else value for name, value in given.items()}
    if "automation_id" not in given:
        jsons["organization_id"] = office.organization_id
    operation = await office.over(await office.hub.call("dry_run_automation", **jsons))
    assert operation["status"] == "succeeded", operation["error"]
    result: Row = operation["result"]
    return result


async def test_a_dry_run_says_what_would_be_done_and_does_nothing(office: Office) -> None:
    tool = await office.connect(mailchimp.TOOL)
    tag = {"kind": "contact.tag", "connection_id": str(tool), "with": {"email": EMAIL, "tags": ["{{ data.a.b }}"]}}
    automation = await office.automate(
        {**tag, "after_seconds": 60},
        {**keep(), "when": [when("data.a.b", "eq", "no")]},
        conditions=[when("environment", "eq", "sandbox")],
        enabled=False,
    )
    event = {"type": "track.go", "environment": "sandbox", "data": {"a": {"b": "yes"}}}
    said = await tried(office, automation_id=automation["id"], event=event)
    assert (said["would_run"], said["reason"]) == (True, None)
    first, second = said["steps"]
    assert (first["status"], first["after_seconds"], first["connection_id"]) == ("waiting", 60, str(tool))
    assert first["input"] == {"email": EMAIL, "tags": ["yes"]}
    assert (second["status"], second["input"]) == ("skipped", {})
    assert await office.leads() == []
    assert await office.hub.all("select 1 from public.automation_runs where automation_id = %s", automation["id"]) == []
    async with office.dashboard(tool) as dashboard:
        assert (await dashboard.list_contacts(since=None, cursor=None)).contacts == ()


async def test_a_dry_run_says_why_nothing_would_be_done(office: Office) -> None:
    conditions, actions = [when("data.n", "gt", 5)], [keep(phone="{{ data.p }}")]
    definition = {"events": ["track.go"], "conditions": conditions, "actions": actions}
    small = await tried(office, definition=definition, event={"type": "track.go", "data": {"n": 3}})
    assert (small["would_run"], small["reason"], small["steps"]) == (False, "condition 0 does not hold", [])
    lacking = await tried(office, definition=definition, event={"type": "track.go", "data": {"n": 6}})
    assert lacking["reason"].startswith("actions.0.with.phone: ")


async def test_a_dry_run_with_an_event_that_happened_knows_all_of_it(office: Office) -> None:
    event = await office.track(properties={"name": "Ayesha"}, user_id="u-1")
    parts = ["id", "type", "source", "occurred_at", "data.user_id", "data.properties.name"]
    action = keep(attributes={f"a{place}": f"{{{{ {part} }}}}" for place, part in enumerate(parts)})
    said = await tried(office, definition={"events": ["track.go"], "actions": [action]}, event_id=event["id"])
    told = list(said["steps"][0]["input"]["attributes"].values())
    assert told == [str(event["id"]), "track.go", "service", event["occurred_at"].isoformat(), "u-1", "Ayesha"]


async def test_a_made_up_event_is_taken_as_it_is(office: Office) -> None:
    subject, moment = str(uuid4()), "2026-11-23T12:00:00+00:00"
    event = {"type": "lead.captured", "subject_type": "lead", "subject_id": subject}
    event |= {"occurred_at": moment, "source": "x"}
    action = keep(attributes={"a": "{{ subject_type }} {{ subject_id }} {{ occurred_at }} {{ source }}"})
    said = await tried(office, definition={"events": ["lead.*"], "actions": [action]}, event=event)
    assert said["steps"][0]["input"]["attributes"]["a"] == f"lead {subject} {moment} x"
