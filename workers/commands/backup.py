"""`wasl backup`: take, list, check and restore backups of the hub or of one organization. See docs/backup.md."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from workers.compliance.backup.archive import Contents, KeysHead, Manifest
from workers.compliance.backup.catalog import open_session
from workers.compliance.backup.create import create_backup
from workers.compliance.backup.errors import BackupError, WrongKey
from workers.compliance.backup.kept_keys import KeptKeys, keys_name, read_heads
from workers.compliance.backup.keys import BackupKey, RecoveryKey
from workers.compliance.backup.progress import Report, Step
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
KeysRecoveryKeyText = Annotated[
    str | None,
    typer.Option(
        envvar="WASL_KEYS_RECOVERY_KEY", help="Of the file of keys, where the backup is sealed to an older one."
    ),
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

    async def run(report: Report) -> dict[str, Any]:
        key, backups = BackupKey.parse(backup_key), BackupStore.open(store)
        async with _session(database_url) as connection:
            manifest = await create_backup(connection, backups, key, organization_id=organization, report=report)
        return _facts_with_keys(manifest, await read_heads(backups))

    with _progress("backing up") as report:
        facts = _run(run(report))
    _tell(facts, f"{facts['id']}: {facts['data_bytes']:,} bytes.", as_json)


@app.command("list")
def list_(store: StoreUrl, as_json: AsJson = False) -> None:
    """Show the backups of a store, the newest first, and of when the keys beside them are."""

    async def run() -> tuple[list[Manifest], dict[str, KeysHead]]:
        backups = BackupStore.open(store)
        return await backups.manifests(), await read_heads(backups)

    manifests, heads = _run(run())
    if as_json:
        typer.echo(json.dumps([_facts_with_keys(manifest, heads) for manifest in manifests], indent=2))
        return
    for manifest in manifests:
        typer.echo(f"{manifest.id}  {manifest.data_bytes:,} bytes, sealed to {manifest.key_id}")
    for name, head in heads.items():
        typer.echo(f"{name}  of {head.taken_at:%Y-%m-%d %H:%M:%S} UTC, sealed to {head.key_id}")


@app.command()
def verify(
    backup_id: BackupId,
    store: StoreUrl,
    recovery_key: RecoveryKeyText,
    keys_recovery_key: KeysRecoveryKeyText = None,
    as_json: AsJson = False,
) -> None:
    """Read a whole backup, and the keys beside it, and check every byte; no database is needed."""

    async def run(report: Report) -> tuple[Manifest, Contents, KeptKeys | None]:
        archive = await _open(store, backup_id, recovery_key)
        await verify_archive(archive, report)
        keys = await _open_keys(store, archive.manifest, keys_recovery_key or recovery_key)
        if keys is not None:
            await keys.verify()
        return archive.manifest, archive.contents, keys

    with _progress("verifying") as report:
        manifest, contents, keys = _run(run(report))
    tables = {table.name: table.rows for table in contents.tables}
    facts = _facts(manifest) | {"intact": True, "tables": tables, "rows": contents.rows}
    facts["keys"] = None if keys is None else {"taken_at": keys.head.taken_at.isoformat(), "lines": keys.lines}
    beside = (
        f"There is no {keys_name(manifest.organization_id)} beside it: nothing opens what its records say of people."
        if keys is None
        else f"So are the keys of {keys.head.taken_at:%Y-%m-%d %H:%M:%S} UTC: {keys.lines:,} lines."
    )
    _tell(facts, f"{manifest.id} is intact: {contents.rows:,} rows in {len(tables)} tables.\n{beside}", as_json)


@app.command()
def restore(
    backup_id: BackupId,
    store: StoreUrl,
    recovery_key: RecoveryKeyText,
    database_url: Owner,
    keys_recovery_key: KeysRecoveryKeyText = None,
    without_keys: Annotated[
        bool, typer.Option("--without-keys", help="Leave the keys beside the backup; `wasl privacy` takes others.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Restore into an empty hub, or an organization into one that does not have it. Jobs are held until `resume`."""

    async def run(report: Report) -> dict[str, Any]:
        archive = await _open(store, backup_id, recovery_key)
        keys = None
        if not without_keys:
            keys = await _open_keys(store, archive.manifest, keys_recovery_key or recovery_key)
        async with _session(database_url) as connection:
            restored = await restore_archive(connection, archive, report, keys=keys)
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


async def _open(store_url: str, backup_id: str, recovery_key: str) -> Archive:
    recovery, store = RecoveryKey.parse(recovery_key), BackupStore.open(store_url)
    if backup_id == "latest":
        found = [manifest for manifest in await store.manifests() if manifest.organization_id is None]
        if not found:
            raise BackupError("There is no backup of the hub in that store.")
        backup_id = found[0].id
    return await Archive.open(store, backup_id, recovery)


async def _open_keys(store_url: str, manifest: Manifest, recovery_key: str) -> KeptKeys | None:
    try:
        return await KeptKeys.open(
            BackupStore.open(store_url), manifest.organization_id, RecoveryKey.parse(recovery_key)
        )
    except WrongKey as error:
        raise WrongKey(f"{error} --keys-recovery-key takes that of the keys; restore does --without-keys.") from None


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


def _facts_with_keys(manifest: Manifest, heads: Mapping[str, KeysHead]) -> dict[str, Any]:
    """What is known of a backup, and of when the keys are that it would be restored with."""
    head = heads.get(keys_name(manifest.organization_id)) or heads.get(keys_name(None))
    return _facts(manifest) | {"keys_taken_at": None if head is None else head.taken_at.isoformat()}


def _tell(facts: dict[str, Any], text: str, as_json: bool) -> None:
    typer.echo(json.dumps(facts) if as_json else text)


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except BackupError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
