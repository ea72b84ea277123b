"""The frame of the Graph API: versions, tokens, proofs, scopes, consent, webhooks; what is in it is the networks'.

Each login has a world of its own, with the same accounts in it. A token that begins with ``sandbox_`` is taken as a
pasted one with all scopes, its text being the login; the webhooks of its accounts go to every app's address.

Controls, below ``/_test``; those about accounts act in the world of the token in ``Authorization``::

    POST tokens/expire  tokens/revoke  {"login"?}          all logins, or one
    POST accounts/{id}/remove                              the login may not work with it any more
    POST versions/{version}/retire
    POST throttle           {"times", "code"?, "minutes"?} the next calls are refused, as Meta does it: with 400
    POST metrics/{name}/retire                             the name is no metric any more
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any, Generic
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.consent import Consent
from sandbox.deliveries import Deliveries, Delivery
from sandbox.faults import FAULT_SCOPE_KEY, Fault, FaultKind
from sandbox.social.meta.access import Access, World, WorldT, hmac_hex, token_of
from sandbox.social.meta.errors import (
    GraphError,
    bad_parameter,
    missing,
    needs_page_token,
    no_permission,
    retired,
    throttled,
)
from sandbox.social.meta.fields import Asked, Node, pick, read_fields

_VERSION = re.compile(r"v(\d{1,2})\.0")
OLDEST_VERSION, NEWEST_VERSION = 21, 26


@dataclass
class Call(Generic[WorldT]):
    """One call.

    :param account: whose own token it carries, if it is a page's. :param host: under which name of another host's it
        came, if under one.
    """

    method: str
    parameters: Mapping[str, str]
    asked: Mapping[str, Asked]
    world: WorldT
    consent: Consent
    account: str | None
    base: str
    version: str
    host: str

    def need(self, name: str) -> str:
        """A parameter that cannot be left out."""
        if not self.parameters.get(name):
            raise bad_parameter(f"The parameter {name} is required")
        return self.parameters[name]


@dataclass(frozen=True)
class Handler:
    """What answers. :param scope: what has to be granted. :param as_page: whether the page's own token is needed."""

    run: Callable[[Any, Node], Node]
    scope: str | None = None
    as_page: bool = False


class GraphTwin(Access[WorldT]):
    """A network of Meta's.

    :param now: the time in seconds since 1970.
    """

    key = ""
    about = ""
    """The object of its webhooks."""

    def __init__(self, deliveries: Deliveries, now: Callable[[], float] = time.time) -> None:
        super().__init__(now)
        self.numbers = count(1)
        self._deliveries = deliveries
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self.forget()
        self.webhooks: dict[str, Node] = {}
        self.subscribed: dict[tuple[str, str], tuple[str, set[str]]] = {}
        self.retired_versions: set[str] = set()
        self.retired_metrics: set[str] = set()
        self.refusals: list[tuple[int, float]] = []

    # To be said by a network.

    def handlers(self) -> Mapping[tuple[str, str, str], Handler]:
        """What answers to a method, a kind of node and an edge."""
        raise NotImplementedError

    def controls(self) -> Sequence[tuple[str, Callable[[WorldT, Node, Node], Node]]]:
        """Further controls: a path, and what it does in a world with path parameters and a body."""
        return ()

    # Routes.

    def routes(self) -> Sequence[BaseRoute]:
        """The API, the consent page and the controls."""
        return [
            *self.desk.page_routes("/dialog/{version}/dialog/oauth"),
            *self.control_routes(),
            *self.graph_routes(""),
        ]

    def graph_routes(self, prefix: str) -> list[BaseRoute]:
        """The API below a prefix."""
        methods = ["GET", "POST", "DELETE"]
        return [
            Route(f"{prefix}/{{version}}/oauth/access_token", self._wrapped(self.trade), methods=["GET", "POST"]),
            Route(f"{prefix}/{{version}}/debug_token", self._wrapped(self.debug), methods=["GET"]),
            Route(f"{prefix}/{{version}}/{{app}}/subscriptions", self._wrapped(self._subscribe), methods=["POST"]),
            Route(f"{prefix}/{{version}}/", self._wrapped(self._together), methods=["GET"]),
            Route(f"{prefix}/{{version}}/{{node}}", self._wrapped(self._node), methods=methods),
            Route(f"{prefix}/{{version}}/{{node}}/{{edge}}", self._wrapped(self._node), methods=methods),
        ]

    def control_routes(self) -> list[BaseRoute]:
        """The controls."""
        own = (
            ("tokens/expire", lambda _, __, body: self._end(463, body.get("login"))),
            ("tokens/revoke", lambda _, __, body: self._end(458, body.get("login"))),
            ("accounts/{id}/remove", lambda world, path, _: _added(world.removed, path["id"])),
            ("versions/{id}/retire", lambda _, path, __: _added(self.retired_versions, path["id"])),
            ("metrics/{id}/retire", lambda _, path, __: _added(self.retired_metrics, path["id"])),
            ("throttle", lambda _, __, body: self._throttle(body)),
        )
        return [
            Route(f"/_test/{path}", self._controlled(run), methods=["POST"]) for path, run in (*own, *self.controls())
        ]

    # What happens to be told by webhook.

    def tell(self, world: World, account: str, name: str, value: Node) -> None:
        """Send a change to whoever subscribed to it, signed with the app's secret."""
        change = {"id": account, "time": int(self.now()), "changes": [{"field": name, "value": value}]}
        body = escaped({"object": self.about, "entry": [change]})
        app, fields = self.subscribed.get((world.login, account), ("", set()))
        for app_id, hook in self.webhooks.items():
            if name not in fields or name not in hook["fields"] or app not in ("", app_id):
                continue
            self._deliveries.send(
                Delivery(
                    provider=self.key,
                    event_id=secrets.token_hex(8),
                    event_type=f"{self.about}.{name}",
                    url=hook["callback_url"],
                    body=body,
                    sign=partial(sign, secret=self.apps[app_id]),
                )
            )

    def new_id(self) -> str:
        """An id that nothing has yet."""
        return str(120_000_000_000_000 + next(self.numbers))

    # One call.

    def _unversioned(
        self, run: Callable[[Request, Mapping[str, str]], Awaitable[Node]]
    ) -> Callable[[Request], Awaitable[Response]]:
        return self._wrapped(run, versioned=False)

    def _wrapped(
        self, run: Callable[[Request, Mapping[str, str]], Awaitable[Node]], *, versioned: bool = True
    ) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            fault: Fault | None = request.scope.get(FAULT_SCOPE_KEY)
            headers = {"x-app-usage": '{"call_count":1,"total_cputime":1,"total_time":1}'}
            try:
                parameters = {**request.query_params, **await _body(request)}
                if versioned:
                    self._judge_version(request.path_params["version"])
                if fault is not None and fault.kind is FaultKind.SLOW_EXECUTION:
                    await asyncio.sleep(fault.seconds)
                if fault is not None and fault.kind is FaultKind.KEPT_SERVER_ERROR:
                    if fault.applied:
                        await run(request, parameters)
                    raise GraphError(1, "An unknown error occurred", status=500)
                if self.refusals:
                    code, minutes = self.refusals.pop(0)
                    headers["x-business-use-case-usage"] = _usage(minutes)
                    raise throttled(code)
                answer, status = await run(request, parameters), 200
            except GraphError as error:
                answer, status = error.body(), error.status
            content = orjson.dumps(answer)
            return Response(content, status_code=status, media_type="application/json", headers=headers)

        return endpoint

    def _judge_version(self, version: str) -> None:
        number = _VERSION.fullmatch(version)
        if version in self.retired_versions:
            raise retired(version)
        if number is None or not OLDEST_VERSION <= int(number[1]) <= NEWEST_VERSION:
            raise GraphError(2500, f"Unknown path components: /{version}")

    async def _node(self, request: Request, parameters: Mapping[str, str]) -> Node:
        call = self.opened(request, parameters)
        name, edge = request.path_params["node"], request.path_params.get("edge", "")
        if name == "insights" and "ids" in parameters:
            return {each: self._run(call, each, "insights") for each in parameters["ids"].split(",")}
        return self._run(call, name, edge)

    async def _together(self, request: Request, parameters: Mapping[str, str]) -> Node:
        call = self.opened(request, parameters)
        return {each: self._run(call, each, "") for each in call.need("ids").split(",")}

    def _run(self, call: Call[WorldT], name: str, edge: str) -> Node:
        node = self.found(call, name)
        handler = self.handlers().get((call.method, node["kind"], edge))
        if handler is None:
            raise GraphError(2500, f"Unknown path components: /{edge}")
        if handler.scope and handler.scope not in call.consent.scopes:
            raise no_permission(handler.scope)
        if handler.as_page and call.account != node.get("page", name):
            raise needs_page_token()
        return handler.run(call, node)

    def opened(self, request: Request, parameters: Mapping[str, str]) -> Call[WorldT]:
        """A call whose token is good, and whose proof, if it has one, fits the token."""
        token = token_of(request, parameters)
        consent, account = self.holder(token)
        self.judge_proof(parameters.get("appsecret_proof"), token, consent.client_id)
        return Call(
            method=request.method,
            parameters=parameters,
            asked=read_fields(parameters.get("fields", "")),
            world=self.world(consent.login),
            consent=consent,
            account=account,
            base=f"{request.url.scheme}://{request.url.netloc}/{self.key}",
            version=request.path_params.get("version", ""),
            host="graph" if f"/{self.key}/graph/" in request.url.path else "",
        )

    def found(self, call: Call[WorldT], name: str) -> Node:
        """A node by its id. :raises GraphError: it is not there, or belongs to an account that was removed."""
        if name == "me":
            if call.account is not None:
                return call.world.nodes[call.account]
            return {"kind": "user", "id": str(int(hashlib.sha256(call.world.login.encode()).hexdigest()[:11], 16))}
        node = call.world.nodes.get(name)
        if node is None or {name, node.get("page")} & call.world.removed:
            raise missing(name)
        return node

    async def _subscribe(self, request: Request, parameters: Mapping[str, str]) -> Node:
        """An app's address for webhooks; that Meta checks it first is not played here."""
        app_id, _, secret = token_of(request, parameters).partition("|")
        self.judge_app(app_id, secret)
        if app_id != request.path_params["app"] or parameters.get("object") != self.about:
            raise bad_parameter(f"object must be {self.about}")
        fields = parameters.get("fields", "").split(",")
        self.webhooks[app_id] = {"callback_url": parameters["callback_url"], "fields": fields}
        return {"success": True}

    def subscribe_account(self, call: Call[WorldT], account: str) -> Node:
        """Let an account's changes be told."""
        names = set(call.need("subscribed_fields").split(","))
        self.subscribed[(call.world.login, account)] = (call.consent.client_id, names)
        return {"success": True}

    def permissions(self, call: Call[WorldT], _: Node) -> Node:
        """What was granted, and what was declined."""
        granted = [{"permission": scope, "status": "granted"} for scope in call.consent.scopes]
        declined = [scope for scope in self.scopes if scope not in call.consent.scopes]
        return {"data": [*granted, *({"permission": scope, "status": "declined"} for scope in declined)]}

    def user(self, call: Call[WorldT], node: Node) -> Node:
        """Whoever signed in."""
        return pick({"id": node["id"], "name": "Sandbox User"}, call.asked, "User", ("id", "name"))

    def _controlled(self, run: Callable[[WorldT, Node, Node], Node]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            token = request.headers.get("authorization", "").partition(" ")[2]
            try:
                login = self.holder(token)[0].login if token else ""
                answer, status = run(self.world(login), request.path_params, await _body(request)), 200
            except GraphError as error:
                answer, status = error.body(), error.status
            return Response(orjson.dumps(answer), status_code=status, media_type="application/json")

        return endpoint

    def _throttle(self, body: Node) -> Node:
        self.refusals += [(int(body.get("code", 4)), float(body.get("minutes", 0)))] * int(body.get("times", 1))
        return {"throttled": len(self.refusals)}


def sign(body: bytes, secret: str) -> Mapping[str, str]:
    """The header that proves Meta sent it."""
    return {"x-hub-signature-256": f"sha256={hmac_hex(secret, body)}"}


def escaped(body: Node) -> bytes:
    """JSON as Meta sends it: in ASCII, with some more characters escaped."""
    text = json.dumps(body, separators=(",", ":"))
    for character, escape in (("/", "\\/"), ("<", "\\u003C"), ("%", "\\u0025"), ("@", "\\u0040")):
        text = text.replace(character, escape)
    return text.encode("ascii")


def _added(names: set[str], name: str) -> Node:
    names.add(name)
    return {"done": sorted(names)}


async def _body(request: Request) -> Node:
    """A form, or JSON; booleans and lists as the forms have them."""
    content = await request.body()
    if not content:
        return {}
    if "json" in request.headers.get("content-type", ""):
        try:
            return dict(orjson.loads(content))
        except (ValueError, TypeError):
            raise bad_parameter("The body is not JSON") from None
    return dict(parse_qsl(content.decode(), keep_blank_values=True))


def _usage(minutes: float) -> str:
    entry = {"type": "pages", "call_count": 100, "estimated_time_to_regain_access": minutes}
    return json.dumps({"1000": [entry]})
