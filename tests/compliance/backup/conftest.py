"""A hub with a row of everything, a key pair, a folder for backups, and hubs to restore into."""

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer
from psycopg.conninfo import make_conninfo
from wasl.sealing import encode_base64url, seal_credential

from stack import Stack
from stack.ports import free_ports
from tests.rls.conftest import BY_RPC, furnish
from tests.rls.samples import SAMPLES, insert, sample
from tests.support.callers import Database, Workspace, add_providers, new_workspace, remove_providers
from tests.support.empty_hubs import EmptyHubs, open_empty_hubs
from workers.compliance.backup.catalog import open_session
from workers.compliance.backup.keys import RecoveryKey
from workers.compliance.backup.store import BackupStore
from workers.store.pool import Connection
from workers.store.roles import BACKUP_ROLE, set_role_password
from workers.vault.keyring_document import KeyringDocument, KeyringEntry

BUCKET = "backups"
SECRET = "sk_test_that_only_the_keyring_opens"


@dataclass(frozen=True)
class Source:
    """The hub that backups are taken of.

    :param full: an organization with a row in every table. :param plain: one with a sealed secret and an audit log.
    """

    stack: Stack
    backup_url: str
    full: Workspace
    plain: Workspace
    keyring: KeyringDocument
    connection_id: UUID


@pytest.fixture(scope="package")
async def source(stack: Stack, http: httpx.AsyncClient, database: Database) -> AsyncIterator[Source]:
    """The one hub of these tests."""
    await add_providers(database)
    full, plain = [await new_workspace(stack, http, database) for _ in range(2)]
    home = await furnish(full)
    home.quotas[:] = ["connections"]  # one that every hub has
    await database.execute("delete from public.provider_status")  # of providers, and there may be one already
    for table in (each for each in SAMPLES if each not in BY_RPC):
        await insert(database, table, sample(table, home))
    await database.execute(
        "insert into private.dead_jobs (id, kind, organization_id, payload, attempt, created_at)"
        " values (gen_random_uuid(), 'payment.create', %s, %s, 3, now())",
        [full.id, '{"text": "tab\\t, line\\n, backslash \\\\, وصل"}'],
    )
    entry = KeyringEntry.generate(datetime.now(UTC))
    active = "select id from public.encryption_keys where organization_id is null and state = 'active'"
    before = [row["id"] for row in await (await database.execute(active)).fetchall()]
    connection_id = await _sealed_connection(plain, database, entry)
    async with await open_session(stack.database_url) as owner:
        await set_role_password(owner, BACKUP_ROLE, "a password of backups")
    backup_url = make_conninfo(stack.database_url, user=BACKUP_ROLE, password="a password of backups")
    yield Source(stack, backup_url, full, plain, KeyringDocument(keys=(entry,)), connection_id)
    await remove_providers(database)
    await database.execute("delete from public.encryption_keys where id = %s", [entry.id])
    await database.execute("update public.encryption_keys set state = 'active' where id = any (%s)", [before])


async def _sealed_connection(workspace: Workspace, database: Database, entry: KeyringEntry) -> UUID:
    """A connection whose secret is sealed to the hub's own key, which the keyring has."""
    public = entry.public_key()
    assert public is not None
    await database.execute("update public.encryption_keys set state = 'retired' where organization_id is null")
    await database.execute(
        "insert into public.encryption_keys (id, public_key) values (%s, %s)",
        [public.id, encode_base64url(public.data)],
    )
    row = await workspace.connection(active=False, name="Sealed")
    sealed = seal_credential(public, workspace.id, row["id"], "secret_key", SECRET)
    await workspace.owner.call("set_credentials", connection_id=row["id"], credentials=[sealed])
    return UUID(row["id"])


@pytest.fixture(scope="package")
async def empty_hubs() -> AsyncIterator[EmptyHubs]:
    """A cluster to restore into."""
    async with open_empty_hubs() as hubs:
        yield hubs


@pytest.fixture(scope="package")
def recovery() -> RecoveryKey:
    """The recovery key of the tests' backups."""
    return RecoveryKey.generate()


@pytest.fixture
def store(tmp_path: Path) -> BackupStore:
    """A folder of the test's own."""
    return BackupStore.open(str(tmp_path / "backups"))


@pytest.fixture(scope="package")
def s3() -> Iterator[str]:
    """The address of a server of our own."""
    (port,) = free_ports(1)
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def any_store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BackupStore:
    """An empty store of either kind."""
    if request.param == "folder":
        return BackupStore.open(str(tmp_path / "backups"))
    address = request.getfixturevalue("s3")
    for name, value in {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
    }.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", endpoint_url=address, region_name="us-east-1")
    with suppress(client.exceptions.BucketAlreadyOwnedByYou):
        client.create_bucket(Bucket=BUCKET)
    return BackupStore.open(f"s3://{BUCKET}/{tmp_path.name}")


@pytest.fixture
async def reader(source: Source) -> AsyncIterator[Connection]:
    """A connection as ``wasl_backup``."""
    async with await open_session(source.backup_url) as connection:
        yield connection
