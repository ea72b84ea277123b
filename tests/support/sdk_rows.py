"""Rows as PostgREST shows them, for tests that need no database."""

from typing import Any
from uuid import uuid4

from wasl.models import Operation, Payment

MOMENT = "2026-11-23T20:00:00.123456+00:00"


def operation_row(**given: Any) -> dict[str, Any]:
    """A pending operation."""
    return (
        dict.fromkeys(Operation.model_fields)
        | {
            "id": str(uuid4()),
            "organization_id": str(uuid4()),
            "kind": "payment.create",
            "status": "pending",
            "subject_type": "payment",
            "subject_id": str(uuid4()),
            "input": {},
            "attempts": 0,
            "input_hash": "\\x00ff",
            "created_by": "service",
            "created_at": MOMENT,
        }
        | given
    )


def payment_row(**given: Any) -> dict[str, Any]:
    """A pending payment of AED 99.00."""
    return (
        dict.fromkeys(Payment.model_fields)
        | {
            "id": str(uuid4()),
            "organization_id": str(uuid4()),
            "environment": "sandbox",
            "reference": "order-1",
            "amount": "99.00",
            "currency": "AED",
            "status": "pending",
            "capture_method": "automatic",
            "amount_authorized": "0.00",
            "amount_captured": "0.00",
            "amount_refunded": "0.00",
            "customer": {},
            "metadata": {},
            "provider_data": {},
            "created_by": "service",
            "created_at": MOMENT,
            "updated_at": MOMENT,
        }
        | given
    )
