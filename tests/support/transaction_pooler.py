"""A pooler in transaction mode, as PgBouncer and Supabase's are: each transaction meets another session of the server.

It signs nobody in (a client gets a server session that is signed in already) and passes no cancellation on.
"""

import asyncio
import itertools
import os
import socket
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from psycopg import pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo

TOLD = ("server_version", "client_encoding", "server_encoding", "standard_conforming_strings", "TimeZone", "DateStyle")
ENCRYPTION_REQUESTS = {80877103, 80877104}
CANCELLATION = 80877102
TERMINATE = b"X"
ENDING = (b"Q", b"S", b"F")
"""What a client sends that the server answers with ReadyForQuery."""
BEGINNING = (b"P", b"B", b"D", b"E", b"C", b"H")
"""What goes before such a one."""


@dataclass(eq=False)
class Session:
    """A session of the server."""

    connection: pq.PGconn
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def open(cls, conninfo: str) -> "Session":
        connection = await asyncio.to_thread(pq.PGconn.connect, conninfo.encode())
        assert connection.status == pq.ConnStatus.OK, connection.error_message
        reader, writer = await asyncio.open_connection(sock=socket.socket(fileno=os.dup(connection.socket)))
        return cls(connection, reader, writer)


@dataclass
class Pooler:
    """The server's sessions, of which the one that was idle for longest is taken."""

    conninfo: str
    idle: deque[Session] = field(default_factory=deque)
    returned: asyncio.Condition = field(default_factory=asyncio.Condition)
    transactions: int = 0
    url: str = ""

    async def take(self) -> Session:
        async with self.returned:
            await self.returned.wait_for(lambda: self.idle)
            self.transactions += 1
            return self.idle.popleft()

    async def give_back(self, session: Session) -> None:
        async with self.returned:
            self.idle.append(session)
            self.returned.notify()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, from its first byte to its last."""
        client = _Client(self, reader, writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            if await client.let_in():
                await client.pass_on()
        await client.leave()
        writer.close()


@dataclass
class _Client:
    pooler: Pooler
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    session: Session | None = None
    answering: asyncio.Task[None] | None = None
    awaited: int = 0
    midway: bool = False

    async def let_in(self) -> bool:
        while True:
            length, code = [int.from_bytes(await self.reader.readexactly(4), "big") for _ in range(2)]
            await self.reader.readexactly(length - 8)
            if code not in ENCRYPTION_REQUESTS:
                break
            self.writer.write(b"N")
        if code == CANCELLATION:
            return False
        told = self.pooler.idle[0].connection if self.pooler.idle else None
        self.writer.write(_message(b"R", bytes(4)))
        for name in TOLD:
            value = (told and told.parameter_status(name.encode())) or b"UTF8"
            self.writer.write(_message(b"S", name.encode() + b"\0" + value + b"\0"))
        self.writer.write(_message(b"K", bytes(8)) + _message(b"Z", b"I"))
        return True

    async def pass_on(self) -> None:
        while True:
            kind, message = await _read(self.reader)
            if kind == TERMINATE:
                return
            if self.session is None:
                self.session = await self.pooler.take()
                self.answering = asyncio.create_task(self._answer(self.session))
            self.midway = kind in BEGINNING or (self.midway and kind not in ENDING)
            self.awaited += kind in ENDING
            self.session.writer.write(message)

    async def _answer(self, session: Session) -> None:
        """Pass the server's answers on until the transaction is over."""
        while True:
            kind, message = await _read(session.reader)
            if kind == b"Z":
                self.awaited -= 1
                if message[-1:] == b"I" and not self.awaited and not self.midway:
                    self.session = None
                    await self.pooler.give_back(session)
                    self.writer.write(message)
                    return
            self.writer.write(message)

    async def leave(self) -> None:
        """A client that leaves in the middle of a transaction takes the session with it."""
        if self.session is None:
            return
        if self.answering is not None:
            self.answering.cancel()
        self.session.connection.finish()
        self.session.writer.close()
        await self.pooler.give_back(await Session.open(self.pooler.conninfo))


@asynccontextmanager
async def pooling(url: str, *, sessions: int = 6) -> AsyncIterator[Pooler]:
    """A pooler before the database at ``url``, with so many sessions, while the block runs."""
    pooler = Pooler(make_conninfo(url, sslmode="disable", gssencmode="disable", application_name="pooler"))
    for _ in range(sessions):
        pooler.idle.append(await Session.open(pooler.conninfo))
    server = await asyncio.start_server(pooler.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    facts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    pooler.url = make_conninfo(**facts | {"port": port, "sslmode": "disable"})
    try:
        yield pooler
    finally:
        server.close()
        for session in itertools.chain(pooler.idle):
            session.connection.finish()
            session.writer.close()


async def _read(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readexactly(5)
    return head[:1], head + await reader.readexactly(int.from_bytes(head[1:], "big") - 4)


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + (len(body) + 4).to_bytes(4, "big") + body
