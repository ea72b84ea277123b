"""The ingress as a server: its parts put together, and uvicorn around them."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import httpx
import structlog
import uvicorn

from workers.networks import Network
from workers.providers.certificates import Certificates
from workers.store.ingress import PostgresIngress
from workers.store.pool import Pool
from workers.store.webhooks import PostgresWebhooks
from workers.vault.credentials import CredentialVault
from workers.webhooks.callers import Callers
from workers.webhooks.counters import EndpointCounters
from workers.webhooks.endpoints import Endpoints
from workers.webhooks.ingress import Ingress
from workers.webhooks.keeping import Keeper
from workers.webhooks.metrics import IngressMetrics
from workers.webhooks.rates import EndpointRates
from workers.webhooks.requests import RequestLog

_log = structlog.get_logger(__name__)
_KEEP_ALIVE_SECONDS: Final = 75
"""Longer than the 60 seconds after which load balancers usually drop an idle connection."""


@asynccontextmanager
async def open_ingress(
    pool: Pool,
    vault: CredentialVault,
    *,
    sandbox_url: str | None = None,
    trusted_proxies: Sequence[Network] = (),
    metrics: IngressMetrics | None = None,
    remember_seconds: float = 5.0,
) -> AsyncIterator[Ingress]:
    """The application, at work for the length of an ``async with`` block.

    :param sandbox_url: where connections in the sandbox find their providers.
    :param trusted_proxies: whose word is taken on where requests come from.
    :param remember_seconds: for how long an endpoint is not looked up again.
    """
    store, ingress_store = PostgresWebhooks(pool), PostgresIngress(pool)
    metrics = metrics or IngressMetrics()
    async with httpx.AsyncHTTPTransport() as transport:
        app = Ingress(
            Endpoints(store, vault, remember_seconds=remember_seconds),
            Keeper(store, metrics),
            EndpointRates(ingress_store),
            EndpointCounters(store),
            RequestLog(ingress_store),
            Callers(trusted_proxies),
            Certificates(transport, sandbox_url=sandbox_url),
            metrics,
        )
        async with app.running():
            yield app


async def serve(app: Callable[..., Awaitable[None]], host: str, port: int, *, grace_seconds: float) -> None:
    """Serve until SIGTERM or SIGINT; deliveries that have begun by then are answered first.

    :param grace_seconds: how long they have.
    :raises SystemExit: the address cannot be listened at.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=max(1, round(grace_seconds)),
    )
    _log.info("webhooks are taken in", host=host, port=port)
    await _Server(config).serve()


class _Server(uvicorn.Server):
    """Ends when told to, and leaves the process to its owner: uvicorn itself would raise the signal once more."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        told = (signal.SIGTERM, signal.SIGINT)
        for each in told:
            loop.add_signal_handler(each, self.handle_exit, each, None)
        try:
            yield
        finally:
            for each in told:
                loop.remove_signal_handler(each)
