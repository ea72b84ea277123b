"""Calls about leads, tools, events and automations: what goes out for what is given, what is refused before anything
goes out, what comes back."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from wasl import (
    Alert,
    Audience,
    Automation,
    AutomationDefinition,
    AutomationRun,
    AutomationStep,
    Campaign,
    Conflict,
    Deal,
    Event,
    Grant,
    InvalidRequest,
    Lead,
    LeadConsent,
    LeadForm,
    LeadLink,
    LeadSync,
    NotFound,
    Stream,
    SyncRun,
)

from tests.support.hubs import AnyHub, FakeHub, collect, done
from tests.support.sdk_rows import MOMENT, operation_row, row, will_be_carried_out

TOOL = uuid4()
NOON_IN_DUBAI = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=4)))
NEWSLETTER: dict[str, Any] = {"name": "Newsletter", "fields": [{"name": "email", "type": "email", "required": True}]}
THANKS: AutomationDefinition = {
    "events": ["payment.succeeded"],
    "conditions": [{"any": [{"field": "data.amount", "op": "gte", "value": "100"}, {"not": {"all": []}}]}],
    "actions": [{"kind": "contact.tag", "connection_id": TOOL, "with": {"email": "{{ data.email }}", "tags": ["vip"]}}],
}


# Leads.


async def test_a_lead_says_what_is_known_and_no_more(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer(row(Lead, email="fatima@example.ae", status="active", tags=["vip"]))
    lead = await done(hub.leads.upsert(email="fatima@example.ae", idempotency_key="mine"))
    assert server.last.url.path == "/rest/v1/rpc/upsert_lead"
    assert server.last_body == {"email": "fatima@example.ae", "idempotency_key": "mine"}
    assert (lead.status, lead.tags, lead.phone) == ("active", ["vip"], None)


async def test_everything_that_is_known_of_a_lead_goes_out(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer(row(Lead))
    await done(
        hub.leads.upsert(
            phone="+971501110001",
            first_name="Fatima",
            language="ar",
            country="AE",
            source="fair",
            consents=[{"purpose": "marketing_email", "given_at": NOON_IN_DUBAI, "text_version": None}],
            attribution={"utm_source": "instagram", "client_id": "1.2"},
            attributes={"city": "Dubai", "size": None},
            tags=("vip",),
            untags=["cold"],
        )
    )
    key = server.last_body["idempotency_key"]
    assert server.last_body == {
        **{"phone": "+971501110001", "first_name": "Fatima", "language": "ar", "country": "AE", "source": "fair"},
        "consents": [{"purpose": "marketing_email", "given_at": "2026-11-23T12:00:00+04:00"}],
        "attribution": {"utm_source": "instagram", "client_id": "1.2"},
        "attributes": {"city": "Dubai", "size": None},
        "tags": ["vip"],
        "untags": ["cold"],
        "idempotency_key": key,
    }


async def test_a_lead_is_found_by_the_address_whatever_its_capitals(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([row(Lead, email="Fatima@example.ae")])
    found = await done(hub.leads.find(" Fatima@Example.ae"))
    assert found is not None and found.email == "Fatima@example.ae"
    assert (server.last.url.path, server.last_body) == ("/rest/v1/rpc/find_leads", {"email": " Fatima@Example.ae"})
    assert {"email", "attributes"} <= set(server.last.url.params["select"].split(","))
    server.will_answer([])
    assert await done(hub.leads.find("nobody@example.ae")) is None


async def test_a_word_on_consent_is_recorded_and_all_of_them_are_told(hub: AnyHub, server: FakeHub) -> None:
    lead_id = uuid4()
    server.will_answer(row(LeadConsent, state="withdrawn"))
    consent = await done(
        hub.leads.record_consent(lead_id, "marketing_email", "withdrawn", source="call", occurred_at=NOON_IN_DUBAI)
    )
    assert consent.state == "withdrawn"
    assert server.last.url.path == "/rest/v1/rpc/record_consent"
    assert server.last_body == {
        **{"lead_id": str(lead_id), "purpose": "marketing_email", "state": "withdrawn", "source": "call"},
        "occurred_at": "2026-11-23T12:00:00+04:00",
    }
    server.will_answer([row(LeadConsent, state="given"), row(LeadConsent, state="withdrawn")])
    assert [each.state for each in await done(hub.leads.consents(lead_id))] == ["given", "withdrawn"]
    assert server.last.url.params["order"] == "occurred_at.asc,id.asc"


async def test_where_a_lead_is_at_the_tools(hub: AnyHub, server: FakeHub) -> None:
    lead_id = uuid4()
    refusal = {"code": "invalid_request", "message": "looks fake or invalid", "field": "email"}
    server.will_answer([row(LeadLink, status="failed", error=refusal), row(LeadLink, status="synced")])
    failed, synced = await done(hub.leads.links(lead_id))
    assert (failed.error and failed.error.field, synced.error) == ("email", None)
    assert server.last.url.params["lead_id"] == f"eq.{lead_id}"


async def test_a_person_is_forgotten(hub: AnyHub, server: FakeHub) -> None:
    lead_id = uuid4()
    server.will_answer(row(Lead, status="deleted"))
    assert (await done(hub.leads.delete(lead_id))).email is None
    assert (server.last.url.path, server.last_body) == ("/rest/v1/rpc/delete_lead", {"lead_id": str(lead_id)})


async def test_leads_are_filtered(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([row(Lead)])
    await collect(hub.leads.list(status=["active", "pending"], source="api", created_after=NOON_IN_DUBAI))
    assert (server.last.url.params["status"], server.last.url.params["source"]) == ("in.(active,pending)", "eq.api")


async def test_leads_are_kept_alike_with_a_tool(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer(row(LeadSync, direction="both", mapping={"city": "CITY"}))
    sync = await done(
        hub.leads.syncs.set(
            TOOL,
            direction="both",
            mapping={"city": "CITY"},
            conflict_rule="hub",
            only_with_consent=False,
            tags=("a",),
        )
    )
    assert (sync.direction, sync.mapping) == ("both", {"city": "CITY"})
    assert server.last.url.path == "/rest/v1/rpc/set_lead_sync"
    assert server.last_body == {
        **{"connection_id": str(TOOL), "direction": "both", "mapping": {"city": "CITY"}, "conflict_rule": "hub"},
        **{"only_with_consent": False, "tags": ["a"]},
    }
    server.will_answer([row(LeadSync)])
    assert len(await done(hub.leads.syncs.list())) == 1


# Forms.


async def test_a_form_has_an_address(hub: AnyHub, server: FakeHub) -> None:
    made = row(LeadForm, name="Newsletter", token="lf_x", fields=NEWSLETTER["fields"])
    del made["url"]
    server.will_answer(made)
    form = await done(hub.leads.forms.create(**NEWSLETTER, allowed_origins=("https://shop.example",)))
    assert form.url == "https://hub.example/functions/v1/forms/lf_x"
    assert form.fields[0]["type"] == "email"
    assert server.last.url.path == "/rest/v1/rpc/create_lead_form"
    assert server.last_body == {**NEWSLETTER, "allowed_origins": ["https://shop.example"]}
    server.will_answer(made)
    assert (await done(hub.leads.forms.update(form.id, enabled=False))).url == form.url
    assert server.last_body == {"form_id": str(form.id), "enabled": False}
    for read in (lambda: hub.leads.forms.get(form.id), lambda: collect(hub.leads.forms.list())):
        server.will_answer([made])
        found: Any = await done(read())
        assert (found if isinstance(found, LeadForm) else found[0]).url == form.url
        assert "url" not in server.last.url.params["select"].split(",")


# Events and automations.


async def test_an_event_is_told_with_all_that_counts(hub: AnyHub, server: FakeHub) -> None:
    lead_id = uuid4()
    server.will_answer(row(Event, type="track.purchase", data={"amount": "99"}))
    event = await done(
        hub.events.track(
            "purchase",
            properties={"plan": "pro", "seats": 3, "discount": Decimal("0.15"), "order": lead_id},
            user_id="u-1",
            lead_id=lead_id,
            amount=Decimal("99.00"),
            currency="AED",
            reference="order-1",
            items=[{"id": "sku-1", "name": "Case", "price": Decimal("49.50"), "quantity": 2}],
            consent={"user_data": True},
            occurred_at=NOON_IN_DUBAI,
            connection_ids=(TOOL,),
            environment="sandbox",
            idempotency_key="mine",
        )
    )
    assert event.type == "track.purchase"
    assert server.last.url.path == "/rest/v1/rpc/track_event"
    assert server.last_body == {
        "name": "purchase",
        "properties": {"plan": "pro", "seats": 3, "discount": "0.15", "order": str(lead_id)},
        **{"user_id": "u-1", "lead_id": str(lead_id), "amount": "99.00", "currency": "AED", "reference": "order-1"},
        "items": [{"id": "sku-1", "name": "Case", "price": "49.50", "quantity": 2}],
        "consent": {"user_data": True},
        "occurred_at": "2026-11-23T12:00:00+04:00",
        "connection_ids": [str(TOOL)],
        "environment": "sandbox",
        "idempotency_key": "mine",
    }


async def test_events_are_filtered(hub: AnyHub, server: FakeHub) -> None:
    subject_id = uuid4()
    server.will_answer([row(Event, type="payment.succeeded")])
    await collect(hub.events.list(type=["payment.succeeded", "payment.failed"], subject_id=subject_id))
    assert server.last.url.path == "/rest/v1/events"
    wanted = server.last.url.params
    assert (wanted["type"], wanted["subject_id"]) == ("in.(payment.succeeded,payment.failed)", f"eq.{subject_id}")


async def test_an_automation_is_saved_and_another_version_by_its_id(hub: AnyHub, server: FakeHub) -> None:
    saved = row(Automation, name="Thanks", version=1, definition={"events": ["payment.succeeded"], "actions": []})
    server.will_answer(saved)
    automation = await done(hub.automations.save("Thanks", THANKS, enabled=True, environment="sandbox"))
    assert (automation.version, automation.definition["events"]) == (1, ["payment.succeeded"])
    assert server.last.url.path == "/rest/v1/rpc/save_automation"
    action = {**THANKS["actions"][0], "connection_id": str(TOOL)}
    assert server.last_body == {
        "name": "Thanks",
        "definition": {**THANKS, "actions": [action]},
        "enabled": True,
        "environment": "sandbox",
    }
    server.will_answer(saved | {"version": 2})
    await done(hub.automations.save(automation_id=automation.id, description="For large orders"))
    assert server.last_body == {"automation_id": str(automation.id), "description": "For large orders"}


async def test_a_dry_run_says_what_would_be_done(hub: AnyHub, server: FakeHub) -> None:
    step = {"position": 0, "kind": "contact.tag", "connection_id": str(TOOL), "input": {"email": "a@example.ae"}}
    will_be_carried_out(server, kind="automation.dry_run", result={"would_run": True, "reason": None, "steps": [step]})
    event = {"type": "payment.succeeded", "data": {"email": "a@example.ae", "at": NOON_IN_DUBAI, "id": TOOL}}
    told = await done(hub.automations.dry_run(definition=THANKS, event=event))
    assert (told.would_run, told.steps[0].status, told.steps[0].connection_id) == (True, "waiting", TOOL)
    asked = server.requests[0]
    assert asked.url.path == "/rest/v1/rpc/dry_run_automation"
    assert f'"at":"2026-11-23T12:00:00+04:00","id":"{TOOL}"' in asked.content.decode()


async def test_runs_and_their_steps_are_told(hub: AnyHub, server: FakeHub) -> None:
    automation_id = uuid4()
    server.will_answer([row(AutomationRun, status="failed")])
    [run] = await collect(hub.automations.runs(automation_id=automation_id, status="failed"))
    assert server.last.url.params["automation_id"] == f"eq.{automation_id}"
    error = {"code": "not_found", "message": "No such contact."}
    server.will_answer([row(AutomationStep, status="failed", error=error), row(AutomationStep, position=1)])
    first, _ = await done(hub.automations.steps(run.id))
    assert first.error is not None and first.error.code == "not_found"
    assert (server.last.url.params["run_id"], server.last.url.params["order"]) == (f"eq.{run.id}", "position.asc")


@pytest.mark.parametrize(
    ("call", "function", "body"),
    [
        (lambda hub, i: hub.automations.enable(i), "enable_automation", ("automation_id", {"enabled": True})),
        (lambda hub, i: hub.automations.delete(i), "delete_automation", ("automation_id", {})),
    ],
)
async def test_an_automation_is_switched_by_its_id(
    hub: AnyHub, server: FakeHub, call: Callable[..., Any], function: str, body: tuple[str, dict[str, Any]]
) -> None:
    identifier, (name, more) = uuid4(), body
    server.will_answer(row(Automation, definition={"events": [], "actions": []}))
    await done(call(hub, identifier))
    assert (server.last.url.path, server.last_body) == (f"/rest/v1/rpc/{function}", {name: str(identifier), **more})


async def test_runs_are_cancelled_and_steps_taken_again(hub: AnyHub, server: FakeHub) -> None:
    identifier = uuid4()
    server.will_answer(row(AutomationRun, status="cancelled"))
    await done(hub.automations.cancel_run(identifier))
    assert (server.last.url.path, server.last_body) == (
        "/rest/v1/rpc/cancel_automation_run",
        {"run_id": str(identifier)},
    )
    server.will_answer(row(AutomationStep))
    await done(hub.automations.retry_step(identifier, force=True))
    assert server.last_body == {"step_id": str(identifier), "force": True}


# Tools.


async def test_streams_are_listed_run_reset_and_set(hub: AnyHub, server: FakeHub) -> None:
    stream = row(Stream, stream="contacts", status="failed", last_error={"code": "rate_limited", "message": "Later."})
    server.will_answer([stream])
    [found] = await done(hub.streams.list(TOOL))
    assert found.last_error is not None and found.last_error.code == "rate_limited"
    server.will_answer([stream])
    assert (await done(hub.streams.get(TOOL, "contacts"))).id == found.id
    named = {"connection_id": str(TOOL), "stream": "contacts"}
    for call, function, more in (
        (lambda: hub.streams.run(TOOL, "contacts", full=True), "run_sync", {"full": True}),
        (lambda: hub.streams.reset(TOOL, "contacts"), "reset_sync", {}),
        (lambda: hub.streams.set(TOOL, "contacts", full_every_hours=0), "set_sync", {"full_every_hours": 0}),
    ):
        server.will_answer(stream)
        await done(call())
        assert (server.last.url.path, server.last_body) == (f"/rest/v1/rpc/{function}", {**named, **more})
    server.will_answer([row(SyncRun, mode="full", status="finished")])
    [run] = await done(hub.streams.runs(found.id, limit=1))
    assert (run.mode, server.last.url.params["order"]) == ("full", "started_at.desc")
    server.will_answer([])
    with pytest.raises(NotFound):
        await done(hub.streams.get(TOOL, "posts"))


@pytest.mark.parametrize(
    ("room", "model", "table"),
    [
        ("campaigns", Campaign, "marketing_campaigns"),
        ("audiences", Audience, "marketing_audiences"),
        ("deals", Deal, "marketing_deals"),
    ],
)
async def test_what_the_tools_have_is_listed(hub: AnyHub, server: FakeHub, room: str, model: Any, table: str) -> None:
    server.will_answer([row(model, name="Eid")])
    [found] = await collect(getattr(hub, room).list(connection_id=TOOL))
    assert (found.name, found.removed_at) == ("Eid", None)
    assert (server.last.url.path, server.last.url.params["connection_id"]) == (f"/rest/v1/{table}", f"eq.{TOOL}")


async def test_a_consent_begins_with_an_address(hub: AnyHub, server: FakeHub) -> None:
    where = {"authorization_url": "https://facebook.example/dialog", "expires_at": MOMENT}
    will_be_carried_out(server, kind="oauth.start", result=where)
    consent = await done(hub.connections.authorize(TOOL, scopes=("pages_show_list",), return_url="https://app.example"))
    assert consent.authorization_url == where["authorization_url"]
    assert server.requests[0].url.path == "/rest/v1/rpc/start_oauth"
    server.will_answer([row(Grant, scopes=["pages_show_list"], refreshable=True)])
    assert (await done(hub.connections.grant(TOOL))).scopes == ["pages_show_list"]
    server.will_answer([])
    with pytest.raises(NotFound):
        await done(hub.connections.grant(TOOL))


async def test_a_provider_without_consent_is_a_conflict(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer({"code": "no_consent", "message": "Set its credentials.", "details": "connection_id"}, 409)
    with pytest.raises(Conflict) as error:
        await done(hub.connections.authorize(TOOL))
    assert error.value.code == "no_consent"


async def test_alerts_are_listed_and_acknowledged(hub: AnyHub, server: FakeHub) -> None:
    alert = row(Alert, kind="post.failed", severity="critical", status="open", detail={"provider": "x"})
    server.will_answer([alert])
    [found] = await collect(
        hub.alerts.list(status="open", kind="post.failed", severity=["critical"], last_seen_after=NOON_IN_DUBAI)
    )
    assert (found.severity, found.detail) == ("critical", {"provider": "x"})
    wanted = server.last.url.params
    assert (wanted["status"], wanted["severity"], wanted["order"]) == (
        "eq.open",
        "in.(critical)",
        "last_seen_at.desc,id.desc",
    )
    assert wanted["last_seen_at"] == "gt.2026-11-23T12:00:00+04:00"
    server.will_answer(alert | {"status": "acknowledged"})
    assert (await done(hub.alerts.acknowledge(found.id))).status == "acknowledged"
    assert (server.last.url.path, server.last_body) == (
        "/rest/v1/rpc/acknowledge_alert",
        {"alert_id": str(found.id)},
    )


# What is refused here.


@pytest.mark.parametrize(
    ("complaint", "call"),
    [
        ("consents must be a list", lambda hub: hub.leads.upsert(email="a@example.ae", consents={"purpose": "x"})),
        (r"consents\.0 must be a dict", lambda hub: hub.leads.upsert(email="a@example.ae", consents=["marketing"])),
        (
            r"consents\.0\.given_at must be a datetime",
            lambda hub: hub.leads.upsert(email="a@example.ae", consents=[{"purpose": "x", "given_at": "now"}]),
        ),
        ("attribution must be a dict", lambda hub: hub.leads.upsert(email="a@example.ae", attribution="instagram")),
        (r"attributes\.size must be a str", lambda hub: hub.leads.upsert(email="a@example.ae", attributes={"size": 5})),
        ("tags must be a list", lambda hub: hub.leads.upsert(email="a@example.ae", tags="vip")),
        ("untags must be a list", lambda hub: hub.leads.upsert(email="a@example.ae", untags="vip")),
        (r"mapping\.city must be a str", lambda hub: hub.leads.syncs.set(TOOL, mapping={"city": 1})),
        ("mapping must be a dict", lambda hub: hub.leads.syncs.set(TOOL, mapping=["city"])),
        ("fields must be a list", lambda hub: hub.leads.forms.create("N", fields={"name": "email"})),
        (r"fields\.0 must be a dict", lambda hub: hub.leads.forms.create("N", fields=["email"])),
        (
            r"fields\.0\.choices must be a list",
            lambda hub: hub.leads.forms.create("N", fields=[{"name": "size", "type": "choice", "choices": "L"}]),
        ),
        (
            "allowed_origins must be a list",
            lambda hub: hub.leads.forms.update(TOOL, allowed_origins="https://x.example"),
        ),
        ("amount must be a str, Decimal or int", lambda hub: hub.events.track("purchase", amount=99.0, currency="AED")),
        (
            r"items\.0\.price must be a str, Decimal or int",
            lambda hub: hub.events.track("purchase", items=[{"id": "1", "name": "Case", "price": 49.5}]),
        ),
        (
            r"items\.0\.quantity must be an int",
            lambda hub: hub.events.track("purchase", items=[{"id": "1", "name": "Case", "quantity": "2"}]),
        ),
        ("properties must be a dict", lambda hub: hub.events.track("sign_up", properties=["pro"])),
        (
            r"properties\.day must be what JSON",
            lambda hub: hub.events.track("sign_up", properties={"day": date.today()}),
        ),
        ("occurred_at must be a datetime", lambda hub: hub.events.track("sign_up", occurred_at="now")),
        ("connection_ids must be a list", lambda hub: hub.events.track("sign_up", connection_ids=str(TOOL))),
        ("definition must be a dict", lambda hub: hub.automations.save("T", [THANKS])),
        (r"definition\.events must be a list", lambda hub: hub.automations.save("T", {**THANKS, "events": "x.y"})),
        (r"definition\.conditions must be a list", lambda hub: hub.automations.save("T", {**THANKS, "conditions": {}})),
        (r"definition\.actions must be a list", lambda hub: hub.automations.save("T", {**THANKS, "actions": {}})),
        (r"definition\.actions\.0 must be a dict", lambda hub: hub.automations.save("T", {**THANKS, "actions": ["x"]})),
        (
            r"definition\.actions\.0\.after_seconds must be an int",
            lambda hub: hub.automations.save("T", {**THANKS, "actions": [{"after_seconds": 1.5}]}),
        ),
        (
            r"definition\.actions\.0\.with must be a dict",
            lambda hub: hub.automations.save("T", {**THANKS, "actions": [{"kind": "lead.upsert", "with": "x"}]}),
        ),
        (r"event\.data\.tags must be what JSON", lambda hub: hub.automations.dry_run(event={"data": {"tags": {1}}})),
    ],
)
async def test_what_is_of_another_type_is_refused_by_name(
    hub: AnyHub, complaint: str, call: Callable[[AnyHub], Any]
) -> None:
    with pytest.raises(TypeError, match=f"^{complaint}"):
        await done(call(hub))


@pytest.mark.parametrize(
    ("field", "call"),
    [
        ("occurred_at", lambda hub, moment: hub.events.track("sign_up", occurred_at=moment)),
        ("occurred_at", lambda hub, moment: hub.leads.record_consent(TOOL, "x", "given", occurred_at=moment)),
        ("created_after", lambda hub, moment: collect(hub.events.list(created_after=moment))),
        ("started_after", lambda hub, moment: collect(hub.automations.runs(started_after=moment))),
        ("last_seen_after", lambda hub, moment: collect(hub.alerts.list(last_seen_after=moment))),
    ],
)
async def test_a_moment_without_a_zone_is_refused_by_name(hub: AnyHub, field: str, call: Callable[..., Any]) -> None:
    with pytest.raises(InvalidRequest) as error:
        await done(call(hub, datetime(2026, 11, 23, 12)))
    assert (error.value.code, error.value.field) == (f"invalid_{field}", field)


@pytest.mark.parametrize(
    ("field", "call"),
    [
        ("lead_id", lambda hub: hub.leads.get("lead-1")),
        ("lead_id", lambda hub: hub.leads.record_consent("lead-1", "x", "given")),
        ("lead_id", lambda hub: hub.leads.consents("lead-1")),
        ("lead_id", lambda hub: hub.leads.links("lead-1")),
        ("lead_id", lambda hub: hub.leads.delete("lead-1")),
        ("lead_id", lambda hub: hub.events.track("sign_up", lead_id="lead-1")),
        ("form_id", lambda hub: hub.leads.forms.update("form-1")),
        ("connection_id", lambda hub: hub.leads.syncs.set("mailchimp")),
        ("connection_id", lambda hub: hub.streams.list("mailchimp")),
        ("connection_id", lambda hub: hub.streams.run("mailchimp", "contacts")),
        ("stream_id", lambda hub: hub.streams.runs("contacts")),
        ("connection_ids", lambda hub: hub.events.track("sign_up", connection_ids=["analytics"])),
        ("event_id", lambda hub: hub.events.get("event-1")),
        ("automation_id", lambda hub: hub.automations.save(automation_id="thanks")),
        ("definition.actions.0.connection_id", lambda hub: hub.automations.save("T", with_connection("mailchimp"))),
        ("run_id", lambda hub: hub.automations.steps("run-1")),
        ("step_id", lambda hub: hub.automations.retry_step("step-1")),
        ("connection_id", lambda hub: hub.connections.grant("facebook")),
        ("alert_id", lambda hub: hub.alerts.acknowledge("alert-1")),
    ],
)
async def test_an_identifier_that_is_no_uuid_is_refused_by_name(
    hub: AnyHub, field: str, call: Callable[[AnyHub], Any]
) -> None:
    with pytest.raises(InvalidRequest, match=f"^{field} must be a UUID") as error:
        await done(call(hub))
    assert error.value.field == field


def with_connection(connection_id: str) -> AutomationDefinition:
    """The automation through another connection."""
    return {**THANKS, "actions": [{**THANKS["actions"][0], "connection_id": connection_id}]}


async def test_who_may_see_none_of_the_operations_gets_no_dry_run(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer(operation_row(kind="automation.dry_run"))
    server.will_answer([])
    with pytest.raises(Exception, match="operations:read"):
        await done(hub.automations.dry_run(automation_id=UUID(int=1), event={"type": "lead.captured"}))


@pytest.mark.parametrize("resource", ["leads", "leads.forms", "events", "automations", "campaigns", "deals", "alerts"])
async def test_one_that_is_not_there_is_not_found(hub: AnyHub, server: FakeHub, resource: str) -> None:
    server.will_answer([])
    where: Any = hub
    for name in resource.split("."):
        where = getattr(where, name)
    with pytest.raises(NotFound):
        await done(where.get(uuid4()))
