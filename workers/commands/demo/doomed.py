"""A worker that is killed at the worst moment: when the provider has charged and the worker does not know it yet."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Mapping
from urllib.parse import urlsplit

import httpx

from stack.ports import free_ports
from workers.commands.demo.scenario import Unexpected

PAYMENT_REQUEST = b"POST /stripe/v1/payment_intents "
CALL_TIMEOUT_SECONDS, LEASE_SECONDS = 2, 6  # short, so that nobody has to wait long for the other worker
READY_SECONDS = 20
CHUNK_BYTES = 65536


class SilentLine:
    """A line to the sandbox that passes everything on, until a payment goes through it: its answer is kept back."""

    def __init__(self, sandbox_url: str) -> None:
        parts = urlsplit(sandbox_url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self.payment_sent = asyncio.Event()
        self.url = ""

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Listen for the length of an `async with` block."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, requests = await asyncio.open_connection(self._host, self._port)
        silent = asyncio.Event()

        async def pass_on_requests() -> None:
            while data := await reader.read(CHUNK_BYTES):
                if PAYMENT_REQUEST in data:
                    silent.set()
                    self.payment_sent.set()
                requests.write(data)

        async def pass_on_answers() -> None:
            while data := await answers.read(CHUNK_BYTES):
                if not silent.is_set():
                    writer.write(data)

        with contextlib.suppress(ConnectionError):
            try:
                async with asyncio.TaskGroup() as group:
                    answering = group.create_task(pass_on_answers())
                    await pass_on_requests()
                    answering.cancel()
            finally:
                requests.close()
                writer.close()


class DoomedWorker:
    """A worker process of the demo's own, behind a silent line.

    Attributes:
        line: the line between it and the sandbox.
    """

    def __init__(self, environment: Mapping[str, str], sandbox_url: str) -> None:
        self.line = SilentLine(sandbox_url)
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run for the length of an `async with` block, or until it is killed."""
        async with self.line.open():
            await self._start()
            try:
                yield
            finally:
                await self.kill()

    async def kill(self) -> None:
        """SIGKILL: the process gets no chance to put anything in order."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def _start(self) -> None:
        [metrics_port] = free_ports(1)
        environment = {
            **self._environment,
            "WASL_SANDBOX_URL": self.line.url,
            "WASL_METRICS_PORT": str(metrics_port),
            "WASL_CALL_TIMEOUT_SECONDS": str(CALL_TIMEOUT_SECONDS),
            "WASL_LEASE_SECONDS": str(LEASE_SECONDS),
        }
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "workers.cli", "worker"),
            env=environment,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await self._until_ready(f"http://127.0.0.1:{metrics_port}/readyz")

    async def _until_ready(self, url: str) -> None:
        async with asyncio.timeout(READY_SECONDS), httpx.AsyncClient(trust_env=False) as http:
            while self._process is not None and self._process.returncode is None:
                with contextlib.suppress(httpx.TransportError):
                    if (await http.get(url)).is_success:
                        return
                await asyncio.sleep(0.05)
        raise Unexpected("The worker that is to be killed did not start.")
