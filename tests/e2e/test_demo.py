"""The whole demo on the whole stack, every process its own; and then: where did the secrets go?"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from wasl import Wasl

from stack import Stack
from stack.toolchain import ROOT
from tests.support.examples import examples, run
from tests.support.leaks import assert_no_leaks, find_leaks
from tests.support.workplace import CARD, until
from workers.commands.demo.carriers import CARRIERS
from workers.commands.demo.networks import NETWORKS, seed_networks
from workers.commands.demo.scenario import Report, play
from workers.commands.demo.seed import Login, seed
from workers.commands.demo.settings import DemoSettings
from workers.commands.demo.steps import STEPS
from workers.commands.demo.tools import TOOLS
from workers.commands.demo.world import World, open_world


@dataclass(frozen=True)
class Shown:
    """What was seen of the demo, and the stack that it ran on."""

    report: Report
    world: World
    stack: Stack


@pytest.fixture(scope="module")
async def shown(ephemeral_state: Callable[[], Path]) -> AsyncIterator[Shown]:
    """The demo, shown once on a stack with sandbox, ingress and a worker."""
    async with Stack(ephemeral_state(), ephemeral=True, durable=False, with_workers=True) as stack:
        environment = stack.worker_environment()
        settings = DemoSettings(
            stack.url, stack.publishable_key, environment["WASL_SANDBOX_URL"], stack.directory, environment
        )
        seeded = Login.load(stack.directory)
        login = await seed(settings)
        assert login == seeded, "the stack had seeded the demo already, and to do it again changes nothing"
        async with open_world(settings, login) as world:
            yield Shown(await play(STEPS, world), world, stack)


@dataclass(frozen=True)
class Reader:
    """Somebody who reads the documents and tries what they say, in a company of their own."""

    hub: Wasl
    api_key: str
    organization_id: str


@pytest.fixture
async def reader(shown: Shown) -> AsyncIterator[Reader]:
    """A reader whose company has nothing yet."""
    async with shown.world.client() as founder:
        await founder.sign_up(f"{uuid4().hex}@example.com", "correct-horse-battery")
        organization = await founder.organizations.create("Reader Trading LLC")
        key = await founder.api_keys.create("Reader", ["*"])
    with Wasl(shown.stack.url, shown.stack.publishable_key, api_key=key.api_key) as hub:
        yield Reader(hub, key.api_key, str(organization.id))


@pytest.mark.parametrize("name", [step.name for step in STEPS])
def test_every_step_is_as_expected(shown: Shown, name: str) -> None:
    reports = {report.name: report for report in shown.report.steps}
    assert name in reports, "a step before it failed"
    assert reports[name].error is None
    assert reports[name].facts


def test_the_demo_is_as_expected(shown: Shown) -> None:
    assert shown.report.ok


async def test_the_demo_company_has_carriers_and_a_warehouse_once(shown: Shown) -> None:
    hub = shown.world.hub
    connections = [each async for each in hub.connections.list(status="active")]
    for key, account in CARRIERS.items():
        assert [each.name for each in connections if each.provider_key == key].count(account.name) == 1
    locations = await hub.shipments.locations.list()
    assert [(each.name, each.is_default) for each in locations] == [("Warehouse", True)]


async def test_the_demo_company_can_post_and_has_its_leads_synchronized(shown: Shown) -> None:
    hub = shown.world.hub
    mine = {each.name: each async for each in hub.connections.list(status="active")}
    for key, account in NETWORKS.items():
        accounts = [each async for each in hub.accounts.list(connection_id=mine[account.name].id)]
        [chosen] = [each for each in accounts if each.enabled]
        assert (chosen.can_publish, chosen.kind == "member", mine[account.name].provider_key) == (True, False, key)
    syncs = {each.connection_id: each for each in await hub.leads.syncs.list()}
    for key in ("mailchimp", "hubspot"):
        assert syncs[mine[TOOLS[key].name].id].direction == "both"
    assert TOOLS["google_analytics"].name in mine


async def test_every_example_of_the_sdks_readme_runs(shown: Shown, reader: Reader) -> None:
    first, *others = examples(ROOT / "sdk/README.md")
    seen: dict[str, Any] = {}
    placeholders = {
        '"https://hub.example.com"': f'"{shown.stack.url}"',
        '"sb_publishable_..."': f'"{shown.stack.publishable_key}"',
        '"wasl_..."': f'"{reader.api_key}"',
        '"sk_test_..."': '"sk_test_reader_of_the_readme"',
        "pm_...": CARD,
    }
    await run(first, seen, placeholders)
    assert (seen["stripe"].provider_key, seen["payment"].status) == ("stripe", "captured")
    [refund] = reader.hub.payments.refunds(seen["payment"].id)
    assert str(refund.amount) == "20.00"
    seen["hub"] = reader.hub
    for block in others:
        await run(block.replace("pm_...", CARD), seen)
    assert (seen["payment"].status, seen["again"].status) == ("requires_action", "captured")
    assert seen["route"].chosen.connection_id == seen["stripe"].id
    assert seen["report"].differences == []
    assert (seen["shipment"].status, seen["abroad"].status) == ("created", "created")
    assert (seen["both"].labels, seen["pickup"].status) == (2, "scheduled")
    assert (seen["post"].status, reader.hub.posts.get(seen["later"].id).status) == ("published", "cancelled")
    assert seen["told"].steps[0].input["email"] == "noor@example.com"
    assert {stream.stream for stream in reader.hub.streams.list(seen["mailchimp"].id)} >= {"contacts", "campaigns"}


async def test_every_example_of_the_hubs_readme_runs(shown: Shown) -> None:
    login = shown.world.login
    replacing = {
        "http://127.0.0.1:54321": shown.stack.url,
        "sb_publishable_...": shown.stack.publishable_key,
        "demo@wasl.example": login.email,
        "the password that it printed": login.password,
    }
    seen: dict[str, Any] = {}
    _, *pasted = examples(ROOT / "README.md")
    for example in pasted:
        await run(example, seen, replacing)
    assert {rate.provider_key for rate in seen["quote"].rates} >= {"dhl_express", "fedex"}
    assert (seen["shipment"].status, seen["parcel"].status) == ("created", "created")
    assert [post.status for post in seen["posts"]] == ["published", "published"]
    links = [await shown.world.hub.leads.links(seen["lead"].id)]
    assert {link.status for link in links[0]} == {"synced"}
    assert (seen["comment"].status, seen["event"].type) == ("published", "track.sign_up")


async def test_every_example_about_social_networks_runs(shown: Shown, reader: Reader) -> None:
    connect, choose, publish = examples(ROOT / "docs/social.md")
    async with shown.world.client(api_key=reader.api_key) as hub:
        await seed_networks(hub, reader.organization_id)  # the other two, which the page does not connect
    seen: dict[str, Any] = {"hub": reader.hub}
    await run(connect, seen, {'"client_id": "…", "client_secret": "…"': '"client_id": "app-1", "client_secret": "s-1"'})
    async with httpx.AsyncClient(headers={"user-agent": "Mozilla/5.0"}, trust_env=False, timeout=30) as browser:
        back = await browser.post(seen["consent"].authorization_url, data={"decision": "allow"})
        sent_on = await browser.get(back.headers["location"])
    assert sent_on.headers["location"] == (
        f"https://app.example.ae/connected?connection_id={seen['facebook'].id}&status=connected"
    )
    await run(choose, seen)
    picture = f"{shown.world.settings.sandbox_url}/_media/1080x1080.jpg"
    await run(publish, seen, {"https://cdn.example.ae/marina.jpg": picture})
    assert {post.status for post in seen["posts"]} == {"scheduled"}
    assert len(seen["posts"]) >= 4
    for post in seen["posts"]:
        reader.hub.posts.cancel(post.id)


async def test_every_example_about_marketing_runs(shown: Shown, reader: Reader) -> None:
    connect, *others = examples(ROOT / "docs/marketing.md")
    seen: dict[str, Any] = {"hub": reader.hub}
    await run(connect, seen, {'"…-us21"': '"sandbox_guide-us21"', '"…"': '"sandbox_guide"'})
    for example in others:
        await run(example, seen)
    assert reader.hub.leads.consents(seen["lead"].id)[-1].state == "withdrawn"
    assert seen["form"].url.startswith(f"{shown.stack.url}/functions/v1/forms/lf_")
    assert (seen["told"].would_run, seen["told"].reason) == (True, None)
    stripe = reader.hub.connections.create("stripe")
    reader.hub.connections.set_credentials(stripe.id, {"secret_key": "sk_test_reader_of_the_guide"})
    payment = reader.hub.payments.create(
        amount="150.00",
        currency="AED",
        reference="order-of-the-guide",
        payment_method=CARD,
        customer={"email": "fatima@example.ae", "reference": "customer-7"},
        wait=20,
    )
    assert payment.status == "captured"

    async def taken() -> list[str] | None:
        runs = await asyncio.to_thread(lambda: [*reader.hub.automations.runs(automation_id=seen["automation"].id)])
        steps = [step for run in runs for step in reader.hub.automations.steps(run.id)]
        return [step.status for step in steps] if steps and all(step.status != "waiting" for step in steps) else None

    assert await until(taken) == ["succeeded", "succeeded", "succeeded"]


def test_no_secret_is_shown(shown: Shown) -> None:
    text = str(shown.report.as_dict()) + repr(shown.world)
    assert [name for name, secret in shown.world.hidden.items() if secret in text] == []


async def test_no_secret_is_kept_in_the_clear(shown: Shown) -> None:
    assert shown.world.hidden.keys() >= {"stripe key", "webhook secret", "webhook token", "API key", "demo password"}
    logs = shown.stack.directory / "logs"
    assert {path.stem for path in logs.glob("*.log")} >= {"gateway", "ingress", "postgres", "sandbox", "worker"}
    assert_no_leaks(await find_leaks(shown.stack.admin_database_url, shown.world.hidden, [logs]))
