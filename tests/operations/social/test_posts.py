"""Posts published through a real worker, the real database and networks' twins: once each, and each by itself."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.operations.social.conftest import OpensNewsroom
from tests.support.networks import NETWORKS
from tests.support.newsrooms import Newsroom, headline
from tests.support.workplace import Row, until

pytestmark = pytest.mark.usefixtures("no_faults", "worker")
EDITABLE = [key for key, network in NETWORKS.items() if network.edits]


def later(**ahead: float) -> str:
    """A moment that is still to come."""
    return (datetime.now(UTC) + timedelta(**(ahead or {"hours": 2}))).isoformat()


async def becomes_due(room: Newsroom, *posts: Row) -> None:
    """The time of scheduled posts has come."""
    query = """
        update private.jobs j set run_at = now()
        from public.operations o where o.id = j.id and o.subject_id = any (%s)"""
    await room.hub.database.execute(query, [[each["id"] for each in posts]])


async def checked(room: Newsroom, post: Row) -> Row:
    """A scheduled post after its files have been looked at."""
    await room.jobs_done("post.check")
    return await room.now(post)


class TestPublishing:
    @pytest.mark.parametrize("key", NETWORKS)
    async def test_every_network_shows_it_once_with_its_picture(self, open_newsroom: OpensNewsroom, key: str) -> None:
        room = await open_newsroom(key)
        post = await room.post(media=[room.picture() | {"alt_text": "The shop front"}])
        assert post["status"] == "publishing"
        operation = await room.settled(post)
        assert (operation["status"], operation["error"], operation["attempts"]) == ("succeeded", None, 1)
        assert operation["connection_id"] == room.first.connection_id

        row = await room.now(post)
        assert (row["status"], row["failure"], row["origin"]) == ("published", None, "hub")
        assert row["provider_post_id"]
        assert row["permalink"].startswith(f"https://www.{key}.com/")
        assert abs(row["published_at"] - datetime.now(UTC)) < timedelta(minutes=1)
        assert await room.copies(post) == 1
        assert await room.hub.all("select 1 from private.post_preparations where post_id = %s", post["id"]) == []
        (event,) = await room.events("post.published", post)
        assert (event["data"]["provider"], event["data"]["text"]) == (key, post["text"])

    @pytest.mark.parametrize("key", [key for key, network in NETWORKS.items() if not network.needs_media])
    async def test_a_text_alone_is_a_post_where_the_network_takes_it(
        self, open_newsroom: OpensNewsroom, key: str
    ) -> None:
        room = await open_newsroom(key)
        post = await room.published()
        assert (post["media"], await room.copies(post)) == ([], 1)

    @pytest.mark.parametrize("key", NETWORKS)
    async def test_several_pictures_make_one_post(self, open_newsroom: OpensNewsroom, key: str) -> None:
        room = await open_newsroom(key)
        post = await room.post(media=[room.picture(1080, 1080), room.picture(1000, 1000)])
        operation = await room.settled(post)  # Instagram makes us wait for an album
        assert operation["status"] == "succeeded", operation["error"]
        network = room.first.network
        assert len(network.files(await room.at(network), post["text"])) == 2

    @pytest.mark.parametrize("key", NETWORKS)
    async def test_the_first_comment_follows(self, open_newsroom: OpensNewsroom, key: str) -> None:
        room = await open_newsroom(key)
        post = await room.published(first_comment=f"Open from 10 to 22. {headline()}")
        (comment,) = await room.comments(post)
        assert (comment["status"], comment["is_ours"], comment["is_first"]) == ("published", True, True)
        assert comment["provider_comment_id"]
        network = room.first.network
        assert network.said(await room.at(network)).count(post["first_comment"]) == 1

    async def test_a_key_publishes_once(self, open_newsroom: OpensNewsroom) -> None:
        room = await open_newsroom("facebook", "linkedin")
        text = headline()
        first = await room.publish(text=text, idempotency_key="monday")
        again = await room.publish(text=text, idempotency_key="monday")
        assert [each["id"] for each in again] == [each["id"] for each in first]
        for post, outlet in zip(first, room.outlets.values(), strict=True):
            await room.settled(post)
            assert await room.copies(post, outlet) == 1

    async def test_nothing_of_the_text_is_in_the_call_log(self, open_newsroom: OpensNewsroom) -> None:
        room = await open_newsroom("linkedin")
        post = await room.published()

        async def logged() -> list[Row]:
            query = "select * from public.integration_logs where connection_id = %s and operation = 'publish_post'"
            return await room.hub.all(query, room.first.connection_id)

        (line,) = await until(logged)
        assert line["operation_id"] == (await room.hub.operation(post["id"], "post.publish"))["id"]
        assert room.first.login.token not in str(line)


class TestSeveralAccounts:
    async def test_one_that_fails_leaves_the_others_standing(self, open_newsroom: OpensNewsroom) -> None:
        room = await open_newsroom(*NETWORKS)
        facebook, instagram, linkedin = room.outlets.values()
        await instagram.network.end(instagram.login, "revoke")
        posts = await room.publish(facebook, instagram, linkedin)
        ends = [await room.settled(each) for each in posts]
        assert [each["status"] for each in ends] == ["succeeded", "failed", "succeeded"]
        rows = [await room.now(each) for each in posts]
        assert [each["status"] for each in rows] == ["published", "failed", "published"]
        assert {each["group_id"] for each in rows} == {posts[0]["group_id"]}
        assert [await room.copies(each, outlet) for each, outlet in zip(posts, room.outlets.values(), strict=True)] == [
            1,
            0,
            1,
        ]
        assert rows[1]["failure"]["code"] == "authentication_failed"
        (alert,) = await room.alerts(f"post:{posts[1]['id']}:failed")
        assert "Coffee House" in alert["title"]
        assert len(await room.events("post.failed", posts[1])) == 1
        assert await room.status(instagram) == "needs_attention"

    async def test_all_of_them_at_the_time_they_are_scheduled_for(self, open_newsroom: OpensNewsroom) -> None:
        room = await open_newsroom(*NETWORKS)
        posts = await room.publish(scheduled_at=later(), variants={"linkedin": {"text": headline()}})
        assert {each["status"] for each in posts} == {"scheduled"}
        assert posts[2]["text"] != posts[0]["text"]
        for post, outlet in zip(posts, room.outlets.values(), strict=True):
            await checked(room, post)
            assert await room.copies(post, outlet) == 0
        await becomes_due(room, *posts)
        for post, outlet in zip(posts, room.outlets.values(), strict=True):
            assert (await room.settled(post))["status"] == "succeeded"
            assert ((await room.now(post))["status"], await room.copies(post, outlet)) == ("published", 1)

    async def test_a_post_at_a_time_is_not_published_before(self, open_newsroom: OpensNewsroom) -> None:
        room = await open_newsroom("facebook")
        post = await room.post(scheduled_at=later(seconds=1.5))
        operation = await room.ended(post)
        row = await room.now(post)
        assert operation["status"] == "succeeded"
        assert row["scheduled_at"].replace(microsecond=0) <= row["published_at"]


class TestLimits:
    @pytest.mark.parametrize("key", NETWORKS)
    async def test_what_is_too_long_is_refused_at_once_and_names_the_field(
        self, open_newsroom: OpensNewsroom, key: str
    ) -> None:
        room = await open_newsroom(key)
        anything = await room.fault("server_error", "* *")
        for field in ("text", "first_comment"):
            if (key, field) == ("facebook", "first_comment"):
                continue  # it takes as many as the hub
            with pytest.raises(psycopg.ProgrammingError, match=field):
                await room.publish(**{field: "a" * (64_000 if field == "text" else 8_000)})
        assert (
            await room.hub.all("select 1 from public.social_posts where organization_id = %s", room.organization_id)
            == []
        )
        assert await room.unmet(anything)

    async def test_a_picture_of_a_shape_that_the_network_would_not_take(self, open_newsroom: OpensNewsroom) -> None:
        room = await open_newsroom("instagram")
        anything = await room.fault("server_error", "* *")
        post = await room.post(media=[room.picture(2000, 500)])
        error = (await room.ended(post))["error"]
        assert (error["code"], error["field"]) == ("invalid_request", "media.0")
        assert "1.91" in error["message"]
        assert await room.unmet(anything)
        assert await room.calls(room.first) == []
        known = (await room.now(post))["media"][0]
        assert (known["width"], known["height"], known["content_type"]) == (2000, 500, "image/jpeg")


class TestBeforeItsTime:
    async def test_what_is_wrong_with_a_scheduled_post_is_told_long_before(self, open_newsroom: OpensNewsroom) -> None:
        room = await open_newsroom("instagram")
        post = await checked(room, await room.post(scheduled_at=later(), media=[room.picture(2000, 500)]))
        assert post["status"] == "scheduled"
        (problem,) = post["problems"]
        assert problem["field"] == "media.0"

        await room.hub.call("update_post", post_id=post["id"], media=Jsonb([room.picture()]))
        post = await checked(room, post)
        assert (post["status"], post["problems"]) == ("scheduled", [])
        assert post["media"][0]["width"] == 1080

    async def test_a_file_that_cannot_be_fetched(self, open_newsroom: OpensNewsroom) -> None:
        room = await open_newsroom("facebook")
        gone = {"url": room.picture()["url"].replace("1080x1080", "5000x5000")}
        post = await checked(room, await room.post(scheduled_at=later(), media=[room.picture(), gone]))
        (problem,) = post["problems"]
        assert problem["field"] == "media.1"

    async def test_another_time(self, open_newsroom: OpensNewsroom) -> None:
        room = await open_newsroom("linkedin")
        post, words = await room.post(scheduled_at=later()), headline()
        await room.hub.call("update_post", post_id=post["id"], scheduled_at=later(seconds=-1), text=words)
        assert (await room.ended(post))["status"] == "succeeded"
        assert await room.copies(post | {"text": words}) == 1
        assert await room.copies(post) == 0

    @pytest.mark.parametrize("draft", [False, True], ids=["scheduled", "a draft"])
    async def test_a_post_that_is_called_off(self, open_newsroom: OpensNewsroom, draft: bool) -> None:
        room = await open_newsroom("facebook")
        post = await room.post(scheduled_at=later(), draft=draft, media=[room.picture()])
        await room.hub.call("cancel_post", post_id=post["id"])
        assert (await room.now(post))["status"] == "cancelled"
        query = "select 1 from private.jobs where organization_id = %s and kind = 'post.publish'"
        assert await room.hub.all(query, room.organization_id) == []
        assert await room.copies(post) == 0

    async def test_a_draft_waits_until_somebody_publishes_it(self, open_newsroom: OpensNewsroom) -> None:
        room = await open_newsroom("facebook")
        post = await room.post(draft=True)
        assert (await room.now(post))["status"] == "draft"
        await room.hub.call("publish_draft", post_id=post["id"])
        assert (await room.ended(post))["status"] == "succeeded"
        assert await room.copies(post) == 1

    async def test_one_that_is_being_published_is_called_off_while_it_still_can_be(
        self, open_newsroom: OpensNewsroom
    ) -> None:
        """Instagram makes an album only when its parts are finished: meanwhile nobody sees anything."""
        room = await open_newsroom("instagram")
        await room.fault("rate_limited", room.first.network.file_call, retry_after="600", skip=1)
        post = await room.post(media=[room.picture(), room.picture(1000, 1000)])
        await room.waiting(post, "rate_limited")
        await room.hub.call("cancel_post", post_id=post["id"])
        await room.let_time_pass(post)
        row = await room.now(post)
        assert (row["status"], await room.copies(post)) == ("cancelled", 0)


class TestAfterwards:
    @pytest.mark.parametrize("key", EDITABLE)
    async def test_another_text(self, open_newsroom: OpensNewsroom, key: str) -> None:
        room, words = await open_newsroom(key), headline()
        post = await room.published()
        await room.hub.call("edit_post", post_id=post["id"], text=words)
        operation = await room.ended(post, "post.edit")
        assert operation["status"] == "succeeded", operation["error"]
        row = await room.now(post)
        assert row["text"] == words
        assert row["edited_at"] is not None
        assert await room.copies(row) == 1
        assert await room.copies(post) == 0

    async def test_a_text_that_is_too_long_changes_nothing(self, open_newsroom: OpensNewsroom) -> None:
        room = await open_newsroom("linkedin")
        post = await room.published()
        with pytest.raises(psycopg.ProgrammingError, match="text"):
            await room.hub.call("edit_post", post_id=post["id"], text="a" * 3_001)
        assert await room.copies(post) == 1

    async def test_where_nobody_can_edit_that_is_not_supported(self, open_newsroom: OpensNewsroom) -> None:
        room = await open_newsroom("instagram")
        post = await room.published()
        with pytest.raises(psycopg.ProgrammingError, match="not_supported"):
            await room.hub.call("edit_post", post_id=post["id"], text="Another")

    @pytest.mark.parametrize("key", NETWORKS)
    async def test_a_post_that_is_taken_back(self, open_newsroom: OpensNewsroom, key: str) -> None:
        room = await open_newsroom(key)
        post = await room.published()
        await room.hub.call("delete_post", post_id=post["id"])
        operation = await room.ended(post, "post.delete")
        assert operation["status"] == "succeeded", operation["error"]
        row = await room.now(post)
        assert (row["status"], await room.copies(post)) == ("deleted", 0)
        assert row["deleted_at"] is not None
        assert len(await room.events("post.deleted", post)) == 1
        assert await room.hub.all("select 1 from private.post_looks where post_id = %s", post["id"]) == []

    @pytest.mark.parametrize("key", NETWORKS)
    async def test_a_post_that_somebody_has_deleted_there_is_deleted_without_a_fault(
        self, open_newsroom: OpensNewsroom, key: str
    ) -> None:
        room = await open_newsroom(key)
        post = await room.published()
        query = "update public.social_posts set provider_post_id = %s where id = %s"
        other = post["provider_post_id"][:-1] + "9" * 4
        await room.hub.database.execute(query, [other, post["id"]])
        await room.hub.call("delete_post", post_id=post["id"])
        assert (await room.ended(post, "post.delete"))["status"] == "succeeded"

    @pytest.mark.parametrize("key", NETWORKS)
    async def test_an_answer_that_is_lost_while_deleting_does_no_harm(
        self, open_newsroom: OpensNewsroom, key: str
    ) -> None:
        room = await open_newsroom(key)
        post = await room.published()
        await room.fault("drop_after", "DELETE *")
        await room.hub.call("delete_post", post_id=post["id"])
        await room.settled(post)
        assert (await room.ended(post, "post.delete"))["status"] == "succeeded"
        assert ((await room.now(post))["status"], await room.copies(post)) == ("deleted", 0)

    async def test_a_post_that_failed_is_tried_again(self, open_newsroom: OpensNewsroom) -> None:
        room = await open_newsroom("facebook")
        await room.hub.set_credentials(room.organization_id, room.first.connection_id, {"access_token": "invalid"})
        post = await room.post()
        assert (await room.ended(post))["error"]["code"] == "authentication_failed"
        good = {"access_token": room.first.login.token}
        await room.hub.set_credentials(room.organization_id, room.first.connection_id, good)
        retried = await room.hub.call("retry_post", post_id=post["id"])
        assert (retried["status"], retried["failure"]) == ("publishing", None)
        assert (await room.ended(post))["status"] == "succeeded"
        row = await room.now(post)
        assert (row["status"], row["failure"], await room.copies(post)) == ("published", None, 1)
        assert await room.alerts(f"post:{post['id']}:failed") == []

    @pytest.mark.parametrize("was_published", [True, False], ids=["it is there", "it is not there"])
    async def test_when_nobody_could_find_out_a_person_says_so(
        self, open_newsroom: OpensNewsroom, was_published: bool
    ) -> None:
        room = await open_newsroom("linkedin")
        call = room.first.network.publish_call
        await room.fault("drop_after" if was_published else "drop_before", call)
        await room.fault("server_error", "GET /rest/posts", status=503, times=500)
        post = await room.post()
        query = "update private.jobs set max_attempts = 2 where id = %s"
        await room.hub.database.execute(query, [(await room.hub.operation(post["id"], "post.publish"))["id"]])
        operation = await room.settled(post)
        assert (operation["status"], operation["error"]["code"]) == ("dead", "outcome_unknown")
        assert (await room.now(post))["status"] == "publishing"
        with pytest.raises(psycopg.ProgrammingError, match="post_not_cancellable"):
            await room.hub.call("cancel_post", post_id=post["id"])

        found: dict[str, Any] = {"provider_post_id": "urn:li:share:1"} if was_published else {}
        row = await room.hub.call("resolve_post", post_id=post["id"], **found)
        if was_published:
            assert (row["status"], row["provider_post_id"]) == ("published", "urn:li:share:1")
            return
        assert (row["status"], row["failure"]["code"]) == ("failed", "not_made")
        await room.hub.sandbox.delete("/_faults")
        await room.hub.call("retry_post", post_id=post["id"])
        assert (await room.settled(post))["status"] == "succeeded"
        assert await room.copies(post) == 1
