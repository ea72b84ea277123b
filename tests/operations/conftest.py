"""Jobs of kinds of the test's own, so that tests do not take each other's."""

import random
import string
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.support.workplace import Row, Workplace
from workers.operations.jobs import Job
from workers.store.jobs import PostgresQueue

Enqueue = Callable[..., Awaitable[list[UUID]]]
Claim = Callable[..., Awaitable[list[Job]]]

ENQUEUE = """
    with asked as (
        insert into public.operations (organization_id, kind, input, created_by)
        select %(organization_id)s, %(kind)s, '{"n": 1}', 'service' from generate_series(1, %(count)s)
        returning id, kind, organization_id
    )
    insert into private.jobs (id, kind, organization_id, payload, priority, run_at, max_attempts)
    select id, kind, organization_id, '{"n": 1}', %(priority)s,
        clock_timestamp() + make_interval(secs => %(in_seconds)s), %(max_attempts)s
    from asked
    returning id
"""


@pytest.fixture
def kind() -> str:
    """A kind of job that only this test knows."""
    return "test." + "".join(random.choices(string.ascii_lowercase, k=16))


@pytest.fixture
def queue(workplace: Workplace) -> PostgresQueue:
    return PostgresQueue(workplace.pool)


@pytest.fixture
def enqueue(workplace: Workplace, organization: UUID, kind: str) -> Enqueue:
    """A function that adds operations with their jobs, and returns their ids in order."""

    async def add(
        count: int = 1, *, priority: int = 0, in_seconds: float = 0.0, max_attempts: int = 12, of_kind: str = kind
    ) -> list[UUID]:
        parameters = {
            "organization_id": organization,
            "kind": of_kind,
            "count": count,
            "priority": priority,
            "in_seconds": in_seconds,
            "max_attempts": max_attempts,
        }
        cursor = await workplace.database.execute(ENQUEUE, parameters)
        return [row["id"] for row in await cursor.fetchall()]

    return add


@pytest.fixture
def claim(queue: PostgresQueue, kind: str) -> Claim:
    """A function that claims jobs of the test's kind, each time as another worker."""

    async def take(limit: int = 100, *, lease_seconds: float = 60.0) -> list[Job]:
        return await queue.claim(uuid4(), [kind], limit, lease_seconds)

    return take


async def job_row(workplace: Workplace, job_id: UUID) -> Row | None:
    """A job as it stands in the queue; None when it has left."""
    rows: list[Row] = await workplace.all("select * from private.jobs where id = %s", job_id)
    return rows[0] if rows else None


async def operation_row(workplace: Workplace, operation_id: UUID) -> dict[str, Any]:
    """An operation as it stands."""
    return await workplace.one("select * from public.operations where id = %s", operation_id)
