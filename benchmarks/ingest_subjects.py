"""What the ingest benchmark measures: the hub's ingress, its peer, and the limits of the database itself."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.types.json import Jsonb
from wasl.sealing import PublicKey, seal_credential

from benchmarks.queue_peers import HOME, SCRIPTS
from stack import Stack
from stack.ports import free_ports
from stack.toolchain import ROOT, find_toolchain
from workers.store.credentials import PostgresCredentials
from workers.store.pool import open_pool
from workers.vault.keyring_file import KeyringFile
from workers.vault.keys import new_key

PEER_DATABASE: Final = "bench_stripe_sync"
_READY_SECONDS: Final = 30.0
_SERVICE: Final = """select set_config('request.jwt.claims', '{"role": "service_role"}', true)"""
_ORGANIZATION: Final = "insert into public.organizations (name, slug) values ('Benchmark', %s) returning id"
_CONNECTION: Final = (
    "insert into public.integration_connections (organization_id, provider_key, name, environment) "
    "values (%s, 'stripe', 'Benchmark', 'sandbox') returning id"
)


@dataclass(frozen=True, slots=True)
class Server:
    """A server that takes Stripe's webhooks in.

    :param url: where to send them; ``secret`` signs them.
    :param count: a query that tells how many it has kept; ``empty`` are the tables to be emptied before a run.
    """

    name: str
    url: str
    secret: str
    process: asyncio.subprocess.Process
    database_url: str
    count: str
    empty: str


@asynccontextmanager
async def hub(stack: Stack) -> AsyncIterator[Server]:
    """`wasl ingress`, with one endpoint."""
    port = free_ports(1)[0]
    secret = f"whsec_{secrets.token_hex(16)}"
    keyring = KeyringFile(stack.directory / "bench-keyring.json")
    path = await _endpoint(stack, keyring, secret)
    environment = stack.worker_environment() | {"WASL_KEYRING": str(keyring.path), "WASL_LOG_LEVEL": "warning"}
    command = [sys.executable, "-m", "workers.cli", "ingress", "--host", "127.0.0.1", "--port", str(port)]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment)
    async with _running(process, port):
        yield Server(
            "wasl",
            f"http://127.0.0.1:{port}{path}",
            secret,
            process,
            stack.admin_database_url,
            "select count(*) from public.webhook_events",
            "public.webhook_events, private.webhook_event_keys, private.jobs",
        )


async def _endpoint(stack: Stack, keyring: KeyringFile, secret: str) -> str:
    """Make an organization with a connection whose webhook secret is sealed; returns its endpoint's path."""
    async with open_pool(stack.worker_database_url, application_name="bench", max_size=2) as pool:
        entry = await new_key(keyring, PostgresCredentials(pool), only_if_missing=True)
    key = entry.public_key()
    assert key is not None
    async with await psycopg.AsyncConnection.connect(stack.database_url, autocommit=True) as database:
        organization = await _value(database, _ORGANIZATION, [f"bench-{secrets.token_hex(6)}"])
        connection = await _value(database, _CONNECTION, [organization])
        sealed = seal_credential(PublicKey(key.id, key.data), organization, connection, "webhook_secret", secret)
        async with database.transaction():
            await database.execute(_SERVICE)
            await database.execute("select public.set_credentials(%s, %s)", [connection, Jsonb([sealed])])
            endpoint = await _value(database, "select public.create_webhook_endpoint(%s)", [connection])
    return str(endpoint["path"])


def install_peer() -> None:
    """Install @supabase/stripe-sync-engine and fastify, at the versions of benchmarks/peers/package.json."""
    HOME.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "stripe_sync_server.cjs"):
        shutil.copy(SCRIPTS / name, HOME / name)
    npm = str(Path(sys.executable).with_name("npm"))
    subprocess.run([npm, "install", "--silent", "--no-audit", "--no-fund"], cwd=HOME, check=True)


@asynccontextmanager
async def peer(stack: Stack) -> AsyncIterator[Server]:
    """@supabase/stripe-sync-engine behind fastify, in a database of its own on the same server."""
    port = free_ports(1)[0]
    secret = f"whsec_{secrets.token_hex(16)}"
    async with await psycopg.AsyncConnection.connect(stack.database_url, autocommit=True) as database:
        await database.execute(f"create database {PEER_DATABASE}")
    url = stack.database_url.replace("/postgres?", f"/{PEER_DATABASE}?")
    command = [str(find_toolchain().node), "stripe_sync_server.cjs", url, secret, str(port)]
    process = await asyncio.create_subprocess_exec(*command, cwd=HOME, stdout=asyncio.subprocess.DEVNULL)
    async with _running(process, port):
        yield Server(
            "stripe-sync-engine",
            f"http://127.0.0.1:{port}/webhooks",
            secret,
            process,
            stack.admin_database_url.replace("/postgres?", f"/{PEER_DATABASE}?"),
            "select count(*) from stripe.payment_intents",
            "stripe.payment_intents",
        )


@asynccontextmanager
async def _running(process: asyncio.subprocess.Process, port: int) -> AsyncIterator[None]:
    """Wait until the process listens; stop it at the end."""
    try:
        async with asyncio.timeout(_READY_SECONDS):
            while not await _listens(port):
                if process.returncode is not None:
                    raise RuntimeError(f"the server ended with status {process.returncode}")
                await asyncio.sleep(0.1)
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def _value(database: psycopg.AsyncConnection[Any], query: str, parameters: list[Any]) -> Any:
    cursor = await database.execute(query, parameters)
    row = await cursor.fetchone()
    assert row is not None
    return row[0]


def cpu_seconds(pid: int) -> float:
    """CPU time that a process and its living children have used, in seconds; 0 where there is no /proc."""
    used = 0.0
    ticks = os.sysconf("SC_CLK_TCK")
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            name_end = (text := entry.read_text()).rindex(")")
        except OSError:
            continue
        fields = text[name_end + 2 :].split()
        if int(entry.parent.name) == pid or int(fields[1]) == pid:
            used += (int(fields[11]) + int(fields[12])) / ticks
    return used
