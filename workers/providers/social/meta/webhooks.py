"""Webhooks of the Graph API: the signature, the check of the address, and the changes in a delivery.

``X-Hub-Signature-256: sha256=…`` is the HMAC-SHA256 of the bytes as sent, keyed with the app's secret; Meta signs the
escaped form that it sends, so nothing may be parsed and written again first. The older SHA-1 header is left aside. A
delivery has up to 1000 changes and no id; it is tried again for 36 hours. Facts from Meta's pages *Webhooks: getting
started* and its sample (fbsamples/graph-api-webhooks-samples).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from workers.providers.errors import MalformedPayload, SignatureInvalid
from workers.providers.events import ChallengeAnswer, VerifiedWebhook, WebhookRequest
from workers.providers.manifest import WebhookScheme
from workers.providers.signatures import any_equal, hmac_sha256_hex
from workers.providers.social.meta.objects import moment

SIGNATURE_HEADER: Final = "X-Hub-Signature-256"
_SETUP: Final = (
    "1. Put a long random text of your own into this connection as verify token, and the app's secret as app secret.\n"
    "2. https://developers.facebook.com/apps > your app > Webhooks > {object}: callback address `{{webhook_url}}`, the "
    "same verify token. Meta checks the address at once.\n"
    "3. Subscribe to {fields}.\n"
    "4. {accounts}\n"
    "5. Publish the app: before that, only its own people's events come."
)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed. :param account_id: at whom: the page, the Instagram account."""

    account_id: str
    field: str
    value: Mapping[str, Any]
    at: datetime


def scheme(events: tuple[str, ...], about: str, accounts: str) -> WebhookScheme:
    """How a network's webhooks are proved and set up. :param about: the object in the app's dashboard."""
    fields = ", ".join(f"`{event}`" for event in events)
    return WebhookScheme(
        signature_header=SIGNATURE_HEADER,
        algorithm="hmac-sha256",
        signs_content=True,
        signing_credential="client_secret",
        challenge_credential="webhook_verify_token",
        retries="at once, then ever more slowly for 36 hours",
        setup=_SETUP.format(object=about, fields=fields, accounts=accounts),
        events=events,
    )


def verify(request: WebhookRequest, secrets: Sequence[str]) -> VerifiedWebhook:
    """Prove that Meta sent a delivery. :raises SignatureInvalid, MalformedPayload: see `errors`."""
    presented = request.headers.get(SIGNATURE_HEADER.lower(), "").strip().encode("utf-8", "surrogateescape")
    expected = [b"sha256=" + hmac_sha256_hex(secret.encode(), request.body) for secret in secrets if secret]
    if not any_equal(expected, [presented]):
        raise SignatureInvalid("the signature in the header does not match the body")
    body = _read(request.body)
    kinds = sorted({name for entry in body["entry"] for name in _fields(entry)})
    return VerifiedWebhook(event_id=None, event_type=",".join(kinds)[:200] or body["object"])


def changes(body: bytes, about: str) -> Iterator[Change]:
    """What changed, of one object; messages and changes of other objects are left out.

    :raises MalformedPayload: not in Meta's format.
    """
    read = _read(body)
    if read["object"] != about:
        return
    try:
        for entry in read["entry"]:
            for change in entry.get("changes") or ():
                value = change.get("value")
                if isinstance(value, dict):
                    yield Change(str(entry["id"]), change["field"], value, _time(value, entry["time"]))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as fault:
        raise MalformedPayload(f"{type(fault).__name__} in the changes") from None


def answer_challenge(method: str, query: Mapping[str, str], secrets: Sequence[str]) -> ChallengeAnswer | None:
    """Give the challenge back to whoever knows the verify token; None when it is no such check."""
    if method != "GET" or "hub.mode" not in query:
        return None
    given = query.get("hub.verify_token", "").encode()
    known = any_equal([secret.encode() for secret in secrets if secret], [given])
    if query["hub.mode"] != "subscribe" or not known:
        return ChallengeAnswer(403, b"Forbidden")
    return ChallengeAnswer(200, query.get("hub.challenge", "").encode())


def _read(body: bytes) -> dict[str, Any]:
    try:
        read = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise MalformedPayload("the body is not JSON") from None
    entries = read.get("entry") if isinstance(read, dict) else None
    if not isinstance(entries, list) or not isinstance(read.get("object"), str):
        raise MalformedPayload("the body is not a delivery: it has no object or no entries")
    if not all(isinstance(entry, dict) for entry in entries):
        raise MalformedPayload("an entry is not an object")
    found: dict[str, Any] = read
    return found


def _fields(entry: Mapping[str, Any]) -> list[str]:
    given = entry.get("changes")
    listed = [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []
    names = [each["field"] for each in listed if isinstance(each.get("field"), str)]
    return [*names, *(["messages"] if "messaging" in entry else [])]


def _time(value: Mapping[str, Any], entry_time: Any) -> datetime:
    made = value.get("created_time")
    return moment(made if isinstance(made, int) and not isinstance(made, bool) else entry_time)
