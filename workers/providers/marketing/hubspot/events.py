"""HubSpot's webhooks: the signatures, and events in Wasl's words.

Version 3: ``X-HubSpot-Signature-v3`` is the base64 of HMAC-SHA256, keyed with the app's client secret, over the method,
the URI, the body and ``X-HubSpot-Request-Timestamp`` (milliseconds) one after the other. The URI is the one that was
called, with twelve escapes decoded and the others left alone. Versions 1 and 2 (``X-HubSpot-Signature``, hexadecimal
SHA-256 of the secret and the body; or of secret, method, URI and body) sign no time; they are believed only where the
third is absent and the connection's setting says so.

The delivery tells nothing of the address it was called at but the query, so the URI is the connection's setting
``webhook_url``, with the query as received where that is another one.

A delivery is an array of up to 100 events, unordered, and possibly sent again. An event names only what changed, not
how it is now: each is a hint that a stream has news. ``eventId`` alone is not unique, so a delivery is known by the
account, subscription, event, object, property and time of all its events; its number of attempts is left out.

Facts from https://developers.hubspot.com/docs (request validation, webhooks), its webhooks specification, and the
vectors in the official Python client's tests.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlencode

import orjson

from workers.providers.errors import MalformedPayload, SignatureInvalid, SignatureStale
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.signatures import any_equal

SIGNATURE_HEADER: Final = "X-HubSpot-Signature-v3"
TOLERANCE_SECONDS: Final = 300
_TIMESTAMP_HEADER: Final = "x-hubspot-request-timestamp"
_OLDER_HEADER: Final = "x-hubspot-signature"
_OLDER_VERSION_HEADER: Final = "x-hubspot-signature-version"
_METHOD: Final = b"POST"
_DECODED: Final = re.compile("%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)
_FURTHEST_MOMENT: Final = 10**14
_MILLISECONDS: Final = re.compile(r"[0-9]{1,15}")
_STREAMS: Final[Mapping[str, str]] = {"contact": "contacts", "0-1": "contacts", "deal": "deals", "0-3": "deals"}
_KEYS: Final = ("portalId", "subscriptionId", "eventId", "objectId", "propertyName", "occurredAt")
EVENT_TYPES: Final = tuple(
    f"{subject}.{what}"
    for subject in ("contact", "deal")
    for what in ("creation", "propertyChange", "deletion", "merge", "restore", "privacyDeletion")
    if (subject, what) != ("deal", "privacyDeletion")
)

Event = Mapping[str, Any]


def verify(request: WebhookRequest, secrets: Sequence[str], settings: Mapping[str, Any] | None) -> VerifiedWebhook:
    """Prove that HubSpot sent a delivery.

    :param secrets: those that are valid now.
    :param settings: the connection's: ``webhook_url`` and ``accept_older_signatures``.
    :raises SignatureInvalid, SignatureStale, MalformedPayload: see `errors`.
    """
    known = settings or {}
    keys = [secret.encode() for secret in secrets if secret]
    presented = request.headers.get(SIGNATURE_HEADER.lower())
    if presented is not None:
        _verify_stamped(request, presented, keys, list(_uris(known.get("webhook_url"), request.query)))
    elif known.get("accept_older_signatures"):
        _verify_older(request, keys, list(_uris(known.get("webhook_url"), request.query)))
    else:
        raise SignatureInvalid("there is no signature of version 3")
    events = _events(request.body)
    types = {str(event.get("subscriptionType") or "unknown") for event in events}
    return VerifiedWebhook(event_id=_delivery_id(events), event_type=types.pop() if len(types) == 1 else "batch")


def parse(body: bytes) -> list[CanonicalEvent]:
    """What a verified delivery says: for each stream that it concerns, that it has news.

    :raises MalformedPayload: not events as HubSpot documents them.
    """
    latest: dict[str, Event] = {}
    for event in _events(body):
        stream = _stream(event)
        if stream and (stream not in latest or _moment(event) > _moment(latest[stream])):
            latest[stream] = event
    return [
        CanonicalEvent(
            type=f"{stream}.changed",
            occurred_at=datetime.fromtimestamp(_moment(event) / 1000, UTC),
            provider_type=event["subscriptionType"],
            provider_event_id=str(event.get("eventId")),
            stream=stream,
        )
        for stream, event in sorted(latest.items())
    ]


def signed_uri(url: str) -> bytes:
    """An address as HubSpot signs it."""
    return _DECODED.sub(lambda escape: unquote(escape[0]), url.partition("#")[0]).encode()


def _verify_stamped(request: WebhookRequest, presented: str, keys: Sequence[bytes], uris: Sequence[bytes]) -> None:
    stamp = request.headers.get(_TIMESTAMP_HEADER, "")
    if not uris:
        raise SignatureInvalid("the connection's setting webhook_url is missing, without which nothing can be proved")
    if not _MILLISECONDS.fullmatch(stamp):
        raise SignatureInvalid("there is no time with the signature")
    messages = [_METHOD + uri + request.body + stamp.encode() for uri in uris]
    expected = [base64.b64encode(hmac.digest(key, message, "sha256")) for key in keys for message in messages]
    if not any_equal(expected, [_bytes(presented)]):
        raise SignatureInvalid("the signature does not match the address, the body and the time")
    age = request.received_at.timestamp() - int(stamp) / 1000
    if abs(age) > (TOLERANCE_SECONDS if request.tolerance_seconds is None else request.tolerance_seconds):
        raise SignatureStale(f"signed {age:.0f} seconds before it arrived")


def _verify_older(request: WebhookRequest, keys: Sequence[bytes], uris: Sequence[bytes]) -> None:
    presented = request.headers.get(_OLDER_HEADER, "").lower()
    if request.headers.get(_OLDER_VERSION_HEADER, "v1").lower() == "v2":
        messages = [_METHOD + uri + request.body for uri in uris]
    else:
        messages = [request.body]
    expected = [hashlib.sha256(key + message).hexdigest().encode() for key in keys for message in messages]
    if not any_equal(expected, [_bytes(presented)]):
        raise SignatureInvalid("the signature of an older version does not match")


def _uris(webhook_url: Any, query: Mapping[str, str]) -> Iterator[bytes]:
    """What HubSpot may have called and signed."""
    if not isinstance(webhook_url, str) or not webhook_url:
        return
    address, _, registered = webhook_url.partition("?")
    if not query or dict(query) == dict(parse_qsl(registered, keep_blank_values=True)):
        yield signed_uri(webhook_url)
        return
    for encode in (quote, quote_plus):
        yield signed_uri(f"{address}?{urlencode(query, quote_via=encode)}")


def _events(body: bytes) -> list[Event]:
    try:
        events = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise MalformedPayload("the body is not JSON") from None
    if not isinstance(events, list) or not events or not all(isinstance(event, dict) for event in events):
        raise MalformedPayload("the body is not a list of events")
    return events


def _stream(event: Event) -> str | None:
    kind = str(event.get("subscriptionType"))
    subject = kind.partition(".")[0]
    return _STREAMS.get(str(event.get("objectTypeId")) if subject == "object" else subject)


def _moment(event: Event) -> int:
    moment = event.get("occurredAt")
    if type(moment) is not int or not 0 <= moment < _FURTHEST_MOMENT:
        raise MalformedPayload(f"{event['subscriptionType']}: no time")
    return moment


def _delivery_id(events: Sequence[Event]) -> str:
    keys = sorted("|".join(str(event.get(name)) for name in _KEYS) for event in events)
    return hashlib.sha256("\n".join(keys).encode("utf-8", "surrogatepass")).hexdigest()


def _bytes(text: str) -> bytes:
    return text.strip().encode("utf-8", "surrogateescape")
