"""Facebook's twin, for the suites that run over every network."""

import uuid

from tests.support.networks.base import Network, State


def account() -> dict[str, str]:
    """A pasted token of a new login."""
    return {"access_token": f"sandbox_{uuid.uuid4().hex}"}


def published(state: State) -> list[str]:
    """What people read."""
    return [post["message"] for post in state["posts"]]


NETWORK = Network(
    key="facebook",
    account=account,
    publish_call="POST /v*/*/feed",
    published=published,
    account_id="100000000000001",
    account_kind="page",
    comment_call="POST /v*/*/comments",
)
