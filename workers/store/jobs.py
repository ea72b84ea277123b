"""The queue in Postgres: jobs are claimed in batches by lease, and ended or put off in batches by claim id."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, LiteralString
from uuid import UUID

import orjson
from psycopg.types.json import Jsonb

from workers.operations.jobs import Done, Job, Later
from workers.store.pool import Connection, Pool
from workers.store.queries import load_queries

QUERIES = load_queries("jobs")
LISTEN = QUERIES["listen"]
"""Makes a connection hear of new jobs."""


class LeaseLost(Exception):
    """The job is somebody else's by now; nothing was written."""


@dataclass(frozen=True, slots=True)
class QueueState:
    """How the queue stands. :param ready: jobs that could be claimed now, counted to 10,000 at most."""

    ready: int
    oldest_seconds: float


class PostgresQueue:
    """`private.jobs`, as executors use it.

    Whatever ends, puts off or gives up jobs returns the ids of those that were still held under their claim id; the
    others are not touched.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def claim(self, claim_id: UUID, kinds: Sequence[str], limit: int, lease_seconds: float) -> list[Job]:
        """Claim up to ``limit`` jobs that are ready, the most urgent and oldest first."""
        parameters = {"claim_id": claim_id, "kinds": kinds, "limit": limit, "lease_seconds": lease_seconds}
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["claim_jobs"], parameters, binary=True)
            return [Job(*row) for row in await cursor.fetchall()]

    async def release_expired(self, writing_kinds: Sequence[str]) -> int:
        """Make jobs claimable again whose lease ran out; returns how many.

        :param writing_kinds: kinds that may have been sent by the worker that held them: their outcome is unknown.
        """
        return len(await self._write("release_expired", {"writing_kinds": writing_kinds}))

    async def extend(self, held: Collection[Job], lease_seconds: float) -> set[UUID]:
        """Make the leases of ``held`` end ``lease_seconds`` from now."""
        parameters = {
            "ids": [job.id for job in held],
            "claim_ids": [job.claim_id for job in held],
            "lease_seconds": lease_seconds,
        }
        return await self._write("extend_leases", parameters)

    async def finish(self, ended: Sequence[tuple[Job, Done]]) -> set[UUID]:
        """End jobs and finish their operations."""
        return await self._write("finish_jobs", _ended(ended))

    async def finish_with_effect(self, job: Job, done: Done) -> None:
        """End one job, finish its operation and apply ``done.effect``, in one transaction.

        :raises LeaseLost: it was no longer held; nothing was written.
        """
        async with self._pool.connection() as connection, connection.transaction():
            if not await _ids(connection, QUERIES["finish_jobs"], _ended([(job, done)])):
                raise LeaseLost(str(job.id))
            if done.effect is not None:
                await done.effect(connection)

    async def postpone(self, put_off: Sequence[tuple[Job, Later, float]]) -> set[UUID]:
        """Put jobs back into the queue, to be claimed after so many seconds."""
        batch = [
            {
                "id": job.id,
                "claim_id": job.claim_id,
                "after_seconds": after,
                "counted": later.counted,
                "outcome_unknown": later.outcome_unknown,
                "error": later.error,
            }
            for job, later, after in put_off
        ]
        return await self._write("postpone_jobs", _batch(batch))

    async def bury(self, given_up: Sequence[tuple[Job, Any]]) -> set[UUID]:
        """Make dead letters of jobs, each with its last error, and raise an alert for each."""
        batch = [{"id": job.id, "claim_id": job.claim_id, "error": error} for job, error in given_up]
        return await self._write("bury_jobs", _batch(batch))

    async def state(self) -> QueueState:
        """Look at how much is waiting."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["queue_state"])
            ((ready, oldest_seconds),) = await cursor.fetchall()
        return QueueState(ready, oldest_seconds)

    async def _write(self, name: str, parameters: dict[str, Any]) -> set[UUID]:
        async with self._pool.connection() as connection:
            return await _ids(connection, QUERIES[name], parameters)


async def _ids(connection: Connection, query: LiteralString, parameters: dict[str, Any]) -> set[UUID]:
    cursor = await connection.execute(query, parameters, binary=True)
    return {row[0] for row in await cursor.fetchall()}


def _ended(ended: Sequence[tuple[Job, Done]]) -> dict[str, Any]:
    return _batch(
        [
            {
                "id": job.id,
                "claim_id": job.claim_id,
                "status": done.status,
                "result": done.result,
                "error": done.error,
                "trace_id": job.trace_id,
            }
            for job, done in ended
        ]
    )


def _batch(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"batch": Jsonb(rows, _dump)}


def _dump(rows: Any) -> bytes:
    dumped = orjson.dumps(rows, default=_as_text)
    # Postgres keeps no NUL character in jsonb; a provider may well send one.
    return orjson.dumps(_without_nul(orjson.loads(dumped))) if b"\\u0000" in dumped else dumped


def _as_text(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"not JSON: {type(value).__name__}")


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, dict):
        return {key.replace("\x00", ""): _without_nul(item) for key, item in value.items()}
    return [_without_nul(item) for item in value] if isinstance(value, list) else value
