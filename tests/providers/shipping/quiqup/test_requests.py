"""What Quiqup is sent, and what it is spared."""

from decimal import Decimal
from typing import Any

import pytest

from tests.providers.shipping.quiqup.builders import CREDENTIALS, existing, order, quiqup
from tests.support.carriers.parcels import ABU_DHABI, BOX, DUBAI, LONDON, cash, domestic, international
from workers.providers.errors import AuthenticationFailed, InvalidRequest
from workers.providers.money import Money
from workers.providers.shipping.models import LabelFormat, ShipmentRequest

READY = order("ready_for_collection")


async def sent(request: ShipmentRequest, **settings: Any) -> dict[str, Any]:
    """The order that is made of a shipment."""
    connector, wire = quiqup((201, order()), READY, **settings)
    await (connector.create_return(request) if request.is_return else connector.create_shipment(request))
    del wire.requests[1:]
    return wire.body


async def test_an_order_says_who_where_and_what() -> None:
    request = domestic(instructions="Ring twice")
    assert await sent(request) == {
        "kind": "partner_next_day",
        "partner_order_id": request.own_reference,
        "payment_mode": "pre_paid",
        "payment_amount": 0,
        "origin": {
            "contact_name": "Sara Khan (Souk Online LLC)",
            "contact_phone": "+971501110001",
            "contact_email": "shipping@souk.example",
            "address": {
                "address1": "Warehouse 4, Al Quoz 3",
                "town": "Dubai",
                "city": "Dubai",
                "country": "AE",
                "coordinates": {"lat": 25.13, "lng": 55.23},
            },
        },
        "destination": {
            "contact_name": "Omar Ali",
            "contact_phone": "+971501110002",
            "notes": "Ring twice",
            "address": {
                "address1": "Villa 12, Khalifa City",
                "town": "Abu Dhabi",
                "city": "Abu Dhabi",
                "country": "AE",
                "coordinates": {"lat": 24.42, "lng": 54.58},
            },
        },
        "items": [
            {
                "name": "ORD-1001 Silicone phone cases",
                "quantity": 1,
                "weight": 1.2,
                "dimensions": {"length": 30.0, "width": 20.0, "height": 10.0},
            }
        ],
    }


async def test_each_parcel_is_an_item_of_its_own() -> None:
    unmeasured = BOX.model_copy(update={"height_cm": None, "description": "A lamp"})
    items = (await sent(domestic(parcels=(BOX, unmeasured))))["items"]
    assert [item["name"] for item in items] == [
        "ORD-1001 Silicone phone cases (1 of 2)",
        "ORD-1001 A lamp (2 of 2)",
    ]
    assert [item["quantity"] for item in items] == [1, 1]
    assert "dimensions" not in items[1]


async def test_money_is_collected_at_the_door() -> None:
    body = await sent(domestic(cash_on_delivery=cash("150.50")))
    assert (body["payment_mode"], body["payment_amount"]) == ("paid_on_delivery", 150.5)


async def test_the_service_is_the_shipments_or_the_connections() -> None:
    assert (await sent(domestic(service="partner_4hr"), service="partner_same_day"))["kind"] == "partner_4hr"
    assert (await sent(domestic(), service="partner_same_day"))["kind"] == "partner_same_day"


async def test_a_return_goes_from_the_customer_to_the_merchant() -> None:
    body = await sent(domestic(sender=ABU_DHABI, recipient=DUBAI, is_return=True), service="partner_same_day")
    assert body["kind"] == "partner_return"
    assert body["origin"]["contact_name"] == "Omar Ali"


async def test_a_platform_names_the_merchant_who_is_billed() -> None:
    assert (await sent(domestic(), billing_identifier="SOUK1"))["billing_identifier"] == "SOUK1"


async def test_the_call_for_a_token_has_the_id_and_secret_where_quiqup_wants_them() -> None:
    connector, wire = quiqup((201, order()), READY)
    await connector.create_shipment(domestic())
    (asked,) = wire.tokens
    assert f"{asked.method} {asked.url.path}" == "POST /oauth/token"
    assert dict(asked.url.params) == {"grant_type": "client_credentials", **CREDENTIALS}
    assert {each.headers["authorization"] for each in wire.requests} == {"Bearer a-token-of-the-unit-tests"}


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (international(), "recipient.country"),
        (international(sender=LONDON, recipient=DUBAI), "sender.country"),
        (domestic(label_format=LabelFormat.ZPL), "label_format"),
        (domestic(cash_on_delivery=Money.of("5", "SAR")), "cash_on_delivery.currency"),
        (domestic(cash_on_delivery=cash(), is_return=True), "cash_on_delivery"),
        (domestic(insured_value=cash()), "insured_value"),
        (domestic(signature_required=True), "signature_required"),
        (domestic(service="partner_export"), "service"),
        (domestic(recipient=ABU_DHABI.model_copy(update={"line1": "x" * 600})), "recipient.line1"),
    ],
)
async def test_what_quiqup_cannot_take_is_refused_before_any_call(request_: ShipmentRequest, field: str) -> None:
    connector, wire = quiqup()
    with pytest.raises(InvalidRequest) as refused:
        await connector.create_shipment(request_)
    assert refused.value.field == field
    assert not wire.requests + wire.tokens


async def test_weights_are_kilograms() -> None:
    heavy = BOX.model_copy(update={"weight_kg": Decimal("12.345")})
    assert (await sent(domestic(parcels=(heavy,))))["items"][0]["weight"] == 12.345


async def test_a_token_is_kept() -> None:
    connector, wire = quiqup(order(), order())
    for _ in range(2):
        await connector.track_shipments([existing()])
    assert len(wire.tokens) == 1


async def test_a_token_that_is_refused_is_traded_once_more_and_no_oftener() -> None:
    unauthorized = (401, {"error": "The access token is invalid"})
    connector, wire = quiqup(unauthorized, order(), unauthorized, unauthorized)
    (found,) = await connector.track_shipments([existing()])
    assert found.found
    assert len(wire.tokens) == 2
    with pytest.raises(AuthenticationFailed):
        await connector.track_shipments([existing()])
    assert (len(wire.tokens), wire.answers) == (3, [])
