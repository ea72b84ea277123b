"""A parcel's whole life with FedEx's twin, through the real connector."""

import io
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from tests.sandbox.shipping.fedex.conftest import Account, existing
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
from workers.providers.errors import AuthenticationFailed, InvalidRequest, NotFound
from workers.providers.money import Money
from workers.providers.shipping.models import (
    AddressCheckRequest,
    Contents,
    DocumentKind,
    ExistingPickup,
    Incoterm,
    LabelFormat,
    PickupRequest,
    Place,
    ShipmentRequest,
    ShipmentStatus,
    TrackingDetail,
)


def a(request: ShipmentRequest, **changes: Any) -> ShipmentRequest:
    """A shipment of its own."""
    return request.model_copy(update={"shipment_id": uuid.uuid4(), **changes})


def barcode(content: bytes) -> str:
    """What a scanner reads on a label."""
    if content.startswith(b"%PDF-"):
        page = pypdfium2.PdfDocument(content)[0]
        picture = page.render(scale=3).to_pil()
    else:
        picture = Image.open(io.BytesIO(content))
    (read,) = zxingcpp.read_barcodes(picture.convert("L"))
    return str(read.text)


@pytest.mark.parametrize("to", [None, RIYADH, LONDON], ids=["Abu Dhabi", "Riyadh", "London"])
async def test_a_parcel_is_quoted_bought_tracked_and_delivered(fedex: Account, to: Any) -> None:
    request = a(domestic() if to is None else international(to))
    rates = await fedex.connector.get_rates(question(request))
    best = min(rates, key=lambda rate: rate.total.amount)
    made = await fedex.connector.create_shipment(request.model_copy(update={"service": best.service}))
    assert (made.service, made.cost) == (best.service, best.total)
    label = made.documents[0]
    assert (label.kind, label.format) == (DocumentKind.LABEL, LabelFormat.PDF)
    assert barcode(label.content) == made.tracking_number
    parcel = existing(request, made)
    assert (await fedex.stands(parcel)).status is ShipmentStatus.CREATED
    for step in ("picked_up", "in_transit", "out_for_delivery", "delivered"):
        await fedex.advance(made.tracking_number, step)
        assert (await fedex.stands(parcel)).status == step
    proof = await fedex.connector.get_proof_of_delivery(parcel)
    assert (proof.signed_by, len(proof.documents)) == ("O.ALI", 1)
    assert proof.delivered_at is not None


async def test_further_is_dearer_and_faster_is_dearer(fedex: Account) -> None:
    cheapest = []
    for request in (domestic(), international(RIYADH), international(LONDON)):
        prices = [rate.total.amount for rate in await fedex.connector.get_rates(question(request))]
        assert prices == sorted(prices, reverse=True)
        cheapest.append(prices[-1])
    assert cheapest == sorted(set(cheapest))


async def test_prices_come_in_the_wished_currency(fedex: Account) -> None:
    dirhams = await fedex.connector.get_rates(question(domestic()))
    dollars = await fedex.connector.get_rates(question(domestic(), currency="USD"))
    rials = await fedex.connector.get_rates(question(domestic(), currency="OMR"))
    assert [{rate.total.currency for rate in rates} for rates in (dirhams, dollars, rials)] == [
        {"AED"},
        {"USD"},
        {"AED"},
    ]


async def test_goods_across_a_border_bring_their_invoice(fedex: Account) -> None:
    paid = PHONE_CASES.model_copy(update={"incoterm": Incoterm.DDP})
    made = await fedex.connector.create_shipment(a(international(customs=paid)))
    assert [each.kind for each in made.documents] == [DocumentKind.LABEL, DocumentKind.COMMERCIAL_INVOICE]
    assert made.documents[1].content.startswith(b"%PDF-")


async def test_documents_across_a_border_need_no_customs(fedex: Account) -> None:
    made = await fedex.connector.create_shipment(a(international(customs=None, contents=Contents.DOCUMENTS)))
    assert [each.kind for each in made.documents] == [DocumentKind.LABEL]


async def test_each_of_several_parcels_has_its_label(fedex: Account) -> None:
    request = a(domestic(parcels=(BOX, BOX, BOX)), insured_value=Money.of("100.00", "AED"), signature_required=True)
    made = await fedex.connector.create_shipment(request)
    assert len(set(made.parcel_tracking_numbers)) == 3
    assert [barcode(each.content) for each in made.documents] == list(made.parcel_tracking_numbers)
    found = await fedex.connector.find_shipment(request, attempted_at=tomorrow() - timedelta(days=1))
    assert found is not None
    assert (found.tracking_number, found.parcel_tracking_numbers) == (
        made.tracking_number,
        made.parcel_tracking_numbers,
    )


async def test_labels_come_as_pictures_and_for_thermal_printers(fedex: Account) -> None:
    picture = await fedex.connector.create_shipment(a(domestic(label_format=LabelFormat.PNG)))
    assert picture.documents[0].format is LabelFormat.PNG
    assert barcode(picture.documents[0].content) == picture.tracking_number
    printed = await fedex.connector.create_shipment(a(domestic(label_format=LabelFormat.ZPL)))
    assert printed.documents[0].format is LabelFormat.ZPL
    assert printed.tracking_number.encode() in printed.documents[0].content


async def test_a_return_goes_back_to_the_merchant(fedex: Account) -> None:
    request = a(international(), sender=RIYADH, recipient=DUBAI, is_return=True)
    made = await fedex.connector.create_return(request)
    assert barcode(made.documents[0].content) == made.tracking_number
    (held,) = (await fedex.state(request.shipment_id))["shipments"]
    assert held["is_return"] is True
    await fedex.connector.cancel_shipment(existing(request, made))


async def test_a_shipment_is_cancelled_once_and_for_all(fedex: Account) -> None:
    request = a(domestic())
    parcel = existing(request, await fedex.connector.create_shipment(request))
    for _ in range(2):
        await fedex.connector.cancel_shipment(parcel)
    assert (await fedex.stands(parcel)).status is ShipmentStatus.CANCELLED


async def test_a_parcel_that_fedex_has_is_not_cancelled(fedex: Account) -> None:
    request = a(domestic())
    parcel = existing(request, await fedex.connector.create_shipment(request))
    await fedex.advance(parcel.tracking_number, "picked_up")
    with pytest.raises(InvalidRequest, match="already tendered"):
        await fedex.connector.cancel_shipment(parcel)
    assert (await fedex.stands(parcel)).status is ShipmentStatus.PICKED_UP


async def test_what_is_in_the_way_is_told_and_passes(fedex: Account) -> None:
    request = a(domestic())
    parcel = existing(request, await fedex.connector.create_shipment(request))
    await fedex.advance(parcel.tracking_number, "out_for_delivery")
    await fedex.advance(parcel.tracking_number, "exception")
    result = await fedex.stands(parcel)
    assert (result.status, result.detail) == (ShipmentStatus.EXCEPTION, TrackingDetail.ATTEMPT_FAILED)
    with pytest.raises(NotFound):
        await fedex.connector.get_proof_of_delivery(parcel)
    await fedex.advance(parcel.tracking_number, "delivered")
    assert (await fedex.stands(parcel)).status is ShipmentStatus.DELIVERED


async def test_a_parcel_comes_back(fedex: Account) -> None:
    request = a(domestic())
    parcel = existing(request, await fedex.connector.create_shipment(request))
    await fedex.advance(parcel.tracking_number, "returned")
    assert (await fedex.stands(parcel)).status is ShipmentStatus.RETURNED


async def test_unknown_numbers_do_not_spoil_known_ones(fedex: Account) -> None:
    request = a(domestic())
    known = existing(request, await fedex.connector.create_shipment(request))
    unknown = known.model_copy(update={"tracking_number": "111111111111"})
    results = await fedex.connector.track_shipments([unknown, known])
    assert [(each.tracking_number, each.found) for each in results] == [
        ("111111111111", False),
        (known.tracking_number, True),
    ]


async def test_a_driver_is_ordered_and_called_off(fedex: Account) -> None:
    request = PickupRequest(
        pickup_id=uuid.uuid4(),
        place=DUBAI,
        ready_at=tomorrow(6),
        closes_at=tomorrow(12),
        parcels=2,
        weight_kg=Decimal("2.4"),
        instructions="Gate 2",
    )
    made = await fedex.connector.schedule_pickup(request)
    pickup = ExistingPickup(
        pickup_id=request.pickup_id,
        provider_pickup_id=made.provider_pickup_id,
        provider_data=made.provider_data,
        ready_at=request.ready_at,
    )
    for _ in range(2):
        await fedex.connector.cancel_pickup(pickup)
    with pytest.raises(InvalidRequest):
        await fedex.connector.cancel_pickup(pickup.model_copy(update={"provider_pickup_id": "DXBA0"}))


async def test_a_driver_does_not_come_yesterday(fedex: Account) -> None:
    past = tomorrow(6) - timedelta(days=3)
    request = PickupRequest(
        pickup_id=uuid.uuid4(),
        place=DUBAI,
        ready_at=past,
        closes_at=past + timedelta(hours=4),
        parcels=1,
        weight_kg=Decimal(1),
    )
    with pytest.raises(InvalidRequest, match="previous day"):
        await fedex.connector.schedule_pickup(request)


async def test_places_are_served_or_not(fedex: Account) -> None:
    served = await fedex.connector.check_address(AddressCheckRequest(place=LONDON))
    assert served.serviceable
    assert "FEDEX_INTERNATIONAL_PRIORITY" in served.services
    nowhere = Place(city="Pyongyang", country="KP")
    assert (await fedex.connector.check_address(AddressCheckRequest(place=nowhere))).serviceable is False
    refused = question(international()).model_copy(update={"recipient": nowhere})
    assert await fedex.connector.get_rates(refused) == ()


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (domestic(service="INTERNATIONAL_ECONOMY"), "service"),
        (international(LONDON.model_copy(update={"postal_code": None})), "recipient.postal_code"),
    ],
    ids=["service of another route", "no postal code"],
)
async def test_what_fedex_refuses_names_its_field(fedex: Account, request_: ShipmentRequest, field: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        await fedex.connector.create_shipment(a(request_))
    assert raised.value.field == field


# Keys.


async def test_health_tells_wrong_keys(fedex: Account) -> None:
    assert (await fedex.connector.check_health()).ok
    async with fedex.connection(client_secret="invalid-secret") as wrong:
        assert (await wrong.check_health()).code == "authentication_failed"


async def test_tokens_that_ran_out_are_renewed(fedex: Account) -> None:
    await fedex.connector.create_shipment(a(domestic()))
    await fedex.test("/account", expire_tokens=True)
    await fedex.connector.create_shipment(a(domestic()))


async def test_tracking_has_a_project_of_its_own(fedex: Account) -> None:
    name = fedex.credentials["client_id"]
    request = a(domestic())
    async with fedex.connection(client_id=f"{name}-ship") as ships_only:
        parcel = existing(request, await ships_only.create_shipment(request))
        with pytest.raises(AuthenticationFailed):
            await ships_only.track_shipments([parcel])
    tracking = {"track_client_id": f"{name}-track", "track_client_secret": "tracking-secret"}
    async with fedex.connection(client_id=f"{name}-ship", **tracking) as both:
        (result,) = await both.track_shipments([parcel])
        assert result.found
        assert await both.find_shipment(request, attempted_at=tomorrow()) is not None


async def test_nobody_cancels_anothers_shipment(fedex: Account) -> None:
    request = a(domestic())
    parcel = existing(request, await fedex.connector.create_shipment(request))
    async with fedex.connection(client_id="l7somebodyelse") as another:
        with pytest.raises(InvalidRequest):
            await another.cancel_shipment(parcel)


async def test_the_controls_know_their_steps(fedex: Account) -> None:
    request = a(domestic())
    made = await fedex.connector.create_shipment(request)
    path = f"{fedex.url}/fedex/_test/shipments/{made.tracking_number}/advance"
    answer: httpx.Response = await fedex.http.post(path, json={"to": "nowhere"})
    assert answer.status_code == 422
    assert (await fedex.http.post(path, json={})).json()["status"] == "picked_up"
    assert (await fedex.http.post(path.replace(made.tracking_number, "1"), json={})).status_code == 404
