"""Tabby's webhooks: the header that they carry, and events in Wasl's words.

Nothing is signed. The merchant registers a header's title and value with the webhook, and each delivery carries them;
so they prove who sent it as long as the value stays secret, and say nothing of the body (``content_signed=False``: what
the body says is a hint, and the payment is read before anything moves). No event has an id or a name; a payment's
webhook is the payment with its captures and refunds as they are then, its status in small letters. A full capture is
told twice, as ``authorized`` with the capture and as ``closed``. They come in any order, and may come twice.

Facts from https://docs.tabby.ai/pay-in-4-custom-integration/webhooks and …/dispute-webhooks, whose bodies are
``{"status", "dispute_id", "payment_id", "amount", "currency", "created_at"}``; the statuses of disputes that only the
Disputes API has are known here as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import orjson

from workers.providers.errors import MalformedPayload, SignatureInvalid
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.payments.models import DisputeResult, PaymentEventType, PaymentStatus
from workers.providers.payments.tabby.objects import (
    captures_of,
    identifier,
    moment,
    money,
    payment_from_object,
    refunds_of,
)
from workers.providers.signatures import any_equal

WEBHOOK_HEADER: Final = "X-Wasl-Webhook-Secret"
"""The header title that a connection proposes; any other can be set."""

_STATUS_EVENTS: Final[Mapping[PaymentStatus, PaymentEventType]] = {
    PaymentStatus.REQUIRES_ACTION: PaymentEventType.PAYMENT_REQUIRES_ACTION,
    PaymentStatus.PROCESSING: PaymentEventType.PAYMENT_PROCESSING,
    PaymentStatus.AUTHORIZED: PaymentEventType.PAYMENT_AUTHORIZED,
    PaymentStatus.PARTIALLY_CAPTURED: PaymentEventType.PAYMENT_AUTHORIZED,
    PaymentStatus.CAPTURED: PaymentEventType.PAYMENT_SUCCEEDED,
    PaymentStatus.PARTIALLY_REFUNDED: PaymentEventType.PAYMENT_PARTIALLY_REFUNDED,
    PaymentStatus.REFUNDED: PaymentEventType.PAYMENT_REFUNDED,
    PaymentStatus.CANCELLED: PaymentEventType.PAYMENT_CANCELLED,
    PaymentStatus.FAILED: PaymentEventType.PAYMENT_FAILED,
    PaymentStatus.EXPIRED: PaymentEventType.PAYMENT_EXPIRED,
}
DISPUTE_EVENTS: Final[Mapping[str, PaymentEventType]] = {
    "pending": PaymentEventType.DISPUTE_OPENED,
    "new": PaymentEventType.DISPUTE_OPENED,
    "arbitration": PaymentEventType.DISPUTE_UPDATED,
    "in_progress": PaymentEventType.DISPUTE_UPDATED,
    "evidence_merchant": PaymentEventType.DISPUTE_UPDATED,
    "evidence_customer": PaymentEventType.DISPUTE_UPDATED,
    "approved": PaymentEventType.DISPUTE_LOST,  # the payer was given the money back
    "refunded": PaymentEventType.DISPUTE_LOST,
    "declined": PaymentEventType.DISPUTE_WON,
    "cancelled": PaymentEventType.DISPUTE_CLOSED,  # the payer withdrew it
}
_DISPUTE: Final = "dispute."

EVENT_TYPES: Final = (
    *("authorized", "closed", "rejected", "expired"),
    *(f"{_DISPUTE}{status}" for status in ("pending", "arbitration", "evidence_merchant")),
    *(f"{_DISPUTE}{status}" for status in ("approved", "declined", "cancelled")),
)
"""What is sent, by status. There is nothing to subscribe to; ``expired`` and disputes are sent on demand."""


def verify(request: WebhookRequest, secrets: Sequence[str], header: str = WEBHOOK_HEADER) -> VerifiedWebhook:
    """Prove that the sender knows the secret.

    :param header: the header title that was registered.
    :raises SignatureInvalid, MalformedPayload: see `errors`.
    """
    presented = request.headers.get(header.lower(), "").encode("utf-8", "surrogateescape")
    if not any_equal([secret.encode() for secret in secrets if secret], [presented]):
        raise SignatureInvalid(f"the header {header} does not carry a secret that is known")
    return VerifiedWebhook(event_id=None, event_type=_name(_object(request.body)), content_signed=False)


def parse(body: bytes) -> list[CanonicalEvent]:
    """What a delivery says.

    :raises MalformedPayload: neither a payment nor a dispute as Tabby documents it.
    """
    told = _object(body)
    try:
        return [_dispute_event(told) if _is_dispute(told) else _payment_event(told)]
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError) as fault:
        raise MalformedPayload(f"{_name(told)}: {type(fault).__name__} in the event") from None


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise MalformedPayload("the body is not JSON") from None
    if not isinstance(told, dict) or not isinstance(told.get("status"), str) or not told["status"]:
        raise MalformedPayload("the body is not an event: it has no status")
    return told


def _is_dispute(told: Mapping[str, Any]) -> bool:
    return "dispute_id" in told


def _name(told: Mapping[str, Any]) -> str:
    status: str = told["status"].lower()
    return f"{_DISPUTE}{status}" if _is_dispute(told) else status


def _payment_event(told: Mapping[str, Any]) -> CanonicalEvent:
    payment = payment_from_object(told)
    return CanonicalEvent(
        type=_STATUS_EVENTS[payment.status],
        occurred_at=_last_change(told),
        provider_type=_name(told),
        payment_id=payment.payment_id,
        provider_payment_id=payment.provider_payment_id,
        payment=payment,
    )


def _dispute_event(told: Mapping[str, Any]) -> CanonicalEvent:
    opened_at = moment(told["created_at"])
    if opened_at is None:
        raise ValueError("no time")
    dispute = DisputeResult(
        provider_dispute_id=identifier(told["dispute_id"]),
        provider_payment_id=identifier(told["payment_id"]),
        provider_status=told["status"],
        money=money(told["amount"], told["currency"]),
    )
    return CanonicalEvent(
        type=DISPUTE_EVENTS.get(told["status"].lower(), PaymentEventType.DISPUTE_UPDATED),
        occurred_at=opened_at,
        provider_type=_name(told),
        provider_payment_id=dispute.provider_payment_id,
        dispute=dispute,
    )


def _last_change(payment: Mapping[str, Any]) -> datetime:
    """When the payment last changed, as far as it tells: an event has no time of its own."""
    told = [payment.get(name) for name in ("created_at", "closed_at", "expired_at")]
    told += [part.get("created_at") for part in (*captures_of(payment), *refunds_of(payment))]
    return max(found for found in map(moment, told) if found is not None)
