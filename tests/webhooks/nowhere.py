"""An ingress without a database, to be attacked by the thousand."""

import asyncio
import hashlib
import uuid
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from workers.providers.certificates import Certificates
from workers.store.webhooks import EndpointRow, NewEvent
from workers.transport.rate_limit import Grant
from workers.webhooks.callers import Callers
from workers.webhooks.counters import EndpointCounters
from workers.webhooks.endpoints import Endpoints
from workers.webhooks.ingress import Ingress
from workers.webhooks.keeping import Keeper
from workers.webhooks.metrics import IngressMetrics
from workers.webhooks.rates import EndpointRates
from workers.webhooks.requests import RequestLog

TOKEN = "wh_" + "t" * 43
SECRET = "whsec_of_the_endpoint"
Headers = list[tuple[bytes, bytes]]


class Nowhere:
    """Stands for the database and the vault: one endpoint, and every event that was kept."""

    def __init__(self) -> None:
        self.kept: list[NewEvent] = []
        self.noted: list[Mapping[str, Any]] = []
        self.takes = 0
        self.grant = Grant(0, 60.0, 1.0)
        self.fault: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        token_hash = hashlib.sha256(TOKEN.encode()).digest()
        ids = (uuid.uuid4(), uuid.uuid4(), uuid.uuid4())
        self.row = EndpointRow(token_hash, *ids, "stripe", "sandbox", {}, 1, False, 4096, 300, False, [], [])

    async def find_endpoints(self, token_hashes: Collection[bytes]) -> Mapping[bytes, EndpointRow]:
        if self.fault:
            raise self.fault
        return {self.row.token_hash: self.row} if self.row.token_hash in token_hashes else {}

    async def open(self, connection_id: uuid.UUID, version: int) -> dict[str, str]:
        return {"webhook_secret": SECRET}

    async def keep_events(self, events: Any) -> set[uuid.UUID]:
        await self.gate.wait()
        self.kept += events
        return {event.id for event in events}

    async def count_deliveries(self, counts: Any) -> None:
        pass

    async def take_tokens(self, wanted: Mapping[uuid.UUID, int]) -> Mapping[uuid.UUID, Grant]:
        self.takes += 1
        return dict.fromkeys(wanted, self.grant)

    async def note_requests(self, requests: Any) -> None:
        self.noted += requests

    @asynccontextmanager
    async def ingress(self, **limits: Any) -> AsyncIterator[Ingress]:
        """The application in front of this."""
        metrics = IngressMetrics()
        endpoints = Endpoints(self, self)  # type: ignore[arg-type]
        certificates = Certificates(httpx.MockTransport(lambda _: httpx.Response(503)))
        app = Ingress(
            endpoints,
            Keeper(self, metrics),
            EndpointRates(self),
            EndpointCounters(self),
            RequestLog(self),
            Callers(),
            certificates,
            metrics,
            **limits,
        )
        async with app.running():
            yield app

    async def answer(self, method: str, path: str, query: bytes, headers: Headers, body: bytes) -> int:
        """The status that a request is answered with by an application of its own."""
        async with self.ingress() as app:
            pieces: list[dict[str, Any]] = [
                {"type": "http.request", "body": body[:7], "more_body": True},
                {"type": "http.request", "body": body[7:]},
            ]
            return await ask(app, method, path, query, headers, pieces)


async def ask(
    app: Ingress, method: str, path: str, query: bytes, headers: Headers, pieces: list[dict[str, Any]]
) -> int:
    """Send one request, whose body comes in pieces and then no more; returns the status, 0 for no answer."""
    sent: list[Any] = []

    async def receive() -> Any:
        if not pieces:
            await asyncio.Event().wait()
        return pieces.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": headers}
    await app(scope, receive, send)
    return int(sent[0]["status"]) if sent else 0
