"""Reconciliation: comparing our payments with the gateway's own, page by page, and healing what has fallen behind.

Where the gateway has a list, its pages are read first; then it is asked about each payment of ours that was not on them
or does not agree with what they say, and where it has none, about each of ours. Whatever it answers is applied, as by
any look; only what differs after that is a difference. A step (a page, or one payment) is one transaction together with
the mark of how far the comparison has come, so a worker that dies repeats one step and counts nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from typing import Any, Final
from uuid import UUID

from workers.monitoring.health import OpensConnectors
from workers.operations.currencies import is_told_in
from workers.operations.jobs import Done, EndStatus, Handler, Handlers, Job, Later, Outcome
from workers.operations.pacing import put_off
from workers.operations.payment_looks import apply_look, look_at
from workers.operations.sync.steps import run_steps
from workers.providers.base import Connector
from workers.providers.capabilities import ListsPayments
from workers.providers.errors import AuthenticationFailed, NotFound, ProviderError, RefusedForNow
from workers.providers.payments.models import PaymentResult, PaymentStatus, RefundResult
from workers.store.connections import PostgresConnections, mark_needs_attention
from workers.store.pool import Connection
from workers.store.reconciliation import (
    Difference,
    OurPayment,
    PostgresReconciliations,
    Reconciliation,
    Step,
    advance,
    fail,
    finish,
    heal_differences,
    listed_otherwise,
    note_difference,
    note_listed,
    read_ours,
)

AnyConnector = Connector[Any, Any]
_ENDED: Final = {"code": "not_found", "message": "The comparison has ended, or been deleted."}
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
_NOTHING_TAKEN: Final = frozenset({PaymentStatus.CANCELLED, PaymentStatus.FAILED, PaymentStatus.EXPIRED})
_MONEY: Final = frozenset({*_TAKEN, PaymentStatus.AUTHORIZED, PaymentStatus.PARTIALLY_CAPTURED})


def compare(ours: OurPayment, theirs: PaymentResult) -> list[Difference]:
    """The facts in which the two do not agree. What the gateway does not tell cannot differ."""
    told = theirs.money
    differences = []
    if _standing(ours.status) != _standing(theirs.status.value):
        differences.append(Difference("status", ours.status, theirs.provider_status))
    amounts = [
        ("amount", f"{ours.currency} {_text(ours.amount)}", f"{told.currency} {_text(told.amount)}"),
        ("captured", _text(ours.amount_captured), _text(theirs.amount_captured)),
        ("refunded", _text(ours.amount_refunded), _text(theirs.amount_refunded)),
    ]
    return differences + [Difference(*each) for each in amounts if each[2] is not None and each[1] != each[2]]


def _standing(status: str) -> str:
    """Statuses that mean the same to money: how much was given back is compared by amounts."""
    if status in _TAKEN:
        return "taken"
    if status in _NOTHING_TAKEN:
        return "nothing taken"
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
            return Done(EndStatus.FAILED, error=_ENDED)
        try:
            row = await self._connections.load(run.connection_id)
            if row is None:
                raise AuthenticationFailed("The connection is gone.")
            return await self._go_on(run, await self._connectors.open(row, job.id))
        except RefusedForNow as refusal:
            return put_off(job, refusal) or _failed(run, refusal)
        except ProviderError as error:
            return _failed(run, error)

    async def _go_on(self, run: Reconciliation, connector: AnyConnector) -> Outcome:
        if not await run_steps(partial(self._step, connector), run):
            return Later(after_seconds=0.0, counted=False)
        outcome = await self._store.outcome(run)
        return Done(result=outcome, effect=lambda held: finish(held, run, outcome))

    # One step each.

    async def _step(self, connector: AnyConnector, run: Reconciliation) -> Reconciliation | None:
        if not run.listed and isinstance(connector, ListsPayments):
            return await self._compare_page(run, connector)
        following = await self._store.next_ours(run, 1)
        return await self._ask_about(run, connector, following[0]) if following else None

    async def _compare_page(self, run: Reconciliation, lister: ListsPayments) -> Reconciliation:
        page = await lister.list_payments(since=run.since, until=run.until, cursor=run.cursor)
        names = {name for theirs in page.payments for name in _names(theirs)}
        ours = await self._store.find_ours(run, names, [each.payment_id for each in page.payments if each.payment_id])
        step = Step(page.next_cursor, listed=page.next_cursor is None)
        async with self._store.transaction() as connection:
            for theirs in page.payments:
                mine = _ours_of(theirs, ours)
                if mine is not None:
                    await _compare_listed(connection, run, step, mine, theirs)
                elif theirs.payment_id is None:
                    step.strangers += 1
                elif theirs.status in _MONEY:
                    found = Difference("missing_here", None, theirs.provider_status)
                    await note_difference(connection, run, None, theirs.provider_payment_id, found)
            return await advance(connection, run, step)

    async def _ask_about(self, run: Reconciliation, connector: AnyConnector, payment_id: UUID) -> Reconciliation:
        mine = await self._store.read(payment_id)
        step = Step(run.cursor, run.listed, after=payment_id)
        theirs, refunds = await _look(connector, mine) if mine else (None, [])
        async with self._store.transaction() as connection:
            if mine is not None:
                await _compare_answer(connection, run, step, mine, theirs, refunds)
            return await advance(connection, run, step)


async def _compare_listed(
    connection: Connection, run: Reconciliation, step: Step, mine: OurPayment, theirs: PaymentResult
) -> None:
    """Compare a payment with what the list says of it. Unless they agree, the gateway is asked about it later."""
    if mine.connection_id not in (None, run.connection_id):
        return  # of an earlier connection to the same account
    is_known = not set(mine.names).isdisjoint(_names(theirs))
    if mine.provider_payment_id is None and is_told_in(mine.currency, theirs):
        # The answer to its making has not been recorded: now it is known what the gateway calls it.
        await apply_look(connection, mine.id, theirs, [], None, connection_id=run.connection_id)
        step.healed += 1
    elif not is_known and theirs.status not in _MONEY:
        return  # an attempt that came to nothing
    all_told = theirs.amount_refunded is not None or theirs.status not in _TAKEN
    agrees = is_known and all_told and not compare(mine, theirs)
    is_new = await note_listed(
        connection, run, mine.id, theirs.provider_payment_id, theirs.provider_status, agrees=agrees
    )
    if agrees:
        step.compared += is_new
        await heal_differences(connection, run, mine, [])


async def _compare_answer(
    connection: Connection,
    run: Reconciliation,
    step: Step,
    mine: OurPayment,
    theirs: PaymentResult | None,
    refunds: list[RefundResult],
) -> None:
    """Apply what the gateway answered about a payment, and write down what differs after that."""
    before, step.compared = _money(mine), 1
    if theirs is not None and is_told_in(mine.currency, theirs, *refunds):
        await apply_look(connection, mine.id, theirs, refunds, None)
        mine = await read_ours(connection, mine.id) or mine
    left = _left(mine, theirs)
    step.healed = int(not left and _money(mine) != before)
    await heal_differences(connection, run, mine, left)
    for difference in left:
        await note_difference(connection, run, mine.id, mine.names[0], difference)
    for name, status in await listed_otherwise(connection, run, mine.id, mine.names):
        await note_difference(connection, run, mine.id, name, Difference("missing_here", None, status))


async def _look(connector: AnyConnector, ours: OurPayment) -> tuple[PaymentResult | None, list[RefundResult]]:
    try:
        return await look_at(connector, ours.names[0], ours.pending_refunds)
    except NotFound:
        return None, []


def _failed(run: Reconciliation, error: ProviderError) -> Done:
    shown = error.as_dict()

    async def write(connection: Connection) -> None:
        await fail(connection, run, shown)
        if isinstance(error, AuthenticationFailed):
            await mark_needs_attention(connection, run.connection_id, shown)

    return Done(EndStatus.FAILED, error=shown, effect=write)


def _left(ours: OurPayment, theirs: PaymentResult | None) -> list[Difference]:
    if theirs is not None:
        return compare(ours, theirs)
    # Some gateways know a payment only once somebody has paid.
    return [Difference("missing_there", ours.status, None)] if ours.status in _MONEY else []


def _money(ours: OurPayment) -> tuple[str, Decimal, Decimal]:
    return _standing(ours.status), ours.amount_captured, ours.amount_refunded


def _names(theirs: PaymentResult) -> list[str]:
    return [name for name in (theirs.provider_payment_id, theirs.provider_session_id) if name]


def _ours_of(theirs: PaymentResult, ours: Iterable[OurPayment]) -> OurPayment | None:
    names = set(_names(theirs))
    return next((mine for mine in ours if mine.id == theirs.payment_id or not names.isdisjoint(mine.names)), None)
