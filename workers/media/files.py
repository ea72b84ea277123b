"""What the handlers of posts ask of the files: to be looked at, and to be read."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import asdict

from workers.media.content_types import kind_of
from workers.media.probe import probe
from workers.media.reader import GuardedMediaReader
from workers.providers.social.models import Media
from workers.transport.guarded_client import GuardedClient


class GuardedMediaFiles:
    """Files at addresses that clients gave. Implements `workers.operations.social.media.MediaFiles`."""

    def __init__(self, client: GuardedClient) -> None:
        self._client = client

    async def look_at(self, media: Media) -> Media:
        """The same with its content type, size, shape and length, and as what it really is: picture or film.

        :raises InvalidRequest: it cannot be fetched, or is neither; names ``media``.
        :raises Unavailable: it cannot be fetched for now.
        """
        facts = await probe(self._client, media.url)
        return media.model_copy(update={**asdict(facts), "kind": kind_of(facts.content_type)})

    def reading(self) -> AbstractAsyncContextManager[GuardedMediaReader]:
        """A reader, for as long as a post is prepared."""
        return GuardedMediaReader(self._client)
