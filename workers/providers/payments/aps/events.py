"""Webhooks of Amazon Payment Services ("transaction feedback"): the signature, and events in Wasl's words.

Direct feedback tells how a payment went, notification feedback of what became of it: captures, refunds, late decisions
(https://paymentservices.amazon.com/docs/managing-payments/tracking-a-payment/webhooks). Either is a POST of an answer's
fields, signed like an answer (see `signature`), as JSON or, in accounts that are set so, as a form. It wants a 2xx or
302, and is tried ten times, ten seconds apart. No time is in it, neither signed nor plain: an event counts as of when
it is read, and a repeated one is known by its body.

Captures and voids are told with the capture's own amount or none, so that the payment cannot be drawn from them: they
say which payment to look at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson

from workers.providers.errors import MalformedPayload, SignatureInvalid
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.payments.aps.objects import (
    Fields,
    our_id,
    payment_from_transaction,
    refund_from_transaction,
    response_code,
)
from workers.providers.payments.aps.signature import ShaType, accepted_signatures
from workers.providers.payments.models import PaymentEventType, PaymentStatus, RefundStatus
from workers.providers.signatures import any_equal

COMMANDS: Final = ("AUTHORIZATION", "PURCHASE", "CAPTURE", "VOID_AUTHORIZATION", "REFUND")
"""The operations that are told of. All of them are; there is nothing to subscribe to."""

_PAYMENT_EVENTS: Final[Mapping[PaymentStatus, PaymentEventType]] = {
    PaymentStatus.CREATED: PaymentEventType.PAYMENT_CREATED,
    PaymentStatus.REQUIRES_ACTION: PaymentEventType.PAYMENT_REQUIRES_ACTION,
    PaymentStatus.PROCESSING: PaymentEventType.PAYMENT_PROCESSING,
    PaymentStatus.AUTHORIZED: PaymentEventType.PAYMENT_AUTHORIZED,
    PaymentStatus.CAPTURED: PaymentEventType.PAYMENT_SUCCEEDED,
    PaymentStatus.REFUNDED: PaymentEventType.PAYMENT_REFUNDED,
    PaymentStatus.CANCELLED: PaymentEventType.PAYMENT_CANCELLED,
    PaymentStatus.FAILED: PaymentEventType.PAYMENT_FAILED,
}
_REFUND_EVENTS: Final[Mapping[RefundStatus, PaymentEventType]] = {
    RefundStatus.PENDING: PaymentEventType.REFUND_PENDING,
    RefundStatus.SUCCEEDED: PaymentEventType.REFUND_SUCCEEDED,
    RefundStatus.FAILED: PaymentEventType.REFUND_FAILED,
}
_HINTS: Final[Mapping[str, PaymentEventType]] = {
    "04": PaymentEventType.PAYMENT_SUCCEEDED,
    "08": PaymentEventType.PAYMENT_CANCELLED,
}


def verify(request: WebhookRequest, secrets: Sequence[str], sha_type: ShaType) -> VerifiedWebhook:
    """Prove that Amazon Payment Services sent a delivery.

    :param secrets: the response phrases that are valid now.
    :raises SignatureInvalid: see `errors`.
    """
    try:
        fields = read_fields(request.body)
    except MalformedPayload as fault:
        raise SignatureInvalid(f"{fault}, so it carries no signature") from None
    presented = str(fields.get("signature") or "").strip().lower().encode()
    expected = [each for secret in secrets if secret for each in accepted_signatures(fields, secret, sha_type)]
    if not any_equal(expected, [presented]):
        raise SignatureInvalid("the signature in the body does not match its fields")
    command = fields.get("command") or fields.get("service_command")
    if not isinstance(command, str):
        raise MalformedPayload("the body names no command")
    return VerifiedWebhook(event_id=None, event_type=command)


def parse(body: bytes) -> list[CanonicalEvent]:
    """What a verified delivery says; empty for operations that Wasl has no use for.

    :raises MalformedPayload: not transaction feedback as it is documented.
    """
    fields = read_fields(body)
    command = fields.get("command")
    if command not in COMMANDS:
        return []
    try:
        if command in ("AUTHORIZATION", "PURCHASE"):
            return [_payment_event(command, fields)]
        return [_refund_event(fields)] if command == "REFUND" else _hint(command, fields)
    except (KeyError, TypeError, ValueError, ArithmeticError) as fault:
        raise MalformedPayload(f"{command}: {type(fault).__name__} in its fields") from None


def read_fields(body: bytes) -> dict[str, Any]:
    """The fields of a delivery: an object of JSON, or a form.

    :raises MalformedPayload: neither.
    """
    try:
        if body.lstrip()[:1] == b"{":
            fields = orjson.loads(body)
        else:
            fields = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
    except ValueError:
        raise MalformedPayload("the body is neither JSON nor a form") from None
    if not isinstance(fields, dict) or not fields:
        raise MalformedPayload("the body has no fields")
    return fields


def _payment_event(command: str, fields: Fields) -> CanonicalEvent:
    payment = payment_from_transaction(fields)
    return CanonicalEvent(
        type=_PAYMENT_EVENTS[payment.status],
        occurred_at=datetime.now(UTC),
        provider_type=command,
        payment_id=payment.payment_id,
        provider_payment_id=payment.provider_payment_id,
        payment=payment,
    )


def _refund_event(fields: Fields) -> CanonicalEvent:
    refund = refund_from_transaction(fields)
    return CanonicalEvent(
        type=_REFUND_EVENTS[refund.status],
        occurred_at=datetime.now(UTC),
        provider_type="REFUND",
        payment_id=refund.payment_id,
        refund_id=refund.refund_id,
        provider_refund_id=refund.provider_refund_id,
        refund=refund,
    )


def _hint(command: str, fields: Fields) -> list[CanonicalEvent]:
    """A capture or a void: which payment to look at. One that failed has changed nothing."""
    kind, payment_id = _HINTS.get(response_code(fields)[:2]), our_id(fields["merchant_reference"])
    if kind is None or payment_id is None:
        return []
    return [CanonicalEvent(type=kind, occurred_at=datetime.now(UTC), provider_type=command, payment_id=payment_id)]
