"""State directories: claim one, find and stop the stack that holds it, delete what it kept."""

import fcntl
import os
import secrets
import shutil
import signal
import time
from pathlib import Path
from typing import IO

from stack.errors import StackError
from stack.postgres import remove_cluster
from stack.state import STATE_FILE, load

LOCK_FILE = "lock"
KEPT = (STATE_FILE, LOCK_FILE, "postgres", "logs", "deno", "keyring.json", "demo.json")
"""What a stack puts into its state directory."""
EPHEMERAL_PREFIX = "ephemeral-"
STOP_TIMEOUT_SECONDS = 90


def ephemeral_directory(parent: Path) -> Path:
    """A new state directory's path below `parent`, for a stack that is to leave nothing behind."""
    return parent / f"{EPHEMERAL_PREFIX}{os.getpid()}-{secrets.token_hex(3)}"


def claim(state_directory: Path) -> IO[str]:
    """Take the directory's lock, held while the returned file is open. Raises `StackError` when a stack runs there."""
    lock = (state_directory / LOCK_FILE).open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise StackError(
            f"A stack already runs in {state_directory}: stop it with `make down`, or run another with "
            "`make up PORT=54400 STATE=.wasl/second`."
        ) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def running_pid(state_directory: Path) -> int | None:
    """The process id of the stack that holds this state directory, or `None` when none does."""
    try:
        lock = (state_directory / LOCK_FILE).open("r+")
    except FileNotFoundError:
        return None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(lock.read() or 0) or None
    return None


def stop_running(state_directory: Path) -> bool:
    """Ask the running stack to stop and wait until it has; false when none runs.

    Raises `StackError` when it has not stopped after a minute and a half.
    """
    pid = running_pid(state_directory)
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT_SECONDS
    while running_pid(state_directory) is not None:
        if time.monotonic() > deadline:
            raise StackError(f"The stack (process {pid}) did not stop within {STOP_TIMEOUT_SECONDS} s.")
        time.sleep(0.1)
    return True


def remove_abandoned(directory: Path) -> None:
    """Delete the state of ephemeral stacks below `directory` whose process was killed, one process at a time."""
    if not directory.is_dir():
        return
    lock = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for state in directory.glob(f"{EPHEMERAL_PREFIX}*"):
            if (state / STATE_FILE).exists() and running_pid(state) is None:
                remove_state(state)
                state.rmdir()
    finally:
        os.close(lock)


def remove_state(state_directory: Path) -> None:
    """Delete the data, keys and logs of a stack that does not run."""
    if (state_directory / STATE_FILE).exists():
        remove_cluster(load(state_directory))
    for name in KEPT:
        path = state_directory / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
