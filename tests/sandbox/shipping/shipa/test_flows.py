"""The connector and the twin, from the order to the door, and whatever goes wrong on the wire."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.carrier_bench import URL, Bench, existing
from tests.support.carrier_wire import barcodes
from tests.support.carriers.parcels import BOX, cash, domestic
from tests.support.carriers.shipa import account
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)
from workers.providers.registry import open_connector
from workers.providers.shipping.models import AddressCheckRequest, LabelFormat, Place, ShipmentStatus

ROAD = ("picked_up", "in_transit", "out_for_delivery", "delivered")
FAULTS: list[tuple[dict[str, Any], type[ProviderError], bool]] = [
    ({"kind": "rate_limited"}, RateLimited, False),
    ({"kind": "server_error", "status": 500}, OutcomeUnknown, False),
    ({"kind": "server_error", "status": 503}, OutcomeUnknown, False),
    ({"kind": "drop_before"}, OutcomeUnknown, False),
    ({"kind": "drop_after"}, OutcomeUnknown, True),
    ({"kind": "malformed"}, OutcomeUnknown, True),
    ({"kind": "wrong_content_type"}, OutcomeUnknown, True),
]


async def test_a_parcel_is_bought_labelled_and_tracked_to_the_door(shipa: Bench) -> None:
    request = domestic(cash_on_delivery=cash(), parcels=(BOX, BOX))
    made = await shipa.connector.create_shipment(request)
    (label,) = await shipa.connector.get_documents(existing(request, made), LabelFormat.PDF)
    assert barcodes(label.content) == [made.tracking_number] * 2
    seen = []
    for step in ("created", *ROAD):
        if step != "created":
            await shipa.advance(made, step)
        (found,) = await shipa.connector.track_shipments([existing(request, made)])
        seen.append(found.status)
    assert seen == ["created", *ROAD]
    assert [event.status for event in found.events] == seen
    assert found.delivered_at is not None
    assert await shipa.bought(request) == 1


@pytest.mark.parametrize(
    ("step", "status", "detail"),
    [("exception", "exception", "attempt_failed"), ("returned", "returned", None), ("cancelled", "cancelled", None)],
)
async def test_what_goes_wrong_is_told(shipa: Bench, step: str, status: str, detail: str | None) -> None:
    request = domestic()
    made = await shipa.connector.create_shipment(request)
    await shipa.advance(made, step)
    (found,) = await shipa.connector.track_shipments([existing(request, made)])
    assert (found.status, found.detail) == (status, detail)


async def test_a_shipment_is_cancelled_before_it_is_picked_up_and_not_after(shipa: Bench) -> None:
    request = domestic()
    made = await shipa.connector.create_shipment(request)
    for _ in range(2):
        await shipa.connector.cancel_shipment(existing(request, made))
    (found,) = await shipa.connector.track_shipments([existing(request, made)])
    assert found.status is ShipmentStatus.CANCELLED
    late = await shipa.connector.create_shipment(request)
    await shipa.advance(late, "picked_up")
    with pytest.raises(InvalidRequest):
        await shipa.connector.cancel_shipment(existing(request, late))


async def test_places_are_checked(shipa: Bench) -> None:
    check = await shipa.connector.check_address(AddressCheckRequest(place=Place(city="Khor Fakkan", country="AE")))
    assert (check.serviceable, check.suggestions[0].city) == (True, "Sharjah")


@pytest.mark.parametrize(
    ("fault", "error", "done"),
    FAULTS,
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else None,
)
async def test_an_order_that_got_lost_is_found_if_it_was_made(
    shipa: Bench, fault: dict[str, Any], error: type[ProviderError], done: bool
) -> None:
    request, long_ago = domestic(), datetime.now(UTC) - timedelta(minutes=5)
    await shipa.fault(call="POST /orders", **fault)
    with pytest.raises(error):
        await shipa.connector.create_shipment(request)
    assert await shipa.bought(request) == int(done)
    found = await shipa.connector.find_shipment(request, attempted_at=long_ago)
    assert (found is not None) == done
    made = found or await shipa.connector.create_shipment(request)
    assert await shipa.bought(request) == 1
    await shipa.advance(made, "delivered")


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "malformed", "wrong_content_type"])
async def test_a_failed_look_is_only_unavailable(shipa: Bench, kind: str) -> None:
    request = domestic()
    made = await shipa.connector.create_shipment(request)
    await shipa.fault(kind, "GET /orders/*")
    with pytest.raises(Unavailable):
        await shipa.connector.track_shipments([existing(request, made)])


async def test_one_account_sees_nothing_of_another_and_a_wrong_key_nothing_at_all(shipa: Bench) -> None:
    request = domestic()
    made = await shipa.connector.create_shipment(request)
    assert (await shipa.connector.check_health()).ok
    for credentials, health in ((account(), "ok"), ({"api_key": "invalid-key-of-nobody"}, "authentication_failed")):
        stranger: Any = open_connector(
            "shipa", credentials=credentials, base_url=f"{URL}/shipa", transport=shipa.wire.inner
        )
        assert (await stranger.check_health()).code == health
        if health == "ok":
            (found,) = await stranger.track_shipments([existing(request, made)])
            assert not found.found
        else:
            with pytest.raises(AuthenticationFailed):
                await stranger.track_shipments([existing(request, made)])


async def test_neither_the_key_nor_people_are_recorded(shipa: Bench) -> None:
    request = domestic()
    made = await shipa.connector.create_shipment(request)
    await shipa.connector.get_documents(existing(request, made), LabelFormat.PDF)
    await shipa.connector.cancel_shipment(existing(request, made))
    kept = shipa.wire.kept
    for secret in (shipa.credentials["api_key"], "Omar Ali", "501110002", "Villa 12", "shipping@souk.example"):
        assert secret not in kept
    assert all(shipa.credentials["api_key"] in str(each.url) for each in shipa.wire.requests)
    assert "Next Day" in kept


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"customerRef": "x" * 51}, "customerRef"),
        ({"customerRef": None}, "customerRef"),
        ({"type": "delivery"}, "type"),
        ({"category": "Tomorrow"}, "category"),
        ({"origin": None}, "origin is missing"),
        ({"packages": []}, "packages"),
        ({"packages": [{"name": "A"}]}, "packages"),
        ({"destination": {"contactName": "A", "contactNo": "+971501110002", "address": "1", "city": "Dubai",
                          "country": "ARE"}}, "destination.contactNo"),
        ({"destination": {"contactName": "A", "contactNo": "971501110002", "address": "1", "city": "Jumeirah",
                          "country": "AE"}}, "destination.city"),
    ],
)  # fmt: skip
async def test_the_twin_takes_only_what_is_known(shipa: Bench, changes: dict[str, Any], said: str) -> None:
    await shipa.connector.create_shipment(domestic())
    (good,) = (await shipa.state(domestic()))["shipments"]
    query = {"apikey": shipa.credentials["api_key"]}
    answer = await shipa.http.post("/shipa/orders", json={**good, **changes}, params=query)
    assert answer.status_code == 400
    assert said in answer.text
