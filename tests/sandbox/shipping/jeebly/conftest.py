"""Each test has an account of its own at a twin of its own."""

from collections.abc import AsyncIterator

import pytest

from tests.support.carrier_bench import Bench, bench
from tests.support.carriers.jeebly import CARRIER


@pytest.fixture
async def account() -> AsyncIterator[Bench]:
    async with bench(CARRIER) as opened:
        yield opened
