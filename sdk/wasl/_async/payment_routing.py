"""`hub.payments.routing`: which gateway takes which payment, and why."""

from collections.abc import Sequence
from typing import Unpack

from wasl import _answers
from wasl._arguments import payment_arguments, policy_cases, routing_changes
from wasl._async.api import AsyncApi
from wasl._async.operations import AsyncOperations
from wasl._requests import Amount, Id, given, id_text
from wasl._row import columns_of
from wasl.errors import InvalidRequest
from wasl.models import Operation
from wasl.params import CaptureMethod, PolicyCase, RoutingChanges
from wasl.payment_models import PaymentPolicy, PaymentProvider, Route
from wasl.rows import Environment, PaymentRoutingRule

_CONNECTIONS = "payment_providers"


class AsyncPaymentRouting:
    """The routing of the organizations that the caller belongs to: one policy for each environment, and how each
    connection takes part.
    """

    def __init__(self, api: AsyncApi, operations: AsyncOperations) -> None:
        self._api = api
        self._operations = operations

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
    ) -> Route:
        """Say which gateway a payment would take, and why. Nothing is sent to any.

        Args:
            wait: seconds to wait for a worker, which is the one that chooses.

        The other arguments are those of `AsyncPayments.create` that matter for the choice.

        Raises:
            InvalidRequest: an argument is wrong, and `field` names it.
            Conflict: no gateway is connected.
            OperationFailed: with code ``no_connection``: none can take it, and `operation.error.skipped` says why each.
            WaitTimeout: there is no answer yet.
        """
        arguments = payment_arguments(
            amount=amount,
            currency=currency,
            method=method,
            country=country,
            capture_method=capture_method,
            save_payment_method=save_payment_method or None,
            environment=environment,
            organization_id=self._api.organization(organization_id),
        )
        operation = await self._api.call(Operation, "route_payment", arguments, repeatable=True)
        return _answers.parse(Route, (await self._operations.follow(operation, wait)).result)

    async def policy(self, environment: Environment, *, organization_id: Id | None = None) -> PaymentPolicy | None:
        """Return the policy of an environment; None while nobody has set one: by priority then, with failover.

        Raises:
            InvalidRequest: several of your organizations have one; `organization_id` says which is meant.
        """
        query = self._api.table("payment_policies", columns_of(PaymentPolicy)).eq("environment", environment)
        whose = self._api.organization(organization_id)
        found = await self._api.fetch(PaymentPolicy, query if whose is None else query.eq("organization_id", whose))
        if len(found) > 1:
            raise InvalidRequest(
                "You belong to several organizations: say which one.",
                code="organization_required",
                field="organization_id",
            )
        return next(iter(found), None)

    async def set_policy(
        self,
        environment: Environment,
        *,
        rule: PaymentRoutingRule = "priority",
        cases: Sequence[PolicyCase] = (),
        failover: bool = True,
        expected_version: int | None = None,
        organization_id: Id | None = None,
    ) -> PaymentPolicy:
        """Replace the policy of an environment: what is left out is as if nobody had ever set it.

        What it was stands in the audit log. To change a part, read it first::

            policy = hub.payments.routing.policy("live")
            hub.payments.routing.set_policy(
                "live", rule=policy.rule, cases=[*policy.cases, case], expected_version=policy.version
            )

        Args:
            rule: ``priority``: in order, and by weight among equals; ``weighted``: shared out by weight;
                ``lowest_fee``: by the fees that `update_connection` sets.
            cases: exceptions; the first that a payment meets counts.
            failover: whether another gateway takes over when the first certainly did nothing.
            expected_version: change it only if it is still at this version; 0 when there is none.

        Raises:
            InvalidRequest: something in it is wrong, and `field` names it, such as ``cases.0.when.currencies``.
            Conflict: somebody else has changed it.
        """
        arguments = given(
            environment=environment,
            rule=rule,
            cases=policy_cases(cases),
            failover=failover,
            expected_version=expected_version,
            organization_id=self._api.organization(organization_id),
        )
        return await self._api.call(PaymentPolicy, "set_payment_policy", arguments)

    async def connections(self, *, organization_id: Id | None = None) -> Sequence[PaymentProvider]:
        """Return how each connection to a gateway takes part, the one that comes first by priority first."""
        query = self._api.table(_CONNECTIONS, columns_of(PaymentProvider))
        whose = self._api.organization(organization_id)
        query = query if whose is None else query.eq("organization_id", whose)
        return await self._api.fetch(PaymentProvider, query.order("priority").order("connection_id"))

    async def update_connection(self, connection_id: Id, **changes: Unpack[RoutingChanges]) -> PaymentProvider:
        """Change how a connection takes part; what is left out stays, and None takes a limit or a fee away.

        Args:
            changes: see `RoutingChanges`.

        Raises:
            NotFound: there is no such connection to a gateway that you may change.
            InvalidRequest: a value is out of its bounds.
            TypeError: there is nothing of that name to change, or an amount is a float.
        """
        identifier = id_text(connection_id, "connection_id")
        equal = {"connection_id": identifier}
        found = await self._api.change(PaymentProvider, _CONNECTIONS, equal, routing_changes(changes))
        return _answers.only(found, what="connection", identifier=identifier)
