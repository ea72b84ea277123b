"""Reconciliation: comparing our payments with the gateway's own, page by page, and healing what has fallen behind.

Where the gateway has a list, its pages are compared first, and then each payment of ours that was not on them is asked
about; where it has none, each of ours is. A step (a page, or a few of ours) is one transaction together with the mark
of how far the comparison has come, so a worker that dies repeats one step and counts nothing twice. A payment that
differs is looked at anew and its news applied, as by any look; only what differs after that is a difference.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

from workers.monitoring.health import OpensConnectors
from workers.operations.jobs import Done, EndStatus, Handler, Handlers, Job, Later, Outcome
from workers.operations.payment_looks import apply_look, look_at
from workers.providers.base import Connector
from workers.providers.capabilities import ListsPayments
from workers.providers.errors import AuthenticationFailed, NotFound, ProviderError, RateLimited, RefusedForNow
from workers.providers.payments.models import PaymentResult, PaymentStatus, RefundResult
from workers.store.connections import PostgresConnections
from workers.store.reconciliation import (
    Difference,
    OurPayment,
    PostgresReconciliations,
    Reconciliation,
    Step,
    advance,
    note_differences,
    read_ours,
)

AnyConnector = Connector[Any, Any]
_SECONDS_PER_ATTEMPT: Final = 15.0
_OURS_PER_STEP: Final = 20
_TAKEN: Final = frozenset(
    {
        PaymentStatus.CAPTURED,
        PaymentStatus.PARTIALLY_REFUNDED,
        PaymentStatus.REFUNDED,
        PaymentStatus.DISPUTED,
    }
)
_OPEN: Final = frozenset(
    {PaymentStatus.PENDING, PaymentStatus.CREATED, PaymentStatus.REQUIRES_ACTION, PaymentStatus.PROCESSING}
)
_MONEY: Final = frozenset({*_TAKEN, PaymentStatus.AUTHORIZED, PaymentStatus.PARTIALLY_CAPTURED})


class Seen(NamedTuple):
    """A payment as the gateway has it; None: it does not know it."""

    ours: OurPayment
    theirs: PaymentResult | None
    refunds: list[RefundResult]
    looked: bool


def compare(ours: OurPayment, theirs: PaymentResult) -> list[Difference]:
    """The facts in which the two do not agree. What the gateway does not tell cannot differ."""
    told = theirs.money
    differences = []
    if _standing(ours.status) != _standing(theirs.status.value):
        differences.append(Difference("status", ours.status, theirs.provider_status))
    amounts = [
        ("amount", f"{ours.currency} {ours.amount:f}", f"{told.currency} {told.amount:f}"),
        ("captured", _text(ours.amount_captured), _text(theirs.amount_captured)),
        ("refunded", _text(ours.amount_refunded), _text(theirs.amount_refunded)),
    ]
    return differences + [Difference(*each) for each in amounts if each[2] is not None and each[1] != each[2]]


def _standing(status: str) -> str:
    """Statuses that mean the same to money: how much was given back is compared by amounts."""
    if status in _TAKEN:
        return "taken"
    return "open" if status in _OPEN else status


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount.normalize() if amount else Decimal(0), "f")


class ReconciliationHandlers:
    """Handles ``payment.reconcile``."""

    def __init__(
        self, store: PostgresReconciliations, connections: PostgresConnections, connectors: OpensConnectors
    ) -> None:
        self._store = store
        self._connections = connections
        self._connectors = connectors

    def handlers(self) -> Handlers:
        """The handlers by kind."""
        return {"payment.reconcile": Handler(self.reconcile)}

    async def reconcile(self, job: Job) -> Outcome:
        """Go on comparing for a while; what is left is for the next attempt."""
        run = await self._store.load(job.id)
        if run is None:
            return Done()
        row = await self._connections.load(run.connection_id)
        try:
            if row is None:
                raise AuthenticationFailed("The connection is gone.")
            connector = await self._connectors.open(row, job.id)
            return await self._go_on(run, connector)
        except RefusedForNow as refusal:
            if job.attempt < job.max_attempts or isinstance(refusal, RateLimited):
                paced = isinstance(refusal, RateLimited)
                return Later(refusal.as_dict(), after_seconds=refusal.retry_after, counted=not paced)
            return await self._fail(run, refusal)
        except ProviderError as error:
            return await self._fail(run, error)

    async def _go_on(self, run: Reconciliation, connector: AnyConnector) -> Outcome:
        until = time.monotonic() + _SECONDS_PER_ATTEMPT
        while time.monotonic() < until:
            if not run.listed and isinstance(connector, ListsPayments):
                run = await self._compare_page(run, connector, connector)
                continue
            ours = await self._store.next_ours(run, _OURS_PER_STEP)
            if not ours:
                return Done(result=await self._store.finish(run))
            run = await self._compare_ours(run, connector, ours)
        return Later(after_seconds=0.0, counted=False)

    async def _fail(self, run: Reconciliation, error: ProviderError) -> Done:
        shown = error.as_dict()
        await self._store.fail(run, shown)
        return Done(EndStatus.FAILED, error=shown)

    # One step each.

    async def _compare_page(
        self, run: Reconciliation, connector: AnyConnector, lister: ListsPayments
    ) -> Reconciliation:
        page = await lister.list_payments(since=run.since, until=run.until, cursor=run.cursor)
        names = {each for theirs in page.payments for each in _names(theirs)}
        ours = await self._store.find_ours(run, names, [each.payment_id for each in page.payments if each.payment_id])
        step, seen, missing = Step(), [], []
        for theirs in page.payments:
            mine = _ours_of(theirs, ours)
            if mine is None:
                step.strangers += theirs.payment_id is None
                missing += [theirs] if theirs.payment_id and theirs.status in _MONEY else []
            elif compare(mine, theirs):
                seen.append(await self._look(connector, mine))
            else:
                seen.append(Seen(mine, theirs, [], looked=False))
        listed = page.next_cursor is None
        return await self._record(run, step, seen, missing, cursor=page.next_cursor, listed=listed, after=None)

    async def _compare_ours(
        self, run: Reconciliation, connector: AnyConnector, ours: Sequence[OurPayment]
    ) -> Reconciliation:
        seen = [await self._look(connector, mine) for mine in ours]
        return await self._record(run, Step(), seen, [], cursor=run.cursor, listed=run.listed, after=ours[-1].id)

    async def _look(self, connector: AnyConnector, ours: OurPayment) -> Seen:
        try:
            theirs, refunds = await look_at(connector, ours.provider_payment_id or "", [])
        except NotFound:
            return Seen(ours, None, [], looked=True)
        return Seen(ours, theirs, refunds, looked=True)

    async def _record(
        self,
        run: Reconciliation,
        step: Step,
        seen: Sequence[Seen],
        missing: Sequence[PaymentResult],
        *,
        cursor: str | None,
        listed: bool,
        after: UUID | None,
    ) -> Reconciliation:
        step.compared = len(seen)
        step.payment_ids = [each.ours.id for each in seen]
        async with self._store.transaction() as connection:
            for each in seen:
                differed = bool(_left(each.ours, each.theirs))
                ours = each.ours
                if each.theirs is not None and each.looked:
                    await apply_look(connection, ours.id, each.theirs, each.refunds, None)
                    ours = await read_ours(connection, ours.id) or ours
                left = _left(ours, each.theirs)
                step.healed += differed and not left
                names = [name for name in (ours.provider_payment_id, each.ours.provider_payment_id) if name]
                await note_differences(connection, run, ours.id, names or _names(each.theirs), left)
            for theirs in missing:
                found = [Difference("missing_here", None, theirs.provider_status)]
                await note_differences(connection, run, None, [theirs.provider_payment_id], found)
            return await advance(connection, run, step, cursor, listed, after)


def _left(ours: OurPayment, theirs: PaymentResult | None) -> list[Difference]:
    if theirs is not None:
        return compare(ours, theirs)
    # Some gateways know a payment only once somebody has paid.
    return [Difference("missing_there", ours.status, None)] if ours.status in _MONEY else []


def _names(theirs: PaymentResult | None) -> list[str]:
    return [name for name in (theirs.provider_payment_id, theirs.provider_session_id) if name] if theirs else []


def _ours_of(theirs: PaymentResult, ours: Sequence[OurPayment]) -> OurPayment | None:
    names = _names(theirs)
    return next(
        (
            mine
            for mine in ours
            if mine.id == theirs.payment_id or {mine.provider_payment_id, mine.provider_session_id} & set(names)
        ),
        None,
    )
