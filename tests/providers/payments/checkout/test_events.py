"""Checkout.com's webhooks: what is believed, and what they say. The examples are those of its documentation."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.payments.checkout.builders import ACT, PAY
from workers.providers.errors import MalformedPayload, SignatureInvalid
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.payments.checkout import CheckoutConnector
from workers.providers.payments.checkout.events import EVENT_TYPES
from workers.providers.payments.checkout.objects import refund_reference

KEY = "a-signature-key"
BODY = b'{"id":"evt_1","type":"payment_captured","created_on":"2026-11-23T10:00:00Z","data":{}}'
OUR_PAYMENT, OUR_REFUND = uuid4(), uuid4()


def signature(body: bytes, key: str = KEY) -> str:
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


def verify(header: str | None, body: bytes = BODY, keys: tuple[str, ...] = (KEY,)) -> VerifiedWebhook:
    headers = {} if header is None else {"cko-signature": header}
    return CheckoutConnector.verify_webhook(WebhookRequest(headers, body, datetime.now(UTC)), keys)


def test_a_right_signature_proves_the_sender_and_the_content() -> None:
    verified = verify(signature(BODY))
    assert (verified.event_id, verified.event_type, verified.content_signed) == ("evt_1", "payment_captured", True)
    assert verify(signature(BODY).upper()) == verified
    assert verify(signature(BODY), keys=("a-retired-key", KEY)) == verified


@pytest.mark.parametrize("bad", [None, "", "0" * 64, signature(BODY)[:-1], signature(BODY, "x"), signature(b""), "é"])
def test_anything_else_is_not_believed(bad: str | None) -> None:
    with pytest.raises(SignatureInvalid):
        verify(bad)


def test_without_a_key_nothing_is_believed() -> None:
    for keys in ((), ("",)):
        with pytest.raises(SignatureInvalid):
            verify(signature(BODY, ""), keys=keys)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"{}", b'{"id":"evt_1"}', b'{"id":1,"type":"x"}'])
def test_a_signed_body_that_is_no_event_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPayload):
        verify(signature(body), body)
    with pytest.raises(MalformedPayload):
        CheckoutConnector.parse_webhook(body)


@given(st.text(max_size=200))
def test_no_header_breaks_the_check_or_passes_it(text: str) -> None:
    with pytest.raises(SignatureInvalid):
        verify(text)


@given(st.binary(min_size=1, max_size=300), st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_one_changed_byte_is_noticed(body: bytes, position: int, change: int) -> None:
    changed = bytearray(body)
    changed[position % len(body)] ^= change
    with pytest.raises(SignatureInvalid):
        verify(signature(body), bytes(changed))


def test_a_known_vector_of_the_algorithm_is_reproduced() -> None:
    """RFC 4231, test case 2, which needs a key and a body of our choice only."""
    key, body = "Jefe", b"what do ya want for nothing?"
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert signature(body, key) == expected
    with pytest.raises(MalformedPayload):  # the signature passes; the body is no event
        verify(expected, body, (key,))


def event(kind: str, balances: dict[str, int] | None = None, **data: Any) -> CanonicalEvent:
    """The one canonical event that an event of Checkout.com's stands for."""
    told: dict[str, Any] = {
        "id": PAY,
        "action_id": ACT,
        "reference": "order-1001",
        "amount": 9900,
        "currency": "AED",
        "processed_on": "2026-11-23T10:00:00.4695512Z",
        "response_code": "10000",
        "response_summary": "Approved",
        "metadata": {"wasl_payment_id": str(OUR_PAYMENT)},
    }
    if balances is not None:
        told["balances"] = balances
    body = {"id": "evt_1", "type": kind, "created_on": "2026-11-23T10:00:01.7515599Z", "data": {**told, **data}}
    (found,) = CheckoutConnector.parse_webhook(orjson.dumps(body))
    return found


def balances(captured: int = 0, available: int = 0) -> dict[str, int]:
    return {"total_authorized": 9900, "total_captured": captured, "available_to_capture": available}


@pytest.mark.parametrize(
    ("kind", "sums", "canonical", "status", "captured"),
    [
        ("payment_pending", None, "payment.requires_action", "requires_action", None),
        ("payment_approved", balances(0, 9900), "payment.authorized", "authorized", None),
        ("payment_captured", balances(9900), "payment.succeeded", "captured", "99.00"),
        ("payment_captured", balances(4000, 5900), "payment.succeeded", "partially_captured", "40.00"),
        ("payment_captured", None, "payment.succeeded", "captured", "99.00"),
        ("payment_capture_declined", balances(0, 9900), "payment.authorized", "authorized", "0.00"),
        ("payment_capture_declined", balances(4000, 5900), "payment.succeeded", "partially_captured", "40.00"),
        ("payment_voided", balances(0), "payment.cancelled", "cancelled", None),
        ("payment_voided", balances(4000), "payment.succeeded", "captured", "40.00"),
        ("payment_void_declined", balances(0, 9900), "payment.authorized", "authorized", "0.00"),
        ("payment_declined", None, "payment.failed", "failed", None),
        ("payment_authentication_failed", None, "payment.failed", "failed", None),
        ("payment_expired", None, "payment.expired", "expired", None),
        ("payment_canceled", None, "payment.cancelled", "cancelled", None),
        ("payment_retry_scheduled", None, "payment.processing", "processing", None),
        ("payment_paid", None, "payment.succeeded", "captured", None),
        ("payment_returned", None, "payment.failed", "failed", None),
    ],
)
def test_a_payments_events(
    kind: str, sums: dict[str, int] | None, canonical: str, status: str, captured: str | None
) -> None:
    found = event(kind, sums)
    assert (found.type, found.provider_type, found.provider_event_id) == (canonical, kind, "evt_1")
    assert (found.payment_id, found.provider_payment_id) == (OUR_PAYMENT, PAY)
    assert found.occurred_at == datetime(2026, 11, 23, 10, 0, 1, 751559, UTC)
    assert found.payment is not None
    assert found.payment.status == status
    taken = found.payment.amount_captured
    assert (None if taken is None else str(taken)) == captured


def test_a_refusal_says_why() -> None:
    found = event("payment_declined", response_code="20051", response_summary="Insufficient funds").payment
    assert found is not None
    assert found.decline is not None
    assert (found.decline.reason, found.decline.code) == ("insufficient_funds", "20051")
    unauthenticated = event("payment_authentication_failed", response_code=None, response_summary=None).payment
    assert unauthenticated is not None
    assert unauthenticated.decline is not None
    assert unauthenticated.decline.reason == "authentication_failed"


@pytest.mark.parametrize(
    ("kind", "canonical", "status"),
    [
        ("payment_refund_pending", "refund.pending", "pending"),
        ("payment_refunded", "refund.succeeded", "succeeded"),
        ("payment_refund_declined", "refund.failed", "failed"),
    ],
)
def test_a_refunds_events(kind: str, canonical: str, status: str) -> None:
    marks = ({"metadata": {"wasl_refund_id": str(OUR_REFUND)}}, {"reference": refund_reference(OUR_REFUND)})
    for mark in marks:
        found = event(kind, amount=1050, **mark)
        assert (found.type, found.refund_id, found.provider_refund_id) == (canonical, OUR_REFUND, f"{PAY}:{ACT}")
        assert found.payment is None
        assert found.refund is not None
        assert (found.refund.status, str(found.refund.money)) == (status, "AED 10.50")
    elsewhere = event(kind)
    assert elsewhere.refund_id is None
    assert elsewhere.payment_id == OUR_PAYMENT


@pytest.mark.parametrize(
    ("kind", "canonical"),
    [
        ("dispute_evidence_required", "dispute.opened"),
        ("dispute_evidence_submitted", "dispute.updated"),
        ("dispute_won", "dispute.won"),
        ("dispute_arbitration_won", "dispute.won"),
        ("dispute_lost", "dispute.lost"),
        ("dispute_arbitration_lost", "dispute.lost"),
        ("dispute_accepted", "dispute.lost"),
        ("dispute_expired", "dispute.lost"),
        ("dispute_canceled", "dispute.closed"),
        ("dispute_resolved", "dispute.closed"),
    ],
)
def test_a_disputes_events(kind: str, canonical: str) -> None:
    found = event(kind, id="dsp_1", payment_id=PAY, amount=-9900, category="fraudulent", metadata=None)
    assert (found.type, found.provider_payment_id) == (canonical, PAY)
    assert found.dispute is not None
    assert (found.dispute.provider_dispute_id, str(found.dispute.money), found.dispute.reason) == (
        "dsp_1",
        "AED 99.00",
        "fraudulent",
    )


DOCUMENTED_CAPTURE = {
    "id": "evt_fkfqht6yonme7bk7jawrgzbbxq",
    "source": "gwc_notifier1",
    "type": "payment_captured",
    "timestamp": "2023-05-24T09:12:32.357+00:00",
    "version": "1.0.29",
    "data": {
        "id": "pay_vti5layihapu5bhbn5tjtk6eem",
        "action_id": "act_uqlj3642dyyuroivzdwfg2fysq",
        "reference": "ORD-5023-4E89",
        "amount": 20,
        "processed_on": "2023-05-24T09:12:27.4695512Z",
        "response_code": "10000",
        "response_summary": "Approved",
        "balances": {
            "total_authorized": 20,
            "total_voided": 0,
            "available_to_void": 0,
            "total_captured": 20,
            "available_to_capture": 0,
            "total_refunded": 0,
            "available_to_refund": 2023,
        },
        "metadata": {"coupon_code": "NY2018", "partner_id": "123989"},
        "currency": "EUR",
    },
}
DOCUMENTED_DISPUTE = {
    "id": "evt_2ewyh3rdawmezabpjv5ott4zb4",
    "source": "dispute",
    "type": "dispute_lost",
    "timestamp": "2022-12-15T15:20:32.582+00:00",
    "version": "1.0.6",
    "data": {
        "id": "dsp_9rjdlsd4epepfjyyf9vl",
        "date": "2022-12-15T15:20:31.5042702+00:00",
        "category": "fraudulent",
        "amount": 8150,
        "currency": "GBP",
        "reason_code": "10.4",
        "payment_id": "pay_cnhuomagalglgozxy5zm",
        "payment_reference": "Disputes QA",
    },
}
DOCUMENTED_OLD_REFUND = {
    "id": "evt_rmbwhvwacc7u5iczmz2tdcogum",
    "type": "payment_refunded",
    "created_on": "2020-02-03T11:35:03Z",
    "data": {
        "action_id": "act_7fmebms4rtmuja2poigylogjk4",
        "response_code": "10000",
        "response_summary": "Approved",
        "reference": "ORD-5023-4E89",
        "amount": 200,
        "id": "pay_pswr5qaqzzferh2puzfyrefzuy",
        "currency": "GBP",
        "processed_on": "2020-02-03T11:35:03Z",
        "metadata": {"coupon_code": "NY2018", "partner_id": 12398921},
    },
}


def test_the_documentations_examples_are_understood() -> None:
    def read(example: dict[str, Any]) -> CanonicalEvent:
        (found,) = CheckoutConnector.parse_webhook(json.dumps(example).encode())
        return found

    captured = read(DOCUMENTED_CAPTURE)
    assert (captured.type, captured.occurred_at.isoformat()) == (
        "payment.succeeded",
        "2023-05-24T09:12:32.357000+00:00",
    )
    assert captured.payment is not None
    assert str(captured.payment.amount_captured) == "0.20"
    lost = read(DOCUMENTED_DISPUTE)
    assert (lost.type, lost.provider_payment_id) == ("dispute.lost", "pay_cnhuomagalglgozxy5zm")
    refunded = read(DOCUMENTED_OLD_REFUND)
    assert refunded.provider_refund_id == "pay_pswr5qaqzzferh2puzfyrefzuy:act_7fmebms4rtmuja2poigylogjk4"


@pytest.mark.parametrize("kind", ["card_verified", "payment_capture_pending", "payment_chargeback", "vault_updated"])
def test_events_that_mean_nothing_to_wasl_are_passed_over(kind: str) -> None:
    assert CheckoutConnector.parse_webhook(json.dumps({"id": "evt_1", "type": kind}).encode()) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["id", "action_id", "amount", "currency", "balances", "metadata", "processed_on", "reference", "payment_id"]
)


@given(st.sampled_from(EVENT_TYPES), st.dictionaries(FIELDS, JSON, max_size=3), JSON)
def test_whatever_an_event_carries_it_is_read_or_malformed(kind: str, data: dict[str, Any], moment: Any) -> None:
    whole = {"id": PAY, "action_id": ACT, "amount": 9900, "currency": "AED", **data}
    body = {"id": "evt_1", "type": kind, "created_on": moment or "2026-11-23T10:00:00Z", "data": whole}
    try:
        encoded = orjson.dumps(body)
    except TypeError:  # a number beyond 64 bits, or half a surrogate pair
        encoded = json.dumps(body).encode()
    try:
        found = CheckoutConnector.parse_webhook(encoded)
    except MalformedPayload:
        return
    assert len(found) == 1


SETTLEMENT: dict[str, Any] = {
    "account": {"client_id": "cli_chxj47nausgebpqqhd6syuwaoa", "entity_id": "ent_yirkfx5lpxwzyyovxj3bdhfxxe"},
    "settlement_details": {
        "payout_id": "pay_n7shh3ndlazfrl4lc6vdj27xtm",
        "source_currency": "GBP",
        "source_amount": 1019.12,
        "balance_as_of": "2024-11-04T00:00:00+00:00",
    },
}


def settled(**details: Any) -> bytes:
    data = {**SETTLEMENT, "settlement_details": {**SETTLEMENT["settlement_details"], **details}}
    body = {"id": "evt_1", "type": "settlement_generated", "created_on": "2024-11-04T14:10:26.8373019Z", "data": data}
    return orjson.dumps(body)


@pytest.mark.parametrize(
    ("amount", "currency", "money"),
    [
        (1019.12, "GBP", "GBP 1019.12"),
        (1000, "AED", "AED 1000.00"),
        (0.1, "AED", "AED 0.10"),
        (12.345, "KWD", "KWD 12.345"),
    ],
)
def test_a_settlement_is_a_payout_in_plain_numbers(amount: float, currency: str, money: str) -> None:
    (found,) = CheckoutConnector.parse_webhook(settled(source_amount=amount, source_currency=currency))
    assert (found.type, found.payment_id, found.provider_payment_id) == ("payout.created", None, None)
    assert found.payout is not None
    assert (found.payout.provider_payout_id, str(found.payout.money)) == ("pay_n7shh3ndlazfrl4lc6vdj27xtm", money)
    assert (found.payout.status, found.payout.provider_status) == ("pending", "settlement_generated")


@pytest.mark.parametrize(
    "details", [{"source_amount": "1.00"}, {"source_amount": True}, {"source_amount": 1.001}, {"payout_id": None}]
)
def test_a_settlement_of_another_shape_is_malformed(details: dict[str, Any]) -> None:
    with pytest.raises(MalformedPayload):
        CheckoutConnector.parse_webhook(settled(**details))
