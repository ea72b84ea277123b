"""`wasl keys`: make, list, replace and retire the keys that credentials are sealed to."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Annotated, Any, TypeVar
from uuid import UUID

import psycopg
import typer
from psycopg_pool import PoolTimeout
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Column, Table

from workers.config import Settings, SettingsError
from workers.store.alerts import PostgresAlerts
from workers.store.credentials import PostgresCredentials
from workers.store.pool import Pool, connect, open_pool
from workers.vault.errors import VaultError
from workers.vault.keyring import LocalKeyring, is_inline, keyring_file
from workers.vault.keyring_document import KeyringDocument, KeyringEntry
from workers.vault.keyring_file import KeyringFile
from workers.vault.keys import KeyStatus, list_keys, new_key
from workers.vault.keys import retire_key as retire_registered_key
from workers.vault.rotation import RotationProgress
from workers.vault.rotation import rotate as reseal_everything

T = TypeVar("T")

app = typer.Typer(help="The keys that credentials are sealed to.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def new(
    organization: Annotated[UUID | None, typer.Option(help="Whose key; left out, the hub's own.")] = None,
    stage: Annotated[
        bool,
        typer.Option("--stage", help="Only put it into the keyring; run `keys new` again when all workers have that."),
    ] = False,
) -> None:
    """Make a key and let clients seal to it from now on; the former key opens what it sealed until it is retired."""

    async def run(settings: Settings) -> KeyringEntry:
        async with _registry(settings) as registry:
            return await new_key(_file(settings), registry, organization_id=organization, stage=stage)

    entry = _run(run)
    if stage:
        typer.echo(f"{entry.id} is in the keyring, and not registered yet: `wasl keys new` does that.")
    else:
        typer.echo(f"{entry.id} is the active key. `wasl keys rotate` seals everything to it.")


@app.command()
def ensure() -> None:
    """Make the hub's first key, unless there is one already that the keyring can open."""

    async def run(settings: Settings) -> KeyringEntry:
        async with _registry(settings) as registry:
            return await new_key(_file(settings), registry, only_if_missing=True)

    typer.echo(f"{_run(run).id} is the active key.")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Show every key, how much is sealed to it, and whether the keyring can open it."""

    async def run(settings: Settings) -> list[KeyStatus]:
        async with _registry(settings) as registry:
            return await list_keys(_document(settings), registry)

    statuses = _run(run)
    if as_json:
        typer.echo(json.dumps([asdict(status) for status in statuses], default=str, indent=2))
    else:
        Console().print(_table(statuses))
    if any(status.keyring == "forged" or (status.keyring != "present" and status.credentials) for status in statuses):
        typer.echo("A key is forged, or credentials are sealed to a key that the keyring lacks.", err=True)
        raise typer.Exit(1)


@app.command()
def rotate(
    batch_size: Annotated[int, typer.Option(min=1, max=5000, help="Credentials a transaction.")] = 200,
    as_json: AsJson = False,
) -> None:
    """Seal every credential anew to the active key while work goes on; interrupted, it is simply run again."""
    result = _run(lambda settings: _rotate(settings, batch_size))
    if as_json:
        failed = {str(credential_id): reason for credential_id, reason in result.failed.items()}
        typer.echo(json.dumps({"resealed": result.resealed, "remaining": result.remaining, "failed": failed}))
    else:
        typer.echo(f"{result.resealed} credentials sealed anew, {result.remaining} remain.")
        for credential_id, reason in result.failed.items():
            typer.echo(f"credential {credential_id}: {reason}", err=True)
    if result.remaining:
        raise typer.Exit(1)


@app.command()
def retire(
    key_id: Annotated[str, typer.Argument(help="As `wasl keys list` shows it.")],
    destroy: Annotated[bool, typer.Option("--destroy", help="Erase the private key: older backups need it.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Retire a key that nothing is sealed to any more."""
    if destroy and not yes:
        typer.confirm(f"Erase the private key {key_id}? What older backups hold sealed to it is lost", abort=True)

    async def run(settings: Settings) -> None:
        async with _registry(settings) as registry:
            await retire_registered_key(_file(settings), registry, key_id, destroy=destroy)

    _run(run)
    typer.echo(f"{key_id} is retired{' and destroyed' if destroy else ''}.")


async def _rotate(settings: Settings, batch_size: int) -> RotationProgress:
    keyring = LocalKeyring.from_setting(settings.keyring.get_secret_value())
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("credentials"), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("rotate", total=None)
        async with _pool(settings) as pool:
            result = RotationProgress(0, 0, 0, {})
            for store in (PostgresCredentials(pool), PostgresAlerts(pool)):
                before = result
                async for progress in reseal_everything(keyring, store, batch_size=batch_size):
                    result = _together(before, progress)
                    bar.update(task, completed=result.resealed, total=result.resealed + result.remaining)
    return result


def _together(first: RotationProgress, second: RotationProgress) -> RotationProgress:
    return RotationProgress(
        first.total + second.total,
        first.resealed + second.resealed,
        first.remaining + second.remaining,
        {**first.failed, **second.failed},
    )


@asynccontextmanager
async def _registry(settings: Settings) -> AsyncIterator[PostgresCredentials]:
    async with _pool(settings) as pool:
        yield PostgresCredentials(pool)


@asynccontextmanager
async def _pool(settings: Settings) -> AsyncIterator[Pool]:
    database_url = settings.database_url.get_secret_value()
    # One plain connection first: a refusal then says why, where a pool could only say that it waited.
    await (await connect(database_url, application_name="wasl keys")).close()
    async with open_pool(database_url, application_name="wasl keys", max_size=2) as pool:
        yield pool


def _file(settings: Settings) -> KeyringFile:
    return keyring_file(settings.keyring.get_secret_value())


def _document(settings: Settings) -> KeyringDocument:
    setting = settings.keyring.get_secret_value()
    return KeyringDocument.parse(setting, "WASL_KEYRING") if is_inline(setting) else _file(settings).read_or_empty()


def _run(work: Callable[[Settings], Coroutine[Any, Any, T]]) -> T:
    try:
        return asyncio.run(work(Settings.read()))
    except (SettingsError, VaultError) as error:
        message = str(error)
    except (psycopg.Error, PoolTimeout) as error:
        message = f"the database: {str(error).strip()}"
    typer.echo(message, err=True)
    raise typer.Exit(1)


def _table(statuses: list[KeyStatus]) -> Table:
    table = Table(Column("key", no_wrap=True), "state", "of", "created", "credentials", "keyring")
    for status in statuses:
        owner = "the hub" if status.organization_id is None else str(status.organization_id)
        created = f"{status.created_at:%Y-%m-%d}"
        table.add_row(status.id, status.state, owner, created, str(status.credentials), status.keyring)
    return table
