"""What Ziina's objects mean: every status, amount and reason."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.builders import a_refund
from tests.providers.payments.ziina.builders import INTENT, PAGE, Wire, intent, refund, ziina
from workers.providers.errors import Unavailable
from workers.providers.payments.ziina.objects import (
    PAYMENT_STATUSES,
    REFUND_STATUSES,
    moment,
    our_payment_id,
    payment_from_intent,
    refund_from_answer,
)

OUR_ID = UUID(int=42)
SHORT = {"code": "CARD_DECLINED", "message": "Your card has insufficient funds."}


@pytest.mark.parametrize(
    ("said", "status", "has_page"),
    [
        ("requires_payment_instrument", "requires_action", True),
        ("requires_user_action", "requires_action", True),
        ("pending", "processing", False),
        ("completed", "captured", False),
        ("failed", "failed", False),
        ("canceled", "cancelled", False),
    ],
)
def test_every_documented_status_has_one_meaning(said: str, status: str, has_page: bool) -> None:
    found = payment_from_intent(intent(said))
    assert (found.status, found.provider_status, said in PAYMENT_STATUSES) == (status, said, True)
    assert (found.checkout_url, found.next_action is not None) == (PAGE if has_page else None, has_page)


def test_an_intent_without_a_page_is_only_there() -> None:
    for page in (None, "", "javascript:alert(1)", "https://pay.ziina.com/a b"):
        found = payment_from_intent(intent(redirect_url=page))
        assert (found.status, found.checkout_url, found.next_action) == ("created", None, None)


@pytest.mark.parametrize("said", ["sublimated", "COMPLETED", "", "expired", "refunded"])
def test_a_status_that_is_not_known_moves_no_money(said: str) -> None:
    assert payment_from_intent(intent(said)).status == "processing"
    assert refund_from_answer(refund(a_refund(INTENT), said)).status == "pending"


def test_an_intent_tells_what_it_was_asked_for_and_not_what_was_taken_or_given_back() -> None:
    found = payment_from_intent(intent("completed", tip_amount=500, fee_amount=357))
    assert (str(found.money), str(found.fee)) == ("AED 99.00", "3.57")
    assert (found.amount_captured, found.amount_refunded) == (None, None)
    assert found.created_at == datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("changes", [{"status": "pending"}, {"currency_code": "USD"}, {"fee_amount": None}])
def test_a_fee_is_told_only_where_it_is_certain(changes: dict[str, Any]) -> None:
    assert payment_from_intent(intent(**{"status": "completed", "fee_amount": 357, **changes})).fee is None


@pytest.mark.parametrize(
    ("units", "currency", "money"),
    [(9900, "AED", "AED 99.00"), (9900.0, "AED", "AED 99.00"), (1230, "OMR", "OMR 1.230"), (200, "USD", "USD 2.00")],
)
def test_amounts_are_read_in_minor_units(units: Any, currency: str, money: str) -> None:
    assert str(payment_from_intent(intent(amount=units, currency_code=currency)).money) == money


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": "9900"},
        {"amount": 99.5},
        {"amount": True},
        {"amount": -1},
        {"amount": None},
        {"currency_code": "XXZ"},
        {"currency_code": "aed"},
        {"currency_code": 784},
        {"id": "../refund"},
        {"id": None},
        {"id": "another"},
        {"status": 7},
        {"status": None},
    ],
)
async def test_an_answer_that_is_no_intent_is_no_answer(changes: dict[str, Any]) -> None:
    with pytest.raises(Unavailable, match="unknown format"):
        await ziina(Wire(intent(**{"status": "completed", **changes}))).get_payment(INTENT)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (SHORT, "insufficient_funds"),
        ({"code": "CARD_EXPIRED", "message": "x"}, "card_expired"),
        ({"code": "x", "message": "Your card has expired."}, "card_expired"),
        ({"code": "PAYMENT_INTENT_EXPIRED", "message": "The link has expired."}, "other"),
        ({"code": "INCORRECT_CVV", "message": "x"}, "incorrect_cvc"),
        ({"code": "x", "message": "The security code is wrong"}, "incorrect_cvc"),
        ({"code": "TRANSFER_EXCEEDS_LIMIT", "message": "x"}, "limit_exceeded"),
        ({"code": "3DS_FAILED", "message": "x"}, "authentication_failed"),
        ({"code": "x", "message": "Payer could not be authenticated"}, "authentication_failed"),
        ({"code": "SUSPECTED_FRAUD", "message": "x"}, "suspected_fraud"),
        ({"code": "DO_NOT_HONOR", "message": "x"}, "do_not_honor"),
        ({"code": "LOST_CARD", "message": "x"}, "card_blocked"),
        ({"code": "SOMETHING_NEW", "message": "We cannot say."}, "other"),
    ],
)
def test_a_refusal_keeps_ziinas_words_beside_ours(error: dict[str, str], reason: str) -> None:
    found = payment_from_intent(intent("failed", latest_error=error)).decline
    assert found is not None
    assert (found.reason, found.code, found.message) == (reason, error["code"], error["message"])


@pytest.mark.parametrize("error", [None, {}, [], "a text", 7, {"code": 400}, {"message": ""}])
def test_a_failure_without_a_reason_is_still_one(error: Any) -> None:
    found = payment_from_intent(intent("failed", latest_error=error)).decline
    assert found is not None
    assert (found.reason, found.code, found.message) == ("other", None, None)
    assert payment_from_intent(intent("requires_user_action", latest_error=error)).decline is None


def test_a_refused_try_is_told_while_the_payer_can_try_again_and_no_longer_once_paid() -> None:
    again = payment_from_intent(intent("requires_payment_instrument", latest_error=SHORT))
    assert (again.status, again.decline is not None) == ("requires_action", True)
    assert payment_from_intent(intent("completed", latest_error=SHORT)).decline is None
    assert payment_from_intent(intent("pending")).decline is None


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        (f"https://shop.example/?wasl_payment_id={OUR_ID}", True),
        (f"https://shop.example/?a=b&wasl_payment_id={OUR_ID}#c", True),
        (f"https://shop.example/?wasl_payment_id={OUR_ID}&a=b", True),
        (f"https://shop.example/?wasl_payment_id={OUR_ID}0", False),
        (f"https://shop.example/?not_wasl_payment_id={OUR_ID}", False),
        ("https://shop.example/?wasl_payment_id=order-1001", False),
        ("https://shop.example/", False),
        (None, False),
    ],
)
def test_our_id_comes_back_in_the_return_url(url: str | None, is_ours: bool) -> None:
    assert our_payment_id({"success_url": url}) == (OUR_ID if is_ours else None)


@pytest.mark.parametrize(("said", "status"), [("pending", "pending"), ("completed", "succeeded"), ("failed", "failed")])
async def test_every_documented_status_of_a_refund_has_one_meaning(said: str, status: str) -> None:
    request = a_refund(INTENT)
    error = {"code": "REFUND_FAILED", "message": "x"}
    found = await ziina(Wire(refund(request, said, error=error))).get_refund(str(request.refund_id))
    assert (found.status, found.provider_status, said in REFUND_STATUSES) == (status, said, True)
    assert (found.refund_id, found.provider_payment_id) == (request.refund_id, INTENT)
    assert found.failure_reason == ("REFUND_FAILED" if said == "failed" else None)


def test_a_refund_that_was_made_elsewhere_is_read_as_well() -> None:
    found = refund_from_answer(refund(a_refund(INTENT), id="r_1", error=None, created_at=None))
    assert (found.provider_refund_id, found.refund_id, found.created_at) == ("r_1", None, None)


@given(st.one_of(st.none(), st.text(), st.integers(), st.booleans(), st.floats(), st.lists(st.integers())))
def test_no_time_breaks_the_reading_of_an_answer(value: Any) -> None:
    found = moment(value)
    assert found is None or found.tzinfo is UTC
