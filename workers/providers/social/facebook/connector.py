"""Facebook Pages.

Graph API, https://developers.facebook.com/docs/graph-api and /docs/pages-api ; forms in, JSON out. A login has pages,
and each page has a token of its own, under which everything on it is done (`pages`). The names of edges, fields and
parameters are those of facebook/facebook-business-sdk-codegen (April 2026); limits, reels and insights by Meta's pages;
refusals by their codes (`meta.errors`).

Nothing is idempotent. A post whose answer was lost is looked for among what the page published since, by its text; a
film among the page's films, where it stands at once, while it becomes a post only when Facebook has worked on it; a
reel by its film, whose status says whether it came out. That there is none is believed a minute after the attempt (our
own caution). Facebook refuses a text that it has just published (506): if the page shows one of the last ten minutes,
the outcome is unknown and is looked up; else it is the caller's to change the text.

A film answers with its own id; its post's id is asked for at once, and where Facebook has none yet, the film's id
stands for it: films are read, edited, commented and deleted by that as well, but measured only by their post's.

Unverified: how many photos a post takes; whether ``appsecret_proof`` is looked at on rupload.facebook.com (none is
sent); the code for a version that is no longer served (2635 was seen of the Marketing API; by Meta's page, Graph calls
go on to the oldest version that is left); whether a post without a text can be told from another one of the same
minute. Facebook shows some 600 posts of a year through ``published_posts``. Pages that a person has only through a
business are missing in /me/accounts where the business did not assign them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from workers.providers.errors import InvalidRequest, NotFound
from workers.providers.events import CanonicalEvent
from workers.providers.social.facebook import events
from workers.providers.social.facebook.objects import (
    account_of,
    comment_of,
    days_of,
    engagement_of,
    insights_by_id,
    lead_of,
    post_of,
)
from workers.providers.social.facebook.publishing import PublishesOnPages
from workers.providers.social.facebook.requests import (
    ACCOUNT_FIELDS,
    COMMENT_FIELDS,
    COUNT_FIELDS,
    LEAD_FIELDS,
    PAGE_METRICS,
    PAGE_SIZE,
    POST_FIELDS,
    POST_METRICS,
)
from workers.providers.social.meta.connection import Query
from workers.providers.social.meta.objects import SKEW, count, identifier, items_of, next_cursor, same_text
from workers.providers.social.models import (
    Account,
    AccountMetrics,
    AccountResult,
    CapturedLead,
    CommentPage,
    CommentRequest,
    CommentResult,
    Engagement,
    ExistingComment,
    ExistingPost,
    PostEdit,
    PostPage,
    PostResult,
)


class FacebookConnector(PublishesOnPages):
    """Pages: posts, comments, figures and lead ads."""

    async def list_accounts(self) -> tuple[AccountResult, ...]:
        """The pages of the login."""
        operation = "list_accounts"
        query = [("fields", ACCOUNT_FIELDS), ("limit", PAGE_SIZE)]
        pages = self._items(operation, "/me/accounts", query, token=self._token(operation), parse=account_of)
        return tuple([page async for page in pages])

    # Posts.

    async def edit_post(self, request: PostEdit) -> PostResult:
        """Change the text."""
        operation, post = "edit_post", request.post
        self._require_id(operation, "post.provider_post_id", post.provider_post_id)
        name = "message" if "_" in post.provider_post_id else "description"
        form = {name: request.text}
        path = f"/{post.provider_post_id}"
        self._require_done(await self._as_page(operation, post.account.id, "POST", path, form=form))
        return PostResult(provider_post_id=post.provider_post_id, text=request.text)

    async def delete_post(self, post: ExistingPost) -> None:
        """Take it back."""
        self._require_id("delete_post", "provider_post_id", post.provider_post_id)
        try:
            path = f"/{post.provider_post_id}"
            self._require_done(await self._as_page("delete_post", post.account.id, "DELETE", path))
        except NotFound:
            return

    async def list_posts(self, account: Account, *, since: datetime | None, cursor: str | None) -> PostPage:
        """One page of what the page has published."""
        query = [("fields", POST_FIELDS), ("limit", PAGE_SIZE)]
        query += [("since", str(int(since.timestamp())))] if since else []
        query += [("after", cursor)] if cursor else []
        answer = await self._as_page("list_posts", account.id, "GET", f"/{account.id}/published_posts", query=query)
        return self._parse(
            answer,
            lambda body: PostPage(posts=tuple(post_of(each) for each in items_of(body)), next_cursor=next_cursor(body)),
        )

    # Figures.

    async def measure_posts(self, posts: Sequence[ExistingPost]) -> tuple[Engagement, ...]:
        """All in two calls; where one of them is gone, or no post, each by itself."""
        operation = "measure_posts"
        for place, post in enumerate(posts):
            self._require_id(operation, f"posts.{place}.provider_post_id", post.provider_post_id)
        if not posts:
            return ()
        try:
            return await self._measure(operation, posts)
        except (NotFound, InvalidRequest):
            return tuple([await self._measure_alone(operation, post) for post in posts])

    async def measure_account(self, account: Account, day: date) -> AccountMetrics:
        """Followers now, and the figures of a day by the Pacific coast's clock, as Facebook has them."""
        operation, page = "measure_account", account.id
        query = [("fields", "id,followers_count")]
        answer = await self._as_page(operation, page, "GET", f"/{page}", query=query)
        followers = self._parse(answer, lambda body: count(body.get("followers_count")))
        begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
        span = [("since", str(int(begin.timestamp()))), ("until", str(int((begin + timedelta(days=2)).timestamp())))]
        told = await self._insights(
            operation,
            f"/{page}/insights",
            PAGE_METRICS,
            [("period", "day"), *span],
            token=await self._page_token(operation, page),
            parse=lambda body: days_of(body, day),
        )
        views, reach, engagements = (count(told.get(metric)) for metric in PAGE_METRICS)
        return AccountMetrics(day=day, followers=followers, views=views, reach=reach, engagements=engagements)

    async def _measure_together(
        self, operation: str, page: str, stories: Sequence[str | None]
    ) -> dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]]:
        """Counts and insights by the ids of posts."""
        ids = [story for story in stories if story]
        if not ids:
            return {}
        together = ("ids", ",".join(ids))
        answer = await self._as_page(operation, page, "GET", "/", query=[together, ("fields", COUNT_FIELDS)])
        counts = self._parse(answer, lambda body: {each: dict(body[each]) for each in ids})
        token, query = await self._page_token(operation, page), [together, ("period", "lifetime")]
        told = await self._insights(operation, "/insights", POST_METRICS, query, token=token, parse=insights_by_id)
        return {each: (counts[each], {metric: told.get(f"{each}/{metric}") for metric in POST_METRICS}) for each in ids}

    async def _story(self, operation: str, post: ExistingPost) -> str | None:
        """The id of the post that a film has come out as, if it has one by now."""
        if "_" in post.provider_post_id:
            return post.provider_post_id
        query = [("fields", "post_id")]
        answer = await self._as_page(operation, post.account.id, "GET", f"/{post.provider_post_id}", query=query)
        return self._parse(answer, lambda body: identifier(body["post_id"]) if body.get("post_id") else None)

    async def _measure(self, operation: str, posts: Sequence[ExistingPost]) -> tuple[Engagement, ...]:
        stories = [await self._story(operation, post) for post in posts]
        told = await self._measure_together(operation, posts[0].account.id, stories)
        return tuple(
            engagement_of(post.provider_post_id, *told[story])
            if story
            else Engagement(provider_post_id=post.provider_post_id)
            for post, story in zip(posts, stories, strict=True)
        )

    async def _measure_alone(self, operation: str, post: ExistingPost) -> Engagement:
        try:
            return (await self._measure(operation, [post]))[0]
        except NotFound:
            return Engagement(provider_post_id=post.provider_post_id, found=False)

    # Comments.

    async def list_comments(self, post: ExistingPost, *, cursor: str | None) -> CommentPage:
        """One page of the comments at every depth, the oldest first."""
        operation, page = "list_comments", post.account.id
        self._require_id(operation, "post.provider_post_id", post.provider_post_id)
        query = [*_comments("chronological"), *([("after", cursor)] if cursor else [])]
        answer = await self._as_page(operation, page, "GET", f"/{post.provider_post_id}/comments", query=query)
        return self._parse(
            answer,
            lambda body: CommentPage(
                comments=tuple(comment_of(each, page) for each in items_of(body)), next_cursor=next_cursor(body)
            ),
        )

    async def create_comment(self, request: CommentRequest) -> CommentResult:
        """Comment as the page, or answer a comment."""
        operation, page = "create_comment", request.post.account.id
        self._require_comment(operation, request.text)
        target = request.parent_id or request.post.provider_post_id
        self._require_id(operation, "parent_id" if request.parent_id else "post.provider_post_id", target)
        answer = await self._as_page(operation, page, "POST", f"/{target}/comments", form={"message": request.text})
        return CommentResult(
            provider_comment_id=self._parse(answer, lambda body: identifier(body["id"])),
            parent_id=request.parent_id,
            author_id=page,
            text=request.text,
            created_at=datetime.now(UTC),
            is_ours=True,
        )

    async def find_comment(self, request: CommentRequest, *, attempted_at: datetime) -> CommentResult | None:
        """Settle an unknown outcome: by its text among the page's own comments since."""
        operation, page, since = "find_comment", request.post.account.id, attempted_at - SKEW
        query = [*_comments("reverse_chronological"), ("since", str(int(since.timestamp())))]
        token, path = await self._page_token(operation, page), f"/{request.post.provider_post_id}/comments"
        comments = self._items(operation, path, query, token=token, parse=lambda each: comment_of(each, page))
        async for found in comments:
            same_place = (found.parent_id is None) == (request.parent_id is None)
            if found.is_ours and same_place and found.created_at >= since and same_text(found.text, request.text):
                return found
        self._require_settled(operation, attempted_at)
        return None

    async def delete_comment(self, comment: ExistingComment) -> None:
        """Take a comment away."""
        self._require_id("delete_comment", "provider_comment_id", comment.provider_comment_id)
        path = f"/{comment.provider_comment_id}"
        try:
            self._require_done(await self._as_page("delete_comment", comment.post.account.id, "DELETE", path))
        except NotFound:
            return

    async def hide_comment(self, comment: ExistingComment, *, hidden: bool) -> None:
        """Hide what somebody said, or show it again."""
        self._require_id("hide_comment", "provider_comment_id", comment.provider_comment_id)
        form = {"is_hidden": "true" if hidden else "false"}
        path = f"/{comment.provider_comment_id}"
        self._require_done(await self._as_page("hide_comment", comment.post.account.id, "POST", path, form=form))

    # Leads and webhooks.

    async def get_lead(self, provider_lead_id: str) -> CapturedLead:
        """What somebody filled in; read as the login, since nobody says here of which page it is."""
        operation = "get_lead"
        self._require_id(operation, "provider_lead_id", provider_lead_id)
        query = [("fields", LEAD_FIELDS)]
        answer = await self._graph(operation, "GET", f"/{provider_lead_id}", token=self._token(operation), query=query)
        return self._parse(answer, lead_of)

    @classmethod
    def parse_webhook(cls, body: bytes) -> list[CanonicalEvent]:
        """See `events.parse`."""
        return events.parse(body)


def _comments(order: str) -> Query:
    return [("fields", COMMENT_FIELDS), ("filter", "stream"), ("order", order), ("limit", PAGE_SIZE)]
