"""`hub.payments.methods`: payment methods that gateways keep for later payments."""

from collections.abc import AsyncIterator, Sequence

from wasl._async.api import AsyncApi
from wasl._async.operations import AsyncOperations
from wasl._requests import Id, call_key, id_text, optional_id
from wasl.models import Operation
from wasl.payment_models import PaymentMethod
from wasl.rows import Environment, PaymentMethodStatus


class AsyncPaymentMethods:
    """Saved payment methods of the organizations that the caller belongs to.

    One is kept when a payment with ``save_payment_method=True`` succeeds; pay with it by ``payment_method_id``. The
    gateway holds the card; the hub knows what to show of it.
    """

    def __init__(self, api: AsyncApi, operations: AsyncOperations) -> None:
        self._api = api
        self._operations = operations

    async def get(self, payment_method_id: Id) -> PaymentMethod:
        """Return one saved payment method, a deleted one too; raises NotFound."""
        return await self._api.one(PaymentMethod, "payment_methods", payment_method_id, "payment_method_id")

    def list(
        self,
        *,
        customer_reference: str | None = None,
        status: PaymentMethodStatus | Sequence[PaymentMethodStatus] | None = "active",
        connection_id: Id | None = None,
        environment: Environment | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[PaymentMethod]:
        """Yield saved payment methods, newest first; pages are fetched as they are needed.

        Args:
            customer_reference: whose: the `customer["reference"]` of the payments they were kept with.
            status: None for deleted ones too.
            limit: how many to yield at most.
        """
        equal = {
            "customer_reference": customer_reference,
            "status": status,
            "connection_id": optional_id(connection_id, "connection_id"),
            "environment": environment,
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(PaymentMethod, "payment_methods", equal, limit=limit)

    async def delete(
        self, payment_method_id: Id, *, idempotency_key: str | None = None, wait: float | None = None
    ) -> Operation:
        """Have the gateway forget a saved payment method; one that is deleted already is no error.

        Args:
            idempotency_key: for repeating the call; made for you if left out.
            wait: seconds to wait for the gateway's answer; None returns at once.

        Returns:
            The operation that does so; `get` shows the payment method itself.

        Raises:
            NotFound: there is no such payment method of yours.
            OperationFailed: with `wait`: the gateway refused.
            WaitTimeout: with `wait`: there is no answer yet.
        """
        arguments = {
            "payment_method_id": id_text(payment_method_id, "payment_method_id"),
            "idempotency_key": call_key(idempotency_key),
        }
        operation = await self._api.call(Operation, "delete_payment_method", arguments)
        return await self._operations.follow(operation, wait)
