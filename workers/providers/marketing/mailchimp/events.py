"""Mailchimp's webhooks: the signature, and events in Wasl's words.

A form, one event each: ``type``, ``fired_at`` (UTC), ``data[…]``
(https://mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks ). Since 2026 a webhook may be signed: the
header ``X-Mailchimp-Signature: t=<unix seconds>,v1=<hex>`` with HMAC-SHA256 over ``{t}.{body}``, several ``v1`` while
the secret is changed. Webhooks made before are not signed, and their contents only say where to look. With a secret in
the connection a delivery has to be signed; without one, the secret address is all that proves it.

There is no id of a delivery: type, whom it concerns, audience and time stand for one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl

from workers.providers.errors import MalformedPayload, SignatureInvalid, SignatureStale
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.signatures import any_equal, hmac_sha256_hex

SIGNATURE_HEADER: Final = "X-Mailchimp-Signature"
TOLERANCE_SECONDS: Final = 300
EVENT_TYPES: Final = ("subscribe", "unsubscribe", "profile", "cleaned", "upemail", "campaign")
_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}")
_MOST_FIELDS: Final = 1000


def verify(request: WebhookRequest, secrets: Sequence[str]) -> VerifiedWebhook:
    """Prove that Mailchimp sent a delivery, as far as it can be proved.

    :param secrets: those that are valid now.
    :raises SignatureInvalid, SignatureStale, MalformedPayload: see `errors`.
    """
    known = [secret for secret in secrets if secret]
    if known:
        _require_signature(request, known)
    form = _form(request.body)
    return VerifiedWebhook(event_id=_event_id(form), event_type=form["type"], content_signed=bool(known))


def parse(body: bytes) -> list[CanonicalEvent]:
    """What a delivery says; empty for types that Wasl has no use for.

    :raises MalformedPayload: not an event as Mailchimp documents it.
    """
    form = _form(body)
    if form["type"] not in EVENT_TYPES:
        return []
    is_campaign = form["type"] == "campaign"
    withdrawn = _withdrawn_email(form)
    kind = "campaigns.changed" if is_campaign else "contact.unsubscribed" if withdrawn else "contacts.changed"
    try:
        occurred_at = datetime.strptime(form.get("fired_at", ""), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        raise MalformedPayload("fired_at is not a time") from None
    return [
        CanonicalEvent(
            type=kind,
            occurred_at=occurred_at,
            provider_type=form["type"],
            provider_event_id=_event_id(form),
            stream="campaigns" if is_campaign else "contacts",
            withdrawn_email=withdrawn,
        )
    ]


def _require_signature(request: WebhookRequest, secrets: Sequence[str]) -> None:
    header = request.headers.get(SIGNATURE_HEADER.lower(), "")
    parts = [part.strip().partition("=") for part in header.split(",")]
    stamp = next((value for name, _, value in parts if name == "t"), "")
    presented = [value.lower().encode("utf-8", "surrogateescape") for name, _, value in parts if name == "v1"]
    signed = f"{stamp}.".encode("utf-8", "surrogateescape") + request.body
    if not _TIMESTAMP.fullmatch(stamp) or not any_equal(
        [hmac_sha256_hex(secret.encode(), signed) for secret in secrets], presented
    ):
        raise SignatureInvalid("the signature in the header does not match the body")
    tolerance = TOLERANCE_SECONDS if request.tolerance_seconds is None else request.tolerance_seconds
    if abs(request.received_at.timestamp() - int(stamp)) > tolerance:
        raise SignatureStale(f"signed more than {tolerance} seconds from now")


def _withdrawn_email(form: Mapping[str, str]) -> str | None:
    """Who does not want mail any more: who unsubscribed, or complained. Whom somebody archives has not said so."""
    unsubscribed = form["type"] == "unsubscribe" and form.get("data[action]") != "delete"
    complained = form["type"] == "cleaned" and form.get("data[reason]") == "abuse"
    return (form.get("data[email]") or None) if unsubscribed or complained else None


def _event_id(form: Mapping[str, str]) -> str:
    whom = form.get("data[id]") or form.get("data[new_id]") or form.get("data[email]") or form.get("data[new_email]")
    told = (form["type"], whom or "", form.get("fired_at", ""), form.get("data[list_id]", ""))
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _form(body: bytes) -> dict[str, str]:
    try:
        form = dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        raise MalformedPayload("the body is not a form") from None
    if not form.get("type"):
        raise MalformedPayload("the body is not an event: it has no type")
    return form
