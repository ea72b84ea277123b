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
    NewApiKey,
    Operation,
    Organization,
    Payment,
    PaymentEvent,
    Provider,
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
    "InvalidRequest",
    "NewApiKey",
    "NotFound",
    "Operation",
    "OperationFailed",
    "Organization",
    "Payment",
    "PaymentEvent",
    "PermissionDenied",
    "Provider",
    "RateLimited",
    "Refund",
    "ServerError",
    "WaitTimeout",
    "Wasl",
    "WaslError",
    "WebhookEndpoint",
    "WebhookEvent",
]
