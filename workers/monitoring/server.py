"""A process's own small HTTP server: ``/healthz``, ``/readyz`` and ``/metrics``."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, Protocol, TypeAlias

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from workers.monitoring.readiness import OK, Check, look

Facts: TypeAlias = Mapping[str, Any]
_STUCK_SECONDS: Final = 10.0


class Rendered(Protocol):
    """Metrics in Prometheus' text format."""

    def render(self) -> bytes: ...


class Pulse:
    """Tells how late the event loop runs: a task of its own beats, and each beat that comes late is remembered.

    :param lag: told of the lateness, in seconds.
    """

    def __init__(self, lag: Callable[[float], None], *, every_seconds: float = 0.5) -> None:
        self._lag = lag
        self._every_seconds = every_seconds
        self._beat_at = time.monotonic()

    @property
    def silent_seconds(self) -> float:
        """How long ago the last beat was."""
        return time.monotonic() - self._beat_at

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            began = time.monotonic()
            await asyncio.sleep(self._every_seconds)
            self._beat_at = time.monotonic()
            self._lag(max(0.0, self._beat_at - began - self._every_seconds))


def create_app(
    metrics: Rendered, *, checks: Mapping[str, Check], facts: Callable[[], Facts], pulse: Pulse
) -> Starlette:
    """The application.

    :param checks: what has to be well for ``/readyz`` to answer 200; each is shown, and 503 tells of any that fails.
    :param facts: shown by ``/healthz``.
    :param pulse: while it beats, ``/healthz`` answers 200. A loop that is stuck for good answers nothing at all, which
        a probe's own timeout finds out.
    """

    async def healthz(_: Request) -> Response:
        alive = pulse.silent_seconds < _STUCK_SECONDS
        return JSONResponse({"status": "ok" if alive else "stuck", **facts()}, 200 if alive else 503)

    async def readyz(_: Request) -> Response:
        found = await look(checks)
        ready = all(said == OK for said in found.values())
        return JSONResponse({"status": "ready" if ready else "not ready", "checks": found}, 200 if ready else 503)

    async def show_metrics(_: Request) -> Response:
        return Response(metrics.render(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", show_metrics)])


async def serve(app: Starlette, host: str, port: int) -> None:
    """Serve until cancelled.

    :raises SystemExit: the address cannot be listened at.
    """
    config = uvicorn.Config(
        app, host=host, port=port, ws="none", lifespan="off", access_log=False, log_config=None, server_header=False
    )
    await _Server(config).serve()


class _Server(uvicorn.Server):
    """Leaves signals to the worker, whose part it is."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield
