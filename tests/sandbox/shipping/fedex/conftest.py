"""Each test a FedEx account of its own in the sandbox."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.support.carriers.fedex import CARRIER
from workers.providers.registry import open_connector
from workers.providers.shipping.fedex import FedExConnector
from workers.providers.shipping.models import ExistingShipment, ShipmentRequest, ShipmentResult, TrackingResult


@dataclass
class Account:
    """An account as a test uses it: the connector on one side, the controls on the other."""

    url: str
    credentials: dict[str, str]
    http: httpx.AsyncClient
    connector: FedExConnector

    def connection(self, **credentials: str) -> FedExConnector:
        """Another connection to the same account."""
        opened = open_connector(
            "fedex",
            credentials={**self.credentials, **credentials},
            settings=CARRIER.settings,
            base_url=f"{self.url}/fedex",
            transport=httpx.AsyncHTTPTransport(verify=False),
        )
        assert isinstance(opened, FedExConnector)
        return opened

    async def test(self, path: str, **body: Any) -> None:
        """What people and time do."""
        body = {"client_id": self.credentials["client_id"], **body}
        answer = await self.http.post(f"{self.url}/fedex/_test{path}", json=body)
        assert answer.status_code == 200, answer.text

    async def advance(self, number: str, step: str) -> None:
        """The parcel goes on."""
        await CARRIER.advance(self.http, f"{self.url}/fedex", self.credentials, number, step)

    async def stands(self, shipment: ExistingShipment) -> TrackingResult:
        """How it stands, as FedEx tells it."""
        (result,) = await self.connector.track_shipments([shipment])
        return result

    async def fault(self, kind: str, **details: Any) -> None:
        """Plan a fault for the twin's next request that matches."""
        planned = await self.http.post(f"{self.url}/_faults", json={"provider": "fedex", "kind": kind, **details})
        assert planned.status_code == 201, planned.text

    async def state(self, shipment_id: object) -> dict[str, Any]:
        """What the twin holds of a shipment of Wasl's."""
        query = {"provider": "fedex", "shipment_id": str(shipment_id)}
        held: dict[str, Any] = (await self.http.get(f"{self.url}/_state", params=query)).json()
        return held


def existing(request: ShipmentRequest, made: ShipmentResult) -> ExistingShipment:
    """A shipment that was made, as later calls name it."""
    return ExistingShipment(
        shipment_id=request.shipment_id, tracking_number=made.tracking_number, provider_data=made.provider_data
    )


@pytest.fixture
async def fedex(sandbox_url: str, http: httpx.AsyncClient) -> AsyncIterator[Account]:
    """A new account; faults that a test planned and did not use are forgotten after it."""
    credentials = CARRIER.account()
    opened = open_connector(
        "fedex",
        credentials=credentials,
        settings=CARRIER.settings,
        base_url=f"{sandbox_url}/fedex",
        transport=httpx.AsyncHTTPTransport(verify=False),
    )
    assert isinstance(opened, FedExConnector)
    async with opened:
        yield Account(sandbox_url, credentials, http, opened)
    await http.delete(f"{sandbox_url}/_faults")
