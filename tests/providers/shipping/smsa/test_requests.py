"""What goes over the wire to SMSA, field by field; and what never does."""

from decimal import Decimal
from typing import Any

import pytest

from tests.providers.shipping.smsa.builders import AWB, KEY, booked, existing, parcel, smsa
from tests.support.carrier_wire import Wire
from tests.support.carriers.parcels import ABU_DHABI, BOX, DUBAI, PHONE_CASES, RIYADH, cash, international, tomorrow
from workers.providers.base import require
from workers.providers.capabilities import ProvesDelivery, QuotesRates, SchedulesPickups, SendsWebhooks
from workers.providers.errors import InvalidRequest, NotSupported
from workers.providers.manifest import describe
from workers.providers.money import Money
from workers.providers.shipping.models import Incoterm, LabelFormat
from workers.providers.shipping.smsa import SMSAConnector

NO_HS_CODE = PHONE_CASES.model_copy(update={"items": (PHONE_CASES.items[0].model_copy(update={"hs_code": None}),)})


async def sent(request: Any, **connection: Any) -> Any:
    """The body that books a shipment."""
    wire = Wire(booked(), "Invoice logged successfully")
    await smsa(wire, **connection).create_shipment(request)
    return wire.bodies[0]


async def test_a_shipment_to_a_customer() -> None:
    wire = Wire(booked())
    request = parcel()
    await smsa(wire, environment="live").create_shipment(request)
    assert wire.lines == ["POST /api/shipment/b2c/new"]
    assert wire.requests[0].url.host == "ecomapis.smsaexpress.com"
    assert wire.requests[0].headers["ApiKey"] == KEY
    assert wire.bodies[0] == {
        "ShipperAddress": {
            "ContactName": "Sara Khan, Souk Online LLC",
            "ContactPhoneNumber": "971501110001",
            "Country": "AE",
            "City": "Dubai",
            "AddressLine1": "Warehouse 4, Al Quoz 3",
            "District": "Al Quoz",
            "Coordinates": "25.13,55.23",
        },
        "ConsigneeAddress": {
            "ContactName": "Omar Ali",
            "ContactPhoneNumber": "971501110002",
            "Country": "AE",
            "City": "Abu Dhabi",
            "AddressLine1": "Villa 12, Khalifa City",
            "District": "Khalifa City",
            "Coordinates": "24.42,54.58",
        },
        "OrderNumber": request.own_reference,
        "DeclaredValue": 240.0,
        "ShipmentCurrency": "AED",
        "CODAmount": 0,
        "Parcels": 1,
        "ShipDate": f"{tomorrow():%Y-%m-%d}T14:00:00",
        "SMSARetailID": "0",
        "WaybillType": "PDF",
        "Weight": 1.2,
        "WeightUnit": "KG",
        "ContentDescription": "Silicone phone cases",
    }


async def test_a_return_is_fetched_from_its_sender() -> None:
    wire = Wire(booked(), booked())
    back = parcel(sender=ABU_DHABI, recipient=DUBAI, is_return=True)
    await smsa(wire).create_return(back)
    await smsa(wire).create_shipment(back)
    assert wire.lines == ["POST /api/c2b/new"] * 2
    body = wire.bodies[0]
    assert (body["PickupAddress"]["City"], body["ReturnToAddress"]["City"]) == ("Abu Dhabi", "Dubai")
    assert (body["ServiceCode"], "CODAmount" in body) == ("EDCR", False)


async def test_several_parcels_are_one_shipment_of_their_weight() -> None:
    body = await sent(parcel(parcels=(BOX, BOX.model_copy(update={"weight_kg": Decimal("0.3")}))))
    assert (body["Parcels"], body["Weight"]) == (2, 1.5)


async def test_cash_is_the_destinations_and_may_stand_for_the_value() -> None:
    body = await sent(parcel(cash_on_delivery=cash(), declared_value=None))
    assert (body["CODAmount"], body["DeclaredValue"], body["ShipmentCurrency"]) == (150.0, 150.0, "AED")


async def test_the_service_is_the_shipments_or_the_connections_or_left_to_smsa() -> None:
    settings = {"service_code": "EDDH", "retail_id": "17"}
    assert "ServiceCode" not in await sent(parcel())
    body = await sent(parcel(), settings=settings)
    assert (body["ServiceCode"], body["SMSARetailID"]) == ("EDDH", "17")
    assert (await sent(parcel(service="EDDL"), settings=settings))["ServiceCode"] == "EDDL"


async def test_what_the_driver_is_told_ends_the_address_that_is_visited() -> None:
    body = await sent(parcel(instructions="Ring twice", recipient=ABU_DHABI.model_copy(update={"line2": "Gate 2"})))
    assert body["ConsigneeAddress"]["AddressLine2"] == "Gate 2, Ring twice"
    assert "AddressLine2" not in body["ShipperAddress"]


async def test_a_short_address_is_filled_up_to_what_smsa_wants() -> None:
    body = await sent(parcel(recipient=ABU_DHABI.model_copy(update={"line1": "Villa 1", "area": None})))
    assert body["ConsigneeAddress"]["AddressLine1"] == "Villa 1, Abu Dhabi, AE"


@pytest.mark.parametrize(("incoterm", "paid"), [("DAP", False), ("DDP", True)])
async def test_goods_that_cross_a_border_are_followed_by_their_invoice(incoterm: str, paid: bool) -> None:
    wire = Wire(booked(), "Invoice logged successfully")
    customs = PHONE_CASES.model_copy(update={"incoterm": Incoterm(incoterm), "invoice_date": tomorrow().date()})
    made = await smsa(wire).create_shipment(international(customs=customs))
    assert wire.lines == ["POST /api/shipment/b2c/new", "POST /api/invoice"]
    assert (wire.bodies[0]["DutyPaid"], wire.bodies[0]["VatPaid"]) == (paid, paid)
    assert wire.bodies[0]["DeclaredValue"] == 240.0
    assert wire.bodies[1] == {
        "AWB": AWB,
        "Currency": "AED",
        "InvoiceDate": f"{tomorrow():%d/%m/%Y}",
        "WeightUnit": "KG",
        "Items": [
            {
                "Sequence": 1,
                "ItemReference": "1",
                "ItemDescription": "Silicone phone cases",
                "ItemHSCode": "392690",
                "ItemValue": 80.0,
                "Quantity": 3,
                "QuantityUnit": "UNIT",
                "Weight": 0.4,
                "CountryOfOrigin": "CN",
            }
        ],
    }
    assert made.provider_data["customs_invoice"] == "sent"


async def test_documents_need_no_invoice() -> None:
    wire = Wire(booked())
    await smsa(wire).create_shipment(parcel(recipient=RIYADH, contents="documents"))
    assert wire.lines == ["POST /api/shipment/b2c/new"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"declared_value": None}, "declared_value"),
        ({"declared_value": Money.of("0.05", "AED")}, "declared_value"),
        ({"declared_value": Money.of("500", "JPY")}, "declared_value.currency"),
        ({"cash_on_delivery": Money.of("10", "USD")}, "cash_on_delivery.currency"),
        ({"recipient": RIYADH, "cash_on_delivery": cash(), "contents": "documents"}, "cash_on_delivery.currency"),
        ({"is_return": True, "cash_on_delivery": cash()}, "cash_on_delivery"),
        ({"recipient": RIYADH}, "customs"),
        ({"recipient": RIYADH, "customs": NO_HS_CODE}, "customs.items.0.hs_code"),
        ({"label_format": "png"}, "label_format"),
        ({"insured_value": Money.of("100", "AED")}, "insured_value"),
        ({"signature_required": True}, "signature_required"),
        ({"description": "d" * 101}, "description"),
        ({"recipient": ABU_DHABI.model_copy(update={"line1": "l" * 255})}, "recipient.line1"),
        ({"instructions": "i" * 101}, "recipient.line1"),
        ({"recipient": ABU_DHABI.model_copy(update={"city": "AD"})}, "recipient.city"),
        ({"sender": DUBAI.model_copy(update={"company": "c" * 200})}, "sender.name"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_smsa_cannot_take_is_refused_before_any_call(changes: dict[str, Any], field: str) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await smsa(wire).create_shipment(parcel(**changes))
    assert (refused.value.field, wire.requests) == (field, [])


async def test_a_shipment_to_a_customer_cannot_be_cancelled_and_a_return_can() -> None:
    wire = Wire("Shipment Cancelled Successfully!")
    with pytest.raises(NotSupported):
        await smsa(wire).cancel_shipment(existing("b2c"))
    assert not wire.requests
    await smsa(wire).cancel_shipment(existing("c2b"))
    assert wire.lines == [f"POST /api/c2b/cancel/{AWB}"]


async def test_labels_are_asked_for_where_the_shipment_was_booked() -> None:
    wire = Wire(booked(), booked())
    for kind in ("b2c", "c2b"):
        await smsa(wire).get_documents(existing(kind), LabelFormat.PDF)
    assert wire.lines == [f"GET /api/shipment/b2c/query/{AWB}", f"GET /api/c2b/query/{AWB}"]


async def test_only_questions_are_asked_again_by_the_transport() -> None:
    wire = Wire(booked(), [], "Shipment Cancelled Successfully!")
    connector = smsa(wire)
    await connector.create_shipment(parcel())
    await connector.track_shipments([existing(), existing(number="231200022222")])
    await connector.cancel_shipment(existing("c2b"))
    assert [each.extensions["wasl"]["retryable"] for each in wire.requests] == [False, True, False]


@pytest.mark.parametrize("number", ["../b2c/new", "2312/../x", "2312?x=y", "231 200", "2" * 31])
async def test_a_number_cannot_lead_to_another_path(number: str) -> None:
    wire, shipment = Wire(), existing("c2b").model_copy(update={"tracking_number": number})
    connector = smsa(wire)
    for call in (
        connector.get_documents(shipment, LabelFormat.PDF),
        connector.track_shipments([shipment]),
        connector.cancel_shipment(shipment),
    ):
        with pytest.raises(InvalidRequest, match="is not an air waybill"):
            await call
    assert not wire.requests


@pytest.mark.parametrize("capability", [QuotesRates, SchedulesPickups, ProvesDelivery, SendsWebhooks])
def test_it_does_not_claim_what_smsa_has_not(capability: Any) -> None:
    with pytest.raises(NotSupported):
        require(smsa(Wire()), capability, "this")


def test_what_it_claims() -> None:
    assert describe(SMSAConnector).capabilities == (
        "ships_parcels",
        "prints_labels",
        "makes_returns",
        "cancels_shipments",
        "tracks_shipments",
        "checks_health",
    )


@pytest.mark.parametrize("key", ["short", "with a space in it", "line\nbreak-in-it"])
def test_a_key_that_cannot_be_one_is_refused_by_field(key: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        smsa(Wire(), credentials={"api_key": key})
    assert refused.value.field == "credentials.api_key"
    assert key not in f"{refused.value.as_dict()}"
