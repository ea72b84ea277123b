"""Events, the automations that are led by them, and the steps that these take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from workers.store.pool import Connection, Pool
from workers.store.queries import load_queries
from workers.store.sending import PostgresMarks

QUERIES = load_queries("automations")
RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class EventRow:
    """Something that happened. :param source: who told it. :param causes: the automations that led to it."""

    event_id: UUID
    created_at: datetime
    organization_id: UUID
    type: str
    subject_type: str | None
    subject_id: UUID | None
    environment: str | None
    data: dict[str, Any] = field(repr=False)
    source: str
    occurred_at: datetime
    causes: list[UUID]


@dataclass(frozen=True, slots=True)
class AutomationRow:
    """An automation, as it is now."""

    automation_id: UUID
    organization_id: UUID
    version: int
    definition: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step of a run. :param causes: what it leads to was led to by these."""

    step_id: UUID
    organization_id: UUID
    run_id: UUID
    kind: str
    connection_id: UUID | None
    status: str
    input: dict[str, Any] = field(repr=False)
    automation_id: UUID
    event_id: UUID
    event_type: str
    event_created_at: datetime
    subject_type: str | None
    subject_id: UUID | None
    environment: str | None
    causes: list[UUID]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an operation was asked with."""

    input: dict[str, Any] = field(repr=False)
    organization_id: UUID
    connection_id: UUID | None
    subject_id: UUID | None


class PostgresAutomations:
    """Automations, as workers carry them out.

    :param safe_seconds: nothing is begun to be sent unless the lease lasts this much longer.
    """

    def __init__(self, pool: Pool, *, safe_seconds: float) -> None:
        self._pool = pool
        self.marks = PostgresMarks(pool, safe_seconds=safe_seconds)

    async def load_event(self, event_id: UUID, created_at: str) -> EventRow | None:
        """An event, by its job."""
        return await self._one(EventRow, "load_event", event_id=event_id, created_at=created_at)

    async def find_event(self, event_id: UUID) -> EventRow | None:
        """An event, by its id alone."""
        return await self._one(EventRow, "find_event", event_id=event_id)

    async def automations_for(self, event: EventRow) -> list[AutomationRow]:
        """The enabled automations that an event leads."""
        parameters = {"event_id": event.event_id, "created_at": event.created_at}
        made = class_row(AutomationRow)
        async with self._pool.connection() as connection, connection.cursor(row_factory=made) as rows:
            await rows.execute(QUERIES["automations_for"], parameters)
            return await rows.fetchall()

    async def load_automation(self, automation_id: UUID, organization_id: UUID) -> AutomationRow | None:
        """One automation of an organization."""
        return await self._one(
            AutomationRow, "load_automation", automation_id=automation_id, organization_id=organization_id
        )

    async def begin_run(
        self, automation: AutomationRow, event: EventRow, reason: str | None, steps: Sequence[Mapping[str, Any]]
    ) -> None:
        """Keep that an automation runs for an event, once; or, with a reason, why it does not."""
        parameters = {
            "automation_id": automation.automation_id,
            "version": automation.version,
            "event_id": event.event_id,
            "event_created_at": event.created_at,
            "reason": reason,
            "steps": Jsonb(list(steps)),
        }
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES["begin_run"], parameters)

    async def load_step(self, step_id: UUID) -> StepRow | None:
        """A step, by its job."""
        return await self._one(StepRow, "load_step", step_id=step_id)

    async def asked(self, operation_id: UUID) -> Asked | None:
        """What an operation was asked with."""
        return await self._one(Asked, "operation_input", operation_id=operation_id)

    async def _one(self, kind: type[RowT], query: str, **parameters: Any) -> RowT | None:
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(kind)) as rows:
            await rows.execute(QUERIES[query], parameters)
            return await rows.fetchone()


# What follows is written in the caller's transaction.


async def because_of(connection: Connection, causes: Sequence[UUID]) -> None:
    """Let what is written from here on say which automations led to it."""
    text = "{" + ",".join(map(str, causes)) + "}"
    await connection.execute(QUERIES["because_of"], {"causes": text})


async def end_step(
    connection: Connection,
    step_id: UUID,
    status: str,
    *,
    attempts: int,
    result: Mapping[str, Any] | None = None,
    error: Mapping[str, Any] | None = None,
) -> None:
    """End a step. :param status: ``succeeded``, ``failed``, ``unknown`` or ``skipped``."""
    parameters = {
        "step_id": step_id,
        "status": status,
        "result": None if result is None else Jsonb(dict(result)),
        "error": None if error is None else Jsonb(dict(error)),
        "attempts": attempts,
    }
    await connection.execute(QUERIES["end_step"], parameters)


async def upsert_lead(connection: Connection, organization_id: UUID, lead: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep or change a lead as an automation says. :returns: ``{lead_id}``, or ``{error}`` when it is no lead."""
    parameters = {"organization_id": organization_id, "lead": Jsonb(dict(lead))}
    row = await (await connection.execute(QUERIES["upsert_lead"], parameters)).fetchone()
    return dict(row[0]) if row else {}


async def track_event(
    connection: Connection, organization_id: UUID, facts: Mapping[str, Any], environment: str | None
) -> Mapping[str, Any]:
    """Track an event as an automation says. :returns: ``{event_id}``, or ``{error}`` when it is none."""
    parameters = {"organization_id": organization_id, "facts": Jsonb(dict(facts)), "environment": environment}
    row = await (await connection.execute(QUERIES["track_event"], parameters)).fetchone()
    return dict(row[0]) if row else {}
