"""What goes over the wire to Aramex, and what is refused before it does."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.providers.shipping.aramex.builders import (
    AWB,
    CREDENTIALS,
    LABEL_URL,
    REFERENCE,
    Wire,
    aramex,
    created,
    existing,
    label_file,
    rate,
    refused,
    tracked,
)
from tests.support.carriers.parcels import (
    ABU_DHABI,
    BOX,
    DUBAI,
    LONDON,
    PHONE_CASES,
    cash,
    domestic,
    international,
    question,
)
from workers.providers.base import require
from workers.providers.capabilities import CancelsShipments, ProvesDelivery, SendsWebhooks
from workers.providers.errors import InvalidRequest, NotSupported, ProviderError
from workers.providers.money import Money
from workers.providers.shipping.aramex import AramexConnector, dates
from workers.providers.shipping.models import Incoterm, LabelFormat, Place, ShipmentRequest
from workers.transport.redaction import redact_body


async def sent(request: ShipmentRequest, **settings: Any) -> dict[str, Any]:
    """The shipment that goes out for a request."""
    wire = Wire(created(), label_file())
    await aramex(wire, settings=settings).create_shipment(request)
    shipment: dict[str, Any] = wire.bodies[0]["Shipments"][0]
    return shipment


async def test_a_domestic_parcel_with_cash_on_delivery() -> None:
    wire = Wire(created(), label_file())
    request = domestic(cash_on_delivery=cash(), instructions="Call first")
    await aramex(wire).create_shipment(request)
    assert wire.paths[0] == "Shipping/CreateShipments"
    assert wire.requests[0].headers["Accept"] == "application/json", "else Aramex answers in XML"
    body = wire.bodies[0]
    assert body["ClientInfo"] == {
        "UserName": "api@souk.example",
        "Password": "a-secret-password",
        "Version": "v1",
        "AccountNumber": "60000001",
        "AccountPin": "442211",
        "AccountEntity": "DXB",
        "AccountCountryCode": "AE",
        "Source": 24,
    }
    assert body["LabelInfo"] == {"ReportID": 9201, "ReportType": "URL"}
    shipment = body["Shipments"][0]
    assert (shipment["Reference1"], shipment["ForeignHAWB"]) == ("ORD-1001", REFERENCE)
    assert shipment["OperationsInstructions"] == "Call first"
    assert dates.read(shipment["ShippingDateTime"]) == request.ships_at
    assert dates.read(shipment["DueDate"]) == request.ships_at + timedelta(days=7)
    assert (shipment["Shipper"]["AccountNumber"], shipment["Consignee"]["AccountNumber"]) == ("60000001", "")
    assert shipment["Consignee"]["PartyAddress"] == {
        "Line1": "Villa 12, Khalifa City",
        "Line2": "",
        "Line3": "",
        "City": "Abu Dhabi",
        "StateOrProvinceCode": "",
        "PostCode": "",
        "CountryCode": "AE",
        "Longitude": 54.58,
        "Latitude": 24.42,
    }
    assert shipment["Consignee"]["Contact"] == {
        "PersonName": "Omar Ali",
        "CompanyName": "Omar Ali",
        "PhoneNumber1": "+971501110002",
        "PhoneNumber2": "",
        "CellPhone": "+971501110002",
        "EmailAddress": "",
        "Type": "",
    }
    details = shipment["Details"]
    assert (details["ProductGroup"], details["ProductType"], details["Services"]) == ("DOM", "ONP", "CODS")
    assert (details["PaymentType"], details["PaymentOptions"]) == ("P", "")
    assert details["CashOnDeliveryAmount"] == {"CurrencyCode": "AED", "Value": 150.0}
    assert details["ActualWeight"] == {"Unit": "KG", "Value": 1.2}
    assert details["Dimensions"] == {"Length": 30.0, "Width": 20.0, "Height": 10.0, "Unit": "CM"}
    assert (details["Items"], details["AdditionalProperties"], details["GoodsOriginCountry"]) == ([], [], "AE")


async def test_goods_abroad_are_told_to_customs_line_by_line() -> None:
    customs = PHONE_CASES.model_copy(update={"incoterm": Incoterm.DDP, "invoice_date": date(2026, 2, 3)})
    shipment = await sent(international(customs=customs, insured_value=Money.of("240.00", "AED")))
    details = shipment["Details"]
    assert (details["ProductGroup"], details["ProductType"], details["Services"]) == ("EXP", "PPX", "INSR,FRDM")
    assert details["CustomsValueAmount"] == details["InsuranceAmount"] == {"CurrencyCode": "AED", "Value": 240.0}
    assert details["GoodsOriginCountry"] == "CN"
    assert details["Items"] == [
        {
            "PackageType": "Box",
            "Quantity": 3,
            "Weight": {"Unit": "KG", "Value": 1.2},
            "Comments": "",
            "Reference": "",
            "CommodityCode": "392690",
            "GoodsDescription": "Silicone phone cases",
            "CountryOfOrigin": "CN",
            "CustomsValue": {"CurrencyCode": "AED", "Value": 80.0},
        }
    ]
    told = {each["Name"]: each["Value"] for each in details["AdditionalProperties"]}
    assert told == {
        "ShipperTaxIdVATEINNumber": "100123456700003",
        "InvoiceNumber": "INV-1001",
        "InvoiceDate": "02/03/2026",
    }


async def test_the_recipient_pays_duties_unless_the_sender_does() -> None:
    assert (await sent(international()))["Details"]["Services"] == ""


async def test_several_parcels_are_one_shipment_of_their_common_size() -> None:
    other = BOX.model_copy(update={"length_cm": Decimal(40), "weight_kg": Decimal("0.8"), "reference": "box-2"})
    details = (await sent(domestic(parcels=(BOX, other))))["Details"]
    assert details["NumberOfPieces"] == 2
    assert details["ActualWeight"]["Value"] == 2.0
    assert details["Dimensions"] == {"Length": 40.0, "Width": 20.0, "Height": 20.0, "Unit": "CM"}
    assert [(item["Weight"]["Value"], item["Reference"]) for item in details["Items"]] == [(1.2, ""), (0.8, "box-2")]
    unmeasured = BOX.model_copy(update={"height_cm": None})
    assert (await sent(domestic(parcels=(BOX, unmeasured))))["Details"]["Dimensions"] is None


@pytest.mark.parametrize(
    ("request_of", "product", "services"),
    [
        (domestic(sender=ABU_DHABI, recipient=DUBAI), "RTC", ""),
        (international(DUBAI, sender=LONDON), "PPX", "RTRN"),
        (domestic(sender=ABU_DHABI, recipient=DUBAI, service="CDS"), "CDS", ""),
    ],
    ids=["domestic", "international", "chosen"],
)
async def test_a_return_is_billed_to_the_merchants_account_at_the_other_end(
    request_of: ShipmentRequest, product: str, services: str
) -> None:
    wire = Wire(created(), label_file())
    await aramex(wire).create_return(request_of)
    shipment = wire.bodies[0]["Shipments"][0]
    details = shipment["Details"]
    assert (details["ProductType"], details["Services"]) == (product, services)
    assert (details["PaymentType"], details["PaymentOptions"]) == ("C", "ARCC")
    assert (shipment["Shipper"]["AccountNumber"], shipment["Consignee"]["AccountNumber"]) == ("", "60000001")


@pytest.mark.parametrize(
    ("request_of", "settings", "product"),
    [
        (domestic(), {}, "ONP"),
        (domestic(contents="documents"), {}, "OND"),
        (domestic(), {"domestic_products": "smd, cds"}, "CDS"),
        (domestic(service="SDD"), {}, "SDD"),
        (domestic(service="XYZ"), {}, "XYZ"),
        (international(contents="documents", customs=None), {}, "PDX"),
    ],
    ids=["parcel", "papers", "of-the-contract", "chosen", "unheard-of", "papers-abroad"],
)
async def test_the_product_is_the_chosen_one_or_the_first_that_fits(
    request_of: ShipmentRequest, settings: dict[str, str], product: str
) -> None:
    assert (await sent(request_of, **settings))["Details"]["ProductType"] == product


async def test_settings_say_what_cannot_be_known() -> None:
    wire = Wire(created(), label_file())
    settings = {
        **{"version": "v1.0", "source": 47, "account_entity": "AUH", "label_report_id": 9729},
        **{"payment_options": "ACCT", "contact_email": "desk@souk.example"},
    }
    await aramex(wire, settings=settings).create_shipment(domestic())
    body = wire.bodies[0]
    client = body["ClientInfo"]
    assert (client["Version"], client["Source"], client["AccountEntity"]) == ("v1.0", 47, "AUH")
    assert body["LabelInfo"]["ReportID"] == 9729
    shipment = body["Shipments"][0]
    assert shipment["Details"]["PaymentOptions"] == "ACCT"
    emails = [shipment[end]["Contact"]["EmailAddress"] for end in ("Shipper", "Consignee")]
    assert emails == ["shipping@souk.example", "desk@souk.example"]


@pytest.mark.parametrize(
    ("request_of", "field"),
    [
        (domestic(label_format="zpl"), "label_format"),
        (international(customs=None), "customs"),
        (international(customs=PHONE_CASES.model_copy(update={"incoterm": Incoterm.EXW})), "customs.incoterm"),
        (domestic(service="PPX"), "service"),
        (domestic(service="OND"), "service"),
        (domestic(reference="r" * 51), "reference"),
        (domestic(description="d" * 101), "description"),
        (domestic(recipient=ABU_DHABI.model_copy(update={"name": "n" * 51})), "recipient.name"),
        (domestic(recipient=ABU_DHABI.model_copy(update={"line1": "word " * 40})), "recipient.line1"),
        (domestic(sender=DUBAI.model_copy(update={"city": "c" * 51})), "sender.city"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_what_aramex_cannot_take_is_refused_before_any_call(request_of: ShipmentRequest, field: str) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await aramex(wire).create_shipment(request_of)
    assert refused.value.field == field
    assert wire.requests == []


async def test_nothing_is_collected_for_a_return() -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await aramex(wire).create_return(domestic(cash_on_delivery=cash()))
    assert (refused.value.field, wire.requests) == ("cash_on_delivery", [])


async def test_each_product_that_can_be_meant_is_asked_for_a_price() -> None:
    wire = Wire(rate(), rate())
    place = Place(city="Abu Dhabi", country="AE")
    await aramex(wire).get_rates(question(domestic(), recipient=place, currency="USD"))
    assert wire.paths == ["RateCalculator/CalculateRate"] * 2
    assert [body["ShipmentDetails"]["ProductType"] for body in wire.bodies] == ["ONP", "SMP"]
    assert wire.bodies[0]["PreferredCurrencyCode"] == "USD"
    assert wire.bodies[0]["DestinationAddress"]["Line1"] == "Abu Dhabi", "the manual wants one"
    asked = Wire(rate())
    await aramex(asked).get_rates(question(domestic(), services=("PPX", "CDS")))
    assert [body["ShipmentDetails"]["ProductType"] for body in asked.bodies] == ["CDS"]


async def test_a_label_is_asked_for_by_what_the_shipment_said() -> None:
    wire = Wire({"HasErrors": False, "ShipmentLabel": {"LabelURL": LABEL_URL}}, label_file())
    data = {"product_group": "EXP", "origin_entity": "SHJ"}
    await aramex(wire).get_documents(existing(provider_data=data), LabelFormat.PDF)
    body = wire.bodies[0]
    assert (body["ShipmentNumber"], body["ProductGroup"], body["OriginEntity"]) == (AWB, "EXP", "SHJ")
    assert str(wire.requests[1].url) == LABEL_URL


async def test_no_login_goes_where_a_label_lies() -> None:
    wire = Wire(created(), label_file())
    await aramex(wire).create_shipment(domestic())
    shown = f"{wire.requests[1].url} {wire.requests[1].headers} {wire.requests[1].content!r}"
    assert not any(secret in shown for secret in CREDENTIALS.values())


async def test_nothing_of_a_login_or_a_person_is_kept_of_a_request() -> None:
    wire = Wire(created(), label_file())
    connector = aramex(wire)
    await connector.create_shipment(domestic())
    kept = redact_body(wire.requests[0].content, "application/json", connector.sensitive_fields) or ""
    told = (*CREDENTIALS.values(), "60000001", "Omar Ali", "+971501110002", "Villa 12", "shipping@souk.example")
    assert not any(secret in kept for secret in told)
    assert "ORD-1001" in kept
    assert "Abu Dhabi" in kept


async def test_many_numbers_are_one_question_and_none_is_no_question() -> None:
    wire = Wire(tracked(missing=("1", "2")))
    await aramex(wire).track_shipments([existing("1"), existing("2")])
    assert wire.bodies[0]["Shipments"] == ["1", "2"]
    assert wire.bodies[0]["GetLastTrackingUpdateOnly"] is False
    assert await aramex(wire).track_shipments([]) == ()
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    ("capability", "operation"),
    [
        (CancelsShipments, "cancel_shipment"),
        (ProvesDelivery, "get_proof_of_delivery"),
        (SendsWebhooks, "verify_webhook"),
    ],
)
def test_what_aramex_has_not_is_not_there(capability: type, operation: str) -> None:
    with pytest.raises(NotSupported):
        require(aramex(Wire()), capability, operation)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"account_number": "6000 0001"}, "settings.account_number"),
        ({"account_entity": "Dubai"}, "settings.account_entity"),
        ({"domestic_products": " , "}, "settings.domestic_products"),
        ({"international_products": "PPX;EPX"}, "settings.international_products"),
        ({"payment_options": "CARD"}, "settings.payment_options"),
    ],
)
def test_a_setting_that_cannot_be_right_is_named(settings: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        aramex(Wire(), settings=settings)
    assert refused.value.field == field


async def test_addresses_are_sandboxs_and_live() -> None:
    for environment, host in (("sandbox", "ws.sbx.aramex.net"), ("live", "ws.aramex.net")):
        wire = Wire(refused("ERR99", "No."))
        with pytest.raises(ProviderError):
            await aramex(wire, environment=environment).track_shipments([existing()])
        assert wire.requests[0].url.host == host
    assert isinstance(aramex(Wire()), AramexConnector)
