"""Reading every record once, however many there are and whatever changes meanwhile.

HubSpot's search ends at 10,000 results, and a record that changes while its pages are read moves to another one. So no
page is asked for by its number: each begins where the last one ended, by the time of the last change. Where a whole
page has one and the same time (an import), the records of that time are read by their ids first. What changes
meanwhile comes again with its new time; nothing is left out. A full reading goes by ids, as the list does by itself,
first those that live, then those that are archived.

The search lags some seconds behind writes, therefore a reading since a moment begins a little before it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import orjson

SEARCH_LIMIT: Final = 200
LIST_LIMIT: Final = 100
INDEX_LAG: Final = timedelta(seconds=60)


class Mode(StrEnum):
    """How a page is asked for."""

    CHANGED = "changed"
    """Those that changed at a time or later."""
    TIED = "tied"
    """Those that changed at one time, by id."""
    LIVE = "live"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reading stands.

    :param since: milliseconds of the last change. :param after: an id, or what HubSpot's list said.
    """

    mode: Mode
    since: int = 0
    after: str = ""

    def cursor(self) -> str:
        """The place as an opaque text."""
        return base64.urlsafe_b64encode(orjson.dumps([self.mode, self.since, self.after])).decode()

    @property
    def searches(self) -> bool:
        return self.mode in (Mode.CHANGED, Mode.TIED)


def begin(since: datetime | None, cursor: str | None) -> Place:
    """The place to read from.

    :raises ValueError: the cursor is none of ours.
    """
    if cursor is None:
        return Place(Mode.LIVE) if since is None else Place(Mode.CHANGED, milliseconds(since - INDEX_LAG))
    mode, moment, after = orjson.loads(base64.urlsafe_b64decode(cursor.encode()))
    if type(moment) is not int or not isinstance(after, str):
        raise ValueError("not a cursor")
    return Place(Mode(mode), moment, after)


def search_body(place: Place, stamp: str, properties: Sequence[str]) -> dict[str, Any]:
    """The question for a page of what changed. :param stamp: the property with the time of the last change."""
    moment = str(place.since)
    if place.mode is Mode.CHANGED:
        filters, sort = [_filter(stamp, "GTE", moment)], stamp
    else:
        filters = [_filter(stamp, "EQ", moment), _filter("hs_object_id", "GT", place.after)]
        sort = "hs_object_id"
    return {
        "filterGroups": [{"filters": filters}],
        "sorts": [sort],
        "properties": list(properties),
        "limit": SEARCH_LIMIT,
        "after": "0",
    }


def list_query(place: Place, properties: Sequence[str], associations: str | None = None) -> list[tuple[str, str]]:
    """The question for a page of all."""
    query = [("limit", str(LIST_LIMIT)), ("properties", ",".join(properties))]
    query.append(("archived", "true" if place.mode is Mode.ARCHIVED else "false"))
    query += [("associations", associations)] if associations else []
    return query + ([("after", place.after)] if place.after else [])


def following(place: Place, body: Mapping[str, Any], stamp: str) -> Place | None:
    """Where the next page begins; None after the last."""
    rows = body["results"]
    if not place.searches:
        after = ((body.get("paging") or {}).get("next") or {}).get("after")
        if after:
            return replace(place, after=str(after))
        return Place(Mode.ARCHIVED) if place.mode is Mode.LIVE else None
    if len(rows) < SEARCH_LIMIT:
        return Place(Mode.CHANGED, place.since + 1) if place.mode is Mode.TIED else None
    if place.mode is Mode.TIED:
        return replace(place, after=str(rows[-1]["id"]))
    last = changed_at(rows[-1], stamp)
    return Place(Mode.CHANGED, last) if last > place.since else Place(Mode.TIED, place.since, "0")


def changed_at(row: Mapping[str, Any], stamp: str) -> int:
    """When a record changed last, in milliseconds."""
    return milliseconds(datetime.fromisoformat(row["properties"].get(stamp) or row["updatedAt"]))


def milliseconds(moment: datetime) -> int:
    """Since 1970."""
    return round(moment.timestamp() * 1000)


def _filter(name: str, operator: str, value: str) -> dict[str, str]:
    return {"propertyName": name, "operator": operator, "value": value}
