"""A parcel's life, through the real connector against the twin."""

from typing import Any

import httpx
import pytest

from tests.providers.builders import now
from tests.providers.shipping.jeebly.builders import existing, new_keys
from tests.support.carrier_bench import Bench
from tests.support.carrier_wire import barcodes
from tests.support.carriers.parcels import ABU_DHABI, DUBAI, cash, domestic
from workers.providers.errors import AuthenticationFailed, InvalidRequest, NotFound, OutcomeUnknown
from workers.providers.shipping.models import LabelFormat

PDF = LabelFormat.PDF


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
    assert seen == ["created", "picked_up", "in_transit", "exception", "out_for_delivery", "delivered"]
    assert result.delivered_at is not None
    assert [(each["status"], each["body"]["cod_amount"]) for each in await account.booked()] == [("delivered", 150.0)]


async def test_it_can_be_cancelled_until_it_is_fetched(account: Bench) -> None:
    first, second = [(await account.connector.create_shipment(domestic())).tracking_number for _ in range(2)]
    await account.connector.cancel_shipment(existing(first))
    await account.connector.cancel_shipment(existing(first))
    (result,) = await account.connector.track_shipments([existing(first)])
    assert result.status == "cancelled"
    await account.advance(second, "picked_up")
    with pytest.raises(InvalidRequest, match="cannot be cancelled"):
        await account.connector.cancel_shipment(existing(second))


async def test_a_return_is_fetched_from_the_customer(account: Bench) -> None:
    made = await account.connector.create_return(domestic(sender=ABU_DHABI, recipient=DUBAI))
    (kept,) = await account.booked()
    assert (kept["body"]["consignment_type"], kept["tracking_number"]) == ("REVERSE", made.tracking_number)


async def test_one_that_comes_back_is_returned(account: Bench) -> None:
    number = (await account.connector.create_shipment(domestic())).tracking_number
    await account.advance(number, "returned")
    (result,) = await account.connector.track_shipments([existing(number)])
    assert result.status == "returned"


@pytest.mark.parametrize("kind", ["drop_after", "truncated", "malformed", "wrong_content_type", "kept_server_error"])
async def test_a_booking_whose_answer_is_lost_stays_unknown(account: Bench, kind: str) -> None:
    await account.fault(kind, "POST /customer/create_shipment", applied=True)
    with pytest.raises(OutcomeUnknown):
        await account.connector.create_shipment(domestic())
    with pytest.raises(OutcomeUnknown):
        await account.connector.find_shipment(domestic(), attempted_at=now())
    assert len(await account.booked()) == 1, "it was booked, and nobody may book it again"


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"service": "Same Day"}, "service"), ({"recipient": ABU_DHABI.model_copy(update={"city": " "})}, "recipient")],
)
async def test_the_twin_refuses_what_jeebly_refuses(account: Bench, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        await account.connector.create_shipment(domestic(**changes))
    assert (refused.value.field, refused.value.http_status) == (field, 200)
    assert await account.booked() == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weight": 1.5}, "Invalid weight"),
        ({"weight": "2"}, "Invalid weight"),
        ({"pickup_date": "2026-11-29"}, "Sunday pickup not allowed"),
        ({"pickup_date": "tomorrow"}, "Invalid pickup date"),
        ({"destination_address_landmark": ""}, "destination_address_landmark is required"),
        ({"origin_address_mob_no_country_code": "966"}, "origin_address_mob_no_country_code is invalid"),
        ({"cod_amount": 10}, "Invalid COD amount"),
        ({"payment_type": "COD"}, "Invalid COD amount"),
        ({"load_type": "Box"}, "Invalid load type"),
        ({"colour": "green"}, "Invalid JSON format"),
    ],
)
async def test_the_twin_takes_only_what_clients_report(account: Bench, changes: dict[str, Any], message: str) -> None:
    await account.connector.create_shipment(domestic())
    (kept,) = await account.booked()
    headers = {"X-API-KEY": account.credentials["api_key"], "client_key": account.credentials["client_key"]}
    body = {**kept["body"], **changes}
    answer: httpx.Response = await account.http.post(
        f"{account.url}/customer/create_shipment", json=body, headers=headers
    )
    assert (answer.status_code, answer.json()) == (200, {"success": "false", "message": message})


async def test_one_account_sees_nothing_of_another_and_wrong_keys_nothing_at_all(account: Bench) -> None:
    number = (await account.connector.create_shipment(domestic())).tracking_number
    assert (await account.connector.check_health()).ok
    with pytest.raises(NotFound):
        await account.stranger(**new_keys()).get_documents(existing(number), PDF)
    for name in ("api_key", "client_key"):
        wrong = account.stranger(**{name: "invalid-key"})
        with pytest.raises(AuthenticationFailed):
            await wrong.create_shipment(domestic())
        assert (await wrong.check_health()).code == "authentication_failed"
