"""What goes over the wire to Jeebly, field by field; and what never does."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.providers.shipping.jeebly.builders import AWB, BOOKED, KEYS, existing, jeebly
from tests.support.carrier_wire import Wire
from tests.support.carriers.parcels import ABU_DHABI, BOX, DUBAI, LONDON, cash, domestic
from workers.providers.base import require
from workers.providers.capabilities import ProvesDelivery, QuotesRates, SchedulesPickups, SendsWebhooks
from workers.providers.errors import InvalidRequest, NotSupported
from workers.providers.manifest import describe
from workers.providers.money import Money
from workers.providers.shipping.jeebly import JeeblyConnector
from workers.providers.shipping.jeebly.requests import pickup_date
from workers.providers.shipping.models import LabelFormat

MONDAY = datetime(2026, 11, 30, 6, tzinfo=UTC)
NO_AREA = ABU_DHABI.model_copy(update={"area": None})


async def sent(request: Any, **connection: Any) -> Any:
    """The body that books a shipment."""
    wire = Wire(BOOKED)
    await jeebly(wire, **connection).create_shipment(request)
    return wire.bodies[0]


async def test_a_shipment_to_a_customer() -> None:
    wire, request = Wire(BOOKED), domestic(ships_at=MONDAY)
    await jeebly(wire, environment="live").create_shipment(request)
    assert wire.lines == ["POST /customer/create_shipment"]
    assert wire.requests[0].url.host == "myjeebly.jeebly.com"
    assert wire.requests[0].headers["X-API-KEY"] == KEYS["api_key"]
    assert wire.requests[0].headers["client_key"] == KEYS["client_key"]
    assert wire.bodies[0] == {
        "delivery_type": "Next Day",
        "load_type": "Non-document",
        "consignment_type": "FORWARD",
        "description": "Silicone phone cases",
        "weight": 2,
        "payment_type": "Prepaid",
        "cod_amount": 0,
        "num_pieces": 1,
        "customer_reference_number": request.own_reference,
        "pickup_date": "2026-11-30",
        "origin_address_name": "Sara Khan, Souk Online LLC",
        "origin_address_mob_no_country_code": "971",
        "origin_address_mobile_number": "501110001",
        "origin_address_house_no": "Warehouse 4",
        "origin_address_building_name": "Warehouse 4, Al Quoz 3",
        "origin_address_area": "Al Quoz",
        "origin_address_landmark": "Al Quoz",
        "origin_address_city": "Dubai",
        "origin_address_type": "Normal",
        "destination_address_name": "Omar Ali",
        "destination_address_mob_no_country_code": "971",
        "destination_address_mobile_number": "501110002",
        "destination_address_house_no": "Villa 12",
        "destination_address_building_name": "Villa 12, Khalifa City",
        "destination_address_area": "Khalifa City",
        "destination_address_landmark": "Khalifa City",
        "destination_address_city": "Abu Dhabi",
        "destination_address_type": "Normal",
    }


async def test_a_return_is_the_other_way_round_and_collects_nothing() -> None:
    wire = Wire(BOOKED)
    await jeebly(wire).create_return(domestic(sender=ABU_DHABI, recipient=DUBAI, instructions="Ring twice"))
    body = wire.bodies[0]
    assert (body["consignment_type"], body["origin_address_city"], body["cod_amount"]) == ("REVERSE", "Abu Dhabi", 0)
    assert (body["origin_address_landmark"], body["destination_address_landmark"]) == ("Ring twice", "Al Quoz")


@pytest.mark.parametrize(
    ("kilograms", "unit", "weight"),
    [("0.05", "kilograms", 1), ("1", "kilograms", 1), ("1.01", "kilograms", 2), ("1.25", "grams", 1250)],
)
async def test_weights_are_whole_numbers_never_less_than_there_is(kilograms: str, unit: str, weight: int) -> None:
    box = BOX.model_copy(update={"weight_kg": Decimal(kilograms)})
    body = await sent(domestic(parcels=(box,)), settings={"weight_unit": unit})
    assert (body["weight"], type(body["weight"])) == (weight, int)


async def test_cash_is_collected_at_the_door() -> None:
    body = await sent(domestic(cash_on_delivery=cash(), parcels=(BOX, BOX)))
    assert (body["payment_type"], body["cod_amount"], body["num_pieces"], body["weight"]) == ("COD", 150.0, 2, 3)


async def test_the_service_is_the_shipments_or_the_connections() -> None:
    settings = {"service": "Same Day"}
    assert (await sent(domestic(), settings=settings))["delivery_type"] == "Same Day"
    assert (await sent(domestic(service="Next Day"), settings=settings))["delivery_type"] == "Next Day"
    assert (await sent(domestic(contents="documents")))["load_type"] == "Document"


@pytest.mark.parametrize(
    ("ships_at", "expected"),
    [
        (datetime(2026, 11, 27, 6, tzinfo=UTC), date(2026, 11, 27)),
        (datetime(2026, 11, 27, 21, tzinfo=UTC), date(2026, 11, 28)),  # past midnight in Dubai
        (datetime(2026, 11, 29, 6, tzinfo=UTC), date(2026, 11, 30)),  # a Sunday
    ],
)
def test_nobody_is_sent_on_sundays_by_dubais_calendar(ships_at: datetime, expected: date) -> None:
    assert pickup_date(ships_at) == expected


async def test_a_makani_number_tells_where_it_is() -> None:
    body = await sent(domestic(recipient=ABU_DHABI.model_copy(update={"makani": "30032 95320"})))
    assert body["destination_address_landmark"] == "Makani 30032 95320"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"recipient": LONDON}, "recipient.country"),
        ({"sender": LONDON}, "sender.country"),
        ({"recipient": NO_AREA}, "recipient.area"),
        ({"recipient": ABU_DHABI.model_copy(update={"line1": "l" * 250, "line2": "more"})}, "recipient.line1"),
        ({"service": "Express"}, "service"),
        ({"label_format": "zpl"}, "label_format"),
        ({"cash_on_delivery": Money.of("10", "USD")}, "cash_on_delivery.currency"),
        ({"cash_on_delivery": cash(), "is_return": True}, "cash_on_delivery"),
        ({"insured_value": Money.of("10", "AED")}, "insured_value"),
        ({"signature_required": True}, "signature_required"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_jeebly_cannot_take_is_refused_before_any_call(changes: dict[str, Any], field: str) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await jeebly(wire).create_shipment(domestic(**changes))
    assert (refused.value.field, wire.requests) == (field, [])


async def test_later_calls_name_the_air_waybill_and_only_questions_are_asked_again() -> None:
    wire = Wire(b"%PDF-1.4", {"success": "true"}, {"success": "false", "message": "Invalid Shipment Number"})
    connector = jeebly(wire)
    await connector.get_documents(existing(), LabelFormat.PDF)
    await connector.cancel_shipment(existing())
    await connector.track_shipments([existing()])
    assert wire.bodies == [{"reference_number": AWB}] * 3
    assert [
        (line, made.extensions["wasl"]["retryable"]) for line, made in zip(wire.lines, wire.requests, strict=True)
    ] == [
        ("POST /customer/generate_shipment_label", True),
        ("POST /customer/cancel_shipment", False),
        ("POST /customer/track_shipment", True),
    ]


@pytest.mark.parametrize("capability", [QuotesRates, SchedulesPickups, ProvesDelivery, SendsWebhooks])
def test_it_does_not_claim_what_jeebly_has_not(capability: Any) -> None:
    with pytest.raises(NotSupported):
        require(jeebly(Wire()), capability, "this")


def test_what_it_claims() -> None:
    assert describe(JeeblyConnector).capabilities == (
        "ships_parcels",
        "prints_labels",
        "makes_returns",
        "cancels_shipments",
        "tracks_shipments",
        "checks_health",
    )


@pytest.mark.parametrize("name", ["api_key", "client_key"])
@pytest.mark.parametrize("key", ["short", "with a space in it", "line\nbreak-in-it"])
def test_a_key_that_cannot_be_one_is_refused_by_field(name: str, key: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        jeebly(Wire(), credentials={**KEYS, name: key})
    assert refused.value.field == f"credentials.{name}"
    assert key not in f"{refused.value.as_dict()}"
