"""What carriers tell by webhook: signed news is believed, the rest only makes the hub ask."""

import json
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from tests.operations.shipping.conftest import CARRIERS
from tests.support.desks import Desk
from tests.support.shops import HUB, SECRET, Street, open_street
from tests.support.workplace import Workplace, until


@pytest.fixture(scope="module")
async def street(workplace: Workplace) -> AsyncIterator[Street]:
    async with open_street(workplace) as street:
        yield street


@pytest.fixture(scope="module", autouse=True)
async def worker(street: Street) -> AsyncIterator[None]:
    async with street.hub.working():
        yield


@pytest.fixture
async def desk(street: Street) -> AsyncIterator[Desk]:
    yield await Desk.open(street.hub, CARRIERS["fedex"])
    await street.hub.sandbox.delete("/_faults")


async def endpoint(desk: Desk, connection_id: UUID) -> str:
    """The URL of a connection's own for webhooks, which are proved by `SECRET`."""
    await desk.hub.set_credentials(desk.organization_id, connection_id, {"webhook_secret": SECRET})
    made = await desk.hub.call("create_webhook_endpoint", connection_id=connection_id)
    return f"{HUB}{made['create_webhook_endpoint']['path']}"


async def fedex_tells(desk: Desk) -> None:
    """FedEx knows where to."""
    url = await endpoint(desk, desk.first.connection_id)
    told = {"client_id": desk.first.account["client_id"], "url": url, "secret": SECRET}
    answer = await desk.hub.sandbox.post("/fedex/_test/webhooks", json=told)
    assert answer.status_code == 200, answer.text


async def test_signed_news_moves_a_parcel(desk: Desk) -> None:
    await fedex_tells(desk)
    shipment = await desk.shipped()
    await desk.advance(shipment, "in_transit")
    await desk.reaches(shipment, "in_transit")
    await desk.advance(shipment, "delivered")
    delivered = await desk.reaches(shipment, "delivered")
    assert delivered["delivered_at"] is not None
    assert {each["source"] for each in await desk.events(shipment)} == {"operation", "webhook"}
    assert await desk.clock_strikes(shipment) == 0, "there is nothing to ask any more"


async def test_the_same_news_by_webhook_and_by_asking_is_one_event(desk: Desk) -> None:
    await fedex_tells(desk)
    shipment = await desk.shipped()
    await desk.hub.plan_fault("webhook_duplicated", provider="fedex", match={"event": "in_transit"})
    await desk.advance(shipment, "in_transit")
    await desk.reaches(shipment, "in_transit")
    heard = await desk.events(shipment)
    await desk.clock_strikes(shipment)
    await desk.jobs_done("shipment.track", "webhook.process")
    assert await desk.events(shipment) == heard


async def test_news_that_comes_out_of_order_leaves_it_where_the_newest_says(desk: Desk) -> None:
    await fedex_tells(desk)
    shipment = await desk.shipped()
    await desk.hub.plan_fault("webhook_reordered", provider="fedex", match={"event": "picked_up"})
    await desk.advance(shipment, "picked_up")
    await desk.advance(shipment, "out_for_delivery")
    await desk.reaches(shipment, "out_for_delivery")

    async def all_processed() -> bool:
        query = "select status::text from public.webhook_events where connection_id = %s"
        rows = await desk.hub.all(query, desk.first.connection_id)
        return len(rows) == 3 and all(row["status"] != "received" for row in rows)

    await until(all_processed)
    assert (await desk.now(shipment))["status"] == "out_for_delivery"


async def test_forged_news_moves_nothing(desk: Desk) -> None:
    await fedex_tells(desk)
    shipment = await desk.shipped()
    await desk.hub.plan_fault("webhook_forged", provider="fedex", match={"event": "delivered"})
    await desk.advance(shipment, "delivered")

    async def refused() -> int:
        query = "select refused_count from public.webhook_endpoints where connection_id = %s"
        return int((await desk.hub.one(query, desk.first.connection_id))["refused_count"])

    await until(refused)
    assert (await desk.now(shipment))["status"] == "created"
    assert {each["status"] for each in await desk.events(shipment)} == {"created"}


async def test_another_organizations_parcel_of_that_number_is_not_moved(street: Street, desk: Desk) -> None:
    await fedex_tells(desk)
    other = await Desk.open(street.hub, CARRIERS["fedex"])
    theirs, ours = await other.shipped(), await desk.shipped()
    query = "update public.shipments set tracking_number = %s where id = %s"
    await street.hub.database.execute(query, [ours["tracking_number"], theirs["id"]])
    await desk.advance(ours, "delivered")
    await desk.reaches(ours, "delivered")
    assert (await other.now(theirs))["status"] == "created"


async def test_what_nobody_signed_makes_the_hub_ask(street: Street) -> None:
    """DHL's push carries a secret and signs nothing; the connection that it comes by only tracks."""
    desk = await Desk.open(street.hub, CARRIERS["dhl_express"])
    shipment = await desk.shipped()
    await dhl_tells(desk, shipment["tracking_number"])
    await desk.advance(shipment, "in_transit")  # of which no push tells
    answer = await desk.hub.sandbox.post(
        f"/dhl_tracking/_test/shipments/{shipment['tracking_number']}/advance", json={"to": "delivered"}
    )
    assert answer.status_code == 200, answer.text
    await desk.reaches(shipment, "delivered")
    assert {each["source"] for each in await desk.events(shipment)} == {"operation", "poll"}


async def dhl_tells(desk: Desk, number: str) -> None:
    """DHL's tracking knows a parcel, and where to push its news."""
    row = await desk.hub.call("create_connection", organization_id=desk.organization_id, provider="dhl_tracking")
    key = f"key-{uuid4().hex}"
    await desk.hub.set_credentials(desk.organization_id, row["id"], {"api_key": key})
    guard = {"type": "ApiKeyAuthentication", "header": "X-Wasl-Webhook-Secret", "token": SECRET}
    wanted = {
        "hook": {"uri": await endpoint(desk, row["id"]), "authentication": guard},
        "format": "Default",
        "service": "express",
        "events": ["Pre-Transit", "Transit", "Delivered"],
        "type": "Shipment",
        "shipmentIDs": [number],
    }
    twin, headers, push = desk.hub.sandbox, {"DHL-API-Key": key}, "/dhl_tracking/tracking/push/v1/subscription"
    await twin.post("/dhl_tracking/_test/shipments", json={"trackingNumber": number, "service": "express"})
    subscription = (await twin.post(push, headers=headers, json=wanted)).json()

    async def validation() -> str | None:
        rows = await desk.hub.all("select body from public.webhook_events where connection_id = %s", row["id"])
        secret: str | None = json.loads(rows[0]["body"])["secret"] if rows else None
        return secret

    proof = {"DHL-API-Hook-Secret": await until(validation)}
    ready = await twin.post(f"{push}/{subscription['id']}", headers=headers | proof)
    assert ready.status_code == 204, ready.text
