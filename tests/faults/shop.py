"""A shop that sells through one gateway of the hub, and the line to the gateways, which can be cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import TypeAdapter

from tests.support.gateways.base import Gateway
from tests.support.workplace import Row, Workplace, until
from workers.providers.money import Money
from workers.providers.payments.models import PaymentResult, PaymentStatus

PRICE, PART = "99.00", "40.00"
LOOKS = 5
"""How often something that settles by itself is looked at."""
PATIENCE_SECONDS = 60.0
_JSON: TypeAdapter[Any] = TypeAdapter(Any)

# Every operation about a payment. Some gateways list a payment only a while after it was made, so the hub waits before
# it believes that there is none; and an open breaker lets nothing through for a while. What waits is made to have
# waited: as long as the most patient connector wants, and less than any idempotency key lives. Workers see an open
# breaker's change within a second.
LET_TIME_PASS = """
    with about as materialized (
        select o.*
        from public.operations o
        where o.subject_id = %(payment_id)s
           or o.subject_id in (select r.id from public.payment_refunds r where r.payment_id = %(payment_id)s)
    ),
    open as (
        update private.circuit_breakers b
        set retry_at = now()
        from about o
        where b.connection_id = o.connection_id and b.state = 'open' and o.status = 'pending'
        returning o.id
    ),
    waited as (
        update private.jobs j
        set run_at = case when j.id in (select id from open) then least(j.run_at, now() + interval '1.1 s')
                          else now() end,
            payload = case when j.payload ? 'sent_at' then j.payload || jsonb_build_object(
                'sent_at', (j.payload ->> 'sent_at')::timestamptz - interval '6 minutes') else j.payload end
        where j.claim_id is null and j.run_at > now()
          and j.id in (select o.id from about o where o.status = 'pending')
    )
    select * from about order by created_at
"""


@dataclass
class Shop:
    """A new account of a gateway, connected to an organization."""

    workplace: Workplace
    organization_id: UUID
    gateway: Gateway
    credentials: dict[str, str]
    connection_id: UUID

    @classmethod
    async def open(cls, workplace: Workplace, organization_id: UUID, gateway: Gateway, **options: Any) -> Shop:
        """Open one. :param options: of the connection."""
        credentials = gateway.account()
        connection_id = await workplace.connect(organization_id, gateway, credentials, **options)
        # A health check would meet the faults that are meant for payments.
        await workplace.database.execute(
            "update public.integration_connections set next_health_check_at = 'infinity' where id = %s", [connection_id]
        )
        return cls(workplace, organization_id, gateway, credentials, connection_id)

    # What its people do.

    async def sell(self, **arguments: Any) -> UUID:
        """Ask for a payment on the gateway's page."""
        given = {
            "currency": self.gateway.currency,
            "payment_method": None,
            "return_url": "https://shop.example/back",
            "connection_id": self.connection_id,
            **as_arguments(self.gateway),
            **arguments,
        }
        payment_id: UUID = (await self.workplace.payment(self.organization_id, PRICE, **given))["id"]
        return payment_id

    async def pay(self, payment_id: UUID) -> None:
        """What the payer does on the page that the payment names."""
        row = await self.workplace.payment_row(payment_id)
        assert row["checkout_url"], f"{self.gateway.key}: no page to pay on: {row['status']}, {row['failure']}"
        page = PaymentResult(
            provider_payment_id=row["provider_payment_id"],
            provider_session_id=row["provider_session_id"],
            status=PaymentStatus.REQUIRES_ACTION,
            provider_status="",
            money=Money.of(PRICE, self.gateway.currency),
            checkout_url=row["checkout_url"],
        )
        http = self.workplace.sandbox
        await self.gateway.pay(http, f"{http.base_url}".rstrip("/") + f"/{self.gateway.key}", self.credentials, page)

    async def look(self, payment_id: UUID) -> Row:
        """Have the gateway asked how the payment stands; the payment after that, and after what followed from it."""
        await self.workplace.call("sync_payment", payment_id=payment_id)
        await self.idle(payment_id)
        return await self.workplace.payment_row(payment_id)

    async def captured(self, payment_id: UUID) -> Row:
        """The payment once it is captured, or as it is after a few looks."""
        for _ in range(LOOKS):
            row = await self.look(payment_id)
            if row["status"] == "captured":
                break
        return row

    async def sold(self, **arguments: Any) -> UUID:
        """A payment that has been paid."""
        payment_id = await self.sell(**arguments)
        await self.idle(payment_id)
        await self.pay(payment_id)
        row = await self.captured(payment_id)
        assert row["status"] == "captured", f"{self.gateway.key}: {row['status']}, {row['failure']}"
        return payment_id

    async def saved_method(self) -> UUID:
        """A payment method that the gateway has kept, of a payer who paid with it."""
        payer = {"reference": "payer-1", "name": "Sara Ali", "email": "sara@example.com", "phone": "+971500000001"}
        paying = {"save_payment_method": True, "customer": Jsonb(payer)}
        if self.gateway.first_token:
            payment_id = await self.sell(**paying, payment_method=self.gateway.first_token)
            await self.idle(payment_id)
        else:
            payment_id = await self.sold(**paying)
        saved = "select id from public.payment_methods where first_payment_id = %s"
        method_id: UUID = (await self.workplace.one(saved, payment_id))["id"]
        return method_id

    async def refunded(self, payment_id: UUID) -> Row:
        """The payment's one refund once it has succeeded, or as it is after a few looks."""
        for _ in range(LOOKS):
            refund = await self.workplace.one("select * from public.payment_refunds where payment_id = %s", payment_id)
            if refund["status"] != "pending":
                break
            await self.look(payment_id)
        return refund

    # What the hub does.

    async def idle(self, payment_id: UUID) -> list[Row]:
        """Every operation about a payment once none is pending; meanwhile time passes quickly."""

        async def ended() -> list[Row] | None:
            rows = await database.execute(LET_TIME_PASS, {"payment_id": payment_id})
            operations = await rows.fetchall()
            return None if any(each["status"] == "pending" for each in operations) else operations

        database = self.workplace.database
        operations: list[Row] = await until(ended, seconds=PATIENCE_SECONDS, every=0.05)
        return operations

    # What can go wrong, and what must not.

    async def plan(self, fault: Mapping[str, Any], call: str) -> PlannedFault:
        """Let a call meet a fault. :param call: method and path, as `Gateway` writes them."""
        method, path = call.split(" ")
        planned = {"times": 1, **fault}
        number = await self.workplace.plan_fault(
            **planned, provider=self.gateway.key, match={"method": method, "path": path}
        )
        return PlannedFault(self.workplace, number, planned["times"])

    async def charges(self, payment_id: UUID) -> int:
        """How often the payer's money was taken for a payment, by the twin."""
        return self.gateway.charges(await self.workplace.at(self.gateway.key, payment_id))

    async def refunds(self, payment_id: UUID) -> int:
        """How many refunds of a payment the twin has."""
        return self.gateway.refunds(await self.workplace.at(self.gateway.key, payment_id))

    async def has_charged_once(self, payment_id: UUID) -> None:
        """The payment was taken once, and its row and its ledger say so."""
        row = await self.workplace.payment_row(payment_id)
        facts = (await self.charges(payment_id), row["status"], row["amount_captured"], row["amount_refunded"])
        assert facts == (1, "captured", Decimal(PRICE), 0), self.gateway.key
        await self.ledger_agrees(payment_id)

    async def has_refunded_once(self, payment_id: UUID) -> None:
        """A part was given back once, and the rows and the ledger say so."""
        row, refund = await self.workplace.payment_row(payment_id), await self.refunded(payment_id)
        assert (refund["status"], refund["amount"]) == ("succeeded", Decimal(PART)), self.gateway.key
        facts = (await self.charges(payment_id), await self.refunds(payment_id), row["amount_captured"])
        assert facts == (1, 1, Decimal(PRICE)), self.gateway.key
        row = await self.workplace.payment_row(payment_id)
        assert (row["status"], row["amount_refunded"]) == ("partially_refunded", Decimal(PART)), self.gateway.key
        await self.ledger_agrees(payment_id)

    async def ledger_agrees(self, payment_id: UUID) -> None:
        """Rebuilding the payment from its ledger gives its row."""
        differences = await self.workplace.all("select * from private.ledger_differences(array[%s])", payment_id)
        assert differences == [], self.gateway.key


@dataclass(frozen=True, slots=True)
class PlannedFault:
    """A fault that waits for its requests."""

    workplace: Workplace
    number: int
    times: int

    async def was_met(self) -> bool:
        """Whether any request has met it."""
        waiting = (await self.workplace.sandbox.get("/_faults")).json()
        return all(fault["id"] != self.number or fault["times"] < self.times for fault in waiting)


def as_arguments(gateway: Gateway) -> dict[str, Any]:
    """What a gateway insists on in a payment, as `create_payment` takes it."""
    return {
        name: Jsonb(_JSON.dump_python(value, mode="json", exclude_none=True)) for name, value in gateway.payment.items()
    }


@dataclass
class Line:
    """The line to the sandbox: a port that passes everything on, or at which, while it is cut, nobody listens."""

    url: str
    _target: tuple[str, int]
    _port: int
    _server: asyncio.Server | None = None
    _pipes: set[asyncio.Task[None]] = field(default_factory=set)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    async def join(self) -> None:
        """Listen, and pass on."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self._port)

    async def cut(self) -> None:
        """Refuse connections, and end those that are open."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        while self._pipes:
            await asyncio.wait(self._pipes)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            self._writers.add(sink)
            pipe = asyncio.create_task(self._pass_on(source, sink))
            self._pipes.add(pipe)
            pipe.add_done_callback(self._pipes.discard)

    async def _pass_on(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65_536):
                sink.write(data)
        except OSError:
            pass
        finally:
            self._writers.discard(sink)
            sink.close()


@asynccontextmanager
async def open_line(workplace: Workplace, port: int) -> AsyncIterator[Line]:
    """A line to the sandbox, joined."""
    far = workplace.sandbox.base_url
    line = Line(f"http://127.0.0.1:{port}", (far.host, far.port or 80), port)
    await line.join()
    try:
        yield line
    finally:
        await line.cut()
