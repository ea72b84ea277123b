"""Empty hubs to restore into: databases of one cluster, each a copy of a hub that was migrated and seeded once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from stack import Stack
from tests.support.stacks import migrated_stack

TEMPLATE = "empty_hub"


@dataclass(frozen=True)
class Hub:
    """A database of its own.

    :param owner_url: as ``postgres``. :param worker_url: as ``wasl_worker``.
    """

    owner_url: str
    worker_url: str

    async def all(self, query: str, *parameters: object) -> list[tuple[object, ...]]:
        """The rows of a statement, as the owner."""
        async with await psycopg.AsyncConnection.connect(self.owner_url, autocommit=True) as connection:
            cursor = await connection.execute(query.encode(), parameters or None)
            return await cursor.fetchall() if cursor.description is not None else []


class EmptyHubs:
    """Makes hubs, quickly."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._numbers = count(1)

    async def new(self) -> Hub:
        """A hub that nothing has been done in."""
        name = f"hub_{next(self._numbers)}"
        await self._execute(_create(name, TEMPLATE))
        urls = (self._stack.database_url, self._stack.worker_database_url)
        return Hub(*(make_conninfo(url, dbname=name) for url in urls))

    async def make_template(self) -> None:
        """Copy the stack's database, in which nobody may be for that moment."""
        await self._execute(sql.SQL("alter database postgres allow_connections false"))
        try:
            await self._execute(
                sql.SQL("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = 'postgres'")
            )
            await self._execute(_create(TEMPLATE, "postgres"))
        finally:
            await self._execute(sql.SQL("alter database postgres allow_connections true"))

    async def _execute(self, statement: sql.SQL | sql.Composed) -> None:
        url = make_conninfo(self._stack.admin_database_url, dbname="template1")
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            await connection.execute(statement)


@asynccontextmanager
async def open_empty_hubs() -> AsyncIterator[EmptyHubs]:
    """A cluster for hubs, while the block runs."""
    async with migrated_stack(only_database=True) as stack:
        hubs = EmptyHubs(stack)
        await hubs.make_template()
        yield hubs


def _create(name: str, template: str) -> sql.Composed:
    statement = sql.SQL("create database {} template {} owner postgres strategy file_copy")
    return statement.format(sql.Identifier(name), sql.Identifier(template))
