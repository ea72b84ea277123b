"""What Tamara answers, in Wasl's words."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.payments.tamara.builders import (
    CHECKOUT,
    ORDER,
    PAGE,
    PAYMENT_ID,
    REFUND,
    Wire,
    a_captured_order,
    a_listed_refund,
    a_pay_later,
    a_session,
    aed,
    an_order,
    tamara,
)
from workers.providers.errors import NotFound, OutcomeUnknown, ProviderError, Unavailable
from workers.providers.money import Money
from workers.providers.payments.tamara.objects import STATUSES, payment_from_order, read

DOCUMENTED = {
    "new": "requires_action",
    "approved": "requires_action",
    "on_hold": "processing",
    "declined": "failed",
    "expired": "expired",
    "authorised": "authorized",
    "updated": "authorized",
    "canceled": "cancelled",
    "partially_captured": "partially_captured",
    "fully_captured": "captured",
    "partially_refunded": "partially_refunded",
    "fully_refunded": "refunded",
}


async def test_a_new_page_is_where_the_payer_is_sent() -> None:
    request = a_pay_later()
    opened = await tamara(Wire(a_session())).create_payment(request)
    assert (opened.provider_payment_id, opened.provider_session_id) == (ORDER, CHECKOUT)
    assert (opened.status, opened.provider_status) == ("requires_action", "new")
    assert (opened.payment_id, opened.money, opened.checkout_url) == (request.payment_id, request.money, PAGE)
    assert opened.next_action is not None
    assert (opened.next_action.type, opened.next_action.url) == ("redirect", PAGE)


@pytest.mark.parametrize(("status", "ours"), DOCUMENTED.items())
async def test_every_documented_status_has_its_place(status: str, ours: str) -> None:
    seen = await tamara(Wire(an_order(status))).get_payment(ORDER)
    assert (seen.status, seen.provider_status) == (ours, status)
    assert (seen.next_action is not None) == (status == "approved"), "only an approved order waits for us"
    assert (seen.decline is not None) == (status == "declined")
    assert (seen.amount_authorized is not None) == (ours in ("authorized", "partially_captured", "captured"))


def test_no_status_is_known_that_is_not_documented() -> None:
    assert DOCUMENTED.keys() == STATUSES.keys()


@pytest.mark.parametrize("status", ["odd", "FULLY_CAPTURED", "captured", ""])
async def test_an_unknown_status_only_says_that_something_goes_on(status: str) -> None:
    seen = await tamara(Wire(an_order(status))).get_payment(ORDER)
    assert (seen.status, seen.provider_status, seen.next_action) == ("processing", status, None)


async def test_a_decline_has_wasls_reason_beside_tamaras_word() -> None:
    seen = await tamara(Wire(an_order("declined"))).get_payment(ORDER)
    assert seen.decline is not None
    assert (seen.decline.reason, seen.decline.code) == ("do_not_honor", "declined")


async def test_an_order_tells_all_its_amounts() -> None:
    order = a_captured_order(60.5, (a_listed_refund(10), a_listed_refund(0.5, CHECKOUT)), canceled_amount=aed(38.5))
    order["status"] = "partially_captured"
    seen = await tamara(Wire(order)).get_payment(ORDER)
    told = (seen.amount_authorized, seen.amount_captured, seen.amount_refunded)
    assert told == (Decimal("60.50"), Decimal("60.50"), Decimal("10.50"))
    assert seen.refunds == (f"{ORDER}:{REFUND}", f"{ORDER}:{CHECKOUT}")
    assert seen.payment_id == PAYMENT_ID
    assert seen.created_at == datetime(2026, 11, 23, 12, tzinfo=UTC)


async def test_what_an_order_does_not_tell_is_not_guessed() -> None:
    order = an_order("fully_captured", order_reference_id="1001", transactions=None, created_at=None)
    for name in ("captured_amount", "refunded_amount", "canceled_amount"):
        del order[name]
    seen = await tamara(Wire(order)).get_payment(ORDER)
    assert (seen.amount_captured, seen.amount_refunded, seen.refunds) == (None, None, ())
    assert (seen.payment_id, seen.created_at, seen.checkout_url) == (None, None, None)


@pytest.mark.parametrize(
    ("raw", "amount"),
    [(b"125.5", "125.50"), (b"125", "125.00"), (b"125.50", "125.50"), (b"1e2", "100.00"), (b'"125.50"', "125.50")],
)
async def test_amounts_are_read_exactly(raw: bytes, amount: str) -> None:
    body = b'{"order_id":"' + ORDER.encode() + b'","status":"new","total_amount":{"amount":' + raw
    answer = httpx.Response(200, content=body + b',"currency":"AED"}}')
    assert (await tamara(Wire(answer)).get_payment(ORDER)).money == Money.of(amount, "AED")


@pytest.mark.parametrize(
    "changes",
    [
        {"order_id": "another-order"},
        {"order_id": None},
        {"status": None},
        {"status": ["new"]},
        {"total_amount": None},
        {"total_amount": {"amount": 99}},
        {"total_amount": aed(-1)},
        {"total_amount": aed(9.999)},
        {"total_amount": {"amount": True, "currency": "AED"}},
        {"total_amount": {"amount": 99, "currency": "XXZ"}},
        {"captured_amount": {"amount": 99, "currency": "SAR"}},
        {"transactions": {"refunds": [{"refund_id": "../x"}]}},
        {"transactions": [1]},
        {"created_at": "yesterday"},
    ],
)
async def test_an_answer_that_makes_no_sense_is_no_answer(changes: dict[str, Any]) -> None:
    with pytest.raises(Unavailable):
        await tamara(Wire(an_order(**changes))).get_payment(ORDER)


@pytest.mark.parametrize(
    "changes", [{"checkout_url": None}, {"checkout_url": "javascript:x"}, {"order_id": None}, {"checkout_id": 7}]
)
async def test_a_page_that_makes_no_sense_may_still_have_been_made(changes: dict[str, Any]) -> None:
    with pytest.raises(OutcomeUnknown):
        await tamara(Wire(a_session(**changes))).create_payment(a_pay_later())


@pytest.mark.parametrize("raw", [b"", b"{", b"NaN", b"[" * 100_000, b"\xff", b'{"a": Infinity}'])
async def test_a_body_that_is_not_json_is_no_answer(raw: bytes) -> None:
    with pytest.raises(Unavailable):
        await tamara(Wire(httpx.Response(200, content=raw))).get_payment(ORDER)


async def test_a_refund_is_read_among_its_orders_transactions() -> None:
    ours = "0190f3a0-0000-7000-8000-00000000beef"
    order = a_captured_order(99, (a_listed_refund(10, CHECKOUT), a_listed_refund(20.5, merchant_refund_id=ours)))
    found = await tamara(Wire(order)).get_refund(f"{ORDER}:{REFUND}")
    assert (found.status, str(found.money), found.payment_id) == ("succeeded", "AED 20.50", PAYMENT_ID)
    assert str(found.refund_id) == ours
    with pytest.raises(NotFound):
        await tamara(Wire(order)).get_refund(f"{ORDER}:0190f3a0")


async def test_health_is_the_accounts_own_key() -> None:
    wire = Wire({"public_key": "0190f3a0"})
    assert (await tamara(wire).check_health()).ok
    assert wire.lines == ["GET /merchants/configs"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(an_order())), json_values, max_size=4))
def test_whatever_an_order_holds_it_is_read_or_found_wrong(changes: dict[str, Any]) -> None:
    try:
        payment_from_order({**an_order("approved"), **changes})
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError):
        return


@given(st.binary(max_size=64))
def test_whatever_arrives_is_json_or_a_value_error(raw: bytes) -> None:
    try:
        read(raw)
    except ValueError:
        return


async def test_the_accounts_secrets_are_blanked_where_tamara_repeats_them() -> None:
    answer = httpx.Response(400, json={"message": "bad token a-token-of-the-unit-tests"})
    with pytest.raises(ProviderError) as raised:
        await tamara(Wire(answer)).get_payment(ORDER)
    assert "a-token-of" not in str(raised.value)
