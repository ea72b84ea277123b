"""Starting and stopping: data outlives a stop, processes do not, and mistakes are said in one sentence."""

import asyncio
import os
import re
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from stack import Stack, StackError
from stack.control import remove_abandoned, remove_state, running_pid, stop_running
from stack.ports import free_ports
from stack.toolchain import ROOT

RUN_FOREVER = """
import asyncio, sys
from pathlib import Path
from stack import Stack

async def main():
    async with Stack(Path(sys.argv[1]), ephemeral=True, durable=False, project=Path(sys.argv[2])):
        print("ready", flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


def descendants(pid: int) -> set[int]:
    """Every living process below `pid`."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents.setdefault(int(after_name[1]), []).append(int(stat.parent.name))
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found.update(children)
        waiting.extend(children)
    return found


def alive(pid: int) -> bool:
    """Whether a process runs (one that ended and only waits to be reaped does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def all_gone(pids: set[int], *, seconds: float = 20) -> bool:
    """Whether all of them end within the time."""
    async with asyncio.timeout(seconds):
        while any(alive(pid) for pid in pids):
            await asyncio.sleep(0.05)
    return True


async def start_killable(state: Path, project: Path) -> asyncio.subprocess.Process:
    """A process of its own that runs a stack."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", RUN_FOREVER, str(state), str(project), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


async def test_second_run_keeps_data_keys_and_port(ephemeral_state: Callable[[], Path], bare_project: Path) -> None:
    state = ephemeral_state().with_name(f"kept-{os.getpid()}")
    async with Stack(state, port=free_ports(1)[0], durable=False, project=bare_project) as stack:
        first = (stack.url, stack.publishable_key, stack.secret_key, stack.jwks)
        async with await psycopg.AsyncConnection.connect(stack.database_url) as connection:
            await connection.execute("create table public.kept as select 42 as answer")
    async with Stack(
        state, ephemeral=True, durable=False, project=bare_project, port=int(first[0].rpartition(":")[2])
    ) as stack:
        assert (stack.url, stack.publishable_key, stack.secret_key, stack.jwks) == first
        async with await psycopg.AsyncConnection.connect(stack.database_url) as connection:
            assert await (await connection.execute("select answer from public.kept")).fetchone() == (42,)
    assert not state.exists()


async def test_killing_the_stack_leaves_no_process(ephemeral_state: Callable[[], Path], bare_project: Path) -> None:
    state = ephemeral_state()
    process = await start_killable(state, bare_project)
    children = descendants(process.pid)
    names = {Path(f"/proc/{pid}/comm").read_text().strip() for pid in children}
    assert {"postgres", "postgrest", "deno"} <= names
    process.send_signal(signal.SIGKILL)
    await process.wait()
    assert await all_gone(children)
    assert running_pid(state) is None
    # As by stacks that start at the same time.
    await asyncio.gather(*(asyncio.to_thread(remove_abandoned, state.parent) for _ in range(4)))
    assert not state.exists()


async def test_stopping_from_another_process_leaves_no_process(
    ephemeral_state: Callable[[], Path], bare_project: Path
) -> None:
    state = ephemeral_state()
    command = [
        "-m",
        "workers.cli",
        "stack",
        "up",
        "--no-workers",
        "--state",
        str(state),
        "--port",
        str(free_ports(1)[0]),
    ]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, "--project", str(bare_project), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    shown = ""
    while "Ctrl-C" not in shown:
        line = await process.stdout.readline()
        assert line, shown
        shown += line.decode()
    assert re.search(r"sb_publishable_\S+", shown)
    children = descendants(process.pid)
    assert children
    assert await asyncio.to_thread(stop_running, state)
    assert await process.wait() == 0
    assert await all_gone(children)


async def test_reset_deletes_only_what_the_stack_made(
    ephemeral_state: Callable[[], Path], bare_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = ephemeral_state().with_name(f"kept-{os.getpid()}")
    async with Stack(state, port=free_ports(1)[0], durable=False, project=bare_project):
        (state / "somebody-elses").write_text("file")
    monkeypatch.chdir(state.parent)
    remove_state(Path(state.name))
    assert [path.name for path in state.iterdir()] == ["somebody-elses"]
    shutil.rmtree(state)


async def test_taken_port_is_named(ephemeral_state: Callable[[], Path], bare_project: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(
            StackError, match=rf"^Port {port} is taken: choose another one with `make up PORT=\.\.\.`\.$"
        ):
            await Stack(ephemeral_state(), ephemeral=True, port=port, project=bare_project).start()


async def test_directory_takes_one_stack_at_a_time(stack: Stack) -> None:
    with pytest.raises(StackError, match="already runs"):
        await Stack(stack.directory).start()


async def test_end_of_a_process_is_noticed_and_named(ephemeral_state: Callable[[], Path], bare_project: Path) -> None:
    async with Stack(ephemeral_state(), ephemeral=True, durable=False, project=bare_project) as stack:
        [auth] = [child for child in stack.children if child.command.name == "auth"]
        os.kill(auth.pid, signal.SIGKILL)
        with pytest.raises(StackError, match=r"^auth ended by itself"):
            async with asyncio.timeout(10):
                await stack.wait()


def test_secrets_are_not_shown(stack: Stack) -> None:
    shown = repr(stack.state)
    assert stack.secret_key not in shown
    assert stack.state.signing_key["d"] not in shown
    assert not any(password in shown for password in stack.state.passwords.values())
    assert (stack.directory / "state.json").stat().st_mode & 0o077 == 0
