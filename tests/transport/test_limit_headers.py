"""What providers say of their limits, in each dialect."""

import json

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.transport.limit_headers import (
    UNSAID_BLOCK_SECONDS,
    USED_UP_BLOCK_SECONDS,
    blocked_for,
    mentions_a_limit,
    retry_after,
)
from workers.transport.retry import RETRY_AFTER_LIMIT_SECONDS

NOW = 1_795_456_800.0


def hubspot(*, remaining: int) -> dict[str, str]:
    """HubSpot's headers of a window of ten seconds."""
    return {
        "X-HubSpot-RateLimit-Max": "190",
        "X-HubSpot-RateLimit-Remaining": str(remaining),
        "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
    }


def usage(call_count: int, **others: int) -> str:
    """How much of a limit is used, in per cent, as Meta tells it of an app or a page."""
    return json.dumps({"call_count": call_count, "total_cputime": 1, "total_time": 1, **others})


def business_usage(*businesses: tuple[int, int]) -> str:
    """The same of businesses. :param businesses: how many per cent, and the minutes until it can go on."""
    told = {
        str(number): [
            {"type": "pages", "call_count": percent, "total_cputime": 1, "total_time": 1}
            | {"estimated_time_to_regain_access": minutes}
        ]
        for number, (percent, minutes) in enumerate(businesses)
    }
    return json.dumps(told)


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
        (200, hubspot(remaining=0), 10.0),
        (429, hubspot(remaining=0), 10.0),
        (200, hubspot(remaining=1), None),
        (200, {"X-HubSpot-RateLimit-Remaining": "0"}, None),
        (200, {"X-App-Usage": usage(100)}, USED_UP_BLOCK_SECONDS),
        (200, {"X-App-Usage": usage(99)}, None),
        (400, {"X-Page-Usage": usage(1, total_time=104)}, USED_UP_BLOCK_SECONDS),
        (500, {"X-App-Usage": usage(100)}, None),
        (200, {"X-Business-Use-Case-Usage": business_usage((40, 0), (100, 19))}, 19 * 60.0),
        (200, {"X-Business-Use-Case-Usage": business_usage((100, 0))}, USED_UP_BLOCK_SECONDS),
        (200, {"X-Business-Use-Case-Usage": business_usage((90, 0), (30, 0))}, None),
        (400, {"X-Business-Use-Case-Usage": business_usage((120, 10_000))}, RETRY_AFTER_LIMIT_SECONDS),
        (400, {"X-App-Usage": usage(100), "X-Business-Use-Case-Usage": business_usage((100, 5))}, 300.0),
        (200, {"X-App-Usage": "[100]"}, None),
        (200, {"X-Business-Use-Case-Usage": '{"1": [100, {"call_count": "100"}]}'}, None),
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
            [
                *("RateLimit", "RateLimit-Remaining", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After"),
                *("X-HubSpot-RateLimit-Remaining", "X-HubSpot-RateLimit-Interval-Milliseconds"),
                *("X-App-Usage", "X-Business-Use-Case-Usage"),
            ]
        ),
        st.text(st.characters(min_codepoint=32, max_codepoint=126))
        | st.recursive(
            st.none() | st.booleans() | st.integers(-1000, 10**12) | st.floats() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["call_count", "total_time", "estimated_time_to_regain_access", "1"]),
                    inner,
                    max_size=3,
                )
            ),
        ).map(json.dumps),
    ),
)
def test_no_header_is_too_odd(status: int, headers: dict[str, str]) -> None:
    seconds = blocked_for(status, httpx.Headers(headers))
    assert seconds is None or 0 <= seconds <= RETRY_AFTER_LIMIT_SECONDS
