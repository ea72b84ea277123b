"""What the handlers of social media read and write: posts, comments, accounts, and how they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb
from pydantic import BaseModel

from workers.store.pool import Connection, Pool
from workers.store.queries import load_queries
from workers.store.sending import PostgresMarks

QUERIES = load_queries("social")
RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class PostWork:
    """A post, and the operation that is about it.

    :param prepared: how far its publishing has come (`PostPreparation.data`).
    :param waiting_since: since when it has come no further.
    """

    operation_id: UUID
    kind: str
    input: dict[str, Any] = field(repr=False)
    post_id: UUID
    organization_id: UUID
    connection_id: UUID
    account_id: UUID
    provider_account_id: str
    account_kind: str
    status: str
    text: str
    media: list[dict[str, Any]]
    link: dict[str, Any] | None
    format: str
    provider_post_id: str | None
    published_at: datetime | None
    prepared: dict[str, str]
    waiting_since: datetime | None
    cancel_requested: bool


@dataclass(frozen=True, slots=True)
class CommentWork:
    """A comment, and the operation that is about it."""

    operation_id: UUID
    kind: str
    input: dict[str, Any] = field(repr=False)
    comment_id: UUID
    organization_id: UUID
    connection_id: UUID
    provider_account_id: str
    account_kind: str
    post_id: UUID
    format: str
    provider_post_id: str | None
    provider_comment_id: str | None
    text: str
    provider_parent_id: str | None
    cancel_requested: bool


@dataclass(frozen=True, slots=True)
class MeasuredPost:
    """A post whose figures are asked for. :param comments: as last counted."""

    post_id: UUID
    organization_id: UUID
    connection_id: UUID
    account_id: UUID
    provider_account_id: str
    account_kind: str
    format: str
    provider_post_id: str
    comments: int | None


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account in use."""

    account_id: UUID
    organization_id: UUID
    connection_id: UUID
    provider_account_id: str
    account_kind: str


class PostgresSocial:
    """Social media as their handlers need them.

    :param safe_seconds: nothing is begun to be sent unless the lease lasts this much longer.
    """

    def __init__(self, pool: Pool, *, safe_seconds: float) -> None:
        self._pool = pool
        self.marks = PostgresMarks(pool, safe_seconds=safe_seconds)

    async def load_post(self, operation_id: UUID) -> PostWork | None:
        """What the operation is about; None when it has been deleted with its organization."""
        return await self._one(PostWork, "load_post", operation_id=operation_id)

    async def load_post_to_check(self, post_id: UUID) -> PostWork | None:
        """A post without an operation."""
        return await self._one(PostWork, "load_post_to_check", post_id=post_id)

    async def load_comment(self, operation_id: UUID) -> CommentWork | None:
        """The comment that an operation is about."""
        return await self._one(CommentWork, "load_comment", operation_id=operation_id)

    async def posts_known(self, work: PostWork, since: datetime) -> list[str]:
        """The network's ids of the account's other posts that are ours."""
        parameters = {"account_id": work.account_id, "post_id": work.post_id, "since": since}
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["posts_known"], parameters)
            return [str(row[0]) for row in await cursor.fetchall()]

    async def keep_preparation(self, post_id: UUID, data: Mapping[str, str]) -> None:
        """Note how far a post's publishing has come."""
        await self._do("keep_preparation", post_id=post_id, data=Jsonb(dict(data)))

    async def keep_media(self, post_id: UUID, media: Sequence[Mapping[str, Any]]) -> None:
        """Note what is known of a post's files."""
        await self._do("keep_media", post_id=post_id, media=Jsonb(list(media)))

    async def posts_to_measure(self, connection_id: UUID, post_ids: Sequence[UUID]) -> list[MeasuredPost]:
        """Those of the posts that can be asked about through a connection."""
        parameters = {"connection_id": connection_id, "post_ids": list(post_ids)}
        return await self._all(MeasuredPost, "posts_to_measure", **parameters)

    async def load_account(self, account_id: UUID) -> AccountRow | None:
        """An account in use, or None."""
        return await self._one(AccountRow, "load_account", account_id=account_id)

    async def accounts_of(self, connection_id: UUID) -> list[AccountRow]:
        """The accounts of a connection that are in use."""
        return await self._all(AccountRow, "accounts_of", connection_id=connection_id)

    async def enqueue_due(self) -> None:
        """Have posts and accounts measured whose time has come."""
        async with self._pool.connection() as connection:
            for query in ("enqueue_due_posts", "enqueue_due_accounts"):
                await connection.execute(QUERIES[query])

    async def _do(self, query: str, **parameters: Any) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES[query], parameters)

    async def _one(self, kind: type[RowT], query: str, **parameters: Any) -> RowT | None:
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(kind)) as rows:
            await rows.execute(QUERIES[query], parameters)
            return await rows.fetchone()

    async def _all(self, kind: type[RowT], query: str, **parameters: Any) -> list[RowT]:
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(kind)) as rows:
            await rows.execute(QUERIES[query], parameters)
            return await rows.fetchall()


# What follows is written in the caller's transaction.


async def apply_post_news(
    connection: Connection, post_id: UUID, news: Mapping[str, Any], source: str, source_id: UUID | None
) -> None:
    """Move a post by what was told. :param source: ``operation``, ``webhook`` or ``poll``."""
    parameters = {"post_id": post_id, "news": Jsonb(dict(news)), "source": source, "source_id": source_id}
    await connection.execute(QUERIES["apply_post_news"], parameters)


async def apply_comment_news(connection: Connection, comment_id: UUID, news: Mapping[str, Any]) -> None:
    """Move a comment by what was told."""
    await connection.execute(QUERIES["apply_comment_news"], {"comment_id": comment_id, "news": Jsonb(dict(news))})


async def apply_accounts(connection: Connection, connection_id: UUID, accounts: Sequence[BaseModel]) -> None:
    """Bring a connection's accounts up to what its login reaches now."""
    parameters = {"connection_id": connection_id, "accounts": _json(accounts)}
    await connection.execute(QUERIES["apply_accounts"], parameters)


async def apply_engagement(connection: Connection, measures: Sequence[Mapping[str, Any]]) -> None:
    """Note how posts do. :param measures: `Engagement` with ``post_id``, each."""
    await connection.execute(QUERIES["apply_engagement"], {"measures": Jsonb(list(measures))})


async def apply_comments(connection: Connection, post_id: UUID, comments: Sequence[BaseModel]) -> None:
    """Keep what people say to a post."""
    await connection.execute(QUERIES["apply_comments"], {"post_id": post_id, "comments": _json(comments)})


async def apply_account_metrics(connection: Connection, account_id: UUID, metrics: BaseModel) -> None:
    """Note how an account does."""
    parameters = {"account_id": account_id, "metrics": Jsonb(metrics.model_dump(mode="json"))}
    await connection.execute(QUERIES["apply_account_metrics"], parameters)


async def apply_listed_posts(connection: Connection, account_id: UUID, posts: Sequence[BaseModel]) -> int:
    """Keep posts that an account has, by whomever; returns how many were new or changed."""
    cursor = await connection.execute(QUERIES["apply_listed_posts"], {"account_id": account_id, "posts": _json(posts)})
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


def _json(models: Sequence[BaseModel]) -> Jsonb:
    return Jsonb([each.model_dump(mode="json") for each in models])
