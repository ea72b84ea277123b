"""How a shipment stands, put together from what its carrier tells of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from workers.providers.shipping.models import ExistingShipment, TrackingEvent, TrackingResult
from workers.providers.shipping.statuses import current, delivered_at


def tracking_result(
    shipment: ExistingShipment,
    events: Sequence[TrackingEvent],
    *,
    provider_status: str | None = None,
    estimated_delivery_at: datetime | None = None,
    signed_by: str | None = None,
) -> TrackingResult:
    """How a shipment stands by its events.

    :param events: the oldest first.
    :param provider_status: in the carrier's words; the last event's code where they are not said.
    """
    standing, last = current(events), events[-1] if events else None
    return TrackingResult(
        tracking_number=shipment.tracking_number,
        shipment_id=shipment.shipment_id,
        status=standing.status if standing else None,
        detail=standing.detail if standing else None,
        provider_status=provider_status or (last.code if last else None),
        events=tuple(events),
        estimated_delivery_at=estimated_delivery_at,
        delivered_at=delivered_at(events),
        signed_by=signed_by,
    )


def not_found(shipment: ExistingShipment, message: str) -> TrackingResult:
    """What is told of a shipment that its carrier does not know. :param message: the carrier's words, or ours."""
    return TrackingResult(
        tracking_number=shipment.tracking_number, shipment_id=shipment.shipment_id, found=False, message=message
    )


def unread(shipment: ExistingShipment, message: str) -> TrackingResult:
    """What is told of a shipment whose carrier knows it, in words that cannot be read."""
    return TrackingResult(tracking_number=shipment.tracking_number, shipment_id=shipment.shipment_id, message=message)
