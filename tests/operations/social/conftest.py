"""A worker, and newsrooms that publish through it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

import pytest

from tests.support.networks import NETWORKS
from tests.support.newsrooms import LOCAL, Newsroom
from tests.support.workplace import Workplace
from workers.runtime import Worker

OpensNewsroom: TypeAlias = Callable[..., Awaitable[Newsroom]]


@pytest.fixture(scope="module")
async def worker(workplace: Workplace) -> AsyncIterator[Worker]:
    """A worker, at work all the while; it needs a keyring, which comes with the first organization."""
    await workplace.organization()
    async with workplace.working(public_url="https://hub.test", allowed_networks=LOCAL, poll_seconds=0.05) as worker:
        yield worker


@pytest.fixture
def open_newsroom(workplace: Workplace) -> OpensNewsroom:
    """A function that opens an organization with a login at networks, by their keys."""

    async def open(*keys: str) -> Newsroom:
        return await Newsroom.open(workplace, *(NETWORKS[key] for key in keys))

    return open
