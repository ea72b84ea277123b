"""Labels and papers, as the database keeps them until the object store has them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from workers.store.pool import Connection, Pool
from workers.store.queries import load_queries

QUERIES = load_queries("documents")
RowT = TypeVar("RowT")


class Paper(Protocol):
    """A document as connectors and printers make it."""

    @property
    def kind(self) -> str: ...
    @property
    def format(self) -> str: ...
    @property
    def content(self) -> bytes: ...
    @property
    def tracking_number(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document. :param content: its bytes, while they are in the database; ``stored_at`` says when they left it."""

    document_id: UUID
    organization_id: UUID
    shipment_id: UUID | None
    kind: str
    format: str
    path: str
    sha256: str
    stored_at: datetime | None
    content: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class PaperWork:
    """What an operation about papers asks for."""

    organization_id: UUID
    subject_id: UUID | None
    input: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ManifestWork:
    """A manifest to be drawn.

    :param sender: of its first shipment.
    :param shipments: what stands on it, by the names of `labels.manifest.ManifestLine`.
    """

    manifest_id: UUID
    organization_id: UUID
    created_at: datetime
    carrier: str
    provider: str
    sender: dict[str, Any] = field(repr=False)
    shipments: list[dict[str, Any]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ShipmentPapers:
    """A shipment whose papers are wanted from its carrier."""

    shipment_id: UUID
    organization_id: UUID
    connection_id: UUID
    tracking_number: str
    provider_shipment_id: str | None
    provider_data: dict[str, Any] = field(repr=False)
    reference: str
    created_at: datetime
    label_format: str


class PostgresDocuments:
    """Documents as their handlers need them."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def load(self, document_id: UUID) -> StoredDocument | None:
        """A document; None when it has been deleted with its organization."""
        return await self._one(StoredDocument, "load_document", document_id=document_id)

    async def work(self, operation_id: UUID) -> PaperWork | None:
        """What an operation asks for."""
        return await self._one(PaperWork, "of_operation", operation_id=operation_id)

    async def labels(self, organization_id: UUID, shipment_ids: Sequence[UUID]) -> list[StoredDocument]:
        """The labels of shipments, in their order."""
        parameters = {"organization_id": organization_id, "shipment_ids": list(shipment_ids)}
        made = class_row(StoredDocument)
        async with self._pool.connection() as connection, connection.cursor(row_factory=made) as rows:
            await rows.execute(QUERIES["labels_of"], parameters)
            return await rows.fetchall()

    async def manifest(self, operation_id: UUID) -> ManifestWork | None:
        """The manifest that an operation is to draw."""
        return await self._one(ManifestWork, "load_manifest", operation_id=operation_id)

    async def shipment(self, identifier: UUID) -> ShipmentPapers | None:
        """A shipment that its carrier has, by its own id or by an operation's that is about it."""
        return await self._one(ShipmentPapers, "load_shipment", id=identifier)

    async def _one(self, kind: type[RowT], query: str, **parameters: Any) -> RowT | None:
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(kind)) as rows:
            await rows.execute(QUERIES[query], parameters)
            return await rows.fetchone()


async def mark_stored(connection: Connection, document_id: UUID) -> None:
    """The object store has it: its bytes leave the database; in the caller's transaction."""
    await connection.execute(QUERIES["mark_stored"], {"document_id": document_id})


async def tell_of_lost_label(connection: Connection, shipment_id: UUID) -> None:
    """Raise the alert that a shipment's label is nowhere to be had, if it has none; in the caller's transaction."""
    await connection.execute(QUERIES["label_is_lost"], {"shipment_id": shipment_id})


async def keep_stored(
    connection: Connection, document_id: UUID, organization_id: UUID, kind: str, format: str, path: str, content: bytes
) -> None:
    """Note a file that the object store has already; in the caller's transaction."""
    parameters = {
        "document_id": document_id,
        "organization_id": organization_id,
        "kind": kind,
        "format": format,
        "path": path,
        "digest": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
    }
    await connection.execute(QUERIES["keep_stored"], parameters)


async def keep_documents(
    connection: Connection,
    organization_id: UUID,
    shipment_id: UUID | None,
    documents: Sequence[Paper],
    *,
    manifest_id: UUID | None = None,
) -> None:
    """Keep documents, and have them moved to the object store; in the caller's transaction. What is kept already stays
    as it is."""
    if not documents:
        return
    rows = [
        {
            "kind": str(each.kind),
            "format": str(each.format),
            "tracking_number": each.tracking_number,
            "sha256": hashlib.sha256(each.content).hexdigest(),
            "content": base64.b64encode(each.content).decode("ascii"),
        }
        for each in documents
    ]
    parameters = {
        "organization_id": organization_id,
        "shipment_id": shipment_id,
        "manifest_id": manifest_id,
        "documents": Jsonb(rows),
    }
    await connection.execute(QUERIES["keep_documents"], parameters)
