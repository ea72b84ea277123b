"""What a backup consists of: the hub's tables, as the database lists them, and which rows are an organization's."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final, LiteralString
from uuid import UUID

import psycopg
from psycopg import sql

from workers.compliance.backup.archive import BLOCK_BYTES, Partition
from workers.compliance.backup.errors import BackupError
from workers.store.pool import Connection, SessionLimits, connect
from workers.store.queries import parse_queries

_FILE = resources.files(__package__).joinpath("queries.sql")
QUERIES: Final = parse_queries("backup", _FILE.read_text(encoding="utf-8"))

USERS: Final = "auth.users"
IDENTITIES: Final = "auth.identities"
MEMBERS: Final = "public.organization_members"
ORGANIZATIONS: Final = "public.organizations"
CREDENTIALS: Final = "public.api_credentials"
SEALED: Final = "private.sealed_credentials"
KEYS: Final = "public.encryption_keys"
_READ_THROUGH: Final[Mapping[str, LiteralString]] = {
    USERS: "private.users_to_back_up()",
    IDENTITIES: "private.identities_to_back_up()",
}
NO_LIMITS: Final = SessionLimits(0, 60, 0)
"""A table takes as long as it takes; to wait a minute for a lock is enough."""

Columns = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key, and what becomes of its rows when the other one goes: ``cascade``, ``set null`` or ``keep``."""

    name: str
    table: str
    parent: str
    columns: tuple[str, ...]
    parent_columns: tuple[str, ...]
    on_delete: str


@dataclass(frozen=True, slots=True)
class Catalog:
    """The tables of a hub.

    :param tables: the stored columns of each.
    """

    tables: Mapping[str, Columns]
    references: Sequence[Reference]

    def belonging(self, organization_id: UUID) -> dict[str, sql.Composable]:
        """The tables that have rows of an organization, each with the condition that finds them.

        A table without ``organization_id`` belongs to whatever its rows go with: where its foreign key cascades to.
        """
        found: dict[str, sql.Composable] = {}
        literal = sql.Literal(organization_id)
        for table, columns in self.tables.items():
            if any(name == "organization_id" for name, _ in columns):
                found[table] = sql.SQL("organization_id = {}").format(literal)
        found[ORGANIZATIONS] = sql.SQL("id = {}").format(literal)
        while more := self._next_generation(found):
            found |= more
        members = select("user_id", MEMBERS, found[MEMBERS])
        found[USERS] = sql.SQL("id in ({})").format(members)
        found[IDENTITIES] = sql.SQL("user_id in ({})").format(members)
        # The hub's own keys as well, as far as something of the organization is sealed to them.
        found[KEYS] = sql.SQL("({} or organization_id is null and id in ({} union {}))").format(
            found[KEYS], select("key_id", CREDENTIALS, found[CREDENTIALS]), select("key_id", SEALED, found[SEALED])
        )
        return {table: found[table] for table in self.tables if table in found}

    def _next_generation(self, found: Mapping[str, sql.Composable]) -> dict[str, sql.Composable]:
        more: dict[str, sql.Composable] = {}
        for reference in self.references:
            known = reference.table in found or reference.table in more
            if reference.on_delete == "cascade" and reference.parent in found and not known:
                parents = select(", ".join(reference.parent_columns), reference.parent, found[reference.parent])
                own = sql.SQL(", ").join(map(sql.Identifier, reference.columns))
                more[reference.table] = sql.SQL("({}) in ({})").format(own, parents)
        return more


def select(columns: str, table: str, condition: sql.Composable) -> sql.Composed:
    """A query of plain columns of a table of the catalog."""
    return sql.SQL("select {} from {} where {}").format(trusted(columns), trusted(table), condition)


def trusted(text: str) -> sql.SQL:
    """SQL that the catalog has quoted already."""
    return sql.SQL(text)


def column_list(columns: Sequence[tuple[str, str]]) -> sql.Composed:
    """Columns' names, quoted."""
    return sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns)


def copy_out(table: str, columns: Columns, condition: sql.Composable | None) -> sql.Composed:
    """The statement that reads a table's rows, as text: that is the same in every version of Postgres."""
    source = trusted(_READ_THROUGH.get(table, table))
    where = sql.SQL("") if condition is None else sql.SQL(" where ") + condition
    return sql.SQL("copy (select {} from {}{}) to stdout").format(column_list(columns), source, where)


async def read_blocks(connection: Connection, statement: sql.Composed) -> AsyncGenerator[bytes]:
    """What a `copy_out` brings, in blocks. That text has a line break at the end of a row and nowhere else."""
    waiting = bytearray()
    async with connection.cursor() as cursor, cursor.copy(statement) as copy:
        async for piece in copy:
            waiting += piece
            while len(waiting) >= BLOCK_BYTES:
                yield bytes(waiting[:BLOCK_BYTES])
                del waiting[:BLOCK_BYTES]
    if waiting:
        yield bytes(waiting)


async def open_session(database_url: str) -> Connection:
    """A connection on which backups and restores are made.

    :raises BackupError: the database does not let it in.
    """
    try:
        connection = await connect(
            database_url, application_name="wasl backup", limits=NO_LIMITS, prepare_threshold=None
        )
        await connection.execute(QUERIES["begin_session"])
    except psycopg.OperationalError as error:
        raise BackupError(f"The database: {str(error).strip()}") from None
    return connection


async def read_catalog(connection: Connection) -> Catalog:
    """The tables and foreign keys of a hub."""
    tables = await _all(connection, "tables")
    references = await _all(connection, "references")
    return Catalog(
        {name: tuple((column, kind) for column, kind in columns) for name, columns in tables},
        [Reference(row[0], row[1], row[2], tuple(row[3]), tuple(row[4]), row[5]) for row in references],
    )


async def read_partitions(connection: Connection) -> tuple[Partition, ...]:
    """The spans of time that the hub's partitions cover."""
    rows = await _all(connection, "partitions")
    return tuple(Partition(table=row[0], start_at=row[1], end_at=row[2]) for row in rows)


async def read_migrations(connection: Connection) -> tuple[str, ...]:
    """The migrations that made the schema; none where the database keeps no list of them."""
    [(known,)] = await _all(connection, "knows_migrations")
    return tuple(row[0] for row in await _all(connection, "migrations")) if known else ()


async def _all(connection: Connection, name: str) -> list[tuple[Any, ...]]:
    return await (await connection.execute(QUERIES[name])).fetchall()


def of_database(error: psycopg.Error) -> BackupError:
    """What the database says, without the detail, which can quote a row."""
    message = error.diag.message_primary or str(error).strip().partition("\n")[0]
    return BackupError(f"The database: {message.rstrip('.')}.")
