"""The demo organization's accounts at providers' twins in the sandbox, which take any credentials; connected once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wasl import AsyncWasl, Connection


@dataclass(frozen=True)
class SandboxAccount:
    """An account at a twin.

    Attributes:
        name: of its connection.
    """

    name: str
    credentials: Mapping[str, str] = field(repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict)


async def connect(hub: AsyncWasl, organization_id: str, key: str, account: SandboxAccount) -> Connection:
    """Return an account's connection, made where it is missing.

    What is cut off stays cut off; what was interrupted before it had credentials gets them.
    """
    connection: Connection | None = None
    async for each in hub.connections.list(provider=key, organization_id=organization_id):
        if each.name == account.name:
            connection = each
    if connection is None:
        connection = await hub.connections.create(
            key, name=account.name, settings=account.settings, organization_id=organization_id
        )
    if connection.status != "pending":
        return connection
    await hub.connections.set_credentials(connection.id, account.credentials)
    return await hub.connections.get(connection.id)
