"""Times of day as carriers write them: local ones, of a place that is known."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

GULF: Final = ZoneInfo("Asia/Dubai")
RIYADH: Final = ZoneInfo("Asia/Riyadh")


def in_utc(moment: datetime, zone: tzinfo) -> datetime:
    """A moment in UTC. :param zone: whose clocks it was read from, where it does not say so itself."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
