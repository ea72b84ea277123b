"""Questions to the Data API, and its answers in Wasl's words; and what the validation server says of events."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from workers.providers.marketing.google_analytics.measurement import Batch
from workers.providers.marketing.models import EventProblem, Report, ReportRequest

_PLACE: Final = re.compile(r"(?:index: |events)\[([0-9]{1,3})\]")


def report_body(request: ReportRequest, currency: str) -> dict[str, Any]:
    """The question. Its rows have one order, the largest of the first metric ahead, so that pages fit each other."""
    body: dict[str, Any] = {
        "dateRanges": [{"startDate": request.since.isoformat(), "endDate": request.until.isoformat()}],
        "dimensions": [{"name": name} for name in request.dimensions],
        "metrics": [{"name": name} for name in request.metrics],
        "orderBys": [
            {"metric": {"metricName": request.metrics[0]}, "desc": True},
            *({"dimension": {"dimensionName": name}} for name in request.dimensions),
        ],
        "limit": str(request.limit),
        "offset": str(request.offset),
        "currencyCode": currency,
        "returnPropertyQuota": True,
    }
    if request.filters:
        body["dimensionFilter"] = _all_of([_exactly(name, value) for name, value in request.filters.items()])
    return body


def _exactly(name: str, value: str) -> dict[str, Any]:
    exact = {"matchType": "EXACT", "value": value, "caseSensitive": True}
    return {"filter": {"fieldName": name, "stringFilter": exact}}


def _all_of(wanted: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return wanted[0] if len(wanted) == 1 else {"andGroup": {"expressions": list(wanted)}}


def report(body: Mapping[str, Any]) -> Report:
    """The answer. What is empty or 0 is not there at all: it is how Google writes JSON."""
    columns = tuple(header["name"] for kind in ("dimension", "metric") for header in body.get(f"{kind}Headers", ()))
    rows = tuple(_row(row) for row in body.get("rows", ()))
    if not columns or any(len(row) != len(columns) for row in rows):
        raise ValueError("rows that do not fit their columns")
    metadata = body.get("metadata", {})
    return Report(
        columns=columns,
        rows=rows,
        total=body.get("rowCount", 0),
        time_zone=metadata.get("timeZone"),
        currency=metadata.get("currencyCode"),
        is_sampled=bool(metadata.get("samplingMetadatas")),
        quota={name: each.get("remaining", 0) for name, each in body.get("propertyQuota", {}).items()},
    )


def _row(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(each.get("value", "") for kind in ("dimension", "metric") for each in row.get(f"{kind}Values", ()))


def event_problems(body: Mapping[str, Any], batch: Batch) -> tuple[EventProblem, ...]:
    """What the validation server would not take of a request's events."""
    return tuple(_problem(message, batch.places) for message in body.get("validationMessages", ()))


def _problem(message: Mapping[str, Any], places: Sequence[int]) -> EventProblem:
    """The place of an event stands in the text of the message, or in the field's."""
    field, description = str(message.get("fieldPath", "")), str(message["description"])
    named = _PLACE.search(field) or _PLACE.search(description)
    index = int(named[1]) if named else 0
    known = index < len(places) and (named is not None or len(places) == 1)
    return EventProblem(
        event=places[index] if known else None,
        field=field or None,
        code=str(message["validationCode"]),
        message=description,
    )
