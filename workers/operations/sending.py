"""Sending calls so that none is made twice.

Before a request is sent, where it goes is committed with the job; so an attempt that was cut short is found out about
at that provider before anything else is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeAlias
from uuid import UUID

from workers.monitoring.health import OpensConnectors
from workers.operations import resolve
from workers.operations.calls import Call
from workers.operations.jobs import Job, Later, Outcome
from workers.providers.base import Connector
from workers.providers.errors import (
    AuthenticationFailed,
    Declined,
    InvalidRequest,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    RefusedForNow,
)
from workers.store.connections import ConnectionRow, PostgresConnections
from workers.store.sending import PostgresMarks

AnyCall: TypeAlias = Call[Any, Any]
Renew: TypeAlias = Callable[[UUID], Awaitable[bool]]
_RENEWAL_SECONDS: Final = 2.0


class Sending:
    """Sends calls through connections.

    :param seconds: how long it may take to send a request and get its answer, whatever calls that takes: less than
        what `PostgresMarks` makes sure of before.
    :param renew: has the access of a connection renewed that was refused, and answers whether that can be done; None
        where access does not run out.
    """

    def __init__(
        self,
        marks: PostgresMarks,
        connections: PostgresConnections,
        connectors: OpensConnectors,
        *,
        seconds: float,
        renew: Renew | None = None,
    ) -> None:
        self._marks = marks
        self._connections = connections
        self._connectors = connectors
        self._seconds = seconds
        self._renew = renew

    async def before(self, job: Job, call: AnyCall) -> Outcome | None:
        """The outcome, when nothing is to be sent: the request is wrong, an earlier attempt has got through, or the
        client does not want it any more; else None."""
        if (fault := call.fault()) is not None:
            if resolve.sent_to(job) is not None:  # it was not wrong when it was sent: nobody knows what came of it
                return Later(fault.as_dict(), outcome_unknown=True)
            return call.refused(fault, None)
        if (settled := await self._settle(job, call)) is not None:
            return settled
        return call.cancelled() if call.cancel_requested else None

    async def to_one(self, job: Job, call: AnyCall, connection_id: UUID, why: dict[str, Any]) -> Outcome:
        """Send the call through the one connection it can go by."""
        try:
            return await self.send(job, call, await self.row(connection_id), why)
        except RefusedForNow as refusal:
            return later([refusal])
        except AuthenticationFailed as error:
            return await self.after_renewal(job, connection_id, error) or call.refused(error, connection_id)
        except ProviderError as error:
            return call.refused(error, connection_id)

    async def after_renewal(self, job: Job, connection_id: UUID, error: AuthenticationFailed) -> Later | None:
        """Another attempt with other access, where it can be renewed without a person."""
        if self._renew is None or job.attempt >= job.max_attempts or not await self._renew(connection_id):
            return None
        return Later(error.as_dict(), after_seconds=_RENEWAL_SECONDS)

    async def send(self, job: Job, call: AnyCall, row: ConnectionRow, why: dict[str, Any]) -> Outcome:
        """Send the call through one connection.

        :raises RefusedForNow: certainly nothing happened there, and it may be tried again.
        :raises ProviderError: certainly nothing happened there, and it would be refused again.
        """
        try:
            connector = await self._connectors.open(row, job.id)
            if await self._marks.begin_sending(job, row.id, why, call.sent):
                return call.cancelled()
            async with asyncio.timeout(self._seconds):
                result = await call.send(connector)
            call.check(result)
        except TimeoutError:
            unanswered = OutcomeUnknown("There was no answer in time.", provider=row.provider_key)
            return Later(unanswered.as_dict(), outcome_unknown=True)
        except OutcomeUnknown as error:
            return Later(error.as_dict(), outcome_unknown=True)
        return call.done(await call.complete(connector, result), row.id)

    async def open(self, connection_id: UUID, operation_id: UUID | None) -> Connector[Any, Any]:
        """A connection's connector, for what changes nothing."""
        return await self._connectors.open(await self.row(connection_id), operation_id)

    async def row(self, connection_id: UUID) -> ConnectionRow:
        """A connection. :raises AuthenticationFailed: it is gone."""
        row = await self._connections.load(connection_id)
        if row is None:
            raise AuthenticationFailed("The connection is gone.")
        return row

    async def _settle(self, job: Job, call: AnyCall) -> Outcome | None:
        """Find out about an earlier attempt; None when nothing of it is left at any provider."""
        connection_id = resolve.sent_to(job)
        if connection_id is None:
            return None
        try:
            connector = await self.open(connection_id, job.id)
            found = await call.find(connector, resolve.sent_at(job))
            if found is not None:
                call.check(found)
        except (Declined, InvalidRequest) as error:
            return call.refused(error, connection_id)
        except ProviderError as error:
            if isinstance(error, AuthenticationFailed):
                await self._ask_for_access(connection_id, error)
            after = error.retry_after if isinstance(error, RefusedForNow) else None
            # Who is told when to ask again, by a limit or an open breaker, has not asked in vain.
            return Later(error.as_dict(), after_seconds=after, counted=after is None, outcome_unknown=True)
        return None if found is None else call.done(await call.complete(connector, found), connection_id)

    async def _ask_for_access(self, connection_id: UUID, error: AuthenticationFailed) -> None:
        """Have access renewed, or tell a person: without it nobody can find out what became of a call."""
        if self._renew is None or not await self._renew(connection_id):
            await self._connections.note_refusal(connection_id, error.as_dict())


def later(refusals: Sequence[RefusedForNow]) -> Later:
    """Every provider refused for now, and nothing happened anywhere. A limit is pacing, not a failed attempt."""
    waits = [refusal.retry_after for refusal in refusals]
    known = [wait for wait in waits if wait is not None]
    return Later(
        refusals[-1].as_dict(),
        after_seconds=min(known) if len(known) == len(waits) else None,
        counted=not all(isinstance(refusal, RateLimited) for refusal in refusals),
        outcome_unknown=False,
    )
