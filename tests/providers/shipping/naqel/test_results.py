"""What Naqel's answers mean."""

from datetime import UTC, datetime

import pytest

from tests.providers.shipping.naqel.builders import (
    LABEL,
    WAYBILL_NO,
    Wire,
    answered,
    driver,
    envelope,
    event,
    existing,
    made,
    naqel,
    parcel,
    printed,
    traced,
    wrong,
)
from workers.providers.errors import NotFound, OutcomeUnknown, Unavailable
from workers.providers.shipping.models import LabelFormat, ShipmentStatus, TrackingDetail
from workers.providers.shipping.naqel.statuses import EVENT_CODES, meaning


async def test_a_waybill_has_a_number_and_its_label_is_printed_apart() -> None:
    connector = naqel(Wire(made(), printed()))
    result = await connector.create_shipment(parcel())
    assert (result.tracking_number, result.status, result.documents) == (WAYBILL_NO, "created", ())
    (label,) = await connector.get_documents(existing(), LabelFormat.PDF)
    assert (label.content, label.format, label.kind, label.tracking_number) == (LABEL, "pdf", "label", WAYBILL_NO)


async def test_a_waybill_without_a_label_has_none() -> None:
    with pytest.raises(NotFound):
        await naqel(Wire(printed(None))).get_documents(existing(), LabelFormat.PDF)


@pytest.mark.parametrize("label", [b"no label", b"<html>"])
async def test_a_label_that_is_none_is_no_answer(label: bytes) -> None:
    with pytest.raises(Unavailable):
        await naqel(Wire(printed(label))).get_documents(existing(), LabelFormat.PDF)


@pytest.mark.parametrize(
    "answer",
    [
        made(WaybillNo="0"),
        made(WaybillNo=None),
        made(HasError=None),
        answered("CreateBooking", ""),
        envelope(""),
        b"<html><body>Down for maintenance</body></html>",
        b"",
    ],
    ids=["no number", "no element", "no word of errors", "another answer", "an empty envelope", "a page", "nothing"],
)
async def test_an_answer_that_cannot_be_read_leaves_the_waybill_unknown(answer: bytes) -> None:
    with pytest.raises(OutcomeUnknown):
        await naqel(Wire(answer)).create_shipment(parcel())


async def test_a_pickup_without_a_reference_is_not_known_to_be_ordered() -> None:
    with pytest.raises(OutcomeUnknown):
        await naqel(Wire(made("CreateBooking", BookingRefNo=None))).schedule_pickup(driver())


async def test_a_journey_is_read_oldest_first_and_in_utc() -> None:
    answer = traced(
        event("7", "Delivered", "2026-11-29T11:00:00"),
        event("5", "Out for Delivery", "2026-11-29T08:30:00.123"),
        event("3", "Arrived at Naqel Facility", "2026-11-29T01:00:00"),
        event("1", "Shipment Picked Up", "2026-11-28T20:00:00"),
    )
    (result,) = await naqel(Wire(answer)).track_shipments([existing()])
    assert [each.status for each in result.events] == ["picked_up", "in_transit", "out_for_delivery", "delivered"]
    assert result.delivered_at == datetime(2026, 11, 29, 8, 0, tzinfo=UTC), "Riyadh's time"
    assert (result.status, result.provider_status, result.events[0].place) == ("delivered", "7", "DXB")


async def test_many_are_asked_at_once_and_one_that_is_wrong_does_not_spoil_the_others() -> None:
    answer = traced(
        event("5", "Out for Delivery", "2026-11-29T08:00:00", "300000002"),
        wrong("Waybill number is not found", "300000009"),
        event("7", "Delivered", "2026-11-29T08:00:00"),
    )
    numbers = (WAYBILL_NO, "300000009", "300000002", "300000004")
    wire = Wire(answer)
    results = await naqel(wire).track_shipments([existing(number) for number in numbers])
    assert [(each.tracking_number, each.found, each.status) for each in results] == [
        (WAYBILL_NO, True, "delivered"),
        ("300000009", False, None),
        ("300000002", True, "out_for_delivery"),
        ("300000004", False, None),
    ]
    assert results[1].message == "Waybill number is not found"
    assert len(wire.requests) == 1


async def test_words_that_nobody_knows_are_kept_without_a_meaning() -> None:
    answer = traced(
        event("1", "Shipment Picked Up", "2026-11-29T08:00:00"), event("999", "Xyzzy", "2026-11-29T09:00:00")
    )
    (result,) = await naqel(Wire(answer)).track_shipments([existing()])
    assert (result.status, result.provider_status) == ("picked_up", "999")
    assert (result.events[-1].status, result.events[-1].description) == (None, "Xyzzy")


@pytest.mark.parametrize(
    "answer",
    [traced(event("7", "Delivered", "yesterday")), answered("CreateWaybill", ""), b"<html/>", b"Down"],
    ids=["no time", "another answer", "a page", "a word"],
)
async def test_tracking_that_cannot_be_read_is_no_news(answer: bytes) -> None:
    with pytest.raises(Unavailable):
        await naqel(Wire(answer)).track_shipments([existing()])


@pytest.mark.parametrize(
    ("code", "activity", "status", "detail"),
    [
        ("7", "anything", ShipmentStatus.DELIVERED, None),
        ("105", "Delivery attempted", ShipmentStatus.EXCEPTION, TrackingDetail.REFUSED),
        ("168", "", ShipmentStatus.EXCEPTION, TrackingDetail.ATTEMPT_FAILED),
        ("163", "", ShipmentStatus.IN_TRANSIT, TrackingDetail.AWAITING_COLLECTION),
        ("221", "Returned to Shipper", ShipmentStatus.RETURNED, None),
        (None, "Shipment held by customs", ShipmentStatus.EXCEPTION, TrackingDetail.CUSTOMS_HOLD),
        ("0", None, None, None),
    ],
)
def test_codes_decide_and_words_where_there_is_no_code(
    code: str | None, activity: str | None, status: ShipmentStatus | None, detail: TrackingDetail | None
) -> None:
    assert meaning(code, activity) == (status, detail)


def test_every_code_that_is_known_means_something() -> None:
    assert all(each.status is not None for each in EVENT_CODES.values())
