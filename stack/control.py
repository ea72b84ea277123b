"""Reach a stack that another process runs: is it up, stop it, delete what it kept."""

import fcntl
import os
import shutil
import signal
import time
from pathlib import Path

from stack.errors import StackError
from stack.postgres import remove_cluster
from stack.state import STATE_FILE, load

LOCK_FILE = "lock"
KEPT = (STATE_FILE, LOCK_FILE, "postgres", "logs", "deno", "keyring.json", "demo.json")
"""What a stack puts into its state directory."""
STOP_TIMEOUT_SECONDS = 90


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
