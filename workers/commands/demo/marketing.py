"""The step of the demo in which a lead comes in by a form, reaches both marketing tools, and is measured."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
from wasl import Connection
from wasl.marketing_models import Automation, Lead

from workers.commands.demo.scenario import Facts, expect
from workers.commands.demo.tools import AUDIENCE
from workers.commands.demo.waiting import WAIT_SECONDS, until
from workers.commands.demo.world import World

PURPOSE: Final = "marketing_email"


async def capture_lead(world: World) -> Facts:
    """A visitor fills in a form; the lead is in Mailchimp and HubSpot, and counted by Google Analytics."""
    email = f"fatima-{secrets.token_hex(4)}@example.ae"
    async with _connected(world) as tools:
        for key in ("mailchimp", "hubspot"):
            await world.hub.leads.syncs.set(tools[key].id, direction="push", purpose=PURPOSE, tags=["demo"])
        automation = await _measure_leads(world, tools["google_analytics"])
        form = await world.hub.leads.forms.create(
            f"Demo {secrets.token_hex(4)}",
            fields=[{"name": "email", "type": "email", "required": True}, {"name": "first_name", "type": "text"}],
            purpose=PURPOSE,
            consent_text="I agree to receive the newsletter.",
            text_version="1",
        )
        answer = await _fill_in(form.url, {"email": email, "first_name": "Fatima", "consent": "on"})
        expect(answer.status_code in (200, 303), f"The form answers {answer.status_code}: {answer.text[:200]}")
        lead = await until(lambda: world.hub.leads.find(email), "the lead")
        [consent] = await world.hub.leads.consents(lead.id)
        expect(consent.state == "given", f"The consent is {consent.state}.")
        await until(lambda: _synced(world, lead, len(tools) - 1), "the tools to have the lead")
        seen = {
            "mailchimp": email in (await world.sandbox.state("mailchimp", email))["contacts"],
            "hubspot": email in str(await world.sandbox.state("hubspot", email)),
        }
        expect(all(seen.values()), f"The tools do not have the lead: {seen}")
        counted = await until(lambda: _counted(world, lead), "Google Analytics to count it")
        await world.hub.automations.delete(automation.id)
    return {"lead": email, "consent": consent.state, "in": ", ".join(seen), "counted as": counted}


@asynccontextmanager
async def _connected(world: World) -> AsyncIterator[dict[str, Connection]]:
    """Connections to the three tools, for as long as the step takes."""
    made: dict[str, Connection] = {}
    try:
        for key, (credentials, settings) in _accounts(world).items():
            name = f"Demo {key} {secrets.token_hex(4)}"
            connection = await world.hub.connections.create(key, name=name, settings=settings)
            made[key] = connection
            await world.hub.connections.set_credentials(connection.id, credentials)
        yield made
    finally:
        for connection in made.values():
            await world.hub.connections.disconnect(connection.id)


def _accounts(world: World) -> dict[str, tuple[dict[str, str], dict[str, Any]]]:
    """Credentials and settings of accounts that only this demo uses, by tool."""
    world.hidden["Mailchimp key"] = mailchimp = f"sandbox_{secrets.token_hex(12)}-us21"
    world.hidden["HubSpot token"] = hubspot = f"sandbox_{secrets.token_hex(16)}"
    world.hidden["Google Analytics secret"] = analytics = secrets.token_hex(11)
    return {
        "mailchimp": ({"access_token": mailchimp}, {"audience_id": AUDIENCE}),
        "hubspot": ({"access_token": hubspot}, {}),
        "google_analytics": ({"api_secret": analytics}, {"measurement_id": "G-WASL12345"}),
    }


async def _measure_leads(world: World, analytics: Connection) -> Automation:
    """An automation that has every captured lead counted."""
    return await world.hub.automations.save(
        f"Count leads {secrets.token_hex(4)}",
        {
            "events": ["lead.captured"],
            "actions": [
                {
                    "kind": "event.track",
                    "connection_id": analytics.id,
                    "with": {"name": "generate_lead", "user_id": "{{ subject_id }}"},
                }
            ],
        },
        enabled=True,
    )


async def _fill_in(url: str, answers: dict[str, str]) -> httpx.Response:
    """Send the form as a visitor's browser does."""
    headers = {"user-agent": "Mozilla/5.0", "origin": "https://shop.example.ae"}
    async with httpx.AsyncClient(trust_env=False, timeout=WAIT_SECONDS, headers=headers) as browser:
        return await browser.post(url, data=answers)


async def _synced(world: World, lead: Lead, tools: int) -> bool | None:
    links = [link for link in await world.hub.leads.links(lead.id) if link.status == "synced"]
    return True if len(links) >= tools else None


async def _counted(world: World, lead: Lead) -> str | None:
    events = (await world.sandbox.state("google_analytics", str(lead.id)))["clients"].values()
    return next((str(event["name"]) for of_client in events for event in of_client), None)
