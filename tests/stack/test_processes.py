"""Child processes: what is ended with them, and what is not."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stack.processes import Command, Supervisor
from tests.support.workplace import until

ENDS = (sys.executable, "-c", "")
WAITS = (sys.executable, "-c", "import signal; signal.pause()")
LEAVES_ONE_BEHIND = (sys.executable, "-c", "import os, signal; os.fork() or signal.pause()")


@pytest.fixture
async def stranger() -> AsyncIterator[asyncio.subprocess.Process]:
    """A process of somebody else, which leads a group."""
    process = await asyncio.create_subprocess_exec(*WAITS, start_new_session=True)
    yield process
    if process.returncode is None:
        process.kill()
    await process.wait()


async def test_a_number_that_another_process_has_by_now_is_left_alone(
    tmp_path: Path, stranger: asyncio.subprocess.Process
) -> None:
    supervisor = Supervisor(tmp_path)
    child = await supervisor.start(Command("ends", ENDS))
    await child.process.wait()
    child.process.pid = stranger.pid

    await supervisor.stop()

    with pytest.raises(TimeoutError):  # It would end at once.
        await asyncio.wait_for(stranger.wait(), 0.2)


async def test_what_a_child_left_behind_is_ended_with_it(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    child = await supervisor.start(Command("leaves", LEAVES_ONE_BEHIND))
    await child.process.wait()
    os.killpg(child.pid, 0)

    await supervisor.stop()

    async def gone() -> bool:
        try:
            os.killpg(child.pid, 0)
        except ProcessLookupError:
            return True
        return False

    await until(gone)
