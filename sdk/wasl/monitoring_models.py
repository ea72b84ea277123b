"""What the hub answers about traffic and health: figures of periods, incidents, status pages, synthetic checks."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from wasl import rows
from wasl._row import Row
from wasl.rows import Environment, HealthState, PageIndicator


class Figures(Row):
    """Figures of one period.

    Attributes:
        starts_at: when the hour, day or month begins; days and months are those of the organization's time zone.
        environment: sandbox and live are never added up; deliveries of an event that is of neither are live.
        provider_key: None unless figures are broken down by provider; likewise `connection_id` and `operation`. Of
            deliveries ``wasl``, and no connection.
        operation: such as ``create_payment``; of webhooks the provider's own name of what happened; of deliveries
            the event's type.
        calls: calls that were sent, webhooks whose processing has ended, or attempts to deliver.
    """

    starts_at: datetime
    environment: Environment
    provider_key: str | None
    connection_id: UUID | None
    operation: str | None
    calls: int


class Usage(Figures):
    """How much was called.

    Attributes:
        throttled: calls put off by the hub's own limit, or refused by the provider's.
        retried: calls that were not the first try; of deliveries, replays included.
        unknown: calls that were sent and not answered.
        bytes_sent: of bodies; `bytes_received` likewise.
    """

    errors: int
    throttled: int
    retried: int
    unknown: int
    bytes_sent: int
    bytes_received: int


class Latency(Figures):
    """How long it took, in milliseconds; percentiles are within 7 % of the true ones."""

    mean_ms: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    longest_ms: float


class TrafficErrors(Figures):
    """What went wrong; each error is of one class.

    Attributes:
        authentication_errors: answered 401 or 403.
        rate_limit_errors: answered 429.
        refusals: answered with another 4xx; of webhooks: the signature was wrong.
        provider_errors: answered 5xx, or with what is no answer.
        unanswered: no whole answer came.
        failures: webhooks that could not be processed so far.
    """

    errors: int
    authentication_errors: int
    rate_limit_errors: int
    refusals: int
    provider_errors: int
    unanswered: int
    failures: int


class Cost(Row):
    """What a connection's payments or shipments of one period cost, in one currency.

    Attributes:
        category: ``payments`` or ``shipping``.
        items: how many payments or shipments.
        told: what the gateway or carrier told, in major units of `currency`.
        estimated: what the connection's fee model says of those of which nothing was told.
        without_cost: items of which nobody knows.
    """

    starts_at: datetime
    environment: Environment
    provider_key: str
    connection_id: UUID
    category: str
    currency: str
    items: int
    told: Decimal
    estimated: Decimal
    without_cost: int


class Uptime(Row):
    """For how long a connection was in each state, in one period.

    Attributes:
        seconds_unknown: it was paused, or nobody checked.
        uptime: the share, from 0 to 1, of the watched time in which it was not down; None when nothing is known.
    """

    starts_at: datetime
    connection_id: UUID
    seconds_up: float
    seconds_degraded: float
    seconds_down: float
    seconds_unknown: float
    uptime: float | None


class CheckHistory(Row):
    """What single checks of a connection saw, in one period.

    Attributes:
        capability: what a synthetic check tried; None for the check of the connection itself.
        checks: how many; of them `checks_degraded` and `checks_down`.
        p50_ms: milliseconds, exact; None when no check got an answer. `p95_ms` and `p99_ms` likewise.
    """

    starts_at: datetime
    capability: str | None
    checks: int
    checks_degraded: int
    checks_down: int
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None


class Incident(rows.HealthIncidents):
    """A time of trouble of one connection.

    Attributes:
        source: what opened it: ``checks`` or ``status_page``.
        closed_at: None while it goes on.
    """


class IncidentEntry(rows.HealthIncidentEntries):
    """A line of an incident's timeline.

    Attributes:
        kind: ``opened``, ``changed`` or ``closed``.
    """


class PageIncident(Row):
    """What a status page tells of one incident, in its own words."""

    name: str | None = None
    status: str | None = None
    impact: str | None = None
    url: str | None = None
    started_at: str | None = None
    updated_at: str | None = None


class StatusPage(Row):
    """What a provider says of itself on its status page.

    Attributes:
        indicator: ``unknown``: the page could not be read for an hour.
        read_at: when it was last read.
    """

    provider_key: str
    indicator: PageIndicator
    description: str
    incidents: list[PageIncident]
    changed_at: datetime
    read_at: datetime | None


class SyntheticCheck(rows.SyntheticChecks):
    """A capability that is tried by schedule.

    Attributes:
        state: damped over several results, like a connection's.
    """

    state: HealthState
    last_error: dict[str, Any] | None
