"""LinkedIn's twin, for the suites that run over every network."""

import uuid

from tests.support.networks.base import Network, State


def account() -> dict[str, str]:
    """A pasted token of a new login."""
    return {"access_token": f"sandbox_{uuid.uuid4().hex}"}


def published(state: State) -> list[str]:
    """What people read."""
    return [post["text"] for post in state["posts"]]


NETWORK = Network(
    key="linkedin",
    account=account,
    publish_call="POST /rest/posts",
    published=published,
    account_id="urn:li:organization:5005",
    account_kind="organization",
    comment_call="POST /rest/socialActions/*/comments",
)
