# Made by `wasl sdk sync` from wasl/_async/operations.py: do not edit.
"""`hub.operations`: what was asked of the workers, and how it went."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from time import monotonic

from wasl import _answers, _pauses
from wasl._requests import Id, id_text, optional_id
from wasl._row import columns_of
from wasl._sync.api import Api
from wasl._sync.runtime import sleep
from wasl.errors import OperationFailed, PermissionDenied, WaitTimeout
from wasl.models import Operation
from wasl.rows import OperationStatus


class Operations:
    """Operations of the organizations that the caller belongs to."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def get(self, operation_id: Id) -> Operation:
        """Return one operation; raises NotFound."""
        return self._api.one(Operation, "operations", operation_id, "operation_id")

    def list(
        self,
        *,
        status: OperationStatus | Sequence[OperationStatus] | None = None,
        kind: str | None = None,
        subject_id: Id | None = None,
        connection_id: Id | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> Iterator[Operation]:
        """Yield operations, newest first; pages are fetched as they are needed.

        Args:
            kind: such as ``payment.create``.
            subject_id: what the operation is about, such as a payment.
            limit: how many to yield at most.
        """
        equal = {
            "status": status,
            "kind": kind,
            "subject_id": optional_id(subject_id, "subject_id"),
            "connection_id": optional_id(connection_id, "connection_id"),
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(Operation, "operations", equal, after=created_after, before=created_before, limit=limit)

    def wait(self, operation_id: Id, timeout_seconds: float = 30.0) -> Operation:
        """Return the operation once it has succeeded.

        Args:
            timeout_seconds: seconds.

        Raises:
            OperationFailed: it failed, was cancelled, or was given up.
            WaitTimeout: it is still going on.
            NotFound: there is no such operation of the caller's.
        """
        identifier = id_text(operation_id, "operation_id")
        operation = self._wait({"id": identifier}, timeout_seconds)
        return _answers.only([operation] if operation else [], what="operation", identifier=identifier)

    def cancel(self, operation_id: Id) -> Operation:
        """Cancel an operation that has not been sent; one that is under way is cancelled if it still can be."""
        arguments = {"operation_id": id_text(operation_id, "operation_id")}
        return self._api.call(Operation, "cancel_operation", arguments, repeatable=True)

    def retry(self, operation_id: Id) -> Operation:
        """Take up again an operation that was given up; raises Conflict for any other."""
        return self._api.call(Operation, "retry_operation", {"operation_id": id_text(operation_id, "operation_id")})

    def wait_for_call(self, idempotency_key: str, organization_id: Id, timeout_seconds: float) -> Operation:
        """Return the operation that a call with this idempotency key began, once it has succeeded; raises as `wait`."""
        equal = {"idempotency_key": idempotency_key, "organization_id": id_text(organization_id, "organization_id")}
        return _seen(self._wait(equal, timeout_seconds))

    def wait_for_subject(self, subject_id: Id, kind: str, timeout_seconds: float) -> Operation:
        """Return the operation of a kind that is about something, once it has succeeded; raises as `wait`."""
        equal = {"subject_id": id_text(subject_id, "subject_id"), "kind": kind}
        return _seen(self._wait(equal, timeout_seconds))

    def follow(self, operation: Operation, timeout_seconds: float | None) -> Operation:
        """Return an operation that a call began, once it has succeeded; at once if nobody waits. Raises as `wait`."""
        if timeout_seconds is None:
            return operation
        return _seen(self._wait({"id": str(operation.id)}, timeout_seconds))

    def _wait(self, equal: Mapping[str, str], timeout_seconds: float) -> Operation | None:
        """Return the operation once it has succeeded, None if there is none."""
        deadline = monotonic() + timeout_seconds
        for pause in _pauses.between_polls():
            operation = next(iter(self._find(equal)), None)
            if operation is None or operation.status == "succeeded":
                return operation
            if operation.finished:
                raise OperationFailed(operation)
            left = deadline - monotonic()
            if left <= 0:
                raise WaitTimeout(operation, timeout_seconds)
            sleep(min(pause, left))
        return None

    def _find(self, equal: Mapping[str, str]) -> Sequence[Operation]:
        query = self._api.table("operations", columns_of(Operation))
        for column, value in equal.items():
            query = query.eq(column, value)
        return self._api.fetch(Operation, query)


def _seen(operation: Operation | None) -> Operation:
    if operation is None:
        raise PermissionDenied(
            "The operation cannot be seen, so it cannot be waited for.",
            code="operation_not_visible",
            field="wait",
            hint="An API key needs the scope operations:read for that.",
        )
    return operation
