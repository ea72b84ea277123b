"""What an object store can do, whichever it is."""

from __future__ import annotations

import re
from typing import Final, Protocol

_PATH: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)*")


class ObjectMissing(Exception):
    """There is no file of that name."""


class StoreUnavailable(Exception):
    """The store cannot do it now. :param message: safe to show; no credential."""


class ObjectStore(Protocol):
    """Keeps files under paths such as ``a/b/c.pdf``."""

    async def put(self, path: str, content: bytes, content_type: str) -> None:
        """Keep a file, all of it or nothing; the same path again replaces it.

        :raises StoreUnavailable: it is not kept.
        """

    async def get(self, path: str) -> bytes:
        """A file's content.

        :raises ObjectMissing, StoreUnavailable: it cannot be had.
        """

    async def link(self, path: str, *, seconds: int) -> str:
        """An absolute URL under which anybody who has it can read the file for a while.

        :raises ObjectMissing, StoreUnavailable: it cannot be had.
        """


class NoStore:
    """Stands where nobody has set up a store: files stay in the database, and are safe there."""

    _MESSAGE = "No object store is set up: WASL_FILES names a folder, or supabase."

    async def put(self, path: str, content: bytes, content_type: str) -> None:
        raise StoreUnavailable(self._MESSAGE)

    async def get(self, path: str) -> bytes:
        raise StoreUnavailable(self._MESSAGE)

    async def link(self, path: str, *, seconds: int) -> str:
        raise StoreUnavailable(self._MESSAGE)


def checked_path(path: str) -> str:
    """The path, which leads nowhere outside the store.

    :raises ValueError: it might.
    """
    if not _PATH.fullmatch(path) or len(path) > 500:
        raise ValueError("a path in the object store has plain names between single slashes")
    return path
