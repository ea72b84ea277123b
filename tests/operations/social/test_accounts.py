"""Which pages and profiles a login reaches, as it is listed and as it changes."""

import psycopg
import pytest

from tests.operations.social.conftest import OpensNewsroom
from tests.support.consents import App, Client
from tests.support.networks import NETWORKS
from tests.support.newsrooms import Newsroom
from tests.support.workplace import Row, Workplace, until

pytestmark = pytest.mark.usefixtures("no_faults", "worker")


async def listed(room: Newsroom) -> Row:
    """The operation that lists a login's accounts, once it is over."""
    asked = await room.hub.call("refresh_accounts", connection_id=room.first.connection_id)

    async def over() -> Row | None:
        row = await room.hub.one("select * from public.operations where id = %s", asked["id"])
        return None if row["status"] == "pending" else row

    operation: Row = await until(over)
    return operation


async def accounts(room: Newsroom) -> dict[str, Row]:
    """Every account of the first outlet's that the hub knows of, by the network's id."""
    query = "select * from public.social_media_accounts where connection_id = %s"
    rows = await room.hub.all(query, room.first.connection_id)
    return {row["provider_account_id"]: row for row in rows}


@pytest.mark.parametrize("key", NETWORKS)
async def test_every_account_of_a_login_is_listed(open_newsroom: OpensNewsroom, key: str) -> None:
    room = await open_newsroom(key)
    network = room.first.network
    operation = await listed(room)
    found = await accounts(room)
    assert (operation["status"], operation["result"]) == ("succeeded", {"accounts": len(found)})
    assert network.accounts <= found.keys()
    chosen = found.pop(network.account_id)
    assert (chosen["enabled"], chosen["kind"]) == (True, network.account_kind)
    assert chosen["name"] != "Coffee House", "it is called by its present name"
    assert not any(each["enabled"] for each in found.values()), "what nobody has chosen is not published to"


@pytest.mark.parametrize("key", NETWORKS)
async def test_a_page_that_the_login_has_lost_is_switched_off(open_newsroom: OpensNewsroom, key: str) -> None:
    room = await open_newsroom(key)
    outlet, network = room.first, room.first.network
    await listed(room)
    other = next(iter(network.accounts - {network.account_id}))
    await network.remove(outlet.login, network.account_id)
    assert (await listed(room))["status"] == "succeeded"
    found = await accounts(room)
    gone = found[network.account_id]
    assert (gone["enabled"], gone["removed_at"] is not None) == (False, True)
    assert found[other]["removed_at"] is None
    assert len(await room.alerts(f"account:{gone['id']}:removed")) == 1
    with pytest.raises(psycopg.ProgrammingError, match=r"account_ids\.0"):
        await room.post()
    with pytest.raises(psycopg.ProgrammingError, match="409"):
        await room.hub.call("choose_accounts", connection_id=outlet.connection_id, account_ids=[gone["id"]])
    (now,) = [
        await room.hub.call("choose_accounts", connection_id=outlet.connection_id, account_ids=[found[other]["id"]])
    ]
    assert now["enabled"]


async def test_a_page_that_comes_back_can_be_chosen_again(open_newsroom: OpensNewsroom) -> None:
    room = await open_newsroom("linkedin")
    network, login = room.first.network, room.first.login
    await network.remove(login, network.account_id)
    await listed(room)
    await login.control("organization", id=5005, name="Dubai Coffee House")
    await listed(room)
    back = (await accounts(room))[network.account_id]
    assert (back["removed_at"], back["enabled"]) == (None, False)
    assert await room.alerts(f"account:{back['id']}:removed") == []
    await room.hub.call("choose_accounts", connection_id=room.first.connection_id, account_ids=[back["id"]])
    await room.published()


async def test_a_listing_that_is_refused_changes_nothing(open_newsroom: OpensNewsroom) -> None:
    room = await open_newsroom("facebook")
    await room.first.network.end(room.first.login, "revoke")
    operation = await listed(room)
    assert (operation["status"], operation["error"]["code"]) == ("failed", "authentication_failed")
    (account,) = (await accounts(room)).values()
    assert (account["enabled"], account["removed_at"]) == (True, None)
    assert await room.status(room.first) == "needs_attention"


async def test_a_role_that_does_not_let_it_publish_is_told(open_newsroom: OpensNewsroom) -> None:
    room = await open_newsroom("facebook")
    page = room.first.network.account_id
    await room.first.login.control(f"pages/{page}/tasks", tasks=["ANALYZE"])
    await listed(room)
    assert not (await accounts(room))[page]["can_publish"]
    with pytest.raises(psycopg.ProgrammingError, match=r"account_ids\.0"):
        await room.post()


async def test_an_account_that_may_not_be_read_keeps_nobody_elses_posts_out(workplace: Workplace) -> None:
    """LinkedIn lets no new app read what people post by themselves; their pages' posts come in all the same."""
    client = await Client.open(workplace, App("linkedin"))
    await client.granted()
    room = Newsroom(workplace, client.organization_id)
    query = "select id, kind from public.social_media_accounts where connection_id = %s"
    reached = await workplace.all(query, client.connection_id)
    assert {each["kind"] for each in reached} == {"member", "organization"}
    await workplace.call(
        "choose_accounts", connection_id=client.connection_id, account_ids=[each["id"] for each in reached]
    )
    elsewhere = await Newsroom.open(workplace)  # another hub works with the same login
    await elsewhere.connect(NETWORKS["linkedin"], {"access_token": (await client.login()).token})
    made = await elsewhere.published()

    await workplace.call("run_sync", connection_id=client.connection_id, stream="posts")
    found = "select * from public.social_posts where organization_id = %s and provider_post_id = %s"

    async def come_in() -> list[Row]:
        return await workplace.all(found, client.organization_id, made["provider_post_id"])

    (post,) = await until(come_in)
    await room.jobs_done("sync.run")
    assert (post["origin"], post["status"], post["text"]) == ("network", "published", made["text"])
    stream = "select status::text, last_error from public.sync_streams where connection_id = %s and stream = 'posts'"
    assert await workplace.one(stream, client.connection_id) == {"status": "idle", "last_error": None}
    assert (await client.row())["status"] == "active"
