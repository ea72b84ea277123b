"""Shipments that are given up: at the carrier where it takes a label back, and before anything is sent."""

import pytest

from tests.operations.shipping.conftest import CARRIERS, OpensDesk, ended, put_off, try_again
from tests.support.workplace import Workplace
from workers.providers.capabilities import CancelsShipments
from workers.providers.registry import CONNECTORS

pytestmark = pytest.mark.usefixtures("no_faults")

ONLY_RETURNS = ("smsa",)
"""Take back nothing but labels that bring goods back."""
CANCELLING = [key for key in CARRIERS if issubclass(CONNECTORS[key], CancelsShipments) and key not in ONLY_RETURNS]
NOT_CANCELLING = [key for key in CARRIERS if key not in CANCELLING]


class TestBeforehand:
    async def test_what_no_worker_has_seen_is_cancelled_at_once(self, open_desk: OpensDesk) -> None:
        desk = await open_desk("fedex")
        shipment = await desk.order()
        assert (await desk.hub.call("cancel_shipment", shipment_id=shipment["id"]))["status"] == "cancelled"
        assert (await desk.hub.operation(shipment["id"], "shipment.create"))["status"] == "cancelled"

    @pytest.mark.parametrize("was_sent", [False, True])
    async def test_what_a_worker_holds_is_cancelled_unless_the_carrier_has_it(
        self, workplace: Workplace, open_desk: OpensDesk, was_sent: bool
    ) -> None:
        desk = await open_desk("quiqup")
        shipment = await desk.order()
        operation = await desk.hub.operation(shipment["id"], "shipment.create")
        mark = {"outcome_unknown": True, "sent_to": str(desk.first.connection_id)} if was_sent else {}
        await workplace.database.execute(
            "update private.jobs set claim_id = gen_random_uuid(), lease_until = now(), outcome_unknown = %s,"
            " payload = case when %s then jsonb_build_object('sent_to', %s::text, 'sent_at', now() - interval '1 hour')"
            " else payload end where id = %s",
            [was_sent, was_sent, mark.get("sent_to"), operation["id"]],
        )
        await desk.hub.call("cancel_shipment", shipment_id=shipment["id"])
        await workplace.database.execute("update private.jobs set claim_id = null where id = %s", [operation["id"]])
        async with workplace.working():
            assert (await ended(desk, shipment))["status"] == "cancelled"
        assert (await desk.now(shipment))["status"] == "cancelled"
        assert await desk.bought(shipment) == {}

    async def test_what_may_have_been_bought_is_found_out_about_first(
        self, workplace: Workplace, open_desk: OpensDesk
    ) -> None:
        desk = await open_desk("fedex")
        await desk.fault("drop_after", desk.first.carrier.create_call)
        shipment = await desk.order()
        async with workplace.working(retry_base_seconds=60):  # it does not try again by itself for now
            job = await put_off(desk, shipment, "outcome_unknown")
            assert (await desk.hub.call("cancel_shipment", shipment_id=shipment["id"]))["status"] == "pending"
            await try_again(desk, job)
            assert (await ended(desk, shipment))["status"] == "succeeded"
        assert (await desk.now(shipment))["status"] == "created"
        assert await desk.bought(shipment) == {"fedex": 1}


@pytest.mark.usefixtures("worker")
class TestAtTheCarrier:
    @pytest.mark.parametrize("key", CANCELLING)
    async def test_a_label_is_given_up_at_its_carrier(self, open_desk: OpensDesk, key: str) -> None:
        desk = await open_desk(key)
        shipment = await desk.shipped()
        await desk.hub.call("cancel_shipment", shipment_id=shipment["id"])
        operation = await ended(desk, shipment, "shipment.cancel")
        assert (operation["status"], operation["error"]) == ("succeeded", None)
        row = await desk.now(shipment)
        assert (row["status"], [each["status"] for each in await desk.events(shipment)]) == (
            "cancelled",
            ["created", "cancelled"],
        )
        again = await desk.hub.call("cancel_shipment", shipment_id=shipment["id"])
        assert (again["id"], again["status"]) == (shipment["id"], "cancelled")

    @pytest.mark.parametrize("key", NOT_CANCELLING)
    async def test_where_the_carrier_takes_nothing_back_it_stays(self, open_desk: OpensDesk, key: str) -> None:
        desk = await open_desk(key)
        shipment = await desk.shipped()
        await desk.hub.call("cancel_shipment", shipment_id=shipment["id"])
        operation = await ended(desk, shipment, "shipment.cancel")
        assert (operation["status"], operation["error"]["code"]) == ("failed", "not_supported")
        assert (await desk.now(shipment))["status"] == "created"

    async def test_a_parcel_that_is_on_its_way_is_not_given_up(self, open_desk: OpensDesk) -> None:
        desk = await open_desk("fedex")
        shipment = await desk.shipped()
        await desk.advance(shipment, "in_transit")
        await desk.hub.call("cancel_shipment", shipment_id=shipment["id"])
        operation = await ended(desk, shipment, "shipment.cancel")
        assert (operation["status"], operation["error"]["code"]) == ("failed", "invalid_request")
        assert (await desk.now(shipment))["status"] == "created"

    @pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
    async def test_a_cancellation_whose_answer_is_lost_is_asked_again(self, open_desk: OpensDesk, fault: str) -> None:
        desk = await open_desk("fedex")
        shipment = await desk.shipped()
        await desk.fault(fault, "PUT /ship/v1/shipments/cancel")
        await desk.hub.call("cancel_shipment", shipment_id=shipment["id"])
        assert (await ended(desk, shipment, "shipment.cancel"))["status"] == "succeeded"
        assert (await desk.now(shipment))["status"] == "cancelled"

    @pytest.mark.parametrize("key", ONLY_RETURNS)
    async def test_a_return_is_given_up_where_only_that_can_be(self, open_desk: OpensDesk, key: str) -> None:
        desk = await open_desk(key)
        outward = await desk.shipped()
        back = await desk.hub.call("return_shipment", shipment_id=outward["id"])
        assert (await ended(desk, back))["status"] == "succeeded"
        await desk.hub.call("cancel_shipment", shipment_id=back["id"])
        assert (await ended(desk, back, "shipment.cancel"))["status"] == "succeeded"
        assert (await desk.now(back))["status"] == "cancelled"
