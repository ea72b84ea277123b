"""`wasl providers`: what can be connected, and a way to try it without the hub."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from workers.providers.errors import InvalidRequest, ProviderError
from workers.providers.invoke import invoke, operations
from workers.providers.manifest import CatalogEntry, Environment, FormField
from workers.providers.pages import facts
from workers.providers.registry import catalog, connector_class, open_connector
from workers.providers.seed import catalog_sql

app = typer.Typer(help="What can be connected.", no_args_is_help=True)
console = Console()

SEED = Path(__file__).resolve().parents[2] / "supabase" / "seed.sql"
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Key = Annotated[str, typer.Argument(help="The provider's key, such as stripe.")]


@app.command("list")
def list_providers(as_json: AsJson = False) -> None:
    """List every provider with its capabilities."""
    entries = catalog()
    if as_json:
        _print_json([entry.model_dump(mode="json") for entry in entries])
        return
    table = Table(box=None, padding=(0, 2, 1, 0), pad_edge=False)
    table.add_column("Key", no_wrap=True)
    table.add_column("Name", min_width=12)
    for title in ("Capabilities", "Methods"):
        table.add_column(title, ratio=1)
    for entry in entries:
        manifest = entry.manifest
        can = ", ".join(_in_short(name) for name in entry.capabilities)
        name = f"{manifest.name}\n(not yet connectable)" if manifest.awaits else manifest.name
        table.add_row(manifest.key, name, can, ", ".join(manifest.methods))
    console.print(table, highlight=False)


@app.command()
def show(key: Key, as_json: AsJson = False) -> None:
    """Show one provider: what it can do, what a connection needs, how its webhooks are set up."""
    try:
        kind = connector_class(key)
    except ProviderError as error:
        raise _refusal(error) from None
    entry = next(each for each in catalog() if each.manifest.key == kind.manifest.key)
    if as_json:
        _print_json(entry.model_dump(mode="json"))
        return
    _show(entry, operations(kind))


@app.command()
def call(
    key: Key,
    operation: Annotated[str, typer.Argument(help="Such as create_payment; `wasl providers show KEY` lists them.")],
    *,
    credentials: Annotated[Path, typer.Option(help='A file with JSON: {"secret_key": …}. "-" reads standard input.')],
    given: Annotated[Path | None, typer.Option("--input", help="A file with the operation's input as JSON.")] = None,
    settings: Annotated[Path | None, typer.Option(help="A file with the connection's settings as JSON.")] = None,
    base_url: Annotated[str | None, typer.Option(help="Another address than the provider's own.")] = None,
    environment: Annotated[Environment, typer.Option(help="Live moves real money.")] = Environment.SANDBOX,
) -> None:
    """Call one operation of a provider and print its result as JSON. No hub and no database is involved."""
    try:
        result = asyncio.run(
            _call(
                key,
                operation,
                _read(given, "--input") if given else {},
                credentials=_read(credentials, "--credentials"),
                settings=_read(settings, "--settings") if settings else {},
                base_url=base_url,
                environment=environment,
            )
        )
    except ProviderError as error:
        raise _refusal(error) from None
    _print_json(result)


@app.command()
def seed(
    output: Annotated[Path, typer.Option(help="Where to write it.")] = SEED,
    check: Annotated[bool, typer.Option(help="Write nothing; exit with 1 when the file is out of date.")] = False,
) -> None:
    """Write the provider catalog, supabase/seed.sql, from the connectors' manifests."""
    text = catalog_sql(catalog())
    if not check:
        output.write_text(text, encoding="utf-8")
        console.print(f"{output}: {len(catalog())} in the catalog.")
    elif not output.exists() or output.read_text(encoding="utf-8") != text:
        typer.echo(f"{output} is out of date: run `wasl providers seed`.", err=True)
        raise typer.Exit(1)


async def _call(key: str, operation: str, given: dict[str, Any], **connection: Any) -> Any:
    async with open_connector(key, **connection) as connector:
        return await invoke(connector, operation, given)


def _read(path: Path, option: str) -> dict[str, Any]:
    """A JSON object from a file; an error names the option, and never shows the contents."""
    try:
        raw = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        data = orjson.loads(raw)
    except OSError as error:
        raise InvalidRequest(f"{option}: {path}: {error.strerror}", field=option) from None
    except orjson.JSONDecodeError:
        raise InvalidRequest(f"{option}: {path} is not JSON", field=option) from None
    if not isinstance(data, dict):
        raise InvalidRequest(f"{option}: {path} is not a JSON object", field=option)
    return data


def _show(entry: CatalogEntry, offered: list[str]) -> None:
    manifest = entry.manifest
    console.print(f"[bold]{manifest.name}[/bold] ({manifest.key}, {manifest.category.value})\n{manifest.description}\n")
    if manifest.awaits:
        console.print(f"[yellow]Not yet connectable:[/yellow] {manifest.awaits}.\n")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_row("Operations", ", ".join(offered))
    for name, text in facts(entry):
        table.add_row(name, _plain(text))
    console.print(table, highlight=False, markup=False)
    for title, fields in (("Credentials", entry.credential_fields), ("Settings", entry.settings_fields)):
        console.print(f"\n[bold]{title}[/bold]")
        for field in fields:
            console.print(_field_line(field), highlight=False)
    if manifest.webhook:
        console.print(f"\n[bold]Webhooks[/bold]\n{manifest.webhook.setup}", highlight=False)


def _in_short(capability: str) -> str:
    return capability.removesuffix("_payments").replace("_payment_", " ").replace("_", " ")


def _plain(markdown: str) -> str:
    return re.sub(r"[`<>]", "", markdown)


def _field_line(field: FormField) -> str:
    marks = ", ".join(mark for mark, holds in (("required", field.required), ("secret", field.secret)) if holds)
    return f"  {field.name}{f' ({marks})' if marks else ''}: {field.help}"


def _refusal(error: ProviderError) -> typer.Exit:
    typer.echo(orjson.dumps({"error": error.as_dict()}, option=orjson.OPT_INDENT_2).decode(), err=True)
    return typer.Exit(1)


def _print_json(data: Any) -> None:
    typer.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode())
