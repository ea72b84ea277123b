"""The whole demo on the whole stack, every process its own; and then: where did the secrets go?"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from wasl import Wasl

from stack import Stack
from stack.toolchain import ROOT
from tests.support.leaks import assert_no_leaks, find_leaks
from tests.support.workplace import CARD
from workers.commands.demo.carriers import CARRIERS
from workers.commands.demo.scenario import Report, play
from workers.commands.demo.seed import Login, seed
from workers.commands.demo.settings import DemoSettings
from workers.commands.demo.steps import STEPS
from workers.commands.demo.world import World, open_world

README = ROOT / "sdk/README.md"
HUB_README = ROOT / "README.md"


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


async def test_every_example_of_the_readme_runs(shown: Shown) -> None:
    key = await shown.world.hub.api_keys.create("Reader of the README", ["*"])
    first, *others = [block.split("```")[0] for block in README.read_text().split("```python\n")[1:]]
    for placeholder, real in {
        "https://hub.example.com": shown.stack.url,
        "sb_publishable_...": shown.stack.publishable_key,
        "wasl_...": key.api_key,
        "sk_test_...": "sk_test_reader_of_the_readme",
        "pm_...": CARD,
    }.items():
        assert first.count(f'"{placeholder}"') == 1
        first = first.replace(placeholder, real)
    seen: dict[str, Any] = {}
    await asyncio.to_thread(exec, first, seen)
    assert (seen["stripe"].provider_key, seen["payment"].status) == ("stripe", "captured")
    [refund] = await shown.world.hub.payments.refunds(seen["payment"].id)
    assert str(refund.amount) == "20.00"
    with Wasl(shown.stack.url, shown.stack.publishable_key, api_key=key.api_key) as hub:
        seen["hub"] = hub
        for block in others:
            await asyncio.to_thread(exec, block.replace("pm_...", CARD), seen)
    assert (seen["payment"].status, seen["again"].status) == ("requires_action", "captured")
    assert seen["route"].chosen.connection_id == seen["stripe"].id
    assert (seen["run"].status, seen["report"].differences) == ("finished", [])
    assert (seen["shipment"].status, seen["abroad"].status) == ("created", "created")
    assert (seen["parcel"].carrier, seen["both"].labels, seen["pickup"].status) == ("DHL Express", 2, "scheduled")


async def test_the_hubs_own_example_of_shipping_runs(shown: Shown) -> None:
    _, *examples = [block.split("```")[0] for block in HUB_README.read_text().split("```python\n")[1:]]
    [example] = [each for each in examples if "hub.shipments" in each]
    login = shown.world.login
    for placeholder, real in {
        "http://127.0.0.1:54321": shown.stack.url,
        "sb_publishable_...": shown.stack.publishable_key,
        "demo@wasl.example": login.email,
        "the password that it printed": login.password,
    }.items():
        assert example.count(f'"{placeholder}"') == 1
        example = example.replace(placeholder, real)
    seen: dict[str, Any] = {}
    await asyncio.to_thread(exec, example, seen)
    assert {rate.provider_key for rate in seen["quote"].rates} >= {"dhl_express", "fedex"}
    assert (seen["shipment"].status, seen["parcel"].status) == ("created", "created")


def test_no_secret_is_shown(shown: Shown) -> None:
    text = str(shown.report.as_dict()) + repr(shown.world)
    assert [name for name, secret in shown.world.hidden.items() if secret in text] == []


async def test_no_secret_is_kept_in_the_clear(shown: Shown) -> None:
    assert shown.world.hidden.keys() >= {"stripe key", "webhook secret", "webhook token", "API key", "demo password"}
    logs = shown.stack.directory / "logs"
    assert {path.stem for path in logs.glob("*.log")} >= {"gateway", "ingress", "postgres", "sandbox", "worker"}
    assert_no_leaks(await find_leaks(shown.stack.admin_database_url, shown.world.hidden, [logs]))
