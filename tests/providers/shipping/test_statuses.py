"""From events to where a shipment stands."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.providers.shipping.models import ShipmentStatus, TrackingDetail, TrackingEvent
from workers.providers.shipping.statuses import NOTHING, by_text, current, delivered_at, in_order

START = datetime(2026, 11, 1, 8, tzinfo=UTC)
FINAL = {ShipmentStatus.DELIVERED, ShipmentStatus.RETURNED, ShipmentStatus.CANCELLED}
statuses = st.sampled_from([None, *(each for each in ShipmentStatus if each not in ("pending", "failed"))])


def event(hours: int, status: ShipmentStatus | str | None) -> TrackingEvent:
    known = None if status is None else ShipmentStatus(status)
    return TrackingEvent(occurred_at=START + timedelta(hours=hours), status=known)


def standing(*events: TrackingEvent) -> ShipmentStatus | None:
    found = current(in_order(events))
    return found.status if found else None


def test_the_newest_event_decides_in_whatever_order_they_are_told() -> None:
    events = [event(1, "picked_up"), event(2, "in_transit"), event(3, "out_for_delivery")]
    assert {standing(*told) for told in permutations(events)} == {ShipmentStatus.OUT_FOR_DELIVERY}


def test_an_event_that_means_nothing_changes_nothing() -> None:
    assert standing(event(1, "in_transit"), event(2, None)) is ShipmentStatus.IN_TRANSIT
    assert standing(event(1, None)) is None


def test_what_is_final_stays_so() -> None:
    assert standing(event(1, "delivered"), event(2, "in_transit")) is ShipmentStatus.DELIVERED
    assert standing(event(1, "cancelled"), event(2, "picked_up")) is ShipmentStatus.CANCELLED


def test_a_parcel_that_was_called_delivered_may_still_come_back() -> None:
    events = (event(1, "delivered"), event(2, "returned"), event(3, "delivered"))
    assert standing(*events) is ShipmentStatus.RETURNED
    assert delivered_at(in_order(events)) is None


def test_an_exception_is_not_the_end() -> None:
    assert standing(event(1, "exception"), event(2, "out_for_delivery")) is ShipmentStatus.OUT_FOR_DELIVERY


def test_delivered_when_the_carrier_says_so() -> None:
    assert delivered_at([event(1, "in_transit"), event(5, "delivered")]) == START + timedelta(hours=5)


@given(st.lists(st.tuples(st.integers(0, 50), statuses), unique_by=lambda pair: pair[0], max_size=12))
def test_order_and_repetition_never_matter(told: list[tuple[int, ShipmentStatus | None]]) -> None:
    events = [event(*each) for each in told]
    once = standing(*events)
    assert standing(*reversed(events), *events) == once
    if any(each.status in FINAL for each in events):
        assert once in FINAL


@pytest.mark.parametrize(
    ("text", "status", "detail"),
    [
        ("Delivered to recipient", "delivered", None),
        ("Not delivered - customer not available", "exception", "attempt_failed"),
        ("Delivery attempt failed", "exception", "attempt_failed"),
        ("Out for Delivery", "out_for_delivery", None),
        ("With courier for delivery", "out_for_delivery", None),
        ("Returned to shipper", "returned", None),
        ("RTO initiated", "exception", "return_in_progress"),
        ("Customer refused the shipment", "exception", "refused"),
        ("Incomplete address", "exception", "address_problem"),
        ("Held by customs", "exception", "customs_hold"),
        ("On hold", "exception", "on_hold"),
        ("Shipment delayed", "exception", "delayed"),
        ("Damaged in transit", "exception", "damaged"),
        ("Pickup failed", "exception", "pickup_failed"),
        ("Shipment cancelled", "cancelled", None),
        ("Pickup Scheduled", "created", None),
        ("Shipment information received", "created", None),
        ("Picked up from shipper", "picked_up", None),
        ("Collected", "picked_up", None),
        ("Inscan At Hub", "in_transit", None),
        ("Departed facility in Dubai", "in_transit", None),
        ("Ready for collection at locker", "in_transit", "awaiting_collection"),
        ("Could not be delivered", "exception", "attempt_failed"),
        ("Cannot be delivered: gate closed", "exception", "attempt_failed"),
        ("Undeliverable", "exception", "attempt_failed"),
        ("Attempting delivery", "out_for_delivery", None),
        ("Delivered to sorting facility", "in_transit", None),
        ("Delivered to delivery partner", "in_transit", None),
        ("Delivered back to shipper", "returned", None),
        ("Delivered to merchant", "returned", None),
        ("Collected by consignee", "delivered", None),
        ("Collected from locker by customer", "delivered", None),
        ("Received by the recipient", "delivered", None),
        ("Handed to customer", "delivered", None),
        ("Delivered, cash collected", "delivered", None),
        ("To be collected by customer", "in_transit", "awaiting_collection"),
        ("Shipment received at destination warehouse", "in_transit", None),
        ("Shipment received in Dubai hub", "in_transit", None),
        ("Shipment received from shipper", "picked_up", None),
        ("Received by courier", "picked_up", None),
        ("Collected from shipper", "picked_up", None),
        ("Ready for pick up by courier", "created", None),
        ("Pickup cancelled", "exception", "pickup_failed"),
        ("Delivery cancelled by customer", "exception", "refused"),
        ("Released from customs hold", "in_transit", None),
        ("Hold has been lifted", "in_transit", None),
        ("In transit, missing label", "in_transit", None),
        ("Parcel missing", "exception", "lost"),
    ],
)
def test_words_are_understood_by_what_went_wrong_first(text: str, status: str, detail: str | None) -> None:
    meaning = by_text(text)
    assert (meaning.status, meaning.detail) == (ShipmentStatus(status), TrackingDetail(detail) if detail else None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Thank you for choosing us",
        "مرحبا",
        "Not yet delivered",
        "Will be delivered tomorrow",
        "To be delivered",
        "Partially delivered",
        "Cancellation requested",
        "Cancellation was rejected",
        "Cash collected",
        "Shipper contacted",
    ],
)
def test_other_words_mean_nothing(text: str) -> None:
    assert by_text(text) == NOTHING
    assert by_text(None) == NOTHING
