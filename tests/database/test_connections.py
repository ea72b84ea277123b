"""Connections: made, changed, paused and disconnected, by whom, and what is refused."""

import asyncio
import uuid
from typing import Any

import pytest
from psycopg import errors
from psycopg.types.json import Jsonb

from tests.support.callers import GATEWAY, Caller, Database, Refusal, Row, Workspace

NOT_FOUND = Refusal(404, "connection_not_found", "connection_id")


async def test_a_new_connection_waits_for_its_credentials(workspace: Workspace) -> None:
    connection = await workspace.owner.call("create_connection", provider=GATEWAY)

    assert (connection["status"], connection["environment"], connection["name"]) == ("pending", "sandbox", "Probe")
    assert connection["created_by"] == workspace.owner.user_id


@pytest.mark.parametrize("environment", ["sandbox", "live"])
async def test_a_connection_starts_with_its_providers_rate_limit(workspace: Workspace, environment: str) -> None:
    connection = await workspace.connection(environment=environment, active=False)

    [limit] = await workspace.owner.rows(f"rate_limits?connection_id=eq.{connection['id']}")
    expected = await workspace.one(
        "select rate_limits -> %s from integration_providers where key = 'probe_gateway'", [environment]
    )
    assert {"capacity": limit["capacity"], "refill_per_second": limit["refill_per_second"]} == expected
    assert (limit["tokens"], limit["source"]) == (limit["capacity"], "default")


async def test_a_payment_connection_can_be_routed_to(workspace: Workspace) -> None:
    connection = await workspace.connection()

    [routing] = await workspace.owner.rows("payment_providers?select=connection_id,enabled,priority")
    assert routing == {"connection_id": connection["id"], "enabled": True, "priority": 100}


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        ({"provider": "nonesuch"}, Refusal(404, "provider_not_found", "provider")),
        ({"provider": None}, Refusal(404, "provider_not_found", "provider")),
        ({"provider": "x" * 5000}, Refusal(404, "provider_not_found", "provider")),
        ({"name": " "}, Refusal(400, "invalid_name", "name")),
        ({"name": "x" * 101}, Refusal(400, "invalid_name", "name")),
        ({"environment": None}, Refusal(400, "invalid_environment", "environment")),
        ({"environment": "staging"}, Refusal(400, "22P02", None)),
        ({"settings": {"colour": "red"}}, Refusal(400, "invalid_settings", "settings.colour")),
        ({"settings": []}, Refusal(400, "invalid_settings", "settings")),
        ({"settings": "x"}, Refusal(400, "invalid_settings", "settings")),
        ({"settings": None}, Refusal(400, "invalid_settings", "settings")),
        ({"settings": {"account": "x" * 20_000}}, Refusal(400, "invalid_settings", "settings")),
    ],
)
async def test_a_bad_argument_is_named(shop: Workspace, arguments: dict[str, Any], refusal: Refusal) -> None:
    assert await shop.owner.refused("create_connection", **{"provider": GATEWAY, "name": "New"} | arguments) == refusal


async def test_a_name_is_taken_once_for_each_provider_and_environment(workspace: Workspace) -> None:
    await workspace.connection(name="Main", active=False)

    twice = await workspace.owner.refused("create_connection", provider=GATEWAY, name="Main")
    await workspace.connection(name="Main", environment="live", active=False)

    assert twice == Refusal(409, "connection_exists", "name")


async def test_of_many_made_at_once_under_one_name_one_is_made(workspace: Workspace) -> None:
    answers = await asyncio.gather(
        *(
            workspace.owner.request("POST", "rpc/create_connection", json={"provider": GATEWAY, "name": "Main"})
            for _ in range(8)
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 7]


async def test_a_provider_that_is_switched_off_cannot_be_connected(workspace: Workspace, database: Database) -> None:
    await database.execute(
        """
        insert into integration_providers
        select (jsonb_populate_record(p, '{"key": "switched_off", "enabled": false}')).*
        from integration_providers p where p.key = 'probe_gateway' on conflict do nothing
        """
    )

    assert (await workspace.owner.refused("create_connection", provider="switched_off")).code == "provider_not_found"


@pytest.mark.parametrize(
    "rate_limits",
    [
        {},
        {"sandbox": {"capacity": 1, "refill_per_second": 1}},
        {"sandbox": {"capacity": 0, "refill_per_second": 1}, "live": {"capacity": 1, "refill_per_second": 1}},
        {"sandbox": {"capacity": 1, "refill_per_second": 0}, "live": {"capacity": 1, "refill_per_second": 1}},
        {"sandbox": {"capacity": "many", "refill_per_second": 1}, "live": {"capacity": 1, "refill_per_second": 1}},
        ["sandbox", "live"],
    ],
)
async def test_the_catalog_takes_no_rate_limit_that_would_fail_later(database: Database, rate_limits: Any) -> None:
    row = Jsonb({"key": "odd", "rate_limits": rate_limits})

    with pytest.raises((errors.CheckViolation, errors.DataError)):
        await database.execute(
            "insert into integration_providers select (jsonb_populate_record(p, %s)).*"
            " from integration_providers p where p.key = 'probe_gateway'",
            [row],
        )


async def test_what_is_left_out_of_an_update_stays(workspace: Workspace) -> None:
    connection = await workspace.connection(name="Before", settings={"account": "acct_1"})

    renamed = await workspace.owner.call("update_connection", connection_id=connection["id"], name=" After ")
    slowed = await workspace.owner.call(
        "update_connection", connection_id=connection["id"], health_interval_seconds=600
    )

    assert (renamed["name"], renamed["settings"], renamed["status"]) == ("After", {"account": "acct_1"}, "active")
    assert (slowed["name"], slowed["health_interval_seconds"]) == ("After", 600)


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        ({"name": ""}, Refusal(400, "invalid_name", "name")),
        ({"health_interval_seconds": 9}, Refusal(400, "invalid_health_interval_seconds", "health_interval_seconds")),
        (
            {"health_interval_seconds": 86401},
            Refusal(400, "invalid_health_interval_seconds", "health_interval_seconds"),
        ),
        ({"settings": {"nope": 1}}, Refusal(400, "invalid_settings", "settings.nope")),
        ({"settings": [1]}, Refusal(400, "invalid_settings", "settings")),
        ({"connection_id": str(uuid.uuid4())}, NOT_FOUND),
        ({"connection_id": None}, NOT_FOUND),
    ],
)
async def test_a_bad_update_is_refused(workspace: Workspace, arguments: dict[str, Any], refusal: Refusal) -> None:
    connection = await workspace.connection(active=False)

    assert (
        await workspace.owner.refused("update_connection", **{"connection_id": connection["id"]} | arguments) == refusal
    )


async def test_a_rename_to_a_taken_name_is_refused(workspace: Workspace) -> None:
    await workspace.connection(name="Main", active=False)
    second = await workspace.connection(name="Second", active=False)

    refusal = await workspace.owner.refused("update_connection", connection_id=second["id"], name="Main")

    assert refusal == Refusal(409, "connection_exists", "name")


@pytest.mark.parametrize(("active", "status"), [(True, "active"), (False, "pending")])
async def test_a_connection_is_paused_and_taken_up_again(workspace: Workspace, active: bool, status: str) -> None:
    connection = await workspace.connection(active=active)

    paused = await workspace.owner.call("update_connection", connection_id=connection["id"], paused=True)
    await workspace.set_credentials(connection["id"], "webhook_secret")
    resumed = await workspace.owner.call("update_connection", connection_id=connection["id"], paused=False)

    assert (paused["status"], resumed["status"]) == ("paused", status)


async def test_disconnecting_erases_the_secrets_and_keeps_the_history(workspace: Workspace) -> None:
    connection = await workspace.connection(name="x" * 100)
    payment = await workspace.payment(connection_id=connection["id"])
    await workspace.owner.call("create_webhook_endpoint", connection_id=connection["id"])

    gone = await workspace.owner.call("disconnect_connection", connection_id=connection["id"])
    again = await workspace.owner.call("disconnect_connection", connection_id=connection["id"])

    assert gone == again
    assert (gone["status"], gone["credentials_version"]) == ("disconnected", 2)
    assert await workspace.owner.rows("api_credentials") == []
    assert [row["enabled"] for row in await workspace.owner.rows("webhook_endpoints?select=enabled")] == [False]
    assert [row["id"] for row in await workspace.owner.rows("payments?select=id")] == [payment["id"]]
    await workspace.connection(name="x" * 100)


@pytest.mark.parametrize(
    ("rpc", "arguments"),
    [
        ("update_connection", {"name": "New"}),
        ("set_credentials", {"credentials": [{"name": "secret_key"}]}),
        ("test_connection", {}),
        ("create_webhook_endpoint", {}),
    ],
)
async def test_a_disconnected_connection_takes_nothing_more(
    workspace: Workspace, rpc: str, arguments: dict[str, Any]
) -> None:
    connection = await workspace.connection()
    await workspace.owner.call("disconnect_connection", connection_id=connection["id"])

    refusal = await workspace.owner.refused(rpc, connection_id=connection["id"], **arguments)

    assert refusal == Refusal(409, "connection_disconnected", "connection_id")


async def test_only_admins_disconnect(workspace: Workspace) -> None:
    connection = await workspace.connection()
    developer = await workspace.member("developer")

    assert await developer.refused("disconnect_connection", connection_id=connection["id"]) == NOT_FOUND


async def test_testing_a_connection_makes_an_operation_with_its_job(workspace: Workspace) -> None:
    connection = await workspace.connection()

    operation = await workspace.owner.call("test_connection", connection_id=connection["id"])

    assert (operation["kind"], operation["status"], operation["subject_id"]) == (
        "connection.test",
        "pending",
        connection["id"],
    )
    assert operation["created_by"] == f"user:{workspace.owner.user_id}"
    assert await workspace.one("select kind from private.jobs where id = %s", [operation["id"]]) == "connection.test"


async def test_a_connection_of_others_is_not_there(workspace: Workspace, other: Caller) -> None:
    connection = await workspace.connection()

    attempts: dict[str, Row] = {
        "update_connection": {"name": "Mine"},
        "disconnect_connection": {},
        "test_connection": {},
        "set_credentials": {"credentials": [{}]},
        "credential_history": {},
        "create_webhook_endpoint": {},
    }
    for rpc, arguments in attempts.items():
        assert await other.refused(rpc, connection_id=connection["id"], **arguments) == NOT_FOUND


async def test_the_secret_key_reaches_every_connection(workspace: Workspace, server: Caller) -> None:
    connection = await workspace.connection()

    operation = await server.call("test_connection", connection_id=connection["id"])

    assert operation["created_by"] == "service"
