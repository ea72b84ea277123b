"""The demo organization's carriers, twins in the sandbox, and where it ships from; made where they are missing."""

from collections.abc import Mapping
from typing import Final

from wasl import AsyncWasl, Party

from workers.commands.demo.accounts import SandboxAccount, connect

WAREHOUSE: Final[Party] = {
    "name": "Sara Khan",
    "company": "Demo Trading LLC",
    "phone": "+971501110001",
    "line1": "Warehouse 4, Al Quoz 3",
    "area": "Al Quoz",
    "city": "Dubai",
    "country": "AE",
}
CARRIERS: Final[Mapping[str, SandboxAccount]] = {
    "dhl_express": SandboxAccount(
        "DHL Express sandbox",
        {"api_key": "demo_trading_llc", "api_secret": "demo_trading_llc_dhl_secret"},
        {"account_number": "400000000"},
    ),
    "fedex": SandboxAccount(
        "FedEx sandbox",
        {"client_id": "demo_trading_llc", "client_secret": "demo_trading_llc_fedex_secret"},
        {"account_number": "700000000"},
    ),
}


async def seed_carriers(hub: AsyncWasl, organization_id: str) -> None:
    """Make the carriers' connections and the warehouse where they are missing. To do it again changes nothing."""
    for key, account in CARRIERS.items():
        await connect(hub, organization_id, key, account)
    locations = await hub.shipments.locations.list(organization_id=organization_id)
    if not any(location.is_default for location in locations):
        await hub.shipments.locations.set("Warehouse", WAREHOUSE, is_default=True, organization_id=organization_id)
