"""How posts and accounts do, asked for by the clock: often while a post is young, and ever more rarely."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import structlog

from workers.monitoring.health import OpensConnectors
from workers.operations.jobs import Done, EndStatus, Handler, Handlers, Job, Outcome
from workers.operations.pacing import put_off
from workers.operations.sending import Renew
from workers.operations.social.requests import account_of, existing_post
from workers.providers.base import Connector, require
from workers.providers.capabilities import ListsAccounts, MeasuresAccounts, MeasuresPosts, ReadsComments
from workers.providers.errors import (
    AuthenticationFailed,
    NotFound,
    NotSupported,
    ProviderError,
    RefusedForNow,
)
from workers.providers.social.models import CommentResult, Engagement
from workers.store.connections import PostgresConnections, mark_needs_attention
from workers.store.pool import Connection
from workers.store.social import (
    MeasuredPost,
    PostgresSocial,
    apply_account_metrics,
    apply_accounts,
    apply_comments,
    apply_engagement,
)

_log = structlog.get_logger(__name__)
_COMMENT_PAGES: Final = 10
_GONE: Final = {"code": "not_found", "message": "The connection is gone."}


class Measuring:
    """Handles ``post.measure``, ``account.measure`` and ``account.list``. What goes wrong is left to the next look."""

    def __init__(
        self, social: PostgresSocial, connections: PostgresConnections, connectors: OpensConnectors, *, renew: Renew
    ) -> None:
        self._social = social
        self._connections = connections
        self._connectors = connectors
        self._renew = renew

    def handlers(self) -> Handlers:
        """The handlers by kind."""
        return {
            "post.measure": Handler(self.measure_posts),
            "account.measure": Handler(self.measure_account),
            "account.list": Handler(self.list_accounts),
        }

    async def measure_posts(self, job: Job) -> Outcome:
        """Ask how posts do, and what people say to them: ``{connection_id, post_ids}``."""
        connection_id = UUID(job.payload["connection_id"])
        rows = await self._social.posts_to_measure(connection_id, [UUID(each) for each in job.payload["post_ids"]])
        if not rows:
            return Done()
        try:
            connector = await self._open(connection_id)
            measures = await require(connector, MeasuresPosts, "measure_posts").measure_posts(
                [existing_post(each) for each in rows]
            )
            said = await self._read_comments(connector, rows, measures)
        except ProviderError as error:
            return await self._missed(job, connection_id, error)

        async def keep(connection: Connection) -> None:
            await apply_engagement(
                connection,
                [
                    {"post_id": str(row.post_id), **measure.model_dump(mode="json")}
                    for row, measure in zip(rows, measures, strict=True)
                ],
            )
            for post_id, comments in said:
                await apply_comments(connection, post_id, comments)

        return Done(effect=keep)

    async def measure_account(self, job: Job) -> Outcome:
        """Ask how an account did yesterday: ``{account_id}``."""
        row = await self._social.load_account(UUID(job.payload["account_id"]))
        if row is None:
            return Done()
        yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
        try:
            connector = await self._open(row.connection_id)
            measurer = require(connector, MeasuresAccounts, "measure_account")
            metrics = await measurer.measure_account(account_of(row), yesterday)
        except ProviderError as error:
            return await self._missed(job, row.connection_id, error)
        account_id = row.account_id

        async def keep(connection: Connection) -> None:
            await apply_account_metrics(connection, account_id, metrics)

        return Done(effect=keep)

    async def list_accounts(self, job: Job) -> Outcome:
        """See which accounts a login reaches now, for somebody who waits for it."""
        row = await self._connections.of_operation(job.id)
        if row is None:
            return Done(EndStatus.FAILED, error=_GONE)
        try:
            connector = await self._connectors.open(row, job.id)
            accounts = await require(connector, ListsAccounts, "list_accounts").list_accounts()
        except ProviderError as error:
            return await self._not_listed(job, row.id, error)
        connection_id = row.id

        async def keep(connection: Connection) -> None:
            await apply_accounts(connection, connection_id, accounts)

        return Done(result={"accounts": len(accounts)}, effect=keep)

    async def _open(self, connection_id: UUID) -> Connector[Any, Any]:
        row = await self._connections.load(connection_id)
        if row is None:
            raise NotFound("The connection is gone.")
        return await self._connectors.open(row, None)

    async def _read_comments(
        self, connector: Connector[Any, Any], rows: Sequence[MeasuredPost], measures: Sequence[Engagement]
    ) -> list[tuple[UUID, list[CommentResult]]]:
        """What is said to those of the posts to which more, or less, is said than before; nothing where that may not be
        read, although the figures may: networks give scopes one by one."""
        if not isinstance(connector, ReadsComments):
            return []
        said = []
        for row, measure in zip(rows, measures, strict=True):
            if not measure.found or (measure.comments is not None and measure.comments == (row.comments or 0)):
                continue
            try:
                said.append((row.post_id, await _comments_of(connector, row)))
            except (NotFound, NotSupported):
                continue
            except AuthenticationFailed as refused:
                _log.info("comments may not be read", connection_id=str(row.connection_id), **refused.as_dict())
                break
        return said

    async def _not_listed(self, job: Job, connection_id: UUID, error: ProviderError) -> Outcome:
        if isinstance(error, RefusedForNow) and (later := put_off(job, error)) is not None:
            return later
        failed = Done(EndStatus.FAILED, error=error.as_dict())
        if isinstance(error, AuthenticationFailed):
            if await self._renew(connection_id):
                return put_off(job, error) or failed
            failed.effect = partial(_needs_attention, connection_id, error.as_dict())
        return failed

    async def _missed(self, job: Job, connection_id: UUID, error: ProviderError) -> Outcome:
        if isinstance(error, RefusedForNow) and (later := put_off(job, error)) is not None:
            return later
        _log.info("figures could not be had", connection_id=str(connection_id), **error.as_dict())
        if isinstance(error, AuthenticationFailed) and not await self._renew(connection_id):
            return Done(effect=partial(_needs_attention, connection_id, error.as_dict()))
        return Done()


async def _comments_of(reader: ReadsComments, row: MeasuredPost) -> list[CommentResult]:
    comments: list[CommentResult] = []
    cursor: str | None = None
    for _ in range(_COMMENT_PAGES):
        page = await reader.list_comments(existing_post(row), cursor=cursor)
        comments += page.comments
        cursor = page.next_cursor
        if cursor is None:
            break
    return comments


async def _needs_attention(connection_id: UUID, error: dict[str, Any], connection: Connection) -> None:
    await mark_needs_attention(connection, connection_id, error)
