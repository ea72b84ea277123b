"""Merchants' marketing offices: organizations with connected tools and networks, whose twins are in the sandbox."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from psycopg.types.json import Jsonb

from tests.support.leads import COLUMNS
from tests.support.networks.base import Network
from tests.support.tools.base import Tool
from tests.support.workplace import Row, Workplace, until
from workers.operations.jobs import Done, Job, Outcome
from workers.providers.registry import open_connector
from workers.store.pool import Pool
from workers.store.sync import PostgresSync

_OUT_OF_THE_WAY = (
    "update public.integration_connections set next_health_check_at = now() + interval '1 day' where id = %s",
    "update public.rate_limits set capacity = 1000, refill_per_second = 1000 where connection_id = %s",
    "update public.sync_streams set next_run_at = now() + interval '1 day' where connection_id = %s",
)


@dataclass
class Office:
    """One organization with its tools.

    :param accounts: the credentials at the twins, by the connection's id.
    """

    hub: Workplace
    organization_id: UUID
    accounts: dict[UUID, dict[str, str]] = field(default_factory=dict)
    keys: dict[UUID, str] = field(default_factory=dict)

    @classmethod
    async def open(cls, hub: Workplace) -> Office:
        """A new organization without any."""
        return cls(hub, await hub.organization())

    async def connect(self, tool: Tool | Network, **options: Any) -> UUID:
        """Connect a new account of a tool. The hub's own limit does not slow it, no health check meets its faults, and
        nothing of it is read before somebody asks for it."""
        account = tool.account()
        settings = {**tool.settings, **options.pop("settings", {})}
        name = f"{tool.key} {uuid.uuid4().hex[:6]}"
        async with self.hub.database.transaction():  # so that nothing comes in between
            row = await self.hub.call(
                "create_connection",
                organization_id=self.organization_id,
                provider=tool.key,
                name=name,
                settings=Jsonb(settings),
                **options,
            )
            connection_id: UUID = row["id"]
            await self.hub.set_credentials(self.organization_id, connection_id, account)
            for query in _OUT_OF_THE_WAY:
                await self.hub.database.execute(query, [connection_id])
        self.accounts[connection_id], self.keys[connection_id] = account, tool.key
        return connection_id

    # At the twins.

    async def ask(self, connection_id: UUID, method: str, path: str, **request: Any) -> Any:
        """A request to a twin, as the account's owner."""
        headers = {"Authorization": f"Bearer {self.accounts[connection_id]['access_token']}"}
        url = f"/{self.keys[connection_id]}{path}"
        answer = await self.hub.sandbox.request(method, url, headers=headers, **request)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def control(self, connection_id: UUID, path: str, **body: Any) -> Any:
        """What people or time do there: one of the twin's controls."""
        return await self.ask(connection_id, "POST", f"/_test/{path}", json=body)

    @asynccontextmanager
    async def dashboard(self, connection_id: UUID) -> AsyncIterator[Any]:
        """A connector of the owner's own: what is done with it is done behind the hub's back."""
        query = "select settings from public.integration_connections where id = %s"
        key = self.keys[connection_id]
        connector = open_connector(
            key,
            credentials=self.accounts[connection_id],
            settings=(await self.hub.one(query, connection_id))["settings"],
            base_url=f"{str(self.hub.sandbox.base_url).rstrip('/')}/{key}",
            transport=httpx.AsyncHTTPTransport(),
        )
        async with connector:
            yield connector

    async def state(self, connection_id: UUID) -> Any:
        """What the twin holds, of all accounts where it does not tell them apart."""
        answer = await self.hub.sandbox.get("/_state", params={"provider": self.keys[connection_id]})
        return answer.json()

    async def fault(self, connection_id: UUID, kind: str, call: str = "* *", **details: Any) -> int:
        """Plan a fault for the next request like ``call``; its number."""
        method, _, path = call.partition(" ")
        match = {"method": method, "path": path}
        return await self.hub.plan_fault(kind, provider=self.keys[connection_id], match=match, **details)

    # Streams and accounts.

    async def use_accounts(self, connection_id: UUID) -> list[Row]:
        """Use every account that a login reaches."""
        operation = await self.hub.call("refresh_accounts", connection_id=connection_id)
        assert (await self.over(operation))["status"] == "succeeded"
        query = "select * from public.social_media_accounts where connection_id = %s order by id"
        accounts = await self.hub.all(query, connection_id)
        ids = [each["id"] for each in accounts]
        await self.hub.call("choose_accounts", connection_id=connection_id, account_ids=ids)
        return accounts

    async def over(self, operation: Row) -> Row:
        """An operation once it is over."""

        async def no_longer_pending() -> Row | None:
            row = await self.hub.one("select * from public.operations where id = %s", operation["id"])
            return None if row["status"] == "pending" else row

        row: Row = await until(no_longer_pending)
        return row

    async def stream(self, connection_id: UUID, stream: str) -> Row:
        """A stream as it stands."""
        query = "select * from public.sync_streams where connection_id = %s and stream = %s"
        return await self.hub.one(query, connection_id, stream)

    async def runs(self, stream: Row) -> list[Row]:
        """Its runs, the oldest first."""
        return await self.hub.all(
            "select * from public.sync_runs where stream_id = %s order by started_at", stream["id"]
        )

    async def read(self, connection_id: UUID, stream: str, *, full: bool = False, seconds: float = 30.0) -> Row:
        """Have a stream read now by a worker that is at work; the stream as it stands afterwards."""
        before = await self.hub.call("run_sync", connection_id=connection_id, stream=stream, full=full)

        async def ended() -> Row | None:
            row = await self.stream(connection_id, stream)
            left = await self.hub.all("select 1 from private.jobs where id = %s", before["id"])
            return None if left or row["status"] == "running" else row

        row: Row = await until(ended, seconds=seconds)
        return row

    async def due_streams_are_read(self) -> None:
        """The clock strikes."""
        await PostgresSync(self.hub.pool).enqueue_due()

    # Leads.

    async def lead(self, **facts: Any) -> Row:
        """A lead as a client brings it."""
        given = {
            name: Jsonb(value) if isinstance(value, dict) or name == "consents" else value
            for name, value in facts.items()
        }
        kept = await self.hub.call("upsert_lead", organization_id=self.organization_id, **given)
        return await self.hub.one(f"select {COLUMNS} from public.leads l where l.id = %s", kept["id"])

    async def agreed(self, email: str, **facts: Any) -> Row:
        """A lead who wants mail."""
        return await self.lead(email=email, consents=[{"purpose": "marketing_email"}], **facts)

    async def leads(self) -> list[Row]:
        """All of them, the oldest first."""
        query = f"select {COLUMNS} from public.leads l where l.organization_id = %s order by l.created_at, l.id"
        return await self.hub.all(query, self.organization_id)

    async def link(self, lead: Row, connection_id: UUID) -> Row:
        """Where a lead stands at a tool."""
        query = "select * from public.lead_links where lead_id = %s and connection_id = %s"
        return await self.hub.one(query, lead["id"], connection_id)

    async def consent(self, lead: Row, purpose: str = "marketing_email") -> str | None:
        """What a lead has said last."""
        row = await self.hub.one("select private.lead_consent(%s, %s) as state", lead["id"], purpose)
        state: str | None = row["state"]
        return state

    async def synchronize(self, connection_id: UUID, **options: Any) -> None:
        """Keep leads and a tool's contacts alike; the stream is read when somebody asks for it."""
        options = {name: Jsonb(value) if isinstance(value, dict) else value for name, value in options.items()}
        async with self.hub.database.transaction():
            await self.hub.call("set_lead_sync", connection_id=connection_id, **options)
            await self.hub.database.execute(_OUT_OF_THE_WAY[2], [connection_id])

    async def pushed(self, connection_id: UUID, *, seconds: float = 30.0) -> None:
        """Wait until nothing is left to be taken to a tool for now."""

        async def nothing_due() -> bool:
            return not await self.hub.all(
                "select 1 from public.lead_links where connection_id = %s and next_try_at <= now() limit 1",
                connection_id,
            )

        await until(nothing_due, seconds=seconds)
        await self.jobs_done("lead.push")

    async def push_again(self, connection_id: UUID) -> None:
        """What waits for its pause to be over is due, and the clock has struck."""
        query = "update public.lead_links set next_try_at = now() where connection_id = %s and next_try_at is not null"
        await self.hub.database.execute(query, [connection_id])
        await self.hub.database.execute("select private.enqueue_due_pushes()")

    async def events(self, kind: str = "%") -> list[Row]:
        """What happened, the oldest first."""
        query = "select * from public.events where organization_id = %s and type like %s order by created_at, id"
        return await self.hub.all(query, self.organization_id, kind)

    # Automations.

    async def automate(self, *actions: Row, events: Sequence[str] = ("track.go",), **options: Any) -> Row:
        """An automation that acts from now on. :param actions: of its definition, as are ``conditions`` in options."""
        definition = {"events": list(events), "conditions": options.pop("conditions", []), "actions": list(actions)}
        options = {"name": f"Automation {uuid.uuid4().hex[:6]}", "enabled": True, **options}
        if "automation_id" not in options:
            options["organization_id"] = self.organization_id
        return await self.hub.call("save_automation", definition=Jsonb(definition), **options)

    async def track(self, name: str = "go", **facts: Any) -> Row:
        """Something that a client tracks."""
        jsons = {key: Jsonb(value) for key, value in facts.items() if key in ("properties", "items", "consent")}
        return await self.hub.call("track_event", organization_id=self.organization_id, name=name, **{**facts, **jsons})

    async def ran(self, automation: Row, count: int = 1) -> list[Row]:
        """The runs of an automation in the order of what they are about, once there are so many and all are over."""

        async def over() -> list[Row] | None:
            query = "select * from public.automation_runs where automation_id = %s order by event_created_at, id"
            runs = await self.hub.all(query, automation["id"])
            return runs if len(runs) >= count and all(each["status"] != "running" for each in runs) else None

        runs: list[Row] = await until(over)
        return runs

    async def steps(self, run: Row) -> list[Row]:
        """What a run did, in its order."""
        query = "select * from public.automation_steps where run_id = %s order by position"
        return await self.hub.all(query, run["id"])

    async def alerts(self, kind: str) -> list[Row]:
        """The open alerts of a kind."""
        query = "select * from public.alerts where organization_id = %s and kind = %s and status = 'open'"
        return await self.hub.all(query, self.organization_id, kind)

    async def jobs_done(self, *kinds: str) -> None:
        """Wait until the organization has no such job left."""

        async def none_left() -> bool:
            query = "select 1 from private.jobs where organization_id = %s and kind = any (%s)"
            return not await self.hub.all(query, self.organization_id, list(kinds))

        await until(none_left)


def a_job(
    kind: str, job_id: UUID, organization_id: UUID, payload: Mapping[str, Any] | None = None, **facts: Any
) -> Job:
    """A job as a worker has claimed it, for those who ask a handler themselves."""
    now = datetime.now(UTC)
    usual = {
        "claim_id": uuid.uuid4(),
        "run_at": now,
        "attempt": 1,
        "max_attempts": 20,
        "cancel_requested": False,
        "outcome_unknown": False,
        "created_at": now,
    }
    return Job(id=job_id, kind=kind, organization_id=organization_id, payload=dict(payload or {}), **{**usual, **facts})


async def settle(pool: Pool, outcome: Outcome) -> Outcome:
    """Write what an outcome writes, as the queue does when the job ends."""
    if isinstance(outcome, Done) and outcome.effect is not None:
        async with pool.connection() as connection, connection.transaction():
            await outcome.effect(connection)
    return outcome
