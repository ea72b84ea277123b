# Made by `wasl sdk sync` from wasl/_async/payment_methods.py: do not edit.
"""`hub.payments.methods`: payment methods that gateways keep for later payments."""

from collections.abc import Iterator

from wasl import _answers
from wasl._requests import Id, id_text, new_idempotency_key, optional_id
from wasl._row import columns_of
from wasl._sync.api import Api
from wasl._sync.operations import Operations
from wasl.models import Operation, PaymentMethod
from wasl.rows import PaymentMethodStatus


class PaymentMethods:
    """Saved payment methods of the organizations that the caller belongs to.

    One is kept when a payment with ``save_payment_method`` is paid; pay with it by ``payment_method_id``.
    """

    def __init__(self, api: Api, operations: Operations) -> None:
        self._api = api
        self._operations = operations

    def get(self, payment_method_id: Id) -> PaymentMethod:
        """Return one saved payment method; raises NotFound."""
        identifier = id_text(payment_method_id, "payment_method_id")
        query = self._api.table("payment_methods", columns_of(PaymentMethod)).eq("id", identifier)
        found = self._api.fetch(PaymentMethod, query)
        return _answers.only(found, what="payment method", identifier=identifier)

    def list(
        self,
        *,
        customer_reference: str | None = None,
        status: PaymentMethodStatus | None = "active",
        connection_id: Id | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> Iterator[PaymentMethod]:
        """Yield saved payment methods, newest first.

        Args:
            customer_reference: whose: the `customer["reference"]` of the payments they were kept with.
        """
        equal = {
            "customer_reference": customer_reference,
            "status": status,
            "connection_id": optional_id(connection_id, "connection_id"),
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(PaymentMethod, "payment_methods", equal, limit=limit)

    def delete(
        self, payment_method_id: Id, *, idempotency_key: str | None = None, wait: float | None = None
    ) -> Operation:
        """Have the gateway forget a saved payment method; returns the operation that does so.

        Raises:
            NotFound, OperationFailed, WaitTimeout: as `Payments.create` does.
        """
        arguments = {
            "payment_method_id": id_text(payment_method_id, "payment_method_id"),
            "idempotency_key": idempotency_key or new_idempotency_key(),
        }
        operation = self._api.call(Operation, "delete_payment_method", arguments)
        return operation if wait is None else self._operations.wait(operation.id, wait)
