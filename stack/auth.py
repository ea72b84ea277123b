"""Auth: `auth_server.mjs` under Node, configured from the `[auth]` table of supabase/config.toml."""

import json
import os
from pathlib import Path

from stack.config import SupabaseConfig
from stack.probes import http_ok
from stack.processes import Command, Supervisor
from stack.state import State
from stack.toolchain import Toolchain

SERVER = Path(__file__).with_name("auth_server.mjs")


async def start_auth(supervisor: Supervisor, state: State, config: SupabaseConfig, toolchain: Toolchain) -> None:
    """Start auth and wait until it is healthy; on the first run it creates its tables in the schema `auth`."""
    settings = {
        "port": state.ports["auth"],
        "database_url": state.login_url("supabase_auth_admin"),
        "issuer": state.issuer,
        "signing_key": state.signing_key,
        "hs256_secret": state.auth_secret,
        "auth": config.auth | {"site_url": state.url},
    }
    command = Command(
        "auth",
        [toolchain.node, SERVER],
        environment={
            "PATH": os.environ.get("PATH", ""),
            "NODE_ENV": "production",
            "DO_NOT_TRACK": "1",
            "LITE_TELEMETRY": "0",
            "WASL_AUTH_CONFIG": json.dumps(settings),
        },
    )
    await supervisor.start_ready(command, http_ok(state.internal_url("auth") + "/auth/v1/health"))
