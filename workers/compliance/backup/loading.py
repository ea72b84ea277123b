"""Rows on their way into tables: as they are, or by way of a temporary table where some may be there already."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

from psycopg import sql

from workers.compliance.backup.archive import Table
from workers.compliance.backup.catalog import IDENTITIES, Catalog, Columns, column_list, trusted
from workers.compliance.backup.errors import DoesNotFit
from workers.store.pool import Connection

STAGED: Final = "pg_temp.staged"


async def copy_in(connection: Connection, table: str, columns: Columns, rows: AsyncIterator[bytes]) -> None:
    """Copy rows into a table; what `rows` raises ends the transaction."""
    statement = sql.SQL("copy {} ({}) from stdin").format(trusted(table), column_list(columns))
    async with connection.cursor() as cursor, cursor.copy(statement) as copy:
        async for block in rows:
            await copy.write(block)


async def load_accounts(
    connection: Connection, catalog: Catalog, table: Table, rows: AsyncIterator[bytes]
) -> list[str]:
    """Load users, or how they sign in. Who is here already stays as they are here.

    The schema is Supabase's and may differ between two installations: the columns that both have are taken over.

    :returns: what was left out, in words.
    :raises DoesNotFit: somebody has an account here under another id.
    """
    await _stage(connection, table, rows)
    ours = dict(catalog.tables[table.name])
    common = tuple((name, ours[name]) for name, _ in table.columns if name in ours)
    own = "user_id" if table.name == IDENTITIES else "id"
    values = sql.SQL(", ").join(
        sql.SQL("s.{}::{}").format(sql.Identifier(name), trusted(kind)) for name, kind in common
    )
    statement = sql.SQL(
        "insert into {table} ({columns}) select {values} from pg_temp.staged s"
        " where not exists (select from {table} t where t.{own} = s.{own}::uuid) on conflict do nothing"
    )
    own_name, target = sql.Identifier(own), trusted(table.name)
    await connection.execute(statement.format(table=target, columns=column_list(common), values=values, own=own_name))
    missing = "select count(*) from pg_temp.staged s where not exists (select from {} t where t.{} = s.{}::uuid)"
    number = await _number(connection, sql.SQL(missing).format(target, own_name, own_name))
    await connection.execute("drop table pg_temp.staged")
    if number:
        raise DoesNotFit(
            f"{number} rows of {table.name} could not be added: somebody has the same address here under another id. "
            "Rename or remove that account first."
        )
    left = [name for name, _ in table.columns if name not in ours]
    return [f"{table.name} has no column {', '.join(left)} here; it was left out."] if left else []


async def load_keys(connection: Connection, table: Table, rows: AsyncIterator[bytes]) -> None:
    """Load the keys that an organization's credentials are sealed to. The other hub's own become keys that only open.

    :raises DoesNotFit: this hub has another key of the same id.
    """
    await _stage(connection, table, rows)
    taken = [(name, kind) for name, kind in table.columns if name != "state"]
    values = _values(taken)
    statement = sql.SQL(
        "insert into public.encryption_keys ({}, state) select {}, (case when s.organization_id is null"
        " and s.state = 'active' then 'retiring' else s.state end)::public.encryption_key_state"
        " from pg_temp.staged s on conflict (id) do nothing"
    )
    await connection.execute(statement.format(column_list(taken), values))
    other = sql.SQL(
        "select count(*) from pg_temp.staged s join public.encryption_keys k using (id)"
        " where k.public_key <> s.public_key"
    )
    number = await _number(connection, other)
    await connection.execute("drop table pg_temp.staged")
    if number:
        raise DoesNotFit(f"{number} encryption keys of this hub have the id of another key in the backup.")


async def _stage(connection: Connection, table: Table, rows: AsyncIterator[bytes]) -> None:
    columns = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(name)) for name, _ in table.columns)
    await connection.execute(sql.SQL("create temp table staged ({}) on commit drop").format(columns))
    await copy_in(connection, STAGED, table.columns, rows)


def _values(columns: Sequence[tuple[str, str]]) -> sql.Composed:
    """What was staged as text, in the columns' types."""
    return sql.SQL(", ").join(sql.SQL("s.{}::{}").format(sql.Identifier(name), trusted(kind)) for name, kind in columns)


async def _number(connection: Connection, query: sql.SQL | sql.Composed) -> Any:
    [(number,)] = await (await connection.execute(query)).fetchall()
    return number
