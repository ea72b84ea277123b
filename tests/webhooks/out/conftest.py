"""A worker that sends to this machine, organizations whose events go out, and receivers."""

from collections.abc import AsyncIterator

import pytest

from tests.support.receivers import NETWORKS, Outlet, Receiver, open_receiver
from tests.support.workplace import Workplace
from workers.runtime import Worker


@pytest.fixture(scope="module")
async def worker(workplace: Workplace) -> AsyncIterator[Worker]:
    """A worker, at work all the while; it needs a keyring, which comes with the first organization."""
    await workplace.organization()
    async with workplace.working(poll_seconds=0.1, allowed_networks=NETWORKS) as worker:
        yield worker


@pytest.fixture
async def outlet(workplace: Workplace) -> Outlet:
    """An organization of the test's own."""
    return await Outlet.open(workplace)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver of the test's own."""
    async with open_receiver() as receiver:
        yield receiver


@pytest.fixture
async def other_receiver() -> AsyncIterator[Receiver]:
    """Another one."""
    async with open_receiver() as receiver:
        yield receiver
