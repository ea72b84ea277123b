"""What a provider's response headers say of its rate limit.

Dialects read: ``Retry-After`` (RFC 9110); ``RateLimit: "policy";r=0;t=30`` (IETF draft-ietf-httpapi-ratelimit-headers
from version 8) and ``RateLimit-Remaining`` / ``RateLimit-Reset`` (its earlier versions); ``X-RateLimit-Remaining`` /
``X-RateLimit-Reset`` (GitHub, HubSpot and many others), whose reset is seconds from now, or a Unix time in seconds or
milliseconds: told apart by size.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping

import httpx

from workers.transport.retry import RETRY_AFTER_LIMIT_SECONDS, parse_retry_after

UNSAID_BLOCK_SECONDS = 1.0
"""How long a 429 that names no time empties the bucket."""

_UNIX_SECONDS_FROM = 1e9
_UNIX_MILLISECONDS_FROM = 1e12
_STRUCTURED_REMAINING = re.compile(r";\s*r=(\d{1,15})")
_STRUCTURED_RESET = re.compile(r";\s*t=(\d{1,15})")
_FAMILIES = ("ratelimit", "x-ratelimit", "x-rate-limit")


def mentions_a_limit(headers: httpx.Headers) -> bool:
    """Tell quickly whether it is worth asking `blocked_for`: most answers say nothing of limits."""
    return b"imit" in b" ".join([name for name, _ in headers.raw])


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
    return None


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
