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
    Provider,
    WebhookEndpoint,
    WebhookEvent,
)
from wasl.params import Address, Customer, ItemParams, PolicyCase, PolicyConditions, RoutingChanges
from wasl.payment_models import (
    Dispute,
    Item,
    LedgerReport,
    Payment,
    PaymentDifference,
    PaymentEvent,
    PaymentLink,
    PaymentMethod,
    PaymentPolicy,
    PaymentProvider,
    Payout,
    Reconciliation,
    Refund,
    Route,
)

__all__ = [
    "Address",
    "ApiKey",
    "AsyncWasl",
    "AuthenticationError",
    "Conflict",
    "Connection",
    "ConnectionFailed",
    "Credential",
    "Customer",
    "Dispute",
    "InvalidRequest",
    "Item",
    "ItemParams",
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
    "PaymentProvider",
    "Payout",
    "PermissionDenied",
    "PolicyCase",
    "PolicyConditions",
    "Provider",
    "RateLimited",
    "Reconciliation",
    "Refund",
    "Route",
    "RoutingChanges",
    "ServerError",
    "WaitTimeout",
    "Wasl",
    "WaslError",
    "WebhookEndpoint",
    "WebhookEvent",
]
