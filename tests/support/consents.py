"""People who are sent to a consent page, and what they come back with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

import httpx
from psycopg.types.json import Jsonb

from tests.support.networks.base import Login
from tests.support.workplace import Row, Workplace, until
from workers.store.credentials import PostgresCredentials
from workers.vault.credentials import CredentialVault
from workers.vault.keyring import LocalKeyring


@dataclass(frozen=True, slots=True)
class App:
    """An app at a provider, whose access is consented to.

    :param key: the provider's. :param settings: of the connection.
    :param prefix: begins the app's id; twins know by it what an app may.
    """

    key: str
    prefix: str = "1000"
    settings: dict[str, Any] | None = None


@dataclass
class Client:
    """A connection of an app that nobody has consented to yet."""

    hub: Workplace
    app: App
    organization_id: UUID
    connection_id: UUID
    client_id: str
    client_secret: str

    @classmethod
    async def open(cls, hub: Workplace, app: App, organization_id: UUID | None = None) -> Client:
        """A connection with the keys of a new app."""
        organization_id = organization_id or await hub.organization()
        settings = {"settings": Jsonb(app.settings)} if app.settings else {}
        row = await hub.call("create_connection", organization_id=organization_id, provider=app.key, **settings)
        client_id, secret = f"{app.prefix}{uuid4().int % 10**12}", uuid4().hex
        keys = {"client_id": client_id, "client_secret": secret}
        await hub.set_credentials(organization_id, row["id"], keys)
        limits = "update public.rate_limits set capacity = 1000, refill_per_second = 1000 where connection_id = %s"
        await hub.database.execute(limits, [row["id"]])
        return cls(hub, app, organization_id, row["id"], client_id, secret)

    async def begun(self, **arguments: Any) -> Row:
        """A consent that has been begun: the operation that says where to send the person, once it is over."""
        return await self.over(await self.hub.call("start_oauth", connection_id=self.connection_id, **arguments))

    async def sent_to(self, **arguments: Any) -> str:
        """The page that a person is sent to."""
        operation = await self.begun(**arguments)
        assert operation["status"] == "succeeded", operation["error"]
        return str(operation["result"]["authorization_url"])

    async def comes_back(self, with_: dict[str, str]) -> Row:
        """The operation that ends a consent, once it is over: what the function `oauth` asks for."""
        known = {name: with_[name] for name in ("state", "code", "error") if name in with_}
        answer = await self.hub.call("finish_oauth", **known)
        return await self.over({"id": answer["finish_oauth"]["operation_id"]})

    async def granted(self, **form: Any) -> Row:
        """The operation that ended a consent that somebody gave."""
        operation = await self.comes_back(await decides(self.hub.sandbox, await self.sent_to(), **form))
        assert operation["status"] == "succeeded", operation["error"]
        return operation

    async def over(self, operation: Row) -> Row:
        """An operation once it is over."""

        async def ended() -> Row | None:
            row = await self.hub.one("select * from public.operations where id = %s", operation["id"])
            return None if row["status"] == "pending" else row

        row: Row = await until(ended)
        return row

    async def row(self) -> Row:
        """The connection as it stands."""
        return await self.hub.one("select * from public.integration_connections where id = %s", self.connection_id)

    async def grant(self) -> Row:
        """What is known of its access; nothing, as long as nobody has consented."""
        rows = await self.hub.all("select * from public.connection_grants where connection_id = %s", self.connection_id)
        return rows[0] if rows else {}

    async def credentials(self) -> dict[str, str]:
        """What a worker finds when it opens the connection's credentials."""
        vault = CredentialVault(LocalKeyring.from_setting(str(self.hub.keyring)), PostgresCredentials(self.hub.pool))
        opened = await vault.open(self.connection_id, (await self.row())["credentials_version"])
        vault.forget()
        return dict(opened)

    async def login(self) -> Login:
        """Who has consented, at the twin."""
        url = f"{str(self.hub.sandbox.base_url).rstrip('/')}/{self.app.key}"
        return Login(self.hub.sandbox, url, (await self.credentials())["access_token"])

    async def jobs_done(self, *kinds: str) -> None:
        """Wait until the organization has no such job left."""
        query = "select 1 from private.jobs where organization_id = %s and kind = any (%s)"

        async def none_left() -> bool:
            return not await self.hub.all(query, self.organization_id, list(kinds))

        await until(none_left)

    async def calls(self, operation: str) -> list[Row]:
        """The calls of an operation that are in the log by now."""
        query = "select * from public.integration_logs where connection_id = %s and operation = %s order by id"
        return await self.hub.all(query, self.connection_id, operation)

    async def alerts(self) -> list[str]:
        """What is said in open alerts about its access."""
        query = """
            select kind from public.alerts
            where connection_id = %s and status = 'open' and group_key = 'connection:' || %s || ':access'"""
        return [row["kind"] for row in await self.hub.all(query, self.connection_id, str(self.connection_id))]


async def decides(http: httpx.AsyncClient, address: str, decision: str = "allow", **form: Any) -> dict[str, str]:
    """What a person who looks at the page and decides is sent back with.

    :param form: what else they say there, such as the ``scope`` that they grant.
    """
    page = await http.get(address)
    assert page.status_code == 200, page.text
    answer = await http.post(address, data={"decision": decision, **form})
    assert answer.status_code == 303, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))
