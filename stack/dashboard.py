"""The dashboard as the gateway serves it: built from `dashboard/` when its sources have changed since."""

import asyncio
import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from stack.errors import StackError
from stack.toolchain import ROOT, Toolchain

DASHBOARD = ROOT / "dashboard"
DIST = DASHBOARD / "dist"
STAMP = "built-from"
_SOURCES = ("index.html", "package-lock.json", "tsconfig.json", "vite.config.ts", "public", "src")
# Beside it: what the page Developers is made from.
_DOCS = ("docs/openapi.json", "docs/webhooks.md")
_TIMEOUT_SECONDS = 180.0


def fingerprint(directory: Path = DASHBOARD) -> str:
    """A digest of all that the build reads."""
    digest = hashlib.sha256()
    for name in _SOURCES:
        source = directory / name
        files = sorted(path for path in source.rglob("*") if path.is_file()) if source.is_dir() else [source]
        for path in files:
            digest.update(str(path.relative_to(directory)).encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    for name in _DOCS:
        digest.update((directory.parent / name).read_bytes() + b"\0")
    return digest.hexdigest()


def is_built(directory: Path = DASHBOARD) -> bool:
    """Whether what is there was built from these sources."""
    stamp = directory / "dist" / STAMP
    return stamp.exists() and stamp.read_text() == fingerprint(directory)


async def build_dashboard(toolchain: Toolchain, report: Callable[[str], None] = lambda _: None) -> None:
    """Build the dashboard unless it is built from these sources already; `report` is told when it is.

    Raises `StackError` with the build's last lines when it fails.
    """
    if await asyncio.to_thread(is_built):
        return
    report("Dashboard, built because its sources changed")
    await asyncio.to_thread(_build, toolchain.node)


def _build(node: Path) -> None:
    vite = DASHBOARD / "node_modules/vite/bin/vite.js"
    if not vite.exists():
        raise StackError(f"{vite} is missing: run `make setup`.")
    with _alone():
        if is_built():
            return
        # Built beside what is served, and put in its place at once.
        draft = DASHBOARD / "dist.draft"
        sources = fingerprint()
        command: list[str | Path] = [node, vite, "build", "--outDir", draft, "--emptyOutDir", "--logLevel", "warn"]
        environment = {"PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}", "NODE_ENV": "production"}
        done = subprocess.run(
            command,
            cwd=DASHBOARD,
            env=environment,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise StackError("The dashboard does not build:\n" + (done.stdout + done.stderr).strip()[-2000:])
        (draft / STAMP).write_text(sources)
        shutil.rmtree(DIST, ignore_errors=True)
        draft.rename(DIST)


@contextmanager
def _alone() -> Iterator[None]:
    """One build at a time, of all processes that start a stack."""
    with (DASHBOARD / ".build.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
