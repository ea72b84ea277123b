"""Drivers that are sent for, and called off."""

from datetime import timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.operations.shipping.conftest import CARRIERS, OpensDesk, ended, needs_attention
from tests.support.carriers.parcels import tomorrow
from tests.support.desks import Desk
from tests.support.shipments import SENDER
from tests.support.workplace import Row, Workplace
from workers.providers.capabilities import SchedulesPickups
from workers.providers.registry import CONNECTORS

pytestmark = pytest.mark.usefixtures("no_faults", "worker")

SENDING = [key for key in CARRIERS if issubclass(CONNECTORS[key], SchedulesPickups)]
NOT_SENDING = [key for key in CARRIERS if key not in SENDING]


async def sent_for(desk: Desk, **arguments: Any) -> Row:
    """A driver of the first carrier's, just asked for: tomorrow, for two parcels."""
    times = {"ready_at": tomorrow(7), "closes_at": tomorrow(12)}
    facts: Row = {"place": Jsonb(SENDER), "parcels": 2, "weight_kg": 3, **times, **arguments}
    return await desk.hub.call("schedule_pickup", connection_id=desk.first.connection_id, **facts)


async def now(desk: Desk, pickup: Row) -> Row:
    """A pickup as it stands."""
    return await desk.hub.one("select * from public.pickups where id = %s", pickup["id"])


async def pickups_at(desk: Desk) -> list[Row]:
    """The drivers that FedEx has been asked for, with every account."""
    state = (await desk.hub.sandbox.get("/_state", params={"provider": "fedex"})).json()
    pickups: list[Row] = state["pickups"]
    return pickups


@pytest.mark.parametrize("key", SENDING)
async def test_a_driver_is_sent_for_and_called_off(open_desk: OpensDesk, key: str) -> None:
    desk = await open_desk(key)
    shipment = await desk.shipped(connection_id=desk.first.connection_id)
    pickup = await sent_for(desk, shipment_ids=[shipment["id"]], parcels=None, weight_kg=None)
    operation = await ended(desk, pickup, "pickup.create")
    assert (operation["status"], operation["error"]) == ("succeeded", None)
    scheduled = await now(desk, pickup)
    assert (scheduled["status"], scheduled["failure"]) == ("scheduled", None)
    assert scheduled["provider_pickup_id"]
    assert (scheduled["parcels"], str(scheduled["weight_kg"])) == (1, "1.200")
    assert (await desk.now(shipment))["pickup_id"] == pickup["id"]

    await desk.hub.call("cancel_pickup", pickup_id=pickup["id"])
    operation = await ended(desk, pickup, "pickup.cancel")
    if operation["status"] == "failed":
        assert operation["error"]["code"] == "not_supported"
        assert (await now(desk, pickup))["status"] == "scheduled"
    else:
        assert (operation["status"], (await now(desk, pickup))["status"]) == ("succeeded", "cancelled")


async def test_a_driver_is_called_off_at_the_carrier(open_desk: OpensDesk) -> None:
    desk = await open_desk("fedex")
    pickup = await sent_for(desk)
    await ended(desk, pickup, "pickup.create")
    await desk.hub.call("cancel_pickup", pickup_id=pickup["id"])
    assert (await ended(desk, pickup, "pickup.cancel"))["status"] == "succeeded"
    code = (await now(desk, pickup))["provider_pickup_id"]
    assert [each["cancelled"] for each in await pickups_at(desk) if each["code"] == code] == [True]


@pytest.mark.parametrize("key", NOT_SENDING)
async def test_a_carrier_that_sends_none_says_so(open_desk: OpensDesk, key: str) -> None:
    desk = await open_desk(key)
    pickup = await sent_for(desk)
    operation = await ended(desk, pickup, "pickup.create")
    assert (operation["status"], operation["error"]["code"]) == ("failed", "not_supported")
    row = await now(desk, pickup)
    assert (row["status"], row["failure"]["code"]) == ("failed", "not_supported")


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "malformed"])
async def test_whether_one_comes_is_for_a_person_when_the_answer_is_lost(open_desk: OpensDesk, fault: str) -> None:
    desk = await open_desk("fedex")
    before = len(await pickups_at(desk))
    await desk.fault(fault, "POST /pickup/v1/pickups")
    pickup = await sent_for(desk)
    operation = await ended(desk, pickup, "pickup.create")
    row = await now(desk, pickup)
    assert (operation["status"], operation["error"]["code"]) == ("failed", "outcome_unknown")
    assert (row["status"], row["failure"]["code"]) == ("failed", "outcome_unknown")
    assert len(await pickups_at(desk)) - before == (0 if fault == "drop_before" else 1), "it is not asked twice"


async def test_one_that_was_refused_for_now_is_asked_for_again(open_desk: OpensDesk) -> None:
    desk = await open_desk("fedex")
    await desk.fault("rate_limited", "POST /pickup/v1/pickups", times=3)
    pickup = await sent_for(desk)
    assert (await ended(desk, pickup, "pickup.create"))["status"] == "succeeded"
    assert (await now(desk, pickup))["status"] == "scheduled"


async def test_what_the_carrier_refuses_fails_with_its_words(open_desk: OpensDesk) -> None:
    desk = await open_desk("fedex")
    pickup = await sent_for(desk, closes_at=tomorrow(7) + timedelta(minutes=1), instructions="x" * 200)
    operation = await ended(desk, pickup, "pickup.create")
    row = await now(desk, pickup)
    assert (operation["status"], operation["error"]["code"]) == ("failed", "invalid_request")
    assert (row["status"], row["failure"]["message"]) == ("failed", operation["error"]["message"])


async def test_credentials_that_are_refused_ask_for_attention(open_desk: OpensDesk, workplace: Workplace) -> None:
    desk = await open_desk("fedex")
    wrong = {"client_id": "invalid", "client_secret": "invalid"}
    await workplace.set_credentials(desk.organization_id, desk.first.connection_id, wrong)
    pickup = await sent_for(desk)
    assert (await ended(desk, pickup, "pickup.create"))["error"]["code"] == "authentication_failed"
    assert (await now(desk, pickup))["status"] == "failed"
    assert await needs_attention(desk, desk.first.connection_id)
