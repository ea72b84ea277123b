"""A payment told from its transactions."""

from typing import Any

import pytest

from tests.providers.builders import a_refund
from tests.providers.payments.paytabs.wire import (
    CAPTURE_REF,
    CART,
    PAYMENT_ID,
    REF,
    REFUND_REF,
    TOKEN,
    Wire,
    a_follow_up,
    a_page,
    a_result,
    a_transaction,
    an_error,
    paytabs,
)
from workers.providers.errors import InvalidRequest, NotFound, Unavailable
from workers.providers.money import Money
from workers.providers.payments.models import PaymentResult
from workers.providers.payments.paytabs.declines import DECLINE_REASONS
from workers.providers.payments.paytabs.objects import REFUND_STATUSES, STATUSES

Rows = list[dict[str, Any]]
AUTH = a_transaction("Auth")
PART = a_follow_up("Capture", "40.00")
HELD = a_transaction("Auth", "H", original_tran_type="Sale")
SALE = a_transaction()
TWO = "TST2530002372070"
OF_THE_PART = a_follow_up("Refund", "40.00", previous_tran_ref=CAPTURE_REF)
REST = a_follow_up("Release", "59.00", tran_ref=TWO)


async def read(*rows: dict[str, Any]) -> PaymentResult:
    """The payment of a cart, asked for by its first transaction; lists leave tokens out."""
    listed = [{name: value for name, value in row.items() if name != "token"} for row in rows]
    by_ref = {row["tran_ref"]: row for row in rows}
    wire = Wire(rows[0], listed)
    connector = paytabs(wire)
    wire.answers += [by_ref[each["tran_ref"]] for each in rows[1:] if each["tran_type"] in ("Sale", "Auth")][:1]
    return await connector.get_payment(rows[0]["tran_ref"])


@pytest.mark.parametrize(
    ("rows", "status", "authorized", "captured", "refunded"),
    [
        ([SALE], "captured", "99.00", "99.00", "0"),
        ([SALE, a_follow_up("Refund", "10.00")], "partially_refunded", "99.00", "99.00", "10.00"),
        ([SALE, a_follow_up("Refund", "99.00")], "refunded", "99.00", "99.00", "99.00"),
        ([SALE, a_follow_up("Refund", "99.00", "P")], "captured", "99.00", "99.00", "0"),
        ([SALE, a_follow_up("Refund", "99.00", "D")], "captured", "99.00", "99.00", "0"),
        ([a_transaction(status="V")], "refunded", "99.00", "99.00", "99.00"),
        ([AUTH], "authorized", "99.00", "0", "0"),
        ([AUTH, PART], "partially_captured", "99.00", "40.00", "0"),
        ([AUTH, a_follow_up("Capture", "99.00")], "captured", "99.00", "99.00", "0"),
        ([AUTH, a_follow_up("Capture", "40.00", "E")], "authorized", "99.00", "0", "0"),
        ([AUTH, PART, REST], "captured", "99.00", "40.00", "0"),
        ([AUTH, PART, OF_THE_PART], "refunded", "99.00", "40.00", "40.00"),
        ([AUTH, a_follow_up("Void")], "cancelled", "99.00", "0", "0"),
        ([AUTH, a_follow_up("Void", status="E")], "authorized", "99.00", "0", "0"),
        ([a_transaction("Auth", "V")], "cancelled", "99.00", "0", "0"),
        ([HELD], "processing", "99.00", "0", "0"),
        ([HELD, a_follow_up("Capture")], "captured", "99.00", "99.00", "0"),
        ([HELD, a_follow_up("Void")], "cancelled", "99.00", "0", "0"),
        ([AUTH, a_follow_up("Sale", "40.00")], "partially_captured", "99.00", "40.00", "0"),
        ([a_transaction("Register")], "processing", "99.00", "0", "0"),
        ([a_transaction("Payment Request", "P")], "processing", "0", "0", "0"),
        ([a_transaction("Payment Request", "X")], "expired", "0", "0", "0"),
    ],
)
async def test_transactions_add_up_to_a_payment(
    rows: Rows, status: str, authorized: str, captured: str, refunded: str
) -> None:
    payment = await read(*rows)
    assert payment.status == status
    amounts = (payment.amount_authorized, payment.amount_captured, payment.amount_refunded)
    assert tuple(str(each) for each in amounts) == (authorized, captured, refunded)
    assert (payment.provider_payment_id, payment.payment_id) == (REF, PAYMENT_ID)


@pytest.mark.parametrize("rows", [[SALE, a_follow_up("Refund", "10.00")], [AUTH, a_follow_up("Capture", "10.00")]])
async def test_a_list_may_leave_out_what_follows_what(rows: Rows) -> None:
    bare = [{name: value for name, value in row.items() if name != "previous_tran_ref"} for row in rows]
    assert await read(*bare) == await read(*rows)


async def test_in_somebody_elses_cart_only_what_surely_follows_counts() -> None:
    mine = a_transaction("Auth", cart_id="cart_11111")
    other = a_transaction("Auth", cart_id="cart_11111", tran_ref=TWO)
    strange = a_follow_up("Capture", cart_id="cart_11111", previous_tran_ref=TWO)
    unclear = a_follow_up("Capture", cart_id="cart_11111", tran_ref="TST2530002372080", previous_tran_ref=None)
    payment = await read(mine, other, strange, unclear)
    assert (payment.status, payment.payment_id, payment.provider_payment_id) == ("authorized", None, REF)


async def test_of_several_attempts_the_one_that_came_furthest_is_the_payment() -> None:
    declined = a_transaction(status="D", payment_result=a_result("D", "316", "Insufficient funds"))
    paid = a_transaction(tran_ref=TWO, token=TOKEN)
    payment = await read(declined, paid)
    assert (payment.status, payment.provider_payment_id) == ("captured", TWO)
    assert payment.saved_method is not None


async def test_a_capture_that_is_shown_as_a_sale_is_still_a_capture() -> None:
    later = {**a_result(), "transaction_time": "2026-10-28T00:00:00Z"}
    payment = await read(AUTH, a_follow_up("Sale", "40.00", payment_result=later))
    assert (payment.status, payment.provider_payment_id) == ("partially_captured", REF)


async def test_a_refund_that_does_not_tell_its_capture_counts_against_each() -> None:
    other = a_follow_up("Capture", "59.00", tran_ref=TWO)
    unclear = a_follow_up("Refund", "30.00", previous_tran_ref=None)
    wire = Wire(AUTH, [unclear, other, PART, AUTH])
    with pytest.raises(InvalidRequest, match="any single capture"):
        await paytabs(wire).refund_payment(a_refund(REF, money=Money.of("30.00", "AED")))


async def test_what_is_settled_elsewhere_is_paid_by_another_transaction() -> None:
    asked = a_transaction("Payment Request", "P")
    settled = a_transaction(tran_ref=TWO, previous_tran_ref=REF)
    payment = await read(asked, settled)
    assert (payment.status, payment.provider_payment_id) == ("captured", TWO)


async def test_a_charge_of_a_token_is_no_follow_up_of_the_first_payment() -> None:
    payment = await read(a_transaction(previous_tran_ref="TST2510000000001"))
    assert payment.status == "captured"


@pytest.mark.parametrize("kind", ["Sale", "Auth"])
@pytest.mark.parametrize("status", ["Q", "AA", "?"])
async def test_a_status_that_nobody_knows_is_never_taken_for_success(kind: str, status: str) -> None:
    payment = await read(a_transaction(kind, status))
    assert (payment.status, payment.provider_status) == ("processing", f"{kind.lower()} {status}")
    assert payment.amount_captured is None


async def test_a_type_that_nobody_knows_is_never_taken_for_success() -> None:
    assert (await read(a_transaction("Teleport"))).status == "processing"


async def test_every_status_has_a_meaning_for_payments_and_refunds() -> None:
    assert STATUSES.keys() == REFUND_STATUSES.keys() == set("AHPVEDXC")


@pytest.mark.parametrize(("code", "reason"), DECLINE_REASONS.items())
async def test_a_decline_keeps_paytabs_code_beside_our_reason(code: str, reason: str) -> None:
    payment = await read(a_transaction(status="D", payment_result=a_result("D", code, "said so")))
    assert payment.status == "failed"
    assert payment.decline is not None
    assert (payment.decline.code, payment.decline.reason, payment.decline.message) == (code, reason, "said so")


async def test_a_code_that_nobody_knows_is_passed_on() -> None:
    payment = await read(a_transaction(status="D", payment_result=a_result("D", "399")))
    assert payment.decline is not None
    assert (payment.decline.code, payment.decline.reason) == ("399", "other")


async def test_a_payer_who_cancelled_is_told_as_such() -> None:
    cancelled = a_transaction(status="C", payment_result=a_result("C", "321", "Cancelled"))
    cancelled["payment_info"] = {"card_scheme": "", "payment_description": "No Payment"}
    payment = await read(cancelled)
    assert payment.decline is not None
    assert (payment.status, payment.decline.reason) == ("cancelled", "cancelled_by_payer")


async def test_a_saved_card_is_its_token_and_no_number() -> None:
    payment = await read(a_transaction(token=TOKEN))
    assert payment.saved_method is not None
    assert payment.saved_method.model_dump() == {
        "token": TOKEN,
        "type": "card",
        "brand": "Visa",
        "last_four": "1111",
        "expires": "2033-11",
        "provider_data": {"tran_ref": REF},
    }
    assert "4111" not in payment.model_dump_json()
    assert (await read(a_transaction())).saved_method is None


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ({}, (None, None, None)),
        ({"card_scheme": "mada", "payment_description": "No Payment"}, ("mada", None, None)),
        (
            {"card_scheme": "", "payment_description": "## 1111", "expiryMonth": 13, "expiryYear": 2033},
            (None, "1111", None),
        ),
    ],
)
async def test_what_is_not_told_of_a_saved_card_is_not_made_up(info: dict[str, Any], expected: Any) -> None:
    saved = (await read(a_transaction(token=TOKEN, payment_info=info))).saved_method
    assert saved is not None
    assert (saved.brand, saved.last_four, saved.expires) == expected


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("120.30", "AED", "120.30"),
        ("20.000", "JOD", "20.000"),
        ("1.5", "KWD", "1.500"),
        (12, "SAR", "12.00"),
        (12.3, "SAR", "12.30"),
    ],
)
async def test_amounts_are_read_exactly(amount: Any, currency: str, expected: str) -> None:
    money = (await read(a_transaction(amount=amount, cart_currency=currency))).money
    assert (str(money.amount), money.currency) == (expected, currency)


async def test_a_discount_on_the_page_is_seen_in_what_was_taken() -> None:
    payment = await read(a_transaction(amount="700.00", tran_total="690.00"))
    assert (str(payment.money.amount), str(payment.amount_captured)) == ("700.00", "690.00")
    converted = await read(a_transaction(amount="700.00", tran_total="186.50", tran_currency="USD"))
    assert str(converted.amount_captured) == "700.00"


async def test_a_page_without_a_result_has_not_been_paid() -> None:
    payment = await paytabs(Wire(a_page())).get_payment(REF)
    assert (payment.status, payment.checkout_url is None, payment.amount_captured) == ("requires_action", False, None)
    payment = await paytabs(Wire(a_page(redirect_url=None))).get_payment(REF)
    assert (payment.status, payment.provider_status) == ("created", "sale")


async def test_the_refunds_of_a_payment_are_named() -> None:
    assert (await read(SALE, a_follow_up("Refund", "10.00"))).refunds == (REFUND_REF,)


@pytest.mark.parametrize(("status", "expected"), REFUND_STATUSES.items())
async def test_a_refund_is_read_by_its_own_reference(status: str, expected: str) -> None:
    shown = a_follow_up("Refund", "10.00", payment_result=a_result(status, "342", "said so"), cart_id=CART)
    refund = await paytabs(Wire(shown)).get_refund(REFUND_REF)
    assert (refund.status, refund.provider_status, str(refund.money)) == (expected, status, "AED 10.00")
    assert (refund.provider_payment_id, refund.payment_id) == (REF, PAYMENT_ID)
    assert refund.failure_reason == ("342" if expected == "failed" else None)


async def test_a_refunds_unknown_status_is_pending() -> None:
    shown = a_follow_up("Refund", payment_result=a_result("Q"))
    assert (await paytabs(Wire(shown)).get_refund(REFUND_REF)).status == "pending"


async def test_a_sale_is_no_refund() -> None:
    with pytest.raises(NotFound):
        await paytabs(Wire(SALE)).get_refund(REF)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        a_transaction(tran_ref=TWO),
        a_transaction(cart_currency="XXZ"),
        a_transaction(amount="99.999"),
        a_transaction(amount="-1.00"),
        a_transaction(cart_amount=None),
        a_transaction(payment_result={"response_status": "A", "transaction_time": "soon"}),
        "text",
    ],
    ids=str,
)
async def test_an_answer_that_is_no_such_transaction_is_no_answer(answer: Any) -> None:
    with pytest.raises(Unavailable):
        await paytabs(Wire(answer)).get_payment(REF)


@pytest.mark.parametrize("listed", [[a_transaction(cart_id="another")], [{}], "text", [1]], ids=str)
async def test_a_list_of_something_else_is_no_answer(listed: Any) -> None:
    with pytest.raises(Unavailable):
        await paytabs(Wire(SALE, listed)).get_payment(REF)


async def test_a_list_of_one_may_come_without_brackets() -> None:
    assert (await paytabs(Wire(SALE, SALE)).get_payment(REF)).status == "captured"


@pytest.mark.parametrize(
    "listed", [[], [a_follow_up("Refund")], an_error(113, "Invalid transaction reference")], ids=str
)
async def test_a_list_without_the_payment_itself_shows_too_little_to_act_on(listed: Any) -> None:
    for call in ("get_payment", "refund"):
        connector = paytabs(Wire(SALE, listed))
        with pytest.raises(Unavailable, match="does not list"):
            await (connector.get_payment(REF) if call == "get_payment" else connector.refund_payment(a_refund(REF)))
    foreign = a_transaction(cart_id="cart_11111")
    assert (await paytabs(Wire(foreign, [])).get_payment(REF)).status == "captured"
