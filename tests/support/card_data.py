"""Payment cards' numbers as people and machines write them, and security codes as fields hold them: never to be kept.

`find_card_data` searches for these by other means than those that keep them out.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote_plus

import psycopg
from psycopg import sql

from tests.support.leaks import RELATIONS

NUMBERS = {
    "Visa": "4242424242424242",
    "Mastercard": "5555555555554444",
    "American Express": "378282246310005",
    "UnionPay": "6200000000000005",
}
CODE = "9417"
CODE_NAMES = (
    *("cvv", "cvc", "CVV2", "card[cvc]", "cardCvv", "cvv_code", "CVN"),
    *("card_security_code", "security_code", "cardSecurityCode"),
)


def grouped(number: str, separator: str) -> str:
    """A number in groups of four."""
    return separator.join(number[start : start + 4] for start in range(0, len(number), 4))


def in_digits(number: str, zero: str) -> str:
    """A number in the digits that begin with ``zero``."""
    return "".join(chr(ord(zero) + int(digit)) if digit.isdecimal() else digit for digit in number)


def spellings(number: str) -> dict[str, str]:
    """A number in all the ways that a guard has to know."""
    return {
        "plain": number,
        "spaced": grouped(number, " "),
        "widely spaced": grouped(number, "  "),
        "hyphenated": grouped(number, "-"),
        "with spaces that do not break": grouped(number, "\N{NO-BREAK SPACE}"),
        "with dashes": grouped(number, "\N{EN DASH}"),
        "in Arabic digits": in_digits(number, "٠"),
        "in Persian digits": in_digits(number, "۰"),
        "in fullwidth digits": in_digits(number, "\N{FULLWIDTH DIGIT ZERO}"),
        "in Arabic digits, spaced": in_digits(grouped(number, " "), "٠"),
    }


_BETWEEN = re.compile(r"[ \-+\u00a0\u2013]|%20|%2D")
_ESCAPE = re.compile(r"\\+u([0-9a-fA-F]{4})")
_HEXADECIMAL = re.compile(rb"\\\\x((?:[0-9a-f]{2})+)")
_CODE = re.compile(rf"(?i)(?:cvv|cvc|cvn|security_?code)\S{{0,9}}[^0-9a-z]{{1,9}}{CODE}")


@lru_cache(maxsize=100_000)  # what was kept is searched again and again
def found_in(data: bytes) -> tuple[str, ...]:
    """The names of what stands in some bytes, by comparing with what was sent, however it is written."""
    unpacked = b"\n".join([data, *(bytes.fromhex(each.decode()) for each in _HEXADECIMAL.findall(data))])
    text = unpacked.decode("utf-8", "replace")
    readings = {text, _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text), unquote_plus(text)}
    if not text.isascii():  # headers are Latin-1, whatever stands in them
        readings |= {each.encode("latin-1", "replace").decode("utf-8", "replace") for each in list(readings)}
    found = []
    for reading in readings:
        plain = unicodedata.normalize("NFKC", reading)
        plain = "".join(str(unicodedata.decimal(each, each)) for each in plain) if not plain.isascii() else plain
        digits = _BETWEEN.sub("", plain)
        found += [name for name, number in NUMBERS.items() if number in digits]
        found += ["security code"] if CODE in plain and _CODE.search(plain) else []
    return tuple(sorted(set(found)))


async def find_card_data(database_url: str, files: Iterable[Path]) -> dict[str, list[str]]:
    """Search a whole database, and logs (directories with all that is in them); what was found by place."""
    found: dict[str, list[str]] = {}
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        for schema, table in await (await connection.execute(RELATIONS)).fetchall():
            copy = sql.SQL("copy {} to stdout").format(sql.Identifier(schema, table))
            async with connection.cursor().copy(copy) as rows:
                async for row in rows:
                    _note(found, f"{schema}.{table}", bytes(row))
    for path in files:
        for file in [each for each in path.rglob("*") if each.is_file()] if path.is_dir() else [path]:
            for line in file.read_bytes().splitlines():
                _note(found, str(file), line)
    return found


def _note(found: dict[str, list[str]], place: str, data: bytes) -> None:
    if names := found_in(data):
        found.setdefault(place, []).append(f"{', '.join(names)} in {data[:400]!r}")
