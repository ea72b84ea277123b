"""Two organizations, everybody who might reach into one of them, and a row of every table in it."""

import itertools
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row

from stack import Stack
from tests.conftest import NewUser
from tests.rls.samples import SAMPLES, Home, insert, sample
from tests.support.callers import (
    CARRIER,
    GATEWAY,
    TOOL,
    Caller,
    Database,
    Row,
    Workspace,
    add_providers,
    anonymous,
    key_caller,
    remove_providers,
    service,
)

ROLES = ("anon", "stranger", "viewer", "developer", "admin", "owner", "key", "service_role")
"""`stranger` owns another organization; `key` is an API key of the role admin, limited to `webhooks:*`."""


@dataclass(frozen=True)
class World:
    """Who there is and what there is."""

    workspace: Workspace
    home: Home
    callers: dict[str, Caller]
    rows: dict[str, Row]
    """One standing row of each table, the organization's own."""


async def sign_up(name: str, http: httpx.AsyncClient, new_user: NewUser) -> Caller:
    """Somebody who really signed up, with the token that auth gave them."""
    user = await new_user()
    return Caller(name, http, {"Authorization": f"Bearer {user.access_token}"}, user.id, user.email)


@pytest.fixture(scope="package")
async def world(stack: Stack, http: httpx.AsyncClient, database: Database, new_user: NewUser) -> AsyncIterator[World]:
    """The one world of these tests."""
    await add_providers(database)
    people = {
        role: await sign_up(role, http, new_user) for role in ("stranger", "viewer", "developer", "admin", "owner")
    }
    owner = people["owner"]
    organization = await owner.call("create_organization", name="Home")
    await people["stranger"].call("create_organization", name="Abroad")
    workspace = Workspace(stack, http, database, organization["id"], owner)
    for role in ("viewer", "developer", "admin"):
        await owner.call("set_member", organization_id=workspace.id, email=people[role].email, role=role)
    key = await owner.call("create_api_key", name="Narrow", scopes=["webhooks:*"], role="admin")
    callers = people | {
        "anon": anonymous(http),
        "key": key_caller(stack, http, key["id"]),
        "service_role": service(stack, http),
    }
    home = await furnish(workspace)
    rows = {table: await insert(database, table, sample(table, home)) for table in SAMPLES if table not in BY_RPC}
    rows |= {table: await standing(workspace, table) for table in BY_RPC}
    yield World(workspace, home, callers, rows)
    await remove_providers(database)
    await database.execute("delete from private.quotas where name like 'probe%'")
    await database.execute("delete from integration_providers where key = %s", [rows["integration_providers"]["key"]])


@pytest.fixture(scope="module")
async def worker(stack: Stack) -> AsyncIterator[psycopg.AsyncConnection[Row]]:
    """A connection as `wasl_worker`; every statement commits at once."""
    connection = await psycopg.AsyncConnection.connect(stack.worker_database_url, autocommit=True, row_factory=dict_row)
    async with connection:
        yield connection


BY_RPC = (
    *("organizations", "payment_providers", "privacy_settings"),
    *("shipping_providers", "rate_limits", "sync_streams"),
)
"""Tables whose row comes with the organization or its connections."""


async def standing(workspace: Workspace, table: str) -> Row:
    """The row that is there already."""
    column = "id" if table == "organizations" else "organization_id"
    row: Row = await workspace.one(f"select to_jsonb(t) from {table} t where {column} = %s limit 1", [workspace.id])
    return row


async def furnish(workspace: Workspace) -> Home:
    """Make what the rows of a workspace refer to."""
    database = workspace.database
    gateway = await workspace.connection(GATEWAY)
    carrier = await workspace.connection(CARRIER)
    network = await workspace.network()
    tool = await workspace.connection(TOOL)
    endpoint = await workspace.owner.call("create_webhook_endpoint", connection_id=gateway["id"])
    payment = await workspace.payment()
    strangers = [str(uuid.uuid4()) for _ in range(50)]
    await database.execute(
        "insert into auth.users (id, email) select id, id || '@example.com' from unnest(%s::uuid[]) id", [strangers]
    )
    quotas = [f"probe_{first}{second}" for first in "abcdefg" for second in "abcdefg"]
    await database.execute(
        "insert into private.quotas (name, monthly, description)"
        " select name, false, 'Probe' from unnest(%s::text[]) name on conflict do nothing",
        [quotas],
    )
    ids: dict[str, Any] = dict.fromkeys(Home.__dataclass_fields__, "") | {
        "organization_id": workspace.id,
        "gateway_id": gateway["id"],
        "carrier_id": carrier["id"],
        "network_id": network["id"],
        "tool_id": tool["id"],
        "endpoint_id": endpoint["id"],
        "payment_id": payment["id"],
        "key_id": workspace.encryption_key_id,
        "strangers": strangers,
        "quotas": quotas,
        "checks": itertools.chain(
            ["keeps_contacts"], itertools.cycle(["keeps_deals", "lists_audiences", "lists_campaigns"])
        ),
    }
    for name, table in {
        "api_key_id": "api_keys",
        "subscription_id": "webhook_subscriptions",
        "account_id": "social_media_accounts",
        "post_id": "social_posts",
        "shipment_id": "shipments",
        "quote_id": "shipment_quotes",
        "reconciliation_id": "payment_reconciliations",
        "lead_id": "leads",
        "campaign_id": "marketing_campaigns",
        "stream_id": "sync_streams",
        "automation_id": "automations",
        "run_id": "automation_runs",
        "channel_id": "alert_channels",
        "alert_id": "alerts",
        "notification_id": "alert_notifications",
        "subject_request_id": "data_subject_requests",
        "incident_id": "health_incidents",
    }.items():
        ids[name] = str((await insert(database, table, sample(table, Home(**ids))))["id"])
    return Home(**ids)
