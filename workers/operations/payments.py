"""The handlers of payments. Whatever they do, nobody is charged, refunded or captured twice.

Only a gateway that certainly did nothing is tried again or passed over for the next one; see `sending`.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, TypeAlias
from uuid import UUID

from workers.monitoring.health import OpensConnectors
from workers.operations.eligibility import PaymentFacts
from workers.operations.failover import Route, choose, named_by_client
from workers.operations.jobs import Done, EndStatus, Handler, Handlers, Job, Later, Outcome
from workers.operations.payment_calls import (
    CancelPayment,
    CapturePayment,
    CompletePayment,
    CreatePayment,
    PaymentCall,
    RefundPayment,
)
from workers.operations.sending import Sending, later
from workers.providers.base import require
from workers.providers.capabilities import SavesPaymentMethods
from workers.providers.errors import (
    InvalidRequest,
    NotSupported,
    OutcomeUnknown,
    ProviderError,
    RefusedForNow,
)
from workers.store.connections import PostgresConnections
from workers.store.payments import PaymentWork, PostgresPayments, forget_payment_method

AnyCall: TypeAlias = PaymentCall[Any, Any]

_IN_USE: Final = {"code": "payment_method_in_use", "message": "A payment is just being made with it."}
_DELETED: Final = {"code": "not_found", "message": "What the operation was about has been deleted."}


class PaymentHandlers:
    """Handles ``payment.create``, ``.complete``, ``.capture``, ``.cancel``, ``.refund`` and ``.route``, and
    ``payment_method.delete``.

    :param send_seconds: how long it may take to send a request and get its answer, whatever calls that takes: less than
        what `PostgresPayments.marks` makes sure of before.
    """

    def __init__(
        self,
        payments: PostgresPayments,
        connections: PostgresConnections,
        connectors: OpensConnectors,
        *,
        send_seconds: float = 30.0,
    ) -> None:
        self._payments = payments
        self._sending = Sending(payments.marks, connections, connectors, seconds=send_seconds)

    def handlers(self) -> Handlers:
        """The handlers by kind."""
        return {
            "payment.create": Handler(self.create, writes=True),
            "payment.capture": Handler(lambda job: self._on_existing(job, CapturePayment), writes=True),
            "payment.cancel": Handler(lambda job: self._on_existing(job, CancelPayment), writes=True),
            "payment.refund": Handler(lambda job: self._on_existing(job, RefundPayment), writes=True),
            "payment.complete": Handler(lambda job: self._on_existing(job, CompletePayment), writes=True),
            "payment.route": Handler(self.route),
            "payment_method.delete": Handler(self.delete_method),
        }

    async def create(self, job: Job) -> Outcome:
        """Make a payment through the connection the client named, or through the first that takes it."""
        work = await self._payments.load(job.id)
        if work is None:
            return Done(EndStatus.FAILED, error=_DELETED)
        call = CreatePayment(work)
        if (ready := await self._sending.before(job, call)) is not None:
            return ready
        if work.connection_id is not None:
            return await self._sending.to_one(job, call, work.connection_id, named_by_client(work.connection_id))
        return await self._send_to_first(job, call)

    async def _on_existing(self, job: Job, make_call: Callable[[PaymentWork], AnyCall]) -> Outcome:
        """Do something to a payment where it was made."""
        work = await self._payments.load(job.id)
        if work is None or work.connection_id is None:
            return Done(EndStatus.FAILED, error=_DELETED)
        call = make_call(work)
        if (ready := await self._sending.before(job, call)) is not None:
            return ready
        return await self._sending.to_one(job, call, work.connection_id, named_by_client(work.connection_id))

    async def route(self, job: Job) -> Outcome:
        """Say which connection a payment would take, and why. Nothing is sent."""
        question = await self._payments.routing_input(job.id)
        if question is None:
            return Done(EndStatus.FAILED, error=_DELETED)
        organization_id, asked = question
        facts = PaymentFacts(
            Decimal(asked["amount"]),
            asked["currency"],
            job.id,
            country=asked.get("country"),
            method=asked.get("method"),
            capture_method=asked["capture_method"],
            save_payment_method=asked["save_payment_method"],
        )
        route = await self._route(organization_id, asked["environment"], facts)
        if not route.order:
            error = InvalidRequest("No connection can take this payment.").as_dict()
            return Done(EndStatus.FAILED, error={**error, "code": "no_connection", "skipped": list(route.skipped)})
        return Done(result=route.why(route.order[0]))

    async def delete_method(self, job: Job) -> Outcome:
        """Have the provider forget a saved payment method; to ask twice does no harm."""
        method = await self._payments.saved_method(job.id)
        if method is None:
            return Done()
        if method.in_use:  # to find out about a payment that was sent with it, it may have to be sent again
            return Later(_IN_USE, counted=False)
        try:
            connector = await self._sending.open(method.connection_id, job.id)
            keeper = require(connector, SavesPaymentMethods, "delete_payment_method")
            await keeper.delete_payment_method(method.token, method.provider_data)
        except RefusedForNow as refusal:
            return later([refusal])
        except OutcomeUnknown as error:
            return Later(error.as_dict())
        except NotSupported:
            pass  # the provider keeps it until it runs out; to us it is forgotten
        except ProviderError as error:
            return Done(EndStatus.FAILED, error=error.as_dict())
        return Done(effect=lambda connection: forget_payment_method(connection, method.payment_method_id))

    async def _send_to_first(self, job: Job, call: AnyCall) -> Outcome:
        work = call.work
        facts = PaymentFacts(
            work.amount,
            work.currency,
            work.operation_id,
            country=work.country,
            method=work.method,
            capture_method=work.capture_method,
            save_payment_method=work.save_payment_method,
        )
        route = await self._route(work.organization_id, work.environment, facts)
        refusals: list[RefusedForNow] = []
        refused: list[dict[str, Any]] = []
        for candidate in route.order:
            try:
                return await self._sending.send(job, call, candidate, route.why(candidate, refused))
            except RefusedForNow as refusal:
                refusals.append(refusal)
                refused.append({"connection_id": str(candidate.id), "error": refusal.as_dict()})
            except ProviderError as error:
                return call.refused(error, candidate.id)
        return later(refusals) if refusals else _nowhere_to_go(call, route)

    async def _route(self, organization_id: UUID, environment: str, facts: PaymentFacts) -> Route:
        policy = await self._payments.policy(organization_id, environment)
        return choose(facts, policy, await self._payments.candidates(organization_id, environment))


def _nowhere_to_go(call: AnyCall, route: Route) -> Done:
    error = InvalidRequest("No connection can take this payment.", field="connection_id")
    done = call.refused(error, None)
    done.error = {**error.as_dict(), "code": "no_connection", "skipped": list(route.skipped)}
    return done
