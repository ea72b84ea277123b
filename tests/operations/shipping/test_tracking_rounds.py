"""Rounds of tracking: all that is due goes into as few calls as carriers take. There is no worker at work meanwhile, so
that what is to be asked can be counted."""

import asyncio
from uuid import UUID

import pytest

from tests.operations.shipping.conftest import OpensDesk
from tests.support.desks import Desk
from tests.support.workplace import Row, Workplace, until
from workers.store.shipments import PostgresShipments

pytestmark = pytest.mark.usefixtures("no_faults")


async def waiting(desk: Desk) -> list[Row]:
    """The looks that are to be taken."""
    query = "select * from private.jobs where organization_id = %s and kind = 'shipment.track' order by id"
    return await desk.hub.all(query, desk.organization_id)


async def copies(desk: Desk, shipment: Row, count: int) -> list[Row]:
    """So many more shipments like one, and the first; each with a number that its carrier does not know."""
    query = """
        with copied as (
            insert into public.shipments (organization_id, environment, connection_id, reference, status, origin,
                destination, parcels, ships_at, description, currency, created_by, tracking_number)
            select organization_id, environment, connection_id, reference, status, origin, destination, parcels,
                ships_at, description, currency, created_by, 'COPY' || n
            from public.shipments, generate_series(1, %(count)s) n where id = %(id)s
            returning id, connection_id
        ),
        watched as (
            insert into private.tracking_watch (shipment_id, connection_id, due_at)
            select id, connection_id, now() + interval '1 day' from copied
        )
        select id from copied"""
    cursor = await desk.hub.database.execute(query, {"id": shipment["id"], "count": count})
    return [shipment, *await cursor.fetchall()]


async def test_a_carriers_parcels_go_into_as_few_calls_as_it_takes(workplace: Workplace, open_desk: OpensDesk) -> None:
    desk = await open_desk("fedex", "quiqup")
    fedex, quiqup = desk.contracts
    async with workplace.working():
        first = await desk.shipped(connection_id=fedex)
        others = [await desk.shipped(connection_id=quiqup) for _ in range(3)]
    many = await copies(desk, first, 60)  # FedEx takes 30 in one call, Quiqup one
    assert await desk.clock_strikes(*many, *others) == 3 + 3
    jobs = await waiting(desk)
    sizes = sorted((job["payload"]["connection_id"], len(job["payload"]["shipment_ids"])) for job in jobs)
    assert sizes == sorted([(str(fedex), 30), (str(fedex), 30), (str(fedex), 1), *[(str(quiqup), 1)] * 3])
    asked = [UUID(each) for job in jobs for each in job["payload"]["shipment_ids"]]
    assert sorted(asked) == sorted(each["id"] for each in (*many, *others))

    async with workplace.working():
        await desk.jobs_done("shipment.track")

    async def logged() -> list[Row]:
        query = (
            "select connection_id from public.integration_logs"
            " where organization_id = %s and operation = 'track_shipments' and url not like '%%token%%'"
        )
        rows = await desk.hub.all(query, desk.organization_id)
        return rows if len(rows) >= 6 else []

    assert sorted(str(row["connection_id"]) for row in await until(logged)) == sorted(
        [str(fedex)] * 3 + [str(quiqup)] * 3
    )


async def test_two_leaders_at_once_have_each_parcel_asked_about_once(
    workplace: Workplace, open_desk: OpensDesk
) -> None:
    desk = await open_desk("fedex")
    async with workplace.working():
        first = await desk.shipped()
    many = await copies(desk, first, 40)
    await desk.becomes_due(*many)
    leaders = [PostgresShipments(workplace.pool, safe_seconds=1) for _ in range(4)]
    await asyncio.gather(*(leader.enqueue_due_tracking() for leader in leaders))
    asked = [each for job in await waiting(desk) for each in job["payload"]["shipment_ids"]]
    assert sorted(asked) == sorted(str(each["id"]) for each in many)


async def test_a_disconnected_carrier_is_not_asked(workplace: Workplace, open_desk: OpensDesk) -> None:
    desk = await open_desk("fedex")
    async with workplace.working():
        shipment = await desk.shipped()
    assert await desk.clock_strikes(shipment) == 1
    await desk.hub.call("disconnect_connection", connection_id=desk.first.connection_id)
    async with workplace.working():  # which finds the question that was to be asked
        await desk.jobs_done("shipment.track")
    assert await desk.clock_strikes(shipment) == 0
    assert await waiting(desk) == []
    assert (await desk.now(shipment))["status"] == "created"
    query = "select * from public.alerts where organization_id = %s"
    assert await desk.hub.all(query, desk.organization_id) == []


async def test_one_that_the_carrier_does_not_know_stays_and_spoils_nothing(
    workplace: Workplace, open_desk: OpensDesk
) -> None:
    desk = await open_desk("fedex")
    async with workplace.working():
        first = await desk.shipped()
        _, unknown = await copies(desk, first, 1)
        known = first
        await desk.advance(known, "in_transit")
        assert await desk.clock_strikes(known, unknown) == 1
        await desk.reaches(known, "in_transit")
    assert (await desk.now(unknown))["status"] == "created"
    assert await desk.events(unknown) == []
