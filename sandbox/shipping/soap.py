"""SOAP 1.1 as carriers' twins read and answer it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as Xml

from starlette.responses import Response

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"


class NotSoap(ValueError):
    """What was sent is no envelope."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request.

    :param operation: the name of the body's one element; ``namespace`` is its namespace.
    :param header: what the envelope's header holds.
    """

    operation: str
    namespace: str
    fields: dict[str, Any]
    header: dict[str, Any]


def read(raw: bytes) -> Call:
    """A request's envelope; a field that is there several times is a list. :raises NotSoap: it is none."""
    try:
        envelope = Xml.fromstring(raw)  # noqa: S314  (a sandbox reads only what its own user sends)
    except (Xml.ParseError, LookupError):
        raise NotSoap("not XML") from None
    body, header = envelope.find(f"{{{ENVELOPE}}}Body"), envelope.find(f"{{{ENVELOPE}}}Header")
    if envelope.tag != f"{{{ENVELOPE}}}Envelope" or body is None or len(body) != 1:
        raise NotSoap("not an envelope")
    namespace, _, operation = body[0].tag.lstrip("{").rpartition("}")
    return Call(operation, namespace, _fields(body[0]), _fields(header) if header is not None else {})


def answer(operation: str, namespace: str, fields: Mapping[str, Any]) -> Response:
    """An answer, every name of it in the namespace; None is left out, and a list is as many elements of one name."""
    return _enveloped(_element(operation, namespace, fields), 200)


def fault(code: str, text: str) -> Response:
    """A fault, as servers answer it with 500. :param code: ``Client`` or ``Server``."""
    element = Xml.Element(f"{{{ENVELOPE}}}Fault")
    Xml.SubElement(element, "faultcode").text = f"soap:{code}"
    Xml.SubElement(element, "faultstring").text = text
    return _enveloped(element, 500)


def _enveloped(content: Xml.Element, status: int) -> Response:
    envelope = Xml.Element(f"{{{ENVELOPE}}}Envelope")
    Xml.SubElement(envelope, f"{{{ENVELOPE}}}Body").append(content)
    written: bytes = Xml.tostring(envelope, encoding="utf-8", xml_declaration=True)
    return Response(written, status_code=status, media_type="text/xml")


def _element(name: str, namespace: str, value: Any) -> Xml.Element:
    element = Xml.Element(f"{{{namespace}}}{name}")
    if not isinstance(value, Mapping):
        element.text = str(value).lower() if isinstance(value, bool) else str(value)
        return element
    for key, content in value.items():
        for each in content if isinstance(content, list) else [content]:
            if each is not None:
                element.append(_element(key, namespace, each))
    return element


def _fields(element: Xml.Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in element:
        name = child.tag.rpartition("}")[2]
        value = _fields(child) if len(child) else (child.text or "")
        if name not in found:
            found[name] = value
        else:
            found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
    return found
