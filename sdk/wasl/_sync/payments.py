# Made by `wasl sdk sync` from wasl/_async/payments.py: do not edit.
"""`hub.payments`: taking money, giving it back, and reading how it went."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from wasl._arguments import payment_arguments
from wasl._requests import Amount, Id, amount_text, call_key, given, id_text, optional_id, time_text
from wasl._row import columns_of
from wasl._sync.api import Api
from wasl._sync.operations import Operations
from wasl._sync.payment_disputes import PaymentDisputes
from wasl._sync.payment_links import PaymentLinks
from wasl._sync.payment_methods import PaymentMethods
from wasl._sync.payment_routing import PaymentRouting
from wasl._sync.payouts import Payouts
from wasl._sync.reconciliation import PaymentReconciliation
from wasl.models import Operation
from wasl.params import Address, CancelReason, CaptureMethod, Customer, ItemParams, Locale
from wasl.payment_models import Item, LedgerReport, Payment, PaymentEvent, Refund
from wasl.rows import Environment, PaymentStatus


class Payments:
    """Payments of the organizations that the caller belongs to.

    Calls that move money carry an `idempotency_key`, a new one unless it is given. The same key never takes effect
    twice, so such a call is repeated by itself when the connection breaks; where that did not help either, the error
    has the key, and the caller can go on repeating.

    With `wait` (seconds) a call returns when a worker has carried it out, or raises OperationFailed or WaitTimeout.

    Attributes:
        links: links that payers follow to pay.
        methods: payment methods that gateways keep for later.
        routing: which gateway takes which payment.
        disputes: payers' banks that ask for money back.
        payouts: money on its way from gateways to the merchant.
        reconciliation: comparing our payments with the gateways' own.
        create_link: short for `links.create`.
    """

    def __init__(self, api: Api, operations: Operations) -> None:
        self._api = api
        self._operations = operations
        self.links = PaymentLinks(api)
        self.methods = PaymentMethods(api, operations)
        self.routing = PaymentRouting(api, operations)
        self.disputes = PaymentDisputes(api)
        self.payouts = Payouts(api)
        self.reconciliation = PaymentReconciliation(api, operations)
        self.create_link = self.links.create

    def create(
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
        customer: Customer | None = None,
        metadata: Mapping[str, str] | None = None,
        method: str | None = None,
        country: str | None = None,
        locale: Locale | None = None,
        billing_address: Address | None = None,
        shipping_address: Address | None = None,
        items: Sequence[ItemParams | Item] | None = None,
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
            payment_method: the gateway's token of a payment method. Without it, and without `payment_method_id`, the
                payer is sent to the payment's `checkout_url`, a page of the gateway, and comes back to `return_url`.
            return_url: needed for such a page.
            cancel_url: where the payer comes back to after giving up; `return_url` if left out.
            capture_method: ``automatic`` (the default) takes the money, ``manual`` reserves it until `capture`.
            description: what the payer may read of it.
            customer: who pays.
            metadata: up to forty facts of the merchant's own, strings by name; they come back with the payment.
            method: what the payer is to pay with, such as ``card``, ``apple_pay`` or ``knet``; it narrows the choice of
                gateways.
            country: where the payer is (ISO 3166-1 alpha-2); likewise.
            locale: the language of the gateway's page.
            billing_address: where the payer lives.
            shipping_address: where what is paid for goes.
            items: what is paid for. Pay-later gateways insist on them.
            save_payment_method: have the gateway keep what the payer pays with; see `methods`.
            payment_method_id: a saved payment method to pay with, instead of `payment_method`.
            connection_id: the gateway to use; without it the hub chooses.
            environment: ``sandbox`` or ``live``; needed only by those who have connections in both.
            idempotency_key: for repeating the call; made for you if left out.
            organization_id: whose payment; needed only by callers who belong to several organizations.
            wait: seconds to wait for the gateway's answer; None returns at once, with the payment ``pending``.

        Returns:
            The payment as it stands. Send the payer to `checkout_url` if it has one.

        Raises:
            TypeError: an amount is a float, or a text is none; the message names it.
            InvalidRequest: an argument is wrong, and `field` names it, such as ``items.0.unit_amount``.
            NotFound: there is no such connection or saved payment method of yours.
            Conflict: no active gateway can take it, or the idempotency key stands for something else.
            OperationFailed: with `wait`: the gateway refused, or no gateway could take it.
            WaitTimeout: with `wait`: there is no answer yet.
        """
        key = call_key(idempotency_key)
        arguments = payment_arguments(
            amount=amount,
            currency=currency,
            reference=reference,
            payment_method=payment_method,
            return_url=return_url,
            cancel_url=cancel_url,
            capture_method=capture_method,
            description=description,
            customer=customer,
            metadata=metadata,
            method=method,
            country=country,
            locale=locale,
            billing_address=billing_address,
            shipping_address=shipping_address,
            items=items,
            save_payment_method=save_payment_method or None,
            payment_method_id=payment_method_id,
            connection_id=connection_id,
            environment=environment,
            idempotency_key=key,
            organization_id=self._api.organization(organization_id),
        )
        payment = self._api.call(Payment, "create_payment", arguments)
        return self._settled(payment, key, wait)

    def get(self, payment_id: Id) -> Payment:
        """Return one payment; raises NotFound."""
        return self._api.one(Payment, "payments", payment_id, "payment_id")

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
    ) -> Iterator[Payment]:
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

    def capture(
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
        key = call_key(idempotency_key)
        payment = self._api.call(
            Payment,
            "capture_payment",
            given(
                payment_id=id_text(payment_id, "payment_id"),
                amount=None if amount is None else amount_text(amount),
                idempotency_key=key,
            ),
        )
        return self._settled(payment, key, wait)

    def cancel(
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
        key = call_key(idempotency_key)
        payment = self._api.call(
            Payment,
            "cancel_payment",
            given(payment_id=id_text(payment_id, "payment_id"), reason=reason, idempotency_key=key),
        )
        return payment if payment.status == "cancelled" else self._settled(payment, key, wait)

    def refund(
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
        key = call_key(idempotency_key)
        refund = self._api.call(
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
        self._operations.wait_for_call(key, refund.organization_id, wait)
        return self._api.one(Refund, "payment_refunds", refund.id, "refund_id")

    def refunds(self, payment_id: Id) -> Sequence[Refund]:
        """Return a payment's refunds, the first one first."""
        query = self._api.table("payment_refunds", columns_of(Refund))
        query = query.eq("payment_id", id_text(payment_id, "payment_id")).order("created_at").order("id")
        return self._api.fetch(Refund, query)

    def events(self, payment_id: Id) -> Sequence[PaymentEvent]:
        """Return all that happened to a payment, in the order in which the hub learned of it."""
        query = self._api.table("payment_events", columns_of(PaymentEvent))
        query = query.eq("payment_id", id_text(payment_id, "payment_id")).order("recorded_at").order("id")
        return self._api.fetch(PaymentEvent, query)

    def check_ledger(self, *, since: datetime | None = None, organization_id: Id | None = None) -> LedgerReport:
        """Rebuild payments from the ledger and compare them with their rows.

        Args:
            since: only payments that changed since then, with a time zone; all of them if left out.

        Returns:
            How many were rebuilt, and every fact that differs; there should be none.
        """
        arguments = given(since=time_text(since, "since"), organization_id=self._api.organization(organization_id))
        return self._api.call(LedgerReport, "check_payment_ledger", arguments, repeatable=True)

    def sync(self, payment_id: Id, *, wait: float | None = None) -> Operation:
        """Ask the gateway how a payment stands; returns the operation that does so.

        Raises:
            Conflict: it has not reached a gateway yet.
            NotFound, OperationFailed, WaitTimeout: as `create` does.
        """
        arguments = {"payment_id": id_text(payment_id, "payment_id")}
        operation = self._api.call(Operation, "sync_payment", arguments, repeatable=True)
        return self._operations.follow(operation, wait)

    def _settled(self, payment: Payment, idempotency_key: str, wait: float | None) -> Payment:
        """The payment once the call with this key is carried out; at once if nobody waits."""
        if wait is None:
            return payment
        self._operations.wait_for_call(idempotency_key, payment.organization_id, wait)
        return self.get(payment.id)
