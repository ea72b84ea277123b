"""A carrier's twin in this process, and the real connector at the other end of the wire."""

import time
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from sandbox.app import create_app
from tests.support.carriers.base import Carrier
from tests.support.carriers.parcels import domestic
from workers.providers.registry import open_connector
from workers.providers.shipping.models import ExistingShipment, ShipmentRequest, ShipmentResult
from workers.transport import CallContext, CallInfo, CallRecord, InMemoryRecorder, Outcome

URL = "http://sandbox.test"


class Recorded(httpx.AsyncBaseTransport):
    """Keeps what the hub would keep of every call."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.requests: list[httpx.Request] = []
        self.recorder = InMemoryRecorder()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        response = await self.inner.handle_async_request(request)
        body = await response.aread()
        context = CallContext(uuid.uuid4(), uuid.uuid4(), request.extensions["wasl"]["provider"])
        info = CallInfo.of(request)
        record = CallRecord(context, info, 1, time.time(), 1.0, Outcome.OK, request, await request.aread())
        record.status, record.response_headers, record.response_body = response.status_code, response.headers, body
        self.recorder.record(record)
        return httpx.Response(response.status_code, headers=response.headers, content=body, request=request)

    @property
    def kept(self) -> str:
        """Everything that was recorded."""
        return repr(list(self.recorder.rows))


@dataclass
class Bench:
    """One new account of a carrier's."""

    carrier: Carrier
    connector: Any
    wire: Recorded
    http: httpx.AsyncClient
    credentials: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where the twin is."""
        return f"{URL}/{self.carrier.key}"

    @property
    def lines(self) -> list[str]:
        """Method and path of every call the connector made, without the carrier's key."""
        paths = [f"{each.method} {each.url.path.removeprefix(f'/{self.carrier.key}')}" for each in self.wire.requests]
        return [line for line in paths if "token" not in line.lower()]

    async def fault(self, kind: str, call: str | None = None, **details: Any) -> None:
        """Plan a fault for the twin's next call, or its next that matches, such as ``POST /orders``."""
        method, _, path = (call or "").partition(" ")
        match = {"match": {"method": method, "path": path}} if call else {}
        body = {"provider": self.carrier.key, "kind": kind, **match, **details}
        planned = await self.http.post("/_faults", json=body)
        assert planned.status_code == 201, planned.text

    async def advance(self, shipment: ShipmentResult | str, to: str) -> None:
        """Move a parcel on, which may be named by its tracking number."""
        number = shipment if isinstance(shipment, str) else shipment.tracking_number
        await self.carrier.advance(self.http, self.url, self.credentials, number, to)

    async def state(self, request: ShipmentRequest) -> dict[str, Any]:
        """What the twin holds of a shipment."""
        query = {"provider": self.carrier.key, "shipment_id": str(request.shipment_id)}
        found: dict[str, Any] = (await self.http.get("/_state", params=query)).json()
        return found

    async def booked(self) -> list[dict[str, Any]]:
        """What the twin holds of the one shipment that tests make."""
        shipments: list[dict[str, Any]] = (await self.state(domestic()))["shipments"]
        return shipments

    def stranger(self, **credentials: str) -> Any:
        """A connection to the same twin with other credentials, in part or all of them."""
        return open_connector(
            self.carrier.key,
            credentials={**self.credentials, **credentials},
            settings=self.carrier.settings,
            base_url=self.url,
            transport=self.wire.inner,
        )

    async def bought(self, request: ShipmentRequest) -> int:
        """How often a shipment was bought."""
        return self.carrier.bought(await self.state(request))


@asynccontextmanager
async def bench(carrier: Carrier, **settings: Any) -> AsyncIterator[Bench]:
    """A new account at a new twin, and a connector to it."""
    wire = Recorded(httpx.ASGITransport(create_app(httpx.MockTransport(lambda _: httpx.Response(200)))))
    credentials = carrier.account()
    connector = open_connector(
        carrier.key,
        credentials=credentials,
        settings={**carrier.settings, **settings},
        base_url=f"{URL}/{carrier.key}",
        transport=wire,
    )
    async with httpx.AsyncClient(transport=wire.inner, base_url=URL) as http:
        yield Bench(carrier, connector, wire, http, credentials)


def existing(request: ShipmentRequest, made: ShipmentResult) -> ExistingShipment:
    """A shipment as later requests name it."""
    return ExistingShipment(
        shipment_id=request.shipment_id,
        tracking_number=made.tracking_number,
        provider_shipment_id=made.provider_shipment_id,
        provider_data=made.provider_data,
        reference=request.reference,
    )
