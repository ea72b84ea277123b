"""What is older than it is kept: erased by the leader, bite by bite."""

from __future__ import annotations

from typing import Final

import structlog

from workers.store.privacy import PostgresPrivacy

_log = structlog.get_logger(__name__)
_BITE: Final = 500
_MOST_BITES: Final = 2_000
"""Of one table in one run: what is left goes on the next time, so that all organizations have their turn."""


class Retention:
    """Each bite is one short transaction: a leader that dies has done what it did, and the next one goes on.

    :param bite: rows a transaction.
    """

    def __init__(self, privacy: PostgresPrivacy, *, bite: int = _BITE) -> None:
        self._privacy = privacy
        self._bite = bite

    async def run(self) -> None:
        """Erase what is due."""
        while await self._privacy.erase_postponed(self._bite) == self._bite:
            pass
        for organization_id, table in await self._privacy.due_retention():
            erased = 0
            for _ in range(_MOST_BITES):
                gone = await self._privacy.expire_rows(organization_id, table, self._bite)
                erased += gone
                if gone < self._bite:
                    break
            if erased:
                _log.info("data expired", organization_id=str(organization_id), table=table, rows=erased)
