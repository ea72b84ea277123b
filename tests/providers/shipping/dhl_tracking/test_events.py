"""The webhooks of DHL's unified tracking: what is believed, and what they say."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.builders import now
from tests.providers.shipping.dhl_tracking.builders import NUMBER, event, shipment
from workers.providers.errors import MalformedPayload, SignatureInvalid
from workers.providers.events import VerifiedWebhook, WebhookRequest
from workers.providers.shipping.dhl_tracking import DHLTrackingConnector

SECRET = "a-secret-of-the-unit-tests"


def push(*shipments: Any, scope: str = "subscription.push") -> bytes:
    """A delivery."""
    return orjson.dumps({"scope": scope, "self": "/subscription/1", "shipments": shipments})


def verify(
    value: str | None, secrets: tuple[str, ...] = (SECRET,), header: str = "X-Wasl-Webhook-Secret", body: bytes = b""
) -> VerifiedWebhook:
    headers = {} if value is None else {header.lower(): value}
    request = WebhookRequest(headers, body or push(shipment(event("transit"))), now())
    return DHLTrackingConnector.verify_webhook(request, secrets, {"webhook_header": header})


def test_whoever_knows_the_token_is_believed_and_what_is_said_is_only_a_hint() -> None:
    verified = verify(SECRET)
    assert (verified.event_id, verified.event_type, verified.content_signed) == (None, "subscription.push", False)
    assert verify(SECRET, ("a-retired-secret-of-the-tests", SECRET)) == verified
    assert verify(SECRET, header="X-Other") == verified


@pytest.mark.parametrize("value", [None, "", SECRET[:-1], SECRET.upper(), "é"])
def test_anybody_else_is_not(value: str | None) -> None:
    with pytest.raises(SignatureInvalid):
        verify(value)


@pytest.mark.parametrize("secrets", [(), ("",)])
def test_without_a_secret_nothing_is_believed(secrets: tuple[str, ...]) -> None:
    with pytest.raises(SignatureInvalid):
        verify("", secrets)


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b"\xff", b"{}", b'{"scope":1}'])
def test_a_body_that_is_no_event_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPayload):
        verify(SECRET, body=body)
    with pytest.raises(MalformedPayload):
        DHLTrackingConnector.parse_webhook(body)


def test_news_of_several_shipments_are_told_one_by_one() -> None:
    delivered = {**shipment(event("delivered", "Delivered")), "id": "1111111111"}
    del delivered["events"]
    first, second = DHLTrackingConnector.parse_webhook(push(shipment(event("transit", "Out for delivery")), delivered))
    assert (first.type, first.provider_type, first.provider_event_id) == ("shipment.updated", "subscription.push", None)
    assert first.occurred_at == datetime(2026, 11, 30, 10, tzinfo=UTC)
    assert first.tracking is not None
    assert second.tracking is not None
    assert (first.tracking.tracking_number, first.tracking.status) == (NUMBER, "out_for_delivery")
    assert (second.tracking.tracking_number, second.tracking.status) == ("1111111111", "delivered")
    assert first.tracking.shipment_id is None


@pytest.mark.parametrize("scope", ["subscription.validate", "subscription.ready", "subscription.delete"])
def test_what_concerns_the_subscription_says_nothing_of_shipments(scope: str) -> None:
    assert DHLTrackingConnector.parse_webhook(push(scope=scope)) == []


@pytest.mark.parametrize("told", [None, "x", {}, {"id": NUMBER}, {**shipment(event("transit")), "status": 7}])
def test_a_shipment_without_its_facts_is_malformed_and_not_guessed(told: Any) -> None:
    if isinstance(told, dict):
        told.pop("events", None)
    with pytest.raises(MalformedPayload):
        DHLTrackingConnector.parse_webhook(push(told))


@given(
    st.dictionaries(
        st.sampled_from(["id", "status", "events", "details", "destination"]),
        st.none() | st.text(max_size=5) | st.lists(st.none() | st.text(max_size=3), max_size=2) | st.just({}),
    )
)
def test_no_shipment_breaks_the_reading(told: dict[str, Any]) -> None:
    with pytest.raises(MalformedPayload):
        DHLTrackingConnector.parse_webhook(push(told))
