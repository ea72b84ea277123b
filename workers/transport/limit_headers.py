"""What a provider's response headers say of its rate limit.

Dialects read: ``Retry-After`` (RFC 9110); ``RateLimit: "policy";r=0;t=30`` (IETF draft-ietf-httpapi-ratelimit-headers
from version 8) and ``RateLimit-Remaining`` / ``RateLimit-Reset`` (its earlier versions); ``X-RateLimit-Remaining`` /
``X-RateLimit-Reset`` (GitHub and many others), whose reset is seconds from now, or a Unix time in seconds or
milliseconds: told apart by size; ``X-HubSpot-RateLimit-Remaining`` / ``-Interval-Milliseconds``, the length of
HubSpot's rolling window (developers.hubspot.com, usage guidelines); and Meta's ``X-App-Usage``, ``X-Page-Usage`` and
``X-Business-Use-Case-Usage``, JSON with percentages of which 100 blocks, the last with
``estimated_time_to_regain_access`` in minutes (developers.facebook.com/docs/graph-api/overview/rate-limiting).
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import orjson

from workers.transport.retry import RETRY_AFTER_LIMIT_SECONDS, parse_retry_after

UNSAID_BLOCK_SECONDS = 1.0
"""How long a 429 that names no time empties the bucket."""

USED_UP_BLOCK_SECONDS = 60.0
"""How long a usage of 100 per cent that names no time empties the bucket: Meta's window is a rolling hour."""

_UNIX_SECONDS_FROM = 1e9
_UNIX_MILLISECONDS_FROM = 1e12
_STRUCTURED_REMAINING = re.compile(r";\s*r=(\d{1,15})")
_STRUCTURED_RESET = re.compile(r";\s*t=(\d{1,15})")
_FAMILIES = ("ratelimit", "x-ratelimit", "x-rate-limit")
_USAGES = ("x-app-usage", "x-page-usage", "x-business-use-case-usage")
_PERCENTAGES = ("call_count", "total_cputime", "total_time")


def mentions_a_limit(headers: httpx.Headers) -> bool:
    """Tell quickly whether it is worth asking `blocked_for`: most answers say nothing of limits."""
    names = b" ".join([name for name, _ in headers.raw]).lower()
    return b"limit" in names or b"-usage" in names


def retry_after(status: int, headers: Mapping[str, str]) -> float | None:
    """Return how long a refused-for-now answer (429, 503) asks to wait, in seconds; None for any other, or unsaid."""
    if status not in (429, 503):
        return None
    said = parse_retry_after(headers.get("retry-after"))
    return said if said is not None or status == 503 else blocked_for(status, headers)


def blocked_for(status: int, headers: Mapping[str, str], *, now: float | None = None) -> float | None:
    """Return for how many seconds the provider will refuse more calls; None when it has not said that it will.

    :param headers: case-insensitive, as `httpx.Headers` are.
    :param now: Unix time; the present by default.
    """
    if status == 429:
        said = parse_retry_after(headers.get("retry-after"))
        if said is not None:
            return said
        reset = _exhausted_until(headers, time.time() if now is None else now)
        return UNSAID_BLOCK_SECONDS if reset is None else reset
    if status >= 500:
        return None
    return _exhausted_until(headers, time.time() if now is None else now)


def _exhausted_until(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds until the limit is reset, when a header says that nothing of it remains."""
    structured = headers.get("ratelimit")
    if structured is not None:
        remaining, reset = _STRUCTURED_REMAINING.search(structured), _STRUCTURED_RESET.search(structured)
        if remaining and reset:
            return _seconds_from(float(reset[1]), now) if int(remaining[1]) == 0 else None
    for family in _FAMILIES:
        left = headers.get(f"{family}-remaining")
        if left is not None:
            moment = _number(headers.get(f"{family}-reset"))
            return _seconds_from(moment, now) if moment is not None and _number(left) == 0 else None
    window = _number(headers.get("x-hubspot-ratelimit-interval-milliseconds"))
    if window is not None and _number(headers.get("x-hubspot-ratelimit-remaining")) == 0:
        return _seconds_from(window / 1000, now)
    return max((wait for name in _USAGES for wait in _used_up(headers.get(name))), default=None)


def _used_up(usage: str | None) -> Iterator[float]:
    """For how long each limit of one of Meta's headers is used up, in seconds."""
    try:
        told = orjson.loads(usage or "{}")
    except orjson.JSONDecodeError:
        return
    for entry in _entries(told):
        if any(isinstance(percent := entry.get(name), int | float) and percent >= 100 for name in _PERCENTAGES):
            minutes = entry.get("estimated_time_to_regain_access")
            if isinstance(minutes, int | float) and minutes > 0:
                yield min(minutes * 60.0, RETRY_AFTER_LIMIT_SECONDS)
            else:
                yield USED_UP_BLOCK_SECONDS


def _entries(told: Any) -> list[dict[str, Any]]:
    """The figures of an app or a page, or those of each business by its id."""
    if not isinstance(told, dict):
        return []
    by_business = [each for entries in told.values() if isinstance(entries, list) for each in entries]
    return [each for each in (told, *by_business) if isinstance(each, dict)]


def _seconds_from(moment: float, now: float) -> float:
    if moment >= _UNIX_MILLISECONDS_FROM:
        moment = moment / 1000 - now
    elif moment >= _UNIX_SECONDS_FROM:
        moment -= now
    return min(max(moment, 0.0), RETRY_AFTER_LIMIT_SECONDS)


def _number(text: str | None) -> float | None:
    try:
        number = float((text or "").strip()[:32])
    except ValueError:
        return None
    return number if math.isfinite(number) else None
