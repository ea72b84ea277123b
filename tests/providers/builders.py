"""Requests and connections for tests, with only what matters to a test said in it."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx

from workers.providers.money import Money
from workers.providers.payments.models import CancelRequest, CaptureRequest, PaymentRequest, RefundRequest
from workers.providers.payments.stripe import StripeConnector
from workers.providers.registry import open_connector

Respond = Callable[[httpx.Request], httpx.Response]
SECRET_KEY = "sk_test_51UnitTests"


def a_payment(**changes: Any) -> PaymentRequest:
    """A direct payment of AED 99.00 with a test card."""
    given: dict[str, Any] = {
        "payment_id": uuid.uuid4(),
        "reference": "order-1001",
        "money": Money.of("99.00", "AED"),
        "mode": "direct",
        "payment_method": "pm_card_visa",
        "idempotency_key": str(uuid.uuid4()),
    }
    return PaymentRequest.model_validate({**given, **changes})


def a_checkout(**changes: Any) -> PaymentRequest:
    """A hosted payment of AED 99.00."""
    given: dict[str, Any] = {
        "mode": "checkout",
        "payment_method": None,
        "return_url": "https://shop.example/thanks",
        "cancel_url": "https://shop.example/cart",
    }
    return a_payment(**{**given, **changes})


def a_capture(provider_payment_id: str, **changes: Any) -> CaptureRequest:
    """A capture of all that is reserved."""
    return CaptureRequest.model_validate({**_existing(provider_payment_id), **changes})


def a_cancellation(provider_payment_id: str, **changes: Any) -> CancelRequest:
    """A cancellation without a reason."""
    return CancelRequest.model_validate({**_existing(provider_payment_id), **changes})


def a_refund(provider_payment_id: str, **changes: Any) -> RefundRequest:
    """A refund of all that is left."""
    return RefundRequest.model_validate({**_existing(provider_payment_id), "refund_id": uuid.uuid4(), **changes})


def _existing(provider_payment_id: str) -> dict[str, Any]:
    return {
        "payment_id": uuid.uuid4(),
        "provider_payment_id": provider_payment_id,
        "idempotency_key": str(uuid.uuid4()),
    }


def stripe(respond: Respond | httpx.AsyncBaseTransport, **connection: Any) -> StripeConnector:
    """A connection to Stripe whose answers are the test's."""
    transport = respond if isinstance(respond, httpx.AsyncBaseTransport) else httpx.MockTransport(respond)
    connection.setdefault("credentials", {"secret_key": SECRET_KEY})
    connector = open_connector("stripe", transport=transport, **connection)
    assert isinstance(connector, StripeConnector)
    return connector


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)
