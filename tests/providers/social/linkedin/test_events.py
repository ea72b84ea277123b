"""LinkedIn's webhooks: only what it signed is believed, and what it says is a hint."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from workers.providers.errors import MalformedPayload, SignatureInvalid
from workers.providers.events import WebhookRequest
from workers.providers.signatures import hmac_sha256_hex
from workers.providers.social.linkedin import LinkedInConnector

SECRET = "unit-test-secret"
# Computed with Python's hmac, apart from this code.
VECTOR_BODY = b'{"type":"ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS","notifications":[]}'
VECTOR = "89216eedfa9f43b35177f7b1d9c2da3850a483270a4299683ee8db0fb5852a01"
CODE = "11111111-2222-3333-4444-555555555555"
CODE_VECTOR = "71c5daeaf45b72c92f2574a6ef562422dc7cfd4a3c8ba2ffb14fbe87a0c15395"


def delivered(body: bytes, signature: str | None) -> WebhookRequest:
    headers = {} if signature is None else {"x-li-signature": signature}
    return WebhookRequest(headers=headers, body=body, received_at=datetime.now(UTC))


def signed(body: bytes, secret: str = SECRET) -> str:
    return hmac_sha256_hex(secret.encode(), b"hmacsha256=" + body).decode()


def notification(action: str = "COMMENT", **changes: Any) -> dict[str, Any]:
    told = {
        "notificationId": 7100000000000000009,
        "organizationalEntity": "urn:li:organization:5005",
        "action": action,
        "sourcePost": "urn:li:share:7100000000000000001",
        "lastModifiedAt": 1795608000000,
        "subscriber": "urn:li:person:AbC",
    }
    return {**told, **changes}


def payload(*notifications: dict[str, Any]) -> bytes:
    body = {"type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS", "notifications": list(notifications)}
    return json.dumps(body, ensure_ascii=False).encode()


def test_the_known_vector() -> None:
    for header in (VECTOR, f"hmacsha256={VECTOR}", VECTOR.upper()):
        verified = LinkedInConnector.verify_webhook(delivered(VECTOR_BODY, header), ["another", SECRET])
        assert (verified.event_id, verified.event_type) == (None, "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS")
        assert verified.content_signed


@pytest.mark.parametrize(
    ("body", "signature", "secrets"),
    [
        (VECTOR_BODY, None, [SECRET]),
        (VECTOR_BODY, "", [SECRET]),
        (VECTOR_BODY, "0" * 64, [SECRET]),
        (VECTOR_BODY, VECTOR, ["another"]),
        (VECTOR_BODY, VECTOR, []),
        (VECTOR_BODY, VECTOR, [""]),
        (VECTOR_BODY + b" ", VECTOR, [SECRET]),
        (VECTOR_BODY, hmac_sha256_hex(SECRET.encode(), VECTOR_BODY).decode(), [SECRET]),
        (VECTOR_BODY, "ü", [SECRET]),
    ],
)
def test_what_linkedin_did_not_sign_is_not_believed(body: bytes, signature: str | None, secrets: list[str]) -> None:
    with pytest.raises(SignatureInvalid):
        LinkedInConnector.verify_webhook(delivered(body, signature), secrets)


def test_a_delivery_is_known_again_by_its_notifications() -> None:
    body = payload(notification(), notification(notificationId=12))
    verified = LinkedInConnector.verify_webhook(delivered(body, signed(body)), [SECRET])
    assert verified.event_id == "7100000000000000009,12"


@pytest.mark.parametrize(
    ("action", "event"),
    [
        ("COMMENT", "social.comment_created"),
        ("ADMIN_COMMENT", "social.comment_created"),
        ("COMMENT_EDIT", "social.comment_created"),
        ("COMMENT_DELETE", "social.post_changed"),
        ("LIKE", "social.post_changed"),
        ("SHARE", "social.post_changed"),
    ],
)
def test_notifications_are_hints(action: str, event: str) -> None:
    (told,) = LinkedInConnector.parse_webhook(payload(notification(action)))
    assert (told.type, told.provider_type) == (event, action)
    assert (told.provider_account_id, told.provider_post_id) == (
        "urn:li:organization:5005",
        "urn:li:share:7100000000000000001",
    )
    assert told.occurred_at == datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def test_several_come_at_once_and_some_mean_nothing() -> None:
    told = LinkedInConnector.parse_webhook(payload(notification("LIKE"), notification("SHARE_MENTION"), notification()))
    assert [each.type for each in told] == ["social.post_changed", "social.comment_created"]
    assert LinkedInConnector.parse_webhook(b'{"type": "LEAD_ACTION", "leadAction": "CREATED"}') == []
    assert LinkedInConnector.parse_webhook(VECTOR_BODY) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"notifications": []}',
        payload(notification(lastModifiedAt="soon")),
        payload({"action": "LIKE"}),
        b'{"type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS", "notifications": [1]}',
    ],
)
def test_what_is_not_in_linkedins_format_is_told(body: bytes) -> None:
    with pytest.raises(MalformedPayload):
        LinkedInConnector.parse_webhook(body)


def test_the_check_of_the_address_is_answered() -> None:
    query = {"challengeCode": CODE, "applicationId": "1"}
    answer = LinkedInConnector.answer_challenge("GET", query, {}, [SECRET, "older"])
    assert answer is not None
    assert (answer.status, answer.content_type) == (200, "application/json")
    assert json.loads(answer.body) == {"challengeCode": CODE, "challengeResponse": CODE_VECTOR}


def test_what_is_no_check_is_not_answered() -> None:
    for method, query, secrets in (("POST", {"challengeCode": CODE}, [SECRET]), ("GET", {}, [SECRET]),
                                   ("GET", {"challengeCode": CODE}, [])):  # fmt: skip
        assert LinkedInConnector.answer_challenge(method, query, {}, secrets) is None
