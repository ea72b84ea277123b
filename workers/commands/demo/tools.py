"""The demo organization's marketing tools, twins in the sandbox: connected, with leads kept alike with them."""

import asyncio
from collections.abc import Mapping
from typing import Final

from wasl import AsyncWasl, Connection

from workers.commands.demo.accounts import SandboxAccount, connect

AUDIENCE: Final = "a1b2c3d4e5"
"""What every account of the sandbox's Mailchimp has."""

TOOLS: Final[Mapping[str, SandboxAccount]] = {
    "mailchimp": SandboxAccount(
        "Mailchimp sandbox", {"access_token": "sandbox_demo_trading_llc-us21"}, {"audience_id": AUDIENCE}
    ),
    "hubspot": SandboxAccount("HubSpot sandbox", {"access_token": "sandbox_demo_trading_llc"}),
    "google_analytics": SandboxAccount(
        "Google Analytics sandbox", {"api_secret": "sandbox_demo_trading_llc"}, {"measurement_id": "G-WASL12345"}
    ),
}
_KEEP_CONTACTS: Final = ("mailchimp", "hubspot")


async def seed_tools(hub: AsyncWasl, organization_id: str) -> None:
    """Connect the tools, and have leads synchronized where that is not said yet. To do it again changes nothing."""
    made = await asyncio.gather(*(connect(hub, organization_id, key, account) for key, account in TOOLS.items()))
    synchronized = {each.connection_id for each in await hub.leads.syncs.list(organization_id=organization_id)}
    for connection in made:
        if _is_to_synchronize(connection) and connection.id not in synchronized:
            await hub.leads.syncs.set(connection.id, direction="both")


def _is_to_synchronize(connection: Connection) -> bool:
    return connection.provider_key in _KEEP_CONTACTS and connection.status != "disconnected"
