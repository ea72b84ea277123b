"""Newsrooms: organizations that publish through the hub, on networks whose twins are in the sandbox."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from tests.support.networks.base import Login, Network
from tests.support.workplace import Row, Workplace, until
from workers.store.social import PostgresSocial

LOCAL = "127.0.0.0/8"
"""Where the sandbox's pictures lie, for the workers' ``allowed_networks``."""
_PATIENCE_SECONDS = 30.0

# No health check, no look at the access, no count of the account and no listing meets what is meant for posts.
_OUT_OF_THE_WAY = (
    "update public.sync_streams set next_run_at = now() + interval '1 day' where connection_id = %(id)s",
    "update public.integration_connections set next_health_check_at = now() + interval '1 day' where id = %(id)s",
    "update public.rate_limits set capacity = 1000, refill_per_second = 1000 where connection_id = %(id)s",
    """
    insert into public.connection_grants as g (connection_id, organization_id, inspected_at)
    select c.id, c.organization_id, now() from public.integration_connections c where c.id = %(id)s
    on conflict (connection_id) do update set inspected_at = now()""",
    """
    insert into private.account_looks (account_id, due_at)
    select a.id, now() + interval '1 day' from public.social_media_accounts a where a.connection_id = %(id)s
    on conflict do nothing""",
)

# Networks show a post only a while after it was made; and an open breaker lets nothing through for a while. What waits
# is made to have waited. Workers see an open breaker's change within a second.
_LET_TIME_PASS = """
    with about as materialized (
        select o.*
        from public.operations o
        where o.subject_id = %(subject_id)s
           or o.subject_id in (select c.id from public.social_comments c where c.post_id = %(subject_id)s)
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
        where j.claim_id is null and j.run_at > now() and j.id in (select o.id from about o where o.status = 'pending')
    )
    select * from about order by created_at, id
"""


@dataclass
class Outlet:
    """A login at a network, connected; posts go to one account of it.

    :param account_id: the hub's id of that account.
    """

    network: Network
    connection_id: UUID
    account_id: UUID
    login: Login


@dataclass
class Newsroom:
    """One organization and where it publishes, by the networks' keys."""

    hub: Workplace
    organization_id: UUID
    outlets: dict[str, Outlet] = field(default_factory=dict)

    @classmethod
    async def open(cls, hub: Workplace, *networks: Network, organization_id: UUID | None = None) -> Newsroom:
        """An organization, a new one by default, with a new login at each network."""
        room = cls(hub, organization_id or await hub.organization())
        for network in networks:
            await room.connect(network)
        return room

    async def connect(self, network: Network, credentials: Mapping[str, str] | None = None, **options: Any) -> Outlet:
        """Connect a login by a pasted token, and choose the network's account. The hub's own limit does not slow it.

        :param credentials: beside those of the login.
        """
        given = network.account() | dict(credentials or {})
        async with self.hub.database.transaction():  # so that no check comes in between
            connection_id = await self.hub.connect(self.organization_id, network, given, **options)  # type: ignore[arg-type]
            account_id = await self.choose(connection_id, network)
        outlet = Outlet(network, connection_id, account_id, self.login(network, given["access_token"]))
        self.outlets[network.key] = outlet
        return outlet

    async def choose(self, connection_id: UUID, network: Network) -> UUID:
        """Choose the network's account as if it had just been listed; the hub's id of it."""
        listed = [{"provider_account_id": network.account_id, "kind": network.account_kind, "name": "Coffee House"}]
        await self.hub.one("select private.apply_accounts(%s, %s)", connection_id, Jsonb(listed))
        account = await self.account(connection_id, network.account_id)
        await self.hub.call("choose_accounts", connection_id=connection_id, account_ids=[account["id"]])
        await self.leave_alone(connection_id)
        account_id: UUID = account["id"]
        return account_id

    async def leave_alone(self, connection_id: UUID) -> None:
        """Nothing is done by the clock about a connection."""
        for query in _OUT_OF_THE_WAY:
            await self.hub.database.execute(query, {"id": connection_id})

    async def account(self, connection_id: UUID, provider_account_id: str) -> Row:
        """An account as it stands."""
        query = "select * from public.social_media_accounts where connection_id = %s and provider_account_id = %s"
        return await self.hub.one(query, connection_id, provider_account_id)

    def login(self, network: Network, token: str) -> Login:
        """The holder of a token at a network's twin."""
        return Login(self.hub.sandbox, f"{str(self.hub.sandbox.base_url).rstrip('/')}/{network.key}", token)

    @property
    def first(self) -> Outlet:
        """The first of the outlets."""
        return next(iter(self.outlets.values()))

    # What the newsroom asks of the hub.

    async def publish(self, *outlets: Outlet, **arguments: Any) -> list[Row]:
        """Posts just asked for, one for each outlet, by default all, in their order; with a text of their own, and with
        a picture where a network needs one."""
        chosen = list(outlets or self.outlets.values())
        wanted = {"text": headline(), **arguments}
        if any(each.network.needs_media for each in chosen):
            wanted.setdefault("media", [self.picture()])
        first = await self.hub.call(
            "publish_post", account_ids=[each.account_id for each in chosen], **as_arguments(wanted)
        )
        rows = await self.hub.all("select * from public.social_posts where group_id = %s", first["group_id"])
        by_account = {row["account_id"]: row for row in rows}
        return [by_account[each.account_id] for each in chosen]

    async def post(self, outlet: Outlet | None = None, **arguments: Any) -> Row:
        """One post just asked for, of the first outlet unless one is named."""
        (row,) = await self.publish(outlet or self.first, **arguments)
        return row

    async def published(self, outlet: Outlet | None = None, **arguments: Any) -> Row:
        """A post that its network has."""
        post = await self.post(outlet, **arguments)
        operation = await self.settled(post)
        assert operation["status"] == "succeeded", operation["error"]
        return await self.now(post)

    def picture(self, width: int = 1080, height: int = 1080) -> Row:
        """A picture of that size, as posts name it."""
        return {"url": f"{str(self.hub.sandbox.base_url).rstrip('/')}/_media/{width}x{height}.jpg"}

    # What became of it.

    async def now(self, post: Row) -> Row:
        """A post as it stands."""
        return await self.hub.one("select * from public.social_posts where id = %s", post["id"])

    async def ended(self, subject: Row, kind: str = "post.publish") -> Row:
        """The latest operation of a kind about a post or comment, once it is over."""
        return await self.hub.finished(subject["id"], kind)

    async def settled(self, post: Row) -> Row:
        """The latest operation that publishes a post, once it is over and so is what followed from it; meanwhile time
        passes quickly."""

        async def over() -> Row | None:
            operations = await self.let_time_pass(post)
            pending = [each for each in operations if each["status"] == "pending"]
            return None if pending else [each for each in operations if each["kind"] == "post.publish"][-1]

        operation: Row = await until(over, seconds=_PATIENCE_SECONDS, every=0.05)
        return operation

    async def let_time_pass(self, post: Row) -> list[Row]:
        """What waits about a post has waited; every operation about it."""
        cursor = await self.hub.database.execute(_LET_TIME_PASS, {"subject_id": post["id"]})
        return await cursor.fetchall()

    async def waiting(self, post: Row, code: str) -> Row:
        """The job that publishes a post, once it has been put off with an error of that code."""

        async def put_off() -> Row | None:
            query = "select j.* from private.jobs j join public.operations o on o.id = j.id where o.subject_id = %s"
            rows = await self.hub.all(
                f"{query} and j.claim_id is null and j.last_error ->> 'code' = %s", post["id"], code
            )
            return rows[0] if rows else None

        job: Row = await until(put_off)
        return job

    async def comments(self, post: Row) -> list[Row]:
        """What is said below a post, as the hub knows it."""
        query = "select * from public.social_comments where post_id = %s order by created_at, id"
        return await self.hub.all(query, post["id"])

    async def alerts(self, group: str) -> list[Row]:
        """The open alerts of a group."""
        query = "select * from public.alerts where organization_id = %s and group_key = %s and status = 'open'"
        return await self.hub.all(query, self.organization_id, group)

    async def events(self, type: str, subject: Row) -> list[Row]:
        """What was told of something."""
        query = "select * from public.events where organization_id = %s and type = %s and subject_id = %s order by id"
        return await self.hub.all(query, self.organization_id, type, subject["id"])

    async def calls(self, outlet: Outlet) -> list[str]:
        """The operations in whose course a connection's provider was called, as the log has them by now."""
        query = "select operation from public.integration_logs where connection_id = %s order by id"
        return [row["operation"] for row in await self.hub.all(query, outlet.connection_id)]

    async def status(self, outlet: Outlet) -> str:
        """How a connection is."""
        query = "select status::text from public.integration_connections where id = %s"
        return str((await self.hub.one(query, outlet.connection_id))["status"])

    async def clock_strikes(self, *posts: Row) -> None:
        """Posts are due to be counted, and the clock has struck; waits until they have been."""
        query = "update private.post_looks set due_at = now() where post_id = any (%s)"
        await self.hub.database.execute(query, [[each["id"] for each in posts]])
        await PostgresSocial(self.hub.pool, safe_seconds=1).enqueue_due()
        await self.jobs_done("post.measure")

    async def jobs_done(self, *kinds: str) -> None:
        """Wait until the organization has no such job left."""
        query = "select 1 from private.jobs where organization_id = %s and kind = any (%s)"

        async def none_left() -> bool:
            return not await self.hub.all(query, self.organization_id, list(kinds))

        await until(none_left)

    # What is at the networks.

    async def at(self, network: Network) -> Row:
        """Everything that a network's twin holds."""
        answer = await self.hub.sandbox.get("/_state", params={"provider": network.key})
        state: Row = answer.json()
        return state

    async def copies(self, post: Row, outlet: Outlet | None = None) -> int:
        """How often a network shows a post's text."""
        network = (outlet or self.first).network
        return network.published(await self.at(network)).count(post["text"])

    async def fault(self, kind: str, call: str, outlet: Outlet | None = None, **details: Any) -> int:
        """Plan a fault for the next request like ``call``; its number."""
        method, _, path = call.partition(" ")
        key = (outlet or self.first).network.key
        return await self.hub.plan_fault(kind, provider=key, match={"method": method, "path": path}, **details)

    async def unmet(self, fault: int) -> bool:
        """Whether a fault has been met by nobody yet, nor will be."""
        planned = (await self.hub.sandbox.get("/_faults")).json()
        (found,) = [each for each in planned if each["id"] == fault] or [None]
        await self.hub.sandbox.delete(f"/_faults/{fault}")
        return found is not None


def headline() -> str:
    """A text that nothing else has: networks refuse what they have already."""
    return f"Our new branch opens on Monday. {uuid.uuid4().hex}"


def as_arguments(wanted: Mapping[str, Any]) -> Row:
    """What is asked of a post, as ``publish_post`` takes it."""
    return {name: Jsonb(value) if _is_json(value) else value for name, value in wanted.items()}


def _is_json(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, Sequence) and not isinstance(value, str))
