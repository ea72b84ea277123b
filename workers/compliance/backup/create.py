"""Taking a backup: one snapshot of the database, streamed table by table into a store."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import IsolationLevel

from workers.compliance.backup.archive import MAGIC, Contents, Manifest, Seals, Table
from workers.compliance.backup.catalog import (
    QUERIES,
    Catalog,
    copy_out,
    of_database,
    read_blocks,
    read_catalog,
    read_migrations,
    read_partitions,
)
from workers.compliance.backup.errors import BackupError
from workers.compliance.backup.kept_keys import check_scope, keep_keys
from workers.compliance.backup.keys import BackupKey
from workers.compliance.backup.progress import Report, Step
from workers.compliance.backup.store import BackupStore
from workers.store.pool import Connection


async def create_backup(
    connection: Connection,
    store: BackupStore,
    key: BackupKey,
    *,
    organization_id: UUID | None = None,
    report: Report = lambda _: None,
) -> Manifest:
    """Take a backup of the hub, or of one organization, and return its manifest; and keep the keys beside it.

    The keys are read once the rows have been: one that was destroyed meanwhile is in no file.

    :param connection: of `open_session`, as ``wasl_backup`` or the owner of the hub; from here on it only reads.
    :raises BackupError: the database, the store, an unknown organization, or keys of another hub in the store; nothing
        is left that looks like a backup.
    """
    try:
        await connection.set_read_only(True)
        await check_scope(connection, store, organization_id)
        await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
        async with connection.transaction():
            manifest = await _Backup(connection, store, key, organization_id, report).write()
        await keep_keys(connection, store, key, organization_id)
    except asyncio.CancelledError:
        await connection.close()  # a COPY may be left open on it
        raise
    except psycopg.Error as error:
        raise of_database(error) from None
    await store.finish(manifest)
    return manifest


@dataclass
class _Backup:
    connection: Connection
    store: BackupStore
    key: BackupKey
    organization_id: UUID | None
    report: Report
    tables: list[Table] = field(default_factory=list)
    blocks: int = 0

    async def write(self) -> Manifest:
        """Write the data file; there is a backup once its manifest is in the store."""
        taken_at: datetime = await self._value("moment")
        of = "hub" if self.organization_id is None else f"organization-{self.organization_id}"
        backup_id = f"{taken_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{of}-{secrets.token_hex(3)}"
        seals, sealed_key = Seals.new(self.key, backup_id)
        catalog = await read_catalog(self.connection)
        partitions, migrations = await read_partitions(self.connection), await read_migrations(self.connection)
        # Closed at once when anything fails: a COPY that is still open would keep the transaction from ending.
        async with aclosing(self._frames(catalog, seals)) as frames:
            data_bytes = await self.store.write(backup_id, frames)
        manifest = Manifest(
            id=backup_id,
            taken_at=taken_at.astimezone(UTC),
            organization_id=self.organization_id,
            key_id=self.key.id,
            sealed_key=sealed_key,
            data_bytes=data_bytes,
        )
        contents = Contents(migrations=migrations, partitions=partitions, tables=tuple(self.tables))
        return manifest.with_contents(contents, seals)

    async def _frames(self, catalog: Catalog, seals: Seals) -> AsyncGenerator[bytes]:
        """The data file, frame by frame."""
        conditions: dict[str, Any] = dict.fromkeys(catalog.tables)
        if self.organization_id is not None:
            conditions = catalog.belonging(self.organization_id)
            await self._must_exist(self.organization_id)
        yield MAGIC
        for number, (table, condition) in enumerate(conditions.items()):
            columns = catalog.tables[table]
            rows, size, first, digest = 0, 0, self.blocks, hashlib.sha256()
            statement = copy_out(table, columns, condition)
            async with aclosing(read_blocks(self.connection, statement)) as blocks:
                async for block in blocks:
                    digest.update(block)
                    rows, size = rows + block.count(b"\n"), size + len(block)
                    self.report(Step(table, number, len(conditions), rows))
                    yield await asyncio.to_thread(seals.seal_block, self.blocks, block)
                    self.blocks += 1
            self.tables.append(
                Table(
                    name=table,
                    columns=columns,
                    rows=rows,
                    size=size,
                    sha256=digest.hexdigest(),
                    blocks=self.blocks - first,
                )
            )
            self.report(Step(table, number + 1, len(conditions), rows))

    async def _must_exist(self, organization_id: UUID) -> None:
        cursor = await self.connection.execute(QUERIES["has_organization"], {"organization_id": organization_id})
        if not (await cursor.fetchall())[0][0]:
            raise BackupError(f"There is no organization {organization_id}.")

    async def _value(self, name: str) -> Any:
        row = await (await self.connection.execute(QUERIES[name])).fetchone()
        assert row is not None
        return row[0]
