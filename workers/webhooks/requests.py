"""What an endpoint's owner is shown of requests that became no event: some of each second, without their secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

import structlog

from workers.card_data import contains_card_number, contains_security_code
from workers.webhooks.flushing import flushed

_log = structlog.get_logger(__name__)
FLUSH_SECONDS: Final = 1.0
MOST_PER_ENDPOINT: Final = 20
_MOST_IN_ALL: Final = 2_000
_MOST_HEADERS: Final = 100
_LONGEST_VALUE: Final = 200
_SHOWN: Final = frozenset(
    {"accept", "content-encoding", "content-length", "content-type", "date", "host", "user-agent"}
)
_NAME: Final = re.compile(r"[a-z-]{1,64}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_HIDDEN: Final = "[hidden]"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request, before its body is read.

    :param query: as it came.
    :param caller: the address it comes from, or None when nobody can say.
    """

    method: str
    headers: Mapping[str, str]
    query: str
    caller: str | None


class RequestStore(Protocol):
    """Where requests are noted."""

    async def note_requests(self, requests: Sequence[Mapping[str, Any]]) -> None:
        """Write them down, and let each endpoint's oldest go."""


class RequestLog:
    """Gathers requests and writes them now and then; what has not been written when a process is killed is lost.

    Of one endpoint it takes no more than 20 between two writes: a flood of forgeries costs no more than a few.
    """

    def __init__(self, store: RequestStore, *, flush_seconds: float = FLUSH_SECONDS) -> None:
        self._store = store
        self._flush_seconds = flush_seconds
        self._rows: list[dict[str, Any]] = []
        self._noted: dict[UUID, int] = {}

    def running(self) -> AbstractAsyncContextManager[None]:
        """Write for the length of an ``async with`` block, and what is left at its end."""
        return flushed(self.flush, self._flush_seconds)

    def note(
        self,
        endpoint_id: UUID,
        arrival: Arrival,
        at: datetime,
        reason: str,
        http_status: int,
        *,
        verified: bool | None = None,
        body_bytes: int | None = None,
        provider_event_id: str | None = None,
    ) -> None:
        """Note a request, unless there were too many since the last time. The parameters are the table's columns."""
        noted = self._noted.get(endpoint_id, 0)
        if noted >= MOST_PER_ENDPOINT or len(self._rows) >= _MOST_IN_ALL:
            return
        self._noted[endpoint_id] = noted + 1
        self._rows.append(
            {
                "endpoint_id": str(endpoint_id),
                "received_at": at.isoformat(),
                "reason": reason,
                "http_status": http_status,
                "verified": verified,
                "method": arrival.method,
                "source_address": arrival.caller,
                "headers": shown_headers(arrival.headers),
                "body_bytes": body_bytes,
                "provider_event_id": provider_event_id,
            }
        )

    async def flush(self) -> None:
        """Write what has been noted; what cannot be written is let go."""
        rows, self._rows = self._rows, []
        self._noted = {}
        if not rows:
            return
        try:
            await self._store.note_requests(rows)
        except Exception as error:
            _log.warning("requests are not noted", count=len(rows), reason=type(error).__name__)


def shown_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """What may be shown of the headers of a request that is not believed: who knows what its sender put there. Names
    of letters alone, and the values of a few that hold no secret. `private.shown_headers` shows the same."""
    named = ((name.lower(), value) for name, value in list(headers.items())[:_MOST_HEADERS])
    return {name: _shown(name, value) for name, value in named if _NAME.fullmatch(name)}


def _shown(name: str, value: str) -> str:
    if name not in _SHOWN or not value.isascii() or contains_card_number(value) or contains_security_code(value):
        return _HIDDEN
    return _CONTROL.sub("", value[:_LONGEST_VALUE])
