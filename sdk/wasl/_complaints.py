"""Which argument Postgres itself complains of: its messages name values, columns and constraints, but no arguments."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

_VALUE = re.compile(r'^invalid input (?:value for enum|syntax for type) [^:]+: "(.*)"$', re.DOTALL)
_COLUMN = re.compile(r'^null value in column "(\w+)"')
_CHECK = re.compile(r'violates check constraint "(\w+)_check"$')


def argument_at_fault(message: str, sent: Mapping[str, Any]) -> str | None:
    """Return the name of the argument or column that a message is about; None where it does not tell which.

    Args:
        message: such as ``invalid input value for enum service_level: "tomorrow"``.
        sent: what the request said, by name.
    """
    if (column := _COLUMN.search(message)) and column[1] in sent:
        return column[1]
    if check := _CHECK.search(message):  # named <table>_<column>_check
        return max((name for name in sent if check[1].endswith(f"_{name}")), key=len, default=None)
    value = _VALUE.search(message)
    found = [name for name, given in sent.items() if value and value[1] in _texts(given)]
    return found[0] if len(found) == 1 else None


def filters(params: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the values that a query's filters, such as ``status=in.(paid,open)``, ask for."""
    conditions = ((name, condition.partition(".")) for name, condition in params)
    return {name: values.strip("()").split(",") for name, (_, dot, values) in conditions if dot}


def _texts(given: Any) -> list[str]:
    return [str(each) for each in given] if isinstance(given, list) else [str(given)]
