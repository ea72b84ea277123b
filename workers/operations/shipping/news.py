"""What a carrier said of a shipment, in the words of ``private.apply_shipment_news``.

A fact that the answer does not tell is left out, so that what is known already stays.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from workers.operations.shipping.requests import Choice
from workers.providers.errors import ProviderError
from workers.providers.shipping.models import ShipmentResult, TrackingEvent, TrackingResult


def made_news(result: ShipmentResult, choice: Choice, connection_id: object) -> dict[str, Any]:
    """News of a shipment that a carrier has taken.

    :param choice: has the price that was quoted, for carriers whose answer has none.
    """
    quoted = choice.cost or {}
    cost = result.cost
    return _told(
        status=result.status.value,
        connection_id=str(connection_id),
        service=result.service or choice.service,
        tracking_number=result.tracking_number,
        parcel_tracking_numbers=list(result.parcel_tracking_numbers) or None,
        provider_shipment_id=result.provider_shipment_id,
        provider_data=result.provider_data or None,
        tracking_url=result.tracking_url,
        cost=f"{cost.amount:f}" if cost else quoted.get("amount"),
        cost_currency=cost.currency if cost else quoted.get("currency"),
        estimated_delivery_at=_time(result.estimated_delivery_at),
    )


def failed_news(error: ProviderError) -> dict[str, Any]:
    """News of a shipment that the carrier refused."""
    return {"status": "failed", "failure": _told(code=error.provider_code or error.code, message=error.message)}


def tracking_news(result: TrackingResult) -> dict[str, Any]:
    """News of a parcel on its way; empty when the carrier does not know it yet."""
    if not result.found:
        return {}
    return _told(
        estimated_delivery_at=_time(result.estimated_delivery_at),
        signed_by=result.signed_by,
        events=[_event(event) for event in _events(result)] or None,
    )


def _events(result: TrackingResult) -> tuple[TrackingEvent, ...]:
    """The events; where the carrier tells a status and none that has it, the status is one."""
    if result.status is None or any(event.status is result.status for event in result.events):
        return result.events
    when = result.delivered_at or (result.events[-1].occurred_at if result.events else None)
    if when is None:
        return result.events
    told = TrackingEvent(occurred_at=when, status=result.status, detail=result.detail, code=result.provider_status)
    return (*result.events, told)


def _event(event: TrackingEvent) -> dict[str, Any]:
    return _told(
        occurred_at=_time(event.occurred_at),
        status=event.status.value if event.status else None,
        detail=event.detail.value if event.detail else None,
        provider_code=event.code,
        description=event.description,
        place=event.place,
        country=event.country,
    )


def _told(**facts: Any) -> dict[str, Any]:
    return {name: fact for name, fact in facts.items() if fact is not None}


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
