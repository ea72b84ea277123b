"""What looks like a secret or leads to a person is masked wherever it stands; what does not is left alone."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.transport.masking import is_card_number, is_suspicious, mask, mask_phone

# Published examples and made-up values; none is live.
CARDS = [
    "4242424242424242",
    "5555555555554444",
    "378282246310005",
    "6011111111111117",
    "30569309025904",
    "4000056655665556",
]
TOKENS = [
    "sk_live_51HxxAAAABBBBCCCCDDDD", "sk_test_4eC39HqLyjWDarjtT1zdp7dc", "rk_live_51HyyAAAABBBB",
    "whsec_C2FVsBQIhrscChlQIMV", "ya29.a0AfH6SMBx-yz_12",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N", "EAAGm0PX4ZCpsBAKZCZBdWzWZB8ZA",
    "AIzaSyA-1234567890abcdefghijklmnopqrstu", "pat-na1-11112222-3333-4444-5555-666677778888",
    "0123456789abcdef0123456789abcdef-us21",
]  # fmt: skip
surroundings = st.sampled_from(["", " ", '"', "'", "&", "=", ",", ": ", "(", "\n", "x ", "ع"])


@pytest.mark.parametrize("token", TOKENS)
@given(before=surroundings, after=surroundings)
def test_tokens_of_known_kinds_are_masked(token: str, before: str, after: str) -> None:
    assert token not in mask(f"{before}{token}{after}")


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "Basic "])
def test_what_follows_an_authorization_scheme_is_masked_and_the_scheme_stays(scheme: str) -> None:
    assert mask(f"sent {scheme}dXNlcjpwYXNzd29yZA==") == f"sent {scheme}[redacted]"


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("separator", ["", " ", "-"])
def test_card_numbers_keep_their_last_four_digits_however_they_are_written(card: str, separator: str) -> None:
    written = separator.join(card[start : start + 4] for start in range(0, len(card), 4))
    masked = mask(f"card {written} was declined")
    assert written not in masked
    assert f"[card *{card[-4:]}]" in masked


def test_two_card_numbers_in_a_row_are_both_masked() -> None:
    masked = mask("4242 4242 4242 4242 5555 5555 5555 4444")
    assert "4242 4242" not in masked
    assert "5555 5555" not in masked


def test_a_card_number_among_other_groups_of_digits_is_found() -> None:
    assert "4242 4242 4242" not in mask("order 1001 4242 4242 4242 4242 12")


@given(st.integers(10**12, 10**19 - 1).map(str))
def test_luhn_agrees_with_its_definition(digits: str) -> None:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    assert is_card_number(digits) == (total % 10 == 0 and digits[0] in "23456")


@pytest.mark.parametrize(
    "text", ["1763935200", "2026-11-23T18:00:00Z", "019ab3f4-5e60-7c1d-9a55-2f1f0d6f2b7a", "1763935200123"]
)
def test_times_and_identifiers_are_left_alone(text: str) -> None:
    assert mask(text) == text


def test_addresses_keep_their_first_letter_and_domain() -> None:
    assert mask("to amal.hadid+1@example.ae, cc: نورة@example.com") == "to a***@example.ae, cc: ن***@example.com"


@pytest.mark.parametrize("text", ["@", "a@", "@b.example", "user@host", "a @ b.com"])
def test_an_at_sign_alone_is_no_address(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize("phone", ["+971501234567", "+971 50 123 4567", "+1 (415) 555-0100"])
def test_phone_numbers_keep_two_digits(phone: str) -> None:
    assert mask(f"call {phone}") == f"call ***{phone[-2:]}"


def test_a_short_number_is_no_phone_number() -> None:
    assert mask_phone("971") == "971"


@pytest.mark.parametrize("written", ["784-1990-1234567-1", "784199012345671", "784 1990 1234567 1"])
def test_emirates_ids_are_masked(written: str) -> None:
    assert written not in mask(f"id {written}.")


@given(st.text())
def test_nothing_found_means_nothing_changed_and_masking_twice_is_masking_once(text: str) -> None:
    once = mask(text)
    if not is_suspicious(text):
        assert once == text
    assert mask(once) == once


@pytest.mark.parametrize(
    "piece", ["a", "a@", "4242 ", "eyJ", "Bearer ", "sk_", "+1 ", "784-", "a.", "-us1", "PRIVATE KEY-----", "@a."]
)
def test_no_text_takes_long(piece: str) -> None:
    text = piece * (32_768 // len(piece))
    started = time.process_time()
    mask(text)
    assert time.process_time() - started < 0.5
