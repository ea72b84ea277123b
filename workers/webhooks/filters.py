"""Events that an endpoint keeps without acting on them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import translate
from functools import lru_cache


def kept_status(record_only: bool, ignored_event_types: Sequence[str], event_type: str | None) -> str | None:
    """``recorded`` or ``filtered`` for an event that is only to be kept, else None.

    :param record_only: whether nothing is acted on.
    :param ignored_event_types: patterns of types, ``*`` standing for any part of one.
    :param event_type: in the provider's words.
    """
    if record_only:
        return "recorded"
    if ignored_event_types and event_type is not None and _pattern(tuple(ignored_event_types)).match(event_type):
        return "filtered"
    return None


@lru_cache(1024)
def _pattern(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(translate(each) for each in patterns))
