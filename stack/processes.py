"""Child processes: started, probed until ready, logged to a file, ended in reverse order with nothing left behind."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from stack.account import Account
from stack.errors import StackError

LAUNCHER = Path(__file__).with_name("launch.py")
LOG_TAIL_LINES = 15

Probe = Callable[[], Awaitable[bool]]


@dataclass(frozen=True)
class Command:
    """One long-running program of the stack.

    `stop_signal` asks it to end (also sent by the kernel when the stack itself is killed); after `stop_seconds`
    its whole process group is killed. `restart` brings it back when it ends by itself.
    """

    name: str
    arguments: Sequence[str | Path]
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path | None = None
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0
    restart: bool = False


@dataclass
class Child:
    """A running command."""

    command: Command
    process: asyncio.subprocess.Process
    log_path: Path

    @property
    def pid(self) -> int:
        """The process id, which is also its process group."""
        return self.process.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.returncode is None

    def log_tail(self) -> str:
        """The last lines it wrote, for an error message."""
        lines = self.log_path.read_text(errors="replace").splitlines()
        return "\n".join(lines[-LOG_TAIL_LINES:])


class Supervisor:
    """Owns the children: `start` in order, `stop` in reverse order."""

    def __init__(self, log_directory: Path) -> None:
        self._log_directory = log_directory
        self._children: dict[str, Child] = {}
        self._stopping = False

    @property
    def children(self) -> list[Child]:
        """Every child, in the order they were started."""
        return list(self._children.values())

    async def start(self, command: Command) -> Child:
        """Start a command; its output is appended to `<log directory>/<name>.log`."""
        self._log_directory.mkdir(parents=True, exist_ok=True)
        log_path = self._log_directory / f"{command.name}.log"
        with open(os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
            process = await asyncio.create_subprocess_exec(
                *_launch_arguments(command),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=command.directory,
                env=dict(command.environment),
                start_new_session=True,
            )
        child = Child(command, process, log_path)
        self._children[command.name] = child
        return child

    async def start_ready(self, command: Command, probe: Probe, *, timeout_seconds: float = 30.0) -> Child:
        """Start a command and wait until `probe` answers true.

        Raises `StackError` with the end of its log when it ends first or stays silent for `timeout_seconds`.
        """
        child = await self.start(command)
        await wait_ready(child, probe, timeout_seconds=timeout_seconds)
        return child

    async def watch(self) -> Child:
        """Wait until a child ends that should not have, and return it; restart those that are to be restarted."""
        while True:
            waiters = {asyncio.ensure_future(child.process.wait()): child for child in self._children.values()}
            try:
                done, _ = await asyncio.wait(waiters, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for waiter in waiters:
                    waiter.cancel()
            ended = waiters[done.pop()]
            if not ended.command.restart:
                return ended
            await asyncio.sleep(1.0)  # A program that cannot start must not be started in a tight loop.
            await self.start(ended.command)

    async def stop(self, *, immediately: bool = False) -> None:
        """End every child in reverse order of starting; `immediately` skips the orderly end of each."""
        for child in reversed(self.children):
            await _end(child, immediately=immediately)
        self._children.clear()

    async def stop_one(self, name: str) -> None:
        """End one child by its name."""
        child = self._children.pop(name)
        await _end(child, immediately=False)


async def wait_ready(child: Child, probe: Probe, *, timeout_seconds: float) -> None:
    """Poll `probe` until it answers true; raise `StackError` when the child ends or time is up."""
    deadline = asyncio.get_running_loop().time() + timeout_seconds
    while not await probe():
        if not child.running:
            raise StackError(f"{child.command.name} ended at once. The end of {child.log_path}:\n{child.log_tail()}")
        if asyncio.get_running_loop().time() > deadline:
            raise StackError(
                f"{child.command.name} was not ready within {timeout_seconds:.0f} s."
                f" The end of {child.log_path}:\n{child.log_tail()}"
            )
        await asyncio.sleep(0.05)


async def run(command: Command, *, timeout_seconds: float = 300.0) -> str:
    """Run a command to its end and return what it printed.

    Raises `StackError` with its output when it fails or takes longer than `timeout_seconds`.
    """
    process = await asyncio.create_subprocess_exec(
        *_launch_arguments(command),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=command.directory,
        env=dict(command.environment),
        start_new_session=True,
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), timeout_seconds)
    except TimeoutError:
        raise StackError(f"{command.name} did not end within {timeout_seconds:.0f} s.") from None
    finally:
        _kill_group(process)
    text = output.decode(errors="replace")
    if process.returncode != 0:
        raise StackError(f"{command.name} failed with status {process.returncode}:\n{text.strip()}")
    return text


def _launch_arguments(command: Command) -> list[str]:
    uid, gid = (str(command.account.uid), str(command.account.gid)) if command.account else ("-", "-")
    launcher = [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), uid, gid, str(int(command.stop_signal))]
    return [*launcher, "--", *(str(argument) for argument in command.arguments)]


async def _end(child: Child, *, immediately: bool) -> None:
    if child.running and not immediately:
        with contextlib.suppress(ProcessLookupError):
            child.process.send_signal(child.command.stop_signal)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(child.process.wait(), child.command.stop_seconds)
    _kill_group(child.process)
    await child.process.wait()


def _kill_group(process: asyncio.subprocess.Process) -> None:
    """Kill whatever is left of the process group, the leader itself included."""
    if process.returncode is not None and Path(f"/proc/{process.pid}").exists():
        return  # Nothing is left: a number is given to another process only when its group is empty.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
