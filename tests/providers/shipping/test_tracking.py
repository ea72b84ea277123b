"""How a shipment stands, by its events."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.support.carriers.parcels import SHIPMENT_ID
from workers.providers.shipping.models import ExistingShipment, ShipmentStatus, TrackingDetail, TrackingEvent
from workers.providers.shipping.times import GULF, in_utc
from workers.providers.shipping.tracking import not_found, tracking_result, unread

SHIPMENT = ExistingShipment(shipment_id=SHIPMENT_ID, tracking_number="AWB1")
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def event(status: str | None, hour: int, detail: str | None = None) -> TrackingEvent:
    """Something that happened some hours after noon."""
    return TrackingEvent(
        occurred_at=NOON + timedelta(hours=hour),
        status=ShipmentStatus(status) if status else None,
        detail=TrackingDetail(detail) if detail else None,
        code=f"code {hour}",
    )


def test_it_stands_where_the_newest_event_with_a_status_says() -> None:
    events = (event("picked_up", 0), event("exception", 1, "on_hold"), event(None, 2))
    result = tracking_result(SHIPMENT, events)
    assert (result.status, result.detail, result.provider_status) == ("exception", "on_hold", "code 2")
    assert (result.found, result.events, result.delivered_at) == (True, events, None)
    assert (result.tracking_number, result.shipment_id) == ("AWB1", SHIPMENT_ID)


def test_a_delivery_has_its_time_and_who_signed() -> None:
    result = tracking_result(SHIPMENT, [event("delivered", 3)], provider_status="DL", signed_by="O. Ali")
    assert (result.delivered_at, result.provider_status) == (NOON + timedelta(hours=3), "DL")
    assert result.signed_by == "O. Ali"


def test_what_is_not_known_differs_from_what_cannot_be_read() -> None:
    absent, strange = not_found(SHIPMENT, "no such number"), unread(SHIPMENT, "not in our language")
    assert (absent.found, absent.status, absent.message) == (False, None, "no such number")
    assert (strange.found, strange.status, strange.message) == (True, None, "not in our language")
    assert absent.shipment_id == strange.shipment_id == SHIPMENT_ID


@pytest.mark.parametrize(
    "read",
    [datetime(2026, 11, 29, 16), datetime(2026, 11, 29, 15, tzinfo=timezone(timedelta(hours=3)))],
    ids=["local", "with its offset"],
)
def test_a_local_time_is_the_zones_unless_it_says_its_own(read: datetime) -> None:
    assert in_utc(read, GULF) == NOON
