"""Leads on their way to the tools that keep contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from workers.store.pool import Connection, Pool
from workers.store.queries import load_queries

QUERIES = load_queries("leads")


@dataclass(frozen=True, slots=True)
class LeadToPush:
    """A lead that a tool does not have as it is.

    :param version: of the lead, at this moment. :param forget: whether the tool is to forget the person instead.
    :param mapping: an attribute of a lead -> the tool's field. :param marks: tags of the synchronization.
    :param untags: what it may still have there and is to lose. :param settings: a digest of those it goes out by.
    :param consent: a value of `providers.marketing.models.MailConsent`.
    """

    lead_id: UUID
    version: int
    forget: bool
    email: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    first_name: str | None = field(repr=False)
    last_name: str | None = field(repr=False)
    company: str | None
    language: str | None
    country: str | None
    attributes: dict[str, str] = field(repr=False)
    mapping: dict[str, str]
    tags: list[str]
    marks: list[str]
    untags: list[str]
    consent: str
    provider_contact_id: str | None
    settings: str


class PostgresLeads:
    """Leads, as workers take them to the tools."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def to_push(self, connection_id: UUID, most: int) -> list[LeadToPush]:
        """The next leads that a tool does not have as they are."""
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(LeadToPush)) as rows:
            await rows.execute(QUERIES["leads_to_push"], {"connection_id": connection_id, "most": most})
            return await rows.fetchall()

    async def note_pushes(self, connection_id: UUID, outcomes: Sequence[Mapping[str, Any]]) -> None:
        """Note what became of each lead: ``{lead_id, version, settings, provider_contact_id, error, retryable}``."""
        parameters = {"connection_id": connection_id, "outcomes": Jsonb(list(outcomes))}
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES["note_pushes"], parameters)

    async def enqueue_due_pushes(self) -> None:
        """Have leads taken to the tools that do not have them as they are."""
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES["enqueue_due_pushes"])

    async def keep_confirmation(self, lead_id: UUID, form_id: UUID, token_hash: bytes) -> Mapping[str, Any] | None:
        """Remember how a lead confirms; what to write to them, or None when nothing is to be written."""
        parameters = {"lead_id": lead_id, "form_id": form_id, "token_hash": token_hash}
        async with self._pool.connection() as connection:
            row = await (await connection.execute(QUERIES["keep_confirmation"], parameters)).fetchone()
        return row[0] if row else None

    async def drop_confirmation(self, token_hash: bytes) -> None:
        """Forget a confirmation whose mail was not sent, so that it does not count among those that were."""
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES["drop_confirmation"], {"token_hash": token_hash})


async def keep_provider_lead(connection: Connection, connection_id: UUID, lead: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep somebody who filled in a provider's own form; in the caller's transaction.

    :returns: ``{lead_id}``, or ``{error}`` when it is no lead.
    """
    parameters = {"connection_id": connection_id, "lead": Jsonb(dict(lead))}
    row = await (await connection.execute(QUERIES["keep_provider_lead"], parameters)).fetchone()
    return dict(row[0]) if row else {}
