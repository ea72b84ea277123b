"""The search for leaked secrets finds them wherever and however they lie, and a sealed credential is no leak."""

import base64
import json
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack import Stack
from tests.support.leaks import Leak, SecretPattern, assert_no_leaks, find_leaks
from tests.vault.conftest import Clients, Database
from workers.store.credentials import PostgresCredentials
from workers.vault.credentials import CredentialVault
from workers.vault.keyring import LocalKeyring
from workers.vault.keyring_file import KeyringFile
from workers.vault.keys import new_key
from workers.vault.rotation import rotate

SECRET = 'sk_test_"4eC39/HqLyjWD+arjt\\T1zdp7dc سرّ'
WRITTEN = {
    "as it is": SECRET.encode(),
    "in a URL": urlencode({"key": SECRET}).encode(),
    "in a path": quote(SECRET, safe="").encode(),
    "in JSON": json.dumps({"key": SECRET}).encode(),
    "in JSON with its own letters": json.dumps({"key": SECRET}, ensure_ascii=False).encode(),
    "in JSON in JSON": json.dumps({"body": json.dumps({"key": SECRET})}).encode(),
    "in basic authentication": base64.b64encode(b"merchant:" + SECRET.encode() + b":x"),
    "in base64url": base64.urlsafe_b64encode(b"a" + SECRET.encode()).rstrip(b"="),
    "in hexadecimal": SECRET.encode().hex().encode(),
    "in capital hexadecimal": SECRET.encode().hex().upper().encode(),
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_a_secret_is_found_however_it_is_written(written: bytes) -> None:
    assert {name for name, _ in SecretPattern({"key": SECRET}).search(b"before " + written + b" behind")} == {"key"}


@given(secret=st.text(min_size=8, max_size=30), before=st.binary(max_size=5), behind=st.binary(max_size=5))
def test_a_secret_is_found_at_every_place_in_base64(secret: str, before: bytes, behind: bytes) -> None:
    encoded = base64.b64encode(before + secret.encode() + behind)
    assert list(SecretPattern({"key": secret}).search(encoded))


def test_another_secret_is_not_found() -> None:
    assert not list(SecretPattern({"key": SECRET}).search(b"sk_test_another " + WRITTEN["in JSON"][:20]))


def test_a_secret_too_short_to_search_for_is_refused() -> None:
    with pytest.raises(ValueError, match="the pin is shorter than 8 characters"):
        SecretPattern({"pin": "1234567"})


async def test_a_failure_names_the_places_and_not_the_secret() -> None:
    with pytest.raises(AssertionError, match=r"public\.leads: the stripe key, in JSON") as failure:
        assert_no_leaks([Leak("stripe key", "in JSON", "public.leads")])
    assert SECRET not in str(failure.value)


@pytest.mark.parametrize("kind", ["text", "jsonb", "bytea", "text[]"])
async def test_it_is_found_in_a_column_of_any_type_in_any_schema(
    vault_stack: Stack, database: Database, kind: str
) -> None:
    value = {
        "text": SECRET,
        "jsonb": json.dumps({"deep": [{"key": SECRET}]}),
        "bytea": SECRET.encode(),
        "text[]": ["other", SECRET],
    }[kind]
    async with await psycopg.AsyncConnection.connect(vault_stack.database_url, autocommit=True) as connection:
        await connection.execute(f"create table private.leak_test (id int, value {kind})")
        try:
            await connection.execute("insert into private.leak_test values (1, %s)", [value])
            leaks = await find_leaks(vault_stack.admin_database_url, {"key": SECRET})
        finally:
            await connection.execute("drop table private.leak_test")
    assert "private.leak_test" in {leak.place for leak in leaks}
    assert {leak.place for leak in leaks} <= {"private.leak_test", "pg_catalog.pg_stats"}


async def test_it_is_found_in_a_partition(vault_stack: Stack, database: Database) -> None:
    async with await psycopg.AsyncConnection.connect(vault_stack.database_url, autocommit=True) as connection:
        await connection.execute(
            "create table private.leak_test (value text) partition by list (value);"
            "create table private.leak_test_all partition of private.leak_test default"
        )
        try:
            await connection.execute("insert into private.leak_test values (%s)", [SECRET])
            leaks = await find_leaks(vault_stack.admin_database_url, {"key": SECRET})
        finally:
            await connection.execute("drop table private.leak_test")
    assert "private.leak_test_all" in {leak.place for leak in leaks}


async def test_it_is_found_in_logs_across_the_seams_of_reading(
    vault_stack: Stack, tmp_path: Path, database: Database
) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "clean.log").write_text("nothing")
    (tmp_path / "deep/worker.log").write_bytes(b"x" * ((1 << 20) - 10) + SECRET.encode() + b"\n")
    leaks = await find_leaks(vault_stack.admin_database_url, {"key": SECRET}, [tmp_path])
    assert [(leak.secret, leak.place) for leak in leaks] == [("key", str(tmp_path / "deep/worker.log"))]


async def test_a_sealed_credential_leaves_no_trace_of_the_secret(
    vault_stack: Stack,
    keyring_file: KeyringFile,
    store: PostgresCredentials,
    clients: Clients,
) -> None:
    secrets = {"key": SECRET, "former key": SECRET[::-1]}
    await new_key(keyring_file, store)
    connection = await clients.connect()
    await clients.set(connection, secret_key=secrets["former key"])
    await clients.set(connection, secret_key=secrets["key"])
    await new_key(keyring_file, store)
    keyring = LocalKeyring(keyring_file.read)
    async for _ in rotate(keyring, store):
        pass
    assert await CredentialVault(keyring, store).open(connection.id) == {"secret_key": SECRET}
    for entry in keyring_file.read().keys:
        assert entry.private_key is not None
        secrets[f"private key {entry.id}"] = entry.private_key.get_secret_value()
    assert_no_leaks(await find_leaks(vault_stack.admin_database_url, secrets, [vault_stack.directory / "logs"]))
