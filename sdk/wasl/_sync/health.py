# Made by `wasl sdk sync` from wasl/_async/health.py: do not edit.
"""`hub.health`: uptime, incidents, providers' status pages, and trying what connections are good for."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

from wasl import _answers
from wasl._requests import Id, given, id_text, optional_id, time_text
from wasl._row import columns_of
from wasl._sync.analytics import Zoom
from wasl._sync.api import Api
from wasl._sync.connections import Connections
from wasl.monitoring_models import CheckHistory, Incident, IncidentEntry, StatusPage, SyntheticCheck, Uptime

Tried = Literal[
    "keeps_contacts",
    "keeps_deals",
    "lists_accounts",
    "lists_audiences",
    "lists_campaigns",
    "lists_payments",
    "quotes_rates",
]
"""The capabilities that can be tried without effect."""


class SyntheticChecks:
    """`hub.health.checks`: capabilities of connections that are tried by schedule, where that is asked for."""

    def __init__(self, api: Api, connections: Connections) -> None:
        self._api = api
        self._connections = connections

    def list(self, connection_id: Id) -> Sequence[SyntheticCheck]:
        """Return a connection's checks, with how each stands."""
        query = self._api.table("synthetic_checks", columns_of(SyntheticCheck))
        query = query.eq("connection_id", id_text(connection_id, "connection_id")).order("capability")
        return self._api.fetch(SyntheticCheck, query)

    def add(self, connection_id: Id, capability: Tried, *, interval_seconds: int = 900) -> SyntheticCheck:
        """Have a capability tried from now on. The calls count against the connection's rate limit.

        Args:
            interval_seconds: how often, from a minute to a day.

        Raises:
            NotFound: there is no such connection of yours.
            Conflict: the provider does not do that, or it is tried already; or prices of a live connection, which are
                not tried.
            InvalidRequest: the capability cannot be tried without effect, or the interval is out of range.
        """
        connection = self._connections.get(connection_id)
        row = {
            "organization_id": str(connection.organization_id),
            "connection_id": str(connection.id),
            "capability": capability,
            "interval_seconds": interval_seconds,
        }
        return self._api.insert(SyntheticCheck, "synthetic_checks", row)

    def set(
        self,
        connection_id: Id,
        capability: Tried,
        *,
        enabled: bool | None = None,
        interval_seconds: int | None = None,
    ) -> SyntheticCheck:
        """Change a check, and return it; what is left out stays. Raises NotFound when there is none."""
        changes = given(enabled=enabled, interval_seconds=interval_seconds)
        found = self._api.change(SyntheticCheck, "synthetic_checks", self._one(connection_id, capability), changes)
        return _answers.only(found, what="check", identifier=capability)

    def remove(self, connection_id: Id, capability: Tried) -> None:
        """Do not try a capability any more; one that is not tried is no error."""
        self._api.remove_where("synthetic_checks", self._one(connection_id, capability))

    def _one(self, connection_id: Id, capability: Tried) -> dict[str, str]:
        return {"connection_id": id_text(connection_id, "connection_id"), "capability": capability}


class Health:
    """Health of the connections of the organizations that the caller belongs to.

    Attributes:
        checks: capabilities that are tried by schedule.
    """

    def __init__(self, api: Api, connections: Connections) -> None:
        self._api = api
        self.checks = SyntheticChecks(api, connections)

    def uptime(
        self,
        since: datetime,
        until: datetime | None = None,
        *,
        zoom: Zoom = "day",
        connection_id: Id | None = None,
        organization_id: Id | None = None,
    ) -> Sequence[Uptime]:
        """Return for how long connections were up, degraded, down or unwatched, in each period the span touches.

        It is counted from changes of state, not from single checks; days and months are those of the organization's
        time zone.

        Args:
            since: at most 400 days before `until`, with a time zone; 31 days by the hour.
            until: exclusive; now if left out.

        Raises:
            InvalidRequest: the span is empty or too long, or a time has no zone.
        """
        arguments = given(
            since=time_text(since, "since"),
            until=time_text(until, "until"),
            zoom=zoom,
            connection_id=optional_id(connection_id, "connection_id"),
            organization_id=self._api.organization(organization_id),
        )
        return self._api.call(list[Uptime], "uptime", arguments, repeatable=True)

    def history(
        self,
        connection_id: Id,
        since: datetime,
        until: datetime | None = None,
        *,
        zoom: Zoom = "day",
        organization_id: Id | None = None,
    ) -> Sequence[CheckHistory]:
        """Return what single checks of a connection saw in each period, and how long they took.

        The arguments are those of `uptime`. Raises NotFound too.
        """
        arguments = given(
            connection_id=id_text(connection_id, "connection_id"),
            since=time_text(since, "since"),
            until=time_text(until, "until"),
            zoom=zoom,
            organization_id=self._api.organization(organization_id),
        )
        return self._api.call(list[CheckHistory], "health_history", arguments, repeatable=True)

    def incidents(
        self,
        *,
        connection_id: Id | None = None,
        provider: str | None = None,
        opened_after: datetime | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> Iterator[Incident]:
        """Yield times of trouble, newest first; pages are fetched as they are needed.

        Args:
            opened_after: exclusive, with a time zone.
        """
        equal = {
            "connection_id": optional_id(connection_id, "connection_id"),
            "provider_key": provider,
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(Incident, "health_incidents", equal, time="opened_at", after=opened_after, limit=limit)

    def timeline(self, incident_id: Id) -> Sequence[IncidentEntry]:
        """Return an incident's timeline, from its opening on."""
        query = self._api.table("health_incident_entries", columns_of(IncidentEntry))
        query = query.eq("incident_id", id_text(incident_id, "incident_id")).order("id")
        return self._api.fetch(IncidentEntry, query)

    def status_pages(self) -> Sequence[StatusPage]:
        """Return what providers say of themselves: a second source, which never overrules our own checks."""
        query = self._api.table("provider_status", columns_of(StatusPage)).order("provider_key")
        return self._api.fetch(StatusPage, query)
