"""Recognising card numbers, so that none is ever accepted, stored or logged."""

from __future__ import annotations

import re
from typing import Final

# Digit runs of a card number's length, single spaces or hyphens allowed between digits; not part of a longer word.
_CANDIDATE: Final = re.compile(r"(?<![0-9A-Za-z])[0-9](?:[ -]?[0-9]){12,18}(?![0-9A-Za-z])")
# First digits and lengths that card networks issue; keeps order numbers and timestamps from being mistaken.
_ISSUED: Final = re.compile(
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})"  # Visa
    r"|(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)[0-9]{10,14}"  # Mastercard
    r"|3[47][0-9]{13}|3(?:0[0-5]|[689])[0-9]{11,13}|35[0-9]{14}"  # American Express, Diners, JCB
    r"|6[0-9]{12,18}|5[06-9][0-9]{11,17}|9792[0-9]{12}|81[0-9]{14,17}"  # Discover, Maestro, UnionPay, RuPay, Troy
)


def contains_card_number(text: str) -> bool:
    """Whether anything in the text looks like a payment card's number: length, issuer digits and Luhn check digit."""
    return any(_is_card_number(match.group()) for match in _CANDIDATE.finditer(text))


def mask_card_numbers(text: str) -> str:
    """The text with every card number replaced by its last four digits (``"****4242"``)."""
    return _CANDIDATE.sub(_masked, text)


def _masked(match: re.Match[str]) -> str:
    found = match.group()
    return f"****{found[-4:]}" if _is_card_number(found) else found


def _is_card_number(candidate: str) -> bool:
    digits = re.sub(r"[ -]", "", candidate)
    return _ISSUED.fullmatch(digits) is not None and _passes_luhn(digits)


def _passes_luhn(digits: str) -> bool:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
