"""What providers say of their limits, in each dialect."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.transport.limit_headers import (
    UNSAID_BLOCK_SECONDS,
    blocked_for,
    mentions_a_limit,
    retry_after,
)
from workers.transport.retry import RETRY_AFTER_LIMIT_SECONDS

NOW = 1_795_456_800.0


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"Retry-After": "7"}, 7.0),
        (429, {}, UNSAID_BLOCK_SECONDS),
        (429, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "12"}, 12.0),
        (429, {"Retry-After": "99999999"}, RETRY_AFTER_LIMIT_SECONDS),
        (200, {}, None),
        (200, {"Retry-After": "7"}, None),
        (503, {"Retry-After": "7"}, None),
        (500, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "12"}, None),
        (200, {"RateLimit": '"default";r=0;t=30'}, 30.0),
        (200, {"RateLimit": '"default";r=5;t=30'}, None),
        (200, {"RateLimit-Remaining": "0", "RateLimit-Reset": "30"}, 30.0),
        (200, {"X-RateLimit-Remaining": "1", "X-RateLimit-Reset": "30"}, None),
        (200, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(NOW) + 45)}, 45.0),
        (200, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str((int(NOW) + 45) * 1000)}, 45.0),
        (200, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(NOW) - 45)}, 0.0),
        (200, {"X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": "3"}, 3.0),
        (200, {"X-RateLimit-Remaining": "0"}, None),
        (200, {"X-RateLimit-Remaining": "none", "X-RateLimit-Reset": "soon"}, None),
    ],
)
def test_a_spent_limit_blocks_until_it_is_reset(status: int, headers: dict[str, str], seconds: float | None) -> None:
    assert blocked_for(status, httpx.Headers(headers), now=NOW) == seconds
    if seconds is not None and status == 200:
        assert mentions_a_limit(httpx.Headers(headers))


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"Retry-After": "7"}, 7.0),
        (429, {}, UNSAID_BLOCK_SECONDS),
        (503, {"Retry-After": "7"}, 7.0),
        (503, {}, None),
        (500, {"Retry-After": "7"}, None),
        (200, {"Retry-After": "7"}, None),
    ],
)
def test_only_a_refusal_for_now_asks_to_wait(status: int, headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(status, httpx.Headers(headers)) == seconds


@given(
    st.integers(200, 599),
    st.dictionaries(
        st.sampled_from(
            ["RateLimit", "RateLimit-Remaining", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After"]
        ),
        st.text(st.characters(min_codepoint=32, max_codepoint=126)),
    ),
)
def test_no_header_is_too_odd(status: int, headers: dict[str, str]) -> None:
    seconds = blocked_for(status, httpx.Headers(headers))
    assert seconds is None or 0 <= seconds <= RETRY_AFTER_LIMIT_SECONDS
