"""Rate shopping: every carrier is asked at once, and what came in time is ranked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypeAlias

import structlog

from workers.operations.failover import named
from workers.operations.shipping.routing import usable_service
from workers.operations.shipping.tariffs import tariff_rates
from workers.providers.base import Connector, require
from workers.providers.capabilities import QuotesRates
from workers.providers.errors import ProviderError
from workers.providers.shipping.models import Rate, RateRequest, ServiceLevel
from workers.store.shipments import Carrier

_log = structlog.get_logger(__name__)
OpensCarrier: TypeAlias = Callable[[Carrier], Awaitable[Connector[Any, Any]]]

_USUAL_DAYS: Final[Mapping[ServiceLevel, int]] = {
    ServiceLevel.SAME_DAY: 0,
    ServiceLevel.NEXT_DAY: 1,
    ServiceLevel.EXPRESS: 2,
    ServiceLevel.STANDARD: 4,
    ServiceLevel.ECONOMY: 7,
    ServiceLevel.FREIGHT: 10,
}
"""For carriers that do not say when they deliver."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A price that a carrier asks. :param source: ``carrier``, or ``tariff`` where it cannot be asked."""

    carrier: Carrier
    rate: Rate
    source: str

    def as_row(self, rank: int) -> dict[str, Any]:
        """As `shipment_rates` keeps it."""
        rate = self.rate
        return {
            "connection_id": str(self.carrier.id),
            "provider_key": self.carrier.provider_key,
            "rank": rank,
            "service": rate.service,
            "service_name": rate.service_name,
            "level": rate.level.value,
            "amount": f"{rate.total.amount:f}",
            "currency": rate.total.currency,
            "tax": f"{rate.tax.amount:f}" if rate.tax else None,
            "charges": [
                {"name": each.name, "amount": f"{each.money.amount:f}", "currency": each.money.currency}
                for each in rate.charges
            ],
            "transit_days": rate.transit_days,
            "estimated_delivery_at": rate.estimated_delivery_at.isoformat() if rate.estimated_delivery_at else None,
            "source": self.source,
            "provider_data": rate.provider_data,
        }


@dataclass(frozen=True, slots=True)
class Answers:
    """What came of asking. :param failures: ``{connection_id, provider, code, message}`` of who named no price."""

    offers: list[Offer]
    failures: list[dict[str, Any]]


async def ask_all(
    carriers: Sequence[Carrier],
    request: RateRequest,
    open_carrier: OpensCarrier,
    *,
    seconds: float,
    levels: Sequence[str] = (),
) -> Answers:
    """Ask every carrier at once, and take what has come when the time is up.

    :param seconds: how long to wait for answers.
    :param levels: only services of these levels; empty: all.
    """
    tasks = {
        asyncio.create_task(_ask(carrier, request, open_carrier), name=f"rates of {carrier.name}"): carrier
        for carrier in carriers
    }
    offers: list[Offer] = []
    failures: list[dict[str, Any]] = []
    if tasks:
        done, late = await asyncio.wait(tasks, timeout=seconds)
        await _give_up(late)
        for task, carrier in tasks.items():
            if task not in done:
                failures.append(_failure(carrier, "deadline_exceeded", f"No answer within {seconds:g} seconds."))
                continue
            found = _outcome(task, carrier)
            if isinstance(found, dict):
                failures.append(found)
                continue
            usable = [each for each in found if _is_usable(each, levels)]
            offers += usable
            if not usable:
                failures.append(_failure(carrier, "no_service", "It has no service for this shipment."))
    return Answers(offers, failures)


def ranked(offers: Sequence[Offer], rule: str, currency: str, ships_at: datetime) -> list[Offer]:
    """The offers, the best first.

    Prices in another currency than the one asked for come after those in it: no rate of exchange is made up.

    :param rule: ``price``, ``speed`` or ``priority``; the other two decide between equals.
    """

    def price(offer: Offer) -> tuple[bool, Decimal]:
        total = offer.rate.total
        return total.currency != currency, total.amount

    def speed(offer: Offer) -> datetime:
        rate = offer.rate
        days = _USUAL_DAYS[rate.level] if rate.transit_days is None else rate.transit_days
        return rate.estimated_delivery_at or ships_at + timedelta(days=days)

    def key(offer: Offer) -> tuple[Any, ...]:
        priority = offer.carrier.priority
        by = {
            "price": (price(offer), speed(offer), priority),
            "speed": (speed(offer), price(offer), priority),
            "priority": (priority, price(offer), speed(offer)),
        }
        return (*by[rule], str(offer.carrier.id), offer.rate.service)

    return sorted(offers, key=key)


async def _ask(carrier: Carrier, request: RateRequest, open_carrier: OpensCarrier) -> list[Offer]:
    if "quotes_rates" not in carrier.capabilities:
        if not carrier.tariff:
            raise NoPrices
        return [Offer(carrier, rate, "tariff") for rate in tariff_rates(carrier.tariff, request)]
    connector = await open_carrier(carrier)
    rates = await require(connector, QuotesRates, "get_rates").get_rates(request)
    return [Offer(carrier, rate, "carrier") for rate in rates]


def _is_usable(offer: Offer, levels: Sequence[str]) -> bool:
    """Whether an offer may be taken. A carrier that says nothing, or zero, has no price; a tariff may say zero."""
    if offer.source == "carrier" and offer.rate.total.amount <= 0:
        return False
    return usable_service(offer.carrier, offer.rate.service, offer.rate.level, levels)


class NoPrices(Exception):
    """The carrier cannot be asked, and nobody has said what it charges."""


def _outcome(task: asyncio.Task[list[Offer]], carrier: Carrier) -> list[Offer] | dict[str, Any]:
    try:
        return task.result()
    except NoPrices:
        return _failure(carrier, "no_prices", "It cannot be asked for prices: give its connection a tariff.")
    except ProviderError as error:
        return _failure(carrier, error.code, error.message)
    except Exception as error:
        _log.exception("a carrier could not be asked", provider=carrier.provider_key, reason=type(error).__name__)
        return _failure(carrier, "internal_error", "Wasl could not ask it.")


async def _give_up(tasks: set[asyncio.Task[list[Offer]]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)


def _failure(carrier: Carrier, code: str, message: str) -> dict[str, Any]:
    return {**named(carrier), "name": carrier.name, "code": code, "message": message}
