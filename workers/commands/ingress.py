"""`wasl ingress`: takes webhooks in. Run as many as you need; they share nothing but the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

import typer
from starlette.types import Receive, Scope, Send

from workers.config import Settings, SettingsError
from workers.logs import configure_logging

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
    from workers.webhooks.server import open_ingress, serve, serve_metrics  # noqa: PLC0415

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
    ):
        if settings.metrics_port is not None:
            serve_metrics(metrics, settings.metrics_host, settings.metrics_port)
        await serve(
            _with_files(app, settings),
            settings.ingress_host,
            settings.ingress_port,
            grace_seconds=settings.shutdown_grace_seconds,
        )


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
