"""`wasl ingress` as a process of its own: raw HTTP, a database that goes away, and an end in good order."""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest

from stack import Stack
from stack.toolchain import ROOT
from tests.support.webhooks import Receiver, TestKeyring, an_event
from workers.vault.keyring_file import KeyringFile


@dataclass
class Process:
    """A running `wasl ingress`."""

    process: asyncio.subprocess.Process
    port: int
    metrics_port: int
    keys: KeyringFile
    log: Path

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    async def talk(self, request: bytes) -> bytes:
        """Send raw bytes and read until the server closes or has answered."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(request)
        await writer.drain()
        async with asyncio.timeout(10):
            answer = await reader.readuntil(b"\r\n\r\n")
        writer.close()
        return answer

    async def stop(self) -> int:
        """Ask it to stop; returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            return await self.process.wait()


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
async def shared(
    stack: Stack, keyring: TestKeyring, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Process]:
    """An ingress for all tests that leave it running."""
    async with an_ingress(stack, keyring, tmp_path_factory.mktemp("ingress")) as process:
        yield process


@pytest.fixture
def running(shared: Process, keyring: TestKeyring, receiver: Receiver) -> Process:
    """The same, told of the receiver's key."""
    shared.keys.write(keyring.document())
    return shared


@pytest.fixture
async def started(stack: Stack, receiver: Receiver, keyring: TestKeyring, tmp_path: Path) -> AsyncIterator[Process]:
    """An ingress of the test's own."""
    async with an_ingress(stack, keyring, tmp_path) as process:
        yield process


@asynccontextmanager
async def an_ingress(stack: Stack, keyring: TestKeyring, directory: Path) -> AsyncIterator[Process]:
    """Start one and wait until it listens."""
    keys = KeyringFile(directory / "keyring.json")
    keys.write(keyring.document())
    port, metrics_port = free_port(), free_port()
    environment = stack.worker_environment() | {
        "WASL_KEYRING": str(keys.path),
        "WASL_METRICS_PORT": str(metrics_port),
        "WASL_LOG_JSON": "true",
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
    }
    log = directory / "ingress.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "workers.cli", "ingress", "--port", str(port)),
            cwd=ROOT,
            env=environment,
            stderr=output,
        )
    try:
        await _listening(f"http://127.0.0.1:{port}/health", process)
        yield Process(process, port, metrics_port, keys, log)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _listening(url: str, process: asyncio.subprocess.Process) -> None:
    deadline = time.monotonic() + 60
    async with httpx.AsyncClient() as client:
        while time.monotonic() < deadline:
            assert process.returncode is None, "the ingress ended by itself"
            try:
                assert (await client.get(url)).status_code == 200
                return
            except httpx.ConnectError:
                await asyncio.sleep(0.05)
    raise AssertionError("the ingress does not listen")


def raw(receiver: Receiver, body: bytes, *lines: str) -> bytes:
    """A request as it goes over the wire."""
    head = [f"POST {receiver.path} HTTP/1.1", "Host: ingress", *lines]
    head += [f"{name}: {value}" for name, value in receiver.headers(body).items()]
    return "\r\n".join([*head, "", ""]).encode() + body


async def test_bytes_on_the_wire_are_bytes_in_the_table(running: Process, receiver: Receiver) -> None:
    plain = b'{"id" : "evt_plain", "type":"x.y"}\r\n\r\n'
    answer = await running.talk(raw(receiver, plain, f"Content-Length: {len(plain)}"))
    assert answer.startswith(b"HTTP/1.1 200 ")
    in_chunks = b'{"id" : "evt_chunked",\n "type":"x.y"}'
    pieces = b"".join(b"1\r\n%c\r\n" % byte for byte in in_chunks) + b"0\r\n\r\n"
    request = raw(receiver, in_chunks, "Transfer-Encoding: chunked").removesuffix(in_chunks) + pieces
    assert (await running.talk(request)).startswith(b"HTTP/1.1 200 ")
    assert {event["body"] for event in await receiver.events()} == {plain, in_chunks}


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 10", "Content-Length: 20"),
        ("Content-Length: -1",),
        ("Content-Length: 1e3",),
        ("Content-Length: 99999999999999999999999999",),
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
    ],
)
async def test_requests_that_two_servers_could_read_differently_are_refused(
    running: Process, receiver: Receiver, lines: tuple[str, ...]
) -> None:
    answer = await running.talk(raw(receiver, an_event("x.y", {}), *lines))
    assert answer.split(b" ")[1] in (b"400", b"413")
    assert await receiver.events() == []


async def test_a_sender_that_goes_away_leaves_nothing(running: Process, receiver: Receiver) -> None:
    body = an_event("x.y", {})
    _, writer = await asyncio.open_connection("127.0.0.1", running.port)
    writer.write(raw(receiver, body, f"Content-Length: {len(body)}")[:-5])
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    whole = an_event("x.y", {})
    assert (await running.talk(raw(receiver, whole, f"Content-Length: {len(whole)}"))).startswith(b"HTTP/1.1 200 ")
    assert [event["body"] for event in await receiver.events()] == [whole]


async def test_what_was_acknowledged_is_there_whatever_happens_to_the_connections(
    started: Process, receiver: Receiver, stack: Stack
) -> None:
    """The server kills the ingress's sessions again and again while senders go on."""
    acknowledged: list[bytes] = []
    answers: list[int] = []
    stop = asyncio.Event()

    async def send(client: httpx.AsyncClient) -> None:
        while not stop.is_set():
            body = an_event("x.y", {})
            answer = await client.post(receiver.path, content=body, headers=receiver.headers(body))
            answers.append(answer.status_code)
            if answer.status_code == 200:
                acknowledged.append(body)

    async with (
        httpx.AsyncClient(base_url=started.url, timeout=30) as client,
        await psycopg.AsyncConnection.connect(stack.admin_database_url, autocommit=True) as admin,
    ):
        senders = [asyncio.create_task(send(client)) for _ in range(8)]
        killed = 0
        while killed < 6:
            before = len(acknowledged)
            cursor = await admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'wasl ingress'"
            )
            killed += len(await cursor.fetchall())
            async with asyncio.timeout(30):
                while len(acknowledged) < before + 20:
                    await asyncio.sleep(0.01)
        stop.set()
        await asyncio.gather(*senders)
    kept = {event["body"] for event in await receiver.events()}
    assert set(acknowledged) <= kept
    assert set(answers) <= {200, 503}


async def test_what_was_acknowledged_is_there_when_the_ingress_is_killed(started: Process, receiver: Receiver) -> None:
    acknowledged: list[bytes] = []

    async def send(client: httpx.AsyncClient) -> None:
        while True:
            body = an_event("x.y", {})
            try:
                answer = await client.post(receiver.path, content=body, headers=receiver.headers(body))
            except httpx.TransportError:
                return
            assert answer.status_code == 200
            acknowledged.append(body)

    async with httpx.AsyncClient(base_url=started.url) as client, asyncio.TaskGroup() as group:
        for _ in range(8):
            group.create_task(send(client))
        while len(acknowledged) < 100:
            await asyncio.sleep(0.01)
        started.process.kill()
    assert set(acknowledged) <= {event["body"] for event in await receiver.events()}


async def test_it_stops_in_good_order(started: Process, receiver: Receiver) -> None:
    """What has begun is answered, what was counted is written, and the status is 0."""
    body = an_event("x.y", {})
    request = raw(receiver, body, f"Content-Length: {len(body)}")
    reader, writer = await asyncio.open_connection("127.0.0.1", started.port)
    writer.write(request[:-5])
    await writer.drain()
    assert (await started.talk(request)).startswith(b"HTTP/1.1 200 ")
    started.process.send_signal(signal.SIGTERM)
    writer.write(request[-5:])
    async with asyncio.timeout(10):
        answer = await reader.readuntil(b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert await started.process.wait() == 0
    assert (await receiver.counts())["received_count"] == 2
    writer.close()


async def test_metrics_and_logs_tell_of_refusals_and_hold_no_secret(started: Process, receiver: Receiver) -> None:
    body = an_event("x.y", {"secret_remark": "of the payer"})
    async with httpx.AsyncClient(base_url=started.url) as client:
        await client.post(receiver.path, content=body, headers=receiver.headers(body, secret="whsec_guessed"))
        await client.post(receiver.path, content=body, headers=receiver.headers(body))
        metrics = (await client.get(f"http://127.0.0.1:{started.metrics_port}/metrics")).text
    assert 'wasl_webhooks_total{outcome="signature_invalid"} 1.0' in metrics
    assert 'wasl_webhooks_total{outcome="accepted"} 1.0' in metrics
    assert await started.stop() == 0
    log = started.log.read_text()
    (refusal,) = [json.loads(line) for line in log.splitlines() if "refused" in line]
    assert (refusal["endpoint_id"], refusal["reason"]) == (receiver.endpoint["id"], "signature_invalid")
    assert not any(
        secret in log for secret in (receiver.secret, receiver.endpoint["token"], "secret_remark", "guessed")
    )


async def test_a_port_that_is_taken_is_told_in_a_sentence(running: Process, stack: Stack) -> None:
    environment = stack.worker_environment() | {"WASL_KEYRING": str(running.keys.path)}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "workers.cli", "ingress", "--port", str(running.port)),
        cwd=ROOT,
        env=environment,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(20):
        _, errors = await process.communicate()
    assert process.returncode not in (0, None)
    assert b"Traceback" not in errors
    assert str(running.port).encode() in errors
