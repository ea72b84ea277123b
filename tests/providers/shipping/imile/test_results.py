"""iMile's answers in Wasl's words."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.providers.shipping.imile.builders import MADE, NUMBER, PDF, entry, existing, imile, no, ok, record
from tests.support.carriers.parcels import domestic, question
from workers.providers.errors import InvalidRequest, NotFound, OutcomeUnknown, Unavailable
from workers.providers.money import Money
from workers.providers.shipping.imile.statuses import MEANINGS
from workers.providers.shipping.models import DocumentKind, LabelFormat, ServiceLevel, ShipmentStatus, TrackingDetail
from workers.providers.shipping.statuses import NOTHING

S, D = ShipmentStatus, TrackingDetail
DOCUMENTED = (
    *("SubmitOrder", "SCH", "AssignPickup", "CancelAssignPickup", "PickUpOrder", "RecevieOrder", "Shipping", "Arrive"),
    *("AssignDA", "Transfer", "Unpacking", "DeliveryCompleted", "ReturnShipping", "ReturnArrive", "IntlReceived"),
    *("IntlShipping", "IntlArrive", "IntlClearanceScan", "IntlClearance", "operation_change_delivery_method"),
    *("operation_self_pickup_point_inbound", "OFD", "Delivered", "BTD", "ReturnFailed", "Abandon"),
    *("AbnormalDelivered", "cs_schedule_failed_no_answer", "ReturnSuccess", "RefundSuccess", "RTC", "CancelOrder"),
)


async def test_a_shipment_comes_with_its_label() -> None:
    connector, _ = imile(MADE)
    made = await connector.create_shipment(domestic())
    assert (made.tracking_number, made.status, made.service) == (NUMBER, S.CREATED, "standard")
    (label,) = made.documents
    assert (label.kind, label.format, label.content) == (DocumentKind.LABEL, LabelFormat.PDF, PDF)


async def test_further_parcels_have_numbers_of_their_own() -> None:
    connector, _ = imile(ok({**MADE["data"], "subWaybillNo": ["A-1", "A-2"]}))
    assert (await connector.create_shipment(domestic())).parcel_tracking_numbers == ("A-1", "A-2")


@pytest.mark.parametrize("label", [None, "", "%%%", base64.b64encode(b"not a label").decode()])
async def test_a_shipment_without_a_label_is_one_all_the_same(label: Any) -> None:
    connector, _ = imile(ok({"expressNo": NUMBER, "imileAwb": label}))
    assert (await connector.create_shipment(domestic())).documents == ()


@pytest.mark.parametrize("data", [None, {}, {"expressNo": ""}, {"expressNo": 7}, {"expressNo": "a b"}, []])
async def test_an_order_without_a_waybill_is_unknown(data: Any) -> None:
    connector, _ = imile(ok(data))
    with pytest.raises(OutcomeUnknown):
        await connector.create_shipment(domestic())


async def test_a_price_is_money() -> None:
    connector, _ = imile(ok({"totalAmount": 16.5, "currency": "AED", "aging": "2"}))
    (rate,) = await connector.get_rates(question(domestic()))
    assert (rate.total, rate.transit_days) == (Money.of("16.50", "AED"), 2)
    assert (rate.service, rate.level) == ("standard", ServiceLevel.STANDARD)


@pytest.mark.parametrize("refusal", [no("40011"), no(40012), no("400", "Product Service no open")])
async def test_no_service_is_no_price(refusal: Any) -> None:
    connector, _ = imile(refusal)
    assert await connector.get_rates(question(domestic())) == ()


async def test_a_wrong_question_for_a_price_is_told() -> None:
    connector, _ = imile(no("40030", "grossWeight"))
    with pytest.raises(InvalidRequest):
        await connector.get_rates(question(domestic()))


UNREADABLE = [
    {"totalAmount": "x", "currency": "AED"},
    {"totalAmount": 1},
    {"totalAmount": 1, "currency": "XXZ"},
    {"totalAmount": -1, "currency": "AED"},
]


@pytest.mark.parametrize("data", UNREADABLE)
async def test_a_price_that_cannot_be_read_is_none(data: Any) -> None:
    connector, _ = imile(ok(data))
    with pytest.raises(Unavailable):
        await connector.get_rates(question(domestic()))


async def test_a_parcels_way_is_told_from_its_beginning() -> None:
    way = [
        entry("Delivered", "2026-09-24 15:42:10", latestSite="Abu Dhabi", locusDetailed="Delivered to Omar"),
        entry("OFD", "2026-09-24 08:15:00", timeZone="+4"),
        entry("SubmitOrder", "2026-09-23 10:00:00", timeZone=None),
    ]
    connector, wire = imile(ok(record(*way)))
    (found,) = await connector.track_shipments([existing()])
    assert wire.lines == ["POST /client/track/getOne"]
    assert [event.status for event in found.events] == [S.CREATED, S.OUT_FOR_DELIVERY, S.DELIVERED]
    assert [event.occurred_at.hour for event in found.events] == [6, 4, 11]
    assert (found.status, found.provider_status) == (S.DELIVERED, "Delivered")
    assert found.delivered_at == datetime(2026, 9, 24, 11, 42, 10, tzinfo=UTC)
    assert (found.events[2].place, found.events[2].description) == ("Abu Dhabi", "Delivered to Omar")


@pytest.mark.parametrize(("zone", "hour"), [("GMT-06:00", 21), ("+8", 7), ("UTC+05:30", 10), (None, 11), ("", 11)])
async def test_times_have_the_zone_they_come_with(zone: str | None, hour: int) -> None:
    connector, _ = imile(ok(record(entry("Arrive", "2026-09-24 15:42:10", timeZone=zone))))
    (found,) = await connector.track_shipments([existing()])
    assert found.events[0].occurred_at.hour == hour


async def test_many_are_asked_at_once_and_answered_in_order() -> None:
    connector, wire = imile(ok([record(entry("OFD"), number="6082824250181"), record(entry("Arrive"))]))
    numbers = (NUMBER, "6082824250180", "x y", "6082824250181")
    found = await connector.track_shipments([existing(number.replace(" ", "/")) for number in numbers])
    assert wire.lines == ["POST /client/track/list"]
    assert wire.body["param"]["orderNo"] == [NUMBER, "6082824250180", "6082824250181"]
    assert [each.found for each in found] == [True, False, False, True]
    assert [each.status for each in found] == [S.IN_TRANSIT, None, None, S.OUT_FOR_DELIVERY]


async def test_one_that_cannot_be_read_does_not_spoil_the_others() -> None:
    odd = record(entry("Arrive", "yesterday"), number="6082824250180")
    connector, _ = imile(ok({"list": [odd, record(entry("Arrive"))]}))
    spoilt, good = await connector.track_shipments([existing("6082824250180"), existing()])
    assert (spoilt.found, spoilt.status, spoilt.message) == (True, None, "iMile answered in an unknown format")
    assert good.status is S.IN_TRANSIT


@pytest.mark.parametrize("answer", [no("22185"), ok(None), ok([])])
async def test_one_that_is_not_there_is_not_found(answer: Any) -> None:
    connector, _ = imile(answer)
    (found,) = await connector.track_shipments([existing()])
    assert not found.found
    assert found.message


@pytest.mark.parametrize("data", [None, {}, [{"locus": []}], "x"])
async def test_a_list_that_cannot_be_read_is_none(data: Any) -> None:
    connector, _ = imile(ok(data))
    with pytest.raises(Unavailable):
        await connector.track_shipments([existing(), existing("6082824250180")])


async def test_of_one_second_the_later_in_the_list_is_the_earlier() -> None:
    connector, _ = imile(ok(record(entry("PickUpOrder"), entry("SubmitOrder"))))
    (found,) = await connector.track_shipments([existing()])
    assert [event.code for event in found.events] == ["SubmitOrder", "PickUpOrder"]
    assert found.status is S.PICKED_UP


async def test_a_code_that_nobody_knows_moves_nothing() -> None:
    connector, _ = imile(ok(record(entry("Teleported", locusDetailed="Beamed up"))))
    (found,) = await connector.track_shipments([existing()])
    assert (found.found, found.status, found.provider_status) == (True, None, "Teleported")
    assert found.events[0].description == "Beamed up"


def test_every_documented_code_is_known() -> None:
    assert set(DOCUMENTED) == MEANINGS.keys()
    assert {code for code, each in MEANINGS.items() if each == NOTHING} == {
        "DeliveryCompleted",
        "operation_change_delivery_method",
    }


@pytest.mark.parametrize(
    ("code", "status", "detail"),
    [
        ("PickUpOrder", S.PICKED_UP, None),
        ("RecevieOrder", S.IN_TRANSIT, None),
        ("BTD", S.EXCEPTION, D.ATTEMPT_FAILED),
        ("ReturnArrive", S.EXCEPTION, D.RETURN_IN_PROGRESS),
        ("ReturnSuccess", S.RETURNED, None),
        ("operation_self_pickup_point_inbound", S.IN_TRANSIT, D.AWAITING_COLLECTION),
        ("CancelOrder", S.CANCELLED, None),
    ],
)
def test_a_code_means(code: str, status: ShipmentStatus, detail: TrackingDetail | None) -> None:
    assert MEANINGS[code] == (status, detail)


async def test_a_label_is_printed_again_by_its_waybill() -> None:
    connector, wire = imile(MADE, ok({"expressNo": NUMBER}), no("22185"))
    (label,) = await connector.get_documents(existing(), LabelFormat.ZPL)
    assert label.content == PDF
    assert wire.body["param"] == {"orderCode": NUMBER, "orderCodeType": "1"}
    for error in (Unavailable, NotFound):
        with pytest.raises(error):
            await connector.get_documents(existing(), LabelFormat.PDF)


async def test_an_order_is_deleted_by_both_its_numbers() -> None:
    connector, wire = imile(ok(None))
    await connector.cancel_shipment(existing())
    assert wire.lines == ["POST /client/order/deleteOrder"]
    assert wire.body["param"] == {"orderCode": existing().own_reference, "waybillNo": NUMBER}


async def test_one_that_is_deleted_already_is_no_error_and_one_that_is_on_its_way_is() -> None:
    connector, _ = imile(no("400", "cannot be deleted"), ok(record(entry("CancelOrder"))))
    await connector.cancel_shipment(existing())
    connector, _ = imile(no("400", "cannot be deleted"), ok(record(entry("Arrive"))))
    with pytest.raises(InvalidRequest, match="cannot be deleted"):
        await connector.cancel_shipment(existing())
