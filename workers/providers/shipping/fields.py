"""What carriers' forms share: lines of limited width, phone numbers in parts, whole units, nothing empty; and files by
their magic."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final, TypeVar

import phonenumbers

from workers.providers.shipping.models import LabelFormat, Place

FILES_LIMIT_BYTES: Final = 16 * 1024 * 1024
"""The largest answer of a carrier: the labels of 99 parcels, in base64."""

ReadT = TypeVar("ReadT")


def if_told(read: Callable[[], ReadT]) -> ReadT | None:
    """A fact that nothing depends on; None where it cannot be read. What has been bought is bought without it."""
    try:
        return read()
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError):
        return None


def address_lines(place: Place, *, width: int, count: int) -> list[str]:
    """The street address in at most ``count`` lines of ``width`` characters, broken between words; the area and the
    Makani number come after the lines, unless they say it already.

    :raises ValueError: it does not fit, so that nothing is cut off silently.
    """
    parts = [part for part in (place.line1, place.line2) if part]
    said = " ".join(parts).casefold()
    if place.area and place.area.casefold() not in said:
        parts.append(place.area)
    if place.makani:
        parts.append(f"Makani {place.makani}")
    lines = [line for part in parts for line in textwrap.wrap(part, width)]
    if len(lines) > count:
        lines = textwrap.wrap(", ".join(parts), width)
    if len(lines) > count:
        raise ValueError(f"is longer than the carrier's {count} lines of {width} characters")
    return lines


def phone_parts(phone: str) -> tuple[int, str]:
    """Country code and national number of a number in E.164: ``+971501110001`` is ``(971, "501110001")``."""
    number = phonenumbers.parse(phone, None)
    return number.country_code or 0, phonenumbers.national_significant_number(number)


def whole(value: Decimal) -> int:
    """Rounded up to a whole unit: carriers that want whole centimetres are never told less than there is."""
    return int(value.to_integral_value(ROUND_CEILING))


def grams(kilograms: Decimal) -> int:
    """A weight in whole grams."""
    return whole(kilograms * 1000)


def told(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Only the fields that say something: None is left out."""
    return {name: value for name, value in fields.items() if value is not None}


def file_format(content: bytes) -> LabelFormat | None:
    """What a file is by its first bytes; None when it is none that a label comes in."""
    if content.startswith(b"%PDF-"):
        return LabelFormat.PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return LabelFormat.PNG
    return LabelFormat.ZPL if content.lstrip()[:3].upper() in (b"^XA", b"~DG", b"CT~") else None
