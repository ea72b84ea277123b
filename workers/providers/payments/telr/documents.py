"""Text as Telr's Remote API carries it, to the card networks."""

from __future__ import annotations

import re
from typing import Final

# What the card networks carry (https://docs.telr.com/reference/request-methods); Arabic is not in it.
_NOT_CARRIED: Final = re.compile("[^\t\n\r\x20-\x7e\xa0-\u024f]+")
_SPACES: Final = re.compile(r"\s+")
TEXT_LIMIT_CHARS: Final = 63


def carried(text: str) -> str:
    """A text as the card networks carry it: other characters dropped, and no longer than Telr takes. May be empty."""
    return _SPACES.sub(" ", _NOT_CARRIED.sub(" ", text)).strip()[:TEXT_LIMIT_CHARS].strip()
