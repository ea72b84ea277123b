"""Whom the queue benchmark compares us with, and how they are installed: apart from everything of ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from stack.toolchain import ROOT

SCRIPTS: Final = ROOT / "benchmarks/peers"
HOME: Final = ROOT / ".wasl/bench"


@dataclass(frozen=True, slots=True)
class Subject:
    """A queue that can be measured.

    :param command: what starts it; a mode and its arguments follow, see `benchmarks.peers.protocol`.
    :param database: the name of its own database; None: the hub's.
    :param left: a query that tells whether any job is left.
    :param share: which part of the jobs it is given; 1 unless it would take too long.
    """

    name: str
    command: tuple[str, ...]
    database: str | None
    left: str
    environment: Mapping[str, str] = field(default_factory=dict)
    share: float = 1.0


def ours() -> Subject:
    """The hub's own queue."""
    left = "select exists (select from private.jobs where kind = 'bench.noop')"
    return Subject("wasl", (sys.executable, "-m", "benchmarks.queue_wasl"), None, left)


def peers() -> list[Subject]:
    """The installed peers."""
    python = str(HOME / "venv/bin/python")
    pgqueuer = (python, str(SCRIPTS / "pgqueuer_queue.py"))
    procrastinate = (python, str(SCRIPTS / "procrastinate_queue.py"))
    graphile = (str(Path(sys.executable).with_name("node")), str(HOME / "graphile_queue.mjs"))
    unfinished = "select exists (select from procrastinate_jobs where status in ('todo', 'doing'))"
    return [
        Subject("pgqueuer 5x10", pgqueuer, "bench_pgqueuer", "select exists (select from pgqueuer)"),
        Subject(
            "pgqueuer 5x100",
            pgqueuer,
            "bench_pgqueuer",
            "select exists (select from pgqueuer)",
            {"PGQUEUER_BATCH": "100"},
        ),
        Subject("procrastinate", procrastinate, "bench_procrastinate", unfinished, share=0.15),
        Subject(
            "graphile-worker",
            graphile,
            "bench_graphile",
            "select exists (select from graphile_worker._private_jobs)",
        ),
    ]


def install() -> None:
    """Install the peers, each at the version that stands in its file of requirements."""
    HOME.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "graphile_queue.mjs"):
        shutil.copy(SCRIPTS / name, HOME / name)
    if not (HOME / "venv").exists():
        _run(sys.executable, "-m", "uv", "venv", "--quiet", "--python", sys.executable, HOME / "venv")
    python, requirements = HOME / "venv/bin/python", SCRIPTS / "requirements.txt"
    _run(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", python, "--requirement", requirements)
    _run(str(Path(sys.executable).with_name("npm")), "install", "--silent", "--no-audit", "--no-fund")


def _run(program: str, *arguments: str | Path) -> None:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    subprocess.run([program, *arguments], cwd=HOME, env=environment, check=True)
