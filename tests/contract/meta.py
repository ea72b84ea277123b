"""Meta's documents of its nodes (facebook/facebook-business-sdk-codegen), and what is not in them.

A document names a node's fields, its edges and their parameters; not which are needed, nor the shapes of answers, nor
the parameters that every edge has.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx

from sandbox.social.meta.fields import Asked, read_fields

EVERYWHERE = {"fields", "ids", "limit", "after", "since", "until", "appsecret_proof"}
"""Parameters of every call, by Meta's pages on the Graph API: field expansion, several ids, paging, the proof."""
EXCEPTED = {
    ("Page", "tasks"),  # of pages as /me/accounts lists them
    ("IGMedia", "media_product_type"),
    ("IGUser", "user_id"),  # the twin has one account for both logins
    ("AdVideo", "status"),
}
EDGES = {"media_publish": {"media_publish", "mediapublish"}}
"""Spelt otherwise in a document."""
OWN = {"Comment": "IGComment", "InsightsResult": "InstagramInsightsResult", "Media": "IGMediaForIGOnlyAPI"}
"""What documents of Instagram Login's nodes mean by these."""
Kind = Callable[[str], str | None]


class Document:
    """One node's document."""

    def __init__(self, path: Path) -> None:
        self._read = json.loads(path.read_text(encoding="utf-8"))

    @cached_property
    def fields(self) -> set[str]:
        """The fields, and the edges, which can be asked for like fields."""
        edges = {api["endpoint"].strip("/") for api in self._read["apis"] if "endpoint" in api}
        return {each["name"] for each in self._read["fields"]} | edges | {"id"}

    def call(self, method: str, edge: str) -> Mapping[str, Any] | None:
        """A call of the node itself (no edge), or of one of its edges."""
        own = {"GET": "#get", "POST": "#update", "DELETE": "#delete"}[method]
        for api in self._read["apis"]:
            same_edge = (
                api.get("endpoint", "").strip("/") in EDGES.get(edge, {edge}) if edge else api.get("name") == own
            )
            if api["method"] == method and same_edge:
                found: Mapping[str, Any] = api
                return found
        return None


class Documents:
    """All of them. :param kind: which node's an id is; None: of none that has a document."""

    def __init__(self, folder: Path, kind: Kind) -> None:
        self._folder = folder
        self._enums = {each["name"]: each["values"] for each in self._load("enum_types")}
        self._kind = kind

    def describes(self, request: httpx.Request) -> bool:
        """Whether there is a document for whatever it asks of."""
        return self._target(request) is not None

    def faults(self, request: httpx.Request) -> list[str]:
        """What is wrong with a request that is described."""
        target = self._target(request)
        assert target is not None, f"no document for {request.method} {request.url.path}"
        node, edge = target
        document = self.document(node)
        call = document.call(request.method, edge)
        if call is None:
            return [f"{node} has no {request.method} {edge}"]
        given = {**request.url.params, **dict(parse_qsl(request.content.decode()))}
        known = {each["name"]: each["type"] for each in call["params"]}
        unknown = [f"{node}/{edge}: {name}" for name in given if name not in known.keys() | EVERYWHERE]
        needed = [each["name"] for each in call["params"] if each.get("required")]
        lacking = [f"{node}/{edge} lacks {name}" for name in needed if name not in given]
        wrong = [
            f"{name}: {value}"
            for name, value in given.items()
            for allowed in [self._enums.get(known.get(name, "").removeprefix("list<").removesuffix(">"))]
            if allowed and not set(value.split(",")) <= set(allowed)
        ]
        below = _below(node, call["return"]) if edge else node
        return [*unknown, *lacking, *wrong, *self._unknown_fields(below, read_fields(given.get("fields", "")))]

    def faults_of_answer(self, request: httpx.Request, body: Any) -> list[str]:
        """What is wrong with the names in an answer to a described question."""
        target = self._target(request)
        if target is None or request.method != "GET":
            return []
        node, edge = target
        call = self.document(node).call("GET", edge)
        below = _below(node, call["return"]) if call and edge else node
        several = "ids" in request.url.params
        shown = [each for part in (body.values() if several else [body]) for each in (part["data"] if edge else [part])]
        return [f"{below}.{name}" for each in shown for name in self._strange(below, each)]

    def document(self, node: str) -> Document:
        """A node's document."""
        return Document(self._folder / f"{node}.json")

    def has(self, node: str) -> bool:
        """Whether a node has a document."""
        return (self._folder / f"{node}.json").exists()

    def _target(self, request: httpx.Request) -> tuple[str, str] | None:
        path = [part for part in request.url.path.split("/") if part]
        if path[0] in ("facebook", "instagram"):
            path.pop(0)
        if path[0] == "graph":
            path.pop(0)
        if path[-1] in ("access_token", "refresh_access_token") and len(path) == 1:
            return (
                "IGAccessTokenForIGOnlyAPI" if path[0] == "access_token" else "IGRefreshAccessTokenForIGOnlyAPI"
            ), ""
        ids = request.url.params.get("ids")
        named = [*ids.split(",")[:1], *path[1:]] if ids else path[1:]
        kind = self._kind(named[0]) if named else None
        return None if kind is None or len(named) > 2 else (kind, named[1] if len(named) > 1 else "")

    def _unknown_fields(self, node: str, asked: Mapping[str, Asked]) -> Iterator[str]:
        if not self.has(node):
            return
        document = self.document(node)
        for name, one in asked.items():
            if name not in document.fields and (node, name) not in EXCEPTED:
                yield f"{node}.{name}"
            edge = document.call("GET", name)
            if edge is not None and one.below:
                yield from self._unknown_fields(edge["return"], one.below)

    def _strange(self, node: str, shown: Mapping[str, Any]) -> list[str]:
        if not self.has(node):
            return []
        known = self.document(node).fields | {name for kind, name in EXCEPTED if kind == node}
        return [name for name in shown if name not in known]

    def _load(self, name: str) -> Any:
        return json.loads((self._folder / f"{name}.json").read_text(encoding="utf-8"))


def _below(node: str, named: str) -> str:
    """The document of what an edge has."""
    return OWN.get(named, named) if node.endswith("ForIGOnlyAPI") else named


class Recording(httpx.AsyncBaseTransport):
    """Keeps requests, and the answers to them."""

    def __init__(self, inner: httpx.AsyncBaseTransport, answers: list[tuple[httpx.Request, Any]]) -> None:
        self._inner = inner
        self._answers = answers

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        response = await self._inner.handle_async_request(request)
        body = await response.aread()
        answer = httpx.Response(response.status_code, content=body, headers=response.headers)
        self._answers.append((request, answer.json()))
        return answer
