"""What goes over the wire to J&T, field by field, and how it is signed; and what never does."""

import base64
import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.providers.shipping.jt.builders import (
    CREDENTIALS,
    ORDER,
    WAYBILL,
    booked,
    contents,
    existing,
    good,
    jt,
)
from tests.support.carrier_wire import Wire
from tests.support.carriers.parcels import ABU_DHABI, BOX, DUBAI, LONDON, RIYADH, cash, domestic
from workers.providers.base import require
from workers.providers.capabilities import MakesReturns, ProvesDelivery, QuotesRates, SchedulesPickups, SendsWebhooks
from workers.providers.errors import InvalidRequest, NotSupported
from workers.providers.manifest import describe
from workers.providers.money import Money
from workers.providers.shipping.jt import JTConnector
from workers.providers.shipping.jt.signature import content_digest, customer_digest
from workers.providers.shipping.models import LabelFormat
from workers.transport.redaction import redact_body, redact_headers

MONDAY = datetime(2026, 11, 30, 6, tzinfo=UTC)
JEDDAH = RIYADH.model_copy(update={"city": "Jeddah", "state": "Makkah", "area": "Al Hamra"})
KSA = RIYADH.model_copy(update={"state": "Riyadh"})


async def sent(request: Any, **connection: Any) -> Any:
    """The content that books a shipment."""
    wire = Wire(booked())
    await jt(wire, **connection).create_shipment(request)
    return contents(wire)[0]


async def test_a_shipment_to_a_customer() -> None:
    wire = Wire(booked())
    await jt(wire, environment="live").create_shipment(domestic(ships_at=MONDAY, instructions="Ring twice"))
    assert [str(request.url) for request in wire.requests] == [
        "https://openapi.jtjms-ae.com/webopenplatformapi/api/order/addOrder"
    ]
    assert wire.requests[0].headers["Content-Type"] == "application/x-www-form-urlencoded"
    content = contents(wire)[0]
    assert content.pop("digest")
    assert content == {
        "customerCode": CREDENTIALS["customer_code"],
        "txlogisticId": ORDER,
        "expressType": "EZ",
        "orderType": "2",
        "serviceType": "01",
        "deliveryType": "04",
        "payType": "PP_PM",
        "goodsType": "ITN16",
        "operateType": 1,
        "sender": {
            "name": "Sara Khan",
            "company": "Souk Online LLC",
            "mobile": "0501110001",
            "phone": "0501110001",
            "mailBox": "shipping@souk.example",
            "countryCode": "UAE",
            "prov": "Dubai",
            "city": "Dubai",
            "area": "Al Quoz",
            "street": "Warehouse 4, Al Quoz 3",
            "address": "Warehouse 4, Al Quoz 3",
            "longitude": 55.23,
            "latitude": 25.13,
        },
        "receiver": {
            "name": "Omar Ali",
            "mobile": "0501110002",
            "phone": "0501110002",
            "countryCode": "UAE",
            "prov": "Abu Dhabi",
            "city": "Abu Dhabi",
            "area": "Khalifa City",
            "street": "Villa 12, Khalifa City",
            "address": "Villa 12, Khalifa City",
            "longitude": 54.58,
            "latitude": 24.42,
        },
        "sendStartTime": "2026-11-30 10:00:00",
        "sendEndTime": "2026-11-30 14:00:00",
        "weight": "1.20",
        "length": 30,
        "width": 20,
        "height": 10,
        "totalQuantity": 1,
        "items": [
            {"itemType": "ITN16", "itemName": "Silicone phone cases", "number": 1, "desc": "Silicone phone cases"}
        ],
        "remark": "ORD-1001, Ring twice",
    }


async def test_a_call_is_signed_over_the_very_text_that_is_sent() -> None:
    wire = Wire(booked())
    await jt(wire).create_shipment(domestic(description="أغلفة هواتف & more"))
    headers, text = wire.requests[0].headers, wire.forms[0]["bizContent"]
    signed = hashlib.md5((text + CREDENTIALS["private_key"]).encode()).digest()
    assert headers["digest"] == base64.b64encode(signed).decode()
    assert headers["apiAccount"] == CREDENTIALS["api_account"]
    assert len(headers["timestamp"]) == 13
    hidden = hashlib.md5(f"{CREDENTIALS['password']}jadada236t2".encode()).hexdigest().upper()
    customer = hashlib.md5(f"{CREDENTIALS['customer_code']}{hidden}{CREDENTIALS['private_key']}".encode()).digest()
    assert contents(wire)[0]["digest"] == base64.b64encode(customer).decode()


def test_signatures_are_as_openssl_makes_them() -> None:
    assert content_digest('{"billCodes":"UEG000000190252"}', "key") == OPENSSL_CONTENT
    assert customer_digest("J0000000001", "password", "key") == OPENSSL_CUSTOMER


OPENSSL_CONTENT = "xdxg3HhD72aF4zmypYkXxQ=="
OPENSSL_CUSTOMER = "d9CKPXOF/nBkVumZ1C0Kpw=="


@pytest.mark.parametrize(
    ("market", "environment", "host"),
    [
        ("AE", "sandbox", "demoopenapi.jtjms-ae.com"),
        ("SA", "live", "openapi.jtjms-sa.com"),
        ("EG", "sandbox", "demoopenapi.jtjms-eg.com"),
    ],
)
async def test_each_market_has_its_own_address(market: str, environment: str, host: str) -> None:
    wire = Wire(good())
    await jt(wire, settings={"market": market}, environment=environment).check_health()
    assert wire.requests[0].url.host == host


async def test_an_address_that_was_chosen_stays() -> None:
    wire = Wire(good())
    await jt(wire, settings={"market": "SA"}, base_url="https://sandbox.example/jt").check_health()
    assert str(wire.requests[0].url) == "https://sandbox.example/jt/vip/checkCusPwd"


async def test_saudi_arabia_has_its_own_words_and_money() -> None:
    request = domestic(sender=KSA, recipient=JEDDAH, cash_on_delivery=Money.of("150.00", "SAR"), ships_at=MONDAY)
    content = await sent(request, settings={"market": "SA", "express_type": "EZKSA", "service_type": "02"})
    receiver = content["receiver"]
    assert (receiver["countryCode"], receiver["prov"], receiver["mobile"]) == ("KSA", "Makkah", "0501234567")
    assert (content["itemsValue"], content["priceCurrency"]) == ("150.00", "SAR")
    assert (content["expressType"], content["serviceType"], content["sendStartTime"]) == (
        "EZKSA",
        "02",
        "2026-11-30 09:00:00",
    )


async def test_money_and_weight_are_texts_and_never_less_than_there_is() -> None:
    box = BOX.model_copy(update={"weight_kg": Decimal("1.201"), "length_cm": None})
    request = domestic(
        parcels=(box,), cash_on_delivery=cash(), insured_value=cash("200.00"), declared_value=cash("240.00")
    )
    content = await sent(request)
    assert (content["weight"], "length" in content) == ("1.21", False)
    assert (content["itemsValue"], content["priceCurrency"], content["offerFee"]) == ("150.00", "AED", "200.00")
    assert (content["items"][0]["itemValue"], content["items"][0]["priceCurrency"]) == ("240.00", "AED")


async def test_a_long_name_of_goods_is_shortened_where_its_whole_stands_beside_it() -> None:
    words = "Silicone phone cases for several kinds of phones"
    item = (await sent(domestic(description=words)))["items"][0]
    assert (item["desc"], item["itemName"]) == (words, "Silicone phone cases for…")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"recipient": LONDON}, "recipient.country"),
        ({"sender": RIYADH}, "sender.country"),
        ({"recipient": ABU_DHABI.model_copy(update={"area": None})}, "recipient.area"),
        ({"recipient": ABU_DHABI.model_copy(update={"emirate": None, "city": "Nowhere"})}, "recipient.emirate"),
        ({"recipient": ABU_DHABI.model_copy(update={"phone": "+442071838750"})}, "recipient.phone"),
        ({"recipient": ABU_DHABI.model_copy(update={"line1": "l" * 160})}, "recipient.line1"),
        ({"sender": DUBAI.model_copy(update={"name": "n" * 51})}, "sender.name"),
        ({"parcels": (BOX, BOX)}, "parcels"),
        ({"parcels": (BOX.model_copy(update={"weight_kg": Decimal(31)}),)}, "parcels.0.weight_kg"),
        ({"cash_on_delivery": Money.of("10", "USD")}, "cash_on_delivery.currency"),
        ({"cash_on_delivery": cash("99999999999.00")}, "cash_on_delivery.amount"),
        ({"insured_value": Money.of("10", "USD")}, "insured_value.currency"),
        ({"label_format": "zpl"}, "label_format"),
        ({"is_return": True}, "is_return"),
        ({"signature_required": True}, "signature_required"),
        ({"description": "d" * 101}, "description"),
        ({"instructions": "i" * 195}, "instructions"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_jt_cannot_take_is_refused_before_any_call(changes: dict[str, Any], field: str) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await jt(wire).create_shipment(domestic(**changes))
    assert (refused.value.field, wire.requests) == (field, [])


async def test_later_calls_and_which_of_them_may_be_repeated() -> None:
    label = good({"billCode": WAYBILL, "base64EncodeContent": base64.b64encode(b"%PDF-1.4").decode()})
    wire = Wire(label, good({}), good([]), booked())
    connector = jt(wire)
    await connector.get_documents(existing(), LabelFormat.PDF)
    await connector.cancel_shipment(existing())
    await connector.track_shipments([existing(), existing("UEG000000190252")])
    await connector.create_shipment(domestic())
    asked = [{name: value for name, value in content.items() if name not in CUSTOMER} for content in contents(wire)]
    assert asked[:3] == [
        {"billCode": WAYBILL, "printSize": 0, "printCod": 1, "showCustomerOrderId": 0},
        {"txlogisticId": ORDER, "orderType": "2", "reason": "Cancelled by the merchant"},
        {"billCodes": f"{WAYBILL},UEG000000190252"},
    ]
    assert "customerCode" not in contents(wire)[2]
    assert [request.extensions["wasl"]["retryable"] for request in wire.requests] == [True, False, True, False]


CUSTOMER = ("customerCode", "digest")


async def test_nothing_of_a_signed_call_is_kept() -> None:
    wire = Wire(booked())
    await jt(wire).create_shipment(domestic())
    request = wire.requests[0]
    sensitive = request.extensions["wasl"]["sensitive_fields"]
    kept = redact_body(request.content, request.headers["Content-Type"], sensitive)
    assert "0501110002" not in f"{kept}"
    assert contents(wire)[0]["digest"] not in f"{kept}"
    headers = redact_headers(request.headers.raw, sensitive, [])
    assert CREDENTIALS["api_account"] not in f"{headers}"
    assert request.headers["digest"] not in f"{headers}"


@pytest.mark.parametrize("number", ["UEG1,UEG2", "UEG/../1", "U", "é" * 9])
async def test_a_number_cannot_stand_for_several(number: str) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest, match="is not a waybill"):
        await jt(wire).track_shipments([existing().model_copy(update={"tracking_number": number})])
    assert not wire.requests


@pytest.mark.parametrize("capability", [QuotesRates, SchedulesPickups, MakesReturns, ProvesDelivery, SendsWebhooks])
def test_it_does_not_claim_what_is_not_built_on_facts(capability: Any) -> None:
    with pytest.raises(NotSupported):
        require(jt(Wire()), capability, "this")


def test_what_it_claims() -> None:
    assert describe(JTConnector).capabilities == (
        "ships_parcels",
        "prints_labels",
        "cancels_shipments",
        "tracks_shipments",
        "checks_health",
    )


@pytest.mark.parametrize("name", list(CREDENTIALS))
@pytest.mark.parametrize("value", ["", " padded", "line\nbreak", "مفتاح"])
def test_a_credential_that_cannot_be_one_is_refused_by_field(name: str, value: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        jt(Wire(), credentials={**CREDENTIALS, name: value})
    assert refused.value.field == f"credentials.{name}"
    assert not value.strip() or value not in f"{refused.value.as_dict()}"
