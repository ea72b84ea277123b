"""The parts that webhook signature schemes share."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Final

from pydantic import AfterValidator, SecretStr

_CHOSEN: Final = re.compile(r"[\x21-\x7e]{16,255}")


def _hard_to_guess(secret: SecretStr | None) -> SecretStr | None:
    lines = secret.get_secret_value().splitlines() if secret else ()
    if any(line.strip() and not _CHOSEN.fullmatch(line.strip()) for line in lines):
        raise ValueError("needs 16 to 255 characters of ASCII without spaces")
    return secret


ChosenSecret = Annotated[SecretStr | None, AfterValidator(_hard_to_guess)]
"""A webhook secret that the merchant chooses; several, a line each, while it is changed."""


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
