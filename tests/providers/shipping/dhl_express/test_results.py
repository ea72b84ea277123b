"""What MyDHL answers, in Wasl's words."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.contract.conftest import SPECS
from tests.providers.shipping.dhl_express.builders import (
    NOTHING_FOUND,
    NUMBER,
    PDF,
    ZPL,
    Wire,
    dhl,
    document,
    event,
    existing,
    made,
    refusal,
    tracked,
)
from tests.support.carriers.parcels import DUBAI, domestic, international, question, tomorrow
from workers.providers.errors import InvalidRequest, NotFound, Unavailable
from workers.providers.shipping.dhl_express.objects import rates_from_answer, shipment_from_answer
from workers.providers.shipping.models import AddressCheckRequest, PickupRequest, Place, TrackingResult


def product(code: str = "N", price: Any = 53.25, **more: Any) -> dict[str, Any]:
    """A product with a price."""
    return {
        "productCode": code,
        "productName": f"EXPRESS {code}",
        "localProductCode": f"L{code}",
        "totalPrice": [
            {"currencyType": "PULCL", "priceCurrency": "AED", "price": 999},
            {"currencyType": "BILLC", "priceCurrency": "AED", "price": price},
        ],
        "deliveryCapabilities": {"estimatedDeliveryDateAndTime": "2026-12-02T18:00:00", "totalTransitDays": 1},
        **more,
    }


async def test_prices_are_those_that_are_billed_the_cheapest_first() -> None:
    rates = await dhl(Wire({"products": [product("1", 70), product(), product("C", 0)]})).get_rates(
        question(domestic())
    )
    assert [(rate.service, str(rate.total), rate.level) for rate in rates] == [
        ("N", "AED 53.25", "next_day"),
        ("1", "AED 70.00", "next_day"),
    ]
    assert rates[0].provider_data == {"local_product_code": "LN"}
    assert rates[0].estimated_delivery_at == datetime(2026, 12, 2, 14, tzinfo=UTC), "local time in Abu Dhabi"
    assert rates[0].transit_days == 1


async def test_only_the_services_that_were_asked_for_are_offered() -> None:
    wire = Wire({"products": [product("1", 70), product()]})
    assert [rate.service for rate in await dhl(wire).get_rates(question(domestic(), services=("1",)))] == ["1"]


@pytest.mark.parametrize("detail", ["996: The requested product is not available", "1001: not available"])
async def test_a_route_without_a_product_has_no_prices(detail: str) -> None:
    assert await dhl(Wire(refusal(detail))).get_rates(question(domestic())) == ()


@pytest.mark.parametrize(
    "answer", [{}, {"products": [product(price="x")]}, {"products": [product(price=True)]}, {"products": [{}]}]
)
async def test_prices_that_cannot_be_read_are_none(answer: Any) -> None:
    with pytest.raises(Unavailable):
        await dhl(Wire(answer)).get_rates(question(domestic()))


async def test_a_shipment_has_a_number_a_label_and_a_price() -> None:
    papers = [document(), document(PDF, "invoice"), document(PDF, "waybillDoc"), document(PDF, "new")]
    result = await dhl(Wire(made(documents=papers))).create_shipment(international())
    assert (result.tracking_number, result.status, result.service) == (NUMBER, "created", "P")
    assert result.parcel_tracking_numbers == ("JD014600000000000001",)
    assert [each.kind for each in result.documents] == ["label", "commercial_invoice", "waybill", "other"]
    assert result.documents[0].content == PDF
    assert str(result.cost) == "AED 53.25"
    assert result.estimated_delivery_at == datetime(2026, 12, 2, 23, 59, tzinfo=UTC)
    assert result.tracking_url is not None
    assert result.tracking_url.endswith(NUMBER)


async def test_a_label_is_what_it_is_whatever_it_is_called() -> None:
    result = await dhl(Wire(made(documents=[document(ZPL)]))).create_shipment(domestic(label_format="zpl"))
    assert result.documents[0].format == "zpl"


async def test_a_shipment_may_have_no_price_yet() -> None:
    result = await dhl(Wire(made(shipmentCharges=None, estimatedDeliveryDate=None))).create_shipment(domestic())
    assert (result.cost, result.estimated_delivery_at) == (None, None)


async def follow(*events: dict[str, Any], **more: Any) -> TrackingResult:
    """How a shipment with these checkpoints stands."""
    (result,) = await dhl(Wire({"shipments": [tracked(*events, **more)]})).track_shipments([existing()])
    return result


async def test_one_alone_is_asked_about_with_offsets() -> None:
    newest = event("OK", "2026-11-30", "15:00:00", GMTOffset="+03:00", signedBy="F SAAD")
    wire = Wire({"shipments": [tracked(newest, event("PU", "2026-11-29", GMTOffset="+04:00"))]})
    (result,) = await dhl(wire).track_shipments([existing()])
    assert wire.lines == [f"GET /shipments/{NUMBER}/tracking"]
    assert ("requestGMTOffsetPerEvent", "true") in wire.query
    assert (result.status, result.provider_status, result.signed_by) == ("delivered", "OK", "F SAAD")
    assert result.delivered_at == datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert [each.occurred_at.hour for each in result.events] == [6, 12]
    assert (result.events[0].place, result.events[0].country) == ("Dubai-AE", "AE")


@pytest.mark.parametrize(
    ("place", "hour"),
    [("Dubai-AE", 6), ("RIYADH-SA", 7), ("London-Heathrow-GB", 10), ("Alpha Beta Area", 6), (None, 6)],
)
async def test_of_many_the_country_decides_what_time_it_is(place: str | None, hour: int) -> None:
    area = [{"code": "X", "description": place}] if place else []
    result = await follow(event("PU", "2026-11-29", serviceArea=area))
    assert result.events[0].occurred_at == datetime(2026, 11, 29, hour, tzinfo=UTC)


async def test_many_are_asked_about_in_one_call_and_told_in_order() -> None:
    numbers = ["1111111111", "2222222222", "no-awb", "1111111111", "3333333333"]
    answer = {"shipments": [tracked(event("WC", "2026-11-30"), number="3333333333"), tracked(number="1111111111")]}
    wire = Wire(answer)
    results = await dhl(wire).track_shipments([existing(n, shipment_id=UUID(int=i)) for i, n in enumerate(numbers)])
    assert wire.lines == ["GET /tracking"]
    assert [value for name, value in wire.query if name == "shipmentTrackingNumber"] == [
        "1111111111",
        "2222222222",
        "3333333333",
    ]
    assert [(each.tracking_number, each.found, each.status) for each in results] == [
        ("1111111111", True, "created"),
        ("2222222222", False, None),
        ("no-awb", False, None),
        ("1111111111", True, "created"),
        ("3333333333", True, "out_for_delivery"),
    ]
    assert [each.shipment_id for each in results] == [UUID(int=index) for index in range(5)]


async def test_none_known_is_nobodys_error() -> None:
    results = await dhl(Wire(NOTHING_FOUND)).track_shipments([existing("1111111111"), existing("2222222222")])
    assert [each.found for each in results] == [False, False]
    assert await dhl(Wire()).track_shipments([]) == ()


async def test_a_number_with_an_error_of_its_own_does_not_spoil_the_others() -> None:
    result = await follow(status="Failure")
    assert (result.found, result.message) == (False, "Failure")


async def test_more_than_a_batch_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        await dhl(Wire()).track_shipments([existing(f"{index:010d}") for index in range(101)])


@pytest.mark.parametrize(
    "events",
    [
        [event("OK", "2026-11-30"), event("WC", "2026-11-30")],
        [event("OK", "2026-11-30"), event("WC", "2026-11-30"), event("PU", "2026-11-29")],
        [event("PU", "2026-11-29"), event("WC", "2026-11-30"), event("OK", "2026-11-30")],
    ],
    ids=["one second", "newest first", "oldest first"],
)
async def test_of_one_second_the_later_one_counts(events: list[dict[str, Any]]) -> None:
    assert (await follow(*events)).status == "delivered"


async def test_a_code_that_nobody_knows_keeps_its_words() -> None:
    result = await follow(event("ZZ", "2026-11-30"), event("PU", "2026-11-29"))
    assert (result.status, result.provider_status) == ("picked_up", "PU")
    unknown = result.events[-1]
    assert (unknown.code, unknown.description, unknown.status) == ("ZZ", "ZZ happened", None)


async def test_an_expected_day_ends_where_the_recipient_is() -> None:
    there = {"postalAddress": {"countryCode": "SA"}}
    result = await follow(event("PU", "2026-11-29"), estimatedDeliveryDate="2026-12-01", receiverDetails=there)
    assert result.estimated_delivery_at == datetime(2026, 12, 1, 20, 59, tzinfo=UTC)


@pytest.mark.parametrize("broken", [{}, {"shipments": [{}]}, {"shipments": [tracked({"typeCode": "PU"})]}])
async def test_tracking_that_cannot_be_read_is_none(broken: Any) -> None:
    with pytest.raises(Unavailable):
        await dhl(Wire(broken)).track_shipments([existing()])


async def test_who_took_it_and_the_paper() -> None:
    delivered = tracked(event("OK", "2026-11-30", GMTOffset="+04:00", signedBy="O ALI"))
    papers = {"documents": [{"encodingFormat": "PDF", "content": document()["content"], "typeCode": "POD"}]}
    wire = Wire({"shipments": [delivered]}, papers)
    proof = await dhl(wire).get_proof_of_delivery(existing())
    assert (proof.signed_by, proof.delivered_at) == ("O ALI", datetime(2026, 11, 30, 6, tzinfo=UTC))
    assert [(each.kind, each.content) for each in proof.documents] == [("proof_of_delivery", PDF)]
    assert wire.lines[1] == f"GET /shipments/{NUMBER}/proof-of-delivery"
    bare = Wire({"shipments": [delivered]}, refusal("", 404, title="Not Found"))
    assert (await dhl(bare).get_proof_of_delivery(existing())).documents == ()


@pytest.mark.parametrize("answer", [NOTHING_FOUND, {"shipments": [tracked(event("WC", "2026-11-30"))]}])
async def test_what_is_not_delivered_has_no_proof(answer: Any) -> None:
    with pytest.raises(NotFound):
        await dhl(Wire(answer)).get_proof_of_delivery(existing())


async def test_a_pickup_has_a_number_and_whose_it_is() -> None:
    told = {"dispatchConfirmationNumbers": ["PRG1"], "nextPickupDate": "2026-12-01", "warnings": ["late"]}
    request = PickupRequest(
        pickup_id=UUID(int=7),
        place=DUBAI,
        ready_at=tomorrow(),
        closes_at=tomorrow(13),
        parcels=1,
        weight_kg=Decimal(1),
    )
    result = await dhl(Wire((201, told))).schedule_pickup(request)
    assert (result.provider_pickup_id, result.provider_data) == ("PRG1", {"requestor": "Sara Khan"})
    assert result.message == "late; picked up on 2026-12-01"


PLACE = AddressCheckRequest(place=Place(city="Dubia", country="AE"))


async def test_a_place_is_known_or_written_otherwise() -> None:
    wire = Wire({"address": [{"countryCode": "AE", "postalCode": "", "cityName": "DUBAI"}], "warnings": []})
    check = await dhl(wire).check_address(PLACE)
    assert (check.serviceable, [each.city for each in check.suggestions]) == (True, ["DUBAI"])
    assert ("type", "delivery") in wire.query


@pytest.mark.parametrize("answer", [{"address": []}, refusal("3006: The city is not found"), refusal("none", 404)])
async def test_a_place_that_dhl_does_not_know_is_not_served(answer: Any) -> None:
    assert (await dhl(Wire(answer)).check_address(PLACE)).serviceable is False


async def test_a_question_that_is_wrong_is_no_answer() -> None:
    with pytest.raises(InvalidRequest):
        await dhl(Wire(refusal("Parameters not having correct format: cityName"))).check_address(PLACE)


@pytest.fixture(scope="module")
def recorded() -> Path:
    """Answers that a PHP client recorded (sonnenglas/mydhl-php-sdk)."""
    folder = SPECS / "mydhl"
    if not folder.is_dir():
        pytest.skip(f"the recorded answers are not at {folder}")
    return folder


def test_recorded_prices_are_read(recorded: Path) -> None:
    answer = json.loads((recorded / "sonnenglas_get_rates.json").read_text(encoding="utf-8"))
    rates = rates_from_answer(answer, "DE")
    priced = {each["productCode"] for each in answer["products"] if each["totalPrice"][0]["price"]}
    assert {rate.service for rate in rates} == priced
    one = rates_from_answer({"products": [json.loads((recorded / "sonnenglas_rate.json").read_text())]}, "DE")[0]
    assert (str(one.total), str(one.tax), one.transit_days) == ("EUR 16.64", "EUR 2.66", 1)
    assert sum(charge.money.amount for charge in one.charges) == one.total.amount
    assert one.estimated_delivery_at == datetime(2021, 1, 19, 11, tzinfo=UTC)


def test_a_recorded_shipment_is_read(recorded: Path) -> None:
    answer = json.loads((recorded / "sonnenglas_create_shipment_response.json").read_text(encoding="utf-8"))
    result = shipment_from_answer(answer, domestic(), "D")
    assert (result.tracking_number, result.parcel_tracking_numbers) == ("123456790", ("JD914600003889482921",))
    assert str(result.cost) == "USD 147.00"
    assert result.documents[0].content.startswith(b"%PDF-1.5")
