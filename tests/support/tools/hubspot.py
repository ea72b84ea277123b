"""HubSpot, with a private app's token."""

from tests.providers.marketing.hubspot.builders import new_token
from tests.support.tools.base import State, Tool


def account() -> dict[str, str]:
    return {"access_token": new_token()}


def kept(state: State) -> list[str]:
    return sorted(email for portal in state["portals"].values() for email in portal["contacts"])


TOOL = Tool(key="hubspot", account=account, kept=kept, upsert_call="POST /crm/v3/objects/contacts/batch/upsert")
