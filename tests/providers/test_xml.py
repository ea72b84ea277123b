"""XML: what is refused, what is written, and SOAP around both."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.providers.xml import read_xml, soap_answer, soap_request, text_of, write_xml

NAMESPACE = "http://carrier.example/"


@pytest.mark.parametrize(
    "raw",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><a>&a;</a>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "aaaa">]><a>&a;</a>'.encode("utf-16"),
        b"<a><!-- --></a>",
        b"<a>",
        b"<a>&undefined;</a>",
        b"",
        b"<?xml version='1.0' encoding='none-such'?><a/>",
    ],
    ids=["doctype", "doctype in another encoding", "comment", "cut", "entity", "empty", "unknown encoding"],
)
def test_what_could_do_harm_or_is_none_is_not_read(raw: bytes) -> None:
    with pytest.raises(ValueError):
        read_xml(raw)


def test_what_is_written_is_read_again_whatever_stands_in_it() -> None:
    text = "Tom & <Jerry> \"'] ]]> & متجر"
    read = read_xml(write_xml("a", {"name": text, "none": None, "flag": True, "in": {"each": [1, 2]}, "odd": "a\x0bb"}))
    assert text_of(read, "name") == text
    assert read.find("none") is None
    assert text_of(read, "flag") == "true"
    assert [each.text for each in read.iterfind("in/each")] == ["1", "2"]
    assert text_of(read, "odd") == "a b", "XML has no way to write it"


def test_an_envelope_has_its_parts_in_the_services_namespace() -> None:
    raw = soap_request("Ask", NAMESPACE, {"Number": 7}, {"Login": {"Name": "a"}})
    root = read_xml(raw)
    soap, own = "{http://schemas.xmlsoap.org/soap/envelope/}", f"{{{NAMESPACE}}}"
    assert root.tag == f"{soap}Envelope"
    assert text_of(root, f"{soap}Body/{own}Ask/{own}Number") == "7"
    assert text_of(root, f"{soap}Header/{own}Login/{own}Name") == "a"
    assert soap_answer(raw).tag == "Ask"
    assert read_xml(soap_request("Ask", NAMESPACE, {})).find(f"{soap}Header") is None


@pytest.mark.parametrize(
    "raw",
    [b"<html><body>Down</body></html>", b"<Envelope/>", b"<Envelope><Body/></Envelope>", b"<Envelope><Body><a/><b/>"],
)
def test_what_is_no_envelope_is_no_answer(raw: bytes) -> None:
    with pytest.raises(ValueError):
        soap_answer(raw)


@given(st.binary() | st.text().map(lambda inside: f"<a>{inside}</a>".encode("utf-8", "surrogatepass")))
def test_whatever_comes_is_read_or_refused(raw: bytes) -> None:
    with suppress(ValueError):
        assert soap_answer(raw).tag


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_every_text_can_be_written(text: str) -> None:
    assert read_xml(write_xml("a", {"name": text})).find("name") is not None
