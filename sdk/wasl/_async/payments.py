"""`hub.payments`: taking money, giving it back, and reading how it went."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from wasl import _answers
from wasl._async.api import AsyncApi
from wasl._async.operations import AsyncOperations
from wasl._async.payment_links import AsyncPaymentLinks
from wasl._async.payment_methods import AsyncPaymentMethods
from wasl._async.payment_routing import AsyncPaymentRouting
from wasl._async.reconciliation import AsyncPaymentReconciliation
from wasl._requests import (
    Amount,
    Id,
    amount_text,
    given,
    id_text,
    line_items,
    new_idempotency_key,
    optional_id,
    texts,
    time_text,
)
from wasl._row import columns_of
from wasl.models import (
    CancelReason,
    CaptureMethod,
    Dispute,
    LedgerReport,
    Operation,
    Payment,
    PaymentEvent,
    PaymentLink,
    Payout,
    Refund,
)
from wasl.rows import DisputeStatus, Environment, PaymentStatus, PayoutStatus


class AsyncPayments:
    """Payments of the organizations that the caller belongs to.

    Calls that move money carry an `idempotency_key`, a new one unless it is given. The same key never takes effect
    twice, so such a call is repeated by itself when the connection breaks; where that did not help either, the error
    has the key, and the caller can go on repeating.

    With `wait` (seconds) a call returns when a worker has carried it out, or raises OperationFailed or WaitTimeout.

    Attributes:
        links: links that payers follow to pay.
        methods: payment methods that gateways keep for later.
        routing: which gateway takes which payment.
        reconciliation: comparing our payments with the gateways' own.
    """

    def __init__(self, api: AsyncApi, operations: AsyncOperations) -> None:
        self._api = api
        self._operations = operations
        self.links = AsyncPaymentLinks(api)
        self.methods = AsyncPaymentMethods(api, operations)
        self.routing = AsyncPaymentRouting(api, operations)
        self.reconciliation = AsyncPaymentReconciliation(api, operations)

    async def create(
        self,
        *,
        amount: Amount,
        currency: str,
        reference: str,
        payment_method: str | None = None,
        return_url: str | None = None,
        cancel_url: str | None = None,
        capture_method: CaptureMethod | None = None,
        description: str | None = None,
        customer: Mapping[str, str] | None = None,
        metadata: Mapping[str, str] | None = None,
        method: str | None = None,
        country: str | None = None,
        locale: Literal["en", "ar"] | None = None,
        billing_address: Mapping[str, str] | None = None,
        shipping_address: Mapping[str, str] | None = None,
        items: Sequence[Mapping[str, Any]] | None = None,
        save_payment_method: bool = False,
        payment_method_id: Id | None = None,
        connection_id: Id | None = None,
        environment: Environment | None = None,
        idempotency_key: str | None = None,
        organization_id: Id | None = None,
        wait: float | None = None,
    ) -> Payment:
        """Take a payment.

        Args:
            amount: in major units, such as ``"99.00"``; no float.
            currency: ISO 4217, such as ``AED``.
            reference: the merchant's own, such as an order number.
            payment_method: the gateway's token of a payment method. Without it the payer is sent to the payment's
                `checkout_url`, a page of the gateway, and comes back to `return_url`.
            capture_method: ``automatic`` (the default) takes the money, ``manual`` reserves it until `capture`.
            customer: ``name``, ``email``, ``phone`` (E.164) and ``reference``, the merchant's own name for the payer.
            metadata: up to forty of the merchant's own.
            method: what the payer is to pay with, such as ``card``, ``apple_pay`` or ``knet``; it narrows the choice of
                gateways.
            country: where the payer is (ISO 3166-1 alpha-2); likewise.
            locale: the language of the gateway's page.
            billing_address: ``line1``, ``city`` and ``country``, and where they are known ``line2``, ``state`` (the
                emirate) and ``postal_code``; likewise `shipping_address`.
            items: what is paid for: each with ``name``, ``unit_amount`` (a decimal string) and ``quantity``, and where
                they are known ``reference``, ``category``, ``image_url`` and ``product_url``. Pay-later gateways insist
                on them.
            save_payment_method: have the gateway keep what the payer pays with; see `methods`.
            payment_method_id: a saved payment method to pay with.
            connection_id: the gateway to use; without it the hub chooses.
            environment: ``sandbox`` or ``live``; needed only by those who have connections in both.
            wait: seconds to wait for the gateway's answer; None returns at once, with the payment `pending`.

        Raises:
            InvalidRequest: an argument is wrong, and `field` names it.
            Conflict: no active gateway can take it, or the idempotency key stands for something else.
            OperationFailed: with `wait`: the gateway refused, or no gateway could be reached.
            WaitTimeout: with `wait`: there is no answer yet.
        """
        key = idempotency_key or new_idempotency_key()
        arguments = given(
            amount=amount_text(amount),
            currency=currency,
            reference=reference,
            payment_method=payment_method,
            return_url=return_url,
            cancel_url=cancel_url,
            capture_method=capture_method,
            description=description,
            customer=texts(customer, "customer"),
            metadata=texts(metadata, "metadata"),
            method=method,
            country=country,
            locale=locale,
            billing_address=texts(billing_address, "billing_address"),
            shipping_address=texts(shipping_address, "shipping_address"),
            items=line_items(items),
            save_payment_method=save_payment_method or None,
            payment_method_id=optional_id(payment_method_id, "payment_method_id"),
            connection_id=optional_id(connection_id, "connection_id"),
            environment=environment,
            idempotency_key=key,
            organization_id=self._api.organization(organization_id),
        )
        payment = await self._api.call(Payment, "create_payment", arguments)
        return await self._settled(payment, key, wait)

    async def get(self, payment_id: Id) -> Payment:
        """Return one payment; raises NotFound."""
        identifier = id_text(payment_id, "payment_id")
        query = self._api.table("payments", columns_of(Payment)).eq("id", identifier)
        return _answers.only(await self._api.fetch(Payment, query), what="payment", identifier=identifier)

    def list(
        self,
        *,
        status: PaymentStatus | Sequence[PaymentStatus] | None = None,
        reference: str | None = None,
        currency: str | None = None,
        connection_id: Id | None = None,
        environment: Environment | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Payment]:
        """Yield payments, newest first; pages are fetched as they are needed.

        Args:
            status: one status or several.
            created_after: exclusive, with a time zone; likewise `created_before`.
            limit: how many to yield at most.
        """
        equal = {
            "status": status,
            "reference": reference,
            "currency": currency,
            "connection_id": optional_id(connection_id, "connection_id"),
            "environment": environment,
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(Payment, "payments", equal, after=created_after, before=created_before, limit=limit)

    async def capture(
        self,
        payment_id: Id,
        amount: Amount | None = None,
        *,
        idempotency_key: str | None = None,
        wait: float | None = None,
    ) -> Payment:
        """Take money that is reserved: all of it, or `amount`.

        Raises:
            Conflict: nothing is reserved, or less than `amount`.
            NotFound, InvalidRequest, OperationFailed, WaitTimeout: as `create` does.
        """
        key = idempotency_key or new_idempotency_key()
        payment = await self._api.call(
            Payment,
            "capture_payment",
            given(
                payment_id=id_text(payment_id, "payment_id"),
                amount=None if amount is None else amount_text(amount),
                idempotency_key=key,
            ),
        )
        return await self._settled(payment, key, wait)

    async def cancel(
        self,
        payment_id: Id,
        *,
        reason: CancelReason | None = None,
        idempotency_key: str | None = None,
        wait: float | None = None,
    ) -> Payment:
        """Give a payment up before its money is taken; one that is cancelled already is returned as it is.

        Raises:
            Conflict: it is too late, or too early, to cancel it.
            NotFound, InvalidRequest, OperationFailed, WaitTimeout: as `create` does.
        """
        key = idempotency_key or new_idempotency_key()
        payment = await self._api.call(
            Payment,
            "cancel_payment",
            given(payment_id=id_text(payment_id, "payment_id"), reason=reason, idempotency_key=key),
        )
        return payment if payment.status == "cancelled" else await self._settled(payment, key, wait)

    async def refund(
        self,
        payment_id: Id,
        amount: Amount | None = None,
        *,
        reason: str | None = None,
        idempotency_key: str | None = None,
        wait: float | None = None,
    ) -> Refund:
        """Give money back: `amount`, or all that is left.

        Raises:
            Conflict: so much was not captured, or is refunded already.
            NotFound, InvalidRequest, OperationFailed, WaitTimeout: as `create` does.
        """
        key = idempotency_key or new_idempotency_key()
        refund = await self._api.call(
            Refund,
            "refund_payment",
            given(
                payment_id=id_text(payment_id, "payment_id"),
                amount=None if amount is None else amount_text(amount),
                reason=reason,
                idempotency_key=key,
            ),
        )
        if wait is None:
            return refund
        await self._operations.wait_for_call(key, refund.organization_id, wait)
        query = self._api.table("payment_refunds", columns_of(Refund)).eq("id", str(refund.id))
        return _answers.only(await self._api.fetch(Refund, query), what="refund", identifier=refund.id)

    async def refunds(self, payment_id: Id) -> Sequence[Refund]:
        """Return a payment's refunds, the first one first."""
        query = self._api.table("payment_refunds", columns_of(Refund))
        query = query.eq("payment_id", id_text(payment_id, "payment_id")).order("created_at").order("id")
        return await self._api.fetch(Refund, query)

    async def events(self, payment_id: Id) -> Sequence[PaymentEvent]:
        """Return all that happened to a payment, in the order in which the hub learned of it."""
        query = self._api.table("payment_events", columns_of(PaymentEvent))
        query = query.eq("payment_id", id_text(payment_id, "payment_id")).order("recorded_at").order("id")
        return await self._api.fetch(PaymentEvent, query)

    async def create_link(
        self,
        *,
        amount: Amount,
        currency: str,
        reference: str,
        description: str | None = None,
        single_use: bool = True,
        expires_at: datetime | None = None,
        idempotency_key: str | None = None,
        organization_id: Id | None = None,
        **payment: Any,
    ) -> PaymentLink:
        """Make a link that a payer can follow to pay; see `AsyncPaymentLinks.create`."""
        return await self.links.create(
            amount=amount,
            currency=currency,
            reference=reference,
            description=description,
            single_use=single_use,
            expires_at=expires_at,
            idempotency_key=idempotency_key,
            organization_id=organization_id,
            **payment,
        )

    def disputes(
        self,
        *,
        status: DisputeStatus | None = None,
        payment_id: Id | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Dispute]:
        """Yield disputes, newest first; pages are fetched as they are needed."""
        equal = {
            "status": status,
            "payment_id": optional_id(payment_id, "payment_id"),
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(Dispute, "payment_disputes", equal, limit=limit)

    def payouts(
        self,
        *,
        status: PayoutStatus | None = None,
        connection_id: Id | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Payout]:
        """Yield payouts from gateways to the merchant, newest first; pages are fetched as they are needed."""
        equal = {
            "status": status,
            "connection_id": optional_id(connection_id, "connection_id"),
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(Payout, "payouts", equal, limit=limit)

    async def check_ledger(self, *, since: datetime | None = None, organization_id: Id | None = None) -> LedgerReport:
        """Rebuild payments from the ledger and compare them with their rows.

        Args:
            since: only payments that changed since then; all of them if left out.
        """
        arguments = given(since=time_text(since, "since"), organization_id=self._api.organization(organization_id))
        return await self._api.call(LedgerReport, "check_payment_ledger", arguments, repeatable=True)

    async def sync(self, payment_id: Id, *, wait: float | None = None) -> Operation:
        """Ask the gateway how a payment stands; returns the operation that does so.

        Raises:
            Conflict: it has not reached a gateway yet.
            NotFound, OperationFailed, WaitTimeout: as `create` does.
        """
        arguments = {"payment_id": id_text(payment_id, "payment_id")}
        operation = await self._api.call(Operation, "sync_payment", arguments, repeatable=True)
        return operation if wait is None else await self._operations.wait(operation.id, wait)

    async def _settled(self, payment: Payment, idempotency_key: str, wait: float | None) -> Payment:
        """The payment once the call with this key is carried out; at once if nobody waits."""
        if wait is None:
            return payment
        await self._operations.wait_for_call(idempotency_key, payment.organization_id, wait)
        return await self.get(payment.id)
