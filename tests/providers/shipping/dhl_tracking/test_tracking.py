"""What DHL's unified tracking is asked, and what its answers mean."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.contract.conftest import SPECS
from tests.providers.shipping.dhl_tracking.builders import (
    KEY,
    NUMBER,
    UNKNOWN,
    dhl_tracking,
    event,
    existing,
    shipment,
)
from tests.support.carrier_wire import Wire
from tests.support.carriers.parcels import SHIPMENT_ID
from workers.providers.base import require
from workers.providers.capabilities import ShipsParcels
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotSupported,
    ProviderError,
    RateLimited,
    Unavailable,
)
from workers.providers.shipping.dhl_tracking.objects import chosen, result_from_shipment
from workers.providers.shipping.dhl_tracking.statuses import meaning_of
from workers.providers.shipping.models import TrackingResult


async def follow(*events: dict[str, Any], **more: Any) -> TrackingResult:
    """How a shipment with these events stands."""
    (result,) = await dhl_tracking(Wire({"shipments": [shipment(*events, **more)]})).track_shipments([existing()])
    return result


async def test_one_number_is_asked_about_in_one_call() -> None:
    wire = Wire({"shipments": [shipment(event("transit"))]}, (404, UNKNOWN))
    first, second = await dhl_tracking(wire).track_shipments([existing(), existing("1111111111")])
    assert [dict(each.url.params) for each in wire.requests] == [
        {"trackingNumber": number, "requesterCountryCode": "AE", "language": "en", "service": "express"}
        for number in (NUMBER, "1111111111")
    ]
    assert wire.requests[0].headers["dhl-api-key"] == KEY
    assert str(wire.requests[0].url).startswith("https://api-eu.dhl.com/track/shipments?")
    assert (first.found, first.shipment_id, second.found, second.message) == (
        True,
        SHIPMENT_ID,
        False,
        "No shipment with given tracking number found.",
    )


async def test_any_division_can_be_asked_about() -> None:
    wire = Wire({"shipments": [shipment(event("transit"))]})
    await dhl_tracking(wire, settings={"service": "any"}).track_shipments([existing()])
    assert "service" not in wire.requests[0].url.params


@pytest.mark.parametrize(
    ("code", "text", "status", "detail"),
    [
        ("pre-transit", "Shipment information received", "created", None),
        ("transit", "Processed at DUBAI", "in_transit", None),
        ("transit", "Shipment picked up", "picked_up", None),
        ("transit", "Shipment is out with courier for delivery", "out_for_delivery", None),
        ("transit", "Out for delivery", "out_for_delivery", None),
        ("transit", "Ready for collection at the service point", "in_transit", "awaiting_collection"),
        ("transit", "Delivered to the airline", "in_transit", None),
        ("delivered", "Delivered", "delivered", None),
        ("delivered", "Delivered - left in mailbox, no attempt", "delivered", None),
        ("delivered", "Returned to shipper", "returned", None),
        ("failure", "Recipient not home, delivery attempted", "exception", "attempt_failed"),
        ("failure", "Clearance event: held by customs", "exception", "customs_hold"),
        ("failure", "Returned to shipper", "returned", None),
        ("failure", "Something new", "exception", None),
        ("unknown", "", None, None),
        ("unknown", "Out for delivery", "out_for_delivery", None),
        (None, "Shipment picked up", "picked_up", None),
        ("sublimated", "", None, None),
        ("101", "", "delivered", None),
        ("102", "", "in_transit", None),
        ("103", "", "exception", None),
        ("104", "", "created", None),
        ("DELIVERED", "", "delivered", None),
    ],
)
def test_what_codes_and_texts_mean(code: str | None, text: str, status: str | None, detail: str | None) -> None:
    assert meaning_of(code, text) == (status, detail)


async def test_a_delivered_shipment_says_who_signed_and_when() -> None:
    proof = {"proofOfDelivery": {"signed": {"givenName": "Omar", "familyName": "Ali"}}}
    result = await follow(
        event("delivered", "Delivered", "2026-11-30T15:00:00+04:00"),
        event("transit", "Shipment picked up", "2026-11-29T10:00:00Z"),
        details=proof,
        estimatedTimeOfDelivery="2026-12-01",
    )
    assert (result.status, result.signed_by, result.provider_status) == ("delivered", "Omar Ali", "delivered")
    assert result.delivered_at == datetime(2026, 11, 30, 11, tzinfo=UTC)
    assert result.estimated_delivery_at == datetime(2026, 12, 1, 19, 59, tzinfo=UTC)
    assert [(each.status, each.place, each.country) for each in result.events] == [
        ("picked_up", "DUBAI", "AE"),
        ("delivered", "DUBAI", "AE"),
    ]


async def test_a_time_without_an_offset_is_the_places() -> None:
    (happened,) = (await follow(event("transit", at="2026-11-30T10:00:00"))).events
    assert happened.occurred_at == datetime(2026, 11, 30, 6, tzinfo=UTC)


async def test_the_newest_event_may_be_in_the_status_only() -> None:
    told = {**shipment(event("transit", at="2026-11-29T10:00:00Z")), "status": event("delivered")}
    (result,) = await dhl_tracking(Wire({"shipments": [told]})).track_shipments([existing()])
    assert ([each.status for each in result.events], result.status) == (["in_transit", "delivered"], "delivered")


async def test_an_event_may_lack_its_place() -> None:
    (happened,) = (await follow({"timestamp": "2026-11-30T10:00:00Z", "statusCode": "transit"})).events
    assert (happened.place, happened.country, happened.description) == (None, None, None)


def test_of_several_parcels_the_one_of_the_number_is_meant() -> None:
    same, other = shipment(event("transit")), {**shipment(event("delivered")), "id": "another"}
    assert chosen({"shipments": [other, same]}, NUMBER) == same
    assert chosen({"shipments": [other]}, NUMBER) == other
    assert chosen({"shipments": [other, other]}, NUMBER) is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((401, {"title": "Unauthorized", "detail": "Unauthorized for given resource."}), AuthenticationFailed),
        ((429, {"title": "Too many requests", "detail": "Quota exceeded"}), RateLimited),
        ((500, None), Unavailable),
        (httpx.Response(502, text="<html>"), Unavailable),
        (httpx.ReadTimeout("no answer"), Unavailable),
        ({}, Unavailable),
        ({"shipments": [{"id": NUMBER}]}, Unavailable),
        ({"shipments": [shipment({"statusCode": "transit"})]}, Unavailable),
        ({"shipments": [shipment(event("transit", at="yesterday"))]}, Unavailable),
    ],
    ids=["key", "quota", "error", "proxy", "lost", "empty", "bare", "no time", "no real time"],
)
async def test_what_is_wrong_with_the_connection_is_an_error(answer: Any, kind: type[ProviderError]) -> None:
    with pytest.raises(kind) as raised:
        await dhl_tracking(Wire(answer)).track_shipments([existing()])
    assert KEY not in f"{raised.value!r}"


async def test_what_is_wrong_with_one_number_is_its_own() -> None:
    wire = Wire((400, {"detail": "not a number"}), {"shipments": [shipment(event("transit"))]})
    first, second = await dhl_tracking(wire).track_shipments([existing("x"), existing()])
    assert (first.found, first.message, second.status) == (False, "not a number", "in_transit")


@pytest.mark.parametrize(
    ("answer", "ok", "code"),
    [
        ({"shipments": [shipment(event("transit"))]}, True, "ok"),
        ((404, UNKNOWN), True, "ok"),
        ((401, {"detail": "Unauthorized for given resource."}), False, "authentication_failed"),
        ((429, {"detail": "Quota exceeded"}), False, "rate_limited"),
        ((503, None), False, "unavailable"),
    ],
)
async def test_health_tells_a_wrong_key_from_a_number_that_is_not_known(answer: Any, ok: bool, code: str) -> None:
    report = await dhl_tracking(Wire(answer)).check_health()
    assert (report.ok, report.code) == (ok, code)


def test_it_takes_no_shipments() -> None:
    with pytest.raises(NotSupported):
        require(dhl_tracking(Wire()), ShipsParcels, "create_shipment")


@pytest.mark.parametrize(
    ("credentials", "field"),
    [({"api_key": "short"}, "api_key"), ({"api_key": KEY, "webhook_secret": "guess"}, "webhook_secret")],
)
def test_keys_that_cannot_be_right_are_refused(credentials: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        dhl_tracking(Wire(), credentials=credentials)
    assert refused.value.field == f"credentials.{field}"


def test_a_recorded_answer_is_read() -> None:
    path = SPECS / "dhl_unified" / "karrio_tracking_response.json"
    if not path.is_file():
        pytest.skip(f"the recorded answer is not at {path}")
    answer = json.loads(path.read_text(encoding="utf-8"))["trackingResponse"]
    found = chosen(answer, NUMBER)
    assert found is not None
    result = result_from_shipment(found)
    assert (result.tracking_number, result.status, result.provider_status) == (NUMBER, "created", "pre-transit")
    assert result.signed_by is None, "the code says that it is not delivered, whatever the text does"
    (happened,) = result.events
    assert (happened.place, happened.country) == ("Oderweg 2, AMSTERDAM", "NL")
