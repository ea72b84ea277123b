"""Synthetic checks: a capability is tried by a call that changes nothing, for connections of which that was asked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from prometheus_client import Counter

from workers.monitoring.health import OpensConnectors, judge
from workers.monitoring.rounds import Rounds
from workers.providers.capabilities import CAPABILITIES, HealthReport
from workers.providers.errors import InvalidRequest, NotFound, ProviderError, RateLimited
from workers.providers.shipping.models import Parcel, Place, RateRequest
from workers.store.health import CheckResult, PostgresHealth, SyntheticRow

_TIMEOUT_SECONDS: Final = 45.0
_TRIED: Final = timedelta(hours=1)
"""How far back lists are asked for: long enough for the question to be a real one."""

Probe = Callable[[Any], Awaitable[object]]


async def _lists_payments(connector: Any) -> object:
    now = datetime.now(UTC)
    return await connector.list_payments(since=now - _TRIED, until=now)


async def _quotes_rates(connector: Any) -> object:
    parcel = Parcel(
        weight_kg=Decimal(1), length_cm=Decimal(10), width_cm=Decimal(10), height_cm=Decimal(10), description="Sample"
    )
    return await connector.get_rates(
        RateRequest(
            sender=Place(city="Dubai", country="AE"),
            recipient=Place(city="Abu Dhabi", country="AE"),
            parcels=(parcel,),
            ships_at=datetime.now(UTC),
            description="Sample",
        )
    )


async def _keeps_contacts(connector: Any) -> object:
    return await connector.list_fields()


async def _keeps_deals(connector: Any) -> object:
    return await connector.list_deals(since=datetime.now(UTC) - _TRIED, cursor=None)


async def _lists_accounts(connector: Any) -> object:
    return await connector.list_accounts()


async def _lists_audiences(connector: Any) -> object:
    return await connector.list_audiences(cursor=None)


async def _lists_campaigns(connector: Any) -> object:
    return await connector.list_campaigns(since=datetime.now(UTC) - _TRIED, cursor=None)


PROBES: Final[Mapping[str, Probe]] = {
    "keeps_contacts": _keeps_contacts,
    "keeps_deals": _keeps_deals,
    "lists_accounts": _lists_accounts,
    "lists_audiences": _lists_audiences,
    "lists_campaigns": _lists_campaigns,
    "lists_payments": _lists_payments,
    "quotes_rates": _quotes_rates,
}
"""The one call by which each capability is tried; the same capabilities as ``synthetic_checks.capability`` has."""


async def try_capability(connectors: OpensConnectors, row: SyntheticRow, *, slow_after_ms: float) -> CheckResult | None:
    """Try a capability once. Whatever is wrong with it is a result, not an exception.

    :param slow_after_ms: an answer that takes longer finds it degraded.
    :returns: None when the connection's own rate limit left no room for it: that says nothing of the provider.
    """
    started = time.monotonic()
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            connector = await connectors.open(row.connection)
            if not isinstance(connector, CAPABILITIES[row.capability]):
                return CheckResult("down", None, "not_supported", "the connection's provider does not do that")
            started = time.monotonic()
            await PROBES[row.capability](connector)
    except (InvalidRequest, NotFound) as answered:
        # It looked at the question and gave an answer; that it was no is the sample's fault.
        return judge(HealthReport(True, "ok", _since(started), answered.message), slow_after_ms)
    except RateLimited as error:
        if error.http_status is None:
            return None
        return judge(HealthReport(False, error.code, _since(started), error.message), slow_after_ms)
    except ProviderError as error:
        return judge(HealthReport(False, error.code, _since(started), error.message), slow_after_ms)
    except TimeoutError:
        return CheckResult("down", _TIMEOUT_SECONDS * 1000, "unavailable", "no answer in time")
    return judge(HealthReport(True, "ok", _since(started), "answers"), slow_after_ms)


def _since(started: float) -> float:
    return (time.monotonic() - started) * 1000


class SyntheticChecks(Rounds[SyntheticRow]):
    """Runs the synthetic checks that are due. Their calls take from the connection's own rate limit.

    :param counted: checks by what they saw.
    """

    def __init__(
        self,
        store: PostgresHealth,
        connectors: OpensConnectors,
        counted: Counter,
        *,
        concurrency: int = 4,
        slow_after_ms: float = 2_000.0,
    ) -> None:
        super().__init__(concurrency=concurrency)
        self._store = store
        self._connectors = connectors
        self._counted = counted
        self._slow_after_ms = slow_after_ms

    async def claim(self, limit: int) -> list[SyntheticRow]:
        """Checks that are due, of connections in use."""
        return await self._store.claim_synthetic(limit)

    async def carry_out(self, row: SyntheticRow) -> None:
        """Try a capability and write what was seen."""
        result = await try_capability(self._connectors, row, slow_after_ms=self._slow_after_ms)
        if result is not None:
            self._counted.labels(row.capability, result.seen).inc()
            await self._store.record_synthetic(row.check_id, result)
