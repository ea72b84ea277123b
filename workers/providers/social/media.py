"""Reading the files of posts, for networks that do not fetch them themselves."""

from __future__ import annotations

from typing import Protocol

from workers.providers.social.models import Media


class MediaReader(Protocol):
    """Fetches files. Whoever implements it guards against addresses that are not meant for the public."""

    async def read(self, media: Media, first: int = 0, last: int | None = None) -> bytes:
        """The bytes of a file, from the first to the last, both included; None: to its end.

        :raises InvalidRequest: it cannot be fetched, or is not what it was; names ``media``.
        :raises Unavailable: it cannot be fetched for now.
        """
