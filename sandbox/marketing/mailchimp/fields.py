"""Reading what a call brings, as strictly as Mailchimp: bodies by their fields, queries by their parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from sandbox.marketing.mailchimp.errors import invalid

Object = dict[str, Any]
ItemT = TypeVar("ItemT")
MOST_RECORDS = 1000


def an_object(value: Any, required: tuple[str, ...], optional: Mapping[str, type | tuple[type, ...]]) -> Object:
    """A body with these fields and no others; required ones are texts unless they are among the optional ones."""
    if not isinstance(value, dict):
        raise invalid(("", "Schema describes object, " + type(value).__name__ + " found instead"))
    kinds = {**dict.fromkeys(required, str), **optional}
    missing = [(name, "Required fields were not provided") for name in required if value.get(name) in (None, "")]
    unknown = [(name, "This field is not allowed") for name in value if name not in kinds]
    wrong = [
        (name, f"Schema describes {kind}, {type(value[name]).__name__} found instead")
        for name, kind in kinds.items()
        if name in value and not isinstance(value[name], kind)
    ]
    if missing or unknown or wrong:
        raise invalid(*missing, *unknown, *wrong)
    return value


def one_of(value: Object, name: str, choices: tuple[str, ...], prefix: str = "") -> None:
    """A field that has a few values, if it is there."""
    if name in value and value[name] not in choices:
        raise invalid((prefix + name, f"Data presented is not one of the accepted values: {', '.join(choices)}."))


def seconds(text: str, name: str) -> int:
    """A time of a query or body, in seconds since 1970."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise invalid((name, "Please enter a valid date")) from None
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())


def iso(moment: float | None) -> str:
    """A time as Mailchimp writes it; none is an empty text."""
    return "" if moment is None else datetime.fromtimestamp(int(moment), UTC).isoformat()


def sifted(query: Mapping[str, str], items: list[ItemT], orders: Mapping[str, Callable[[ItemT], float]]) -> list[ItemT]:
    """The items that a query asks for by ``since_…`` and ``before_…``, sorted. :param orders: their times, by name."""
    for name, time_of in orders.items():
        if since := query.get(f"since_{name}"):
            bound = seconds(since, f"since_{name}")
            items = [item for item in items if int(time_of(item)) > bound]
        if before := query.get(f"before_{name}"):
            bound = seconds(before, f"before_{name}")
            items = [item for item in items if int(time_of(item)) <= bound]
    if field := query.get("sort_field"):
        if field not in orders:
            raise invalid(("sort_field", "Data presented is not one of the accepted values"))
        items = sorted(items, key=orders[field], reverse=query.get("sort_dir", "ASC") == "DESC")
    return items


def cut(query: Mapping[str, str], items: list[ItemT]) -> list[ItemT]:
    """One page of them."""
    numbers = {"count": 10, "offset": 0}
    for name, usual in numbers.items():
        text = query.get(name, str(usual))
        if not text.isdecimal() or (name == "count" and int(text) > MOST_RECORDS):
            raise invalid((name, f"Schema describes integer from 0 to {MOST_RECORDS}"))
        numbers[name] = int(text)
    return items[numbers["offset"] : numbers["offset"] + numbers["count"]]


def chosen(query: Mapping[str, str], answer: Object) -> Object:
    """An answer with the ``fields`` that were asked for, or without those to be left out."""
    if fields := query.get("fields"):
        wanted = [path.split(".") for path in fields.split(",")]
        kept: Object = _kept(answer, wanted)
        return kept
    if excluded := query.get("exclude_fields"):
        left: Object = _without(answer, [path.split(".") for path in excluded.split(",")])
        return left
    return answer


def _kept(value: Any, paths: list[list[str]]) -> Any:
    if isinstance(value, list):
        return [_kept(item, paths) for item in value]
    if not isinstance(value, dict) or any(not path for path in paths):
        return value
    heads = {path[0] for path in paths}
    return {
        name: _kept(part, [path[1:] for path in paths if path[0] == name])
        for name, part in value.items()
        if name in heads
    }


def _without(value: Any, paths: list[list[str]]) -> Any:
    if isinstance(value, list):
        return [_without(item, paths) for item in value]
    if not isinstance(value, dict):
        return value
    gone = {path[0] for path in paths if len(path) == 1}
    return {
        name: _without(part, [path[1:] for path in paths if path[0] == name and len(path) > 1])
        for name, part in value.items()
        if name not in gone
    }
