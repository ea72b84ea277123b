"""Instagram, for professional accounts.

https://developers.facebook.com/docs/instagram-platform ; by Facebook Login at graph.facebook.com, by Instagram Login at
graph.instagram.com (`login`): the same edges, but posts are taken back by the former only. The names of edges, fields
and parameters are those of facebook/facebook-business-sdk-codegen (April 2026), codes those of Meta's page of error
codes (June 2026), refusals judged by them (`meta.errors`).

Publishing is in three steps: containers are made of files that Instagram fetches, an album's parts each by itself; they
are asked about until they are finished; one call lets the whole appear. A container that was not used within a day is
made anew. Nothing is idempotent: where the answer to the last call was lost, the container says whether it came out
(``PUBLISHED``), and the list of media as what: by its caption and time; a story by its time alone. Texts cannot be
changed afterwards.

Instagram tells which comments are the account's own by a ``user`` in them. Figures come up to two days late; those of
stories for 24 hours only; a story that too few saw has none (code 10), nor has what was posted before the account was
professional (2108006): these are None.

Unverified: which secret signs webhooks of Instagram Login's apps (the one of that login is tried); whether its comments
are hidden and deleted at graph.instagram.com by the same calls (Meta's pages say so, the specification has no such
node); ``since`` of the media list; how a container that came out answers to being published again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from workers.providers.errors import AuthenticationFailed, InvalidRequest, NotFound, NotSupported
from workers.providers.events import CanonicalEvent
from workers.providers.social.instagram import events
from workers.providers.social.instagram.objects import (
    account_of,
    comment_of,
    engagement_of,
    linked_account_of,
    post_of,
    thread_of,
)
from workers.providers.social.instagram.publishing import PublishesOnInstagram
from workers.providers.social.instagram.requests import (
    ACCOUNT_FIELDS,
    ACCOUNT_METRICS,
    COMMENT_FIELDS,
    COUNT_FIELDS,
    MEDIA_FIELDS,
    METRICS,
    OWN_ACCOUNT_FIELDS,
    PAGE_SIZE,
    REPLY_FIELDS,
)
from workers.providers.social.meta.objects import SKEW, count, identifier, items_of, next_cursor, same_text
from workers.providers.social.models import (
    Account,
    AccountMetrics,
    AccountResult,
    CommentPage,
    CommentRequest,
    CommentResult,
    Engagement,
    ExistingComment,
    ExistingPost,
    PostPage,
)

_TOO_FEW: Final = "10"
_BEFORE_CONVERSION: Final = "2108006"


class InstagramConnector(PublishesOnInstagram):
    """Professional accounts: posts, comments and figures."""

    async def list_accounts(self) -> tuple[AccountResult, ...]:
        """The account that signed in; by Facebook, those that its pages are linked with."""
        operation = "list_accounts"
        token = self._token(operation)
        if self._by_instagram:
            query = [("fields", OWN_ACCOUNT_FIELDS)]
            answer = await self._graph(operation, "GET", "/me", token=token, query=query)
            return (self._parse(answer, account_of),)
        query = [("fields", f"id,instagram_business_account{{{ACCOUNT_FIELDS}}}"), ("limit", "100")]
        pages = self._items(operation, "/me/accounts", query, token=token, parse=linked_account_of)
        return tuple([account async for account in pages if account is not None])

    # Posts.

    async def delete_post(self, post: ExistingPost) -> None:
        """Take it back (since December 2025). :raises NotSupported: the connection is by Instagram Login."""
        operation = "delete_post"
        self._require_id(operation, "provider_post_id", post.provider_post_id)
        if self._by_instagram:
            message = "posts are taken back with Facebook Login only: delete it in the app"
            raise NotSupported(message, provider=self.manifest.key, operation=operation)
        await self._delete(operation, post.provider_post_id)

    async def list_posts(self, account: Account, *, since: datetime | None, cursor: str | None) -> PostPage:
        """One page of what the account has published; stories are not among it."""
        operation = "list_posts"
        self._require_id(operation, "account.id", account.id)
        query = [("fields", MEDIA_FIELDS), ("limit", PAGE_SIZE)]
        query += [("since", str(int(since.timestamp())))] if since else []
        query += [("after", cursor)] if cursor else []
        answer = await self._graph(operation, "GET", f"/{account.id}/media", token=self._token(operation), query=query)
        return self._parse(
            answer,
            lambda body: PostPage(posts=tuple(post_of(each) for each in items_of(body)), next_cursor=next_cursor(body)),
        )

    # Figures.

    async def measure_posts(self, posts: Sequence[ExistingPost]) -> tuple[Engagement, ...]:
        """Two calls each, since every kind of media has figures of its own."""
        for place, post in enumerate(posts):
            self._require_id("measure_posts", f"posts.{place}.provider_post_id", post.provider_post_id)
        return tuple([await self._measure("measure_posts", post.provider_post_id) for post in posts])

    async def measure_account(self, account: Account, day: date) -> AccountMetrics:
        """Followers now, and the figures of a day in UTC."""
        operation = "measure_account"
        self._require_id(operation, "account.id", account.id)
        token, query = self._token(operation), [("fields", "id,followers_count")]
        answer = await self._graph(operation, "GET", f"/{account.id}", token=token, query=query)
        begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
        query = [("period", "day"), ("metric_type", "total_value"), ("since", str(int(begin.timestamp())))]
        query.append(("until", str(int((begin + timedelta(days=1)).timestamp()))))
        told = await self._insights(operation, f"/{account.id}/insights", ACCOUNT_METRICS, query, token=token)
        reach, views, engagements = (count(told.get(metric)) for metric in ACCOUNT_METRICS)
        followers = self._parse(answer, lambda body: count(body.get("followers_count")))
        return AccountMetrics(day=day, followers=followers, reach=reach, views=views, engagements=engagements)

    # Comments.

    async def list_comments(self, post: ExistingPost, *, cursor: str | None) -> CommentPage:
        """One page of the comments, each with all the answers to it."""
        operation = "list_comments"
        self._require_id(operation, "post.provider_post_id", post.provider_post_id)
        query = [("fields", COMMENT_FIELDS), ("limit", PAGE_SIZE), *([("after", cursor)] if cursor else [])]
        path, token = f"/{post.provider_post_id}/comments", self._token(operation)
        answer = await self._graph(operation, "GET", path, token=token, query=query)
        comments: list[CommentResult] = []
        for comment, first, more in self._parse(answer, lambda body: [thread_of(each) for each in items_of(body)]):
            replies = await self._replies(operation, comment.provider_comment_id) if more else first
            comments += [comment, *replies]
        return CommentPage(comments=tuple(comments), next_cursor=self._parse(answer, next_cursor))

    async def create_comment(self, request: CommentRequest) -> CommentResult:
        """Comment as the account, or answer a comment."""
        operation = "create_comment"
        self._require_comment(operation, request.text)
        target = request.parent_id or request.post.provider_post_id
        self._require_id(operation, "parent_id" if request.parent_id else "post.provider_post_id", target)
        path = f"/{target}/{'replies' if request.parent_id else 'comments'}"
        answer = await self._graph(
            operation, "POST", path, token=self._token(operation), form={"message": request.text}
        )
        return CommentResult(
            provider_comment_id=self._parse(answer, lambda body: identifier(body["id"])),
            parent_id=request.parent_id,
            author_id=request.post.account.id,
            text=request.text,
            created_at=datetime.now(UTC),
            is_ours=True,
        )

    async def find_comment(self, request: CommentRequest, *, attempted_at: datetime) -> CommentResult | None:
        """Settle an unknown outcome: by its text among the account's own comments since."""
        operation, since = "find_comment", attempted_at - SKEW
        target = request.parent_id or request.post.provider_post_id
        path = f"/{target}/{'replies' if request.parent_id else 'comments'}"
        query = [("fields", REPLY_FIELDS), ("limit", PAGE_SIZE)]
        token, parent = self._token(operation), request.parent_id
        comments = self._items(operation, path, query, token=token, parse=lambda each: comment_of(each, parent))
        async for found in comments:
            if found.is_ours and found.created_at >= since and same_text(found.text, request.text):
                return found
        self._require_settled(operation, attempted_at)
        return None

    async def delete_comment(self, comment: ExistingComment) -> None:
        """Take a comment away."""
        self._require_id("delete_comment", "provider_comment_id", comment.provider_comment_id)
        await self._delete("delete_comment", comment.provider_comment_id)

    async def hide_comment(self, comment: ExistingComment, *, hidden: bool) -> None:
        """Hide what somebody said, or show it again."""
        operation, path = "hide_comment", f"/{comment.provider_comment_id}"
        self._require_id(operation, "provider_comment_id", comment.provider_comment_id)
        form = {"hide": "true" if hidden else "false"}
        self._require_done(await self._graph(operation, "POST", path, token=self._token(operation), form=form))

    @classmethod
    def parse_webhook(cls, body: bytes) -> list[CanonicalEvent]:
        """See `events.parse`."""
        return events.parse(body)

    # Steps.

    async def _delete(self, operation: str, node: str) -> None:
        try:
            self._require_done(await self._graph(operation, "DELETE", f"/{node}", token=self._token(operation)))
        except NotFound:
            return

    async def _replies(self, operation: str, comment_id: str) -> list[CommentResult]:
        """All answers to a comment, where more are there than came with it."""
        query, token = [("fields", REPLY_FIELDS), ("limit", PAGE_SIZE)], self._token(operation)
        path, parse = f"/{comment_id}/replies", lambda each: comment_of(each, comment_id)
        return [reply async for reply in self._items(operation, path, query, token=token, parse=parse)]

    async def _measure(self, operation: str, media_id: str) -> Engagement:
        token, query = self._token(operation), [("fields", COUNT_FIELDS)]
        try:
            answer = await self._graph(operation, "GET", f"/{media_id}", token=token, query=query)
        except NotFound:
            return Engagement(provider_post_id=media_id, found=False)
        counts = self._parse(answer, dict)
        metrics = METRICS.get(str(counts.get("media_product_type")), METRICS["FEED"])
        try:
            told = await self._insights(operation, f"/{media_id}/insights", metrics, (), token=token)
        except (AuthenticationFailed, InvalidRequest) as refused:
            code, _, subcode = (refused.provider_code or "").partition("/")
            few = code == _TOO_FEW and "viewer" in refused.message.lower()
            if not few and subcode != _BEFORE_CONVERSION:
                raise
            told = {}
        return engagement_of(media_id, counts, told)
