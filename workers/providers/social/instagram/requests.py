"""What is asked of Instagram: containers, fields and metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from workers.providers.social.models import Media, MediaKind, PostFormat, PostRequest

PAGE_SIZE: Final = "50"
ACCOUNT_FIELDS: Final = "id,username,name,profile_picture_url,followers_count"
OWN_ACCOUNT_FIELDS: Final = "user_id,username,name,profile_picture_url,followers_count"
"""Of Instagram Login's ``/me``, whose ``id`` belongs to the app and whose ``user_id`` is the account's."""
MEDIA_FIELDS: Final = "id,caption,permalink,timestamp"
CONTAINER_FIELDS: Final = "id,status_code,status"
COUNT_FIELDS: Final = "id,media_product_type,like_count,comments_count"
_COMMENT: Final = "id,text,timestamp,username,from,user,hidden,like_count"
REPLY_FIELDS: Final = f"{_COMMENT},parent_id"
COMMENT_FIELDS: Final = f"{REPLY_FIELDS},replies.limit(50){{{REPLY_FIELDS}}}"

# Which figures each kind of media has: one that is not among them fails the question.
METRICS: Final[Mapping[str, Sequence[str]]] = {
    "FEED": ("views", "reach", "saved", "shares", "total_interactions"),
    "REELS": ("views", "reach", "saved", "shares", "total_interactions"),
    "STORY": ("views", "reach", "shares", "replies"),
}
ACCOUNT_METRICS: Final = ("reach", "views", "total_interactions")

CHILDREN, CONTAINER = "children", "container"
"""The names of what is kept of a preparation: ids of an album's parts, the id of the whole."""


def is_album(request: PostRequest) -> bool:
    """Whether it has several pictures or films."""
    return len(request.media) > 1


def child_form(media: Media) -> dict[str, str]:
    """A part of an album."""
    return {**_file(media, "VIDEO"), "is_carousel_item": "true"}


def album_form(request: PostRequest, children: Sequence[str]) -> dict[str, str]:
    """An album, whose parts are there."""
    return {"media_type": "CAROUSEL", "children": ",".join(children), **_caption(request)}


def container_form(request: PostRequest) -> dict[str, str]:
    """One picture or film. A film of the feed is a reel that the feed shows as well: there is no other kind."""
    media = request.media[0]
    if request.format is PostFormat.STORY:
        return {**_file(media, "STORIES"), "media_type": "STORIES"}
    form = {**_file(media, "REELS"), **_caption(request)}
    if request.format is PostFormat.POST and media.kind is MediaKind.VIDEO:
        form["share_to_feed"] = "true"
    return form


def _file(media: Media, film: str) -> dict[str, str]:
    if media.kind is MediaKind.VIDEO:
        return {"media_type": film, "video_url": media.url}
    form = {"image_url": media.url}
    return {**form, "alt_text": media.alt_text} if media.alt_text and film != "STORIES" else form


def _caption(request: PostRequest) -> dict[str, str]:
    return {"caption": request.text} if request.text.strip() else {}
