"""One call of LinkedIn's REST API, and how it is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.social.linkedin.bodies import page_of
from sandbox.social.linkedin.world import World

Object = dict[str, Any]
Answer = tuple[int, Any, dict[str, str]]
Handler = Callable[["Call"], Answer]
SOCIAL_SCOPES = ("r_organization_social", "r_member_social")
FEED_SCOPES = ("r_organization_social_feed", "r_member_social_feed")
WRITE_SCOPES = ("w_organization_social", "w_member_social")


@dataclass(frozen=True, slots=True)
class Call:
    """One call that may be made.

    :param base: where the twin lies, for addresses it gives out.
    """

    world: World
    scopes: tuple[str, ...]
    method: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    restli: str
    base: str

    def require(self, author: str, scopes: tuple[str, str], resource: str) -> None:
        """That the token and the role allow it. :param scopes: for a page, and for a person."""
        self.world.require(self.scopes, author, scopes[0], scopes[1], f"{resource}.20260701")


def ok(body: Any = None) -> Answer:
    """A good answer."""
    return 200, body, {}


def page(call: Call, items: list[Any]) -> Answer:
    """A page of a finder."""
    start, count = page_of(call.query)
    found = items[start : start + count]
    return ok({"elements": found, "paging": {"start": start, "count": count, "links": [], "total": len(items)}})
