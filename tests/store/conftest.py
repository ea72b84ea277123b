"""The workers' pool on the real stack, and connections of the test's own to work with."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.rows import DictRow

from stack import Stack
from workers.store.pool import BY_INDEX, Pool, open_pool

CREATE = """
    with organization as (
        insert into public.organizations (name, slug) values ('Store test', %(slug)s) returning id
    ), connection as (
        insert into public.integration_connections (organization_id, provider_key, name, environment, status)
        select id, 'stripe', 'Stripe', 'sandbox', 'active' from organization
        returning id, organization_id
    )
    insert into public.rate_limits (connection_id, organization_id, capacity, refill_per_second, tokens)
    select id, organization_id, %(capacity)s, %(rate)s, %(capacity)s from connection
    returning connection_id, organization_id
"""


@dataclass(frozen=True)
class Connected:
    """A connection and whose it is; without one, the organization itself."""

    id: UUID | None
    organization_id: UUID


NewConnection = Callable[..., Awaitable[Connected]]


@pytest.fixture(scope="session")
async def worker_pool(stack: Stack) -> AsyncIterator[Pool]:
    """Connections as `wasl_worker`, as a worker has them."""
    async with open_pool(stack.worker_database_url, application_name="store tests", settings=BY_INDEX) as pool:
        yield pool


@pytest.fixture(scope="session")
def new_connection(database: psycopg.AsyncConnection[DictRow]) -> NewConnection:
    """A function that makes an organization with one connection and its token bucket."""

    async def create(capacity: float = 100, rate: float = 100) -> Connected:
        slug = f"store-{uuid4().hex[:12]}"
        cursor = await database.execute(CREATE, {"slug": slug, "capacity": capacity, "rate": rate})
        row = await cursor.fetchone()
        assert row is not None
        return Connected(row["connection_id"], row["organization_id"])

    return create
