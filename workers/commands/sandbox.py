"""`wasl sandbox`: play the providers locally."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command()
def sandbox(
    port: Annotated[
        int, typer.Option(envvar="WASL_SANDBOX_PORT", min=0, max=65535, help="On 127.0.0.1; 0 takes a free one.")
    ] = 8090,
) -> None:
    """Play the providers on 127.0.0.1 until told to stop: stateful, with signed webhooks and faults on demand."""
    try:
        asyncio.run(_serve(port))
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        typer.echo(f"The sandbox cannot listen on port {port}: {reason}.", err=True)
        raise typer.Exit(1) from None


async def _serve(port: int) -> None:
    from sandbox.app import create_app  # noqa: PLC0415 - `wasl --help` need not load the providers
    from sandbox.server import serving  # noqa: PLC0415

    stopping = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stopping.set)
    async with serving(create_app(), port) as url:
        typer.echo(f"The sandbox plays the providers at {url}/<provider key>.")
        await stopping.wait()
