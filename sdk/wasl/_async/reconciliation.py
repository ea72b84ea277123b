"""`hub.payments.reconciliation`: comparing our payments with the gateways' own."""

from collections.abc import AsyncIterator
from datetime import datetime

from wasl import _answers
from wasl._async.api import AsyncApi
from wasl._async.operations import AsyncOperations
from wasl._requests import Id, given, id_text, new_idempotency_key, optional_id, time_text
from wasl._row import columns_of
from wasl.models import Operation, PaymentDifference, Reconciliation
from wasl.rows import PaymentDifferenceStatus


class AsyncPaymentReconciliation:
    """Comparisons of the organizations that the caller belongs to. Each connection is compared once a day by itself."""

    def __init__(self, api: AsyncApi, operations: AsyncOperations) -> None:
        self._api = api
        self._operations = operations

    async def run(
        self,
        connection_id: Id,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        idempotency_key: str | None = None,
        wait: float | None = None,
    ) -> Reconciliation:
        """Compare the payments of a span of time with the gateway's; what has fallen behind is brought up to date.

        Args:
            since: with a time zone; a day before `until` if left out.
            until: now if left out.

        Raises:
            Conflict: the connection takes no payments, or is being compared.
            NotFound, InvalidRequest, OperationFailed, WaitTimeout: as `AsyncPayments.create` does.
        """
        arguments = given(
            connection_id=id_text(connection_id, "connection_id"),
            since=time_text(since, "since"),
            until=time_text(until, "until"),
            idempotency_key=idempotency_key or new_idempotency_key(),
        )
        operation = await self._api.call(Operation, "reconcile_payments", arguments)
        if wait is not None:
            await self._operations.wait(operation.id, wait)
        query = self._api.table("payment_reconciliations", columns_of(Reconciliation))
        query = query.eq("operation_id", str(operation.id))
        found = await self._api.fetch(Reconciliation, query)
        return _answers.only(found, what="reconciliation", identifier=operation.id)

    def list(
        self, *, connection_id: Id | None = None, organization_id: Id | None = None, limit: int | None = None
    ) -> AsyncIterator[Reconciliation]:
        """Yield comparisons, newest first; pages are fetched as they are needed."""
        equal = {
            "connection_id": optional_id(connection_id, "connection_id"),
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(Reconciliation, "payment_reconciliations", equal, time="started_at", limit=limit)

    def differences(
        self,
        *,
        status: PaymentDifferenceStatus | None = "open",
        payment_id: Id | None = None,
        connection_id: Id | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[PaymentDifference]:
        """Yield what does not agree, newest first; pages are fetched as they are needed."""
        equal = {
            "status": status,
            "payment_id": optional_id(payment_id, "payment_id"),
            "connection_id": optional_id(connection_id, "connection_id"),
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(PaymentDifference, "payment_differences", equal, limit=limit)

    async def dismiss(self, difference_id: Id, *, note: str | None = None) -> PaymentDifference:
        """Say that a person has dealt with a difference; raises NotFound."""
        arguments = given(difference_id=id_text(difference_id, "difference_id"), note=note)
        return await self._api.call(PaymentDifference, "dismiss_payment_difference", arguments, repeatable=True)
