"""Agreed prices: what a carrier that cannot be asked charges, by the organization's own tariff for it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any

from workers.providers.money import Money
from workers.providers.shipping.models import Charge, Rate, RateRequest, ServiceLevel


def tariff_rates(tariff: list[dict[str, Any]], request: RateRequest) -> list[Rate]:
    """The prices of the tariff's lines that the shipment falls under (`shipping_providers.tariff`)."""
    return [_rate(line, request) for line in tariff if _applies(line, request)]


def _applies(line: Mapping[str, Any], request: RateRequest) -> bool:
    recipient = request.recipient
    countries, emirates = line.get("countries") or [], line.get("emirates") or []
    return (not countries or recipient.country in countries) and (
        not emirates or (recipient.emirate is not None and recipient.emirate.value in emirates)
    )


def _rate(line: Mapping[str, Any], request: RateRequest) -> Rate:
    currency = line["currency"]
    charges = [Charge(name="Carriage", money=Money.of(_carriage(line, request.weight_kg), currency))]
    if request.cash_on_delivery is not None and line.get("cash_amount"):
        charges.append(Charge(name="Cash on delivery", money=Money.of(line["cash_amount"], currency)))
    return Rate(
        service=line["service"],
        service_name=line.get("name") or line["service"],
        level=ServiceLevel(line["level"]),
        total=Money.of(sum((charge.money.amount for charge in charges), Decimal(0)), currency),
        charges=tuple(charges),
        transit_days=line.get("transit_days"),
    )


def _carriage(line: Mapping[str, Any], weight_kg: Decimal) -> Decimal:
    """The base up to its weight, and a step's amount for every begun step beyond."""
    base = Decimal(line["base_amount"])
    over = weight_kg - Decimal(line.get("base_kg") or 0)
    if over <= 0 or not line.get("step_amount"):
        return base
    steps = (over / Decimal(line.get("step_kg") or 1)).to_integral_value(ROUND_CEILING)
    return base + steps * Decimal(line["step_amount"])
