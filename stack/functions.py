"""Supabase functions under real Deno (`functions_main.ts`), with the environment the edge runtime gives them."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from stack.config import SupabaseConfig
from stack.probes import http_ok
from stack.processes import Command, Supervisor
from stack.state import State
from stack.toolchain import Toolchain

ROUTER = Path(__file__).with_name("functions_main.ts")
DENO_OPTIONS = ("--no-prompt", "--quiet", "--allow-net", "--allow-env")


async def start_functions(supervisor: Supervisor, state: State, config: SupabaseConfig, toolchain: Toolchain) -> None:
    """Start the functions server; a function is loaded at its first request."""
    environment = {
        "DENO_DIR": str(state.directory / "deno"),
        "WASL_FUNCTIONS_PORT": str(state.ports["functions"]),
        "WASL_JWT_SIGNING_KEY": json.dumps(state.signing_key),
        "SUPABASE_URL": state.url,
        "SUPABASE_PUBLISHABLE_KEYS": json.dumps({"default": state.publishable_key}),
        "SUPABASE_SECRET_KEYS": json.dumps({"default": state.secret_key}),
        "SUPABASE_JWKS": json.dumps(state.jwks),
        "SUPABASE_DB_URL": state.database_url,
    }
    command = functions_command(toolchain, config.directory / "functions", environment)
    await supervisor.start_ready(command, http_ok(state.internal_url("functions") + "/_health"), timeout_seconds=60)


def functions_command(toolchain: Toolchain, directory: Path, environment: Mapping[str, str]) -> Command:
    """The program that serves the functions of a directory, with what the edge runtime would tell them."""
    return Command(
        "functions",
        [toolchain.deno, "run", *DENO_OPTIONS, f"--allow-read={directory}", ROUTER],
        environment={
            "PATH": os.environ.get("PATH", ""),
            "DENO_NO_UPDATE_CHECK": "1",
            "NO_COLOR": "1",
            "WASL_FUNCTIONS_DIRECTORY": str(directory),
            **environment,
        },
    )
