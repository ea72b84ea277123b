"""No card number or security code passes, and little else is mistaken for one."""

import hashlib
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.card_data import CODE, CODE_NAMES, NUMBERS, found_in, spellings
from workers.card_data import (
    contains_card_data,
    contains_card_number,
    contains_security_code,
    is_security_code_name,
    mask_card_data,
    mask_in_body,
    mask_in_form,
    mask_in_headers,
    may_hold_card_data,
)

CARDS = [
    "4242424242424242",
    "4242 4242 4242 4242",
    "4242-4242-4242-4242",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "3782 822463 10005",
    "6011111111111117",
    "30569309025904",
    "3566002020360505",
    "6200000000000005",
    "4000000000000000006",
    "4222222222222",
]


@pytest.mark.parametrize("number", CARDS)
def test_card_numbers_are_found_wherever_they_stand(number: str) -> None:
    for text in (number, f"card {number}", f"({number})", f"{number}.", f"pay with {number} please"):
        assert contains_card_number(text)
        masked = mask_card_data(text)
        assert number not in masked
        assert f"****{''.join(c for c in number if c.isdigit())[-4:]}" in masked


@pytest.mark.parametrize(
    "text", ["4242424242424242 12/30", "4242 4242 4242 4242 123", "12 4242424242424242", "1-4242-4242-4242-4242-2"]
)
def test_digits_beside_a_card_number_do_not_hide_it(text: str) -> None:
    assert contains_card_number(text)
    assert "****4242" in mask_card_data(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4242424242424241",
        "order-20261123000042",
        "1732320000000",
        "+971500000001",
        "pi_3OaBcD4242424242424242",
        "6a1b8a4e-58a7-4d3b-9f3a-111111111111",
        "00000000000000000000",
        "424242424242424242424242",
        "9999999999999995",
    ],
)
def test_other_numbers_pass(text: str) -> None:
    assert not contains_card_number(text)
    assert mask_card_data(text) == text


@given(st.uuids())
def test_a_uuid_is_no_card_number(identifier: UUID) -> None:
    assert not contains_card_number(f"{identifier}:2")


def test_not_even_one_that_is_all_digits_is() -> None:
    assert not contains_card_number("42424242-4242-4242-4242-424242424242")
    assert contains_card_number("42424242-4242-4242-4242-424242424242 4242424242424242")


def test_arabic_digits_are_digits() -> None:
    assert contains_card_number("٤٢٤٢ ٤٢٤٢ ٤٢٤٢ ٤٢٤٢")
    assert mask_card_data("بطاقة ٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢") == "بطاقة ****٤٢٤٢"


@given(st.text(max_size=60), st.sampled_from(CARDS), st.text(max_size=60))
def test_a_number_between_any_words_is_found(before: str, number: str, after: str) -> None:
    text = f"{before}: {number} ;{after}"
    assert contains_card_number(text)
    assert number not in mask_card_data(f": {number} ;")


@given(st.text(alphabet="0123456789 -ab", max_size=80))
def test_what_was_masked_has_no_card_number_left(text: str) -> None:
    assert not contains_card_number(mask_card_data(text))


@pytest.mark.parametrize("number", NUMBERS.values())
@pytest.mark.parametrize("how", spellings(NUMBERS["Visa"]))
def test_it_is_known_in_every_spelling(number: str, how: str) -> None:
    text = spellings(number)[how]
    for written in (text, json.dumps(text), quote(text), text.replace(" ", "+"), f"12/30 {text} 123"):
        assert contains_card_number(written)
        assert not found_in(mask_card_data(written).encode())


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T12:00:00.123456+04:00",
        "2026-11-23 12:00:00",
        "784-1990-1234567-1",
        "00971 50 123 4567",
        "0.4242424242424242",
        "3.6725000000000003",
        "pi_3MtwBwLkdIwHu7ix28a3tqPa",
        "ch_3MmlLrLkdIwHu7ix0snN0B15",
        "ORD-2026-000042-17",
        "1763935200123456789",
        "1000 2000 3000",
        "cvc_check: pass",
        '"cvc_check": "unchecked", "cvc": null',
        "security code missing",
        "verification code: 1234",
        "incorrect_cvc 2026-11-23",
        "cvc: 12345",
    ],
)
def test_what_only_resembles_card_data_passes(text: str) -> None:
    assert not contains_card_data(text)
    assert mask_in_body(text.encode()) == text.encode()


PREFIXES = st.sampled_from(["pi", "ch", "evt", "re", "cus", "in", "req", "pay", "chg", "cs_test"])
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
AMOUNTS = st.decimals(0, 999_999, places=3, allow_nan=False).map(str)
ORDINARY = st.one_of(
    st.builds("{}_{}".format, PREFIXES, st.text(alphabet=LETTERS, min_size=14, max_size=24)),
    st.uuids().map(str),
    st.uuids().map(lambda uuid: uuid.hex),
    st.integers(10**9, 2 * 10**9).map(str),
    st.integers(10**12, 2 * 10**12 - 1).map(str),
    st.datetimes().map(str),
    st.datetimes().map(lambda moment: moment.isoformat() + "+04:00"),
    st.floats(0, 1).map(repr),
    st.binary(max_size=64).map(lambda data: hashlib.sha256(data).hexdigest()),
    AMOUNTS,
)


@given(st.lists(ORDINARY, max_size=8))
def test_an_event_of_ordinary_identifiers_times_and_amounts_is_kept_byte_for_byte(words: list[str]) -> None:
    body = json.dumps({"data": words, **dict.fromkeys(words, 1)}).encode()
    assert mask_in_body(body) == body


@pytest.mark.parametrize("name", CODE_NAMES)
def test_a_security_code_is_known_by_its_name(name: str) -> None:
    assert is_security_code_name(name)
    texts = [f"{name}={CODE}", f'"{name}":{CODE}', f'"{name}" : "{CODE}"', f"{name}: ٩٤١٧", f"<{name}>{CODE}</x>"]
    texts += [json.dumps({"raw": json.dumps({name: CODE})}), urlencode({name: CODE}), f'name="{name}"\r\n\r\n{CODE}']
    for text in texts:
        assert contains_security_code(text), text
        assert not contains_card_data(mask_card_data(text))


@pytest.mark.parametrize("name", ["cvc_check", "cvvResult", "avs", "code", "decline_code", "secure", "cv", "discover"])
def test_other_names_are_no_security_codes(name: str) -> None:
    assert not is_security_code_name(name)
    assert not contains_security_code(f'"{name}": "123"')


def test_json_stays_json_and_a_form_a_form() -> None:
    said = {"n": 4242424242424242, "f": 4242424242424242.0, "c": {"cvv": 123, "cvc": {"a": ["1"]}, "cvc_check": "pass"}}
    assert json.loads(mask_in_body(json.dumps(said).encode())) == {
        "n": "****4242",
        "f": "****4242",
        "c": {"cvv": "***", "cvc": {"a": ["***"]}, "cvc_check": "pass"},
    }
    form = urlencode({"a": "1&2=3", "n": "4242 4242 4242 4242", "card[cvc]": "123", "r": "ر"})
    assert dict(parse_qsl(mask_in_form(form))) == {"a": "1&2=3", "n": "****4242", "card[cvc]": "***", "r": "ر"}


def test_headers_are_read_as_they_were_meant() -> None:
    in_arabic = "٤٢٤٢ ٤٢٤٢ ٤٢٤٢ ٤٢٤٢".encode().decode("latin-1")
    given = {"x-note": in_arabic, "x-cvv": "123", "4242424242424242": "x", "x-name": "José".encode().decode("latin-1")}
    assert mask_in_headers(given) == {
        "x-note": "****٤٢٤٢",
        "x-cvv": "***",
        "****4242": "x",
        "x-name": given["x-name"],
    }
    clean = {"host": "hub.example", "stripe-signature": f"t=1763935200,v1={'5f2a' * 16}"}
    assert mask_in_headers(clean) is clean


ANYTHING = st.one_of(st.text(max_size=60), st.text(alphabet="0123456789 -+%u\\/cv:=٤۴", max_size=80))
HIDDEN: list[Callable[[str], str]] = [
    lambda text: text,
    quote,
    json.dumps,
    lambda text: json.dumps({"a": [text]}),
    lambda text: urlencode({"a": text}),
]


@given(ANYTHING)
def test_what_is_quickly_ruled_out_holds_none_and_what_was_masked_holds_none_any_more(text: str) -> None:
    for written in (text, f"{text} cvv: 123 {text}", f"{text} 4242424242424242 {text}"):
        data = written.encode("utf-8", "replace")
        assert may_hold_card_data(data) or not contains_card_data(data.decode())
        assert not contains_card_data(mask_card_data(written))
        assert not contains_card_data(mask_in_body(data).decode("utf-8", "surrogateescape"))


JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | ANYTHING,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANYTHING, inner, max_size=3),
    max_leaves=8,
)


@given(JSON_VALUES, st.sampled_from([*spellings(NUMBERS["Visa"]).values(), 4242424242424242]))
def test_in_any_document_a_number_is_masked_and_the_document_stays_one(value: Any, number: Any) -> None:
    masked = mask_in_body(json.dumps({"before": value, "there": number, "after": value}).encode())
    assert json.loads(masked)["there"] in ("****4242", "****٤٢٤٢", "****۴۲۴۲", "****４２４２")
    assert not contains_card_data(masked.decode("utf-8", "surrogateescape"))


@pytest.mark.parametrize(
    "piece", ["4", "4 ", "42 - ", "cvv", "cvv:", "%34", "\\u0664", "٤", "4242-", "1.", "4242424242424242 "]
)
def test_no_text_takes_long(piece: str) -> None:
    body = (piece * (262_144 // len(piece))).encode()
    started = time.process_time()
    mask_in_body(body)
    assert time.process_time() - started < 5
