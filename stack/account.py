"""The account PostgreSQL runs under: it refuses to run as root, so root hands it to another one."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError

FALLBACK_ACCOUNT = "nobody"


@dataclass(frozen=True)
class Account:
    """A user and group to drop to."""

    name: str
    uid: int
    gid: int


def database_account() -> Account | None:
    """The account for PostgreSQL: none (our own) unless we are root; then `WASL_POSTGRES_ACCOUNT`, else `nobody`.

    Raises `StackError` when that account does not exist or is root.
    """
    if os.geteuid() != 0:
        return None
    name = os.environ.get("WASL_POSTGRES_ACCOUNT", FALLBACK_ACCOUNT)
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise StackError(
            f"PostgreSQL refuses to run as root, and the account {name} does not exist here:"
            " name another one in WASL_POSTGRES_ACCOUNT."
        ) from None
    if entry.pw_uid == 0:
        raise StackError("PostgreSQL refuses to run as root: WASL_POSTGRES_ACCOUNT must name an ordinary account.")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def can_enter(account: Account, directory: Path) -> bool:
    """Whether the account may enter `directory` (every parent lets it through)."""
    return succeeds_as(account, ["/bin/sh", "-c", 'cd "$0"', str(directory)])


def can_read(account: Account, file: Path) -> bool:
    """Whether the account may read `file`."""
    return succeeds_as(account, ["/bin/sh", "-c", 'test -r "$0"', str(file)])


def succeeds_as(account: Account, command: Sequence[str]) -> bool:
    """Whether a short command run as the account ends with status 0."""
    try:
        answer = subprocess.run(
            command,
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except PermissionError:
        return False
    return answer.returncode == 0


def give(path: Path, account: Account) -> None:
    """Make `account` the owner of `path`."""
    os.chown(path, account.uid, account.gid)
