"""Facebook's answers in Wasl's words. Pure functions over decoded JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from workers.providers.social.meta.objects import count, identifier, insights_of, moment
from workers.providers.social.models import (
    AccountKind,
    AccountResult,
    CapturedLead,
    CommentResult,
    Engagement,
    PostResult,
)

_SITE: Final = "https://www.facebook.com"
_PUBLISHING_TASKS: Final = frozenset(
    {"CREATE_CONTENT", "MANAGE", "PROFILE_PLUS_CREATE_CONTENT", "PROFILE_PLUS_MANAGE", "PROFILE_PLUS_FULL_CONTROL"}
)


def account_of(page: Mapping[str, Any]) -> AccountResult:
    """A page. Where Facebook does not tell what the login's role lets it do, it is taken to let it publish."""
    tasks = page.get("tasks")
    return AccountResult(
        provider_account_id=identifier(page["id"]),
        kind=AccountKind.PAGE,
        name=page["name"],
        handle=page.get("username"),
        picture_url=((page.get("picture") or {}).get("data") or {}).get("url"),
        followers=count(page.get("followers_count")),
        can_publish=tasks is None or not _PUBLISHING_TASKS.isdisjoint(tasks),
    )


def post_of(post: Mapping[str, Any], text: str = "message") -> PostResult:
    """A post, or a film. :param text: the field with its text: a film has a ``description``."""
    link = post.get("permalink_url")
    return PostResult(
        provider_post_id=identifier(post["id"]),
        permalink=f"{_SITE}{link}" if isinstance(link, str) and link.startswith("/") else link,
        text=post.get(text),
        published_at=moment(post["created_time"]) if post.get("created_time") else None,
    )


def film_of(video: Mapping[str, Any]) -> PostResult:
    """A film by the id of its post, where it has one by now; else by its own."""
    found = post_of(video, "description")
    return found.model_copy(update={"provider_post_id": identifier(video.get("post_id") or video["id"])})


def film_and_ids(video: Mapping[str, Any]) -> tuple[PostResult, set[str]]:
    """A film, and every id that it may be known by."""
    return film_of(video), {str(video["id"]), str(video.get("post_id") or video["id"])}


def post_and_ids(post: Mapping[str, Any]) -> tuple[PostResult, set[str]]:
    """A post, and the id that it may be known by."""
    return post_of(post), {str(post["id"])}


def comment_of(comment: Mapping[str, Any], page_id: str) -> CommentResult:
    """A comment."""
    author = comment.get("from") or {}
    return CommentResult(
        provider_comment_id=identifier(comment["id"]),
        parent_id=(comment.get("parent") or {}).get("id"),
        author_id=author.get("id"),
        author_name=author.get("name"),
        text=comment.get("message") or "",
        created_at=moment(comment["created_time"]),
        is_ours=author.get("id") == page_id,
        is_hidden=comment.get("is_hidden") is True,
        likes=count(comment.get("like_count")),
    )


def engagement_of(post_id: str, counts: Mapping[str, Any], insights: Mapping[str, Any]) -> Engagement:
    """How a post does. ``shares`` is left out by Facebook where there are none."""
    by_type = insights.get("post_reactions_by_type_total") or {}
    return Engagement(
        provider_post_id=post_id,
        views=count(insights.get("post_media_view")),
        reach=count(insights.get("post_total_media_view_unique")),
        reactions=_total(counts.get("reactions")),
        comments=_total(counts.get("comments")),
        shares=count((counts.get("shares") or {"count": 0}).get("count")),
        clicks=count(insights.get("post_clicks")),
        video_views=count(insights.get("post_video_views")),
        reactions_by_type={str(name): int(number) for name, number in by_type.items()},
    )


def insights_by_id(body: Mapping[str, Any]) -> dict[str, Any]:
    """Figures of several posts, each under ``{post}/{metric}``."""
    return {f"{post}/{metric}": value for post, told in body.items() for metric, value in insights_of(told).items()}


def days_of(body: Mapping[str, Any], day: date) -> dict[str, Any]:
    """Figures of a day by metric. Facebook's days end at midnight of the Pacific coast, 7 or 8 o'clock UTC of the day
    after, which is their ``end_time``."""
    found: dict[str, Any] = {}
    for metric in body["data"]:
        for value in metric.get("values") or ():
            if (moment(value["end_time"]) - timedelta(days=1)).date() == day:
                found[metric["name"]] = value.get("value")
    return found


def lead_of(lead: Mapping[str, Any]) -> CapturedLead:
    """What somebody filled in; several answers to one question are joined by commas."""
    return CapturedLead(
        provider_lead_id=identifier(lead["id"]),
        form_id=str(lead["form_id"]) if lead.get("form_id") else None,
        created_at=moment(lead["created_time"]),
        answers={each["name"]: ", ".join(map(str, each.get("values") or ())) for each in lead["field_data"]},
    )


def upload_of(status: Mapping[str, Any]) -> tuple[bool, str | None]:
    """Whether Facebook has a reel's film; and what is wrong with it, if something is."""
    if status.get("video_status") in ("error", "upload_failed", "expired"):
        return False, reason_of(status)
    uploading = status.get("uploading_phase") or {}
    if uploading.get("status") == "error":
        return False, reason_of(status)
    return uploading.get("status") == "complete" or status.get("video_status") in ("upload_complete", "ready"), None


def reason_of(status: Mapping[str, Any]) -> str:
    """What Facebook says is wrong with a film."""
    for phase in ("uploading_phase", "processing_phase", "publishing_phase"):
        told = status.get(phase) or {}
        errors = [told.get("error"), *(told.get("errors") or ())]
        for each in errors:
            if isinstance(each, dict) and each.get("message"):
                return str(each["message"])
    return "Facebook could not take the film"


def _total(edge: Any) -> int | None:
    return count(((edge or {}).get("summary") or {}).get("total_count"))
