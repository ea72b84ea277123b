"""The demo organization's social networks, twins in the sandbox: connected, with an account of each to post to."""

import asyncio
from collections.abc import Mapping
from typing import Final

from wasl import AsyncWasl, SocialAccount

from workers.commands.demo.accounts import SandboxAccount, connect

_TOKEN: Final = "sandbox_demo_trading_llc"  # noqa: S105 -- the twins make a login of any such name
_LIST_SECONDS: Final = 60.0
NETWORKS: Final[Mapping[str, SandboxAccount]] = {
    "facebook": SandboxAccount("Facebook sandbox", {"access_token": _TOKEN}),
    "instagram": SandboxAccount("Instagram sandbox", {"access_token": _TOKEN}),
    "linkedin": SandboxAccount("LinkedIn sandbox", {"access_token": _TOKEN}),
}


async def seed_networks(hub: AsyncWasl, organization_id: str) -> None:
    """Connect the networks and choose an account of each where none is known yet. To do it again changes nothing."""
    await asyncio.gather(*(_seed(hub, organization_id, key, account) for key, account in NETWORKS.items()))


async def _seed(hub: AsyncWasl, organization_id: str, key: str, account: SandboxAccount) -> None:
    connection = await connect(hub, organization_id, key, account)
    if connection.status != "active" or await _listed(hub, connection.id):
        return
    await hub.accounts.refresh(connection.id, wait=_LIST_SECONDS)
    found = [each for each in await _listed(hub, connection.id) if each.can_publish]
    if found:
        await hub.accounts.choose(connection.id, [min(found, key=_preference).id])


async def _listed(hub: AsyncWasl, connection_id: object) -> list[SocialAccount]:
    return [each async for each in hub.accounts.list(connection_id=str(connection_id))]


def _preference(account: SocialAccount) -> tuple[bool, str]:
    """The company's before a person's."""
    return account.kind == "member", account.provider_account_id
