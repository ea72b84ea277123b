"""A worker's own small HTTP server: ``/healthz``, ``/readyz`` and ``/metrics``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from workers.monitoring.metrics import Metrics

Facts: TypeAlias = Mapping[str, Any]


def create_app(metrics: Metrics, *, unready_because: Callable[[], str | None], facts: Callable[[], Facts]) -> Starlette:
    """The application.

    :param unready_because: why the worker cannot take on work now; None when it can.
    :param facts: shown by ``/healthz``, which answers 200 as long as the process's event loop turns.
    """

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ok", **facts()})

    async def readyz(_: Request) -> Response:
        reason = unready_because()
        if reason is None:
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "not ready", "reason": reason}, 503)

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
