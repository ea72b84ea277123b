"""Who the members are, with the addresses that no table shows; when they were last here is for admins."""

from tests.support.callers import Caller, Database, Row, Workspace

SIGNED_IN = "2026-11-01T08:00:00+00:00"


async def listed(caller: Caller, workspace: Workspace) -> list[Row]:
    rows: list[Row] = await caller.call("list_members", organization_id=workspace.id)
    return rows


async def test_members_are_listed_with_their_addresses_the_most_powerful_first(workspace: Workspace) -> None:
    viewer, admin = await workspace.member("viewer"), await workspace.member("admin")

    rows = await listed(viewer, workspace)

    assert [(row["email"], row["role"]) for row in rows] == [
        (workspace.owner.email, "owner"),
        (admin.email, "admin"),
        (viewer.email, "viewer"),
    ]


async def test_a_name_is_what_somebody_calls_themselves(workspace: Workspace, database: Database) -> None:
    named = "update auth.users set raw_user_meta_data = %s where id = %s"
    await database.execute(named, ['{"full_name": "  عائشة  "}', workspace.owner.user_id])

    assert [row["name"] for row in await listed(workspace.owner, workspace)] == ["عائشة"]


async def test_when_somebody_signed_in_is_told_to_admins_and_themselves(
    workspace: Workspace, database: Database
) -> None:
    viewer = await workspace.member("viewer")
    here = "update auth.users set last_sign_in_at = %s where id = any (%s::uuid[])"
    await database.execute(here, [SIGNED_IN, [workspace.owner.user_id, viewer.user_id]])

    def seen(rows: list[Row]) -> dict[str, bool]:
        return {row["role"]: row["last_sign_in_at"] is not None for row in rows}

    assert seen(await listed(viewer, workspace)) == {"owner": False, "viewer": True}
    assert seen(await listed(workspace.owner, workspace)) == {"owner": True, "viewer": True}
