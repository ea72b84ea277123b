"""What the hub answers about subscriptions and the deliveries that are made for them."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field
from typing_extensions import TypedDict

from wasl import rows
from wasl._requests import Id
from wasl._row import Row
from wasl.rows import Environment


class Fault(Row):
    """What is wrong with something; `field` says with which part of it."""

    field: str
    message: str


class Subscription(rows.WebhookSubscriptions):
    """Where an organization wants its events sent, and which.

    Attributes:
        fault: why it was switched off with `disabled_reason` ``invalid``.
    """

    template: dict[str, Any] | None
    fault: Fault | None


class SubscriptionWithSecret(Subscription):
    """A subscription whose secret has just been made.

    Attributes:
        secret: what its deliveries are signed with, shown this once; for `wasl.webhooks.verify`.
    """

    secret: str = Field(repr=False)


class SubscriptionChanges(TypedDict, total=False):
    """What can be changed of a subscription; what is left out stays."""

    name: str
    url: str
    event_types: Sequence[str]
    connection_id: Id | None
    environment: Environment | None
    conditions: Sequence[str]
    template: Mapping[str, Any] | None
    ordered: bool
    rate_per_minute: int | None
    enabled: bool


class Ping(Row):
    """What a receiver answered to a ping."""

    delivered: bool
    http_status: int | None
    duration_ms: int
    response: str | None


class Delivery(rows.WebhookDeliveries):
    """One event on its way to one subscription.

    Attributes:
        payload: what is sent. None in lists, which leave it out.
    """

    payload: Any = None


class AttemptError(Row):
    """Why an attempt failed: `code` is stable, such as ``refused``, ``timed_out`` or ``address_refused``."""

    code: str
    message: str


class DeliveryAttempt(rows.WebhookDeliveryAttempts):
    """One time that a delivery was sent."""

    error: AttemptError | None
