"""Reading a list of Mailchimp's to its end while it changes.

Mailchimp pages by offset, which leaves items out when others move to the end meanwhile. So lists are read in the order
of a time that only grows, and each page goes on from the time of the page before: times have whole seconds and
``since_…`` leaves its own second out (as probed by an integration of 2026, estuary/connectors), so it starts a second
earlier, and what shares that second comes twice. A second that fills a whole page is read by itself, by offsets; items
leave it when they change, and by as many as it has fewer the next page goes back.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime, timedelta

import orjson

_SECOND = timedelta(seconds=1)
_LARGEST = 10**11


@dataclass(frozen=True, slots=True)
class Place:
    """How far a list has been read.

    :param part: which of the lists that make up the answer, from 0.
    :param since: Unix time, in seconds, after which items follow; None: from the beginning.
    :param before: where the second after ``since`` is read by itself: a second later, so that it is in for certain.
    :param offset: how many items of it were read. :param total: how many there were then.
    """

    part: int = 0
    since: int | None = None
    before: int | None = None
    offset: int = 0
    total: int = 0

    @classmethod
    def first(cls, since: datetime | None, part: int = 0) -> Place:
        """Where to begin. :param since: items of that very moment included."""
        return cls(part, None if since is None else _seconds(since - _SECOND))

    @classmethod
    def read(cls, cursor: str) -> Place:
        """Out of a cursor. :raises ValueError: it is none of ours."""
        try:
            told = orjson.loads(base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True))
        except (binascii.Error, UnicodeError) as fault:
            raise ValueError("not a cursor") from fault
        if not isinstance(told, dict) or set(told) != {each.name for each in fields(cls)}:
            raise ValueError("not a cursor")
        numbers = [0 if told[name] is None and name in ("since", "before") else told[name] for name in told]
        if not all(type(each) is int and 0 <= each < _LARGEST for each in numbers):
            raise ValueError("not a cursor")
        return cls(**told)

    def cursor(self) -> str:
        """As a text for the caller."""
        return base64.urlsafe_b64encode(orjson.dumps(asdict(self))).decode("ascii")

    def query(self, name: str, size: int) -> list[tuple[str, str]]:
        """The parameters of the next page. :param name: of the time that orders the list, such as ``last_changed``."""
        asked = [("sort_field", name), ("sort_dir", "ASC"), ("count", str(size)), ("offset", str(self.offset))]
        bounds = (("since", self.since), ("before", self.before))
        times = [(f"{bound}_{name}", moment) for bound, moment in bounds if moment is not None]
        return [*asked, *((bound, datetime.fromtimestamp(moment, UTC).isoformat()) for bound, moment in times)]

    def after(self, moments: list[datetime], total: int, size: int) -> Place | None:
        """Where to go on after a page; None after the last.

        :param moments: of its items, in their order. :param total: of all items that were asked for, by its answer.
        """
        if self.before is not None:
            return self._within_the_second(len(moments), total, self.before)
        if not moments or (len(moments) < size and len(moments) >= total):
            return None
        reached = _seconds(moments[-1] - _SECOND)
        if self.since is None or reached > self.since:
            return Place(self.part, reached)
        return Place(self.part, self.since, self.since + 2)

    def _within_the_second(self, count: int, total: int, before: int) -> Place:
        if self.offset and total < self.total:
            return replace(self, offset=max(0, self.offset - (self.total - total)), total=total)
        if count and self.offset + count < total:
            return replace(self, offset=self.offset + count, total=total)
        return Place(self.part, before - 1)


def _seconds(moment: datetime) -> int:
    return max(0, int(moment.timestamp()))
