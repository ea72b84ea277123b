"""What is said below posts comes in, and is answered and hidden, through a real worker and networks' twins."""

import psycopg
import pytest

from tests.operations.social.conftest import OpensNewsroom
from tests.support.networks import NETWORKS
from tests.support.newsrooms import Newsroom, headline
from tests.support.workplace import Row

pytestmark = pytest.mark.usefixtures("no_faults", "worker")
HIDING = [key for key, network in NETWORKS.items() if network.hidden]


async def heard(room: Newsroom, post: Row, text: str) -> Row:
    """What somebody says below a post, once the hub knows of it."""
    network = room.first.network
    await network.comment(room.first.login, post["provider_post_id"], text)
    await room.clock_strikes(post)
    (comment,) = [each for each in await room.comments(post) if each["text"] == text]
    return comment


async def said(room: Newsroom, text: str) -> int:
    """How often the network shows a comment of that text."""
    network = room.first.network
    return network.said(await room.at(network)).count(text)


@pytest.mark.parametrize("key", NETWORKS)
async def test_what_people_say_comes_in_once(open_newsroom: OpensNewsroom, key: str) -> None:
    room = await open_newsroom(key)
    post = await room.published()
    comment = await heard(room, post, f"Lovely! {headline()}")
    assert (comment["status"], comment["is_ours"], comment["is_hidden"]) == ("seen", False, False)
    assert comment["provider_comment_id"]
    await heard(room, post, f"Where is it? {headline()}")
    assert len(await room.comments(post)) == 2
    (event,) = await room.events("comment.created", comment)
    assert (event["data"]["text"], event["data"]["post_id"]) == (comment["text"], str(post["id"]))


@pytest.mark.parametrize("key", NETWORKS)
async def test_a_comment_of_ours_and_an_answer_are_each_there_once(open_newsroom: OpensNewsroom, key: str) -> None:
    room = await open_newsroom(key)
    post = await room.published()
    question = await heard(room, post, f"Where is it? {headline()}")
    ours = await room.hub.call("comment_on_post", post_id=post["id"], text=f"Come and see. {headline()}")
    answer = await room.hub.call("reply_to_comment", comment_id=question["id"], text=f"In the Marina. {headline()}")
    for each in (ours, answer):
        assert (await room.ended(each, "comment.create"))["error"] is None
        assert await said(room, each["text"]) == 1
    await room.clock_strikes(post)
    rows = {each["id"]: each for each in await room.comments(post)}
    assert rows.keys() == {question["id"], ours["id"], answer["id"]}, "what is ours is known again when it is listed"
    assert {rows[each["id"]]["status"] for each in (ours, answer)} == {"published"}
    assert rows[answer["id"]]["parent_id"] == question["id"]
    assert await room.events("comment.created", ours) == []


@pytest.mark.parametrize("fault", ["drop_after", "drop_before"])
@pytest.mark.parametrize("key", NETWORKS)
async def test_a_comment_whose_answer_is_lost_is_there_once(open_newsroom: OpensNewsroom, key: str, fault: str) -> None:
    room = await open_newsroom(key)
    post = await room.published()
    call = room.first.network.comment_call
    assert call is not None
    await room.fault(fault, call)
    comment = await room.hub.call("comment_on_post", post_id=post["id"], text=f"Come and see. {headline()}")
    await room.settled(post)
    (row,) = await room.comments(post)
    assert (row["id"], row["status"], await said(room, comment["text"])) == (comment["id"], "published", 1)


@pytest.mark.parametrize("key", HIDING)
async def test_what_is_hidden_can_be_shown_again(open_newsroom: OpensNewsroom, key: str) -> None:
    room = await open_newsroom(key)
    network = room.first.network
    assert network.hidden is not None
    comment = await heard(room, await room.published(), f"Buy my watches. {headline()}")
    for hidden in (True, False):
        await room.hub.call("hide_comment", comment_id=comment["id"], hidden=hidden)
        assert (await room.ended(comment, "comment.hide"))["error"] is None
        (row,) = await room.hub.all("select * from public.social_comments where id = %s", comment["id"])
        assert (row["is_hidden"], network.hidden(await room.at(network), comment["text"])) == (hidden, hidden)


async def test_where_comments_cannot_be_hidden_that_is_not_supported(open_newsroom: OpensNewsroom) -> None:
    room = await open_newsroom("linkedin")
    comment = await heard(room, await room.published(), f"Buy my watches. {headline()}")
    with pytest.raises(psycopg.ProgrammingError, match="not_supported"):
        await room.hub.call("hide_comment", comment_id=comment["id"], hidden=True)


@pytest.mark.parametrize("key", NETWORKS)
async def test_a_comment_that_is_taken_away(open_newsroom: OpensNewsroom, key: str) -> None:
    room = await open_newsroom(key)
    post = await room.published()
    comment = await room.hub.call("comment_on_post", post_id=post["id"], text=f"Come and see. {headline()}")
    await room.ended(comment, "comment.create")
    await room.hub.call("delete_comment", comment_id=comment["id"])
    assert (await room.ended(comment, "comment.delete"))["error"] is None
    await room.clock_strikes(post)
    (row,) = await room.comments(post)
    assert (row["status"], await said(room, comment["text"])) == ("deleted", 0)


async def test_a_comment_that_the_network_refuses_has_failed_with_a_reason(open_newsroom: OpensNewsroom) -> None:
    room = await open_newsroom("facebook")
    post = await room.published()
    await room.first.network.remove(room.first.login, room.first.network.account_id)
    comment = await room.hub.call("comment_on_post", post_id=post["id"], text="Come and see.")
    operation = await room.ended(comment, "comment.create")
    (row,) = await room.comments(post)
    assert (operation["status"], row["status"]) == ("failed", "failed")
    assert row["failure"] == operation["error"]
    assert row["failure"]["code"] == "authentication_failed"
