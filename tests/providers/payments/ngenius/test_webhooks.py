"""N-Genius's webhooks: the header that has to be right, and what an event says."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.payments.ngenius.wire import (
    ID,
    OUTLET,
    REFUND,
    a_captured_order,
    a_part,
    a_payment_object,
    an_order,
    fils,
)
from workers.providers.errors import MalformedPayload, SignatureInvalid
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.manifest import describe
from workers.providers.payments.ngenius import NGeniusConnector
from workers.providers.payments.ngenius.events import EVENT_TYPES

SECRET = "a-long-secret-of-our-own"
OTHER = "another-secret-of-our-own"
HEADER = "x-wasl-webhook-secret"


def body_of(name: str, order: Any, **changes: Any) -> bytes:
    return orjson.dumps({"outletId": OUTLET, "eventId": "event-1", "eventName": name, "order": order, **changes})


BODY = body_of("CAPTURED", a_captured_order())


def verify(
    headers: dict[str, str], *, body: bytes = BODY, secrets: tuple[str, ...] = (SECRET,), settings: Any = None
) -> VerifiedWebhook:
    request = WebhookRequest(headers, body, datetime(2026, 11, 23, 12, tzinfo=UTC))
    return NGeniusConnector.verify_webhook(request, secrets, settings)


def test_the_right_header_proves_the_sender_but_not_the_content() -> None:
    verified = verify({HEADER: SECRET})
    assert (verified.event_id, verified.event_type) == ("event-1", "CAPTURED")
    assert verified.content_signed is False
    webhook = describe(NGeniusConnector).manifest.webhook
    assert webhook is not None
    assert webhook.signs_content is False
    assert "polled" in webhook.retries


def test_the_header_can_have_another_name() -> None:
    settings = {"webhook_header": "X-Shop-Key"}
    assert verify({"x-shop-key": SECRET}, settings=settings).event_id == "event-1"
    with pytest.raises(SignatureInvalid):
        verify({HEADER: SECRET}, settings=settings)


def test_during_a_change_either_secret_will_do() -> None:
    for secret in (SECRET, OTHER):
        assert verify({HEADER: secret}, secrets=(SECRET, OTHER)).event_id == "event-1"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {HEADER: ""},
        {HEADER: SECRET[:-1]},
        {HEADER: SECRET + "x"},
        {HEADER: SECRET.upper()},
        {HEADER: f"{SECRET}, {SECRET}"},
        {HEADER: "é"},
        {HEADER: "\udcff"},
        {"authorization": SECRET},
    ],
)
def test_anything_else_is_not_believed(headers: dict[str, str]) -> None:
    with pytest.raises(SignatureInvalid):
        verify(headers)


def test_without_a_secret_nothing_is_believed() -> None:
    for secrets in ((), ("",)):
        with pytest.raises(SignatureInvalid):
            verify({HEADER: ""}, secrets=secrets)


@given(st.text(alphabet=st.characters(max_codepoint=255), max_size=40).filter(lambda text: text != SECRET))
def test_no_other_text_passes(presented: str) -> None:
    with pytest.raises(SignatureInvalid):
        verify({HEADER: presented})


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff", b"{}", b'{"eventId": "1"}', b'{"eventId": 1, "eventName": "X"}']
)
def test_a_body_that_is_no_event_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPayload):
        verify({HEADER: SECRET}, body=body)
    with pytest.raises(MalformedPayload):
        NGeniusConnector.parse_webhook(body)


def parsed(name: str, order: dict[str, Any]) -> CanonicalEvent:
    (event,) = NGeniusConnector.parse_webhook(body_of(name, order))
    return event


CASES = [
    ("AUTHORISED", an_order("AUTHORISED", action="AUTH"), "payment.authorized"),
    ("CAPTURED", a_captured_order(), "payment.succeeded"),
    ("PARTIALLY_CAPTURED", an_order("PARTIALLY_CAPTURED"), "payment.authorized"),
    ("PURCHASED", an_order("PURCHASED", action="PURCHASE"), "payment.succeeded"),
    ("APM_PAYMENT_ACCEPTED", an_order("PURCHASED", action="PURCHASE"), "payment.succeeded"),
    ("DECLINED", an_order("FAILED"), "payment.failed"),
    ("AUTHORISATION_FAILED", an_order("FAILED"), "payment.failed"),
    ("GATEWAY_RISK_PRE_AUTH_REJECTED", an_order("FAILED"), "payment.failed"),
    ("POST_AUTH_FRAUD_CHECK_REVIEW", an_order("POST_AUTH_REVIEW"), "payment.processing"),
    ("CAPTURE_FAILED", an_order("AUTHORISED"), "payment.authorized"),
    ("FULL_AUTH_REVERSED", an_order("REVERSED", action="AUTH"), "payment.cancelled"),
    ("PURCHASE_REVERSED", an_order("REVERSED", action="PURCHASE"), "payment.refunded"),
    ("ORDER_CLOSED", an_order("CANCELLED"), "payment.cancelled"),
    ("REFUND_REQUESTED", a_captured_order(refunds=[a_part(REFUND, 10, "refunds", "REQUESTED")]), "refund.pending"),
    ("PARTIALLY_REFUNDED", a_captured_order(refunds=[a_part(REFUND, 10, "refunds")]), "refund.succeeded"),
    ("REFUND_FAILED", a_captured_order(refunds=[a_part(REFUND, 10, "refunds", "FAILED")]), "refund.failed"),
    ("REFUND_VOIDED", a_captured_order(refunds=[a_part(REFUND, 10, "refunds", "VOIDED")]), "refund.cancelled"),
    ("SOMETHING_NEW", an_order("AUTHORISED"), "payment.authorized"),
    ("SOMETHING_NEW", an_order("SUBLIMATED"), "payment.processing"),
]


@pytest.mark.parametrize(("name", "order", "expected"), CASES)
def test_events_say_how_the_payment_stands(name: str, order: dict[str, Any], expected: str) -> None:
    event = parsed(name, order)
    assert (event.type, event.provider_type, event.provider_event_id) == (expected, name, "event-1")
    assert (event.provider_payment_id, event.payment_id) == (ID, UUID(int=7))
    assert event.occurred_at == datetime(2026, 11, 23, 12, 0, 0, 123456, UTC)


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_every_documented_event_can_be_read(name: str) -> None:
    assert parsed(name, an_order("AUTHORISED")).payment is not None


def test_a_rejection_by_risk_rules_says_so() -> None:
    payment = parsed("GATEWAY_RISK_PRE_AUTH_REJECTED", an_order("FAILED")).payment
    assert payment is not None
    assert payment.decline is not None
    assert (payment.decline.reason, payment.decline.code) == ("suspected_fraud", "GATEWAY_RISK_PRE_AUTH_REJECTED")


def test_an_event_about_no_order_means_nothing() -> None:
    assert NGeniusConnector.parse_webhook(body_of("SOMETHING", None)) == []


@pytest.mark.parametrize(
    "order",
    [
        [],
        "order",
        {},
        an_order(amount=fils(1, "XXX")),
        an_order(reference="../admin"),
        an_order(createDateTime=None, payment=a_payment_object(updateDateTime=None)),
        an_order(payment=a_payment_object(updateDateTime="soon")),
        an_order(_embedded={"payment": 7}),
    ],
    ids=str,
)
def test_an_order_of_another_shape_is_malformed(order: Any) -> None:
    with pytest.raises(MalformedPayload):
        NGeniusConnector.parse_webhook(body_of("CAPTURED", order))


@given(st.binary(max_size=60) | st.sampled_from([BODY[:-1], BODY.replace(b"9900", b"-1"), BODY.replace(b'"', b"'")]))
def test_no_body_breaks_the_reading(body: bytes) -> None:
    try:
        NGeniusConnector.parse_webhook(body)
    except MalformedPayload:
        return
