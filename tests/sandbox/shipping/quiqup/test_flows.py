"""The connector and the twin, from the order to the door."""

from typing import Any

import pytest

from tests.support.carrier_bench import URL, Bench, bench, existing
from tests.support.carrier_wire import barcodes
from tests.support.carriers.parcels import ABU_DHABI, BOX, DUBAI, cash, domestic
from tests.support.carriers.quiqup import CARRIER, account
from workers.providers.errors import AuthenticationFailed, InvalidRequest
from workers.providers.registry import open_connector
from workers.providers.shipping.models import LabelFormat, ShipmentStatus

ROAD = ("picked_up", "in_transit", "out_for_delivery", "delivered")


async def test_a_parcel_is_bought_labelled_and_tracked_to_the_door(quiqup: Bench) -> None:
    request = domestic(cash_on_delivery=cash())
    made = await quiqup.connector.create_shipment(request)
    (label,) = await quiqup.connector.get_documents(existing(request, made), LabelFormat.PDF)
    assert label.content.startswith(b"%PDF-")
    assert barcodes(label.content) == list(made.parcel_tracking_numbers) == [f"{made.tracking_number}-1"]
    seen = []
    for step in ("created", *ROAD):
        if step != "created":
            await quiqup.advance(made, step)
        (found,) = await quiqup.connector.track_shipments([existing(request, made)])
        seen.append(found.status)
    assert seen == ["created", *ROAD]
    assert found.delivered_at is not None
    assert await quiqup.bought(request) == 1


async def test_each_parcel_has_a_page_and_a_number_of_its_own(quiqup: Bench) -> None:
    request = domestic(parcels=(BOX, BOX, BOX))
    made = await quiqup.connector.create_shipment(request)
    (label,) = await quiqup.connector.get_documents(existing(request, made), LabelFormat.PDF)
    assert barcodes(label.content) == [f"{made.tracking_number}-{number}" for number in (1, 2, 3)]


@pytest.mark.parametrize(
    ("step", "status", "detail"),
    [("exception", "exception", "attempt_failed"), ("returned", "returned", None), ("cancelled", "cancelled", None)],
)
async def test_what_goes_wrong_is_told(quiqup: Bench, step: str, status: str, detail: str | None) -> None:
    request = domestic()
    made = await quiqup.connector.create_shipment(request)
    await quiqup.advance(made, step)
    (found,) = await quiqup.connector.track_shipments([existing(request, made)])
    assert (found.status, found.detail) == (status, detail)


async def test_a_return_is_a_service_of_its_own(quiqup: Bench) -> None:
    request = domestic(sender=ABU_DHABI, recipient=DUBAI, is_return=True)
    made = await quiqup.connector.create_return(request)
    assert made.service == "partner_return"
    await quiqup.advance(made, "delivered")
    (found,) = await quiqup.connector.track_shipments([existing(request, made)])
    assert found.status is ShipmentStatus.DELIVERED


async def test_a_shipment_is_cancelled_before_anybody_is_on_the_way_and_not_after(quiqup: Bench) -> None:
    request = domestic()
    made = await quiqup.connector.create_shipment(request)
    for _ in range(2):
        await quiqup.connector.cancel_shipment(existing(request, made))
    (found,) = await quiqup.connector.track_shipments([existing(request, made)])
    assert found.status is ShipmentStatus.CANCELLED
    late = await quiqup.connector.create_shipment(request)
    await quiqup.advance(late, "picked_up")
    with pytest.raises(InvalidRequest):
        await quiqup.connector.cancel_shipment(existing(request, late))


async def test_one_account_sees_nothing_of_another_and_wrong_credentials_nothing_at_all(quiqup: Bench) -> None:
    request = domestic()
    made = await quiqup.connector.create_shipment(request)
    assert (await quiqup.connector.check_health()).ok
    for credentials, health in ((account(), "ok"), ({**account(), "client_id": "invalid-id"}, "authentication_failed")):
        stranger: Any = open_connector(
            "quiqup", credentials=credentials, base_url=f"{URL}/quiqup", transport=quiqup.wire.inner
        )
        assert (await stranger.check_health()).code == health
        if health == "ok":
            (found,) = await stranger.track_shipments([existing(request, made)])
            assert not found.found
        else:
            with pytest.raises(AuthenticationFailed):
                await stranger.track_shipments([existing(request, made)])


async def test_neither_credentials_nor_people_are_recorded(quiqup: Bench) -> None:
    request = domestic()
    made = await quiqup.connector.create_shipment(request)
    await quiqup.connector.get_documents(existing(request, made), LabelFormat.PDF)
    kept = quiqup.wire.kept
    (token,) = {
        each.headers["authorization"].split()[1] for each in quiqup.wire.requests if "token" not in each.url.path
    }
    for secret in (*quiqup.credentials.values(), token, "Omar Ali", "501110002", "Villa 12", "shipping@souk.example"):
        assert secret not in kept
    assert "partner_next_day" in kept


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"origin": None}, "[origin] is missing"),
        ({"items": []}, "[items] is missing"),
        ({"kind": "partner_export"}, "[kind]"),
        ({"references": ["ORD-1"]}, "creation build failed"),
        ({"cod_amount": 5}, "[cod_amount] is unknown"),
        ({"payment_amount": 5}, "[payment_amount]"),
        ({"payment_mode": "paid_on_delivery"}, "[payment_amount]"),
        ({"items": [{"name": "Two", "quantity": 2}]}, "[items]"),
        ({"destination": {"contact_name": "A", "contact_phone": "no", "address": {
            "address1": "1", "town": "Dubai", "country": "AE"}}}, "MSISDN"),
        ({"destination": {"contact_name": "A", "contact_phone": "+971501110002", "address": {
            "address1": "1", "town": "Riyadh", "country": "SA"}}}, "not served"),
    ],
)  # fmt: skip
async def test_the_twin_takes_only_what_is_published(changes: dict[str, Any], said: str) -> None:
    async with bench(CARRIER) as quiqup:
        await quiqup.connector.create_shipment(domestic())
        made = next(each for each in quiqup.wire.requests if each.url.path == "/quiqup/orders")
        good = (await quiqup.state(domestic()))["shipments"][0]
        sent = {name: good[name] for name in ("kind", "payment_mode", "payment_amount", "origin", "destination")}
        body = {**sent, "items": [{"name": "Box", "quantity": 1}], **changes}
        headers = {"Authorization": made.headers["authorization"]}
        answer = await quiqup.http.post("/quiqup/orders", json=body, headers=headers)
        assert answer.status_code in (400, 422)
        assert said in answer.text


async def test_nobody_collects_a_draft(quiqup: Bench) -> None:
    await quiqup.connector.create_shipment(domestic())
    made = next(each for each in quiqup.wire.requests if each.url.path == "/quiqup/orders")
    headers = {"Authorization": made.headers["authorization"]}
    draft = await quiqup.http.post("/quiqup/orders", content=made.content, headers=headers)
    number = draft.json()["order"]["id"]
    advanced = await quiqup.http.post(f"/quiqup/_test/shipments/{number}/advance", json={"to": "picked_up"})
    assert advanced.status_code == 422
