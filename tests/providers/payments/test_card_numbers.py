"""No card number passes, and little else is mistaken for one."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.providers.payments.card_numbers import contains_card_number, mask_card_numbers

CARDS = [
    "4242424242424242",
    "4242 4242 4242 4242",
    "4242-4242-4242-4242",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "3782 822463 10005",
    "6011111111111117",
    "30569309025904",
    "3566002020360505",
    "6200000000000005",
    "4000000000000000006",
    "4222222222222",
]


@pytest.mark.parametrize("number", CARDS)
def test_card_numbers_are_found_wherever_they_stand(number: str) -> None:
    for text in (number, f"card {number}", f"({number})", f"{number}.", f"pay with {number} please"):
        assert contains_card_number(text)
        masked = mask_card_numbers(text)
        assert number not in masked
        assert f"****{''.join(c for c in number if c.isdigit())[-4:]}" in masked


@pytest.mark.parametrize(
    "text", ["4242424242424242 12/30", "4242 4242 4242 4242 123", "12 4242424242424242", "1-4242-4242-4242-4242-2"]
)
def test_digits_beside_a_card_number_do_not_hide_it(text: str) -> None:
    assert contains_card_number(text)
    assert "****4242" in mask_card_numbers(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4242424242424241",
        "order-20261123000042",
        "1732320000000",
        "+971500000001",
        "pi_3OaBcD4242424242424242",
        "6a1b8a4e-58a7-4d3b-9f3a-111111111111",
        "00000000000000000000",
        "424242424242424242424242",
        "9999999999999995",
    ],
)
def test_other_numbers_pass(text: str) -> None:
    assert not contains_card_number(text)
    assert mask_card_numbers(text) == text


@given(st.uuids())
def test_a_uuid_is_no_card_number(identifier: UUID) -> None:
    assert not contains_card_number(f"{identifier}:2")


def test_not_even_one_that_is_all_digits_is() -> None:
    assert not contains_card_number("42424242-4242-4242-4242-424242424242")
    assert contains_card_number("42424242-4242-4242-4242-424242424242 4242424242424242")


def test_arabic_digits_are_digits() -> None:
    assert contains_card_number("٤٢٤٢ ٤٢٤٢ ٤٢٤٢ ٤٢٤٢")
    assert mask_card_numbers("بطاقة ٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢") == "بطاقة ****٤٢٤٢"


@given(st.text(max_size=60), st.sampled_from(CARDS), st.text(max_size=60))
def test_a_number_between_any_words_is_found(before: str, number: str, after: str) -> None:
    text = f"{before}: {number} ;{after}"
    assert contains_card_number(text)
    assert number not in mask_card_numbers(f": {number} ;")


@given(st.text(alphabet="0123456789 -ab", max_size=80))
def test_what_was_masked_has_no_card_number_left(text: str) -> None:
    assert not contains_card_number(mask_card_numbers(text))
