"""A worker, and offices whose tools it reaches."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.offices import Office
from tests.support.workplace import Workplace
from workers.runtime import Worker

HUB_URL = "http://hub.example"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the worker keeps files."""
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
async def worker(workplace: Workplace, folder: Path) -> AsyncIterator[Worker]:
    """A worker, at work all the while; it needs a keyring, which comes with the first organization."""
    await workplace.organization()
    async with workplace.working(poll_seconds=0.1, files=folder, public_url=HUB_URL) as worker:
        yield worker


@pytest.fixture
async def office(workplace: Workplace) -> Office:
    """An organization without tools."""
    return await Office.open(workplace)
