"""The whole demo on the whole stack, every process its own; and then: where did the secrets go?"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from stack import Stack
from tests.support.leaks import assert_no_leaks, find_leaks
from workers.commands.demo.scenario import Report, play
from workers.commands.demo.seed import Login, seed
from workers.commands.demo.settings import DemoSettings
from workers.commands.demo.steps import STEPS
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


@pytest.mark.parametrize("name", [step.name for step in STEPS])
def test_every_step_is_as_expected(shown: Shown, name: str) -> None:
    reports = {report.name: report for report in shown.report.steps}
    assert name in reports, "a step before it failed"
    assert reports[name].error is None
    assert reports[name].facts


def test_the_demo_is_as_expected(shown: Shown) -> None:
    assert shown.report.ok


def test_no_secret_is_shown(shown: Shown) -> None:
    text = str(shown.report.as_dict()) + repr(shown.world)
    assert [name for name, secret in shown.world.hidden.items() if secret in text] == []


async def test_no_secret_is_kept_in_the_clear(shown: Shown) -> None:
    assert shown.world.hidden.keys() >= {"stripe key", "webhook secret", "webhook token", "API key", "demo password"}
    logs = shown.stack.directory / "logs"
    assert {path.stem for path in logs.glob("*.log")} >= {"gateway", "ingress", "postgres", "sandbox", "worker"}
    assert_no_leaks(await find_leaks(shown.stack.admin_database_url, shown.world.hidden, [logs]))
