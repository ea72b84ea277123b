"""`wasl bench dashboard`: when the dashboard's pages can be used, and how a table of 100,000 calls scrolls.

A whole stack without workers serves the built dashboard; Chromium opens it with an empty cache each time. The calls are
written into the database; the browser reads them a page at a time through PostgREST, as anybody does who scrolls down.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg

from benchmarks import machine
from stack import Stack
from stack.browser import ensure_browser
from stack.control import ephemeral_directory
from stack.dashboard import DASHBOARD
from stack.toolchain import ROOT, find_toolchain
from workers.store.queries import parse_queries

QUERIES = parse_queries("dashboard", Path(__file__).with_name("dashboard.sql").read_text())
PAGES = ("sign_in_ms", "overview_ms", "overview_filled_ms", "payments_ms")


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    lines: int = 100_000
    rounds: int = 7


@dataclass(frozen=True)
class Login:
    """Who opens the dashboard."""

    email: str
    password: str


async def measure(plan: Plan, report: Callable[[str], None]) -> dict[str, Any]:
    """Fill a stack of the benchmark's own and open the dashboard. Raises `RuntimeError` with what the browser said."""
    browser = ensure_browser()
    stack = Stack(ephemeral_directory(ROOT / ".wasl"), ephemeral=True, with_workers=False, with_dashboard=True)
    async with stack:
        report(f"writing {plan.lines:,} calls ...")
        login = await _fill(stack, plan)
        report("opening pages ...")
        figures = await _open(stack, login, browser, plan)
    frames = sorted(figures.pop("frame_ms"))
    pages = {name: _spread(figures.pop(name)) for name in PAGES}
    return {
        "machine": machine.facts(),
        "plan": asdict(plan),
        "pages": pages,
        "table": {
            **figures,
            "frame_median_ms": round(statistics.median(frames), 1),
            "frame_p95_ms": round(frames[int(len(frames) * 0.95)], 1),
            "frame_highest_ms": round(frames[-1], 1),
        },
    }


async def _fill(stack: Stack, plan: Plan) -> Login:
    login = Login(f"bench-{secrets.token_hex(4)}@wasl.example", secrets.token_urlsafe(24))
    async with httpx.AsyncClient(base_url=stack.url, headers={"apikey": stack.publishable_key}) as http:
        signed_up = (await http.post("/auth/v1/signup", json=asdict(login))).raise_for_status().json()
        made = await http.post(
            "/rest/v1/rpc/create_organization",
            json={"name": "Bench"},
            headers={"authorization": f"Bearer {signed_up['access_token']}"},
        )
        of = {"organization_id": made.raise_for_status().json()["id"], "lines": plan.lines}
    async with await psycopg.AsyncConnection.connect(stack.database_url, autocommit=True) as database:
        connection = await (await database.execute(QUERIES["connection"], of)).fetchone()
        assert connection is not None
        await database.execute(QUERIES["log_lines"], {**of, "connection_id": connection[0]})
        await database.execute(QUERIES["analyze"])
    return login


async def _open(stack: Stack, login: Login, browser: Path, plan: Plan) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        find_toolchain().node,
        DASHBOARD / "bench/speed.mjs",
        cwd=DASHBOARD,
        env={
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(stack.directory),
            "WASL_HUB_URL": stack.url,
            "WASL_CHROMIUM": str(browser),
            "WASL_EMAIL": login.email,
            "WASL_PASSWORD": login.password,
            "WASL_LINES": str(plan.lines),
            "WASL_ROUNDS": str(plan.rounds),
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, complaints = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(complaints.decode(errors="replace")[-2000:])
    figures: dict[str, Any] = json.loads(output)
    return figures


def _spread(measured: Sequence[float]) -> dict[str, float]:
    return {
        "median_ms": round(statistics.median(measured)),
        "lowest_ms": round(min(measured)),
        "highest_ms": round(max(measured)),
    }
