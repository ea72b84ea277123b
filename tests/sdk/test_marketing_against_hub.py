"""Both colours against the real hub, with a worker at work and the tools' twins behind it: a lead's whole way."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from wasl import AsyncWasl, AutomationDefinition, Conflict, Connection, InvalidRequest, NotFound, Wasl

from tests.support.hubs import AnyHub, collect, done, elsewhere
from tests.support.tools.base import Tool
from tests.support.tools.google_analytics import TOOL as GOOGLE_ANALYTICS
from tests.support.tools.hubspot import TOOL as HUBSPOT
from tests.support.tools.mailchimp import TOOL as MAILCHIMP
from tests.support.workplace import Workplace, until


@pytest.fixture(scope="module", autouse=True)
async def worker(workplace: Workplace) -> AsyncIterator[None]:
    """A worker at work all the while."""
    await workplace.organization()  # whose key is the first in the keyring
    async with workplace.working():
        yield


@pytest.fixture(params=[AsyncWasl, Wasl])
async def hub(request: pytest.FixtureRequest, workplace: Workplace) -> AsyncIterator[AnyHub]:
    """A client of an admin of an organization."""
    organization_id, user_id = await workplace.organization(), str(uuid4())
    await workplace.database.execute(
        "insert into auth.users (id, email) values (%s, %s)", [user_id, f"{user_id}@example.com"]
    )
    await workplace.database.execute(
        "insert into public.organization_members (organization_id, user_id, role) values (%s, %s, 'admin')",
        [organization_id, user_id],
    )
    token = workplace.stack.mint_jwt({"role": "authenticated", "aud": "authenticated", "sub": user_id})
    client = request.param(workplace.stack.url, workplace.stack.publishable_key, access_token=token)
    yield client
    await done(client.aclose() if isinstance(client, AsyncWasl) else client.close())


async def connected(hub: AnyHub, tool: Tool) -> Connection:
    """A connection to a tool, by a pasted token."""
    connection = await done(hub.connections.create(tool.key, settings=dict(tool.settings)))
    await done(hub.connections.set_credentials(connection.id, tool.account()))
    return await done(hub.connections.get(connection.id))


def address() -> str:
    """Somebody's e-mail address."""
    return f"fatima.{uuid4().hex[:8]}@example.ae"


async def at(workplace: Workplace, tool: Tool) -> Any:
    """What a tool's twin holds."""
    return (await workplace.sandbox.get("/_state", params={"provider": tool.key})).json()


def links_are(hub: AnyHub, lead_id: UUID, *statuses: str) -> Callable[[], Awaitable[Any]]:
    """Whether a lead stands so at the tools."""

    async def look() -> Any:
        links = await done(hub.leads.links(lead_id))
        return links if sorted(link.status for link in links) == sorted(statuses) else None

    return look


async def test_a_lead_reaches_every_tool_with_its_consent_and_is_forgotten_there(
    hub: AnyHub, workplace: Workplace
) -> None:
    tools = [await connected(hub, tool) for tool in (MAILCHIMP, HUBSPOT)]
    for connection in tools:
        sync = await done(hub.leads.syncs.set(connection.id))
        assert (sync.direction, sync.conflict_rule, sync.only_with_consent) == ("push", "newest", True)
    assert len(await done(hub.leads.syncs.list())) == 2
    email = address()
    lead = await done(
        hub.leads.upsert(
            email=email.upper(),
            first_name="Fatima",
            consents=[{"purpose": "marketing_email", "text_version": "2026-01"}],
            attribution={"utm_source": "instagram"},
            attributes={"size": "M"},
            tags=["vip"],
        )
    )
    links = await until(links_are(hub, lead.id, "synced", "synced"), seconds=90)
    assert {link.connection_id for link in links} == {connection.id for connection in tools}
    assert all(link.provider_contact_id and link.error is None for link in links)
    for tool in (MAILCHIMP, HUBSPOT):
        assert email in [each.lower() for each in tool.kept(await at(workplace, tool))]

    again = await done(hub.leads.upsert(email=email, last_name="Ali", attributes={"size": None}))
    assert (again.id, again.first_name, again.attributes) == (lead.id, "Fatima", {})
    assert (again.attribution, again.tags) == ({"utm_source": "instagram"}, ["vip"])
    consent = await done(hub.leads.record_consent(lead.id, "marketing_email", "withdrawn", source="call"))
    assert consent.state == "withdrawn"
    assert [each.state for each in await done(hub.leads.consents(lead.id))] == ["given", "withdrawn"]
    await until(links_are(hub, lead.id, "synced", "synced"), seconds=90)

    found = await done(hub.leads.find(email))
    assert found is not None and found.id == lead.id
    types = {event.type for event in await collect(hub.events.list(subject_id=lead.id))}
    assert types == {"lead.captured", "lead.updated", "lead.consent_withdrawn"}
    assert (await done(hub.leads.delete(lead.id))).email is None
    await until(links_are(hub, lead.id, "forgotten", "forgotten"), seconds=90)
    assert await done(hub.leads.find(email)) is None


async def test_a_lead_without_consent_is_kept_from_the_tools(hub: AnyHub, workplace: Workplace) -> None:
    mailchimp = await connected(hub, MAILCHIMP)
    await done(hub.leads.syncs.set(mailchimp.id))
    silent = await done(hub.leads.upsert(email=address()))
    await until(links_are(hub, silent.id, "skipped"), seconds=90)
    assert silent.email not in MAILCHIMP.kept(await at(workplace, MAILCHIMP))


async def test_contacts_of_a_tool_become_leads_by_their_stream(hub: AnyHub, workplace: Workplace) -> None:
    account = HUBSPOT.account()
    hubspot = await done(hub.connections.create("hubspot"))
    await done(hub.connections.set_credentials(hubspot.id, account))
    theirs = address()
    headers = {"Authorization": f"Bearer {account['access_token']}"}
    body = {"email": theirs, "properties": {"firstname": "Noor", "city": "Sharjah"}}
    assert (await workplace.sandbox.post("/hubspot/_test/contact", headers=headers, json=body)).is_success
    with pytest.raises(Conflict) as error:
        await done(hub.streams.run(hubspot.id, "contacts"))
    assert error.value.code == "sync_disabled"
    await done(hub.leads.syncs.set(hubspot.id, direction="both", mapping={"city": "city"}))
    running = await done(hub.streams.run(hubspot.id, "contacts", full=True))
    lead = await until(lambda: done(hub.leads.find(theirs)))
    assert (lead.first_name, lead.source, lead.attributes) == ("Noor", "provider:hubspot", {"city": "Sharjah"})

    async def finished() -> Any:
        runs = await done(hub.streams.runs(running.id))
        return next((run for run in runs if run.status == "finished"), None)

    run = await until(finished)
    assert (run.mode, run.read >= 1, run.error) == ("full", True, None)
    stream = await done(hub.streams.get(hubspot.id, "contacts"))
    assert (stream.enabled, stream.last_error) == (True, None)
    slower = await done(hub.streams.set(hubspot.id, "contacts", every_minutes=60, full_every_hours=0))
    assert (slower.every_minutes, slower.full_every_hours) == (60, None)
    assert (await done(hub.streams.reset(hubspot.id, "contacts"))).since is None
    with pytest.raises(NotFound):
        await done(hub.streams.get(hubspot.id, "posts"))


async def test_what_the_tools_have_is_read(hub: AnyHub) -> None:
    mailchimp, hubspot = await connected(hub, MAILCHIMP), await connected(hub, HUBSPOT)
    assert {stream.stream for stream in await done(hub.streams.list(mailchimp.id))} == {
        *("audiences", "campaigns", "contacts")
    }
    assert "deals" in {stream.stream for stream in await done(hub.streams.list(hubspot.id))}

    async def listed() -> Any:
        audiences = await collect(hub.audiences.list(connection_id=mailchimp.id))
        return audiences and await collect(hub.campaigns.list(connection_id=mailchimp.id))

    await done(hub.streams.run(mailchimp.id, "audiences"))
    await done(hub.streams.run(mailchimp.id, "campaigns"))
    [campaign, *_] = await until(listed)
    assert (await done(hub.campaigns.get(campaign.id))).name == campaign.name
    assert campaign.complaints is None or campaign.complaints >= 0


async def test_a_form_is_made_and_changed(hub: AnyHub, workplace: Workplace) -> None:
    form = await done(
        hub.leads.forms.create(
            "Newsletter",
            fields=[{"name": "email", "type": "email", "required": True}, {"name": "first_name", "type": "text"}],
            purpose="marketing_email",
            consent_text="I agree to receive the newsletter.",
            text_version="1",
            double_opt_in=True,
            allowed_origins=["https://shop.example.ae"],
        )
    )
    assert form.url == f"{workplace.stack.url}/functions/v1/forms/{form.token}"
    assert (form.enabled, form.most_per_minute, form.submissions) == (True, 30, 0)
    with pytest.raises(Conflict) as conflict:
        await done(hub.leads.forms.update(form.id, consent_text="I agree to receive everything."))
    assert conflict.value.field == "text_version"
    changed = await done(hub.leads.forms.update(form.id, consent_text="I agree.", text_version="2", enabled=False))
    assert (changed.text_version, changed.enabled, changed.fields) == ("2", False, form.fields)
    assert (await done(hub.leads.forms.get(form.id))).url == form.url
    assert [each.id for each in await collect(hub.leads.forms.list())] == [form.id]
    with pytest.raises(InvalidRequest) as error:
        await done(hub.leads.forms.create("Nothing", fields=[{"name": "first_name", "type": "text"}]))
    assert error.value.field == "fields"
    with pytest.raises(Conflict):
        await done(hub.leads.forms.create("Newsletter", fields=form.fields))


async def test_an_event_is_counted_once(hub: AnyHub, workplace: Workplace) -> None:
    analytics = await connected(hub, GOOGLE_ANALYTICS)
    lead = await done(hub.leads.upsert(email=address()))
    client_id, key = f"{uuid4().int % 10**10}.1767225600", uuid4().hex
    told = {
        **{"client_id": client_id, "email": lead.email, "amount": "99.00", "currency": "AED", "reference": key},
        "items": [{"id": "sku-1", "name": "Case", "price": "49.50", "quantity": 2}],
    }
    event = await done(hub.events.track("purchase", **told, idempotency_key=key))
    again = await done(hub.events.track("purchase", **told, idempotency_key=key))
    assert (event.id, event.type, event.subject_id) == (again.id, "track.purchase", lead.id)
    assert event.environment == "sandbox"
    [operation] = await collect(hub.operations.list(subject_id=event.id, kind="event.track"))
    assert operation.connection_id == analytics.id
    await elsewhere(lambda: hub.operations.wait(operation.id))
    [counted] = (await at(workplace, GOOGLE_ANALYTICS))["clients"][client_id]
    assert counted["name"] == "purchase"
    assert lead.email not in str(counted)
    assert (await done(hub.events.get(event.id))).data["reference"] == key


def thanks(mailchimp: Connection, hubspot: Connection, analytics: Connection) -> AutomationDefinition:
    """Buyers are tagged, a deal is kept, the purchase is counted."""
    return {
        "events": ["track.purchase"],
        "conditions": [{"field": "data.amount", "op": "gte", "value": "100"}],
        "actions": [
            {
                "kind": "contact.tag",
                "connection_id": mailchimp.id,
                "with": {"email": "{{ data.email }}", "tags": ["buyer"]},
            },
            {
                "kind": "deal.upsert",
                "connection_id": hubspot.id,
                "with": {
                    "reference": "{{ data.reference }}",
                    "name": 'Order {{ data.reference }}{{ data.properties.gift or "" }}',
                    "amount": "{{ data.amount }}",
                    "currency": "{{ data.currency }}",
                    "won": True,
                },
            },
            {
                "kind": "event.track",
                "connection_id": analytics.id,
                "with": {"name": "thanks", "user_id": "{{ data.reference }}"},
            },
            {
                "kind": "lead.upsert",
                "after_seconds": 3600,
                "with": {"email": "{{ data.email }}", "tags": ["thanked"]},
            },
        ],
    }


async def test_an_automation_is_tried_and_then_led_by_an_event(hub: AnyHub, workplace: Workplace) -> None:
    tools = [await connected(hub, tool) for tool in (MAILCHIMP, HUBSPOT, GOOGLE_ANALYTICS)]
    automation = await done(hub.automations.save("Thank buyers", thanks(*tools)))
    assert (automation.enabled, automation.version) == (False, 1)
    email, reference = address(), f"order-{uuid4().hex[:8]}"
    made_up = {"type": "track.purchase", "data": {"email": email, "amount": "150", "currency": "AED", "reference": "1"}}
    dry = await elsewhere(lambda: hub.automations.dry_run(automation_id=automation.id, event=made_up))
    assert (dry.would_run, [step.kind for step in dry.steps]) == (
        True,
        ["contact.tag", "deal.upsert", "event.track", "lead.upsert"],
    )
    assert (dry.steps[0].input["email"], dry.steps[1].input["name"]) == (email, "Order 1")
    small = {**made_up, "data": {**made_up["data"], "amount": "99.00"}}
    assert not (await elsewhere(lambda: hub.automations.dry_run(definition=thanks(*tools), event=small))).would_run

    await done(hub.automations.enable(automation.id))
    event = await done(
        hub.events.track("purchase", email=email, amount="150.00", currency="AED", reference=reference, user_id="u-1")
    )

    async def taken() -> Any:
        runs = await collect(hub.automations.runs(automation_id=automation.id))
        steps = await done(hub.automations.steps(runs[0].id)) if runs else []
        return (runs[0], steps) if [step.status for step in steps].count("succeeded") == 3 else None

    run, steps = await until(taken)
    assert (run.event_id, run.status, run.version) == (event.id, "running", 1)
    assert [step.error for step in steps] == [None] * 4
    assert steps[1].result is not None and steps[1].result["provider_deal_id"]
    with pytest.raises(Conflict) as error:
        await done(hub.automations.retry_step(steps[0].id))
    assert error.value.code == "step_not_failed"
    assert (await done(hub.automations.cancel_run(run.id))).status == "cancelled"
    assert [step.status for step in await done(hub.automations.steps(run.id))][-1] == "cancelled"
    assert email in MAILCHIMP.kept(await at(workplace, MAILCHIMP))

    changed = await done(hub.automations.save(automation_id=automation.id, description="Large orders"))
    assert (changed.version, changed.name, changed.enabled) == (1, "Thank buyers", True)
    assert not (await done(hub.automations.enable(automation.id, enabled=False))).enabled
    assert (await done(hub.automations.delete(automation.id))).deleted_at is not None

    await done(hub.streams.run(tools[1].id, "deals", full=True))

    async def the_deal() -> Any:
        return [deal for deal in await collect(hub.deals.list(connection_id=tools[1].id)) if deal.is_won]

    [deal] = await until(the_deal)
    assert (deal.name, str(deal.amount)) == (f"Order {reference}", "150.00")


async def test_a_definition_is_wrong_where_it_is_said(hub: AnyHub) -> None:
    mailchimp = await connected(hub, MAILCHIMP)
    with pytest.raises(InvalidRequest) as error:
        await done(hub.automations.save("Wrong", thanks(mailchimp, mailchimp, mailchimp)))
    assert (error.value.code, error.value.field) == ("invalid_definition", "definition.actions.1.connection_id")
