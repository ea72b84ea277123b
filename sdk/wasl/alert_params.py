"""What calls about alerting change, as dicts: what is not in one stays as it is, and None takes a value away."""

from collections.abc import Sequence
from datetime import datetime, time
from decimal import Decimal
from typing import Literal, TypeAlias

from typing_extensions import TypedDict

from wasl._requests import Id
from wasl.rows import AlertSeverity, Environment

AlertMetric: TypeAlias = Literal[
    "error_rate",
    "latency",
    "consecutive_failures",
    "webhook_backlog",
    "dead_letters",
    "credential_expiry",
    "rate_budget",
    "stalled_shipments",
    "reconciliation_differences",
]
AlertChannelKind: TypeAlias = Literal["email", "webhook", "slack", "teams", "in_app"]
Number: TypeAlias = Decimal | int | float


class AlertRuleParameters(TypedDict, total=False):
    """The parameters of a rule; see `AlertRule`."""

    threshold: Number
    recover_at: Number
    window_minutes: int
    minimum_calls: int
    percentile: int
    for_seconds: int
    severity: AlertSeverity
    connection_id: Id | None
    provider_key: str | None
    environment: Environment | None
    enabled: bool


class AlertRuleChanges(AlertRuleParameters, total=False):
    """What is to change of a rule."""

    name: str


class AlertChannelOptions(TypedDict, total=False):
    """The options of a channel; see `AlertChannel`."""

    target: str
    language: Literal["en", "ar"] | None
    minimum_severity: AlertSeverity
    kinds: Sequence[str]
    connection_id: Id | None
    only_escalations: bool
    repeat_minutes: int | None
    enabled: bool


class AlertChannelChanges(AlertChannelOptions, total=False):
    """What is to change of a channel."""

    name: str


class MaintenanceChanges(TypedDict, total=False):
    """What is to change of a maintenance window; see `MaintenanceWindow`."""

    name: str
    connection_id: Id | None
    starts_at: datetime | None
    ends_at: datetime | None
    weekdays: Sequence[int] | None
    start_time: time | None
    duration_minutes: int | None
    time_zone: str | None
    enabled: bool
