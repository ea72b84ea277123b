"""What is sent to PayTabs, and what is refused before anything is."""

import re
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_refund
from tests.providers.payments.paytabs.wire import (
    CAPTURE_REF,
    CART,
    FIRST_REF,
    KEY,
    OLD_KEY,
    PAGE,
    PROFILE,
    REF,
    TOKEN,
    WEBHOOK_URL,
    Wire,
    a_charge,
    a_follow_up,
    a_page,
    a_token_payment,
    a_transaction,
    an_error,
    paytabs,
)
from workers.providers.errors import InvalidRequest, NotSupported, ProviderError
from workers.providers.money import Money
from workers.providers.payments.models import PaymentMethodType
from workers.providers.payments.paytabs.manifest import BASE_URLS, MANIFEST

TEN = Money.of("10.00", "AED")
ADDRESS = {"line1": "12 Marina Walk", "line2": "Flat 3", "city": "Dubai", "state": "Dubai", "country": "AE"}


async def opened(**changes: Any) -> dict[str, Any]:
    """The body that a hosted payment is asked for with."""
    request = a_checkout(**changes)
    wire = Wire(a_page(request))
    await paytabs(wire).create_payment(request)
    return wire.bodies[0]


async def test_a_hosted_page_is_asked_for_in_one_request() -> None:
    request = a_checkout(description="Two tickets", customer={"name": "Sara Ali", "email": "sara@example.com"})
    wire = Wire(a_page(request))
    payment = await paytabs(wire).create_payment(request)
    assert (wire.paths, wire.requests[0].method) == (["/payment/request"], "POST")
    assert wire.bodies == [
        {
            "profile_id": PROFILE,
            "tran_type": "sale",
            "tran_class": "ecom",
            "cart_id": str(request.payment_id),
            "cart_description": "order-1001: Two tickets",
            "cart_currency": "AED",
            "cart_amount": Decimal("99.00"),
            "callback": WEBHOOK_URL,
            "return": "https://shop.example/thanks",
            "customer_details": {"name": "Sara Ali", "email": "sara@example.com"},
            "hide_shipping": True,
        }
    ]
    assert (payment.status, payment.checkout_url) == ("requires_action", PAGE)
    assert (payment.provider_payment_id, payment.payment_id) == (REF, request.payment_id)
    assert payment.next_action is not None
    assert (payment.next_action.type, payment.next_action.url) == ("redirect", PAGE)


async def test_the_server_key_goes_plainly_into_the_header() -> None:
    request = a_checkout()
    wire = Wire(a_page(request))
    await paytabs(wire, credentials={"server_key": f"{KEY}\n{OLD_KEY}\n"}).create_payment(request)
    assert wire.requests[0].headers["authorization"] == KEY
    assert "idempotency" not in " ".join(wire.requests[0].headers).lower()


@pytest.mark.parametrize("region", list(BASE_URLS))
async def test_each_region_has_a_host_of_its_own(region: str) -> None:
    request = a_checkout()
    wire = Wire(a_page(request))
    await paytabs(wire, region=region).create_payment(request)
    assert f"https://{wire.requests[0].url.host}" == BASE_URLS[region]  # type: ignore[index]


def test_the_regions_hosts_are_those_of_paytabs_packages() -> None:
    assert len(set(BASE_URLS.values())) == len(BASE_URLS)
    pattern = re.compile(r"https://secure(\.paytabs\.(com|sa)|-[a-z]+\.paytabs\.com)")
    assert all(pattern.fullmatch(url) for url in BASE_URLS.values())


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("125.50", "AED", "125.50"),
        ("0.01", "USD", "0.01"),
        ("1.500", "KWD", "1.500"),
        ("12.345", "OMR", "12.345"),
        ("0.010", "JOD", "0.010"),
        ("99999999999.99", "AED", "99999999999.99"),
        ("999999999999999.99", "SAR", "999999999999999.99"),
    ],
)
async def test_amounts_are_decimal_numbers_and_lose_nothing(amount: str, currency: str, written: str) -> None:
    request = a_checkout(money=Money.of(amount, currency))
    wire = Wire(a_page(request))
    payment = await paytabs(wire).create_payment(request)
    assert f'"cart_amount":{written},'.encode() in wire.requests[0].content
    assert payment.money == request.money


async def test_without_a_webhook_address_none_is_sent() -> None:
    request = a_checkout()
    wire = Wire(a_page(request))
    await paytabs(wire, credentials={"webhook_url": None}).create_payment(request)
    assert "callback" not in wire.bodies[0]


async def test_a_manual_capture_is_an_authorization() -> None:
    assert (await opened(capture_method="manual"))["tran_type"] == "auth"


async def test_the_payer_addresses_language_and_country_are_told() -> None:
    body = await opened(
        locale="ar",
        customer={"name": "Sara Ali", "email": "sara@example.com", "phone": "+971500000001"},
        billing_address={**ADDRESS, "postal_code": "00000"},
        shipping_address=ADDRESS,
    )
    assert body["paypage_lang"] == "ar"
    assert body["customer_details"] == {
        "name": "Sara Ali",
        "email": "sara@example.com",
        "phone": "+971500000001",
        "street1": "12 Marina Walk, Flat 3",
        "city": "Dubai",
        "state": "Dubai",
        "country": "AE",
        "zip": "00000",
    }
    assert body["shipping_details"]["street1"] == "12 Marina Walk, Flat 3"
    assert (await opened(country="SA"))["customer_details"] == {"country": "SA"}
    assert "customer_details" not in await opened()


async def test_a_saved_card_is_asked_for_as_a_hexadecimal_token() -> None:
    body = await opened(save_payment_method=True)
    assert (body["tokenise"], body["show_save_card"]) == (2, False)
    assert "tokenise" not in await opened()


@pytest.mark.parametrize(
    ("method", "currency", "codes"),
    [
        ("card", "AED", ["creditcard"]),
        ("apple_pay", "EGP", ["applepay"]),
        ("samsung_pay", "AED", ["samsungpay"]),
        ("paypal", "USD", ["paypal"]),
        ("pay_later", "AED", ["tabby", "tamara"]),
        ("pay_later", "EGP", ["valu", "souhoola", "forsa", "halan", "tru", "amaninstallments"]),
        ("mada", "SAR", ["mada"]),
        ("stc_pay", "SAR", ["stcpay"]),
        ("knet", "KWD", ["knet"]),
        ("omannet", "OMR", ["omannet"]),
        ("fawry", "EGP", ["fawry"]),
    ],
)
async def test_a_method_is_told_in_paytabs_words(method: str, currency: str, codes: list[str]) -> None:
    body = await opened(method=method, money=Money.of("10", currency))
    assert body["payment_methods"] == codes


async def test_every_method_of_the_manifest_can_be_paid_in_some_currency() -> None:
    for method in MANIFEST.methods:
        assert isinstance(method, PaymentMethodType)
        found = []
        for currency in MANIFEST.currencies:
            try:
                found += (await opened(method=method, money=Money.of("10", currency)))["payment_methods"]
            except InvalidRequest as refused:
                assert refused.field == "method"
        assert found


async def test_a_token_is_charged_without_the_payer() -> None:
    request = a_token_payment(capture_method="manual", description="Monthly fee")
    wire = Wire(a_charge(request, tran_type="Auth"))
    payment = await paytabs(wire).create_payment(request)
    assert wire.bodies == [
        {
            "profile_id": PROFILE,
            "tran_type": "auth",
            "tran_class": "recurring",
            "cart_id": str(request.payment_id),
            "cart_description": "order-1001: Monthly fee",
            "cart_currency": "AED",
            "cart_amount": Decimal("99.00"),
            "callback": WEBHOOK_URL,
            "token": TOKEN,
            "tran_ref": FIRST_REF,
        }
    ]
    assert (payment.status, str(payment.amount_authorized)) == ("authorized", "99.00")


async def test_long_descriptions_are_cut() -> None:
    body = await opened(reference="r" * 255, description="d" * 500)
    assert body["cart_description"] == "r" * 128


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"money": Money.of("10.00", "INR")}, "money.currency"),
    ({"money": Money.of("0.001", "KWD")}, "money.amount"),
    ({"method": "benefit"}, "method"),
    ({"method": "knet"}, "method"),
    ({"method": "mada"}, "method"),
    (
        {"method": "stc_pay", "money": Money.of("10.00", "SAR"), "capture_method": "manual"},
        "capture_method",
    ),
    ({"method": "pay_later", "save_payment_method": True}, "save_payment_method"),
    ({"return_url": f"https://shop.example/{'x' * 250}"}, "return_url"),
]
REFUSED_DIRECT: list[tuple[dict[str, Any], str]] = [
    ({"payment_method": None}, "payment_method"),
    ({"payment_method": "not a token"}, "payment_method"),
    ({"payment_method_data": {"tran_ref": "../x"}}, "payment_method_data"),
    ({"confirm": False}, "confirm"),
]


@pytest.mark.parametrize(("changes", "field"), REFUSED)
async def test_what_paytabs_would_refuse_is_refused_before_any_call(changes: dict[str, Any], field: str) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await paytabs(wire).create_payment(a_checkout(**changes))
    assert (refused.value.field, wire.requests) == (field, [])


@pytest.mark.parametrize(("changes", "field"), REFUSED_DIRECT)
async def test_a_charge_that_cannot_work_is_refused_before_any_call(changes: dict[str, Any], field: str) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await paytabs(wire).create_payment(a_token_payment(**changes))
    assert (refused.value.field, wire.requests) == (field, [])


@pytest.mark.parametrize(
    ("group", "values", "field"),
    [
        ("credentials", {"server_key": "sk_live_1"}, "credentials.server_key"),
        ("credentials", {"server_key": f"{KEY}\nnonsense"}, "credentials.server_key"),
        ("credentials", {"server_key": " \n "}, "credentials.server_key"),
        ("credentials", {"webhook_url": "http://hub.example/x"}, "credentials.webhook_url"),
        ("credentials", {"webhook_url": f"https://hub.example/{'x' * 300}"}, "credentials.webhook_url"),
        ("settings", {"profile_id": 0}, "settings.profile_id"),
        ("settings", {"region": "mars"}, "settings.region"),
    ],
)
def test_a_connection_that_cannot_work_is_not_opened(group: str, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        if group == "credentials":
            paytabs(Wire(), credentials=values)
        else:
            paytabs(Wire(), **values)
    assert refused.value.field == field


# What follows a payment up.


async def test_a_capture_takes_all_that_is_reserved() -> None:
    auth = a_transaction("Auth")
    request = a_capture(REF)
    wire = Wire(auth, [auth], a_follow_up("Capture"))
    captured = await paytabs(wire).capture_payment(request)
    assert wire.paths == ["/payment/query", "/payment/query", "/payment/request"]
    assert wire.bodies[0] == {"profile_id": PROFILE, "tran_ref": REF}
    assert wire.bodies[1] == {"profile_id": PROFILE, "cart_id": CART}
    assert wire.bodies[2] == {
        "profile_id": PROFILE,
        "tran_type": "capture",
        "tran_class": "ecom",
        "tran_ref": REF,
        "cart_id": CART,
        "cart_description": f"Capture {request.idempotency_key}",
        "cart_currency": "AED",
        "cart_amount": Decimal("99.00"),
        "callback": WEBHOOK_URL,
    }
    assert (captured.status, captured.provider_payment_id) == ("captured", REF)
    assert (str(captured.amount_authorized), str(captured.amount_captured)) == ("99.00", "99.00")


async def test_a_part_is_captured_and_the_rest_stays() -> None:
    auth = a_transaction("Auth")
    wire = Wire(auth, [auth], a_follow_up("Capture", "10.00"))
    captured = await paytabs(wire).capture_payment(a_capture(REF, money=TEN))
    assert (captured.status, str(captured.amount_captured)) == ("partially_captured", "10.00")
    assert wire.bodies[2]["cart_description"].startswith("Part capture ")


async def test_the_same_capture_is_not_made_again() -> None:
    auth, request = a_transaction("Auth"), a_capture(REF, money=TEN)
    made = a_follow_up("Capture", "10.00", cart_description=f"Part capture {request.idempotency_key}")
    wire = Wire(auth, [made, auth])
    assert str((await paytabs(wire).capture_payment(request)).amount_captured) == "10.00"
    assert wire.paths == ["/payment/query", "/payment/query"]


async def test_an_authorization_is_voided_whole() -> None:
    auth, request = a_transaction("Auth"), a_cancellation(REF)
    wire = Wire(auth, [auth], a_follow_up("Void"))
    cancelled = await paytabs(wire).cancel_payment(request)
    assert cancelled.status == "cancelled"
    assert (wire.bodies[2]["tran_type"], wire.bodies[2]["cart_amount"]) == ("void", Decimal("99.00"))
    assert wire.bodies[2]["cart_description"] == f"Void {request.idempotency_key}"


async def test_what_a_capture_left_is_released() -> None:
    auth, taken = a_transaction("Auth"), a_follow_up("Capture", "40.00")
    released = a_follow_up("Release", "59.00", tran_ref="TST2530002372069")
    wire = Wire(auth, [taken, auth], released)
    payment = await paytabs(wire).cancel_payment(a_cancellation(REF))
    assert (payment.status, str(payment.amount_captured)) == ("captured", "40.00")
    assert (wire.bodies[2]["tran_type"], wire.bodies[2]["cart_amount"]) == ("release", Decimal("59.00"))


async def test_a_sale_is_refunded_whole_or_in_part() -> None:
    sale, request = a_transaction(), a_refund(REF, note="Broken")
    wire = Wire(sale, [sale], a_follow_up("Refund", cart_description=f"Refund {request.refund_id} Broken"))
    refund = await paytabs(wire).refund_payment(request)
    assert (wire.bodies[2]["tran_type"], wire.bodies[2]["tran_ref"]) == ("refund", REF)
    assert wire.bodies[2]["cart_description"] == f"Refund {request.refund_id} Broken"
    assert wire.bodies[2]["cart_amount"] == Decimal("99.00")
    assert (refund.status, refund.refund_id, refund.provider_payment_id) == ("succeeded", request.refund_id, REF)
    wire = Wire(sale, [sale], a_follow_up("Refund", "10.00", "P"))
    assert (await paytabs(wire).refund_payment(a_refund(REF, money=TEN))).status == "pending"
    assert wire.bodies[2]["cart_amount"] == Decimal("10.00")


async def test_a_refund_is_made_of_the_smallest_capture_that_suffices() -> None:
    auth = a_transaction("Auth")
    small = a_follow_up("Capture", "20.00", tran_ref="TST2530002372071")
    large = a_follow_up("Capture", "79.00")
    wire = Wire(auth, [large, small, auth], a_follow_up("Refund", "10.00", previous_tran_ref="TST2530002372071"))
    await paytabs(wire).refund_payment(a_refund(REF, money=TEN))
    assert wire.bodies[2]["tran_ref"] == "TST2530002372071"
    wire = Wire(auth, [large, small, auth], a_follow_up("Refund", "79.00", previous_tran_ref=CAPTURE_REF))
    refund = await paytabs(wire).refund_payment(a_refund(REF, money=Money.of("79.00", "AED")))
    assert (wire.bodies[2]["tran_ref"], refund.provider_payment_id) == (CAPTURE_REF, REF)
    for money in (None, Money.of("79.01", "AED")):
        wire = Wire(auth, [large, small, auth])
        with pytest.raises(InvalidRequest, match="any single capture"):
            await paytabs(wire).refund_payment(a_refund(REF, money=money))


async def test_the_same_refund_is_not_made_again() -> None:
    sale, request = a_transaction(), a_refund(REF, money=TEN)
    made = a_follow_up("Refund", "10.00", cart_description=f"Refund {request.refund_id}")
    wire = Wire(sale, [made, sale])
    assert (await paytabs(wire).refund_payment(request)).provider_refund_id == made["tran_ref"]
    assert len(wire.requests) == 2


async def test_a_refund_that_failed_may_be_tried_again_under_the_same_id() -> None:
    sale, request = a_transaction(), a_refund(REF, money=TEN)
    failed = a_follow_up("Refund", "10.00", "D", cart_description=f"Refund {request.refund_id}")
    wire = Wire(sale, [failed, sale], a_follow_up("Refund", "10.00", tran_ref="TST2530002372099"))
    assert (await paytabs(wire).refund_payment(request)).provider_refund_id == "TST2530002372099"


AED = Money.of("100.00", "AED")
IMPOSSIBLE: list[tuple[str, Any, list[dict[str, Any]], str]] = [
    ("capture_payment", a_capture(REF), [a_transaction()], "provider_payment_id"),
    ("capture_payment", a_capture(REF), [a_transaction("Auth", "H")], "provider_payment_id"),
    ("capture_payment", a_capture(REF), [a_transaction("Auth", "V")], "provider_payment_id"),
    ("capture_payment", a_capture(REF, money=AED), [a_transaction("Auth")], "money.amount"),
    ("capture_payment", a_capture(REF, money=Money.of("1.00", "SAR")), [a_transaction("Auth")], "money.currency"),
    ("cancel_payment", a_cancellation(REF), [a_transaction()], "provider_payment_id"),
    ("cancel_payment", a_cancellation(REF), [a_transaction("Auth", "H")], "provider_payment_id"),
    ("refund_payment", a_refund(REF), [a_transaction("Auth")], "money.amount"),
    ("refund_payment", a_refund(REF), [a_transaction(status="D")], "money.amount"),
    ("refund_payment", a_refund(REF, money=AED), [a_transaction()], "money.amount"),
    ("refund_payment", a_refund(REF), [a_transaction(), a_follow_up("Refund")], "money.amount"),
    ("refund_payment", a_refund(REF), [a_transaction(), a_follow_up("Refund", status="P")], "money.amount"),
]


@pytest.mark.parametrize(("operation", "request_", "listed", "field"), IMPOSSIBLE)
async def test_what_is_not_there_is_not_asked_for(
    operation: str, request_: Any, listed: list[dict[str, Any]], field: str
) -> None:
    wire = Wire(listed[0], listed)
    with pytest.raises(InvalidRequest) as refused:
        await getattr(paytabs(wire), operation)(request_)
    assert (refused.value.field, wire.paths) == (field, ["/payment/query"] * 2)


@pytest.mark.parametrize("status", ["D", "C", "X", "E", "V"])
async def test_what_is_given_up_already_is_not_given_up_again(status: str) -> None:
    auth = a_transaction("Auth", status)
    payment = await paytabs(Wire(auth, [auth])).cancel_payment(a_cancellation(REF))
    assert payment.status in ("failed", "cancelled", "expired")


@pytest.mark.parametrize("unpaid", [a_page(), an_error(113, "Invalid transaction reference")])
async def test_a_page_that_nobody_paid_on_cannot_be_closed(unpaid: Any) -> None:
    with pytest.raises(NotSupported, match="cannot close"):
        await paytabs(Wire(unpaid)).cancel_payment(a_cancellation(REF))


@pytest.mark.parametrize("bad", ["", "../x", "TST 1", "x" * 200])
async def test_an_id_that_is_none_is_never_sent(bad: str) -> None:
    wire = Wire()
    for call in (paytabs(wire).get_payment, paytabs(wire).get_refund):
        with pytest.raises(InvalidRequest):
            await call(bad)
    assert wire.requests == []


async def test_a_token_is_forgotten() -> None:
    wire = Wire({"code": 0, "message": "Token deleted", "trace": "PMNT"})
    await paytabs(wire).delete_payment_method(TOKEN, {"tran_ref": REF})
    assert (wire.paths, wire.bodies) == (["/payment/token/delete"], [{"profile_id": PROFILE, "token": TOKEN}])


async def test_a_token_that_is_gone_is_no_error() -> None:
    gone = httpx.Response(400, json={"code": 2, "message": "Invalid token", "trace": "PMNT"})
    await paytabs(Wire(gone)).delete_payment_method(TOKEN, {})
    with pytest.raises(ProviderError):
        await paytabs(Wire(httpx.Response(500))).delete_payment_method(TOKEN, {})
    with pytest.raises(InvalidRequest):
        await paytabs(Wire()).delete_payment_method("a token", {})
