"""What Checkout.com's objects mean: every status, amount and reason."""

from typing import Any
from uuid import uuid4

import pytest

from tests.providers.payments.checkout.builders import ACT, HPP, PAGE, PAY, Wire, action, checkout, payment
from workers.providers.errors import Unavailable
from workers.providers.money import Money
from workers.providers.payments.checkout.declines import DECLINE_REASONS, decline_reason
from workers.providers.payments.checkout.objects import (
    HOSTED_STATUSES,
    PAYMENT_STATUSES,
    our_refund_id,
    payment_from_details,
    payment_from_page,
    refund_from_action,
    refund_reference,
)
from workers.providers.payments.models import PaymentStatus

OUR_ID = uuid4()
REDIRECT = {"redirect": {"href": "https://api.sandbox.checkout.com/3ds/x"}}


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("Active", "created"),
        ("Requested", "processing"),
        ("Authentication Requested", "requires_action"),
        ("Pending", "processing"),
        ("Authorized", "authorized"),
        ("Card Verified", "created"),
        ("Voided", "cancelled"),
        ("Partially Captured", "partially_captured"),
        ("Captured", "captured"),
        ("Partially Refunded", "partially_refunded"),
        ("Refunded", "refunded"),
        ("Declined", "failed"),
        ("Canceled", "cancelled"),
        ("Expired", "expired"),
        ("Paid", "captured"),
        ("Returned", "failed"),
        ("Retry Scheduled", "processing"),
    ],
)
def test_every_documented_status_has_one_meaning(said: str, status: str) -> None:
    found = payment_from_details(payment(said))
    assert (found.status, found.provider_status) == (status, said)
    assert said in PAYMENT_STATUSES


@pytest.mark.parametrize("said", ["Sublimated", "captured", "", "Capture Pending"])
def test_a_status_that_is_not_known_moves_no_money(said: str) -> None:
    assert payment_from_details(payment(said)).status == "processing"
    assert payment_from_page({**PAGE, "status": said}).status == "processing"


def test_pending_with_a_page_to_visit_waits_for_the_payer() -> None:
    waiting = payment_from_details(payment("Pending", _links=REDIRECT))
    assert waiting.status == "requires_action"
    assert waiting.next_action is not None
    assert waiting.next_action.url == "https://api.sandbox.checkout.com/3ds/x"


def test_a_final_capture_of_a_part_leaves_nothing_to_capture() -> None:
    balances = {"total_authorized": 9900, "total_captured": 4000, "available_to_capture": 0}
    done = payment_from_details(payment("Partially Captured", balances=balances))
    assert (done.status, str(done.amount_captured)) == ("captured", "40.00")
    more = payment_from_details(payment("Partially Captured", balances={**balances, "available_to_capture": 5900}))
    assert more.status == "partially_captured"


def test_amounts_come_from_the_balances_and_are_unknown_without_them() -> None:
    known = payment_from_details(payment("Captured"))
    amounts = (known.amount_authorized, known.amount_captured, known.amount_refunded)
    assert [str(amount) for amount in amounts] == ["99.00", "99.00", "0.00"]
    unknown = payment_from_details(payment("Captured", balances=None))
    assert (unknown.amount_authorized, unknown.amount_captured, unknown.amount_refunded) == (None, None, None)


def test_our_id_comes_back_and_anything_else_is_no_id() -> None:
    assert payment_from_details(payment(metadata={"wasl_payment_id": str(OUR_ID)})).payment_id == OUR_ID
    for metadata in (None, {}, {"wasl_payment_id": "order-1"}, {"wasl_payment_id": 7}, ["x"]):
        assert payment_from_details(payment(metadata=metadata)).payment_id is None


def test_a_page_waits_for_the_payer_until_it_runs_out() -> None:
    assert {status: payment_from_page({**PAGE, "status": status}).status for status in HOSTED_STATUSES} == {
        "Payment Pending": "requires_action",
        "Payment Received": "processing",
        "Expired": "expired",
    }
    waiting = payment_from_page(PAGE)
    assert waiting.checkout_url == f"https://pay.sandbox.checkout.com/page/{HPP}"
    assert payment_from_page({**PAGE, "status": "Expired"}).checkout_url is None


@pytest.mark.parametrize(
    ("changes", "status", "failure"),
    [
        ({}, "succeeded", None),
        ({"approved": False, "response_code": "20006"}, "failed", "20006"),
        ({"approved": None}, "pending", None),
        ({"approved": "true"}, "pending", None),
    ],
)
def test_a_refund_is_pending_until_it_says_how_it_went(
    changes: dict[str, Any], status: str, failure: str | None
) -> None:
    found = refund_from_action(action("Refund", **changes), payment())
    assert (found.status, found.failure_reason) == (status, failure)
    assert (found.provider_refund_id, str(found.money)) == (f"{PAY}:{ACT}", "AED 99.00")


def test_a_refund_is_ours_by_metadata_or_by_reference() -> None:
    assert our_refund_id({"metadata": {"wasl_refund_id": str(OUR_ID)}, "reference": "x"}) == OUR_ID
    assert our_refund_id({"reference": refund_reference(OUR_ID)}) == OUR_ID
    for reference in (None, 7, "", "WR", "order-1001", str(OUR_ID), "WR" + "1" * 26, "WR" + "é" * 26):
        assert our_refund_id({"reference": reference}) is None


async def test_a_payment_read_shows_its_refunds_and_why_it_failed() -> None:
    wire = Wire(payment("Partially Refunded"), [action("Refund"), action("Capture"), action("Authorization")])
    assert (await checkout(wire).get_payment(PAY)).refunds == (f"{PAY}:{ACT}",)
    refused = action("Authorization", approved=False, response_code="20051", response_summary="Insufficient funds")
    found = await checkout(Wire(payment("Declined"), [refused])).get_payment(PAY)
    assert found.decline is not None
    assert (found.decline.reason, found.decline.code) == ("insufficient_funds", "20051")


async def test_a_page_read_shows_the_payment_made_on_it() -> None:
    wire = Wire({**PAGE, "status": "Payment Received", "payment_id": PAY}, payment("Authorized"))
    found = await checkout(wire).get_payment(HPP)
    assert (found.provider_payment_id, found.provider_session_id, found.status) == (PAY, HPP, "authorized")


@pytest.mark.parametrize(
    "changes",
    [{"currency": "XXX"}, {"amount": "99"}, {"amount": None}, {"id": None}, {"status": None}, {"balances": [1]}],
)
async def test_an_answer_in_another_shape_is_no_usable_answer(changes: dict[str, Any]) -> None:
    with pytest.raises(Unavailable):
        await checkout(Wire({**payment("Authorized"), **changes})).get_payment(PAY)


def test_declines_have_reasons() -> None:
    expected = {
        "20051": "insufficient_funds",
        "20061": "limit_exceeded",
        "20054": "card_expired",
        "30033": "card_expired",
        "20087": "incorrect_cvc",
        "20014": "invalid_card",
        "30041": "card_blocked",
        "30043": "card_blocked",
        "20154": "authentication_required",
        "20151": "authentication_failed",
        "20059": "suspected_fraud",
        "40101": "suspected_fraud",
        "40999": "suspected_fraud",
        "20057": "not_permitted",
        "20106": "currency_not_supported",
        "20094": "duplicate",
        "20091": "issuer_unavailable",
        "20096": "processing_error",
        "20005": "do_not_honor",
        "20199": "other",
        None: "other",
    }
    assert {code: decline_reason(code) for code in expected} == expected
    assert all(len(code) == 5 and not code.startswith("10") for code in DECLINE_REASONS)


def test_kuwaiti_dinars_have_three_decimals() -> None:
    found = payment_from_details(payment("Pending", amount=1500, currency="KWD", balances=None))
    assert (found.money, found.status) == (Money.of("1.500", "KWD"), PaymentStatus.PROCESSING)
