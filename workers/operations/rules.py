"""Rules as data: whether conditions hold of an event, and what its placeholders stand for.

Nothing here is evaluated as code: conditions are compared, and texts are filled in by Jinja's sandbox, which knows the
event and nothing else.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from workers.store.automations import EventRow

Facts = Mapping[str, Any]
_MISSING: Final = object()
_LONGEST_TEXT: Final = 10_000
_ALONE: Final = re.compile(r"\{\{\s*([A-Za-z0-9_.]+)\s*\}\}")


class RuleFault(Exception):
    """A rule that cannot be followed. :param field: where in the definition."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def facts_of(event: EventRow) -> dict[str, Any]:
    """What conditions and placeholders can speak of."""
    return {
        "id": str(event.event_id),
        "type": event.type,
        "subject_type": event.subject_type,
        "subject_id": None if event.subject_id is None else str(event.subject_id),
        "environment": event.environment,
        "source": event.source,
        "occurred_at": event.occurred_at.isoformat(),
        "data": event.data,
    }


def value_of(facts: Facts, path: str) -> Any:
    """What lies at a dotted path, such as ``data.customer.email`` or ``data.items.0.id``; `_MISSING` for nothing."""
    found: Any = facts
    for part in path.split("."):
        if isinstance(found, Mapping) and part in found:
            found = found[part]
        elif isinstance(found, list) and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        else:
            return _MISSING
    return found


def holds(node: Mapping[str, Any], facts: Facts) -> bool:
    """Whether a condition holds. Of what is not there no comparison holds, not even ``ne``."""
    if "all" in node:
        return all(holds(each, facts) for each in node["all"])
    if "any" in node:
        return any(holds(each, facts) for each in node["any"])
    if "not" in node:
        return not holds(node["not"], facts)
    found, name = value_of(facts, node["field"]), node["op"]
    if name in ("exists", "missing"):
        return bool((found is _MISSING or found is None) == (name == "missing"))
    if found is _MISSING or found is None:
        return False
    compare: Callable[[Any, Any], bool] = _COMPARISONS[name]
    return compare(found, node.get("value"))


def first_that_fails(nodes: Sequence[Mapping[str, Any]], facts: Facts) -> int | None:
    """The place of the first condition that does not hold; None: all hold."""
    return next((place for place, node in enumerate(nodes) if not holds(node, facts)), None)


def _equal(found: Any, wanted: Any) -> bool:
    numbers = _number(found), _number(wanted)
    if None not in numbers:
        return numbers[0] == numbers[1]
    return type(found) is type(wanted) and bool(found == wanted)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Numbers by size, also those that are written as text, such as money; other texts by their letters."""

    def check(found: Any, wanted: Any) -> bool:
        numbers = _number(found), _number(wanted)
        if None not in numbers:
            return compare(*numbers)
        return isinstance(found, str) and isinstance(wanted, str) and compare(found, wanted)

    return check


def _contains(found: Any, wanted: Any) -> bool:
    if isinstance(found, list):
        return any(_equal(each, wanted) for each in found)
    return isinstance(found, str) and str(wanted).casefold() in found.casefold()


def _starts_with(found: Any, wanted: Any) -> bool:
    return isinstance(found, str) and found.casefold().startswith(str(wanted).casefold())


def _in(found: Any, wanted: Any) -> bool:
    return isinstance(wanted, list) and any(_equal(found, each) for each in wanted)


_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "eq": _equal,
    "ne": lambda found, wanted: not _equal(found, wanted),
    "gt": _ordered(operator.gt),
    "gte": _ordered(operator.ge),
    "lt": _ordered(operator.lt),
    "lte": _ordered(operator.le),
    "in": _in,
    "not_in": lambda found, wanted: not _in(found, wanted),
    "contains": _contains,
    "starts_with": _starts_with,
}


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(value if isinstance(value, int) else str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


class _Nothing(StrictUndefined):
    """What is not there, or is null. It cannot be shown, but ``or`` goes on to what is said in its place."""

    def __bool__(self) -> bool:  # type: ignore[override]
        return False

    def __getattr__(self, name: str) -> _Nothing:
        if name.startswith("__"):
            raise AttributeError(name)
        return self


class _Blank(_Nothing):
    """The same, where what is not there may be left out."""

    def __str__(self) -> str:  # type: ignore[override]
        return ""


class _Environment(ImmutableSandboxedEnvironment):
    """Names lead to what the event has, never to the methods of Python's dicts and lists, such as ``items``."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, StrictUndefined):
            return obj
        found = value_of({"of": obj}, f"of.{argument}")
        return self.undefined(obj=obj, name=argument) if found is _MISSING or found is None else found


class Texts:
    """Fills placeholders in.

    :param as_json: what is filled in becomes part of a JSON document: a text that is one placeholder and nothing else
        becomes the very value (null for nothing), and within a text nothing leaves nothing.
    """

    def __init__(self, *, as_json: bool = False) -> None:
        self._as_json = as_json
        undefined = _Blank if as_json else _Nothing
        self._environment = _Environment(undefined=undefined, autoescape=False, keep_trailing_newline=True)
        self._environment.globals.clear()
        self._template = lru_cache(maxsize=1024)(self._environment.from_string)

    def filled(self, value: Any, facts: Facts, field: str) -> Any:
        """A value with every placeholder in its texts filled in. An optional one is written ``{{ data.name or "" }}``.

        :raises RuleFault: a placeholder stands for nothing, or the text is none that can be filled in.
        """
        if isinstance(value, str):
            if self._as_json and (alone := _ALONE.fullmatch(value)):
                found = value_of(facts, alone[1])
                return None if found is _MISSING else found
            return self._text(value, facts, field)
        if isinstance(value, Mapping):
            return {key: self.filled(each, facts, f"{field}.{key}") for key, each in value.items()}
        if isinstance(value, list):
            return [self.filled(each, facts, f"{field}.{place}") for place, each in enumerate(value)]
        return value

    def _text(self, text: str, facts: Facts, field: str) -> str:
        if "{{" not in text and "{%" not in text:
            return text
        if "{%" in text:
            raise RuleFault(field, "only placeholders such as {{ data.reference }} can be used, no statements")
        try:
            known = {name: value for name, value in facts.items() if value is not None}
            filled: str = self._template(text).render(known)
        except TemplateError as error:
            raise RuleFault(field, f"cannot be filled in: {error.message or type(error).__name__}") from None
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError) as error:
            raise RuleFault(field, f"cannot be filled in: {type(error).__name__}") from None
        return filled[:_LONGEST_TEXT]
