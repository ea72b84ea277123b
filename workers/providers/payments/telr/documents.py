"""XML as Telr's Remote API and Service API speak it: flat, without attributes, namespaces or a document type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from xml.etree import ElementTree as Xml

Element = Xml.Element

# What the card networks carry (https://docs.telr.com/reference/request-methods); Arabic is not in it.
_NOT_CARRIED: Final = re.compile("[^\t\n\r\x20-\x7e\xa0-\u024f]+")
_SPACES: Final = re.compile(r"\s+")
TEXT_LIMIT_CHARS: Final = 63


def read_xml(raw: bytes) -> Element:
    """A document's root. ValueError when it is none, or could declare entities, which can be made to explode."""
    if b"<!" in raw:
        raise ValueError("a document type or comment, which Telr's documents do not have")
    try:
        return Xml.fromstring(raw)  # noqa: S314  (no entity can be declared)
    except (Xml.ParseError, LookupError):
        raise ValueError("not XML") from None


def write_xml(root: str, fields: Mapping[str, object]) -> bytes:
    """A document of nested fields, in their order; None is left out."""
    document = Xml.Element(root)
    _fill(document, fields)
    written: bytes = Xml.tostring(document, encoding="utf-8", xml_declaration=True)
    return written


def _fill(parent: Element, fields: Mapping[str, object]) -> None:
    for name, value in fields.items():
        if value is None:
            continue
        child = Xml.SubElement(parent, name)
        if isinstance(value, Mapping):
            _fill(child, value)
        else:
            child.text = str(value)


def text_of(element: Element, path: str) -> str | None:
    """The text at a path; None where there is none, or an empty one."""
    found = element.findtext(path)
    return (found.strip() or None) if found else None


def carried(text: str) -> str:
    """A text as the card networks carry it: other characters dropped, and no longer than Telr takes. May be empty."""
    return _SPACES.sub(" ", _NOT_CARRIED.sub(" ", text)).strip()[:TEXT_LIMIT_CHARS].strip()
