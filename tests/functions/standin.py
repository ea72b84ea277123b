"""The Supabase functions under the real Deno, against a hub that answers as a test wants and notes the questions."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from stack.functions import functions_command
from stack.ports import free_ports
from stack.probes import http_ok
from stack.processes import Supervisor
from stack.toolchain import ROOT, find_toolchain

SECRET_KEY = "sb_secret_of_the_stand_in"


@dataclass
class Hub:
    """Answers RPCs.

    :ivar asked: the RPCs so far, with their arguments.
    """

    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    _answers: dict[str, list[tuple[int, Any, dict[str, str]]]] = field(default_factory=dict)

    def answers(self, rpc: str, *values: Any) -> None:
        """Let an RPC answer these values one after another, and the last one from then on."""
        self._answers[rpc] = [(200, value, {}) for value in values]

    def refuses(self, rpc: str, status: int, code: str, details: str | None = None, **headers: str) -> None:
        """Let an RPC refuse, as PostgREST words it."""
        body = {"code": code, "message": f"Told by {rpc}.", "details": details, "hint": None}
        self._answers[rpc] = [(status, body, {name.replace("_", "-"): value for name, value in headers.items()})]

    def inputs(self, rpc: str) -> list[dict[str, Any]]:
        """What an RPC was asked with."""
        return [arguments for name, arguments in self.asked if name == rpc]

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one RPC."""
        if request.headers.get("apikey") != SECRET_KEY:
            return web.json_response({"code": "unauthorized"}, status=401)
        rpc = request.match_info["rpc"]
        self.asked.append((rpc, json.loads(await request.read())))
        queue = self._answers.get(rpc, [(404, {"code": "PGRST202", "message": "No such function."}, {})])
        status, value, headers = queue.pop(0) if len(queue) > 1 else queue[0]
        return web.json_response(value, status=status, headers=headers)

    def forget(self) -> None:
        """Begin anew."""
        self.asked.clear()
        self._answers.clear()


@dataclass(frozen=True)
class StandIn:
    """Functions beside their hub. :ivar url: the functions' own; :ivar log: what they write."""

    hub: Hub
    url: str
    log: Path


@asynccontextmanager
async def stand_in(directory: Path, **environment: str) -> AsyncIterator[StandIn]:
    """Serve the functions. :param environment: more of it, such as what hosted Supabase sets."""
    hub = Hub()
    app = web.Application()
    app.router.add_post("/rest/v1/rpc/{rpc}", hub.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    hub_port, port = free_ports(2)
    await web.TCPSite(runner, "127.0.0.1", hub_port).start()
    told = {
        "DENO_DIR": str(directory / "deno"),
        "WASL_FUNCTIONS_PORT": str(port),
        "SUPABASE_URL": f"http://127.0.0.1:{hub_port}",
        "SUPABASE_SECRET_KEYS": json.dumps({"default": SECRET_KEY}),
        **environment,
    }
    supervisor = Supervisor(directory)
    command = functions_command(find_toolchain(), ROOT / "supabase/functions", told)
    try:
        await supervisor.start_ready(command, http_ok(f"http://127.0.0.1:{port}/_health"), timeout_seconds=60)
        yield StandIn(hub, f"http://127.0.0.1:{port}", directory / "functions.log")
    finally:
        await asyncio.shield(supervisor.stop())
        await runner.cleanup()
