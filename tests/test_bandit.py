"""bandit finds nothing in what runs with secrets, as pyproject.toml configures it."""

import asyncio
import sys

from stack.toolchain import ROOT


async def test_bandit_has_nothing_to_say() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bandit", "--quiet", "--configfile", "pyproject.toml", "--recursive", "workers", "sdk/wasl", "stack"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
