"""Shipa's answers in Wasl's words."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.providers.shipping.shipa.builders import MADE, NUMBER, entry, existing, shipa
from tests.support.carriers.parcels import DUBAI, LONDON, domestic
from workers.providers.errors import InvalidRequest, NotFound, OutcomeUnknown, Unavailable
from workers.providers.shipping.models import (
    AddressCheckRequest,
    DocumentKind,
    LabelFormat,
    Place,
    ShipmentStatus,
    TrackingDetail,
)

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
GONE = (404, {"code": 1, "message": "Order not found"})
CITIES = {"isoAlpha3": "ARE", "cities": [{"name": "Dubai"}, {"name": "Abu Dhabi"}]}


async def test_a_shipment_is_an_order() -> None:
    connector, _ = shipa((201, MADE))
    made = await connector.create_shipment(domestic())
    assert (made.tracking_number, made.status) == (NUMBER, ShipmentStatus.CREATED)
    assert (made.provider_shipment_id, made.documents, made.cost) == (None, (), None)


@pytest.mark.parametrize("wrong", [{"shipaRef": None}, {"shipaRef": ""}, {"shipaRef": 7}, {"customerRef": "another"}])
async def test_an_answer_about_something_else_is_none(wrong: dict[str, Any]) -> None:
    connector, _ = shipa((201, {**MADE, **wrong}))
    with pytest.raises(OutcomeUnknown):
        await connector.create_shipment(domestic())


async def test_a_story_is_told_from_its_beginning() -> None:
    story = [
        entry("Delivered", "19", 1_780_000_300_000),
        entry("Out for Delivery", 17, 1_780_000_200_000, "Driver Ali"),
        entry("order.confirmed", None, 1_780_000_100_000),
    ]
    connector, wire = shipa(story)
    (found,) = await connector.track_shipments([existing()])
    assert wire.lines == [f"GET /v2/orders/{NUMBER}/story"]
    assert [event.status for event in found.events] == ["created", "out_for_delivery", "delivered"]
    assert (found.status, found.provider_status) == (ShipmentStatus.DELIVERED, "19")
    assert found.delivered_at == datetime.fromtimestamp(1_780_000_300, UTC)
    assert found.events[1].description == "Out for Delivery: Driver Ali"


async def test_why_a_delivery_failed_is_told() -> None:
    connector, _ = shipa([entry("Delivery Failed", "20", details={"failReason": "No answer"})])
    (found,) = await connector.track_shipments([existing()])
    assert (found.status, found.detail) == (ShipmentStatus.EXCEPTION, TrackingDetail.ATTEMPT_FAILED)
    assert found.events[0].description == "Delivery Failed: No answer"


async def test_what_nobody_knows_moves_nothing() -> None:
    connector, _ = shipa([entry("Teleported", "99")], [])
    (odd,) = await connector.track_shipments([existing()])
    assert (odd.found, odd.status, odd.events[0].code) == (True, None, "99")
    (silent,) = await connector.track_shipments([existing()])
    assert (silent.found, silent.status, silent.events) == (True, None, ())


@pytest.mark.parametrize(
    "story", [{"events": []}, [entry("x", at=0)], [{"status": "x"}], [{**entry("x"), "date": "now"}]]
)
async def test_what_cannot_be_read_is_not_guessed(story: Any) -> None:
    connector, _ = shipa(story)
    with pytest.raises(Unavailable):
        await connector.track_shipments([existing()])


async def test_one_that_is_not_there_does_not_spoil_the_others() -> None:
    connector, wire = shipa(GONE, [entry("order.pickup.completed")])
    unknown, odd, known = await connector.track_shipments([existing(), existing("../x"), existing()])
    assert [each.found for each in (unknown, odd, known)] == [False, False, True]
    assert unknown.message == "Order not found"
    assert known.status is ShipmentStatus.PICKED_UP
    assert len(wire.requests) == 2


async def test_the_label_is_fetched_as_it_is() -> None:
    connector, wire = shipa(httpx.Response(200, content=PDF), label_template="A4")
    (label,) = await connector.get_documents(existing(), LabelFormat.PDF)
    assert (label.kind, label.format, label.content) == (DocumentKind.LABEL, LabelFormat.PDF, PDF)
    assert wire.lines == [f"GET /v2/orders/{NUMBER}/pdf"]
    assert (wire.requests[0].url.params["template"], wire.requests[0].url.params["copies"]) == ("A4", "1")


async def test_what_is_no_label_is_not_taken_for_one() -> None:
    connector, _ = shipa({"url": "https://elsewhere.example/label.pdf"}, httpx.Response(200, text="<html>"), GONE)
    for error in (Unavailable, Unavailable, NotFound):
        with pytest.raises(error):
            await connector.get_documents(existing(), LabelFormat.PDF)


async def test_an_order_is_cancelled_once() -> None:
    connector, wire = shipa({"shipaRef": NUMBER, "status": "Order Confirmed"}, {"code": 0})
    await connector.cancel_shipment(existing())
    assert wire.lines == [f"GET /v2/orders/{NUMBER}", f"POST /v2/orders/{NUMBER}/cancel"]
    assert json.loads(wire.requests[1].content) == {"cancelReasonId": 17}
    connector, wire = shipa({"shipaRef": NUMBER, "status": "Cancelled"})
    await connector.cancel_shipment(existing())
    assert len(wire.requests) == 1
    connector, _ = shipa({"shipaRef": NUMBER, "status": "Delivered"}, {"code": 7, "message": "too late"})
    with pytest.raises(InvalidRequest, match="too late"):
        await connector.cancel_shipment(existing())


@pytest.mark.parametrize(
    ("place", "serviceable", "suggested"),
    [
        (DUBAI, True, None),
        (Place(city="Khalifa City", country="AE"), True, "Abu Dhabi"),
        (Place(city="Al Ain", country="AE"), False, None),
        (Place(city="Nowhere", country="AE"), None, None),
        (LONDON, False, None),
    ],
)
async def test_a_place_is_served_if_its_city_is_in_the_list(
    place: Place, serviceable: bool | None, suggested: str | None
) -> None:
    connector, _ = shipa(CITIES)
    place = Place(**{name: getattr(place, name) for name in Place.model_fields})
    check = await connector.check_address(AddressCheckRequest(place=place))
    assert check.serviceable is serviceable
    assert [each.city for each in check.suggestions] == ([suggested] if suggested else [])
