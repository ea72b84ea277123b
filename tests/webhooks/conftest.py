"""An ingress in this process on the real database, and a receiver of webhooks for each test."""

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from stack import Stack
from tests.support.webhooks import Database, Receiver, TestKeyring, new_receiver
from workers.providers.certificates import Certificates
from workers.store.credentials import PostgresCredentials
from workers.store.pool import Pool, open_pool
from workers.store.webhooks import PostgresWebhooks
from workers.vault.credentials import CredentialVault
from workers.webhooks.ingress import Ingress
from workers.webhooks.process import WebhookProcessor
from workers.webhooks.server import open_ingress


@pytest.fixture(scope="session")
def keyring() -> TestKeyring:
    """The workers' keyring."""
    return TestKeyring()


@pytest.fixture(scope="session")
async def pool(stack: Stack) -> AsyncIterator[Pool]:
    """The workers' pool."""
    async with open_pool(stack.worker_database_url, application_name="webhook tests", max_size=6) as pool:
        yield pool


@pytest.fixture(scope="session")
def vault(pool: Pool, keyring: TestKeyring) -> CredentialVault:
    """The workers' vault."""
    return CredentialVault(keyring, PostgresCredentials(pool))


@pytest.fixture(scope="session")
def make_receiver(
    stack: Stack, http: httpx.AsyncClient, database: Database, keyring: TestKeyring
) -> Callable[[], Awaitable[Receiver]]:
    """Makes a connection to Stripe with an address for its webhooks, in an organization of its own."""
    return lambda: new_receiver(stack, http, database, keyring)


@pytest.fixture
async def receiver(make_receiver: Callable[[], Awaitable[Receiver]]) -> Receiver:
    """A receiver of the test's own."""
    return await make_receiver()


@pytest.fixture
async def other_receiver(make_receiver: Callable[[], Awaitable[Receiver]]) -> Receiver:
    """Another organization's receiver."""
    return await make_receiver()


@pytest.fixture
async def ingress(pool: Pool, vault: CredentialVault) -> AsyncIterator[Ingress]:
    """The application; an endpoint is looked up anew at each delivery, so that tests need not wait."""
    async with open_ingress(pool, vault, remember_seconds=0) as app:
        yield app


@pytest.fixture
async def client(ingress: Ingress) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application."""
    transport = httpx.ASGITransport(app=ingress)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://ingress") as client:
        yield client


@pytest.fixture
def processor(pool: Pool, vault: CredentialVault) -> WebhookProcessor:
    """Does the jobs of kind webhook.process; no certificate can be had."""
    return WebhookProcessor(PostgresWebhooks(pool), vault, Certificates(httpx.MockTransport(_no_answer)))


def _no_answer(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody is there", request=request)
