"""`wasl ingress`: takes webhooks in. Run as many as you need; they share nothing but the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from starlette.types import Receive, Scope, Send

from workers.config import Settings, SettingsError
from workers.logs import configure_logging

if TYPE_CHECKING:
    from workers.runtime import Runtime
    from workers.webhooks.metrics import IngressMetrics

app = typer.Typer(add_completion=False)


@app.command()
def ingress(
    host: Annotated[str | None, typer.Option(help="The address to listen at (WASL_INGRESS_HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen at (WASL_INGRESS_PORT).")] = None,
) -> None:
    """Take webhooks at /functions/v1/webhooks/{token}, and hand out files, until told to stop (SIGTERM or Ctrl-C)."""
    import uvloop  # noqa: PLC0415 - `wasl --help` need not load the whole house
    from psycopg_pool import PoolTimeout  # noqa: PLC0415

    from workers.runtime import calm_garbage_collector  # noqa: PLC0415
    from workers.vault.errors import KeyringError  # noqa: PLC0415

    given = {"ingress_host": host, "ingress_port": port}
    try:
        settings = Settings.read(**{name: value for name, value in given.items() if value is not None})
        configure_logging(settings.log_level, as_json=settings.log_json)
        calm_garbage_collector()
        uvloop.run(_serve(settings))
    except (SettingsError, KeyringError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    except PoolTimeout:
        typer.echo("The database of WASL_DATABASE_URL does not answer.", err=True)
        raise typer.Exit(1) from None


async def _serve(settings: Settings) -> None:
    from workers.runtime import open_runtime  # noqa: PLC0415
    from workers.webhooks.metrics import IngressMetrics  # noqa: PLC0415
    from workers.webhooks.server import open_ingress, serve  # noqa: PLC0415

    metrics = IngressMetrics()
    async with (
        open_runtime(settings, name="wasl ingress") as runtime,
        open_ingress(
            runtime.pool,
            runtime.vault,
            sandbox_url=settings.sandbox_url,
            trusted_proxies=settings.proxies,
            metrics=metrics,
        ) as app,
        _probes(runtime, metrics),
    ):
        await serve(
            _with_files(app, settings),
            settings.ingress_host,
            settings.ingress_port,
            grace_seconds=settings.shutdown_grace_seconds,
        )


@asynccontextmanager
async def _probes(runtime: Runtime, metrics: IngressMetrics) -> AsyncIterator[None]:
    """Serve probes and metrics beside the ingress, if a port is set for them."""
    from workers.monitoring import server  # noqa: PLC0415
    from workers.monitoring.readiness import database_checks, keyring_check  # noqa: PLC0415
    from workers.store.readiness import PostgresReadiness  # noqa: PLC0415

    settings = runtime.settings
    if settings.metrics_port is None:
        yield
        return
    store = PostgresReadiness(runtime.pool)
    checks = database_checks(store) | {"keyring": keyring_check(store, settings.keyring.get_secret_value())}
    pulse = server.Pulse(metrics.loop_lag_seconds.set)
    app = server.create_app(metrics, checks=checks, facts=dict, pulse=pulse)
    serving = server.serve(app, settings.metrics_host, settings.metrics_port)
    helpers = [asyncio.create_task(pulse.run()), asyncio.create_task(serving)]
    try:
        yield
    finally:
        for helper in helpers:
            helper.cancel()
        await asyncio.wait(helpers)


def _with_files(app: Callable[..., Awaitable[None]], settings: Settings) -> Callable[..., Awaitable[None]]:
    """The application, which also hands out files where they are in a folder."""
    from workers.objects.opening import open_folder  # noqa: PLC0415
    from workers.objects.server import FileServer  # noqa: PLC0415

    if settings.files in (None, "supabase"):
        return app
    files = FileServer(open_folder(settings))

    async def both(scope: Scope, receive: Receive, send: Send) -> None:
        await (files if FileServer.serves(scope["path"]) else app)(scope, receive, send)

    return both
