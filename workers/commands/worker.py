"""`wasl worker`: claims and carries out operations, checks connections' health, and leads when no other worker does."""

from __future__ import annotations

import typer

from workers.config import Settings, SettingsError

app = typer.Typer(add_completion=False)


@app.command()
def worker() -> None:
    """Carry out operations until told to stop (SIGTERM or Ctrl-C). Start as many as you need."""
    from psycopg_pool import PoolTimeout  # noqa: PLC0415 - `wasl --help` need not load the whole house

    from workers.logs import configure_logging  # noqa: PLC0415
    from workers.runtime import run_worker  # noqa: PLC0415
    from workers.store.restores import HubHeld  # noqa: PLC0415
    from workers.vault.errors import KeyringError  # noqa: PLC0415

    try:
        settings = Settings.read()
        configure_logging(settings.log_level, as_json=settings.log_json)
        run_worker(settings)
    except (SettingsError, KeyringError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    except HubHeld as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(3) from None
    except PoolTimeout:
        typer.echo("The database of WASL_DATABASE_URL does not answer.", err=True)
        raise typer.Exit(1) from None
