"""The parts that webhook signature schemes share."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence


def hmac_sha256_hex(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256 in lower-case hexadecimal, as ASCII bytes."""
    return hmac.digest(key, message, "sha256").hex().encode("ascii")


def any_equal(expected: Iterable[bytes], presented: Sequence[bytes]) -> bool:
    """Whether any expected value was presented; every pair is compared, in constant time each."""
    found = False
    for wanted in expected:
        for given in presented:
            found |= hmac.compare_digest(wanted, given)
    return found
