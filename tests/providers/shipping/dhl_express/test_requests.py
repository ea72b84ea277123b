"""What MyDHL is asked, and what is refused before it is."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from tests.providers.shipping.dhl_express.builders import CREDENTIALS, Wire, dhl, existing, made, refusal
from tests.support.carriers.parcels import (
    BOX,
    DUBAI,
    LONDON,
    PHONE_CASES,
    SHIPMENT_ID,
    cash,
    domestic,
    international,
    question,
    tomorrow,
)
from workers.providers.errors import InvalidRequest, ProviderError
from workers.providers.money import Money
from workers.providers.shipping.models import ExistingPickup, Parcel, PickupRequest, ShipmentRequest


async def shipment(request: ShipmentRequest, **settings: Any) -> dict[str, Any]:
    """The body that a shipment is asked for with."""
    wire = Wire(made())
    await dhl(wire, settings=settings).create_shipment(request)
    return wire.body


async def test_a_call_is_authenticated_and_says_its_version_and_our_id() -> None:
    wire = Wire(made())
    await dhl(wire, settings={"api_version": "3.2.2"}).create_shipment(domestic())
    headers = wire.requests[0].headers
    assert headers["authorization"] == "Basic YS1rZXktb2YtdGhlLXVuaXQtdGVzdHM6YS1zZWNyZXQtb2YtdGhlLXVuaXQtdGVzdHM="
    assert (headers["x-version"], headers["message-reference"]) == ("3.2.2", str(SHIPMENT_ID))
    assert str(wire.requests[0].url) == "https://express.api.dhl.com/mydhlapi/shipments"


async def test_the_test_environment_has_an_address_of_its_own() -> None:
    wire = Wire(made())
    await dhl(wire, environment="sandbox").create_shipment(domestic())
    assert str(wire.requests[0].url) == "https://express.api.dhl.com/mydhlapi/test/shipments"


async def test_a_domestic_shipment_has_an_empty_postal_code_and_an_incoterm() -> None:
    body = await shipment(domestic())
    ends = body["customerDetails"]
    assert [ends[end]["postalAddress"]["postalCode"] for end in ("shipperDetails", "receiverDetails")] == ["", ""]
    assert (body["productCode"], body["content"]["incoterm"]) == ("N", "DAP")
    assert body["content"]["isCustomsDeclarable"] is False
    assert body["pickup"] == {"isRequested": False}
    assert "exportDeclaration" not in body["content"]
    assert "valueAddedServices" not in body


async def test_who_sends_and_who_receives() -> None:
    ends = (await shipment(domestic()))["customerDetails"]
    assert ends["shipperDetails"] == {
        "postalAddress": {
            "postalCode": "",
            "cityName": "Dubai",
            "countryCode": "AE",
            "addressLine1": "Warehouse 4, Al Quoz 3",
        },
        "contactInformation": {
            "email": "shipping@souk.example",
            "phone": "+971501110001",
            "companyName": "Souk Online LLC",
            "fullName": "Sara Khan",
        },
        "registrationNumbers": [{"typeCode": "VAT", "number": "100123456700003", "issuerCountryCode": "AE"}],
        "typeCode": "business",
    }
    private = ends["receiverDetails"]
    assert (private["typeCode"], private["contactInformation"]["companyName"]) == ("private", "Omar Ali")


async def test_our_reference_is_looked_up_and_the_merchants_is_printed() -> None:
    body = await shipment(domestic(parcels=(BOX, BOX.model_copy(update={"reference": "BOX-2"}))))
    assert body["customerReferences"] == [{"value": domestic().own_reference, "typeCode": "CU"}]
    printed = [each["customerReferences"] for each in body["content"]["packages"]]
    assert printed == [[{"value": "ORD-1001", "typeCode": "CU"}], [{"value": "BOX-2", "typeCode": "CU"}]]


async def test_a_parcel_is_weighed_and_measured() -> None:
    (box, bare) = (await shipment(domestic(parcels=(BOX, Parcel(weight_kg=Decimal("0.5"))))))["content"]["packages"]
    assert (box["weight"], box["dimensions"]) == (1.2, {"length": 30, "width": 20, "height": 10})
    assert (bare["weight"], "dimensions" in bare) == (0.5, False)


async def test_it_is_handed_over_at_local_time_and_never_now() -> None:
    assert (await shipment(domestic()))["plannedShippingDateAndTime"] == f"{tomorrow():%Y-%m-%d}T14:00:00 GMT+04:00"
    body = await shipment(domestic(ships_at=datetime.now(UTC)))
    planned = datetime.fromisoformat(body["plannedShippingDateAndTime"].replace(" GMT", ""))
    assert planned - datetime.now(UTC) > timedelta(minutes=59)
    returned = await shipment(domestic(sender=LONDON, recipient=DUBAI, customs=PHONE_CASES))
    offset = f"{tomorrow().astimezone(ZoneInfo('Europe/London')):%z}"
    assert returned["plannedShippingDateAndTime"].endswith(f" GMT{offset[:3]}:{offset[3:]}")


async def test_goods_abroad_come_with_a_declaration_and_an_invoice() -> None:
    body = await shipment(international())
    content = body["content"]
    assert (content["declaredValue"], content["declaredValueCurrency"]) == (240, "AED")
    declaration = content["exportDeclaration"]
    assert declaration["lineItems"] == [
        {
            "number": 1,
            "description": "Silicone phone cases",
            "price": 80.0,
            "quantity": {"value": 3, "unitOfMeasurement": "PCS"},
            "exportReasonType": "commercial_purpose_or_sale",
            "manufacturerCountry": "CN",
            "weight": {"netValue": 1.2},
            "commodityCodes": [
                {"typeCode": "outbound", "value": "392690"},
                {"typeCode": "inbound", "value": "392690"},
            ],
        }
    ]
    assert declaration["invoice"]["number"] == "INV-1001"
    assert body["valueAddedServices"] == [{"serviceCode": "WY"}]
    invoice = body["outputImageProperties"]["imageOptions"][-1]
    assert (invoice["typeCode"], invoice["invoiceType"], invoice["isRequested"]) == ("invoice", "commercial", True)
    assert body["productCode"] == "P"


async def test_a_long_hs_code_is_the_exporting_countrys() -> None:
    item = PHONE_CASES.items[0].model_copy(update={"hs_code": "39269097"})
    body = await shipment(international(customs=PHONE_CASES.model_copy(update={"items": (item,)})))
    codes = body["content"]["exportDeclaration"]["lineItems"][0]["commodityCodes"]
    assert codes == [{"typeCode": "outbound", "value": "39269097"}]


@pytest.mark.parametrize(
    ("purpose", "reason", "invoice"),
    [
        ("sale", "commercial_purpose_or_sale", "commercial"),
        ("gift", "gift", "proforma"),
        ("sample", "sample", "proforma"),
        ("return", "return", "returns"),
        ("repair", "temporary", "proforma"),
        ("personal", "personal_belongings_or_personal_use", "proforma"),
    ],
)
async def test_why_goods_cross_the_border(purpose: str, reason: str, invoice: str) -> None:
    customs = type(PHONE_CASES).model_validate({**PHONE_CASES.model_dump(), "purpose": purpose})
    body = await shipment(international(customs=customs))
    assert body["content"]["exportDeclaration"]["exportReasonType"] == reason
    assert body["outputImageProperties"]["imageOptions"][-1]["invoiceType"] == invoice


async def test_paperless_trade_can_be_turned_off_and_is_bypassed_where_a_route_has_none() -> None:
    wire = Wire(made(), made(), made())
    await dhl(wire).create_shipment(international())
    assert wire.query == [("bypassPLTError", "true")]
    await dhl(wire, settings={"paperless_trade": False}).create_shipment(international())
    assert (wire.query, "valueAddedServices" in wire.body) == ([], False)
    await dhl(wire).create_shipment(domestic())
    assert wire.query == []


@pytest.mark.parametrize(
    ("settings", "payer"), [({}, "400000001"), ({"duties_account_number": "960000002"}, "960000002")]
)
async def test_who_pays_duties(settings: dict[str, str], payer: str) -> None:
    paid = PHONE_CASES.model_copy(update={"incoterm": type(PHONE_CASES.incoterm).DDP})
    body = await shipment(international(customs=paid), **settings)
    assert body["content"]["incoterm"] == "DDP"
    assert {"serviceCode": "DD"} in body["valueAddedServices"]
    assert body["accounts"][1] == {"typeCode": "duties-taxes", "number": payer}
    unpaid = await shipment(international(), **settings)
    assert unpaid["accounts"] == [{"typeCode": "shipper", "number": "400000001"}]


async def test_documents_abroad_are_not_dutiable() -> None:
    body = await shipment(international(contents="documents", customs=None))
    assert (body["productCode"], body["content"]["isCustomsDeclarable"]) == ("D", False)


async def test_insurance_and_signature_are_services() -> None:
    body = await shipment(domestic(insured_value=Money.of("500.00", "AED"), signature_required=True))
    assert body["valueAddedServices"] == [
        {"serviceCode": "II", "value": 500, "currency": "AED"},
        {"serviceCode": "SF"},
    ]


async def test_a_chosen_rate_is_bought_as_it_was_offered() -> None:
    body = await shipment(domestic(service="1", rate_data={"local_product_code": "L"}, label_format="zpl"))
    assert (body["productCode"], body["localProductCode"]) == ("1", "L")
    assert body["outputImageProperties"]["encodingFormat"] == "zpl"


async def test_a_return_is_paid_by_the_import_account_and_has_a_form_of_its_own() -> None:
    wire = Wire(made())
    back = domestic(sender=LONDON, recipient=DUBAI, customs=PHONE_CASES, is_return=True)
    await dhl(wire, settings={"import_account_number": "950000003"}).create_return(back)
    assert wire.body["accounts"] == [{"typeCode": "shipper", "number": "950000003"}]
    invoice = wire.body["outputImageProperties"]["imageOptions"][-1]
    assert (invoice["invoiceType"], invoice["templateName"]) == ("returns", "RET_COM_INVOICE_A4_01")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cash_on_delivery": cash()}, "cash_on_delivery"),
        ({"label_format": "png"}, "label_format"),
        ({"reference": "R" * 36}, "reference"),
        ({"description": "d" * 71}, "description"),
        ({"description": " phone cases"}, "description"),
        ({"service": "express worldwide"}, "service"),
        ({"ships_at": datetime(2099, 1, 1, tzinfo=UTC)}, "ships_at"),
        ({"ships_at": datetime(2020, 1, 1, tzinfo=UTC)}, "ships_at"),
        ({"parcels": (BOX.model_copy(update={"height_cm": None}),)}, "parcels.0"),
        ({"parcels": (BOX.model_copy(update={"reference": "R" * 36}),)}, "parcels.0.reference"),
        ({"sender": DUBAI.model_copy(update={"line1": "word " * 40})}, "sender.line1"),
        ({"sender": DUBAI.model_copy(update={"company": "C" * 101})}, "sender.company"),
        ({"recipient": LONDON, "customs": None}, "customs"),
        ({"recipient": LONDON.model_copy(update={"postal_code": "1" * 13}), "customs": PHONE_CASES},
         "recipient.postal_code"),
        ({"recipient": LONDON.model_copy(update={"city": "L" * 46}), "customs": PHONE_CASES}, "recipient.city"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
async def test_what_dhl_cannot_take_is_refused_by_name_before_any_call(changes: dict[str, Any], field: str) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await dhl(wire).create_shipment(domestic(**changes))
    assert (refused.value.field, wire.requests) == (field, [])


async def test_a_question_for_prices() -> None:
    wire = Wire({"products": []})
    await dhl(wire).get_rates(question(international(), insured_value=Money.of("300.00", "AED")))
    assert wire.lines == ["POST /rates"]
    assert wire.body["customerDetails"] == {
        "shipperDetails": {"postalCode": "", "cityName": "Dubai", "countryCode": "AE"},
        "receiverDetails": {"postalCode": "EC4R 1BE", "cityName": "London", "countryCode": "GB"},
    }
    assert wire.body["monetaryAmount"] == [
        {"typeCode": "declaredValue", "value": 240, "currency": "AED"},
        {"typeCode": "insuredValue", "value": 300, "currency": "AED"},
    ]
    assert wire.body["isCustomsDeclarable"] is True


async def test_a_price_of_goods_abroad_needs_their_value() -> None:
    wire = Wire({"products": []})
    bare = question(international(), customs=None)
    with pytest.raises(InvalidRequest) as refused:
        await dhl(wire).get_rates(bare)
    assert refused.value.field == "declared_value"
    await dhl(wire).get_rates(question(international(), customs=None, declared_value=Money.of("240.00", "AED")))
    assert wire.body["monetaryAmount"][0]["value"] == 240


def pickup(**changes: Any) -> PickupRequest:
    facts = {"pickup_id": UUID(int=7), "place": DUBAI, "ready_at": tomorrow(), "closes_at": tomorrow(13)}
    return PickupRequest(**{**facts, "parcels": 3, "weight_kg": Decimal(10), **changes})


async def test_a_driver_is_sent_for_parcels_of_equal_weight() -> None:
    wire = Wire((201, {"dispatchConfirmationNumbers": ["PRG1"]}))
    asked = pickup(location="reception", instructions="Ring twice", shipments=(existing("1234567890"),))
    ordered = await dhl(wire).schedule_pickup(asked)
    assert ordered.provider_pickup_id == "PRG1"
    body = wire.body
    assert (body["plannedPickupDateAndTime"][10:], body["closeTime"]) == ("T14:00:00 GMT+04:00", "17:00")
    (detail,) = body["shipmentDetails"]
    assert [each["weight"] for each in detail["packages"]] == [3.334] * 3
    assert (detail["shipmentTrackingNumber"], detail["productCode"]) == ("1234567890", "N")
    assert body["specialInstructions"] == [{"value": "Ring twice"}]


async def test_a_pickup_is_of_one_day() -> None:
    wire = Wire((201, {}))
    with pytest.raises(InvalidRequest) as refused:
        await dhl(wire).schedule_pickup(pickup(closes_at=tomorrow(21)))
    assert (refused.value.field, wire.requests) == ("closes_at", [])


async def test_what_the_rider_is_told_takes_no_more_room_than_there_is() -> None:
    wire = Wire((201, {"dispatchConfirmationNumbers": ["PRG1"]}))
    await dhl(wire).schedule_pickup(pickup(instructions="w" * 255))
    assert len(wire.body["specialInstructions"]) == 4


@pytest.mark.parametrize(
    ("answer", "passes"),
    [
        ((200, {}), True),
        (refusal("Cancellation of booking was not successful. Requested Pickup was not found", 404), True),
        (refusal("Pickup is already cancelled"), True),
        (refusal("Pickup already completed"), False),
    ],
)
async def test_a_pickup_is_called_off_by_whoever_ordered_it(answer: Any, passes: bool) -> None:
    wire = Wire(answer)
    ordered = ExistingPickup(
        pickup_id=UUID(int=7), provider_pickup_id="PRG 1", provider_data={"requestor": "Sara Khan"}, ready_at=tomorrow()
    )
    if passes:
        await dhl(wire).cancel_pickup(ordered)
    else:
        with pytest.raises(InvalidRequest):
            await dhl(wire).cancel_pickup(ordered)
    assert wire.requests[0].url.raw_path.startswith(b"/mydhlapi/pickups/PRG%201?")
    assert wire.query == [("requestorName", "Sara Khan"), ("reason", "Not needed any more")]


async def test_the_secret_shows_in_no_error() -> None:
    with pytest.raises(ProviderError) as raised:
        await dhl(Wire(refusal(f"no {CREDENTIALS['api_secret']}", 401))).create_shipment(domestic())
    assert CREDENTIALS["api_secret"] not in f"{raised.value!r} {raised.value.as_dict()}"


@pytest.mark.parametrize("credentials", [{"api_key": "a:b"}, {"api_key": "a b"}, {"api_secret": ""}])
def test_keys_that_cannot_be_right_are_refused(credentials: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest) as refused:
        dhl(Wire(), credentials={**CREDENTIALS, **credentials})
    assert refused.value.field == f"credentials.{next(iter(credentials))}"
