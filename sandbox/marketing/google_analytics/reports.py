"""What ``runReport`` answers over the events that the twin holds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.marketing.google_analytics.errors import bad_field, bad_request
from sandbox.marketing.google_analytics.payloads import Event, Object

ZONE = "Asia/Dubai"
KEY_EVENTS = {"purchase"}
MOST_ROWS = 250_000
AED = {"AED": 1.0, "USD": 3.6725, "SAR": 3.6725 / 3.75, "QAR": 3.6725 / 3.64, "OMR": 3.6725 / 0.3845}
"""What one of each is worth: those that are tied to the dollar. Values in any other currency are not counted."""
FIELDS = {"dateRanges", "dimensions", "metrics", "dimensionFilter", "orderBys", "limit", "offset", "currencyCode"} | {
    "keepEmptyRows",
    "returnPropertyQuota",
}

Group = Sequence[Event]


def _local_day(event: Event) -> str:
    return event.at.astimezone(ZoneInfo(ZONE)).strftime("%Y%m%d")


def _session_said(name: str, otherwise: str) -> Callable[[Event, Group], str]:
    def said(event: Event, all_events: Group) -> str:
        if event.session is None:
            return "(not set)"
        found = (each.params.get(name) for each in all_events if each.session == event.session)
        return next((str(text) for text in found if text), otherwise)

    return said


DIMENSIONS: dict[str, Callable[[Event, Group], str]] = {
    "date": lambda event, _: _local_day(event),
    "eventName": lambda event, _: event.name,
    "isKeyEvent": lambda event, _: "true" if event.name in KEY_EVENTS else "false",
    "sessionMedium": _session_said("medium", "(none)"),
    "sessionSource": _session_said("source", "(direct)"),
    "transactionId": lambda event, _: str(event.params.get("transaction_id", "(not set)")),
}
METRICS: dict[str, tuple[str, Callable[[Group, float], float]]] = {
    "activeUsers": ("TYPE_INTEGER", lambda group, _: _active_users(group)),
    "eventCount": ("TYPE_INTEGER", lambda group, _: len(group)),
    "keyEvents": ("TYPE_FLOAT", lambda group, _: sum(event.name in KEY_EVENTS for event in group)),
    "purchaseRevenue": ("TYPE_CURRENCY", lambda group, rate: _revenue(group) / rate),
    "sessions": ("TYPE_INTEGER", lambda group, _: len({event.session for event in group} - {None})),
    "totalRevenue": ("TYPE_CURRENCY", lambda group, rate: _revenue(group) / rate),
    "totalUsers": ("TYPE_INTEGER", lambda group, _: len({event.user for event in group})),
    "transactions": ("TYPE_INTEGER", lambda group, _: sum(event.name == "purchase" for event in group)),
}


def _active_users(group: Group) -> int:
    return len({event.user for event in group if event.params.get("engagement_time_msec")})


def _revenue(group: Group) -> float:
    signs = {"purchase": 1, "refund": -1}
    values = (
        signs[event.name] * float(event.params.get("value", 0)) * AED.get(event.params.get("currency", ""), 0.0)
        for event in group
        if event.name in signs
    )
    return sum(values, 0.0)


def answer(body: Object, events: Group) -> Object:
    """The rows and their headers."""
    if unknown := sorted(set(body) - FIELDS):
        raise bad_request(f'Invalid JSON payload received. Unknown name "{unknown[0]}": Cannot find field.')
    dimensions, metrics = _names(body, "dimensions", 9, DIMENSIONS), _names(body, "metrics", 10, METRICS)
    currency = body.get("currencyCode", "AED")
    if currency not in AED:
        raise bad_request(f"{currency} is not a supported currency code.")
    found = [e for e in events if _in_ranges(body, e) and _passes(body.get("dimensionFilter"), e, events)]
    groups: defaultdict[tuple[str, ...], list[Event]] = defaultdict(list)
    for event in found:
        groups[tuple(DIMENSIONS[name](event, events) for name in dimensions)].append(event)
    rows = [
        (values, tuple(METRICS[name][1](group, AED[currency]) for name in metrics)) for values, group in groups.items()
    ]
    for order in reversed(body.get("orderBys", [])):
        rows.sort(key=_key(order, dimensions, metrics), reverse=bool(order.get("desc")))
    offset, limit = _number(body, "offset", 0), _number(body, "limit", 10_000)
    if limit > MOST_ROWS:
        raise bad_request(f"The limit must be at most {MOST_ROWS}.")
    whole = {
        "dimensionHeaders": [{"name": name} for name in dimensions],
        "metricHeaders": [{"name": name, "type": METRICS[name][0]} for name in metrics],
        "rows": [_row(*row) for row in rows[offset : offset + limit]],
        "rowCount": len(rows),
    }
    shown = {name: value for name, value in whole.items() if value}
    return {**shown, "metadata": {"currencyCode": currency, "timeZone": ZONE}, "kind": "analyticsData#runReport"}


def metadata(property_id: str) -> Object:
    """What a property can be asked for."""
    return {
        "name": f"properties/{property_id}/metadata",
        "dimensions": [{"apiName": name, "uiName": name, "category": "Event"} for name in DIMENSIONS],
        "metrics": [{"apiName": name, "uiName": name, "type": kind} for name, (kind, _) in METRICS.items()],
    }


def _names(body: Object, field: str, most: int, known: Any) -> list[str]:
    names = [each["name"] for each in body.get(field, [])]
    if len(names) > most:
        raise bad_request(f"Requests are limited to {most} {field}.")
    for name in names:
        if name not in known:
            raise bad_field(name, field.removesuffix("s"))
    return names


def _in_ranges(body: Object, event: Event) -> bool:
    if not body.get("dateRanges"):
        raise bad_request("A dateRange is required.")
    day = date.fromisoformat(f"{_local_day(event)[:4]}-{_local_day(event)[4:6]}-{_local_day(event)[6:]}")
    return any(_day(each["startDate"]) <= day <= _day(each["endDate"]) for each in body["dateRanges"])


def _day(text: str) -> date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise bad_request(f"{text} is not a date of the form YYYY-MM-DD.")
    return date.fromisoformat(text)


def _passes(wanted: Object | None, event: Event, events: Group) -> bool:
    if wanted is None:
        return True
    if "andGroup" in wanted:
        return all(_passes(each, event, events) for each in wanted["andGroup"]["expressions"])
    asked = wanted["filter"]
    if asked["fieldName"] not in DIMENSIONS:
        raise bad_field(asked["fieldName"], "dimension")
    if asked["stringFilter"].get("matchType", "EXACT") != "EXACT":
        raise bad_request("Only exact filters are played here.")
    return DIMENSIONS[asked["fieldName"]](event, events) == str(asked["stringFilter"]["value"])


def _key(order: Object, dimensions: list[str], metrics: list[str]) -> Callable[[Any], Any]:
    part, names, name = (
        (1, metrics, order["metric"]["metricName"])
        if "metric" in order
        else (0, dimensions, order["dimension"]["dimensionName"])
    )
    if name not in names:
        raise bad_request(f"The orderBy field {name} is not one of the request's.")
    place = names.index(name)
    return lambda row: row[part][place]


def _number(body: Object, name: str, otherwise: int) -> int:
    value = body.get(name, str(otherwise))
    if not isinstance(value, str) or not value.isdecimal():
        raise bad_request(f"Invalid value at '{name}' (TYPE_INT64)")
    return int(value)


def _row(values: Sequence[str], figures: Sequence[float]) -> Object:
    shown = [f"{figure:.6f}".rstrip("0").rstrip(".") for figure in figures]
    row = {
        "dimensionValues": [{"value": value} for value in values],
        "metricValues": [{"value": figure} for figure in shown],
    }
    return {name: value for name, value in row.items() if value}
