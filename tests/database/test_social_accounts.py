"""Which accounts a login reaches, and which of them the hub works with."""

from typing import Any

import pytest

from tests.support.callers import GATEWAY, Caller, Refusal
from tests.support.newsroom import Newsroom, Row


@pytest.fixture
async def connection(newsroom: Newsroom) -> Row:
    """A connection that no accounts are known of yet."""
    return await newsroom.workspace.network()


def told(provider_account_id: str, **facts: Any) -> Row:
    """An account as a network lists it."""
    return {"provider_account_id": provider_account_id, "kind": "page", "name": f"Page {provider_account_id}"} | facts


def listed(newsroom: Newsroom, connection: Row, *accounts: Row) -> int:
    """What a worker was told of a login; says how many accounts there are."""
    query = "select private.apply_accounts(%s, %s) as n"
    return int(newsroom.as_worker(query, connection["id"], list(accounts))["n"])


async def accounts_of(newsroom: Newsroom, connection: Row) -> dict[str, Row]:
    """The accounts of a connection as its owner sees them, by the network's ids."""
    rows = await newsroom.owner.rows(f"social_media_accounts?connection_id=eq.{connection['id']}")
    return {row["provider_account_id"]: row for row in rows}


async def test_accounts_are_chosen_after_the_consent(newsroom: Newsroom, connection: Row) -> None:
    assert listed(newsroom, connection, told("1"), told("2", can_publish=False, followers=7, handle="@2")) == 2
    accounts = await accounts_of(newsroom, connection)
    assert {each["enabled"] for each in accounts.values()} == {False}
    assert (accounts["2"]["can_publish"], accounts["2"]["followers"], accounts["2"]["handle"]) == (False, 7, "@2")
    developer = await newsroom.workspace.member("developer")

    for chosen in ("1", "2"):
        [row] = await developer.call(
            "choose_accounts", connection_id=connection["id"], account_ids=[accounts[chosen]["id"]]
        )
        assert (row["provider_account_id"], row["enabled"]) == (chosen, True)

    now = await accounts_of(newsroom, connection)
    assert {key: row["enabled"] for key, row in now.items()} == {"1": False, "2": True}
    assert await developer.call("choose_accounts", connection_id=connection["id"], account_ids=[]) == []
    query = "select count(*) as n from public.audit_log where action = 'connection.accounts_chosen' and target_id = %s"
    assert newsroom.rows(query, connection["id"]) == [{"n": 3}]


async def test_the_only_account_of_a_login_is_in_use_at_once(newsroom: Newsroom, connection: Row) -> None:
    listed(newsroom, connection, told("1"))
    listed(newsroom, connection, told("1"), told("2"))
    accounts = await accounts_of(newsroom, connection)
    assert {key: row["enabled"] for key, row in accounts.items()} == {"1": True, "2": False}


async def test_later_listings_bring_accounts_up_to_date(newsroom: Newsroom, connection: Row) -> None:
    listed(newsroom, connection, told("1", followers=7))
    assert listed(newsroom, connection, told("1", name="New", picture_url="https://cdn.example/p"), told("1")) == 1
    account = (await accounts_of(newsroom, connection))["1"]
    assert (account["followers"], account["refreshed_at"] is not None, account["enabled"]) == (7, True, True)


async def test_an_account_that_the_login_lost_is_told_of_if_it_was_in_use(newsroom: Newsroom, connection: Row) -> None:
    listed(newsroom, connection, told("1"))
    listed(newsroom, connection, told("1"), told("2"))
    before = await accounts_of(newsroom, connection)

    assert listed(newsroom, connection) == 0

    after = await accounts_of(newsroom, connection)
    assert [(row["enabled"], row["removed_at"] is not None) for row in after.values()] == [(False, True)] * 2
    alerts = [newsroom.alerts(f"account:{before[key]['id']}:removed") for key in ("1", "2")]
    assert alerts == [["open"], []]
    refusal = await newsroom.owner.refused(
        "choose_accounts", connection_id=connection["id"], account_ids=[before["1"]["id"]]
    )
    assert refusal == Refusal(409, "account_removed", "account_ids")
    answer = await newsroom.owner.request(
        "PATCH", f"social_media_accounts?id=eq.{before['1']['id']}", json={"enabled": True}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "23514")

    listed(newsroom, connection, told("1"))
    back = (await accounts_of(newsroom, connection))["1"]
    assert (back["removed_at"], back["enabled"]) == (None, False)
    assert newsroom.alerts(f"account:{back['id']}:removed") == ["resolved"]


async def test_a_connection_that_is_gone_takes_no_accounts(newsroom: Newsroom, connection: Row) -> None:
    await newsroom.owner.call("disconnect_connection", connection_id=connection["id"])
    assert listed(newsroom, connection, told("1")) == 0
    assert await accounts_of(newsroom, connection) == {}


async def test_only_accounts_of_the_connection_are_chosen(newsroom: Newsroom, connection: Row, other: Caller) -> None:
    elsewhere = newsroom.accounts[0]
    arguments = {"connection_id": connection["id"], "account_ids": [elsewhere]}
    assert await newsroom.owner.refused("choose_accounts", **arguments) == Refusal(
        404, "account_not_found", "account_ids"
    )
    assert await other.refused("choose_accounts", **arguments) == Refusal(404, "connection_not_found", "connection_id")
    refusal = await newsroom.owner.refused("choose_accounts", connection_id=connection["id"], account_ids=None)
    assert refusal == Refusal(400, "invalid_account_ids", "account_ids")


async def test_accounts_are_looked_up_again_on_demand(newsroom: Newsroom, connection: Row) -> None:
    first, second = [await newsroom.owner.call("refresh_accounts", connection_id=connection["id"]) for _ in range(2)]
    assert (first["kind"], first["subject_id"], second["id"]) == ("account.list", connection["id"], first["id"])


async def test_only_networks_have_accounts(newsroom: Newsroom) -> None:
    gateway = await newsroom.workspace.connection(GATEWAY)
    refusal = await newsroom.owner.refused("refresh_accounts", connection_id=gateway["id"])
    assert refusal == Refusal(409, "not_supported", "connection_id")
