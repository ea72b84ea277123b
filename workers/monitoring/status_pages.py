"""Reading providers' status pages: a second source beside our own checks, which it never overrules."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import httpx
import structlog

from workers.monitoring.status_formats import PageReport, UnreadablePage, read_page
from workers.providers.manifest import StatusFeed
from workers.store.status_pages import PostgresStatusPages

_log = structlog.get_logger(__name__)
_TIMEOUT_SECONDS: Final = 15.0
_MOST_BYTES: Final = 4 * 1024 * 1024
_AT_ONCE: Final = 4


class StatusPages:
    """Reads the pages of providers that have live connections in use; the addresses come from manifests.

    :param feeds: by provider key.
    :param transport: sends the requests; redirects are not followed.
    :param base_url: where all pages are, each below its provider's key, instead of at their own addresses.
    """

    def __init__(
        self,
        store: PostgresStatusPages,
        feeds: Mapping[str, StatusFeed],
        transport: httpx.AsyncBaseTransport,
        *,
        base_url: str | None = None,
    ) -> None:
        self._store = store
        self._feeds = feeds
        self._client = httpx.AsyncClient(
            transport=transport, timeout=_TIMEOUT_SECONDS, headers={"Accept": "application/json"}, trust_env=False
        )
        self._base_url = base_url
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def read(self) -> None:
        """Read every page that matters now. A page that cannot be read does not hold up the others."""
        watched = await self._store.watched(list(self._feeds))
        await asyncio.gather(*(self._read(provider, etag) for provider, etag in watched.items()))

    async def _read(self, provider: str, etag: str | None) -> None:
        async with self._turns:
            try:
                async with asyncio.timeout(_TIMEOUT_SECONDS):
                    found = await self._fetch(provider, etag)
            except (httpx.HTTPError, TimeoutError, UnreadablePage) as error:
                reason = str(error) or type(error).__name__
                _log.warning("a status page cannot be read", provider=provider, reason=reason)
                await self._store.note_failure(provider, reason)
                return
            if found is None:
                await self._store.note_unchanged(provider)
            else:
                await self._store.keep(provider, *found)

    async def _fetch(self, provider: str, etag: str | None) -> tuple[PageReport, str | None] | None:
        """What the page says and its ETag; None when it is as it was."""
        feed = self._feeds[provider]
        url = feed.url if self._base_url is None else f"{self._base_url}/{provider}{urlsplit(feed.url).path}"
        headers = {} if etag is None else {"If-None-Match": etag}
        async with self._client.stream("GET", url, headers=headers) as answer:
            if answer.status_code == httpx.codes.NOT_MODIFIED and etag is not None:
                return None
            if answer.status_code != httpx.codes.OK:
                raise UnreadablePage(f"the page answers {answer.status_code}")
            body = bytearray()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > _MOST_BYTES:
                    raise UnreadablePage(f"the page is larger than {_MOST_BYTES} bytes")
            return read_page(feed, bytes(body)), answer.headers.get("etag")
