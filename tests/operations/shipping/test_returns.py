"""Labels that bring goods back."""

import pytest

from tests.operations.shipping.conftest import CARRIERS, OpensDesk, ended
from workers.providers.capabilities import MakesReturns
from workers.providers.registry import CONNECTORS

pytestmark = pytest.mark.usefixtures("no_faults", "worker")

RETURNING = [key for key in CARRIERS if issubclass(CONNECTORS[key], MakesReturns)]
NOT_RETURNING = [key for key in CARRIERS if key not in RETURNING]


@pytest.mark.parametrize("key", RETURNING)
async def test_a_return_goes_the_other_way(open_desk: OpensDesk, key: str) -> None:
    desk = await open_desk(key)
    outward = await desk.shipped()
    asked = await desk.hub.call("return_shipment", shipment_id=outward["id"], reason="too small")
    operation = await ended(desk, asked)
    assert (operation["status"], operation["error"]) == ("succeeded", None)
    back = await desk.now(asked)
    assert (back["return_of"], back["status"]) == (outward["id"], "created")
    assert (back["sender"], back["recipient"]) == (outward["recipient"], outward["sender"])
    assert back["connection_id"] == outward["connection_id"]
    assert back["tracking_number"] != outward["tracking_number"]
    assert await desk.bought(back) == {key: 1}


@pytest.mark.parametrize("key", NOT_RETURNING)
async def test_by_one_that_makes_none_it_fails(open_desk: OpensDesk, key: str) -> None:
    desk = await open_desk(key)
    outward = await desk.shipped()
    back = await desk.hub.call("return_shipment", shipment_id=outward["id"])
    operation = await ended(desk, back)
    assert (operation["status"], operation["error"]["code"]) == ("failed", "not_supported")
    assert (await desk.now(back))["status"] == "failed"
    assert await desk.bought(back) == {}


async def test_another_carrier_may_bring_it_back(open_desk: OpensDesk) -> None:
    desk = await open_desk("imile", "fedex")
    outward = await desk.shipped()
    other = [*desk.contracts][1]
    back = await desk.hub.call("return_shipment", shipment_id=outward["id"], connection_id=other)
    assert (await ended(desk, back))["status"] == "succeeded"
    assert await desk.bought(back) == {"fedex": 1}


async def test_a_return_whose_answer_is_lost_is_bought_once(open_desk: OpensDesk) -> None:
    desk = await open_desk("fedex")
    outward = await desk.shipped()
    await desk.fault("drop_after", desk.first.carrier.create_call)
    back = await desk.hub.call("return_shipment", shipment_id=outward["id"])
    assert (await ended(desk, back))["status"] == "succeeded"
    assert await desk.bought(back) == {"fedex": 1}
