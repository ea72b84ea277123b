"""Fixtures for whoever tests the work itself: a stack of their own, because an executor takes any job it finds in the
queue, the sandbox beside it, organizations with connected gateways, and workers inside and outside this process."""

import asyncio
import os
import signal
import socket
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from wasl.sealing import PublicKey, seal_credential

from sandbox.app import create_app
from sandbox.server import serving
from stack import Stack
from stack.toolchain import ROOT
from tests.support.carriers.base import Carrier
from tests.support.gateways.base import Gateway
from tests.support.gateways.stripe import GATEWAY as STRIPE
from tests.support.stacks import migrated_stack
from workers.config import Settings
from workers.runtime import Runtime, Worker, open_worker
from workers.store.credentials import PostgresCredentials
from workers.store.pool import BY_INDEX, Pool, open_pool
from workers.tracing import open_tracing
from workers.vault.credentials import CredentialVault
from workers.vault.keyring import LocalKeyring
from workers.vault.keyring_file import KeyringFile
from workers.vault.keys import new_key

Row = dict[str, Any]
CARD, DECLINED_CARD = "pm_card_visa", "pm_card_chargeDeclined"


async def until(condition: Callable[[], Awaitable[Any]], *, seconds: float = 60.0, every: float = 0.02) -> Any:
    """Wait until ``condition`` answers something true, and return that; fail when it takes longer.

    :param every: how long to wait between two looks.
    """
    deadline = time.monotonic() + seconds
    while True:
        found = await condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen within {seconds:g} seconds: {condition}")
        await asyncio.sleep(every)


@dataclass
class WorkerProcess:
    """A `wasl worker` of its own."""

    process: asyncio.subprocess.Process
    log: Path

    def kill(self) -> None:
        """End it without a word, as a power cut would."""
        self.process.kill()

    async def stop(self) -> int:
        """Ask it to end, and return its exit status."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await self.process.wait()


@dataclass
class Workplace:
    """What a test of the work needs at hand. ``database`` is the owner's connection, ``pool`` one as workers have, and
    ``worker_pool`` that of the workers inside this process."""

    stack: Stack
    database: psycopg.AsyncConnection[Row]
    pool: Pool
    worker_pool: Pool
    keyring: Path
    sandbox: httpx.AsyncClient
    workers: list[Worker] = field(default_factory=list)
    """Those at work inside this process."""
    opened_at: datetime = field(default_factory=partial(datetime.now, UTC))

    @asynccontextmanager
    async def another(self) -> AsyncIterator["Workplace"]:
        """The same with a connection of its own, for what goes on at the same time."""
        async with await connect_owner(self.stack) as database:
            yield replace(self, database=database)

    # People and their connections.

    async def organization(self) -> UUID:
        """A new organization, with an encryption key of its own that the keyring can open."""
        row = await self.one(
            "insert into public.organizations (name, slug) values ('Test', %s) returning id", f"o{uuid.uuid4().hex}"
        )
        await new_key(KeyringFile(self.keyring), PostgresCredentials(self.pool), organization_id=row["id"])
        organization_id: UUID = row["id"]
        return organization_id

    async def connect(
        self,
        organization_id: UUID,
        gateway: Gateway | Carrier,
        credentials: Mapping[str, str] | None = None,
        **options: Any,
    ) -> UUID:
        """A connection with sealed credentials: of a new account in the sandbox unless they are given."""
        name = options.pop("name", f"{gateway.key} {uuid.uuid4().hex[:6]}")
        if gateway.settings:
            options.setdefault("settings", Jsonb(dict(gateway.settings)))
        row = await self.call(
            "create_connection", organization_id=organization_id, provider=gateway.key, name=name, **options
        )
        connection_id: UUID = row["id"]
        await self.set_credentials(organization_id, connection_id, credentials or gateway.account())
        return connection_id

    async def connect_stripe(self, organization_id: UUID, *, secret_key: str | None = None, **options: Any) -> UUID:
        """A Stripe connection likewise."""
        credentials = None if secret_key is None else {"secret_key": secret_key}
        return await self.connect(organization_id, STRIPE, credentials, **options)

    async def set_secret_key(self, organization_id: UUID, connection_id: UUID, secret_key: str) -> None:
        """Seal and store another secret key."""
        await self.set_credentials(organization_id, connection_id, {"secret_key": secret_key})

    async def set_credentials(self, organization_id: UUID, connection_id: UUID, credentials: Mapping[str, str]) -> None:
        """Seal and store credentials."""
        key = await self.one(
            "select id, public_key from public.encryption_keys where organization_id = %s and state = 'active'",
            organization_id,
        )
        public = PublicKey.from_base64url(key["id"], key["public_key"])
        sealed = [
            dict(seal_credential(public, organization_id, connection_id, name, value))
            for name, value in credentials.items()
        ]
        await self.call("set_credentials", connection_id=connection_id, credentials=Jsonb(sealed))

    async def payment(self, organization_id: UUID, amount: str = "99.00", **arguments: Any) -> Row:
        """A payment just asked for, by card unless said otherwise."""
        defaults = {"currency": "AED", "reference": "order-1", "payment_method": CARD}
        return await self.call(
            "create_payment", organization_id=organization_id, amount=amount, **{**defaults, **arguments}
        )

    async def call(self, rpc: str, **arguments: Any) -> Row:
        """What an RPC answers to the hub's own secret key."""
        named = ", ".join(f"{name} => %({name})s" for name in arguments)
        async with self.database.transaction():
            await self.database.execute("""select set_config('request.jwt.claims', '{"role": "service_role"}', true)""")
            cursor = await self.database.execute(f"select * from public.{rpc}({named})", arguments)
            rows = await cursor.fetchall()
        return rows[0] if rows else {}

    # What became of it.

    async def one(self, query: str, *parameters: Any) -> Row:
        """The one row of a query."""
        (row,) = await self.all(query, *parameters)
        return row

    async def all(self, query: str, *parameters: Any) -> list[Row]:
        """The rows of a query."""
        return await (await self.database.execute(query, parameters)).fetchall()

    async def operation(self, subject_id: UUID, kind: str = "payment.create") -> Row:
        """The latest operation of a kind about something."""
        return await self.one(
            "select * from public.operations where subject_id = %s and kind = %s order by created_at desc limit 1",
            subject_id,
            kind,
        )

    async def finished(self, subject_id: UUID, kind: str = "payment.create", *, seconds: float = 60.0) -> Row:
        """The same, once it is no longer pending."""

        async def ended() -> Row | None:
            row = await self.operation(subject_id, kind)
            return None if row["status"] == "pending" else row

        row: Row = await until(ended, seconds=seconds)
        return row

    async def payment_row(self, payment_id: UUID) -> Row:
        """A payment as it stands."""
        return await self.one("select * from public.payments where id = %s", payment_id)

    # The gateway.

    async def plan_fault(self, kind: str, *, provider: str = "stripe", **options: Any) -> int:
        """Let the next request to a twin meet a fault; the fault's number."""
        answer = await self.sandbox.post("/_faults", json={"provider": provider, "kind": kind, **options})
        assert answer.status_code == 201, answer.text
        number: int = answer.json()["id"]
        return number

    async def at(self, provider: str, payment_id: UUID) -> dict[str, list[Row]]:
        """Everything that a twin holds of a payment."""
        answer = await self.sandbox.get("/_state", params={"provider": provider, "payment_id": str(payment_id)})
        state: dict[str, list[Row]] = answer.json()
        return state

    async def at_stripe(self, payment_id: UUID) -> dict[str, list[Row]]:
        """The same of Stripe's."""
        return await self.at("stripe", payment_id)

    # Workers.

    def environment(self, **settings: Any) -> dict[str, str]:
        """The environment of a worker that is quick to notice and to retry."""
        quick = {
            "database_url": self.stack.worker_database_url,
            "keyring": self.keyring,
            "sandbox_url": str(self.sandbox.base_url).rstrip("/"),
            "status_pages_url": f"{str(self.sandbox.base_url).rstrip('/')}/_status_pages",
            "call_timeout_seconds": 2,
            "lease_seconds": 6,
            "poll_seconds": 0.3,
            "retry_base_seconds": 0.05,
            "shutdown_grace_seconds": 5,
        }
        return {f"WASL_{name.upper()}": str(value) for name, value in {**quick, **settings}.items()}

    def settings(self, **settings: Any) -> Settings:
        """The same as settings."""
        values = self.environment(**settings)
        return Settings.read(**{name.removeprefix("WASL_").lower(): value for name, value in values.items()})

    @asynccontextmanager
    async def working(self, *, dies: bool = False, **settings: Any) -> AsyncIterator[Worker]:
        """A worker inside this process, at work while the block runs.

        :param dies: at the end of the block, in the middle of what it does; what it holds stays claimed.
        """
        async with self._runtime(self.settings(**settings)) as runtime, open_worker(runtime) as worker:
            task = asyncio.create_task(worker.run())
            self.workers.append(worker)
            try:
                yield worker
            finally:
                self.workers.remove(worker)
                if dies:
                    task.cancel()
                else:
                    worker.executor.stop()
                await asyncio.wait([task])
            if not dies:
                task.result()

    @asynccontextmanager
    async def _runtime(self, settings: Settings) -> AsyncIterator[Runtime]:
        """What `open_runtime` opens, but for the pool: new connections would have to learn the database's functions
        first, which takes longer than most tests."""
        keyring = LocalKeyring.from_setting(settings.keyring.get_secret_value())
        vault = CredentialVault(keyring, PostgresCredentials(self.worker_pool))
        try:
            async with open_tracing(settings.otlp_endpoint, service="worker under test") as tracing:
                yield Runtime(settings, "worker under test", self.worker_pool, vault, tracing)
        finally:
            vault.forget()
            await vault.flush_use()

    @asynccontextmanager
    async def worker_process(self, directory: Path, **settings: Any) -> AsyncIterator[WorkerProcess]:
        """A worker in a process of its own; killed at the end if it still runs."""
        environment = {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1", **self.environment(**settings)}
        log = directory / f"worker-{uuid.uuid4().hex[:6]}.log"
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "workers.cli", "worker", cwd=ROOT, env=environment, stdout=output, stderr=output
            )
        try:
            yield WorkerProcess(process, log)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    @asynccontextmanager
    async def ingress_process(self, directory: Path, **settings: Any) -> AsyncIterator[tuple[str, Path]]:
        """A `wasl ingress` of its own: its URL and its log."""
        log = directory / f"ingress-{uuid.uuid4().hex[:6]}.log"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        environment = {"PATH": os.environ["PATH"], **self.environment(metrics_port=0, **settings)}
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "workers.cli", "ingress", "--port", str(port)),
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
            )
        url = f"http://127.0.0.1:{port}"
        try:
            async with httpx.AsyncClient() as client:

                async def listens() -> bool:
                    assert process.returncode is None, log.read_text()
                    try:
                        return (await client.get(f"{url}/health")).is_success
                    except httpx.ConnectError:
                        return False

                await until(listens)
            yield url, log
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def connect_owner(stack: Stack) -> psycopg.AsyncConnection[Row]:
    """A connection as the database's owner; every statement commits at once."""
    return await psycopg.AsyncConnection.connect(stack.database_url, autocommit=True, row_factory=dict_row)


@pytest.fixture(scope="session")
async def workplace(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Workplace]:
    """A stack for testing the work itself, without other tests' jobs; with the sandbox running beside it."""
    async with AsyncExitStack() as life:
        attached = os.environ.get("WASL_TEST_STACK")
        stack = Stack.attach(Path(attached)) if attached else await life.enter_async_context(migrated_stack())
        database = await life.enter_async_context(await connect_owner(stack))
        pool, worker_pool = [
            await life.enter_async_context(
                open_pool(stack.worker_database_url, application_name=name, max_size=8, settings=BY_INDEX)
            )
            for name in ("work tests", "worker under test")
        ]
        url = await life.enter_async_context(serving(create_app()))
        sandbox = await life.enter_async_context(httpx.AsyncClient(base_url=url, timeout=30))
        keyring = tmp_path_factory.mktemp("keyring") / "keyring.json"
        yield Workplace(stack, database, pool, worker_pool, keyring, sandbox)


@pytest.fixture
async def organization(workplace: Workplace) -> UUID:
    """An organization of the test's own."""
    return await workplace.organization()


@pytest.fixture
async def no_faults(workplace: Workplace) -> AsyncIterator[None]:
    """Leaves the sandbox without planned faults."""
    yield
    await workplace.sandbox.delete("/_faults")
