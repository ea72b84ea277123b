"""Each test has an Instagram of its own."""

from collections.abc import AsyncIterator

import pytest

from tests.sandbox.social.meta_bench import Bench, bench


@pytest.fixture
async def twin() -> AsyncIterator[Bench]:
    async with bench("instagram", "17841400000000001", "business") as opened:
        yield opened
