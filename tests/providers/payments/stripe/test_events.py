"""Every event of Stripe's that matters, in Wasl's words."""

import copy
from typing import Any
from uuid import uuid4

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.providers.errors import MalformedPayload
from workers.providers.events import CanonicalEvent
from workers.providers.payments.stripe import StripeConnector
from workers.providers.payments.stripe.events import EVENT_TYPES

PAYMENT_ID, REFUND_ID = uuid4(), uuid4()
OURS = {"wasl_payment_id": str(PAYMENT_ID)}
INTENT = {
    "id": "pi_1",
    "object": "payment_intent",
    "amount": 9900,
    "amount_received": 0,
    "currency": "aed",
    "metadata": OURS,
}
PAID = {**INTENT, "status": "succeeded", "amount_received": 9900, "latest_charge": "ch_1"}
DECLINED = {
    **INTENT,
    "status": "requires_payment_method",
    "last_payment_error": {"code": "card_declined", "decline_code": "lost_card", "message": "No."},
}
SESSION = {
    "id": "cs_1",
    "object": "checkout.session",
    "amount_total": 9900,
    "currency": "aed",
    "payment_intent": "pi_1",
    "metadata": OURS,
}
CHARGE = {
    "id": "ch_1",
    "object": "charge",
    "amount": 9900,
    "amount_captured": 9900,
    "amount_refunded": 0,
    "captured": True,
    "currency": "aed",
    "payment_intent": "pi_1",
    "status": "succeeded",
    "metadata": OURS,
}
REFUND = {
    "id": "re_1",
    "object": "refund",
    "amount": 1000,
    "balance_transaction": "txn_1",
    "currency": "aed",
    "payment_intent": "pi_1",
    "charge": "ch_1",
    "status": "succeeded",
    "metadata": {**OURS, "wasl_refund_id": str(REFUND_ID)},
}
DISPUTE = {
    "id": "du_1",
    "object": "dispute",
    "amount": 9900,
    "currency": "aed",
    "charge": "ch_1",
    "payment_intent": "pi_1",
    "status": "needs_response",
    "reason": "fraudulent",
    "metadata": {},
}
PAYOUT = {
    "id": "po_1",
    "object": "payout",
    "amount": 123400,
    "currency": "aed",
    "arrival_date": 1_790_100_000,
    "status": "in_transit",
    "failure_code": None,
    "metadata": {},
}


def body_of(event_type: str, subject: dict[str, Any], **changes: Any) -> bytes:
    event = {
        "id": "evt_1",
        "object": "event",
        "type": event_type,
        "created": 1_790_000_000,
        "api_version": "2026-06-24.dahlia",
        "livemode": False,
        "data": {"object": subject},
    }
    return orjson.dumps({**event, **changes})


def parsed(event_type: str, subject: dict[str, Any]) -> CanonicalEvent:
    (event,) = StripeConnector.parse_webhook(body_of(event_type, subject))
    return event


CASES = [
    ("payment_intent.created", {**INTENT, "status": "requires_payment_method"}, "payment.created"),
    ("payment_intent.processing", {**INTENT, "status": "processing"}, "payment.processing"),
    ("payment_intent.requires_action", {**INTENT, "status": "requires_action"}, "payment.requires_action"),
    ("payment_intent.amount_capturable_updated", {**INTENT, "status": "requires_capture"}, "payment.authorized"),
    ("payment_intent.partially_funded", {**INTENT, "status": "requires_action"}, "payment.requires_action"),
    ("payment_intent.succeeded", PAID, "payment.succeeded"),
    ("payment_intent.payment_failed", DECLINED, "payment.failed"),
    ("payment_intent.canceled", {**INTENT, "status": "canceled"}, "payment.cancelled"),
    (
        "payment_intent.canceled",
        {**INTENT, "status": "canceled", "cancellation_reason": "automatic"},
        "payment.expired",
    ),
    ("checkout.session.completed", {**SESSION, "status": "complete", "payment_status": "paid"}, "payment.succeeded"),
    ("checkout.session.completed", {**SESSION, "status": "complete", "payment_status": "unpaid"}, "payment.processing"),
    (
        "checkout.session.async_payment_succeeded",
        {**SESSION, "status": "complete", "payment_status": "paid"},
        "payment.succeeded",
    ),
    (
        "checkout.session.async_payment_failed",
        {**SESSION, "status": "complete", "payment_status": "unpaid"},
        "payment.failed",
    ),
    ("checkout.session.expired", {**SESSION, "status": "expired", "payment_status": "unpaid"}, "payment.expired"),
    ("charge.captured", CHARGE, "payment.succeeded"),
    ("charge.expired", {**CHARGE, "captured": False, "amount_captured": 0, "refunded": True}, "payment.expired"),
    ("charge.failed", {**CHARGE, "captured": False, "amount_captured": 0, "status": "failed"}, "payment.failed"),
    ("charge.refunded", {**CHARGE, "amount_refunded": 1000}, "payment.partially_refunded"),
    ("charge.refunded", {**CHARGE, "amount_refunded": 9900, "refunded": True}, "payment.refunded"),
    (
        "charge.refunded",
        {**CHARGE, "captured": False, "amount_captured": 0, "amount_refunded": 9900, "refunded": True},
        "payment.cancelled",
    ),
    ("charge.refund.updated", {**REFUND, "status": "failed"}, "refund.failed"),
    ("refund.created", {**REFUND, "status": "pending"}, "refund.pending"),
    ("refund.created", REFUND, "refund.succeeded"),
    ("refund.updated", {**REFUND, "status": "canceled"}, "refund.cancelled"),
    ("refund.failed", {**REFUND, "status": "failed"}, "refund.failed"),
    ("charge.dispute.created", DISPUTE, "dispute.opened"),
    ("charge.dispute.updated", {**DISPUTE, "status": "under_review"}, "dispute.updated"),
    ("charge.dispute.closed", {**DISPUTE, "status": "won"}, "dispute.won"),
    ("charge.dispute.closed", {**DISPUTE, "status": "lost"}, "dispute.lost"),
    ("charge.dispute.closed", {**DISPUTE, "status": "warning_closed"}, "dispute.closed"),
    ("charge.dispute.funds_withdrawn", DISPUTE, "dispute.updated"),
    ("charge.dispute.funds_reinstated", {**DISPUTE, "status": "won"}, "dispute.updated"),
]


@pytest.mark.parametrize(("event_type", "subject", "meaning"), CASES, ids=[f"{a}={c}" for a, _, c in CASES])
def test_each_event_has_its_meaning(event_type: str, subject: dict[str, Any], meaning: str) -> None:
    event = parsed(event_type, subject)
    assert event.type == meaning
    assert (event.provider_type, event.provider_event_id) == (event_type, "evt_1")
    assert event.provider_payment_id == "pi_1"
    assert event.occurred_at.isoformat() == "2026-09-21T14:13:20+00:00"
    if not meaning.startswith("dispute."):
        assert event.payment_id == PAYMENT_ID
    assert (event.refund_id == REFUND_ID) is meaning.startswith("refund.")


def test_every_event_that_is_subscribed_to_is_tested() -> None:
    assert {event_type for event_type, _, _ in CASES} | PAYOUTS.keys() == set(EVENT_TYPES)


PAYOUTS = {
    "payout.created": ("pending", "payout.created"),
    "payout.updated": ("in_transit", "payout.updated"),
    "payout.paid": ("paid", "payout.paid"),
    "payout.failed": ("failed", "payout.failed"),
    "payout.canceled": ("canceled", "payout.cancelled"),
}


@pytest.mark.parametrize("event_type", PAYOUTS)
def test_a_payout_is_money_on_its_way_to_the_merchant(event_type: str) -> None:
    status, meaning = PAYOUTS[event_type]
    event = parsed(event_type, {**PAYOUT, "status": status})
    assert (event.type, event.payment_id, event.provider_payment_id) == (meaning, None, None)
    assert event.payout is not None
    assert (event.payout.provider_payout_id, event.payout.provider_status) == ("po_1", status)
    assert (str(event.payout.money), str(event.payout.arrives_on)) == ("AED 1234.00", "2026-09-22")


def test_a_payout_that_failed_says_why_and_an_unknown_status_is_still_on_its_way() -> None:
    failed = parsed("payout.failed", {**PAYOUT, "status": "failed", "failure_code": "account_closed"}).payout
    assert failed is not None
    assert (failed.status, failed.failure_reason) == ("failed", "account_closed")
    strange = parsed("payout.updated", {**PAYOUT, "status": "levitating"}).payout
    assert strange is not None
    assert strange.status == "pending"


def test_what_stripe_takes_from_the_merchants_account_is_no_payout() -> None:
    assert StripeConnector.parse_webhook(body_of("payout.paid", {**PAYOUT, "amount": -500})) == []


def test_events_carry_the_state_that_they_tell() -> None:
    paid = parsed("payment_intent.succeeded", PAID).payment
    assert paid is not None
    assert (str(paid.amount_captured), paid.amount_refunded) == ("99.00", None)
    declined = parsed("payment_intent.payment_failed", DECLINED).payment
    assert declined is not None
    assert declined.decline is not None
    assert declined.decline.reason == "card_blocked"
    completed = parsed(
        "checkout.session.completed", {**SESSION, "status": "complete", "payment_status": "paid"}
    ).payment
    assert completed is not None
    assert (completed.provider_session_id, completed.provider_payment_id) == ("cs_1", "pi_1")
    refund = parsed("refund.created", REFUND).refund
    assert refund is not None
    assert (str(refund.money), refund.provider_refund_id) == ("AED 10.00", "re_1")
    dispute = parsed("charge.dispute.created", DISPUTE).dispute
    assert dispute is not None
    assert dispute.reason == "fraudulent"


def test_the_release_of_what_a_partial_capture_left_is_no_refund() -> None:
    released = {**REFUND, "balance_transaction": None, "metadata": {}}
    assert StripeConnector.parse_webhook(body_of("refund.created", released)) == []
    made_in_the_dashboard = {**REFUND, "metadata": {}}
    assert parsed("refund.created", made_in_the_dashboard).type == "refund.succeeded"


@pytest.mark.parametrize(
    "event_type", ["customer.created", "invoice.paid", "charge.succeeded", "an.event.of.the.future"]
)
def test_events_that_mean_nothing_to_wasl_are_passed_over(event_type: str) -> None:
    assert StripeConnector.parse_webhook(body_of(event_type, {"id": "x"})) == []


def test_thin_events_are_passed_over() -> None:
    thin = {
        "id": "evt_65R2",
        "object": "v2.core.event",
        "type": "v1.billing.meter.error_report_triggered",
        "created": "2026-09-17T06:20:52.246Z",
        "related_object": {"id": "mtr_1", "type": "billing.meter", "url": "/v1/billing/meters/mtr_1"},
    }
    assert StripeConnector.parse_webhook(orjson.dumps(thin)) == []


@pytest.mark.parametrize(
    "subject",
    [
        None,
        {},
        {"id": "pi_1"},
        {**PAID, "currency": "xxx"},
        {**PAID, "currency": None},
        {**PAID, "amount": "many"},
        {**PAID, "amount": -1},
        {**PAID, "amount": 10**18},
        {**PAID, "status": ["succeeded"]},
    ],
)
def test_an_event_without_its_promised_object_is_malformed(subject: Any) -> None:
    with pytest.raises(MalformedPayload):
        StripeConnector.parse_webhook(body_of("payment_intent.succeeded", subject))


@pytest.mark.parametrize("created", [None, "yesterday", 10**18, -(10**18)])
def test_a_time_that_is_none_is_malformed(created: Any) -> None:
    with pytest.raises(MalformedPayload):
        StripeConnector.parse_webhook(body_of("payment_intent.succeeded", PAID, created=created))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@given(st.sampled_from([(event_type, subject) for event_type, subject, _ in CASES]), st.data())
def test_a_field_of_any_shape_is_read_or_refused(case: tuple[str, dict[str, Any]], data: st.DataObject) -> None:
    event_type, subject = case
    changed = copy.deepcopy(subject)
    changed[data.draw(st.sampled_from(sorted(subject)))] = data.draw(JSON)
    try:
        events = StripeConnector.parse_webhook(body_of(event_type, changed))
    except MalformedPayload:
        return
    assert all(isinstance(event, CanonicalEvent) for event in events)


@given(st.data())
def test_a_payouts_field_of_any_shape_is_read_or_refused(data: st.DataObject) -> None:
    changed = {**PAYOUT, data.draw(st.sampled_from(sorted(PAYOUT))): data.draw(JSON)}
    try:
        events = StripeConnector.parse_webhook(body_of("payout.updated", changed))
    except MalformedPayload:
        return
    assert all(isinstance(event, CanonicalEvent) for event in events)
