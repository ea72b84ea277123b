"""The handlers of posts and comments. Whatever they do, nothing is published twice.

Publishing is many steps, of which only the last can be seen: files are brought to the network first, and how far that
has come is kept after every step, so that a worker that dies goes on and does not begin again. The last step is sent
like every call that must not be made twice (see `sending`).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from workers.monitoring.health import OpensConnectors
from workers.operations import resolve
from workers.operations.failover import named_by_client
from workers.operations.jobs import Done, EndStatus, Handler, Handlers, Job, Later, Outcome
from workers.operations.sending import AnyCall, Renew, Sending, later
from workers.operations.social.calls import CreateComment, DeleteComment, DeletePost, EditPost, HideComment, PublishPost
from workers.operations.social.media import MediaFiles, problems_with, with_known_media
from workers.providers.base import Connector, require
from workers.providers.capabilities import PublishesPosts, UploadsMedia
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    OutcomeUnknown,
    ProviderError,
    RefusedForNow,
)
from workers.providers.registry import connector_class
from workers.store.connections import ConnectionRow, PostgresConnections
from workers.store.pool import Connection
from workers.store.social import PostgresSocial, PostWork, apply_post_news

_DELETED: Final = {"code": "not_found", "message": "What the operation was about has been deleted."}
_PATIENCE: Final = timedelta(minutes=30)
"""How long a network may take over the next step of making a post's files ready."""
_STEPS_AT_ONCE: Final = 30
_LONGEST_WAIT_SECONDS: Final = 60.0
_COMMENT_CALLS: Final = {
    "comment.create": CreateComment,
    "comment.hide": HideComment,
    "comment.delete": DeleteComment,
}


class PostHandlers:
    """Handles ``post.publish``, ``.edit``, ``.delete`` and ``.check``, ``comment.create``, ``.hide`` and ``.delete``.

    :param send_seconds: how long it may take to send a request and get its answer, whatever calls that takes.
    :param renew: see `Sending`.
    """

    def __init__(
        self,
        social: PostgresSocial,
        connections: PostgresConnections,
        connectors: OpensConnectors,
        files: MediaFiles,
        *,
        send_seconds: float,
        renew: Renew,
    ) -> None:
        self._social = social
        self._connections = connections
        self._connectors = connectors
        self._files = files
        self._sending = Sending(social.marks, connections, connectors, seconds=send_seconds, renew=renew)

    def handlers(self) -> Handlers:
        """The handlers by kind."""
        return {
            "post.publish": Handler(self.publish, writes=True),
            "post.edit": Handler(self.edit, writes=True),
            "post.delete": Handler(self.delete, writes=True),
            "post.check": Handler(self.check),
            "comment.create": Handler(self.comment, writes=True),
            "comment.hide": Handler(self.comment, writes=True),
            "comment.delete": Handler(self.comment, writes=True),
        }

    async def publish(self, job: Job) -> Outcome:
        """Bring a post to its network, and show it there."""
        work = await self._social.load_post(job.id)
        if work is None:
            return _deleted()
        since = resolve.sent_at(job) if resolve.sent_to(job) else datetime.now(UTC)
        call = PublishPost(work, work.prepared, await self._social.posts_known(work, since))
        if (ready := await self._sending.before(job, call)) is not None:
            return ready
        try:
            row = await self._sending.row(work.connection_id)
            work = await self._require_fitting(work, row)
            prepared = await self._prepare(job, work, row)
        except RefusedForNow as refusal:
            return later([refusal])
        except OutcomeUnknown as unknown:  # of a step that nobody can see: it is taken again
            return Later(unknown.as_dict(), outcome_unknown=False)
        except AuthenticationFailed as error:
            return await self._sending.after_renewal(job, work.connection_id, error) or call.refused(
                error, work.connection_id
            )
        except ProviderError as error:
            return call.refused(error, work.connection_id)
        if isinstance(prepared, Later):
            return prepared
        return await self._sending.to_one(
            job, PublishPost(work, prepared), work.connection_id, named_by_client(work.connection_id)
        )

    async def check(self, job: Job) -> Outcome:
        """Say long before its time what is wrong with a scheduled post."""
        work = await self._social.load_post_to_check(UUID(job.payload["post_id"]))
        if work is None or work.status != "scheduled":
            return Done()
        row = await self._connections.load(work.connection_id)
        if row is None:
            return Done()
        try:
            problems = problems_with(
                await with_known_media(work, self._files, self._social), connector_class(row.provider_key).manifest
            )
        except InvalidRequest as error:
            problems = [{"field": error.field or "media", "code": error.code, "message": error.message}]
        except RefusedForNow as refusal:
            return Later(refusal.as_dict(), after_seconds=refusal.retry_after)
        post_id = work.post_id

        async def note(connection: Connection) -> None:
            await apply_post_news(connection, post_id, {"problems": problems}, "operation", None)

        return Done(effect=note)

    async def edit(self, job: Job) -> Outcome:
        """Change the text of a published post."""
        work = await self._social.load_post(job.id)
        return await self._on_existing(job, EditPost(work), work.connection_id) if work else _deleted()

    async def delete(self, job: Job) -> Outcome:
        """Take a published post back."""
        work = await self._social.load_post(job.id)
        return await self._on_existing(job, DeletePost(work), work.connection_id) if work else _deleted()

    async def comment(self, job: Job) -> Outcome:
        """Write, hide or take away a comment."""
        work = await self._social.load_comment(job.id)
        if work is None:
            return _deleted()
        return await self._on_existing(job, _COMMENT_CALLS[job.kind](work), work.connection_id)

    async def _on_existing(self, job: Job, call: AnyCall, connection_id: UUID) -> Outcome:
        if (ready := await self._sending.before(job, call)) is not None:
            return ready
        return await self._sending.to_one(job, call, connection_id, named_by_client(connection_id))

    async def _require_fitting(self, work: PostWork, row: ConnectionRow) -> PostWork:
        """The post with what is known of its files. :raises InvalidRequest: its network would not take it."""
        known = await with_known_media(work, self._files, self._social)
        try:
            problems = problems_with(known, connector_class(row.provider_key).manifest)
        except ValidationError as error:
            raise InvalidRequest.from_validation(error, provider=row.provider_key, operation="publish_post") from None
        if problems:
            first = problems[0]
            raise InvalidRequest(first["message"], field=first["field"], provider=row.provider_key)
        return known

    async def _prepare(self, job: Job, work: PostWork, row: ConnectionRow) -> dict[str, str] | Later:
        """Take the steps that nobody can see. :returns: what they led to, or when to go on."""
        connector = await self._connectors.open(row, job.id)
        publisher = require(connector, PublishesPosts, "publish_post")
        request, prepared, since = PublishPost(work, {}).request, dict(work.prepared), work.waiting_since
        async with self._files.reading() as reader:
            if isinstance(connector, UploadsMedia):
                connector.media_reader = reader
            for _ in range(_STEPS_AT_ONCE):
                step = await publisher.prepare_post(request, prepared)
                if step.data != prepared:
                    prepared, since = dict(step.data), None
                    await self._social.keep_preparation(work.post_id, prepared)
                if step.ready:
                    return prepared
                if step.wait_seconds > 0:
                    return self._wait(since, step.wait_seconds, connector)
        return Later(after_seconds=0.0, counted=False, outcome_unknown=False)

    def _wait(self, since: datetime | None, seconds: float, connector: Connector[Any, Any]) -> Later:
        if since is not None and datetime.now(UTC) - since > _PATIENCE:
            message = f"{connector.manifest.name} did not make the post's files ready within {_PATIENCE}."
            raise InvalidRequest(message, field="media", provider=connector.manifest.key, provider_code="not_ready")
        return Later(after_seconds=min(seconds, _LONGEST_WAIT_SECONDS), counted=False, outcome_unknown=False)


def _deleted() -> Done:
    return Done(EndStatus.FAILED, error=_DELETED)
