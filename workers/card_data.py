"""Recognising payment cards' numbers and security codes, so that none is ever accepted, stored or logged.

A number is known by its length, its first digits and its check digit, however it is spaced and in whatever digits it
is written; a security code has none of these, so it is known by the name that stands before it. The functions of these
names in the database tell both alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote_plus, unquote, unquote_plus

import orjson

MIN_DIGITS: Final = 13
MAX_DIGITS: Final = 19
MASKED_CODE: Final = "***"

# Groups of digits, spaces (plus signs, in a form) or hyphens between them; not part of a word.
_RUN: Final = re.compile(r"(?<![0-9A-Za-z])[0-9]+(?:[ +-]{1,3}[0-9]+)*(?![0-9A-Za-z])")
# Identifiers of this form are everywhere, and one in some thousands would pass for a card number; and so would one
# fraction in thirty that has as many decimals.
_UUID: Final = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Za-z])")
_FRACTION: Final = re.compile(r"(?<![0-9A-Za-z.])[0-9]{1,12}\.[0-9]{13,}(?![0-9A-Za-z])")
_GROUP: Final = re.compile(r"[0-9]+")
# What every card number is part of: quick to find, so that the rest is asked only there.
_LONG: Final = re.compile(r"[0-9](?:[ +-]{0,3}[0-9]){12,}")
_AROUND: Final = 40  # more than a UUID, or what stands before a fraction's point
_SHORT_CHARS: Final = 128
# First digits and lengths that card networks issue; keeps order numbers and timestamps from being mistaken.
_ISSUED: Final = re.compile(
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})"  # Visa
    r"|5[1-5][0-9]{14}|(?:222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"  # Mastercard
    r"|3[47][0-9]{13}|3(?:0[0-5]|[689][0-9])[0-9]{11,16}|35[0-9]{14,17}"  # American Express, Diners, JCB
    r"|220[0-4][0-9]{12,15}|6[0-9]{12,18}|5[06-9][0-9]{11,17}"  # Mir; Discover, Maestro, UnionPay, RuPay
    r"|9792[0-9]{12}|81[0-9]{14,17}"  # Troy, UnionPay
)

# What stands before a security code, in small letters: a name, and then no more than punctuation. A name is looked for
# only where its fixed beginning stands; whether that began a word is asked afterwards.
_CODE_NAMES: Final = {
    "cvv": r"cvv2?(?:[ _-]?(?:code|number|value|no))?",
    "cvc": r"cvc2?(?:[ _-]?(?:code|number|value|no))?",
    "cvn": r"cvn(?<![a-z0-9]cvn)2?",
    "security": r"security[ _-]?(?:code|number|value)",
    "verification": r"verification(?:(?<=cardverification)|(?<=card[ _-]verification))[ _-]?(?:code|number|value)",
}
_CODES: Final = tuple(
    (word, re.compile(rf"""{name}["'\[\]\\>\s:=+(]{{1,8}}(?P<code>[0-9]{{3,4}})(?![0-9a-z]|[-./:][0-9])"""))
    for word, name in _CODE_NAMES.items()
)
_CODE_NEAR: Final = re.compile(rb"cv[cvn].{1,26}?[0-9]{3}", re.S)
_IS_CODE_NAME: Final = re.compile(rf"(?:{'|'.join(_CODE_NAMES.values())})\]?$")
_DIGIT: Final = re.compile(r"\d")

# Digits, spaces, hyphens and the like of other scripts, not their letters.
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f\w]|[^\x00-\x7f\D]")
_JSON_ESCAPE: Final = re.compile(r"\\u(?![dD][89a-fA-F])([0-9a-fA-F]{4})")  # but for halves of a pair
_PERCENT_NOT_ASCII: Final = re.compile(rb"%[c-fC-F]")
_DIGITS_AS_ZEROS: Final = bytes(48 if 48 <= byte <= 57 else byte for byte in range(256))
_BETWEEN_DIGITS: Final = b" -+%"
_THIRTEEN_DIGITS: Final = b"0" * MIN_DIGITS


def contains_card_data(text: str) -> bool:
    """Whether anything in the text looks like a payment card's number or its security code."""
    return contains_card_number(text) or contains_security_code(text)


def contains_card_number(text: str) -> bool:
    """Whether anything in the text looks like a payment card's number: length, issuer digits and Luhn check digit."""
    return any(next(_number_spans(each), None) for each in _readings(text))


def contains_security_code(text: str) -> bool:
    """Whether a card's security code stands in the text, after one of its names: ``cvv=123``, ``"cvc": "123"``."""
    return any(next(_code_spans(each), None) for each in _readings(text))


def is_security_code_name(name: str) -> bool:
    """Whether a field of this name, or form's path such as ``card[cvc]``, holds a security code."""
    return _IS_CODE_NAME.search(name.lower()) is not None


def mask_card_data(text: str) -> str:
    """The text with every card number replaced by its last four digits (``"****4242"``), every security code by
    ``"***"``. A text that hides one behind escapes is returned without these.
    """
    for reading in _readings(text):
        if next(_number_spans(reading), None) or next(_code_spans(reading), None):
            return mask_card_data(_masked_codes(_masked_numbers(reading)))
    return text


def mask_in_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """Texts by their names, with all card data in them masked."""
    return {
        mask_card_data(name): str(_masked_code(each)) if is_security_code_name(name) else mask_card_data(each)
        for name, each in fields.items()
    }


def may_hold_card_data(data: bytes) -> bool:
    """Tell, in a few microseconds, whether `contains_card_data` could say yes of these bytes as text."""
    if _has_thirteen_digits(data) or (b"\\" in data and b"\\u" in data):
        return True
    if b"%" in data and _PERCENT_NOT_ASCII.search(data):
        return True
    if not data.isascii() and _NOT_ASCII.search(data.decode("utf-8", "replace")):
        return True
    lowered = data.lower()
    if b"cv" in lowered and _CODE_NEAR.search(lowered):
        return True
    return b"security" in lowered or b"verification" in lowered


def mask_in_body(body: bytes) -> bytes:
    """A webhook's body with all card data in it masked; the very same bytes where there is none, or almost always.

    JSON stays JSON (a number that is masked becomes a string), and a form stays a form.
    """
    if not may_hold_card_data(body):
        return body
    text = body.decode("utf-8", "surrogateescape")
    if not contains_card_data(text):
        return body
    try:
        masked = orjson.dumps(_masked(orjson.loads(body))).decode()
    except ValueError:
        masked = mask_in_form(text)
    return mask_card_data(masked).encode("utf-8", "surrogateescape")


def mask_in_form(form: str) -> str:
    """A query string, or a form that is encoded like one, with all card data in it masked."""
    if not contains_card_data(form):
        return form
    return mask_card_data("&".join(map(_masked_pair, form.split("&"))))


def mask_in_headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    """HTTP headers, decoded as Latin-1, with all card data in them masked."""
    together = "\n".join([*headers, *headers.values()])
    if not may_hold_card_data(together.encode("latin-1", "replace")) and not _any_code_name(tuple(headers)):
        return headers
    return {mask_card_data(name): _masked_header(name, value) for name, value in headers.items()}


# Numbers and codes in one text.


def _readings(text: str) -> Iterator[str]:
    """The text as it stands, and as whoever decodes forms and JSON reads it."""
    yield text
    decoded = unquote_plus(text) if "%" in text else text
    if "\\u" in decoded:
        decoded = _JSON_ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), decoded)
    if decoded is not text:
        yield decoded


def _masked_numbers(text: str) -> str:
    parts, end = [], 0
    for start, stop in _number_spans(text):
        if start >= end:
            parts += [text[end:start], "****", text[stop - 4 : stop]]
            end = stop
    # What is left of one may make another together with the digits behind it.
    return _masked_numbers("".join([*parts, text[end:]])) if parts else text


def _masked_codes(text: str) -> str:
    parts, end = [], 0
    for start, stop in sorted(_code_spans(text)):
        if start >= end:
            parts += [text[end:start], MASKED_CODE]
            end = stop
    return "".join([*parts, text[end:]])


def _number_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where card numbers stand: any neighbouring groups of a run, so that an expiry date beside one hides nothing."""
    text = _in_ascii(text)
    if len(text) > _SHORT_CHARS and not _has_thirteen_digits(text.encode("utf-8", "surrogatepass")):
        return
    for long in _LONG.finditer(text):
        offset = max(0, long.start() - _AROUND)
        near = _FRACTION.sub(_blank, _UUID.sub(_blank, text[offset : long.end() + _AROUND]))
        for run in _RUN.finditer(near, long.start() - offset, long.end() - offset + 1):
            for start, stop in _numbers_of(near, run):
                yield start + offset, stop + offset


def _numbers_of(text: str, run: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Of a run, the neighbouring groups that together are a card's number: where the first starts, the last stops."""
    starts, stops = {}, {}
    parts: list[str] = []
    length = 0
    for group in _GROUP.finditer(text, run.start(), run.end()):
        starts[length] = group.start()
        parts.append(group[0])
        length += len(group[0])
        stops[length] = group.end()
    if length < MIN_DIGITS:
        return
    digits = "".join(parts)
    sums = _luhn_sums(digits)
    for first, start in starts.items():
        for end in range(first + MIN_DIGITS, min(first + MAX_DIGITS, length) + 1):
            total = sums[end % 2]
            if end in stops and (total[end] - total[first]) % 10 == 0 and _ISSUED.fullmatch(digits, first, end):
                yield start, stops[end]


def _luhn_sums(digits: str) -> tuple[list[int], list[int]]:
    """Running sums for Luhn's check: for numbers that end before an even place, and before an odd one."""
    even, odd = [0], [0]
    for place, digit in enumerate(map(int, digits)):
        doubled = digit * 2 - 9 if digit > 4 else digit * 2
        even.append(even[-1] + (digit if place % 2 else doubled))
        odd.append(odd[-1] + (doubled if place % 2 else digit))
    return even, odd


def _has_thirteen_digits(data: bytes) -> bool:
    """Tell whether thirteen digits follow one another, but for what may stand between those of a card."""
    return _THIRTEEN_DIGITS in data.translate(_DIGITS_AS_ZEROS, _BETWEEN_DIGITS)


def _code_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where security codes stand."""
    lowered = _in_ascii(text).lower()
    if len(lowered) != len(text):  # a letter or two become longer when they become small
        lowered = "".join(each.lower() if each.isascii() else each for each in _in_ascii(text))
    for word, pattern in _CODES:
        if word in lowered:
            yield from (found.span("code") for found in pattern.finditer(lowered))


def _blank(found: re.Match[str]) -> str:
    return "x" * len(found[0])


def _in_ascii(text: str) -> str:
    """The text, of the same length, with Arabic and other digits as 0 to 9, and all spaces and hyphens as the usual."""
    return text if text.isascii() else _NOT_ASCII.sub(lambda found: _ascii(found[0]), text)


def _ascii(character: str) -> str:
    match unicodedata.category(character):
        case "Nd":
            return str(unicodedata.decimal(character))
        case "Zs" | "Cf":  # marks that tell the direction of a script are not seen at all
            return " "
        case "Pd":
            return "-"
    return "-" if character == "\N{MINUS SIGN}" else character


# JSON, forms and headers.


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            mask_card_data(name): _masked_code(each) if is_security_code_name(name) else _masked(each)
            for name, each in value.items()
        }
    if isinstance(value, list):
        return [_masked(each) for each in value]
    if isinstance(value, str):
        return mask_card_data(value)
    if isinstance(value, bool) or value is None:
        return value
    shown = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return mask_card_data(shown) if contains_card_number(shown) else value


def _masked_code(value: Any) -> Any:
    """What a field of a security code's name holds, without digits; whether the code was right may stay."""
    if isinstance(value, dict):
        return {name: _masked_code(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_masked_code(each) for each in value]
    return MASKED_CODE if not isinstance(value, bool) and _DIGIT.search(str(value)) else value


def _masked_pair(pair: str) -> str:
    name, equals, value = pair.partition("=")
    shown = unquote_plus(value)
    if is_security_code_name(unquote(name)) and _DIGIT.search(shown):
        return f"{name}{equals}{MASKED_CODE}"
    masked = mask_card_data(shown)
    return f"{mask_card_data(name)}{equals}{value if masked == shown else quote_plus(masked, safe='*')}"


@lru_cache(maxsize=1024)
def _any_code_name(names: tuple[str, ...]) -> bool:
    """Whether one of them is a security code's. Senders repeat their headers, so this is mostly known."""
    return any(map(is_security_code_name, names))


def _masked_header(name: str, value: str) -> str:
    if is_security_code_name(name):
        return str(_masked_code(value))
    shown = value if value.isascii() else value.encode("latin-1", "replace").decode("utf-8", "replace")
    masked = mask_card_data(shown)
    return value if masked == shown else masked
