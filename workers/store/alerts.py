"""Alerts in Postgres: rules and outboxes by the clock, the messages of one channel, and its secrets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from workers.store.pool import Pool
from workers.store.queries import load_queries
from workers.vault.credentials import SealedValue
from workers.vault.rotation import ResealedCredential, StaleCredential

QUERIES = load_queries("alerts")
MESSAGES_A_MINUTE: Final = 5
"""Of one channel; what is more goes together into one."""


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """Where messages go.

    :param target: the addresses of an e-mail channel; else the host.
    :param is_open: whether it is switched on and can be sent to.
    """

    id: UUID
    organization_id: UUID
    organization_name: str
    name: str
    kind: str
    target: str | None
    language: str | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class PendingNotification:
    """What a channel is still to be told of one alert, as the alert stands.

    :param message_id: of the message that it has been in; None: in none yet.
    :param attempts: how often that has been sent.
    :param is_due: whether its time has come.
    """

    id: UUID
    message_id: UUID | None
    attempts: int
    is_due: bool
    transition: str
    severity: str
    created_at: datetime
    alert_id: UUID
    kind: str
    title: str
    detail: dict[str, Any]
    status: str
    connection_id: UUID | None
    connection_name: str | None
    occurrences: int
    first_seen_at: datetime
    last_seen_at: datetime
    resolved_at: datetime | None


class PostgresAlerts:
    """What the leader does by the clock, and what the sender of a channel reads and writes."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def evaluate_rules(self) -> int:
        """Measure, and raise and end alerts accordingly. Returns how many are new."""
        return int((await self._row("evaluate_rules"))[0])

    async def tell(self) -> int:
        """Put into the outboxes what is due, and see to it that it is sent. Returns how many notifications are new."""
        return int((await self._row("tell"))[0])

    async def forget_old(self) -> int:
        """Forget alerts that have long been over. Returns how many."""
        return int((await self._row("forget_old"))[0])

    async def channel(self, channel_id: UUID) -> ChannelRow | None:
        """A channel; None when it is gone."""
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(ChannelRow)) as rows:
            await rows.execute(QUERIES["load_channel"], {"channel_id": channel_id})
            return await rows.fetchone()

    async def channel_of_operation(self, operation_id: UUID) -> ChannelRow | None:
        """The channel that an operation is about."""
        (channel_id,) = await self._row("channel_of_operation", operation_id=operation_id)
        return await self.channel(channel_id)

    async def secrets(self, channel_id: UUID) -> list[SealedValue]:
        """A channel's URL and signing secret, sealed."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["sealed_secrets"], {"channel_id": channel_id}, binary=True)
            return [SealedValue(*row) for row in await cursor.fetchall()]

    async def pending(self, channel_id: UUID) -> list[PendingNotification]:
        """What waits for a channel, the earliest first, what has been sent in vain before all others."""
        async with (
            self._pool.connection() as connection,
            connection.cursor(row_factory=class_row(PendingNotification)) as rows,
        ):
            await rows.execute(QUERIES["pending"], {"channel_id": channel_id})
            return await rows.fetchall()

    async def room_this_minute(self, channel_id: UUID) -> tuple[int, float]:
        """How many more messages a channel takes this minute, and in how many seconds it takes another one."""
        row = await self._row("room_this_minute", channel_id=channel_id, most=MESSAGES_A_MINUTE)
        return int(row[0]), float(row[1])

    async def begin_message(self, message_id: UUID, notification_ids: Sequence[UUID]) -> None:
        """Bind notifications to a message that is about to be sent."""
        await self._do("begin_message", message_id=message_id, ids=list(notification_ids))

    async def message_sent(self, channel_id: UUID, message_id: UUID) -> None:
        """The channel has taken a message."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(QUERIES["mark_sent"], {"channel_id": channel_id, "message_id": message_id})
            await connection.execute(
                QUERIES["note_channel"], {"channel_id": channel_id, "error": None, "given_up": False}
            )

    async def message_failed(
        self, channel_id: UUID, message_id: UUID, error: dict[str, str], again_in: float | None
    ) -> None:
        """The channel has not taken a message.

        :param again_in: seconds; None: it is given up.
        """
        parameters: dict[str, Any] = {"channel_id": channel_id, "message_id": message_id, "error": Jsonb(error)}
        parameters |= {"given_up": again_in is None, "seconds": again_in}
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(QUERIES["mark_failed"], parameters)
            if again_in is not None:
                await connection.execute(QUERIES["put_off"], parameters)
            await connection.execute(QUERIES["note_channel"], parameters)

    async def put_off(self, channel_id: UUID, seconds: float) -> None:
        """Send nothing to a channel for a while."""
        await self._do("put_off", channel_id=channel_id, seconds=seconds)

    async def drop_pending(self, channel_id: UUID) -> None:
        """Forget what waits for a channel that is switched off."""
        await self._do("drop_pending", channel_id=channel_id)

    async def count_stale(self) -> int:
        """See `RotationStore`, which this class implements for channels' secrets."""
        return int((await self._row("count_stale"))[0])

    async def stale_batch(self, after: UUID | None, limit: int) -> Sequence[StaleCredential]:
        """See `RotationStore`; a channel stands in the place of a connection."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["stale_batch"], {"after": after, "limit": limit}, binary=True)
            return [StaleCredential(*row) for row in await cursor.fetchall()]

    async def replace(self, batch: Sequence[ResealedCredential]) -> int:
        """See `RotationStore`."""
        parameters: dict[str, Any] = {
            "ids": [item.stale.credential_id for item in batch],
            "versions": [item.stale.version for item in batch],
            "old_key_ids": [item.stale.key_id for item in batch],
            "key_ids": [item.stale.target_key_id for item in batch],
            "ciphertexts": [item.ciphertext for item in batch],
        }
        async with self._pool.connection() as connection:
            return (await connection.execute(QUERIES["replace_ciphertexts"], parameters)).rowcount

    async def _row(self, query: str, **parameters: Any) -> tuple[Any, ...]:
        statement: LiteralString = QUERIES[query]
        async with self._pool.connection() as connection:
            (row,) = await (await connection.execute(statement, parameters)).fetchall()
        return row

    async def _do(self, query: str, **parameters: Any) -> None:
        statement: LiteralString = QUERIES[query]
        async with self._pool.connection() as connection:
            await connection.execute(statement, parameters)
