"""What the hub answers about alerting: rules, channels, what was told, and when nobody is told."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from wasl import rows
from wasl._row import Row
from wasl.models import OperationError
from wasl.rows import AlertSeverity


class AlertRule(rows.AlertRules):
    """What is measured, and from where on it is a trouble.

    Attributes:
        metric: such as ``error_rate``.
        threshold: in the metric's unit; downward for ``credential_expiry`` and ``rate_budget``.
        recover_at: it is over from here on; between the two nothing changes.
        for_seconds: how long it has to last, and then to be over.
    """


class AlertChannel(rows.AlertChannels):
    """Where alerts are sent.

    Attributes:
        kind: ``email``, ``webhook``, ``slack``, ``teams`` or ``in_app``.
        target: the addresses of an e-mail channel; else the host, for the URL is a secret.
        ready: whether it can be sent to.
        failing_since: since when nothing has got through.
    """

    last_error: OperationError | None


class NewAlertChannel(Row):
    """A new channel.

    Attributes:
        signing_secret: of a webhook: what its receiver verifies messages with. It is here and nowhere else.
    """

    channel: AlertChannel
    signing_secret: str | None = Field(default=None, repr=False)


class AlertEscalation(rows.AlertEscalations):
    """Whom to tell of what nobody has acknowledged in time."""


class AlertEvent(rows.AlertEvents):
    """One step in the history of an alert.

    Attributes:
        type: ``opened``, ``worsened``, ``acknowledged``, ``snoozed``, ``muted``, ``escalated``, ``resolved`` …
        actor: ``user:<id>``, ``api_key:<id>``, ``service`` or ``worker``.
    """

    detail: dict[str, Any]


class AlertNotification(rows.AlertNotifications):
    """What a channel was or is told of an alert.

    Attributes:
        transition: ``opened``, ``acknowledged``, ``resolved``, ``worsened.<severity>``, ``reminded.<count>`` …
        status: ``pending``, ``sent``, ``failed`` or ``dropped``.
    """

    last_error: OperationError | None


class InboxAlert(Row):
    """The alert that an entry of the inbox is about."""

    title: str
    kind: str
    status: str


class InboxMark(Row):
    """That the caller has read an entry of the inbox."""

    read_at: datetime


class InboxEntry(Row):
    """Something that the hub tells its own members.

    Attributes:
        transition: what had become of the alert.
        alert_reads: the caller's own mark; empty: not read yet.
    """

    id: UUID
    created_at: datetime
    alert_id: UUID
    organization_id: UUID
    transition: str
    severity: AlertSeverity
    alerts: InboxAlert
    alert_reads: tuple[InboxMark, ...]

    @property
    def read_at(self) -> datetime | None:
        """When the caller read it."""
        return self.alert_reads[0].read_at if self.alert_reads else None


class MaintenanceWindow(rows.MaintenanceWindows):
    """A time in which alerts are recorded and nobody is told: once, or every week.

    Attributes:
        weekdays: 1 is Monday, 7 Sunday.
        start_time: on the clock of `time_zone`.
    """
