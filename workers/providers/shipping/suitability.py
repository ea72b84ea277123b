"""What a carrier's manifest already says: whether it can take a shipment at all."""

from __future__ import annotations

from workers.providers.manifest import CarrierFacts, Manifest
from workers.providers.shipping.models import ShipmentRequest


def unsuitable(request: ShipmentRequest, manifest: Manifest) -> tuple[str, str] | None:
    """The first field of a shipment that the carrier cannot take, and why; None when the manifest has nothing against
    it."""
    facts, name = manifest.carrier, manifest.name
    if facts is None:
        return None
    if request.sender.country not in manifest.countries:
        return "sender.country", f"{name} picks up in {', '.join(manifest.countries)} only"
    if wrong := _unserved(request, facts, name):
        return wrong
    if len(request.parcels) > facts.most_parcels:
        return "parcels", f"{name} takes at most {facts.most_parcels} for one shipment"
    heaviest = facts.heaviest_parcel_kg
    for number, parcel in enumerate(request.parcels):
        if heaviest is not None and parcel.weight_kg > heaviest:
            return f"parcels.{number}.weight_kg", f"{name} takes at most {heaviest:g} kg for one parcel"
    if request.label_format not in facts.label_formats:
        known = ", ".join(each.value for each in facts.label_formats)
        return "label_format", f"{name} prints labels as {known} only"
    return _unpayable(request, manifest, facts)


def _unserved(request: ShipmentRequest, facts: CarrierFacts, name: str) -> tuple[str, str] | None:
    if request.is_domestic:
        return None if facts.domestic else ("recipient.country", f"{name} delivers abroad only")
    if not facts.international:
        return "recipient.country", f"{name} delivers within the sender's country only"
    if facts.destinations and request.recipient.country not in facts.destinations:
        return "recipient.country", f"{name} does not deliver there"
    return None


def _unpayable(request: ShipmentRequest, manifest: Manifest, facts: CarrierFacts) -> tuple[str, str] | None:
    cash = request.cash_on_delivery
    if cash is None:
        return None
    if not facts.collects_cash:
        return "cash_on_delivery", f"{manifest.name} collects no money at the door"
    if request.is_return:
        return "cash_on_delivery", "nothing can be collected for a return"
    if cash.currency not in manifest.currencies:
        return "cash_on_delivery.currency", f"{manifest.name} collects {', '.join(manifest.currencies)} only"
    return None
