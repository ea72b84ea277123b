"""The arguments of calls about shipments as they go over the wire; shared by both colours."""

from collections.abc import Mapping, Sequence
from typing import Any

from wasl._arguments import Converter, converted, ids, listed, part, whole
from wasl._requests import amount_text, given, id_text, text, texts, time_text
from wasl.shipment_params import CarrierChanges


def shipment_arguments(**arguments: Any) -> dict[str, Any]:
    """Return the arguments of a call that describes a shipment. What is None takes the hub's default.

    Raises:
        TypeError: one is of another type, such as a float for a weight; the message names it.
        InvalidRequest: an identifier is no UUID, or a time has no zone; `field` names it.
    """
    return converted(given(**arguments), _SHIPMENT)


def pickup_arguments(**arguments: Any) -> dict[str, Any]:
    """As `shipment_arguments`, for calls about a pickup or its place: `parcels` is how many, `place` a dict."""
    return converted(given(**arguments), _PICKUP)


def carrier_changes(changes: CarrierChanges) -> dict[str, Any]:
    """Return what is to change of how a carrier is used; None stays and takes a limit away.

    Raises:
        TypeError: there is no such part, or it is of another type; the message names it.
    """
    if unknown := sorted(changes.keys() - CarrierChanges.__annotations__.keys()):
        raise TypeError(f"a carrier's connection has no {unknown[0]!r}")
    return {
        name: value if value is None or name not in _CARRIER else _CARRIER[name](value, name)
        for name, value in changes.items()
    }


def _party(values: Mapping[str, Any], field: str) -> dict[str, Any]:
    return part(values, field, {})


def _parcels(parcels: Sequence[Mapping[str, Any]], field: str) -> list[dict[str, Any]]:
    return [part(parcel, f"{field}.{place}", _PARCEL) for place, parcel in enumerate(listed(parcels, field))]


def _customs(customs: Mapping[str, Any], field: str) -> dict[str, Any]:
    return part(customs, field, {"items": _customs_items})


def _customs_items(items: Sequence[Mapping[str, Any]], field: str) -> list[dict[str, Any]]:
    return [part(item, f"{field}.{place}", _CUSTOMS_ITEM) for place, item in enumerate(listed(items, field))]


def _tariff(lines: Sequence[Mapping[str, Any]], field: str) -> list[dict[str, Any]]:
    return [part(line, f"{field}.{place}", _TARIFF) for place, line in enumerate(listed(lines, field))]


_PARCEL: Mapping[str, Converter] = dict.fromkeys(("weight_kg", "length_cm", "width_cm", "height_cm"), amount_text)
_CUSTOMS_ITEM: Mapping[str, Converter] = {"unit_value": amount_text, "weight_kg": amount_text, "quantity": whole}
_TARIFF: Mapping[str, Converter] = {
    **dict.fromkeys(("base_kg", "base_amount", "step_kg", "step_amount", "cash_amount"), amount_text),
    "countries": listed,
    "emirates": listed,
    "transit_days": whole,
}
_CARRIER: Mapping[str, Converter] = {
    **dict.fromkeys(("countries", "emirates", "services", "levels"), listed),
    "minimum_weight_kg": amount_text,
    "maximum_weight_kg": amount_text,
    "tariff": _tariff,
}
_SHIPMENT: Mapping[str, Converter] = {
    **dict.fromkeys(("sender", "recipient", "address"), _party),
    **dict.fromkeys(("cash_on_delivery_amount", "declared_value", "insured_value"), amount_text),
    **dict.fromkeys(("shipment_id", "rate_id", "connection_id"), id_text),
    **dict.fromkeys(("shipment_ids", "connection_ids"), ids),
    **dict.fromkeys(("ships_at", "ready_at", "closes_at", "occurred_at"), time_text),
    "parcels": _parcels,
    "place": text,
    "customs": _customs,
    "metadata": texts,
    "levels": listed,
    "weight_kg": amount_text,
}
_PICKUP: Mapping[str, Converter] = {**_SHIPMENT, "place": _party, "parcels": whole}
