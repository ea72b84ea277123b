"""Alerts as signed JSON (Standard Webhooks, https://www.standardwebhooks.com)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

from workers.monitoring.channels.notice import Message, Notice


def webhook_body(message: Message) -> bytes:
    """``{type, timestamp, data}``: one alert in ``data.alert``, or several in a digest's ``data.alerts``."""
    alerts = [_alert(notice) for notice in message.notices]
    single = len(alerts) == 1
    data = {"organization_id": str(message.organization_id), **({"alert": alerts[0]} if single else {"alerts": alerts})}
    kind = f"alert.{message.notices[0].transition}" if single else "alert.digest"
    body = {"type": kind, "timestamp": message.created_at.isoformat(), "data": data}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def signed_headers(message: Message, body: bytes, secret: str, traceparent: str | None = None) -> Mapping[str, str]:
    """The headers by which the receiver knows the message, and a repeat of it.

    :param secret: ``whsec_`` and base64.
    :param traceparent: of the trace that it belongs to; it is not signed.
    :raises ValueError: it is none; the text does not repeat it.
    """
    moment = datetime.now(UTC)
    try:
        signature = Webhook(secret).sign(str(message.id), moment, body.decode())
    except Exception:
        raise ValueError("the signing secret is not base64 after whsec_") from None
    headers = {} if traceparent is None else {"traceparent": traceparent}
    return headers | {
        "webhook-id": str(message.id),
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": signature,
    }


def _alert(notice: Notice) -> dict[str, Any]:
    return {
        "id": str(notice.alert_id),
        "transition": notice.transition,
        "kind": notice.kind,
        "severity": notice.severity,
        "status": notice.status,
        "title": notice.title,
        "connection_id": None if notice.connection_id is None else str(notice.connection_id),
        "detail": dict(notice.detail),
        "occurrences": notice.occurrences,
        "first_seen_at": notice.first_seen_at.isoformat(),
        "last_seen_at": notice.last_seen_at.isoformat(),
        "resolved_at": None if notice.resolved_at is None else notice.resolved_at.isoformat(),
        "url": notice.url,
    }
