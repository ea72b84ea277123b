"""Form encoding as gateways want it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

FORM_CONTENT_TYPE = "application/x-www-form-urlencoded"


def encode_brackets(fields: Mapping[str, Any]) -> bytes:
    """Nested data as a form with bracketed names: ``{"metadata": {"a": 1}}`` is ``metadata[a]=1``.

    Items of lists are numbered from 0, booleans are ``true`` and ``false``, and None is left out.
    """
    return urlencode(list(_pairs("", dict(fields))), safe="[]").encode("ascii")


def _pairs(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _pairs(f"{prefix}[{name}]" if prefix else str(name), item)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _pairs(f"{prefix}[{index}]", item)
    elif isinstance(value, bool):
        yield prefix, "true" if value else "false"
    elif value is not None:
        yield prefix, str(value)
