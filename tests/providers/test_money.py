"""Money is exact, in the currency's own decimals, and says which field is wrong."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from workers.providers.money import CURRENCY_DECIMALS, MAX_AMOUNT, Money


@pytest.mark.parametrize(
    ("amount", "currency", "minor", "text"),
    [
        ("99.00", "AED", 9900, "99.00"),
        ("99", "AED", 9900, "99.00"),
        ("125.5", "AED", 12550, "125.50"),
        ("1.500", "KWD", 1500, "1.500"),
        ("0.001", "BHD", 1, "0.001"),
        ("2.5", "OMR", 2500, "2.500"),
        ("500", "JPY", 500, "500"),
        ("0", "USD", 0, "0.00"),
        ("1.0000", "AED", 100, "1.00"),
    ],
)
def test_amounts_have_the_currencys_decimals(amount: str, currency: str, minor: int, text: str) -> None:
    money = Money.of(amount, currency)
    assert money.to_minor() == minor
    assert money.model_dump(mode="json") == {"currency": currency, "amount": text}
    assert Money.from_minor(minor, currency.lower()) == money


@pytest.mark.parametrize(
    ("amount", "currency", "field", "reason"),
    [
        ("99.001", "AED", "amount", "more than the 2 decimals"),
        ("1.5", "JPY", "amount", "more than the 0 decimals"),
        ("1.0001", "KWD", "amount", "more than the 3 decimals"),
        ("-1.00", "AED", "amount", "negative"),
        ("NaN", "AED", "amount", "not a plain decimal"),
        ("Infinity", "AED", "amount", "not a plain decimal"),
        ("1e3", "AED", "amount", "not a plain decimal"),
        ("1,000.00", "AED", "amount", "not a plain decimal"),
        ("١٠", "AED", "amount", "not a plain decimal"),
        (" 1", "AED", "amount", "not a plain decimal"),
        ("", "AED", "amount", "not a plain decimal"),
        (99.0, "AED", "amount", "decimal string"),
        (True, "AED", "amount", "decimal string"),
        (Decimal("Infinity"), "AED", "amount", "not a finite number"),
        (str(MAX_AMOUNT), "AED", "amount", "too large"),
        ("1.00", "XXX", "currency", "ISO 4217"),
        ("1.00", "aed", "currency", "ISO 4217"),
        ("1.00", "", "currency", "ISO 4217"),
    ],
)
def test_what_cannot_be_money_is_refused_by_field(amount: Any, currency: str, field: str, reason: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        Money.model_validate({"amount": amount, "currency": currency})
    faults = refusal.value.errors()
    assert faults[0]["loc"] == (field,)
    assert reason in faults[0]["msg"]


@given(
    st.integers(min_value=0, max_value=10**12),
    st.sampled_from(sorted(CURRENCY_DECIMALS)),
)
def test_minor_units_round_trip_exactly(minor: int, currency: str) -> None:
    money = Money.from_minor(minor, currency)
    assert money.to_minor() == minor
    assert Money.model_validate_json(money.model_dump_json()) == money


@given(st.text(max_size=40), st.sampled_from(sorted(CURRENCY_DECIMALS)))
def test_any_text_is_either_exact_money_or_refused(text: str, currency: str) -> None:
    try:
        money = Money.of(text, currency)
    except ValidationError:
        return
    assert money.amount == Decimal(text)
    assert money.amount >= 0


def test_a_providers_own_decimals_can_differ_from_iso() -> None:
    assert Money.of("5", "ISK").to_minor(2) == 500
    assert Money.from_minor(500, "ISK", 2) == Money.of("5", "ISK")
    with pytest.raises(ValueError, match="more than 0 decimals"):
        Money.of("5.25", "MGA").to_minor(0)
