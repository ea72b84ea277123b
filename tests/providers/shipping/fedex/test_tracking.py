"""How parcels stand with FedEx, and what proves that they arrived."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.providers.shipping.fedex.wire import (
    NUMBER,
    PDF_BASE64,
    Wire,
    existing,
    fedex,
    refusal,
    scan,
    tracked,
)
from workers.providers.errors import NotFound
from workers.providers.shipping.models import (
    DocumentKind,
    LabelFormat,
    ShipmentStatus,
    TrackingDetail,
)


async def test_a_parcel_stands_where_its_newest_scan_says() -> None:
    out = scan("OD", "2026-11-24T08:00:00+04:00", "IT", scanLocation={"city": "DUBAI", "countryCode": "AE"})
    answer = tracked(
        out,
        scan("PU", "2026-11-23T18:00:00+04:00"),
        scan("OC", "2026-11-23T12:00:00+04:00", "IN"),
        latestStatusDetail={"code": "OD", "derivedCode": "IT", "statusByLocale": "Out for delivery"},
        dateAndTimes=[{"type": "ESTIMATED_DELIVERY", "dateTime": "2026-11-24T18:00:00+04:00"}],
    )
    (result,) = await fedex(Wire(answer)).track_shipments([existing()])
    assert (result.status, result.provider_status) == (ShipmentStatus.OUT_FOR_DELIVERY, "OD")
    assert result.message == "Out for delivery"
    assert result.estimated_delivery_at == datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
    assert [event.status for event in result.events] == ["created", "picked_up", "out_for_delivery"]
    last = result.events[-1]
    assert (last.occurred_at, last.place, last.country) == (datetime(2026, 11, 24, 4, 0, tzinfo=UTC), "DUBAI", "AE")


async def test_of_two_scans_of_one_moment_the_first_told_is_the_later() -> None:
    (result,) = await fedex(Wire(tracked(scan("AR"), scan("PU")))).track_shipments([existing()])
    assert result.status is ShipmentStatus.IN_TRANSIT


async def test_a_delivered_parcel_says_when_and_to_whom() -> None:
    answer = tracked(scan("DL"), scan("PU"), deliveryDetails={"signedByName": "O.ALI", "receivedByName": "R"})
    (result,) = await fedex(Wire(answer)).track_shipments([existing()])
    assert (result.status, result.signed_by) == (ShipmentStatus.DELIVERED, "O.ALI")
    assert result.delivered_at == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


async def test_a_shipment_is_not_delivered_while_some_of_its_parcels_are_not() -> None:
    answer = tracked(scan("DL"), packageDetails={"count": "2", "undeliveredCount": "1"})
    (result,) = await fedex(Wire(answer)).track_shipments([existing()])
    assert (result.status, result.detail) == (ShipmentStatus.IN_TRANSIT, TrackingDetail.PARTIAL)
    assert result.delivered_at is None


async def test_without_scans_the_latest_status_counts() -> None:
    answer = tracked(latestStatusDetail={"code": "IN", "derivedCode": "IN", "description": "Label created"})
    (result,) = await fedex(Wire(answer)).track_shipments([existing()])
    assert (result.status, result.message) == (ShipmentStatus.CREATED, "Label created")


async def test_results_come_in_the_order_asked_and_errors_stay_with_their_number() -> None:
    def complete(number: str, **result: Any) -> dict[str, Any]:
        return {"trackingNumber": number, "trackResults": [result]}

    error = {"code": "TRACKING.TRACKINGNUMBER.NOTFOUND", "message": "Cannot be found."}
    down = {"code": "SYSTEM.UNAVAILABLE.EXCEPTION", "message": "Unavailable."}
    listed = [complete("3", scanEvents=[scan("PU")]), complete("1", error=error), complete("2", error=down)]
    wire = Wire({"output": {"completeTrackResults": listed}})
    results = await fedex(wire).track_shipments([existing(number) for number in "1234"])
    assert [(each.tracking_number, each.found, each.status, each.message) for each in results] == [
        ("1", False, None, "Cannot be found."),
        ("2", True, None, "Unavailable."),
        ("3", True, ShipmentStatus.PICKED_UP, None),
        ("4", True, None, "FedEx did not answer for this number"),
    ]
    assert len(wire.requests) == 1


async def test_a_number_that_was_used_before_stands_for_its_latest_parcel() -> None:
    answer = tracked(scan("DL", "2021-01-01T12:00:00+04:00"))
    (complete,) = answer["output"]["completeTrackResults"]
    newer = {"trackingNumberInfo": {"trackingNumber": NUMBER}, "scanEvents": [scan("PU")]}
    complete["trackResults"] = [newer, *complete["trackResults"]]
    (result,) = await fedex(Wire(answer)).track_shipments([existing()])
    assert result.status is ShipmentStatus.PICKED_UP


async def test_a_time_without_an_offset_is_local_to_the_country() -> None:
    there = scan("PU", "2026-11-23T12:00:00", scanLocation={"city": "RIYADH", "countryCode": "SA"})
    (result,) = await fedex(Wire(tracked(there))).track_shipments([existing()])
    assert result.events[0].occurred_at == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


async def test_nothing_to_track_asks_nothing() -> None:
    wire = Wire()
    assert await fedex(wire).track_shipments([]) == ()
    assert wire.requests == wire.exchanges == []


# Proof, pickups, places.


@pytest.mark.parametrize("name", ["document", "documents"])
async def test_a_delivery_is_proved_by_a_letter(name: str) -> None:
    delivered = tracked(scan("DL"), deliveryDetails={"signedByName": "O.ALI"})
    proof = await fedex(Wire(delivered, {"output": {name: [PDF_BASE64]}})).get_proof_of_delivery(existing())
    assert proof.signed_by == "O.ALI"
    assert [(each.kind, each.format) for each in proof.documents] == [(DocumentKind.PROOF_OF_DELIVERY, LabelFormat.PDF)]


async def test_a_delivery_without_a_letter_is_proved_by_its_scan() -> None:
    missing = httpx.Response(404, json=refusal("TRACKINGDOCUMENT.DOCUMENT.UNAVAILABLE"))
    proof = await fedex(Wire(tracked(scan("DL")), missing)).get_proof_of_delivery(existing())
    assert (proof.documents, proof.delivered_at) == ((), datetime(2026, 11, 23, 8, 0, tzinfo=UTC))


async def test_what_is_not_delivered_has_no_proof() -> None:
    wire = Wire(tracked(scan("OD")))
    with pytest.raises(NotFound):
        await fedex(wire).get_proof_of_delivery(existing())
    assert len(wire.requests) == 1
