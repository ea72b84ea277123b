"""N-Genius's webhooks: the header that they carry, and events in Wasl's words.

Nothing is signed. The merchant chooses a header and a value in the portal, and each delivery carries them; so they
prove who sent it as long as the value stays secret, and say nothing of the body (``content_signed=False``: what the
body says is a hint, and the order is read before anything moves). Every event is sent once and never again, and wants a
200 or 201 within 15 seconds. Body: ``{"eventId", "eventName", "outletId", "order": {…}}``, the order as read otherwise.

Facts from https://docs.ngenius-payments.com/reference/consuming-web-hooks ; the copies read here break off before its
table of events, so the later names (from PARTIALLY_CAPTURED on) are those that several integrations quote from it.
Names that are not known here (such as THREE_DS_NOT_AUTHENTICATED, seen once) are read by the payment's state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import orjson

from workers.providers.errors import MalformedPayload, SignatureInvalid
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.payments.models import (
    Decline,
    DeclineReason,
    PaymentEventType,
    PaymentResult,
    PaymentStatus,
)
from workers.providers.payments.ngenius.links import embedded
from workers.providers.payments.ngenius.objects import moment, payment_from_order
from workers.providers.signatures import any_equal

WEBHOOK_HEADER: Final = "X-Wasl-Webhook-Secret"
"""The header key that a connection proposes; any other can be set."""

EVENT_TYPES: Final = (
    *("AUTHORISED", "DECLINED", "APM_PAYMENT_ACCEPTED", "AUTHORISATION_FAILED"),
    *("FULL_AUTH_REVERSED", "FULL_AUTH_REVERSAL_FAILED"),
    *("PURCHASED", "PURCHASE_DECLINED", "PURCHASE_FAILED", "PURCHASE_REVERSED", "PURCHASE_REVERSAL_FAILED"),
    *("CAPTURED", "CAPTURE_FAILED", "CAPTURE_VOIDED", "CAPTURE_VOID_FAILED"),
    *("PARTIALLY_CAPTURED", "PARTIAL_CAPTURE_FAILED"),
    *("CANCELLATION_REQUESTED", "CANCELLATION_FAILED", "CANCELLED", "ORDER_CLOSED"),
    *("REFUNDED", "PARTIALLY_REFUNDED", "REFUND_FAILED", "PARTIAL_REFUND_FAILED"),
    *("REFUND_REQUESTED", "REFUND_REQUEST_FAILED", "PARTIAL_REFUND_REQUESTED", "PARTIAL_REFUND_REQUEST_FAILED"),
    *("REFUND_VOIDED", "REFUND_VOID_FAILED", "REFUND_VOID_REQUESTED"),
    *("GATEWAY_RISK_PRE_AUTH_REJECTED", "PRE_AUTH_FRAUD_CHECK_REJECTED", "POST_AUTH_FRAUD_CHECK_REJECTED"),
    *("POST_AUTH_FRAUD_CHECK_REVIEW", "POST_AUTH_FRAUD_CHECK_ACCEPTED"),
)
"""The known events. The portal sends all of them; there is nothing to subscribe to."""

_STATUS_EVENTS: Final[Mapping[PaymentStatus, PaymentEventType]] = {
    PaymentStatus.CREATED: PaymentEventType.PAYMENT_CREATED,
    PaymentStatus.REQUIRES_ACTION: PaymentEventType.PAYMENT_REQUIRES_ACTION,
    PaymentStatus.PROCESSING: PaymentEventType.PAYMENT_PROCESSING,
    PaymentStatus.AUTHORIZED: PaymentEventType.PAYMENT_AUTHORIZED,
    PaymentStatus.PARTIALLY_CAPTURED: PaymentEventType.PAYMENT_AUTHORIZED,
    PaymentStatus.CAPTURED: PaymentEventType.PAYMENT_SUCCEEDED,
    PaymentStatus.PARTIALLY_REFUNDED: PaymentEventType.PAYMENT_PARTIALLY_REFUNDED,
    PaymentStatus.REFUNDED: PaymentEventType.PAYMENT_REFUNDED,
    PaymentStatus.CANCELLED: PaymentEventType.PAYMENT_CANCELLED,
    PaymentStatus.FAILED: PaymentEventType.PAYMENT_FAILED,
}
_REFUND_EVENTS: Final[Mapping[str, PaymentEventType]] = {
    "REFUND_REQUESTED": PaymentEventType.REFUND_PENDING,
    "PARTIAL_REFUND_REQUESTED": PaymentEventType.REFUND_PENDING,
    "REFUNDED": PaymentEventType.REFUND_SUCCEEDED,
    "PARTIALLY_REFUNDED": PaymentEventType.REFUND_SUCCEEDED,
    "REFUND_FAILED": PaymentEventType.REFUND_FAILED,
    "PARTIAL_REFUND_FAILED": PaymentEventType.REFUND_FAILED,
    "REFUND_REQUEST_FAILED": PaymentEventType.REFUND_FAILED,
    "PARTIAL_REFUND_REQUEST_FAILED": PaymentEventType.REFUND_FAILED,
    "REFUND_VOIDED": PaymentEventType.REFUND_CANCELLED,
}
"""Which of a payment's refunds it was, no event says."""

_FRAUD: Final = frozenset(
    {"GATEWAY_RISK_PRE_AUTH_REJECTED", "PRE_AUTH_FRAUD_CHECK_REJECTED", "POST_AUTH_FRAUD_CHECK_REJECTED"}
)


def verify(request: WebhookRequest, secrets: Sequence[str], header: str = WEBHOOK_HEADER) -> VerifiedWebhook:
    """Prove that the sender knows the secret.

    :param header: the header key that was set in the portal.
    :raises SignatureInvalid, MalformedPayload: see `errors`.
    """
    presented = request.headers.get(header.lower(), "").encode("utf-8", "surrogateescape")
    if not any_equal([secret.encode() for secret in secrets if secret], [presented]):
        raise SignatureInvalid(f"the header {header} does not carry a secret that is known")
    event = _event_object(request.body)
    return VerifiedWebhook(event_id=event["eventId"], event_type=event["eventName"], content_signed=False)


def parse(body: bytes) -> list[CanonicalEvent]:
    """What a delivery says; empty where it is about no order.

    :raises MalformedPayload: not an event as N-Genius documents it.
    """
    event = _event_object(body)
    if event.get("order") is None:
        return []
    try:
        return [_canonical(event, event["order"])]
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError) as fault:
        raise MalformedPayload(f"{event['eventName']}: {type(fault).__name__} in the event's order") from None


def _event_object(body: bytes) -> dict[str, Any]:
    try:
        event = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise MalformedPayload("the body is not JSON") from None
    named = ("eventId", "eventName")
    if not isinstance(event, dict) or not all(isinstance(event.get(name), str) and event[name] for name in named):
        raise MalformedPayload("the body is not an event: no eventId or eventName")
    return event


def _canonical(event: Mapping[str, Any], order: Mapping[str, Any]) -> CanonicalEvent:
    name = event["eventName"]
    payment = _with_reason(name, payment_from_order({"outletId": event.get("outletId"), **order}))
    return CanonicalEvent(
        type=_REFUND_EVENTS.get(name) or _STATUS_EVENTS[payment.status],
        occurred_at=_occurred_at(order),
        provider_type=name,
        provider_event_id=event["eventId"],
        payment_id=payment.payment_id,
        provider_payment_id=payment.provider_payment_id,
        payment=payment,
    )


def _with_reason(event_name: str, payment: PaymentResult) -> PaymentResult:
    """A rejection by risk rules is only told by the event's name."""
    if event_name not in _FRAUD or payment.status is not PaymentStatus.FAILED:
        return payment
    decline = Decline(reason=DeclineReason.SUSPECTED_FRAUD, code=event_name)
    return payment.model_copy(update={"decline": decline})


def _occurred_at(order: Mapping[str, Any]) -> datetime:
    """When the payment last changed, which is the event: N-Genius gives it no time of its own."""
    changes = [moment(payment.get("updateDateTime")) for payment in embedded(order, "payment")]
    told = [each for each in (*changes[:1], moment(order.get("createDateTime"))) if each]
    if not told:
        raise ValueError("no time")
    return told[0]
