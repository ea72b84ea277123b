"""What FedEx is asked, and what is refused before it is."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tests.providers.shipping.fedex.wire import ACCOUNT, NUMBER, Wire, bought, existing, fedex
from tests.support.carriers.parcels import (
    ABU_DHABI,
    BOX,
    DUBAI,
    LONDON,
    PHONE_CASES,
    RIYADH,
    cash,
    domestic,
    international,
    question,
)
from workers.providers.errors import InvalidRequest
from workers.providers.money import Money
from workers.providers.shipping.models import (
    AddressCheckRequest,
    Contents,
    Customs,
    Direction,
    ExistingPickup,
    ExportPurpose,
    Incoterm,
    LabelFormat,
    Parcel,
    PickupRequest,
    ShipmentRequest,
)

READY = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
PICKUP = UUID("01936d2e-7c31-7b1f-9a1f-3f2b6d5e8a02")


async def shipped(request: ShipmentRequest, **settings: Any) -> dict[str, Any]:
    """The ``requestedShipment`` that a purchase becomes."""
    wire = Wire(bought())
    await fedex(wire, **settings).create_shipment(request)
    body: dict[str, Any] = wire.body
    assert body["accountNumber"] == {"value": ACCOUNT}
    assert body["labelResponseOptions"] == "LABEL"
    requested: dict[str, Any] = body["requestedShipment"]
    return requested


async def quoted(request: ShipmentRequest, **changes: Any) -> dict[str, Any]:
    """The ``requestedShipment`` that a question for prices becomes."""
    wire = Wire({"output": {"rateReplyDetails": []}})
    await fedex(wire).get_rates(question(request, **changes))
    requested: dict[str, Any] = wire.body["requestedShipment"]
    return requested


async def refused(request: ShipmentRequest) -> str | None:
    """The field at fault; nothing was asked."""
    wire = Wire()
    with pytest.raises(InvalidRequest) as raised:
        await fedex(wire).create_shipment(request)
    assert wire.requests == []
    return raised.value.field


# Prices.


async def test_a_price_is_asked_in_the_accounts_currency_and_the_wished_one() -> None:
    asked = await quoted(domestic(), currency="USD")
    assert asked["rateRequestType"] == ["ACCOUNT", "PREFERRED"]
    assert asked["preferredCurrency"] == "USD"
    assert "customsClearanceDetail" not in asked
    assert asked["recipient"] == {"address": {"city": "Abu Dhabi", "stateOrProvinceCode": "AB", "countryCode": "AE"}}


async def test_a_currency_that_fedex_does_not_have_is_not_wished_for() -> None:
    asked = await quoted(domestic(), currency="OMR")
    assert asked["rateRequestType"] == ["ACCOUNT"]
    assert "preferredCurrency" not in asked


async def test_one_service_is_asked_for_by_name() -> None:
    assert (await quoted(domestic(), services=("FIRST_OVERNIGHT",)))["serviceType"] == "FIRST_OVERNIGHT"
    assert "serviceType" not in await quoted(domestic(), services=("FIRST_OVERNIGHT", "STANDARD_OVERNIGHT"))


async def test_a_price_across_a_border_can_be_asked_with_a_value_alone() -> None:
    asked = await quoted(international(), customs=None, declared_value=Money.of("240.00", "AED"))
    (commodity,) = asked["customsClearanceDetail"]["commodities"]
    assert commodity["customsValue"] == {"amount": 240.0, "currency": "DHS"}
    assert asked["documentShipment"] is False


async def test_a_price_for_goods_without_any_value_is_refused() -> None:
    with pytest.raises(InvalidRequest) as raised:
        await fedex(Wire()).get_rates(question(international(), customs=None))
    assert raised.value.field == "customs"


# Shipments.


async def test_a_shipment_carries_our_reference_to_be_found_by_and_the_merchants_to_be_read() -> None:
    request = domestic(parcels=(BOX.model_copy(update={"reference": "BOX-A"}),))
    (item,) = (await shipped(request))["requestedPackageLineItems"]
    assert item["customerReferences"] == [
        {"customerReferenceType": "CUSTOMER_REFERENCE", "value": request.own_reference},
        {"customerReferenceType": "P_O_NUMBER", "value": "ORD-1001"},
        {"customerReferenceType": "DEPARTMENT_NUMBER", "value": "BOX-A"},
    ]


async def test_within_the_emirates_there_is_no_customs_but_a_description() -> None:
    body = await shipped(domestic())
    assert body["serviceType"] == "STANDARD_OVERNIGHT"
    assert body["requestedPackageLineItems"][0]["itemDescriptionForClearance"] == "Silicone phone cases"
    assert "customsClearanceDetail" not in body
    address = body["recipients"][0]["address"]
    assert address == {
        "streetLines": ["Villa 12, Khalifa City"],
        "city": "Abu Dhabi",
        "stateOrProvinceCode": "AB",
        "countryCode": "AE",
    }


async def test_weights_are_kilograms_sides_whole_centimetres_and_the_total_pounds() -> None:
    box = Parcel(weight_kg=Decimal("1.25"), length_cm=Decimal("30.2"), width_cm=Decimal(20), height_cm=Decimal(10))
    body = await shipped(domestic(parcels=(box, box)))
    first, second = body["requestedPackageLineItems"]
    assert first["weight"] == {"units": "KG", "value": 1.25}
    assert first["dimensions"] == {"length": 31, "width": 20, "height": 10, "units": "CM"}
    assert (first["sequenceNumber"], second["sequenceNumber"], body["totalPackageCount"]) == (1, 2, 2)
    assert body["totalWeight"] == 5.51


async def test_the_ship_date_is_the_senders() -> None:
    late = datetime(2026, 11, 24, 21, 0, tzinfo=UTC)  # one in the morning in Dubai
    assert (await shipped(domestic(ships_at=late)))["shipDatestamp"] == "2026-11-25"


async def test_customs_is_told_in_fedexs_own_currency_codes() -> None:
    customs = (await shipped(international()))["customsClearanceDetail"]
    assert customs["totalCustomsValue"] == {"amount": 240.0, "currency": "DHS"}
    assert customs["commodities"] == [
        {
            "description": "Silicone phone cases",
            "countryOfManufacture": "CN",
            "quantity": 3,
            "quantityUnits": "PCS",
            "unitPrice": {"amount": 80.0, "currency": "DHS"},
            "customsValue": {"amount": 240.0, "currency": "DHS"},
            "weight": {"units": "KG", "value": 1.2},
            "harmonizedCode": "392690",
        }
    ]


@pytest.mark.parametrize(
    ("incoterm", "payer"), [(Incoterm.DAP, "RECIPIENT"), (Incoterm.EXW, "RECIPIENT"), (Incoterm.DDP, "SENDER")]
)
async def test_the_incoterm_says_who_pays_duties(incoterm: Incoterm, payer: str) -> None:
    request = international(customs=PHONE_CASES.model_copy(update={"incoterm": incoterm}))
    customs = (await shipped(request))["customsClearanceDetail"]
    assert customs["dutiesPayment"]["paymentType"] == payer
    assert customs["commercialInvoice"]["termsOfSale"] == incoterm.value
    assert ("payor" in customs["dutiesPayment"]) is (payer == "SENDER")


@pytest.mark.parametrize("purpose", list(ExportPurpose))
async def test_every_purpose_has_a_word(purpose: ExportPurpose) -> None:
    request = international(customs=PHONE_CASES.model_copy(update={"purpose": purpose}))
    invoice = (await shipped(request))["customsClearanceDetail"]["commercialInvoice"]
    assert invoice["shipmentPurpose"] in {"GIFT", "NOT_SOLD", "PERSONAL_EFFECTS", "REPAIR_AND_RETURN", "SAMPLE", "SOLD"}
    assert invoice["customerReferences"] == [{"customerReferenceType": "INVOICE_NUMBER", "value": "INV-1001"}]


async def test_goods_across_a_border_come_with_an_invoice_on_paper_or_electronically() -> None:
    paper = await shipped(international())
    assert paper["shippingDocumentSpecification"]["shippingDocumentTypes"] == ["COMMERCIAL_INVOICE"]
    assert "shipmentSpecialServices" not in paper
    sent = (await shipped(international(), electronic_trade_documents=True))["shipmentSpecialServices"]
    assert sent["specialServiceTypes"] == ["ELECTRONIC_TRADE_DOCUMENTS"]


async def test_documents_are_declared_as_such_without_an_invoice() -> None:
    body = await shipped(international(customs=None, contents=Contents.DOCUMENTS, description="Contract"))
    assert body["customsClearanceDetail"]["isDocumentOnly"] is True
    assert body["customsClearanceDetail"]["commodities"][0]["description"] == "Contract"
    assert "shippingDocumentSpecification" not in body


@pytest.mark.parametrize(
    ("label_format", "image", "stock"),
    [
        (LabelFormat.PDF, "PDF", "PAPER_4X6"),
        (LabelFormat.PNG, "PNG", "PAPER_4X6"),
        (LabelFormat.ZPL, "ZPLII", "STOCK_4X6"),
    ],
)
async def test_labels_are_asked_for_by_format(label_format: LabelFormat, image: str, stock: str) -> None:
    label = (await shipped(domestic(label_format=label_format)))["labelSpecification"]
    assert label == {"labelFormatType": "COMMON2D", "imageType": image, "labelStockType": stock}


async def test_an_insured_value_is_shared_among_the_parcels_without_loss() -> None:
    body = await shipped(domestic(parcels=(BOX, BOX, BOX), insured_value=Money.of("100.00", "AED")))
    shares = [item["declaredValue"]["amount"] for item in body["requestedPackageLineItems"]]
    assert shares == [33.34, 33.33, 33.33]
    assert body["totalDeclaredValue"] == {"amount": 100.0, "currency": "DHS"}


async def test_a_signature_is_asked_for_on_each_parcel() -> None:
    (item,) = (await shipped(domestic(signature_required=True)))["requestedPackageLineItems"]
    assert item["packageSpecialServices"] == {"signatureOptionType": "DIRECT"}


async def test_a_return_is_a_shipment_that_the_merchant_pays_for() -> None:
    wire = Wire(bought(), bought())
    back = international(sender=RIYADH.model_copy(), recipient=DUBAI)
    await fedex(wire).create_return(back)
    body = wire.body["requestedShipment"]
    assert body["shipmentSpecialServices"] == {
        "specialServiceTypes": ["RETURN_SHIPMENT"],
        "returnShipmentDetail": {"returnType": "PRINT_RETURN_LABEL"},
    }
    assert body["shippingChargesPayment"]["payor"]["responsibleParty"]["accountNumber"] == {"value": ACCOUNT}
    assert body["customsClearanceDetail"]["customsOption"]["type"] == "OTHER"
    await fedex(wire).create_shipment(back.model_copy(update={"is_return": True}))
    assert wire.body["requestedShipment"] == body


async def test_accents_are_dropped() -> None:
    recipient = LONDON.model_copy(update={"name": "Zoë O’Neill", "city": "Orléans"})
    body = await shipped(international(recipient))
    assert body["recipients"][0]["contact"]["personName"] == "Zoe O'Neill"
    assert body["recipients"][0]["address"]["city"] == "Orleans"


NEW_YORK = LONDON.model_copy(update={"country": "US", "state": "New York", "city": "New York", "postal_code": "10001"})
HEAVY = Parcel(weight_kg=Decimal("68.5"))


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (domestic(cash_on_delivery=cash()), "cash_on_delivery"),
        (domestic(parcels=(BOX,) * 26), "parcels"),
        (domestic(parcels=(BOX, HEAVY)), "parcels.1.weight_kg"),
        (domestic(parcels=(Parcel(weight_kg=Decimal(1), length_cm=Decimal(10)),)), "parcels.0.length_cm"),
        (
            domestic(parcels=(BOX.model_copy(update={"height_cm": Decimal(1000)}),)),
            "parcels.0.length_cm",
        ),
        (domestic(reference="R" * 31), "reference"),
        (domestic(recipient=ABU_DHABI.model_copy(update={"name": "عمر علي"})), "recipient.name"),
        (domestic(recipient=ABU_DHABI.model_copy(update={"line1": "شارع ١٢"})), "recipient.line1"),
        (domestic(recipient=ABU_DHABI.model_copy(update={"line1": "Long Street " * 20})), "recipient.line1"),
        (domestic(sender=DUBAI.model_copy(update={"company": "C" * 36})), "sender.company"),
        (international(NEW_YORK), "recipient.state"),
        (international(customs=None), "customs"),
        (international(customs=Customs(items=PHONE_CASES.items, currency="OMR")), "customs.currency"),
        (domestic(insured_value=Money.of("10.000", "OMR")), "insured_value.currency"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_fedex_cannot_take_is_refused_before_any_call(request_: ShipmentRequest, field: str) -> None:
    assert await refused(request_) == field


# Everything else.


async def test_a_cancellation_names_the_account_and_the_senders_country() -> None:
    wire = Wire({"output": {"cancelledShipment": True}})
    await fedex(wire).cancel_shipment(existing(provider_data={"sender_country": "SA"}))
    assert wire.lines == ["PUT /ship/v1/shipments/cancel"]
    assert wire.body == {
        "accountNumber": {"value": ACCOUNT},
        "trackingNumber": NUMBER,
        "senderCountryCode": "SA",
        "deletionControl": "DELETE_ALL_PACKAGES",
    }


async def test_a_pickups_times_are_local_and_without_a_zone() -> None:
    wire = Wire({"output": {"pickupConfirmationCode": "DXBA1", "location": "DXBA"}})
    request = PickupRequest(
        pickup_id=PICKUP,
        place=DUBAI,
        ready_at=READY,
        closes_at=READY + timedelta(hours=8),
        parcels=2,
        weight_kg=Decimal("2.4"),
        location="Reception",
    )
    made = await fedex(wire).schedule_pickup(request)
    origin = wire.body["originDetail"]
    assert (origin["readyDateTimestamp"], origin["customerCloseTime"]) == ("2026-11-24T10:00:00", "18:00:00")
    assert (wire.body["remarks"], wire.body["countryRelationships"]) == ("Reception", "DOMESTIC")
    assert made.provider_data == {"location": "DXBA", "date": "2026-11-24"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"closes_at": READY + timedelta(hours=15)}, "closes_at"), ({"instructions": "x" * 61}, "instructions")],
    ids=["next day", "long remarks"],
)
async def test_a_pickup_that_fedex_cannot_take_is_refused(changes: dict[str, Any], field: str) -> None:
    facts: dict[str, Any] = {
        "pickup_id": PICKUP,
        "place": DUBAI,
        "ready_at": READY,
        "closes_at": READY + timedelta(hours=8),
        "parcels": 1,
        "weight_kg": Decimal(1),
    }
    with pytest.raises(InvalidRequest) as raised:
        await fedex(Wire()).schedule_pickup(PickupRequest(**{**facts, **changes}))
    assert raised.value.field == field


async def test_a_pickup_is_called_off_at_the_station_that_has_it() -> None:
    wire = Wire({"output": {"pickupConfirmationCode": "DXBA1"}})
    held = {"location": "DXBA", "date": "2026-11-24"}
    await fedex(wire).cancel_pickup(
        ExistingPickup(pickup_id=PICKUP, provider_pickup_id="DXBA1", provider_data=held, ready_at=READY)
    )
    assert (wire.body["location"], wire.body["scheduledDate"]) == ("DXBA", "2026-11-24")
    assert wire.lines == ["PUT /pickup/v1/pickups/cancel"]


@pytest.mark.parametrize(("direction", "there"), [(Direction.DELIVERY, "recipients"), (Direction.PICKUP, "shipper")])
async def test_an_address_is_checked_against_the_city_one_ships_from(direction: Direction, there: str) -> None:
    wire = Wire({"output": {"packageOptions": []}})
    await fedex(wire, origin_city="Sharjah").check_address(AddressCheckRequest(place=LONDON, direction=direction))
    asked = wire.body["requestedShipment"]
    place = asked[there][0] if there == "recipients" else asked[there]
    assert place["address"]["city"] == "London"
    assert "Sharjah" in str(asked)
