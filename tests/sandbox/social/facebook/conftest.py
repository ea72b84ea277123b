"""Each test has a Facebook of its own."""

from collections.abc import AsyncIterator

import pytest

from tests.sandbox.social.meta_bench import Bench, bench


@pytest.fixture
async def twin() -> AsyncIterator[Bench]:
    async with bench("facebook", "100000000000001", "page") as opened:
        yield opened
