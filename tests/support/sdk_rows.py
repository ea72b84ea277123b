"""Rows as PostgREST shows them, for tests that need no database."""

from typing import Any
from uuid import uuid4

MOMENT = "2026-11-23T20:00:00.123456+00:00"


def operation_row(**given: Any) -> dict[str, Any]:
    """A pending operation."""
    return {
        "id": str(uuid4()),
        "organization_id": str(uuid4()),
        "connection_id": None,
        "kind": "payment.create",
        "status": "pending",
        "subject_type": "payment",
        "subject_id": str(uuid4()),
        "input": {},
        "result": None,
        "error": None,
        "why": None,
        "attempts": 0,
        "idempotency_key": None,
        "input_hash": "\\x00ff",
        "created_by": "service",
        "trace_id": None,
        "created_at": MOMENT,
        "finished_at": None,
    } | given


def payment_row(**given: Any) -> dict[str, Any]:
    """A pending payment of AED 99.00."""
    return {
        "id": str(uuid4()),
        "organization_id": str(uuid4()),
        "environment": "sandbox",
        "connection_id": None,
        "reference": "order-1",
        "amount": "99.00",
        "currency": "AED",
        "status": "pending",
        "capture_method": "automatic",
        "amount_authorized": "0.00",
        "amount_captured": "0.00",
        "amount_refunded": "0.00",
        "description": None,
        "customer": {},
        "metadata": {},
        "return_url": None,
        "cancel_url": None,
        "checkout_url": None,
        "next_action": None,
        "failure": None,
        "provider_payment_id": None,
        "provider_session_id": None,
        "provider_status": None,
        "provider_data": {},
        "created_by": "service",
        "created_at": MOMENT,
        "updated_at": MOMENT,
    } | given
