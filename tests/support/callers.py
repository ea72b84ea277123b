"""Whoever calls the hub through PostgREST, and an organization to call about, with people, keys and connections."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg
from psycopg.types.json import Jsonb

from stack import Stack
from tests.support.probe_networks import BOARD, NETWORK, NETWORKS
from tests.support.shipments import ORDER, SENDER, WITH_PEOPLE

GATEWAY, CARRIER, COURIER, TOOL = "probe_gateway", "probe_carrier", "probe_courier", "probe_tool"
"""Providers that no connector stands behind, so that no connector's change changes what the database does. The courier
cannot be asked where its parcels are; the tool is one for marketing and can do everything."""

PAYER = "*,customer,billing_address,shipping_address"
"""What to select of a payment or payment link, with what it says of people."""

TOOL_CAPABILITIES = [
    *("keeps_contacts", "tags_contacts", "forgets_contacts", "notes_contact_events", "lists_audiences"),
    *("lists_campaigns", "keeps_deals", "tracks_events"),
]

LEAD = "select=*,email,phone,first_name,last_name,company,attributes"
"""Of a lead also what is known of it, which comes only when it is named."""

Row = dict[str, Any]
Database = psycopg.AsyncConnection[Row]


@dataclass(frozen=True)
class Refusal:
    """How the hub said no: an HTTP status, a stable code and the field at fault."""

    status: int
    code: str
    field: str | None


@dataclass(frozen=True)
class Caller:
    """Somebody with a name (a role, mostly) and the headers that prove it."""

    name: str
    http: httpx.AsyncClient
    headers: dict[str, str]
    user_id: str | None = None
    email: str | None = None

    async def request(self, method: str, path: str, /, **options: Any) -> httpx.Response:
        """Send one request below /rest/v1."""
        headers = self.headers | options.pop("headers", {})
        return await self.http.request(method, f"/rest/v1/{path}", headers=headers, **options)

    async def rows(self, path: str) -> list[Row]:
        """What a SELECT answers, which must be allowed."""
        answer = await self.request("GET", path)
        assert answer.status_code == 200, answer.text
        rows: list[Row] = answer.json()
        return rows

    async def call(self, rpc: str, /, **arguments: Any) -> Any:
        """What an RPC answers, which must be allowed."""
        answer = await self.request("POST", f"rpc/{rpc}", json=arguments)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def refused(self, rpc: str, /, **arguments: Any) -> Refusal:
        """How an RPC is refused, which it must be."""
        answer = await self.request("POST", f"rpc/{rpc}", json=arguments)
        assert not answer.is_success, answer.text
        body = answer.json()
        return Refusal(answer.status_code, body["code"], body["details"])


@dataclass
class Workspace:
    """An organization of its own, whose owner signed up for it."""

    stack: Stack
    http: httpx.AsyncClient
    database: Database
    id: str
    owner: Caller
    encryption_key_id: str = field(default_factory=lambda: f"key-{uuid.uuid4().hex[:12]}")

    async def member(self, role: str) -> Caller:
        """Somebody new with that role here."""
        caller = await new_person(role, self.stack, self.http, self.database)
        await self.owner.call("set_member", organization_id=self.id, email=caller.email, role=role)
        return caller

    async def api_key(self, *scopes: str, role: str = "developer", by: Caller | None = None) -> Caller:
        """A machine with a new key's token, as the token endpoint makes it."""
        creator = by or self.owner
        key = await creator.call("create_api_key", organization_id=self.id, name="Key", scopes=scopes, role=role)
        return key_caller(self.stack, self.http, key["id"])

    async def connection(self, provider: str = GATEWAY, *, active: bool = True, **options: Any) -> Row:
        """A new connection, with credentials unless it is not to be active."""
        name = options.pop("name", f"Connection {uuid.uuid4().hex[:8]}")
        row: Row = await self.owner.call(
            "create_connection", organization_id=self.id, provider=provider, name=name, **options
        )
        if active:
            await self.set_credentials(row["id"], "secret_key")
        return row

    async def set_credentials(self, connection_id: str, *names: str, ciphertext: str = "A" * 64) -> Any:
        """Credentials sealed, so to speak, to the organization's own key."""
        key = await self.encryption_key()
        credentials = [{"name": name, "ciphertext": ciphertext, "key_id": key} for name in names]
        return await self.owner.call("set_credentials", connection_id=connection_id, credentials=credentials)

    async def encryption_key(self) -> str:
        """The organization's own encryption key; nobody has its private half."""
        await self.database.execute(
            "insert into public.encryption_keys (id, organization_id, public_key) values (%s, %s, %s)"
            " on conflict do nothing",
            (self.encryption_key_id, self.id, "A" * 43),
        )
        return self.encryption_key_id

    async def payment(self, amount: str = "99.00", **arguments: Any) -> Row:
        """A payment just asked for."""
        defaults = {"currency": "AED", "reference": "order-1", "return_url": "https://shop.example/back"}
        row: Row = await self.owner.call(
            "create_payment", organization_id=self.id, amount=amount, **defaults | arguments
        )
        return row

    async def shipment(self, **arguments: Any) -> Row:
        """A shipment just asked for, with its computed columns."""
        rpc = f"create_shipment?select={WITH_PEOPLE}"
        row: Row = await self.owner.call(rpc, organization_id=self.id, **ORDER | arguments)
        return row

    async def carrier(self, provider: str = CARRIER) -> Row:
        """A carrier's new connection, and a location to ship from."""
        row = await self.connection(provider)
        await self.owner.call(
            "set_shipping_location", organization_id=self.id, name="Shop", address=SENDER, is_default=True
        )
        return row

    async def network(self, provider: str = NETWORK, **options: Any) -> Row:
        """A social network's new connection, with the client's credentials and access."""
        row = await self.connection(provider, active=False, **options)
        await self.set_credentials(row["id"], "client_id", "client_secret", "access_token")
        return row

    async def lead(self, **arguments: Any) -> Row:
        """A lead just told of."""
        defaults = {} if "phone" in arguments else {"email": f"lead-{uuid.uuid4().hex[:12]}@example.com"}
        row: Row = await self.owner.call(f"upsert_lead?{LEAD}", organization_id=self.id, **defaults | arguments)
        return row

    async def all(self, query: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows a query as `postgres` answers."""
        return await (await self.database.execute(query, parameters)).fetchall()

    async def events(self, subject_id: str) -> list[Row]:
        """What has been told of something, from the first on."""
        return await self.all("select * from public.events where subject_id = %s order by created_at, id", [subject_id])

    async def one(self, query: str, parameters: Sequence[Any] = ()) -> Any:
        """The one value a query as `postgres` answers."""
        cursor = await self.database.execute(query, parameters)
        row = await cursor.fetchone()
        assert row is not None
        return next(iter(row.values()))


async def new_person(name: str, stack: Stack, http: httpx.AsyncClient, database: Database) -> Caller:
    """Somebody who exists without having signed up, which takes auth a while; the token is as good as auth's."""
    user_id, email = str(uuid.uuid4()), f"person-{uuid.uuid4().hex}@example.com"
    await database.execute("insert into auth.users (id, email) values (%s, %s)", (user_id, email))
    token = stack.mint_jwt({"role": "authenticated", "aud": "authenticated", "sub": user_id})
    return Caller(name, http, {"Authorization": f"Bearer {token}"}, user_id, email)


def key_caller(stack: Stack, http: httpx.AsyncClient, api_key_id: str) -> Caller:
    """Whoever holds the token of an API key."""
    claims = {"role": "authenticated", "aud": "authenticated", "sub": api_key_id, "api_key_id": api_key_id}
    return Caller("api key", http, {"Authorization": f"Bearer {stack.mint_jwt(claims, lifetime_seconds=900)}"})


def anonymous(http: httpx.AsyncClient) -> Caller:
    """Somebody with the publishable key alone."""
    return Caller("anon", http, {})


def service(stack: Stack, http: httpx.AsyncClient) -> Caller:
    """Somebody with the secret key."""
    return Caller("service_role", http, {"apikey": stack.secret_key})


async def new_workspace(stack: Stack, http: httpx.AsyncClient, database: Database, **organization: Any) -> Workspace:
    """An organization that somebody new has just created."""
    owner = await new_person("owner", stack, http, database)
    row = await owner.call("create_organization", **{"name": "Workspace"} | organization)
    return Workspace(stack, http, database, row["id"], owner)


async def add_providers(database: Database) -> None:
    """Put the providers of the tests' own into the catalog."""
    providers: dict[str, Row] = {
        GATEWAY: {"category": "payments"},
        CARRIER: {"category": "shipping", "capabilities": ["tracks_shipments", "prints_labels"]},
        COURIER: {"category": "shipping"},
        TOOL: {"category": "marketing", "capabilities": TOOL_CAPABILITIES},
        **NETWORKS,
    }
    for key, facts in providers.items():
        row = {"key": key} | _PROVIDER | facts
        values = {name: Jsonb(value) if name in _JSON else value for name, value in row.items()}
        columns, marks = ", ".join(row), ", ".join(f"%({name})s" for name in row)
        query = f"insert into public.integration_providers ({columns}) values ({marks}) on conflict do nothing"
        await database.execute(query, values)


_BUCKET = {"capacity": 10, "refill_per_second": 5}
_JSON = ("credential_fields", "settings_fields", "rate_limits", "social", "consent")
_PROVIDER: Row = {
    "name": "Probe",
    "description": "For tests of the database",
    "countries": [],
    "currencies": [],
    "capabilities": [],
    "auth_scheme": "bearer",
    "credential_fields": [{"name": "secret_key", "required": True}, {"name": "webhook_secret", "required": False}],
    "settings_fields": [{"name": "account"}],
    "rate_limits": {"sandbox": _BUCKET, "live": _BUCKET | {"capacity": 100}},
    "sandbox_base_url": "https://sandbox.example",
    "live_base_url": "https://live.example",
    "documentation_url": "https://docs.example",
}


async def remove_providers(database: Database) -> None:
    """Take them out again, with every organization that connected one."""
    keys = [GATEWAY, CARRIER, COURIER, TOOL, NETWORK, BOARD]
    await database.execute(
        "delete from public.organizations where id in"
        " (select organization_id from public.integration_connections where provider_key = any (%s))",
        [keys],
    )
    await database.execute("delete from public.integration_providers where key = any (%s)", [keys])
