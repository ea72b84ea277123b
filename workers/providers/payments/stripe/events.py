"""Stripe's webhooks: the signature, and events in Wasl's words.

Header ``Stripe-Signature: t=<unix seconds>,v1=<hex>[,v1=<hex>…]``; each v1 is HMAC-SHA256 over ``<t>.<raw body>`` with
an endpoint secret (``whsec_…``, used as it is). During a rotation Stripe signs with the old and the new secret, and we
may know several. Facts from https://docs.stripe.com/webhooks/signature and stripe-python's ``_webhook.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import orjson

from workers.providers.errors import MalformedPayload, SignatureInvalid, SignatureStale
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.payments.models import PaymentEventType, PaymentResult, PaymentStatus, RefundStatus
from workers.providers.payments.stripe.objects import (
    dispute_from_object,
    is_release,
    moment,
    our_id,
    payment_from_charge,
    payment_from_intent,
    payment_from_session,
    payout_from_object,
    refund_from_object,
)
from workers.providers.signatures import any_equal, hmac_sha256_hex

SIGNATURE_HEADER: Final = "Stripe-Signature"
TOLERANCE_SECONDS: Final = 300
# Stripe sends one signature per active secret, at most a handful; more is an attempt to keep us busy.
_MAX_SIGNATURES: Final = 10
_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}")


def verify(request: WebhookRequest, secrets: Sequence[str]) -> VerifiedWebhook:
    """Prove that Stripe sent a delivery.

    :param secrets: the endpoint secrets that are valid now.
    :raises SignatureInvalid, SignatureStale, MalformedPayload: see `errors`.
    """
    timestamp, presented = _signature_parts(request.headers.get(SIGNATURE_HEADER.lower(), ""))
    signed = timestamp.encode("ascii") + b"." + request.body
    expected = [hmac_sha256_hex(secret.encode(), signed) for secret in secrets if secret]
    if not any_equal(expected, presented):
        raise SignatureInvalid("no signature in the header matches the body")
    age_seconds = request.received_at.timestamp() - int(timestamp)
    allowed_seconds = request.tolerance_seconds or TOLERANCE_SECONDS
    if abs(age_seconds) > allowed_seconds:
        raise SignatureStale(f"signed {age_seconds:.0f} s before it arrived; {allowed_seconds} s are allowed")
    event = _event_object(request.body)
    return VerifiedWebhook(event_id=event["id"], event_type=event["type"])


def parse(body: bytes) -> list[CanonicalEvent]:
    """What a verified delivery says; empty for event types that Wasl has no use for.

    :raises MalformedPayload: not an event as Stripe documents it.
    """
    event = _event_object(body)
    try:
        return canonical_events(event)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError) as fault:
        raise MalformedPayload(f"{event['type']}: {type(fault).__name__} in the event's object") from None


def _signature_parts(header: str) -> tuple[str, list[bytes]]:
    """The timestamp and the v1 signatures; other schemes (v0 of test clocks) are passed over."""
    pairs = [part.strip().partition("=") for part in header.split(",")]
    timestamps = [value for name, _, value in pairs if name == "t"]
    signatures = [value.encode() for name, _, value in pairs if name == "v1"]
    if len(timestamps) != 1 or not _TIMESTAMP.fullmatch(timestamps[0]):
        raise SignatureInvalid("the signature header has no timestamp")
    if not 1 <= len(signatures) <= _MAX_SIGNATURES:
        raise SignatureInvalid("the signature header has no v1 signature, or too many")
    return timestamps[0], signatures


def _event_object(body: bytes) -> dict[str, Any]:
    try:
        event = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise MalformedPayload("the body is not JSON") from None
    if not isinstance(event, dict) or not all(isinstance(event.get(name), str) for name in ("id", "type")):
        raise MalformedPayload("the body is not an event: no id or type")
    return event


_STATUS_EVENTS: Final[Mapping[PaymentStatus, PaymentEventType]] = {
    PaymentStatus.CREATED: PaymentEventType.PAYMENT_CREATED,
    PaymentStatus.REQUIRES_ACTION: PaymentEventType.PAYMENT_REQUIRES_ACTION,
    PaymentStatus.PROCESSING: PaymentEventType.PAYMENT_PROCESSING,
    PaymentStatus.AUTHORIZED: PaymentEventType.PAYMENT_AUTHORIZED,
    PaymentStatus.CAPTURED: PaymentEventType.PAYMENT_SUCCEEDED,
    PaymentStatus.FAILED: PaymentEventType.PAYMENT_FAILED,
    PaymentStatus.CANCELLED: PaymentEventType.PAYMENT_CANCELLED,
    PaymentStatus.EXPIRED: PaymentEventType.PAYMENT_EXPIRED,
    PaymentStatus.PARTIALLY_REFUNDED: PaymentEventType.PAYMENT_PARTIALLY_REFUNDED,
    PaymentStatus.REFUNDED: PaymentEventType.PAYMENT_REFUNDED,
}
_PAYOUT_EVENTS: Final[Mapping[str, PaymentEventType]] = {
    "payout.created": PaymentEventType.PAYOUT_CREATED,
    "payout.updated": PaymentEventType.PAYOUT_UPDATED,
    "payout.paid": PaymentEventType.PAYOUT_PAID,
    "payout.failed": PaymentEventType.PAYOUT_FAILED,
    "payout.canceled": PaymentEventType.PAYOUT_CANCELLED,
}
_REFUND_EVENTS: Final[Mapping[RefundStatus, PaymentEventType]] = {
    RefundStatus.PENDING: PaymentEventType.REFUND_PENDING,
    RefundStatus.SUCCEEDED: PaymentEventType.REFUND_SUCCEEDED,
    RefundStatus.FAILED: PaymentEventType.REFUND_FAILED,
    RefundStatus.CANCELLED: PaymentEventType.REFUND_CANCELLED,
}


def canonical_events(event: Mapping[str, Any]) -> list[CanonicalEvent]:
    """What an event says; empty for event types that Wasl has no use for, and for v2 events, which carry no data."""
    translate = _TRANSLATIONS.get(event["type"]) if event.get("object") == "event" else None
    if translate is None:
        return []
    subject = event["data"]["object"]
    is_released = subject.get("object") == "refund" and is_release(subject)
    return [] if is_released or _is_debit(subject) else [translate(event, subject)]


def _is_debit(subject: Mapping[str, Any]) -> bool:
    """Whether this "payout" takes money from the merchant's bank account, to even out a negative balance."""
    return subject.get("object") == "payout" and subject["amount"] < 0


def _payment_event(event: Mapping[str, Any], payment: PaymentResult) -> CanonicalEvent:
    return _event(
        event, _STATUS_EVENTS[payment.status], payment.payment_id, payment.provider_payment_id, payment=payment
    )


def _intent_event(event: Mapping[str, Any], intent: Mapping[str, Any]) -> CanonicalEvent:
    return _payment_event(event, payment_from_intent(intent))


def _session_event(event: Mapping[str, Any], session: Mapping[str, Any]) -> CanonicalEvent:
    payment = payment_from_session(session)
    if event["type"] == "checkout.session.async_payment_failed":
        payment = payment.model_copy(update={"status": PaymentStatus.FAILED})
    return _payment_event(event, payment)


def _charge_event(event: Mapping[str, Any], charge: Mapping[str, Any]) -> CanonicalEvent:
    payment = payment_from_charge(charge)
    if event["type"] == "charge.expired":
        payment = payment.model_copy(update={"status": PaymentStatus.EXPIRED})
    return _payment_event(event, payment)


def _refund_event(event: Mapping[str, Any], refund: Mapping[str, Any]) -> CanonicalEvent:
    result = refund_from_object(refund)
    return _event(
        event,
        _REFUND_EVENTS[result.status],
        result.payment_id,
        result.provider_payment_id,
        refund=result,
        refund_id=result.refund_id,
        provider_refund_id=result.provider_refund_id,
    )


def _dispute_event(event: Mapping[str, Any], dispute: Mapping[str, Any]) -> CanonicalEvent:
    result = dispute_from_object(dispute)
    kind = PaymentEventType.DISPUTE_UPDATED
    if event["type"] == "charge.dispute.created":
        kind = PaymentEventType.DISPUTE_OPENED
    elif event["type"] == "charge.dispute.closed":
        closed = {"won": PaymentEventType.DISPUTE_WON, "lost": PaymentEventType.DISPUTE_LOST}
        kind = closed.get(result.provider_status, PaymentEventType.DISPUTE_CLOSED)
    ours = our_id(dispute, "wasl_payment_id")
    return _event(event, kind, ours, result.provider_payment_id, dispute=result)


def _payout_event(event: Mapping[str, Any], payout: Mapping[str, Any]) -> CanonicalEvent:
    return _event(event, _PAYOUT_EVENTS[event["type"]], None, None, payout=payout_from_object(payout))


def _event(
    event: Mapping[str, Any],
    kind: PaymentEventType,
    payment_id: UUID | None,
    provider_payment_id: str | None,
    **facts: Any,
) -> CanonicalEvent:
    return CanonicalEvent(
        type=kind,
        occurred_at=moment(event["created"]),
        provider_type=event["type"],
        provider_event_id=event["id"],
        payment_id=payment_id,
        provider_payment_id=provider_payment_id,
        **facts,
    )


_Translate = Callable[[Mapping[str, Any], Mapping[str, Any]], CanonicalEvent]

_TRANSLATIONS: Final[Mapping[str, _Translate]] = {
    "payment_intent.created": _intent_event,
    "payment_intent.processing": _intent_event,
    "payment_intent.requires_action": _intent_event,
    "payment_intent.amount_capturable_updated": _intent_event,
    "payment_intent.partially_funded": _intent_event,
    "payment_intent.succeeded": _intent_event,
    "payment_intent.payment_failed": _intent_event,
    "payment_intent.canceled": _intent_event,
    "checkout.session.completed": _session_event,
    "checkout.session.async_payment_succeeded": _session_event,
    "checkout.session.async_payment_failed": _session_event,
    "checkout.session.expired": _session_event,
    "charge.captured": _charge_event,
    "charge.expired": _charge_event,
    "charge.failed": _charge_event,
    "charge.refunded": _charge_event,
    "charge.refund.updated": _refund_event,
    "refund.created": _refund_event,
    "refund.updated": _refund_event,
    "refund.failed": _refund_event,
    "charge.dispute.created": _dispute_event,
    "charge.dispute.updated": _dispute_event,
    "charge.dispute.closed": _dispute_event,
    "charge.dispute.funds_withdrawn": _dispute_event,
    "charge.dispute.funds_reinstated": _dispute_event,
    **dict.fromkeys(_PAYOUT_EVENTS, _payout_event),
}
EVENT_TYPES: Final = tuple(_TRANSLATIONS)
"""The events to subscribe a webhook endpoint to."""
