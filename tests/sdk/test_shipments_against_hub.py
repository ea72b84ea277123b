"""Both colours against the real hub, with a worker at work and carriers' twins behind it: a parcel's whole way."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from wasl import AsyncWasl, Conflict, NotFound, OperationFailed, Shipment, Wasl

from sandbox.server import serving
from tests.support.carriers import every_carrier
from tests.support.carriers.parcels import tomorrow
from tests.support.desks import Desk
from tests.support.hubs import AnyHub, collect, done, elsewhere
from tests.support.shipments import PARCEL, RECIPIENT, SENDER
from tests.support.workplace import Row, Workplace
from workers.objects.folder import FolderStore
from workers.objects.server import FileServer

CARRIERS = every_carrier()
ORDER: dict[str, Any] = {"reference": "order-1001", "recipient": RECIPIENT, "parcels": [PARCEL]}


@pytest.fixture(scope="module", autouse=True)
async def file_server(workplace: Workplace, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A worker at work all the while, and where the files that it keeps are handed out."""
    await workplace.organization()  # whose key is the first in the keyring
    folder = tmp_path_factory.mktemp("files")
    store = FolderStore(folder, bucket="wasl-documents", public_url="")
    async with (
        serving(Starlette(routes=[Mount("/", FileServer(store))])) as url,
        workplace.working(files=folder, public_url=url),
    ):
        yield url


@pytest.fixture
async def desk(workplace: Workplace) -> AsyncIterator[Desk]:
    """An organization with FedEx and Quiqup."""
    yield await Desk.open(workplace, CARRIERS["fedex"], CARRIERS["quiqup"])
    await workplace.sandbox.delete("/_faults")


@pytest.fixture(params=[AsyncWasl, Wasl])
def colour(request: pytest.FixtureRequest) -> type[AnyHub]:
    """The class of the client."""
    kind: type[AnyHub] = request.param
    return kind


@pytest.fixture
async def hub(colour: type[AnyHub], workplace: Workplace, desk: Desk) -> AsyncIterator[AnyHub]:
    """A client of an admin of the organization, which ships from Dubai."""
    user_id = str(uuid4())
    await workplace.database.execute(
        "insert into auth.users (id, email) values (%s, %s)", [user_id, f"{user_id}@example.com"]
    )
    await workplace.database.execute(
        "insert into public.organization_members (organization_id, user_id, role) values (%s, %s, 'admin')",
        [desk.organization_id, user_id],
    )
    token = workplace.stack.mint_jwt({"role": "authenticated", "aud": "authenticated", "sub": user_id})
    client = colour(workplace.stack.url, workplace.stack.publishable_key, access_token=token)
    await done(client.shipments.locations.set("Warehouse", SENDER, is_default=True))
    yield client
    await done(client.aclose() if isinstance(client, AsyncWasl) else client.close())


@pytest.fixture
async def anybody(workplace: Workplace) -> AsyncIterator[AsyncWasl]:
    """Somebody who has not signed in."""
    async with AsyncWasl(workplace.stack.url, workplace.stack.publishable_key) as client:
        yield client


async def bought(hub: AnyHub, **arguments: Any) -> Shipment:
    """A shipment that its carrier has."""
    shipment = await elsewhere(lambda: hub.shipments.create(**ORDER | arguments, wait=20))
    assert shipment.status == "created"
    return shipment


async def advanced(desk: Desk, hub: AnyHub, shipment: Shipment, step: str, status: str) -> Shipment:
    """The shipment once its carrier has moved it on and the hub has asked; a client asks for it here."""
    row: Row = {"id": shipment.id, "connection_id": shipment.connection_id, "tracking_number": shipment.tracking_number}
    await desk.advance(row, step)
    await desk.hub.database.execute(
        "update private.tracking_watch set asked_at = null where shipment_id = %s", [shipment.id]
    )
    await done(hub.shipments.track(shipment.id))
    await desk.reaches(row, status)
    return await done(hub.shipments.get(shipment.id))


async def test_a_parcel_from_the_quote_to_the_door_and_back(
    desk: Desk, hub: AnyHub, anybody: AsyncWasl, file_server: str
) -> None:
    place = {"city": "Abu Dhabi", "country": "AE"}
    quote = await elsewhere(lambda: hub.shipments.quote(recipient=place, parcels=[PARCEL]))
    assert [failure.code for failure in quote.failures] == ["no_prices"]
    rate = quote.rates[0]

    shipment = await elsewhere(
        lambda: hub.shipments.create(
            rate_id=rate.id, reference="order-1001", recipient=RECIPIENT, description="Silicone phone cases", wait=30
        )
    )
    assert (shipment.status, shipment.service, shipment.cost) == ("created", rate.service, rate.amount)
    assert shipment.tracking_number

    label = await elsewhere(lambda: hub.shipments.label(shipment.id))
    assert label.url.startswith(f"{file_server}/storage/v1/object/sign/")
    async with httpx.AsyncClient() as printer:  # which has the link and nothing else
        answer = await printer.get(label.url)
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
        assert (await printer.get(label.url + "x")).status_code == 404

    on_its_way = await advanced(desk, hub, shipment, "out_for_delivery", "out_for_delivery")
    assert on_its_way.delivered_at is None
    delivered = await advanced(desk, hub, shipment, "delivered", "delivered")
    assert delivered.delivered_at is not None
    events = await done(hub.shipments.events(shipment.id))
    assert {"created", "picked_up", "in_transit", "out_for_delivery", "delivered"} <= {each.status for each in events}

    assert shipment.tracking_token
    parcel = await anybody.shipments.parcel(shipment.tracking_token)
    assert (parcel.carrier, parcel.tracking_number, parcel.status) == ("FedEx", shipment.tracking_number, "delivered")
    assert parcel.events[-1].status == "delivered"
    private = {*RECIPIENT.values(), *SENDER.values(), "order-1001"} - {"AE", "Abu Dhabi", "Dubai", "dubai"}
    assert not [word for word in private if word in str(parcel)]
    with pytest.raises(NotFound):
        await anybody.shipments.parcel("tr_nobody-has-this")

    proof = await elsewhere(lambda: hub.shipments.prove_delivery(shipment.id))
    assert proof.delivered_at is not None
    back = await elsewhere(lambda: hub.shipments.return_(shipment.id, reason="too small", wait=30))
    assert (back.return_of, back.status) == (shipment.id, "created")
    assert back.sender["name"] == RECIPIENT["name"]
    assert back.tracking_number != shipment.tracking_number


async def test_labels_pickup_and_manifest_for_the_driver(desk: Desk, hub: AnyHub) -> None:
    fedex, _ = desk.contracts
    shipments = [await bought(hub, reference=f"order-{n}", connection_id=fedex) for n in range(2)]
    labels = await elsewhere(lambda: hub.shipments.labels([each.id for each in shipments]))
    assert labels.document_id is not None
    pickup = await elsewhere(
        lambda: hub.shipments.pickups.schedule(
            fedex,
            ready_at=tomorrow(7),
            closes_at=tomorrow(7) + timedelta(hours=5),
            shipment_ids=[each.id for each in shipments],
            wait=20,
        )
    )
    assert (pickup.status, pickup.parcels) == ("scheduled", 2)
    manifest = await elsewhere(lambda: hub.shipments.close_manifest(fedex))
    [paper] = await done(hub.shipments.manifest_documents(manifest.id))
    link = await elsewhere(lambda: hub.shipments.link(paper.id))
    async with httpx.AsyncClient() as printer:
        assert (await printer.get(link.url)).content.startswith(b"%PDF-")
    with pytest.raises(Conflict):
        await elsewhere(lambda: hub.shipments.close_manifest(fedex))


async def test_what_carriers_refuse_is_told(desk: Desk, hub: AnyHub) -> None:
    _, quiqup = desk.contracts
    with pytest.raises(OperationFailed) as error:
        await elsewhere(lambda: hub.shipments.create(**ORDER, connection_id=quiqup, service="no-such", wait=20))
    assert error.value.code == "invalid_request"
    [shipment] = await collect(hub.shipments.list(status="failed"))
    assert shipment.failure is not None


async def test_an_agreed_price_is_bought(desk: Desk, hub: AnyHub) -> None:
    _, quiqup = desk.contracts
    line = {"service": "partner_next_day", "level": "next_day", "currency": "AED", "base_amount": "15.00"}
    await done(hub.shipments.carriers.set(quiqup, tariff=[line]))
    quote = await elsewhere(lambda: hub.shipments.quote(recipient=RECIPIENT, parcels=[PARCEL], connection_ids=[quiqup]))
    [rate] = quote.rates
    assert (rate.amount, rate.source) == (Decimal("15.00"), "tariff")
    shipment = await bought(hub, rate_id=rate.id)
    assert (shipment.cost, shipment.connection_id) == (Decimal("15.00"), quiqup)


async def test_a_label_is_given_up(desk: Desk, hub: AnyHub) -> None:
    shipment = await bought(hub)
    assert (await elsewhere(lambda: hub.shipments.cancel(shipment.id, wait=20))).status == "cancelled"
    assert (await done(hub.shipments.cancel(shipment.id))).status == "cancelled"


async def test_whoever_has_looked_says_what_became_of_a_label(desk: Desk, hub: AnyHub) -> None:
    aramex = await desk.connect(CARRIERS["aramex"])
    await desk.fault("drop_after", CARRIERS["aramex"].create_call, CARRIERS["aramex"])
    with pytest.raises(OperationFailed) as error:
        await elsewhere(lambda: hub.shipments.create(**ORDER, connection_id=aramex, wait=20))
    assert error.value.code == "outcome_unknown"
    [shipment] = await collect(hub.shipments.list(connection_id=aramex))
    resolved = await done(hub.shipments.resolve(shipment.id, "45678901234"))
    assert (resolved.status, resolved.tracking_number) == ("created", "45678901234")
    with pytest.raises(Conflict):
        await done(hub.shipments.resolve(shipment.id))
