"""What people ask about their data: carried out step by step, and copied for them.

Every step is noted where it is done, so a worker that dies leaves nothing half-told: the next one takes the steps that
are left, and a file that was written already is written again to the same path.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import orjson

from workers.objects import ObjectMissing, ObjectStore, StoreUnavailable
from workers.objects.server import CONTENT_TYPES
from workers.operations.jobs import Done, EndStatus, Handler, Handlers, Job, Later, Outcome
from workers.store.privacy import PostgresPrivacy, note_expired_archive

_BITE: Final = 500
_STEPS_A_TURN: Final = 50
"""Then others have their turn; the job comes again at once."""
_WAIT_SECONDS: Final = 15.0
_ARCHIVE_DAYS: Final = 30
_JSON: Final = "application/json"
_GONE: Final = {"code": "not_found", "message": "There is no copy of the data any more."}


class SubjectRequestHandlers:
    """Handles ``privacy.request``, ``.link`` and ``.expire``.

    :param link_seconds: for how long a link is good. :param wait_seconds: between two looks at a tool.
    :param bite: rows a transaction.
    """

    def __init__(
        self,
        privacy: PostgresPrivacy,
        objects: ObjectStore,
        *,
        link_seconds: int,
        wait_seconds: float = _WAIT_SECONDS,
        bite: int = _BITE,
    ) -> None:
        self._privacy = privacy
        self._objects = objects
        self._link_seconds = link_seconds
        self._wait_seconds = wait_seconds
        self._bite = bite

    def handlers(self) -> Handlers:
        """The handlers by kind."""
        return {
            "privacy.request": Handler(self.carry_out),
            "privacy.link": Handler(self.link),
            "privacy.expire": Handler(self.expire),
        }

    async def carry_out(self, job: Job) -> Outcome:
        """Take the steps of the request that the operation is about."""
        request_id = await self._privacy.begin(job.id)
        if request_id is None:
            return Done()
        try:
            for _ in range(_STEPS_A_TURN):
                taken = await self._privacy.take_step(request_id, self._bite)
                if taken["state"] == "over":
                    return Done(result={"request_id": str(request_id)})
                if taken["state"] == "wait":
                    return Later(after_seconds=self._wait_seconds, counted=False)
                if taken["state"] == "collect":
                    await self._collect(job.organization_id, request_id, UUID(taken["step_id"]))
                elif taken["state"] == "empty_files":
                    await self._empty_files(request_id, UUID(taken["step_id"]))
        except StoreUnavailable as error:
            return Later(_unavailable(error), counted=False)
        return Later(after_seconds=0.0, counted=False)

    async def link(self, job: Job) -> Outcome:
        """Make a link to the copy for the person."""
        request = await self._privacy.request_of(job.id)
        if request is None or request.archive_path is None:
            return Done(EndStatus.FAILED, error=_GONE)
        try:
            url = await self._objects.link(request.archive_path, seconds=self._link_seconds)
        except (StoreUnavailable, ObjectMissing) as error:
            return Done(EndStatus.FAILED, error=_unavailable(error))
        expires_at = datetime.now(UTC) + timedelta(seconds=self._link_seconds)
        return Done(result={"url": url, "expires_at": expires_at.isoformat()})

    async def expire(self, job: Job) -> Outcome:
        """Empty a copy whose time is over: ``{request_id, path}``. The store cannot delete, but it can replace."""
        try:
            await self._objects.put(job.payload["path"], b'{"expired":true}', _JSON)
        except StoreUnavailable as error:
            return Later(_unavailable(error), counted=False)
        return Done(effect=partial(note_expired_archive, UUID(job.payload["request_id"])))

    async def _collect(self, organization_id: UUID, request_id: UUID, step_id: UUID) -> None:
        archive = await self._privacy.archive_head(request_id)
        data: dict[str, list[Mapping[str, Any]]] = {}
        for table in archive.pop("tables"):
            rows: list[Mapping[str, Any]] = []
            while page := await self._privacy.archive_rows(request_id, table, len(rows), self._bite):
                rows += page
            if rows:
                data[table] = rows
        archive["data"] = data
        # The path holds a random id: who has no link cannot guess it.
        path = f"{organization_id}/privacy/{request_id}-{step_id}.json"
        await self._objects.put(path, orjson.dumps(archive, option=orjson.OPT_INDENT_2), _JSON)
        count = sum(map(len, data.values()))
        await self._privacy.note_archive(step_id, rows=count, path=path, keep_days=_ARCHIVE_DAYS)

    async def _empty_files(self, request_id: UUID, step_id: UUID) -> None:
        files = await self._privacy.files(request_id)
        for file in files:
            if file.stored:
                await self._objects.put(file.path, b"", CONTENT_TYPES[file.format])
        await self._privacy.note_empty_files(step_id, [file.document_id for file in files])


def _unavailable(error: StoreUnavailable | ObjectMissing) -> dict[str, Any]:
    message = str(error) if isinstance(error, StoreUnavailable) else "The object store does not have the file."
    return {"code": "files_unavailable", "message": message}
