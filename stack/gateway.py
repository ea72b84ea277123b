"""The gateway: one URL for all, as Supabase has it: `/rest/v1`, `/auth/v1`, `/functions/v1`, the dashboard at `/`.

Run by the stack as `python -m stack.gateway`; WASL_STATE_DIRECTORY names the stack whose keys and ports it serves,
WASL_PROJECT_DIRECTORY the Supabase project whose config.toml it follows.
"""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from stack.config import SupabaseConfig, read_config
from stack.credentials import Credentials, Presented, Refused
from stack.pages import pages
from stack.proxy import HeaderPairs, Proxy, forwarded_headers
from stack.state import State, load
from stack.toolchain import ROOT

FILES = "/storage/v1/object/sign"
SANDBOX = "/sandbox"
SANDBOX_CONTROLS = re.compile(
    r"^/(health|_faults(/\d+)?|_webhooks(/\d+)?|[a-z][a-z0-9_]*/_test/shipments/[^/]+/advance)$"
)
"""What the dashboard's page for tests may ask of the sandbox; not the providers' own APIs, nor what they hold."""
OPEN_AUTH_PATHS = re.compile(r"^/(verify|callback|authorize|health|\.well-known/.*)$")
CORS_HEADERS = (
    b"access-control-allow-origin",
    b"access-control-allow-headers",
    b"access-control-allow-methods",
    b"access-control-allow-credentials",
    b"access-control-expose-headers",
    b"access-control-max-age",
)
EXPOSED = b"Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Range-Unit, Retry-After"
ALLOW_ANY_ORIGIN: HeaderPairs = [(b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", EXPOSED)]


class Gateway:
    """Routes requests to the internal servers with the token their credentials stand for."""

    def __init__(self, state: State, config: SupabaseConfig, proxy: Proxy) -> None:
        self._state = state
        self._config = config
        self._proxy = proxy
        self._credentials = Credentials(state)

    async def rest(self, scope: Scope, receive: Receive, send: Send) -> None:
        """`/rest/v1`: PostgREST, with the API key's role or the user's token."""
        presented = _presented(scope)
        token = self._credentials.token(presented)
        path = _path_below(scope)
        if path == "/" and self._credentials.role_of(presented) != "service_role":
            raise Refused(403, "Access to schema is forbidden", "The schema is shown to secret API keys only.")
        await self._forward(scope, receive, send, server="postgrest", path=path, token=token)

    async def auth(self, scope: Scope, receive: Receive, send: Send) -> None:
        """`/auth/v1`: auth; links in e-mails and the public keys need no API key."""
        path = _path_below(scope)
        presented = _presented(scope)
        token = presented.user_token if OPEN_AUTH_PATHS.match(path) else self._credentials.token(presented)
        await self._forward(scope, receive, send, server="auth", path=f"/auth/v1{path}", token=token)

    async def functions(self, scope: Scope, receive: Receive, send: Send) -> None:
        """`/functions/v1`: the Python ingress for `webhooks`, Deno for the other functions."""
        path = _path_below(scope)
        name = path.lstrip("/").split("/", 1)[0]
        presented = _presented(scope)
        if scope["method"] != "OPTIONS" and self._config.verifies_jwt(name):
            self._credentials.check_function_caller(presented)
        is_ingress = name == "webhooks" and self._state.serves_ingress
        server, path = ("ingress", f"/functions/v1{path}") if is_ingress else ("functions", path)
        target = self._state.internal_url(server) + path + _query(scope)
        headers = forwarded_headers(scope, replaced={})
        await self._proxy.forward(scope, receive, send, target=target, headers=headers, added=[])

    async def files(self, scope: Scope, receive: Receive, send: Send) -> None:
        """`/storage/v1/object/sign`: links to files, each with a token of its own; the ingress has them."""
        target = self._state.internal_url("ingress") + f"{FILES}{_path_below(scope)}" + _query(scope)
        headers = forwarded_headers(scope, replaced={b"authorization": None, b"apikey": None})
        await self._proxy.forward(scope, receive, send, target=target, headers=headers, added=[])

    async def sandbox(self, scope: Scope, receive: Receive, send: Send) -> None:
        """`/sandbox`: the controls of the sandbox that runs beside this stack, for whoever is signed in."""
        path = _path_below(scope)
        if not (self._state.serves_ingress and SANDBOX_CONTROLS.match(path)):
            raise Refused(404, "Not found", "This is no control of a sandbox that runs here.")
        self._credentials.check_user(_presented(scope))
        target = self._state.internal_url("sandbox") + path + _query(scope)
        headers = forwarded_headers(scope, replaced={b"authorization": None, b"apikey": None})
        await self._proxy.forward(scope, receive, send, target=target, headers=headers, added=[])

    async def _forward(
        self, scope: Scope, receive: Receive, send: Send, *, server: str, path: str, token: str | None
    ) -> None:
        bearer = f"Bearer {token}".encode() if token else None
        headers = forwarded_headers(scope, replaced={b"authorization": bearer, b"apikey": None})
        target = self._state.internal_url(server) + path + _query(scope)
        await self._proxy.forward(
            scope, receive, send, target=target, headers=headers, added=ALLOW_ANY_ORIGIN, without=CORS_HEADERS
        )


def guarded(handler: ASGIApp, *, answers_preflight: bool) -> ASGIApp:
    """The handler, with refusals turned into answers and, if asked for, CORS preflights answered here."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        response: Response
        try:
            if scope["method"] == "OPTIONS" and answers_preflight:
                response = _preflight(scope)
            else:
                await handler(scope, receive, send)
                return
        except Refused as refusal:
            response = JSONResponse(refusal.body, refusal.status, headers={"access-control-allow-origin": "*"})
        await response(scope, receive, send)

    return application


def create_app(state: State, config: SupabaseConfig, dashboard: Path) -> Starlette:
    """The gateway of one stack as an ASGI application."""
    proxy = Proxy()
    gateway = Gateway(state, config, proxy)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await proxy.open()
        yield
        await proxy.close()

    routes = [
        Mount("/rest/v1", guarded(gateway.rest, answers_preflight=True)),
        Mount("/auth/v1", guarded(gateway.auth, answers_preflight=True)),
        Mount("/functions/v1", guarded(gateway.functions, answers_preflight=False)),
        Mount(FILES, guarded(gateway.files, answers_preflight=False)),
        Mount(SANDBOX, guarded(gateway.sandbox, answers_preflight=False)),
        Route("/health", lambda _: JSONResponse({"status": "ok"})),
        Route("/config.json", lambda _: JSONResponse(page_config(state), headers={"cache-control": "no-cache"})),
        Mount("/", pages(state, dashboard)),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


def page_config(state: State) -> dict[str, str]:
    """What the dashboard asks for first. It has no URL of the hub: a page speaks to the origin that it came from.

    `sandbox_url` is there where a sandbox runs beside the stack: a hub that serves customers has none.
    """
    sandbox = {"sandbox_url": SANDBOX} if state.serves_ingress else {}
    return {"publishable_key": state.publishable_key, **sandbox}


def _presented(scope: Scope) -> Presented:
    headers = dict(scope["headers"])
    bearer = re.match(r"(?i)bearer\s+(\S+)$", headers.get(b"authorization", b"").decode("latin-1"))
    api_key = headers.get(b"apikey", b"").decode("latin-1") or _query_parameter(scope, "apikey")
    return Presented(api_key, bearer.group(1) if bearer else None, headers.get(b"user-agent", b"").decode("latin-1"))


def _query_parameter(scope: Scope, name: str) -> str | None:
    return dict(parse_qsl(scope["query_string"].decode("latin-1"))).get(name)


def _path_below(scope: Scope) -> str:
    """The still encoded path below the mount point, beginning with a slash."""
    raw: str = scope.get("raw_path", scope["path"].encode()).decode("latin-1")
    below = raw.removeprefix(scope["root_path"])
    return below if below.startswith("/") else f"/{below}"


def _query(scope: Scope) -> str:
    """The query string without `apikey`, which internal servers would take for a filter."""
    query: str = scope["query_string"].decode("latin-1")
    if "apikey=" in query:
        pairs = parse_qsl(query, keep_blank_values=True)
        query = urlencode([(name, value) for name, value in pairs if name != "apikey"])
    return f"?{query}" if query else ""


def _preflight(scope: Scope) -> Response:
    requested = dict(scope["headers"]).get(b"access-control-request-headers", b"*").decode("latin-1")
    headers = {
        "access-control-allow-origin": "*",
        "access-control-allow-headers": requested,
        "access-control-allow-methods": "GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS",
        "access-control-max-age": "3600",
    }
    return Response(status_code=200, headers=headers)


def main() -> None:
    """Serve the gateway of the stack named by the environment until told to stop."""
    state = load(Path(os.environ["WASL_STATE_DIRECTORY"]))
    app = create_app(state, read_config(Path(os.environ["WASL_PROJECT_DIRECTORY"])), ROOT / "dashboard/dist")
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=state.gateway_port,
        http="httptools",
        loop="uvloop",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=3,
    )


if __name__ == "__main__":
    main()
