"""`wasl keys`, as an operator uses it."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest
from typer.testing import CliRunner, Result

from stack import Stack
from tests.vault.conftest import Clients, Database
from workers.commands.keys import app
from workers.store.credentials import PostgresCredentials
from workers.vault.credentials import CredentialVault
from workers.vault.keyring import LocalKeyring
from workers.vault.keyring_document import KeyringDocument
from workers.vault.keyring_file import KeyringFile

Wasl = Callable[..., Awaitable[Result]]


@pytest.fixture
def wasl_keys(vault_stack: Stack, keyring_file: KeyringFile, database: Database) -> Wasl:
    """Runs `wasl keys` with the workers' own login; in a thread, for the command has an event loop of its own."""

    async def run(*arguments: str, **variables: str | None) -> Result:
        environment = {
            "WASL_DATABASE_URL": vault_stack.worker_database_url,
            "WASL_KEYRING": str(keyring_file.path),
            "COLUMNS": "200",
            **variables,
        }
        return await asyncio.to_thread(lambda: CliRunner().invoke(app, arguments, env=environment))

    return run


async def test_from_the_first_key_to_the_retirement_of_the_second(
    wasl_keys: Wasl, clients: Clients, store: PostgresCredentials, keyring_file: KeyringFile
) -> None:
    assert "is the active key" in (await wasl_keys("ensure")).stdout
    (first,) = keyring_file.read().keys
    connection = await clients.connect()
    await clients.set(connection, secret_key="sk_test_4eC39HqLyjWDarjtT1zdp7dc")

    assert (await wasl_keys("ensure")).stdout == f"{first.id} is the active key.\n"
    made = await wasl_keys("new")
    second = keyring_file.read().keys[-1]
    assert made.stdout == f"{second.id} is the active key. `wasl keys rotate` seals everything to it.\n"

    refused = await wasl_keys("retire", first.id)
    assert (refused.exit_code, refused.stderr) == (
        1,
        f"1 credentials are still sealed to {first.id}: `wasl keys rotate` first\n",
    )
    rotated = await wasl_keys("rotate")
    assert (rotated.exit_code, rotated.stdout) == (0, "1 credentials sealed anew, 0 remain.\n")
    assert (await wasl_keys("retire", first.id)).stdout == f"{first.id} is retired.\n"

    keyring = LocalKeyring(keyring_file.read)
    assert await CredentialVault(keyring, store).open(connection.id) == {
        "secret_key": "sk_test_4eC39HqLyjWDarjtT1zdp7dc"
    }
    listed = json.loads((await wasl_keys("list", "--json")).stdout)
    assert [(key["id"], key["state"], key["credentials"], key["keyring"]) for key in listed] == [
        (first.id, "retired", 0, "present"),
        (second.id, "active", 1, "present"),
    ]


async def test_the_list_is_a_table_for_people(wasl_keys: Wasl, keyring_file: KeyringFile) -> None:
    await wasl_keys("new")
    await wasl_keys("new", "--stage")
    active, staged = keyring_file.read().keys
    table = (await wasl_keys("list")).stdout
    assert [line.split("│")[1].split() + line.split("│")[2].split() for line in table.splitlines() if "│" in line] == [
        [active.id, "active"],
        [staged.id, "created"],
    ]


async def test_destroying_a_key_is_asked_for_first(wasl_keys: Wasl, keyring_file: KeyringFile) -> None:
    await wasl_keys("new")
    await wasl_keys("new")
    first = keyring_file.read().keys[0]
    assert first.private_key is not None
    asked = await wasl_keys("retire", first.id, "--destroy")
    assert asked.exit_code == 1
    assert first.private_key.get_secret_value() in keyring_file.path.read_text()
    done = await wasl_keys("retire", first.id, "--destroy", "--yes")
    assert done.stdout == f"{first.id} is retired and destroyed.\n"
    assert first.private_key.get_secret_value() not in keyring_file.path.read_text()


async def test_a_credential_that_cannot_be_opened_fails_the_rotation_and_is_named(
    wasl_keys: Wasl, clients: Clients, database: Database
) -> None:
    await wasl_keys("new")
    connection = await clients.connect()
    ((row),) = await clients.set(connection, secret_key="sk_one")
    await database.execute(
        "update private.sealed_credentials set ciphertext = overlay(ciphertext placing '\\x00' from 9)"
    )
    await wasl_keys("new")
    rotated = await wasl_keys("rotate", "--json")
    assert rotated.exit_code == 1
    result = json.loads(rotated.stdout)
    assert (result["resealed"], result["remaining"], list(result["failed"])) == (0, 1, [str(row["id"])])


async def test_a_lost_keyring_shows_in_the_list(wasl_keys: Wasl, clients: Clients, keyring_file: KeyringFile) -> None:
    await wasl_keys("new")
    await clients.set(await clients.connect(), secret_key="sk_one")
    keyring_file.path.unlink()
    listed = await wasl_keys("list")
    assert listed.exit_code == 1
    assert "missing" in listed.stdout
    assert "credentials are sealed to a key that the keyring lacks" in listed.stderr


@pytest.mark.parametrize(
    ("arguments", "variables", "complaint"),
    [
        (["new"], {"WASL_DATABASE_URL": ""}, "WASL_DATABASE_URL is not set."),
        (["new"], {"WASL_KEYRING": ""}, "WASL_KEYRING is not set: it names the file that keeps the private keys"),
        (["new"], {"WASL_KEYRING": KeyringDocument().dump()}, "to change keys, let it name a file"),
        (["new"], {"WASL_DATABASE_URL": "postgresql://nobody:hunter2@127.0.0.1:1/postgres"}, "the database: "),
        (["rotate"], {}, "there is no keyring at "),
        (["retire", "20200101-nobody"], {}, "there is no keyring at "),
        (["new", "--organization", "0190163d-8694-739b-aea5-966c26f8ad91"], {}, "there is no organization 0190163d"),
    ],
)
async def test_what_is_wrong_is_said_in_one_sentence(
    wasl_keys: Wasl, arguments: list[str], variables: dict[str, str], complaint: str
) -> None:
    result = await wasl_keys(*arguments, **variables)
    assert result.exit_code == 1
    assert complaint in result.stderr
    assert "hunter2" not in result.output
    assert "Traceback" not in result.output


async def test_no_command_prints_a_private_key(wasl_keys: Wasl, keyring_file: KeyringFile) -> None:
    outputs = [
        (await wasl_keys(*arguments)).output
        for arguments in (["ensure"], ["new"], ["new", "--stage"], ["list"], ["list", "--json"], ["rotate", "--json"])
    ]
    for entry in keyring_file.read().keys:
        assert entry.private_key is not None
        assert entry.private_key.get_secret_value() not in "".join(outputs)
