"""Tabby (pay later): sessions and payments, API v2.

Requests and answers are JSON, amounts decimal strings. Relied on: Tabby's OpenAPI document; https://docs.tabby.ai
(payment-processing, payment-statuses, webhooks, dispute-webhooks, response-codes, technical-requirements); and how
Tabby's own plugins speak to it (tabby-ai/m2-checkout 4c36620 and tabby-ai/odoo: custom fields in ``meta`` come back,
"already closed" is no failure of closing, and the webhooks of a merchant code are listed to see whether it is right).

A session makes a payment with it, whose id is known at once; the payer is sent to the session's page, which runs out
after 20 minutes (the payment some 10 minutes later). When the payer has agreed the payment is AUTHORIZED and nothing
has been taken: the hub has to capture it (`complete_payment`). An authorization does not run out, but after 21 days
Tabby may capture it by itself. CLOSED is the end: captured, cancelled, or captured in part and the rest released.
Only a closed payment can be refunded, within 180 days.

Idempotency. Captures and refunds carry a ``reference_id`` of ours: "a retry with the same reference_id will not create
a second capture or refund" (payment-processing, Idempotent requests), for how long is not said. What such a retry is
answered is not said either, so each begins with a look at the payment, and after a refusal the payment is looked at
again: what is there under our reference has been done. Closing twice is harmless in the same way.

Unknown outcomes. Making a session has no idempotency, and a payment that nobody has agreed to is in no list; but it can
only be paid on its page, whose address was in the answer that nobody has. So a lost session is left to run out, and
there is none. A lost capture or closing shows in the payment; a lost refund is asked for again under its reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import orjson

from workers.providers.base import Answer, Connector
from workers.providers.capabilities import HealthReport
from workers.providers.errors import (
    Declined,
    InvalidRequest,
    NotFound,
    NotSupported,
    OutcomeUnknown,
    ProviderError,
)
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.manifest import Environment
from workers.providers.money import Money
from workers.providers.payments.models import (
    CancelRequest,
    CaptureMethod,
    CaptureRequest,
    CompleteRequest,
    PaymentPage,
    PaymentRequest,
    PaymentResult,
    PaymentStatus,
    RefundRequest,
    RefundResult,
)
from workers.providers.payments.tabby import events
from workers.providers.payments.tabby.errors import read_fault
from workers.providers.payments.tabby.manifest import (
    BASE_URL,
    MANIFEST,
    SAUDI_BASE_URL,
    Country,
    TabbyCredentials,
    TabbySettings,
)
from workers.providers.payments.tabby.objects import (
    CLOSED,
    captures_of,
    is_identifier,
    is_rejected,
    left_to_capture,
    left_to_refund,
    listed_payments,
    opened_session,
    payment_from_object,
    refund_from_object,
    refunds_of,
    rejection,
    session_payment_id,
    with_reference,
)
from workers.providers.payments.tabby.requests import capture_body, fault, refund_body, session_body

PAGE_SIZE: Final = 20
_RESERVED: Final = (PaymentStatus.AUTHORIZED, PaymentStatus.PARTIALLY_CAPTURED)
_UNDECIDED: Final = (PaymentStatus.REQUIRES_ACTION, PaymentStatus.PROCESSING)
_GIVEN_UP: Final = (PaymentStatus.CANCELLED, PaymentStatus.FAILED, PaymentStatus.EXPIRED)
# A refusal so soon after the first attempt may be due to that attempt, which is still at work.
_SETTLING: Final = timedelta(seconds=60)


class TabbyConnector(Connector[TabbyCredentials, TabbySettings]):
    """Payments in instalments, on Tabby's hosted page."""

    manifest = MANIFEST
    credentials_model = TabbyCredentials
    settings_model = TabbySettings
    sensitive_fields = frozenset({"buyer", "shipping_address", "order_history", "token"})

    def __init__(
        self,
        credentials: TabbyCredentials,
        settings: TabbySettings,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        if settings.country is Country.SAUDI_ARABIA and base_url == BASE_URL:
            base_url = SAUDI_BASE_URL
        super().__init__(credentials, settings, base_url=base_url, transport=transport, environment=environment)
        if credentials.is_live != (environment is Environment.LIVE):
            kind = "a live" if credentials.is_live else "a test"
            raise self._refuse("open", "credentials.secret_key", f"is {kind} key on a {environment} connection")
        self._headers = {"Authorization": f"Bearer {credentials.secret_key.get_secret_value()}", "User-Agent": "wasl"}

    # Payments.

    async def create_payment(self, request: PaymentRequest) -> PaymentResult:
        """Open a session, whose page the payer is sent to; one that Tabby rejects is `Declined`."""
        if wrong := fault(request, self.settings):
            raise self._refuse("create_payment", *wrong)
        body = session_body(request, self.settings)
        answer = await self._post("create_payment", "/api/v2/checkout", body, opens_page=True)
        if self._parse(answer, is_rejected):
            raise self._declined(answer)
        opened = self._parse(answer, lambda session: opened_session(session, request.money))
        return opened.model_copy(update={"payment_id": request.payment_id})

    async def get_payment(self, provider_payment_id: str) -> PaymentResult:
        """Read a payment."""
        return self._parse(await self._read("get_payment", provider_payment_id), payment_from_object)

    async def find_payment(self, request: PaymentRequest, *, attempted_at: datetime) -> PaymentResult | None:
        """There is none: a session whose page nobody was told of cannot be paid, as the module's text says."""
        return None

    async def complete_payment(self, request: CompleteRequest) -> PaymentResult:
        """Capture all that the payer has agreed to; for a manual capture it is reserved already."""
        operation = "complete_payment"
        read = await self._read(operation, request.provider_payment_id)
        seen = self._parse(read, payment_from_object)
        if request.money is not None and request.money != seen.money:
            raise self._refuse(operation, "money", f"the payer has agreed to {seen.money}")
        if seen.status in _UNDECIDED:
            raise self._refuse(operation, "provider_payment_id", f"is {seen.provider_status}: nothing is agreed yet")
        if seen.status not in _RESERVED or request.capture_method is CaptureMethod.MANUAL:
            return seen
        left = self._parse(read, left_to_capture)
        return await self._capture(operation, request.provider_payment_id, left, request.idempotency_key)

    async def capture_payment(self, request: CaptureRequest) -> PaymentResult:
        """Capture reserved money; what a part leaves stays reserved until it is captured or cancelled."""
        operation, reference = "capture_payment", request.idempotency_key
        read = await self._read(operation, request.provider_payment_id)
        seen = self._parse(read, payment_from_object)
        if self._parse(read, lambda payment: with_reference(captures_of(payment), reference)) is not None:
            return seen
        if seen.status not in _RESERVED:
            raise self._refuse(operation, "provider_payment_id", f"nothing is reserved on it ({seen.provider_status})")
        amount = self._part(operation, request.money, self._parse(read, left_to_capture))
        return await self._capture(operation, request.provider_payment_id, amount, reference)

    async def cancel_payment(self, request: CancelRequest) -> PaymentResult:
        """Close a payment: what is reserved is released, and what was captured before stays captured.

        An open page cannot be closed; it runs out by itself.
        """
        operation, payment_id = "cancel_payment", request.provider_payment_id
        before = self._parse(await self._read(operation, payment_id), payment_from_object)
        if before.status in _GIVEN_UP:
            return before
        if before.status is PaymentStatus.REQUIRES_ACTION:
            message = "Tabby cannot close a page on which nobody has agreed; it runs out within half an hour"
            raise NotSupported(message, provider=MANIFEST.key, operation=operation)
        if before.status not in _RESERVED:
            raise self._refuse(operation, "provider_payment_id", f"is {before.status.value} and cannot be cancelled")
        path = f"/api/v2/payments/{payment_id}/close"
        try:
            # Tabby takes no key here; naming one says that the call may be repeated, for closing twice is harmless.
            answer = await self._call(operation, "POST", path, idempotency_key=request.idempotency_key)
        except InvalidRequest:
            after = self._parse(await self._look_again(operation, payment_id), payment_from_object)
            if after.provider_status == CLOSED and after.amount_captured == before.amount_captured:
                return after
            raise
        return self._parse(answer, payment_from_object)

    async def list_payments(self, *, since: datetime, until: datetime, cursor: str | None = None) -> PaymentPage:
        """One page of Tabby's list, which has only payments that somebody has agreed to, the newest first.

        Tabby filters by whole days; what lies outside of the span is left out here.
        """
        if cursor is not None and not (cursor.isascii() and cursor.isdigit()):
            raise self._refuse("list_payments", "cursor", "is not one that this list gave")
        offset = int(cursor or 0)
        query = [
            ("created_at__gte", since.astimezone(UTC).date().isoformat()),
            # A day stands for its beginning, so the last one has to be the day after.
            ("created_at__lte", (until.astimezone(UTC).date() + timedelta(days=1)).isoformat()),
            ("limit", str(PAGE_SIZE)),
            ("offset", str(offset)),
        ]
        answer = await self._call("list_payments", "GET", "/api/v2/payments", query=query)
        listed = self._parse(answer, listed_payments)
        found = tuple(each for each in listed if each.created_at is None or since <= each.created_at < until)
        return PaymentPage(payments=found, next_cursor=str(offset + PAGE_SIZE) if len(listed) == PAGE_SIZE else None)

    # Refunds.

    async def refund_payment(self, request: RefundRequest) -> RefundResult:
        """Refund a closed payment: all that is left, or a part. What Tabby accepts has been given back."""
        return await self._refund("refund_payment", request)

    async def get_refund(self, provider_refund_id: str) -> RefundResult:
        """Read a refund (``<payment id>:<refund id>``) from its payment."""
        payment_id, _, _ = provider_refund_id.partition(":")
        read = await self._read("get_refund", payment_id, "provider_refund_id")
        for refund in self._parse(read, _all_refunds):
            if refund.provider_refund_id == provider_refund_id:
                return refund
        raise self._fail(NotFound, "The payment has no such refund", read)

    async def find_refund(self, request: RefundRequest, *, attempted_at: datetime) -> RefundResult | None:
        """Settle an unknown outcome of `refund_payment`: look for it, and ask again under the same reference."""
        try:
            return await self._refund("find_refund", request)
        except InvalidRequest as refused:
            if datetime.now(UTC) - attempted_at >= _SETTLING:
                raise
            message = f"refused, but too soon after the attempt to be sure: {refused.message}"
            raise OutcomeUnknown(message, provider=MANIFEST.key, operation="find_refund") from refused

    # Health and webhooks.

    async def check_health(self) -> HealthReport:
        """List the webhooks of the merchant code: cheap, and refused for a wrong key or code."""
        headers = {"X-Merchant-Code": self.settings.merchant_code}
        return await self._report(self._call("check_health", "GET", "/api/v1/webhooks", headers=headers))

    @classmethod
    def verify_webhook(
        cls, request: WebhookRequest, secrets: Sequence[str], settings: Mapping[str, Any] | None = None
    ) -> VerifiedWebhook:
        """See `events.verify`; the header is the one that the connection's settings name."""
        return events.verify(request, secrets, (settings or {}).get("webhook_header") or events.WEBHOOK_HEADER)

    @classmethod
    def parse_webhook(cls, body: bytes) -> list[CanonicalEvent]:
        """See `events.parse`."""
        return events.parse(body)

    # How Tabby is spoken to.

    async def _auth_headers(self) -> Mapping[str, str]:
        return self._headers

    def _error(self, answer: Answer) -> ProviderError:
        usual = super()._error(answer)
        said = read_fault(answer.body, answer.status)
        return self._fail(type(usual), said.message, answer, provider_code=said.code, field=said.field)

    async def _post(
        self,
        operation: str,
        path: str,
        body: Mapping[str, Any],
        reference: str | None = None,
        *,
        opens_page: bool = False,
    ) -> Answer:
        """Send a write. :param reference: what it carries as ``reference_id``, which makes it safe to send again."""
        return await self._call(
            operation,
            "POST",
            path,
            content=orjson.dumps(body),
            content_type="application/json",
            idempotency_key=reference,
            opens_page=opens_page,
        )

    async def _read(self, operation: str, payment_id: str, field: str = "provider_payment_id") -> Answer:
        if not is_identifier(payment_id):
            raise self._refuse(operation, field, "is not an id of Tabby's")
        return await self._call(operation, "GET", f"/api/v2/payments/{payment_id}")

    async def _look_again(self, operation: str, payment_id: str) -> Answer:
        """The payment after a refusal, which may be due to an earlier attempt that took effect."""
        try:
            return await self._read(operation, payment_id)
        except ProviderError as error:
            message = f"refused, but the payment could not be read: {error.message}"
            raise OutcomeUnknown(
                message, provider=MANIFEST.key, operation=operation, http_status=error.http_status
            ) from error

    async def _capture(self, operation: str, payment_id: str, amount: Money, reference: str) -> PaymentResult:
        path = f"/api/v2/payments/{payment_id}/captures"
        try:
            answer = await self._post(operation, path, capture_body(amount, reference), reference)
        except InvalidRequest:
            answer = await self._look_again(operation, payment_id)
            if self._parse(answer, lambda payment: with_reference(captures_of(payment), reference)) is None:
                raise
        return self._parse(answer, payment_from_object)

    async def _refund(self, operation: str, request: RefundRequest) -> RefundResult:
        payment_id = request.provider_payment_id
        read = await self._read(operation, payment_id)
        if (made := self._made_refund(read, request)) is not None:
            return made
        seen = self._parse(read, payment_from_object)
        if seen.status in _RESERVED:
            message = "Tabby refunds a payment only when it is closed; capture or cancel what is still reserved"
            raise self._refuse(operation, "provider_payment_id", message)
        amount = self._part(operation, request.money, self._parse(read, left_to_refund))
        path = f"/api/v2/payments/{payment_id}/refunds"
        try:
            answer = await self._post(operation, path, refund_body(request, amount), str(request.refund_id))
        except InvalidRequest:
            if (made := self._made_refund(await self._look_again(operation, payment_id), request)) is not None:
                return made
            raise
        if (made := self._made_refund(answer, request)) is None:
            raise self._unreadable(answer)
        return made

    def _made_refund(self, answer: Answer, request: RefundRequest) -> RefundResult | None:
        """The refund, if the payment lists it under our reference."""
        listed = self._parse(answer, _all_refunds)
        return next((refund for refund in listed if refund.refund_id == request.refund_id), None)

    def _part(self, operation: str, asked: Money | None, left: Money) -> Money:
        """The amount to move: what was asked for if there is so much, else all that is left."""
        if asked is not None and asked.currency != left.currency:
            raise self._refuse(operation, "money.currency", f"the payment is in {left.currency}")
        if left.amount == 0 or (asked is not None and asked.amount > left.amount):
            raise self._refuse(operation, "money.amount", f"only {left} is left")
        return asked or left

    def _declined(self, answer: Answer) -> Declined:
        why = self._parse(answer, rejection)
        return Declined(
            "Tabby is unable to approve this purchase.",
            provider=MANIFEST.key,
            operation=answer.operation,
            http_status=answer.status,
            provider_code=why.code,
            decline_code=why.reason.value,
            provider_payment_id=self._parse(answer, session_payment_id),
        )


def _all_refunds(payment: Mapping[str, Any]) -> list[RefundResult]:
    return [refund_from_object(payment, refund) for refund in refunds_of(payment)]
