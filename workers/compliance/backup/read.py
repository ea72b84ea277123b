"""Reading a backup: every block is checked as it is opened, every table when it ends, the file at its own end."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Self

from workers.compliance.backup.archive import MAGIC, Contents, Manifest, Seals, Table, frame_length
from workers.compliance.backup.errors import Damaged
from workers.compliance.backup.keys import RecoveryKey
from workers.compliance.backup.progress import Report, Step
from workers.compliance.backup.store import BackupStore


@dataclass
class Archive:
    """A backup that is being read, its tables one after the other."""

    manifest: Manifest
    contents: Contents
    _seals: Seals
    _file: FrameReader
    _blocks: int = 0
    _bytes: int = 0

    @classmethod
    async def open(cls, store: BackupStore, backup_id: str, recovery: RecoveryKey) -> Self:
        """Open a backup's manifest.

        :raises BackupError: there is no such backup.
        :raises WrongKey: it is sealed to another key.
        :raises Damaged: its manifest was changed.
        """
        manifest = await store.manifest(backup_id)
        contents, seals = manifest.open(recovery)
        return cls(manifest, contents, seals, FrameReader(store.read(backup_id), MAGIC))

    async def rows(self, table: Table, report: Report = lambda _: None) -> AsyncIterator[bytes]:
        """The rows of the next table, as COPY text in blocks; raises Damaged as soon as one is not right."""
        rows, size, digest = 0, 0, hashlib.sha256()
        for _ in range(table.blocks):
            sealed = await self._file.frame()
            block = await asyncio.to_thread(self._seals.open_block, self._blocks, sealed)
            digest.update(block)
            self._blocks += 1
            rows, size, self._bytes = rows + block.count(b"\n"), size + len(block), self._bytes + len(block)
            report(Step(table.name, self._bytes, self.contents.size, rows))
            yield block
        if (rows, size, digest.hexdigest()) != (table.rows, table.size, table.sha256):
            raise Damaged(f"The rows of {table.name} are not those that were written.")

    async def finish(self) -> None:
        """Make sure that the data file ends where it should; raises Damaged."""
        await self._file.expect_end(self.manifest.data_bytes)

    async def aclose(self) -> None:
        """Let go of the store."""
        await self._file.aclose()


async def verify(archive: Archive, report: Report = lambda _: None) -> None:
    """Read a whole backup, without any database.

    :raises Damaged: anything in it is not what was written.
    :raises BackupError: the store does not hand it out.
    """
    try:
        for table in archive.contents.tables:
            async for _ in archive.rows(table, report):
                pass
        await archive.finish()
    finally:
        await archive.aclose()


@dataclass
class FrameReader:
    """The bytes of a file of frames, taken in the lengths they were written in.

    :param name: what such a file is called in errors.
    """

    _pieces: AsyncIterator[bytes]
    _magic: bytes
    _name: str = "data file"
    _waiting: bytearray = field(default_factory=bytearray)
    _taken: int = 0

    async def frame(self) -> bytes:
        """The next frame; raises Damaged when there is none."""
        await self._begin()
        return await self._take(frame_length(await self._take(4)))

    async def expect_end(self, length: int | None = None) -> None:
        """Make sure that nothing follows; raises Damaged. :param length: how many bytes there have to be, if known."""
        await self._begin()
        if await self._fill(1):
            raise Damaged(f"The {self._name} goes on where it should end.")
        if length is not None and self._taken != length:
            raise Damaged(f"The {self._name} is not as long as its manifest says.")

    async def aclose(self) -> None:
        """Let go of the store."""
        close = getattr(self._pieces, "aclose", None)
        if close is not None:
            await close()

    async def _begin(self) -> None:
        if self._taken == 0 and await self._take(len(self._magic)) != self._magic:
            raise Damaged(f"That is no {self._name} of a backup.")

    async def _take(self, length: int) -> bytes:
        if not await self._fill(length):
            raise Damaged(f"The {self._name} ends too early, after {self._taken + len(self._waiting)} bytes.")
        taken = bytes(self._waiting[:length])
        del self._waiting[:length]
        self._taken += length
        return taken

    async def _fill(self, length: int) -> bool:
        while len(self._waiting) < length:
            piece = await anext(self._pieces, None)
            if piece is None:
                return False
            self._waiting += piece
        return True
