"""`wasl sdk`: make the generated parts of the SDK again. For those who change the schema or the SDK."""

import asyncio
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Annotated

import psycopg
import typer

from stack import Stack, StackError
from stack.toolchain import ROOT, find_toolchain
from workers.commands.sdk.colours import sync_sources
from workers.commands.sdk.methods import sdk_methods
from workers.commands.sdk.rows import Columns, row_models
from workers.store.queries import load_queries

PACKAGE = ROOT / "sdk/wasl"
ROWS = PACKAGE / "rows.py"
ASYNC, SYNC = PACKAGE / "_async", PACKAGE / "_sync"
API = ROOT / "docs/openapi.json"
METHODS = ROOT / "dashboard/src/pages/developers/reference/sdk_methods.json"

app = typer.Typer(help="Make the generated parts of the SDK again.", no_args_is_help=True)

Check = Annotated[bool, typer.Option("--check", help="Change nothing; fail when something would change.")]


@app.command()
def rows(
    state: Annotated[Path, typer.Option(envvar="WASL_STATE_DIRECTORY", help="Of a running stack.")] = ROOT / ".wasl",
    check: Check = False,
) -> None:
    """Make rows.py from the tables of a running stack: `wasl stack run --no-workers wasl sdk rows` has one."""
    try:
        database_url = Stack.attach(state).database_url
    except StackError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    _put({ROWS: generated_rows(database_url)}, check=check)


@app.command()
def sync(check: Check = False) -> None:
    """Make the synchronous client from the asynchronous one."""
    _put(generated_sync(), check=check)


@app.command()
def methods(check: Check = False) -> None:
    """Make the dashboard's list of which method calls which function, from the sources and docs/openapi.json."""
    _put({METHODS: generated_methods()}, check=check)


def generated_rows(database_url: str) -> str:
    """Return what rows.py should hold, by the tables of a database."""
    command = [str(find_toolchain().supabase), "gen", "types", "--lang", "python", "--schema", "public"]
    command += [f"--remote={database_url}", "--workdir", str(ROOT)]
    types = subprocess.run(command, check=True, capture_output=True, text=True)
    found = asyncio.run(_client_columns(database_url))
    return _formatted(row_models(types.stdout, found["client_columns"], found["computed_columns"]), ROWS)


def generated_sync() -> dict[Path, str]:
    """Return what each file of the synchronous client should hold."""
    return {SYNC / name: _formatted(source, SYNC / name) for name, source in sync_sources(ASYNC).items()}


def generated_methods() -> str:
    """Return what sdk_methods.json should hold."""
    paths = json.loads(API.read_text())["paths"]
    functions = {path.removeprefix("/rest/v1/rpc/") for path in paths if path.startswith("/rest/v1/rpc/")}
    tables = {path.removeprefix("/rest/v1/") for path in paths if path.startswith("/rest/v1/")} - functions
    return json.dumps(sdk_methods(ASYNC, functions, tables), indent=1) + "\n"


async def _client_columns(database_url: str) -> dict[str, Columns]:
    """By query: the columns that it finds."""
    found: dict[str, Columns] = {}
    async with await psycopg.AsyncConnection.connect(database_url) as connection:
        for name, query in load_queries("client_columns").items():
            columns: defaultdict[str, dict[str, str]] = defaultdict(dict)
            async for table, column, type_ in await connection.execute(query):
                columns[table][column] = type_
            found[name] = columns
    return found


def _formatted(source: str, path: Path) -> str:
    """The source as ruff leaves it: imports in order, lines of the project's length, `yield from` where it could be."""
    for arguments in (["check", "--select", "I,UP028", "--fix", "--unsafe-fixes", "--quiet"], ["format", "--quiet"]):
        command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", "--stdin-filename", str(path), "-"]
        source = subprocess.run(command, input=source, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    return source


def _put(files: dict[Path, str], *, check: bool) -> None:
    changed = [path for path, source in files.items() if not path.exists() or path.read_text() != source]
    for path in changed:
        if not check:
            path.write_text(files[path])
        typer.echo(f"{path.relative_to(ROOT)} {'is out of date' if check else 'made'}")
    if check and changed:
        raise typer.Exit(1)
