"""A parcel's life, through the real connector against the twin."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.providers.builders import now
from tests.providers.shipping.smsa.builders import new_key, parcel
from tests.support.carrier_bench import Bench
from tests.support.carrier_wire import barcodes
from tests.support.carriers.parcels import ABU_DHABI, BOX, DUBAI, LONDON, RIYADH, SHIPMENT_ID, cash, international
from workers.providers.errors import AuthenticationFailed, InvalidRequest, NotFound, NotSupported, OutcomeUnknown
from workers.providers.money import Money
from workers.providers.shipping.models import ExistingShipment, LabelFormat, ShipmentResult

PDF = LabelFormat.PDF


def existing(made: ShipmentResult) -> ExistingShipment:
    """A shipment as a later call names it."""
    return ExistingShipment(
        shipment_id=SHIPMENT_ID,
        tracking_number=made.tracking_number,
        provider_shipment_id=made.provider_shipment_id,
        provider_data=made.provider_data,
    )


async def test_a_parcel_is_booked_labelled_and_tracked_to_its_door(account: Bench) -> None:
    made = await account.connector.create_shipment(parcel(cash_on_delivery=cash(), parcels=(BOX, BOX)))
    assert [barcodes(label.content) for label in made.documents] == [[each] for each in made.parcel_tracking_numbers]
    again = await account.connector.get_documents(existing(made), PDF)
    assert again == made.documents
    seen = []
    for step in (None, "picked_up", "in_transit", "exception", "out_for_delivery", "delivered"):
        if step:
            await account.advance(made.tracking_number, step)
        (result,) = await account.connector.track_shipments([existing(made)])
        seen.append(result.status)
    assert seen == ["created", "picked_up", "in_transit", "exception", "out_for_delivery", "delivered"]
    assert (result.signed_by, result.delivered_at is not None) == ("Omar Ali", True)
    assert [(each["status"], each["body"]["CODAmount"]) for each in await account.booked()] == [("delivered", 150.0)]


@pytest.mark.parametrize("to", [RIYADH, LONDON], ids=["to Riyadh", "to London"])
async def test_abroad_customs_gets_its_invoice(account: Bench, to: Any) -> None:
    made = await account.connector.create_shipment(international(to))
    assert made.provider_data["customs_invoice"] == "sent"
    (kept,) = await account.booked()
    assert kept["invoice"]["Items"][0]["ItemHSCode"] == "392690"


async def test_a_label_in_zpl(account: Bench) -> None:
    (label,) = (await account.connector.create_shipment(parcel(label_format="zpl"))).documents
    assert (label.format, label.content[:3]) == ("zpl", b"^XA")


async def test_a_return_is_fetched_and_can_be_called_off_until_then(account: Bench) -> None:
    back = parcel(sender=ABU_DHABI, recipient=DUBAI, is_return=True)
    made = await account.connector.create_return(back)
    assert barcodes(made.documents[0].content) == [made.tracking_number]
    await account.connector.cancel_shipment(existing(made))
    await account.connector.cancel_shipment(existing(made))
    (result,) = await account.connector.track_shipments([existing(made)])
    assert result.status == "cancelled"
    fetched = await account.connector.create_return(back)
    await account.advance(fetched.tracking_number, "picked_up")
    with pytest.raises(InvalidRequest):
        await account.connector.cancel_shipment(existing(fetched))


async def test_a_shipment_to_a_customer_goes_its_way(account: Bench) -> None:
    made = await account.connector.create_shipment(parcel())
    with pytest.raises(NotSupported):
        await account.connector.cancel_shipment(existing(made))
    await account.advance(made.tracking_number, "returned")
    (result,) = await account.connector.track_shipments([existing(made)])
    assert result.status == "returned"


@pytest.mark.parametrize("kind", ["drop_after", "truncated", "malformed", "kept_server_error"])
async def test_a_booking_whose_answer_is_lost_is_found_and_not_made_again(account: Bench, kind: str) -> None:
    await account.fault(kind, match={"path": "/api/shipment/b2c/new"}, applied=True)
    with pytest.raises(OutcomeUnknown):
        await account.connector.create_shipment(parcel())
    found = await account.connector.find_shipment(parcel(), attempted_at=now())
    assert found is not None
    assert barcodes(found.documents[0].content) == [found.tracking_number]
    assert len(await account.booked()) == 1


async def test_a_booking_that_never_arrived_stays_unknown(account: Bench) -> None:
    await account.fault("drop_before", match={"path": "/api/shipment/b2c/new"})
    with pytest.raises(OutcomeUnknown):
        await account.connector.create_shipment(parcel())
    with pytest.raises(OutcomeUnknown, match="proves nothing"):
        await account.connector.find_shipment(parcel(), attempted_at=now() - timedelta(minutes=5))


async def test_many_are_tracked_at_once(account: Bench) -> None:
    first, second = [await account.connector.create_shipment(parcel()) for _ in range(2)]
    await account.advance(second.tracking_number, "in_transit")
    unknown = existing(first).model_copy(update={"tracking_number": "999999999999"})
    results = await account.connector.track_shipments([existing(second), unknown, existing(first)])
    assert [(each.found, each.status) for each in results] == [(True, "in_transit"), (False, None), (True, "created")]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"recipient": ABU_DHABI.model_copy(update={"name": "Om"})}, "recipient.name"),
        ({"service": "nonsense"}, "service"),
    ],
)
async def test_the_twin_refuses_what_smsas_page_refuses(account: Bench, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        await account.connector.create_shipment(parcel(**changes))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/shipment/b2c/new", {}),
        ("/api/shipment/b2c/new", []),
        ("/api/c2b/new", {"OrderNumber": "1"}),
        ("/api/invoice", {"AWB": "1"}),
        ("/api/track/bulk/", {"AWB": "1"}),
    ],
)
async def test_the_twin_takes_only_what_is_documented(account: Bench, path: str, body: Any) -> None:
    answer = await account.http.post(
        f"{account.url}{path}", json=body, headers={"ApiKey": account.credentials["api_key"]}
    )
    assert answer.status_code == 400
    assert answer.json()["errors"]


async def test_one_account_sees_nothing_of_another_and_wrong_keys_nothing_at_all(account: Bench) -> None:
    made = await account.connector.create_shipment(parcel(declared_value=Money.of("10.00", "AED")))
    assert (await account.connector.check_health()).ok
    with pytest.raises(NotFound):
        await account.stranger(api_key=new_key()).get_documents(existing(made), PDF)
    wrong = account.stranger(api_key=f"invalid-{new_key()}")
    with pytest.raises(AuthenticationFailed):
        await wrong.create_shipment(parcel())
    assert (await wrong.check_health()).code == "authentication_failed"


async def test_the_controls_know_their_steps(account: Bench) -> None:
    made = await account.connector.create_shipment(parcel())
    for number, to, status in ((made.tracking_number, "nowhere", 422), ("none", "delivered", 404)):
        answer: httpx.Response = await account.http.post(
            f"{account.url}/_test/shipments/{number}/advance", json={"to": to}
        )
        assert answer.status_code == status
