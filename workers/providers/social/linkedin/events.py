"""LinkedIn's webhooks: the check of the address, the signature, and notifications in Wasl's words.

Facts: Microsoft's pages *Webhook Validation* and *Organization Social Action Notifications*. The address is checked by
``GET ?challengeCode=…``, again every two hours. ``X-LI-Signature`` is HMAC-SHA256 in hexadecimal over ``hmacsha256=``
and the raw body, keyed with the app's client secret; no time is signed. A delivery has up to ten notifications, and
comes again every five minutes for eight hours until it is taken. Notifications say what happened to which post: they
are hints, and the post is asked about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from workers.providers.errors import MalformedPayload, SignatureInvalid
from workers.providers.events import CanonicalEvent, ChallengeAnswer, VerifiedWebhook, WebhookRequest
from workers.providers.signatures import any_equal, hmac_sha256_hex

SIGNATURE_HEADER: Final = "X-LI-Signature"
SIGNED_PREFIX: Final = b"hmacsha256="
SOCIAL_ACTIONS: Final = "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS"
_EVENTS: Final[Mapping[str, str]] = {
    "COMMENT": "social.comment_created",
    "ADMIN_COMMENT": "social.comment_created",
    "COMMENT_EDIT": "social.comment_created",
    "COMMENT_DELETE": "social.post_changed",
    "LIKE": "social.post_changed",
    "SHARE": "social.post_changed",
}
"""By action. SHARE_MENTION is about somebody else's post."""


def verify(request: WebhookRequest, secrets: Sequence[str]) -> VerifiedWebhook:
    """Prove that LinkedIn sent a delivery.

    :param secrets: the client secrets that are valid now.
    :raises SignatureInvalid, MalformedPayload: see `errors`.
    """
    header = request.headers.get(SIGNATURE_HEADER.lower(), "").strip().lower()
    presented = header.removeprefix(SIGNED_PREFIX.decode()).encode("utf-8", "surrogateescape")
    signed = SIGNED_PREFIX + request.body
    if not any_equal([hmac_sha256_hex(secret.encode(), signed) for secret in secrets if secret], [presented]):
        raise SignatureInvalid("the signature in the header does not match the body")
    payload = _payload(request.body)
    ids = [str(each["notificationId"]) for each in _notifications(payload) if "notificationId" in each]
    return VerifiedWebhook(event_id=",".join(ids) or None, event_type=payload["type"])


def parse(body: bytes) -> list[CanonicalEvent]:
    """What a verified delivery says; empty for what Wasl has no use for.

    :raises MalformedPayload: not in LinkedIn's format.
    """
    payload = _payload(body)
    if payload["type"] != SOCIAL_ACTIONS:
        return []
    try:
        return [_event(each) for each in _notifications(payload) if each["action"] in _EVENTS]
    except (KeyError, TypeError, ValueError, ArithmeticError) as fault:
        raise MalformedPayload(f"{type(fault).__name__} in a notification") from None


def answer_challenge(method: str, query: Mapping[str, str], secrets: Sequence[str]) -> ChallengeAnswer | None:
    """The answer to the check of the address; None when it is none, or nothing can be answered."""
    code = query.get("challengeCode")
    if method != "GET" or not code or not secrets:
        return None
    response = hmac_sha256_hex(secrets[0].encode(), code.encode()).decode()
    body = orjson.dumps({"challengeCode": code, "challengeResponse": response})
    return ChallengeAnswer(status=200, body=body, content_type="application/json")


def _payload(body: bytes) -> dict[str, Any]:
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise MalformedPayload("the body is not JSON") from None
    if not isinstance(payload, dict) or not isinstance(payload.get("type"), str):
        raise MalformedPayload("the body is no notification: it has no type")
    return payload


def _notifications(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    listed = payload.get("notifications", [])
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise MalformedPayload("the notifications are no list of objects")
    return listed


def _event(notification: Mapping[str, Any]) -> CanonicalEvent:
    number = notification.get("notificationId")
    return CanonicalEvent(
        type=_EVENTS[notification["action"]],
        occurred_at=datetime.fromtimestamp(int(notification["lastModifiedAt"]) / 1000, UTC),
        provider_type=notification["action"],
        provider_event_id=None if number is None else str(number),
        provider_account_id=str(notification["organizationalEntity"]),
        provider_post_id=str(notification["sourcePost"]),
    )
