"""Conditions of subscriptions: JSONPath queries (RFC 9535) of the message, each of which has to find something.

A query is data to python-jsonpath, which evaluates nothing else. So that none keeps a worker busy, regular expressions
are not to be had, and a query goes through the message once: no lists of selectors, one ``..``, and filters that start
from where they stand.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final

from jsonpath import JSONPathEnvironment
from jsonpath.exceptions import JSONPathError
from jsonpath.filter import UNDEFINED
from jsonpath.function_extensions import ExpressionType, FilterFunction

_TEXT: Final = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\"""")
_MOST_FILTERS: Final = 3


class ConditionFault(Exception):
    """A condition that cannot be followed. :param field: which, such as ``conditions.0``."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class _Number(FilterFunction):
    """``number(@.amount)``: amounts of money are texts in JSON, and are compared by size as numbers only."""

    arg_types = [ExpressionType.VALUE]  # noqa: RUF012 - as the library declares it
    return_type = ExpressionType.VALUE

    def __call__(self, value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return UNDEFINED
        try:
            number = float(Decimal(str(value)))
        except (InvalidOperation, OverflowError):
            return UNDEFINED
        return number if math.isfinite(number) else UNDEFINED


class _Environment(JSONPathEnvironment):
    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        for name in ("match", "search"):  # a regular expression of a stranger's can run for hours
            del self.function_extensions[name]
        self.function_extensions["number"] = _Number()


_ENVIRONMENT: Final = _Environment(strict=True)


def check_conditions(paths: Sequence[str]) -> None:
    """:raises ConditionFault: one of them cannot be followed."""
    for place, path in enumerate(paths):
        _compiled(path, place)


def all_hold(paths: Sequence[str], message: Mapping[str, Any]) -> bool:
    """Whether each of the queries finds something in a message.

    :raises ConditionFault: one of them cannot be followed.
    """
    try:
        return all(_finds(_compiled(path, place), message) for place, path in enumerate(paths))
    except (JSONPathError, RecursionError):
        return False  # the message is nested too deeply


def _finds(query: Any, message: Mapping[str, Any]) -> bool:
    return next(iter(query.finditer(message)), None) is not None


def _compiled(path: str, place: int) -> Any:
    query = _compile(path)
    if isinstance(query, str):
        raise ConditionFault(f"conditions.{place}", query)
    return query


@lru_cache(maxsize=4096)
def _compile(path: str) -> Any:
    """The query, or why it is none."""
    bare = _TEXT.sub("''", path)
    if bare.count("$") != 1 or bare.count("..") > 1 or bare.count("?") > _MOST_FILTERS or "," in bare:
        return (
            f"A condition has one $, at most one .. and {_MOST_FILTERS} filters, and no lists of selectors: "
            "combine comparisons with && and ||."
        )
    try:
        return _ENVIRONMENT.compile(path)
    except JSONPathError as error:
        return f"It is no JSONPath query (RFC 9535): {str(error).strip().splitlines()[0]}."[:300]
    except RecursionError:
        return "It is nested too deeply."
