"""A worker, and offices whose tools it reaches."""

from collections.abc import AsyncIterator

import pytest

from tests.support.offices import Office
from tests.support.workplace import Workplace
from workers.runtime import Worker


@pytest.fixture(scope="module")
async def worker(workplace: Workplace) -> AsyncIterator[Worker]:
    """A worker, at work all the while; it needs a keyring, which comes with the first organization."""
    await workplace.organization()
    async with workplace.working(poll_seconds=0.1) as worker:
        yield worker


@pytest.fixture
async def office(workplace: Workplace) -> Office:
    """An organization without tools."""
    return await Office.open(workplace)
