"""`wasl privacy`: retention by hand, the record of processing, and the keys of data subjects beside the backups."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID

import psycopg
import typer
from psycopg_pool import PoolTimeout
from rich.console import Console
from rich.table import Table

from workers.compliance.retention import Retention
from workers.config import Settings, SettingsError
from workers.store.pool import SessionLimits, connect, open_pool
from workers.store.privacy import PostgresPrivacy, open_requests
from workers.store.subject_keys import keep_keys as write_keys
from workers.store.subject_keys import restore_keys

T = TypeVar("T")

app = typer.Typer(help="Personal data: retention, requests, keys.", no_args_is_help=True)

AdminUrl = Annotated[
    str, typer.Option(envvar="WASL_ADMIN_DATABASE_URL", help="Logs in as postgres.", show_default=False)
]
_PATIENT = SessionLimits(statement_seconds=600.0, idle_in_transaction_seconds=600.0)


@app.command()
def requests(
    organization: Annotated[UUID | None, typer.Option(help="Only this one's.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what people asked and is not answered yet, what is due first. The status is 1 when something is overdue."""

    async def run(settings: Settings) -> list[dict[str, Any]]:
        url = settings.database_url.get_secret_value()
        async with await connect(url, application_name="wasl privacy") as connection:
            return await open_requests(connection, organization)

    found = _run(lambda: run(Settings.read()))
    if as_json:
        typer.echo(json.dumps(found, default=str, indent=2))
    else:
        table = Table("request", "organization", "kind", "status", "due", "left for a person")
        for each in found:
            columns = ("id", "organization_id", "kind", "status")
            table.add_row(*(str(each[name]) for name in columns), f"{each['due_at']:%Y-%m-%d}", str(each["by_person"]))
        Console().print(table)
    if any(each["overdue"] for each in found):
        raise typer.Exit(1)


@app.command()
def expire() -> None:
    """Erase now what is older than it is kept, as the leading worker does every few hours."""

    async def run(settings: Settings) -> None:
        url = settings.database_url.get_secret_value()
        async with open_pool(url, application_name="wasl privacy", max_size=2) as pool:
            await Retention(PostgresPrivacy(pool)).run()

    _run(lambda: run(Settings.read()))
    typer.echo("Nothing is left that is older than it is kept.")


@app.command("keep-keys")
def keep_keys(
    to: Annotated[Path, typer.Option(help="A file apart from the backups of the database; it replaces the last one.")],
    admin_database_url: AdminUrl,
) -> None:
    """Write the keys of data subjects, and who was erased, to a file: with every backup, which leaves them out."""

    async def run() -> int:
        async with await connect(admin_database_url, application_name="wasl privacy", limits=_PATIENT) as connection:
            return await write_keys(connection, to)

    typer.echo(f"{_run(run)} lines in {to}. Whoever has this file and a backup can read what is sealed.")


@app.command("after-restore")
def after_restore(
    from_: Annotated[Path, typer.Option("--from", exists=True, dir_okay=False, help="As keep-keys wrote it last.")],
    admin_database_url: AdminUrl,
) -> None:
    """Once a backup has been restored: take the keys back, and erase anew whoever has been erased since."""

    async def run() -> int:
        async with await connect(admin_database_url, application_name="wasl privacy", limits=_PATIENT) as connection:
            return await restore_keys(connection, from_)

    typer.echo(f"The keys are back; the workers have {_run(run)} erasures to carry out anew.")


def _run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    try:
        return asyncio.run(work())
    except (SettingsError, ValueError, OSError) as error:
        message = str(error)
    except (psycopg.Error, PoolTimeout) as error:
        message = f"the database: {str(error).strip()}"
    typer.echo(message, err=True)
    raise typer.Exit(1)
