"""`hub.payments.routing`: which gateway takes which payment, and why."""

from collections.abc import Mapping, Sequence
from typing import Any

from wasl._async.api import AsyncApi
from wasl._async.operations import AsyncOperations
from wasl._requests import Amount, Id, amount_text, given
from wasl._row import columns_of
from wasl.models import CaptureMethod, Operation, PaymentPolicy
from wasl.rows import Environment, PaymentRoutingRule


class AsyncPaymentRouting:
    """The routing policies of the organizations that the caller belongs to."""

    def __init__(self, api: AsyncApi, operations: AsyncOperations) -> None:
        self._api = api
        self._operations = operations

    async def policy(self, environment: Environment, *, organization_id: Id | None = None) -> PaymentPolicy | None:
        """Return the policy of an environment; None while nobody has set one: by priority then, with failover."""
        query = self._api.table("payment_policies", columns_of(PaymentPolicy)).eq("environment", environment)
        whose = self._api.organization(organization_id)
        query = query if whose is None else query.eq("organization_id", whose)
        return next(iter(await self._api.fetch(PaymentPolicy, query)), None)

    async def set_policy(
        self,
        environment: Environment,
        *,
        rule: PaymentRoutingRule = "priority",
        cases: Sequence[Mapping[str, Any]] = (),
        failover: bool = True,
        expected_version: int | None = None,
        organization_id: Id | None = None,
    ) -> PaymentPolicy:
        """Replace the policy of an environment. What it was stands in the audit log.

        Args:
            rule: ``priority``, ``weighted`` or ``lowest_fee``.
            cases: the first that a payment meets counts: ``name``; ``when`` with ``currencies``, ``countries``,
                ``methods``, ``minimum_amount`` and ``maximum_amount``; ``rule``; ``connections``, which come first;
                ``exclusive``, to let no others in.
            failover: whether another gateway takes over when the first certainly did nothing.
            expected_version: change it only if it is still at this version; 0 when there is none.

        Raises:
            InvalidRequest: something in it is wrong, and `field` names it.
            Conflict: somebody else has changed it.
        """
        arguments = given(
            environment=environment,
            rule=rule,
            cases=[dict(case) for case in cases],
            failover=failover,
            expected_version=expected_version,
            organization_id=self._api.organization(organization_id),
        )
        return await self._api.call(PaymentPolicy, "set_payment_policy", arguments)

    async def try_route(
        self,
        *,
        amount: Amount,
        currency: str,
        method: str | None = None,
        country: str | None = None,
        capture_method: CaptureMethod | None = None,
        save_payment_method: bool = False,
        environment: Environment | None = None,
        organization_id: Id | None = None,
        wait: float = 10.0,
    ) -> Mapping[str, Any]:
        """Say which gateway a payment would take, and why; nothing is sent to any.

        Returns:
            ``chosen``, ``reason``, ``rule``, ``policy``, ``next`` (who would take over) and ``skipped`` (who cannot and
            why), as `Operation.why` has them for a payment.

        Raises:
            OperationFailed: no connection could take it; its error says why each is out.
        """
        arguments = given(
            amount=amount_text(amount),
            currency=currency,
            method=method,
            country=country,
            capture_method=capture_method,
            save_payment_method=save_payment_method or None,
            environment=environment,
            organization_id=self._api.organization(organization_id),
        )
        operation = await self._api.call(Operation, "route_payment", arguments, repeatable=True)
        result: Mapping[str, Any] = (await self._operations.wait(operation.id, wait)).result
        return result
