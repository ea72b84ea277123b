"""Every event of PayPal's that matters, in Wasl's words."""

import copy
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.payments.paypal.builders import (
    PAYMENT_ID,
    REFUND_ID,
    a_capture_object,
    a_refund_object,
    an_authorization,
    an_order,
    usd,
)
from workers.providers.errors import MalformedPayload
from workers.providers.events import CanonicalEvent
from workers.providers.payments.paypal import PayPalConnector
from workers.providers.payments.paypal.events import EVENT_TYPES

REVERSED_APPROVAL = {"order_id": "5O19", "purchase_units": an_order()["purchase_units"]}
DISPUTE = {
    "dispute_id": "PP-D-4012",
    "disputed_transactions": [{"seller_transaction_id": "3C67", "custom": str(PAYMENT_ID)}],
    "reason": "UNAUTHORISED",
    "status": "WAITING_FOR_SELLER_RESPONSE",
    "dispute_amount": usd("99.00"),
    "seller_response_due_date": "2026-10-06T13:55:58.000Z",
}


def resolved(outcome: str) -> dict[str, Any]:
    return {**DISPUTE, "status": "RESOLVED", "dispute_outcome": {"outcome_code": outcome}}


def body_of(event_type: str, resource: Any, **changes: Any) -> bytes:
    event = {
        "id": "WH-58D329510W468432D-8HN650336L201105X",
        "create_time": "2026-09-21T14:13:20.940Z",
        "event_type": event_type,
        "resource": resource,
    }
    return orjson.dumps({**event, **changes})


def parsed(event_type: str, resource: dict[str, Any]) -> CanonicalEvent:
    (event,) = PayPalConnector.parse_webhook(body_of(event_type, resource))
    return event


CASES = [
    ("CHECKOUT.ORDER.APPROVED", an_order("APPROVED"), "payment.requires_action"),
    ("CHECKOUT.ORDER.COMPLETED", an_order("COMPLETED", captures=[a_capture_object()]), "payment.succeeded"),
    ("CHECKOUT.PAYMENT-APPROVAL.REVERSED", REVERSED_APPROVAL, "payment.expired"),
    ("PAYMENT.AUTHORIZATION.CREATED", an_authorization(), "payment.authorized"),
    ("PAYMENT.AUTHORIZATION.VOIDED", an_authorization("VOIDED"), "payment.cancelled"),
    (
        "PAYMENT.AUTHORIZATION.VOIDED",
        an_authorization("VOIDED", expiration_time="2026-09-21T14:13:20Z"),
        "payment.expired",
    ),
    ("PAYMENT.CAPTURE.COMPLETED", a_capture_object(), "payment.succeeded"),
    (
        "PAYMENT.CAPTURE.COMPLETED",
        a_capture_object(
            final_capture=False, supplementary_data={"related_ids": {"order_id": "5O19", "authorization_id": "0VF5"}}
        ),
        "payment.authorized",
    ),
    ("PAYMENT.CAPTURE.PENDING", a_capture_object("PENDING"), "payment.processing"),
    ("PAYMENT.CAPTURE.DENIED", a_capture_object("DECLINED"), "payment.failed"),
    ("PAYMENT.CAPTURE.DECLINED", a_capture_object("DECLINED"), "payment.failed"),
    ("PAYMENT.CAPTURE.REFUNDED", a_refund_object(), "refund.succeeded"),
    ("PAYMENT.CAPTURE.REVERSED", a_refund_object(value="-99.00", custom_id=str(PAYMENT_ID)), "dispute.lost"),
    ("PAYMENT.REFUND.PENDING", a_refund_object("PENDING"), "refund.pending"),
    ("PAYMENT.REFUND.FAILED", a_refund_object("FAILED"), "refund.failed"),
    ("CUSTOMER.DISPUTE.CREATED", DISPUTE, "dispute.opened"),
    ("CUSTOMER.DISPUTE.UPDATED", DISPUTE, "dispute.updated"),
    ("CUSTOMER.DISPUTE.RESOLVED", resolved("RESOLVED_SELLER_FAVOUR"), "dispute.won"),
    ("CUSTOMER.DISPUTE.RESOLVED", resolved("RESOLVED_BUYER_FAVOUR"), "dispute.lost"),
    ("CUSTOMER.DISPUTE.RESOLVED", resolved("RESOLVED_WITH_PAYOUT"), "dispute.closed"),
    ("CUSTOMER.DISPUTE.RESOLVED", resolved("CANCELED_BY_BUYER"), "dispute.closed"),
]


@pytest.mark.parametrize(("event_type", "resource", "meaning"), CASES, ids=[f"{a}={c}" for a, _, c in CASES])
def test_each_event_has_its_meaning(event_type: str, resource: dict[str, Any], meaning: str) -> None:
    event = parsed(event_type, resource)
    assert (event.type, event.provider_type) == (meaning, event_type)
    assert event.provider_event_id == "WH-58D329510W468432D-8HN650336L201105X"
    assert event.payment_id == PAYMENT_ID
    assert event.occurred_at.isoformat() == "2026-09-21T14:13:20.940000+00:00"
    assert (event.refund_id == REFUND_ID) is meaning.startswith("refund.")
    if meaning.startswith("payment."):
        assert event.provider_payment_id == "5O19"


def test_every_event_that_is_subscribed_to_is_tested() -> None:
    assert {event_type for event_type, _, _ in CASES} == set(EVENT_TYPES)


def test_an_approved_order_tells_the_hub_to_complete_it() -> None:
    approved = parsed("CHECKOUT.ORDER.APPROVED", an_order("APPROVED")).payment
    assert approved is not None
    assert approved.next_action is not None
    assert (approved.next_action.type, approved.provider_data) == ("complete", {"intent": "CAPTURE"})


def test_events_carry_the_state_that_they_tell() -> None:
    paid = parsed("PAYMENT.CAPTURE.COMPLETED", a_capture_object()).payment
    assert paid is not None
    assert (str(paid.amount_captured), paid.provider_payment_id) == ("99.00", "5O19")
    reserved = parsed("PAYMENT.AUTHORIZATION.CREATED", an_authorization()).payment
    assert reserved is not None
    assert (str(reserved.amount_authorized), reserved.provider_data) == ("99.00", {"authorization": "0VF5"})
    refund = parsed("PAYMENT.CAPTURE.REFUNDED", a_refund_object()).refund
    assert refund is not None
    assert (str(refund.money), refund.provider_refund_id) == ("USD 10.00", "1JU0")
    dispute = parsed("CUSTOMER.DISPUTE.CREATED", DISPUTE).dispute
    assert dispute is not None
    assert (dispute.reason, str(dispute.evidence_due_by)) == ("UNAUTHORISED", "2026-10-06 13:55:58+00:00")
    taken_back = parsed("PAYMENT.CAPTURE.REVERSED", a_refund_object(value="-99.00")).dispute
    assert taken_back is not None
    assert str(taken_back.money) == "USD 99.00"


def test_an_order_is_also_known_by_its_link() -> None:
    links = [{"rel": "up", "href": "https://api.paypal.com/v2/checkout/orders/5O19", "method": "GET"}]
    event = parsed("PAYMENT.CAPTURE.COMPLETED", a_capture_object(supplementary_data=None, links=links))
    assert event.provider_payment_id == "5O19"


@pytest.mark.parametrize("event_type", ["PAYMENT.CAPTURE.COMPLETED", "PAYMENT.AUTHORIZATION.CREATED"])
def test_what_was_not_paid_through_an_order_is_passed_over(event_type: str) -> None:
    resource = {**a_capture_object(), "supplementary_data": {}}
    assert PayPalConnector.parse_webhook(body_of(event_type, resource)) == []


@pytest.mark.parametrize("event_type", ["PAYMENT.SALE.COMPLETED", "BILLING.PLAN.CREATED", "AN.EVENT.OF.THE.FUTURE"])
def test_events_that_mean_nothing_to_wasl_are_passed_over(event_type: str) -> None:
    assert PayPalConnector.parse_webhook(body_of(event_type, {"id": "x"})) == []


@pytest.mark.parametrize("resource", [None, [], {}, {"id": "5O19"}, {**an_order("APPROVED"), "purchase_units": [None]}])
def test_an_event_without_its_promised_resource_is_malformed(resource: Any) -> None:
    with pytest.raises(MalformedPayload):
        PayPalConnector.parse_webhook(body_of("CHECKOUT.ORDER.APPROVED", resource))


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"id": "WH-1"}', b'{"id": 1, "event_type": "X"}', b"\xff"])
def test_what_is_no_event_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPayload):
        PayPalConnector.parse_webhook(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@given(st.sampled_from([(event_type, resource) for event_type, resource, _ in CASES]), st.data())
def test_a_field_of_any_shape_is_read_or_refused(case: tuple[str, dict[str, Any]], data: st.DataObject) -> None:
    event_type, resource = case
    changed = copy.deepcopy(resource)
    changed[data.draw(st.sampled_from(sorted(resource)))] = data.draw(JSON)
    try:
        events = PayPalConnector.parse_webhook(body_of(event_type, changed))
    except MalformedPayload:
        return
    assert all(isinstance(event, CanonicalEvent) for event in events)
