"""Following parcels by the clock: as many as a carrier takes in one call, each event once, until they have arrived."""

from datetime import timedelta

import pytest

from tests.operations.shipping.conftest import CARRIERS, OpensDesk, needs_attention
from tests.support.desks import Desk
from tests.support.workplace import Row, Workplace, until
from workers.providers.capabilities import TracksShipments
from workers.providers.registry import CONNECTORS
from workers.store.shipments import PostgresShipments

pytestmark = pytest.mark.usefixtures("no_faults", "worker")

TRACKED = [key for key in CARRIERS if issubclass(CONNECTORS[key], TracksShipments)]


async def looked_at(desk: Desk) -> None:
    """Whatever was to be asked has been asked."""
    await desk.jobs_done("shipment.track")


async def next_look(desk: Desk, shipment: Row) -> timedelta | None:
    """In what time a parcel is asked about; None: not any more."""
    query = "select due_at - now() as pause from private.tracking_watch where shipment_id = %s"
    rows = await desk.hub.all(query, shipment["id"])
    return rows[0]["pause"] if rows else None


async def silent_for(desk: Desk, shipment: Row, how_long: str) -> None:
    """Nothing has been heard of a parcel for so long."""
    query = """
        update public.shipments s set created_at = since, last_event_at = since
        from (select now() - %s::interval as since) silence where s.id = %s"""
    await desk.hub.database.execute(query, [how_long, shipment["id"]])


class TestOnTheWay:
    @pytest.mark.parametrize("key", TRACKED)
    async def test_a_parcel_is_followed_until_it_has_arrived(self, open_desk: OpensDesk, key: str) -> None:
        desk = await open_desk(key)
        shipment = await desk.shipped()
        assert (pause := await next_look(desk, shipment)) is not None
        assert timedelta(hours=3) < pause < timedelta(hours=5)

        await desk.advance(shipment, "in_transit")
        await desk.clock_strikes(shipment)
        await desk.reaches(shipment, "in_transit")
        events = await desk.events(shipment)
        assert (pause := await next_look(desk, shipment)) is not None
        assert timedelta(hours=1) < pause < timedelta(hours=3)

        await desk.clock_strikes(shipment)
        await looked_at(desk)
        assert await desk.events(shipment) == events, "each event once"

        await desk.advance(shipment, "delivered")
        await desk.clock_strikes(shipment)
        delivered = await desk.reaches(shipment, "delivered")
        assert delivered["delivered_at"] is not None
        assert await next_look(desk, shipment) is None
        assert await desk.clock_strikes(shipment) == 0
        told = [each["status"] for each in await desk.events(shipment) if each["source"] == "poll"]
        assert "delivered" in told
        assert await desk.alerts(shipment) == []

    async def test_something_in_its_way_is_told_until_it_goes_on(self, open_desk: OpensDesk) -> None:
        desk = await open_desk("fedex")
        shipment = await desk.shipped()
        for step in ("out_for_delivery", "exception"):
            await desk.advance(shipment, step)
        await desk.clock_strikes(shipment)
        stopped = await desk.reaches(shipment, "exception")
        (alert,) = await desk.alerts(shipment, "exception")
        assert (alert["kind"], alert["status"]) == ("shipment.exception", "open")
        assert (alert["detail"]["detail"], alert["detail"]["reference"]) == (stopped["detail"], stopped["reference"])

        await desk.advance(shipment, "delivered")
        await desk.clock_strikes(shipment)
        await desk.reaches(shipment, "delivered")
        (alert,) = await desk.alerts(shipment, "exception")
        assert alert["status"] == "resolved"

    async def test_what_comes_back_is_returned_and_followed_no_more(self, open_desk: OpensDesk) -> None:
        desk = await open_desk("fedex")
        shipment = await desk.shipped()
        for step in ("out_for_delivery", "returned"):
            await desk.advance(shipment, step)
        await desk.clock_strikes(shipment)
        await desk.reaches(shipment, "returned")
        assert await next_look(desk, shipment) is None

    async def test_a_client_has_one_asked_about_at_once_and_once_a_minute(self, open_desk: OpensDesk) -> None:
        desk = await open_desk("fedex")
        shipment = await desk.shipped()
        await desk.advance(shipment, "picked_up")
        for _ in range(2):
            await desk.hub.call("track_shipment", shipment_id=shipment["id"])
        await desk.reaches(shipment, "picked_up")
        await desk.advance(shipment, "in_transit")
        await desk.hub.call("track_shipment", shipment_id=shipment["id"])
        await looked_at(desk)
        assert (await desk.now(shipment))["status"] == "picked_up"


class TestLooksThatFail:
    async def test_a_carrier_that_is_down_leaves_it_to_the_next_look(self, open_desk: OpensDesk) -> None:
        desk = await open_desk("quiqup")
        shipment = await desk.shipped()
        await desk.advance(shipment, "in_transit")
        call = desk.first.carrier.track_call
        assert call
        await desk.fault("server_error", call, status=503, times=1000)
        await desk.clock_strikes(shipment)
        await looked_at(desk)
        assert (await desk.now(shipment))["status"] == "created"
        assert (pause := await next_look(desk, shipment)) is not None
        assert pause > timedelta(hours=3)
        dead = "select 1 from private.dead_jobs where organization_id = %s"
        assert await desk.hub.all(dead, desk.organization_id) == []

        await desk.hub.sandbox.delete("/_faults")
        query = "update private.circuit_breakers set state = 'closed' where connection_id = %s"
        await desk.hub.database.execute(query, [desk.first.connection_id])
        await desk.clock_strikes(shipment)
        await desk.reaches(shipment, "in_transit")

    async def test_an_answer_that_makes_no_sense_moves_nothing(self, open_desk: OpensDesk) -> None:
        desk = await open_desk("fedex")
        shipment = await desk.shipped()
        await desk.advance(shipment, "in_transit")
        assert desk.first.carrier.track_call
        await desk.fault("malformed", desk.first.carrier.track_call, times=1000)
        await desk.clock_strikes(shipment)
        await looked_at(desk)
        assert (await desk.now(shipment))["status"] == "created"

    async def test_credentials_that_are_refused_ask_for_attention(
        self, open_desk: OpensDesk, workplace: Workplace
    ) -> None:
        desk = await open_desk("fedex")
        shipment = await desk.shipped()
        wrong = {"client_id": "invalid", "client_secret": "invalid"}
        await workplace.set_credentials(desk.organization_id, desk.first.connection_id, wrong)
        await desk.clock_strikes(shipment)
        await until(lambda: needs_attention(desk, desk.first.connection_id))

    async def test_what_was_silent_for_long_is_given_up_and_holds_nobody_up(self, open_desk: OpensDesk) -> None:
        desk = await open_desk("fedex")
        silent, heard_of = [await desk.shipped() for _ in range(2)]
        await silent_for(desk, silent, "46 days")
        await desk.advance(heard_of, "in_transit")
        assert await desk.clock_strikes(silent, heard_of) == 1
        await desk.reaches(heard_of, "in_transit")
        assert await next_look(desk, silent) is None
        (alert,) = await desk.alerts(silent)
        assert (alert["kind"], alert["status"]) == ("shipment.untracked", "open")

    async def test_a_parcel_that_is_silent_on_its_way_is_told_of_until_it_is_heard_of(
        self, open_desk: OpensDesk, workplace: Workplace
    ) -> None:
        desk = await open_desk("fedex")
        shipment = await desk.shipped()
        await desk.advance(shipment, "in_transit")
        await desk.clock_strikes(shipment)
        await desk.reaches(shipment, "in_transit")
        await silent_for(desk, shipment, "49 hours")
        for _ in range(2):
            await PostgresShipments(workplace.pool, safe_seconds=1).find_stalled()
        (alert,) = await desk.alerts(shipment, "stalled")
        assert (alert["kind"], alert["status"]) == ("shipment.stalled", "open")
        await desk.advance(shipment, "out_for_delivery")
        await desk.clock_strikes(shipment)
        await desk.reaches(shipment, "out_for_delivery")
        (alert,) = await desk.alerts(shipment, "stalled")
        assert alert["status"] == "resolved"
