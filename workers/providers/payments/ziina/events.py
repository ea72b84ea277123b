"""Ziina's webhooks: the signature, and events in Wasl's words.

Header ``X-Hmac-Signature``: HMAC-SHA256 in hexadecimal over the raw body, keyed with the secret that the webhook was
registered with; it is there only if there is a secret, so without one nothing can be believed. No time is signed and an
event has neither id nor time: two deliveries with the same body are one event, and the moment at which it is read
stands for the time. Body: ``{"event", "data"}``, the data being the payment intent or the refund as GET shows them.

Facts from https://docs.ziina.com/api-reference/webhook . The same page names the four addresses that Ziina sends from;
the connector is not told the sender's address, so they are for the firewall in front of it (see `SENDERS`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from workers.providers.errors import MalformedPayload, SignatureInvalid
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.payments.models import PaymentEventType, PaymentStatus, RefundStatus
from workers.providers.payments.ziina.objects import payment_from_intent, refund_from_answer
from workers.providers.signatures import any_equal, hmac_sha256_hex

SIGNATURE_HEADER: Final = "X-Hmac-Signature"
SENDERS: Final = ("3.29.184.186", "3.29.190.95", "20.233.47.127", "13.202.161.181")
"""The addresses that Ziina says it sends webhooks from."""

Event = Mapping[str, Any]

_PAYMENT_EVENTS: Final[Mapping[PaymentStatus, PaymentEventType]] = {
    PaymentStatus.CREATED: PaymentEventType.PAYMENT_CREATED,
    PaymentStatus.REQUIRES_ACTION: PaymentEventType.PAYMENT_REQUIRES_ACTION,
    PaymentStatus.PROCESSING: PaymentEventType.PAYMENT_PROCESSING,
    PaymentStatus.CAPTURED: PaymentEventType.PAYMENT_SUCCEEDED,
    PaymentStatus.FAILED: PaymentEventType.PAYMENT_FAILED,
    PaymentStatus.CANCELLED: PaymentEventType.PAYMENT_CANCELLED,
}
_REFUND_EVENTS: Final[Mapping[RefundStatus, PaymentEventType]] = {
    RefundStatus.PENDING: PaymentEventType.REFUND_PENDING,
    RefundStatus.SUCCEEDED: PaymentEventType.REFUND_SUCCEEDED,
    RefundStatus.FAILED: PaymentEventType.REFUND_FAILED,
}


def verify(request: WebhookRequest, secrets: Sequence[str]) -> VerifiedWebhook:
    """Prove that Ziina sent a delivery.

    :param secrets: those that are valid now.
    :raises SignatureInvalid, MalformedPayload: see `errors`.
    """
    header = request.headers.get(SIGNATURE_HEADER.lower(), "")
    presented = header.strip().lower().encode("utf-8", "surrogateescape")
    expected = [hmac_sha256_hex(secret.encode(), request.body) for secret in secrets if secret]
    if not any_equal(expected, [presented]):
        raise SignatureInvalid("the signature in the header does not match the body")
    return VerifiedWebhook(event_id=None, event_type=_event_object(request.body)["event"])


def parse(body: bytes) -> list[CanonicalEvent]:
    """What a verified delivery says; empty for event types that Wasl has no use for.

    :raises MalformedPayload: not an event as Ziina documents it.
    """
    event = _event_object(body)
    translate = _TRANSLATIONS.get(event["event"])
    if translate is None:
        return []
    try:
        return [translate(event)]
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as fault:
        raise MalformedPayload(f"{event['event']}: {type(fault).__name__} in the event's data") from None


def _event_object(body: bytes) -> dict[str, Any]:
    try:
        event = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise MalformedPayload("the body is not JSON") from None
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        raise MalformedPayload("the body is not an event: it has no name")
    return event


def _payment(event: Event) -> CanonicalEvent:
    payment = payment_from_intent(event["data"])
    return CanonicalEvent(
        type=_PAYMENT_EVENTS[payment.status],
        occurred_at=datetime.now(UTC),
        provider_type=event["event"],
        payment_id=payment.payment_id,
        provider_payment_id=payment.provider_payment_id,
        payment=payment,
    )


def _refund(event: Event) -> CanonicalEvent:
    """A refund that was made elsewhere has an id of the same kind, which is then nobody's here."""
    refund = refund_from_answer(event["data"])
    return CanonicalEvent(
        type=_REFUND_EVENTS[refund.status],
        occurred_at=datetime.now(UTC),
        provider_type=event["event"],
        refund_id=refund.refund_id,
        provider_payment_id=refund.provider_payment_id,
        provider_refund_id=refund.provider_refund_id,
        refund=refund,
    )


_TRANSLATIONS: Final[Mapping[str, Callable[[Event], CanonicalEvent]]] = {
    "payment_intent.status.updated": _payment,
    "refund.status.updated": _refund,
}
EVENT_TYPES: Final = tuple(_TRANSLATIONS)
"""All that Ziina documents; there is nothing to choose."""
