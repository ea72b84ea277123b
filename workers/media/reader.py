"""Reads the files of posts for networks that do not fetch them themselves, piece by piece."""

from __future__ import annotations

import asyncio
import re
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, Final, Self

from workers.media.fetching import FETCH_SECONDS, MOST_BYTES, keep, opened, refuse
from workers.providers.social.models import Media
from workers.transport.guarded_client import GuardedClient, Stream

_CONTENT_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


@dataclass(frozen=True, slots=True)
class _Version:
    """What tells one version of a file from another."""

    size: int
    tag: str | None


class GuardedMediaReader:
    """Reads files by ranges of bytes. Where a server knows no ranges, the file is fetched once and kept until the
    reader is closed: use it as an async context manager.

    It implements `workers.providers.social.media.MediaReader`. Reads follow one another; a file that changes between
    two of them is an error.

    :param most_bytes: how large a file may be, and a piece of it.
    :param seconds: in which each download has to be over.
    """

    def __init__(self, client: GuardedClient, *, most_bytes: int = MOST_BYTES, seconds: float = FETCH_SECONDS) -> None:
        self._client = client
        self._most_bytes = most_bytes
        self._seconds = seconds
        self._kept: dict[str, IO[bytes]] = {}
        self._versions: dict[str, _Version] = {}
        self._files = ExitStack()
        self._one_at_a_time = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._files.close()
        self._kept.clear()

    async def read(self, media: Media, first: int = 0, last: int | None = None) -> bytes:
        """The bytes of a file, from the first to the last, both included; None: to its end.

        :raises InvalidRequest: it cannot be fetched, is shorter, or is not what it was; names ``media``.
        :raises Unavailable: it cannot be fetched for now.
        """
        async with self._one_at_a_time:
            if media.url in self._kept:
                return _piece(self._kept[media.url], first, last)
            is_part = first > 0 or last is not None
            headers = {"Range": f"bytes={first}-{'' if last is None else last}"} if is_part else None
            async with opened(
                self._client, media.url, most_bytes=self._most_bytes, seconds=self._seconds, headers=headers
            ) as answer:
                return await self._taken(answer, media, first, last)

    async def _taken(self, answer: Stream, media: Media, first: int, last: int | None) -> bytes:
        if answer.status == 416:
            raise refuse("it is shorter than it was")
        if answer.status == 206:
            return await self._part(answer, media, first, last)
        file = self._kept[media.url] = self._files.enter_context(await keep(answer))
        self._recognize(media, _Version(file.seek(0, 2), _tag(answer)))
        return _piece(file, first, last)

    async def _part(self, answer: Stream, media: Media, first: int, last: int | None) -> bytes:
        told = _CONTENT_RANGE.fullmatch(answer.headers.get("content-range", ""))
        if told is None:
            raise refuse("its server answers with another part of it")
        begin, end, size = map(int, told.groups())
        self._recognize(media, _Version(size, _tag(answer)))
        wanted = size - 1 if last is None else last
        if wanted >= size:
            raise refuse("it is shorter than it was")
        body = await answer.read()
        if (begin, end, len(body)) != (first, wanted, wanted - first + 1):
            raise refuse("its server answers with another part of it")
        return body

    def _recognize(self, media: Media, version: _Version) -> None:
        known = self._versions.setdefault(media.url, version)
        if known != version or media.bytes not in (None, version.size):
            raise refuse("it has changed since it was looked at")


def _tag(answer: Stream) -> str | None:
    return answer.headers.get("etag") or answer.headers.get("last-modified")


def _piece(file: IO[bytes], first: int, last: int | None) -> bytes:
    file.seek(first)
    piece = file.read() if last is None else file.read(last - first + 1)
    if (last is None and not piece and first > 0) or (last is not None and len(piece) != last - first + 1):
        raise refuse("it is shorter than it was")
    return piece
