"""Stacks for tests. What takes longest, a new cluster and all migrations, is done once in a run of several processes:
one stack is made from nothing and stopped, and the others begin as copies of it."""

import fcntl
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from stack import Stack
from stack.control import claim, ephemeral_directory, remove_state
from stack.ports import free_ports
from stack.postgres import SYSTEM_STATE, Postgres, open_path
from stack.state import STATE_FILE, State, load
from stack.toolchain import ROOT, find_toolchain

TEMPLATE = "WASL_TEST_TEMPLATE"
"""The variable by which the processes of a run know the state directory of the stack that they copy."""


def keep_template() -> Callable[[], None]:
    """Set a directory aside for the run's template, which is made when it is first needed; returns what removes it."""
    directory = ephemeral_directory(ROOT / ".wasl")
    directory.mkdir(parents=True)
    directory.chmod(0o711)  # as the stack does
    lock = claim(directory)  # so that nobody takes it for one that was left behind
    os.environ[TEMPLATE] = str(directory)

    def remove() -> None:
        del os.environ[TEMPLATE]
        remove_state(directory)
        directory.rmdir()
        lock.close()

    return remove


@asynccontextmanager
async def migrated_stack(*, durable: bool = False, only_database: bool = False) -> AsyncIterator[Stack]:
    """A stack of one's own, migrated and seeded, which leaves nothing behind.

    :param durable: whether what was committed outlives a crash of Postgres.
    :param only_database: leave out all but Postgres and auth.
    """
    made = await _copy_of_template(durable, only_database) if TEMPLATE in os.environ else _fresh(durable, only_database)
    async with made as stack:
        yield stack


def _fresh(durable: bool, only_database: bool) -> Stack:
    directory = ephemeral_directory(ROOT / ".wasl")
    return Stack(directory, ephemeral=True, durable=durable, only_database=only_database)


async def _copy_of_template(durable: bool, only_database: bool) -> Stack:
    return _Copy(await _template(), durable=durable, only_database=only_database)


class _Copy(Stack):
    """A stack that finds in its directory, once that is its own, what another one has left."""

    def __init__(self, template: Path, **options: Any) -> None:
        super().__init__(ephemeral_directory(ROOT / ".wasl"), ephemeral=True, **options)
        self._template = template

    def _claim_directory(self) -> None:
        super()._claim_directory()
        copy_stopped(load(self._template), self.directory)


async def _template() -> Path:
    """The state directory to copy: that of a stack which was made from nothing, and does not run."""
    directory = Path(os.environ[TEMPLATE])
    with _alone(directory):
        if not (directory / STATE_FILE).exists():
            async with _fresh(durable=False, only_database=True) as fresh:
                await end_database(fresh)
                copy_stopped(fresh.state, directory)
    return directory


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """One process at a time."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


async def end_database(stack: Stack) -> None:
    """Stop Postgres in good order: its files are then complete."""
    (database,) = (child for child in stack.children if child.command.name == "postgres")
    database.process.send_signal(signal.SIGINT)
    assert await database.process.wait() == 0


def copy_stopped(state: State, directory: Path) -> State:
    """Copy a stack that does not run into another directory, with the same keys and other ports; returns its state."""
    ports = dict(zip(state.ports, free_ports(len(state.ports)), strict=True))
    new = replace(state, directory=directory, ports=ports, runtime_directory=None)
    home = find_toolchain().postgres_home
    source, target = (Postgres(each, home, durable=False).data_directory for each in (state, new))
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.parent.parent == SYSTEM_STATE:
        open_path(target.parent)
    subprocess.run(["cp", "-a", source, target], check=True)
    new.runtime_directory = target.parent
    new.save()
    return new
