"""Restoring: a whole hub into an empty one, or an organization into one that does not have it; all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, LiteralString
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.errors import InsufficientPrivilege, UniqueViolation

from workers.compliance.backup.archive import Table
from workers.compliance.backup.catalog import (
    IDENTITIES,
    KEYS,
    QUERIES,
    USERS,
    Catalog,
    Reference,
    of_database,
    read_catalog,
    read_migrations,
    trusted,
)
from workers.compliance.backup.errors import BackupError, DoesNotFit
from workers.compliance.backup.kept_keys import KeptKeys
from workers.compliance.backup.loading import copy_in, load_accounts, load_keys
from workers.compliance.backup.progress import Report
from workers.compliance.backup.read import Archive
from workers.store.pool import Connection
from workers.store.subject_keys import count_unreadable, take_keys

REPLACED: Final = (
    KEYS,
    "private.alert_metrics",
    "private.backup_plan",
    "private.backup_runs",
    "private.currencies",
    "private.data_classes",
    "private.hub",
    "private.jurisdictions",
    "private.partitioned_tables",
    "private.payment_transitions",
    "private.personal_data",
    "private.personal_tables",
    "private.quotas",
    "public.integration_providers",
)
"""What an empty hub has rows in: its migrations and its first start put them there. Restoring a hub replaces them."""


@dataclass
class Restored:
    """What came of it.

    :param notes: what is not as it was, in words.
    """

    backup_id: str
    organization_id: UUID | None
    tables: int = 0
    rows: int = 0
    notes: list[str] = field(default_factory=list)


async def restore(
    connection: Connection, archive: Archive, report: Report = lambda _: None, *, keys: KeptKeys | None = None
) -> Restored:
    """Restore a backup in one transaction: if anything is wrong, with it or with the hub, nothing has happened.

    No trigger fires, but for those who are erased anew. Jobs are held, and connections of an organization paused,
    until `resume`.

    :param connection: of `open_session`, as the owner of the hub (on Supabase, ``postgres``).
    :param keys: of what is said of people; None: it stays sealed.
    :raises DoesNotFit: the hub is not empty, has another schema, has workers at work, or rows that clash.
    :raises Damaged: the backup is not what was written.
    :raises BackupError: the database or the store.
    """
    try:
        async with connection.transaction():
            restored = await _Restore(connection, archive, keys, report).run()
        await connection.execute("analyze")
    except InsufficientPrivilege as error:
        raise BackupError(f"Restoring takes the owner of the hub: {error.diag.message_primary}.") from None
    except UniqueViolation as error:
        where = f"{error.diag.schema_name}.{error.diag.table_name} ({error.diag.constraint_name})"
        raise DoesNotFit(f"Rows of the backup clash with rows of this hub in {where}.") from None
    except psycopg.Error as error:
        raise of_database(error) from None
    finally:
        await archive.aclose()
        if keys is not None:
            await keys.aclose()
    return restored


@dataclass
class _Restore:
    connection: Connection
    archive: Archive
    keys: KeptKeys | None
    report: Report
    catalog: Catalog = field(init=False)
    conditions: Mapping[str, sql.Composable | None] = field(init=False)

    @property
    def organization_id(self) -> UUID | None:
        return self.archive.manifest.organization_id

    async def run(self) -> Restored:
        manifest, contents = self.archive.manifest, self.archive.contents
        restored = Restored(manifest.id, self.organization_id)
        # So no trigger fires and no order of tables matters; that every reference holds is looked up at the end.
        await self.connection.execute("set local session_replication_role = replica")
        await self.connection.execute(
            "lock table public.organizations, private.jobs, private.restores in share row exclusive mode"
        )
        self.catalog = await read_catalog(self.connection)
        self.conditions = dict.fromkeys(self.catalog.tables)
        if self.organization_id is not None:
            self.conditions = self.catalog.belonging(self.organization_id)
        await self._check_schema(contents.tables)
        await self._check_hub()
        for partition in contents.partitions:
            await self.connection.execute(QUERIES["make_partition"], partition.model_dump())
        for table in contents.tables:
            await self._load(table, restored)
        await self.archive.finish()
        await self._check_references(restored)
        restored.notes += await self._take_keys()
        await self._hold()
        return restored

    async def _check_schema(self, tables: tuple[Table, ...]) -> None:
        """Accounts aside, whose schema is Supabase's, the tables have to be the very same."""
        theirs = {table.name: set(table.columns) for table in tables if table.name not in (USERS, IDENTITIES)}
        ours = {name: set(self.catalog.tables[name]) for name in self.conditions if name not in (USERS, IDENTITIES)}
        differing = sorted(name for name in theirs.keys() | ours.keys() if theirs.get(name) != ours.get(name))
        if not differing:
            return
        last, here = self.archive.contents.migrations[-1:], (await read_migrations(self.connection))[-1:]
        raise DoesNotFit(
            f"The backup has another schema than this hub: {', '.join(differing[:3])} "
            f"{'differs' if len(differing) == 1 else 'differ'}. Migrate an empty hub to {_or_none(last)}, restore, and "
            f"migrate on from there; this one is at {_or_none(here)}."
        )

    async def _check_hub(self) -> None:
        if self.organization_id is not None:
            await self._check_organization(self.organization_id)
            return
        [(workers,)] = await self._all(QUERIES["workers"])
        if workers:
            raise DoesNotFit(f"Workers are connected to this hub ({workers} connections): stop them first.")
        for name in self.catalog.tables:
            if name in REPLACED:
                await self.connection.execute(sql.SQL("delete from {}").format(trusted(name)))
                continue
            [(found,)] = await self._all(sql.SQL("select exists (select from {})").format(trusted(name)))
            if found:
                raise DoesNotFit(f"This hub is not empty: {name} has rows. A hub is restored into a new one.")

    async def _check_organization(self, organization_id: UUID) -> None:
        cursor = await self.connection.execute(QUERIES["has_organization"], {"organization_id": organization_id})
        if (await cursor.fetchall())[0][0]:
            raise DoesNotFit(f"The organization {organization_id} is in this hub already.")

    async def _load(self, table: Table, restored: Restored) -> None:
        rows = self.archive.rows(table, self.report)
        whole = self.organization_id is None
        if table.name in (USERS, IDENTITIES):
            restored.notes += await load_accounts(self.connection, self.catalog, table, rows)
        elif table.name == KEYS and not whole:
            await load_keys(self.connection, table, rows)
        else:
            await copy_in(self.connection, table.name, table.columns, rows)
        restored.tables += 1
        restored.rows += table.rows

    async def _check_references(self, restored: Restored) -> None:
        for reference in self.catalog.references:
            condition = self.conditions.get(reference.table, sql.SQL("false"))
            dangling = _dangling(reference, condition)
            if self.organization_id is not None and reference.on_delete != "keep" and reference.parent == USERS:
                await self._forget_users(reference, dangling, restored)
                continue
            query = sql.SQL("select count(*) from {} child where {}").format(trusted(reference.table), dangling)
            [(number,)] = await self._all(query)
            if number:
                raise DoesNotFit(
                    f"{number} rows of {reference.table} refer to rows of {reference.parent} that this hub does not "
                    f"have ({reference.name})."
                )

    async def _forget_users(self, reference: Reference, dangling: sql.Composable, restored: Restored) -> None:
        """As when an account is deleted: who once did something is not known any more, and what was theirs goes."""
        goes = reference.on_delete == "cascade"
        nothing = sql.SQL(", ").join(sql.SQL("{} = null").format(sql.Identifier(name)) for name in reference.columns)
        change = sql.SQL("delete from {} child where {}") if goes else sql.SQL("update {} child set {nothing} where {}")
        cursor = await self.connection.execute(change.format(trusted(reference.table), dangling, nothing=nothing))
        if cursor.rowcount:
            rows = f"{cursor.rowcount} rows of {reference.table}"
            columns = ", ".join(reference.columns)
            restored.notes.append(
                f"{rows} were of users ({columns}) who did not come, and were left out."
                if goes
                else f"{rows} named users ({columns}) who did not come."
            )

    async def _take_keys(self) -> list[str]:
        """Have what is said of people readable again, but for whoever was erased since; what comes of it, in words."""
        notes = [
            "No keys of what is said of people were taken. `wasl privacy after-restore` takes those kept elsewhere."
        ]
        if self.keys is not None:
            await self.connection.execute("set local session_replication_role = origin")
            made = await take_keys(self.connection, self.keys.batches(), self.organization_id)
            await self.connection.execute("set local session_replication_role = replica")
            head = self.keys.head
            notes = [f"Keys of {head.taken_at:%Y-%m-%d %H:%M:%S} UTC were taken; erasures to carry out anew: {made}."]
            if head.taken_at < self.archive.manifest.taken_at:
                notes.append("These keys are older than the backup: what was added in between stays sealed.")
        if sealed := await count_unreadable(self.connection, self.organization_id):
            what = ", ".join(f"{number} of the kind {kind}" for kind, number in sealed.items())
            notes.append(f"Nobody can read what these records say of people, for want of their keys: {what}.")
        return notes

    async def _hold(self) -> None:
        manifest = self.archive.manifest
        facts: dict[str, Any] = {"restore_id": uuid4(), "organization_id": self.organization_id, "paused": []}
        await self.connection.execute(QUERIES["hold_jobs"], facts)
        if self.organization_id is not None:
            cursor = await self.connection.execute(QUERIES["pause_connections"], facts)
            facts["paused"] = (await cursor.fetchall())[0][0]
        facts |= {"backup_id": manifest.id, "taken_at": manifest.taken_at}
        await self.connection.execute(QUERIES["note_restore"], facts)

    async def _all(self, query: LiteralString | sql.Composed) -> list[tuple[Any, ...]]:
        return await (await self.connection.execute(query)).fetchall()


def _dangling(reference: Reference, condition: sql.Composable | None) -> sql.Composed:
    """Which rows of ``child`` refer to a row that is not there."""
    own = [sql.SQL("child.{}").format(sql.Identifier(name)) for name in reference.columns]
    given = sql.SQL(" and ").join(sql.SQL("{} is not null").format(column) for column in own)
    parent = sql.SQL(" and ").join(
        sql.SQL("parent.{} = {}").format(sql.Identifier(name), column)
        for name, column in zip(reference.parent_columns, own, strict=True)
    )
    query = sql.SQL("{} and not exists (select from {} parent where {})").format(
        given, trusted(reference.parent), parent
    )
    return query if condition is None else sql.SQL("{} and ({})").format(query, condition)


def _or_none(migrations: tuple[str, ...]) -> str:
    return f"migration {migrations[0]}" if migrations else "no migration that is on record"
