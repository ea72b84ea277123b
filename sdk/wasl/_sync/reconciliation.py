# Made by `wasl sdk sync` from wasl/_async/reconciliation.py: do not edit.
"""`hub.payments.reconciliation`: comparing our payments with the gateways' own."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from wasl._requests import Id, call_key, given, id_text, optional_id, time_text
from wasl._sync.api import Api
from wasl._sync.operations import Operations
from wasl.models import Operation
from wasl.payment_models import PaymentDifference, Reconciliation
from wasl.rows import PaymentDifferenceStatus, ReconciliationStatus

_TABLE = "payment_reconciliations"


class PaymentReconciliation:
    """Comparisons of the organizations that the caller belongs to. Each connection is compared once a day by itself."""

    def __init__(self, api: Api, operations: Operations) -> None:
        self._api = api
        self._operations = operations

    def run(
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
            since: from when on they were made, with a time zone; a day before `until` if left out.
            until: until when, exclusive, with a time zone; now if left out.
            idempotency_key: for repeating the call; made for you if left out.
            wait: seconds to wait for it; None returns at once, with the comparison ``running``.

        Returns:
            The comparison. What it found that does not agree, `differences` lists.

        Raises:
            InvalidRequest: the span is empty, in the future or longer than a year, or a time has no zone.
            NotFound: there is no such connection of yours.
            Conflict: the connection takes no payments, is not active, or is being compared already.
            OperationFailed: with `wait`: the gateway refused.
            WaitTimeout: with `wait`: it is still going on.
        """
        arguments = given(
            connection_id=id_text(connection_id, "connection_id"),
            since=time_text(since, "since"),
            until=time_text(until, "until"),
            idempotency_key=call_key(idempotency_key),
        )
        operation = self._api.call(Operation, "reconcile_payments", arguments)
        self._operations.follow(operation, wait)
        return self._api.one(Reconciliation, _TABLE, str(operation.subject_id), "reconciliation_id")

    def get(self, reconciliation_id: Id) -> Reconciliation:
        """Return one comparison; raises NotFound."""
        return self._api.one(Reconciliation, _TABLE, reconciliation_id, "reconciliation_id")

    def list(
        self,
        *,
        status: ReconciliationStatus | Sequence[ReconciliationStatus] | None = None,
        connection_id: Id | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> Iterator[Reconciliation]:
        """Yield comparisons, newest first; pages are fetched as they are needed."""
        equal = {
            "status": status,
            "connection_id": optional_id(connection_id, "connection_id"),
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(Reconciliation, _TABLE, equal, time="started_at", limit=limit)

    def differences(
        self,
        *,
        status: PaymentDifferenceStatus | Sequence[PaymentDifferenceStatus] | None = "open",
        reconciliation_id: Id | None = None,
        payment_id: Id | None = None,
        connection_id: Id | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> Iterator[PaymentDifference]:
        """Yield what does not agree, newest first; pages are fetched as they are needed.

        Args:
            status: None for those that healed or were dismissed too.
            reconciliation_id: the comparison that saw it last.
            limit: how many to yield at most.
        """
        equal = {
            "status": status,
            "reconciliation_id": optional_id(reconciliation_id, "reconciliation_id"),
            "payment_id": optional_id(payment_id, "payment_id"),
            "connection_id": optional_id(connection_id, "connection_id"),
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(PaymentDifference, "payment_differences", equal, limit=limit)

    def dismiss(self, difference_id: Id, *, note: str | None = None) -> PaymentDifference:
        """Say that a person has dealt with a difference; one that is no longer open is returned as it is.

        Args:
            note: what was done about it, in at most 500 characters.

        Raises:
            NotFound: there is no such difference of yours.
        """
        arguments = given(difference_id=id_text(difference_id, "difference_id"), note=note)
        return self._api.call(PaymentDifference, "dismiss_payment_difference", arguments, repeatable=True)
