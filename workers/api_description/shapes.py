"""Types of the database as JSON Schema, each with an example."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

Json: TypeAlias = dict[str, Any]
Enumerations: TypeAlias = Mapping[str, Sequence[str]]

_UUID: Final = "0192d3c4-5e6f-7a8b-9c0d-1e2f3a4b5c6d"
_TIME: Final = "2026-11-23T08:30:00Z"
_INTEGER_BITS: Final = {"smallint": 16, "integer": 32, "bigint": 64}
_KINDS: Final[Mapping[str, tuple[Json, Any]]] = {
    "text": ({"type": "string"}, "text"),
    "uuid": ({"type": "string", "format": "uuid"}, _UUID),
    "boolean": ({"type": "boolean"}, True),
    "numeric": ({"type": "number"}, 1.5),
    "real": ({"type": "number"}, 1.5),
    "double precision": ({"type": "number"}, 1.5),
    "timestamp with time zone": ({"type": "string", "format": "date-time"}, _TIME),
    "date": ({"type": "string", "format": "date"}, "2026-11-23"),
    "time without time zone": ({"type": "string", "pattern": r"^[0-9]{2}:[0-9]{2}(:[0-9]{2})?$"}, "22:00:00"),
    "interval": ({"type": "string", "description": "Such as `1 day` or `2 hours`."}, "1 day"),
    "bytea": ({"type": "string", "description": r"Hexadecimal, after `\x`."}, "\\x00"),
    "inet": ({"type": "string"}, "203.0.113.7"),
    "cidr": ({"type": "string"}, "203.0.113.0/24"),
    "json": ({}, {}),
    "jsonb": ({}, {}),
    "money_amount": ({"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$"}, "99.00"),
}
_EXAMPLES: Final[Mapping[str, Any]] = {
    "amount": "99.00",
    "currency": "AED",
    "country": "AE",
    "email": "sara@example.ae",
    "phone": "+971501234567",
    "full_name": "Sara Ali",
    "provider": "stripe",
    "provider_key": "stripe",
    "reference": "order-1001",
    "return_url": "https://shop.example.ae/thanks",
    "url": "https://app.example.ae/hooks/wasl",
    "time_zone": "Asia/Dubai",
    "slug": "example",
    "scopes": ["payments:*", "operations:read"],
    "event_types": ["payment.*"],
    "idempotency_key": "order-1001",
    "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
}


def schema_of(kind: str, name: str, enumerations: Enumerations, *, described: str = "", nullable: bool = False) -> Json:
    """The schema of a column or argument.

    :param kind: the type's name, as PostgreSQL writes it.
    :param name: the column's, for a telling example.
    """
    plain = kind.removeprefix("public.")
    if plain.endswith("[]"):
        item = schema_of(plain[:-2], "", enumerations)
        schema: Json = {"type": "array", "items": item, "examples": [[item["examples"][0]]]}
    elif plain in enumerations:
        schema = {"type": "string", "enum": [*enumerations[plain]], "examples": [enumerations[plain][0]]}
    elif plain in _INTEGER_BITS:
        most = 2 ** (_INTEGER_BITS[plain] - 1) - 1
        schema = {"type": "integer", "minimum": -most - 1, "maximum": most, "examples": [1]}
    else:
        shape, example = _KINDS[plain]
        schema = {**shape, "examples": [example]}
    if name in _EXAMPLES and isinstance(_EXAMPLES[name], list) == (schema.get("type") == "array"):
        schema["examples"] = [_EXAMPLES[name]]
    if described:
        schema["description"] = described
    return _or_null(schema) if nullable else schema


def _or_null(schema: Json) -> Json:
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    if "type" in schema:
        schema["type"] = [schema["type"], "null"]
    return schema


def example_of(schema: Json) -> Any:
    """An example of an object, put together from those of its properties."""
    return {name: value["examples"][0] for name, value in schema["properties"].items()}


def in_words(comment: str) -> str:
    """A column's comment without PostgREST's notes on keys, which its relations say better."""
    text = re.sub(r"\s*Note:\nThis is a Primary Key\.<pk/>", "", comment)
    return re.sub(
        r"\s*Note:\nThis is a Foreign Key to `([a-z_]+)\.[a-z_]+`\.<fk [^>]*/>", r" Refers to \1.", text
    ).strip()


def first_sentence(text: str) -> str:
    """A summary: the text up to its first full stop or colon, without it."""
    return re.split(r"(?<=[a-z)`\]])[.:;](?:\s|$)", text, maxsplit=1)[0].strip()
