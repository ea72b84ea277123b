"""Every documented state means something."""

import pytest

from workers.providers.shipping.models import ShipmentStatus, TrackingDetail
from workers.providers.shipping.quiqup.statuses import MEANINGS, meaning

S, D = ShipmentStatus, TrackingDetail
# https://api-docs.quiqup.com/orders-api/orders/createanorder , and those that its older copy has beside them.
PUBLISHED = (
    *("pending", "ready_for_collection", "collected", "received_at_depot", "out_for_delivery", "delivery_complete"),
    *("delivery_failed", "return_to_origin", "returned_to_origin", "cancelled", "on_hold", "at_depot", "scheduled"),
    *("out_for_collection", "collection_failed", "out_for_return", "transit"),
)


def test_every_published_state_is_known() -> None:
    assert set(PUBLISHED) - MEANINGS.keys() == set()


@pytest.mark.parametrize(
    ("state", "status", "detail"),
    [
        ("pending", S.CREATED, None),
        ("out_for_collection", S.CREATED, None),
        ("collection_failed", S.EXCEPTION, D.PICKUP_FAILED),
        ("collected", S.PICKED_UP, None),
        ("transit", S.IN_TRANSIT, None),
        ("out_for_delivery", S.OUT_FOR_DELIVERY, None),
        ("delivery_failed", S.EXCEPTION, D.ATTEMPT_FAILED),
        ("on_hold", S.EXCEPTION, D.ON_HOLD),
        ("delivery_complete", S.DELIVERED, None),
        ("return_to_origin", S.EXCEPTION, D.RETURN_IN_PROGRESS),
        ("returned_to_origin", S.RETURNED, None),
        ("cancelled", S.CANCELLED, None),
        ("scheduled", None, None),
        ("something new", None, None),
    ],
)
def test_a_state_means(state: str, status: ShipmentStatus | None, detail: TrackingDetail | None) -> None:
    assert meaning(state) == (status, detail)
