"""What EMX's answers mean."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.providers.shipping.emx.builders import (
    AWB,
    CITIES,
    COUNTRIES,
    LABEL,
    Wire,
    booked,
    emx,
    envelope,
    existing,
    history,
    parcel,
    priced,
    rate,
    tracked,
)
from tests.support.carriers.parcels import ABU_DHABI, LONDON, international, question
from workers.providers.errors import OutcomeUnknown, Unavailable
from workers.providers.money import Money
from workers.providers.shipping.emx.objects import moment
from workers.providers.shipping.emx.statuses import STATUSES, meaning
from workers.providers.shipping.models import AddressCheckRequest, Direction, LabelFormat, Place

NOON = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
PUSHED = (
    "Shipment Created",
    "Shipment Picked up by Courier",
    "Shipment Cancelled",
    "Shipment Delivered",
    "Shipment Returned to Sender",
    "Out for Delivery",
    "Undelivered",
    "Shipment on Hold",
)
"""Every status on https://developers.emiratespost.ae/customerendpoint.html ."""


async def test_a_booking_comes_with_its_label() -> None:
    made = await emx(Wire(booked())).create_shipment(parcel())
    assert (made.tracking_number, made.status) == (AWB, "created")
    (label,) = made.documents
    assert (label.content, label.format, label.kind, label.tracking_number) == (LABEL, "pdf", "label", AWB)


async def test_a_booking_without_a_label_is_one_all_the_same() -> None:
    made = await emx(Wire(booked(None, AWBNumber=int(AWB)))).create_shipment(parcel())
    assert (made.tracking_number, made.documents) == (AWB, ())


@pytest.mark.parametrize(
    "answer",
    [booked(AWBNumber=None), booked(AWBNumber="<a>"), {}, []],
    ids=["no number", "no sensible number", "empty", "a list"],
)
async def test_a_booking_that_cannot_be_read_is_not_known_to_be_none(answer: Any) -> None:
    with pytest.raises(OutcomeUnknown):
        await emx(Wire(answer)).create_shipment(parcel())


@pytest.mark.parametrize("answer", [booked(AWBLabel="no base64!"), booked(b"no label")], ids=["no base64", "no label"])
async def test_a_booking_whose_label_cannot_be_read_is_a_booking(answer: Any) -> None:
    made = await emx(Wire(answer)).create_shipment(parcel())
    assert (made.tracking_number, made.documents) == (AWB, ())


async def test_prices_are_those_of_what_is_sent_and_of_services_that_there_are() -> None:
    listed = priced(
        rate("Express", 26.25),
        rate("Express", 20, "Document"),
        rate("Premium", 0),
        rate("Standard", "15.499999"),
        rate("Freight", 90, None),
    )
    found = await emx(Wire(listed)).get_rates(question(parcel()))
    assert [(each.service, each.total, each.level) for each in found] == [
        ("Express", Money.of("26.25", "AED"), "next_day"),
        ("Standard", Money.of("15.50", "AED"), "standard"),
        ("Freight", Money.of("90.00", "AED"), "standard"),
    ]


async def test_a_single_price_may_come_without_its_list() -> None:
    answer = {"RateCalculation": {"RateList": rate("Express", 33)}}
    (found,) = await emx(Wire(COUNTRIES, answer)).get_rates(question(international()))
    assert (found.total, found.level) == (Money.of("33.00", "AED"), "express")


async def test_there_is_no_price_for_a_country_that_emx_does_not_list() -> None:
    wire = Wire({"CountriesResponse": {"Countries": {"Country": []}}})
    assert await emx(wire).get_rates(question(international())) == ()


async def test_prices_that_cannot_be_read_are_none() -> None:
    with pytest.raises(Unavailable):
        await emx(Wire(priced(rate(price="free")))).get_rates(question(parcel()))


async def test_a_journey_is_read_oldest_first_and_in_utc() -> None:
    answer = tracked(
        history("29/11/2026 12:00:00", "Shipment Delivered", "Delivered to addressee"),
        history("29/11/2026 08:00:00", "Out for Delivery"),
        history("28/11/2026 20:00:00", description="Arrived at sorting center"),
        history("28/11/2026 18:00:00", "Shipment Created", TransactionType="CRT"),
    )
    (result,) = await emx(Wire(answer)).track_shipments([existing()])
    assert [event.status for event in result.events] == ["created", "in_transit", "out_for_delivery", "delivered"]
    assert result.events[0].occurred_at == datetime(2026, 11, 28, 14, 0, tzinfo=UTC)
    assert (result.status, result.delivered_at, result.provider_status) == ("delivered", NOON, "Shipment Delivered")
    assert (result.shipment_id, result.found) == (existing().shipment_id, True)


@pytest.mark.parametrize("newest_first", [True, False])
async def test_events_of_one_moment_stand_in_emxs_order(newest_first: bool) -> None:
    lines = [
        history("29/11/2026 12:00:00", "Shipment Created"),
        history("29/11/2026 12:01:00", "Shipment Picked up by Courier"),
        history("29/11/2026 12:01:00", description="Arrived at sorting center"),
    ]
    (result,) = await emx(Wire(tracked(*(reversed(lines) if newest_first else lines)))).track_shipments([existing()])
    assert [event.status for event in result.events] == ["created", "picked_up", "in_transit"]


async def test_what_emx_does_not_know_is_not_found() -> None:
    (result,) = await emx(Wire(tracked())).track_shipments([existing()])
    assert (result.found, result.status, result.events) == (False, None, ())


async def test_words_that_nobody_knows_are_kept_without_a_meaning() -> None:
    answer = tracked(history("29/11/2026 12:00:00", "Shipment Created"), history("29/11/2026 13:00:00", "Xyzzy"))
    (result,) = await emx(Wire(answer)).track_shipments([existing()])
    assert (result.status, result.provider_status, result.events[-1].status) == ("created", "Xyzzy", None)


@pytest.mark.parametrize(
    "answer",
    [
        tracked(history("yesterday", "Shipment Delivered")),
        tracked("<ns2:TrackHistory/>"),
        envelope("<ns2:TrackShipmentResponse/>"),
        b"<html><body>Down for maintenance</body></html>",
        b"Down",
    ],
    ids=["no time", "nothing in it", "no result", "a page", "a word"],
)
async def test_tracking_that_cannot_be_read_is_no_news(answer: bytes) -> None:
    with pytest.raises(Unavailable):
        await emx(Wire(answer)).track_shipments([existing()])


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-29T12:00:00",
        "2026-11-29T12:00:00+04:00",
        "2026-11-29T08:00:00Z",
        "29/11/2026 12:00:00",
        "29/11/2026 12:00 PM",
        "29-Nov-2026 12:00",
        "29-11-2026 12:00:00",
    ],
)
def test_times_are_the_gulfs_however_they_are_written(text: str) -> None:
    assert moment(text) == NOON


@pytest.mark.parametrize("status", PUSHED)
def test_every_status_that_emirates_post_documents_has_a_meaning(status: str) -> None:
    assert status.casefold() in STATUSES
    assert meaning(status, None) == meaning(None, status) == STATUSES[status.casefold()]


def test_no_other_status_is_claimed_to_be_documented() -> None:
    assert set(STATUSES) == {status.casefold() for status in PUSHED}


async def test_a_label_is_printed_again() -> None:
    answer = envelope(
        "<ns2:PrintLabelResponse><ns2:LabelResponse><ns2:AWBLabel>JVBERi0xLjQg\nYSBsYWJlbA==</ns2:AWBLabel>"
        "</ns2:LabelResponse></ns2:PrintLabelResponse>"
    )
    (label,) = await emx(Wire(answer)).get_documents(existing(), LabelFormat.PDF)
    assert (label.content, label.tracking_number) == (LABEL, AWB)


@pytest.mark.parametrize(
    ("place", "answers", "serviceable"),
    [
        (ABU_DHABI, (), True),
        (Place(city="Nowhere", country="AE"), (), None),
        (LONDON, (COUNTRIES, CITIES), True),
        (Place(city="لندن", country="GB"), (COUNTRIES, CITIES), True),
        (Place(city="Leeds", country="GB"), (COUNTRIES, CITIES), False),
        (Place(city="Paris", country="FR"), (COUNTRIES,), False),
    ],
    ids=["Abu Dhabi", "an unknown city", "London", "London in Arabic", "Leeds", "Paris"],
)
async def test_a_place_is_checked_against_emxs_lists(place: Place, answers: Any, serviceable: bool | None) -> None:
    wire = Wire(*answers)
    asked = AddressCheckRequest(place=Place(**{name: getattr(place, name) for name in Place.model_fields}))
    found = await emx(wire).check_address(asked)
    assert (found.serviceable, len(wire.requests)) == (serviceable, len(answers))
    assert bool(found.message) is (serviceable is not True)


async def test_nothing_is_picked_up_abroad() -> None:
    asked = AddressCheckRequest(place=Place(city="London", country="GB"), direction=Direction.PICKUP)
    assert (await emx(Wire()).check_address(asked)).serviceable is False
