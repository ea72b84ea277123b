"""What LinkedIn answers, in Wasl's words. Pure functions over decoded JSON.

Facts: Microsoft's pages *Posts API*, *Comments API*, *Social Metadata*, *Organization Share Statistics*, *Member Post
Statistics*. Times are milliseconds since 1970. Share statistics write ``uniqueImpressionsCount`` in the schema and
``uniqueImpressionsCounts`` in an example; a page view is an object in the documentation and a number to some.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from workers.providers.social.linkedin.manifest import WEB_URL
from workers.providers.social.linkedin.requests import COMMENT_URN, POST_URN
from workers.providers.social.linkedin.text import plain, same
from workers.providers.social.models import (
    AccountKind,
    AccountResult,
    CommentResult,
    Engagement,
    PostRequest,
    PostResult,
)

SHOWN_STATES: Final = frozenset({"PUBLISHED", "PUBLISH_REQUESTED"})
"""States of a post that people see, or are about to: a film is still worked on in the second."""
POSTING_ROLES: Final = frozenset(
    {"ADMINISTRATOR", "CONTENT_ADMINISTRATOR", "CONTENT_ADMIN", "DIRECT_SPONSORED_CONTENT_POSTER"}
)

Object = Mapping[str, Any]


def permalink(urn: str) -> str:
    """Where people see a post."""
    return f"{WEB_URL}/feed/update/{urn}"


def moment(value: Any) -> datetime | None:
    """A time; None where there is none."""
    return None if value is None else datetime.fromtimestamp(int(value) / 1000, UTC)


def post_urn(value: Any) -> str:
    """The URN of a post. :raises ValueError: it is none."""
    if not isinstance(value, str) or not POST_URN.fullmatch(value):
        raise ValueError("not the URN of a post")
    return value


def is_shown(post: Object) -> bool:
    """Whether it is a post as Wasl knows them, and no draft and no failure."""
    return POST_URN.fullmatch(post["id"]) is not None and post.get("lifecycleState", "PUBLISHED") in SHOWN_STATES


def post_from(post: Object) -> PostResult:
    """A post."""
    urn = post_urn(post["id"])
    return PostResult(
        provider_post_id=urn,
        permalink=permalink(urn),
        text=plain(post.get("commentary") or ""),
        published_at=moment(post.get("publishedAt") or post.get("createdAt")),
    )


def is_same(post: Object, request: PostRequest, media: Sequence[str]) -> bool:
    """Whether a post says and shows what was asked for. Files are uploaded anew for each post, so that theirs prove it;
    a link may be told otherwise than it was given, and does not count."""
    author = post.get("author", request.account.id)
    if author != request.account.id or not same(plain(post.get("commentary") or ""), request.text):
        return False
    content = post.get("content") or {}
    if media:
        images = (content.get("multiImage") or {}).get("images") or [content.get("media") or {}]
        return [each.get("id") for each in images] == list(media)
    return "media" not in content and "multiImage" not in content


def created_at(post: Object) -> int:
    """When a post was made, in milliseconds since 1970."""
    return int(post.get("createdAt") or post.get("publishedAt") or 0)


def member_from(profile: Object) -> AccountResult:
    """The person whose token it is."""
    return AccountResult(
        provider_account_id=f"urn:li:person:{_text(profile['sub'])}",
        kind=AccountKind.MEMBER,
        name=profile.get("name") or "LinkedIn member",
        picture_url=profile.get("picture"),
    )


def organization_from(urn: str, roles: frozenset[str], organization: Object | None) -> AccountResult:
    """A page. :param organization: None where the role does not let it be read."""
    known = organization or {}
    return AccountResult(
        provider_account_id=urn,
        kind=AccountKind.ORGANIZATION,
        name=known.get("localizedName") or f"Page {urn.rpartition(':')[2]}",
        handle=known.get("vanityName"),
        can_publish=not POSTING_ROLES.isdisjoint(roles),
    )


def comment_text(comment: Object) -> str:
    """What a comment says; nothing where it only shows a picture."""
    return (comment.get("message") or {}).get("text") or ""


def comment_from(comment: Object, actor: str, parent: str | None = None) -> CommentResult:
    """A comment. :param actor: whose view it is. :param parent: under which it stands."""
    urn = comment["commentUrn"]
    if not COMMENT_URN.fullmatch(urn):
        raise ValueError("not the URN of a comment")
    likes = comment.get("likesSummary") or {}
    return CommentResult(
        provider_comment_id=urn,
        parent_id=comment.get("parentComment") or parent,
        author_id=comment.get("actor"),
        text=comment_text(comment),
        created_at=moment(comment["created"]["time"]),
        is_ours=comment.get("actor") == actor,
        likes=_count(likes, "totalLikes", "aggregatedTotalLikes"),
    )


def has_answers(comment: Object) -> bool:
    """Whether somebody has answered a comment."""
    summary = comment.get("commentsSummary") or {}
    return bool(_count(summary, "aggregatedTotalComments", "totalFirstLevelComments"))


def engagement_from(urn: str, metadata: Object | None, figures: Object, *, found: bool = True) -> Engagement:
    """How a post does.

    :param metadata: what socialMetadata says, if anything. :param figures: share statistics, or a member's analytics.
    """
    social = metadata or {}
    by_type = {name: int(each["count"]) for name, each in (social.get("reactionSummaries") or {}).items()}
    reactions = sum(by_type.values()) if "reactionSummaries" in social else _count(figures, "likeCount", "REACTION")
    comments = _count(social.get("commentSummary") or {}, "count")
    return Engagement(
        provider_post_id=urn,
        found=found,
        views=_count(figures, "impressionCount", "IMPRESSION"),
        reach=_count(figures, "uniqueImpressionsCount", "uniqueImpressionsCounts", "MEMBERS_REACHED"),
        reactions=reactions,
        comments=_count(figures, "commentCount", "COMMENT") if comments is None else comments,
        shares=_count(figures, "shareCount", "RESHARE"),
        clicks=_count(figures, "clickCount"),
        reactions_by_type=by_type,
    )


def statistics_by_post(elements: Sequence[Object]) -> dict[str, Object]:
    """Share statistics by the post they are of."""
    return {str(each.get("share") or each.get("ugcPost")): each["totalShareStatistics"] for each in elements}


def engagements_of(figures: Object) -> int | None:
    """All that people did about a page's posts."""
    counts = [_count(figures, name) for name in ("clickCount", "likeCount", "commentCount", "shareCount")]
    told = [count for count in counts if count is not None]
    return sum(told) if told else None


def reach_of(figures: Object) -> int | None:
    """How many people saw a page's posts."""
    return _count(figures, "uniqueImpressionsCount", "uniqueImpressionsCounts")


def page_views(statistics: Object) -> int | None:
    """How often a page was looked at."""
    views = ((statistics.get("totalPageStatistics") or {}).get("views") or {}).get("allPageViews")
    return _count(views if isinstance(views, dict) else {"pageViews": views}, "pageViews")


def _count(holder: Object, *names: str) -> int | None:
    """The first count that is there. LinkedIn corrects likes below zero, which are none."""
    value = next((holder[name] for name in names if holder.get(name) is not None), None)
    return None if value is None else max(0, int(value))


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("not a text")
    return value
