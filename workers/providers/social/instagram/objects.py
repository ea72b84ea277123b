"""Instagram's answers in Wasl's words. Pure functions over decoded JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from workers.providers.social.meta.objects import count, identifier, moment, next_cursor
from workers.providers.social.models import (
    AccountKind,
    AccountResult,
    CommentResult,
    Engagement,
    PostResult,
)

STATUSES: Final = frozenset({"IN_PROGRESS", "FINISHED", "PUBLISHED", "ERROR", "EXPIRED"})
_SUBCODE: Final = re.compile(r"\b2207\d{3}\b")
# By Meta's page of error codes (June 2026).
_REASONS: Final[Mapping[str, str]] = {
    "2207003": "Instagram could not fetch the file in time",
    "2207020": "the file has expired",
    "2207052": "Instagram could not fetch the file: its address has to be public",
    "2207004": "the picture is larger than 8 MiB",
    "2207005": "the picture is no JPEG",
    "2207009": "the picture's shape is not between 4:5 and 1.91:1",
    "2207010": "the caption is too long",
    "2207026": "Instagram does not take this kind of film",
    "2207028": "an album takes 2 to 10 pictures and films",
    "2207053": "the film could not be read",
    "2207057": "the cover lies outside of the film",
}


@dataclass(frozen=True, slots=True)
class Container:
    """What stands ready, or not, to come out. :param reason: what is wrong with it."""

    status: str
    reason: str


def container_of(body: Mapping[str, Any]) -> Container:
    """A container. Where ``status_code`` is empty, the words of ``status`` tell an error."""
    told = str(body.get("status") or "")
    status = str(body.get("status_code") or ("ERROR" if told.startswith("Error") else "IN_PROGRESS"))
    subcode = _SUBCODE.search(told)
    reason = _REASONS.get(subcode[0]) if subcode else None
    return Container(status, f"{reason} ({told})" if reason else told or "Instagram could not take the file")


def account_of(user: Mapping[str, Any]) -> AccountResult:
    """An account."""
    return AccountResult(
        provider_account_id=identifier(user.get("user_id") or user["id"]),
        kind=AccountKind.BUSINESS,
        name=user.get("name") or user["username"],
        handle=user.get("username"),
        picture_url=user.get("profile_picture_url"),
        followers=count(user.get("followers_count")),
    )


def linked_account_of(page: Mapping[str, Any]) -> AccountResult | None:
    """The account that a Facebook Page is linked with, if it is with one."""
    linked = page.get("instagram_business_account")
    return account_of(linked) if linked else None


def post_of(media: Mapping[str, Any]) -> PostResult:
    """A post."""
    return PostResult(
        provider_post_id=identifier(media["id"]),
        permalink=media.get("permalink"),
        text=media.get("caption"),
        published_at=moment(media["timestamp"]) if media.get("timestamp") else None,
    )


def comment_of(comment: Mapping[str, Any], parent_id: str | None = None) -> CommentResult:
    """A comment. Only the account's own ones have a ``user``."""
    author = comment.get("from") or {}
    return CommentResult(
        provider_comment_id=identifier(comment["id"]),
        parent_id=comment.get("parent_id") or parent_id,
        author_id=str(author["id"]) if author.get("id") else None,
        author_name=comment.get("username") or author.get("username"),
        text=comment.get("text") or "",
        created_at=moment(comment["timestamp"]),
        is_ours=bool(comment.get("user")),
        is_hidden=comment.get("hidden") is True,
        likes=count(comment.get("like_count")),
    )


def thread_of(comment: Mapping[str, Any]) -> tuple[CommentResult, list[CommentResult], bool]:
    """A comment, the answers that came with it, and whether there are more."""
    first, edge = comment_of(comment), comment.get("replies") or {}
    replies = [comment_of(each, first.provider_comment_id) for each in edge.get("data") or ()]
    return first, replies, next_cursor(edge) is not None


def engagement_of(post_id: str, counts: Mapping[str, Any], insights: Mapping[str, Any]) -> Engagement:
    """How a post does. A film's views are how often it was played."""
    views = count(insights.get("views"))
    comments = count(counts.get("comments_count"))
    return Engagement(
        provider_post_id=post_id,
        views=views,
        reach=count(insights.get("reach")),
        reactions=count(counts.get("like_count")),
        comments=comments if insights.get("replies") is None else count(insights.get("replies")),
        shares=count(insights.get("shares")),
        saves=count(insights.get("saved")),
        video_views=views if counts.get("media_product_type") == "REELS" else None,
    )
