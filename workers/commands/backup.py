"""`wasl backup`: take, list, check and restore backups of the hub or of one organization. See docs/backup.md."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from workers.compliance.backup.archive import Contents, Manifest
from workers.compliance.backup.catalog import open_session
from workers.compliance.backup.create import Report, Step, create_backup
from workers.compliance.backup.errors import BackupError
from workers.compliance.backup.keys import BackupKey, RecoveryKey
from workers.compliance.backup.read import Archive
from workers.compliance.backup.read import verify as verify_archive
from workers.compliance.backup.restore import restore as restore_archive
from workers.compliance.backup.resume import resume as resume_restored
from workers.compliance.backup.retention import Keep, expired
from workers.compliance.backup.store import BackupStore
from workers.store.pool import Connection

T = TypeVar("T")

app = typer.Typer(help="Backups of the hub or of one organization.", no_args_is_help=True)

StoreUrl = Annotated[
    str, typer.Option("--store", envvar="WASL_BACKUP_URL", help="Where they are: a folder, or s3://bucket/prefix.")
]
Owner = Annotated[
    str,
    typer.Option("--database-url", envvar="WASL_ADMIN_DATABASE_URL", help="Logs in as the hub's owner, postgres."),
]
RecoveryKeyText = Annotated[
    str,
    typer.Option(envvar="WASL_RECOVERY_KEY", prompt=True, hide_input=True, help="Of `new-key`; asked for if not set."),
]
BackupId = Annotated[str, typer.Argument(help="As `wasl backup list` shows it, or: latest.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("new-key")
def new_key(as_json: AsJson = False) -> None:
    """Make a key pair. The recovery key is shown this once: write it down and keep it away from the hub."""
    recovery = RecoveryKey.generate()
    keys = {"WASL_BACKUP_KEY": recovery.backup_key.dump(), "recovery_key": recovery.dump()}
    if as_json:
        typer.echo(json.dumps(keys))
        return
    typer.echo(f"WASL_BACKUP_KEY={keys['WASL_BACKUP_KEY']}")
    typer.echo("\nThe recovery key opens every backup. It is stored nowhere; without it they are lost:", err=True)
    typer.echo(keys["recovery_key"])


@app.command()
def create(
    store: StoreUrl,
    backup_key: Annotated[str, typer.Option(envvar="WASL_BACKUP_KEY", help="Of `wasl backup new-key`.")],
    database_url: Annotated[
        str, typer.Option(envvar="WASL_BACKUP_DATABASE_URL", help="Logs in as wasl_backup, or as postgres.")
    ],
    organization: Annotated[UUID | None, typer.Option(help="Whose; left out, the whole hub.")] = None,
    as_json: AsJson = False,
) -> None:
    """Take a backup now."""

    async def run(report: Report) -> Manifest:
        key = BackupKey.parse(backup_key)
        async with _session(database_url) as connection:
            return await create_backup(
                connection, BackupStore.open(store), key, organization_id=organization, report=report
            )

    with _progress("backing up") as report:
        manifest = _run(run(report))
    _tell(_facts(manifest), f"{manifest.id}: {manifest.data_bytes:,} bytes.", as_json)


@app.command("list")
def list_(store: StoreUrl, as_json: AsJson = False) -> None:
    """Show the backups of a store, the newest first."""
    manifests = _run(_list(store))
    if as_json:
        typer.echo(json.dumps([_facts(manifest) for manifest in manifests], indent=2))
        return
    for manifest in manifests:
        typer.echo(f"{manifest.id}  {manifest.data_bytes:,} bytes, sealed to {manifest.key_id}")


@app.command()
def verify(backup_id: BackupId, store: StoreUrl, recovery_key: RecoveryKeyText, as_json: AsJson = False) -> None:
    """Read a whole backup and check every byte of it; no database is needed."""

    async def run(report: Report) -> tuple[Manifest, Contents]:
        archive = await _open(store, backup_id, recovery_key)
        await verify_archive(archive, report)
        return archive.manifest, archive.contents

    with _progress("verifying") as report:
        manifest, contents = _run(run(report))
    tables = {table.name: table.rows for table in contents.tables}
    facts = _facts(manifest) | {"intact": True, "tables": tables, "rows": contents.rows}
    _tell(facts, f"{manifest.id} is intact: {contents.rows:,} rows in {len(tables)} tables.", as_json)


@app.command()
def restore(
    backup_id: BackupId, store: StoreUrl, recovery_key: RecoveryKeyText, database_url: Owner, as_json: AsJson = False
) -> None:
    """Restore into an empty hub, or an organization into one that does not have it. Jobs are held until `resume`."""

    async def run(report: Report) -> dict[str, Any]:
        archive = await _open(store, backup_id, recovery_key)
        async with _session(database_url) as connection:
            restored = await restore_archive(connection, archive, report)
        return _facts(archive.manifest) | {"rows": restored.rows, "tables": restored.tables, "notes": restored.notes}

    with _progress("restoring") as report:
        facts = _run(run(report))
    whose = "" if facts["organization_id"] is None else f" --organization {facts['organization_id']}"
    _tell(
        facts,
        "\n".join([f"{facts['id']} is restored: {facts['rows']:,} rows in {facts['tables']} tables.", *facts["notes"]])
        + f"\nIts jobs are held. Once nothing else works with its accounts at providers: wasl backup resume{whose}",
        as_json,
    )


@app.command()
def resume(
    database_url: Owner,
    organization: Annotated[UUID | None, typer.Option(help="Whose; left out, the whole hub's.")] = None,
    as_json: AsJson = False,
) -> None:
    """Let go on what was restored: jobs and, of an organization, connections. Outward jobs are asked about first."""

    async def run() -> dict[str, Any]:
        async with _session(database_url) as connection:
            resumed = await resume_restored(connection, organization)
        return {"id": resumed.backup_id, "jobs": resumed.jobs, "connections": resumed.connections}

    facts = _run(run())
    _tell(facts, f"{facts['id']} goes on: {facts['jobs']} jobs, {facts['connections']} connections.", as_json)


@app.command()
def prune(
    store: StoreUrl,
    daily: Annotated[int, typer.Option(envvar="WASL_BACKUP_KEEP_DAILY", min=1)] = 7,
    weekly: Annotated[int, typer.Option(envvar="WASL_BACKUP_KEEP_WEEKLY", min=0)] = 5,
    monthly: Annotated[int, typer.Option(envvar="WASL_BACKUP_KEEP_MONTHLY", min=0)] = 12,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove backups of the hub beyond the newest of so many days, weeks and months, and what was never finished."""

    async def run() -> list[str]:
        backups = BackupStore.open(store)
        old = [manifest.id for manifest in expired(await backups.manifests(), Keep(daily, weekly, monthly))]
        if not dry_run:
            for backup_id in old:
                await backups.remove(backup_id)
            old += await backups.remove_unfinished(datetime.now(UTC))
        return old

    removed = _run(run())
    _tell({"removed": removed, "dry_run": dry_run}, "\n".join(removed) or "Nothing to remove.", as_json)


async def _list(store_url: str) -> list[Manifest]:
    return await BackupStore.open(store_url).manifests()


async def _open(store_url: str, backup_id: str, recovery_key: str) -> Archive:
    recovery, store = RecoveryKey.parse(recovery_key), BackupStore.open(store_url)
    if backup_id == "latest":
        found = [manifest for manifest in await store.manifests() if manifest.organization_id is None]
        if not found:
            raise BackupError("There is no backup of the hub in that store.")
        backup_id = found[0].id
    return await Archive.open(store, backup_id, recovery)


@asynccontextmanager
async def _session(database_url: str) -> AsyncIterator[Connection]:
    async with await open_session(database_url) as connection:
        yield connection


@contextmanager
def _progress(what: str) -> Iterator[Report]:
    """A bar on the standard error stream, where it is a terminal."""
    columns = (
        TextColumn(what),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[table]} {task.fields[rows]:,}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None, table="", rows=0)

        def report(step: Step) -> None:
            bar.update(task, completed=step.done, total=step.total, table=step.table, rows=step.rows)

        yield report


def _facts(manifest: Manifest) -> dict[str, Any]:
    return manifest.model_dump(mode="json", include={"id", "taken_at", "organization_id", "key_id", "data_bytes"})


def _tell(facts: dict[str, Any], text: str, as_json: bool) -> None:
    typer.echo(json.dumps(facts) if as_json else text)


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except BackupError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
