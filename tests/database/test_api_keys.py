"""API keys: shown once, stored hashed, no more powerful than whoever made them, revoked at once."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.callers import GATEWAY, Caller, Database, Refusal, Workspace, key_caller

INVALID = (401, "invalid_api_key", 'Bearer error="invalid_token"')


async def turned_away(machine: Caller) -> tuple[int, str, str]:
    """How the hub answers whatever the key's token asks: the same for reading, writing and calling."""
    answers = [
        await machine.request("GET", "organizations?select=id"),
        await machine.request("PATCH", "organizations?select=id", json={"name": "x"}),
        await machine.request("POST", "rpc/create_payment", json={"amount": "1", "currency": "AED", "reference": "r"}),
    ]
    [told] = {(each.status_code, each.json()["code"], each.headers["www-authenticate"]) for each in answers}
    return told


async def test_a_key_is_shown_once_and_stored_as_a_hash(workspace: Workspace) -> None:
    created = await workspace.owner.call("create_api_key", name=" Backend ", scopes=["payments:*"])

    assert created["api_key"].startswith("wasl_")
    assert len(created["api_key"]) == 48
    assert (created["name"], created["role"], created["organization_id"]) == ("Backend", "developer", workspace.id)
    row = await workspace.one("select to_jsonb(k) from api_keys k where id = %s", [created["id"]])
    assert created["api_key"] not in str(row)
    assert row["hint"] == created["api_key"][:9]
    [listed] = await workspace.owner.rows(
        "api_keys?select=id,organization_id,name,hint,role,scopes,created_by,created_at,expires_at,revoked_at,last_used_at"
    )
    assert (listed["scopes"], listed["created_by"]) == (["payments:*"], workspace.owner.user_id)


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        ({"name": " "}, Refusal(400, "invalid_name", "name")),
        ({"name": None}, Refusal(400, "invalid_name", "name")),
        ({"name": "x" * 101}, Refusal(400, "invalid_name", "name")),
        ({"scopes": []}, Refusal(400, "invalid_scopes", "scopes")),
        ({"scopes": None}, Refusal(400, "invalid_scopes", "scopes")),
        ({"scopes": [None]}, Refusal(400, "invalid_scopes", "scopes")),
        ({"scopes": ["payments"]}, Refusal(400, "invalid_scopes", "scopes")),
        ({"scopes": ["payments:delete"]}, Refusal(400, "invalid_scopes", "scopes")),
        ({"scopes": ["*:read"]}, Refusal(400, "invalid_scopes", "scopes")),
        ({"role": "owner"}, Refusal(400, "invalid_role", "role")),
        ({"role": None}, Refusal(400, "invalid_role", "role")),
        ({"requests_per_minute": 0}, Refusal(400, "invalid_requests_per_minute", "requests_per_minute")),
        ({"requests_per_minute": None}, Refusal(400, "invalid_requests_per_minute", "requests_per_minute")),
        ({"expires_at": "2020-01-01T00:00:00Z"}, Refusal(400, "invalid_expires_at", "expires_at")),
    ],
)
async def test_a_bad_argument_is_named(shop: Workspace, arguments: dict[str, Any], refusal: Refusal) -> None:
    good = {"name": "Key", "scopes": ["*"], "organization_id": shop.id}

    assert await shop.owner.refused("create_api_key", **good | arguments) == refusal


async def test_only_admins_make_and_see_keys(workspace: Workspace, other: Caller) -> None:
    admin, developer = await workspace.member("admin"), await workspace.member("developer")
    arguments = {"name": "Key", "scopes": ["*"], "organization_id": workspace.id}

    created = await admin.call("create_api_key", **arguments)

    assert (await developer.refused("create_api_key", **arguments)).code == "forbidden"
    assert (await other.refused("create_api_key", **arguments)).code == "forbidden"
    assert [row["id"] for row in await admin.rows("api_keys?select=id")] == [created["id"]]
    assert await developer.rows("api_keys?select=id") == []


async def test_a_key_does_what_its_scopes_say_and_nothing_else(shop: Workspace) -> None:
    reader = await shop.api_key("payments:read")
    taker = await shop.api_key("payments:*")
    payment = await shop.payment()
    arguments = {"amount": "1", "currency": "AED", "reference": "r", "return_url": "https://shop.example"}

    assert payment["id"] in {row["id"] for row in await reader.rows("payments?select=id")}
    assert await reader.refused("create_payment", **arguments) == Refusal(403, "forbidden", "organization_id")
    assert (await taker.call("create_payment", **arguments))["status"] == "pending"
    assert (await taker.refused("create_connection", provider=GATEWAY)).code == "forbidden"
    for table in ("integration_connections", "webhook_events", "operations", "audit_log", "organizations"):
        assert await taker.rows(f"{table}?select=id") == []


async def test_a_key_has_no_more_power_than_its_role(shop: Workspace) -> None:
    viewer = await shop.api_key("*", role="viewer")

    assert (await viewer.refused("create_connection", provider=GATEWAY)).code == "forbidden"
    assert len(await viewer.rows("organizations")) == 1


@pytest.mark.parametrize("scope", ["organization:write", "organization:*"])
async def test_a_limited_key_makes_neither_keys_nor_members(shop: Workspace, other: Caller, scope: str) -> None:
    key = await shop.api_key(scope, role="admin")

    escalation = await key.refused("create_api_key", name="Wider", scopes=["*"], role="admin")
    accomplice = await key.refused("set_member", organization_id=shop.id, email=other.email, role="admin")
    removal = await key.refused("remove_member", organization_id=shop.id, user_id=shop.owner.user_id)

    assert escalation.code == accomplice.code == removal.code == "forbidden"


async def test_an_unlimited_admin_key_makes_keys_but_no_owner(workspace: Workspace, other: Caller) -> None:
    key = await workspace.api_key("*", role="admin")

    assert (await key.call("create_api_key", name="Second", scopes=["*"], role="admin"))["role"] == "admin"
    refusal = await key.refused("set_member", organization_id=workspace.id, email=other.email, role="owner")
    assert refusal.code == "forbidden"


async def test_a_revoked_key_stops_at_once_with_its_tokens(workspace: Workspace) -> None:
    created = await workspace.owner.call("create_api_key", name="Key", scopes=["*"])
    machine = key_caller(workspace.stack, workspace.http, created["id"])
    assert len(await machine.rows("organizations")) == 1

    await workspace.owner.call("revoke_api_key", api_key_id=created["id"])
    await workspace.owner.call("revoke_api_key", api_key_id=created["id"])

    assert await turned_away(machine) == INVALID
    revocations = "select count(*) from audit_log where organization_id = %s and action = 'api_key.revoked'"
    assert await workspace.one(revocations, [workspace.id]) == 1


async def test_an_expired_key_stops_at_once_with_its_tokens(workspace: Workspace, database: Database) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    created = await workspace.owner.call("create_api_key", name="Key", scopes=["*"], expires_at=tomorrow)
    machine = key_caller(workspace.stack, workspace.http, created["id"])
    assert len(await machine.rows("organizations")) == 1

    await database.execute("update api_keys set expires_at = now() where id = %s", [created["id"]])

    assert await turned_away(machine) == INVALID


async def test_a_key_of_others_cannot_be_revoked(workspace: Workspace, other: Caller) -> None:
    created = await workspace.owner.call("create_api_key", name="Key", scopes=["*"])
    developer = await workspace.member("developer")
    refusal = Refusal(404, "api_key_not_found", "api_key_id")

    assert await other.refused("revoke_api_key", api_key_id=created["id"]) == refusal
    assert await developer.refused("revoke_api_key", api_key_id=created["id"]) == refusal
    assert await workspace.owner.refused("revoke_api_key", api_key_id=str(uuid.uuid4())) == refusal
    assert await workspace.owner.refused("revoke_api_key", api_key_id=None) == refusal


async def test_the_token_endpoint_trades_a_good_key(workspace: Workspace, server: Caller) -> None:
    created = await workspace.owner.call("create_api_key", name="Key", scopes=["payments:*"])

    claims = await server.call("exchange_api_key", api_key=created["api_key"])

    assert claims == {
        "api_key_id": created["id"],
        "organization_id": workspace.id,
        "scopes": ["payments:*"],
        "expires_at": None,
    }
    assert await workspace.one("select last_used_at is not null from api_keys where id = %s", [created["id"]])


async def test_every_bad_key_gets_the_same_answer(workspace: Workspace, server: Caller, database: Database) -> None:
    revoked = await workspace.owner.call("create_api_key", name="Key", scopes=["*"])
    expired = await workspace.owner.call("create_api_key", name="Key", scopes=["*"])
    await workspace.owner.call("revoke_api_key", api_key_id=revoked["id"])
    await database.execute("update api_keys set expires_at = now() where id = %s", [expired["id"]])

    for api_key in (revoked["api_key"], expired["api_key"], "wasl_" + "A" * 43, "", None):
        assert await server.refused("exchange_api_key", api_key=api_key) == Refusal(
            401, "invalid_client", "client_secret"
        )


async def test_a_key_can_be_made_by_a_server(workspace: Workspace, server: Caller) -> None:
    created = await server.call("create_api_key", name="Key", scopes=["*"], organization_id=workspace.id)

    assert created["organization_id"] == workspace.id


async def test_a_rotated_key_works_on_for_the_overlap_beside_its_successor(
    workspace: Workspace, server: Caller
) -> None:
    old = await workspace.owner.call(
        "create_api_key", name="Key", scopes=["payments:*"], environment="live", requests_per_minute=70
    )

    new = await workspace.owner.call("rotate_api_key", api_key_id=old["id"], overlap="2 hours")

    alike = ("name", "role", "scopes", "environment", "requests_per_minute", "organization_id", "expires_at")
    assert {name: new[name] for name in alike} == {name: old[name] for name in alike}
    for key in (old, new):
        assert (await server.call("exchange_api_key", api_key=key["api_key"]))["api_key_id"] == key["id"]
    row = await workspace.one("select to_jsonb(k) from api_keys k where id = %s", [old["id"]])
    assert row["replaced_by"] == new["id"]
    left = datetime.fromisoformat(row["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=119) < left <= timedelta(hours=2)


async def test_without_an_overlap_a_rotated_key_is_over_at_once(workspace: Workspace) -> None:
    old = await workspace.owner.call("create_api_key", name="Key", scopes=["*"])
    machine = key_caller(workspace.stack, workspace.http, old["id"])

    await workspace.owner.call("rotate_api_key", api_key_id=old["id"], overlap="0")

    assert await turned_away(machine) == INVALID
    refusal = await workspace.owner.refused("rotate_api_key", api_key_id=old["id"])
    assert refusal == Refusal(409, "api_key_over", "api_key_id")


@pytest.mark.parametrize("overlap", ["-1 day", "91 days", None])
async def test_an_overlap_is_at_most_ninety_days(workspace: Workspace, overlap: str | None) -> None:
    key = await workspace.owner.call("create_api_key", name="Key", scopes=["*"])

    refusal = await workspace.owner.refused("rotate_api_key", api_key_id=key["id"], overlap=overlap)

    assert refusal == Refusal(400, "invalid_overlap", "overlap")


async def test_a_limited_key_cannot_rotate_itself_into_a_wider_one(workspace: Workspace) -> None:
    wide = await workspace.owner.call("create_api_key", name="Key", scopes=["*"], role="admin")
    limited = await workspace.api_key("organization:*", role="admin")

    assert (await limited.refused("rotate_api_key", api_key_id=wide["id"])).code == "api_key_not_found"
