"""The workers' connections to Postgres: one pool per process, opened and closed with the process."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

import orjson
from psycopg import AsyncConnection, OperationalError
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import ReadOnlySqlTransaction
from psycopg.pq import ConnStatus
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import AsyncConnectionPool

from workers.store.queries import load_queries

QUERIES = load_queries("pool")

Connection: TypeAlias = AsyncConnection[tuple[Any, ...]]
Pool: TypeAlias = AsyncConnectionPool[Connection]

# libpq's own answer to a peer that vanishes without a word; each is overridden by the same key in the URL.
_NETWORK_DEFAULTS = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
# An attempt to connect is given up soon and begun anew by the next request: the pool's own back-off would
# otherwise grow to minutes, and so would the time to notice that the database is back.
_RECONNECT_SECONDS = 5.0

UNAVAILABLE: tuple[type[Exception], ...] = (OperationalError, ReadOnlySqlTransaction)
"""What says that the database cannot do anything just now, whatever it is asked: it is gone, restarting, full, or (as
hosted databases become when their disk is full) read-only. To try again later helps."""

BY_INDEX: Mapping[str, str] = {
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}
"""Session settings for whoever only looks up and changes single rows: plans stay by index, also while statistics lag
behind a table that was empty a minute ago and will be again."""


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """What no statement or transaction of a worker may exceed, in seconds; 0 means no limit."""

    statement_seconds: float = 30.0
    lock_seconds: float = 10.0
    idle_in_transaction_seconds: float = 30.0


async def connect(
    conninfo: str,
    *,
    application_name: str,
    limits: SessionLimits | None = None,
    prepare_threshold: int | None = 2,
) -> Connection:
    """Open one connection outside any pool, set up as the pool's are: for LISTEN, advisory locks and commands.

    Parameters and errors are those of :func:`open_pool`, with `psycopg.OperationalError` for a refused connection.
    """
    connection: Connection = await AsyncConnection.connect(
        _conninfo(conninfo, application_name), autocommit=True, prepare_threshold=prepare_threshold
    )
    try:
        _set_json(connection)
        await _configure(connection, limits or SessionLimits())
    except BaseException:
        await connection.close()
        raise
    return connection


@asynccontextmanager
async def open_pool(
    conninfo: str,
    *,
    application_name: str,
    min_size: int = 1,
    max_size: int = 8,
    wait_seconds: float = 10.0,
    limits: SessionLimits | None = None,
    pooled: bool = False,
    settings: Mapping[str, str] | None = None,
) -> AsyncIterator[Pool]:
    """Keep a pool open for the length of an ``async with`` block.

    Its connections are in autocommit: a single statement is one round trip, and ``async with conn.transaction()``
    makes the transactions. JSON goes through orjson, decimals as strings. A connection that the server has closed
    is found and replaced before it is handed out.

    Args:
        conninfo: a Postgres URL or keyword string.
        application_name: the name in ``pg_stat_activity``.
        min_size: connections kept open.
        max_size: connections opened at most.
        wait_seconds: how long to wait for a free connection, and for the first one at the start.
        limits: the session's timeouts.
        pooled: whether ``conninfo`` leads through a pooler in transaction mode (Supabase's port 6543). There every
            transaction may meet another session of the server: nothing is prepared and nothing is set, and the role's
            own settings hold (`wasl_worker` has those of `SessionLimits` and `BY_INDEX`).
        settings: further session settings, such as `BY_INDEX`.

    Raises:
        psycopg_pool.PoolTimeout: no connection within ``wait_seconds``, at the start or later.
    """
    session_limits = limits or SessionLimits()

    async def configure(connection: Connection) -> None:
        _set_json(connection)
        if pooled:
            return
        await _configure(connection, session_limits)
        for name, value in (settings or {}).items():
            await connection.execute(QUERIES["set_session"], {"name": name, "value": value}, prepare=False)

    pool: Pool = AsyncConnectionPool(
        _conninfo(conninfo, application_name),
        kwargs={"autocommit": True, "prepare_threshold": None if pooled else 2},
        min_size=min_size,
        max_size=max_size,
        open=False,
        configure=configure,
        check=check_open,
        name=application_name,
        timeout=wait_seconds,
        reconnect_timeout=_RECONNECT_SECONDS,
    )
    try:
        await pool.open(wait=True, timeout=wait_seconds)
        yield pool
    finally:
        await pool.close()


async def check_open(connection: Connection) -> None:
    """Raise `psycopg.OperationalError` when the server is known to have closed the connection; no round trip."""
    connection.pgconn.consume_input()  # reads the server's parting words, if any
    connection.pgconn.consume_input()  # and then the end of the stream, which raises
    if connection.pgconn.status != ConnStatus.OK:
        raise OperationalError("the server closed the connection")


def _conninfo(conninfo: str, application_name: str) -> str:
    given = {key: str(value) for key, value in conninfo_to_dict(conninfo).items() if value is not None}
    return make_conninfo(**{**_NETWORK_DEFAULTS, **given, "application_name": application_name})


def _set_json(connection: Connection) -> None:
    set_json_dumps(_dump_json, connection)
    set_json_loads(orjson.loads, connection)


async def _configure(connection: Connection, limits: SessionLimits) -> None:
    settings = {
        "statement_timeout": _milliseconds(limits.statement_seconds),
        "lock_timeout": _milliseconds(limits.lock_seconds),
        "idle_timeout": _milliseconds(limits.idle_in_transaction_seconds),
    }
    await connection.execute(QUERIES["limit_session"], settings, prepare=False)


def _milliseconds(seconds: float) -> str:
    return f"{round(seconds * 1000)}ms"


def _dump_json(value: Any) -> bytes:
    return orjson.dumps(value, default=_decimal_as_text)


def _decimal_as_text(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"not JSON: {type(value).__name__}")
