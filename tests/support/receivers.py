"""Receivers of webhooks on this machine, and organizations that have their events sent there."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from aiohttp import web
from psycopg.types.json import Jsonb
from wasl import webhooks
from wasl.sealing import PublicKey, seal_credential

from tests.support.workplace import Row, Workplace, until

NETWORKS = "127.0.0.0/8"


@dataclass(frozen=True)
class Got:
    """A request that arrived."""

    body: bytes
    headers: dict[str, str]
    at: float

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def message(self, secret: str) -> Any:
        """Its message, if it is rightly signed."""
        return webhooks.verify(self.body, self.headers, secret)


@dataclass
class Receiver:
    """A server that takes webhooks and answers as it is told: ``answer`` may be changed at any time."""

    url: str = ""
    got: list[Got] = field(default_factory=list)
    answer: Callable[[Got], Awaitable[web.Response]] | None = None

    async def handle(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        got = Got(await request.read(), headers, time.monotonic())
        self.got.append(got)
        return web.Response(text="thanks") if self.answer is None else await self.answer(got)

    def says(self, status: int, *then: int, **response: Any) -> None:
        """Answer with these statuses in turn, the last of them from then on."""
        left = [status, *then]

        async def answer(_: Got) -> web.Response:
            return web.Response(status=left.pop(0) if len(left) > 1 else left[0], **response)

        self.answer = answer

    async def has(self, count: int) -> list[Got]:
        """What has arrived, once it is so much."""

        async def enough() -> bool:
            return len(self.got) >= count

        await until(enough)
        return self.got


@asynccontextmanager
async def open_receiver() -> AsyncIterator[Receiver]:
    """A receiver on a free port."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/{path:.*}", receiver.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    receiver.url = f"http://{host}:{port}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()


@dataclass
class Outlet:
    """An organization whose events go out."""

    hub: Workplace
    organization_id: UUID
    secrets: dict[UUID, str] = field(default_factory=dict)

    @classmethod
    async def open(cls, hub: Workplace) -> Outlet:
        """A new one."""
        return cls(hub, await hub.organization())

    async def write(self, query: str, *parameters: Any) -> list[Row]:
        """Write as a server with the secret key does, so that it is checked."""
        async with self.hub.database.transaction():
            claims = Jsonb({"role": "service_role"})
            await self.hub.database.execute("select set_config('request.jwt.claims', %s::jsonb::text, true)", [claims])
            await self.hub.database.execute("set local role service_role")
            return await (await self.hub.database.execute(query, parameters)).fetchall()

    async def insert(self, **columns: Any) -> Row:
        """A subscription as a client writes it, still without a secret."""
        values = {name: Jsonb(value) if isinstance(value, dict) else value for name, value in columns.items()}
        names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        (row,) = await self.write(
            f"insert into public.webhook_subscriptions (organization_id, {names}) values (%s, {marks}) returning *",
            self.organization_id,
            *values.values(),
        )
        return row

    async def subscribe(self, url: str, *event_types: str, **columns: Any) -> Row:
        """A subscription with a secret."""
        name = f"s-{uuid.uuid4().hex[:6]}"
        row = await self.insert(name=name, url=url, event_types=list(event_types or ("*",)), **columns)
        await self.rotate(row, overlap_seconds=0)
        return row

    async def rotate(self, subscription: Row, secret: str | None = None, **options: Any) -> str:
        """Set another secret, and return it."""
        secret = secret or webhooks.new_secret()
        key = await self.hub.one(
            "select id, public_key from public.encryption_keys where organization_id = %s and state = 'active'",
            self.organization_id,
        )
        public = PublicKey.from_base64url(key["id"], key["public_key"])
        sealed = seal_credential(public, self.organization_id, subscription["id"], "signing_secret", secret)
        given = Jsonb({name: sealed[name] for name in ("ciphertext", "key_id")})  # type: ignore[literal-required]
        await self.hub.call("rotate_webhook_secret", subscription_id=subscription["id"], secret=given, **options)
        self.secrets[subscription["id"]] = secret
        return secret

    async def change(self, subscription: Row, **columns: Any) -> Row:
        """Change columns of a subscription, as a client does."""
        values = {name: Jsonb(value) if isinstance(value, dict) else value for name, value in columns.items()}
        sets = ", ".join(f"{name} = %s" for name in values)
        query = f"update public.webhook_subscriptions set {sets} where id = %s returning *"
        (row,) = await self.write(query, *values.values(), subscription["id"])
        return row

    async def emit(self, kind: str = "payment.succeeded", *, environment: str | None = None, **data: Any) -> UUID:
        """Something happens; the event's id."""
        row = await self.hub.one(
            "select private.emit_event(%s, %s, 'payment', gen_random_uuid(), %s, %s::public.environment) as id",
            self.organization_id,
            kind,
            Jsonb(data),
            environment,
        )
        event_id: UUID = row["id"]
        return event_id

    async def subscription(self, subscription: Row) -> Row:
        """A subscription as it stands."""
        return await self.hub.one("select * from public.webhook_subscriptions where id = %s", subscription["id"])

    async def deliveries(self, subscription: Row) -> list[Row]:
        """What is made for it, in the order of events."""
        query = "select * from public.webhook_deliveries where subscription_id = %s order by event_id"
        return await self.hub.all(query, subscription["id"])

    async def attempts(self, delivery: Row) -> list[Row]:
        """The times that it was sent."""
        query = "select * from public.webhook_delivery_attempts where delivery_id = %s order by number"
        return await self.hub.all(query, delivery["id"])

    async def settled(self, subscription: Row, *statuses: str) -> list[Row]:
        """The deliveries, once they stand like this, each tried at least once."""

        async def stand() -> list[Row] | None:
            found = await self.deliveries(subscription)
            tried = all(each["attempts"] for each in found)
            return found if tried and [each["status"] for each in found] == list(statuses) else None

        rows: list[Row] = await until(stand)
        return rows

    async def idle(self, subscription: Row) -> None:
        """Nothing is under way, and every event has been routed."""

        async def no_job_now() -> bool:
            query = """
                select 1 from private.jobs j where j.organization_id = %s
                  and (j.kind = 'event.route' or j.kind in ('webhook.send', 'subscription.check')
                       and (j.claim_id is not null or j.run_at <= clock_timestamp()))
            """
            return not await self.hub.all(query, self.organization_id)

        await until(no_job_now)

    async def later(self, subscription: Row) -> None:
        """All that waits for its time is due, and the receiver is not left alone any more."""
        await self.idle(subscription)
        query = "update private.webhook_queue set next_attempt_at = now() where subscription_id = %s"
        await self.hub.database.execute(query, [subscription["id"]])
        query = "update public.webhook_subscriptions set paused_until = null where id = %s"
        await self.hub.database.execute(query, [subscription["id"]])
        await self.hub.database.execute("select private.plan_senders(array[%s::uuid])", [subscription["id"]])

    async def checked(self, subscription: Row) -> Row:
        """The operation that checked it last, once it is over."""
        return await self.hub.finished(subscription["id"], "subscription.check")

    async def alerts(self, kind: str) -> list[Row]:
        """The open alerts of a kind."""
        query = "select * from public.alerts where organization_id = %s and kind = %s and status = 'open'"
        return await self.hub.all(query, self.organization_id, kind)


async def slowly(moment: asyncio.Event) -> web.Response:
    """An answer that comes when it is let."""
    await moment.wait()
    return web.Response()
