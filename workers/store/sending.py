"""The mark that a job leaves before it sends anything outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from workers.operations.jobs import Job
from workers.store.jobs import LeaseLost
from workers.store.pool import Pool
from workers.store.queries import load_queries

QUERIES = load_queries("sending")


class PostgresMarks:
    """Marks of what is about to be sent.

    :param safe_seconds: nothing is begun to be sent unless the lease lasts this much longer.
    """

    def __init__(self, pool: Pool, *, safe_seconds: float) -> None:
        self._pool = pool
        self._safe_seconds = safe_seconds

    async def begin_sending(
        self, job: Job, connection_id: UUID, why: Mapping[str, Any] | None, sent: Mapping[str, Any]
    ) -> bool:
        """Note, durably, through which connection the job is about to be sent.

        :param why: how the connection was chosen; None leaves what is there.
        :param sent: what was decided for this connection alone, to be known again (`resolve.what_was_sent`).
        :returns: whether the client has asked to cancel it: then do not send.
        :raises LeaseLost: the job is not ours, or not for long enough to send anything.
        """
        parameters = {
            "operation_id": job.id,
            "claim_id": job.claim_id,
            "connection_id": connection_id,
            "why": None if why is None else Jsonb(why),
            "sent": Jsonb(sent),
            "safe_seconds": self._safe_seconds,
        }
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["begin_sending"], parameters)
            row = await cursor.fetchone()
        if row is None:
            raise LeaseLost(str(job.id))
        return bool(row[0])
