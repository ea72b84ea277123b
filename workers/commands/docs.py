"""`wasl docs`: write the pages that a machine knows better. For those who change the schema or a provider."""

import asyncio
import importlib.metadata
import json
from collections import defaultdict
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from psycopg.rows import dict_row

from stack import Stack, StackError
from stack.config import read_config
from stack.migrate import supabase_command
from stack.processes import run
from stack.toolchain import ROOT, find_toolchain
from workers.api_description.document import describe, facts_of, swagger_of
from workers.providers.manifest import Category
from workers.providers.pages import provider_part, with_generated
from workers.providers.registry import catalog
from workers.providers.tables import evidence_table, providers_index
from workers.store.queries import load_queries

PAGE = ROOT / "docs/schema.md"
API = ROOT / "docs/openapi.json"
TYPES = ROOT / "dashboard/src/lib/database.ts"
PROVIDERS = ROOT / "docs/providers"
PAYMENTS = ROOT / "docs/payments.md"
SHIPPING = ROOT / "docs/shipping.md"
SOCIAL = ROOT / "docs/social.md"
MARKETING = ROOT / "docs/marketing.md"

_HEADER = """\
# The schema

Written by `wasl docs schema` from the comments in `supabase/migrations`; do not edit. Amounts (`money_amount`) are
decimal strings in JSON, times are UTC. Computed columns are opened for who may read the row, and have to be named:
`select=*,customer`, on tables and on RPCs that answer with a row. Who may read and write what is the matrix of
`tests/rls/test_tables.py`.
"""

_IN_TYPESCRIPT = {"jsonb": "Json", "json": "Json", "text": "string", "text[]": "string[]"}
_CHECK_HELP = "Change nothing; fail when something would change."

Row = dict[str, Any]

app = typer.Typer(help="Write the pages that a machine knows better.", no_args_is_help=True)


@app.callback()
def docs() -> None:
    """Only the commands do anything."""


@app.command()
def schema(
    state: Annotated[Path, typer.Option(envvar="WASL_STATE_DIRECTORY", help="Of a running stack.")] = ROOT / ".wasl",
    check: Annotated[bool, typer.Option("--check", help=_CHECK_HELP)] = False,
) -> None:
    """Write docs/schema.md from a running stack: `wasl stack run --no-workers wasl docs schema` has one."""
    try:
        database_url = Stack.attach(state).database_url
    except StackError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    page = asyncio.run(schema_page(database_url))
    if PAGE.exists() and PAGE.read_text() == page:
        return
    if check:
        typer.echo(f"{PAGE} is out of date: run `wasl docs schema`.", err=True)
        raise typer.Exit(1)
    PAGE.write_text(page)


@app.command()
def api(
    state: Annotated[Path, typer.Option(envvar="WASL_STATE_DIRECTORY", help="Of a running stack.")] = ROOT / ".wasl",
    check: Annotated[bool, typer.Option("--check", help=_CHECK_HELP)] = False,
) -> None:
    """Write docs/openapi.json from a running stack: `wasl stack run --no-workers wasl docs api` has one."""
    try:
        stack = Stack.attach(state)
    except StackError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    text = asyncio.run(api_document(stack))
    if _read(API) == text:
        return
    if check:
        typer.echo(f"{API} is out of date: run `wasl docs api`.", err=True)
        raise typer.Exit(1)
    API.write_text(text, encoding="utf-8")


async def api_document(stack: Stack) -> str:
    """What docs/openapi.json should say, by a running stack: what signed-in callers see."""
    token = stack.mint_jwt({"role": "authenticated", "aud": "authenticated"})
    swagger = await swagger_of(stack.state.internal_url("postgrest"), token)
    described = describe(swagger, await facts_of(stack.database_url), version=importlib.metadata.version("wasl-hub"))
    return json.dumps(described, indent=1, ensure_ascii=False) + "\n"


@app.command()
def types(
    state: Annotated[Path, typer.Option(envvar="WASL_STATE_DIRECTORY", help="Of a running stack.")] = ROOT / ".wasl",
    check: Annotated[bool, typer.Option("--check", help=_CHECK_HELP)] = False,
) -> None:
    """Write the dashboard's src/lib/database.ts from a running stack: `wasl stack run --no-workers wasl docs types`."""
    try:
        text = asyncio.run(database_types(Stack.attach(state)))
    except StackError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    if _read(TYPES) == text:
        return
    if check:
        typer.echo(f"{TYPES} is out of date: run `wasl docs types`.", err=True)
        raise typer.Exit(1)
    TYPES.write_text(text, encoding="utf-8")


async def database_types(stack: Stack) -> str:
    """What the dashboard's database.ts should say: the TypeScript that `supabase gen types` writes of the schema.

    It leaves out computed columns; these follow.
    """
    arguments = ["gen", "types", "--lang=typescript", "--schema=public", f"--remote={stack.database_url}"]
    printed = await run(supabase_command(find_toolchain(), read_config(ROOT / "supabase"), arguments))
    # What the CLI says besides, on the way, stands before the first line of code.
    code = printed[printed.index("export type Json") :]
    end = "} as const"
    return code[: code.rindex(end) + len(end)] + "\n\n" + await _computed_types(stack.database_url)


async def _computed_types(database_url: str) -> str:
    columns: defaultdict[str, list[str]] = defaultdict(list)
    async with await psycopg.AsyncConnection.connect(database_url) as connection:
        async for table, column, type_ in await connection.execute(load_queries("client_columns")["computed_columns"]):
            columns[table].append(f"{column}: {_IN_TYPESCRIPT[type_]} | null")
    tables = [f"  {table}: {{ {'; '.join(named)} }}\n" for table, named in columns.items()]
    return f"/** Columns that a select has to name, by table. */\nexport interface Computed {{\n{''.join(tables)}}}\n"


@app.command()
def providers(
    folder: Annotated[Path, typer.Option(help="With a page for each provider.")] = PROVIDERS,
    payments: Annotated[Path, typer.Option(help="The page with the table of gateways.")] = PAYMENTS,
    shipping: Annotated[Path, typer.Option(help="The page with the table of carriers.")] = SHIPPING,
    social: Annotated[Path, typer.Option(help="The page with the table of networks.")] = SOCIAL,
    marketing: Annotated[Path, typer.Option(help="The page with the table of marketing tools.")] = MARKETING,
    check: Annotated[bool, typer.Option("--check", help=_CHECK_HELP)] = False,
) -> None:
    """Write what the connectors say into docs/providers and the page of each category; what people wrote stays."""
    pages = provider_pages(folder, payments=payments, shipping=shipping, social=social, marketing=marketing)
    stale = {path: text for path, text in pages.items() if _read(path) != text}
    if check and stale:
        names = ", ".join(path.name for path in stale)
        typer.echo(f"{names}: missing or out of date, run `wasl docs providers`.", err=True)
        raise typer.Exit(1)
    for path, text in stale.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def provider_pages(
    folder: Path = PROVIDERS,
    *,
    payments: Path = PAYMENTS,
    shipping: Path = SHIPPING,
    social: Path = SOCIAL,
    marketing: Path = MARKETING,
) -> dict[Path, str]:
    """What the providers' pages, their index and the pages of the categories should say, by path.

    :raises ValueError: the markers of a page are not one pair; names the page.
    """
    entries = catalog()
    parts = {folder / f"{entry.manifest.key}.md": provider_part(entry) for entry in entries}
    parts[folder / "README.md"] = providers_index(entries)
    parts[payments] = evidence_table(entries, Category.PAYMENTS)
    parts[shipping] = evidence_table(entries, Category.SHIPPING)
    parts[social] = evidence_table(entries, Category.SOCIAL)
    parts[marketing] = evidence_table(entries, Category.MARKETING)
    return {path: _renewed(path, part) for path, part in parts.items()}


def _renewed(path: Path, part: str) -> str:
    try:
        return with_generated(_read(path), part)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


async def schema_page(database_url: str) -> str:
    """What docs/schema.md should say, by a database."""
    found: dict[str, list[Row]] = {}
    async with await psycopg.AsyncConnection.connect(database_url, row_factory=dict_row) as connection:
        await connection.execute("set search_path to public")
        for name, query in load_queries("schema_page").items():
            found[name] = await (await connection.execute(query)).fetchall()
    columns: defaultdict[str, list[Row]] = defaultdict(list)
    for column in found["columns"] + found["computed_columns"]:
        columns[column["table_name"]].append(column)
    return "\n".join(
        [
            _HEADER,
            "## Tables",
            "",
            *(_table(table, columns[table["name"]]) for table in found["tables"]),
            "## Enumerations",
            "",
            *(_enumeration(each) for each in found["enumerations"]),
            "",
            "## RPCs",
            "",
            *(_function(each) for each in found["functions"]),
        ]
    )


def _table(table: Row, columns: list[Row]) -> str:
    lines = [f"### {table['name']}", "", table["comment"] or "", "", "| column | type | |", "|---|---|---|"]
    lines += [f"| {column['name']} | {_type(column)} | {_cell(column['comment'])} |" for column in columns]
    return "\n".join([*lines, ""])


def _type(column: Row) -> str:
    if column["computed"]:
        return f"{column['type']}, computed"
    kind = column["type"].replace("timestamp with time zone", "timestamptz")
    kind = kind if column["required"] else f"{kind}, nullable"
    return f"{kind} → {column['refers_to']}" if column["refers_to"] else kind


def _enumeration(enumeration: Row) -> str:
    told = f" {enumeration['comment']}" if enumeration["comment"] else ""
    return f"- **{enumeration['name']}**: {', '.join(enumeration['labels'])}.{told}"


def _function(function: Row) -> str:
    audience = "" if function["for_clients"] else " (with the secret key only)"
    return (
        f"### {function['name']}{audience}\n\n{function['comment']}\n\n"
        f"```sql\n{function['name']}({function['arguments']})\nreturns {function['result']}\n```\n"
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
