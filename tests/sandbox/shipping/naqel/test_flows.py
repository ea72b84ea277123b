"""A parcel's life, through the real connector against the twin."""

from typing import Any

import pytest

from tests.providers.builders import now
from tests.providers.shipping.naqel.builders import abroad, driver, new_account, parcel
from tests.support.carrier_bench import Bench
from tests.support.carrier_wire import barcodes
from tests.support.carriers.parcels import BOX, SHIPMENT_ID, cash
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Unavailable,
)
from workers.providers.money import Money
from workers.providers.shipping.models import ExistingShipment, LabelFormat, ShipmentResult
from workers.providers.xml import soap_request

PDF = LabelFormat.PDF


def existing(made: ShipmentResult) -> ExistingShipment:
    """A shipment as a later call names it."""
    return ExistingShipment(
        shipment_id=SHIPMENT_ID, tracking_number=made.tracking_number, provider_data=made.provider_data
    )


async def test_a_parcel_gets_a_waybill_a_label_and_is_tracked_to_its_door(account: Bench) -> None:
    made = await account.connector.create_shipment(parcel(cash_on_delivery=cash()))
    (label,) = await account.connector.get_documents(existing(made), PDF)
    assert barcodes(label.content) == [made.tracking_number]
    seen = []
    for step in (None, "picked_up", "in_transit", "exception", "out_for_delivery", "delivered"):
        if step:
            await account.advance(made.tracking_number, step)
        (result,) = await account.connector.track_shipments([existing(made)])
        seen.append(result.status)
    assert seen == ["created", "picked_up", "in_transit", "exception", "out_for_delivery", "delivered"]
    assert result.delivered_at == result.events[-1].occurred_at
    (kept,) = await account.booked()
    assert (kept["status"], kept["body"]["CODCharge"], kept["body"]["BillingType"]) == ("delivered", "150.00", "5")


async def test_several_parcels_have_a_label_each(account: Bench) -> None:
    made = await account.connector.create_shipment(parcel(parcels=(BOX, BOX, BOX)))
    (label,) = await account.connector.get_documents(existing(made), PDF)
    assert barcodes(label.content) == [made.tracking_number] * 3


async def test_to_riyadh_customs_gets_its_invoice(account: Bench) -> None:
    made = await account.connector.create_shipment(abroad(insured_value=Money.of("240.00", "AED")))
    (kept,) = await account.booked()
    line = kept["body"]["_CommercialInvoice"]["CommercialInvoiceDetailList"]["CommercialInvoiceDetail"]
    assert (line["CustomsCommodityCode"], kept["body"]["ConsigneeInfo"]["CityCode"]) == ("392690", "RUH")
    (label,) = await account.connector.get_documents(existing(made), PDF)
    assert barcodes(label.content) == [made.tracking_number]


@pytest.mark.parametrize(("end", "status"), [("returned", "returned"), ("cancelled", "cancelled")])
async def test_it_may_end_otherwise(account: Bench, end: str, status: str) -> None:
    made = await account.connector.create_shipment(parcel())
    await account.advance(made.tracking_number, end)
    (result,) = await account.connector.track_shipments([existing(made)])
    assert result.status == status


async def test_a_driver_comes_for_several_waybills(account: Bench) -> None:
    made = [await account.connector.create_shipment(parcel()) for _ in range(2)]
    ordered = await account.connector.schedule_pickup(driver(shipments=tuple(map(existing, made))))
    held = (await account.http.get("http://sandbox/_state?provider=naqel")).json()["pickups"]
    assert [each["reference"] for each in held] == [ordered.provider_pickup_id]
    assert held[0]["details"]["DestinationStationID"] == "903"


@pytest.mark.parametrize("kind", ["drop_after", "truncated", "malformed", "wrong_content_type", "kept_server_error"])
async def test_a_waybill_whose_answer_is_lost_is_left_to_a_person(account: Bench, kind: str) -> None:
    await account.fault(kind, applied=True)
    with pytest.raises(OutcomeUnknown):
        await account.connector.create_shipment(parcel())
    with pytest.raises(OutcomeUnknown):
        await account.connector.find_shipment(parcel(), attempted_at=now())
    assert len(await account.booked()) == 1


async def test_a_busy_server_makes_nothing(account: Bench) -> None:
    await account.fault("rate_limited", retry_after="7")
    with pytest.raises(RateLimited) as raised:
        await account.connector.create_shipment(parcel())
    assert (raised.value.retry_after, await account.booked()) == (7.0, [])


async def test_tracking_that_is_down_is_no_news(account: Bench) -> None:
    made = await account.connector.create_shipment(parcel())
    await account.fault("server_error", status=502)
    with pytest.raises(Unavailable):
        await account.connector.track_shipments([existing(made)])


async def test_many_are_tracked_at_once(account: Bench) -> None:
    first, second = [await account.connector.create_shipment(parcel()) for _ in range(2)]
    await account.advance(second.tracking_number, "in_transit")
    unknown = existing(first).model_copy(update={"tracking_number": "999999999"})
    results = await account.connector.track_shipments([existing(second), unknown, existing(first)])
    assert [(each.found, each.status) for each in results] == [(True, "in_transit"), (False, None), (True, "created")]


async def test_one_account_sees_nothing_of_another_and_a_wrong_login_nothing_at_all(account: Bench) -> None:
    made = await account.connector.create_shipment(parcel())
    stranger = account.stranger(**new_account())
    (result,) = await stranger.track_shipments([existing(made)])
    assert result.found is False
    with pytest.raises(NotFound):
        await stranger.get_documents(existing(made), PDF)
    wrong = account.stranger(password="invalid")
    assert (await account.connector.check_health()).ok
    assert (await wrong.check_health()).code == "authentication_failed"
    for call in (wrong.create_shipment(parcel()), wrong.schedule_pickup(driver())):
        with pytest.raises(AuthenticationFailed):
            await call
    assert len(await account.booked()) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"BillingType": "5"}, "CODCharge does not match"),
        ({"Weight": "0"}, "Weight"),
        ({"RefNo": None}, "RefNo"),
        ({"DeclareValue": "10"}, "Commercial invoice"),
        ({"CityCode": "DXB"}, "unable to read"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_the_twin_takes_only_what_naqels_library_writes(
    account: Bench, changes: dict[str, Any], message: str
) -> None:
    await account.connector.create_shipment(parcel())
    (kept,) = await account.booked()
    body = soap_request("CreateWaybill", "http://tempuri.org/", {"_ManifestShipmentDetails": kept["body"] | changes})
    headers = {"SOAPAction": "http://tempuri.org/CreateWaybill", "Content-Type": "text/xml; charset=utf-8"}
    answer = await account.http.post(f"{account.url}/XMLShippingService.asmx", content=body, headers=headers)
    assert message in answer.text
    assert len(await account.booked()) == 1


async def test_the_twin_refuses_a_city_that_it_does_not_serve(account: Bench) -> None:
    there = abroad().recipient.model_copy(update={"city": "Tabuk"})
    with pytest.raises(InvalidRequest, match="city code"):
        await account.connector.create_shipment(abroad(recipient=there))


@pytest.mark.parametrize("body", ["", "<a/>", "<Envelope><Body/></Envelope>"])
async def test_the_twin_answers_nonsense_with_a_fault(account: Bench, body: str) -> None:
    answer = await account.http.post(f"{account.url}/XMLShippingService.asmx", content=body)
    assert (answer.status_code, "faultstring" in answer.text) == (500, True)


async def test_the_controls_know_their_steps(account: Bench) -> None:
    made = await account.connector.create_shipment(parcel())
    for number, to, status in ((made.tracking_number, "nowhere", 422), ("none", "delivered", 404)):
        answer = await account.http.post(f"{account.url}/_test/shipments/{number}/advance", json={"to": to})
        assert answer.status_code == status
