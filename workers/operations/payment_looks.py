"""Looking at payments: asking a gateway how one stands, when a client asks, when an unsigned webhook hints, and by the
clock while a payment is not settled."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import structlog

from workers.monitoring.health import OpensConnectors
from workers.operations.currencies import check_currency
from workers.operations.jobs import Done, EndStatus, Handler, Handlers, Job, Later, Outcome
from workers.operations.news import payment_news, refund_news
from workers.providers.base import Connector, require
from workers.providers.capabilities import RefundsPayments, TakesPayments
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    ProviderError,
    RateLimited,
    RefusedForNow,
)
from workers.providers.payments.models import PaymentResult, RefundResult
from workers.store.connections import PostgresConnections, mark_needs_attention
from workers.store.payments import KnownPayment, PostgresPayments, apply_payment_news, apply_refund_news
from workers.store.pool import Connection

_log = structlog.get_logger(__name__)
_REFUNDS_LOOKED_AT: Final = 25
_NOBODY_PAID: Final = ("created", "requires_action")
_DELETED: Final = {"code": "not_found", "message": "What the operation was about has been deleted."}


async def look_at(
    connector: Connector[Any, Any], provider_payment_id: str, pending_refunds: list[str]
) -> tuple[PaymentResult, list[RefundResult]]:
    """How a payment stands at its provider, and its refunds: those we wait for and those it lists.

    :raises ProviderError: the payment could not be read; a refund that is not there (yet) is left out.
    """
    payment = await require(connector, TakesPayments, "get_payment").get_payment(provider_payment_id)
    if not isinstance(connector, RefundsPayments):
        return payment, []
    refunds = []
    for refund_id in list(dict.fromkeys([*pending_refunds, *payment.refunds]))[:_REFUNDS_LOOKED_AT]:
        try:
            refunds.append(await connector.get_refund(refund_id))
        except NotFound:
            continue
    return payment, refunds


async def apply_look(
    connection: Connection,
    payment_id: UUID,
    payment: PaymentResult,
    refunds: list[RefundResult],
    operation_id: UUID | None,
    *,
    connection_id: UUID | None = None,
) -> None:
    """Move a payment and its refunds by what was seen; in the caller's transaction.

    :param connection_id: where it was seen, for a payment that has no connection yet.
    """
    news = payment_news(payment, connection_id=connection_id)
    await apply_payment_news(connection, payment_id, news, "sync", operation_id)
    for refund in refunds:
        await apply_refund_news(connection, payment_id, refund.refund_id, refund_news(refund), "sync", operation_id)


class PaymentLooks:
    """Handles ``payment.sync``, which a client or a webhook asked for, and ``payment.look``, which the clock did."""

    def __init__(
        self, payments: PostgresPayments, connections: PostgresConnections, connectors: OpensConnectors
    ) -> None:
        self._payments = payments
        self._connections = connections
        self._connectors = connectors

    def handlers(self) -> Handlers:
        """The handlers by kind."""
        return {"payment.sync": Handler(self.sync), "payment.look": Handler(self.look)}

    async def sync(self, job: Job) -> Outcome:
        """Ask the provider how the payment of an operation stands."""
        payment_id = await self._payments.subject(job.id)
        known = await self._payments.known(payment_id) if payment_id else None
        if known is None or known.connection_id is None:
            return Done(EndStatus.FAILED, error=_DELETED)
        if known.provider_payment_id is None:
            fault = InvalidRequest("The payment has not reached a gateway.", field="payment_id")
            return Done(EndStatus.FAILED, error=fault.as_dict())
        return await self._look(known, known.connection_id, known.provider_payment_id, job.id)

    async def look(self, job: Job) -> Outcome:
        """Ask how the payment stands whose id the job has. What went wrong is left to the next look."""
        known = await self._payments.known(job.id)
        if known is None or known.connection_id is None or known.provider_payment_id is None:
            return Done()
        outcome = await self._look(known, known.connection_id, known.provider_payment_id, None)
        if isinstance(outcome, Later) and job.attempt >= job.max_attempts:
            return Done()
        if isinstance(outcome, Done) and outcome.error:
            _log.warning("a payment could not be looked at", payment_id=str(known.payment_id), **outcome.error)
        return outcome

    async def _look(
        self, known: KnownPayment, connection_id: UUID, provider_payment_id: str, operation_id: UUID | None
    ) -> Outcome:
        try:
            row = await self._connections.load(connection_id)
            if row is None:
                raise AuthenticationFailed("The connection is gone.")
            connector = await self._connectors.open(row, operation_id)
            payment, refunds = await look_at(connector, provider_payment_id, known.pending_refunds)
            check_currency(known.currency, payment, *refunds)
        except RefusedForNow as refusal:
            paced = isinstance(refusal, RateLimited)
            return Later(refusal.as_dict(), after_seconds=refusal.retry_after, counted=not paced)
        except AuthenticationFailed as refusal:
            shown = refusal.as_dict()
            return Done(
                EndStatus.FAILED, error=shown, effect=lambda held: mark_needs_attention(held, connection_id, shown)
            )
        except NotFound as refusal:
            # Some gateways know a payment only once somebody has paid.
            return Done() if known.status in _NOBODY_PAID else Done(EndStatus.FAILED, error=refusal.as_dict())
        except ProviderError as refusal:
            return Done(EndStatus.FAILED, error=refusal.as_dict())
        payment_id = known.payment_id
        return Done(effect=lambda held: apply_look(held, payment_id, payment, refunds, operation_id))
