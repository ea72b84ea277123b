"""`wasl audit`: the chain verified at the hub and far from it, and exported."""

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import UUID

import httpx
import psycopg
import pytest
from typer.testing import CliRunner, Result

from stack import Stack
from tests.support.callers import Database, Row, Workspace, add_providers, new_workspace, remove_providers
from workers.commands.audit import app
from workers.compliance.audit import Report, as_csv_row, verify, verify_export
from workers.store.audit import PostgresAuditLog

Wasl = Callable[..., Awaitable[Result]]
NAMES = ["=Danger()", "Zwei", "Drei"]


@pytest.fixture(scope="module")
async def providers(database: Database) -> AsyncIterator[None]:
    """Providers of the tests' own."""
    await add_providers(database)
    yield
    await remove_providers(database)


@pytest.fixture
async def workspace(stack: Stack, http: httpx.AsyncClient, database: Database, providers: None) -> Workspace:
    """An organization with five lines."""
    made = await new_workspace(stack, http, database)
    for name in NAMES:
        await made.connection(name=name, active=False)
    await made.owner.call("create_api_key", organization_id=made.id, name="Key", scopes=["*"])
    return made


@pytest.fixture
def wasl(stack: Stack) -> Wasl:
    """Runs `wasl audit` with the workers' own login; in a thread, for the command has an event loop of its own."""

    async def run(*arguments: str) -> Result:
        environment = {"WASL_DATABASE_URL": stack.worker_database_url, "COLUMNS": "200"}
        return await asyncio.to_thread(lambda: CliRunner().invoke(app, arguments, env=environment))

    return run


async def test_a_whole_chain_is_said_to_be_and_its_end_can_be_kept(wasl: Wasl, workspace: Workspace) -> None:
    checked = await wasl("verify", "--organization", workspace.id, "--json")

    report = json.loads(checked.stdout)[workspace.id]
    assert (checked.exit_code, report["intact"], report["lines"]) == (0, True, 5)
    end = f"{report['last_sequence']}:{report['last_hash']}"
    await workspace.connection(name="Later", active=False)
    again = await wasl("verify", "--organization", workspace.id, "--known", end)
    assert (again.exit_code, "6 lines are whole" in again.stdout) == (0, True)


async def test_the_first_broken_link_is_named(wasl: Wasl, workspace: Workspace, database: Database) -> None:
    alter = "update audit_log set target_id = 'x' where organization_id = %s and sequence in (3, 4)"
    await database.execute(alter, [workspace.id])

    checked = await wasl("verify", "--organization", workspace.id)

    assert checked.exit_code == 1
    assert f"{workspace.id}: broken at line 3: it was altered" in checked.stderr


async def test_an_end_that_was_cut_off_shows_to_whoever_kept_it(
    wasl: Wasl, workspace: Workspace, database: Database
) -> None:
    report = json.loads((await wasl("verify", "--organization", workspace.id, "--json")).stdout)[workspace.id]
    await database.execute("delete from audit_log where organization_id = %s and sequence >= 4", [workspace.id])

    assert (await wasl("verify", "--organization", workspace.id)).exit_code == 0, "the chain itself cannot tell"
    checked = await wasl("verify", "--organization", workspace.id, "--known", f"5:{report['last_hash']}")

    assert (checked.exit_code, "it was there once, and is no more" in checked.stderr) == (1, True)


async def test_all_organizations_are_checked_in_batches_that_are_bound_to_one_another(
    stack: Stack, workspace: Workspace, database: Database
) -> None:
    async with await psycopg.AsyncConnection.connect(stack.worker_database_url, autocommit=True) as connection:
        log = PostgresAuditLog(connection)
        whole = [report async for report in verify(log, workspace_id(workspace), batch=2)]
        cut = "delete from audit_log where organization_id = %s and sequence = 3"
        await database.execute(cut, [workspace.id])
        broken = [report async for report in verify(log, workspace_id(workspace), batch=2)]

    assert [(report.lines, report.fault) for report in whole] == [(2, None), (4, None), (5, None)]
    assert [(report.lines, report.first_broken_sequence, report.fault) for report in broken] == [
        (2, None, None),
        (4, 4, "missing"),
    ]


def workspace_id(workspace: Workspace) -> UUID:
    return UUID(workspace.id)


@pytest.fixture
async def export(wasl: Wasl, workspace: Workspace, tmp_path: Path) -> Path:
    """The organization's lines in a file."""
    path = tmp_path / "audit.jsonl"
    written = await wasl("export", "--organization", workspace.id, "--to", str(path))
    assert (written.exit_code, written.stderr) == (0, "5 lines.\n")
    return path


async def test_an_export_is_verified_without_the_hub(wasl: Wasl, export: Path) -> None:
    lines = [json.loads(line) for line in export.read_text().splitlines()]
    assert [line["sequence"] for line in lines] == [1, 2, 3, 4, 5]
    assert (lines[1]["action"], lines[1]["remote_address"]) == ("connection.created", "127.0.0.1")
    checked = await wasl("verify", "--export", str(export))
    assert (checked.exit_code, f"5:{lines[-1]['hash']}" in checked.stdout) == (0, True)


def altered(export: Path, change: Callable[[list[Row]], object]) -> Report:
    lines = [json.loads(line) for line in export.read_text().splitlines()]
    change(lines)
    return verify_export(json.dumps(line) for line in lines)


@pytest.mark.parametrize(
    ("change", "sequence", "fault"),
    [
        (lambda lines: lines.pop(2), 4, "missing"),
        (lambda lines: lines[2].update(actor_id="somebody"), 3, "altered"),
        (lambda lines: lines[2].update(content=lines[2]["content"].replace("connection", "connexion")), 3, "altered"),
        (lambda lines: lines[3].update(previous_hash="00" * 32), 4, "altered"),
        (lambda lines: lines[1].update(user_agent="x"), 2, "altered"),
    ],
    ids=["removed", "shown", "content", "link", "agent"],
)
async def test_an_export_that_was_tampered_with_shows(
    export: Path, change: Callable[[list[Row]], object], sequence: int, fault: str
) -> None:
    report = altered(export, change)
    assert (report.first_broken_sequence, report.fault) == (sequence, fault)


async def test_what_is_no_export_is_said_to_be_none(wasl: Wasl, tmp_path: Path) -> None:
    path = tmp_path / "other.jsonl"
    path.write_text('{"a": 1}\n')
    checked = await wasl("verify", "--export", str(path))
    assert (checked.exit_code, "line 1 is none of an audit log's export" in checked.stderr) == (1, True)


async def test_csv_is_for_spreadsheets_and_runs_no_formula_there(wasl: Wasl, workspace: Workspace) -> None:
    written = await wasl("export", "--organization", workspace.id, "--csv")

    rows = list(csv.DictReader(io.StringIO(written.stdout)))
    assert [row["sequence"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert json.loads(rows[1]["detail"])["name"] == "=Danger()"
    assert not [value for row in rows for value in row.values() if value.startswith(("=", "+", "-", "@"))]


def test_a_cell_that_begins_like_a_formula_is_quoted() -> None:
    columns = as_csv_row(None).split(",")
    row = dict.fromkeys(columns) | {"user_agent": "=cmd()"}
    assert next(csv.reader([as_csv_row(row)]))[columns.index("user_agent")] == "'=cmd()"


async def test_a_time_cuts_out_what_is_asked_for(wasl: Wasl, workspace: Workspace) -> None:
    await workspace.database.execute(
        "update audit_log set occurred_at = '2026-01-02' where organization_id = %s and sequence = 2", [workspace.id]
    )
    written = await wasl("export", "--organization", workspace.id, "--until", "2026-02-01")
    assert [json.loads(line)["sequence"] for line in written.stdout.splitlines()] == [2]
