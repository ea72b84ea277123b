"""What goes over the wire to Amazon Payment Services, and what is refused before anything does."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.builders import a_cancellation, a_capture, a_refund
from tests.providers.payments.aps.wire import (
    ACCESS_CODE,
    CREDENTIALS,
    ID,
    MERCHANT,
    NOT_FOUND,
    REFERENCE,
    REQUEST_PHRASE,
    Wire,
    a_charge,
    a_link,
    a_link_request,
    a_status,
    aps,
    charged,
)
from workers.providers.errors import InvalidRequest, NotSupported
from workers.providers.money import Money
from workers.providers.payments.aps.manifest import MANIFEST
from workers.providers.payments.aps.requests import clean
from workers.providers.payments.aps.signature import ShaType, signature
from workers.providers.registry import open_connector

ACCOUNT = {"access_code": ACCESS_CODE, "merchant_identifier": MERCHANT}


def aed(amount: str) -> Money:
    return Money.of(amount, "AED")


def unsigned(body: dict[str, Any]) -> dict[str, Any]:
    """A request without its signature, which has to be right."""
    assert body["signature"] == signature(body, REQUEST_PHRASE)
    return {name: value for name, value in body.items() if name != "signature"}


async def test_a_hosted_payment_is_a_payment_link_that_nobody_is_told_of() -> None:
    wire = Wire(a_link())
    request = a_link_request(
        customer={"name": "Sara Al-Ali (VIP)", "email": "sara@example.com", "phone": "+971500000001"},
        description="Two mugs, blue!",
        locale="ar",
    )
    before = datetime.now(UTC)
    await aps(wire, link_hours=2).create_payment(request)
    body = unsigned(wire.bodies[0])
    expires = datetime.fromisoformat(body.pop("request_expiry_date"))
    assert timedelta(hours=2, seconds=-1) <= expires - before <= timedelta(hours=2, minutes=1)
    assert body == {
        **ACCOUNT,
        "service_command": "PAYMENT_LINK",
        "link_command": "PURCHASE",
        "merchant_reference": str(request.payment_id),
        "amount": "9900",
        "currency": "AED",
        "language": "ar",
        "customer_email": "sara@example.com",
        "customer_name": "Sara Al-Ali VIP",
        "customer_phone": "00971500000001",
        "order_description": "order-1001: Two mugs blue",
        "notification_type": "NONE",
        "return_url": "https://shop.example/thanks",
    }
    sent = wire.requests[0]
    assert f"{sent.method} {sent.url}" == "POST https://sbpaymentservices.payfort.com/FortAPI/paymentApi"
    assert sent.headers["Content-Type"] == "application/json"


async def test_a_charge_by_a_payer_who_is_there() -> None:
    wire = Wire(charged())
    request = a_charge(
        customer={"email": "sara@example.com", "phone": "+971500000001"},
        payment_method_data={"customer_ip": "192.0.2.7"},
        save_payment_method=True,
    )
    await aps(wire).create_payment(request)
    assert unsigned(wire.bodies[0]) == {
        **ACCOUNT,
        "command": "PURCHASE",
        "merchant_reference": str(request.payment_id),
        "amount": "9900",
        "currency": "AED",
        "language": "en",
        "customer_email": "sara@example.com",
        "order_description": "order-1001",
        "eci": "ECOMMERCE",
        "token_name": "Op9Vmp",
        "customer_ip": "192.0.2.7",
        "phone_number": "+971500000001",
        "remember_me": "YES",
        "settlement_reference": "order-1001",
        "return_url": "https://shop.example/thanks",
    }


async def test_without_a_return_url_it_is_a_recurring_payment() -> None:
    wire = Wire(charged())
    request = a_charge(return_url=None, payment_method_data={"agreement_id": "A-17"}, reference="order #1001")
    await aps(wire).create_payment(request)
    body = unsigned(wire.bodies[0])
    assert (body["command"], body["eci"], body["agreement_id"]) == ("PURCHASE", "RECURRING", "A-17")
    assert not {"return_url", "settlement_reference", "remember_me"} & body.keys()


@pytest.mark.parametrize(("build", "name"), [(a_link_request, "link_command"), (a_charge, "command")])
async def test_a_reservation_is_an_authorization(build: Any, name: str) -> None:
    wire = Wire(a_link() if build is a_link_request else charged("02000"))
    await aps(wire).create_payment(build(capture_method="manual"))
    assert wire.bodies[0][name] == "AUTHORIZATION"


@pytest.mark.parametrize(("method", "option"), [("card", None), ("mada", "MADA"), ("knet", "KNET"), ("naps", "NAPS")])
async def test_the_method_selects_the_payment_option(method: str, option: str | None) -> None:
    wire = Wire(a_link())
    await aps(wire).create_payment(a_link_request(method=method))
    assert wire.bodies[0].get("payment_option") == option


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [("125.50", "AED", "12550"), ("1.500", "KWD", "1500"), ("0.001", "BHD", "1"), ("99999999.99", "SAR", "9999999999")],
)
async def test_amounts_are_strings_of_minor_units(amount: str, currency: str, units: str) -> None:
    wire = Wire(a_link())
    opened = await aps(wire).create_payment(a_link_request(money=Money.of(amount, currency)))
    assert (wire.bodies[0]["amount"], wire.bodies[0]["currency"]) == (units, currency)
    assert str(opened.money) == f"{currency} {amount}"


@given(units=st.integers(min_value=1, max_value=10**10 - 1), currency=st.sampled_from(MANIFEST.currencies))
async def test_every_amount_survives_the_way_there_and_back(units: int, currency: str) -> None:
    wire = Wire(charged())
    money = Money.from_minor(units, currency)
    assert (await aps(wire).create_payment(a_charge(money=money))).money == money
    assert wire.bodies[0]["amount"] == str(units)


@pytest.mark.parametrize("sha_type", list(ShaType))
async def test_requests_are_signed_as_the_connection_says(sha_type: ShaType) -> None:
    wire = Wire(a_link())
    await aps(wire, sha_type=sha_type.value).create_payment(a_link_request())
    body = wire.bodies[0]
    assert body["signature"] == signature(body, REQUEST_PHRASE, sha_type)


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (a_link_request(customer={}), "customer.email"),
        (a_charge(customer={"name": "Sara"}), "customer.email"),
        (a_link_request(customer={"email": "o'hara@example.com"}), "customer.email"),
        (a_link_request(money=Money.of("1.00", "TRY")), "money.currency"),
        (a_link_request(money=aed("100000000.00")), "money.amount"),
        (a_link_request(method="paypal"), "method"),
        (a_link_request(method="apple_pay"), "method"),
        (a_link_request(method="knet", capture_method="manual"), "capture_method"),
        (a_link_request(return_url="https://shop.example/a%20b"), "return_url"),
        (a_link_request(return_url=f"https://shop.example/{'a' * 400}"), "return_url"),
        (a_link_request(save_payment_method=True), "save_payment_method"),
        (a_charge(payment_method=None), "payment_method"),
        (a_charge(payment_method="not a token"), "payment_method"),
        (a_charge(confirm=False), "confirm"),
        (a_charge(method="knet"), "method"),
        (a_charge(return_url=None, capture_method="manual"), "capture_method"),
        (a_charge(payment_method_data={"customer_ip": "here"}), "payment_method_data.customer_ip"),
        (a_charge(payment_method_data={"agreement_id": "a b"}), "payment_method_data.agreement_id"),
    ],
)
async def test_what_cannot_be_taken_is_refused_before_any_call(request_: Any, field: str) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await aps(wire).create_payment(request_)
    assert refused.value.field == field
    assert not wire.requests


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [("Two mugs, blue!", "Two mugs blue"), ("كوبان", "كوبان"), ("!!!", None), (None, None), ("a" * 99, "a" * 40)],
)
def test_texts_keep_only_what_is_taken(text: str | None, cleaned: str | None) -> None:
    assert clean(text, "'-", 40) == cleaned


async def test_a_capture_takes_what_is_asked_for() -> None:
    wire = Wire({"response_code": "04000"}, a_status("04000", 9900, 4000))
    taken = await aps(wire).capture_payment(a_capture(ID, money=aed("40.00")))
    assert unsigned(wire.bodies[0]) == {
        **ACCOUNT,
        "command": "CAPTURE",
        "merchant_reference": REFERENCE,
        "amount": "4000",
        "currency": "AED",
        "language": "en",
    }
    assert wire.commands == ["CAPTURE", "CHECK_STATUS"]
    assert (taken.status, str(taken.amount_captured)) == ("partially_captured", "40.00")


async def test_a_capture_of_all_takes_what_is_left() -> None:
    wire = Wire(a_status("04000", 9900, 4000), {"response_code": "04000"}, a_status("04000", 9900, 9900))
    taken = await aps(wire).capture_payment(a_capture(ID))
    assert wire.commands == ["CHECK_STATUS", "CAPTURE", "CHECK_STATUS"]
    assert wire.bodies[1]["amount"] == "5900"
    assert taken.status == "captured"


async def test_nothing_reserved_is_nothing_to_capture() -> None:
    wire = Wire(a_status("14000", 9900, 9900))
    with pytest.raises(InvalidRequest, match="nothing is reserved"):
        await aps(wire).capture_payment(a_capture(ID))
    assert wire.commands == ["CHECK_STATUS"]


async def test_a_cancellation_voids_the_authorization() -> None:
    wire = Wire(a_status("02000", 9900), {"response_code": "08000"}, a_status("08000", 9900))
    released = await aps(wire).cancel_payment(a_cancellation(ID))
    assert unsigned(wire.bodies[1]) == {
        **ACCOUNT,
        "command": "VOID_AUTHORIZATION",
        "merchant_reference": REFERENCE,
        "language": "en",
    }
    assert released.status == "cancelled"


@pytest.mark.parametrize(("code", "status"), [("08000", "cancelled"), ("13666", "failed")])
async def test_what_is_given_up_already_needs_no_cancelling(code: str, status: str) -> None:
    wire = Wire(a_status(code))
    assert (await aps(wire).cancel_payment(a_cancellation(ID))).status == status
    assert wire.commands == ["CHECK_STATUS"]


async def test_taken_money_cannot_be_cancelled() -> None:
    wire = Wire(a_status("14000", 9900, 9900))
    with pytest.raises(InvalidRequest, match="refund"):
        await aps(wire).cancel_payment(a_cancellation(ID))


async def test_an_open_page_cannot_be_closed() -> None:
    wire = Wire(NOT_FOUND, {"response_code": "12000", "payment_link_status": "Open"})
    with pytest.raises(NotSupported, match="runs out"):
        await aps(wire).cancel_payment(a_cancellation(ID))
    assert wire.commands == ["CHECK_STATUS", "CHECK_PAYMENT_LINK_STATUS"]


async def test_a_refund_carries_its_own_reference() -> None:
    wire = Wire({"response_code": "06000"})
    request = a_refund(ID, money=aed("10.00"), note="A mug broke (sorry)")
    refund = await aps(wire).refund_payment(request)
    assert unsigned(wire.bodies[0]) == {
        **ACCOUNT,
        "command": "REFUND",
        "merchant_reference": REFERENCE,
        "amount": "1000",
        "currency": "AED",
        "language": "en",
        "maintenance_reference": str(request.refund_id),
        "order_description": "A mug broke sorry",
    }
    assert refund.provider_refund_id == f"{REFERENCE}/AED/1000/{request.refund_id}"


async def test_a_refund_of_all_gives_back_what_is_left() -> None:
    wire = Wire(a_status("06000", 9900, 9900, 1000), {"response_code": "06000"})
    refund = await aps(wire).refund_payment(a_refund(ID))
    assert wire.bodies[1]["amount"] == "8900"
    assert str(refund.money) == "AED 89.00"


async def test_a_purchase_without_totals_can_be_refunded_whole() -> None:
    wire = Wire(a_status("14000", captured_amount="", refunded_amount=""), {"response_code": "06000"})
    await aps(wire).refund_payment(a_refund(ID))
    assert wire.bodies[1]["amount"] == "9900"


async def test_nothing_left_is_nothing_to_refund() -> None:
    with pytest.raises(InvalidRequest, match="nothing is left"):
        await aps(Wire(a_status("06000", 9900, 9900, 9900))).refund_payment(a_refund(ID))


@pytest.mark.parametrize("money", [Money.of("1.00", "USD")])
async def test_parts_are_in_the_payments_currency(money: Money) -> None:
    for call in (
        aps(Wire()).capture_payment(a_capture(ID, money=money)),
        aps(Wire()).refund_payment(a_refund(ID, money=money)),
    ):
        with pytest.raises(InvalidRequest) as refused:
            await call
        assert refused.value.field == "money.currency"


@pytest.mark.parametrize(
    "unknown", ["", "pay_1", REFERENCE, f"{REFERENCE}/AED", f"{REFERENCE}/XXZ/1", f"{ID}/more/still"]
)
async def test_an_id_of_another_form_is_refused_before_any_call(unknown: str) -> None:
    connector = aps(Wire())
    for call in (connector.get_payment, connector.get_refund):
        with pytest.raises(InvalidRequest):
            await call(unknown)


async def test_a_question_about_a_payment() -> None:
    wire = Wire(a_status("14000", 9900, 9900))
    await aps(wire, language="ar").get_payment(ID)
    assert unsigned(wire.bodies[0]) == {
        **ACCOUNT,
        "query_command": "CHECK_STATUS",
        "merchant_reference": REFERENCE,
        "language": "ar",
        "return_third_party_response_codes": "YES",
    }


async def test_a_token_is_made_inactive() -> None:
    wire = Wire({"response_code": "58063"})
    await aps(wire).delete_payment_method("Op9Vmp", {})
    body = unsigned(wire.bodies[0])
    assert len(body.pop("merchant_reference")) == 32
    assert body == {
        **ACCOUNT,
        "service_command": "UPDATE_TOKEN",
        "language": "en",
        "token_name": "Op9Vmp",
        "token_status": "INACTIVE",
    }


async def test_a_token_that_is_not_there_is_no_error() -> None:
    await aps(Wire({"response_code": "59044"})).delete_payment_method("Op9Vmp", {})
    with pytest.raises(InvalidRequest):
        await aps(Wire({"response_code": "59034"})).delete_payment_method("Op9Vmp", {})


@pytest.mark.parametrize("name", ["merchant_identifier", "access_code", "request_phrase"])
def test_credentials_are_needed(name: str) -> None:
    given_ = {key: value for key, value in CREDENTIALS.items() if key != name}
    with pytest.raises(InvalidRequest) as refused:
        open_connector("aps", credentials=given_)
    assert refused.value.field == f"credentials.{name}"


def test_the_live_address() -> None:
    connector = open_connector("aps", credentials=CREDENTIALS, environment="live")
    assert connector.base_url == "https://paymentservices.payfort.com"


async def test_secrets_are_not_in_what_is_sent() -> None:
    wire = Wire(a_link())
    await aps(wire).create_payment(a_link_request())
    assert REQUEST_PHRASE.encode() not in wire.requests[0].content
    assert orjson.loads(wire.requests[0].content)["signature"] != REQUEST_PHRASE
