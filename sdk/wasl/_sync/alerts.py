# Made by `wasl sdk sync` from wasl/_async/alerts.py: do not edit.
"""`hub.alerts`: what went wrong and needs somebody."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from wasl._arguments import ids
from wasl._requests import Id, id_text, optional_id, time_text
from wasl._row import columns_of
from wasl._sync.api import Api
from wasl.alert_models import AlertEvent, AlertNotification, InboxEntry
from wasl.models import Alert
from wasl.rows import AlertSeverity, AlertStatus

_INBOX = (
    "id,created_at,alert_id,organization_id,transition,severity,"
    "alerts(title,kind,status),alert_reads(read_at),alert_channels!inner(kind)"
)


class Alerts:
    """Alerts of the organizations that the caller belongs to."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def get(self, alert_id: Id) -> Alert:
        """Return one alert; raises NotFound."""
        return self._api.one(Alert, "alerts", alert_id, "alert_id")

    def list(
        self,
        *,
        status: AlertStatus | Sequence[AlertStatus] | None = None,
        kind: str | None = None,
        severity: AlertSeverity | Sequence[AlertSeverity] | None = None,
        connection_id: Id | None = None,
        rule_id: Id | None = None,
        last_seen_after: datetime | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> Iterator[Alert]:
        """Yield alerts, the one that was seen last first; pages are fetched as they are needed.

        Args:
            status: ``open``: nobody is on it; ``acknowledged``; ``resolved``: it is over.
            kind: such as ``connection.reauthorize`` or ``rule.error_rate``.
            last_seen_after: exclusive, with a time zone.
        """
        equal = {
            "status": status,
            "kind": kind,
            "severity": severity,
            "connection_id": optional_id(connection_id, "connection_id"),
            "rule_id": optional_id(rule_id, "rule_id"),
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(Alert, "alerts", equal, time="last_seen_at", after=last_seen_after, limit=limit)

    def acknowledge(self, alert_id: Id) -> Alert:
        """Say that somebody is on it; raises NotFound when it is not open any more."""
        return self._api.call(Alert, "acknowledge_alert", {"alert_id": id_text(alert_id, "alert_id")})

    def snooze(self, alert_id: Id, until: datetime | None) -> Alert:
        """Have nobody told of an alert before a time.

        Args:
            until: with a time zone, at most 30 days ahead; None ends the snooze.

        Raises:
            NotFound: it is over.
        """
        arguments = {"alert_id": id_text(alert_id, "alert_id"), "until": time_text(until, "until")}
        return self._api.call(Alert, "snooze_alert", arguments, repeatable=True)

    def resolve(self, alert_id: Id) -> Alert:
        """Say that it is over; raises NotFound when it is already. Another sighting is a new alert."""
        return self._api.call(Alert, "resolve_alert", {"alert_id": id_text(alert_id, "alert_id")})

    def history(self, alert_id: Id) -> Sequence[AlertEvent]:
        """Return what has become of an alert, from the first on."""
        query = self._api.table("alert_events", columns_of(AlertEvent)).eq("alert_id", id_text(alert_id, "alert_id"))
        return self._api.fetch(AlertEvent, query.order("occurred_at").order("id"))

    def notifications(
        self,
        *,
        alert_id: Id | None = None,
        channel_id: Id | None = None,
        status: str | Sequence[str] | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> Iterator[AlertNotification]:
        """Yield what channels were told or are still to be told, newest first.

        Args:
            status: ``pending``, ``sent``, ``failed`` or ``dropped``.
        """
        equal = {
            "alert_id": optional_id(alert_id, "alert_id"),
            "channel_id": optional_id(channel_id, "channel_id"),
            "status": status,
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(AlertNotification, "alert_notifications", equal, limit=limit)

    def inbox(self, *, organization_id: Id | None = None, limit: int | None = None) -> Iterator[InboxEntry]:
        """Yield what the hub tells its members, newest first; `read_at` says whether the caller has read it."""
        equal = {"alert_channels.kind": "in_app", "organization_id": self._api.organization(organization_id)}
        return self._api.newest(InboxEntry, "alert_notifications", equal, columns=_INBOX, limit=limit)

    def mark_read(self, notification_ids: Sequence[Id]) -> int:
        """Mark entries of the inbox as read by the caller, who is a person; returns how many were new."""
        arguments = {"notification_ids": ids(notification_ids, "notification_ids")}
        return self._api.call(int, "read_alert_notifications", arguments, repeatable=True)
