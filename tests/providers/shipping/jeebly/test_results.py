"""What Jeebly's answers mean, whatever they are labelled as; and what its refusals leave certain."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest

from tests.providers.builders import now
from tests.providers.shipping.jeebly.builders import AWB, BOOKED, KEYS, event, existing, failure, jeebly, tracked
from tests.support.carrier_wire import Wire
from tests.support.carriers.parcels import domestic
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)
from workers.providers.shipping.jeebly.statuses import KNOWN, meaning
from workers.providers.shipping.models import LabelFormat, TrackingResult

PDF = LabelFormat.PDF
LOST = httpx.ReadTimeout("no answer")


def as_html(body: Any, status: int = 200) -> httpx.Response:
    """JSON that says it is a web page."""
    headers = {"content-type": "text/html; charset=UTF-8"}
    return httpx.Response(status, content=orjson.dumps(body), headers=headers)


async def track(answer: Any) -> TrackingResult:
    """How one shipment stands by an answer."""
    (result,) = await jeebly(Wire(answer)).track_shipments([existing()])
    return result


@pytest.mark.parametrize("success", ["true", "TRUE", True])
async def test_a_booking_is_known_by_its_number(success: Any) -> None:
    made = await jeebly(Wire(as_html({**BOOKED, "success": success}))).create_shipment(domestic())
    assert (made.tracking_number, made.status, made.service, made.documents) == (AWB, "created", "Next Day", ())


@pytest.mark.parametrize(
    ("content", "expected"), [(b"%PDF-1.4 label", "pdf"), (b"\x89PNG\r\n\x1a\nlabel", "png")], ids=["pdf", "png"]
)
async def test_a_label_is_what_its_first_bytes_say(content: bytes, expected: str) -> None:
    labelled = httpx.Response(200, content=content, headers={"content-type": "text/html"})
    (label,) = await jeebly(Wire(labelled)).get_documents(existing(), PDF)
    assert (label.format, label.content, label.tracking_number) == (expected, content, AWB)


@pytest.mark.parametrize("answer", [b"\xff\xd8\xff\xe0 jpeg", b"<html>", b"", {"success": "true", "label": "JVBERi0="}])
async def test_what_is_no_label_is_none(answer: Any) -> None:
    with pytest.raises(Unavailable):
        await jeebly(Wire(answer)).get_documents(existing(), PDF)


async def test_tracking_as_the_demo_host_answers_it() -> None:
    scheduled = event("Pickup Scheduled", "2026-09-11T10:46:12Z", desc="Consignment Softdata Uploaded")
    again = {**scheduled, "desc": "Consignment pickup_scheduled", "event_date_time": "2026-09-11T10:46:16Z"}
    result = await track(tracked(scheduled, again, last_status="Pickup Scheduled"))
    assert (result.found, result.status, result.provider_status) == (True, "created", "Pickup Scheduled")
    assert [each.occurred_at for each in result.events] == [
        datetime(2026, 9, 11, 10, 46, second, tzinfo=UTC) for second in (12, 16)
    ]
    assert (result.events[0].place, result.events[0].description) == ("DXB", "Consignment Softdata Uploaded")


async def test_events_in_any_order_and_labelled_as_a_page() -> None:
    delivered = event("Delivered", "2023-07-31T11:51:44Z")
    scheduled = event("Pickup Scheduled", "2023-07-31T11:42:29Z")
    for events in ((delivered, scheduled), (scheduled, delivered)):
        result = await track(as_html(tracked(*events, last_status="delivered")))
        assert (result.status, result.delivered_at) == ("delivered", datetime(2023, 7, 31, 11, 51, 44, tzinfo=UTC))


async def test_times_are_written_in_several_ways_and_an_event_without_one_is_left_out() -> None:
    times = ("2024-04-02 T11:38:21Z", "2023-07-31 11:42:29", "yesterday", None)
    result = await track(tracked(*(event("Inscan At Hub", str(at)) for at in times)))
    assert [each.occurred_at for each in result.events] == [
        datetime(2023, 7, 31, 11, 42, 29, tzinfo=UTC),
        datetime(2024, 4, 2, 11, 38, 21, tzinfo=UTC),
    ]


async def test_the_last_status_counts_when_no_event_has_it() -> None:
    scheduled = event("Pickup Scheduled", "2026-09-11T10:46:12Z")
    assert (await track(tracked(scheduled, last_status="Cancelled"))).status == "cancelled"
    assert (await track(tracked(last_status="out_for_delivery"))).status == "out_for_delivery"
    assert (await track(tracked(scheduled, last_status=None))).status == "created"
    assert (await track(tracked())).status is None


async def test_why_a_delivery_failed_is_told() -> None:
    failed = event("Undelivered", "2026-09-12T10:00:00Z", failure_reason="Customer not available")
    result = await track(tracked(failed))
    assert (result.status, result.detail) == ("exception", "attempt_failed")
    assert result.events[0].description == "Consignment Undelivered (Customer not available)"


def test_every_word_that_is_known_is_known_in_every_spelling() -> None:
    for words, told in KNOWN.items():
        for spelling in (words.title(), words.replace(" ", "_"), words.upper().replace(" ", " \u2013 ")):
            assert meaning(spelling, "Consignment is delivered") == told, spelling
    assert meaning("Handed Over", "Consignment arrived at destination hub").status == "in_transit"
    assert meaning("???", "???").status is None


@pytest.mark.parametrize("message", ["Invalid Shipment Number", "Invalid Customer Key Or Shipment Number"])
async def test_an_unknown_number_is_not_found_and_spoils_no_other(message: str) -> None:
    wire = Wire(failure(message, 400), tracked(event("Delivered", "2026-09-12T10:00:00Z")))
    missing, found = await jeebly(wire).track_shipments([existing("JB999999"), existing()])
    assert (missing.found, missing.status, found.status) == (False, None, "delivered")
    with pytest.raises(NotFound):
        await jeebly(Wire(failure(message, 400))).get_documents(existing(), PDF)


@pytest.mark.parametrize("answer", [{}, [], "text", {"success": "true"}, tracked(number="JB999999"), {"success": 1}])
async def test_an_answer_in_another_shape_says_nothing(answer: Any) -> None:
    with pytest.raises(Unavailable):
        await track(answer)


@pytest.mark.parametrize(
    ("answer", "kind", "field"),
    [
        (failure("Invalid API Token"), AuthenticationFailed, None),
        (failure("Invalid Customer Key", 400), AuthenticationFailed, None),
        (failure("Invalid JSON format", 400), InvalidRequest, None),
        (failure("Invalid delivery type"), InvalidRequest, "service"),
        (failure("Same Day city restriction"), InvalidRequest, "service"),
        (failure("Invalid load type"), InvalidRequest, "contents"),
        (failure("COD amount validation"), InvalidRequest, "cash_on_delivery"),
        (failure("Sunday pickup not allowed"), InvalidRequest, "ships_at"),
        (failure("Invalid weight"), InvalidRequest, "parcels"),
        (failure("destination_address_area is required"), InvalidRequest, "recipient"),
        (failure("Something new"), InvalidRequest, None),
        ((429, None), RateLimited, None),
        ((500, BOOKED), OutcomeUnknown, None),
        ((503, None), OutcomeUnknown, None),
        (LOST, OutcomeUnknown, None),
        (httpx.ConnectError("refused"), Unavailable, None),
        ("<html>", OutcomeUnknown, None),
        ({}, OutcomeUnknown, None),
        ([], OutcomeUnknown, None),
        ({"success": "true"}, OutcomeUnknown, None),
        ({**BOOKED, "AWB No": " "}, OutcomeUnknown, None),
        ({**BOOKED, "AWB No": 304362}, OutcomeUnknown, None),
        ({**BOOKED, "success": "maybe"}, OutcomeUnknown, None),
        (b"%PDF-1.4", OutcomeUnknown, None),
    ],
)
async def test_a_booking_that_did_not_work_says_what_is_certain(
    answer: Any, kind: type[ProviderError], field: str | None
) -> None:
    with pytest.raises(ProviderError) as raised:
        await jeebly(Wire(answer)).create_shipment(domestic())
    assert type(raised.value) is kind
    assert getattr(raised.value, "field", None) == field


async def test_keys_that_are_echoed_are_not_shown() -> None:
    with pytest.raises(ProviderError) as raised:
        await jeebly(Wire(failure(f"bad {KEYS['api_key']} {KEYS['client_key']}"))).create_shipment(domestic())
    assert not any(key in raised.value.message for key in KEYS.values())


async def test_a_lost_booking_stays_unknown_and_nobody_asks_for_it() -> None:
    wire = Wire()
    for age in (timedelta(seconds=2), timedelta(days=2)):
        with pytest.raises(OutcomeUnknown, match="portal"):
            await jeebly(wire).find_shipment(domestic(), attempted_at=now() - age)
    assert not wire.requests


async def test_one_that_is_cancelled_already_is_no_error() -> None:
    for answer in ({"success": "true"}, failure("Shipment already cancelled", 400)):
        await jeebly(Wire(answer)).cancel_shipment(existing())


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (failure("Shipment cannot be cancelled", 400), InvalidRequest),
        (failure("Invalid Shipment Number", 400), NotFound),
        ((500, None), OutcomeUnknown),
        (LOST, OutcomeUnknown),
    ],
)
async def test_a_cancellation_that_jeebly_does_not_confirm_is_none(answer: Any, kind: type[ProviderError]) -> None:
    with pytest.raises(kind):
        await jeebly(Wire(answer)).cancel_shipment(existing())


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (failure("Invalid Shipment Number", 400), "ok"),
        (failure("Invalid API Token", 400), "authentication_failed"),
        (failure("Invalid Customer Key", 400), "authentication_failed"),
        ((404, None), "not_found"),
        ((500, None), "unavailable"),
        (LOST, "unavailable"),
    ],
)
async def test_health_tells_wrong_keys_from_a_carrier_that_is_down(answer: Any, code: str) -> None:
    report = await jeebly(Wire(answer)).check_health()
    assert (report.ok, report.code) == (code == "ok", code)


@pytest.mark.parametrize("status", [200, 400])
async def test_a_refusal_that_names_an_air_waybill_may_have_come_after_it(status: int) -> None:
    answer = (status, {"success": "false", "message": "weight is not valid", "AWB No": AWB})
    with pytest.raises(OutcomeUnknown):
        await jeebly(Wire(answer)).create_shipment(domestic())
