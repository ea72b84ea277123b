"""Tamara: pay later, on its own page.

Requests and answers are JSON. What is relied on: the modelled OpenAPI documents (Tamara publishes none), the pages of
https://docs.tamara.co named here and in the other modules, Tamara's own PHP SDK (tamara-solution/php-sdk b30fda3) and
Magento module. The SDK reads an order at ``/merchants/orders/{id}``, the documents at ``/orders/{id}``, as done here.

A payment is an order. When the payer has agreed on Tamara's page it is ``approved``, and nothing goes on before it is
authorised, which has to be done within 72 hours (`complete_payment`); a capture then tells Tamara that the goods are on
their way, and Tamara pays for what was captured. An order that nobody captures, Tamara captures itself after 21 days. A
merchant's account may also be set to authorise, or to capture, by itself; both are recognised.

Unknown outcomes. There is no idempotency key: nothing is ever sent twice without a look. Our payment's id is the
order's ``order_reference_id``, by which it is looked for (GET /merchants/orders/reference-id/{ref}). An order that
nobody has paid, and whose page's address never arrived, is as good as none: nobody can visit the page, so the payment
may be opened again under the same reference (Tamara's plugins do so when a payer tries again), and the first runs out.
Authorising, capturing and cancelling are settled by reading the order. A refund is looked for among the order's
transactions, by ``merchant_refund_id`` or our id in its comment where they are shown (not documented), else by amount
and time; where that leaves a doubt, the outcome stays unknown for a person to decide. What is not there a minute after
the attempt was not done; the minute is our own caution.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import orjson

from workers.providers.base import Answer, Connector
from workers.providers.capabilities import HealthReport
from workers.providers.errors import (
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
    PaymentRequest,
    PaymentResult,
    PaymentStatus,
    RefundRequest,
    RefundResult,
)
from workers.providers.payments.suitability import unsuitable
from workers.providers.payments.tamara import events, objects
from workers.providers.payments.tamara.errors import classify, read_fault
from workers.providers.payments.tamara.manifest import MANIFEST, TamaraCredentials, TamaraSettings
from workers.providers.payments.tamara.requests import amount_of, capture_body, checkout_body, fault, refund_body

_ID: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
# How far Tamara's clock may be behind ours when a refund's time is compared with an attempt's.
_CLOCK_SKEW: Final = timedelta(seconds=30)
_GIVEN_UP: Final = (PaymentStatus.CANCELLED, PaymentStatus.FAILED, PaymentStatus.EXPIRED)
_CAPTURABLE: Final = (PaymentStatus.AUTHORIZED, PaymentStatus.PARTIALLY_CAPTURED)


class TamaraConnector(Connector[TamaraCredentials, TamaraSettings]):
    """Payments on Tamara's page, paid by instalments."""

    manifest = MANIFEST
    credentials_model = TamaraCredentials
    settings_model = TamaraSettings
    sensitive_fields = frozenset(
        {"first_name", "last_name", "phone_number", "email", "line1", "line2", "date_of_birth", "national_id"}
        | {"notification"}  # the webhook's address, which is a secret
    )

    def __init__(
        self,
        credentials: TamaraCredentials,
        settings: TamaraSettings,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        super().__init__(credentials, settings, base_url=base_url, transport=transport, environment=environment)
        self._headers = {"Authorization": f"Bearer {credentials.api_token.get_secret_value()}", "User-Agent": "wasl"}

    # Payments.

    async def create_payment(self, request: PaymentRequest) -> PaymentResult:
        """Open an order and its page, which the payer is sent to."""
        operation = "create_payment"
        if wrong := unsuitable(request, MANIFEST) or fault(request):
            raise self._refuse(operation, *wrong)
        url = self.credentials.webhook_url
        body = checkout_body(request, self.settings, url.get_secret_value() if url else None)
        answer = await self._post(operation, "/checkout", body, opens_page=True)
        opened = self._parse(answer, lambda session: objects.opened_payment(session, request.money))
        return opened.model_copy(update={"payment_id": request.payment_id})

    async def get_payment(self, provider_payment_id: str) -> PaymentResult:
        """Read an order. Reading never completes it: ``next_action.type`` is ``complete`` when that has to be done."""
        return self._parse(await self._order("get_payment", provider_payment_id), objects.payment_from_order)

    async def find_payment(self, request: PaymentRequest, *, attempted_at: datetime) -> PaymentResult | None:
        """Settle an unknown outcome of `create_payment`, as the module's text says."""
        try:
            answer = await self._call("find_payment", "GET", f"/merchants/orders/reference-id/{request.payment_id}")
        except NotFound:
            return None
        found = self._parse(answer, objects.payment_from_order)
        if found.payment_id != request.payment_id:
            raise self._unreadable(answer)
        return None if found.provider_status in (objects.NEW, "expired") else found

    async def complete_payment(self, request: CompleteRequest) -> PaymentResult:
        """Authorise what the payer agreed to and, unless the capture is manual, capture all of it.

        Each step is only taken where the order still needs it, so this can be called again at any time.
        """
        operation = "complete_payment"
        order = await self._order(operation, request.provider_payment_id)
        seen = self._parse(order, objects.payment_from_order)
        if seen.provider_status == objects.NEW:
            raise self._refuse(operation, "provider_payment_id", "the payer has not agreed to it yet")
        if seen.provider_status == objects.APPROVED:
            if request.money is not None and request.money != seen.money:
                raise self._refuse(operation, "money", f"the payer has agreed to {seen.money}")
            order = await self._step(operation, order, f"/orders/{seen.provider_payment_id}/authorise", None)
            seen = self._parse(order, objects.payment_from_order)
        if seen.status is PaymentStatus.AUTHORIZED and request.capture_method is CaptureMethod.AUTOMATIC:
            left = self._parse(order, objects.left_to_capture)
            body = capture_body(seen.provider_payment_id, left, self.settings, datetime.now(UTC))
            order = await self._step(operation, order, "/payments/capture", body)
        return self._parse(order, objects.payment_from_order)

    async def capture_payment(self, request: CaptureRequest) -> PaymentResult:
        """Capture an authorised order; after a part the rest can be captured, too."""
        operation = "capture_payment"
        order = await self._order(operation, request.provider_payment_id)
        seen = self._parse(order, objects.payment_from_order)
        if seen.status not in _CAPTURABLE:
            message = f"is {seen.provider_status}: only what is authorised can be captured"
            raise self._refuse(operation, "provider_payment_id", message)
        amount = self._part(operation, request.money, self._parse(order, objects.left_to_capture))
        body = capture_body(seen.provider_payment_id, amount, self.settings, datetime.now(UTC))
        await self._post(operation, "/payments/capture", body)
        return await self._read_back(operation, seen.provider_payment_id)

    async def cancel_payment(self, request: CancelRequest) -> PaymentResult:
        """Cancel all of an authorised order; one that is only approved is authorised first, as Tamara wants it.

        An open page cannot be closed; it runs out by itself.
        """
        operation = "cancel_payment"
        order = await self._order(operation, request.provider_payment_id)
        seen = self._parse(order, objects.payment_from_order)
        if seen.provider_status == objects.APPROVED:
            order = await self._step(operation, order, f"/orders/{seen.provider_payment_id}/authorise", None)
            seen = self._parse(order, objects.payment_from_order)
        if seen.status in _GIVEN_UP:
            return seen
        if seen.status in (PaymentStatus.REQUIRES_ACTION, PaymentStatus.PROCESSING):
            message = "Tamara cannot close a page on which nobody has paid yet; it runs out by itself"
            raise NotSupported(message, provider=MANIFEST.key, operation=operation)
        if seen.status is not PaymentStatus.AUTHORIZED:
            message = f"can no longer be cancelled ({seen.provider_status}); give taken money back by a refund"
            raise self._refuse(operation, "provider_payment_id", message)
        body = {"total_amount": amount_of(self._parse(order, objects.left_to_capture))}
        await self._post(operation, f"/orders/{seen.provider_payment_id}/cancel", body)
        return await self._read_back(operation, seen.provider_payment_id)

    # Refunds.

    async def refund_payment(self, request: RefundRequest) -> RefundResult:
        """Give captured money back, all that is left or a part; it is done when Tamara answers."""
        operation = "refund_payment"
        order_id = self._path_id(operation, request.provider_payment_id)
        amount = request.money or await self._refundable(operation, order_id)
        answer = await self._post(operation, f"/payments/simplified-refund/{order_id}", refund_body(request, amount))
        made = self._parse(answer, lambda body: objects.new_refund(body, order_id, amount))
        return made.model_copy(update={"refund_id": request.refund_id, "payment_id": request.payment_id})

    async def get_refund(self, provider_refund_id: str) -> RefundResult:
        """Read a refund (``<order id>:<refund id>``) from the transactions of its order."""
        order_id, _, refund = provider_refund_id.partition(":")
        if not _ID.fullmatch(order_id) or not _ID.fullmatch(refund):
            raise self._refuse("get_refund", "provider_refund_id", "is not a refund's id (order id:refund id)")
        order = await self._order("get_refund", order_id)
        for found in self._parse(order, objects.listed_refunds):
            if found.provider_refund_id == provider_refund_id:
                return found
        raise self._fail(NotFound, "The order has no such refund", order)

    async def find_refund(self, request: RefundRequest, *, attempted_at: datetime) -> RefundResult | None:
        """Settle an unknown outcome of `refund_payment`, as the module's text says."""
        operation = "find_refund"
        order = await self._order(operation, request.provider_payment_id)
        listed = self._parse(order, objects.listed_refunds)
        for refund in listed:
            if refund.refund_id == request.refund_id:
                return refund
        fitting = [refund for refund in listed if _may_be(refund, request, attempted_at - _CLOCK_SKEW)]
        if len(fitting) > 1:
            raise self._unknown(operation, "several refunds of this amount were made since; which is it?")
        if fitting:
            ours = {"refund_id": request.refund_id, "payment_id": request.payment_id}
            return fitting[0].model_copy(update=ours)
        if not self._parse(order, objects.is_every_refund_listed):
            raise self._unknown(operation, "the order does not list all the refunds that were made of it")
        self._require_settled(operation, attempted_at)
        return None

    # Health and webhooks.

    async def check_health(self) -> HealthReport:
        """Read the account's own public key: cheap, and refused for a wrong token."""
        return await self._probe("GET", "/merchants/configs")

    @classmethod
    def verify_webhook(
        cls, request: WebhookRequest, secrets: Sequence[str], settings: Mapping[str, Any] | None = None
    ) -> VerifiedWebhook:
        """See `events.verify`."""
        return events.verify(request, secrets)

    @classmethod
    def parse_webhook(cls, body: bytes) -> list[CanonicalEvent]:
        """See `events.parse`."""
        return events.parse(body)

    # How Tamara is spoken to.

    async def _auth_headers(self) -> Mapping[str, str]:
        return self._headers

    def _decode(self, raw: bytes) -> Any:
        return objects.read(raw)

    def _error(self, answer: Answer) -> ProviderError:
        said = read_fault(answer.body)
        kind = classify(said, answer.status, answer.operation, write=answer.write)
        code = said.codes[0] if said.codes else None
        return self._fail(kind, said.text(answer.status), answer, provider_code=code, field=said.field)

    async def _post(
        self, operation: str, path: str, body: Mapping[str, Any] | None, *, opens_page: bool = False
    ) -> Answer:
        """Send a write, never marked as safe to repeat."""
        content = b"" if body is None else orjson.dumps(body)
        return await self._call(
            operation, "POST", path, content=content, content_type="application/json", opens_page=opens_page
        )

    async def _order(self, operation: str, provider_payment_id: str) -> Answer:
        """An order; one that is about another order is no answer."""
        order_id = self._path_id(operation, provider_payment_id)
        answer = await self._call(operation, "GET", f"/orders/{order_id}")
        if self._parse(answer, lambda order: order["order_id"]) != order_id:
            raise self._unreadable(answer)
        return answer

    async def _step(self, operation: str, before: Answer, path: str, body: Mapping[str, Any] | None) -> Answer:
        """Move an order on, and read it. A refusal counts only if the order has not moved: Tamara, or an earlier
        attempt of ours, may have been quicker."""
        refused: InvalidRequest | None = None
        try:
            await self._post(operation, path, body)
        except InvalidRequest as error:
            refused = error
        after = await self._read_after(operation, before.body["order_id"])
        if refused is not None and after.body["status"] == before.body["status"]:
            raise refused
        return after

    async def _read_back(self, operation: str, order_id: str) -> PaymentResult:
        return self._parse(await self._read_after(operation, order_id), objects.payment_from_order)

    async def _read_after(self, operation: str, order_id: str) -> Answer:
        """An order after something was sent that moves it on: how it stands is not known before it is read."""
        try:
            answer = await self._order(operation, order_id)
            self._parse(answer, objects.payment_from_order)
            return answer
        except ProviderError as error:
            raise OutcomeUnknown(
                f"sent, but the order could not be read after it: {error.message}",
                provider=MANIFEST.key,
                operation=operation,
                http_status=error.http_status,
            ) from error

    async def _refundable(self, operation: str, order_id: str) -> Money:
        left = self._parse(await self._order(operation, order_id), objects.left_to_refund)
        if left is None:
            raise self._refuse(operation, "money", "is needed: the order does not tell how much is left")
        if left.amount == 0:
            raise self._refuse(operation, "money", "nothing is left to be given back")
        return left

    def _part(self, operation: str, asked: Money | None, left: Money) -> Money:
        """The amount to capture: what was asked for if so much is left, else all that is."""
        if asked is not None and asked.currency != left.currency:
            raise self._refuse(operation, "money.currency", f"the payment is in {left.currency}")
        if left.amount == 0 or (asked is not None and asked.amount > left.amount):
            raise self._refuse(operation, "money.amount", f"only {left} is left")
        return asked or left

    def _path_id(self, operation: str, value: str) -> str:
        if not _ID.fullmatch(value):
            raise self._refuse(operation, "provider_payment_id", "is not an order's id of Tamara's")
        return value


def _may_be(refund: RefundResult, request: RefundRequest, since: datetime) -> bool:
    """Whether a refund that carries no id of ours can be one that was asked for.

    :param since: when that was, at the earliest.
    """
    fits = request.money is None or refund.money == request.money
    recent = refund.created_at is None or refund.created_at >= since
    return refund.refund_id is None and fits and recent
