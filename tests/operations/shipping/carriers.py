"""Carriers' connections to choose between."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from workers.store.shipments import Carrier

ANYTHING: dict[str, Any] = {
    "domestic": True,
    "international": True,
    "destinations": [],
    "collects_cash": True,
    "most_parcels": 10,
    "heaviest_parcel_kg": 30.0,
    "label_formats": ["pdf", "zpl"],
    "tracking_batch": 10,
    "finds_by_reference": True,
}


def carrier(number: int, **facts: object) -> Carrier:
    """A carrier in good order that takes anything."""
    plain = Carrier(
        id=UUID(int=number),
        organization_id=UUID(int=99),
        provider_key=f"carrier_{number}",
        environment="sandbox",
        status="active",
        settings={},
        credentials_version=1,
        name=f"Carrier {number}",
        health_state="up",
        enabled=True,
        priority=100,
        countries=[],
        emirates=[],
        services=[],
        levels=[],
        default_service=None,
        cash_on_delivery=True,
        minimum_weight_kg=None,
        maximum_weight_kg=None,
        tariff=[],
        provider_countries=["AE"],
        capabilities=["quotes_rates", "ships_parcels", "makes_returns", "tracks_shipments"],
        facts=ANYTHING,
        breaker_open=False,
    )
    return replace(plain, **facts)  # type: ignore[arg-type]


def knowing(**facts: object) -> dict[str, Any]:
    """What a carrier carries, with something otherwise."""
    return {**ANYTHING, **facts}


KILO = Decimal("1.2")
