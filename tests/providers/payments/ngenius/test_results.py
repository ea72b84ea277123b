"""What N-Genius's objects mean: every state, amount and reason."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.payments.ngenius.wire import (
    CAPTURE,
    ID,
    PAYMENT,
    REFUND,
    Wire,
    a_captured_order,
    a_part,
    a_payment_object,
    an_order,
    fils,
    link,
    ngenius,
)
from workers.providers.errors import NotFound, ProviderError, Unavailable
from workers.providers.payments.models import DeclineReason, PaymentStatus, RefundStatus
from workers.providers.payments.ngenius.objects import (
    PAYMENT_STATUSES,
    REFUND_STATUSES,
    decline_reason,
    payment_from_order,
)

STATES = {
    "STARTED": "requires_action",  # there is a page to pay on
    "PENDING": "processing",
    "AWAIT_3DS": "requires_action",
    "AWAIT3DS": "requires_action",
    "AWAITING_PARTIAL_AUTH_APPROVAL": "requires_action",
    "POST_AUTH_REVIEW": "processing",
    "AUTHORISED": "authorized",
    "PARTIALLY_AUTHORISED": "authorized",
    "PARTIALLY_CAPTURED": "partially_captured",
    "CAPTURED": "captured",
    "PURCHASED": "captured",
    "VERIFIED": "processing",  # a card check says nothing of an order over money
    "PARTIALLY_REFUNDED": "partially_refunded",
    "REFUNDED": "refunded",
    "REVERSED": "cancelled",
    "CANCELLED": "cancelled",
    "FAILED": "failed",
    "PARTIAL_AUTH_DECLINED": "failed",
    "PARTIAL_AUTH_DECLINE_FAILED": "failed",
}


@pytest.mark.parametrize(("state", "status"), STATES.items())
def test_every_documented_state_has_its_place(state: str, status: str) -> None:
    payment = payment_from_order(an_order(state))
    assert (payment.status, payment.provider_status) == (status, state)
    assert (payment.provider_payment_id, payment.payment_id) == (ID, UUID(int=7))
    assert payment.provider_data == {"payment": PAYMENT}


def test_no_state_was_forgotten() -> None:
    assert STATES.keys() == PAYMENT_STATUSES.keys()


@given(st.text(max_size=40).filter(lambda text: text not in STATES))
def test_an_unknown_state_is_never_taken_for_success(state: str) -> None:
    payment = payment_from_order(an_order(state))
    assert payment.status is PaymentStatus.PROCESSING
    assert payment.amount_captured is None
    assert payment.amount_refunded is None


def test_a_card_check_takes_nothing() -> None:
    checked = an_order(payment=a_payment_object("VERIFIED", 0), amount=fils(0))
    payment = payment_from_order(checked)
    assert (payment.status, str(payment.money)) == ("captured", "AED 0.00")


def test_a_new_order_sends_the_payer_to_its_page() -> None:
    payment = payment_from_order(an_order())
    assert payment.checkout_url == "https://paypage.sandbox.ngenius-payments.com/?code=5a6f1a1857771e12"
    assert payment.next_action is not None
    assert payment.next_action.url == payment.checkout_url
    assert payment_from_order(an_order("AUTHORISED")).checkout_url is None
    without = an_order(_links={})
    assert (payment_from_order(without).status, payment_from_order(without).checkout_url) == ("created", None)
    scripted = an_order(_links={"payment": {"href": "javascript:alert(1)"}})
    assert payment_from_order(scripted).checkout_url is None
    assert payment_from_order(an_order(_embedded={})).status == "requires_action"


def amounts(order: dict[str, Any]) -> tuple[str, ...]:
    payment = payment_from_order(order)
    return tuple(str(each) for each in (payment.amount_authorized, payment.amount_captured, payment.amount_refunded))


def test_amounts_are_those_of_what_went_through() -> None:
    assert amounts(an_order()) == ("None", "0.00", "0.00")
    assert amounts(an_order("AUTHORISED")) == ("99.00", "0.00", "0.00")
    assert amounts(an_order("PARTIALLY_AUTHORISED"))[0] == "None", "how much, the state does not tell"
    assert amounts(an_order("CAPTURED")) == ("99.00", "99.00", "0.00")
    assert amounts(an_order("PARTIALLY_CAPTURED")) == ("99.00", "None", "0.00")
    assert amounts(a_captured_order(4000)) == ("99.00", "40.00", "0.00")
    refunds = [
        a_part("one", 1000, "refunds"),
        a_part("two", 2000, "refunds", "REQUESTED"),
        a_part("three", 500, "refunds", "FAILED"),
    ]
    refunded = a_captured_order(refunds=refunds)
    assert amounts(refunded) == ("99.00", "99.00", "10.00")
    assert payment_from_order(refunded).refunds == (f"{ID}/one", f"{ID}/two", f"{ID}/three")


def test_a_capture_that_has_not_gone_through_is_no_money() -> None:
    requested = a_part(CAPTURE, 9900, "captures", "REQUESTED")
    order = an_order(payment=a_payment_object("CAPTURED", _embedded={"cnp:capture": [requested]}))
    assert payment_from_order(order).status == "processing"
    requested["_links"]["cnp:china_union_pay_results"] = link("/x/y/results")
    assert payment_from_order(order).status == "captured"


def test_a_reversed_purchase_is_money_given_back() -> None:
    payment = payment_from_order(an_order("REVERSED", action="PURCHASE"))
    assert (payment.status, str(payment.amount_captured), str(payment.amount_refunded)) == (
        "refunded",
        "99.00",
        "99.00",
    )
    assert payment.refunds == (f"{ID}/reversal",)


def test_our_id_comes_from_the_data_or_the_reference() -> None:
    ours = uuid4()
    assert payment_from_order(an_order(merchantDefinedData={"wasl_payment_id": str(ours)})).payment_id == ours
    assert payment_from_order(an_order(merchantOrderReference=f"{ours}-90210")).payment_id == ours
    for foreign in ("SO-0002", None, f"{ours}x", f"{ours}-1-2", 7):
        assert payment_from_order(an_order(merchantOrderReference=foreign)).payment_id is None


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("51", "insufficient_funds"),
        ("05", "do_not_honor"),
        ("14", "invalid_card"),
        ("41", "card_blocked"),
        ("43", "card_blocked"),
        ("54", "card_expired"),
        ("55", "authentication_failed"),
        ("59", "suspected_fraud"),
        ("61", "limit_exceeded"),
        ("91", "issuer_unavailable"),
        ("99", "other"),
    ],
)
def test_a_decline_says_why(code: str, reason: str) -> None:
    answer = {"success": False, "resultCode": code, "resultMessage": "Said by the bank"}
    payment = payment_from_order(an_order(payment=a_payment_object("FAILED", authResponse=answer)))
    assert payment.decline is not None
    assert (payment.decline.reason, payment.decline.code, payment.decline.message) == (reason, code, "Said by the bank")


def test_a_failed_authentication_is_told_from_a_decline() -> None:
    payment = payment_from_order(an_order(payment={**a_payment_object("FAILED"), "3ds": {"status": "FAILURE"}}))
    assert payment.decline is not None
    assert payment.decline.reason is DeclineReason.AUTHENTICATION_FAILED
    assert decline_reason(None) is DeclineReason.OTHER
    approved = a_payment_object("CAPTURED", authResponse={"success": True, "resultCode": "00"})
    assert payment_from_order(an_order(payment=approved)).decline is None


@pytest.mark.parametrize(("state", "status"), [*REFUND_STATUSES.items(), ("SUBLIMATED", RefundStatus.PENDING)])
async def test_refunds_are_read_from_their_order(state: str, status: RefundStatus) -> None:
    order = a_captured_order(refunds=[a_part("other", 500, "refunds"), a_part(REFUND, 1000, "refunds", state)])
    refund = await ngenius(Wire(order)).get_refund(f"{ID}/{REFUND}")
    assert (refund.status, refund.provider_status, str(refund.money)) == (status, state, "AED 10.00")
    assert (refund.provider_payment_id, refund.payment_id) == (ID, UUID(int=7))
    with pytest.raises(NotFound):
        await ngenius(Wire(order)).get_refund(f"{ID}/nobody")


async def test_a_union_pay_refund_is_named_by_its_results() -> None:
    refund = a_part("x", 1000, "refunds", "REQUESTED")
    results = link(f"/transactions/refunds/{REFUND}/china_union_pay_results")
    refund["_links"] = {"cnp:china_union_pay_results": results}
    order = a_captured_order(refunds=[refund])
    assert (await ngenius(Wire(order)).get_refund(f"{ID}/{REFUND}")).status == "pending"


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": fils(9900, "XXX")},
        {"amount": {"currencyCode": "AED", "value": 99.0}},
        {"amount": {"currencyCode": "AED", "value": True}},
        {"amount": {"currencyCode": "AED", "value": -1}},
        {"amount": {"value": 9900}},
        {"amount": None},
        {"reference": None},
        {"outletId": "../admin"},
        {"reference": "another-order"},
        {"_embedded": {"payment": [7]}},
        {"_embedded": {"payment": [{}]}},
        {"_links": {"payment": 7}, "_embedded": 7},
        {"createDateTime": "yesterday"},
    ],
    ids=str,
)
async def test_an_order_of_another_shape_is_no_usable_answer(changes: dict[str, Any]) -> None:
    with pytest.raises(Unavailable):
        await ngenius(Wire(an_order(**changes))).get_payment(ID)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(an_order())), inner, max_size=4),
    max_leaves=12,
)


@given(body=_JSON, field=st.sampled_from(sorted(an_order())))
async def test_whatever_is_answered_is_a_payment_or_a_provider_error(body: Any, field: str) -> None:
    for answer in (body, an_order(**{field: body}), an_order(payment={**a_payment_object(), "_links": body})):
        try:
            payment = await ngenius(Wire(httpx.Response(200, json=answer))).get_payment(ID)
        except ProviderError:
            continue
        assert payment.status not in ("captured", "refunded")
