"""Migrations and seed through the Supabase CLI, exactly as on a hosted project."""

import os
from pathlib import Path

import psycopg

from stack.account import Account
from stack.config import SupabaseConfig
from stack.errors import StackError
from stack.processes import Command, run
from stack.state import State
from stack.toolchain import Toolchain


def supabase_command(
    toolchain: Toolchain, config: SupabaseConfig, arguments: list[str], *, account: Account | None = None
) -> Command:
    """A Supabase CLI command that works on this project, asks nothing and reports to nobody."""
    return Command(
        "supabase " + " ".join(arguments[:2]),
        [toolchain.supabase, *arguments, "--workdir", config.directory.parent, "--yes"],
        environment={
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(Path.home()),
            "DO_NOT_TRACK": "1",
            "SUPABASE_YES": "1",
        },
        account=account,
    )


async def migrate(state: State, config: SupabaseConfig, toolchain: Toolchain) -> None:
    """Apply pending migrations, then the seed (which is written to be repeatable)."""
    url = state.database_url
    if any((config.directory / "migrations").glob("*.sql")):
        await run(supabase_command(toolchain, config, ["migration", "up", f"--remote={url}"]))
    await _seed(url, config.directory / "seed.sql")


async def _seed(url: str, seed: Path) -> None:
    if not seed.exists():
        return
    async with await psycopg.AsyncConnection.connect(url) as connection:
        try:
            await connection.execute(seed.read_bytes())
        except psycopg.Error as error:
            raise StackError(f"{seed} does not fit the migrations: {error}") from None
