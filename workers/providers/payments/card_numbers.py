"""Recognising card numbers, so that none is ever accepted, stored or logged."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, Final

import orjson

MIN_DIGITS: Final = 13
MAX_DIGITS: Final = 19

# Groups of digits, single spaces or hyphens between them; not part of a word.
_RUN: Final = re.compile(r"(?<![0-9A-Za-z])[0-9]+(?:[ -][0-9]+)*(?![0-9A-Za-z])")
# Identifiers of this form are everywhere, and one in some thousands would pass for a card number.
_UUID: Final = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Za-z])")
_GROUP: Final = re.compile(r"[0-9]+")
# What every card number is, whatever its script: quick to rule most texts out by.
_LONG: Final = re.compile(r"\d(?:[ -]?\d){12}")
# First digits and lengths that card networks issue; keeps order numbers and timestamps from being mistaken.
_ISSUED: Final = re.compile(
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})"  # Visa
    r"|(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)[0-9]{10,14}"  # Mastercard
    r"|3[47][0-9]{13}|3(?:0[0-5]|[689])[0-9]{11,13}|35[0-9]{14}"  # American Express, Diners, JCB
    r"|6[0-9]{12,18}|5[06-9][0-9]{11,17}|9792[0-9]{12}|81[0-9]{14,17}"  # Discover, Maestro, UnionPay, RuPay, Troy
)


def contains_card_number(text: str) -> bool:
    """Whether anything in the text looks like a payment card's number: length, issuer digits and Luhn check digit."""
    return next(_spans(text), None) is not None


def mask_card_numbers(text: str) -> str:
    """The text with every card number replaced by its last four digits (``"****4242"``)."""
    parts, end = [], 0
    for start, stop in _spans(text):
        if start >= end:
            parts += [text[end:start], "****", text[stop - 4 : stop]]
            end = stop
    return "".join([*parts, text[end:]])


def mask_in_body(body: bytes) -> bytes:
    """A webhook's body with every card number in it masked; the very same bytes where there is none, or almost always.

    JSON stays JSON: a number that is a card's becomes a string.
    """
    text = body.decode("utf-8", "surrogateescape")
    if not contains_card_number(text):
        return body
    try:
        return orjson.dumps(_masked(orjson.loads(body)))
    except ValueError:
        return mask_card_numbers(text).encode("utf-8", "surrogateescape")


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {mask_card_numbers(name): _masked(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_masked(each) for each in value]
    if isinstance(value, str):
        return mask_card_numbers(value)
    shown = str(value)
    return mask_card_numbers(shown) if isinstance(value, int) and contains_card_number(shown) else value


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Where card numbers stand: any neighbouring groups of a run, so that an expiry date beside one hides nothing."""
    if not _LONG.search(text):
        return
    text = _UUID.sub(lambda found: "x" * len(found.group()), _with_ascii_digits(text))
    for run in _RUN.finditer(text):
        groups = [(group.start(), group.end()) for group in _GROUP.finditer(text, run.start(), run.end())]
        for first, (start, _) in enumerate(groups):
            digits = ""
            for group_start, stop in groups[first:]:
                digits += text[group_start:stop]
                if len(digits) > MAX_DIGITS:
                    break
                if len(digits) >= MIN_DIGITS and _ISSUED.fullmatch(digits) and _passes_luhn(digits):
                    yield start, stop


def _with_ascii_digits(text: str) -> str:
    """The text, of the same length, with Arabic and other digits as 0 to 9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in text)


def _passes_luhn(digits: str) -> bool:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
