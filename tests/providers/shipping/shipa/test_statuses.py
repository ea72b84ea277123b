"""Every event and code that is known of means something."""

import pytest

from workers.providers.shipping.models import ShipmentStatus, TrackingDetail
from workers.providers.shipping.shipa.statuses import CODES, EVENTS, meaning

S, D = ShipmentStatus, TrackingDetail
KNOWN = (
    *("created", "confirmed", "cancelled", "readyForCollection"),
    *(f"{leg}.{step}" for leg in ("pickup", "dropoff", "return")
      for step in ("initiated", "started", "arrived", "completed", "failed")),
    *(f"transit.receivedBy{hub}Hub" for hub in ("Origin", "Sorting", "Destination")),
)  # fmt: skip


def test_every_event_is_known() -> None:
    assert {f"order.{name}" for name in KNOWN} == EVENTS.keys()


@pytest.mark.parametrize(
    ("status", "code", "means", "detail"),
    [
        ("order.pickup.failed", None, S.EXCEPTION, D.PICKUP_FAILED),
        ("order.transit.receivedBySortingHub", None, S.IN_TRANSIT, None),
        ("order.dropoff.started", None, S.OUT_FOR_DELIVERY, None),
        ("order.return.started", None, S.EXCEPTION, D.RETURN_IN_PROGRESS),
        ("order.return.completed", None, S.RETURNED, None),
        ("order.readyForCollection", None, None, None),
        ("whatever", "19", S.DELIVERED, None),
        ("Returned to Shipper", "26", S.RETURNED, None),
        ("Cancelled", "10", S.CANCELLED, None),
        ("Not delivered", "77", S.EXCEPTION, D.ATTEMPT_FAILED),
        (None, None, None, None),
    ],
)
def test_an_entry_means(
    status: str | None, code: str | None, means: ShipmentStatus | None, detail: TrackingDetail | None
) -> None:
    assert meaning(status, code) == (means, detail)


def test_the_codes_are_texts() -> None:
    assert all(code.isdigit() for code in CODES)
