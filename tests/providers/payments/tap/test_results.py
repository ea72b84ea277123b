"""What Tap's answers mean in Wasl's words."""

from typing import Any

import pytest

from tests.providers.builders import a_capture, a_refund
from tests.providers.payments.tap.builders import (
    AGREEMENT,
    AUTH,
    CARD,
    CHG,
    CUSTOMER,
    PAGE,
    RE,
    Wire,
    a_page,
    authorization,
    charge,
    opened,
    page_of,
    refund,
    tap,
)
from workers.providers.errors import Declined, Unavailable
from workers.providers.money import Money
from workers.providers.payments.models import DeclineReason
from workers.providers.payments.tap.declines import DECLINE_REASONS, decline
from workers.providers.payments.tap.objects import PAYMENT_STATUSES, REFUND_STATUSES, decode, moment, payment
from workers.providers.payments.tap.objects import refund as read_refund

# reference/charges, reference/authorize, reference/list-all-charges and docs/cards.
DOCUMENTED_PAYMENTS = {
    "INITIATED": "created",
    "PENDING": "processing",
    "IN_PROGRESS": "processing",
    "ABANDONED": "expired",
    "CANCELLED": "cancelled",
    "FAILED": "failed",
    "DECLINED": "failed",
    "RESTRICTED": "failed",
    "AUTHORIZED": "authorized",
    "CAPTURED": "captured",
    "VOID": "cancelled",
    "TIMEDOUT": "failed",
    "UNKNOWN": "processing",
}
# docs/refunds, and reference/refunds with its "refund logic v2".
DOCUMENTED_REFUNDS = {
    "PENDING": "pending",
    "ACCEPTED": "pending",
    "IN_PROGRESS": "pending",
    "UNKNOWN": "pending",
    "REFUNDED": "succeeded",
    "CANCELLED": "cancelled",
    "FAILED": "failed",
    "DECLINED": "failed",
    "RESTRICTED": "failed",
    "TIMEDOUT": "failed",
    "TIMED_OUT": "failed",
}
# reference/charge-response-codes: charges and authorizations, without those of what goes well (000, 001, 100, 200).
DOCUMENTED_CODES = {
    *("301", "302", "303", "304"),
    *("401", "402", "403", "404", "405", "406", "407", "408"),
    *("501", "502", "503", "504", "505", "506", "507", "508", "509", "510", "511", "512", "513", "514", "515", "516"),
    *("601", "701", "702", "703", "704", "801", "901"),
}


def test_every_documented_status_is_mapped() -> None:
    assert {status: meant.value for status, meant in PAYMENT_STATUSES.items()} == DOCUMENTED_PAYMENTS
    assert {status: meant.value for status, meant in REFUND_STATUSES.items()} == DOCUMENTED_REFUNDS
    for status, meant in DOCUMENTED_PAYMENTS.items():
        assert payment(charge(status)).status == meant
    for status, meant in DOCUMENTED_REFUNDS.items():
        assert read_refund(refund(status)).status == meant


def test_every_documented_code_is_mapped() -> None:
    assert DECLINE_REASONS.keys() == DOCUMENTED_CODES


def test_a_status_that_nobody_knows_is_under_way_and_nothing_more() -> None:
    made = payment(charge("SUBLIMATED"))
    assert (made.status, made.provider_status, made.amount_captured) == ("processing", "SUBLIMATED", None)
    assert read_refund(refund("SUBLIMATED")).status == "pending"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("302", "cancelled_by_payer"),
        ("403", "duplicate"),
        ("405", "invalid_card"),
        ("407", "card_expired"),
        ("502", "incorrect_cvc"),
        ("503", "authentication_failed"),
        ("505", "insufficient_funds"),
        ("507", "do_not_honor"),
        ("508", "issuer_unavailable"),
        ("514", "suspected_fraud"),
        ("702", "limit_exceeded"),
        ("999", "other"),
    ],
)
def test_a_decline_has_a_reason_beside_taps_own_code(code: str, reason: str) -> None:
    told = decline({"code": code, "message": "In words"})
    assert (told.reason, told.code, told.message) == (reason, code, "In words")


@pytest.mark.parametrize("response", [None, {}, {"code": 505, "message": 1}, {"code": None}])
def test_a_decline_without_a_usable_code_is_some_decline(response: Any) -> None:
    assert decline(response).reason is DeclineReason.OTHER


def test_only_what_was_refused_has_a_decline() -> None:
    assert payment(charge()).decline is None
    assert payment(authorization("VOID", "601")).decline is None
    refused = payment(charge("DECLINED", "505")).decline
    assert refused is not None
    assert refused.code == "505"


@pytest.mark.parametrize("status", ["INITIATED", "IN_PROGRESS", "PENDING"])
def test_an_open_page_has_an_address_and_a_finished_one_none(status: str) -> None:
    found = payment(opened(status=status))
    assert (found.status, found.checkout_url) == ("requires_action", PAGE)
    assert payment(opened(status="CAPTURED")).checkout_url is None
    without = payment(opened(status=status, transaction={"created": "1698392202943", "url": ""}))
    assert (without.status, without.checkout_url) == (DOCUMENTED_PAYMENTS[status], None)


@pytest.mark.parametrize(
    ("written", "currency", "amount"),
    [("1", "AED", "1.00"), ("10.00", "AED", "10.00"), ("0.5", "KWD", "0.500"), ("4.123", "OMR", "4.123")],
)
def test_amounts_are_read_exactly(written: str, currency: str, amount: str) -> None:
    body = decode(
        b'{"id":"chg_1","status":"CAPTURED","amount":%s,"currency":"%s"}' % (written.encode(), currency.encode())
    )
    assert str(payment(body).money) == f"{currency} {amount}"


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "many"},
        {"amount": -1},
        {"amount": True},
        {"amount": None},
        {"amount": 1.001},
        {"currency": "XXZ"},
        {"currency": None},
        {"status": None},
        {"id": None},
        {"id": "../x"},
        {"transaction": {"created": "1e999999999"}},
    ],
)
async def test_an_answer_that_cannot_be_true_is_no_answer(change: dict[str, Any]) -> None:
    with pytest.raises(Unavailable):
        await tap(Wire({**charge(), **change})).get_payment(CHG)


async def test_a_captured_charge_tells_its_refunds() -> None:
    refunds = [refund(), refund("PENDING", "100", id="re_2"), refund("FAILED", "401", id="re_3")]
    other = refund(id="re_4", charge_id="chg_other")
    wire = Wire(charge(), page_of(*refunds, other, name="refunds"))
    found = await tap(wire).get_payment(CHG)
    assert (found.status, str(found.amount_refunded)) == ("partially_refunded", "30.00")
    assert found.refunds == (RE, "re_2", "re_3")
    assert wire.body["charges"] == [CHG]
    whole = await tap(Wire(charge(), page_of(refund(amount=99), name="refunds"))).get_payment(CHG)
    assert whole.status == "refunded"


async def test_a_captured_authorization_is_known_by_its_charge() -> None:
    took = charge(amount=40, source={"id": AUTH}, metadata={"wasl_authorized": "99.00"})
    wire = Wire(authorization("CAPTURED", "000"), page_of(charge("DECLINED", source={"id": AUTH}), took), page_of())
    found = await tap(wire).get_payment(AUTH)
    assert (found.provider_payment_id, found.status, found.provider_data) == (CHG, "captured", {"authorize": AUTH})
    assert (str(found.money), str(found.amount_authorized), str(found.amount_captured)) == (
        "AED 99.00",
        "99.00",
        "40.00",
    )
    asked = wire.requests[1].content
    assert CUSTOMER.encode() in asked


async def test_a_captured_authorization_whose_charge_is_not_listed_is_captured_all_the_same() -> None:
    found = await tap(Wire(authorization("CAPTURED", "000"), page_of())).get_payment(AUTH)
    assert (found.provider_payment_id, found.status, found.amount_captured) == (AUTH, "captured", None)


async def test_a_capture_that_comes_to_nothing_leaves_the_reservation() -> None:
    wire = Wire(authorization(), charge("DECLINED", "507", source={"id": AUTH}))
    with pytest.raises(Declined) as declined:
        await tap(wire).capture_payment(a_capture(AUTH))
    error = declined.value
    assert (error.operation, error.provider_code, error.decline_code) == ("capture_payment", "507", "do_not_honor")
    assert error.provider_payment_id is None, "the payment goes on being the authorization"


async def test_a_refund_is_told_with_our_ids() -> None:
    request = a_refund(CHG, money=Money.of("30.00", "AED"))
    made = await tap(Wire(refund("PENDING", "100"))).refund_payment(request)
    assert (made.provider_refund_id, made.refund_id, made.payment_id) == (RE, request.refund_id, request.payment_id)
    by_reference = read_refund(refund(reference={"merchant": str(request.refund_id)}))
    assert by_reference.refund_id == request.refund_id
    failed = read_refund(refund("DECLINED", "502"))
    assert (failed.status, failed.failure_reason) == ("failed", "502")


def test_a_card_that_is_kept_can_be_used_again_and_shows_little_of_itself() -> None:
    card = {"id": CARD, "object": "card", "first_six": "446404", "scheme": "MADA", "brand": "VISA", "last_four": "0007"}
    kept: dict[str, Any] = {"save_card": True, "card": card, "payment_agreement": {"id": AGREEMENT}}
    saved = payment(charge(**kept)).saved_method
    assert saved is not None
    assert (saved.token, saved.type, saved.brand, saved.last_four, saved.expires) == (
        CARD,
        "mada",
        "VISA",
        "0007",
        None,
    )
    assert saved.provider_data == {"customer": CUSTOMER, "payment_agreement": AGREEMENT}
    assert "446404" not in str(saved)
    dated = payment(charge(**{**kept, "card": {**card, "exp_month": 1, "exp_year": 39}})).saved_method
    assert dated is not None
    assert dated.expires == "2039-01"
    for without in ({**kept, "save_card": False}, {**kept, "card": {}}, {**kept, "customer": {}}):
        assert payment(charge(**without)).saved_method is None
    assert payment(charge("DECLINED", "505", **kept)).saved_method is None


def test_our_ids_come_back_only_if_they_are_ids() -> None:
    request = a_page()
    assert payment(charge(metadata={"wasl_payment_id": str(request.payment_id)})).payment_id == request.payment_id
    others: tuple[Any, ...] = ({"wasl_payment_id": "x"}, {"wasl_payment_id": 1}, {}, None, [], "x")
    for metadata in others:
        assert payment(charge(metadata=metadata)).payment_id is None


@pytest.mark.parametrize(
    ("told", "time"),
    [
        ("1698392202943", "2023-10-27T07:36:42.943000+00:00"),
        (1698392202943, "2023-10-27T07:36:42.943000+00:00"),
        ("1323232323", "2011-12-07T04:32:03+00:00"),
    ],
)
def test_times_are_milliseconds_and_were_seconds(told: Any, time: str) -> None:
    found = moment(told)
    assert found is not None
    assert found.isoformat() == time
    assert moment(None) is moment("") is None


@pytest.mark.parametrize("raw", [b"{", b"NaN", b"[" * 100_000, b"\xff", b'{"amount": Infinity}'])
def test_what_is_not_json_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError):
        decode(raw)
