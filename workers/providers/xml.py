"""XML as providers speak it, read safely and never written by joining texts; and SOAP 1.1 around it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from xml.etree import ElementTree as Xml  # nosec B405

Element = Xml.Element
Fields = Mapping[str, object]

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_CONTENT_TYPE: Final = "text/xml; charset=utf-8"

# Everything that XML 1.0 has no way to write (https://www.w3.org/TR/xml/#charsets).
_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_xml(raw: bytes) -> Element:
    """A document's root. ValueError when it is none, or could declare entities, which can be made to explode."""
    if b"<!" in raw or b"\0" in raw:  # a zero byte: another encoding, in which a declaration would not be seen
        raise ValueError("a document type or comment, which providers' documents do not have")
    try:
        return Xml.fromstring(raw)  # noqa: S314  # nosec B314 - no entity can be declared
    except (Xml.ParseError, LookupError):
        raise ValueError("not XML") from None


def write_xml(root: str, fields: Fields) -> bytes:
    """A document of nested fields, in their order; None is left out, and a list is as many elements of one name."""
    return _written(_element(root, fields))


def text_of(element: Element, path: str) -> str | None:
    """The text at a path; None where there is none, or an empty one."""
    found = element.findtext(path)
    return (found.strip() or None) if found else None


def soap_request(operation: str, namespace: str, fields: Fields, header: Fields | None = None) -> bytes:
    """An envelope.

    :param operation: the name of the body's one element; ``fields`` are what is in it, as in `write_xml`.
    :param namespace: of everything but the envelope.
    :param header: the elements of the header, if it is to have one.
    """
    envelope = Xml.Element("soap:Envelope", {"xmlns:soap": SOAP})
    if header:
        _fill(Xml.SubElement(envelope, "soap:Header"), header, namespace)
    _fill(Xml.SubElement(envelope, "soap:Body"), {operation: fields}, namespace)
    return _written(envelope)


def soap_answer(raw: bytes) -> Element:
    """The one element in an envelope's body, which is named ``Fault`` where the call went wrong; all names without
    their namespaces. ValueError when it is no such envelope."""
    envelope = read_xml(raw)
    for element in envelope.iter():
        element.tag = element.tag.rpartition("}")[2]
    body = envelope.find("Body")
    if envelope.tag != "Envelope" or body is None or len(body) != 1:
        raise ValueError("not a SOAP envelope")
    return body[0]


def _written(document: Element) -> bytes:
    written: bytes = Xml.tostring(document, encoding="utf-8", xml_declaration=True)
    return written


def _element(name: str, value: object) -> Element:
    element = Xml.Element(name)
    if isinstance(value, Mapping):
        _fill(element, value)
    else:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        element.text = _NOT_IN_XML.sub(" ", text)
    return element


def _fill(parent: Element, fields: Fields, namespace: str | None = None) -> None:
    for name, value in fields.items():
        for each in value if isinstance(value, list | tuple) else (value,):
            if each is None:
                continue
            child = _element(name, each)
            if namespace:
                child.set("xmlns", namespace)
            parent.append(child)
