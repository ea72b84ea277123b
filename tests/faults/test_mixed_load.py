"""Everything breaks, again and again, under a mixed load: what was accepted ends in one state, once, and is provable.

Payments are asked for while workers and the ingress are killed without a word, Postgres restarts (once in good order,
once by a crash) and the line to the gateway is cut. The gateway's own webhooks come in through the same ingress.
What used up its attempts meanwhile is a dead letter, and is taken up afterwards. ``WASL_LOAD`` says how many payments;
each leads to two webhooks or more.
"""

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import orjson
import psycopg
import pytest

from sandbox.app import create_app
from sandbox.server import serving
from stack import Stack
from stack.ports import HOST, free_ports
from stack.postgres import Postgres
from stack.toolchain import ROOT, find_toolchain
from tests.support.gateways.stripe import GATEWAY as STRIPE
from tests.support.stacks import migrated_stack
from tests.support.workplace import CARD, Row, Workplace, connect_owner, until
from workers.store.pool import open_pool

PAYMENTS = int(os.environ.get("WASL_LOAD", "180"))
PER_SECOND = max(20.0, PAYMENTS / 150)
"""How fast the gateway may be called, so that there is work for as long as things break."""
PATIENCE_SECONDS = 120 + PAYMENTS / 10
CALL_TIMEOUT_SECONDS = max(1.0, PAYMENTS / 2_500)
"""A gateway that is asked for thousands, on the cores that its askers need, is slow and not away."""
AT_ONCE = 50
"""How many payments are asked for in one go."""
BREAKS = 9
WORKERS = 2
AS_SERVICE = """select set_config('request.jwt.claims', '{"role": "service_role"}', false)"""
PAUSES_SECONDS = (0.1, 0.2, 0.4, 0.8, 1.6) + (3.0,) * 40
"""After which the gateway sends a webhook again: for long enough to outlive everything that happens here."""


class Line:
    """The network between the hub and the gateway; while it is cut, nothing gets through and nothing is answered."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cut = False
        self._open: set[asyncio.StreamWriter] = set()

    @asynccontextmanager
    async def laid(self) -> AsyncIterator[str]:
        """The line's address, while the block runs."""
        server = await asyncio.start_server(self._connected, HOST)
        try:
            yield f"http://{HOST}:{server.sockets[0].getsockname()[1]}"
        finally:
            self._break()
            server.close()

    async def cut_for(self, seconds: float) -> None:
        """Cut it, and mend it after a while."""
        self._cut = True
        self._break()
        await asyncio.sleep(seconds)
        self._cut = False

    def _break(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection(HOST, self._port)
        ends = {writer, far_writer}
        self._open |= ends
        await asyncio.gather(_pass_on(reader, far_writer), _pass_on(far_reader, writer))
        self._open -= ends


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


class Gate(httpx.AsyncHTTPTransport):
    """The gateway's way to the ingress, which remembers the events that were taken."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: Counter[str] = Counter()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        if answer.is_success:
            self.taken[orjson.loads(request.content)["id"]] += 1
        return answer


@dataclass
class Programs:
    """The hub's processes. One that is killed is replaced, as a supervisor does."""

    environment: dict[str, str]
    log: Path
    running: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    async def start(self, name: str, command: str) -> None:
        """Start `wasl command` under a name."""
        with self.log.open("ab") as output:
            self.running[name] = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "workers.cli",
                command,
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
            )

    async def kill(self, name: str) -> None:
        """End one as a power cut would, and start another in its place."""
        self.running[name].kill()
        await self.running[name].wait()
        await self.start(name, name.partition(" ")[0])

    async def stop(self) -> list[int]:
        """Ask all to end; their exit statuses."""
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        return [await process.wait() for process in self.running.values()]

    async def end(self) -> None:
        """Let none of them outlive the test."""
        for process in self.running.values():
            if process.returncode is None:
                process.kill()
                await process.wait()


@dataclass
class Town:
    """A whole hub, its gateway, and one organization that takes payments."""

    stack: Stack
    programs: Programs
    line: Line
    gate: Gate
    sandbox: httpx.AsyncClient
    organization_id: UUID
    connection_id: UUID

    async def all(self, query: str, *parameters: Any) -> list[Row]:
        """The rows of a query, as the hub's own secret key may ask; asked again while Postgres is away."""

        async def answer() -> list[list[Row]] | None:
            try:
                async with await connect_owner(self.stack) as database:
                    await database.execute(AS_SERVICE)
                    return [await (await database.execute(query, parameters)).fetchall()]
            except psycopg.OperationalError:
                return None

        (rows,) = await until(answer, seconds=PATIENCE_SECONDS, every=0.2)
        return list(rows)

    async def one(self, query: str, *parameters: Any) -> Row:
        """The one row of a query."""
        (row,) = await self.all(query, *parameters)
        return row

    async def ask_for_payments(self, numbers: range) -> None:
        """Payments, each under its own key: asking again, when the answer was lost, makes no second one."""
        await self.all(
            """
            select p.id
            from generate_series(%s::int, %s::int) n,
                lateral public.create_payment(organization_id => %s, amount => '99.00', currency => 'AED',
                    reference => 'order-' || n, payment_method => %s, idempotency_key => 'load-' || n) p""",
            numbers.start,
            numbers.stop - 1,
            self.organization_id,
            CARD,
        )

    async def restart_postgres(self, how: signal.Signals) -> None:
        """End Postgres and start it again on the same files."""
        supervisor = self.stack._supervisor
        (server,) = [child for child in supervisor.children if child.command.name == "postgres"]
        os.killpg(server.pid, how) if how == signal.SIGKILL else server.process.send_signal(how)
        await server.process.wait()
        await asyncio.sleep(0.5)
        await Postgres(self.stack.state, find_toolchain().postgres_home, durable=True).start(supervisor)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """A town of the test's own: its Postgres keeps what was committed, whatever happens."""
    async with AsyncExitStack() as life:
        stack = await life.enter_async_context(migrated_stack(durable=True, only_database=True))
        gate = Gate()
        url = await life.enter_async_context(
            serving(create_app(webhook_transport=gate, retry_pauses_seconds=PAUSES_SECONDS))
        )
        sandbox = await life.enter_async_context(httpx.AsyncClient(base_url=url, timeout=30))
        line = Line(httpx.URL(url).port or 0)
        wire = await life.enter_async_context(line.laid())
        (ingress_port,) = free_ports(1)
        async with (
            await connect_owner(stack) as database,
            open_pool(stack.worker_database_url, application_name="town", max_size=2) as pool,
        ):
            place = Workplace(stack, database, pool, pool, tmp_path / "keyring.json", sandbox)
            organization_id = await place.organization()
            account = STRIPE.account()
            connection_id = await place.connect(organization_id, STRIPE, account)
            await database.execute("update public.rate_limits set capacity = 20, refill_per_second = %s", [PER_SECOND])
            made = await place.call("create_webhook_endpoint", connection_id=connection_id)
            path = made["create_webhook_endpoint"]["path"]
            answer = await sandbox.post(
                "/stripe/v1/webhook_endpoints",
                headers={"Authorization": f"Bearer {account['secret_key']}"},
                data={"url": f"http://{HOST}:{ingress_port}{path}", "enabled_events[0]": "*"},
            )
            await place.set_credentials(organization_id, connection_id, {"webhook_secret": answer.json()["secret"]})
            environment = place.environment(
                sandbox_url=wire,
                ingress_host=HOST,
                ingress_port=ingress_port,
                lease_seconds=4.5 * CALL_TIMEOUT_SECONDS,
                call_timeout_seconds=CALL_TIMEOUT_SECONDS,
            )
        programs = Programs({"PATH": os.environ["PATH"], **environment}, tmp_path / "programs.log")
        life.push_async_callback(programs.end)
        await programs.start("ingress", "ingress")
        for number in range(WORKERS):
            await programs.start(f"worker {number}", "worker")
        yield Town(stack, programs, line, gate, sandbox, organization_id, connection_id)


async def havoc(town: Town, dice: random.Random) -> None:
    """Break one thing after the other, each when some more payments have come to an end; Postgres twice."""
    kinds: list[Callable[[], Awaitable[None]]] = [
        *(lambda name=name: town.programs.kill(name) for name in list(town.programs.running)),  # type: ignore[misc]
        lambda: town.line.cut_for(0.7),
    ]
    turn: list[Callable[[], Awaitable[None]]] = []
    for number in range(1, BREAKS + 1):
        await until(lambda: has_ended(town, number / (BREAKS + 2)), seconds=PATIENCE_SECONDS, every=0.1)  # noqa: B023
        if how := {BREAKS // 3: signal.SIGINT, BREAKS * 2 // 3: signal.SIGKILL}.get(number):
            await town.restart_postgres(how)
        turn = turn or dice.sample(kinds, len(kinds))
        await turn.pop()()


async def has_ended(town: Town, share: float) -> bool:
    """Whether so many of the payments are made, or given up for now."""
    row = await town.one("select count(*) from public.operations where status <> 'pending'")
    return bool(row["count"] >= share * PAYMENTS)


async def settled(town: Town) -> bool:
    """Whether everything that was accepted has come to its end, here and at the gateway."""
    counts = await town.one("""
        select (select count(*) from public.operations where status = 'pending') as operations,
            (select count(*) from public.webhook_events where processed_at is null) as webhooks,
            (select count(*) from private.jobs where kind in ('payment.create', 'webhook.process')) as jobs""")
    sending = [each for each in (await town.sandbox.get("/_deliveries")).json() if not each["done"]]
    return not sending and not any(counts.values())


async def take_up_dead_letters(town: Town) -> None:
    """What used up its attempts while everything broke is asked for again, as whoever comes in the morning would."""
    again = "select public.retry_operation(o.id) from public.operations o where o.status = 'dead'"
    while await town.all(again):
        await until(lambda: settled(town), seconds=PATIENCE_SECONDS, every=0.5)


@pytest.mark.parametrize("seed", [1])
async def test_whatever_breaks_each_payment_is_made_once_and_each_webhook_counts_once(town: Town, seed: int) -> None:
    async with asyncio.TaskGroup() as at_once:
        at_once.create_task(havoc(town, random.Random(seed)))
        for begin in range(0, PAYMENTS, AT_ONCE):
            await town.ask_for_payments(range(begin, min(begin + AT_ONCE, PAYMENTS)))
    await until(lambda: settled(town), seconds=PATIENCE_SECONDS, every=0.5)
    await take_up_dead_letters(town)

    states = await town.all(
        "select kind, status::text, error->>'code' as error, count(*) from public.operations group by 1, 2, 3"
    )
    assert states == [{"kind": "payment.create", "status": "succeeded", "error": None, "count": PAYMENTS}]
    payments = await town.all("select id, status::text, reference from public.payments")
    assert Counter(row["status"] for row in payments) == {"captured": PAYMENTS}
    assert len({row["reference"] for row in payments}) == PAYMENTS

    at_gateway = (await town.sandbox.get("/_state", params={"provider": "stripe"})).json()
    asked_for = Counter(each["metadata"]["wasl_payment_id"] for each in at_gateway["payment_intents"])
    assert asked_for == Counter(str(row["id"]) for row in payments)
    assert len(at_gateway["charges"]) == PAYMENTS, "each was charged once"

    kept = await town.all("select provider_event_id, processed_at, status::text from public.webhook_events")
    assert Counter(row["provider_event_id"] for row in kept) == Counter(town.gate.taken.keys()), "each is kept once"
    told = await town.all("""
        select subject_id, count(*) from public.events where type = 'payment.succeeded' group by 1""")
    assert {row["subject_id"]: row["count"] for row in told} == {row["id"]: 1 for row in payments}
    # One that was replaced only just now does not listen to signals yet, and has begun nothing.
    assert set(await town.programs.stop()) <= {0, -signal.SIGTERM}
    chain = await town.one("select private.verify_audit_log(%s) as verified", town.organization_id)
    assert chain["verified"]["intact"], chain
