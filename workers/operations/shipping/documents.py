"""Labels and papers: on their way to the object store, in one file for the printer, and links to them.

Whatever these handlers do can be done twice: a file lies under a path of its own, and the same file is the same row.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid5

from workers.labels.manifest import Manifest, ManifestLine, manifest_pdf
from workers.labels.merge import NotMergeable, merge, require_size
from workers.objects import ObjectMissing, ObjectStore, StoreUnavailable
from workers.objects.server import CONTENT_TYPES
from workers.operations.jobs import Done, EndStatus, Handler, Handlers, Job, Later, Outcome
from workers.store.documents import (
    ManifestWork,
    PostgresDocuments,
    StoredDocument,
    keep_documents,
    keep_stored,
    mark_stored,
)
from workers.store.pool import Connection

_DELETED: Final = {"code": "not_found", "message": "What the operation was about has been deleted."}


class Drawn(NamedTuple):
    """A paper of Wasl's own, as `keep_documents` takes it."""

    kind: str
    format: str
    content: bytes
    tracking_number: str | None = None


class DocumentHandlers:
    """Handles ``document.store`` and ``.link``, ``shipment.print_labels``, ``manifest.create``.

    :param link_seconds: for how long a link is good.
    """

    def __init__(self, documents: PostgresDocuments, objects: ObjectStore, *, link_seconds: int) -> None:
        self._documents = documents
        self._objects = objects
        self._link_seconds = link_seconds

    def handlers(self) -> Handlers:
        """The handlers by kind."""
        return {
            "document.store": Handler(self.store),
            "document.link": Handler(self.link),
            "shipment.print_labels": Handler(self.print_labels),
            "manifest.create": Handler(self.draw_manifest),
        }

    async def store(self, job: Job) -> Outcome:
        """Move a document, whose id the job has, from the database to the object store."""
        document = await self._documents.load(job.id)
        if document is None or document.content is None:
            return Done()
        try:
            await self._put(document.path, document.format, document.content)
        except StoreUnavailable as error:
            # It stays in the database, and is safe and readable there: to wait is no failure.
            return Later(_unavailable(error), counted=False)
        return Done(effect=partial(_mark_stored, document.document_id))

    async def link(self, job: Job) -> Outcome:
        """Make a link to the document that the operation is about."""
        work = await self._documents.work(job.id)
        document = await self._documents.load(work.subject_id) if work and work.subject_id else None
        if document is None:
            return Done(EndStatus.FAILED, error=_DELETED)
        try:
            return await self._linked(document, {})
        except (StoreUnavailable, ObjectMissing) as error:
            return Done(EndStatus.FAILED, error=_unavailable(error))

    async def print_labels(self, job: Job) -> Outcome:
        """Put the labels of the operation's shipments into one file, and make a link to it."""
        work = await self._documents.work(job.id)
        if work is None:
            return Done(EndStatus.FAILED, error=_DELETED)
        labels = await self._documents.labels(work.organization_id, [UUID(each) for each in work.input["shipment_ids"]])
        if not labels:
            return Done(EndStatus.FAILED, error=_DELETED)
        facts = {"labels": len(labels)}
        try:
            if len(labels) == 1:
                return await self._linked(labels[0], facts)
            contents: list[bytes] = []
            for each in labels:  # one by one, so that no more is fetched than fits
                contents.append(await self._content(each))
                require_size(contents)
            kind, merged = await asyncio.to_thread(merge, contents)
            return await self._merged(work.organization_id, kind.value, merged, facts)
        except NotMergeable as error:
            message = f"{error} Print that of shipment {labels[error.index].shipment_id} by itself."
            return Done(EndStatus.FAILED, error={"code": "not_mergeable", "message": message})
        except (StoreUnavailable, ObjectMissing) as error:
            return Done(EndStatus.FAILED, error=_unavailable(error))

    async def draw_manifest(self, job: Job) -> Outcome:
        """Draw the list of what a driver takes."""
        work = await self._documents.manifest(job.id)
        if work is None:
            return Done(EndStatus.FAILED, error=_DELETED)
        content = await asyncio.to_thread(manifest_pdf, _manifest(work))

        async def keep(connection: Connection) -> None:
            drawn = [Drawn("manifest", "pdf", content)]
            await keep_documents(connection, work.organization_id, None, drawn, manifest_id=work.manifest_id)

        return Done(effect=keep, result={"manifest_id": str(work.manifest_id), "shipments": len(work.shipments)})

    async def _linked(self, document: StoredDocument, facts: Mapping[str, Any]) -> Done:
        effect = None
        if document.content is not None:  # it is wanted before its own job has moved it
            await self._put(document.path, document.format, document.content)
            effect = partial(_mark_stored, document.document_id)
        return Done(result=await self._result(document.document_id, document.path, facts), effect=effect)

    async def _merged(self, organization_id: UUID, format: str, content: bytes, facts: Mapping[str, Any]) -> Done:
        digest = hashlib.sha256(content).hexdigest()
        document_id, path = uuid5(organization_id, digest), f"{organization_id}/merged/{digest}.{format}"
        await self._put(path, format, content)

        async def keep(connection: Connection) -> None:
            await keep_stored(connection, document_id, organization_id, "merged_labels", format, path, content)

        return Done(result=await self._result(document_id, path, facts), effect=keep)

    async def _result(self, document_id: UUID, path: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        expires_at = datetime.now(UTC) + timedelta(seconds=self._link_seconds)
        url = await self._objects.link(path, seconds=self._link_seconds)
        return {"url": url, "expires_at": expires_at.isoformat(), "document_id": str(document_id), **facts}

    async def _content(self, document: StoredDocument) -> bytes:
        return document.content if document.content is not None else await self._objects.get(document.path)

    async def _put(self, path: str, format: str, content: bytes) -> None:
        await self._objects.put(path, content, CONTENT_TYPES[format])


async def _mark_stored(document_id: UUID, connection: Connection) -> None:
    await mark_stored(connection, document_id)


def _unavailable(error: StoreUnavailable | ObjectMissing) -> dict[str, Any]:
    message = str(error) if isinstance(error, StoreUnavailable) else "The object store does not have the file."
    return {"code": "files_unavailable", "message": message}


def _manifest(work: ManifestWork) -> Manifest:
    return Manifest(
        number=str(work.manifest_id),
        carrier=f"{work.carrier} ({work.provider})",
        sender=_sender(work.sender),
        created_at=work.created_at,
        lines=[_line(each) for each in work.shipments],
    )


def _sender(sender: Mapping[str, Any]) -> str:
    parts = (sender.get("company") or sender.get("name"), sender.get("line1"), sender.get("city"))
    return ", ".join(part for part in parts if part)


def _line(shipment: Mapping[str, Any]) -> ManifestLine:
    cash = shipment["cash"]
    return ManifestLine(
        tracking_number=shipment["tracking_number"],
        reference=shipment["reference"],
        destination=f"{shipment['city']}, {shipment['country']}",
        parcels=shipment["parcels"],
        weight_kg=Decimal(shipment["weight_kg"]),
        cash=(Decimal(cash), shipment["currency"]) if cash else None,
    )
