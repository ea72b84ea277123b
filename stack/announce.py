"""What `make up` prints once everything runs."""

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from stack.stack import Stack

DEMO_FILE = "demo.json"
"""Written into the state directory by `wasl seed-demo`: {"email": ..., "password": ..., "organization": ...}."""

TRY_NEXT = (
    ("make demo", "one payment, all the way through, on a stack of its own"),
    ("make down", "stop from another terminal; `make reset` also deletes the data"),
)


def announce(stack: Stack, console: Console) -> None:
    """Print the address, the demo login, the keys and what to try next."""
    table = Table.grid(padding=(0, 2))
    table.add_row("[bold]Wasl runs at[/bold]", f"[bold cyan]{stack.url}[/bold cyan]")
    demo = _demo(stack.directory)
    if demo:
        table.add_row("Demo login", f"{demo['email']}  /  {demo['password']}")
    table.add_row("Publishable key", stack.publishable_key)
    table.add_row("Secret key", stack.secret_key)
    table.add_row("Database", stack.database_url)
    table.add_row("Logs", str(stack.directory / "logs"))
    console.print()
    console.print(table, highlight=False, soft_wrap=True)
    console.print()
    for command, meaning in TRY_NEXT:
        console.print(f"  [cyan]{command}[/cyan]  {meaning}", highlight=False)
    console.print("\nCtrl-C stops everything; the data stays.", highlight=False)


def _demo(directory: Path) -> dict[str, Any] | None:
    path = directory / DEMO_FILE
    if not path.exists():
        return None
    demo: dict[str, Any] = json.loads(path.read_text())
    return demo
