"""What anybody who has a parcel's token may see of it, and nothing else."""

import json

import pytest

from tests.support.callers import Caller, Refusal, Workspace
from tests.support.shipments import RECIPIENT, SENDER, Journal

SHOWN = {
    *("carrier", "tracking_number", "status", "detail", "estimated_delivery_at", "delivered_at", "destination"),
    "events",
}
AT = "2026-11-23T12:00:00+00:00"


def followed(journal: Journal) -> tuple[str, str]:
    """A shipment on its way, about which much is known; its id and token."""
    shipment = journal.made(
        reference="order-77",
        description="Medicine",
        instructions="Ring twice",
        recipient=RECIPIENT | {"email": "omar@example.ae", "makani": "12345 67890"},
        metadata={"customer": "c-1"},
    )
    line = {"occurred_at": AT, "status": "in_transit", "detail": "delayed", "place": "DXB hub", "country": "AE"}
    journal.tell(shipment, events=[line | {"description": "Handed to Omar", "provider_code": "X1"}], signed_by="OMAR")
    return shipment, journal.state(shipment)["tracking_token"]


async def test_whoever_has_the_token_follows_the_parcel(journal: Journal, anon: Caller) -> None:
    shipment, token = followed(journal)

    seen = await anon.call("track_parcel", token=token)

    assert seen.keys() == SHOWN
    assert (seen["carrier"], seen["tracking_number"]) == ("Probe", f"T{shipment[:8]}")
    assert (seen["status"], seen["detail"], seen["destination"]) == (
        "in_transit",
        "delayed",
        {"city": "Abu Dhabi", "country": "AE"},
    )
    line = {"occurred_at": AT, "status": "in_transit", "detail": "delayed", "place": "DXB hub", "country": "AE"}
    assert line in seen["events"]
    assert await anon.rows(f"rpc/track_parcel?token={token}") == seen


async def test_nothing_personal_is_shown(journal: Journal, anon: Caller) -> None:
    shipment, token = followed(journal)
    text = json.dumps(await anon.call("track_parcel", token=token))

    shown = {RECIPIENT["city"], RECIPIENT["country"], SENDER["country"]}
    told = {str(each) for each in [*SENDER.values(), *RECIPIENT.values()]} - shown
    told |= {"omar@example.ae", "12345", "order-77", "Medicine", "Ring", "c-1", "Handed", "X1", "OMAR"}
    told |= {shipment, journal.organization_id, journal.connection_id}
    assert [each for each in told if each in text] == []


async def test_what_no_carrier_has_yet_can_be_followed_too(journal: Journal, anon: Caller) -> None:
    token = journal.state(journal.shipment(connection_id=None))["tracking_token"]
    seen = await anon.call("track_parcel", token=token)
    assert (seen["carrier"], seen["status"], seen["events"]) == (None, "pending", [])


@pytest.mark.parametrize("token", ["tr_", "", None, "' or 1=1 --"])
async def test_without_the_token_nothing_is_there(depot: Workspace, anon: Caller, token: str | None) -> None:
    assert await anon.refused("track_parcel", token=token) == Refusal(404, "parcel_not_found", "token")


async def test_a_token_cannot_be_guessed(journal: Journal) -> None:
    tokens = {journal.state(journal.shipment())["tracking_token"] for _ in range(20)}
    assert len(tokens) == 20
    assert {len(token) for token in tokens} == {27}  # 144 random bits
