"""Labels and papers, as the database keeps them until the object store has them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from psycopg.types.json import Jsonb

from workers.store.pool import Connection
from workers.store.queries import load_queries

QUERIES = load_queries("documents")


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
