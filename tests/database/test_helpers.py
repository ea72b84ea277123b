"""The small functions that everything else stands on: identifiers, base64url, card numbers, refusals."""

import base64
import json
import os
import time
import uuid
from urllib.parse import quote, quote_plus

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stack import Stack
from tests.support.callers import Database, Workspace
from tests.support.card_data import CODE_NAMES, NUMBERS, spellings
from workers.card_data import contains_card_number, contains_security_code, is_security_code_name


@pytest.fixture(scope="module")
def connection(stack: Stack) -> psycopg.Connection:
    """A blocking connection, which hypothesis needs."""
    return psycopg.connect(stack.database_url, autocommit=True)


async def test_identifiers_are_uuids_of_version_7_in_order_of_time(database: Database) -> None:
    before = time.time_ns() // 1_000_000 - 1
    cursor = await database.execute("select private.uuid_v7() as id, pg_sleep(0.00001) from generate_series(1, 200)")
    ids = [row["id"] async for row in cursor]
    after = time.time_ns() // 1_000_000 + 1

    assert {(id.version, id.variant) for id in ids} == {(7, uuid.RFC_4122)}
    assert all(before <= id.int >> 80 <= after for id in ids)
    assert ids == sorted(ids)
    assert len({id.int & (1 << 62) - 1 for id in ids}) == 200


@pytest.mark.parametrize("length", [*range(12), 48, 65536])
async def test_base64url_of_every_length_is_decoded(database: Database, length: int) -> None:
    data = os.urandom(length)
    encoded = base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    cursor = await database.execute("select private.from_base64url(%s) as data", [encoded])

    assert (await cursor.fetchone()) == {"data": data}


CARD_LIKE = st.one_of(
    st.text(alphabet="0123456789 -", min_size=10, max_size=30),
    st.text(alphabet="٤۴4२2২２ -x", min_size=13, max_size=30),
    st.sampled_from(["4242424242424242", "4242 4242 4242 4242", "378282246310005", "5555-5555-5555-4444"]),
    st.from_regex(r"[a-z ]{0,2}[0-9]{8}(-[0-9]{4}){3}-[0-9]{12}[a-z 0-9]{0,2}", fullmatch=True),
    st.from_regex(r"[a-z ]{0,3}[3-6][0-9]{12,18}[a-z ]{0,3}", fullmatch=True),
    st.from_regex(r"(2[2-7]|5|81|9792)[0-9]{11,14}", fullmatch=True),
    st.from_regex(r"[0-9]{0,13}\.[0-9]{12,17}", fullmatch=True),
    st.text(alphabet="4242 -+\u00a0\u2013%203", min_size=13, max_size=30),
    st.text(max_size=40).filter(lambda text: "\0" not in text and text.isprintable()),
)


@settings(max_examples=300, deadline=None)
@given(words=CARD_LIKE)
def test_card_numbers_are_told_as_the_connectors_tell_them(connection: psycopg.Connection, words: str) -> None:
    row = connection.execute("select private.contains_card_number(%s)", [words]).fetchone()

    assert row == (contains_card_number(words),)


@pytest.mark.parametrize("number", NUMBERS.values())
@pytest.mark.parametrize("how", spellings(NUMBERS["Visa"]))
def test_a_card_number_is_known_however_it_is_written(connection: psycopg.Connection, number: str, how: str) -> None:
    text = spellings(number)[how]
    for words in (text, json.dumps(text), quote(text), quote_plus(text), f"12/30 {text} 123"):
        row = connection.execute("select private.contains_card_number(%s)", [words]).fetchone()
        assert row == (contains_card_number(words),) == (True,), words


CODE_LIKE = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "x", "card_", "Card", "a[", " "]),
    st.sampled_from([*CODE_NAMES, "cvc_check", "code", "number", "security", "cv", "verification code"]),
    st.sampled_from(["", "=", ": ", '":"', '\\":\\"', "]=", ">", "_", " is ", '","', "%5D=", "%22%3A%22", "+"]),
    st.sampled_from(["123", "9417", "٩٤١٧", "12", "12345", "123a", "123-4", "123.", "pass", "null"]),
)


@settings(max_examples=300, deadline=None)
@given(words=CODE_LIKE)
def test_security_codes_are_told_as_the_connectors_tell_them(connection: psycopg.Connection, words: str) -> None:
    statement = "select private.contains_security_code(%s), %s ~* (private.security_code_names() || '\\]?$')"
    row = connection.execute(statement, [words, words]).fetchone()

    assert row == (contains_security_code(words), is_security_code_name(words))


async def test_a_refusal_is_an_http_status_a_code_a_sentence_and_a_field(shop: Workspace) -> None:
    answer = await shop.owner.request(
        "POST", "rpc/create_payment", json={"amount": "-1", "currency": "AED", "reference": "r"}
    )

    assert answer.status_code == 400
    assert answer.json() == {
        "code": "invalid_amount",
        "message": 'The amount must be a positive decimal string such as "99.00", of at most twelve digits before'
        " the point.",
        "details": "amount",
        "hint": None,
    }
