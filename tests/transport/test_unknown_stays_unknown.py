"""A write that may have been done stays unknown, whatever its repetitions are told: else it would be done elsewhere."""

import httpx
import pytest

from tests.transport.conftest import Bench


def _provider(*ends: int | type[httpx.TransportError]) -> Bench:
    """A provider that ends one call after another in the given ways."""
    coming = list(ends)

    def answer(request: httpx.Request) -> httpx.Response:
        end = coming.pop(0)
        if isinstance(end, int):
            return httpx.Response(end, json={})
        raise end("gone", request=request)

    return Bench(answer)


@pytest.mark.parametrize("afterwards", [429, httpx.ConnectError, httpx.ConnectTimeout])
async def test_an_unanswered_write_is_not_refused_for_now(afterwards: int | type[httpx.TransportError]) -> None:
    bench = _provider(httpx.ReadTimeout, afterwards, afterwards)
    with pytest.raises(httpx.ReadTimeout):
        await bench.call("POST", retryable=True)


@pytest.mark.parametrize("broken", [500, 503])
async def test_a_write_that_broke_the_provider_is_not_refused_for_now(broken: int) -> None:
    bench = _provider(broken, 429, 429)
    assert (await bench.call("POST", retryable=True)).status_code == broken


@pytest.mark.parametrize("conclusive", [200, 402])
async def test_a_repetition_that_is_answered_settles_it(conclusive: int) -> None:
    bench = _provider(httpx.ReadTimeout, conclusive)
    assert (await bench.call("POST", retryable=True)).status_code == conclusive


async def test_a_read_is_never_unknown() -> None:
    bench = _provider(httpx.ReadTimeout, 503, 503)
    assert (await bench.call("GET", retryable=True)).status_code == 503
