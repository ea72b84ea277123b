"""One delivery: its request as a connector wants it, the proof of its sender, and the event to be kept of it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus
from uuid import UUID

import orjson

from workers.card_data import mask_card_data, mask_in_body, mask_in_form, mask_in_headers
from workers.providers.base import Connector
from workers.providers.capabilities import SignsWithCertificates
from workers.providers.certificates import Certificates
from workers.providers.events import VerifiedWebhook, WebhookRequest
from workers.providers.manifest import Environment
from workers.store.webhooks import EndpointRow, NewEvent
from workers.webhooks.filters import kept_status
from workers.webhooks.requests import Arrival

_UNKEPT_HEADERS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "apikey"})
"""Credentials of anybody's have no place in a log. `private.ingest_webhook` drops the same ones."""


def decode_headers(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers as text, names in lower case; those that came several times joined by commas (RFC 9110, 5.3)."""
    decoded: dict[str, str] = {}
    for name_bytes, value_bytes in headers:
        name, value = name_bytes.decode("latin-1"), value_bytes.decode("latin-1")
        decoded[name] = f"{decoded[name]}, {value}" if name in decoded else value
    return decoded


def decode_query(query: str) -> Mapping[str, str]:
    """The parameters of a query string; of those that came several times the last."""
    return dict(parse_qsl(query, keep_blank_values=True)) if query else {}


def kept_headers(headers: Mapping[str, str], secrets: Sequence[str]) -> Mapping[str, str]:
    """The headers that may be kept: no credentials, no secret that a provider proves itself with by showing it, and no
    card data."""
    return mask_in_headers(
        {
            name: value
            for name, value in headers.items()
            if name not in _UNKEPT_HEADERS and not any(secret in value for secret in secrets)
        }
    )


def kept_query(query: str, secrets: Sequence[str]) -> str:
    """The query string if it may be kept, else nothing."""
    shown = query and any(secret in query or secret in unquote_plus(query) for secret in secrets)
    return "" if shown else mask_in_form(query)


async def with_certificate(
    request: WebhookRequest, scheme: type[Connector[Any, Any]], environment: str, certificates: Certificates
) -> WebhookRequest:
    """The delivery, with the certificate that it is signed with where its provider's scheme has one.

    :raises SignatureInvalid: it names no certificate of the provider's.
    :raises CertificateUnavailable: nobody can say now.
    """
    if not issubclass(scheme, SignsWithCertificates):
        return request
    url = scheme.certificate_url(request)
    found = await certificates.find(url, provider=scheme.manifest.key, environment=Environment(environment))
    return replace(request, certificate=found)


def event_key(provider_event_id: str | None, body: bytes) -> bytes:
    """What tells repeats at one endpoint: a hash of the provider's own id, or of the body where it has none.

    :param body: as it is kept: a hash of what is masked in it could be found out by trying.
    """
    return hashlib.sha256(body if provider_event_id is None else provider_event_id.encode("utf-8", "replace")).digest()


def new_event(
    row: EndpointRow, secrets: Sequence[str], request: WebhookRequest, arrival: Arrival, verified: VerifiedWebhook
) -> NewEvent:
    """The event to be kept of a verified delivery. :param secrets: those of the endpoint."""
    body = mask_in_body(request.body)
    return NewEvent(
        id=new_event_id(int(request.received_at.timestamp() * 1000)),
        received_at=request.received_at,
        endpoint_id=row.id,
        organization_id=row.organization_id,
        connection_id=row.connection_id,
        provider_key=row.provider_key,
        key=event_key(verified.event_id, body),
        provider_event_id=kept_text(verified.event_id),
        event_type=kept_text(verified.event_type),
        headers=orjson.dumps(kept_headers(request.headers, secrets)).decode(),
        query=kept_query(arrival.query, secrets),
        source_address=arrival.caller,
        body=body,
        body_bytes=len(request.body),
        status=kept_status(row.record_only, row.ignored_event_types, verified.event_type) or "received",
    )


def new_event_id(unix_ms: int) -> UUID:
    """A UUID of version 7 (RFC 9562): events that come together lie together in the indexes."""
    random_bits = int.from_bytes(os.urandom(10), "big")
    value = (unix_ms & 0xFFFF_FFFF_FFFF) << 80 | random_bits
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def kept_text(text: str | None) -> str | None:
    """A provider's text as it may be kept: no card data, and no NUL character, which Postgres does not take."""
    if text is None:
        return None
    return mask_card_data(text).replace("\x00", "\ufffd")


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)
