"""`wasl audit`: verify and export the audit log."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TextIO, TypeVar
from uuid import UUID

import psycopg
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from workers.compliance.audit import Report, as_csv_row, as_json_line, verify_export
from workers.compliance.audit import verify as verify_chain
from workers.config import Settings, SettingsError
from workers.store.audit import PostgresAuditLog
from workers.store.pool import SessionLimits, connect

T = TypeVar("T")

app = typer.Typer(help="The audit log: who changed what.", no_args_is_help=True)

Organization = Annotated[UUID | None, typer.Option("--organization", help="Only this one's log.")]


@app.command()
def verify(
    organization: Organization = None,
    known: Annotated[
        str | None,
        typer.Option(help="SEQUENCE:HASH of an earlier end, kept elsewhere: shows that no later line was cut off."),
    ] = None,
    export: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Check this export instead, without a hub.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check that no line was altered, removed or put in. The status is 1 when one was."""
    if known is not None and organization is None:
        raise typer.BadParameter("needs --organization", param_hint="--known")
    if export is not None:
        reports = {str(export): _verify_file(export)}
    else:
        reports = _run(lambda log: _verify(log, organization, known))
    if as_json:
        typer.echo(json.dumps({name: _facts(report) for name, report in reports.items()}, indent=2))
    for name, report in reports.items():
        if not as_json:
            typer.echo(f"{name}: {_sentence(report)}", err=not report.intact)
    if not all(report.intact for report in reports.values()):
        raise typer.Exit(1)


@app.command("export")
def export_(
    organization: Annotated[UUID, typer.Option(help="Whose log.")],
    to: Annotated[Path | None, typer.Option(help="A file; left out, standard output.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV instead of JSON lines.")] = False,
    since: Annotated[datetime | None, typer.Option(help="From then on, in UTC.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Before then, in UTC.")] = None,
) -> None:
    """Write the lines, the oldest first. JSON lines can be checked by `audit verify --export`, without a hub."""

    async def run(log: PostgresAuditLog) -> int:
        with to.open("w", encoding="utf-8", newline="") if to else _standard_output() as file:
            return await _write(log, file, organization, since=since, until=until, as_csv=as_csv)

    count = _run(run)
    Console(stderr=True).print(f"{count} lines.")


async def _write(
    log: PostgresAuditLog,
    file: TextIO,
    organization: UUID,
    *,
    since: datetime | None,
    until: datetime | None,
    as_csv: bool,
) -> int:
    if as_csv:
        file.write(as_csv_row(None) + "\n")
    count = 0
    async for line in log.lines(organization, since, until):
        file.write((as_csv_row(line) if as_csv else as_json_line(line)) + "\n")
        count += 1
    return count


class _standard_output:
    """Standard output, which stays open."""

    def __enter__(self) -> TextIO:
        return sys.stdout

    def __exit__(self, *_: object) -> None:
        sys.stdout.flush()


async def _verify(log: PostgresAuditLog, organization: UUID | None, known: str | None) -> dict[str, Report]:
    chains = await log.chains(organization)
    reports = {} if organization is None else {str(organization): Report(0, None, None)}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("lines", total=sum(chain.lines for chain in chains))
        for chain in chains:
            begun = bar.tasks[0].completed
            async for report in verify_chain(log, chain.organization_id):
                bar.update(task, completed=begun + report.lines)
                reports[str(chain.organization_id)] = report
    if known is not None:
        reports[str(organization)] = await _with_known(log, organization, known, reports[str(organization)])
    return reports


async def _with_known(log: PostgresAuditLog, organization: UUID | None, known: str, report: Report) -> Report:
    """The report, with a fault when the line that was known is not there as it was."""
    assert organization is not None
    sequence, _, digest = known.partition(":")
    if not sequence.isdigit() or len(digest) != 64:
        raise typer.BadParameter("is written like 120:9f86d0…, with the 64 digits of the hash", param_hint="--known")
    if not report.intact:
        return report
    found = await log.hash_of(organization, int(sequence))
    if found == digest:
        return report
    fault = "cut off" if found is None else "altered"
    return Report(report.lines, report.last_sequence, report.last_hash, int(sequence), fault)


def _verify_file(path: Path) -> Report:
    try:
        with path.open(encoding="utf-8") as lines:
            return verify_export(lines)
    except ValueError as error:
        typer.echo(f"{path}: {error}", err=True)
        raise typer.Exit(1) from None


def _facts(report: Report) -> dict[str, Any]:
    return {
        "intact": report.intact,
        "lines": report.lines,
        "first_broken_sequence": report.first_broken_sequence,
        "fault": report.fault,
        "last_sequence": report.last_sequence,
        "last_hash": report.last_hash,
    }


def _sentence(report: Report) -> str:
    if report.intact:
        return f"{report.lines} lines are whole; the last is {report.last_sequence}:{report.last_hash}"
    told = {
        "missing": "a line before it is missing",
        "altered": "it was altered",
        "unbound": "it is not bound to the line before",
        "cut off": "it was there once, and is no more",
    }
    return f"broken at line {report.first_broken_sequence}: {told[report.fault or '']}"


def _run(work: Callable[[PostgresAuditLog], Coroutine[Any, Any, T]]) -> T:
    async def run() -> T:
        url = Settings.read().database_url.get_secret_value()
        patient = SessionLimits(statement_seconds=300.0)
        async with await connect(url, application_name="wasl audit", limits=patient) as connection:
            return await work(PostgresAuditLog(connection))

    try:
        return asyncio.run(run())
    except SettingsError as error:
        message = str(error)
    except psycopg.Error as error:
        message = f"the database: {str(error).strip()}"
    typer.echo(message, err=True)
    raise typer.Exit(1)
