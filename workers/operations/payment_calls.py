"""The five calls that move money: how each is sent, how its unknown outcome is found out, and what follows from it."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any, Final, TypeVar
from uuid import UUID

from workers.operations import resolve
from workers.operations.calls import AnyConnector, Call, News, RequestT
from workers.operations.currencies import check_currency
from workers.operations.news import failed_payment_news, failed_refund_news, payment_news, refund_news
from workers.providers.base import require
from workers.providers.capabilities import (
    CancelsPayments,
    CapturesPayments,
    CompletesPayments,
    RefundsPayments,
    TakesPayments,
)
from workers.providers.errors import Declined, InvalidRequest, ProviderError
from workers.providers.money import Money
from workers.providers.payments.models import (
    Address,
    CancelReason,
    CancelRequest,
    CaptureMethod,
    CaptureRequest,
    CompleteRequest,
    Customer,
    LineItem,
    PaymentMethodType,
    PaymentMode,
    PaymentRequest,
    PaymentResult,
    RefundReason,
    RefundRequest,
    RefundResult,
)
from workers.store.payments import PaymentWork, apply_payment_news, apply_refund_news
from workers.store.pool import Connection

ResultT = TypeVar("ResultT", bound=PaymentResult | RefundResult)

_REFUND_REASONS: Final = frozenset(reason.value for reason in RefundReason)


class PaymentCall(Call[RequestT, ResultT]):
    """One call about one payment."""

    def __init__(self, work: PaymentWork) -> None:
        self.work = work

    @property
    def cancel_requested(self) -> bool:
        return self.work.cancel_requested

    def check(self, result: ResultT) -> None:
        check_currency(self.work.currency, result)

    async def write(self, connection: Connection, news: News) -> None:
        await apply_payment_news(connection, self.work.payment_id, news, "operation", self.work.operation_id)

    def _existing(self) -> dict[str, Any]:
        work = self.work
        if work.provider_payment_id is None:
            raise InvalidRequest("The payment has not reached a gateway.", field="payment_id")
        return {
            "payment_id": work.payment_id,
            "provider_payment_id": work.provider_payment_id,
            "provider_data": work.provider_data,
            "idempotency_key": str(work.operation_id),
        }

    def _money(self, amount: Any) -> Money:
        return Money.of(amount, self.work.currency)


class CreatePayment(PaymentCall[PaymentRequest, PaymentResult]):
    """Make the payment."""

    operation = "create_payment"

    @cached_property
    def request(self) -> PaymentRequest:
        work = self.work
        payment_method = work.saved_token or work.input.get("payment_method")
        if payment_method is None and "payment_method_id" in work.input:
            raise InvalidRequest("The saved payment method has been deleted.", field="payment_method_id")
        return PaymentRequest(
            payment_id=work.payment_id,
            reference=work.reference,
            money=self._money(work.amount),
            capture_method=CaptureMethod(work.capture_method),
            mode=PaymentMode.DIRECT if payment_method else PaymentMode.CHECKOUT,
            payment_method=payment_method,
            payment_method_data=work.saved_token_data,
            save_payment_method=work.save_payment_method,
            method=_method(work.method),
            country=work.country,
            locale=work.locale,
            billing_address=Address.model_validate(work.billing_address) if work.billing_address else None,
            shipping_address=Address.model_validate(work.shipping_address) if work.shipping_address else None,
            items=tuple(LineItem.model_validate(item) for item in work.items),
            description=work.description,
            customer=Customer(**work.customer),
            metadata=work.metadata,
            return_url=work.return_url,
            cancel_url=work.cancel_url,
            idempotency_key=str(work.operation_id),
        )

    async def send(self, connector: AnyConnector) -> PaymentResult:
        return await require(connector, TakesPayments, self.operation).create_payment(self.request)

    async def find(self, connector: AnyConnector, since: datetime) -> PaymentResult | None:
        return await resolve.find_payment(connector, self.request, since)

    def news(self, result: PaymentResult, connection_id: UUID) -> News:
        return payment_news(result, connection_id=connection_id)

    def news_of_refusal(self, error: ProviderError, connection_id: UUID | None) -> News:
        return failed_payment_news(error, connection_id=connection_id)

    def news_of_cancellation(self) -> News:
        return {"status": "cancelled"}


def _method(name: str | None) -> PaymentMethodType | None:
    if name is None:
        return None
    try:
        return PaymentMethodType(name)
    except ValueError:
        raise InvalidRequest(f"Wasl knows no payment method called {name}.", field="method") from None


class CompletePayment(PaymentCall[CompleteRequest, PaymentResult]):
    """Take, or reserve, what the payer has agreed to."""

    operation = "complete_payment"

    @cached_property
    def request(self) -> CompleteRequest:
        work = self.work
        return CompleteRequest(
            **self._existing(), money=self._money(work.amount), capture_method=CaptureMethod(work.capture_method)
        )

    async def send(self, connector: AnyConnector) -> PaymentResult:
        return await require(connector, CompletesPayments, self.operation).complete_payment(self.request)

    async def find(self, connector: AnyConnector, since: datetime) -> PaymentResult | None:
        return await resolve.find_completion(connector, self.request)

    def news(self, result: PaymentResult, connection_id: UUID) -> News:
        return payment_news(result)

    def news_of_refusal(self, error: ProviderError, connection_id: UUID | None) -> News | None:
        return failed_payment_news(error) if isinstance(error, Declined) else None


class CapturePayment(PaymentCall[CaptureRequest, PaymentResult]):
    """Take reserved money."""

    operation = "capture_payment"

    @cached_property
    def request(self) -> CaptureRequest:
        amount = self.work.input.get("amount")
        return CaptureRequest(**self._existing(), money=None if amount is None else self._money(amount))

    async def send(self, connector: AnyConnector) -> PaymentResult:
        return await require(connector, CapturesPayments, self.operation).capture_payment(self.request)

    async def find(self, connector: AnyConnector, since: datetime) -> PaymentResult | None:
        return await resolve.find_capture(connector, self.request, self.work, since)

    def news(self, result: PaymentResult, connection_id: UUID) -> News:
        return payment_news(result)


class CancelPayment(PaymentCall[CancelRequest, PaymentResult]):
    """Give the payment up."""

    operation = "cancel_payment"

    @cached_property
    def request(self) -> CancelRequest:
        reason = self.work.input.get("reason")
        return CancelRequest(**self._existing(), reason=None if reason is None else CancelReason(reason))

    async def send(self, connector: AnyConnector) -> PaymentResult:
        return await require(connector, CancelsPayments, self.operation).cancel_payment(self.request)

    async def find(self, connector: AnyConnector, since: datetime) -> PaymentResult | None:
        return await resolve.find_cancellation(connector, self.request)

    def news(self, result: PaymentResult, connection_id: UUID) -> News:
        return payment_news(result)


class RefundPayment(PaymentCall[RefundRequest, RefundResult]):
    """Give money back."""

    operation = "refund_payment"

    @cached_property
    def request(self) -> RefundRequest:
        reason, refund_id = self.work.refund_reason, self.work.refund_id
        if refund_id is None:
            raise InvalidRequest("The operation names no refund.", field="refund_id")
        return RefundRequest(
            **self._existing(),
            refund_id=refund_id,
            money=self._money(self.work.refund_amount),
            reason=RefundReason(reason) if reason in _REFUND_REASONS else None,
            note=reason or None,
        )

    async def send(self, connector: AnyConnector) -> RefundResult:
        return await require(connector, RefundsPayments, self.operation).refund_payment(self.request)

    async def find(self, connector: AnyConnector, since: datetime) -> RefundResult | None:
        return await resolve.find_refund(connector, self.request, since)

    def news(self, result: RefundResult, connection_id: UUID) -> News:
        return refund_news(result)

    def news_of_refusal(self, error: ProviderError, connection_id: UUID | None) -> News:
        return failed_refund_news(error)

    def news_of_cancellation(self) -> News:
        return {"status": "cancelled"}

    async def write(self, connection: Connection, news: News) -> None:
        work = self.work
        await apply_refund_news(connection, work.payment_id, work.refund_id, news, "operation", work.operation_id)
