"""PayPal's webhooks in Wasl's words.

Event names from https://developer.paypal.com/api/rest/webhooks/event-names/ ; the resources are those of the API.
``PAYMENT.CAPTURE.REFUNDED`` and ``.REVERSED`` carry the refund, linked ``up`` to its capture. UNVERIFIED: that a
dispute's outcome ``ACCEPTED`` is for the buyer and ``DENIED`` for the seller, as other integrations read them.

``CHECKOUT.ORDER.APPROVED`` says that the payer has agreed: nothing has been paid before the hub completes the payment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import orjson

from workers.providers.errors import MalformedPayload
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.payments.models import (
    DisputeResult,
    PaymentEventType,
    PaymentResult,
    PaymentStatus,
    RefundStatus,
)
from workers.providers.payments.paypal.objects import (
    Object,
    dispute_from_object,
    moment,
    money,
    order_id_of,
    our_ids,
    payment_from_authorization,
    payment_from_capture,
    payment_from_order,
    refund_from_object,
)
from workers.providers.payments.paypal.signature import prove


def verify(request: WebhookRequest, webhook_ids: Sequence[str]) -> VerifiedWebhook:
    """Prove that PayPal sent a delivery.

    :param webhook_ids: PayPal's ids of the webhook, those that are valid now.
    :raises SignatureInvalid, SignatureStale, MalformedPayload: see `errors`.
    """
    prove(request, webhook_ids)
    event = _event_object(request.body)
    return VerifiedWebhook(event_id=event["id"], event_type=event["event_type"])


def parse(body: bytes) -> list[CanonicalEvent]:
    """What a verified delivery says; empty for event types that Wasl has no use for.

    :raises MalformedPayload: not an event as PayPal documents it.
    """
    event = _event_object(body)
    translate = _TRANSLATIONS.get(event["event_type"])
    if translate is None:
        return []
    try:
        return translate(event, event["resource"])
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError) as fault:
        raise MalformedPayload(f"{event['event_type']}: {type(fault).__name__} in the event's resource") from None


def _event_object(body: bytes) -> dict[str, Any]:
    try:
        event = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise MalformedPayload("the body is not JSON") from None
    if not isinstance(event, dict) or not all(isinstance(event.get(name), str) for name in ("id", "event_type")):
        raise MalformedPayload("the body is not an event: no id or event_type")
    return event


_STATUS_EVENTS: Final[Mapping[PaymentStatus, PaymentEventType]] = {
    PaymentStatus.CREATED: PaymentEventType.PAYMENT_CREATED,
    PaymentStatus.REQUIRES_ACTION: PaymentEventType.PAYMENT_REQUIRES_ACTION,
    PaymentStatus.PROCESSING: PaymentEventType.PAYMENT_PROCESSING,
    PaymentStatus.AUTHORIZED: PaymentEventType.PAYMENT_AUTHORIZED,
    PaymentStatus.PARTIALLY_CAPTURED: PaymentEventType.PAYMENT_AUTHORIZED,
    PaymentStatus.CAPTURED: PaymentEventType.PAYMENT_SUCCEEDED,
    PaymentStatus.FAILED: PaymentEventType.PAYMENT_FAILED,
    PaymentStatus.CANCELLED: PaymentEventType.PAYMENT_CANCELLED,
    PaymentStatus.EXPIRED: PaymentEventType.PAYMENT_EXPIRED,
    PaymentStatus.PARTIALLY_REFUNDED: PaymentEventType.PAYMENT_PARTIALLY_REFUNDED,
    PaymentStatus.REFUNDED: PaymentEventType.PAYMENT_REFUNDED,
}
_REFUND_EVENTS: Final[Mapping[RefundStatus, PaymentEventType]] = {
    RefundStatus.PENDING: PaymentEventType.REFUND_PENDING,
    RefundStatus.SUCCEEDED: PaymentEventType.REFUND_SUCCEEDED,
    RefundStatus.FAILED: PaymentEventType.REFUND_FAILED,
    RefundStatus.CANCELLED: PaymentEventType.REFUND_CANCELLED,
}
_DISPUTE_OUTCOMES: Final[Mapping[str, PaymentEventType]] = {
    "RESOLVED_SELLER_FAVOUR": PaymentEventType.DISPUTE_WON,
    "DENIED": PaymentEventType.DISPUTE_WON,
    "RESOLVED_BUYER_FAVOUR": PaymentEventType.DISPUTE_LOST,
    "ACCEPTED": PaymentEventType.DISPUTE_LOST,
}


def _order_event(event: Object, order: Object) -> list[CanonicalEvent]:
    return [_payment_event(event, payment_from_order(order))]


def _reversed_approval(event: Object, order: Object) -> list[CanonicalEvent]:
    """The payer had agreed and nobody completed the payment in time: PayPal gave it up."""
    unit = order["purchase_units"][0]
    payment = PaymentResult(
        provider_payment_id=order.get("order_id") or order["id"],
        payment_id=our_ids(unit)[0],
        status=PaymentStatus.EXPIRED,
        provider_status="APPROVAL_REVERSED",
        money=money(unit["amount"]),
    )
    return [_payment_event(event, payment)]


def _authorization_event(event: Object, authorization: Object) -> list[CanonicalEvent]:
    order_id = order_id_of(authorization)
    if order_id is None:  # not made through an order, so not by Wasl
        return []
    return [_payment_event(event, payment_from_authorization(authorization, order_id, moment(event["create_time"])))]


def _capture_event(event: Object, capture: Object) -> list[CanonicalEvent]:
    order_id = order_id_of(capture)
    # The captures of an authorization are linked up to that; Wasl's carry its id all the same.
    return [] if order_id is None else [_payment_event(event, payment_from_capture(capture, order_id))]


def _payment_event(event: Object, payment: PaymentResult) -> CanonicalEvent:
    return _event(
        event,
        _STATUS_EVENTS[payment.status],
        payment=payment,
        payment_id=payment.payment_id,
        provider_payment_id=payment.provider_payment_id,
    )


def _refund_event(event: Object, refund: Object) -> list[CanonicalEvent]:
    result = refund_from_object(refund)
    return [
        _event(
            event,
            _REFUND_EVENTS[result.status],
            refund=result,
            payment_id=result.payment_id,
            refund_id=result.refund_id,
            provider_payment_id=order_id_of(refund),
            provider_refund_id=result.provider_refund_id,
        )
    ]


def _reversal_event(event: Object, reversal: Object) -> list[CanonicalEvent]:
    """PayPal took the money back by itself: a bank's chargeback, or a bank payment that bounced."""
    amount = {**reversal["amount"], "value": str(reversal["amount"]["value"]).removeprefix("-")}
    order_id = order_id_of(reversal)
    dispute = DisputeResult(
        provider_dispute_id=reversal["id"],
        provider_payment_id=order_id,
        provider_status="REVERSED",
        reason=(reversal.get("status_details") or {}).get("reason"),
        money=money(amount),
    )
    kind, ours = PaymentEventType.DISPUTE_LOST, our_ids(reversal)[0]
    return [_event(event, kind, dispute=dispute, payment_id=ours, provider_payment_id=order_id)]


def _dispute_event(event: Object, dispute: Object) -> list[CanonicalEvent]:
    result, ours = dispute_from_object(dispute)
    kind = PaymentEventType.DISPUTE_UPDATED
    if event["event_type"].endswith(".CREATED"):
        kind = PaymentEventType.DISPUTE_OPENED
    elif event["event_type"].endswith(".RESOLVED"):
        kind = _DISPUTE_OUTCOMES.get(result.provider_status, PaymentEventType.DISPUTE_CLOSED)
    return [_event(event, kind, dispute=result, payment_id=ours)]


def _event(event: Object, kind: PaymentEventType, **facts: Any) -> CanonicalEvent:
    return CanonicalEvent(
        type=kind,
        occurred_at=moment(event["create_time"]),
        provider_type=event["event_type"],
        provider_event_id=event["id"],
        **facts,
    )


_Translate = Callable[[Object, Object], list[CanonicalEvent]]

_TRANSLATIONS: Final[Mapping[str, _Translate]] = {
    "CHECKOUT.ORDER.APPROVED": _order_event,
    "CHECKOUT.ORDER.COMPLETED": _order_event,
    "CHECKOUT.PAYMENT-APPROVAL.REVERSED": _reversed_approval,
    "PAYMENT.AUTHORIZATION.CREATED": _authorization_event,
    "PAYMENT.AUTHORIZATION.VOIDED": _authorization_event,
    "PAYMENT.CAPTURE.COMPLETED": _capture_event,
    "PAYMENT.CAPTURE.PENDING": _capture_event,
    "PAYMENT.CAPTURE.DENIED": _capture_event,
    "PAYMENT.CAPTURE.DECLINED": _capture_event,
    "PAYMENT.CAPTURE.REFUNDED": _refund_event,
    "PAYMENT.CAPTURE.REVERSED": _reversal_event,
    "PAYMENT.REFUND.PENDING": _refund_event,
    "PAYMENT.REFUND.FAILED": _refund_event,
    "CUSTOMER.DISPUTE.CREATED": _dispute_event,
    "CUSTOMER.DISPUTE.UPDATED": _dispute_event,
    "CUSTOMER.DISPUTE.RESOLVED": _dispute_event,
}
EVENT_TYPES: Final = tuple(_TRANSLATIONS)
"""The events to subscribe a webhook to."""
