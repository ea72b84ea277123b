"""The gateway as a process of its own: a client that blocks the stack's event loop must not block the gateway."""

import os

from stack.config import SupabaseConfig
from stack.probes import http_ok
from stack.processes import Command, Supervisor
from stack.state import State
from stack.toolchain import ROOT, Toolchain


async def start_gateway(supervisor: Supervisor, state: State, config: SupabaseConfig, toolchain: Toolchain) -> None:
    """Start the gateway on the stack's port and wait until it answers."""
    command = Command(
        "gateway",
        [toolchain.python, "-m", "stack.gateway"],
        environment={
            "PATH": os.environ.get("PATH", ""),
            "WASL_STATE_DIRECTORY": str(state.directory),
            "WASL_PROJECT_DIRECTORY": str(config.directory),
        },
        directory=ROOT,
    )
    await supervisor.start_ready(command, http_ok(state.url + "/health"))
