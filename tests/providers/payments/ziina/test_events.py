"""Ziina's webhooks: what is believed, and what they say."""

import hashlib
import hmac
from typing import Any
from uuid import uuid4

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.builders import a_refund, now
from tests.providers.payments.ziina.builders import INTENT, intent, refund
from workers.providers.errors import MalformedPayload, SignatureInvalid
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.payments.ziina import ZiinaConnector
from workers.providers.payments.ziina.events import EVENT_TYPES, SENDERS

SECRET = "a-secret-of-the-unit-tests"
BODY = b'{"event":"payment_intent.status.updated","data":{"id":"pi_1","status":"completed"}}'
OUR_ID = uuid4()


def signature(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def verify(header: str | None, body: bytes = BODY, secrets: tuple[str, ...] = (SECRET,)) -> VerifiedWebhook:
    headers = {} if header is None else {"x-hmac-signature": header}
    return ZiinaConnector.verify_webhook(WebhookRequest(headers, body, now()), secrets)


def test_a_right_signature_proves_the_sender_and_the_content() -> None:
    verified = verify(signature(BODY))
    assert (verified.event_id, verified.event_type) == (None, "payment_intent.status.updated")
    assert verified.content_signed
    assert verify(signature(BODY).upper()) == verified
    assert verify(signature(BODY), secrets=("a-retired-secret-of-the-tests", SECRET)) == verified


@pytest.mark.parametrize(
    "bad",
    [None, "", "0" * 64, signature(BODY)[:-1], signature(BODY, "x"), signature(b""), f"sha256={signature(BODY)}", "é"],
)
def test_anything_else_is_not_believed(bad: str | None) -> None:
    with pytest.raises(SignatureInvalid):
        verify(bad)


def test_without_a_secret_nothing_is_believed() -> None:
    for secrets in ((), ("",)):
        with pytest.raises(SignatureInvalid):
            verify(signature(BODY, ""), secrets=secrets)


def test_a_sender_who_was_given_no_secret_signs_nothing_and_is_not_believed() -> None:
    with pytest.raises(SignatureInvalid):
        verify(None)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"{}", b'{"event":1,"data":{}}'])
def test_a_signed_body_that_is_no_event_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPayload):
        verify(signature(body), body)
    with pytest.raises(MalformedPayload):
        ZiinaConnector.parse_webhook(body)


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
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    with pytest.raises(MalformedPayload):  # the signature passes; the body is no event
        verify(expected, b"what do ya want for nothing?", ("Jefe",))


def event(name: str, data: Any) -> CanonicalEvent:
    """The one canonical event that an event of Ziina's stands for."""
    (found,) = ZiinaConnector.parse_webhook(orjson.dumps({"event": name, "data": data}))
    return found


@pytest.mark.parametrize(
    ("said", "kind", "status"),
    [
        ("requires_payment_instrument", "payment.requires_action", "requires_action"),
        ("requires_user_action", "payment.requires_action", "requires_action"),
        ("pending", "payment.processing", "processing"),
        ("completed", "payment.succeeded", "captured"),
        ("failed", "payment.failed", "failed"),
        ("canceled", "payment.cancelled", "cancelled"),
        ("sublimated", "payment.processing", "processing"),
    ],
)
def test_every_status_of_a_payment_is_told(said: str, kind: str, status: str) -> None:
    url = f"https://shop.example/thanks?wasl_payment_id={OUR_ID}"
    before = now()
    found = event("payment_intent.status.updated", intent(said, success_url=url))
    assert (found.type, found.provider_payment_id, found.payment_id) == (kind, INTENT, OUR_ID)
    assert (found.provider_event_id, found.provider_type) == (None, "payment_intent.status.updated")
    assert found.payment is not None
    assert (found.payment.status, str(found.payment.money)) == (status, "AED 99.00")
    assert before <= found.occurred_at <= now(), "Ziina says no time; the moment of reading stands for it"


def test_an_intent_without_a_page_is_told_as_made() -> None:
    found = event("payment_intent.status.updated", intent(redirect_url=None))
    assert (found.type, found.payment_id) == ("payment.created", None)


@pytest.mark.parametrize(
    ("said", "kind"), [("pending", "refund.pending"), ("completed", "refund.succeeded"), ("failed", "refund.failed")]
)
def test_every_status_of_a_refund_is_told(said: str, kind: str) -> None:
    request = a_refund(INTENT)
    found = event("refund.status.updated", refund(request, said, error={"code": "X", "message": "y"}))
    assert (found.type, found.provider_payment_id) == (kind, INTENT)
    assert (found.refund_id, found.provider_refund_id) == (request.refund_id, str(request.refund_id))
    assert found.refund is not None
    assert found.refund.failure_reason == ("X" if said == "failed" else None)


def test_events_that_nobody_knows_say_nothing() -> None:
    assert ZiinaConnector.parse_webhook(b'{"event":"transfer.status.updated","data":{}}') == []


@pytest.mark.parametrize("data", [None, [], {}, "x", {"id": "pi_1", "status": "completed"}, intent(amount="9900")])
@pytest.mark.parametrize("name", EVENT_TYPES)
def test_an_event_without_its_facts_is_malformed_and_not_guessed(name: str, data: Any) -> None:
    with pytest.raises(MalformedPayload):
        event(name, data)


@given(
    st.sampled_from(EVENT_TYPES),
    st.dictionaries(
        st.sampled_from(["id", "status", "amount", "currency_code", "payment_intent_id", "latest_error", "error"]),
        st.none()
        | st.text(max_size=5)
        | st.integers()
        | st.lists(st.none(), max_size=1)
        | st.sampled_from(["AED", "pi_1"]),
    ),
)
def test_no_data_breaks_the_reading_of_an_event(name: str, data: dict[str, Any]) -> None:
    try:
        found = ZiinaConnector.parse_webhook(orjson.dumps({"event": name, "data": data}))
    except (MalformedPayload, orjson.JSONEncodeError):
        return
    assert len(found) == 1


def test_the_addresses_to_let_through_are_those_of_the_documentation() -> None:
    assert SENDERS == ("3.29.184.186", "3.29.190.95", "20.233.47.127", "13.202.161.181")


def test_the_way_to_register_the_webhook_is_a_line_to_run() -> None:
    webhook = ZiinaConnector.manifest.webhook
    assert webhook is not None
    assert '-d \'{"url": "{webhook_url}", "secret": "<webhook secret>"}\'' in webhook.setup
    assert "https://api-v2.ziina.com/api/webhook" in webhook.setup
