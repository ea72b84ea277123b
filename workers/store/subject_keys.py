"""Keys of data subjects, in a file beside backups by other means, and taken back: what is not in it opens nowhere.

``wasl backup`` keeps them itself, sealed. Either file is written anew each time and replaces the last one, so that a
key that was destroyed is in no copy once that has happened.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final, TextIO
from uuid import UUID

import orjson
from psycopg.types.json import Jsonb

from workers.store.pool import Connection
from workers.store.queries import load_queries

QUERIES = load_queries("subject_keys")
_BATCH: Final = 1_000
_RESTORED: Final = (
    "restore_blind_keys",
    "restore_subject_keys",
    "restore_erased",
    "restore_restricted",
    "erase_deleted_leads",
)


async def keep_keys(connection: Connection, path: Path) -> int:
    """Write all keys, and who was erased, to a file that only its owner may read; the former one is replaced.

    :returns: how many lines it has.
    :raises OSError: it cannot be written; the former one stands.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    count = 0
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            async with connection.transaction(), connection.cursor(name="kept_keys") as rows:
                await rows.execute(QUERIES["kept"])
                async for (line,) in rows:
                    file.write(orjson.dumps(line).decode() + "\n")
                    count += 1
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return count


async def restore_keys(connection: Connection, path: Path) -> int:
    """Once a backup has been restored: `take_keys` from a file, in one transaction; it may be done again.

    :returns: how many requests the workers have got.
    :raises ValueError: the file is none that `keep_keys` has written; nothing is changed.
    """
    with path.open(encoding="utf-8") as file:
        async with connection.transaction():
            return await take_keys(connection, _batches(file))


async def take_keys(
    connection: Connection, batches: AsyncIterator[Sequence[dict[str, Any]]], organization_id: UUID | None = None
) -> int:
    """Have these keys and no others, and erase anew who was erased since; in the caller's transaction.

    Leads that were deleted are erased in it; what people had asked to have erased is carried out by the workers.

    :param organization_id: whose alone; None: all.
    :returns: how many requests the workers have got.
    """
    scope = {"organization_id": organization_id}
    await connection.execute(QUERIES["forget_restored_keys"], scope)
    async for batch in batches:
        lines = [line for line in batch if organization_id in (None, UUID(line["organization_id"]))]
        for name in _RESTORED:
            await connection.execute(QUERIES[name], {"lines": Jsonb(lines)})
    ((made,),) = await (await connection.execute(QUERIES["erase_anew"], scope)).fetchall()
    return int(made)


async def count_unreadable(connection: Connection, organization_id: UUID | None) -> dict[str, int]:
    """How many records of each kind, and proofs of consents, say of people what no key opens."""
    cursor = await connection.execute(QUERIES["unreadable"], {"organization_id": organization_id})
    return dict(await cursor.fetchall())


async def _batches(file: TextIO) -> AsyncIterator[Sequence[dict[str, Any]]]:
    numbered = enumerate(file, start=1)
    while batch := [_line(number, text) for number, text in islice(numbered, _BATCH)]:
        yield batch


def _line(number: int, text: str) -> dict[str, Any]:
    try:
        line: dict[str, Any] = orjson.loads(text)
        if "kind" not in line:
            raise ValueError
    except (TypeError, ValueError):
        raise ValueError(f"line {number} is none of a file of keys") from None
    return line
