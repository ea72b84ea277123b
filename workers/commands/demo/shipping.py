"""The step of the demo in which carriers are compared, a label is bought, and the parcel arrives."""

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
from wasl import Connection, Parcel, Party, Place, Quote, Shipment
from wasl.shipment_params import Customs

from workers.commands.demo.carriers import WAREHOUSE
from workers.commands.demo.scenario import Facts, expect
from workers.commands.demo.waiting import WAIT_SECONDS, until
from workers.commands.demo.world import World

ABU_DHABI: Final[Party] = {
    "name": "Omar Ali",
    "phone": "+971501110002",
    "line1": "Villa 12, Khalifa City",
    "area": "Khalifa City",
    "city": "Abu Dhabi",
    "country": "AE",
}
LONDON: Final[Place] = {"city": "London", "postal_code": "EC4R 1BE", "country": "GB"}
BOX: Final[Parcel] = {"weight_kg": "1.2", "length_cm": 30, "width_cm": 20, "height_cm": 10}
CASES: Final[Customs] = {
    "items": [
        {
            "description": "Silicone phone cases",
            "quantity": 3,
            "unit_value": "80.00",
            "weight_kg": "0.4",
            "hs_code": "392690",
            "origin_country": "CN",
        }
    ],
    "currency": "AED",
}


async def ship(world: World) -> Facts:
    """A parcel to Abu Dhabi and one to London are quoted; the cheaper is bought, and followed to the door."""
    async with _carriers_connected(world) as carriers:
        at_home = await _quote(world, carriers, ABU_DHABI)
        abroad = await _quote(world, carriers, LONDON, customs=CASES)
        for quote, place in ((at_home, "Abu Dhabi"), (abroad, "London")):
            expect(len({rate.connection_id for rate in quote.rates}) > 1, f"Too few carriers go to {place}.")
        best = min((*at_home.rates, *abroad.rates), key=lambda rate: rate.amount)
        expect(best.quote_id == at_home.id, "London is nearer than Abu Dhabi.")
        shipment = await world.hub.shipments.create(
            rate_id=best.id,
            reference=f"demo-{secrets.token_hex(4)}",
            recipient=ABU_DHABI,
            sender=WAREHOUSE,
            description="Silicone phone cases",
            wait=WAIT_SECONDS,
        )
        label = await until(lambda: _label(world, shipment), "the label")
        key = next(each.provider_key for each in carriers if each.id == shipment.connection_id)
        await world.sandbox.advance(key, str(shipment.tracking_number), "delivered")
        await world.hub.shipments.track(shipment.id)
        shipment = await until(lambda: _delivered(world, shipment), "the parcel to be delivered")
        events = await world.hub.shipments.events(shipment.id)
        parcel = await world.stranger.shipments.parcel(shipment.tracking_token)
        expect(parcel.status == "delivered", f"Whoever has the tracking token sees {parcel.status}.")
    return {
        "Abu Dhabi": _told(at_home),
        "London": _told(abroad),
        "label": label,
        "events": len(events),
        "parcel": shipment.status,
    }


@asynccontextmanager
async def _carriers_connected(world: World) -> AsyncIterator[list[Connection]]:
    """Connections to the twins of carriers, for as long as the step takes."""
    made: list[Connection] = []
    try:
        for key, (credentials, settings) in _accounts(world).items():
            name = f"Demo {key} {secrets.token_hex(4)}"
            connection = await world.hub.connections.create(key, name=name, settings=dict(settings))
            made.append(connection)
            await world.hub.connections.set_credentials(connection.id, dict(credentials))
        yield made
    finally:
        for connection in made:
            await world.hub.connections.disconnect(connection.id)


def _accounts(world: World) -> Mapping[str, tuple[Mapping[str, str], Mapping[str, Any]]]:
    """Credentials and settings of accounts that only this demo uses, by carrier."""
    world.hidden["FedEx secret"] = fedex = secrets.token_hex(16)
    world.hidden["DHL secret"] = dhl = secrets.token_hex(16)
    return {
        "dhl_express": (
            {"api_key": f"ap{secrets.token_hex(8)}", "api_secret": dhl},
            {"account_number": "400000001"},
        ),
        "fedex": (
            {"client_id": f"l7{secrets.token_hex(16)}", "client_secret": fedex},
            {"account_number": "700000001"},
        ),
    }


async def _quote(
    world: World, carriers: Sequence[Connection], recipient: Place | Party, customs: Customs | None = None
) -> Quote:
    return await world.hub.shipments.quote(
        sender=WAREHOUSE,
        recipient=recipient,
        parcels=[BOX],
        description="Silicone phone cases",
        customs=customs,
        connection_ids=[each.id for each in carriers],
        wait=WAIT_SECONDS,
    )


async def _label(world: World, shipment: Shipment) -> str | None:
    """The path of the label, once it can be read by its link."""
    documents = await world.hub.shipments.documents(shipment.id)
    if not documents:
        return None
    link = await world.hub.shipments.label(shipment.id, wait=WAIT_SECONDS)
    async with httpx.AsyncClient(trust_env=False, timeout=WAIT_SECONDS) as http:
        answer = await http.get(link.url)
    expect(answer.content.startswith(b"%PDF-"), f"The label's link answers with {answer.status_code} and no PDF.")
    return documents[0].path


async def _delivered(world: World, shipment: Shipment) -> Shipment | None:
    found = await world.hub.shipments.get(shipment.id)
    return found if found.status == "delivered" else None


def _told(quote: Quote) -> str:
    best = quote.rates[0]
    return f"{best.currency} {best.amount} by {best.provider_key}"
