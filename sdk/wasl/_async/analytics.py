"""`hub.analytics`: how much is called, how long it takes, what goes wrong, what it costs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, TypeVar

from wasl._async.api import AsyncApi
from wasl._requests import Id, given, optional_id, time_text
from wasl.monitoring_models import Cost, Figures, Latency, TrafficErrors, Usage
from wasl.rows import Environment, TrafficSource

Zoom = Literal["hour", "day", "month"]
Breakdown = Literal["provider", "connection", "operation"]
F = TypeVar("F", bound=Figures)


class AsyncAnalytics:
    """Figures of the organizations that the caller belongs to; they are seconds old.

    All of them are told by hours, days or months, each whole period that the span touches; days and months are those
    of the organization's time zone. A period without traffic is left out. Hours, and figures of single connections, go
    back 13 months.
    """

    def __init__(self, api: AsyncApi) -> None:
        self._api = api

    async def usage(
        self,
        since: datetime,
        until: datetime | None = None,
        *,
        zoom: Zoom = "day",
        breakdown: Sequence[Breakdown] = (),
        source: TrafficSource = "call",
        environment: Environment | None = None,
        provider: str | None = None,
        connection_id: Id | None = None,
        operation: str | None = None,
        organization_id: Id | None = None,
    ) -> Sequence[Usage]:
        """Return how much was called.

        Args:
            since: from when on, with a time zone.
            until: until when, exclusive; now if left out.
            zoom: ``hour`` for at most 31 days.
            breakdown: what else the figures are broken down by; by `connection` for at most 400 days.
            source: ``call``: calls to providers; ``webhook``: webhooks from them; ``delivery``: attempts to deliver
                to subscriptions.
            environment: both, each for itself, if left out.

        Raises:
            InvalidRequest: the span is empty or too long, or a time has no zone.
        """
        asked = self._asked(since, until, zoom, breakdown, source, environment, organization_id)
        return await self._figures(Usage, "usage", asked, provider, connection_id, operation)

    async def latency(
        self,
        since: datetime,
        until: datetime | None = None,
        *,
        zoom: Zoom = "day",
        breakdown: Sequence[Breakdown] = (),
        source: TrafficSource = "call",
        environment: Environment | None = None,
        provider: str | None = None,
        connection_id: Id | None = None,
        operation: str | None = None,
        organization_id: Id | None = None,
    ) -> Sequence[Latency]:
        """Return how long it took: calls and deliveries until they were answered, webhooks from arrival to the end of
        processing.

        The arguments are those of `usage`.
        """
        asked = self._asked(since, until, zoom, breakdown, source, environment, organization_id)
        return await self._figures(Latency, "latency", asked, provider, connection_id, operation)

    async def errors(
        self,
        since: datetime,
        until: datetime | None = None,
        *,
        zoom: Zoom = "day",
        breakdown: Sequence[Breakdown] = (),
        source: TrafficSource = "call",
        environment: Environment | None = None,
        provider: str | None = None,
        connection_id: Id | None = None,
        operation: str | None = None,
        organization_id: Id | None = None,
    ) -> Sequence[TrafficErrors]:
        """Return what went wrong, by class; periods without an error are left out.

        The arguments are those of `usage`.
        """
        asked = self._asked(since, until, zoom, breakdown, source, environment, organization_id)
        return await self._figures(TrafficErrors, "traffic_errors", asked, provider, connection_id, operation)

    async def cost(
        self,
        since: datetime,
        until: datetime | None = None,
        *,
        zoom: Literal["day", "month"] = "month",
        environment: Environment | None = None,
        provider: str | None = None,
        connection_id: Id | None = None,
        organization_id: Id | None = None,
    ) -> Sequence[Cost]:
        """Return what payments and shipments cost, by connection and currency, in the period they were made in.

        Args:
            since: at most 400 days before `until`.

        Raises:
            InvalidRequest: the span is empty or too long, or a time has no zone.
        """
        arguments = given(
            since=time_text(since, "since"),
            until=time_text(until, "until"),
            zoom=zoom,
            environment=environment,
            provider_key=provider,
            connection_id=optional_id(connection_id, "connection_id"),
            organization_id=self._api.organization(organization_id),
        )
        return await self._api.call(list[Cost], "costs", arguments, repeatable=True)

    def _asked(
        self,
        since: datetime,
        until: datetime | None,
        zoom: Zoom,
        breakdown: Sequence[Breakdown],
        source: TrafficSource,
        environment: Environment | None,
        organization_id: Id | None,
    ) -> dict[str, Any]:
        return given(
            since=time_text(since, "since"),
            until=time_text(until, "until"),
            zoom=zoom,
            breakdown=list(breakdown),
            source=source,
            environment=environment,
            organization_id=self._api.organization(organization_id),
        )

    async def _figures(
        self,
        model: type[F],
        function: str,
        asked: dict[str, Any],
        provider: str | None,
        connection_id: Id | None,
        operation: str | None,
    ) -> list[F]:
        narrowed = given(
            provider_key=provider,
            connection_id=optional_id(connection_id, "connection_id"),
            operation=operation,
        )
        shape: Any = list[model]  # type: ignore[valid-type]
        found: list[F] = await self._api.call(shape, function, {**asked, **narrowed}, repeatable=True)
        return found
