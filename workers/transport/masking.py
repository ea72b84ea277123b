"""Masks what *looks like* a credential, a card number, an identity number or a personal address, wherever it stands.

Most text has nothing to mask, so cheap questions come first; and every repetition has a bound, so that no text takes
more than linear time.
"""

from __future__ import annotations

import re
from typing import Final

from workers.card_data import mask_card_data, may_hold_card_data

REDACTED: Final = "[redacted]"

# A text is searched for a pattern only when it has the fixed part of it. Patterns begin with that part too, which `re`
# then finds as fast as `in` does; whether it began a word is asked afterwards.
_TOKENS: Final = tuple(
    (fixed, re.compile(pattern))
    for fixed, pattern in (
        ("earer ", r"(?P<kept>earer {1,4})[\w.~+/=-]{6,8192}"),
        ("asic ", r"(?P<kept>asic {1,4})[\w+/-]{8,4096}={0,2}"),
        ("eyJ", r"(?P<kept>)eyJ(?<![A-Za-z0-9_-]eyJ)[\w-]{6,8192}\.[\w-]{2,8192}(?:\.[\w-]{0,8192})?"),
        ("sk_", r"(?P<kept>)sk_(?<![A-Za-z0-9]sk_)[\w-]{8,512}"),
        ("rk_", r"(?P<kept>)rk_(?<![A-Za-z0-9]rk_)[\w-]{8,512}"),
        ("whsec_", r"(?P<kept>)whsec_[\w+/=-]{8,512}"),
        ("_secret_", r"(?P<kept>_secret_)[A-Za-z0-9]{12,512}"),
        ("EAA", r"(?P<kept>)EAA(?<![A-Za-z0-9]EAA)[A-Za-z0-9]{20,1024}"),
        ("ya29.", r"(?P<kept>)ya29\.[\w-]{10,2048}"),
        ("AIza", r"(?P<kept>)AIza[\w-]{30,64}"),
        ("pat-", r"(?P<kept>)pat-(?<![A-Za-z0-9]pat-)[a-z]{2}\d-[\w-]{16,64}"),
        ("-us", r"(?P<kept>)(?<![0-9a-f])[0-9a-f]{32}-us\d{1,3}"),
        ("PRIVATE KEY", r"(?P<kept>PRIVATE KEY-----)[^-\x1e]{1,8192}"),
    )
)
_EMAIL_LOCAL_REVERSED: Final = re.compile(r"[\w.+%-]{1,64}")
_EMAIL_DOMAIN: Final = re.compile(r"(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}")
_PHONE_NUMBER: Final = re.compile(r"\+[0-9][0-9 ().-]{5,17}[0-9]")
_PHONE_DIGITS_MINIMUM: Final = 5
_EMIRATES_ID: Final = re.compile(r"784(?<![0-9]784)[- ]?[0-9]{4}[- ]?[0-9]{7}[- ]?[0-9](?![0-9])")
_CARD_LIKE: Final = re.compile(r"[0-9](?:[ -]?[0-9]){12,60}")
_CARD_SEPARATOR: Final = re.compile("[ -]")
_DIGITS_AS_ZEROS: Final = bytes(48 if 48 <= byte <= 57 else byte for byte in range(256))
_THIRTEEN_DIGITS: Final = b"0" * 13


def mask(text: str) -> str:
    """Return ``text`` with everything in it masked that looks as if it should be."""
    for fixed, pattern in _TOKENS:
        if fixed in text:
            text = pattern.sub(rf"\g<kept>{REDACTED}", text)
    if "@" in text:
        text = _mask_emails(text)
    if "784" in text:
        text = _EMIRATES_ID.sub(REDACTED, text)
    if may_hold_card_data(text.encode("utf-8", "replace")):
        # Within words too, and of any issuer: a log needs no number that could be a card's.
        text = mask_card_data(_CARD_LIKE.sub(_mask_cards, text) if _has_thirteen_digits(text) else text)
    if "+" in text:
        text = _PHONE_NUMBER.sub(lambda match: mask_phone(match[0]), text)
    return text


def is_suspicious(text: str) -> bool:
    """Tell, in a few microseconds, whether `mask` could find anything in ``text``."""
    if "@" in text or "+" in text or "784" in text:
        return True
    for fixed, _ in _TOKENS:  # not any(): this is asked of every answer
        if fixed in text:
            return True
    return may_hold_card_data(text.encode("utf-8", "replace"))


def mask_phone(value: str) -> str:
    """Return a phone number's last two digits, or ``value`` if it is too short to be one."""
    return f"***{value[-2:]}" if sum(map(str.isdigit, value)) >= _PHONE_DIGITS_MINIMUM else value


def is_card_number(digits: str) -> bool:
    """True for 13 to 19 digits in a card network's range whose check digit is right (ISO/IEC 7812-1)."""
    if not 13 <= len(digits) <= 19 or digits[0] not in "23456" or not digits.isascii() or not digits.isdecimal():
        return False
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(n - 9 if n > 9 else n for n in doubled)) % 10 == 0


def _has_thirteen_digits(text: str) -> bool:
    """Tell whether thirteen digits follow one another, but for spaces and dashes."""
    return _THIRTEEN_DIGITS in text.encode("utf-8", "replace").translate(_DIGITS_AS_ZEROS, b" -")


def _mask_cards(match: re.Match[str]) -> str:
    """Mask each card number among groups of digits, of which it may be one or several in a row."""
    groups = _CARD_SEPARATOR.split(match[0])
    kept: list[str] = []
    first = 0
    while first < len(groups):
        ends = range(first + 1, min(first + 20, len(groups) + 1))
        end = next((end for end in ends if is_card_number("".join(groups[first:end]))), None)
        kept.append(groups[first] if end is None else f"[card *{''.join(groups[first:end])[-4:]}]")
        first = first + 1 if end is None else end
    return match[0] if kept == groups else " ".join(kept)


def _mask_emails(text: str) -> str:
    parts = text.split("@")
    for index in range(len(parts) - 1):
        left = parts[index]
        local = _EMAIL_LOCAL_REVERSED.match(left[:-65:-1])
        if local and _EMAIL_DOMAIN.match(parts[index + 1]):
            parts[index] = left[: len(left) - len(local[0])] + local[0][-1] + "***"
    return "@".join(parts)
