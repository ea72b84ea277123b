"""Organizations and their members: who creates them, who may change whom, and that an owner always remains."""

import asyncio
import uuid

import psycopg
import pytest

from tests.support.callers import GATEWAY, Caller, Database, Refusal, Workspace

NOBODY = str(uuid.uuid4())


async def test_whoever_creates_an_organization_owns_it(workspace: Workspace) -> None:
    organization = await workspace.owner.call("create_organization", name="  Falcon Trading LLC ")

    assert organization["name"] == "Falcon Trading LLC"
    assert organization["slug"].startswith("falcon-trading-llc-")
    assert (organization["country"], organization["time_zone"]) == ("AE", "Asia/Dubai")
    members = await workspace.owner.rows(f"organization_members?organization_id=eq.{organization['id']}")
    assert [(member["user_id"], member["role"]) for member in members] == [(workspace.owner.user_id, "owner")]


async def test_a_name_without_latin_letters_gets_a_slug_all_the_same(workspace: Workspace) -> None:
    organization = await workspace.owner.call("create_organization", name="شركة الوصل", slug=None)

    assert organization["slug"]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"slug": "Not A Slug"}, "slug"),
        ({"slug": "-x"}, "slug"),
        ({"slug": "x" * 64}, "slug"),
        ({"country": "uae"}, "country"),
        ({"country": None}, "country"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": None}, "time_zone"),
    ],
)
async def test_a_bad_field_is_named(shop: Workspace, arguments: dict[str, str | None], field: str) -> None:
    refusal = await shop.owner.refused("create_organization", **{"name": "Good"} | arguments)

    assert refusal == Refusal(400, f"invalid_{field}", field)


async def test_a_slug_belongs_to_one(shop: Workspace) -> None:
    slug = f"s{uuid.uuid4().hex}"
    await shop.owner.call("create_organization", name="First", slug=slug)

    assert await shop.owner.refused("create_organization", name="Second", slug=slug) == Refusal(
        409, "slug_taken", "slug"
    )


async def test_only_people_create_organizations(shop: Workspace, server: Caller, anon: Caller) -> None:
    key = await shop.api_key("*", role="admin")

    assert (await key.refused("create_organization", name="X")).code == "forbidden"
    assert (await server.refused("create_organization", name="X")).code == "forbidden"
    assert await anon.refused("create_organization", name="X") == Refusal(401, "42501", None)


async def test_a_time_zone_changed_directly_is_checked_too(workspace: Workspace) -> None:
    path = f"organizations?id=eq.{workspace.id}"

    refused = await workspace.owner.request("PATCH", path, json={"time_zone": "Nowhere"})
    changed = await workspace.owner.request("PATCH", path, json={"time_zone": "Asia/Riyadh"})

    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_time_zone")
    assert changed.status_code == 204


@pytest.mark.parametrize(
    ("actor", "role", "allowed"),
    [
        ("owner", "owner", True),
        ("owner", "viewer", True),
        ("admin", "admin", True),
        ("admin", "developer", True),
        ("admin", "owner", False),
        ("developer", "viewer", False),
        ("viewer", "viewer", False),
    ],
)
async def test_roles_are_granted_downwards_only(
    workspace: Workspace, other: Caller, actor: str, role: str, allowed: bool
) -> None:
    caller = workspace.owner if actor == "owner" else await workspace.member(actor)
    arguments = {"organization_id": workspace.id, "email": other.email, "role": role}

    if allowed:
        assert (await caller.call("set_member", **arguments))["role"] == role
    else:
        assert await caller.refused("set_member", **arguments) == Refusal(403, "forbidden", "organization_id")


async def test_an_admin_cannot_touch_an_owner(workspace: Workspace) -> None:
    admin = await workspace.member("admin")
    second = await workspace.member("owner")

    demotion = await admin.refused("set_member", organization_id=workspace.id, email=second.email, role="viewer")
    removal = await admin.refused("remove_member", organization_id=workspace.id, user_id=second.user_id)

    assert (demotion.code, removal.code) == ("forbidden", "forbidden")


async def test_an_address_is_found_in_any_case(workspace: Workspace, other: Caller) -> None:
    assert other.email is not None
    member = await workspace.owner.call(
        "set_member", organization_id=workspace.id, email=f" {other.email.upper()} ", role="viewer"
    )

    assert member["user_id"] == other.user_id


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        ({"email": "nobody@nowhere.example"}, Refusal(404, "user_not_found", "email")),
        ({"email": None}, Refusal(404, "user_not_found", "email")),
        ({"role": None}, Refusal(400, "invalid_role", "role")),
        ({"organization_id": NOBODY}, Refusal(403, "forbidden", "organization_id")),
        ({"organization_id": None}, Refusal(403, "forbidden", "organization_id")),
    ],
)
async def test_a_bad_member_is_refused(shop: Workspace, arguments: dict[str, str | None], refusal: Refusal) -> None:
    good = {"organization_id": shop.id, "email": shop.owner.email, "role": "owner"}

    assert await shop.owner.refused("set_member", **good | arguments) == refusal


async def test_strangers_learn_nothing_of_members(workspace: Workspace, other: Caller) -> None:
    known = await other.refused("set_member", organization_id=workspace.id, email=workspace.owner.email, role="viewer")
    unknown = await other.refused("set_member", organization_id=workspace.id, email="no@body.example", role="viewer")
    elsewhere = await other.refused("set_member", organization_id=NOBODY, email=workspace.owner.email, role="viewer")

    assert known == unknown == elsewhere == Refusal(403, "forbidden", "organization_id")


async def test_anyone_may_leave_but_not_the_last_owner(workspace: Workspace) -> None:
    viewer = await workspace.member("viewer")

    await viewer.call("remove_member", organization_id=workspace.id, user_id=viewer.user_id)
    last = await workspace.owner.refused("remove_member", organization_id=workspace.id, user_id=workspace.owner.user_id)
    demoted = await workspace.owner.refused(
        "set_member", organization_id=workspace.id, email=workspace.owner.email, role="admin"
    )

    assert last == demoted == Refusal(409, "last_owner", "role")
    assert (await viewer.rows("organizations")) == []


async def test_somebody_who_is_no_member_cannot_be_removed(workspace: Workspace) -> None:
    refusal = await workspace.owner.refused("remove_member", organization_id=workspace.id, user_id=NOBODY)

    assert refusal == Refusal(404, "member_not_found", "user_id")


async def test_of_two_owners_who_leave_at_once_one_stays(workspace: Workspace) -> None:
    second = await workspace.member("owner")

    answers = await asyncio.gather(
        *(
            owner.request("POST", "rpc/remove_member", json={"organization_id": workspace.id, "user_id": owner.user_id})
            for owner in (workspace.owner, second)
        )
    )

    assert sorted(answer.status_code for answer in answers) == [204, 409]
    assert (
        await workspace.one("select count(*) from organization_members where organization_id = %s", [workspace.id]) == 1
    )


async def test_of_two_owners_who_demote_each_other_at_once_one_stays(workspace: Workspace) -> None:
    second = await workspace.member("owner")
    pairs = ((workspace.owner, second), (second, workspace.owner))

    answers = await asyncio.gather(
        *(
            actor.request(
                "POST",
                "rpc/set_member",
                json={"organization_id": workspace.id, "email": target.email, "role": "viewer"},
            )
            for actor, target in pairs
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200, 403]


async def test_a_removed_member_loses_access_at_once(workspace: Workspace) -> None:
    developer = await workspace.member("developer")
    assert len(await developer.rows("organizations")) == 1

    await workspace.owner.call("remove_member", organization_id=workspace.id, user_id=developer.user_id)

    assert await developer.rows("organizations") == []
    assert (await developer.refused("create_connection", provider=GATEWAY)).code == "forbidden"


async def test_the_secret_key_manages_any_organization_that_exists(workspace: Workspace, server: Caller) -> None:
    member = await server.call("set_member", organization_id=workspace.id, email=workspace.owner.email, role="owner")
    missing = await server.refused("set_member", organization_id=NOBODY, email=workspace.owner.email, role="owner")
    unnamed = await server.refused("create_connection", provider=GATEWAY)

    assert member["role"] == "owner"
    assert missing == Refusal(404, "organization_not_found", "organization_id")
    assert unnamed == Refusal(400, "organization_required", "organization_id")


async def test_who_belongs_to_several_organizations_says_which(workspace: Workspace) -> None:
    assert (await workspace.owner.call("create_connection", provider=GATEWAY))["organization_id"] == workspace.id
    await workspace.owner.call("create_organization", name="Second")

    refusal = await workspace.owner.refused("create_connection", provider=GATEWAY, name="Another")

    assert refusal == Refusal(400, "organization_required", "organization_id")


async def test_an_organization_is_deleted_with_all_it_has(workspace: Workspace, database: Database) -> None:
    connection = await workspace.connection()
    await workspace.payment()
    await workspace.owner.call("test_connection", connection_id=connection["id"])
    await workspace.owner.call("create_webhook_endpoint", connection_id=connection["id"])

    await database.execute("delete from public.organizations where id = %s", [workspace.id])

    assert await workspace.one("select count(*) from payments where organization_id = %s", [workspace.id]) == 0
    assert await workspace.one("select count(*) from audit_log where organization_id = %s", [workspace.id]) == 0


async def test_the_account_of_a_last_owner_cannot_be_deleted(workspace: Workspace, database: Database) -> None:
    with pytest.raises(psycopg.Error, match="last_owner"):
        await database.execute("delete from auth.users where id = %s", [workspace.owner.user_id])
