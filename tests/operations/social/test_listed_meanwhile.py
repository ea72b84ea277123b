"""What is ours may be listed by its network before its maker was told: it is one post, one comment all the same."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.operations.social.conftest import OpensNewsroom
from tests.support.newsrooms import headline
from tests.support.workplace import Row, Workplace, connect_owner, until
from workers.store.social import PostgresSocial

pytestmark = pytest.mark.usefixtures("no_faults", "worker")


@pytest.fixture
async def lister(workplace: Workplace) -> AsyncIterator[psycopg.AsyncConnection[Row]]:
    """The connection of one who lists what is at a network."""
    async with await connect_owner(workplace.stack) as connection:
        yield connection


@pytest.fixture
async def maker(workplace: Workplace) -> AsyncIterator[psycopg.AsyncConnection[Row]]:
    """The connection of one who has made something there, and tells of it."""
    async with await connect_owner(workplace.stack) as connection:
        yield connection


def tomorrow() -> str:
    """A time that does not come in a test."""
    return (datetime.now(UTC) + timedelta(days=1)).isoformat()


async def waits(workplace: Workplace, pid: int) -> bool:
    """Whether a connection waits for another."""
    return bool((await workplace.one("select cardinality(pg_blocking_pids(%s)) as n", pid))["n"])


async def test_what_was_only_found_there_may_be_the_post_whose_answer_was_lost(open_newsroom: OpensNewsroom) -> None:
    room = await open_newsroom("facebook")
    social = PostgresSocial(room.hub.pool, safe_seconds=1)
    other, post = await room.published(), await room.post(scheduled_at=tomorrow())
    listed = [{"provider_post_id": "n1", "text": post["text"], "published_at": "2026-11-01T10:00:00Z"}]
    await room.hub.one("select private.apply_listed_posts(%s, %s)", room.first.account_id, Jsonb(listed))
    work = await social.load_post_to_check(post["id"])
    assert work is not None

    assert await social.posts_known(work, datetime.now(UTC)) == [other["provider_post_id"]]


async def test_a_listing_that_is_not_over_yet_is_waited_for(
    open_newsroom: OpensNewsroom,
    lister: psycopg.AsyncConnection[Row],
    maker: psycopg.AsyncConnection[Row],
) -> None:
    room = await open_newsroom("facebook")
    post = await room.post(scheduled_at=tomorrow())
    listed = [{"provider_post_id": "n1", "text": post["text"], "published_at": "2026-11-01T10:00:00Z"}]
    news: list[Any] = [post["id"], Jsonb({"status": "published", "provider_post_id": "n1"})]

    async with lister.transaction():
        await lister.execute("select private.apply_listed_posts(%s, %s)", [room.first.account_id, Jsonb(listed)])
        telling = asyncio.create_task(
            maker.execute("select private.apply_post_news(%s, %s, 'operation', null) as said", news)
        )
        await until(lambda: waits(room.hub, maker.info.backend_pid))

    assert await (await telling).fetchall() == [{"said": "applied"}]
    rows = await room.hub.all("select id from public.social_posts where account_id = %s", room.first.account_id)
    assert [row["id"] for row in rows] == [post["id"]]


async def test_comments_that_are_just_being_listed_are_waited_for(
    open_newsroom: OpensNewsroom,
    lister: psycopg.AsyncConnection[Row],
    maker: psycopg.AsyncConnection[Row],
) -> None:
    room = await open_newsroom("facebook")
    post = await room.published()
    insert = """
        insert into public.social_comments (organization_id, post_id, author_name, text, is_ours, status, created_by)
        values (%s, %s, 'Coffee House', %s, true, 'pending', 'worker') returning *"""
    comment = await room.hub.one(insert, room.organization_id, post["id"], headline())
    listed = [
        {"provider_comment_id": "c1", "text": comment["text"], "created_at": "2026-11-01T10:00:00Z", "is_ours": True}
    ]
    news = {"status": "published", "provider_comment_id": "c1"}

    async with lister.transaction():
        await lister.execute("select private.apply_comments(%s, %s)", [post["id"], Jsonb(listed)])
        telling = asyncio.create_task(
            maker.execute("select private.apply_comment_news(%s, %s) as said", [comment["id"], Jsonb(news)])
        )
        await until(lambda: waits(room.hub, maker.info.backend_pid))

    assert await (await telling).fetchall() == [{"said": "applied"}]
    assert [row["id"] for row in await room.comments(post)] == [comment["id"]]
