"""The arguments of calls about payments as they go over the wire; shared by both colours."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from wasl._requests import Amount, amount_text, given, id_text, mapping, text, texts, time_text
from wasl.params import EndpointChanges, ItemParams, PolicyCase, RoutingChanges
from wasl.payment_models import Item


def payment_arguments(*, amount: Amount, **others: Any) -> dict[str, Any]:
    """Return the arguments of a call that describes a payment. What is None takes the hub's default.

    Raises:
        TypeError: one is of another type; the message names it.
        InvalidRequest: an identifier is no UUID, or a time has no zone; `field` names it.
    """
    return {"amount": amount_text(amount), **converted(given(**others), _PAYMENT)}


def policy_cases(cases: Sequence[PolicyCase]) -> list[dict[str, Any]]:
    """Return the cases of a routing policy; raises as `payment_arguments`."""
    return [part(case, f"cases.{place}", _CASE) for place, case in enumerate(listed(cases, "cases"))]


def routing_changes(changes: RoutingChanges) -> dict[str, Any]:
    """Return what is to change of a connection's part in routing; None stays and takes a limit away.

    Raises:
        TypeError: there is no such part, or it is of another type; the message names it.
    """
    if unknown := sorted(changes.keys() - RoutingChanges.__annotations__.keys()):
        raise TypeError(f"a connection's routing has no {unknown[0]!r}")
    return {
        name: value if value is None or name not in _ROUTING else _ROUTING[name](value, name)
        for name, value in changes.items()
    }


def endpoint_changes(changes: EndpointChanges) -> dict[str, Any]:
    """Return what is to change of a webhook endpoint; None stays and takes a limit away.

    Raises:
        TypeError: it has nothing of that name, or a list is none; the message names it.
    """
    if unknown := sorted(changes.keys() - EndpointChanges.__annotations__.keys()):
        raise TypeError(f"a webhook endpoint has no {unknown[0]!r}")
    return converted(changes, {"allowed_networks": listed, "ignored_event_types": listed})


def listed(values: Iterable[Any], field: str) -> list[Any]:
    """Return a sequence as a list; raises TypeError for a str, which is one of letters, and for a dict."""
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise TypeError(f"{field} must be a list, not {type(values).__name__}")
    return [*values]


Converter = Callable[[Any, str], Any]


def converted(values: Mapping[str, Any], converters: Mapping[str, Converter], below: str = "") -> dict[str, Any]:
    """Return the values, those that have a converter converted; each is told the name of its field."""
    return {
        name: converters[name](value, f"{below}{name}") if name in converters else value
        for name, value in values.items()
    }


def part(values: Mapping[str, Any], field: str, converters: Mapping[str, Converter]) -> dict[str, Any]:
    """Return a dict within an argument, without what is None, and converted."""
    known = {name: value for name, value in mapping(values, field).items() if value is not None}
    return converted(known, converters, f"{field}.")


def _known_texts(values: Mapping[str, str | None], field: str) -> dict[str, str]:
    return texts(part(values, field, {}), field)


def _items(items: Sequence[ItemParams | Item], field: str) -> list[dict[str, Any]]:
    given_items = [item.model_dump() if isinstance(item, Item) else item for item in listed(items, field)]
    return [part(item, f"{field}.{place}", _ITEM) for place, item in enumerate(given_items)]


def whole(number: int, field: str) -> int:
    """Return what has to be an int; raises TypeError naming it when it is none."""
    if isinstance(number, bool) or not isinstance(number, int):
        raise TypeError(f"{field} must be an int, not {type(number).__name__}")
    return number


def ids(identifiers: Sequence[Any], field: str) -> list[str]:
    """Return identifiers as texts; raises InvalidRequest for what is no UUID."""
    return [id_text(identifier, field) for identifier in listed(identifiers, field)]


_ITEM: Mapping[str, Converter] = {
    **dict.fromkeys(("name", "reference", "category", "image_url", "product_url"), text),
    "unit_amount": amount_text,
    "quantity": whole,
}
_PAYMENT: Mapping[str, Converter] = {
    "customer": _known_texts,
    "metadata": texts,
    "billing_address": _known_texts,
    "shipping_address": _known_texts,
    "items": _items,
    "payment_method_id": id_text,
    "connection_id": id_text,
    "expires_at": time_text,
}
_LIMITS: Mapping[str, Converter] = {
    "currencies": listed,
    "countries": listed,
    "methods": listed,
    "minimum_amount": amount_text,
    "maximum_amount": amount_text,
}
_CASE: Mapping[str, Converter] = {
    "when": lambda conditions, field: part(conditions, field, _LIMITS),
    "connections": ids,
}
_ROUTING: Mapping[str, Converter] = {**_LIMITS, "fee_percent": amount_text, "fee_fixed": amount_text}
