"""Mailchimp, for the suites that run over every marketing tool."""

from tests.providers.marketing.mailchimp.builders import AUDIENCE, new_key
from tests.support.tools.base import State, Tool


def account() -> dict[str, str]:
    """An API key that nobody has used."""
    return {"access_token": new_key()}


def kept(state: State) -> list[str]:
    """The addresses of all contacts."""
    return list(state["contacts"])


TOOL = Tool(
    key="mailchimp",
    account=account,
    kept=kept,
    upsert_call="PUT /lists/*/members/*",
    settings={"audience_id": AUDIENCE},
)
