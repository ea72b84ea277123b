"""Instagram's twin, for the suites that run over every network."""

import uuid

from tests.support.networks.base import Network, State


def account() -> dict[str, str]:
    """A pasted token of a new login."""
    return {"access_token": f"sandbox_{uuid.uuid4().hex}"}


def published(state: State) -> list[str]:
    """What people read."""
    return [post["caption"] for post in state["posts"]]


NETWORK = Network(
    key="instagram",
    account=account,
    publish_call="POST /v*/*/media_publish",
    published=published,
    account_id="17841400000000001",
    account_kind="business",
    needs_media=True,
    comment_call="POST /v*/*/comments",
)
