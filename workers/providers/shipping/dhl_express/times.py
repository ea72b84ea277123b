"""DHL's times, which are those of the place they speak of.

A time goes out with its offset (``2026-02-03T14:00:00 GMT+04:00``). It comes back without one as a rule; then the
country decides. Where a country has several time zones the middle one is taken, which is some hours wrong at the edges.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers.tzdata import TIMEZONE_DATA

from workers.providers.shipping.times import GULF

_OFFSET: Final = re.compile(r"([+-])([0-9]{2}):?([0-9]{2})")


@lru_cache(maxsize=4096)
def zone(country: str | None, day: date) -> tzinfo:
    """The time zone of a country on a day; the Emirates' where the country is not known."""
    names = TIMEZONE_DATA.get(str(phonenumbers.country_code_for_region(country or "")), ())
    zones = sorted((ZoneInfo(name) for name in names), key=lambda each: _offset(each, day))
    return zones[len(zones) // 2] if zones else GULF


def written(moment: datetime, country: str) -> str:
    """A moment as MyDHL wants it: local time at the place, and its offset."""
    local = moment.astimezone(zone(country, moment.date()))
    offset = local.strftime("%z")
    return f"{local:%Y-%m-%dT%H:%M:%S} GMT{offset[:3]}:{offset[3:5]}"


def read(text: str, *, offset: str | None = None, country: str | None = None) -> datetime:
    """A time of MyDHL's in UTC.

    :param text: such as ``2026-02-03T14:00:00``; a date alone stands for the end of that day.
    :param offset: such as ``+04:00``, where DHL tells it; else the ``country`` counts.
    :raises ValueError: it is no time.
    """
    moment = datetime.fromisoformat(text)
    if len(text) == len("2026-02-03"):
        moment = datetime.combine(moment, time(23, 59))
    if moment.tzinfo is None:
        told = _OFFSET.fullmatch(offset or "")
        moment = moment.replace(tzinfo=_fixed(*told.groups()) if told else zone(country, moment.date()))
    return moment.astimezone(UTC)


def _fixed(sign: str, hours: str, minutes: str) -> timezone:
    distance = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-distance if sign == "-" else distance)


def _offset(each: ZoneInfo, day: date) -> timedelta:
    return datetime.combine(day, time(12), each).utcoffset() or timedelta()
