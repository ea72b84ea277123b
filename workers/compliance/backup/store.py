"""Where backups are kept: a folder or an S3-compatible store. A backup is one once its manifest is written, last."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from workers.compliance.backup.archive import Manifest
from workers.compliance.backup.errors import BackupError, Damaged

if TYPE_CHECKING:
    from obstore import WritableFile

MANIFEST: Final = "manifest.json"
DATA: Final = "data.wasl"
KEYS: Final = re.compile(r"keys(-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?\.wasl")
_PART_BYTES: Final = 8 << 20
"""One part of a multipart upload: at most 10,000 of them make 80 GB."""
_PARALLEL_PARTS: Final = 4
_READ_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class BackupStore:
    """A store of backups.

    :param folder: the folder it is; None for S3.
    """

    store: LocalStore | S3Store
    folder: Path | None = None

    @classmethod
    def open(cls, url: str) -> Self:
        """Open what ``WASL_BACKUP_URL`` names: a folder's path, or ``s3://bucket/prefix``.

        The address and credentials of S3 come from the ``AWS_*`` variables that its other tools read.

        :raises BackupError: it is neither, or cannot be opened.
        """
        parts = urlsplit(url)
        try:
            if parts.scheme == "s3" and parts.netloc:
                return cls(S3Store(parts.netloc, prefix=parts.path.strip("/") or None))
            if parts.scheme in ("", "file") and parts.path:
                folder = Path(unquote(parts.path) if parts.scheme else url).expanduser().resolve()
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                return cls(LocalStore(folder, automatic_cleanup=True), folder)
        except (BaseError, OSError, ValueError) as error:
            raise BackupError(f"The store of backups cannot be opened: {_first_line(error)}.") from None
        raise BackupError("WASL_BACKUP_URL is a folder's path or s3://bucket/prefix.")

    async def write(self, backup_id: str, frames: AsyncIterator[bytes]) -> int:
        """Write a data file, and return its length. When ``frames`` raises, there is none."""
        length = await self._stream(f"{backup_id}/{DATA}", frames)
        with _plain_errors():
            await asyncio.to_thread(self._sync, backup_id)
        return length

    async def replace(self, name: str, frames: AsyncIterator[bytes]) -> None:
        """Write a file beside the backups in place of the former one, which stands until the new one is whole."""
        draft = name if self.folder is None else f"{name}.{secrets.token_hex(4)}"  # S3 shows nothing half-written
        await self._stream(draft, frames)
        with _plain_errors():
            await asyncio.to_thread(self._put_in_place, draft, name)

    async def keys_files(self) -> list[str]:
        """The names of the files of keys."""
        with _plain_errors():
            found = await _call(obstore.list_with_delimiter, self.store)
        names = (each["path"].rsplit("/", 1)[-1] for each in found["objects"])
        return sorted(name for name in names if KEYS.fullmatch(name))

    async def finish(self, manifest: Manifest) -> None:
        """Put the manifest beside the data file: from here on there is a backup."""
        with _plain_errors():
            await _call(obstore.put, self.store, f"{manifest.id}/{MANIFEST}", manifest.dump())
            await asyncio.to_thread(self._sync, manifest.id)

    async def manifests(self) -> list[Manifest]:
        """Every backup's manifest, the newest first; what is no manifest is passed over."""
        found = []
        for backup_id in await self._names():
            try:
                found.append(await self.manifest(backup_id))
            except BackupError:
                continue
        return sorted(found, key=lambda manifest: manifest.taken_at, reverse=True)

    async def manifest(self, backup_id: str) -> Manifest:
        """One backup's manifest; raises BackupError when there is none, Damaged when it is another's."""
        try:
            with _plain_errors():
                answer = await _call(obstore.get, self.store, f"{backup_id}/{MANIFEST}")
                data = bytes(await _call(answer.bytes))
        except FileNotFoundError:
            raise BackupError(f"There is no backup {backup_id}, or it was never finished.") from None
        manifest = Manifest.parse(data)
        if manifest.id != backup_id:
            raise Damaged(f"The manifest in {backup_id} is that of {manifest.id}.")
        return manifest

    async def read(self, backup_id: str) -> AsyncIterator[bytes]:
        """The data file, in pieces."""
        try:
            async for piece in self.pieces(f"{backup_id}/{DATA}"):
                yield piece
        except FileNotFoundError:
            raise Damaged(f"The data file of {backup_id} is missing.") from None

    async def pieces(self, path: str) -> AsyncIterator[bytes]:
        """Any file; raises FileNotFoundError."""
        with _plain_errors():
            answer = await _call(obstore.get, self.store, path)
            pieces = iter(answer.stream(min_chunk_size=_READ_BYTES))
            while (piece := await _call(next, pieces, None)) is not None:
                yield bytes(piece)

    async def remove(self, backup_id: str) -> None:
        """Remove a backup, its manifest first: what is left when that stops half-way looks like none."""
        with _plain_errors():
            await _call(obstore.delete, self.store, f"{backup_id}/{MANIFEST}")
            await _call(obstore.delete, self.store, f"{backup_id}/{DATA}")

    async def remove_unfinished(self, now: datetime, age: timedelta = timedelta(days=2)) -> list[str]:
        """Remove data files that never got a manifest and are older than any backup takes; returns whose they are."""
        old: set[str] = set()
        finished: set[str] = set()
        with _plain_errors():
            batches = iter(obstore.list(self.store))
            while (batch := await _call(next, batches, None)) is not None:
                for file in batch:
                    backup_id, _, name = file["path"].rpartition("/")
                    if name == MANIFEST:
                        finished.add(backup_id)
                    elif name == DATA and file["last_modified"] < now - age:
                        old.add(backup_id)
            for backup_id in old - finished:
                await _call(obstore.delete, self.store, f"{backup_id}/{DATA}")
        await asyncio.to_thread(self._remove_drafts, (now - age).timestamp())
        return sorted(old - finished)

    async def _stream(self, path: str, frames: AsyncIterator[bytes]) -> int:
        with _plain_errors():
            writer: WritableFile = await _call(
                obstore.open_writer, self.store, path, buffer_size=_PART_BYTES, max_concurrency=_PARALLEL_PARTS
            )
        length = 0
        async for frame in frames:
            length += len(frame)
            with _plain_errors():
                await _call(writer.write, frame)
        with _plain_errors():
            await _call(writer.close)
        return length

    async def _names(self) -> list[str]:
        with _plain_errors():
            found = await _call(obstore.list_with_delimiter, self.store)
        return [prefix.rstrip("/").rsplit("/", 1)[-1] for prefix in found["common_prefixes"]]

    def _remove_drafts(self, before: float) -> None:
        """A folder's files in the making have something behind their names."""
        drafts = (*self.folder.glob(f"*/{DATA}#*"), *self.folder.glob("keys*.wasl[.#]*")) if self.folder else ()
        for draft in drafts:
            if draft.stat().st_mtime < before:
                draft.unlink(missing_ok=True)

    def _put_in_place(self, draft: str, name: str) -> None:
        if self.folder is None:
            return
        _sync_all(self.folder / draft)
        (self.folder / draft).replace(self.folder / name)
        _sync_all(self.folder)

    def _sync(self, backup_id: str) -> None:
        """Let a folder's files outlive a power cut."""
        if self.folder is not None:
            directory = self.folder / backup_id
            _sync_all(*directory.iterdir(), directory, self.folder)


def _sync_all(*paths: Path) -> None:
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


async def _call(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Call the store in a thread of ours. Its own `async` forms answer from threads of its runtime, which bring the
    process down when one of them is still at it while Python ends (obstore 0.12: `wasl backup list` ended by SIGABRT).
    """
    return await asyncio.to_thread(function, *arguments, **options)


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        raise BackupError(f"The store of backups: {_first_line(error)}.") from None


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")[:300]
