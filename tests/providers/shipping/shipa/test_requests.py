"""What Shipa is sent, and what it is spared."""

from typing import Any

import pytest

from tests.providers.shipping.shipa.builders import KEY, MADE, shipa
from tests.support.carriers.parcels import ABU_DHABI, BOX, DUBAI, cash, domestic, international
from workers.providers.errors import InvalidRequest
from workers.providers.money import Money
from workers.providers.registry import open_connector
from workers.providers.shipping.models import LabelFormat, Party, ShipmentRequest
from workers.providers.shipping.places import Emirate


async def sent(request: ShipmentRequest, **settings: Any) -> dict[str, Any]:
    """The order that is made of a shipment."""
    connector, wire = shipa((201, MADE), **settings)
    await connector.create_shipment(request)
    assert wire.lines == ["POST /v2/orders"]
    assert wire.requests[0].url.params["apikey"] == KEY
    return wire.body


async def test_an_order_says_who_where_and_what() -> None:
    request = domestic(instructions="Ring twice")
    assert await sent(request) == {
        "customerRef": request.own_reference,
        "type": "Delivery",
        "category": "Next Day",
        "autoConfirm": True,
        "origin": {
            "contactName": "Sara Khan (Souk Online LLC)",
            "contactNo": "971501110001",
            "email": "shipping@souk.example",
            "address": "Warehouse 4, Al Quoz 3",
            "city": "Dubai",
            "country": "ARE",
        },
        "destination": {
            "contactName": "Omar Ali",
            "contactNo": "971501110002",
            "address": "Villa 12, Khalifa City",
            "city": "Abu Dhabi",
            "country": "ARE",
            "type": "Doorstep",
            "options": {"specialInstructions": "Ring twice"},
        },
        "packages": [
            {
                "customerRef": f"{request.own_reference}-1",
                "name": "ORD-1001",
                "description": "Silicone phone cases",
                "quantity": 1,
                "weight": 1.2,
            }
        ],
    }


async def test_each_parcel_is_a_package_of_its_own() -> None:
    packages = (await sent(domestic(parcels=(BOX, BOX.model_copy(update={"description": "A lamp"})))))["packages"]
    assert [each["description"] for each in packages] == ["Silicone phone cases", "A lamp"]
    assert len({each["customerRef"] for each in packages}) == 2


async def test_money_is_collected_at_the_door() -> None:
    body = await sent(domestic(cash_on_delivery=cash("150.50")))
    assert body["destination"]["options"] == {"amountToCollect": 150.5}


async def test_the_service_is_the_shipments_or_the_connections() -> None:
    assert (await sent(domestic(service="On Demand"), service="Same Day"))["category"] == "On Demand"
    assert (await sent(domestic(), service="Same Day"))["category"] == "Same Day"


def somewhere(**where: Any) -> Party:
    facts = {"name": "Omar Ali", "phone": "+971501110002", "line1": "Villa 12", "country": "AE"}
    return Party(**{**facts, **where})


@pytest.mark.parametrize(
    ("where", "city", "address"),
    [
        ({"city": "Dubai"}, "Dubai", "Villa 12"),
        ({"city": "DUBAI", "area": "Jumeirah"}, "Dubai", "Villa 12, Jumeirah, DUBAI"),
        ({"city": "Al-Ain"}, "Al Ain", "Villa 12, Al-Ain"),
        ({"city": "Khalifa City"}, "Abu Dhabi", "Villa 12, Khalifa City"),
        ({"city": "Hatta Heights", "emirate": Emirate.DUBAI}, "Dubai", "Villa 12, Hatta Heights"),
    ],
)
async def test_the_city_is_one_of_shipas_and_the_place_stands_in_the_address(
    where: dict[str, Any], city: str, address: str
) -> None:
    destination = (await sent(domestic(recipient=somewhere(**where))))["destination"]
    assert (destination["city"], destination["address"]) == (city, address)


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (international(), "recipient.country"),
        (domestic(label_format=LabelFormat.ZPL), "label_format"),
        (domestic(cash_on_delivery=Money.of("5", "SAR")), "cash_on_delivery.currency"),
        (domestic(insured_value=cash()), "insured_value"),
        (domestic(signature_required=True), "signature_required"),
        (domestic(service="Cross Border"), "service"),
        (domestic(sender=ABU_DHABI, recipient=DUBAI, is_return=True), "is_return"),
        (domestic(recipient=somewhere(city="Nowhere")), "recipient.city"),
        (domestic(sender=somewhere(city="Nowhere")), "sender.city"),
        (domestic(recipient=somewhere(city="Dubai", name="x" * 151)), "recipient.name"),
        (domestic(recipient=ABU_DHABI.model_copy(update={"line1": "x " * 600})), "recipient.line1"),
    ],
)
async def test_what_shipa_cannot_take_is_refused_before_any_call(request_: ShipmentRequest, field: str) -> None:
    connector, wire = shipa()
    with pytest.raises(InvalidRequest) as refused:
        await connector.create_shipment(request_)
    assert refused.value.field == field
    assert not wire.requests


@pytest.mark.parametrize("key", ["", "short", "has a space in the middle", "needs%20encoding12345", "x" * 200])
def test_a_key_that_cannot_be_right_is_named_and_not_repeated(key: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        open_connector("shipa", credentials={"api_key": key})
    assert refused.value.field == "credentials.api_key"
    assert not key or key not in refused.value.message
