"""What a test leaves in the workplace: nothing that a worker would do. A worker takes any job it finds, so one that a
later test starts would spend its time on leftovers, and they would meet the faults that are planned for that test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from psycopg import sql

from tests.support.workplace import Workplace, until

# No health check, comparison or look, and then no job: a look that is due becomes one.
RETIRE = (
    """
    update public.integration_connections c set status = 'disconnected'
    from public.organizations o
    where o.id = c.organization_id and o.created_at >= %(since)s and c.status <> 'disconnected'""",
    """
    delete from private.payment_looks l
    using public.payments p, public.organizations o
    where p.id = l.payment_id and o.id = p.organization_id and o.created_at >= %(since)s""",
    """
    delete from private.jobs j
    using public.organizations o
    where o.id = j.organization_id and o.created_at >= %(since)s""",
)

# Nor is the ledger of yesterday's payments checked again by each worker, organization after organization.
LONG_AGO = """
    alter table public.payments disable trigger payments_touch;
    update public.payments p set updated_at = now() - interval '1 month'
    from public.organizations o
    where o.id = p.organization_id and o.created_at >= {since} and p.updated_at > now() - interval '2 days';
    alter table public.payments enable trigger payments_touch"""


@asynccontextmanager
async def retiring(workplace: Workplace) -> AsyncIterator[None]:
    """Retire the organizations that come into being in the block."""
    since = datetime.now(UTC)
    yield
    await retire(workplace, since)


async def retire(workplace: Workplace, since: datetime) -> None:
    """Leave nothing to do for the organizations that are no older."""

    async def nothing_under_way() -> bool:
        return all(worker.executor.held == 0 for worker in workplace.workers)

    await _clear(workplace, since)
    await until(nothing_under_way)
    await _clear(workplace, since)  # what followed from the last jobs


async def _clear(workplace: Workplace, since: datetime) -> None:
    for statement in RETIRE:
        await workplace.database.execute(statement, {"since": since})


@pytest.fixture(autouse=True)
def leaves_nothing_to_do(request: pytest.FixtureRequest) -> None:
    """Who uses the workplace retires what it has made: each test what is its own, each module what its tests share."""
    if "workplace" in request.fixturenames:
        request.getfixturevalue("module_retires")
        request.getfixturevalue("retires")


@pytest.fixture(scope="module")
async def module_retires(workplace: Workplace) -> AsyncIterator[None]:
    yield
    await retire(workplace, workplace.opened_at)
    async with workplace.database.transaction():
        await workplace.database.execute(sql.SQL(LONG_AGO).format(since=sql.Literal(workplace.opened_at)))


@pytest.fixture
async def retires(workplace: Workplace) -> AsyncIterator[None]:
    async with retiring(workplace):
        yield
