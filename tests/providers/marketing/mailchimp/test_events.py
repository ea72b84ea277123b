"""Webhooks: signed ones, unsigned ones, and what they say."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from workers.providers.errors import MalformedPayload, SignatureInvalid, SignatureStale, WebhookRejected
from workers.providers.events import CanonicalEvent, WebhookRequest
from workers.providers.manifest import describe
from workers.providers.marketing.mailchimp import MailchimpConnector

SECRET = "unit-test-secret"
SIGNED_AT = 1767225600
BODY = b"type=subscribe&fired_at=2026-01-01+08%3A00%3A00&data%5Bemail%5D=a%40b.ae"
KNOWN = "0f1d94914b0aaeb0866fd8a0c40712dc82127c2e8b2bf61af8bf484dffe7e361"
HEADER = f"t={SIGNED_AT},v1={KNOWN}"


def request(
    header: str | None = HEADER, body: bytes = BODY, *, late: float = 0, tolerance: int | None = None
) -> WebhookRequest:
    headers = {} if header is None else {"x-mailchimp-signature": header}
    received_at = datetime.fromtimestamp(SIGNED_AT, UTC) + timedelta(seconds=late)
    return WebhookRequest(headers, body, received_at, tolerance_seconds=tolerance)


def form(kind: str, **data: str) -> bytes:
    fields = {f"data[{name}]": value for name, value in data.items()}
    return urlencode({"type": kind, "fired_at": "2026-11-02 08:00:00", **fields}).encode()


def parsed(kind: str, **data: str) -> CanonicalEvent:
    (event,) = MailchimpConnector.parse_webhook(form(kind, **data))
    return event


def test_the_known_vector_is_believed() -> None:
    verified = MailchimpConnector.verify_webhook(request(), [SECRET])
    assert (verified.event_type, verified.content_signed) == ("subscribe", True)
    rotated = request(f"t={SIGNED_AT},v1={'0' * 64},v1={KNOWN}")
    assert MailchimpConnector.verify_webhook(rotated, ["another-secret-of-ours", SECRET]).content_signed


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "v1=" + KNOWN,
        f"t={SIGNED_AT}",
        f"t={SIGNED_AT + 1},v1={KNOWN}",
        f"t={SIGNED_AT},v1={KNOWN[:-1]}0",
        f"t={SIGNED_AT},v0={KNOWN}",
        f"t=soon,v1={KNOWN}",
        "t=١٧٦٧,v1=é",
    ],
)
def test_with_a_secret_whatever_is_not_signed_by_it_is_refused(header: str | None) -> None:
    with pytest.raises(SignatureInvalid):
        MailchimpConnector.verify_webhook(request(header), [SECRET])


def test_the_signature_covers_every_byte() -> None:
    for body in (BODY + b" ", BODY.replace(b"a%40b", b"a@b"), b""):
        with pytest.raises(SignatureInvalid):
            MailchimpConnector.verify_webhook(request(body=body), [SECRET])


def test_a_signature_holds_five_minutes() -> None:
    assert MailchimpConnector.verify_webhook(request(late=300), [SECRET])
    assert MailchimpConnector.verify_webhook(request(late=900, tolerance=1000), [SECRET])
    for late in (301, -301):
        with pytest.raises(SignatureStale):
            MailchimpConnector.verify_webhook(request(late=late), [SECRET])


def test_without_a_secret_a_delivery_is_only_a_hint() -> None:
    for header in (None, HEADER):
        assert MailchimpConnector.verify_webhook(request(header), []).content_signed is False
    webhook = describe(MailchimpConnector).manifest.webhook
    assert webhook is not None
    assert (webhook.signs_content, webhook.signing_credential) == (False, "webhook_secret")


@pytest.mark.parametrize("body", [b"", b"{}", b"fired_at=now", b"\xff\xfe", b"type="])
def test_what_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedPayload):
        MailchimpConnector.verify_webhook(request(None, body), [])
    with pytest.raises(WebhookRejected):
        MailchimpConnector.parse_webhook(body)


def test_an_event_without_a_time_is_refused() -> None:
    with pytest.raises(MalformedPayload):
        MailchimpConnector.parse_webhook(b"type=subscribe&fired_at=yesterday")


@pytest.mark.parametrize(
    ("kind", "data", "type_", "stream", "withdrawn"),
    [
        ("subscribe", {"email": "a@b.ae"}, "contacts.changed", "contacts", None),
        ("profile", {"email": "a@b.ae"}, "contacts.changed", "contacts", None),
        ("upemail", {"old_email": "a@b.ae", "new_email": "c@b.ae"}, "contacts.changed", "contacts", None),
        ("unsubscribe", {"email": "a@b.ae", "action": "unsub"}, "contact.unsubscribed", "contacts", "a@b.ae"),
        ("unsubscribe", {"email": "a@b.ae", "action": "delete"}, "contacts.changed", "contacts", None),
        ("cleaned", {"email": "a@b.ae", "reason": "hard"}, "contacts.changed", "contacts", None),
        ("cleaned", {"email": "a@b.ae", "reason": "abuse"}, "contact.unsubscribed", "contacts", "a@b.ae"),
        ("campaign", {"id": "c1", "status": "sent"}, "campaigns.changed", "campaigns", None),
    ],
)
def test_events_in_our_words(kind: str, data: dict[str, str], type_: str, stream: str, withdrawn: str | None) -> None:
    event = parsed(kind, **data)
    assert (event.type, event.stream, event.withdrawn_email) == (type_, stream, withdrawn)
    assert (event.provider_type, str(event.occurred_at)) == (kind, "2026-11-02 08:00:00+00:00")


def test_other_types_mean_nothing() -> None:
    assert MailchimpConnector.parse_webhook(form("sms_subscribe", email="a@b.ae")) == []


def test_the_same_event_again_is_known_and_another_is_not() -> None:
    once = parsed("profile", id="8a25ff1d98", list_id="a1").provider_event_id
    assert parsed("profile", id="8a25ff1d98", list_id="a1", email="x@b.ae").provider_event_id == once
    others = (parsed("upemail", id="8a25ff1d98", list_id="a1"), parsed("profile", id="8a25ff1d98", list_id="b2"))
    assert once not in {other.provider_event_id for other in others}


def test_arabic_survives_the_signature() -> None:
    body = urlencode({"type": "subscribe", "fired_at": "2026-11-02 08:00:00", "data[merges][FNAME]": "سارة"}).encode()
    digest = hmac.new(SECRET.encode(), f"{SIGNED_AT}.".encode() + body, hashlib.sha256).hexdigest()
    assert MailchimpConnector.verify_webhook(request(f"t={SIGNED_AT},v1={digest}", body), [SECRET]).content_signed


def test_a_look_at_the_address_is_answered_with_200() -> None:
    answer = MailchimpConnector.answer_challenge("GET", {}, {}, [])
    assert answer is not None
    assert answer.status == 200
    assert MailchimpConnector.answer_challenge("HEAD", {}, {}, []) is None, "which is answered with 200 anyway"
