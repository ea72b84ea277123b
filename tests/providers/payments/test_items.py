"""The lines of an order, which are told only when they come to the payment's very amount."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.builders import a_payment
from workers.providers.money import Money
from workers.providers.payments.items import exact_lines

MUG = {"name": "Mug", "quantity": 2, "unit_amount": "40.00"}


def lines(amount: str, *items: dict[str, Any], currency: str = "AED") -> list[tuple[int, str]]:
    request = a_payment(money=Money.of(amount, currency), items=items)
    return [(item.quantity, str(price)) for item, price in exact_lines(request)]


def test_lines_that_add_up_have_their_prices_in_the_payments_currency() -> None:
    assert lines("99.00", MUG, {"name": "Delivery", "unit_amount": "19"}) == [(2, "AED 40.00"), (1, "AED 19.00")]
    assert lines("80.000", MUG, currency="KWD") == [(2, "KWD 40.000")]


@pytest.mark.parametrize(
    ("amount", "items"),
    [
        ("99.00", []),
        ("80.01", [MUG]),
        ("79.99", [MUG]),
        ("70.00", [MUG, {"name": "Discount", "unit_amount": "-10.00"}]),
        ("0.30", [{"name": "Third", "quantity": 3, "unit_amount": "0.1000001"}]),
        ("1.00", [{"name": "Endless", "unit_amount": "1e30"}]),
    ],
)
def test_other_lines_are_none(amount: str, items: list[dict[str, Any]]) -> None:
    assert lines(amount, *items) == []


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 99_999)), min_size=1, max_size=9))
def test_the_sum_is_exact_whatever_the_prices(parts: list[tuple[int, int]]) -> None:
    total = sum(quantity * units for quantity, units in parts) or 1
    items = [
        {"name": "Thing", "quantity": quantity, "unit_amount": str(Money.from_minor(units, "AED").amount)}
        for quantity, units in parts
    ]
    found = exact_lines(a_payment(money=Money.from_minor(total, "AED"), items=items))
    assert len(found) in (0, len(parts))
    assert bool(found) is (sum(quantity * units for quantity, units in parts) == total)
