"""LinkedIn's twin, for the suites that run over every network."""

import json
import re
import uuid
from typing import Any

from tests.support.networks.base import Login, Network, State

PAGE = "urn:li:organization:5005"


def account() -> dict[str, str]:
    """A pasted token of a new login."""
    return {"access_token": f"sandbox_{uuid.uuid4().hex}"}


def published(state: State) -> list[str]:
    """What people read."""
    return [post["text"] for post in state["posts"]]


def files(state: State, text: str) -> list[str]:
    """The pictures that a post shows."""
    (post,) = [each for each in state["posts"] if each["text"] == text]
    return re.findall(r"urn:li:image:[\w-]+", json.dumps(post["content"]))


def said(state: State) -> list[str]:
    """What is said below posts."""
    return [comment["text"] for post in state["posts"] for comment in post["comments"]]


async def comment(login: Login, post_id: str, text: str) -> None:
    """Somebody comments."""
    await login.control("comment", post=post_id, text=text)


async def grow(login: Login, post_id: str) -> dict[str, Any]:
    """People see a post, and like it."""
    await login.control("grow", post=post_id, impressions=40, uniques=30, clicks=5, shares=2, reactions={"LIKE": 3})
    return {"views": 40, "reach": 30, "clicks": 5, "shares": 2, "reactions": 3}


async def remove(login: Login, account_id: str) -> None:
    """The login has no role on a page any more."""
    await login.control("organization", id=int(account_id.rpartition(":")[2]), remove=True)


async def end(login: Login, how: str) -> None:
    """Access ends."""
    await login.control("token", do=how)


async def throttle(login: Login) -> None:
    """The next call is refused for a quota of the day, of which only words tell."""
    await login.control("throttle", times=1)


async def listen(login: Login, url: str, app_id: str, secret: str) -> None:
    """The page's news is sent there."""
    await login.control("webhook", url=url, secret=secret)


NETWORK = Network(
    key="linkedin",
    account=account,
    publish_call="POST /rest/posts",
    file_call="POST /rest/images",
    published=published,
    files=files,
    said=said,
    account_id=PAGE,
    account_kind="organization",
    accounts=frozenset({PAGE, "urn:li:organization:5006"}),
    comment=comment,
    grow=grow,
    remove=remove,
    end=end,
    throttle=throttle,
    listen=listen,
    comment_call="POST /rest/socialActions/*/comments",
)
