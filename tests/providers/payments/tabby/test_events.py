"""Tabby's webhooks: the header that has to be right, and what an event says."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.payments.tabby.wire import PAYMENT, REFUND, a_captured_payment, a_part, a_payment_object
from workers.providers.errors import MalformedPayload, SignatureInvalid
from workers.providers.events import VerifiedWebhook, WebhookRequest
from workers.providers.manifest import describe
from workers.providers.payments.tabby import TabbyConnector
from workers.providers.payments.tabby.events import DISPUTE_EVENTS, EVENT_TYPES

SECRET = "a-long-secret-of-our-own"
OTHER = "another-secret-of-our-own"
HEADER = "x-wasl-webhook-secret"
DISPUTE = "1d2e5133-7060-8d9f-cc30-5e7f8091a2b3"
PART = {"id": REFUND, "amount": "100", "created_at": "2021-09-14T14:14:02Z", "reference_id": "r", "reason": "string"}
DOCUMENTED: dict[str, Any] = {
    "id": PAYMENT,
    "created_at": "2021-09-14T13:08:54Z",
    "expires_at": "2022-09-14T13:08:54Z",
    "closed_at": "2021-09-14T13:09:45Z",
    "status": "closed",
    "is_test": False,
    "is_expired": False,
    "amount": "100",
    "currency": "SAR",
    "order": {"reference_id": "string"},
    "captures": [{**PART, "created_at": "2021-09-14T13:09:45Z"}],
    "refunds": [PART],
    "meta": {"order_id": None, "customer": None},
    "token": "string",
}
"""A delivery as the documentation shows it, with ids that are ids."""


def told(**changes: Any) -> bytes:
    return orjson.dumps({**a_payment_object("authorized"), **changes})


def disputed(status: str = "pending", **changes: Any) -> bytes:
    body = {
        "status": status,
        "dispute_id": DISPUTE,
        "payment_id": PAYMENT,
        "amount": "99.00",
        "currency": "AED",
        "created_at": "2026-11-25T13:08:54Z",
    }
    return orjson.dumps({**body, **changes})


def verify(
    headers: dict[str, str], *, body: bytes = told(), secrets: tuple[str, ...] = (SECRET,), settings: Any = None
) -> VerifiedWebhook:
    request = WebhookRequest(headers, body, datetime(2026, 11, 23, 12, tzinfo=UTC))
    return TabbyConnector.verify_webhook(request, secrets, settings)


def test_the_right_header_proves_the_sender_but_not_the_content() -> None:
    verified = verify({HEADER: SECRET})
    assert verified == VerifiedWebhook(event_id=None, event_type="authorized", content_signed=False)
    webhook = describe(TabbyConnector).manifest.webhook
    assert webhook is not None
    assert (webhook.signs_content, webhook.signing_credential) == (False, "webhook_secret")
    assert webhook.setup.format(webhook_url="https://hub.example/w").count("https://hub.example/w") == 1


def test_the_header_can_have_another_name() -> None:
    settings = {"webhook_header": "X-Shop-Key"}
    assert verify({"x-shop-key": SECRET}, settings=settings).event_type == "authorized"
    with pytest.raises(SignatureInvalid):
        verify({HEADER: SECRET}, settings=settings)


def test_during_a_change_either_secret_will_do() -> None:
    for secret in (SECRET, OTHER):
        assert verify({HEADER: secret}, secrets=(SECRET, OTHER)).event_type == "authorized"


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


@given(body=st.binary(max_size=50))
def test_a_body_that_is_no_event_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPayload):
        TabbyConnector.parse_webhook(body)
    if b'"status"' not in body:  # all that is read before the sender is believed
        with pytest.raises(MalformedPayload):
            verify({HEADER: SECRET}, body=body)


@pytest.mark.parametrize("body", [b'{"status":""}', b'{"status":7}', b'{"status":null}', b'["status"]', b"{}"])
def test_a_body_without_a_status_is_no_event(body: bytes) -> None:
    with pytest.raises(MalformedPayload):
        verify({HEADER: SECRET}, body=body)


@pytest.mark.parametrize(
    ("payment", "event"),
    [
        (a_payment_object("authorized"), "payment.authorized"),
        (a_payment_object("authorized", captures=[a_part("99.00")]), "payment.authorized"),
        (a_captured_payment(status="closed"), "payment.succeeded"),
        (a_payment_object("closed"), "payment.cancelled"),
        (a_captured_payment(a_part("9.00", None, REFUND), status="closed"), "payment.partially_refunded"),
        (a_captured_payment(a_part("99.00", None, REFUND), status="closed"), "payment.refunded"),
        (a_payment_object("rejected"), "payment.failed"),
        (a_payment_object("expired", is_expired=True), "payment.expired"),
        (a_payment_object("created"), "payment.requires_action"),
        (a_payment_object("mystery"), "payment.processing"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_payments_webhook_says_where_it_stands(payment: dict[str, Any], event: str) -> None:
    payment = {"status": payment.pop("status"), **payment}
    (found,) = TabbyConnector.parse_webhook(orjson.dumps(payment))
    assert (found.type, found.provider_type) == (event, payment["status"])
    assert (found.provider_payment_id, found.payment_id) == (PAYMENT, UUID(int=7))
    assert found.payment is not None
    assert found.payment.provider_payment_id == PAYMENT


def test_the_documented_delivery_is_understood() -> None:
    (found,) = TabbyConnector.parse_webhook(orjson.dumps(DOCUMENTED))
    assert found.type == "payment.refunded"
    assert found.payment_id is None
    assert found.occurred_at == datetime(2021, 9, 14, 14, 14, 2, tzinfo=UTC), "the refund is the last that happened"


def test_an_event_happened_when_the_payment_last_changed() -> None:
    (first,) = TabbyConnector.parse_webhook(told())
    (then,) = TabbyConnector.parse_webhook(told(captures=[a_part()]))
    (last,) = TabbyConnector.parse_webhook(told(captures=[a_part()], closed_at="2026-11-23T12:10:01Z", status="closed"))
    assert first.occurred_at < then.occurred_at < last.occurred_at


@pytest.mark.parametrize("status", DISPUTE_EVENTS)
def test_a_dispute_says_what_it_is_about(status: str) -> None:
    (found,) = TabbyConnector.parse_webhook(disputed(status))
    assert found.type == DISPUTE_EVENTS[status]
    assert found.dispute is not None
    assert (found.dispute.provider_dispute_id, found.dispute.provider_status) == (DISPUTE, status)
    assert (found.provider_payment_id, str(found.dispute.money)) == (PAYMENT, "AED 99.00")
    assert verify({HEADER: SECRET}, body=disputed(status)).event_type == f"dispute.{status}"


def test_a_dispute_in_an_unknown_state_has_changed() -> None:
    (found,) = TabbyConnector.parse_webhook(disputed("mystery"))
    assert found.type == "dispute.updated"


def test_the_listed_events_are_those_that_are_documented() -> None:
    assert (
        *("authorized", "closed", "rejected", "expired"),
        *("dispute.pending", "dispute.arbitration", "dispute.evidence_merchant"),
        *("dispute.approved", "dispute.declined", "dispute.cancelled"),
    ) == EVENT_TYPES


@pytest.mark.parametrize(
    "body",
    [
        told(id="no id"),
        told(amount=99),
        told(currency="XXZ"),
        told(status=""),
        told(created_at=None),
        told(captures=[{"id": REFUND}]),
        disputed(payment_id=None),
        disputed(amount="much"),
        disputed(created_at=None),
    ],
    ids=str,
)
def test_an_event_that_is_not_as_documented_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPayload):
        TabbyConnector.parse_webhook(body)
