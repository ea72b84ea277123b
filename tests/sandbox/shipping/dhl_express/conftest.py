"""Each test has an account of its own in DHL Express's twin."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.providers.shipping.dhl_express.builders import dhl, new_key
from tests.support.carriers.dhl_express import CARRIER
from workers.providers.shipping.dhl_express import DHLExpressConnector


@dataclass
class Account:
    """An account as a test uses it: the connector on one side, the controls on the other."""

    url: str
    keys: dict[str, str]
    http: httpx.AsyncClient
    connector: DHLExpressConnector

    async def advance(self, tracking_number: str, step: str) -> None:
        """Move a parcel on."""
        await CARRIER.advance(self.http, f"{self.url}/dhl_express", self.keys, tracking_number, step)

    async def fault(self, kind: str, **details: Any) -> None:
        """Plan a fault for the twin's next request that matches."""
        planned = await self.http.post(f"{self.url}/_faults", json={"provider": "dhl_express", "kind": kind, **details})
        assert planned.status_code == 201, planned.text

    async def bought(self, shipment_id: object) -> int:
        """How many labels there are for one shipment of ours."""
        query = {"provider": "dhl_express", "shipment_id": str(shipment_id)}
        return len((await self.http.get(f"{self.url}/_state", params=query)).json()["shipments"])

    async def post(self, path: str, body: Any) -> httpx.Response:
        """POST to the twin with the account's keys."""
        pair = (self.keys["api_key"], self.keys["api_secret"])
        return await self.http.post(f"{self.url}/dhl_express{path}", json=body, auth=pair)


@pytest.fixture
async def account(sandbox_url: str, http: httpx.AsyncClient) -> AsyncIterator[Account]:
    """A new account; faults that a test planned and did not use are forgotten after it."""
    keys = new_key()
    transport = httpx.AsyncHTTPTransport(verify=False)
    async with dhl(transport, credentials=keys, base_url=f"{sandbox_url}/dhl_express") as connector:
        yield Account(sandbox_url, keys, http, connector)
    await http.delete(f"{sandbox_url}/_faults")
