"""`hub.alerts`: what went wrong and needs somebody."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from wasl._async.api import AsyncApi
from wasl._requests import Id, id_text, optional_id
from wasl.models import Alert
from wasl.rows import AlertSeverity, AlertStatus


class AsyncAlerts:
    """Alerts of the organizations that the caller belongs to."""

    def __init__(self, api: AsyncApi) -> None:
        self._api = api

    async def get(self, alert_id: Id) -> Alert:
        """Return one alert; raises NotFound."""
        return await self._api.one(Alert, "alerts", alert_id, "alert_id")

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
    ) -> AsyncIterator[Alert]:
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

    async def acknowledge(self, alert_id: Id) -> Alert:
        """Say that somebody is on it; raises NotFound when it is not open any more."""
        return await self._api.call(Alert, "acknowledge_alert", {"alert_id": id_text(alert_id, "alert_id")})
