"""FedEx's webhooks: who is believed, and what they say."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from tests.providers.shipping.fedex.wire import LATER, NUMBER, scan, tracked
from workers.providers.errors import MalformedPayload, SignatureInvalid
from workers.providers.events import WebhookRequest
from workers.providers.shipping.fedex import FedExConnector
from workers.providers.shipping.models import ShipmentStatus

SECRET = "a-security-token-of-our-own"
BODY = orjson.dumps(tracked(scan("DL"), scan("PU"), latestStatusDetail={"code": "DL"}))


def signed(body: bytes = BODY, secret: str = SECRET, how: str = "base64") -> WebhookRequest:
    """A delivery with its signature."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    text = {"base64": base64.b64encode(digest).decode(), "hex": digest.hex(), "HEX": digest.hex().upper()}[how]
    return WebhookRequest({"fdx-signature": text}, body, LATER)


@pytest.mark.parametrize("how", ["base64", "hex", "HEX"])
def test_a_signature_is_believed_in_both_its_forms(how: str) -> None:
    verified = FedExConnector.verify_webhook(signed(how=how), [SECRET])
    assert (verified.event_id, verified.content_signed) == (None, True)


def test_during_a_change_both_secrets_are_believed() -> None:
    FedExConnector.verify_webhook(signed(secret="the-old-security-token"), [SECRET, "the-old-security-token"])


@pytest.mark.parametrize(
    ("request_", "secrets"),
    [
        (signed(secret="another-security-token"), [SECRET]),
        (WebhookRequest(signed().headers, BODY + b" ", LATER), [SECRET]),
        (WebhookRequest({}, BODY, LATER), [SECRET]),
        (WebhookRequest({"fdx-signature": ""}, BODY, LATER), [SECRET]),
        (WebhookRequest({"fdx-signature": "\udcff"}, BODY, LATER), [SECRET]),
        (signed(), []),
        (signed(secret=""), [""]),
    ],
    ids=["other secret", "other body", "no header", "empty", "odd bytes", "no secret", "empty secret"],
)
def test_nothing_else_is(request_: WebhookRequest, secrets: list[str]) -> None:
    with pytest.raises(SignatureInvalid):
        FedExConnector.verify_webhook(request_, secrets)


def test_a_delivery_says_how_the_parcel_stands() -> None:
    (event,) = FedExConnector.parse_webhook(BODY)
    assert (event.type, event.provider_type) == ("shipment.updated", "DL")
    assert event.occurred_at == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert event.tracking is not None
    assert (event.tracking.tracking_number, event.tracking.status) == (NUMBER, ShipmentStatus.DELIVERED)


def test_a_delivery_about_several_parcels_is_an_event_each() -> None:
    both = tracked(scan("PU"), number="1")
    both["output"]["completeTrackResults"] += tracked(scan("DL"), number="2")["output"]["completeTrackResults"]
    events = FedExConnector.parse_webhook(orjson.dumps(both))
    assert [event.tracking.tracking_number for event in events if event.tracking] == ["1", "2"]


@pytest.mark.parametrize("answer", [tracked(), tracked(error={"code": "X", "message": "y"})], ids=["no scan", "error"])
def test_a_delivery_without_news_is_no_event(answer: dict[str, Any]) -> None:
    assert FedExConnector.parse_webhook(orjson.dumps(answer)) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"{}", b'{"output": null}', b'{"output": {"completeTrackResults": [7]}}'],
    ids=["empty", "cut", "list", "object", "no output", "number"],
)
def test_what_is_no_delivery_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPayload):
        FedExConnector.parse_webhook(body)
