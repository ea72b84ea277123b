"""The Python client of Wasl, the integrations hub: `Wasl`, and `AsyncWasl` for asyncio.

>>> from wasl import Wasl
>>> with Wasl("https://hub.example.com", "sb_publishable_...", api_key="wasl_...") as hub:
...     payment = hub.payments.create(amount="99.00", currency="AED", reference="order-1", return_url="https://...")
"""

from wasl._async.client import AsyncWasl
from wasl._sync.client import Wasl
from wasl.errors import (
    AuthenticationError,
    Conflict,
    ConnectionFailed,
    InvalidRequest,
    NotFound,
    OperationFailed,
    PermissionDenied,
    RateLimited,
    ServerError,
    WaitTimeout,
    WaslError,
)
from wasl.models import (
    ApiKey,
    Connection,
    Credential,
    Dispute,
    LedgerReport,
    NewApiKey,
    Operation,
    Organization,
    Payment,
    PaymentDifference,
    PaymentEvent,
    PaymentLink,
    PaymentMethod,
    PaymentPolicy,
    Payout,
    Provider,
    Reconciliation,
    Refund,
    WebhookEndpoint,
    WebhookEvent,
)

__all__ = [
    "ApiKey",
    "AsyncWasl",
    "AuthenticationError",
    "Conflict",
    "Connection",
    "ConnectionFailed",
    "Credential",
    "Dispute",
    "InvalidRequest",
    "LedgerReport",
    "NewApiKey",
    "NotFound",
    "Operation",
    "OperationFailed",
    "Organization",
    "Payment",
    "PaymentDifference",
    "PaymentEvent",
    "PaymentLink",
    "PaymentMethod",
    "PaymentPolicy",
    "Payout",
    "PermissionDenied",
    "Provider",
    "RateLimited",
    "Reconciliation",
    "Refund",
    "ServerError",
    "WaitTimeout",
    "Wasl",
    "WaslError",
    "WebhookEndpoint",
    "WebhookEvent",
]
