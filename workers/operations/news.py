"""What a provider said of a payment or refund, in the words of ``private.apply_payment_news`` and its sister.

A fact that the answer does not tell is left out, so that what is known already stays.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from workers.providers.errors import Declined, ProviderError
from workers.providers.payments.models import DisputeResult, PaymentResult, PayoutResult, RefundResult


def payment_news(
    result: PaymentResult, *, connection_id: UUID | None = None, occurred_at: datetime | None = None
) -> dict[str, Any]:
    """News of a payment.

    :param connection_id: the connection it was made through, for a payment that had none yet.
    :param occurred_at: when it became so, where the provider tells; now otherwise.
    """
    decline, action = result.decline, result.next_action
    return _told(
        status=result.status.value,
        provider_status=result.provider_status,
        provider_payment_id=result.provider_payment_id,
        provider_session_id=result.provider_session_id,
        amount_authorized=_text(result.amount_authorized),
        amount_captured=_text(result.amount_captured),
        checkout_url=result.checkout_url,
        next_action=action.model_dump(mode="json", exclude_none=True) if action else None,
        failure=_failure(decline.code, decline.reason.value, decline.message) if decline else None,
        provider_data=result.provider_data or None,
        saved_method=result.saved_method.model_dump(mode="json") if result.saved_method else None,
        fee=_text(result.fee),
        connection_id=_text(connection_id),
        occurred_at=occurred_at.isoformat() if occurred_at else None,
    )


def failed_payment_news(error: ProviderError, *, connection_id: UUID | None = None) -> dict[str, Any]:
    """News of a payment that the provider refused to make."""
    reason = error.decline_code if isinstance(error, Declined) else error.code
    return _told(
        status="failed",
        provider_payment_id=error.provider_payment_id if isinstance(error, Declined) else None,
        failure=_failure(error.provider_code, reason, error.message),
        connection_id=_text(connection_id),
    )


def refund_news(result: RefundResult, *, occurred_at: datetime | None = None) -> dict[str, Any]:
    """News of a refund."""
    return _told(
        status=result.status.value,
        provider_refund_id=result.provider_refund_id,
        amount=_text(result.money.amount),
        failure={"code": result.failure_reason} if result.failure_reason else None,
        occurred_at=occurred_at.isoformat() if occurred_at else None,
    )


def failed_refund_news(error: ProviderError) -> dict[str, Any]:
    """News of a refund that the provider refused to make."""
    return _told(status="failed", failure=_told(code=error.provider_code or error.code, message=error.message))


def dispute_news(dispute: DisputeResult, status: str, *, occurred_at: datetime) -> dict[str, Any]:
    """News of a dispute. :param status: ``open``, ``won``, ``lost`` or ``closed``."""
    return _told(
        provider_dispute_id=dispute.provider_dispute_id,
        status=status,
        provider_status=dispute.provider_status,
        reason=dispute.reason,
        amount=_text(dispute.money.amount),
        currency=dispute.money.currency,
        evidence_due_by=dispute.evidence_due_by.isoformat() if dispute.evidence_due_by else None,
        occurred_at=occurred_at.isoformat(),
    )


def payout_news(payout: PayoutResult, *, occurred_at: datetime) -> dict[str, Any]:
    """News of a payout."""
    return _told(
        provider_payout_id=payout.provider_payout_id,
        status=payout.status.value,
        provider_status=payout.provider_status,
        amount=_text(payout.money.amount),
        currency=payout.money.currency,
        arrives_on=payout.arrives_on.isoformat() if payout.arrives_on else None,
        failure_reason=payout.failure_reason,
        occurred_at=occurred_at.isoformat(),
    )


def _failure(code: str | None, reason: str, message: str | None) -> dict[str, Any]:
    return _told(code=code, reason=reason, message=message)


def _told(**facts: Any) -> dict[str, Any]:
    return {name: fact for name, fact in facts.items() if fact is not None}


def _text(value: Any) -> str | None:
    return format(value, "f") if isinstance(value, Decimal) else None if value is None else str(value)
