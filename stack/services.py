"""Wasl's own processes in the stack: the one list of what runs beside Supabase, and with which environment."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stack.probes import http_ok
from stack.processes import Command, Supervisor, run
from stack.state import State
from stack.toolchain import ROOT, Toolchain

KEYRING_FILE = "keyring.json"


@dataclass(frozen=True)
class Service:
    """One `wasl` command of the stack; `ready_path` is asked on the port named `port` before the next one starts."""

    name: str
    arguments: Sequence[str]
    port: str | None = None
    ready_path: str | None = None


PREPARATIONS: tuple[Service, ...] = (Service("keys", ("keys", "ensure")),)
"""Commands that run to their end before the services start. Each may be repeated on every start."""

SERVICES: tuple[Service, ...] = (
    Service("sandbox", ("sandbox",), port="sandbox", ready_path="/health"),
    Service("ingress", ("ingress",), port="ingress", ready_path="/health"),
    Service("worker", ("worker",)),
)
"""Commands that run as long as the stack does; each is brought back when it ends by itself."""


def environment(state: State) -> dict[str, str]:
    """The settings of every `wasl` command in this stack."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(Path.home()),
        "PYTHONUNBUFFERED": "1",
        "WASL_DATABASE_URL": state.worker_database_url,
        "WASL_KEYRING": str(state.directory / KEYRING_FILE),
        "WASL_PUBLIC_URL": state.url,
        "WASL_PUBLISHABLE_KEY": state.publishable_key,
        "WASL_FILES": str(state.directory / "files"),
        "WASL_SANDBOX_URL": state.internal_url("sandbox"),
        # The sandbox's pictures lie on this machine; what is not of this machine has to be public.
        "WASL_ALLOWED_NETWORKS": "127.0.0.0/8",
        "WASL_SANDBOX_PORT": str(state.ports["sandbox"]),
        "WASL_INGRESS_HOST": "127.0.0.1",
        "WASL_INGRESS_PORT": str(state.ports["ingress"]),
        "WASL_JWT_SIGNING_KEY": json.dumps(state.signing_key),
        "WASL_STATE_DIRECTORY": str(state.directory),
    }


FURNISHINGS: tuple[Service, ...] = (Service("seed-demo", ("seed-demo",)),)
"""Commands that run to their end once the services are up. Each may be repeated on every start."""


async def start_services(supervisor: Supervisor, state: State, toolchain: Toolchain) -> None:
    """Run the preparations, start every service, furnish what they serve."""
    for preparation in PREPARATIONS:
        await run(_command(preparation, state, toolchain))
    for service in SERVICES:
        command = _command(service, state, toolchain, restart=True)
        if service.port and service.ready_path:
            await supervisor.start_ready(command, http_ok(state.internal_url(service.port) + service.ready_path))
        else:
            await supervisor.start(command)
    for furnishing in FURNISHINGS:
        await run(_command(furnishing, state, toolchain))


def _command(service: Service, state: State, toolchain: Toolchain, *, restart: bool = False) -> Command:
    program: list[str | Path] = [toolchain.python, "-m", "workers.cli", *service.arguments]
    return Command(
        service.name, program, environment=environment(state), directory=ROOT, stop_seconds=20, restart=restart
    )
