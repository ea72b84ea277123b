"""What Telr's orders and transactions come to, in Wasl's words."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_payment, a_refund
from tests.providers.payments.telr.wire import (
    AUTH,
    CAPTURE,
    ORDER,
    PAGE,
    PAYMENT_ID,
    REFUND,
    SALE,
    Wire,
    a_list,
    a_reserved,
    a_sold,
    a_transaction,
    a_tried,
    an_auth,
    an_opened_order,
    an_order,
    telr,
)
from workers.providers.errors import InvalidRequest, NotSupported, Unavailable
from workers.providers.money import Money
from workers.providers.payments.models import NextAction, PaymentResult, PaymentStatus, RefundStatus
from workers.providers.payments.telr.ledger import REFUND_STATUSES, STATUSES, Kind, kind_of, moment
from workers.providers.payments.telr.objects import ORDER_STATUSES

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def read(*answers: Any, keys: str = "remote service", identity: str = ORDER) -> PaymentResult:
    return await telr(Wire(*answers), keys=keys).get_payment(identity)


async def test_an_opened_order_waits_for_the_payer() -> None:
    request = a_checkout()
    opened = await telr(Wire(an_opened_order())).create_payment(request)
    assert opened == PaymentResult(
        provider_payment_id=ORDER,
        payment_id=request.payment_id,
        status=PaymentStatus.REQUIRES_ACTION,
        provider_status="Pending",
        money=request.money,
        checkout_url=PAGE,
        next_action=NextAction(type="redirect", url=PAGE),
    )


@pytest.mark.parametrize(
    ("code", "tried", "status"),
    [
        (1, None, "requires_action"),
        (3, a_tried(), "captured"),
        (3, a_tried(status="H"), "processing"),
        (3, {"ref": ""}, "processing"),
        (2, a_tried("auth"), "authorized"),
        (2, a_tried("sale"), "processing"),
        (2, a_tried("sale", "H"), "processing"),
        (2, a_tried("auth", "H"), "processing"),
        (-1, {}, "expired"),
        (-2, {}, "cancelled"),
        (-3, a_tried(status="D", code="41"), "failed"),
        (-3, {}, "failed"),
        (0, {}, "processing"),
        (4, a_tried(), "processing"),
        (99, a_tried(), "processing"),
    ],
)
async def test_every_status_of_an_order(code: int, tried: Any, status: str) -> None:
    seen = await read(an_order(code, tried), keys="")
    assert seen.status == status
    assert seen.payment_id == PAYMENT_ID
    as_text = an_order(code, tried, status={"code": str(code), "text": "Told by Telr"})
    assert (await read(as_text, keys="")).status == status


def test_every_documented_status_is_mapped() -> None:
    assert set(ORDER_STATUSES) == {1, 2, 3, -1, -2, -3}
    assert set(STATUSES) == set(REFUND_STATUSES) == set("AHDECX")


@pytest.mark.parametrize(
    ("letter", "status"),
    [
        *(
            ("A", "captured"),
            ("H", "processing"),
            ("D", "failed"),
            ("E", "failed"),
            ("C", "cancelled"),
            ("X", "expired"),
        ),
        ("?", "processing"),
    ],
)
async def test_every_letter_of_a_charge_without_an_order(letter: str, status: str) -> None:
    seen = await read(a_list(a_transaction(SALE, "Sale", status=letter, code="62")), identity=SALE)
    assert seen.status == status
    assert (seen.decline.reason if seen.decline else None) == ("do_not_honor" if status == "failed" else None)
    assert (seen.provider_payment_id, seen.payment_id, seen.provider_status) == (SALE, PAYMENT_ID, letter)


async def test_without_the_service_api_only_the_order_is_told() -> None:
    paid = await read(an_order(), keys="")
    assert (paid.amount_captured, paid.amount_refunded, paid.refunds) == (Decimal("99.00"), None, ())
    assert paid.created_at == NOON
    reserved = await read(an_order(2, a_tried("auth")), keys="")
    assert (reserved.amount_authorized, reserved.amount_captured) == (Decimal("99.00"), None)


def follower(reference: str, kind: str, amount: str, source: str, **changes: str) -> str:
    return a_transaction(reference, kind, amount, previous=source, **changes)


@pytest.mark.parametrize(
    ("followers", "status", "captured", "refunded"),
    [
        ([], "authorized", "0", "0"),
        ([("Capture", "30.00", "A")], "partially_captured", "30.00", "0"),
        ([("Capture", "30.00", "A"), ("Capture", "69.00", "A")], "captured", "99.00", "0"),
        ([("Capture", "30.00", "A"), ("Release", "69.00", "A")], "captured", "30.00", "0"),
        ([("Release", "99.00", "A")], "cancelled", "0", "0"),
        ([("Void", "99.00", "A")], "cancelled", "0", "0"),
        ([("Release", "9.00", "A")], "authorized", "0", "0"),
        ([("Capture", "99.00", "D")], "authorized", "0", "0"),
        ([("Capture", "99.00", "A"), ("Capture Reversal", "99.00", "A")], "authorized", "0", "0"),
        ([("Capture", "99.00", "A"), ("Refund", "10.00", "A")], "partially_refunded", "99.00", "10.00"),
        ([("Capture", "99.00", "A"), ("Refund", "99.00", "A")], "refunded", "99.00", "99.00"),
        ([("Capture", "30.00", "A"), ("Refund", "30.00", "A")], "partially_refunded", "30.00", "30.00"),
        ([("Capture", "99.00", "A"), ("Refund", "9.00", "D")], "captured", "99.00", "0"),
        ([("Capture", "99.00", "A"), ("Refund", "9.00", "H")], "captured", "99.00", "0"),
    ],
)
async def test_an_authorizations_transactions_are_added_up(
    followers: list[tuple[str, str, str]], status: str, captured: str, refunded: str
) -> None:
    made = [follower(f"0301000001{place:02}", kind, amount, AUTH, status=letter)
            for place, (kind, amount, letter) in enumerate(followers)]  # fmt: skip
    seen = await read(*a_reserved(*made))
    assert seen.status == status
    assert (seen.amount_captured, seen.amount_refunded) == (Decimal(captured), Decimal(refunded))
    assert seen.amount_authorized == Decimal("99.00")


@pytest.mark.parametrize(
    ("followers", "status", "refunded"),
    [
        ([], "captured", "0"),
        ([("Refund", "10.00")], "partially_refunded", "10.00"),
        ([("Refund", "10.00"), ("Refund", "89.00")], "refunded", "99.00"),
        ([("Refund", "99.00"), ("Refund Reversal", "99.00")], "captured", "0"),
        ([("Void", "99.00")], "refunded", "99.00"),
    ],
)
async def test_a_sales_transactions_are_added_up(followers: list[tuple[str, str]], status: str, refunded: str) -> None:
    made = [follower(f"0301000001{place:02}", *each, SALE) for place, each in enumerate(followers)]
    seen = await read(*a_sold(*made))
    assert (seen.status, seen.amount_captured, seen.amount_refunded) == (status, Decimal("99.00"), Decimal(refunded))
    assert len(seen.refunds) == sum(kind == "Refund" for kind, _ in followers)


async def test_further_charges_of_the_card_are_not_this_payments() -> None:
    again = a_transaction("030100000020", "Sale", "50.00", previous=SALE, cart="another")
    theirs = a_transaction("030100000021", "Refund", "50.00", previous="030100000020")
    ours = a_transaction(REFUND, "Refund", "10.00", previous=SALE)
    listed = a_list(a_transaction(SALE, "Sale"), again, theirs, ours)
    seen = await read(an_order(), listed)
    assert (seen.status, seen.amount_refunded, seen.refunds) == ("partially_refunded", Decimal("10.00"), (REFUND,))
    charged = await read(listed, identity="030100000020")
    assert (charged.status, charged.money) == ("refunded", Money.of("50.00", "AED"))


async def test_what_cannot_be_traced_or_read_moves_nothing() -> None:
    again = a_transaction("030100000020", "Sale", "50.00", previous=SALE)
    lost = a_transaction(REFUND, "Refund", "10.00")
    strange = a_transaction(REFUND, "Sublimation", "10.00", previous=SALE)
    for listed in (a_list(a_transaction(SALE, "Sale"), again, lost), a_list(a_transaction(SALE, "Sale"), strange)):
        seen = await read(an_order(), listed)
        assert (seen.status, seen.amount_captured, seen.amount_refunded) == ("processing", None, None)
        with pytest.raises(NotSupported, match="not known"):
            await telr(Wire(an_order(), listed)).refund_payment(a_refund(ORDER))
    refused = a_list(a_transaction(SALE, "Sale"), a_transaction(REFUND, "Sublimation", previous=SALE, status="D"))
    assert (await read(an_order(), refused)).status == "captured"


async def test_a_payment_is_found_from_any_of_its_transactions() -> None:
    listed = a_list(a_transaction(AUTH, "Auth"), follower(CAPTURE, "Capture", "99.00", AUTH))
    assert (await read(an_order(3, a_tried("capture", ref=CAPTURE)), listed)).status == "captured"
    alone = a_list(follower(REFUND, "Refund", "10.00", SALE))
    assert (await read(alone, a_transaction(SALE, "Sale").encode(), identity=SALE)).status == "partially_refunded"


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (("Sale", "1"), Kind.SALE),
        (("auth",), Kind.AUTH),
        (("Authorisation", None), Kind.AUTH),
        (("CAPTURE",), Kind.CAPTURE),
        ((None, "refund"), Kind.REFUND),
        (("Refund Reversal",), Kind.REFUND_REVERSAL),
        (("Reversal of capture",), Kind.CAPTURE_REVERSAL),
        (("Release", "8"), Kind.RELEASE),
        (("void",), Kind.VOID),
        ((None, "3"), Kind.REFUND),
        ((None, "6"), Kind.UNKNOWN),
        (("Verify",), Kind.UNKNOWN),
        ((), Kind.UNKNOWN),
    ],
)
def test_types_are_told_by_their_words(names: tuple[str | None, ...], kind: Kind) -> None:
    assert kind_of(*names) is kind


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-11-23 12:00:00", NOON),
        ("2026-11-23T16:00:00+04:00", NOON),
        ("23 Nov 2026", None),
        ("", None),
        (None, None),
    ],
)
def test_times_are_gmt(text: str | None, told: datetime | None) -> None:
    assert moment(text) == told


async def test_a_capture_answers_with_what_the_payment_has_become() -> None:
    wire = Wire(*a_reserved(), an_auth(tranref=CAPTURE))
    part = await telr(wire).capture_payment(a_capture(ORDER, money=Money.of("30.00", "AED")))
    assert (part.status, part.provider_payment_id) == ("partially_captured", ORDER)
    assert (part.amount_captured, part.payment_id) == (Decimal("30.00"), PAYMENT_ID)
    whole = await telr(Wire(*a_reserved(), an_auth(tranref=CAPTURE))).capture_payment(a_capture(ORDER))
    assert (whole.status, whole.amount_captured) == ("captured", Decimal("99.00"))


async def test_a_capture_on_hold_takes_nothing_yet() -> None:
    held = await telr(Wire(*a_reserved(), an_auth("H"))).capture_payment(a_capture(ORDER))
    assert held.amount_captured == 0
    assert held.status == "authorized"
    pending = follower(CAPTURE, "Capture", "99.00", AUTH, status="H")
    with pytest.raises(InvalidRequest, match=r"only AED 0\.00"):
        await telr(Wire(*a_reserved(pending))).capture_payment(a_capture(ORDER))


async def test_a_release_gives_the_payment_up() -> None:
    released = await telr(Wire(*a_reserved(), an_auth())).cancel_payment(a_cancellation(ORDER))
    assert (released.status, released.provider_payment_id) == ("cancelled", ORDER)
    assert released.amount_captured == 0


async def test_a_payment_that_is_given_up_stays_so_without_a_call() -> None:
    wire = Wire(an_order(-2, {}))
    assert (await telr(wire).cancel_payment(a_cancellation(ORDER))).status == "cancelled"
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    ("answers", "why"),
    [((an_order(1),), "runs out by itself"), (a_sold(), "Told by Telr"), ((an_order(2, a_tried(status="H")),), "hold")],
)
async def test_what_is_not_reserved_cannot_be_released(answers: Any, why: str) -> None:
    with pytest.raises(InvalidRequest, match=why):
        await telr(Wire(*answers, a_list(a_transaction(SALE, "Sale", status="H")))).cancel_payment(
            a_cancellation(ORDER)
        )


async def test_what_is_not_taken_cannot_be_refunded_nor_what_is_not_reserved_captured() -> None:
    with pytest.raises(InvalidRequest, match="nothing has been taken"):
        await telr(Wire(an_order(1))).refund_payment(a_refund(ORDER))
    with pytest.raises(InvalidRequest, match="nothing has been taken"):
        await telr(Wire(*a_reserved())).refund_payment(a_refund(ORDER))
    with pytest.raises(InvalidRequest, match="nothing is reserved"):
        await telr(Wire(*a_sold())).capture_payment(a_capture(ORDER))
    with pytest.raises(NotSupported, match="Service API"):
        await telr(Wire(an_order(3, a_tried("auth"))), keys="remote").refund_payment(a_refund(ORDER))


@pytest.mark.parametrize(("letter", "status"), [("A", RefundStatus.SUCCEEDED), ("H", RefundStatus.PENDING)])
async def test_a_refund_is_told_at_once(letter: str, status: RefundStatus) -> None:
    request = a_refund(ORDER, money=Money.of("30.00", "AED"))
    made = await telr(Wire(*a_sold(), an_auth(letter))).refund_payment(request)
    assert (made.provider_refund_id, made.provider_payment_id, made.status) == (REFUND, ORDER, status)
    assert (made.refund_id, made.payment_id, made.money) == (request.refund_id, request.payment_id, request.money)


async def test_a_refund_is_read_by_its_transaction() -> None:
    refund_id = a_refund(ORDER).refund_id
    told = a_transaction(REFUND, "Refund", "10.00", description=f"refund {refund_id}", status="D", code="35")
    seen = await telr(Wire(told.encode())).get_refund(REFUND)
    assert (seen.status, seen.failure_reason, seen.provider_status) == ("failed", "35", "D")
    assert (seen.refund_id, seen.payment_id, str(seen.money)) == (refund_id, PAYMENT_ID, "AED 10.00")
    for other in (a_transaction(SALE, "Refund"), a_transaction(REFUND, "Sale"), "<html/>", "<transaction/>"):
        with pytest.raises(Unavailable):
            await telr(Wire(other.encode())).get_refund(REFUND)


CARD = {"type": "Visa Credit", "last4": "1111", "first6": "411111", "expiry": {"month": 4, "year": 2029}}


async def test_a_card_that_was_to_be_kept_is_told_once_it_has_paid() -> None:
    cart = f"{PAYMENT_ID}-1234-keep"
    seen = await read(an_order(cartid=cart, card=CARD), a_list(a_transaction(SALE, "Sale", cart=cart)))
    saved = seen.saved_method
    assert saved is not None
    assert (saved.token, saved.brand, saved.last_four, saved.expires) == (SALE, "Visa Credit", "1111", "2029-04")
    assert seen.payment_id == PAYMENT_ID
    named = {**CARD, "type": {"name": "Visa", "code": "001"}, "expiry": {"month": "12", "year": "30"}, "last4": "x"}
    odd = (await read(an_order(cartid=cart, card=named), keys="")).saved_method
    assert odd is not None
    assert (odd.brand, odd.last_four, odd.expires) == ("Visa", None, None)


@pytest.mark.parametrize(
    "order",
    [
        an_order(card=CARD),
        an_order(cartid=f"{PAYMENT_ID}-keep"),
        an_order(-3, a_tried(status="D"), cartid=f"{PAYMENT_ID}-keep", card=CARD),
        an_order(2, a_tried("auth"), cartid=f"{PAYMENT_ID}-keep", card=CARD),
        an_order(cartid="another shop's-keep", card=CARD),
    ],
)
async def test_otherwise_no_card_is_kept(order: Any) -> None:
    assert (await read(order, keys="")).saved_method is None


async def test_nothing_of_a_card_but_its_end_is_in_a_result() -> None:
    seen = await read(an_order(cartid=f"{PAYMENT_ID}-keep", card=CARD), keys="")
    assert "411111" not in seen.model_dump_json()


@pytest.mark.parametrize(("letter", "status"), [("A", "captured"), ("H", "processing")])
async def test_a_charge_of_a_saved_card_is_told_at_once(letter: str, status: str) -> None:
    request = a_payment(payment_method=SALE)
    made = await telr(Wire(an_auth(letter, "030100000099"))).create_payment(request)
    assert (made.provider_payment_id, made.status) == ("030100000099", status)
    assert (made.payment_id, made.money) == (request.payment_id, request.money)


@pytest.mark.parametrize(
    "cart", [None, "", "order-1001", f"{PAYMENT_ID}-x", f"x{PAYMENT_ID}", f"{PAYMENT_ID}-keep-keep"]
)
async def test_an_order_that_wasl_did_not_make_has_no_payment_id(cart: Any) -> None:
    assert (await read(an_order(cartid=cart), keys="")).payment_id is None


@given(
    code=st.integers(-9, 99), letter=st.sampled_from("AHDECX?"), kind=st.sampled_from(["sale", "auth", "capture", "?"])
)
async def test_money_counts_as_taken_only_where_telr_says_so_twice(code: int, letter: str, kind: str) -> None:
    seen = await read(an_order(code, a_tried(kind, letter)), keys="")
    if seen.status == "captured":
        assert (code, letter) == (3, "A")
    if seen.status == "authorized":
        assert (code, letter) == (2, "A")
