"""Quotas: what an organization may use of the hub at most, and what it is told when it has."""

import pytest

from tests.support.callers import GATEWAY, Caller, Refusal, Workspace


async def set_quota(workspace: Workspace, server: Caller, name: str, most: int | None) -> None:
    """Agree on a quota, as the operator does."""
    row = {"organization_id": workspace.id, "name": name, "most": most}
    headers = {"Prefer": "resolution=merge-duplicates"}
    answer = await server.request("POST", "organization_quotas", json=row, headers=headers)
    assert answer.is_success, answer.text


async def used(workspace: Workspace, name: str) -> tuple[int, int | None]:
    """How much is used of a quota, and how much there is."""
    [row] = [row for row in await workspace.owner.call("list_quotas") if row["name"] == name]
    return row["used"], row["most"]


async def test_operations_are_counted_and_refused_until_the_next_month(workspace: Workspace, server: Caller) -> None:
    await workspace.connection()
    await set_quota(workspace, server, "operations", 2)
    await workspace.payment()
    await workspace.payment()
    arguments = {"amount": "1", "currency": "AED", "reference": "r", "return_url": "https://shop.example"}

    answer = await workspace.owner.request("POST", "rpc/create_payment", json=arguments)

    [quota] = [row for row in await workspace.owner.call("list_quotas") if row["name"] == "operations"]
    assert (answer.status_code, answer.json()["code"], answer.json()["details"]) == (
        429,
        "quota_exceeded",
        "operations",
    )
    assert quota["resets_at"][:10] in answer.json()["message"]
    assert 0 < int(answer.headers["retry-after"]) <= 31 * 86_400
    assert (quota["used"], quota["most"]) == (2, 2)
    assert await workspace.one("select count(*) from payments where organization_id = %s", [workspace.id]) == 2


async def test_the_operators_own_servers_are_counted_and_not_held_up(workspace: Workspace, server: Caller) -> None:
    connection = await workspace.connection()
    await set_quota(workspace, server, "operations", 0)

    await server.call("test_connection", connection_id=connection["id"])

    assert await used(workspace, "operations") == (1, 0)


async def test_an_agreement_can_be_for_as_much_as_one_likes(workspace: Workspace, server: Caller) -> None:
    await set_quota(workspace, server, "connections", 0)
    refusal = await workspace.owner.refused("create_connection", provider=GATEWAY)
    await set_quota(workspace, server, "connections", None)

    await workspace.connection()

    assert refusal == Refusal(403, "quota_exceeded", "connections")
    assert await used(workspace, "connections") == (1, None)


async def test_what_is_given_up_makes_room(workspace: Workspace, server: Caller) -> None:
    await set_quota(workspace, server, "connections", 1)
    first = await workspace.connection()
    full = await workspace.owner.refused("create_connection", provider=GATEWAY, name="Second")

    await workspace.owner.call("disconnect_connection", connection_id=first["id"])

    assert full.code == "quota_exceeded"
    assert (await workspace.owner.call("create_connection", provider=GATEWAY, name="Second"))["status"] == "pending"


@pytest.mark.parametrize("name", ["members", "api_keys", "webhook_endpoints", "webhook_subscriptions"])
async def test_every_quota_holds(workspace: Workspace, server: Caller, name: str) -> None:
    connection = await workspace.connection()
    await set_quota(workspace, server, name, (await used(workspace, name))[0])
    hook = {"organization_id": workspace.id, "name": "n", "url": "https://app.example", "event_types": ["*"]}

    match name:
        case "members":
            with pytest.raises(AssertionError, match="quota_exceeded"):
                await workspace.member("viewer")
        case "api_keys":
            assert (await workspace.owner.refused("create_api_key", name="k", scopes=["*"])).code == "quota_exceeded"
        case "webhook_endpoints":
            refusal = await workspace.owner.refused("create_webhook_endpoint", connection_id=connection["id"])
            assert refusal == Refusal(403, "quota_exceeded", "webhook_endpoints")
        case "webhook_subscriptions":
            answer = await workspace.owner.request("POST", "webhook_subscriptions", json=hook)
            assert (answer.status_code, answer.json()["code"]) == (403, "quota_exceeded")
