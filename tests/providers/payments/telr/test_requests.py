"""What goes over the wire to Telr, by each of its three interfaces; and what is refused before anything does."""

from base64 import b64encode
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_payment, a_refund, now
from tests.providers.payments.telr.wire import (
    AUTH,
    AUTH_KEY,
    CAPTURE,
    ORDER,
    ORDERS,
    REFUND,
    REMOTE,
    REMOTE_KEY,
    SALE,
    SERVICE,
    SERVICE_KEY,
    STORE,
    Wire,
    a_list,
    a_reserved,
    a_sold,
    a_transaction,
    an_auth,
    an_opened_order,
    an_order,
    telr,
)
from workers.providers.errors import InvalidRequest, NotSupported
from workers.providers.manifest import Environment
from workers.providers.money import Money
from workers.providers.payments.telr.documents import TEXT_LIMIT_CHARS, carried
from workers.providers.payments.telr.manifest import CURRENCIES
from workers.providers.registry import open_connector
from workers.providers.xml import read_xml
from workers.transport.redaction import redact_body

DEIRA = {"line1": "1 Creek Road", "line2": "Flat 2", "city": "Deira", "country": "AE"}
CARRIED = frozenset(chr(code) for code in (9, 10, 13, *range(0x20, 0x7F), *range(0xA0, 0x250)))


def aed(amount: str) -> Money:
    return Money.of(amount, "AED")


async def test_a_hosted_payment_is_an_order() -> None:
    wire = Wire(an_opened_order())
    request = a_checkout(
        customer={"name": "Sara Al Ali", "email": "sara@example.com", "phone": "+971500000001"},
        billing_address={
            "line1": "1 Creek Road",
            "line2": "Flat 2",
            "city": "Deira",
            "state": "Dubai",
            "country": "AE",
        },
        description="Two mugs",
        locale="ar",
    )
    await telr(wire).create_payment(request)
    assert wire.lines == [f"POST {ORDERS}"]
    assert wire.requests[0].headers["content-type"] == "application/json"
    assert wire.json() == {
        "method": "create",
        "store": int(STORE),
        "authkey": AUTH_KEY,
        "framed": 0,
        "language": "ar",
        "order": {
            "cartid": str(request.payment_id),
            "test": 1,
            "amount": "99.00",
            "currency": "AED",
            "description": "Two mugs",
            "trantype": "sale",
        },
        "return": {
            "authorised": "https://shop.example/thanks",
            "declined": "https://shop.example/thanks",
            "cancelled": "https://shop.example/cart",
        },
        "customer": {
            "email": "sara@example.com",
            "phone": "+971500000001",
            "name": {"forenames": "Sara Al", "surname": "Ali"},
            "address": {**DEIRA, "line3": "Dubai"},
        },
    }


async def test_what_is_not_known_is_not_sent() -> None:
    wire = Wire(an_opened_order(), an_opened_order())
    await telr(wire).create_payment(a_checkout(cancel_url=None))
    body = wire.json()
    assert "customer" not in body
    assert body["return"]["cancelled"] == body["return"]["authorised"]
    assert (body["language"], body["order"]["description"]) == ("en", "order-1001")
    await telr(wire, language="ar").create_payment(a_checkout(customer={"name": "Sara"}))
    assert wire.json()["customer"] == {"name": {"forenames": "Sara"}}
    assert wire.json()["language"] == "ar"


async def test_play_money_and_real_money_differ_by_a_flag() -> None:
    wire = Wire(an_opened_order(), an_opened_order())
    for environment, flag in ((Environment.SANDBOX, 1), (Environment.LIVE, 0)):
        connector = telr(wire, environment=environment)
        assert connector.base_url == "https://secure.telr.com"
        await connector.create_payment(a_checkout())
        assert wire.json()["order"]["test"] == flag


@pytest.mark.parametrize(
    ("money", "written"),
    [
        (Money.of("125.50", "AED"), "125.50"),
        (Money.of("7", "SAR"), "7.00"),
        (Money.of("1.5", "KWD"), "1.500"),
        (Money.of("0.125", "BHD"), "0.125"),
        (Money.of("500", "JPY"), "500"),
        (Money.of("123456789012.34", "AED"), "123456789012.34"),
    ],
    ids=str,
)
async def test_amounts_are_decimals_of_major_units(money: Money, written: str) -> None:
    wire = Wire(an_opened_order())
    await telr(wire).create_payment(a_checkout(money=money))
    assert wire.json()["order"]["amount"] == written


@pytest.mark.parametrize("currency", CURRENCIES)
async def test_every_offered_currency_is_sent(currency: str) -> None:
    wire = Wire(an_opened_order())
    await telr(wire).create_payment(a_checkout(money=Money.of("12", currency)))
    assert wire.json()["order"]["currency"] == currency


async def test_a_card_that_is_to_be_kept_shows_in_the_cart_id() -> None:
    wire = Wire(an_opened_order())
    request = a_checkout(save_payment_method=True)
    await telr(wire).create_payment(request)
    assert wire.json()["order"]["cartid"] == f"{request.payment_id}-keep"


async def test_a_saved_card_is_charged_by_the_sale_that_it_was_used_for() -> None:
    wire = Wire(an_auth())
    request = a_payment(payment_method=SALE, description="Second box")
    await telr(wire).create_payment(request)
    assert wire.lines == [f"POST {REMOTE}"]
    assert wire.requests[0].headers["content-type"] == "application/xml"
    document = read_xml(wire.requests[0].content)
    assert [each.tag for each in document] == ["store", "key", "tran"]
    assert (document.findtext("store"), document.findtext("key")) == (STORE, REMOTE_KEY)
    assert wire.tran() == {
        "type": "sale",
        "class": "cont",
        "cartid": str(request.payment_id),
        "description": "Second box",
        "test": "1",
        "currency": "AED",
        "amount": "99.00",
        "ref": SALE,
    }


async def test_a_capture_follows_the_authorization() -> None:
    wire = Wire(*a_reserved(), an_auth(tranref=CAPTURE))
    request = a_capture(ORDER, money=aed("30.00"))
    await telr(wire).capture_payment(request)
    assert wire.lines == [f"POST {ORDERS}", f"GET {SERVICE}/{AUTH}/linked", f"POST {REMOTE}"]
    assert wire.json(0) == {"method": "check", "store": int(STORE), "authkey": AUTH_KEY, "order": {"ref": ORDER}}
    basic = b64encode(f"{STORE}:{SERVICE_KEY}".encode()).decode()
    assert wire.requests[1].headers["authorization"] == f"Basic {basic}"
    assert wire.tran() == {
        "type": "capture",
        "class": "ecom",
        "cartid": str(request.payment_id),
        "description": "capture",
        "test": "1",
        "currency": "AED",
        "amount": "30.00",
        "ref": AUTH,
    }


async def test_the_service_api_can_have_a_user_of_its_own() -> None:
    wire = Wire(*a_sold())
    await telr(wire, merchant_id="777").get_payment(ORDER)
    assert wire.requests[1].headers["authorization"] == f"Basic {b64encode(f'777:{SERVICE_KEY}'.encode()).decode()}"


async def test_without_an_amount_all_that_is_left_is_captured_or_released() -> None:
    captured = a_transaction(CAPTURE, "Capture", "30.00", previous=AUTH)
    wire = Wire(*a_reserved(captured), an_auth())
    await telr(wire).capture_payment(a_capture(ORDER))
    assert (wire.tran()["type"], wire.tran()["amount"]) == ("capture", "69.00")
    released = a_transaction("030100000009", "Release", "19.00", previous=AUTH)
    wire = Wire(*a_reserved(released), an_auth())
    await telr(wire).cancel_payment(a_cancellation(ORDER))
    assert (wire.tran()["type"], wire.tran()["amount"], wire.tran()["ref"]) == ("release", "80.00", AUTH)


async def test_a_refund_of_a_sale_names_it_and_wasls_refund() -> None:
    wire = Wire(*a_sold(), an_auth())
    request = a_refund(ORDER, money=aed("30.00"))
    await telr(wire).refund_payment(request)
    assert (wire.tran()["type"], wire.tran()["amount"], wire.tran()["ref"]) == ("refund", "30.00", SALE)
    assert wire.tran()["description"] == f"refund {request.refund_id}"
    assert len(wire.tran()["description"]) <= TEXT_LIMIT_CHARS


async def test_a_refund_of_a_capture_names_the_smallest_one_that_holds_it() -> None:
    large = a_transaction("030100000011", "Capture", "60.00", previous=AUTH)
    small = a_transaction("030100000012", "Capture", "39.00", previous=AUTH)
    given = a_transaction(REFUND, "Refund", "20.00", previous="030100000012")
    for asked, source in (("19.00", "030100000012"), ("20.00", "030100000011"), ("60.00", "030100000011")):
        wire = Wire(*a_reserved(large, small, given), an_auth())
        await telr(wire).refund_payment(a_refund(ORDER, money=aed(asked)))
        assert wire.tran()["ref"] == source
    wire = Wire(*a_reserved(large, small, given))
    with pytest.raises(InvalidRequest, match="any one capture"):
        await telr(wire).refund_payment(a_refund(ORDER, money=aed("70.00")))


async def test_without_the_service_api_a_sale_can_be_refunded_and_telr_counts() -> None:
    wire = Wire(an_order(), an_auth())
    await telr(wire, keys="remote").refund_payment(a_refund(ORDER))
    assert wire.lines == [f"POST {ORDERS}", f"POST {REMOTE}"]
    assert (wire.tran()["amount"], wire.tran()["ref"]) == ("99.00", SALE)


async def test_a_charge_of_a_saved_card_is_refunded_in_its_own_class() -> None:
    wire = Wire(a_list(a_transaction(SALE, "Sale")), an_auth())
    await telr(wire).refund_payment(a_refund(SALE))
    assert (wire.tran()["class"], wire.tran()["ref"]) == ("cont", SALE)


@pytest.mark.parametrize("saves", [False, True])
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"money": Money.of("10", "CHF")}, "money.currency"),
        ({"method": "paypal"}, "method"),
    ],
)
async def test_what_the_manifest_rules_out_is_not_sent(changes: dict[str, Any], field: str, saves: bool) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await telr(wire).create_payment(a_checkout(save_payment_method=saves, **changes))
    assert (refused.value.field, wire.requests) == (field, [])


@pytest.mark.parametrize(
    ("request_", "keys", "field"),
    [
        (a_checkout(capture_method="manual"), "", "capture_method"),
        (a_checkout(capture_method="manual"), "remote", "capture_method"),
        (a_checkout(capture_method="manual"), "service", "capture_method"),
        (a_checkout(capture_method="manual", save_payment_method=True), "remote service", "save_payment_method"),
        (a_payment(payment_method=SALE), "remote", "mode"),
        (a_payment(payment_method=SALE), "", "mode"),
        (a_payment(payment_method=SALE, capture_method="manual"), "remote service", "capture_method"),
        (a_payment(payment_method="tok_visa"), "remote service", "payment_method"),
        (a_payment(payment_method=None), "remote service", "payment_method"),
        (a_payment(payment_method=SALE, save_payment_method=True), "remote service", "save_payment_method"),
        (a_payment(payment_method=SALE, confirm=False), "remote service", "confirm"),
    ],
)
async def test_what_could_not_be_done_safely_is_refused(request_: Any, keys: str, field: str) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await telr(wire, keys=keys).create_payment(request_)
    assert (refused.value.field, wire.requests) == (field, [])


@pytest.mark.parametrize(
    ("asked", "left", "field"),
    [
        (aed("99.01"), "99.00", "money.amount"),
        (Money.of("10.00", "USD"), "99.00", "money.currency"),
    ],
)
async def test_no_more_is_moved_than_there_is(asked: Money, left: str, field: str) -> None:
    for answers, call in ((a_reserved(), "capture"), (a_sold(), "refund")):
        wire = Wire(*answers)
        connector = telr(wire)
        with pytest.raises(InvalidRequest) as refused:
            if call == "capture":
                await connector.capture_payment(a_capture(ORDER, money=asked))
            else:
                await connector.refund_payment(a_refund(ORDER, money=asked))
        assert refused.value.field == field
        assert len(wire.requests) == 2


async def test_what_is_refunded_cannot_be_refunded_again() -> None:
    wire = Wire(*a_sold(a_transaction(REFUND, "Refund", previous=SALE)))
    with pytest.raises(InvalidRequest, match=r"only AED 0\.00 is left"):
        await telr(wire).refund_payment(a_refund(ORDER))


@pytest.mark.parametrize("identity", ["", "../../x", "tok visa", "012", f"{ORDER}/../x", "é" * 64])
async def test_an_id_that_is_none_of_telrs_goes_nowhere(identity: str) -> None:
    wire = Wire()
    if identity:
        with pytest.raises(InvalidRequest):
            await telr(wire).capture_payment(a_capture(identity))
    with pytest.raises(InvalidRequest):
        await telr(wire).get_payment(identity)
    with pytest.raises(InvalidRequest):
        await telr(wire).get_refund(identity)
    assert wire.requests == []


async def test_without_its_key_an_interface_is_not_there() -> None:
    wire = Wire(an_order(), an_order(), *a_reserved())
    with pytest.raises(NotSupported, match="Remote API"):
        await telr(wire, keys="").refund_payment(a_refund(ORDER))
    with pytest.raises(NotSupported, match="Service API"):
        await telr(wire, keys="remote").get_refund(REFUND)
    with pytest.raises(NotSupported, match="Service API"):
        await telr(wire, keys="remote").get_payment(SALE)
    assert wire.lines == [f"POST {ORDERS}"]


async def test_a_saved_card_cannot_be_forgotten() -> None:
    with pytest.raises(NotSupported):
        await telr(Wire()).delete_payment_method(SALE, {})


async def test_a_lost_order_is_opened_anew_under_another_cart_id() -> None:
    request = a_checkout(save_payment_method=True)
    wire = Wire(an_opened_order())
    await telr(wire).find_payment(request, attempted_at=now())
    cart = wire.json()["order"]["cartid"]
    assert cart.startswith(f"{request.payment_id}-")
    assert cart.endswith("-keep")
    assert cart != f"{request.payment_id}-keep"
    assert len(cart) <= TEXT_LIMIT_CHARS


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Two mugs", "Two mugs"),
        ("كوبان", ""),
        ("كوبان mugs", "mugs"),
        ("Café\u0000 ☕ au lait", "Café au lait"),
        ("a" * 80, "a" * 63),
        ("  spaced \n out ", "spaced out"),
    ],
)
def test_only_what_the_card_networks_carry_is_sent(text: str, sent: str) -> None:
    assert carried(text) == sent


@given(st.text(max_size=200))
def test_no_text_breaks_a_request(text: str) -> None:
    sent = carried(text)
    assert len(sent) <= TEXT_LIMIT_CHARS
    assert all(
        character in "\t\n\r" or " " <= character <= "~" or "\xa0" <= character <= "\u024f" for character in sent
    )


async def test_an_arabic_description_falls_back_to_the_reference() -> None:
    wire = Wire(an_opened_order(), an_opened_order())
    await telr(wire).create_payment(a_checkout(description="كوبان"))
    assert wire.json()["order"]["description"] == "order-1001"
    request = a_checkout(description="كوبان", reference="طلب")
    await telr(wire).create_payment(request)
    assert wire.json()["order"]["description"] == str(request.payment_id)


async def test_nothing_in_a_description_becomes_a_field() -> None:
    wire = Wire(an_auth())
    await telr(wire).create_payment(a_payment(payment_method=SALE, description="</description><amount>1</amount>&x;"))
    assert wire.tran()["description"] == "</description><amount>1</amount>&x;"
    assert wire.tran()["amount"] == "99.00"


async def test_keys_are_blanked_where_calls_are_recorded() -> None:
    wire = Wire(an_opened_order(), an_auth())
    connector = telr(wire)
    await connector.create_payment(a_checkout(customer={"name": "Sara Ali", "email": "sara@example.com"}))
    await connector.create_payment(a_payment(payment_method=SALE))
    for request in wire.requests:
        kept = redact_body(request.content, request.headers["content-type"], connector.sensitive_fields) or ""
        assert kept
        assert not any(secret in kept for secret in (AUTH_KEY, REMOTE_KEY, "Sara", "sara@example.com"))


@pytest.mark.parametrize(
    ("credentials", "settings", "field"),
    [
        ({}, {"store_id": STORE}, "credentials.auth_key"),
        ({"auth_key": "with space"}, {"store_id": STORE}, "credentials.auth_key"),
        ({"auth_key": AUTH_KEY, "remote_key": "x"}, {"store_id": STORE}, "credentials.remote_key"),
        ({"auth_key": AUTH_KEY, "service_key": "é" * 9}, {"store_id": STORE}, "credentials.service_key"),
        ({"auth_key": AUTH_KEY}, {}, "settings.store_id"),
        ({"auth_key": AUTH_KEY}, {"store_id": "15164-shop"}, "settings.store_id"),
        ({"auth_key": AUTH_KEY}, {"store_id": STORE, "merchant_id": "x"}, "settings.merchant_id"),
        ({"auth_key": AUTH_KEY}, {"store_id": STORE, "language": "fr"}, "settings.language"),
    ],
)
def test_a_connection_that_cannot_be_right_is_refused(credentials: Any, settings: Any, field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        open_connector("telr", credentials=credentials, settings=settings, transport=httpx.MockTransport(Wire()))
    assert refused.value.field == field
    assert "with space" not in str(refused.value)
