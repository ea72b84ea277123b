"""What the twins of Meta's networks have in common."""

import uuid
from typing import Any

from tests.support.networks.base import Login

VERSION = "v25.0"


def account() -> dict[str, str]:
    """A pasted token of a new login."""
    return {"access_token": f"sandbox_{uuid.uuid4().hex}"}


async def remove(login: Login, account_id: str) -> None:
    """The login may not work with an account any more."""
    await login.control(f"accounts/{account_id}/remove")


async def end(login: Login, how: str) -> None:
    """Access ends."""
    await login.control(f"tokens/{how}", login=login.name or login.token)


async def throttle(login: Login) -> None:
    """The next call is refused with 400, and with a code; a header says for how many minutes: here, six seconds."""
    await login.control("throttle", times=1, code=4, minutes=0.1)


async def hear(login: Login, url: str, app_id: str, secret: str, *, about: str, fields: str) -> None:
    """The app has its webhooks sent to an address."""
    body = {"object": about, "callback_url": url, "fields": fields}
    await login.call(f"/{VERSION}/{app_id}/subscriptions", f"{app_id}|{secret}", body)


def texts(nodes: list[dict[str, Any]], name: str) -> list[str]:
    """A field of each."""
    return [str(each[name]) for each in nodes]
