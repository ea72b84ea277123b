"""What is asked of Facebook: edges, forms and fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import orjson

from workers.providers.social.models import Media, MediaKind, PostFormat, PostRequest

ACCOUNT_FIELDS: Final = "id,name,username,tasks,followers_count,picture.type(large){url}"
POST_FIELDS: Final = "id,message,created_time,permalink_url"
VIDEO_FIELDS: Final = "id,description,created_time,permalink_url,post_id"
REEL_FIELDS: Final = f"{VIDEO_FIELDS},status"
COMMENT_FIELDS: Final = "id,message,created_time,from{id,name},parent{id},is_hidden,like_count"
COUNT_FIELDS: Final = "id,shares,reactions.summary(total_count).limit(0),comments.summary(total_count).limit(0)"
LEAD_FIELDS: Final = "id,created_time,form_id,field_data"
# Meta's page of insights, and what answered in September 2026: the names with "impressions" are gone since 2025.
POST_METRICS: Final = (
    "post_media_view",
    "post_total_media_view_unique",
    "post_clicks",
    "post_reactions_by_type_total",
    "post_video_views",
)
PAGE_METRICS: Final = ("page_media_view", "page_total_media_view_unique", "page_post_engagements")
PAGE_SIZE: Final = "100"

PHOTOS, VIDEO, UPLOADED = "photos", "video", "uploaded"
"""The names of what is kept of a preparation: ids of photos, the id of a reel's film, whether Facebook has it."""


def is_reel(request: PostRequest) -> bool:
    """Whether it comes out as a reel."""
    return request.format is PostFormat.REEL


def is_film(request: PostRequest) -> bool:
    """Whether it is a film that comes out as a post."""
    return not is_reel(request) and any(each.kind is MediaKind.VIDEO for each in request.media)


def needs_photos_first(request: PostRequest) -> bool:
    """Whether its photos have to be there, unseen, before it comes out."""
    return not is_reel(request) and not is_film(request) and len(request.media) > 1


def photo_form(photo: Media, *, published: bool) -> dict[str, str]:
    """A photo, which Facebook fetches."""
    form = {"url": photo.url, "published": "true" if published else "false"}
    return {**form, "alt_text_custom": photo.alt_text} if photo.alt_text else form


def publication(request: PostRequest, prepared: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The edge of the page, and the form, that bring a post out."""
    if is_reel(request):
        finish = {"upload_phase": "FINISH", "video_id": prepared[VIDEO], "video_state": "PUBLISHED"}
        return "video_reels", finish | _named("description", request.text)
    if is_film(request):
        return "videos", {"file_url": request.media[0].url, "published": "true"} | _named("description", request.text)
    if len(request.media) == 1:
        return "photos", photo_form(request.media[0], published=True) | _named("caption", request.text)
    form = _named("message", request.text)
    if request.media:
        attached = [{"media_fbid": photo} for photo in prepared[PHOTOS].split(",")]
        form["attached_media"] = orjson.dumps(attached).decode()
    if request.link is not None:
        form["link"] = request.link.url
    return "feed", form


def _named(name: str, text: str) -> dict[str, str]:
    return {name: text} if text.strip() else {}
