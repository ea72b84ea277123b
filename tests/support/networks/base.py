"""What a suite that runs over every social network has to know of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

State = dict[str, Any]
"""What the sandbox's ``GET /_state?provider=…`` shows of a twin."""


@dataclass(frozen=True, slots=True)
class Network:
    """One social network and its twin in the sandbox.

    Calls are written as method and path pattern below ``/{key}``, such as ``POST /rest/posts``.

    :param account: credentials of a new login of the twin, with a pasted token.
    :param publish_call: the request that publishes a post.
    :param published: the texts of the posts that the twin holds, as people see them.
    :param account_id: of an account that every login has, with its ``account_kind``.
    :param needs_media: whether a post needs a picture or a film.
    :param comment_call: the request that writes a comment, if any.
    """

    key: str
    account: Callable[[], dict[str, str]]
    publish_call: str
    published: Callable[[State], list[str]]
    account_id: str
    account_kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    needs_media: bool = False
    comment_call: str | None = None
