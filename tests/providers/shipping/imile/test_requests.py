"""What iMile is sent, and what it is spared."""

from decimal import Decimal
from typing import Any

import pytest

from tests.providers.shipping.imile.builders import MADE, imile, ok
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
from workers.providers.shipping.models import LabelFormat, ShipmentRequest

FEE = ok({"totalAmount": 16, "currency": "AED"})


async def sent(request: ShipmentRequest, **settings: Any) -> dict[str, Any]:
    """The order that is made of a shipment."""
    connector, wire = imile(MADE, **settings)
    await connector.create_shipment(request)
    assert wire.lines == ["POST /client/order/v2/createOrder"]
    param: dict[str, Any] = wire.body["param"]
    return param


async def test_an_order_says_who_where_and_what() -> None:
    request = domestic(declared_value=cash("240.00"), instructions="Ring twice")
    assert await sent(request) == {
        "orderNo": request.own_reference,
        "orderType": "100",
        "orderDescription": "ORD-1001",
        "senderInfo": {
            "addressType": "warehouse",
            "contacts": "Sara Khan",
            "contactCompany": "Souk Online LLC",
            "phone": "971501110001",
            "email": "shipping@souk.example",
            "country": "UAE",
            "province": "Dubai",
            "city": "Dubai",
            "area": "Al Quoz",
            "address": "Warehouse 4, Al Quoz 3",
            "longitude": "55.23",
            "latitude": "25.13",
        },
        "consigneeInfo": {
            "addressType": "customer",
            "contacts": "Omar Ali",
            "phone": "971501110002",
            "country": "UAE",
            "province": "Abu Dhabi",
            "city": "Abu Dhabi",
            "area": "Khalifa City",
            "address": "Villa 12, Khalifa City",
            "longitude": "54.58",
            "latitude": "24.42",
        },
        "serviceInfo": {"pickupService": "1", "deliveryService": "Delivery", "deliveryRequirements": "Ring twice"},
        "packageInfo": {
            "goodsType": "Normal",
            "totalCount": "1",
            "grossWeight": "1.2",
            "totalVolume": "6000",
            "length": "30",
            "width": "20",
            "high": "10",
            "paymentMethod": "PPD",
            "collectingMoney": "0",
            "clientDeclaredValue": "240",
            "clientDeclaredCurrency": "Local",
        },
        "skuInfos": [{"skuName": "Silicone phone cases", "skuQty": "1", "skuWeight": "1.2", "skuDeclaredValue": "240"}],
    }


async def test_goods_that_cross_a_border_are_listed() -> None:
    body = await sent(international(RIYADH))
    assert (body["consigneeInfo"]["country"], body["consigneeInfo"]["zipCode"]) == ("KSA", "11564")
    assert body["packageInfo"]["clientDeclaredValue"] == "240"
    assert body["packageInfo"]["clientDeclaredCurrency"] == "AED"
    assert body["skuInfos"] == [
        {
            "skuName": "Silicone phone cases",
            "skuQty": "3",
            "skuDeclaredValue": "80",
            "skuWeight": "0.4",
            "skuHsCode": "392690",
        }
    ]


async def test_several_parcels_are_told_together() -> None:
    unmeasured = BOX.model_copy(update={"weight_kg": Decimal("0.305"), "height_cm": None})
    package = (await sent(domestic(parcels=(BOX, BOX))))["packageInfo"]
    assert (package["totalCount"], package["grossWeight"], package["totalVolume"]) == ("2", "2.4", "12000")
    assert "length" not in package
    package = (await sent(domestic(parcels=(BOX, unmeasured))))["packageInfo"]
    assert package["grossWeight"] == "1.505"
    assert "totalVolume" not in package


@pytest.mark.parametrize(
    ("request_", "amount"),
    [
        (domestic(cash_on_delivery=cash("150.50")), "150.5"),
        (international(RIYADH, cash_on_delivery=Money.of("75", "SAR")), "75"),
    ],
)
async def test_money_is_collected_at_the_door(request_: ShipmentRequest, amount: str) -> None:
    package = (await sent(request_))["packageInfo"]
    assert (package["paymentMethod"], package["collectingMoney"]) == ("COD", amount)


async def test_the_connection_says_how_parcels_come_and_by_what_product() -> None:
    service = (await sent(domestic(), pickup=False, product_code="AE-STD"))["serviceInfo"]
    assert (service["pickupService"], service["logisticsProductCode"]) == ("0", "AE-STD")


async def test_a_price_is_asked_by_weight_volume_and_route() -> None:
    connector, wire = imile(FEE, FEE)
    await connector.get_rates(question(domestic(cash_on_delivery=cash("10"))))
    assert wire.body["param"] == {
        "senderInfo": {"country": "UAE", "province": "Dubai", "city": "Dubai", "area": "Al Quoz"},
        "consigneeInfo": {"country": "UAE", "province": "Abu Dhabi", "city": "Abu Dhabi", "area": "Khalifa City"},
        "orderType": "100",
        "goodsType": "Normal",
        "totalWeight": "1.2",
        "totalVolume": "6000",
        "paymentMethod": "COD",
        "collectingMoney": "10",
        "clientDeclaredValue": "10",
        "clientDeclaredCurrency": "Local",
    }
    light = BOX.model_copy(update={"length_cm": None, "weight_kg": Decimal("0.5")})
    await connector.get_rates(question(domestic(parcels=(light,))))
    assert wire.body["param"]["totalVolume"] == "3000"


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (international(sender=LONDON, recipient=DUBAI), "sender.country"),
        (international(LONDON.model_copy(update={"country": "FR"})), "recipient.country"),
        (international(customs=None), "customs"),
        (domestic(label_format=LabelFormat.ZPL), "label_format"),
        (domestic(cash_on_delivery=Money.of("5", "USD")), "cash_on_delivery.currency"),
        (domestic(cash_on_delivery=Money.of("5", "SAR")), "cash_on_delivery.currency"),
        (international(cash_on_delivery=cash()), "cash_on_delivery.currency"),
        (domestic(insured_value=cash()), "insured_value"),
        (domestic(signature_required=True), "signature_required"),
        (domestic(service="express"), "service"),
        (domestic(sender=ABU_DHABI, recipient=DUBAI, is_return=True), "is_return"),
        (domestic(recipient=ABU_DHABI.model_copy(update={"name": "x" * 51})), "recipient.name"),
        (domestic(sender=DUBAI.model_copy(update={"line1": "x " * 101})), "sender.line1"),
    ],
)
async def test_what_imile_cannot_take_is_refused_before_any_call(request_: ShipmentRequest, field: str) -> None:
    connector, wire = imile()
    with pytest.raises(InvalidRequest) as refused:
        await connector.create_shipment(request_)
    assert refused.value.field == field
    assert not wire.requests + wire.tokens


async def test_where_imile_does_not_go_nothing_is_asked() -> None:
    connector, wire = imile()
    assert await connector.get_rates(question(international(LONDON.model_copy(update={"country": "FR"})))) == ()
    assert await connector.get_rates(question(domestic(), services=("express",))) == ()
    assert not wire.requests


def test_customs_items_are_what_the_goods_are_worth() -> None:
    assert PHONE_CASES.total == Money.of("240.00", "AED")
