"""Accounts of the sandbox's carriers for the benchmarks, and the parcel that is asked about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

ACCOUNTS: Final[Mapping[str, tuple[Mapping[str, str], Mapping[str, Any]]]] = {
    "aramex": (
        {"user_name": "bench@shop.example", "password": "a-password-for-benchmarks", "account_pin": "000111"},
        {"account_number": "60000001"},
    ),
    "dhl_express": (
        {"api_key": "key-of-the-benchmark", "api_secret": "a-secret-of-the-sandbox"},
        {"account_number": "400000001"},
    ),
    "fedex": (
        {"client_id": "l7benchmark0000000000000000000000", "client_secret": "benchmark-benchmark-benchmark-00"},
        {"account_number": "700000001"},
    ),
    "imile": ({"customer_id": "C21054321", "api_key": "a-key-of-the-benchmark-only"}, {}),
}

PARCEL: Final[Mapping[str, Any]] = {
    "sender": {"line1": "Warehouse 4, Al Quoz 3", "city": "Dubai", "country": "AE"},
    "recipient": {"line1": "Villa 12, Khalifa City", "city": "Abu Dhabi", "country": "AE"},
    "parcels": [{"weight_kg": "1.2", "length_cm": "30", "width_cm": "20", "height_cm": "10"}],
    "ships_at": (datetime.now(UTC) + timedelta(days=1)).replace(hour=6, minute=0, second=0, microsecond=0),
    "description": "Silicone phone cases",
    "currency": "AED",
}
