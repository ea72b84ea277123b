"""What may be kept of a request and its answer."""

import base64
import json
import re
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.transport.masking import REDACTED
from workers.transport.redaction import (
    BODY_LIMIT_CHARS,
    PARSE_LIMIT_BYTES,
    redact_body,
    redact_headers,
    redact_url,
    without_echoes,
)

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
SECRET = "Xq7-hunter2-Zz9"  # unlike anything that looks like a secret: only the name gives it away

SECRET_NAMES = [
    "password", "Password", "userPassword", "passwd", "secret", "client_secret", "clientSecret", "access_token",
    "refreshToken", "api_key", "apiKey", "X-Api-Key", "ivp_authkey", "privateKey", "cvv", "cvc", "card_cvc",
    "AccountPin", "AccountNumber", "pin", "otp", "iban", "signature", "hmac", "authorization", "credentials",
    "securityCode", "dateOfBirth", "national_id", "passport", "card_number", "cardNumber", "pan",
]  # fmt: skip
PLAIN_NAMES = [
    "amount", "currency", "status", "id", "description", "idempotency_key", "token_type", "shipping", "company",
    "panel",
    "mapping", "keyword", "code", "decline_code", "opinion", "object", "pinned", "span",
]  # fmt: skip
json_values: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=15,
)


def redacted(value: Any) -> Any:
    """What is kept of a JSON document, read back."""
    kept = redact_body(json.dumps(value).encode(), JSON)
    assert kept is not None
    return json.loads(kept)


@pytest.mark.parametrize("name", SECRET_NAMES)
@pytest.mark.parametrize("value", [SECRET, 123456, {"nested": SECRET}, [SECRET]])
def test_json_fields_are_taken_out_by_name_at_any_depth(name: str, value: object) -> None:
    assert redacted({"data": [{"object": {name: value, "amount": 9900}}]}) == {
        "data": [{"object": {name: REDACTED, "amount": 9900}}]
    }


@pytest.mark.parametrize("name", PLAIN_NAMES)
def test_other_fields_stay(name: str) -> None:
    assert redacted({name: "succeeded"}) == {name: "succeeded"}


@pytest.mark.parametrize("value", [None, True, False])
def test_whether_there_is_a_secret_is_none(value: object) -> None:
    assert redacted({"client_secret": value}) == {"client_secret": value}


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_form_fields_are_taken_out_by_name(name: str) -> None:
    body = urlencode({"amount": "9900", f"source[{name}]": SECRET, name: SECRET})
    kept = redact_body(body.encode(), FORM)
    assert kept == f"amount=9900&source[{name}]={REDACTED}&{name}={REDACTED}"


def test_the_number_of_a_card_is_secret_and_of_an_order_is_not() -> None:
    kept = redacted({"card": {"number": "4242", "brand": "visa"}, "order": {"number": "4242"}})
    assert kept == {"card": {"number": REDACTED, "brand": "visa"}, "order": {"number": "4242"}}
    assert redact_body(b"card[number]=4242&order[number]=4242", FORM) == f"card[number]={REDACTED}&order[number]=4242"


def test_phone_numbers_are_masked_in_every_shape() -> None:
    kept = redacted({"phone": "0501234567", "customer": {"mobile": {"country_code": 971, "number": 501234567}}})
    assert kept == {"phone": "***67", "customer": {"mobile": {"country_code": "971", "number": "***67"}}}


def test_card_numbers_and_addresses_are_masked_under_any_name_also_as_names() -> None:
    kept = redacted({"note": "4242 4242 4242 4242", "n": 4242424242424242, "amal@example.ae": "mail amal@example.ae"})
    assert kept == {"note": "[card *4242]", "n": "[card *4242]", "a***@example.ae": "mail a***@example.ae"}


def test_a_connector_may_name_more_fields() -> None:
    body = b'{"outer": {"tran_ref": "x123", "amount": 1}}'
    assert redact_body(body, JSON, frozenset({"tran_ref"})) == '{"outer":{"tran_ref":"[redacted]","amount":1}}'
    assert redact_body(b"a[tran_ref]=x1", FORM, frozenset({"tran_ref"})) == "a[tran_ref]=[redacted]"


def test_an_oauth_code_is_secret_in_a_form_and_an_error_code_in_json_is_not() -> None:
    assert redact_body(b"grant_type=authorization_code&code=abc", FORM) == (
        f"grant_type=authorization_code&code={REDACTED}"
    )
    assert redacted({"error": {"code": "card_declined"}}) == {"error": {"code": "card_declined"}}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (f"<soap><ClientInfo><Password>{SECRET}</Password></ClientInfo></soap>", "text/xml"),
        (f"<a:AccountPin xmlns:a='x'>{SECRET}</a:AccountPin>", "application/xml"),
        (f'{{"password": "{SECRET}", broken', JSON),
        (f"{{'api_key': '{SECRET}'}}", "text/plain"),
        (f"login failed: password={SECRET}; try again", "text/html"),
        (f"password={SECRET}", ""),
        (f"sent Authorization: Token {SECRET}\nanswered 401", "text/plain"),
        (f"{{token: {SECRET}}}", "text/plain"),
    ],
)
def test_secrets_are_found_in_text_that_is_not_json(body: str, content_type: str) -> None:
    kept = redact_body(body.encode(), content_type)
    assert kept is not None
    assert SECRET not in kept
    assert REDACTED in kept


def test_json_is_known_by_its_look_when_the_header_lies() -> None:
    assert redact_body(b'{"password": "x"}', "text/html") == '{"password":"[redacted]"}'


@pytest.mark.parametrize(
    ("body", "content_type", "kept"),
    [
        (b"%PDF-1.7 \xff\xfe", "application/pdf", "[application/pdf, 11 bytes]"),
        (b"\x89PNG", "image/png", "[image/png, 4 bytes]"),
        (b"--x\r\n", "multipart/form-data; boundary=x", "[multipart/form-data, 5 bytes]"),
        (b"\xff\xfe", "", "[unknown type, 2 bytes]"),
        (b"{" * (PARSE_LIMIT_BYTES + 1), JSON, f"[application/json, {PARSE_LIMIT_BYTES + 1} bytes]"),
        (b"", JSON, None),
    ],
)
def test_what_is_not_text_is_summarised(body: bytes, content_type: str, kept: str | None) -> None:
    assert redact_body(body, content_type) == kept


def test_long_bodies_are_cut_after_they_were_redacted() -> None:
    body = json.dumps({"list": ["word"] * 10_000, "password": SECRET}).encode()
    kept = redact_body(body, JSON)
    assert kept is not None
    assert len(kept) == BODY_LIMIT_CHARS
    assert SECRET not in kept


def test_json_deeper_than_anything_sensible_is_cut_off_there() -> None:
    kept = redact_body(b'{"a":' * 500 + b'"x"' + b"}" * 500, JSON)
    assert kept is not None
    assert kept.count('{"a":') < 50


@given(st.dictionaries(st.text(), json_values) | st.lists(json_values))
def test_any_json_stays_json_of_the_same_shape(value: Any) -> None:
    kept = redacted(value)
    assert type(kept) is type(value)
    assert len(kept) == len(value)


@given(st.binary(max_size=4000), st.sampled_from([JSON, FORM, "text/xml", "text/plain", "", "nonsense", "image/png"]))
def test_no_body_is_too_odd(body: bytes, content_type: str) -> None:
    kept = redact_body(body, content_type)
    assert kept is None or (len(kept) <= BODY_LIMIT_CHARS and "\x00" not in kept)


@given(json_values, st.sampled_from(SECRET_NAMES))
def test_a_secret_never_survives_wherever_it_stands(value: Any, name: str) -> None:
    kept = redact_body(json.dumps([value, {"x": [{name: SECRET}]}, value]).encode(), JSON)
    assert kept is not None
    assert SECRET not in kept


@given(st.lists(st.tuples(st.binary(), st.binary()), max_size=8))
def test_no_header_is_too_odd(headers: list[tuple[bytes, bytes]]) -> None:
    assert all("\x00" not in name + value for name, value in redact_headers(headers).items())


def test_headers_are_joined_lowered_and_redacted() -> None:
    headers = httpx.Headers(
        [
            ("Authorization", f"Bearer {SECRET}"),
            ("X-Api-Key", SECRET),
            ("Cookie", f"session={SECRET}"),
            ("Idempotency-Key", "019ab3f4"),
            ("Vary", "Origin"),
            ("Vary", "Accept"),
            ("X-Debug", "token sk_test_4eC39HqLyjWDarjtT1zdp7dc"),
        ]
    )
    assert redact_headers(headers.raw) == {
        "authorization": REDACTED,
        "x-api-key": REDACTED,
        "cookie": REDACTED,
        "idempotency-key": "019ab3f4",
        "vary": "Origin, Accept",
        "x-debug": f"token {REDACTED}",
    }


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://user:pw@api.example.com/v1?a=1", "https://api.example.com/v1?a=1"),
        (f"https://x.example/cb?code={SECRET}&state=s", f"https://x.example/cb?code={REDACTED}&state=s"),
        (f"https://x.example/?access%5Ftoken={SECRET}", f"https://x.example/?access_token={REDACTED}"),
        ("https://x.example/bot/sk_test_4eC39HqLyjWDarjtT1zdp7dc/me", "https://x.example/bot/[redacted]/me"),
        ("https://x.example/?email=" + quote("amal@example.ae"), "https://x.example/?email=a***@example.ae"),
    ],
)
def test_urls_lose_what_is_secret_in_them(url: str, kept: str) -> None:
    assert redact_url(url) == kept


@given(st.text())
def test_no_url_is_too_odd(url: str) -> None:
    redact_url(url)


def test_the_secrets_of_a_request_are_collected_and_taken_out_of_an_answer_that_echoes_them() -> None:
    secrets: list[str] = []
    redact_headers([(b"Authorization", f"Bearer {SECRET}".encode())], secrets=secrets)
    redact_url("https://x.example/?api_key=another%2Dsecret", secrets=secrets)
    assert secrets == [SECRET, "another-secret"]
    assert without_echoes(f"No such key: {SECRET} (another-secret)", secrets) == f"No such key: {REDACTED} ({REDACTED})"


LABEL = b"%PDF-1.4\n" + b"Omar Ali, Villa 12, Khalifa City " * 40 + b"\n%%EOF"
ZPL = "^XA^FO50,50^FDOmar Ali, Villa 12, Khalifa City^FS^XZ"


@pytest.mark.parametrize("file", [LABEL, b"\x89PNG\r\n\x1a\n" + bytes(300), ZPL.encode()], ids=["pdf", "png", "zpl"])
@pytest.mark.parametrize("lines", [False, True], ids=["one-line", "lines"])
def test_a_file_within_json_is_not_kept_whatever_its_name(file: bytes, lines: bool) -> None:
    text = (base64.encodebytes(file) if lines else base64.b64encode(file)).decode()
    kept = redacted({"number": "TN-1", "anything": [{"AnyName": text}], "next": "stays"})
    assert re.fullmatch(r"\[file, [0-9]+ characters\]", kept["anything"][0]["AnyName"])
    assert (kept["number"], kept["next"]) == ("TN-1", "stays")


def test_a_label_in_a_printers_language_is_not_kept() -> None:
    assert "Omar" not in str(redacted({"label": f'{ZPL}\n"{ZPL}"', "next": "stays"}))
    assert redacted({"label": ZPL, "next": "stays"})["next"] == "stays"
    kept = redact_body(f"<a><Label>{ZPL}</Label><next>stays</next></a>".encode(), "text/xml")
    assert kept is not None
    assert "Omar" not in kept
    assert "<next>stays</next>" in kept


@pytest.mark.parametrize("content_type", ["text/xml", "text/html", ""])
def test_a_file_within_xml_is_not_kept(content_type: str) -> None:
    text = base64.encodebytes(LABEL * 20).decode()
    kept = redact_body(f"<a><AWBLabel>{text}</AWBLabel><next>stays</next></a>".encode(), content_type)
    assert kept is not None
    assert (len(kept) < 200, base64.b64encode(LABEL).decode()[:40] in kept) == (True, False)


@pytest.mark.parametrize("file", [LABEL, ZPL.encode(), b"\r\n" + ZPL.encode()], ids=["pdf", "zpl", "zpl after a line"])
@pytest.mark.parametrize("content_type", ["text/html", JSON, "application/octet-stream", "application/pdf"])
def test_a_file_that_reads_as_text_is_summarised(file: bytes, content_type: str) -> None:
    assert redact_body(file, content_type) == f"[{content_type}, {len(file)} bytes]"


def test_long_words_and_addresses_are_no_files() -> None:
    words = {"a": "x" * 500, "url": "https://example.com/" + "path/" * 60, "id": "XlhB"}
    assert redacted(words) == words
