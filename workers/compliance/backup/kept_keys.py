"""The keys of data subjects, in one file beside the backups: replaced as a whole each time, and read when restoring.

A key that was destroyed is in no copy once the file has been replaced, so whoever was erased stays so in every backup.
The file: ``WASLKEY1``, a frame with its head, frames of sealed blocks as in a data file, an empty frame, and a sealed
frame that says how many blocks and lines there were.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from psycopg import IsolationLevel, sql
from pydantic import BaseModel, ConfigDict

from workers.compliance.backup.archive import DAMAGED_MANIFEST, KeysHead, Seals, framed
from workers.compliance.backup.catalog import QUERIES, read_blocks
from workers.compliance.backup.errors import BackupError, Damaged
from workers.compliance.backup.keys import BackupKey, RecoveryKey
from workers.compliance.backup.read import FrameReader
from workers.compliance.backup.store import BackupStore
from workers.store.pool import Connection

MAGIC: Final = b"WASLKEY1"


class _End(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    blocks: int
    lines: int


def keys_name(organization_id: UUID | None) -> str:
    """The file's name in its store."""
    return "keys.wasl" if organization_id is None else f"keys-{organization_id}.wasl"


async def check_scope(connection: Connection, store: BackupStore, organization_id: UUID | None) -> KeysHead | None:
    """Make sure that the keys may be written, before anything else is; returns the head of the file that there is.

    :raises BackupError: they are another hub's, or this one's own are not back yet.
    """
    hub_id, _, _, is_held = await _scope(connection, organization_id)
    if is_held:
        raise BackupError(
            "What was restored is held: once its keys are back, `wasl backup resume` it; until then none are written."
        )
    name = keys_name(organization_id)
    head = await _read_head(store, name)
    if head is not None and head.hub_id != hub_id:
        raise BackupError(
            f"{name} in that store has the keys of another hub, which would be lost: use another store, or move that "
            "file away."
        )
    return head


async def keep_keys(connection: Connection, store: BackupStore, key: BackupKey, organization_id: UUID | None) -> None:
    """Write the keys of the hub, and anew those that were ever written of one organization; or those of one alone.

    :raises BackupError: see `check_scope`; the database or the store. The former file stands.
    """
    await check_scope(connection, store, organization_id)
    await _write(connection, store, key, organization_id)
    if organization_id is None:
        for name in await store.keys_files():
            if name != keys_name(None):
                await _write_anew(connection, store, key, UUID(name[5:-5]))


async def keys_are_old(connection: Connection, store: BackupStore) -> bool:
    """Whether a key was destroyed since the hub's keys were written, or they never were."""
    head = await check_scope(connection, store, None)
    _, destroyed, _, _ = await _scope(connection, None)
    return head is None or head.destroyed != destroyed


async def read_heads(store: BackupStore) -> dict[str, KeysHead]:
    """What may be known of the files of keys without the recovery key, by their names; what is none is passed over."""
    found = {name: await _read_head(store, name) for name in await store.keys_files()}
    return {name: head for name, head in found.items() if head is not None}


@dataclass
class KeptKeys:
    """A file of keys that is being read."""

    head: KeysHead
    _seals: Seals
    _file: FrameReader
    lines: int = 0

    @classmethod
    async def open(cls, store: BackupStore, organization_id: UUID | None, recovery: RecoveryKey) -> Self | None:
        """Open the file that a backup is restored with: an organization's own, else the hub's; None when there is none.

        :raises WrongKey: it is sealed to another key.
        :raises Damaged: it was changed, or is another's.
        """
        for owner in dict.fromkeys((organization_id, None)):
            if (opened := await _open(store, keys_name(owner))) is None:
                continue
            head, reader = opened
            try:
                if head.organization_id != owner:
                    raise Damaged(f"{keys_name(owner)} has the keys of others.")
                return cls(head, head.seals(recovery), reader)
            except BackupError:
                await reader.aclose()
                raise
        return None

    async def batches(self) -> AsyncGenerator[Sequence[dict[str, Any]]]:
        """The lines, some thousands at a time; raises Damaged as soon as something is not right."""
        blocks, rest = 0, b""
        while sealed := await self._file.frame():
            block = await asyncio.to_thread(self._seals.open_block, blocks, sealed)
            blocks, self.lines = blocks + 1, self.lines + block.count(b"\n")
            *lines, rest = (rest + block).split(b"\n")
            yield [orjson.loads(line) for line in lines]
        try:
            plain = self._seals.open_contents(await self._file.frame(), self.head.dump())
        except InvalidTag:
            raise Damaged(DAMAGED_MANIFEST) from None
        if _End.model_validate_json(plain) != _End(blocks=blocks, lines=self.lines):
            raise Damaged("The keys are not those that were written.")
        await self._file.expect_end()

    async def verify(self) -> None:
        """Read all of it, without any database; raises Damaged."""
        try:
            async for _ in self.batches():
                pass
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        """Let go of the store."""
        await self._file.aclose()


async def _write(connection: Connection, store: BackupStore, key: BackupKey, organization_id: UUID | None) -> None:
    """In a transaction of its own, whose statements see what was committed before the lock was had."""
    await connection.set_isolation_level(IsolationLevel.READ_COMMITTED)
    async with connection.transaction():
        await connection.execute(QUERIES["keys_alone"])
        hub_id, destroyed, now, _ = await _scope(connection, organization_id)
        whose = "hub" if organization_id is None else str(organization_id)
        name = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-keys-{whose}-{secrets.token_hex(3)}"
        seals, sealed_key = Seals.new(key, name)
        head = KeysHead(
            id=name,
            taken_at=now.astimezone(UTC),
            organization_id=organization_id,
            key_id=key.id,
            sealed_key=sealed_key,
            hub_id=hub_id,
            destroyed=destroyed,
        )
        async with aclosing(_frames(connection, head, seals)) as frames:
            await store.replace(keys_name(organization_id), frames)


async def _write_anew(connection: Connection, store: BackupStore, key: BackupKey, organization_id: UUID) -> None:
    """Once it is gone from here, or where it is another hub's, what was written last is left."""
    cursor = await connection.execute(QUERIES["has_organization"], {"organization_id": organization_id})
    [(is_here,)] = await cursor.fetchall()
    if is_here:
        try:
            await check_scope(connection, store, organization_id)
        except BackupError:
            return
        await _write(connection, store, key, organization_id)


async def _frames(connection: Connection, head: KeysHead, seals: Seals) -> AsyncGenerator[bytes]:
    yield MAGIC + framed(head.dump())
    blocks = lines = 0
    statement = sql.SQL("copy (select private.keys_to_keep({}::uuid)) to stdout").format(
        sql.Literal(head.organization_id)
    )
    async with aclosing(read_blocks(connection, statement)) as plain:
        async for block in plain:
            yield await asyncio.to_thread(seals.seal_block, blocks, block)
            blocks, lines = blocks + 1, lines + block.count(b"\n")
    end = _End(blocks=blocks, lines=lines).model_dump_json().encode()
    yield framed(b"") + framed(seals.seal_contents(end, head.dump()))


async def _scope(connection: Connection, organization_id: UUID | None) -> tuple[UUID, int, datetime, bool]:
    [row] = await (await connection.execute(QUERIES["keys_scope"], {"organization_id": organization_id})).fetchall()
    return row[0], row[1], row[2], row[3]


async def _read_head(store: BackupStore, name: str) -> KeysHead | None:
    """None when there is none, or it opens nothing: then nothing is lost when it is replaced."""
    try:
        opened = await _open(store, name)
    except Damaged:
        return None
    if opened is None:
        return None
    head, reader = opened
    await reader.aclose()
    return head


async def _open(store: BackupStore, name: str) -> tuple[KeysHead, FrameReader] | None:
    pieces: AsyncIterator[bytes] = store.pieces(name)
    reader = FrameReader(pieces, MAGIC, "keys file")
    try:
        return KeysHead.parse(await reader.frame()), reader
    except FileNotFoundError:
        return None
    except BackupError:
        await reader.aclose()
        raise
