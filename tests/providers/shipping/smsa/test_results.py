"""What SMSA's answers mean: bookings, labels, and scans with their codes and local times."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.providers.shipping.smsa.builders import (
    ABSENT,
    AWB,
    DOCUMENTED_SCANS,
    LABEL,
    SAWB,
    booked,
    existing,
    parcel,
    scan,
    smsa,
    tracked,
)
from tests.support.carrier_wire import Wire
from tests.support.carriers.parcels import international
from workers.providers.errors import NotFound, Unavailable
from workers.providers.shipping.models import LabelFormat, ShipmentStatus, TrackingDetail, TrackingResult
from workers.providers.shipping.smsa.statuses import DOCUMENTED, REPORTED, meaning

ZPL = "^XA^FDlabel^FS^XZ"


async def track(answer: Any) -> TrackingResult:
    """How one shipment stands by an answer."""
    (result,) = await smsa(Wire(answer)).track_shipments([existing()])
    return result


async def test_a_booking_is_known_by_its_parcels_numbers() -> None:
    made = await smsa(Wire(booked())).create_shipment(parcel())
    assert (made.tracking_number, made.provider_shipment_id, made.parcel_tracking_numbers) == (AWB, SAWB, ())
    assert [(label.format, label.content, label.tracking_number) for label in made.documents] == [("pdf", LABEL, AWB)]
    assert (made.status, made.provider_data) == ("created", {"kind": "b2c"})
    several = await smsa(Wire(booked(AWB, "231200021880"))).create_shipment(parcel())
    assert (several.tracking_number, several.parcel_tracking_numbers) == (AWB, (AWB, "231200021880"))


@pytest.mark.parametrize("as_base64", [True, False])
async def test_a_label_in_zpl_may_come_plain(as_base64: bool) -> None:
    answer = booked(label=ZPL.encode())
    if not as_base64:
        answer["waybills"][0]["awbFile"] = ZPL
    (label,) = (await smsa(Wire(answer)).create_shipment(parcel(label_format="zpl"))).documents
    assert (label.format, label.content) == ("zpl", ZPL.encode())


@pytest.mark.parametrize("file", [None, "", "bm9uZQ==", "not base64!"])
async def test_a_booking_without_a_readable_label_is_booked_all_the_same(file: str | None) -> None:
    answer = {**booked(), "waybills": [{"awb": AWB, "awbFile": file}]}
    made = await smsa(Wire(answer)).create_shipment(parcel())
    assert (made.tracking_number, made.documents) == (AWB, ())
    with pytest.raises(Unavailable if file else NotFound):
        await smsa(Wire(answer)).get_documents(existing(), LabelFormat.PDF)


async def test_an_invoice_that_was_not_taken_is_told_and_the_shipment_stands() -> None:
    made = await smsa(Wire(booked(), (400, {"message": "Invalid HS code"}))).create_shipment(international())
    assert made.tracking_number == AWB
    assert made.provider_data["customs_invoice"] == "not sent: SMSA: Invalid HS code"


async def test_a_delivered_shipment_as_smsas_page_shows_it() -> None:
    result = await track(tracked(*DOCUMENTED_SCANS, isDelivered=True))
    assert (result.found, result.status, result.signed_by) == (True, "delivered", "Abdulaziz")
    assert result.delivered_at == datetime(2024, 1, 10, 8, tzinfo=UTC)
    assert [(event.code, event.status) for event in result.events] == [
        ("HOP", "in_transit"),
        ("OD", "out_for_delivery"),
        ("DL", "delivered"),
    ]
    assert result.events[0].occurred_at == datetime(2024, 1, 10, 6, tzinfo=UTC)
    assert (result.events[0].place, result.provider_status) == ("Riyadh", "DL")


async def test_a_time_without_its_offset_is_saudi_arabias() -> None:
    (event,) = (await track(tracked(scan("OD", "Out", "2024-01-10T10:00:00", ScanTimeZone=None)))).events
    assert event.occurred_at == datetime(2024, 1, 10, 7, tzinfo=UTC)


async def test_a_shipment_without_scans_is_known_but_not_where() -> None:
    for answer in (tracked(), tracked(Scans=None)):
        result = await track(answer)
        assert (result.found, result.status, result.events) == (True, None, ())


async def test_the_flag_counts_whatever_the_scans_say_unless_it_came_back() -> None:
    out = scan("OD", "Out for Delivery", "2024-01-10T10:00:00")
    back = scan("RTO", "Returned to Shipper", "2024-01-12T10:00:00")
    assert (await track(tracked(out, isDelivered=True))).status == "delivered"
    assert (await track(tracked(back, out, isDelivered=True))).status == "returned"


async def test_many_are_answered_in_their_order_and_one_that_is_missing_spoils_nothing() -> None:
    other = "231200022222"
    wire = Wire([tracked(number=other), tracked(*DOCUMENTED_SCANS)])
    asked = [existing(), existing(number="231299999999"), existing(number=other)]
    results = await smsa(wire).track_shipments(asked)
    assert [(each.tracking_number, each.found) for each in results] == [
        (AWB, True),
        ("231299999999", False),
        (other, True),
    ]
    assert wire.lines == ["POST /api/track/bulk/"]
    assert wire.bodies[0] == [each.tracking_number for each in asked]


async def test_when_the_bulk_call_is_refused_each_is_asked_for_alone() -> None:
    wire = Wire(ABSENT, tracked(*DOCUMENTED_SCANS), ABSENT)
    found, missing = await smsa(wire).track_shipments([existing(), existing(number="231299999999")])
    assert (found.status, missing.found, missing.status) == ("delivered", False, None)
    assert wire.lines[1:] == [f"GET /api/track/single/{AWB}", "GET /api/track/single/231299999999"]


@pytest.mark.parametrize("answer", [{}, [], "text", tracked({"ScanType": "OD"}), "<html>busy</html>"])
async def test_an_answer_in_another_shape_says_nothing(answer: Any) -> None:
    with pytest.raises(Unavailable):
        await track(answer)


def test_every_documented_code_has_its_meaning_whatever_its_words() -> None:
    assert set(DOCUMENTED) == {"AF", "CC", "CR", "DE", "DL", "HOP", "OD"}
    assert all(meaning(code, "Delivered") == told for code, told in DOCUMENTED.items())
    assert not DOCUMENTED.keys() & REPORTED.keys()


@pytest.mark.parametrize(
    ("code", "words", "status", "detail"),
    [
        ("RTO", "Returned to Shipper", ShipmentStatus.RETURNED, None),
        ("RTO", "???", ShipmentStatus.EXCEPTION, TrackingDetail.RETURN_IN_PROGRESS),
        ("PU", None, ShipmentStatus.PICKED_UP, None),
        ("XX", "Shipment on hold", ShipmentStatus.EXCEPTION, TrackingDetail.ON_HOLD),
        ("XX", "???", None, None),
    ],
)
def test_of_other_codes_the_words_decide_first(
    code: str, words: str | None, status: ShipmentStatus | None, detail: TrackingDetail | None
) -> None:
    assert meaning(code, words) == (status, detail)
