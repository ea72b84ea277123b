"""PostgREST: the data API, configured as Supabase configures it."""

import json
import os

from stack.config import SupabaseConfig
from stack.probes import http_ok
from stack.processes import Command, Supervisor
from stack.state import State
from stack.toolchain import Toolchain


async def start_postgrest(supervisor: Supervisor, state: State, config: SupabaseConfig, toolchain: Toolchain) -> None:
    """Start PostgREST and wait until its schema cache is loaded."""
    settings = {
        "PGRST_SERVER_HOST": "127.0.0.1",
        "PGRST_SERVER_PORT": str(state.ports["postgrest"]),
        "PGRST_ADMIN_SERVER_PORT": str(state.ports["postgrest_admin"]),
        "PGRST_DB_URI": state.login_url("authenticator"),
        "PGRST_DB_SCHEMAS": "public",
        "PGRST_DB_EXTRA_SEARCH_PATH": "public, extensions",
        "PGRST_DB_ANON_ROLE": "anon",
        "PGRST_DB_MAX_ROWS": str(config.max_rows),
        "PGRST_DB_POOL": "10",
        "PGRST_DB_CHANNEL_ENABLED": "true",
        "PGRST_OPENAPI_SERVER_PROXY_URI": f"{state.url}/rest/v1",
        "PGRST_OPENAPI_MODE": "follow-privileges",
        "PGRST_JWT_SECRET": json.dumps(state.jwks),
        # An ES256 check costs more than most queries; hosted PostgREST caches verified tokens too.
        "PGRST_JWT_CACHE_MAX_LIFETIME": "300",
        "PGRST_LOG_LEVEL": "error",
    }
    command = Command("postgrest", [toolchain.postgrest], environment={"PATH": os.environ.get("PATH", "")} | settings)
    await supervisor.start_ready(command, http_ok(state.internal_url("postgrest_admin") + "/ready"))
