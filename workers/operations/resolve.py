"""Unknown outcomes: a request was sent, or may have been, and nobody knows what became of it. So ask.

Each function answers with what the provider has, or None: it certainly did not happen and may be sent. What it raises
is `Declined` or `InvalidRequest` when the provider had refused, which settles it too; any other `ProviderError` leaves
the outcome unknown, to be asked about again.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from workers.operations.jobs import Job
from workers.providers.base import Connector, require
from workers.providers.capabilities import RefundsPayments, TakesPayments
from workers.providers.errors import Declined, InvalidRequest, OutcomeUnknown
from workers.providers.payments.models import (
    CancelRequest,
    CaptureMethod,
    CaptureRequest,
    CompleteRequest,
    PaymentRequest,
    PaymentResult,
    PaymentStatus,
    RefundRequest,
    RefundResult,
)
from workers.store.payments import PaymentWork

_UNSETTLED: Final = (
    PaymentStatus.CREATED,
    PaymentStatus.REQUIRES_ACTION,
    PaymentStatus.PROCESSING,
    PaymentStatus.AUTHORIZED,
)
_CAPTURED: Final = (
    PaymentStatus.CAPTURED,
    PaymentStatus.PARTIALLY_CAPTURED,
    PaymentStatus.PARTIALLY_REFUNDED,
    PaymentStatus.REFUNDED,
)
# Longer than a call may take, and a gateway may need to show what came of it.
_CAPTURE_SETTLING: Final = timedelta(minutes=2)


def sent_to(job: Job) -> UUID | None:
    """The connection through which the job may have been sent without an answer; None when it certainly was not.

    `PostgresMarks.begin_sending` leaves the mark before anything is sent.
    """
    mark = job.payload.get("sent_to")
    return UUID(mark) if job.outcome_unknown and mark else None


def sent_at(job: Job) -> datetime:
    """When it was."""
    return datetime.fromisoformat(job.payload["sent_at"])


def what_was_sent(job: Job) -> dict[str, Any]:
    """What was decided for the connection that it was sent to (`Call.sent`)."""
    return dict(job.payload.get("sent") or {})


async def find_payment(
    connector: Connector[Any, Any], request: PaymentRequest, attempted_at: datetime
) -> PaymentResult | None:
    """The payment, if it was made."""
    return await require(connector, TakesPayments, "find_payment").find_payment(request, attempted_at=attempted_at)


async def find_refund(
    connector: Connector[Any, Any], request: RefundRequest, attempted_at: datetime
) -> RefundResult | None:
    """The refund, if it was made."""
    return await require(connector, RefundsPayments, "find_refund").find_refund(request, attempted_at=attempted_at)


async def find_completion(connector: Connector[Any, Any], request: CompleteRequest) -> PaymentResult | None:
    """The payment, unless its payer's agreement still waits to be acted on."""
    payment = await _look_at(connector, request.provider_payment_id)
    return None if is_agreed(payment, request.capture_method) else payment


def is_agreed(payment: PaymentResult, capture_method: CaptureMethod) -> bool:
    """Whether the payer has agreed and the money still has to be taken or reserved by `complete_payment`."""
    if payment.next_action is not None and payment.next_action.type == "complete":
        return True
    return payment.status is PaymentStatus.AUTHORIZED and capture_method is CaptureMethod.AUTOMATIC


async def find_capture(
    connector: Connector[Any, Any], request: CaptureRequest, work: PaymentWork, attempted_at: datetime
) -> PaymentResult | None:
    """The payment, if more of it has been taken than before.

    All of it can be taken once only. A part could be taken twice while the first request is still at work, unless the
    gateway knows the second by its key.
    """
    payment = await _look_at(connector, request.provider_payment_id)
    if payment.status in _CAPTURED and _has_more_been_taken(payment, work):
        return payment
    if payment.status not in (PaymentStatus.AUTHORIZED, PaymentStatus.PARTIALLY_CAPTURED):
        raise _too_late("captured", payment)
    knows_keys = connector.manifest.idempotency_hours is not None
    if request.money is not None and not knows_keys and datetime.now(UTC) - attempted_at < _CAPTURE_SETTLING:
        raise OutcomeUnknown("Nothing more is taken yet, but it is too soon after the attempt to be sure.")
    return None


def _has_more_been_taken(payment: PaymentResult, work: PaymentWork) -> bool:
    if payment.amount_captured is not None:
        return payment.amount_captured > work.amount_captured
    if work.amount_captured > 0:
        raise OutcomeUnknown("A part had been taken before, and the gateway does not tell how much is now.")
    return True


async def find_cancellation(connector: Connector[Any, Any], request: CancelRequest) -> PaymentResult | None:
    """The payment, if it has been cancelled."""
    payment = await _look_at(connector, request.provider_payment_id)
    if payment.status in (PaymentStatus.CANCELLED, PaymentStatus.EXPIRED):
        return payment
    if payment.status in _UNSETTLED or payment.status is PaymentStatus.FAILED:
        return None
    raise _too_late("cancelled", payment)


async def _look_at(connector: Connector[Any, Any], provider_payment_id: str) -> PaymentResult:
    """The payment. Should the question be refused, that settles nothing of what it is about."""
    try:
        return await require(connector, TakesPayments, "get_payment").get_payment(provider_payment_id)
    except (Declined, InvalidRequest) as refused:
        raise OutcomeUnknown(f"The payment could not be looked at: {refused.message}") from refused


def _too_late(verb: str, payment: PaymentResult) -> InvalidRequest:
    return InvalidRequest(f"The payment can no longer be {verb}: it is {payment.status.value}.")
