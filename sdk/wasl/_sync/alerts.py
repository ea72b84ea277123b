# Made by `wasl sdk sync` from wasl/_async/alerts.py: do not edit.
"""`hub.alerts`: what went wrong and needs somebody."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from wasl._requests import Id, id_text, optional_id
from wasl._sync.api import Api
from wasl.models import Alert
from wasl.rows import AlertSeverity, AlertStatus


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
        last_seen_after: datetime | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> Iterator[Alert]:
        """Yield alerts, the one that was seen last first; pages are fetched as they are needed.

        Args:
            status: ``open``: nobody is on it; ``acknowledged``; ``resolved``: it is over.
            kind: such as ``connection.reauthorize``.
            last_seen_after: exclusive, with a time zone.
        """
        equal = {
            "status": status,
            "kind": kind,
            "severity": severity,
            "connection_id": optional_id(connection_id, "connection_id"),
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(Alert, "alerts", equal, time="last_seen_at", after=last_seen_after, limit=limit)

    def acknowledge(self, alert_id: Id) -> Alert:
        """Say that somebody is on it; raises NotFound when it is not open any more."""
        return self._api.call(Alert, "acknowledge_alert", {"alert_id": id_text(alert_id, "alert_id")})
