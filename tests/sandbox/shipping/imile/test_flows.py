"""The connector and the twin, from the price to the door, and whatever goes wrong on the wire."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.carrier_bench import URL, Bench, bench, existing
from tests.support.carrier_wire import barcodes
from tests.support.carriers.imile import CARRIER, account
from tests.support.carriers.parcels import ABU_DHABI, BOX, DUBAI, RIYADH, cash, domestic, international, question
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)
from workers.providers.registry import open_connector
from workers.providers.shipping.models import LabelFormat, ShipmentStatus

ROAD = ("picked_up", "in_transit", "out_for_delivery", "delivered")
CREATE = "POST /client/order/v2/createOrder"
FAULTS: list[tuple[dict[str, Any], type[ProviderError], bool]] = [
    ({"kind": "rate_limited"}, RateLimited, False),
    ({"kind": "server_error", "status": 500}, OutcomeUnknown, False),
    ({"kind": "server_error", "status": 503}, OutcomeUnknown, False),
    ({"kind": "drop_before"}, OutcomeUnknown, False),
    ({"kind": "drop_after"}, OutcomeUnknown, True),
    ({"kind": "malformed"}, OutcomeUnknown, True),
    ({"kind": "wrong_content_type"}, OutcomeUnknown, True),
]
by_kind = pytest.mark.parametrize(
    ("fault", "error", "done"),
    FAULTS,
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else None,
)


async def test_a_parcel_is_priced_bought_labelled_and_tracked_to_the_door(imile: Bench) -> None:
    request = domestic(cash_on_delivery=cash())
    (rate,) = await imile.connector.get_rates(question(request))
    assert (rate.total.currency, rate.transit_days) == ("AED", 2)
    made = await imile.connector.create_shipment(request.model_copy(update={"service": rate.service}))
    (label,) = made.documents
    assert barcodes(label.content) == [made.tracking_number]
    assert await imile.connector.get_documents(existing(request, made), LabelFormat.PDF) == made.documents
    seen = []
    for step in ("created", *ROAD):
        if step != "created":
            await imile.advance(made, step)
        (found,) = await imile.connector.track_shipments([existing(request, made)])
        seen.append(found.status)
    assert seen == ["created", *ROAD]
    assert [event.status for event in found.events] == seen
    assert found.delivered_at is not None
    assert await imile.bought(request) == 1


async def test_what_is_heavier_or_goes_further_costs_more(imile: Bench) -> None:
    heavy = BOX.model_copy(update={"weight_kg": BOX.weight_kg * 10})
    requests = (domestic(), domestic(parcels=(heavy,)), international(RIYADH, parcels=(heavy,)))
    prices = [(await imile.connector.get_rates(question(each)))[0].total.amount for each in requests]
    assert prices == sorted(set(prices))


async def test_each_parcel_has_a_page_and_a_number_of_its_own(imile: Bench) -> None:
    request = domestic(parcels=(BOX, BOX, BOX))
    made = await imile.connector.create_shipment(request)
    (label,) = made.documents
    assert barcodes(label.content) == list(made.parcel_tracking_numbers)
    assert len(made.parcel_tracking_numbers) == 3


async def test_many_are_tracked_at_once(imile: Bench) -> None:
    requests = [domestic(shipment_id=f"01936d2e-7c31-7b1f-9a1f-3f2b6d5e8b0{number}") for number in range(3)]
    made = [await imile.connector.create_shipment(each) for each in requests]
    await imile.advance(made[1], "delivered")
    asked = [existing(request, shipment) for request, shipment in zip(requests, made, strict=True)]
    stranger = asked[0].model_copy(update={"tracking_number": "6082824259999"})
    found = await imile.connector.track_shipments([*asked, stranger])
    assert [each.status for each in found] == ["created", "delivered", "created", None]
    assert [each.found for each in found] == [True, True, True, False]


@pytest.mark.parametrize(
    ("step", "status", "detail"),
    [("exception", "exception", "attempt_failed"), ("returned", "returned", None), ("cancelled", "cancelled", None)],
)
async def test_what_goes_wrong_is_told(imile: Bench, step: str, status: str, detail: str | None) -> None:
    request = domestic()
    made = await imile.connector.create_shipment(request)
    await imile.advance(made, step)
    (found,) = await imile.connector.track_shipments([existing(request, made)])
    assert (found.status, found.detail) == (status, detail)


async def test_a_shipment_is_cancelled_before_it_is_picked_up_and_not_after(imile: Bench) -> None:
    request = domestic()
    made = await imile.connector.create_shipment(request)
    for _ in range(2):
        await imile.connector.cancel_shipment(existing(request, made))
    (found,) = await imile.connector.track_shipments([existing(request, made)])
    assert found.status is ShipmentStatus.CANCELLED
    other = domestic(shipment_id="01936d2e-7c31-7b1f-9a1f-3f2b6d5e8b09")
    late = await imile.connector.create_shipment(other)
    await imile.advance(late, "picked_up")
    with pytest.raises(InvalidRequest):
        await imile.connector.cancel_shipment(existing(other, late))


@by_kind
async def test_an_order_that_got_lost_is_found_if_it_was_made(
    imile: Bench, fault: dict[str, Any], error: type[ProviderError], done: bool
) -> None:
    request, long_ago = domestic(), datetime.now(UTC) - timedelta(minutes=5)
    await imile.fault(call=CREATE, **fault)
    with pytest.raises(error):
        await imile.connector.create_shipment(request)
    assert await imile.bought(request) == int(done)
    found = await imile.connector.find_shipment(request, attempted_at=long_ago)
    assert (found is not None) == done
    made = found or await imile.connector.create_shipment(request)
    assert barcodes(made.documents[0].content) == [made.tracking_number]
    assert await imile.bought(request) == 1


async def test_an_order_that_is_asked_for_again_is_bought_once(imile: Bench) -> None:
    request = domestic()
    await imile.fault("drop_after", CREATE)
    with pytest.raises(OutcomeUnknown):
        await imile.connector.create_shipment(request)
    made = await imile.connector.create_shipment(request)
    assert await imile.bought(request) == 1
    await imile.advance(made, "delivered")


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "malformed", "wrong_content_type"])
async def test_a_failed_look_is_only_unavailable(imile: Bench, kind: str) -> None:
    request = domestic()
    made = await imile.connector.create_shipment(request)
    await imile.fault(kind, "POST /client/track/getOne")
    with pytest.raises(Unavailable):
        await imile.connector.track_shipments([existing(request, made)])


async def test_both_ways_of_signing_open_the_same_account(imile: Bench) -> None:
    assert (await imile.connector.check_health()).ok
    common: Any = {"credentials": imile.credentials, "base_url": f"{URL}/imile", "transport": imile.wire.inner}
    signing: Any = open_connector("imile", settings={"sign_method": "MD5"}, **common)
    made = await signing.create_shipment(domestic(recipient=ABU_DHABI.model_copy(update={"name": "عمر علي"})))
    (found,) = await imile.connector.track_shipments([existing(domestic(), made)])
    assert found.found
    common["credentials"] = {**imile.credentials, "api_key": "another-key-of-nobody"}
    wrong: Any = open_connector("imile", settings={"sign_method": "MD5"}, **common)
    assert (await wrong.check_health()).code == "authentication_failed"


async def test_a_customer_whose_key_is_never_sent_has_one_of_the_sandbox(imile: Bench) -> None:
    credentials = {"customer_id": "C21054321", "api_key": "sandbox-key-of-C21054321"}
    common: Any = {"base_url": f"{URL}/imile", "transport": imile.wire.inner, "settings": {"sign_method": "MD5"}}
    for given, code in ((credentials, "ok"), ({**credentials, "api_key": "x" * 20}, "authentication_failed")):
        signing: Any = open_connector("imile", credentials=given, **common)
        assert (await signing.check_health()).code == code


async def test_one_account_sees_nothing_of_another_and_wrong_credentials_nothing_at_all(imile: Bench) -> None:
    request = domestic()
    made = await imile.connector.create_shipment(request)
    wrong = {"customer_id": "Cinvalid", "api_key": "a-key-that-is-long-enough"}
    for credentials, health in ((account(), "ok"), (wrong, "authentication_failed")):
        stranger: Any = open_connector(
            "imile", credentials=credentials, base_url=f"{URL}/imile", transport=imile.wire.inner
        )
        assert (await stranger.check_health()).code == health
        if health == "ok":
            (found,) = await stranger.track_shipments([existing(request, made)])
            assert not found.found
        else:
            with pytest.raises(AuthenticationFailed):
                await stranger.track_shipments([existing(request, made)])


async def test_neither_the_key_nor_the_token_nor_people_are_recorded(imile: Bench) -> None:
    request = domestic(sender=DUBAI)
    made = await imile.connector.create_shipment(request)
    await imile.connector.get_documents(existing(request, made), LabelFormat.PDF)
    kept = imile.wire.kept
    token = next(iter(imile.wire.requests[-1].content.split(b'"accessToken":"')[1].split(b'"'))).decode()
    people = ("Omar Ali", "501110002", "Villa 12", "shipping@souk.example")
    for secret in (imile.credentials["api_key"], token, *people):
        assert secret not in kept
    assert "timeZone" in kept


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"orderNo": ""}, "402"),
        ({"orderType": "200"}, "400"),
        ({"senderInfo": None}, "402"),
        ({"consigneeInfo": {"contacts": "A", "phone": "+97150", "country": "UAE", "address": "1", "city": "Dubai",
                            "addressType": "customer"}}, "40023"),
        ({"consigneeInfo": {"contacts": "A", "phone": "971501110002", "country": "AE", "address": "1",
                            "city": "Dubai", "addressType": "customer"}}, "40011"),
        ({"skuInfos": []}, "402"),
    ],
)  # fmt: skip
async def test_the_twin_takes_only_what_is_known(changes: dict[str, Any], code: str) -> None:
    async with bench(CARRIER) as imile:
        request = domestic()
        await imile.connector.create_shipment(request)
        (good,) = (await imile.state(request))["shipments"]
        with pytest.raises(ProviderError) as refused:
            await imile.connector._ask("create_shipment", "/client/order/v2/createOrder", {**good, **changes})
        assert refused.value.provider_code == code
