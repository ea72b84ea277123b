"""A parcel's life, through the real connector against the twin."""

from datetime import timedelta
from typing import Any

import pytest

from tests.providers.builders import now
from tests.providers.shipping.jt.builders import existing, new_credentials
from tests.support.carrier_bench import Bench
from tests.support.carrier_wire import barcodes
from tests.support.carriers.parcels import cash, domestic
from workers.providers.errors import AuthenticationFailed, InvalidRequest, NotFound, OutcomeUnknown
from workers.providers.shipping.models import LabelFormat

PDF = LabelFormat.PDF
CREATE = "/order/addOrder"


def another(number: int = 2) -> Any:
    """A shipment of another number."""
    return domestic(shipment_id=f"01936d2e-7c31-7b1f-9a1f-3f2b6d5e8a{number:02d}")


async def test_a_parcel_is_booked_labelled_and_tracked_to_its_door(account: Bench) -> None:
    number = (await account.connector.create_shipment(domestic(cash_on_delivery=cash()))).tracking_number
    (label,) = await account.connector.get_documents(existing(number), PDF)
    assert (label.format, barcodes(label.content)) == ("pdf", [number])
    seen = []
    for step in (None, "picked_up", "in_transit", "exception", "out_for_delivery", "delivered"):
        if step:
            await account.advance(number, step)
        (result,) = await account.connector.track_shipments([existing(number)])
        seen.append(result.status)
    assert seen == [None, "picked_up", "in_transit", "exception", "out_for_delivery", "delivered"]
    assert result.delivered_at is not None
    assert now() - timedelta(minutes=1) < result.delivered_at < now() + timedelta(minutes=1)
    assert [(each["status"], each["body"]["itemsValue"]) for each in await account.booked()] == [
        ("delivered", "150.00")
    ]


async def test_it_can_be_cancelled_until_it_is_picked_up(account: Bench) -> None:
    number = (await account.connector.create_shipment(domestic())).tracking_number
    await account.connector.cancel_shipment(existing(number))
    await account.connector.cancel_shipment(existing(number))
    assert [each["status"] for each in await account.booked()] == ["cancelled"]
    second = (await account.connector.create_shipment(another())).tracking_number
    await account.advance(second, "picked_up")
    late = existing(second).model_copy(update={"shipment_id": another().shipment_id})
    with pytest.raises(InvalidRequest, match="Picked up"):
        await account.connector.cancel_shipment(late)


async def test_the_same_shipment_asked_for_twice_is_booked_once(account: Bench) -> None:
    first, second = [await account.connector.create_shipment(domestic()) for _ in range(2)]
    assert first.tracking_number == second.tracking_number
    assert len(await account.booked()) == 1


@pytest.mark.parametrize("kind", ["drop_after", "truncated", "malformed", "wrong_content_type", "kept_server_error"])
async def test_a_booking_whose_answer_is_lost_is_found_and_not_made_again(account: Bench, kind: str) -> None:
    await account.fault(kind, match={"path": CREATE}, applied=True)
    with pytest.raises(OutcomeUnknown):
        await account.connector.create_shipment(domestic())
    found = await account.connector.find_shipment(domestic(), attempted_at=now())
    assert found is not None
    assert [each["tracking_number"] for each in await account.booked()] == [found.tracking_number]


async def test_a_booking_that_never_arrived_is_none(account: Bench) -> None:
    await account.fault("drop_before", match={"path": CREATE})
    with pytest.raises(OutcomeUnknown):
        await account.connector.create_shipment(domestic())
    assert await account.connector.find_shipment(domestic(), attempted_at=now() - timedelta(minutes=5)) is None


async def test_one_that_comes_back_is_returned(account: Bench) -> None:
    number = (await account.connector.create_shipment(domestic())).tracking_number
    await account.advance(number, "returned")
    (result,) = await account.connector.track_shipments([existing(number)])
    assert result.status == "returned"


async def test_many_are_tracked_at_once(account: Bench) -> None:
    first, second = [(await account.connector.create_shipment(another(each))).tracking_number for each in (2, 3)]
    await account.advance(second, "in_transit")
    asked = [existing(second), existing("UAE999999999999"), existing(first)]
    results = await account.connector.track_shipments(asked)
    assert [(each.found, each.status) for each in results] == [(True, "in_transit"), (False, None), (True, None)]
    with pytest.raises(InvalidRequest):
        await account.connector._post("track_shipments", "logistics/trace", {"billCodes": ",".join([first] * 31)})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"weight": "30.01"}, "145003092"),
        ({"weight": 1.2}, "145003050"),
        ({"totalQuantity": 2}, "145003111"),
        ({"serviceType": "03"}, "145003200"),
        ({"payType": "CASH"}, "145003113"),
        ({"itemsValue": "10.00", "priceCurrency": "SAR"}, "145003099"),
        ({"receiver": {}}, "145003084"),
        ({"colour": "green"}, "145003050"),
    ],
)
async def test_the_twin_takes_only_what_is_documented(account: Bench, change: dict[str, Any], code: str) -> None:
    await account.connector.create_shipment(domestic())
    (kept,) = await account.booked()
    content = {**account.connector._customer, **kept["body"], "txlogisticId": "ANOTHER", **change}
    with pytest.raises(InvalidRequest) as refused:
        await account.connector._post("create_shipment", "order/addOrder", content, write=True)
    assert refused.value.provider_code == code


async def test_one_account_sees_nothing_of_another(account: Bench) -> None:
    number = (await account.connector.create_shipment(domestic())).tracking_number
    stranger = account.stranger(**new_credentials())
    with pytest.raises(NotFound):
        await stranger.get_documents(existing(number), PDF)
    with pytest.raises(NotFound):
        await stranger.cancel_shipment(existing(number))
    assert await stranger.find_shipment(domestic(), attempted_at=now() - timedelta(minutes=5)) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"api_account": "invalid-account", "private_key": "KEYinvalid-account"},
        {"private_key": "another"},
        {"password": "another"},
    ],
    ids=["account", "private key", "password"],
)
async def test_wrong_credentials_do_nothing(account: Bench, wrong: dict[str, str]) -> None:
    assert (await account.connector.check_health()).ok
    stranger = account.stranger(**wrong)
    with pytest.raises(AuthenticationFailed):
        await stranger.create_shipment(domestic())
    assert (await stranger.check_health()).code == "authentication_failed"
    assert await account.booked() == []
