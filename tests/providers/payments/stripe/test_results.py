"""What Stripe's objects mean: every status, amount and reason."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from workers.providers.payments.models import DeclineReason, PaymentStatus, RefundStatus
from workers.providers.payments.stripe.objects import (
    DECLINE_REASONS,
    decline_reason,
    dispute_from_object,
    payment_from_charge,
    payment_from_intent,
    payment_from_session,
    refund_from_object,
)

OUR_ID = uuid4()


def an_intent(**changes: Any) -> dict[str, Any]:
    intent = {
        "id": "pi_1",
        "object": "payment_intent",
        "amount": 9900,
        "amount_received": 0,
        "currency": "aed",
        "status": "requires_payment_method",
        "created": 1_790_000_000,
        "client_secret": "pi_1_secret_x",
        "metadata": {"wasl_payment_id": str(OUR_ID)},
        "latest_charge": None,
    }
    return {**intent, **changes}


def a_charge(**changes: Any) -> dict[str, Any]:
    charge = {
        "id": "ch_1",
        "object": "charge",
        "amount": 9900,
        "amount_captured": 9900,
        "amount_refunded": 0,
        "captured": True,
        "currency": "aed",
        "payment_intent": "pi_1",
        "refunded": False,
        "status": "succeeded",
        "created": 1_790_000_000,
        "metadata": {"wasl_payment_id": str(OUR_ID)},
    }
    return {**charge, **changes}


def a_session(**changes: Any) -> dict[str, Any]:
    session = {
        "id": "cs_test_1",
        "object": "checkout.session",
        "amount_total": 9900,
        "currency": "aed",
        "status": "open",
        "payment_status": "unpaid",
        "payment_intent": None,
        "url": "https://checkout.stripe.com/c/pay/cs_test_1",
        "created": 1_790_000_000,
        "metadata": {"wasl_payment_id": str(OUR_ID)},
    }
    return {**session, **changes}


CARD_ERROR = {"type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds", "message": "Funds."}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"status": "requires_payment_method"}, "created"),
        ({"status": "requires_payment_method", "last_payment_error": CARD_ERROR}, "failed"),
        ({"status": "requires_confirmation"}, "created"),
        ({"status": "requires_action"}, "requires_action"),
        ({"status": "processing"}, "processing"),
        ({"status": "requires_capture", "amount_capturable": 9900}, "authorized"),
        ({"status": "succeeded", "amount_received": 9900}, "captured"),
        ({"status": "canceled"}, "cancelled"),
        ({"status": "canceled", "cancellation_reason": "requested_by_customer"}, "cancelled"),
        ({"status": "canceled", "cancellation_reason": "automatic"}, "expired"),
        ({"status": "canceled", "cancellation_reason": "expired"}, "expired"),
        ({"status": "a_status_of_the_future"}, "processing"),
    ],
)
def test_every_status_of_a_payment_intent_has_one_meaning(changes: dict[str, Any], status: str) -> None:
    result = payment_from_intent(an_intent(**changes))
    assert result.status == PaymentStatus(status)
    assert result.provider_status == changes["status"]
    assert result.payment_id == OUR_ID


@pytest.mark.parametrize(
    ("received", "charge", "status", "refunded"),
    [
        (9900, {"amount_refunded": 0}, "captured", "0.00"),
        (9900, {"amount_refunded": 100}, "partially_refunded", "1.00"),
        (9900, {"amount_refunded": 9900}, "refunded", "99.00"),
        # After a partial capture Stripe counts the released rest as refunded, too.
        (4000, {"amount_refunded": 5900}, "captured", "0.00"),
        (4000, {"amount_refunded": 6000}, "partially_refunded", "1.00"),
        (4000, {"amount_refunded": 9900}, "refunded", "40.00"),
        (4000, {"amount_refunded": 0}, "captured", "0.00"),
    ],
)
def test_refunds_show_in_the_expanded_charge(received: int, charge: dict[str, int], status: str, refunded: str) -> None:
    intent = an_intent(status="succeeded", amount_received=received, latest_charge={"id": "ch_1", **charge})
    result = payment_from_intent(intent)
    assert result.status == PaymentStatus(status)
    assert result.amount_refunded == Decimal(refunded)
    assert result.amount_captured == Decimal(received) / 100
    assert result.provider_data == {"charge": "ch_1"}


def test_what_the_answer_does_not_tell_is_not_guessed() -> None:
    assert payment_from_intent(an_intent(status="succeeded", amount_received=9900)).amount_refunded is None
    assert payment_from_session(a_session(status="complete", payment_status="paid")).amount_refunded is None


def test_amounts_follow_the_currency() -> None:
    kwd = payment_from_intent(an_intent(currency="kwd", amount=1500, amount_received=1500, status="succeeded"))
    assert (str(kwd.money), str(kwd.amount_captured)) == ("KWD 1.500", "1.500")
    isk = payment_from_intent(an_intent(currency="isk", amount=500))
    assert str(isk.money) == "ISK 5"


def test_what_the_payer_must_do_is_told() -> None:
    redirect = {
        "type": "redirect_to_url",
        "redirect_to_url": {"url": "https://hooks.stripe.com/3ds", "return_url": None},
    }
    result = payment_from_intent(an_intent(status="requires_action", next_action=redirect))
    assert result.next_action is not None
    assert (result.next_action.type, result.next_action.url) == ("redirect", "https://hooks.stripe.com/3ds")
    result = payment_from_intent(an_intent(status="requires_action", next_action={"type": "use_stripe_sdk"}))
    assert result.next_action is not None
    assert (result.next_action.type, result.next_action.url) == ("use_provider_sdk", None)


def test_a_decline_keeps_stripes_code_beside_wasls_reason() -> None:
    decline = payment_from_intent(an_intent(last_payment_error=CARD_ERROR)).decline
    assert decline is not None
    assert (decline.reason, decline.code, decline.message) == ("insufficient_funds", "insufficient_funds", "Funds.")


def test_every_decline_code_has_a_reason() -> None:
    assert decline_reason("lost_card") is DeclineReason.CARD_BLOCKED
    assert decline_reason("a_code_of_the_future") is DeclineReason.OTHER
    assert decline_reason(None) is DeclineReason.OTHER
    assert len(DECLINE_REASONS) >= 50


@pytest.mark.parametrize(
    ("changes", "status", "provider_payment_id"),
    [
        ({}, "requires_action", "cs_test_1"),
        ({"payment_intent": "pi_1"}, "requires_action", "pi_1"),
        ({"status": "expired", "url": None}, "expired", "cs_test_1"),
        ({"status": "complete", "payment_status": "paid", "payment_intent": "pi_1"}, "captured", "pi_1"),
        ({"status": "complete", "payment_status": "unpaid", "payment_intent": "pi_1"}, "processing", "pi_1"),
    ],
)
def test_every_status_of_a_checkout_session(changes: dict[str, Any], status: str, provider_payment_id: str) -> None:
    result = payment_from_session(a_session(**changes))
    assert result.status == PaymentStatus(status)
    assert result.provider_payment_id == provider_payment_id
    assert result.provider_session_id == "cs_test_1"
    assert (result.checkout_url is not None) == (status == "requires_action")


def test_a_completed_session_tells_of_its_expanded_payment() -> None:
    intent = an_intent(status="requires_capture")
    result = payment_from_session(a_session(status="complete", payment_intent=intent))
    assert (result.status, result.provider_payment_id) == ("authorized", "pi_1")
    assert result.provider_session_id == "cs_test_1"


def test_a_declined_try_leaves_an_open_session_open() -> None:
    result = payment_from_session(a_session(payment_intent=an_intent(last_payment_error=CARD_ERROR)))
    assert result.status is PaymentStatus.REQUIRES_ACTION
    assert result.decline is not None
    assert result.checkout_url


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "captured"),
        ({"captured": False, "amount_captured": 0}, "authorized"),
        ({"captured": False, "amount_captured": 0, "amount_refunded": 9900, "refunded": True}, "cancelled"),
        ({"amount_refunded": 100}, "partially_refunded"),
        ({"amount_refunded": 9900, "refunded": True}, "refunded"),
        ({"amount_captured": 4000, "amount_refunded": 5900}, "captured"),
        ({"status": "pending", "captured": False, "amount_captured": 0}, "processing"),
        ({"status": "failed", "captured": False, "amount_captured": 0, "failure_code": "card_declined"}, "failed"),
    ],
)
def test_charges_mean_the_same_as_their_payment(changes: dict[str, Any], status: str) -> None:
    result = payment_from_charge(a_charge(**changes))
    assert result.status == PaymentStatus(status)
    assert (result.provider_payment_id, result.payment_id) == ("pi_1", OUR_ID)


def test_a_charge_without_a_payment_intent_stands_for_itself() -> None:
    assert payment_from_charge(a_charge(payment_intent=None)).provider_payment_id == "ch_1"


@pytest.mark.parametrize(
    ("provider_status", "status"),
    [
        ("pending", "pending"),
        ("requires_action", "pending"),
        ("succeeded", "succeeded"),
        ("failed", "failed"),
        ("canceled", "cancelled"),
        ("a_status_of_the_future", "pending"),
        (None, "pending"),
    ],
)
def test_every_status_of_a_refund(provider_status: str | None, status: str) -> None:
    refund_id = uuid4()
    refund = {
        "id": "re_1",
        "amount": 1050,
        "currency": "aed",
        "status": provider_status,
        "payment_intent": {"id": "pi_1"},
        "charge": "ch_1",
        "metadata": {"wasl_refund_id": str(refund_id), "wasl_payment_id": str(OUR_ID)},
    }
    result = refund_from_object(refund)
    assert result.status == RefundStatus(status)
    assert (result.refund_id, result.payment_id, result.provider_payment_id) == (refund_id, OUR_ID, "pi_1")
    assert str(result.money) == "AED 10.50"


@pytest.mark.parametrize("metadata", [None, {}, {"wasl_payment_id": "order 7"}, {"wasl_payment_id": ""}])
def test_ids_that_are_not_ours_are_no_ids(metadata: dict[str, str] | None) -> None:
    assert payment_from_intent(an_intent(metadata=metadata)).payment_id is None


def test_our_id_is_a_uuid() -> None:
    assert isinstance(payment_from_intent(an_intent()).payment_id, UUID)


def test_a_dispute_says_how_much_why_and_until_when() -> None:
    dispute = {
        "id": "du_1",
        "amount": 9900,
        "currency": "aed",
        "status": "needs_response",
        "reason": "fraudulent",
        "charge": "ch_1",
        "payment_intent": "pi_1",
        "evidence_details": {"due_by": 1_790_000_000},
    }
    result = dispute_from_object(dispute)
    assert (result.provider_payment_id, result.reason, str(result.money)) == ("pi_1", "fraudulent", "AED 99.00")
    assert result.evidence_due_by is not None
    assert result.evidence_due_by.tzinfo is not None


def test_the_client_secret_does_not_show() -> None:
    assert "secret_x" not in repr(payment_from_intent(an_intent()))


@pytest.mark.parametrize(
    ("booked", "fee"),
    [
        ("txn_1", None),
        (None, None),
        ({"id": "txn_1", "fee": 387, "currency": "aed"}, "3.87"),
        ({"id": "txn_1", "fee": 105, "currency": "usd"}, None),
    ],
)
def test_the_fee_is_told_where_the_booking_is_expanded_and_in_the_payments_currency(
    booked: Any, fee: str | None
) -> None:
    charge = a_charge(balance_transaction=booked)
    paid = payment_from_intent(an_intent(status="succeeded", amount_received=9900, latest_charge=charge))
    for payment in (paid, payment_from_charge(charge)):
        assert payment.fee == (Decimal(fee) if fee else None)
