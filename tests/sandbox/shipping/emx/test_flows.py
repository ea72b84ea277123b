"""A parcel's life, through the real connector against the twin."""

from typing import Any

import pytest

from tests.providers.builders import now
from tests.providers.shipping.emx.builders import new_account, parcel
from tests.support.carrier_bench import Bench
from tests.support.carrier_wire import barcodes
from tests.support.carriers.parcels import DUBAI, LONDON, RIYADH, SHIPMENT_ID, cash, international, question
from workers.providers.errors import AuthenticationFailed, InvalidRequest, OutcomeUnknown, RateLimited, Unavailable
from workers.providers.shipping.models import AddressCheckRequest, ExistingShipment, LabelFormat, Place, ShipmentResult

BOOKING = {"path": "/booking/rest/CreateBooking"}


def existing(made: ShipmentResult) -> ExistingShipment:
    """A shipment as a later call names it."""
    return ExistingShipment(
        shipment_id=SHIPMENT_ID, tracking_number=made.tracking_number, provider_data=made.provider_data
    )


async def test_a_parcel_is_priced_booked_labelled_and_tracked_to_its_door(account: Bench) -> None:
    (price,) = await account.connector.get_rates(question(parcel()))
    made = await account.connector.create_shipment(parcel(service=price.service, cash_on_delivery=cash()))
    assert barcodes(made.documents[0].content) == [made.tracking_number]
    assert await account.connector.get_documents(existing(made), LabelFormat.PDF) == made.documents
    seen = []
    for step in (None, "picked_up", "in_transit", "exception", "out_for_delivery", "delivered"):
        if step:
            await account.advance(made.tracking_number, step)
        (result,) = await account.connector.track_shipments([existing(made)])
        seen.append(result.status)
    assert seen == ["created", "picked_up", "in_transit", "exception", "out_for_delivery", "delivered"]
    assert result.delivered_at == result.events[-1].occurred_at
    (kept,) = await account.booked()
    assert (kept["status"], kept["body"]["CODAmount"], kept["body"]["RequestType"]) == (
        "delivered",
        "150.00",
        "Booking",
    )


@pytest.mark.parametrize("to", [RIYADH, LONDON], ids=["to Riyadh", "to London"])
async def test_abroad_it_is_priced_and_booked_with_what_customs_wants(account: Bench, to: Any) -> None:
    prices = await account.connector.get_rates(question(international(to)))
    assert [price.service for price in prices] == ["Express", "Premium", "Standard"]
    made = await account.connector.create_shipment(international(to))
    assert barcodes(made.documents[0].content) == [made.tracking_number]
    (kept,) = await account.booked()
    assert kept["body"]["CustomDeclarations"]["CustomDeclarationRequest"][0]["HSCode"] == "392690"


async def test_near_is_cheaper_than_far_and_light_than_heavy(account: Bench) -> None:
    heavy = parcel().parcels[0].model_copy(update={"weight_kg": parcel().parcels[0].weight_kg * 5})
    questions = (parcel(recipient=DUBAI), parcel(), parcel(parcels=(heavy,)), international(RIYADH), international())
    prices = [(await account.connector.get_rates(question(each)))[0].total.amount for each in questions]
    assert prices == sorted(set(prices))


@pytest.mark.parametrize(("end", "status"), [("returned", "returned"), ("cancelled", "cancelled")])
async def test_it_may_end_otherwise(account: Bench, end: str, status: str) -> None:
    made = await account.connector.create_shipment(parcel())
    await account.advance(made.tracking_number, end)
    (result,) = await account.connector.track_shipments([existing(made)])
    assert result.status == status


@pytest.mark.parametrize("kind", ["drop_after", "truncated", "malformed", "wrong_content_type", "kept_server_error"])
async def test_a_booking_whose_answer_is_lost_is_left_to_a_person(account: Bench, kind: str) -> None:
    await account.fault(kind, match=BOOKING, applied=True)
    with pytest.raises(OutcomeUnknown):
        await account.connector.create_shipment(parcel())
    with pytest.raises(OutcomeUnknown):
        await account.connector.find_shipment(parcel(), attempted_at=now())
    assert len(await account.booked()) == 1


async def test_a_booking_that_never_arrived_is_not_told_from_one_that_did(account: Bench) -> None:
    await account.fault("drop_before", match=BOOKING)
    with pytest.raises(OutcomeUnknown):
        await account.connector.create_shipment(parcel())
    assert await account.booked() == []


async def test_a_busy_server_books_nothing(account: Bench) -> None:
    await account.fault("rate_limited", match=BOOKING, retry_after="7")
    with pytest.raises(RateLimited) as raised:
        await account.connector.create_shipment(parcel())
    assert (raised.value.retry_after, await account.booked()) == (7.0, [])


async def test_tracking_that_is_down_is_no_news(account: Bench) -> None:
    made = await account.connector.create_shipment(parcel())
    await account.fault("server_error", match={"path": "/tracking"}, status=520)
    with pytest.raises(Unavailable):
        await account.connector.track_shipments([existing(made)])


async def test_places_are_those_of_the_lists(account: Bench) -> None:
    for city, country, serviceable in (("London", "GB", True), ("Leeds", "GB", False), ("Paris", "FR", False)):
        found = await account.connector.check_address(AddressCheckRequest(place=Place(city=city, country=country)))
        assert found.serviceable is serviceable


async def test_one_account_sees_nothing_of_another(account: Bench) -> None:
    made = await account.connector.create_shipment(parcel())
    stranger = account.stranger(**new_account())
    (result,) = await stranger.track_shipments([existing(made)])
    assert result.found is False
    with pytest.raises(InvalidRequest, match="AWBNo"):
        await stranger.get_documents(existing(made), LabelFormat.PDF)


async def test_a_wrong_login_does_nothing_at_all(account: Bench) -> None:
    made = await account.connector.create_shipment(parcel())
    wrong = account.stranger(password="invalid")
    assert (await account.connector.check_health()).ok
    assert (await wrong.check_health()).code == "authentication_failed"
    with pytest.raises(AuthenticationFailed):
        await wrong.create_shipment(parcel())
    with pytest.raises(AuthenticationFailed):
        await wrong.track_shipments([existing(made)])
    assert len(await account.booked()) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"SenderCity": 99}, "SenderCity is not valid"),
        ({"Weight": "1200"}, "Weight is not valid"),
        ({"DeliveryType": "Door to Door"}, "DeliveryType is not valid"),
        ({"Service": "International"}, "Service does not match the countries"),
        ({"CODAmount": "10", "CODCurrency": None}, "CODAmount is not valid"),
        ({"PreferredPickupDate": "2026-12-01"}, "PreferredPickupDate is not valid"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_the_twin_takes_only_what_integrations_send(
    account: Bench, changes: dict[str, Any], message: str
) -> None:
    await account.connector.create_shipment(parcel())
    (kept,) = await account.booked()
    headers = {"AccountNo": account.credentials["account_no"], "Password": account.credentials["password"]}
    body = {"BookingRequest": {**kept["body"], **changes}}
    answer = await account.http.post(f"{account.url}/booking/rest/CreateBooking", json=body, headers=headers)
    assert answer.json()["BookingResponse"]["serviceResult"] == {"success": False, "ErrorMsg": message}


@pytest.mark.parametrize("body", ["", "<a/>", "<Envelope><Body/></Envelope>"])
async def test_the_twin_answers_nonsense_with_a_fault(account: Bench, body: str) -> None:
    answer = await account.http.post(f"{account.url}/tracking", content=body)
    assert (answer.status_code, "faultstring" in answer.text) == (500, True)


async def test_the_controls_know_their_steps(account: Bench) -> None:
    made = await account.connector.create_shipment(parcel())
    for number, to, status in ((made.tracking_number, "nowhere", 422), ("none", "delivered", 404)):
        answer = await account.http.post(f"{account.url}/_test/shipments/{number}/advance", json={"to": to})
        assert answer.status_code == status
