"""What providers' status pages say, in Postgres: ``provider_status``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from psycopg.types.json import Jsonb

from workers.store.pool import Pool
from workers.store.queries import load_queries

QUERIES = load_queries("status_pages")

_LONGEST_REASON = 500


class Report(Protocol):
    """See `workers.monitoring.status_formats.PageReport`."""

    @property
    def indicator(self) -> str:
        """How bad it is."""

    @property
    def description(self) -> str:
        """The same in words."""

    @property
    def incidents(self) -> Sequence[Mapping[str, str | None]]:
        """What goes on."""


class PostgresStatusPages:
    """Each page's last word. Incidents of connections follow in the same transaction."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def watched(self, providers: Sequence[str]) -> dict[str, str | None]:
        """Those of the providers whose page matters now, each with the ETag of its page as it was last read."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["watched"], {"providers": list(providers)})
            return dict(await cursor.fetchall())

    async def keep(self, provider: str, report: Report, etag: str | None) -> None:
        """Keep what a page says."""
        told = {
            "indicator": report.indicator,
            "description": report.description,
            "incidents": Jsonb(list(report.incidents)),
            "etag": etag,
        }
        await self._write("keep", provider, told)

    async def note_unchanged(self, provider: str) -> None:
        """Note that a page still says the same."""
        await self._write("note_unchanged", provider, {})

    async def note_failure(self, provider: str, reason: str) -> None:
        """Note that a page could not be read; after an hour of that nothing is known of it."""
        await self._write("note_failure", provider, {"reason": reason[:_LONGEST_REASON]})

    async def _write(self, query: str, provider: str, told: Mapping[str, Any]) -> None:
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(QUERIES[query], {"provider": provider, **told})
            await connection.execute(QUERIES["follow"], {"provider": provider})
