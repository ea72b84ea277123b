"""From rows to what connectors are asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workers.providers.money import Money
from workers.providers.shipping.models import (
    AddressCheckRequest,
    ExistingPickup,
    ExistingShipment,
    PickupRequest,
    RateRequest,
    ShipmentRequest,
)
from workers.store.documents import ShipmentPapers
from workers.store.shipments import OnItsWay, PickupWork, ShipmentWork


@dataclass(frozen=True, slots=True)
class Choice:
    """What was decided for one carrier.

    :param service: its code of the service; None leaves it to the connector.
    :param rate_data: what it said of the rate that is bought.
    :param cost: what that rate was, as ``{amount, currency}``.
    """

    service: str | None = None
    rate_data: Mapping[str, str] = field(default_factory=dict)
    cost: Mapping[str, str] | None = None

    def as_dict(self) -> dict[str, Any]:
        """To be kept with the job."""
        return {"service": self.service, "rate_data": dict(self.rate_data), "cost": self.cost and dict(self.cost)}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Choice:
        """What `as_dict` made."""
        return cls(kept.get("service"), kept.get("rate_data") or {}, kept.get("cost"))


def shipment_request(work: ShipmentWork, choice: Choice) -> ShipmentRequest:
    """What a carrier is asked to take.

    :raises pydantic.ValidationError: something in the row is wrong.
    """
    return ShipmentRequest.model_validate(
        {
            "shipment_id": work.shipment_id,
            "reference": work.reference,
            "sender": work.sender,
            "recipient": work.recipient,
            "parcels": work.parcels,
            "ships_at": work.ships_at,
            "contents": work.contents,
            "description": work.description,
            "customs": work.customs,
            "cash_on_delivery": _money(work.cash_on_delivery_amount, work.currency),
            "declared_value": _money(work.declared_value, work.currency),
            "insured_value": _money(work.insured_value, work.currency),
            "signature_required": work.signature_required,
            "service": choice.service,
            "rate_data": dict(choice.rate_data),
            "label_format": work.label_format,
            "is_return": work.return_of is not None,
            "instructions": work.instructions,
            "metadata": work.metadata,
        }
    )


def rate_request(asked: Mapping[str, Any]) -> RateRequest:
    """The question of a quote, from the arguments of ``quote_shipment``.

    :raises pydantic.ValidationError: something in it is wrong.
    """
    currency = asked.get("currency", "AED")
    facts = {
        name: asked[name]
        for name in ("parcels", "ships_at", "contents", "description", "customs", "signature_required")
        if name in asked
    }
    return RateRequest.model_validate(
        {
            **facts,
            "sender": _place(asked["sender"]),
            "recipient": _place(asked["recipient"]),
            "currency": currency,
            "cash_on_delivery": _money(asked.get("cash_on_delivery_amount"), currency),
            "declared_value": _money(asked.get("declared_value"), currency),
            "insured_value": _money(asked.get("insured_value"), currency),
        }
    )


def question_of(work: ShipmentWork) -> RateRequest:
    """The question what a shipment would cost, to choose its carrier by."""
    return rate_request(
        {
            "sender": work.sender,
            "recipient": work.recipient,
            "parcels": work.parcels,
            "ships_at": work.ships_at,
            "contents": work.contents,
            "description": work.description,
            "customs": work.customs,
            "signature_required": work.signature_required,
            "currency": work.currency,
            "cash_on_delivery_amount": work.cash_on_delivery_amount,
            "declared_value": work.declared_value,
            "insured_value": work.insured_value,
        }
    )


def address_question(asked: Mapping[str, Any]) -> AddressCheckRequest:
    """The question whether a carrier serves a place, from the arguments of ``check_delivery_address``.

    :raises pydantic.ValidationError: something in it is wrong.
    """
    return AddressCheckRequest.model_validate({**asked, "place": _place(asked["place"])})


def existing_shipment(row: ShipmentWork | OnItsWay | ShipmentPapers) -> ExistingShipment:
    """A shipment that its carrier has.

    :raises pydantic.ValidationError: it has no tracking number yet.
    """
    return ExistingShipment.model_validate(
        {
            "shipment_id": row.shipment_id,
            "tracking_number": row.tracking_number,
            "provider_shipment_id": row.provider_shipment_id,
            "provider_data": row.provider_data,
            "reference": row.reference,
            "created_at": row.created_at,
        }
    )


def pickup_request(work: PickupWork) -> PickupRequest:
    """A driver to be sent. :raises pydantic.ValidationError: something in the row is wrong."""
    return PickupRequest.model_validate(
        {
            "pickup_id": work.pickup_id,
            "place": work.place,
            "ready_at": work.ready_at,
            "closes_at": work.closes_at,
            "parcels": work.parcels,
            "weight_kg": work.weight_kg,
            "is_domestic": work.is_domestic,
            "shipments": work.shipments,
            "location": work.location,
            "instructions": work.instructions,
        }
    )


def existing_pickup(work: PickupWork) -> ExistingPickup:
    """A pickup that its carrier has. :raises pydantic.ValidationError: it has no number yet."""
    return ExistingPickup.model_validate(
        {
            "pickup_id": work.pickup_id,
            "provider_pickup_id": work.provider_pickup_id,
            "provider_data": work.provider_data,
            "ready_at": work.ready_at,
        }
    )


_OF_A_PERSON = frozenset({"name", "company", "phone", "email", "tax_number"})


def _place(party: Mapping[str, Any]) -> dict[str, Any]:
    """Where, without who: neither a price nor a place needs names."""
    return {name: value for name, value in party.items() if name not in _OF_A_PERSON}


def _money(amount: Any, currency: str) -> Money | None:
    return None if amount is None else Money.of(amount, currency)
