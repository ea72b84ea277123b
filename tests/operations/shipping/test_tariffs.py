"""Agreed prices."""

from decimal import Decimal
from typing import Any

import pytest

from tests.support.carriers.parcels import BOX, RIYADH, cash, domestic, international, question
from workers.operations.shipping.tariffs import tariff_rates
from workers.providers.money import Money

LINE: dict[str, Any] = {
    "service": "ND",
    "name": "Next day",
    "level": "next_day",
    "countries": ["AE"],
    "base_kg": "5",
    "base_amount": "18.00",
    "step_kg": "1",
    "step_amount": "2.00",
    "cash_amount": "3.50",
    "currency": "AED",
    "transit_days": 1,
}


def weighing(kilograms: str) -> Any:
    return question(domestic(parcels=(BOX.model_copy(update={"weight_kg": Decimal(kilograms)}),)))


@pytest.mark.parametrize(
    ("kilograms", "amount"), [("1", "18.00"), ("5", "18.00"), ("5.001", "20.00"), ("6", "20.00"), ("7.5", "24.00")]
)
def test_every_begun_step_over_the_base_costs(kilograms: str, amount: str) -> None:
    (rate,) = tariff_rates([LINE], weighing(kilograms))
    assert rate.total == Money.of(amount, "AED")


def test_cash_on_delivery_costs_its_own() -> None:
    (rate,) = tariff_rates([LINE], question(domestic(cash_on_delivery=cash())))
    assert rate.total == Money.of("21.50", "AED")
    assert [each.name for each in rate.charges] == ["Carriage", "Cash on delivery"]


def test_a_line_is_for_its_places_only() -> None:
    assert tariff_rates([LINE], question(international(RIYADH))) == []
    assert tariff_rates([{**LINE, "emirates": ["dubai"]}], question(domestic())) == []
    assert len(tariff_rates([{**LINE, "emirates": ["abu_dhabi"]}], question(domestic()))) == 1


def test_a_flat_price_has_no_steps() -> None:
    flat = {"service": "SD", "level": "same_day", "base_amount": "25", "currency": "AED"}
    (rate,) = tariff_rates([flat], weighing("29"))
    assert (rate.total, rate.service_name) == (Money.of("25.00", "AED"), "SD")
