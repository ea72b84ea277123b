"""Aramex's connector against its twin, over a real socket: from the price to the door, and back."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.providers.shipping.aramex.builders import aramex
from tests.sandbox.shipping.aramex.conftest import Account, existing
from tests.support.carrier_wire import barcodes
from tests.support.carriers.parcels import (
    ABU_DHABI,
    BOX,
    DUBAI,
    LONDON,
    PHONE_CASES,
    RIYADH,
    cash,
    domestic,
    international,
    question,
    tomorrow,
)
from workers.providers.errors import AuthenticationFailed, InvalidRequest
from workers.providers.shipping.models import (
    AddressCheckRequest,
    ExistingPickup,
    ExistingShipment,
    LabelFormat,
    PickupRequest,
    Place,
    ShipmentRequest,
)


def a_shipment(**changes: Any) -> ShipmentRequest:
    return domestic(shipment_id=uuid.uuid4(), **changes)


def a_pickup(*shipments: ExistingShipment) -> PickupRequest:
    return PickupRequest(
        pickup_id=uuid.uuid4(),
        place=DUBAI,
        ready_at=tomorrow(6),
        closes_at=tomorrow(12),
        parcels=1,
        weight_kg=Decimal("1.2"),
        shipments=shipments,
    )


async def test_a_parcel_is_priced_bought_and_delivered(account: Account) -> None:
    request = a_shipment(cash_on_delivery=cash())
    rates = {rate.service: rate for rate in await account.connector.get_rates(question(request))}
    assert set(rates) == {"ONP", "SMP"}
    assert rates["SMP"].total.amount > rates["ONP"].total.amount > 0
    assert rates["ONP"].tax is not None
    chosen = request.model_copy(update={"service": "SMP", "rate_data": rates["SMP"].provider_data})
    made = await account.connector.create_shipment(chosen)
    assert (made.service, made.cost) == ("SMP", rates["SMP"].total)
    (label,) = made.documents
    assert barcodes(label.content) == [made.tracking_number]
    for step, status in (("created", "created"), ("out_for_delivery", "out_for_delivery"), ("delivered", "delivered")):
        await account.advance(made.tracking_number, step)
        (seen,) = await account.connector.track_shipments([existing(request, made)])
        assert (seen.status, seen.shipment_id) == (status, request.shipment_id)
    assert [event.code for event in seen.events] == ["SH014", "SH012", "SH022", "SH003", "SH005"]
    assert seen.delivered_at == seen.events[-1].occurred_at
    (kept,) = (await account.state(request.shipment_id))["shipments"]
    assert (kept["reference"], kept["services"]) == ("ORD-1001", "CODS")
    assert kept["cash_on_delivery"] == {"CurrencyCode": "AED", "Value": 150.0}


@pytest.mark.parametrize(("to", "product"), [(RIYADH, "GPX"), (LONDON, "EPX")], ids=["riyadh", "london"])
async def test_goods_go_abroad_with_what_customs_wants(account: Account, to: Any, product: str) -> None:
    request = international(to, shipment_id=uuid.uuid4())
    rates = {rate.service for rate in await account.connector.get_rates(question(request))}
    assert product in rates
    assert ("GPX" in rates) == (to is RIYADH), "what Aramex refuses on a route is left out"
    made = await account.connector.create_shipment(request)
    assert (made.service, made.provider_data["product_group"]) == ("PPX", "EXP")


async def test_every_piece_has_its_page(account: Account) -> None:
    made = await account.connector.create_shipment(a_shipment(parcels=(BOX, BOX, BOX)))
    assert barcodes(made.documents[0].content) == [made.tracking_number] * 3


async def test_a_label_is_printed_again_and_also_comes_in_the_answer(account: Account) -> None:
    request = a_shipment()
    made = await account.connector.create_shipment(request)
    (again,) = await account.connector.get_documents(existing(request, made), LabelFormat.PDF)
    assert again.content == made.documents[0].content
    settings = {"label_delivery": "RPT"}
    transport = httpx.AsyncHTTPTransport(verify=False)
    url = f"{account.url}/aramex"
    async with aramex(transport, credentials=account.credentials, base_url=url, settings=settings) as other:
        within = await other.create_shipment(a_shipment())
        assert barcodes(within.documents[0].content) == [within.tracking_number]
        assert (await other.get_documents(existing(request, made), LabelFormat.PDF))[0].content == again.content


@pytest.mark.parametrize("abroad", [False, True], ids=["domestic", "international"])
async def test_what_comes_back_is_paid_by_the_merchant(account: Account, abroad: bool) -> None:
    customs = {"customs": PHONE_CASES} if abroad else {}
    request = a_shipment(sender=RIYADH if abroad else ABU_DHABI, recipient=DUBAI, is_return=True, **customs)
    made = await account.connector.create_return(request)
    (kept,) = (await account.state(request.shipment_id))["shipments"]
    assert (kept["product_type"], kept["services"]) == (("PPX", "RTRN") if abroad else ("RTC", ""))
    await account.advance(made.tracking_number, "delivered")
    (seen,) = await account.connector.track_shipments([existing(request, made)])
    assert seen.status == "delivered"


@pytest.mark.parametrize(
    ("step", "status", "detail"),
    [("exception", "exception", "attempt_failed"), ("returned", "returned", None), ("cancelled", "created", None)],
)
async def test_detours_are_told(account: Account, step: str, status: str, detail: str | None) -> None:
    request = a_shipment()
    made = await account.connector.create_shipment(request)
    await account.advance(made.tracking_number, step)
    (seen,) = await account.connector.track_shipments([existing(request, made)])
    assert (seen.status, seen.detail) == (status, detail)


async def test_many_are_tracked_at_once_in_their_order(account: Account) -> None:
    requests = [a_shipment() for _ in range(3)]
    made = [await account.connector.create_shipment(request) for request in requests]
    shipments = [existing(request, each) for request, each in zip(requests, made, strict=True)]
    stranger = ExistingShipment(shipment_id=uuid.uuid4(), tracking_number="11111111111")
    seen = await account.connector.track_shipments([shipments[2], stranger, shipments[0]])
    assert [each.tracking_number for each in seen] == [made[2].tracking_number, "11111111111", made[0].tracking_number]
    assert [each.found for each in seen] == [True, False, True]


async def test_a_driver_is_sent_and_called_off(account: Account) -> None:
    request = a_shipment()
    made = await account.connector.create_shipment(request)
    ordered = a_pickup(existing(request, made))
    accepted = await account.connector.schedule_pickup(ordered)
    assert accepted.message and accepted.provider_data["number"] in accepted.message
    pickup = ExistingPickup(
        pickup_id=ordered.pickup_id, provider_pickup_id=accepted.provider_pickup_id, ready_at=ordered.ready_at
    )
    await account.connector.cancel_pickup(pickup)
    await account.connector.cancel_pickup(pickup)
    with pytest.raises(InvalidRequest, match="does not exist"):
        await account.connector.cancel_pickup(pickup.model_copy(update={"provider_pickup_id": str(uuid.uuid4())}))


async def test_an_address_is_checked_and_a_city_of_a_like_name_suggested(account: Account) -> None:
    async def check(city: str) -> Any:
        place = Place(line1="Villa 12", city=city, country="AE")
        return await account.connector.check_address(AddressCheckRequest(place=place))

    good, bad = await check("Abu Dhabi"), await check("Abu Dabi")
    assert (good.serviceable, bad.serviceable) == (True, False)
    assert bad.suggestions[0].city == "Abu Dhabi"
    assert "City name is invalid (Abu Dabi)" in bad.message


async def test_a_city_that_aramex_does_not_know_names_the_field(account: Account) -> None:
    nowhere = ABU_DHABI.model_copy(update={"city": "Nowhere"})
    for call in (
        account.connector.create_shipment(a_shipment(recipient=nowhere)),
        account.connector.get_rates(question(a_shipment(recipient=nowhere))),
    ):
        with pytest.raises(InvalidRequest) as refused:
            await call
        assert (refused.value.field, refused.value.provider_code) == ("recipient.city", "ERR52")


async def test_wrong_credentials_are_told_from_wrong_input(account: Account) -> None:
    assert (await account.connector.check_health()).ok
    transport = httpx.AsyncHTTPTransport(verify=False)
    credentials = {**account.credentials, "account_pin": "invalid"}
    async with aramex(transport, credentials=credentials, base_url=f"{account.url}/aramex") as stranger:
        assert (await stranger.check_health()).code == "authentication_failed"
        with pytest.raises(AuthenticationFailed):
            await stranger.create_shipment(a_shipment())


async def test_one_account_prints_nothing_of_another(account: Account) -> None:
    request = a_shipment()
    made = await account.connector.create_shipment(request)
    transport = httpx.AsyncHTTPTransport(verify=False)
    credentials = {**account.credentials, "user_name": "another@shop.example"}
    async with aramex(transport, credentials=credentials, base_url=f"{account.url}/aramex") as stranger:
        with pytest.raises(InvalidRequest):
            await stranger.get_documents(existing(request, made), LabelFormat.PDF)


@pytest.mark.parametrize(
    ("accept", "content", "status", "begins"),
    [
        ("application/json", b'{"Shipments": ["1"], "GetLastTrackingUpdateOnly": "no"}', 400, "<html>"),
        ("application/json", b"{not json", 400, "<html>"),
        ("application/json", b'{"Surprise": 1}', 400, "<html>"),
        ("*/*", b'{"Shipments": []}', 200, "<TrackShipmentsResponse"),
    ],
)
async def test_the_twin_reads_and_answers_like_dotnet(
    account: Account, accept: str, content: bytes, status: int, begins: str
) -> None:
    url = f"{account.url}/aramex/ShippingAPI.V2/Tracking/Service_1_0.svc/json/TrackShipments"
    answer = await account.http.post(url, content=content, headers={"Accept": accept})
    assert answer.status_code == status
    assert answer.text.startswith(begins)


async def test_pickups_end_after_they_begin(account: Account) -> None:
    ordered = a_pickup()
    backwards = ordered.model_copy(update={"closes_at": ordered.ready_at - timedelta(hours=1)})
    with pytest.raises(InvalidRequest) as refused:
        await account.connector.schedule_pickup(backwards)
    assert refused.value.field == "ready_at"
