"""The files of posts: looked at before anything is sent, and read by whoever has to bring them to a network."""

import pytest
from psycopg.types.json import Jsonb

from tests.operations.social.conftest import OpensNewsroom
from tests.support.networks import NETWORKS
from tests.support.newsrooms import Newsroom
from tests.support.workplace import Row, Workplace

pytestmark = pytest.mark.usefixtures("no_faults", "worker")


async def known(room: Newsroom, post: Row) -> list[Row]:
    """What the hub knows of a post's files."""
    return [dict(each) for each in (await room.now(post))["media"]]


@pytest.mark.parametrize("key", NETWORKS)
async def test_a_picture_is_known_by_what_it_is(open_newsroom: OpensNewsroom, key: str) -> None:
    room = await open_newsroom(key)
    post = await room.published(media=[room.picture(1200, 1000) | {"alt_text": "The shop front"}])
    (picture,) = await known(room, post)
    assert (picture["width"], picture["height"], picture["content_type"]) == (1200, 1000, "image/jpeg")
    assert picture["bytes"] > 0
    assert picture["alt_text"] == "The shop front"


async def test_a_file_that_is_said_to_be_a_film_is_taken_for_what_it_is(open_newsroom: OpensNewsroom) -> None:
    room = await open_newsroom("linkedin")
    post = await room.published(media=[room.picture() | {"kind": "video"}])
    (picture,) = await known(room, post)
    assert (picture["kind"], await room.copies(post)) == ("image", 1)
    assert len(room.first.network.files(await room.at(room.first.network), post["text"])) == 1


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1:{port}/_media/5000x5000.jpg", "404"),
        ("http://127.0.0.1:{port}/health", "neither"),
        ("http://10.0.0.1/picture.jpg", "public"),
        ("http://169.254.169.254/latest/meta-data", "public"),
    ],
    ids=["one that is not there", "one that is no picture", "inside another network", "of the machine's own"],
)
async def test_a_file_that_no_network_is_given(
    open_newsroom: OpensNewsroom, workplace: Workplace, url: str, why: str
) -> None:
    room = await open_newsroom("facebook")
    anything = await room.fault("server_error", "* *")
    post = await room.post(media=[room.picture(), {"url": url.format(port=workplace.sandbox.base_url.port)}])
    error = (await room.ended(post))["error"]
    assert (error["code"], error["field"]) == ("invalid_request", "media.1")
    assert why in error["message"]
    assert await room.unmet(anything)
    assert await room.calls(room.first) == []


async def test_what_is_found_out_is_not_kept_of_a_file_that_has_been_replaced_meanwhile(
    open_newsroom: OpensNewsroom,
) -> None:
    room = await open_newsroom("facebook")
    post = await room.post(draft=True, media=[room.picture()])
    found = [room.picture(1000, 1000) | {"kind": "image", "width": 1000, "height": 1000}]
    await room.hub.one("select private.keep_media(%s, %s)", post["id"], Jsonb(found))
    assert await known(room, post) == [room.picture() | {"kind": "image"}]
