"""Times as .NET's JSON writes them: ``/Date(1770112800000+0400)/``, milliseconds of UTC and the offset to show."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from workers.providers.shipping.times import GULF, in_utc

_DOTNET: Final = re.compile(r"/Date\((-?[0-9]{1,15})([+-][0-9]{4})?\)/")


def written(moment: datetime) -> str:
    """A time as Aramex wants it, to be shown in Gulf time."""
    milliseconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return f"/Date({milliseconds}{moment.astimezone(GULF):%z})/"


def read(value: Any) -> datetime:
    """A time from an answer, in UTC.

    A text without offset, as in Aramex's XML (``2026-02-03T14:00:00``), is taken for Gulf time.

    :raises ValueError: not a time.
    """
    if not isinstance(value, str):
        raise ValueError("not a time")
    if found := _DOTNET.fullmatch(value):
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(found[1]))
    return in_utc(datetime.fromisoformat(value), GULF)
