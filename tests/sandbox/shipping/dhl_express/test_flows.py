"""Shipments' lives at DHL Express's twin, through the connector."""

import copy
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.providers.shipping.dhl_express.builders import SETTINGS, Wire, dhl, existing, made, new_key
from tests.sandbox.shipping.dhl_express.conftest import Account
from tests.support.carrier_wire import barcodes
from tests.support.carriers.parcels import (
    BOX,
    DUBAI,
    LONDON,
    PHONE_CASES,
    RIYADH,
    domestic,
    international,
    question,
    tomorrow,
)
from workers.providers.base import require
from workers.providers.capabilities import CancelsShipments
from workers.providers.errors import AuthenticationFailed, InvalidRequest, NotFound, NotSupported
from workers.providers.shipping.models import (
    AddressCheckRequest,
    ExistingPickup,
    PickupRequest,
    Place,
    ShipmentRequest,
)


@pytest.mark.parametrize(
    "request_", [domestic(), international(), international(RIYADH)], ids=["Abu Dhabi", "London", "Riyadh"]
)
async def test_a_shipment_is_quoted_bought_and_delivered(account: Account, request_: ShipmentRequest) -> None:
    request = request_.model_copy(update={"shipment_id": uuid.uuid4()})
    rates = await account.connector.get_rates(question(request))
    chosen = rates[0]
    buy = request.model_copy(update={"service": chosen.service, "rate_data": chosen.provider_data})
    bought = await account.connector.create_shipment(buy)
    assert bought.cost == chosen.total
    assert barcodes(bought.documents[0].content) == [bought.tracking_number]
    has_invoice = any(document.kind == "commercial_invoice" for document in bought.documents)
    assert has_invoice == request.is_dutiable
    shipment = existing(bought.tracking_number)
    seen = []
    for step in ("", "picked_up", "in_transit", "out_for_delivery", "delivered"):
        if step:
            await account.advance(bought.tracking_number, step)
        (stands,) = await account.connector.track_shipments([shipment])
        seen.append(stands.status)
    assert seen == ["created", "picked_up", "in_transit", "out_for_delivery", "delivered"]
    assert stands.signed_by == request.recipient.name
    proof = await account.connector.get_proof_of_delivery(shipment)
    assert proof.documents[0].content.startswith(b"%PDF-")


async def test_alone_and_among_others_a_checkpoint_happened_at_the_same_moment(account: Account) -> None:
    abroad = await account.connector.create_shipment(international(shipment_id=uuid.uuid4()))
    home = await account.connector.create_shipment(domestic(shipment_id=uuid.uuid4()))
    await account.advance(abroad.tracking_number, "delivered")
    shipments = [existing(abroad.tracking_number), existing(home.tracking_number)]
    together = await account.connector.track_shipments(shipments)
    (alone,) = await account.connector.track_shipments(shipments[:1])
    assert [each.status for each in together] == ["delivered", "created"]
    assert alone.events == together[0].events


async def test_heavier_and_farther_costs_more(account: Account) -> None:
    async def cost(request: ShipmentRequest) -> Decimal:
        return (await account.connector.get_rates(question(request)))[0].total.amount

    heavy = (BOX.model_copy(update={"weight_kg": Decimal(20)}),)
    assert await cost(domestic()) < await cost(domestic(parcels=heavy))
    assert await cost(domestic()) < await cost(international(RIYADH)) < await cost(international(LONDON))


async def test_every_piece_has_a_label_and_a_number_of_its_own(account: Account) -> None:
    bought = await account.connector.create_shipment(domestic(shipment_id=uuid.uuid4(), parcels=(BOX,) * 3))
    assert barcodes(bought.documents[0].content) == [bought.tracking_number] * 3
    assert len(set(bought.parcel_tracking_numbers)) == 3


async def test_a_label_for_thermal_printers(account: Account) -> None:
    bought = await account.connector.create_shipment(domestic(shipment_id=uuid.uuid4(), label_format="zpl"))
    assert (bought.documents[0].format, bought.documents[0].content[:3]) == ("zpl", b"^XA")


async def test_duties_paid_and_returns_are_taken(account: Account) -> None:
    paid = PHONE_CASES.model_copy(update={"incoterm": type(PHONE_CASES.incoterm).DDP})
    assert (await account.connector.create_shipment(international(shipment_id=uuid.uuid4(), customs=paid))).documents
    back = domestic(shipment_id=uuid.uuid4(), sender=LONDON, recipient=DUBAI, customs=PHONE_CASES, is_return=True)
    assert len((await account.connector.create_return(back)).documents) == 2


@pytest.mark.parametrize(("step", "status"), [("exception", "exception"), ("returned", "returned")])
async def test_what_goes_wrong_is_told(account: Account, step: str, status: str) -> None:
    bought = await account.connector.create_shipment(domestic(shipment_id=uuid.uuid4()))
    await account.advance(bought.tracking_number, "out_for_delivery")
    await account.advance(bought.tracking_number, step)
    (stands,) = await account.connector.track_shipments([existing(bought.tracking_number)])
    assert stands.status == status
    with pytest.raises(NotFound):
        await account.connector.get_proof_of_delivery(existing(bought.tracking_number))


def test_a_shipment_cannot_be_voided() -> None:
    with pytest.raises(NotSupported):
        require(dhl(Wire()), CancelsShipments, "cancel_shipment")


async def test_a_pickup_is_ordered_and_called_off_once_or_twice(account: Account) -> None:
    request = PickupRequest(
        pickup_id=uuid.uuid4(),
        place=DUBAI,
        ready_at=tomorrow(),
        closes_at=tomorrow(13),
        parcels=2,
        weight_kg=Decimal(3),
    )
    ordered = await account.connector.schedule_pickup(request)
    pickup = ExistingPickup(
        pickup_id=request.pickup_id,
        provider_pickup_id=ordered.provider_pickup_id,
        provider_data=ordered.provider_data,
        ready_at=request.ready_at,
    )
    await account.connector.cancel_pickup(pickup)
    await account.connector.cancel_pickup(pickup)
    await account.connector.cancel_pickup(pickup.model_copy(update={"provider_pickup_id": "PRG0"}))


@pytest.mark.parametrize(("city", "served"), [("Dubai", True), ("Atlantis", False)])
async def test_places_that_are_served_and_not(account: Account, city: str, served: bool) -> None:
    check = await account.connector.check_address(AddressCheckRequest(place=Place(city=city, country="AE")))
    assert check.serviceable is served


async def test_one_account_sees_nothing_of_another_and_wrong_keys_nothing_at_all(account: Account) -> None:
    bought = await account.connector.create_shipment(domestic(shipment_id=uuid.uuid4()))
    assert (await account.connector.check_health()).ok
    transport = httpx.AsyncHTTPTransport(verify=False)
    url = f"{account.url}/dhl_express"
    async with dhl(transport, credentials=new_key(), base_url=url) as stranger:
        (stands,) = await stranger.track_shipments([existing(bought.tracking_number)])
        assert not stands.found
    wrong = {**new_key(), "api_secret": "invalid-secret"}
    async with dhl(httpx.AsyncHTTPTransport(verify=False), credentials=wrong, base_url=url) as nobody:
        with pytest.raises(AuthenticationFailed):
            await nobody.track_shipments([existing(bought.tracking_number)])
        assert (await nobody.check_health()).code == "authentication_failed"


async def test_an_account_number_that_is_wrong_is_for_the_operator(account: Account) -> None:
    transport, url = httpx.AsyncHTTPTransport(verify=False), f"{account.url}/dhl_express"
    async with dhl(transport, credentials=account.keys, base_url=url, settings={"account_number": "000"}) as wrong:
        with pytest.raises(AuthenticationFailed):
            await wrong.create_shipment(domestic())


async def good_body(request: ShipmentRequest) -> dict[str, Any]:
    """What the connector would send."""
    wire = Wire(made())
    await dhl(wire, settings=SETTINGS).create_shipment(request)
    return wire.body


Spoil = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda body: body["content"].pop("incoterm"), "#/content: required key [incoterm] not found"),
        (
            lambda body: body["customerDetails"]["receiverDetails"]["postalAddress"].pop("postalCode"),
            "#/customerDetails/receiverDetails/postalAddress: required key [postalCode] not found",
        ),
        (lambda body: body.update(colour="red"), "#: extraneous key [colour] is not permitted"),
        (lambda body: body["content"].update(description="d" * 71), "#/content/description"),
        (lambda body: body["content"].update(packages=[]), "#/content/packages: expected minimum item count"),
        (lambda body: body["content"]["packages"][0].update(weight="1"), "#/content/packages/0/weight"),
        (lambda body: body.update(plannedShippingDateAndTime="2020-01-01T10:00:00 GMT+04:00"), "998:"),
        (lambda body: body.update(productCode="P"), "1001:"),
        (lambda body: body.update(valueAddedServices=[{"serviceCode": "WY"}]), "7008:"),
    ],
    ids=["incoterm", "postal code", "colour", "description", "packages", "weight", "time", "product", "service"],
)
async def test_the_twin_takes_only_what_is_documented(account: Account, spoil: Spoil, said: str) -> None:
    body = await good_body(domestic())
    assert (await account.post("/shipments", body)).status_code == 201
    spoiled = copy.deepcopy(body)
    spoil(spoiled)
    answer = await account.post("/shipments", spoiled)
    assert answer.status_code in (400, 422)
    assert said in answer.json()["detail"]


async def test_the_twin_wants_goods_abroad_declared(account: Account) -> None:
    body = await good_body(international())
    del body["content"]["exportDeclaration"]
    assert "exportDeclaration" in (await account.post("/shipments", body)).json()["detail"]


async def test_what_the_twin_refuses_is_named_in_our_words(account: Account) -> None:
    with pytest.raises(InvalidRequest) as refused:
        await account.connector.create_shipment(domestic(service="P"))
    assert refused.value.provider_code == "1001"
