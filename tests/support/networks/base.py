"""What a suite that runs over every social network has to know of one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

State = dict[str, Any]
"""What the sandbox's ``GET /_state?provider=…`` shows of a twin."""


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody's account at a twin.

    :param url: of the twin. :param name: who it is, where that is not the token itself.
    """

    http: httpx.AsyncClient
    url: str
    token: str
    name: str | None = None

    async def control(self, path: str, **body: Any) -> dict[str, Any]:
        """What a control call of the twin's answers; see its docstring."""
        return await self.call(f"/_test/{path}", self.token, body)

    async def call(self, path: str, token: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """What the twin answers to a call under a token."""
        headers = {"Authorization": f"Bearer {token}"}
        answer = await self.http.post(f"{self.url}{path}", headers=headers, json=dict(body))
        assert answer.is_success, f"{path}: {answer.text}"
        said: dict[str, Any] = answer.json()
        return said


@dataclass(frozen=True, slots=True)
class Network:
    """One social network and its twin in the sandbox.

    Calls are written as method and path pattern below ``/{key}``, such as ``POST /rest/posts``.

    :param account: credentials of a new login of the twin, with a pasted token.
    :param publish_call: the request that publishes a post.
    :param file_call: the request that brings one of several pictures to the network, before the post.
    :param published: the texts of the posts that the twin holds, as people see them.
    :param files: the ids of the pictures that a post is made of, found by its text.
    :param said: the texts of the comments below the posts of the twin.
    :param account_id: of an account that every login has, with its ``account_kind``.
    :param accounts: the ids of all of them.
    :param comment: somebody comments on a post: login, post and text.
    :param grow: a post becomes seen and liked; what the hub should come to know of it.
    :param remove: the login may not work with an account any more.
    :param end: access ends: ``expire`` or ``revoke``.
    :param throttle: the login's next call is refused for a limit, in the network's own way.
    :param listen: the twin knows where to tell news of the account: login, URL, and the app's id and secret.
    :param hidden: whether a comment is hidden, found by its text; None: comments cannot be hidden.
    :param edits: whether published posts can be edited, and ``deletes`` whether they can be taken back.
    :param needs_media: whether a post needs a picture or a film.
    :param comment_call: the request that writes a comment, if any.
    """

    key: str
    account: Callable[[], dict[str, str]]
    publish_call: str
    file_call: str
    published: Callable[[State], list[str]]
    files: Callable[[State, str], list[str]]
    said: Callable[[State], list[str]]
    account_id: str
    account_kind: str
    accounts: frozenset[str]
    comment: Callable[[Login, str, str], Awaitable[Any]]
    grow: Callable[[Login, str], Awaitable[dict[str, Any]]]
    remove: Callable[[Login, str], Awaitable[Any]]
    end: Callable[[Login, str], Awaitable[Any]]
    throttle: Callable[[Login], Awaitable[Any]]
    listen: Callable[[Login, str, str, str], Awaitable[Any]]
    hidden: Callable[[State, str], bool] | None = None
    edits: bool = True
    settings: Mapping[str, Any] = field(default_factory=dict)
    needs_media: bool = False
    comment_call: str | None = None
