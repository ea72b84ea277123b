"""Questions to carriers that change nothing: labels fetched later, who took a parcel, whether a place is served."""

from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.operations.shipping.conftest import CARRIERS, OpensDesk, ended, over
from tests.support.desks import Desk
from tests.support.workplace import Row
from workers.providers.capabilities import ChecksAddresses, ProvesDelivery
from workers.providers.registry import CONNECTORS

pytestmark = pytest.mark.usefixtures("no_faults", "worker")

PROVING = [key for key in CARRIERS if issubclass(CONNECTORS[key], ProvesDelivery)]
CHECKING = [key for key in CARRIERS if issubclass(CONNECTORS[key], ChecksAddresses)]
KHALIFA_CITY: Row = {"city": "Abu Dhabi", "area": "Khalifa City", "country": "AE"}


async def delivered(desk: Desk) -> Row:
    """A shipment that has arrived."""
    shipment = await desk.shipped()
    await desk.advance(shipment, "delivered")
    await desk.clock_strikes(shipment)
    return await desk.reaches(shipment, "delivered")


async def checked(desk: Desk, place: Row, **arguments: Any) -> Row:
    """What became of the question whether a carrier serves a place."""
    operation = await desk.hub.call(
        "check_delivery_address", connection_id=desk.first.connection_id, place=Jsonb(place), **arguments
    )
    return await over(desk, operation)


async def labels(desk: Desk, shipment: Row) -> list[Row]:
    return [each for each in await desk.documents(shipment) if each["kind"] == "label"]


class TestLabels:
    async def test_one_that_could_not_be_had_with_the_shipment_is_fetched_later(self, open_desk: OpensDesk) -> None:
        desk = await open_desk("quiqup")
        await desk.fault("server_error", "GET /order_label/*", status=503, times=6)
        shipment = await desk.shipped()
        assert shipment["status"] == "created", "it is bought whatever comes of its label"
        assert await labels(desk, shipment) == []
        await desk.settled(shipment)
        assert len(await labels(desk, shipment)) == 1
        assert await desk.bought(shipment) == {"quiqup": 1}
        assert await desk.alerts(shipment) == []

    async def test_of_one_that_is_lost_people_are_told(self, open_desk: OpensDesk) -> None:
        desk = await open_desk("fedex")
        await desk.fault("drop_after", desk.first.carrier.create_call)
        shipment = await desk.shipped()
        await desk.settled(shipment)
        (alert,) = await desk.alerts(shipment)
        assert (alert["kind"], alert["status"]) == ("shipment.label_missing", "open")


class TestProofs:
    @pytest.mark.parametrize("key", PROVING)
    async def test_who_took_it_is_told_with_the_carriers_papers(self, open_desk: OpensDesk, key: str) -> None:
        desk = await open_desk(key)
        shipment = await delivered(desk)
        await desk.hub.call("prove_delivery", shipment_id=shipment["id"])
        operation = await ended(desk, shipment, "shipment.prove_delivery")
        assert (operation["status"], operation["error"]) == ("succeeded", None)
        papers = [each for each in await desk.documents(shipment) if each["kind"] == "proof_of_delivery"]
        assert operation["result"]["papers"] == len(papers) == 1

        await desk.hub.call("prove_delivery", shipment_id=shipment["id"])
        again = await ended(desk, shipment, "shipment.prove_delivery")
        assert again["status"] == "succeeded"

    async def test_a_carrier_that_proves_nothing_says_so(self, open_desk: OpensDesk) -> None:
        desk = await open_desk("quiqup")
        shipment = await delivered(desk)
        await desk.hub.call("prove_delivery", shipment_id=shipment["id"])
        operation = await ended(desk, shipment, "shipment.prove_delivery")
        assert (operation["status"], operation["error"]["code"]) == ("failed", "not_supported")

    async def test_a_carrier_that_is_down_is_asked_again(self, open_desk: OpensDesk) -> None:
        desk = await open_desk("fedex")
        shipment = await delivered(desk)
        await desk.fault("rate_limited", "POST /track/v1/trackingdocuments", times=3)
        await desk.hub.call("prove_delivery", shipment_id=shipment["id"])
        operation = await ended(desk, shipment, "shipment.prove_delivery")
        assert (operation["status"], operation["result"]["papers"]) == ("succeeded", 1)


class TestAddresses:
    @pytest.mark.parametrize("key", CHECKING)
    async def test_a_place_that_is_served(self, open_desk: OpensDesk, key: str) -> None:
        desk = await open_desk(key)
        operation = await checked(desk, KHALIFA_CITY)
        assert (operation["status"], operation["error"]) == ("succeeded", None)
        assert operation["result"]["serviceable"] is True

    @pytest.mark.parametrize("key", [key for key in CARRIERS if key not in CHECKING])
    async def test_a_carrier_that_cannot_be_asked_says_so(self, open_desk: OpensDesk, key: str) -> None:
        desk = await open_desk(key)
        operation = await checked(desk, KHALIFA_CITY, direction="pickup")
        assert (operation["status"], operation["error"]["code"]) == ("failed", "not_supported")
