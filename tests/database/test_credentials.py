"""Sealed credentials: what may be stored, what is kept of it, and what happens when many set one at once."""

import asyncio
import base64
import os
from typing import Any

import psycopg
import pytest

from tests.support.callers import Caller, Refusal, Workspace

SEALED = "A" * 64


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


async def test_a_credential_is_kept_as_ciphertext_that_clients_never_see(workspace: Workspace) -> None:
    connection = await workspace.connection(active=False)
    sealed = os.urandom(100)

    [saved] = await workspace.set_credentials(connection["id"], "secret_key", ciphertext=base64url(sealed))

    assert (saved["name"], saved["version"], saved["created_by"]) == ("secret_key", 1, workspace.owner.user_id)
    stored = "select ciphertext from private.sealed_credentials where credential_id = %s and version = 1"
    assert await workspace.one(stored, [saved["id"]]) == sealed
    assert (await workspace.owner.request("GET", "sealed_credentials")).status_code == 404
    assert "ciphertext" not in saved


@pytest.mark.parametrize("length", [48, 49, 50, 51, 65535, 65536])
async def test_ciphertexts_of_every_length_are_kept_exactly(workspace: Workspace, length: int) -> None:
    connection = await workspace.connection(active=False)
    sealed = os.urandom(length)

    [saved] = await workspace.set_credentials(connection["id"], "secret_key", ciphertext=base64url(sealed))

    stored = "select ciphertext from private.sealed_credentials where credential_id = %s"
    assert await workspace.one(stored, [saved["id"]]) == sealed


@pytest.mark.parametrize(
    ("names", "status"),
    [(["webhook_secret"], "pending"), (["secret_key"], "active"), (["webhook_secret", "secret_key"], "active")],
)
async def test_a_connection_is_active_once_what_is_required_is_there(
    workspace: Workspace, names: list[str], status: str
) -> None:
    connection = await workspace.connection(active=False)

    await workspace.set_credentials(connection["id"], *names)

    [row] = await workspace.owner.rows("integration_connections?select=status,credentials_version")
    assert row == {"status": status, "credentials_version": 1}


GOOD = {"name": "secret_key", "ciphertext": SEALED}


@pytest.mark.parametrize(
    ("credentials", "refusal"),
    [
        (None, Refusal(400, "invalid_credentials", "credentials")),
        ({}, Refusal(400, "invalid_credentials", "credentials")),
        ("secret", Refusal(400, "invalid_credentials", "credentials")),
        ([], Refusal(400, "invalid_credentials", "credentials")),
        ([GOOD] * 21, Refusal(400, "invalid_credentials", "credentials")),
        ([GOOD, GOOD], Refusal(400, "invalid_credentials", "credentials")),
        (["sk_live_1"], Refusal(400, "invalid_credentials", "credentials.name")),
        ([{}], Refusal(400, "invalid_credentials", "credentials.name")),
        ([GOOD | {"name": "nonesuch"}], Refusal(400, "invalid_credentials", "credentials.name")),
        ([GOOD | {"name": None}], Refusal(400, "invalid_credentials", "credentials.name")),
        ([GOOD | {"ciphertext": None}], Refusal(400, "invalid_credentials", "credentials.ciphertext")),
        ([GOOD | {"ciphertext": "sk_test_12345"}], Refusal(400, "invalid_credentials", "credentials.ciphertext")),
        ([GOOD | {"ciphertext": "A" * 63}], Refusal(400, "invalid_credentials", "credentials.ciphertext")),
        ([GOOD | {"ciphertext": "A" * 65}], Refusal(400, "invalid_credentials", "credentials.ciphertext")),
        ([GOOD | {"ciphertext": "A" * 87383}], Refusal(400, "invalid_credentials", "credentials.ciphertext")),
        ([GOOD | {"ciphertext": "A" * 62 + "=="}], Refusal(400, "invalid_credentials", "credentials.ciphertext")),
        ([GOOD | {"ciphertext": "A" * 63 + "+"}], Refusal(400, "invalid_credentials", "credentials.ciphertext")),
        ([GOOD | {"ciphertext": "A" * 64 + "\n"}], Refusal(400, "invalid_credentials", "credentials.ciphertext")),
        ([GOOD], Refusal(409, "encryption_key_not_active", "credentials.key_id")),
        ([GOOD | {"key_id": "nonesuch"}], Refusal(409, "encryption_key_not_active", "credentials.key_id")),
    ],
)
async def test_what_is_not_sealed_is_refused_by_name(shop: Workspace, credentials: Any, refusal: Refusal) -> None:
    [connection] = await shop.owner.rows("integration_connections?select=id")

    answer = await shop.owner.refused("set_credentials", connection_id=connection["id"], credentials=credentials)

    assert answer == refusal


async def test_a_bad_one_among_several_keeps_all_out(workspace: Workspace) -> None:
    connection = await workspace.connection(active=False)
    key = await workspace.encryption_key()
    credentials = [GOOD | {"key_id": key}, {"name": "webhook_secret", "ciphertext": "short", "key_id": key}]

    await workspace.owner.refused("set_credentials", connection_id=connection["id"], credentials=credentials)

    assert await workspace.owner.rows("api_credentials") == []


@pytest.mark.parametrize("state", ["retiring", "retired"])
async def test_a_key_that_is_not_active_takes_nothing_more(workspace: Workspace, state: str) -> None:
    connection = await workspace.connection()
    await workspace.database.execute(
        "update encryption_keys set state = %s where id = %s", [state, workspace.encryption_key_id]
    )

    refusal = await workspace.owner.refused(
        "set_credentials",
        connection_id=connection["id"],
        credentials=[GOOD | {"key_id": workspace.encryption_key_id}],
    )

    assert refusal.code == "encryption_key_not_active"


async def test_the_key_of_another_organization_is_no_key(workspace: Workspace, shop: Workspace) -> None:
    connection = await workspace.connection(active=False)
    foreign = await shop.encryption_key()

    refusal = await workspace.owner.refused(
        "set_credentials", connection_id=connection["id"], credentials=[GOOD | {"key_id": foreign}]
    )

    assert refusal.code == "encryption_key_not_active"


async def test_replacing_one_erases_the_former_and_keeps_the_history(workspace: Workspace) -> None:
    connection = await workspace.connection()
    for _ in range(2):
        await workspace.set_credentials(connection["id"], "secret_key")

    history = await workspace.owner.call("credential_history", connection_id=connection["id"])

    assert [(line["version"], line["superseded_at"] is None) for line in history] == [(3, True), (2, False), (1, False)]
    kept = "select array_agg(version) from private.sealed_credentials where ciphertext is not null and key_id = %s"
    assert await workspace.one(kept, [workspace.encryption_key_id]) == [3]


async def test_viewers_read_the_history_and_strangers_do_not(workspace: Workspace, other: Caller) -> None:
    connection = await workspace.connection()
    viewer = await workspace.member("viewer")

    read = await viewer.request("GET", f"rpc/credential_history?connection_id={connection['id']}")

    assert [line["name"] for line in read.json()] == ["secret_key"]
    assert (await other.refused("credential_history", connection_id=connection["id"])).code == "connection_not_found"
    assert (await viewer.refused("set_credentials", connection_id=connection["id"], credentials=[])).status == 404


async def test_of_many_set_at_once_the_last_is_kept_whole(workspace: Workspace) -> None:
    connection = await workspace.connection(active=False)
    ciphertexts = [base64url(bytes([number]) * 60) for number in range(10)]
    await workspace.encryption_key()

    await asyncio.gather(
        *(workspace.set_credentials(connection["id"], "secret_key", ciphertext=each) for each in ciphertexts)
    )

    [known] = await workspace.owner.rows("api_credentials?select=version,fingerprint")
    history = await workspace.owner.call("credential_history", connection_id=connection["id"])
    assert known["version"] == 10
    assert [line["version"] for line in history if line["superseded_at"] is None] == [10]
    kept = """
        select encode(extensions.digest(ciphertext, 'sha256'), 'hex') from private.sealed_credentials
        where ciphertext is not null and key_id = %s
    """
    assert await workspace.one(kept, [workspace.encryption_key_id]) == known["fingerprint"]
    version = "select credentials_version from integration_connections where id = %s"
    assert await workspace.one(version, [connection["id"]]) == 10


async def test_a_superseded_version_never_gets_a_ciphertext_again(
    workspace: Workspace, worker: psycopg.AsyncConnection[Any]
) -> None:
    connection = await workspace.connection()
    [saved] = await workspace.set_credentials(connection["id"], "secret_key")

    with pytest.raises(psycopg.errors.CheckViolation):
        await worker.execute(
            "update private.sealed_credentials set ciphertext = %s where credential_id = %s and version = 1",
            (b"x" * 60, saved["id"]),
        )


async def test_retiring_a_key_waits_for_whoever_was_allowed_to_use_it(workspace: Workspace, stack: Any) -> None:
    """Between the check of a key and the ciphertext in its place, the key cannot be retired."""
    connection = await workspace.connection(active=False)
    key = await workspace.encryption_key()
    claims = f'{{"role": "authenticated", "sub": "{workspace.owner.user_id}"}}'
    item = f'[{{"name": "secret_key", "ciphertext": "{SEALED}", "key_id": "{key}"}}]'
    async with await psycopg.AsyncConnection.connect(stack.database_url) as client:
        await client.execute("select set_config('request.jwt.claims', %s, true)", [claims])
        await client.execute("select public.set_credentials(%s, %s::jsonb)", [connection["id"], item])
        async with await psycopg.AsyncConnection.connect(stack.database_url) as retirement:
            with pytest.raises(psycopg.errors.LockNotAvailable):
                await retirement.execute("select from encryption_keys where id = %s for update nowait", [key])
