"""The demo organization's carriers, twins in the sandbox, and where it ships from; made where they are missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from wasl import AsyncWasl, Party


@dataclass(frozen=True)
class CarrierAccount:
    """An account at a carrier's twin, which takes any credentials."""

    name: str
    account_number: str
    credentials: Mapping[str, str]


WAREHOUSE: Final[Party] = {
    "name": "Sara Khan",
    "company": "Demo Trading LLC",
    "phone": "+971501110001",
    "line1": "Warehouse 4, Al Quoz 3",
    "area": "Al Quoz",
    "city": "Dubai",
    "country": "AE",
}
CARRIERS: Final[Mapping[str, CarrierAccount]] = {
    "dhl_express": CarrierAccount(
        "DHL Express sandbox",
        "400000000",
        {"api_key": "demo_trading_llc", "api_secret": "demo_trading_llc_dhl_secret"},
    ),
    "fedex": CarrierAccount(
        "FedEx sandbox",
        "700000000",
        {"client_id": "demo_trading_llc", "client_secret": "demo_trading_llc_fedex_secret"},
    ),
}


async def seed_carriers(hub: AsyncWasl, organization_id: str) -> None:
    """Make the carriers' connections and the warehouse where they are missing. To do it again changes nothing."""
    for key, account in CARRIERS.items():
        await _connect(hub, organization_id, key, account)
    locations = await hub.shipments.locations.list(organization_id=organization_id)
    if not any(location.is_default for location in locations):
        await hub.shipments.locations.set("Warehouse", WAREHOUSE, is_default=True, organization_id=organization_id)


async def _connect(hub: AsyncWasl, organization_id: str, key: str, account: CarrierAccount) -> None:
    """One carrier. What is cut off stays cut off; what was interrupted before it had credentials gets them."""
    async for connection in hub.connections.list(provider=key, organization_id=organization_id):
        if connection.name == account.name:
            break
    else:
        settings = {"account_number": account.account_number}
        connection = await hub.connections.create(
            key, name=account.name, settings=settings, organization_id=organization_id
        )
    if connection.status == "pending":
        await hub.connections.set_credentials(connection.id, dict(account.credentials))
