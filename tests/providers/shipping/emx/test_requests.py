"""What goes over the wire to EMX, field by field; and what never does."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.providers.shipping.emx.builders import (
    ACCOUNT,
    AWB,
    CITIES,
    COUNTRIES,
    PASSWORD,
    Wire,
    booked,
    emx,
    envelope,
    existing,
    parcel,
    priced,
    rate,
    tracked,
)
from tests.support.carriers.parcels import (
    ABU_DHABI,
    BOX,
    DUBAI,
    LONDON,
    PHONE_CASES,
    cash,
    international,
    question,
)
from workers.providers.base import require
from workers.providers.capabilities import CancelsShipments, MakesReturns, SchedulesPickups
from workers.providers.errors import InvalidRequest, NotSupported
from workers.providers.money import Money
from workers.providers.shipping.models import ExistingShipment, Incoterm, LabelFormat, Parcel, ShipmentRequest

SHIPS_AT = datetime(2026, 12, 1, 6, 30, tzinfo=UTC)
WRITTEN_OUT = Parcel(weight_kg=Decimal(1))


async def test_a_booking_within_the_emirates() -> None:
    wire = Wire(booked())
    request = parcel(ships_at=SHIPS_AT, cash_on_delivery=cash(), instructions="Ring twice")
    made = await emx(wire).create_shipment(request)
    assert wire.lines == ["POST /booking/rest/CreateBooking"]
    (sent,) = wire.requests
    assert (sent.url.host, sent.headers["AccountNo"], sent.headers["Password"]) == (
        "osbtest.epg.gov.ae",
        ACCOUNT,
        PASSWORD,
    )
    assert wire.fields() == {
        "SenderContactName": "Sara Khan",
        "SenderCompanyName": "Souk Online LLC",
        "SenderAddress": "Warehouse 4, Al Quoz 3, Al Quoz",
        "SenderCity": 1,
        "SenderContactMobile": "971501110001",
        "SenderContactPhone": "971501110001",
        "SenderEmail": "shipping@souk.example",
        "SenderZipCode": "00000",
        "SenderState": "Dubai",
        "SenderCountry": 971,
        "ReceiverContactName": "Omar Ali",
        "ReceiverCompanyName": "",
        "ReceiverAddress": "Villa 12, Khalifa City, Khalifa City",
        "ReceiverCity": 2,
        "ReceiverContactMobile": "971501110002",
        "ReceiverContactPhone": "971501110002",
        "ReceiverEmail": "",
        "ReceiverZipCode": "00000",
        "ReceiverState": "Abu Dhabi",
        "ReceiverCountry": 971,
        "ReferenceNo": "ORD-1001",
        "ReferenceNo1": request.own_reference,
        "ContentTypeCode": "NonDocument",
        "NatureType": 11,
        "Service": "Domestic",
        "ShipmentType": "Express",
        "DeleiveryType": "Door to Door",
        "Registered": "No",
        "PaymentType": "COD",
        "CODAmount": "150.00",
        "CODCurrency": "AED",
        "CommodityDescription": "Silicone phone cases",
        "Pieces": 1,
        "Weight": 1200,
        "WeightUnit": "Grams",
        "Length": 30,
        "Width": 20,
        "Height": 10,
        "DimensionUnit": "Centimetre",
        "ItemValue": "150.00",
        "ValueCurrency": "AED",
        "SendMailToSender": "No",
        "SendMailToReceiver": "No",
        "PreferredPickupDate": "01-Dec-2026",
        "PreferredPickupTimeFrom": "10:30",
        "PreferredPickupTimeTo": "18:00",
        "Is_Return_Service": "No",
        "PrintType": "LabelOnly",
        "AWBType": "EAWB",
        "RequestType": "Booking",
        "SpecialNotes": "Ring twice",
        "Latitude": "24.420000",
        "Longitude": "54.580000",
    }
    assert (made.tracking_number, made.service) == (AWB, "Express")


async def test_a_booking_abroad_looks_the_city_up_and_declares_what_is_in_it() -> None:
    wire = Wire(COUNTRIES, CITIES, booked())
    await emx(wire).create_shipment(international(service="Premium"))
    assert wire.lines == [
        "GET /lookups/rest/GetCountries",
        "GET /lookups/rest/GetCitiesByCountryId",
        "POST /booking/rest/CreateBooking",
    ]
    assert wire.requests[1].url.query == b"CountryId=231"
    sent = wire.fields()
    assert (sent["ReceiverCountry"], sent["ReceiverCity"], sent["ReceiverZipCode"]) == (231, 601, "EC4R 1BE")
    assert (sent["Service"], sent["ShipmentType"], sent["PaymentType"]) == ("International", "Premium", "Credit")
    assert (sent["CODAmount"], sent["CODCurrency"], sent["ItemValue"]) == ("0", None, "240.00")
    assert sent["CustomDeclarations"] == {
        "CustomDeclarationRequest": [
            {
                "HSCode": "392690",
                "TotalUnits": 3,
                "Weight": 1200,
                "Value": "240.00",
                "DeclaredCurrency": "AED",
                "Description": "Silicone phone cases",
            }
        ]
    }


@pytest.mark.parametrize(
    ("city", "emirate", "number", "state"),
    [
        ("Al Ain", None, 12, "Al Ain"),
        ("Khalifa City", None, 2, "Abu Dhabi"),
        ("Somewhere", "ras_al_khaimah", 6, "Ras Al Khaimah"),
        ("Umm Al Quwain", None, 7, "Umm Al Quwain"),
    ],
)
async def test_cities_of_the_emirates_are_numbers(city: str, emirate: str | None, number: int, state: str) -> None:
    wire = Wire(booked())
    there = type(ABU_DHABI).model_validate({**ABU_DHABI.model_dump(), "city": city, "emirate": emirate})
    await emx(wire).create_shipment(parcel(recipient=there))
    assert (wire.fields()["ReceiverCity"], wire.fields()["ReceiverState"]) == (number, state)


async def test_settings_say_how_an_account_ships() -> None:
    wire = Wire(booked())
    settings = {
        "service": "Standard",
        "books_pickup": False,
        "pickup_until_hour": 17,
        "cash_payment": "Credit",
        "nature_type": 7,
    }
    await emx(wire, settings=settings).create_shipment(parcel(cash_on_delivery=cash()))
    told = {name: wire.fields()[name] for name in ("ShipmentType", "RequestType", "PaymentType", "NatureType")}
    assert told == {
        "ShipmentType": "Standard",
        "RequestType": "Shipment",
        "PaymentType": "Credit",
        "NatureType": 7,
    }
    assert wire.fields()["PreferredPickupTimeTo"] == "17:00"


async def test_a_price_is_asked_by_weight_and_measures() -> None:
    wire = Wire(priced(rate()))
    await emx(wire).get_rates(question(parcel()))
    assert wire.lines == ["POST /ratecalculator/rest/CalculatePriceRate"]
    assert wire.fields() == {
        "ShipmentType": "Express",
        "ServiceType": "Domestic",
        "ContentTypeCode": "NonDocument",
        "OriginState": None,
        "OriginCity": 1,
        "DestinationCountry": 971,
        "DestinationState": None,
        "DestinationCity": 2,
        "Weight": 1200,
        "WeightUnit": "Grams",
        "Length": 30,
        "Width": 20,
        "Height": 10,
        "DimensionUnit": "Centimetre",
        "CalculationCurrencyCode": "AED",
        "IsRegistered": "No",
        "ProductCode": "EPG-21",
    }


async def test_prices_abroad_are_asked_for_all_services_and_the_country() -> None:
    wire = Wire(COUNTRIES, priced(rate()))
    await emx(wire).get_rates(question(international()))
    sent = wire.fields()
    assert (sent["ShipmentType"], sent["ProductCode"]) == ("ALL", "PRO-26")
    assert (sent["DestinationCountry"], sent["DestinationCity"]) == (231, None)


async def test_only_services_that_emx_has_are_priced() -> None:
    wire = Wire(priced(rate("Premium")))
    await emx(wire).get_rates(question(parcel(), services=("Premium", "Overnight")))
    assert [wire.fields(place)["ShipmentType"] for place in range(len(wire.requests))] == ["Premium"]


async def test_tracking_and_labels_are_asked_in_soap_with_the_login_in_its_header() -> None:
    wire = Wire(tracked(), envelope("<ns2:PrintLabelResponse/>"))
    await emx(wire).track_shipments([existing()])
    assert wire.lines == ["POST /tracking"]
    assert wire.requests[0].headers["SOAPAction"] == "http://epg.generic.tracking/TrackShipmentByAwbNo"
    assert wire.requests[0].headers["Content-Type"] == "text/xml; charset=utf-8"
    assert wire.xml("Body/TrackShipmentByAwbNo/AwbNo") == AWB
    assert wire.xml("Header/AuthHeader/AccountNo") == ACCOUNT
    assert wire.xml("Header/AuthHeader/Password") == PASSWORD
    with pytest.raises(Exception, match="unknown format"):
        await emx(wire).get_documents(existing(), LabelFormat.PDF)
    assert wire.lines[1] == "POST /booking"
    assert wire.requests[1].headers["SOAPAction"] == "http://epg.generic.booking/PrintLabel"
    assert wire.xml("Body/PrintLabelRequest/LabelRequest/AWBNo") == AWB
    assert wire.xml("Body/PrintLabelRequest/LabelRequest/ShipmentType") == "Express"


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (parcel(sender=LONDON), "sender.country"),
        (parcel(parcels=(BOX, BOX)), "parcels"),
        (parcel(parcels=(WRITTEN_OUT,)), "parcels.0.length_cm"),
        (parcel(label_format="zpl"), "label_format"),
        (parcel(service="Overnight"), "service"),
        (parcel(is_return=True), "is_return"),
        (parcel(signature_required=True), "signature_required"),
        (parcel(insured_value=Money.of("100.00", "AED")), "insured_value"),
        (parcel(cash_on_delivery=Money.of("100.00", "USD")), "cash_on_delivery.currency"),
        (parcel(sender=DUBAI.model_copy(update={"city": "Nowhere", "emirate": None})), "sender.emirate"),
        (parcel(recipient=ABU_DHABI.model_copy(update={"city": "Nowhere", "emirate": None})), "recipient.emirate"),
        (parcel(ships_at=datetime(2026, 12, 1, 14, 0, tzinfo=UTC)), "ships_at"),
        (international(customs=None), "customs"),
        (international(customs=PHONE_CASES.model_copy(update={"incoterm": Incoterm.DDP})), "customs.incoterm"),
        (international(cash_on_delivery=cash()), "cash_on_delivery"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_emx_cannot_take_is_refused_before_any_call(request_: ShipmentRequest, field: str) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await emx(wire).create_shipment(request_)
    assert (refused.value.field, wire.requests) == (field, [])


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ((COUNTRIES, {"CitiesByCountryIdResponse": {"Cities": None}}), "recipient.city"),
        (({"CountriesResponse": {"Countries": {"Country": []}}},), "recipient.country"),
    ],
)
async def test_a_place_abroad_that_emx_does_not_list_is_refused_before_it_is_booked(answers: Any, field: str) -> None:
    wire = Wire(*answers)
    with pytest.raises(InvalidRequest) as refused:
        await emx(wire).create_shipment(international())
    assert (refused.value.field, len(wire.requests)) == (field, len(answers))


@pytest.mark.parametrize("capability", [CancelsShipments, MakesReturns, SchedulesPickups])
def test_what_nobody_has_seen_emx_do_is_not_offered(capability: Any) -> None:
    with pytest.raises(NotSupported):
        require(emx(Wire()), capability, "cancel_shipment")


async def test_a_number_that_cannot_be_emxs_is_not_sent() -> None:
    wire = Wire()
    strange = ExistingShipment(shipment_id=existing().shipment_id, tracking_number="1/../2")
    with pytest.raises(InvalidRequest):
        await emx(wire).track_shipments([strange])
    assert wire.requests == []
