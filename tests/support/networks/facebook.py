"""Facebook's twin, for the suites that run over every network."""

from typing import Any

from tests.support.networks import meta
from tests.support.networks.base import Login, Network, State

PAGE = "100000000000001"


def published(state: State) -> list[str]:
    """What people read."""
    return meta.texts(state["posts"], "message")


def files(state: State, text: str) -> list[str]:
    """The photos that a post shows."""
    (post,) = [each for each in state["posts"] if each["message"] == text]
    return list(post["media"])


def said(state: State) -> list[str]:
    """What is said below posts."""
    return meta.texts(state["comments"], "message")


def hidden(state: State, text: str) -> bool:
    """Whether a comment is hidden."""
    return any(each["hidden"] for each in state["comments"] if each["message"] == text)


async def comment(login: Login, post_id: str, text: str) -> None:
    """Somebody comments."""
    await login.control(f"posts/{post_id}/comments", message=text)


async def grow(login: Login, post_id: str) -> dict[str, Any]:
    """People see a post, and like it."""
    await login.control(f"posts/{post_id}/figures", views=40, reach=30, clicks=5, shares=2, reactions={"like": 3})
    return {"views": 40, "reach": 30, "clicks": 5, "shares": 2, "reactions": 3}


async def listen(login: Login, url: str, app_id: str, secret: str) -> None:
    """The app and the page have their news sent there."""
    await meta.hear(login, url, app_id, secret, about="page", fields="feed,leadgen")
    headers = {"Authorization": f"Bearer {login.token}"}
    address = f"{login.url}/{meta.VERSION}/{PAGE}"
    shown = await login.http.get(address, params={"fields": "access_token"}, headers=headers)
    await login.call(
        f"/{meta.VERSION}/{PAGE}/subscribed_apps", shown.json()["access_token"], {"subscribed_fields": "feed"}
    )


NETWORK = Network(
    key="facebook",
    account=meta.account,
    publish_call="POST /v*/*/feed",
    file_call="POST /v*/*/photos",
    published=published,
    files=files,
    said=said,
    hidden=hidden,
    account_id=PAGE,
    account_kind="page",
    accounts=frozenset({PAGE, "100000000000002"}),
    comment=comment,
    grow=grow,
    remove=meta.remove,
    end=meta.end,
    throttle=meta.throttle,
    listen=listen,
    comment_call="POST /v*/*/comments",
)
