"""Automations: led by an event, they take steps of their own, each once.

Which automations an event leads, and with what, is decided when the event is routed (``event.route``) and kept as runs
with their steps; each step is a job of its own, due when its delay is over. Should a worker die, the run is there
already, or is made by the next one: once, by the pair of automation and event. What cannot be done twice without harm,
such as an event in an analytics tool, is marked before it is sent, and not sent again when nobody knows whether it was.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

import structlog

from workers.monitoring.health import OpensConnectors
from workers.operations import resolve
from workers.operations.jobs import Done, EndStatus, Handler, Handlers, Job, Later, Outcome
from workers.operations.marketing.actions import ACTIONS, act, said
from workers.operations.marketing.events import tracked_event
from workers.operations.pacing import put_off
from workers.operations.rules import RuleFault, Texts, facts_of, first_that_fails
from workers.operations.sending import Renew
from workers.providers.base import require
from workers.providers.capabilities import TracksEvents
from workers.providers.errors import (
    AuthenticationFailed,
    OutcomeUnknown,
    ProviderError,
    RefusedForNow,
)
from workers.store.automations import (
    EventRow,
    PostgresAutomations,
    StepRow,
    because_of,
    end_step,
    track_event,
    upsert_lead,
)
from workers.store.connections import ConnectionRow, PostgresConnections
from workers.store.pool import Connection

_log = structlog.get_logger(__name__)
_DELETED: Final = {"code": "not_found", "message": "What the operation was about has been deleted."}
_UNKNOWN: Final = {
    "code": "outcome_unknown",
    "message": "It was sent and not answered; since it cannot be told whether it was counted, it is not sent again.",
}
_UPSERT_LEAD: Final = "lead.upsert"
_TRACK: Final = "event.track"
ParsedT = TypeVar("ParsedT")


class AutomationHandlers:
    """Handles ``automation.step``, ``automation.dry_run`` and ``event.track``."""

    def __init__(
        self,
        store: PostgresAutomations,
        connections: PostgresConnections,
        connectors: OpensConnectors,
        *,
        renew: Renew,
    ) -> None:
        self._store = store
        self._connections = connections
        self._connectors = connectors
        self._renew = renew
        self._texts = Texts()

    def handlers(self) -> Handlers:
        """The handlers by kind."""
        return {
            "automation.step": Handler(self.step, writes=True),
            "automation.dry_run": Handler(self.dry_run),
            "event.track": Handler(self.track, writes=True),
        }

    async def follow(self, event: EventRow) -> None:
        """Begin what an event leads, once however often it is routed."""
        for automation in await self._store.automations_for(event):
            reason, steps = self._plan(automation.definition, event)
            await self._store.begin_run(automation, event, reason, steps)

    async def dry_run(self, job: Job) -> Outcome:
        """Say what an automation would do, and do nothing."""
        asked = await self._store.asked(job.id)
        if asked is None:
            return Done(EndStatus.FAILED, error=_DELETED)
        definition = asked.input.get("definition") or {}
        if automation_id := asked.input.get("automation_id"):
            automation = await self._store.load_automation(UUID(automation_id), asked.organization_id)
            if automation is None:
                return Done(EndStatus.FAILED, error=_DELETED)
            definition = automation.definition
        event = await self._event_of(asked.input, asked.organization_id)
        if event is None:
            return Done(EndStatus.FAILED, error=_DELETED)
        reason, steps = self._plan(definition, event)
        return Done(result={"would_run": reason is None, "reason": reason, "steps": steps})

    async def step(self, job: Job) -> Outcome:
        """Take one step."""
        step = await self._store.load_step(job.id)
        if step is None or step.status != "waiting":
            return Done()
        if step.kind == _UPSERT_LEAD:
            return _with_lead(job, step)
        if step.kind == _TRACK and step.connection_id is None:
            return _with_event(job, step)
        if resolve.sent_to(job) is not None and not ACTIONS[step.kind].repeatable:
            return _ended(job, step, "unknown", error=_UNKNOWN)
        try:
            row = await self._row(step.connection_id)
            connector = await self._connectors.open(row, None)
            if not ACTIONS[step.kind].repeatable and await self._store.marks.begin_sending(job, row.id, None, {}):
                return _ended(job, step, "skipped")
            result = await act(step.kind, connector, step.input)
        except OutcomeUnknown as unknown:
            if ACTIONS[step.kind].repeatable:
                return put_off(job, unknown) or _ended(job, step, "failed", error=unknown.as_dict())
            return _ended(job, step, "unknown", error=unknown.as_dict())
        except ProviderError as error:
            return await self._refused(job, step, error)
        return _ended(job, step, "succeeded", result=result)

    async def track(self, job: Job) -> Outcome:
        """Have an event that a client tracked counted by the operation's connection."""
        asked = await self._store.asked(job.id)
        event = await self._store.find_event(asked.subject_id) if asked and asked.subject_id else None
        if asked is None or event is None:
            return Done(EndStatus.FAILED, error=_DELETED)
        told_apart = bool(event.data.get("reference"))
        if resolve.sent_to(job) is not None and not told_apart:
            return Done(EndStatus.FAILED, error=_UNKNOWN)
        try:
            tracked = tracked_event(event.type.removeprefix("track."), event.data, event.occurred_at)
            row = await self._row(asked.connection_id)
            connector = await self._connectors.open(row, job.id)
            tracker = require(connector, TracksEvents, "send_events")
            if await self._store.marks.begin_sending(job, row.id, None, {}):
                return Done(EndStatus.CANCELLED)
            await tracker.send_events([tracked])
        except OutcomeUnknown as unknown:
            return Later(unknown.as_dict(), outcome_unknown=True)
        except RefusedForNow as refusal:
            return _surely(put_off(job, refusal)) or Done(EndStatus.FAILED, error=refusal.as_dict())
        except ProviderError as error:
            return Done(EndStatus.FAILED, error=error.as_dict())
        return Done()

    async def _refused(self, job: Job, step: StepRow, error: ProviderError) -> Outcome:
        if isinstance(error, AuthenticationFailed) and step.connection_id and await self._renew(step.connection_id):
            return _surely(put_off(job, error)) or _ended(job, step, "failed", error=error.as_dict())
        if isinstance(error, RefusedForNow) and (later := _surely(put_off(job, error))) is not None:
            return later
        return _ended(job, step, "failed", error=error.as_dict())

    async def _row(self, connection_id: UUID | None) -> ConnectionRow:
        row = await self._connections.load(connection_id) if connection_id else None
        if row is None:
            raise AuthenticationFailed("The connection is gone.")
        return row

    async def _event_of(self, given: Mapping[str, Any], organization_id: UUID) -> EventRow | None:
        """The event to try an automation with: one that happened, or one that is made up."""
        if event_id := given.get("event_id"):
            event = await self._store.find_event(UUID(event_id))
            return event if event is not None and event.organization_id == organization_id else None
        return made_up(given.get("event") or {}, organization_id)

    def _plan(self, definition: Mapping[str, Any], event: EventRow) -> tuple[str | None, list[dict[str, Any]]]:
        """Why an automation does not run for an event (None: it does), and the steps it would take."""
        facts = facts_of(event)
        if (place := first_that_fails(definition.get("conditions") or (), facts)) is not None:
            return f"condition {place} does not hold", []
        try:
            steps = [self._step(place, each, facts) for place, each in enumerate(definition["actions"])]
        except RuleFault as fault:
            return f"{fault.field}: {fault.message}"[:500], []
        return None, steps

    def _step(self, place: int, action: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
        step = {"position": place, "kind": action["kind"], "connection_id": action.get("connection_id")}
        if first_that_fails(action.get("when") or (), facts) is not None:
            return {**step, "status": "skipped", "after_seconds": 0, "input": {}}
        filled = self._texts.filled(action.get("with") or {}, facts, f"actions.{place}.with")
        return {**step, "status": "waiting", "after_seconds": action.get("after_seconds", 0), "input": filled}


def made_up(told: Mapping[str, Any], organization_id: UUID) -> EventRow:
    """An event that has not happened, for a dry run."""
    now = datetime.now(UTC)
    return EventRow(
        event_id=UUID(int=0),
        created_at=now,
        organization_id=organization_id,
        type=str(told.get("type", "")),
        subject_type=told.get("subject_type"),
        subject_id=_or_none(UUID, told.get("subject_id")),
        environment=told.get("environment"),
        data=dict(told.get("data") or {}),
        source=str(told.get("source") or "worker"),
        occurred_at=_or_none(datetime.fromisoformat, told.get("occurred_at")) or now,
        causes=[],
    )


def _or_none(parse: Callable[[str], ParsedT], text: Any) -> ParsedT | None:
    try:
        return parse(str(text))
    except ValueError:
        return None


def _surely(later: Later | None) -> Later | None:
    """The same attempt later, knowing that nothing has been done by this one."""
    if later is not None:
        later.outcome_unknown = False
    return later


def _ended(
    job: Job,
    step: StepRow,
    status: str,
    *,
    result: Mapping[str, Any] | None = None,
    error: Mapping[str, Any] | None = None,
) -> Done:
    async def write(connection: Connection) -> None:
        await because_of(connection, step.causes)
        await end_step(connection, step.step_id, status, attempts=job.attempt, result=result, error=error)

    return Done(effect=write)


def _with_lead(job: Job, step: StepRow) -> Done:
    """The step keeps a lead."""
    lead = {"source": "automation", **said(step.input)}
    return _within(job, step, lambda connection: upsert_lead(connection, step.organization_id, lead))


def _with_event(job: Job, step: StepRow) -> Done:
    """The step tracks an event, which every connection counts that does such."""
    event = said(step.input)
    return _within(job, step, lambda connection: track_event(connection, step.organization_id, event, step.environment))


def _within(job: Job, step: StepRow, change: Callable[[Connection], Awaitable[Mapping[str, Any]]]) -> Done:
    """The step changes something here, in the very transaction that ends it. :param change: answers with ``error`` when
    it was refused."""

    async def write(connection: Connection) -> None:
        await because_of(connection, step.causes)
        result = await change(connection)
        if error := result.get("error"):
            await end_step(connection, step.step_id, "failed", attempts=job.attempt, error=error)
        else:
            await end_step(connection, step.step_id, "succeeded", attempts=job.attempt, result=result)

    return Done(effect=write)
