"""Workspaces to try RPCs in, and the database as the workers see it."""

from collections.abc import AsyncIterator

import httpx
import psycopg
import pytest
from psycopg.rows import DictRow, dict_row

from stack import Stack
from tests.support.callers import (
    Caller,
    Database,
    Workspace,
    add_providers,
    anonymous,
    new_workspace,
    remove_providers,
    service,
)
from tests.support.newsroom import Newsroom
from tests.support.shipments import Journal
from tests.support.watches import Watch


@pytest.fixture(scope="package", autouse=True)
async def providers(database: Database) -> AsyncIterator[None]:
    """Providers of the tests' own in the catalog."""
    await add_providers(database)
    yield
    await remove_providers(database)


@pytest.fixture
async def workspace(stack: Stack, http: httpx.AsyncClient, database: Database) -> Workspace:
    """An organization of the test's own."""
    return await new_workspace(stack, http, database)


@pytest.fixture(scope="module")
async def shop(stack: Stack, http: httpx.AsyncClient, database: Database) -> Workspace:
    """An organization with an active payment connection, for the tests of one file that leave it as it is."""
    workspace = await new_workspace(stack, http, database)
    await workspace.connection()
    return workspace


@pytest.fixture(scope="module")
async def depot(stack: Stack, http: httpx.AsyncClient, database: Database) -> Workspace:
    """An organization with an active carrier and a default location, for the tests of one file."""
    workspace = await new_workspace(stack, http, database)
    await workspace.carrier()
    return workspace


@pytest.fixture(scope="module")
async def journal(stack: Stack, depot: Workspace) -> AsyncIterator[Journal]:
    """Shipments of the depot, told about by `wasl_worker`."""
    [row] = await depot.owner.rows("integration_connections?select=id&provider_key=eq.probe_carrier")
    with (
        psycopg.connect(stack.worker_database_url, autocommit=True, row_factory=dict_row) as worker,
        psycopg.connect(stack.database_url, autocommit=True, row_factory=dict_row) as owner,
    ):
        yield Journal(worker, owner, depot.id, row["id"])


@pytest.fixture(scope="module")
async def newsroom(stack: Stack, http: httpx.AsyncClient, database: Database) -> AsyncIterator[Newsroom]:
    """An organization with an account at a network, told about by `wasl_worker`."""
    workspace = await new_workspace(stack, http, database)
    connection = await workspace.network()
    with (
        psycopg.connect(stack.worker_database_url, autocommit=True, row_factory=dict_row) as worker,
        psycopg.connect(stack.database_url, autocommit=True, row_factory=dict_row) as owner,
    ):
        room = Newsroom(workspace, worker, owner, connection["id"])
        room.accounts.append(room.account())
        yield room


@pytest.fixture(scope="module")
async def other(stack: Stack, http: httpx.AsyncClient, database: Database) -> Caller:
    """The owner of another organization."""
    return (await new_workspace(stack, http, database)).owner


@pytest.fixture
def anon(http: httpx.AsyncClient) -> Caller:
    """Somebody who has not signed in."""
    return anonymous(http)


@pytest.fixture
def server(stack: Stack, http: httpx.AsyncClient) -> Caller:
    """A server with the secret key."""
    return service(stack, http)


@pytest.fixture(scope="module")
async def worker(stack: Stack) -> AsyncIterator[psycopg.AsyncConnection[DictRow]]:
    """A connection as `wasl_worker`; every statement commits at once."""
    connection = await psycopg.AsyncConnection.connect(stack.worker_database_url, autocommit=True, row_factory=dict_row)
    async with connection:
        yield connection


@pytest.fixture
async def watch(workspace: Workspace, worker: psycopg.AsyncConnection[DictRow]) -> Watch:
    """An organization with a connection to look after."""
    return Watch(workspace, worker, await workspace.connection())


@pytest.fixture(scope="module")
async def tower(shop: Workspace, worker: psycopg.AsyncConnection[DictRow]) -> Watch:
    """The same for the tests of one file that leave it as it is."""
    [connection] = await shop.owner.rows("integration_connections")
    return Watch(shop, worker, connection)
