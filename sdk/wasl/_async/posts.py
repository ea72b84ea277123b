"""`hub.posts`: publishing to several accounts at once, now or later, and how it does."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from time import monotonic
from typing import Any, TypeAlias

from wasl._async.api import AsyncApi
from wasl._async.comments import AsyncComments
from wasl._async.operations import AsyncOperations
from wasl._requests import Id, call_key, id_text, optional_id
from wasl._row import columns_of
from wasl._social_arguments import social_arguments
from wasl.errors import OperationFailed
from wasl.rows import PostStatus
from wasl.social_models import Post, PostEngagement
from wasl.social_params import LinkParams, MediaParams, PostFormat, PostVariant

PostList: TypeAlias = list[Post]


class AsyncPosts:
    """Posts of the organizations that the caller belongs to.

    Calls that can be seen carry an `idempotency_key`, a new one unless it is given. The same key never takes effect
    twice, so such a call is repeated by itself when the connection breaks.

    Attributes:
        comments: what people say to posts, and the answers.
    """

    def __init__(self, api: AsyncApi, operations: AsyncOperations) -> None:
        self._api = api
        self._operations = operations
        self.comments = AsyncComments(api, operations)

    async def publish(
        self,
        *,
        account_ids: Sequence[Id],
        text: str | None = None,
        media: Sequence[MediaParams] | None = None,
        link: LinkParams | None = None,
        format: PostFormat | None = None,
        first_comment: str | None = None,
        variants: Mapping[str, PostVariant] | None = None,
        scheduled_at: datetime | str | None = None,
        time_zone: str | None = None,
        draft: bool | None = None,
        idempotency_key: str | None = None,
        organization_id: Id | None = None,
        wait: float | None = None,
    ) -> Sequence[Post]:
        """Publish to several accounts at once; each has its own result, and is tried again by itself.

        Args:
            account_ids: which accounts, of any networks.
            media: pictures or films. What a network does not take is refused before anything is sent to it.
            link: a page that the post leads to.
            format: ``post`` (the default), ``reel`` or ``story``.
            first_comment: said by the account itself as soon as the post is there.
            variants: what is different, by an account's id or a provider's key, such as
                ``{"linkedin": {"text": "..."}}``.
            scheduled_at: when; without a time zone it is what a clock shows in `time_zone`.
            time_zone: such as ``Asia/Dubai``; the organization's if left out.
            draft: True: keep it, and publish nothing yet.
            wait: seconds to wait for all networks together; None returns at once. Of no use for what is scheduled or a
                draft.

        Returns:
            A post for each account, in the order of the accounts. With `wait`, one that failed is among them with its
            `failure`.

        Raises:
            InvalidRequest: an argument is wrong, or a network does not take such a post; `field` names it, such as
                ``variants.linkedin.text``.
            NotFound: there is no such account.
            Conflict: an account is not in use, or the idempotency key stands for something else.
            WaitTimeout: with `wait`: a network has not answered yet.
        """
        key = call_key(idempotency_key)
        arguments = social_arguments(
            account_ids=account_ids,
            text=text,
            media=media,
            link=link,
            format=format,
            first_comment=first_comment,
            variants=variants,
            scheduled_at=scheduled_at,
            time_zone=time_zone,
            draft=draft,
            idempotency_key=key,
            organization_id=self._api.organization(organization_id),
        )
        posts = await self._api.call(PostList, "publish_post", arguments)
        if wait is None:
            return posts
        deadline = monotonic() + wait
        return [await self._published(post, deadline) for post in posts]

    async def get(self, post_id: Id) -> Post:
        """Return one post; raises NotFound."""
        return await self._api.one(Post, "social_posts", post_id, "post_id")

    def list(
        self,
        *,
        status: PostStatus | Sequence[PostStatus] | None = None,
        account_id: Id | None = None,
        group_id: Id | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Post]:
        """Yield posts, newest first; pages are fetched as they are needed.

        Args:
            group_id: shared by those that were made together.
        """
        equal = {
            "status": status,
            "account_id": optional_id(account_id, "account_id"),
            "group_id": optional_id(group_id, "group_id"),
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(Post, "social_posts", equal, after=created_after, before=created_before, limit=limit)

    async def update(
        self,
        post_id: Id,
        *,
        text: str | None = None,
        media: Sequence[MediaParams] | None = None,
        link: LinkParams | None = None,
        format: PostFormat | None = None,
        first_comment: str | None = None,
        scheduled_at: datetime | str | None = None,
        time_zone: str | None = None,
    ) -> Post:
        """Change a draft or a scheduled post; what is left out stays. A published one is changed by `edit`.

        Raises:
            Conflict: it is published already, or being published.
        """
        arguments = social_arguments(
            post_id=post_id,
            text=text,
            media=media,
            link=link,
            format=format,
            first_comment=first_comment,
            scheduled_at=scheduled_at,
            time_zone=time_zone,
        )
        return await self._api.call(Post, "update_post", arguments, repeatable=True)

    async def publish_draft(
        self, post_id: Id, *, scheduled_at: datetime | str | None = None, time_zone: str | None = None
    ) -> Post:
        """Publish a draft, now or later; raises Conflict when it is none any more."""
        arguments = social_arguments(post_id=post_id, scheduled_at=scheduled_at, time_zone=time_zone)
        return await self._api.call(Post, "publish_draft", arguments)

    async def cancel(self, post_id: Id) -> Post:
        """Publish it not at all; one that is being published is stopped if it still can be."""
        return await self._api.call(Post, "cancel_post", {"post_id": id_text(post_id, "post_id")}, repeatable=True)

    async def edit(
        self, post_id: Id, text: str, *, idempotency_key: str | None = None, wait: float | None = None
    ) -> Post:
        """Change the text of a published post.

        Raises:
            Conflict: it is not published, or its network lets nobody change posts (code ``not_supported``).
            OperationFailed, WaitTimeout: with `wait`: as in `publish`.
        """
        arguments = {"text": text}
        return await self._on_published("edit_post", post_id, arguments, idempotency_key, wait)

    async def delete(self, post_id: Id, *, idempotency_key: str | None = None, wait: float | None = None) -> Post:
        """Take a published post back, or drop one that is not; raises as `edit` does."""
        return await self._on_published("delete_post", post_id, {}, idempotency_key, wait)

    async def retry(self, post_id: Id) -> Post:
        """Try a post again that failed."""
        return await self._api.call(Post, "retry_post", {"post_id": id_text(post_id, "post_id")})

    async def resolve(self, post_id: Id, *, provider_post_id: str | None = None) -> Post:
        """Say what became of a post of which nobody could find out.

        Args:
            provider_post_id: what the network calls it; None: it is not there.
        """
        arguments = social_arguments(post_id=post_id, provider_post_id=provider_post_id)
        return await self._api.call(Post, "resolve_post", arguments, repeatable=True)

    async def measure(self, post_id: Id) -> Post:
        """Have the network asked now how a post does; at most once a minute."""
        return await self._api.call(Post, "measure_post", {"post_id": id_text(post_id, "post_id")}, repeatable=True)

    async def engagement(self, post_id: Id) -> Sequence[PostEngagement]:
        """Return how a post did over time, the first moment first."""
        query = self._api.table("social_engagement", columns_of(PostEngagement))
        query = query.eq("post_id", id_text(post_id, "post_id")).order("taken_at")
        return await self._api.fetch(PostEngagement, query)

    async def _published(self, post: Post, deadline: float) -> Post:
        if post.status != "publishing":
            return post
        with suppress(OperationFailed):  # the post says so itself
            await self._operations.wait_for_subject(post.id, "post.publish", max(0.0, deadline - monotonic()))
        return await self.get(post.id)

    async def _on_published(
        self, function: str, post_id: Id, arguments: Mapping[str, Any], idempotency_key: str | None, wait: float | None
    ) -> Post:
        key = call_key(idempotency_key)
        given = social_arguments(post_id=post_id, idempotency_key=key, **arguments)
        post = await self._api.call(Post, function, given)
        if wait is None or post.status == "deleted":
            return post
        await self._operations.wait_for_call(key, post.organization_id, wait)
        return await self.get(post.id)
