"""Webhooks of both networks: the signature over the bytes, the check of the address, and what deliveries say."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.social.meta.builders import ACCOUNT, PAGE, SECRET, delivery
from workers.providers.errors import MalformedPayload, SignatureInvalid, WebhookRejected
from workers.providers.events import WebhookRequest
from workers.providers.signatures import hmac_sha256_hex
from workers.providers.social.facebook import FacebookConnector
from workers.providers.social.instagram import InstagramConnector

BODY = (
    rb'{"object":"page","entry":[{"id":"1001","time":1767225600,"changes":[{"field":"feed","value":'
    rb'{"item":"comment","message":"\u0645\u0631\u062d\u0628\u0627"}}]}]}'
)
SIGNATURE = "sha256=e5d017d4e4ee2a371413a9fb772212fc0cbb2e55ae70523b3347f8c8ed72dfb4"
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
CHECK = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "a-verify-token-of-ours"}


def a_delivery(body: bytes, signature: str | None = None) -> WebhookRequest:
    signature = signature or f"sha256={hmac_sha256_hex(SECRET.encode(), body).decode()}"
    return WebhookRequest(headers={"x-hub-signature-256": signature}, body=body, received_at=NEW_YEAR)


def test_the_known_signature_is_believed_with_its_escapes_as_sent() -> None:
    for scheme in (FacebookConnector, InstagramConnector):
        for secrets in ([SECRET], ["another", SECRET]):
            verified = scheme.verify_webhook(a_delivery(BODY, SIGNATURE), secrets)
            assert (verified.event_type, verified.event_id, verified.content_signed) == ("feed", None, True)


@pytest.mark.parametrize(
    ("body", "signature", "secrets"),
    [
        (BODY.replace(b"1001", b"1002"), SIGNATURE, [SECRET]),
        (json.dumps(json.loads(BODY), ensure_ascii=False, separators=(",", ":")).encode(), SIGNATURE, [SECRET]),
        (BODY, SIGNATURE.upper(), [SECRET]),
        (BODY, SIGNATURE.removeprefix("sha256="), [SECRET]),
        (BODY, "sha256=", [SECRET]),
        (BODY, "sha256=ü", [SECRET]),
        (BODY, SIGNATURE, ["another"]),
        (BODY, SIGNATURE, []),
        (BODY, SIGNATURE, [""]),
    ],
)
def test_whatever_differs_is_not_believed(body: bytes, signature: str, secrets: list[str]) -> None:
    with pytest.raises(SignatureInvalid):
        FacebookConnector.verify_webhook(a_delivery(body, signature), secrets)


@pytest.mark.parametrize(
    "body", [b"[]", b"{", b'{"object":"page"}', b'{"object":1,"entry":[]}', b'{"object":"page","entry":[1]}']
)
def test_a_signed_body_of_another_shape_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPayload):
        FacebookConnector.verify_webhook(a_delivery(body), [SECRET])
    with pytest.raises(MalformedPayload):
        FacebookConnector.parse_webhook(body)


@given(st.binary(max_size=80) | st.text().map(str.encode))
def test_no_body_breaks_the_reading(body: bytes) -> None:
    for scheme in (FacebookConnector, InstagramConnector):
        try:
            assert isinstance(scheme.parse_webhook(body), list)
        except WebhookRejected as rejected:
            assert isinstance(rejected, MalformedPayload)


@pytest.mark.parametrize(
    ("changes", "status", "body"),
    [
        ({}, 200, b"1158201444"),
        ({"hub.verify_token": "guessed"}, 403, b"Forbidden"),
        ({"hub.verify_token": ""}, 403, b"Forbidden"),
        ({"hub.mode": "unsubscribe"}, 403, b"Forbidden"),
    ],
)
def test_the_address_is_checked_with_the_verify_token(changes: dict[str, str], status: int, body: bytes) -> None:
    secrets = ["an-older-verify-token", "a-verify-token-of-ours"]
    answer = FacebookConnector.answer_challenge("GET", {**CHECK, **changes}, {}, secrets)
    assert answer is not None
    assert (answer.status, answer.body, answer.content_type) == (status, body, "text/plain")


def test_anything_else_is_no_check_and_nobody_knows_no_token() -> None:
    assert FacebookConnector.answer_challenge("POST", CHECK, {}, ["a-verify-token-of-ours"]) is None
    assert FacebookConnector.answer_challenge("GET", {}, {}, ["a-verify-token-of-ours"]) is None
    answer = FacebookConnector.answer_challenge("GET", {**CHECK, "hub.verify_token": ""}, {}, [])
    assert answer is not None
    assert answer.status == 403


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("feed", {"item": "comment", "verb": "add", "post_id": "1_2", "created_time": 1767225600},
         ("social.comment_created", "1_2", None)),
        ("feed", {"item": "comment", "verb": "edited", "post_id": "1_2"}, ("social.post_changed", "1_2", None)),
        ("feed", {"item": "reaction", "verb": "add", "post_id": "1_2"}, ("social.post_changed", "1_2", None)),
        ("feed", {"item": "status", "verb": "remove", "post_id": "1_2"}, ("social.post_changed", "1_2", None)),
        ("leadgen", {"leadgen_id": 987, "form_id": "5"}, ("lead.captured", None, "987")),
    ],
)  # fmt: skip
def test_what_happens_on_a_page_is_a_hint(field: str, value: dict[str, Any], expected: Any) -> None:
    (event,) = FacebookConnector.parse_webhook(delivery("page", field, value))
    assert (event.type, event.provider_post_id, event.provider_lead_id) == expected
    assert (event.provider_account_id, event.occurred_at) == (PAGE, NEW_YEAR)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("comments", {"id": "7", "text": "x", "media": {"id": "3"}}, "social.comment_created"),
        ("live_comments", {"id": "7", "media": {"id": "3"}}, "social.comment_created"),
        ("mentions", {"media_id": "3", "comment_id": "7"}, "social.comment_created"),
        ("mentions", {"media_id": "3"}, "social.post_changed"),
        ("story_insights", {"media_id": "3", "reach": 5}, "social.post_changed"),
    ],
)
def test_what_happens_on_instagram_is_a_hint(field: str, value: dict[str, Any], expected: str) -> None:
    (event,) = InstagramConnector.parse_webhook(delivery("instagram", field, value, ACCOUNT))
    assert (event.type, event.provider_post_id, event.provider_account_id) == (expected, "3", ACCOUNT)


def test_several_changes_come_in_one_delivery_and_what_means_nothing_is_left_out() -> None:
    lead = {"field": "leadgen", "value": {"leadgen_id": "1"}}
    odd = [
        {"field": "feed", "value": {}},
        {"field": "mention", "value": {"post_id": "1_2"}},
        {"field": "feed", "value": 5},
    ]
    entries = [
        {"id": "1", "time": 1767225600, "changes": [lead, *odd]},
        {"id": "2", "time": 1767225600, "messaging": [{}]},
        {"id": "3", "time": 1767225600, "changes": [lead]},
    ]
    body = json.dumps({"object": "page", "entry": entries}).encode()
    assert [event.provider_account_id for event in FacebookConnector.parse_webhook(body)] == ["1", "3"]
    assert FacebookConnector.verify_webhook(a_delivery(body), [SECRET]).event_type == "feed,leadgen,mention,messages"
    assert InstagramConnector.parse_webhook(body) == []
