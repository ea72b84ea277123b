"""The files of posts, looked at before anything is sent."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Protocol

from workers.operations.social.requests import media_of, post_request
from workers.providers.errors import InvalidRequest
from workers.providers.manifest import Manifest
from workers.providers.social.limits import problems_of
from workers.providers.social.media import MediaReader
from workers.providers.social.models import Media
from workers.store.social import PostgresSocial, PostWork


class MediaFiles(Protocol):
    """Fetches files from addresses that clients gave. See `workers.media`."""

    async def look_at(self, media: Media) -> Media:
        """The same with its content type, size, shape and length.

        :raises InvalidRequest: it cannot be fetched, or is neither picture nor film.
        :raises Unavailable: it cannot be fetched for now.
        """

    def reading(self) -> AbstractAsyncContextManager[MediaReader]:
        """A reader, for as long as a post is prepared."""


async def with_known_media(work: PostWork, files: MediaFiles, store: PostgresSocial) -> PostWork:
    """The post with what there is to know of its files; what is found out is kept.

    :raises InvalidRequest: a file cannot be fetched; names it.
    """
    known = []
    for place, media in enumerate(media_of(work)):
        try:
            known.append(media if media.bytes is not None else await files.look_at(media))
        except InvalidRequest as error:
            raise InvalidRequest(error.message, field=f"media.{place}") from error
    rows = [each.model_dump(mode="json", exclude_none=True) for each in known]
    if rows != work.media:
        await store.keep_media(work.post_id, rows)
    return replace(work, media=rows)


def problems_with(work: PostWork, manifest: Manifest) -> list[dict[str, str]]:
    """Why the network would not take the post; empty when nothing speaks against it."""
    if manifest.social is None:
        return []
    return [each.as_dict() for each in problems_of(post_request(work), manifest.name, manifest.social)]
