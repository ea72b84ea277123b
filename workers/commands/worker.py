"""`wasl worker`: claims and carries out operations, checks connections' health, and leads when no other worker does."""

from __future__ import annotations

import typer

from workers.config import Settings, SettingsError
from workers.logs import configure_logging

app = typer.Typer(add_completion=False)


@app.command()
def worker() -> None:
    """Carry out operations until told to stop (SIGTERM or Ctrl-C). Start as many as you need."""
    from workers.runtime import run_worker  # noqa: PLC0415 - `wasl --help` need not load the whole house

    try:
        settings = Settings.read()
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    configure_logging(settings.log_level, as_json=settings.log_json)
    raise typer.Exit(run_worker(settings))
