"""Checkout.com's webhooks: the signature, and events in Wasl's words.

Header ``Cko-Signature``: HMAC-SHA256 in hexadecimal over the raw body, keyed with the signature key of the workflow's
webhook action. No time is signed, so an old delivery is known only by its id (``evt_…``). Facts from
https://www.checkout.com/docs/developer-resources/event-notifications (receive-webhooks/configure-your-webhook-server
and event-types/…, whose examples the tests carry) and, for the header, the official WooCommerce plugin 71f231b.

An event's ``data`` is about one action of a payment: ``id`` is the payment's, ``action_id`` and ``amount`` are the
action's. ``balances`` tell of the whole payment; older examples have none. The time of an event is in ``created_on``
or, in some examples, ``timestamp``. Whether a refund's event carries the refund's own reference and metadata or the
payment's is documented nowhere, so both are looked at, and the action's id decides.

``settlement_generated`` (https://www.checkout.com/docs/developer-resources/webhooks/webhook-event-types/settlement_generated)
is money on its way to the merchant; ``payout_paid`` and ``payout_returned`` are about a marketplace's sub-entities.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import orjson

from workers.providers.errors import MalformedPayload, SignatureInvalid
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.payments.checkout.declines import decline
from workers.providers.payments.checkout.objects import (
    APPROVED,
    balance,
    dispute_from_event,
    moment,
    money,
    our_id,
    our_refund_id,
    payout_from_settlement,
    refund_id,
    saved_method,
)
from workers.providers.payments.models import (
    DeclineReason,
    NextAction,
    PaymentEventType,
    PaymentResult,
    PaymentStatus,
    RefundResult,
    RefundStatus,
)
from workers.providers.signatures import any_equal, hmac_sha256_hex

SIGNATURE_HEADER: Final = "Cko-Signature"
Event = Mapping[str, Any]


def verify(request: WebhookRequest, secrets: Sequence[str]) -> VerifiedWebhook:
    """Prove that Checkout.com sent a delivery.

    :param secrets: the signature keys that are valid now.
    :raises SignatureInvalid, MalformedPayload: see `errors`.
    """
    presented = request.headers.get(SIGNATURE_HEADER.lower(), "").strip().lower().encode()
    expected = [hmac_sha256_hex(secret.encode(), request.body) for secret in secrets if secret]
    if not any_equal(expected, [presented]):
        raise SignatureInvalid("the signature in the header does not match the body")
    event = _event_object(request.body)
    return VerifiedWebhook(event_id=event["id"], event_type=event["type"])


def parse(body: bytes) -> list[CanonicalEvent]:
    """What a verified delivery says; empty for event types that Wasl has no use for.

    :raises MalformedPayload: not an event as Checkout.com documents it.
    """
    event = _event_object(body)
    translate = _TRANSLATIONS.get(event["type"])
    if translate is None:
        return []
    try:
        return [translate(event)]
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError) as fault:
        raise MalformedPayload(f"{event['type']}: {type(fault).__name__} in the event's data") from None


def _event_object(body: bytes) -> dict[str, Any]:
    try:
        event = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise MalformedPayload("the body is not JSON") from None
    if not isinstance(event, dict) or not all(isinstance(event.get(name), str) for name in ("id", "type")):
        raise MalformedPayload("the body is not an event: no id or type")
    return event


_STATUS_EVENTS: Final[Mapping[PaymentStatus, PaymentEventType]] = {
    PaymentStatus.REQUIRES_ACTION: PaymentEventType.PAYMENT_REQUIRES_ACTION,
    PaymentStatus.PROCESSING: PaymentEventType.PAYMENT_PROCESSING,
    PaymentStatus.AUTHORIZED: PaymentEventType.PAYMENT_AUTHORIZED,
    PaymentStatus.PARTIALLY_CAPTURED: PaymentEventType.PAYMENT_SUCCEEDED,
    PaymentStatus.CAPTURED: PaymentEventType.PAYMENT_SUCCEEDED,
    PaymentStatus.FAILED: PaymentEventType.PAYMENT_FAILED,
    PaymentStatus.CANCELLED: PaymentEventType.PAYMENT_CANCELLED,
    PaymentStatus.EXPIRED: PaymentEventType.PAYMENT_EXPIRED,
}
_REFUND_EVENTS: Final[Mapping[RefundStatus, PaymentEventType]] = {
    RefundStatus.PENDING: PaymentEventType.REFUND_PENDING,
    RefundStatus.SUCCEEDED: PaymentEventType.REFUND_SUCCEEDED,
    RefundStatus.FAILED: PaymentEventType.REFUND_FAILED,
}


def _payment_event(event: Event, status: PaymentStatus, **facts: Any) -> CanonicalEvent:
    data = event["data"]
    total = (data.get("balances") or {}).get("total_authorized")
    payment = PaymentResult(
        provider_payment_id=data["id"],
        payment_id=our_id(data, "wasl_payment_id"),
        status=status,
        provider_status=event["type"],
        money=money(total or data["amount"], data["currency"]),
        saved_method=saved_method(data) if status in APPROVED else None,
        **facts,
    )
    return CanonicalEvent(
        type=_STATUS_EVENTS[status],
        payment_id=payment.payment_id,
        provider_payment_id=payment.provider_payment_id,
        payment=payment,
        **_envelope(event),
    )


def _approved(event: Event) -> CanonicalEvent:
    data = event["data"]
    authorized = money(data["amount"], data["currency"]).amount
    return _payment_event(event, PaymentStatus.AUTHORIZED, amount_authorized=authorized)


def _pending(event: Event) -> CanonicalEvent:
    """Somebody has to do something. This may come before the answer that says what, and must not hide it."""
    href = ((event.get("_links") or {}).get("redirect") or {}).get("href")
    action = NextAction(type="redirect", url=href) if isinstance(href, str) else None
    return _payment_event(event, PaymentStatus.REQUIRES_ACTION, next_action=action)


def _captured(event: Event) -> CanonicalEvent:
    data = event["data"]
    taken = _taken(event)
    return _payment_event(
        event,
        _status_once_taken(event),
        amount_captured=money(data["amount"], data["currency"]).amount if taken is None else taken,
    )


def _taken(event: Event) -> Decimal | None:
    """How much of the payment has been captured in all; None when the event does not tell."""
    return balance(event["data"].get("balances") or {}, "total_captured", event["data"]["currency"])


def _status_once_taken(event: Event) -> PaymentStatus:
    more = (event["data"].get("balances") or {}).get("available_to_capture") or 0
    return PaymentStatus.PARTIALLY_CAPTURED if more > 0 else PaymentStatus.CAPTURED


def _refused(event: Event) -> CanonicalEvent:
    data = event["data"]
    why = decline(data.get("response_code"), data.get("response_summary"))
    if event["type"] == "payment_authentication_failed" and why.reason is DeclineReason.OTHER:
        why = why.model_copy(update={"reason": DeclineReason.AUTHENTICATION_FAILED})
    return _payment_event(event, PaymentStatus.FAILED, decline=why)


def _voided(event: Event) -> CanonicalEvent:
    """The reservation is released: all of it, or what a capture of a part left over."""
    if taken := _taken(event):
        return _payment_event(event, _status_once_taken(event), amount_captured=taken)
    return _payment_event(event, PaymentStatus.CANCELLED)


def _still_reserved(event: Event) -> CanonicalEvent:
    """A capture or a void was refused: the payment stands as it stood."""
    taken, why = _taken(event), None
    if event["type"] == "payment_capture_declined":
        why = decline(event["data"].get("response_code"), event["data"].get("response_summary"))
    status = _status_once_taken(event) if taken else PaymentStatus.AUTHORIZED
    return _payment_event(event, status, amount_captured=taken, decline=why)


def _plain(status: PaymentStatus) -> Callable[[Event], CanonicalEvent]:
    return lambda event: _payment_event(event, status)


def _refund(status: RefundStatus) -> Callable[[Event], CanonicalEvent]:
    def translate(event: Event) -> CanonicalEvent:
        data = event["data"]
        refund = RefundResult(
            provider_refund_id=refund_id(data["id"], data["action_id"]),
            provider_payment_id=data["id"],
            refund_id=our_refund_id(data),
            payment_id=our_id(data, "wasl_payment_id"),
            status=status,
            provider_status=data.get("response_summary") or event["type"],
            money=money(data["amount"], data["currency"]),
            failure_reason=data.get("response_code") if status is RefundStatus.FAILED else None,
            created_at=moment(data.get("processed_on")),
        )
        return CanonicalEvent(
            type=_REFUND_EVENTS[status],
            payment_id=refund.payment_id,
            provider_payment_id=refund.provider_payment_id,
            refund=refund,
            refund_id=refund.refund_id,
            provider_refund_id=refund.provider_refund_id,
            **_envelope(event),
        )

    return translate


def _dispute(kind: PaymentEventType) -> Callable[[Event], CanonicalEvent]:
    def translate(event: Event) -> CanonicalEvent:
        dispute = dispute_from_event(event["data"], event["type"].removeprefix("dispute_"))
        return CanonicalEvent(
            type=kind, provider_payment_id=dispute.provider_payment_id, dispute=dispute, **_envelope(event)
        )

    return translate


def _settlement(event: Event) -> CanonicalEvent:
    """Money is sent to the merchant's bank account. That it arrived no event says."""
    payout = payout_from_settlement(event["data"]["settlement_details"], event["type"])
    return CanonicalEvent(type=PaymentEventType.PAYOUT_CREATED, payout=payout, **_envelope(event))


def _envelope(event: Event) -> dict[str, Any]:
    return {"occurred_at": _occurred_at(event), "provider_type": event["type"], "provider_event_id": event["id"]}


def _occurred_at(event: Event) -> datetime:
    told = moment(event.get("created_on") or event.get("timestamp"))
    if told is None:
        raise ValueError("no time")
    return told


_TRANSLATIONS: Final[Mapping[str, Callable[[Event], CanonicalEvent]]] = {
    "payment_pending": _pending,
    "payment_approved": _approved,
    "payment_declined": _refused,
    "payment_authentication_failed": _refused,
    "payment_expired": _plain(PaymentStatus.EXPIRED),
    "payment_canceled": _plain(PaymentStatus.CANCELLED),
    "payment_retry_scheduled": _plain(PaymentStatus.PROCESSING),
    "payment_captured": _captured,
    "payment_capture_declined": _still_reserved,
    "payment_paid": _plain(PaymentStatus.CAPTURED),
    "payment_returned": _plain(PaymentStatus.FAILED),
    "payment_voided": _voided,
    "payment_void_declined": _still_reserved,
    "payment_refund_pending": _refund(RefundStatus.PENDING),
    "payment_refunded": _refund(RefundStatus.SUCCEEDED),
    "payment_refund_declined": _refund(RefundStatus.FAILED),
    "dispute_evidence_required": _dispute(PaymentEventType.DISPUTE_OPENED),
    "dispute_evidence_submitted": _dispute(PaymentEventType.DISPUTE_UPDATED),
    "dispute_won": _dispute(PaymentEventType.DISPUTE_WON),
    "dispute_arbitration_won": _dispute(PaymentEventType.DISPUTE_WON),
    "dispute_lost": _dispute(PaymentEventType.DISPUTE_LOST),
    "dispute_arbitration_lost": _dispute(PaymentEventType.DISPUTE_LOST),
    "dispute_accepted": _dispute(PaymentEventType.DISPUTE_LOST),
    "dispute_expired": _dispute(PaymentEventType.DISPUTE_LOST),
    "dispute_canceled": _dispute(PaymentEventType.DISPUTE_CLOSED),
    "dispute_resolved": _dispute(PaymentEventType.DISPUTE_CLOSED),
    "settlement_generated": _settlement,
}
EVENT_TYPES: Final = tuple(_TRANSLATIONS)
"""The events to subscribe a webhook to. Others (``card_verified``, ``payment_capture_pending``, ``payment_chargeback``
with its dispute in the dispute's own events …) change nothing that Wasl keeps."""
