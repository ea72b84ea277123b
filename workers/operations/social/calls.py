"""The calls that others can see: how each is sent, how its unknown outcome is found out, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from workers.operations.calls import AnyConnector, Call, News
from workers.operations.social.requests import comment_request, existing_comment, existing_post, post_request
from workers.providers.base import require
from workers.providers.capabilities import DeletesPosts, EditsPosts, HidesComments, PublishesPosts, WritesComments
from workers.providers.errors import InvalidRequest, ProviderError
from workers.providers.social.limits import problems_of
from workers.providers.social.models import (
    CommentRequest,
    CommentResult,
    ExistingComment,
    ExistingPost,
    PostEdit,
    PostRequest,
    PostResult,
)
from workers.store.pool import Connection
from workers.store.social import CommentWork, PostWork, apply_comment_news, apply_post_news


class _PostCall(Call[Any, Any]):
    """A call about a post."""

    def __init__(self, work: PostWork) -> None:
        self.work = work

    @property
    def cancel_requested(self) -> bool:
        return self.work.cancel_requested

    async def write(self, connection: Connection, news: News) -> None:
        await apply_post_news(connection, self.work.post_id, news, "operation", self.work.operation_id)


class PublishPost(_PostCall):
    """Publish what is prepared.

    :param known: ids of the account's other posts that are ours.
    """

    operation = "publish_post"

    def __init__(self, work: PostWork, prepared: dict[str, str], known: Sequence[str] = ()) -> None:
        super().__init__(work)
        self.prepared = prepared
        self.known = known

    @cached_property
    def request(self) -> PostRequest:
        return post_request(self.work)

    async def send(self, connector: AnyConnector) -> PostResult:
        return await require(connector, PublishesPosts, self.operation).publish_post(self.request, self.prepared)

    async def find(self, connector: AnyConnector, since: datetime) -> PostResult | None:
        publisher = require(connector, PublishesPosts, "find_post")
        return await publisher.find_post(self.request, self.prepared, attempted_at=since, known=self.known)

    async def complete(self, connector: AnyConnector, result: PostResult) -> PostResult:
        """The post with its address. It is published whatever comes of that: it can be had later as well."""
        if result.permalink is not None or not isinstance(connector, PublishesPosts):
            return result
        try:
            post = ExistingPost(
                account=self.request.account, provider_post_id=result.provider_post_id, format=self.request.format
            )
            seen = await connector.get_post(post)
        except (ProviderError, ValueError):
            return result
        return result.model_copy(update={"permalink": seen.permalink})

    def news(self, result: PostResult, connection_id: UUID) -> News:
        return {
            "status": "published",
            "provider_post_id": result.provider_post_id,
            "permalink": result.permalink,
            "published_at": (result.published_at or datetime.now(UTC)).isoformat(),
        }

    def news_of_refusal(self, error: ProviderError, connection_id: UUID | None) -> News:
        return {"status": "failed", "failure": error.as_dict()}

    def news_of_cancellation(self) -> News:
        return {"status": "cancelled"}


class EditPost(_PostCall):
    """Change the text of a published post; asking again changes nothing more."""

    operation = "edit_post"

    @cached_property
    def request(self) -> PostEdit:
        return PostEdit(post=existing_post(self.work), text=self.work.input["text"])

    async def send(self, connector: AnyConnector) -> PostResult:
        facts = connector.manifest.social
        if facts is not None:
            changed = post_request(self.work).model_copy(update={"text": self.request.text})
            for problem in problems_of(changed, connector.manifest.name, facts):
                if problem.field == "text":
                    raise InvalidRequest(problem.message, field="text", provider=connector.manifest.key)
        return await require(connector, EditsPosts, self.operation).edit_post(self.request)

    async def find(self, connector: AnyConnector, since: datetime) -> None:
        return None

    def news(self, result: PostResult, connection_id: UUID) -> News:
        return {"text": self.request.text, "edited_at": datetime.now(UTC).isoformat()}


class DeletePost(_PostCall):
    """Take a published post back; asking again changes nothing more."""

    operation = "delete_post"

    @cached_property
    def request(self) -> ExistingPost:
        return existing_post(self.work)

    async def send(self, connector: AnyConnector) -> None:
        await require(connector, DeletesPosts, self.operation).delete_post(self.request)

    async def find(self, connector: AnyConnector, since: datetime) -> None:
        return None

    def news(self, result: None, connection_id: UUID) -> News:
        return {"status": "deleted"}


class _CommentCall(Call[Any, Any]):
    """A call about a comment."""

    def __init__(self, work: CommentWork) -> None:
        self.work = work

    @property
    def cancel_requested(self) -> bool:
        return self.work.cancel_requested

    async def find(self, connector: AnyConnector, since: datetime) -> Any:
        """By default asking again changes nothing more."""
        return None

    async def write(self, connection: Connection, news: News) -> None:
        await apply_comment_news(connection, self.work.comment_id, news)


class CreateComment(_CommentCall):
    """Comment, or answer a comment."""

    operation = "create_comment"

    @cached_property
    def request(self) -> CommentRequest:
        return comment_request(self.work)

    async def send(self, connector: AnyConnector) -> CommentResult:
        return await require(connector, WritesComments, self.operation).create_comment(self.request)

    async def find(self, connector: AnyConnector, since: datetime) -> CommentResult | None:
        return await require(connector, WritesComments, "find_comment").find_comment(self.request, attempted_at=since)

    def news(self, result: CommentResult, connection_id: UUID) -> News:
        return {
            "status": "published",
            "provider_comment_id": result.provider_comment_id,
            "commented_at": result.created_at.isoformat(),
        }

    def news_of_refusal(self, error: ProviderError, connection_id: UUID | None) -> News:
        return {"status": "failed", "failure": error.as_dict()}

    def news_of_cancellation(self) -> News:
        return {"status": "deleted"}


class HideComment(_CommentCall):
    """Hide a comment, or show it again."""

    operation = "hide_comment"

    @cached_property
    def request(self) -> ExistingComment:
        return existing_comment(self.work)

    async def send(self, connector: AnyConnector) -> None:
        hidden = bool(self.work.input["hidden"])
        await require(connector, HidesComments, self.operation).hide_comment(self.request, hidden=hidden)

    def news(self, result: None, connection_id: UUID) -> News:
        return {"is_hidden": bool(self.work.input["hidden"])}


class DeleteComment(_CommentCall):
    """Take a comment away."""

    operation = "delete_comment"

    @cached_property
    def request(self) -> ExistingComment:
        return existing_comment(self.work)

    async def send(self, connector: AnyConnector) -> None:
        await require(connector, WritesComments, self.operation).delete_comment(self.request)

    def news(self, result: None, connection_id: UUID) -> News:
        return {"status": "deleted"}
