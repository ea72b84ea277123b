"""The dashboard in Chromium, on a whole stack with the demo's data: each script of dashboard/e2e, once."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from stack import Stack
from stack.browser import ensure_browser
from stack.dashboard import DASHBOARD
from stack.toolchain import ROOT, find_toolchain
from workers.commands.demo.scenario import play
from workers.commands.demo.seed import seed
from workers.commands.demo.settings import DemoSettings
from workers.commands.demo.steps import STEPS
from workers.commands.demo.world import open_world

SCRIPTS = sorted(path.stem for path in (DASHBOARD / "e2e").glob("*.mjs") if path.stem != "browser")
TIMEOUT_SECONDS = 400
DISRUPTIVE = ("killed_worker",)
"""Steps of the demo that the dashboard has nothing to show of."""


@pytest.fixture(scope="module")
async def environment(ephemeral_state: Callable[[], Path]) -> AsyncIterator[dict[str, str]]:
    """What the scripts are told: a hub where the demo has been shown, and its user."""
    browser = ensure_browser()
    stack = Stack(ephemeral_state(), ephemeral=True, durable=False, with_workers=True, with_dashboard=True)
    async with stack:
        variables = stack.worker_environment()
        settings = DemoSettings(
            stack.url, stack.publishable_key, variables["WASL_SANDBOX_URL"], stack.directory, variables
        )
        login = await seed(settings)
        async with open_world(settings, login) as world:
            report = await play([step for step in STEPS if step.name not in DISRUPTIVE], world)
        assert [step.error for step in report.steps if step.error] == []
        yield {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(stack.directory),
            "WASL_HUB_URL": stack.url,
            "WASL_SANDBOX_URL": settings.sandbox_url,
            "WASL_CHROMIUM": str(browser),
            "WASL_EMAIL": login.email,
            "WASL_PASSWORD": login.password,
            "WASL_FAILURES": str(ROOT / ".wasl/screenshots"),
            **{name: os.environ[name] for name in ("WASL_SCREENSHOTS", "WASL_LATE_MS") if name in os.environ},
        }


@pytest.mark.parametrize("script", SCRIPTS)
async def test_the_dashboard_in_a_browser(environment: dict[str, str], script: str) -> None:
    process = await asyncio.create_subprocess_exec(
        find_toolchain().node,
        DASHBOARD / "e2e" / f"{script}.mjs",
        cwd=DASHBOARD,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), TIMEOUT_SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, output.decode(errors="replace")[-6000:]
