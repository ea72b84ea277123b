"""Supabase's advisors (the splinter lints) on a migrated database."""

from stack.config import read_config
from stack.migrate import supabase_command
from stack.processes import run
from stack.state import State
from stack.toolchain import ROOT, find_toolchain


async def advisors(state: State) -> str:
    """What `supabase db advisors` says about the database. Raises `StackError` with it when there is a warning."""
    arguments = ["db", "advisors", f"--remote={state.database_url}", "--level=warn", "--fail-on=warn"]
    return await run(supabase_command(find_toolchain(), read_config(ROOT / "supabase"), arguments))
