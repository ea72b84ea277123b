"""Each test has an account of its own in Naqel's twin, reached in-process."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from sandbox.app import create_app
from tests.providers.shipping.naqel.builders import naqel, new_account
from tests.support.carriers.parcels import SHIPMENT_ID
from workers.providers.shipping.naqel import NaqelConnector

URL = "http://sandbox/naqel"


@dataclass
class Account:
    """An account as a test uses it: the connector on one side, the controls on the other."""

    credentials: dict[str, str]
    http: httpx.AsyncClient
    connector: NaqelConnector

    async def advance(self, number: str, to: str | None = None) -> None:
        """Move a parcel on."""
        answer = await self.http.post(f"{URL}/_test/shipments/{number}/advance", json={"to": to})
        assert answer.status_code == 200, answer.text

    async def fault(self, kind: str, **details: Any) -> None:
        """Plan a fault for the next request that matches."""
        planned = await self.http.post("http://sandbox/_faults", json={"provider": "naqel", "kind": kind, **details})
        assert planned.status_code == 201, planned.text

    async def booked(self) -> list[dict[str, Any]]:
        """What the twin holds of our shipment."""
        query = {"provider": "naqel", "shipment_id": str(SHIPMENT_ID)}
        shipments: list[dict[str, Any]] = (await self.http.get("http://sandbox/_state", params=query)).json()[
            "shipments"
        ]
        return shipments

    def stranger(self, credentials: dict[str, str]) -> NaqelConnector:
        """Another account of the same twin."""
        return naqel(self.http._transport, credentials=credentials, base_url=URL)


@pytest.fixture
async def account() -> AsyncIterator[Account]:
    """A new sandbox, and an account in it."""
    transport = httpx.ASGITransport(create_app())
    credentials = new_account()
    async with httpx.AsyncClient(transport=transport) as http:
        yield Account(credentials, http, naqel(transport, credentials=credentials, base_url=URL))
