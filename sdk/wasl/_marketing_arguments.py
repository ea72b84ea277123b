"""The arguments of calls about leads, events and automations as they go over the wire; shared by both colours."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from wasl._arguments import Converter, converted, ids, listed, part, whole
from wasl._requests import amount_text, given, id_text, mapping, text, texts, time_text


def marketing_arguments(**arguments: Any) -> dict[str, Any]:
    """Return the arguments of a call about leads, events or automations. What is None takes the hub's default.

    Raises:
        TypeError: one is of another type, such as a float for money; the message names it.
        InvalidRequest: an identifier is no UUID, or a time has no zone; `field` names it.
    """
    return converted(given(**arguments), _MARKETING)


def _consents(consents: Sequence[Mapping[str, Any]], field: str) -> list[dict[str, Any]]:
    return [part(each, f"{field}.{place}", _CONSENT) for place, each in enumerate(listed(consents, field))]


def _items(items: Sequence[Mapping[str, Any]], field: str) -> list[dict[str, Any]]:
    return [part(each, f"{field}.{place}", _ITEM) for place, each in enumerate(listed(items, field))]


def _plain(values: Mapping[str, Any], field: str) -> dict[str, Any]:
    return part(values, field, {})


def _attributes(values: Mapping[str, str | None], field: str) -> dict[str, str | None]:
    return {
        str(name): None if value is None else text(value, f"{field}.{name}")
        for name, value in mapping(values, field).items()
    }


def as_json(value: Any, field: str) -> Any:
    """Facts of an event, or texts with placeholders, as JSON can say them."""
    if isinstance(value, Mapping):
        return {str(name): as_json(each, f"{field}.{name}") for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(each, f"{field}.{place}") for place, each in enumerate(value)]
    if isinstance(value, datetime):
        return time_text(value, field)
    if isinstance(value, UUID | Decimal):
        return str(value)
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise TypeError(f"{field} must be what JSON can say, not {type(value).__name__}")


def _facts(values: Mapping[str, Any], field: str) -> dict[str, Any]:
    return {str(name): as_json(value, f"{field}.{name}") for name, value in mapping(values, field).items()}


def _definition(definition: Mapping[str, Any], field: str) -> dict[str, Any]:
    return part(definition, field, {"events": listed, "conditions": listed, "actions": _actions})


def _actions(actions: Sequence[Mapping[str, Any]], field: str) -> list[dict[str, Any]]:
    return [part(each, f"{field}.{place}", _ACTION) for place, each in enumerate(listed(actions, field))]


def _fields(fields: Sequence[Mapping[str, Any]], field: str) -> list[dict[str, Any]]:
    return [part(each, f"{field}.{place}", {"choices": listed}) for place, each in enumerate(listed(fields, field))]


_CONSENT: Mapping[str, Converter] = {"given_at": time_text}
_ITEM: Mapping[str, Converter] = {"price": amount_text, "quantity": whole}
_ACTION: Mapping[str, Converter] = {"connection_id": id_text, "after_seconds": whole, "when": listed, "with": _facts}
_MARKETING: Mapping[str, Converter] = {
    **dict.fromkeys(("lead_id", "connection_id", "automation_id", "event_id", "form_id", "run_id", "step_id"), id_text),
    **dict.fromkeys(("occurred_at",), time_text),
    **dict.fromkeys(("attribution", "consent"), _plain),
    **dict.fromkeys(("event", "properties"), _facts),
    "attributes": _attributes,
    "mapping": texts,
    **dict.fromkeys(("tags", "untags", "allowed_origins"), listed),
    "connection_ids": ids,
    "amount": amount_text,
    "consents": _consents,
    "items": _items,
    "definition": _definition,
    "fields": _fields,
    "purpose": text,
}
