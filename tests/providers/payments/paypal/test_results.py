"""What PayPal's objects mean: every documented status, and those that nobody has documented."""

from typing import Any

import pytest

from tests.providers.payments.paypal.builders import (
    PAYMENT_ID,
    REFUND_ID,
    a_capture_object,
    a_refund_object,
    an_authorization,
    an_order,
    usd,
)
from workers.providers.payments.paypal.objects import payment_from_order, refund_from_object

CAPTURED = [a_capture_object()]


@pytest.mark.parametrize(
    ("order", "status"),
    [
        (an_order("CREATED"), "created"),
        (an_order("SAVED"), "created"),
        (an_order("PAYER_ACTION_REQUIRED"), "requires_action"),
        (an_order("APPROVED"), "requires_action"),
        (an_order("VOIDED"), "cancelled"),
        (an_order("COMPLETED"), "processing"),
        (an_order("SUBLIMATED"), "processing"),
        *(
            (an_order("COMPLETED", authorizations=[an_authorization(given)]), expected)
            for given, expected in {
                "CREATED": "authorized",
                "PENDING": "processing",
                "CAPTURED": "captured",
                "PARTIALLY_CAPTURED": "partially_captured",
                "DENIED": "failed",
                "VOIDED": "cancelled",
                "EXPIRED": "expired",
                "SUBLIMATED": "processing",
            }.items()
        ),
        *(
            (an_order("COMPLETED", captures=[a_capture_object(given)]), expected)
            for given, expected in {
                "COMPLETED": "captured",
                "PENDING": "processing",
                "DECLINED": "failed",
                "FAILED": "failed",
                "PARTIALLY_REFUNDED": "captured",  # how much is told by the refunds
                "REFUNDED": "refunded",
                "SUBLIMATED": "processing",
            }.items()
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_every_status_has_its_meaning(order: dict[str, Any], status: str) -> None:
    result = payment_from_order(order)
    assert result.status == status
    assert (result.payment_id, str(result.money)) == (PAYMENT_ID, "USD 99.00")


@pytest.mark.parametrize(
    ("payments", "status", "captured", "refunded"),
    [
        ({"captures": CAPTURED}, "captured", "99.00", "0.00"),
        ({"captures": CAPTURED, "refunds": [a_refund_object()]}, "partially_refunded", "99.00", "10.00"),
        ({"captures": CAPTURED, "refunds": [a_refund_object("PENDING")]}, "captured", "99.00", "0.00"),
        ({"captures": CAPTURED, "refunds": [a_refund_object(value="99.00")]}, "refunded", "99.00", "99.00"),
        (
            {
                "authorizations": [an_authorization("PARTIALLY_CAPTURED")],
                "captures": [a_capture_object(value="40.00", final_capture=False)],
            },
            "partially_captured",
            "40.00",
            "0.00",
        ),
        (
            {"authorizations": [an_authorization("PARTIALLY_CAPTURED")], "captures": [a_capture_object(value="40.00")]},
            "captured",
            "40.00",
            "0.00",
        ),
        (
            {
                "authorizations": [an_authorization("VOIDED")],
                "captures": [a_capture_object(value="40.00", final_capture=False)],
            },
            "captured",
            "40.00",
            "0.00",
        ),
        (
            {"authorizations": [an_authorization()], "captures": [a_capture_object("DECLINED")]},
            "authorized",
            "0.00",
            "0.00",
        ),
    ],
)
def test_amounts_add_up(payments: dict[str, Any], status: str, captured: str, refunded: str) -> None:
    result = payment_from_order(an_order("COMPLETED", **payments))
    assert (result.status, str(result.amount_captured), str(result.amount_refunded)) == (status, captured, refunded)


def test_a_declined_capture_says_why() -> None:
    declined = a_capture_object("DECLINED", processor_response={"response_code": "5120"})
    result = payment_from_order(an_order("COMPLETED", captures=[declined]))
    assert result.decline is not None
    assert (result.decline.reason, result.decline.code) == ("insufficient_funds", "5120")
    held = a_capture_object("PENDING", status_details={"reason": "RECEIVING_PREFERENCE_MANDATES_MANUAL_ACTION"})
    pending = payment_from_order(an_order("COMPLETED", captures=[held]))
    assert pending.provider_status == "COMPLETED/PENDING/RECEIVING_PREFERENCE_MANDATES_MANUAL_ACTION"
    assert pending.decline is None


def test_what_later_calls_need_is_kept() -> None:
    order = an_order("COMPLETED", authorizations=[an_authorization("CAPTURED")], captures=CAPTURED)
    assert payment_from_order(order).provider_data == {
        "intent": "AUTHORIZE",
        "authorization": "0VF5",
        "captures": "3C67",
    }


@pytest.mark.parametrize(
    "change",
    [
        {"purchase_units": []},
        {"purchase_units": [{"amount": {"currency_code": "XXX", "value": "1.00"}}]},
        {"purchase_units": [{"amount": {"currency_code": "USD", "value": "-1.00"}}]},
        {"purchase_units": [{"amount": usd("99.00"), "payments": {"captures": [{"id": "1"}]}}]},
        {"purchase_units": [{"amount": {"currency_code": "EUR", "value": "9.00"}, "payments": {"captures": CAPTURED}}]},
        {"status": None},
    ],
)
def test_an_order_in_another_shape_is_no_answer(change: dict[str, Any]) -> None:
    with pytest.raises((KeyError, IndexError, TypeError, ValueError)):
        payment_from_order({**an_order(), **change})


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        ("COMPLETED", "succeeded"),
        ("PENDING", "pending"),
        ("FAILED", "failed"),
        ("CANCELLED", "cancelled"),
        ("SUBLIMATED", "pending"),
    ],
)
def test_every_refund_status_has_its_meaning(status: str, meaning: str) -> None:
    result = refund_from_object(a_refund_object(status, status_details={"reason": "ECHECK"}))
    assert (result.status, result.failure_reason) == (meaning, "ECHECK")
    assert (result.payment_id, result.refund_id, str(result.money)) == (PAYMENT_ID, REFUND_ID, "USD 10.00")


def test_another_programs_custom_id_is_none_of_ours() -> None:
    refund = refund_from_object(a_refund_object(custom_id="cart 17.5"))
    assert (refund.payment_id, refund.refund_id) == (None, None)
    made_elsewhere = refund_from_object(a_refund_object(custom_id=str(PAYMENT_ID)))
    assert (made_elsewhere.payment_id, made_elsewhere.refund_id) == (PAYMENT_ID, None)
