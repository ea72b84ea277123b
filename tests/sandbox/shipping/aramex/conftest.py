"""Each test has an account of its own in Aramex's twin."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.providers.shipping.aramex.builders import aramex
from tests.support.carriers.aramex import CARRIER
from workers.providers.shipping.aramex import AramexConnector
from workers.providers.shipping.models import ExistingShipment, ShipmentRequest, ShipmentResult


@dataclass
class Account:
    """An account as a test uses it: the connector on one side, the controls on the other."""

    url: str
    credentials: dict[str, str]
    http: httpx.AsyncClient
    connector: AramexConnector

    async def advance(self, number: str, step: str) -> None:
        """Move a parcel on."""
        await CARRIER.advance(self.http, f"{self.url}/aramex", self.credentials, number, step)

    async def fault(self, kind: str, **details: Any) -> None:
        """Plan a fault for the twin's next request that matches."""
        planned = await self.http.post(f"{self.url}/_faults", json={"provider": "aramex", "kind": kind, **details})
        assert planned.status_code == 201, planned.text

    async def state(self, shipment_id: object) -> dict[str, Any]:
        """What the twin holds of one of our shipments."""
        query = {"provider": "aramex", "shipment_id": str(shipment_id)}
        found: dict[str, Any] = (await self.http.get(f"{self.url}/_state", params=query)).json()
        return found


def existing(request: ShipmentRequest, made: ShipmentResult) -> ExistingShipment:
    """What later calls say of a shipment."""
    return ExistingShipment(
        shipment_id=request.shipment_id, tracking_number=made.tracking_number, provider_data=made.provider_data
    )


@pytest.fixture
async def account(sandbox_url: str, http: httpx.AsyncClient) -> AsyncIterator[Account]:
    """A new account; faults that a test planned and did not use are forgotten after it."""
    credentials = CARRIER.account()
    transport = httpx.AsyncHTTPTransport(verify=False)
    async with aramex(transport, credentials=credentials, base_url=f"{sandbox_url}/aramex") as connector:
        yield Account(sandbox_url, credentials, http, connector)
    await http.delete(f"{sandbox_url}/_faults")
