"""What goes over the wire to Naqel, element by element; and what never does."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.providers.shipping.naqel.builders import (
    CLIENT,
    PASSWORD,
    WAYBILL_NO,
    Wire,
    abroad,
    driver,
    existing,
    made,
    naqel,
    parcel,
    printed,
    traced,
)
from tests.support.carriers.parcels import ABU_DHABI, BOX, DUBAI, LONDON, PHONE_CASES, RIYADH, cash, international
from workers.providers.base import require
from workers.providers.capabilities import CancelsShipments, MakesReturns, QuotesRates
from workers.providers.errors import InvalidRequest, NotSupported
from workers.providers.money import Money
from workers.providers.shipping.models import ExistingPickup, Incoterm, LabelFormat, Party, ShipmentRequest

LOGIN = {"ClientID": CLIENT, "Password": PASSWORD, "Version": "9.0"}


def there(party: Party, city: str, emirate: str | None = None) -> Party:
    """Somebody in another city."""
    return Party.model_validate({**party.model_dump(), "city": city, "emirate": emirate})


async def test_a_waybill_within_the_emirates() -> None:
    wire = Wire(made())
    request = parcel(cash_on_delivery=cash(), instructions="Ring & wait <2 min>")
    result = await naqel(wire).create_shipment(request)
    (sent,) = wire.requests
    assert sent.url == ("https://infotrack.naqelexpress.com/NaqelAPIServices/NaqelAPIDemo/9.0/XMLShippingService.asmx")
    assert (wire.actions, sent.headers["Content-Type"]) == (["CreateWaybill"], "text/xml; charset=utf-8")
    assert wire.fields() == {
        "_ManifestShipmentDetails": {
            "ClientInfo": {
                "ClientAddress": {
                    "PhoneNumber": "971501110001",
                    "POBox": "0",
                    "ZipCode": "0",
                    "Fax": "0",
                    "FirstAddress": "Warehouse 4, Al Quoz 3, Al Quoz, Dubai",
                    "Location": "Dubai",
                    "CountryCode": "AE",
                    "CityCode": "DXB",
                },
                "ClientContact": {
                    "Name": "Souk Online LLC",
                    "Email": "shipping@souk.example",
                    "PhoneNumber": "971501110001",
                    "MobileNo": "971501110001",
                },
                **LOGIN,
            },
            "ConsigneeInfo": {
                "ConsigneeName": "Omar Ali",
                "Email": "",
                "Mobile": "971501110002",
                "PhoneNumber": "971501110002",
                "Address": "Villa 12, Khalifa City, Khalifa City, Abu Dhabi",
                "Near": "Khalifa City",
                "CountryCode": "AE",
                "CityCode": "AUH",
            },
            "CurrenyID": "2",
            "BillingType": "5",
            "PicesCount": "1",
            "Weight": "1.2",
            "DeliveryInstruction": "Ring & wait <2 min>",
            "CODCharge": "150.00",
            "CreateBooking": "false",
            "isRTO": "false",
            "GeneratePiecesBarCodes": "false",
            "LoadTypeID": "36",
            "DeclareValue": "0",
            "GoodDesc": "Silicone phone cases",
            "Latitude": "24.42",
            "Longitude": "54.58",
            "RefNo": request.own_reference,
            "Width": "20",
            "Length": "30",
            "Height": "10",
            "IsInsurance": "false",
            "InsuredValue": "0",
            "Reference1": "ORD-1001",
            "GoodsVATAmount": "0",
            "IsCustomDutyPayByConsignee": "false",
        }
    }
    assert (result.tracking_number, result.service) == (WAYBILL_NO, "36")
    assert result.provider_data == {"destination_station": "903"}


async def test_a_waybill_to_saudi_arabia_has_an_invoice() -> None:
    wire = Wire(made())
    request = abroad(parcels=(BOX, BOX))
    await naqel(wire).create_shipment(request)
    sent = wire.fields("_ManifestShipmentDetails")
    invoice = sent["_CommercialInvoice"]
    issued = invoice.pop("InvoiceDate")
    assert datetime.fromisoformat(issued).hour == 0
    assert invoice == {
        "RefNo": request.own_reference,
        "InvoiceNo": "INV-1001",
        "Consignee": "Faisal Saad",
        "ConsigneeAddress": "King Fahd Road 1, Al Olaya, Riyadh",
        "ConsigneeEmail": "",
        "MobileNo": "966501234567",
        "Phone": "966501234567",
        "TotalCost": "240.00",
        "CurrencyCode": "AED",
        "CommercialInvoiceDetailList": {
            "CommercialInvoiceDetail": {
                "Quantity": "3",
                "UnitType": "Pieces",
                "CountryofManufacture": "CN",
                "Description": "Silicone phone cases",
                "UnitCost": "80.00",
                "CustomsCommodityCode": "392690",
                "Currency": "AED",
            }
        },
    }
    assert (sent["ConsigneeInfo"]["CountryCode"], sent["ConsigneeInfo"]["CityCode"]) == ("KSA", "RUH")
    told = {name: sent[name] for name in ("LoadTypeID", "CurrenyID", "BillingType", "DeclareValue", "PicesCount")}
    assert told == {
        "LoadTypeID": "34",
        "CurrenyID": "2",
        "BillingType": "1",
        "DeclareValue": "240.00",
        "PicesCount": "2",
    }
    assert (sent["GeneratePiecesBarCodes"], sent["IsCustomDutyPayByConsignee"]) == ("true", "true")
    assert "Width" not in sent, "a waybill has room for one parcel's measures"


@pytest.mark.parametrize(
    ("changes", "settings", "number"),
    [
        ({}, {}, "36"),
        ({"service": "39"}, {}, "39"),
        ({"contents": "documents"}, {}, "35"),
        ({}, {"domestic_load_type": 56}, "56"),
        ({"recipient": RIYADH, "contents": "documents"}, {}, "33"),
        ({"recipient": RIYADH, "customs": PHONE_CASES}, {"international_load_type": 55}, "55"),
    ],
    ids=["a parcel", "as asked", "documents", "as set", "documents abroad", "as set abroad"],
)
async def test_the_load_type_is_the_service(changes: Any, settings: Any, number: str) -> None:
    wire = Wire(made())
    result = await naqel(wire, settings=settings).create_shipment(parcel(**changes))
    assert wire.fields("_ManifestShipmentDetails")["LoadTypeID"] == result.service == number


@pytest.mark.parametrize(
    ("recipient", "city"),
    [
        (there(ABU_DHABI, "Al Ain"), "AAN"),
        (there(ABU_DHABI, "Al-Ruwais"), "AUH0044"),
        (there(ABU_DHABI, "Khalifa City"), "AUH"),
        (there(ABU_DHABI, "Somewhere", "fujairah"), "FJR"),
        (there(RIYADH, "Jeddah"), "JED"),
        (there(RIYADH, "الرياض"), "RUH"),
    ],
    ids=lambda value: value.city if isinstance(value, Party) else value,
)
async def test_cities_are_codes_and_the_address_has_the_name(recipient: Party, city: str) -> None:
    wire = Wire(made())
    await naqel(wire).create_shipment(parcel(recipient=recipient, contents="documents"))
    told = wire.fields("_ManifestShipmentDetails")["ConsigneeInfo"]
    assert (told["CityCode"], told["Address"].endswith(recipient.city)) == (city, True)


async def test_duties_insurance_and_a_driver_are_said() -> None:
    wire = Wire(made(BookingRefNo="BK7"))
    paid = PHONE_CASES.model_copy(update={"incoterm": Incoterm.DDP})
    request = abroad(customs=paid, insured_value=Money.of("240.00", "AED"))
    result = await naqel(wire, settings={"books_pickup": True}).create_shipment(request)
    sent = wire.fields("_ManifestShipmentDetails")
    told = ("IsCustomDutyPayByConsignee", "IsInsurance", "InsuredValue", "CreateBooking")
    assert [sent[name] for name in told] == ["false", "true", "240.00", "true"]
    assert result.provider_data == {"booking_ref_no": "BK7", "destination_station": "501"}


async def test_labels_and_tracks_are_asked_with_the_login_alone() -> None:
    wire = Wire(printed(), traced())
    connector = naqel(wire, settings={"sticker_size": "A4", "version": "9.1"})
    await connector.get_documents(existing(), LabelFormat.PDF)
    login = {**LOGIN, "Version": "9.1"}
    assert wire.fields() == {"clientInfo": login, "WaybillNo": WAYBILL_NO, "StickerSize": "A4"}
    await connector.track_shipments([existing(), existing("300000002")])
    assert wire.fields()["ClientInfo"] == login
    assert wire.requests[-1].content.count(b"<int>") == 2
    assert wire.actions == ["GetWaybillSticker", "TraceByMultiWaybillNo"]


async def test_a_driver_is_ordered_to_where_the_parcels_stand() -> None:
    wire = Wire(made("CreateBooking", BookingRefNo="BK8", WaybillNo="0"))
    request = driver(
        ready_at=datetime(2026, 12, 1, 6, 0, tzinfo=UTC),
        closes_at=datetime(2026, 12, 1, 9, 0, tzinfo=UTC),
        shipments=(existing(provider_data={"destination_station": "903"}),),
        location="Reception",
        instructions="Gate 2",
    )
    result = await naqel(wire).schedule_pickup(request)
    sent = wire.fields("_BookingShipmentDetail")
    assert sent.pop("ClientInfo")["ClientAddress"]["CityCode"] == "DXB"
    assert sent == {
        "BillingType": "1",
        "PickUpReqDateTime": "2026-12-01T10:00:00+04:00",
        "PicesCount": "2",
        "Weight": "2.4",
        "PickUpPoint": "Warehouse 4, Al Quoz 3, Al Quoz, Dubai",
        "SpecialInstruction": "Reception. Gate 2",
        "OriginStationID": "901",
        "DestinationStationID": "903",
        "OfficeUpTo": "2026-12-01T13:00:00+04:00",
        "ContactPerson": "Sara Khan",
        "ContactNumber": "971501110001",
        "LoadTypeID": "36",
    }
    assert (result.provider_pickup_id, result.ready_at) == ("BK8", request.ready_at)


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (parcel(sender=LONDON), "sender.country"),
        (international(), "recipient.country"),
        (parcel(label_format="zpl"), "label_format"),
        (parcel(service="Express"), "service"),
        (parcel(is_return=True), "is_return"),
        (parcel(signature_required=True), "signature_required"),
        (parcel(sender=DUBAI.model_copy(update={"city": "Nowhere", "emirate": None})), "sender.emirate"),
        (parcel(recipient=ABU_DHABI.model_copy(update={"city": "Nowhere", "emirate": None})), "recipient.emirate"),
        (abroad(recipient=there(RIYADH, "Nowhere")), "recipient.city"),
        (abroad(customs=None), "customs"),
        (
            abroad(
                customs=PHONE_CASES.model_copy(
                    update={"items": (PHONE_CASES.items[0].model_copy(update={"hs_code": None}),)}
                )
            ),
            "customs.items.0.hs_code",
        ),
        (abroad(customs=PHONE_CASES.model_copy(update={"currency": "EUR"})), "customs.currency"),
        (parcel(insured_value=Money.of("10.00", "EUR")), "insured_value.currency"),
        (parcel(cash_on_delivery=Money.of("10.00", "SAR")), "cash_on_delivery.currency"),
        (abroad(cash_on_delivery=Money.of("10.00", "SAR")), "cash_on_delivery.currency"),
        (abroad(cash_on_delivery=Money.of("10.00", "USD")), "cash_on_delivery.currency"),
        (abroad(insured_value=Money.of("10.00", "SAR")), "insured_value.currency"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_naqel_cannot_take_is_refused_before_any_call(request_: ShipmentRequest, field: str) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await naqel(wire).create_shipment(request_)
    assert (refused.value.field, wire.requests) == (field, [])


@pytest.mark.parametrize(
    ("place", "field"),
    [(LONDON, "place.country"), (DUBAI.model_copy(update={"city": "Nowhere", "emirate": None}), "place.emirate")],
)
async def test_a_driver_goes_only_where_naqel_is_known_to(place: Party, field: str) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await naqel(wire).schedule_pickup(driver(place=place))
    assert (refused.value.field, wire.requests) == (field, [])


@pytest.mark.parametrize("capability", [CancelsShipments, MakesReturns, QuotesRates])
def test_what_nobody_shows_is_not_offered(capability: Any) -> None:
    with pytest.raises(NotSupported):
        require(naqel(Wire()), capability, "cancel_shipment")


async def test_a_pickup_is_called_off_at_naqel_itself() -> None:
    wire = Wire()
    ordered = ExistingPickup(pickup_id=driver().pickup_id, provider_pickup_id="BK8", ready_at=driver().ready_at)
    with pytest.raises(NotSupported, match="BK8"):
        await naqel(wire).cancel_pickup(ordered)
    assert wire.requests == []


@pytest.mark.parametrize("number", ["AWB1", "0", "1/2"])
async def test_a_number_that_cannot_be_naqels_is_not_sent(number: str) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest):
        await naqel(wire).track_shipments([existing(), existing(number)])
    with pytest.raises(InvalidRequest):
        await naqel(wire).get_documents(existing(number), LabelFormat.PDF)
    assert wire.requests == []
