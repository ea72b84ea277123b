"""The audit log: who did what, in a chain that shows every tampering, written by nobody directly."""

import asyncio
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from stack import Stack
from tests.support.callers import Caller, Database, Refusal, Row, Workspace

Worker = psycopg.AsyncConnection[Row]


async def lines(workspace: Workspace) -> list[Row]:
    """The organization's lines, the first one first."""
    return await workspace.owner.rows("audit_log?order=sequence")


async def test_what_people_keys_and_servers_do_is_recorded_under_their_name(
    workspace: Workspace, server: Caller
) -> None:
    key = await workspace.api_key("connections:*")
    connection = await key.call("create_connection", provider="probe_gateway")
    await server.call("disconnect_connection", connection_id=connection["id"])

    told = [(line["sequence"], line["actor_type"], line["actor_id"], line["action"]) for line in await lines(workspace)]

    key_id = (await workspace.owner.rows("api_keys?select=id"))[0]["id"]
    assert told == [
        (1, "user", workspace.owner.user_id, "organization.created"),
        (2, "user", workspace.owner.user_id, "api_key.created"),
        (3, "api_key", key_id, "connection.created"),
        (4, "service", None, "connection.disconnected"),
    ]


async def test_no_line_holds_a_secret(workspace: Workspace) -> None:
    connection = await workspace.connection(active=False)
    await workspace.set_credentials(connection["id"], "secret_key", ciphertext="Zm9v" * 30)
    endpoint = await workspace.owner.call("create_webhook_endpoint", connection_id=connection["id"])
    key = await workspace.owner.call("create_api_key", name="Key", scopes=["*"])

    written = str(await lines(workspace))

    for secret in ("Zm9vZm9v", endpoint["token"], key["api_key"]):
        assert secret not in written


DIRECT_CHANGES: list[tuple[str, str, Row | None, str, list[str] | None]] = [
    ("PATCH", "organizations", {"name": "New"}, "organization.changed", ["name"]),
    ("PATCH", "payment_providers", {"priority": 1, "weight": 1}, "payment_provider.changed", ["priority"]),
    ("PATCH", "rate_limits", {"capacity": 2}, "rate_limit.changed", ["capacity", "source", "tokens"]),
    ("POST", "alert_channels", {"name": "A", "kind": "email", "target": "a@example.com"}, "alert_channel.added", None),
    ("PATCH", "alert_channels", {"target": "b@example.com"}, "alert_channel.changed", ["target"]),
    ("DELETE", "alert_channels", None, "alert_channel.removed", None),
    (
        "POST",
        "webhook_subscriptions",
        {"name": "A", "url": "https://a.example", "event_types": ["*"]},
        "webhook_subscription.added",
        None,
    ),
    ("PATCH", "webhook_subscriptions", {"enabled": False}, "webhook_subscription.changed", ["enabled"]),
]


async def test_direct_changes_are_recorded_by_column(workspace: Workspace) -> None:
    await workspace.connection(active=False)
    before = len(await lines(workspace))

    for method, table, body, _, _ in DIRECT_CHANGES:
        named = {"organization_id": workspace.id} if method == "POST" else {}
        column = "id" if table == "organizations" else "organization_id"
        path = table if method == "POST" else f"{table}?{column}=eq.{workspace.id}"
        path += (
            "&kind=eq.email" if table == "alert_channels" and method != "POST" else ""
        )  # there is another one already
        answer = await workspace.owner.request(method, path, json=body and body | named)
        assert answer.is_success, answer.text
    await workspace.owner.request("PATCH", f"organizations?id=eq.{workspace.id}", json={"name": "New"})

    told = [(line["action"], line["detail"].get("columns")) for line in (await lines(workspace))[before:]]
    assert told == [(action, columns) for *_, action, columns in DIRECT_CHANGES]
    assert "b@example.com" not in str(await lines(workspace))


async def test_a_direct_change_shows_before_and_after_and_masks_addresses(
    workspace: Workspace,
) -> None:
    hook = {"name": "Chat", "url": "https://hooks.chat.example/services/T0/B0/x9y8z7", "event_types": ["*"]}
    await workspace.owner.request("POST", "webhook_subscriptions", json=hook | {"organization_id": workspace.id})
    at = f"webhook_subscriptions?organization_id=eq.{workspace.id}"
    await workspace.owner.request("PATCH", at, json={"name": "Call +971501234567", "ordered": True})
    await workspace.owner.request("DELETE", at)

    added, changed, removed = (await lines(workspace))[-3:]

    assert (added["before"], added["after"]["url"]) == (None, "https://hooks.chat.example/[redacted]")
    assert changed["before"] == {"ordered": False, "name": "Chat"}
    assert changed["after"] == {"ordered": True, "name": "Call ***67"}
    assert (removed["before"]["event_types"], removed["after"]) == (["*"], None)


async def test_changes_by_rpc_show_before_and_after_too(workspace: Workspace) -> None:
    connection = await workspace.connection(name="Shop", active=False)
    await workspace.owner.call("update_connection", connection_id=connection["id"], name="Store")
    member = await workspace.member("viewer")
    await workspace.owner.call("set_member", organization_id=workspace.id, email=member.email, role="developer")

    updated, joined, raised = (await lines(workspace))[-3:]

    assert (updated["before"], updated["after"]) == ({"name": "Shop"}, {"name": "Store"})
    assert (joined["before"], joined["after"]) == (None, {"role": "viewer"})
    assert (raised["before"], raised["after"]) == ({"role": "viewer"}, {"role": "developer"})


async def test_a_line_says_from_where_it_was_made(workspace: Workspace) -> None:
    spoofed = {"User-Agent": "shop/1.0", "CF-Connecting-IP": "203.0.113.9"}
    body = {"provider": "probe_gateway", "name": "Shop", "organization_id": workspace.id}
    made = await workspace.owner.request("POST", "rpc/create_connection", json=body, headers=spoofed)
    assert made.is_success, made.text

    line = (await lines(workspace))[-1]

    assert (line["user_agent"], line["remote_address"]) == ("shop/1.0", "127.0.0.1")


async def test_headers_with_a_cards_number_are_left_out(workspace: Workspace) -> None:
    body = {"provider": "probe_gateway", "name": "Shop", "organization_id": workspace.id}
    agent = {"User-Agent": "4242 4242 4242 4242"}
    await workspace.owner.request("POST", "rpc/create_connection", json=body, headers=agent)

    assert (await lines(workspace))[-1]["user_agent"] is None


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (
            {"api_key": "abc", "password": "x", "count": 3},
            {"api_key": "[redacted]", "password": "[redacted]", "count": 3},
        ),
        ({"first_name": "Amal", "email": "amal@example.ae"}, {"first_name": "[redacted]", "email": "[redacted]"}),
        ({"deep": [{"recipient": {"name": "Amal"}}]}, {"deep": [{"recipient": "[redacted]"}]}),
        ({"note": "write to amal.saleh@example.ae"}, {"note": "write to a***@example.ae"}),
        ({"url": "https://u:p@shop.example/a?token=1"}, {"url": "https://shop.example/[redacted]"}),
        ({"url": "https://shop.example"}, {"url": "https://shop.example"}),
        ({"none": None, "ok": True}, {"none": None, "ok": True}),
    ],
    ids=["secrets", "persons", "depth", "email", "address", "plain-address", "facts"],
)
async def test_values_are_masked_by_name_and_by_look(database: Database, value: Row, shown: Row) -> None:
    row = await (await database.execute("select private.redacted(%s) as shown", [Jsonb(value)])).fetchone()
    assert row == {"shown": shown}


async def test_a_worker_learning_a_rate_limit_is_no_news(workspace: Workspace, worker: Worker) -> None:
    connection = await workspace.connection(active=False)
    before = await lines(workspace)

    await worker.execute("update rate_limits set tokens = 1, capacity = 3 where connection_id = %s", [connection["id"]])

    assert await lines(workspace) == before


async def test_a_whole_log_verifies_and_only_admins_may_ask(
    workspace: Workspace, server: Caller, other: Caller
) -> None:
    developer = await workspace.member("developer")

    report = await workspace.owner.call("verify_audit_log", organization_id=workspace.id)

    last = (await lines(workspace))[-1]
    assert report == {
        "intact": True,
        "lines": 2,
        "first_broken_sequence": None,
        "fault": None,
        "last_sequence": 2,
        "last_hash": last["hash"].removeprefix("\\x"),
    }
    assert await server.call("verify_audit_log", organization_id=workspace.id) == report
    for caller in (developer, other):
        refusal = await caller.refused("verify_audit_log", organization_id=workspace.id)
        assert refusal == Refusal(403, "forbidden", "organization_id")


@pytest.mark.parametrize(
    "tampering",
    [
        "update audit_log set after = '{}' where organization_id = %s and sequence = 3",
        "update audit_log set remote_address = '10.0.0.1' where organization_id = %s and sequence = 3",
        "update audit_log set action = 'member.removed' where organization_id = %s and sequence = 3",
        "update audit_log set actor_id = null where organization_id = %s and sequence = 3",
        "update audit_log set detail = detail || '{\"a\": 1}' where organization_id = %s and sequence = 3",
        "update audit_log set occurred_at = occurred_at - interval '1 us' where organization_id = %s and sequence = 3",
        "update audit_log set previous_hash = null where organization_id = %s and sequence = 3",
        "delete from audit_log where organization_id = %s and sequence = 3",
    ],
)
async def test_tampering_shows(workspace: Workspace, database: Database, tampering: str) -> None:
    for name in ("One", "Two", "Three", "Four"):
        await workspace.connection(name=name, active=False)

    await database.execute(tampering, [workspace.id])  # As the owner of the database, who alone can.

    report = await workspace.owner.call("verify_audit_log", organization_id=workspace.id)
    assert (report["intact"], report["first_broken_sequence"]) == (False, 4 if "delete" in tampering else 3)
    assert report["fault"] == ("missing" if "delete" in tampering else "altered")


async def test_a_line_that_was_altered_with_its_hash_breaks_the_next(workspace: Workspace, database: Database) -> None:
    for name in ("One", "Two", "Three"):
        await workspace.connection(name=name, active=False)

    await database.execute(
        """
        with altered as (select (jsonb_populate_record(a, '{"actor_id": "somebody"}')).*
                         from audit_log a where organization_id = %s and sequence = 3)
        update audit_log a set actor_id = 'somebody', hash = private.audit_hash(altered)
        from altered where a.id = altered.id
        """,
        [workspace.id],
    )

    assert (await workspace.owner.call("verify_audit_log"))["first_broken_sequence"] == 4


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role", "wasl_worker"])
@pytest.mark.parametrize(
    "statement",
    [
        "update public.audit_log set action = 'a.b'",
        "delete from public.audit_log",
        "insert into public.audit_log select * from public.audit_log",
        "truncate public.audit_log",
    ],
)
async def test_nobody_writes_the_log(stack: Stack, role: str, statement: str) -> None:
    async with await psycopg.AsyncConnection.connect(stack.admin_database_url) as connection:
        await connection.execute(f"set local role {role}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute(statement)


async def test_many_at_once_make_one_chain(workspace: Workspace, worker: Worker, stack: Stack) -> None:
    async def by_worker(number: int) -> None:
        async with await psycopg.AsyncConnection.connect(stack.worker_database_url, autocommit=True) as connection:
            detail: Any = Jsonb({"number": number})
            await connection.execute(
                "select private.audit(%s, 'connection.checked', 'connection', %s, %s)",
                (workspace.id, str(number), detail),
            )

    people = (workspace.connection(name=f"Connection {number}", active=False) for number in range(10))
    await asyncio.gather(*people, *map(by_worker, range(10)))

    report = await workspace.owner.call("verify_audit_log")
    assert (report["intact"], report["lines"]) == (True, 21)
    counted = "select count(distinct sequence) from audit_log where organization_id = %s"
    assert await workspace.one(counted, [workspace.id]) == 21
    assert {line["actor_type"] for line in await lines(workspace)} == {"user", "worker"}
