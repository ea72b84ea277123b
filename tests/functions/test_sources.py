"""The functions' sources are checked, linted and formatted as Deno itself judges."""

import asyncio
import os
from pathlib import Path

import pytest

from stack.toolchain import ROOT, find_toolchain

FUNCTIONS = ROOT / "supabase/functions"


def names() -> list[str]:
    """The functions there are."""
    return sorted(path.parent.name for path in FUNCTIONS.glob("*/index.ts"))


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("arguments", ["check index.ts", "lint . ../_shared", "fmt --check . ../_shared"])
async def test_deno_has_nothing_to_say(name: str, arguments: str, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "DENO_DIR": str(tmp_path), "NO_COLOR": "1", "DENO_NO_UPDATE_CHECK": "1"}
    process = await asyncio.create_subprocess_exec(
        find_toolchain().deno,
        *arguments.split(),
        cwd=FUNCTIONS / name,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()


@pytest.mark.parametrize("name", names())
def test_functions_depend_on_nothing_but_each_other(name: str) -> None:
    for source in (FUNCTIONS / name).glob("*.ts"):
        imports = [line for line in source.read_text().splitlines() if line.startswith(("import", "export * from"))]
        assert all('from "./' in line or 'from "../_shared/' in line for line in imports), source
