"""Walking a list that is paged by ``start`` and ``count`` while it changes: what changes meanwhile may come twice, and
is never left out.

Each page begins with the last item of the page before. Where another one stands there, the list has moved, and the walk
goes a page back. A list that is sorted by changes, and long or seen to move, is read from its beginning again, up to
what was new at first, since an item that is changed goes there.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final, NamedTuple, Self

import orjson

COUNT: Final = 25
"""Items of a page; LinkedIn gives 100 at most."""


class Item(NamedTuple):
    """One of the list. :param modified: in milliseconds since 1970; 0 in lists that are not sorted by it."""

    id: str
    modified: int = 0


@dataclass(frozen=True, slots=True)
class Walk:
    """Where one stands.

    :param start: the next item. :param last: the one before it. :param top: when the newest was changed.
    :param until: earlier changes are not wanted. :param moved: whether the list was seen to move.
    :param loose: do not look for the last one after the next page, so that a list that never stands still is walked
        through nevertheless.
    """

    start: int = 0
    last: str = ""
    top: int = 0
    until: int = 0
    moved: bool = False
    loose: bool = False

    @property
    def offset(self) -> int:
        """What to ask for."""
        return max(0, self.start - 1) if self.last else self.start

    def turn(self, page: Sequence[Item]) -> tuple[slice, Walk | None]:
        """Which items of the page that was asked for are new, and where to go on; None: that was all."""
        if self.last and (not page or page[0].id != self.last):
            back = max(0, self.offset - COUNT)
            return slice(0), Walk(back, "", self.top, self.until, moved=True, loose=True)
        first = 1 if self.last else 0
        wanted = next((place for place, item in enumerate(page) if item.modified < self.until), len(page))
        top = self.top or max((item.modified for item in page), default=0)
        if first < wanted == len(page):
            last = "" if self.loose else page[-1].id
            return slice(first, wanted), Walk(self.offset + len(page), last, top, self.until, self.moved)
        again = Walk(until=top) if top and (self.moved or self.start > COUNT) else None
        return slice(first, max(first, wanted)), again

    def write(self) -> dict[str, object]:
        """As part of a cursor."""
        return asdict(self)

    @classmethod
    def read(cls, kept: object) -> Self:
        """Out of a cursor. :raises ValueError: it is none."""
        try:
            walk = cls(**kept)  # type: ignore[arg-type]
        except TypeError:
            raise ValueError("not a place in a list") from None
        if [type(each) for each in asdict(walk).values()] != [int, str, int, int, bool, bool]:
            raise ValueError("not a place in a list")
        return walk


def write_cursor(fields: Mapping[str, object]) -> str:
    """A cursor: opaque to whoever keeps it."""
    return base64.urlsafe_b64encode(orjson.dumps(fields)).decode().rstrip("=")


def read_cursor(cursor: str | None) -> dict[str, object]:
    """What was written; empty without one. :raises ValueError: it is none of ours."""
    if cursor is None:
        return {}
    fields = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    if not isinstance(fields, dict):
        raise ValueError("not a cursor")
    return fields
