"""The shapes that Meta's answers have in common, and texts as they are compared. Pure functions over decoded JSON."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

ID: Final = re.compile(r"[0-9]{1,40}(_[0-9]{1,40})?")
SKEW: Final = timedelta(minutes=2)
"""How far Meta's clock may be from ours."""


def moment(value: Any) -> datetime:
    """A time as Meta writes it: ``2026-01-01T08:00:00+0000``, or seconds since 1970."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, UTC)
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError("a time without a zone")
    return found.astimezone(UTC)


def identifier(value: Any) -> str:
    """An id; some are numbers."""
    text = str(value)
    if isinstance(value, bool) or not ID.fullmatch(text):
        raise ValueError("not an id")
    return text


def items_of(body: Any) -> list[Mapping[str, Any]]:
    """The items of one page."""
    items = body["data"]
    if not isinstance(items, list) or not all(isinstance(each, dict) for each in items):
        raise ValueError("not a page")
    return items


def next_cursor(body: Any) -> str | None:
    """Where the next page begins; None after the last: cursors are there in any case, ``next`` is not."""
    paging = body.get("paging") or {}
    return str(paging["cursors"]["after"]) if paging.get("next") else None


def count(value: Any) -> int | None:
    """A figure; one that comes in parts is their sum. None where there is none."""
    if isinstance(value, dict):
        return sum(int(each) for each in value.values())
    return None if value is None or isinstance(value, bool) else int(value)


def insights_of(body: Any) -> dict[str, Any]:
    """Figures by the names of their metrics: the last value of each."""
    found: dict[str, Any] = {}
    for metric in items_of(body):
        if (total := metric.get("total_value")) is not None:
            found[metric["name"]] = total.get("value")
        elif values := metric.get("values"):
            found[metric["name"]] = values[-1].get("value")
    return found


def same_text(one: str | None, other: str | None) -> bool:
    """Whether two texts are the same to a reader: Meta trims them and turns line ends into its own."""
    return _plain(one) == _plain(other)


def _plain(text: str | None) -> str:
    return " ".join(unicodedata.normalize("NFC", text or "").split())
