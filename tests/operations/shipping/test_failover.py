"""Carriers that take over from others: when one took nothing for certain, and never after an unknown outcome."""

from typing import Any

import pytest

from tests.operations.shipping.conftest import OpensDesk, ended, needs_attention, put_off
from tests.support.workplace import Workplace

pytestmark = pytest.mark.usefixtures("no_faults", "worker")


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"kind": "rate_limited", "retry_after": "30"}, "rate_limited"),
        ({"kind": "server_error", "status": 400}, "invalid_request"),
    ],
    ids=["is over its limit", "does not want it"],
)
async def test_the_next_takes_over_from_one_that_took_nothing(
    open_desk: OpensDesk, fault: dict[str, Any], code: str
) -> None:
    desk = await open_desk("quiqup", "fedex", "aramex")
    first, second, third = desk.contracts
    await desk.fault(call=desk.first.carrier.create_call, **fault)
    shipment = await desk.shipped()
    why = (await desk.hub.operation(shipment["id"], "shipment.create"))["why"]
    assert await desk.bought(shipment) == {"fedex": 1}
    assert (shipment["connection_id"], why["rule"]) == (second, "failover")
    (refused,) = why["refused"]
    assert (refused["connection_id"], refused["error"]["code"]) == (str(first), code)
    assert [each["connection_id"] for each in why["next"]] == [str(third)]
    assert "took over" in why["reason"]


async def test_one_whose_credentials_are_refused_is_passed_over_and_asks_for_attention(
    open_desk: OpensDesk, workplace: Workplace
) -> None:
    desk = await open_desk("fedex", "aramex")
    first, second = desk.contracts
    await workplace.set_credentials(desk.organization_id, first, {"client_secret": "invalid"})
    shipment = await desk.shipped()
    assert shipment["connection_id"] == second
    assert await needs_attention(desk, first)


async def test_one_that_did_not_answer_is_asked_and_not_passed_over(open_desk: OpensDesk) -> None:
    desk = await open_desk("quiqup", "fedex")
    await desk.fault("drop_after", desk.first.carrier.create_call)
    shipment = await desk.shipped()
    assert shipment["connection_id"] == desk.first.connection_id
    assert await desk.bought(shipment) == {"quiqup": 1}


async def test_one_that_seems_out_of_order_is_passed_over(open_desk: OpensDesk) -> None:
    desk = await open_desk("quiqup", "fedex")
    first, second = desk.contracts
    await desk.hub.database.execute(
        "update public.integration_connections set health_state = 'down' where id = %s", [first]
    )
    shipment = await desk.shipped()
    why = (await desk.hub.operation(shipment["id"], "shipment.create"))["why"]
    assert shipment["connection_id"] == second
    assert [each["connection_id"] for each in why["skipped"]] == [str(first)]


async def test_when_all_refuse_for_now_it_is_tried_again_later(open_desk: OpensDesk) -> None:
    desk = await open_desk("quiqup", "fedex")
    for contract in desk.contracts.values():
        await desk.fault("rate_limited", contract.carrier.create_call, contract.carrier, retry_after="60")
    shipment = await desk.order()
    job = await put_off(desk, shipment, "rate_limited")
    assert (job["last_error"]["code"], job["attempt"], job["outcome_unknown"]) == ("rate_limited", 0, False)
    assert (await desk.now(shipment))["status"] == "pending"
    assert await desk.bought(shipment) == {}


async def test_when_each_refuses_for_good_all_of_them_are_told(open_desk: OpensDesk) -> None:
    desk = await open_desk("quiqup", "fedex")
    for contract in desk.contracts.values():
        await desk.fault("server_error", contract.carrier.create_call, contract.carrier, status=400)
    shipment = await desk.order()
    operation = await ended(desk, shipment)
    assert (operation["status"], operation["error"]["code"]) == ("failed", "no_carrier")
    assert [each["connection_id"] for each in operation["error"]["refused"]] == [str(each) for each in desk.contracts]
    assert (await desk.now(shipment))["status"] == "failed"
    assert await desk.bought(shipment) == {}
