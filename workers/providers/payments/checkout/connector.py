"""Checkout.com (the current platform, "NAS").

API reference https://api-reference.checkout.com ; requests and answers are JSON, amounts integers of minor units.
Captures, voids and refunds are actions: their answer (202) only says that they were accepted. A capture or void is
therefore followed by a look at the payment, which may well show it as it was, and a refund is pending until a webhook
or the payment's list of actions says how it went.

Idempotency (https://www.checkout.com/docs/payments/manage-payments/idempotency). ``Cko-Idempotency-Key`` works for
payments and their actions, not for hosted pages. A successful answer is kept for 24 hours; after a 4xx or 5xx nothing
is kept, and the same request "is reattempted". So a write that was answered with a 5xx may have been done and would be
done again under the very same key: the transport never repeats one of these (they are not marked as retryable).

Unknown outcomes. A payment is looked for by its reference (GET /payments?reference=…), and ours recognised by
``wasl_payment_id`` in its metadata; a refund is looked for among the payment's actions, by its reference or metadata.
What is not there, a minute after the attempt, is sent again under the same key while that lasts. The minute is our own
caution: how soon the list shows a payment is documented nowhere, but the official SDK's test asks it repeatedly. A
hosted page whose address never arrived cannot be paid by anybody: if no payment was made, there is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import orjson

from workers.providers.base import Answer, Connector
from workers.providers.capabilities import HealthReport
from workers.providers.errors import (
    NotFound,
    NotSupported,
    OutcomeUnknown,
    ProviderError,
)
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.manifest import Environment
from workers.providers.money import Money
from workers.providers.payments.checkout import events, requests
from workers.providers.payments.checkout.errors import classify, read_fault, require_no_decline
from workers.providers.payments.checkout.manifest import MANIFEST, CheckoutCredentials, CheckoutSettings
from workers.providers.payments.checkout.objects import (
    PAYMENT_STATUSES,
    action_id,
    listed_actions,
    listed_payments,
    minor_units,
    money,
    new_page,
    payment_accepted,
    payment_from_details,
    payment_from_page,
    payment_id_of_page,
    refund_from_action,
    refund_id,
)
from workers.providers.payments.models import (
    CancelRequest,
    CaptureRequest,
    PaymentMode,
    PaymentRequest,
    PaymentResult,
    PaymentStatus,
    RefundRequest,
    RefundResult,
    RefundStatus,
)

IDEMPOTENCY_HEADER: Final = "Cko-Idempotency-Key"
PAGE_SIZE: Final = 100
MAX_PAGES: Final = 100
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,255}")
_PAYMENT_ID: Final = re.compile(r"pay_[A-Za-z0-9]{1,251}")
# A key is kept 24 hours from its first use; the margin covers a request under way and unequal clocks.
_REPLAY_WINDOW: Final = timedelta(hours=23)
# Payments in these have actions that tell more: refunds, or why it was declined.
_WORTH_A_LOOK: Final = frozenset(
    {
        PaymentStatus.CAPTURED,
        PaymentStatus.PARTIALLY_CAPTURED,
        PaymentStatus.PARTIALLY_REFUNDED,
        PaymentStatus.REFUNDED,
        PaymentStatus.FAILED,
    }
)


class CheckoutConnector(Connector[CheckoutCredentials, CheckoutSettings]):
    """Payments through Checkout.com: on its hosted page, or with a token or stored instrument."""

    manifest = MANIFEST
    credentials_model = CheckoutCredentials
    settings_model = CheckoutSettings
    sensitive_fields = frozenset({"token", "cvv", "fingerprint", "bin", "last4", "cryptogram"})

    def __init__(
        self,
        credentials: CheckoutCredentials,
        settings: CheckoutSettings,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        if settings.url_prefix and base_url == MANIFEST.base_url(environment):
            base_url = base_url.replace("https://", f"https://{settings.url_prefix}.", 1)
        super().__init__(credentials, settings, base_url=base_url, transport=transport, environment=environment)
        key = credentials.secret_key.get_secret_value()
        is_live_key = not key.startswith("sk_sbox_")
        if is_live_key != (environment is Environment.LIVE):
            kind = "a live" if is_live_key else "a sandbox"
            raise self._refuse("open", "credentials.secret_key", f"is {kind} key on a {environment} connection")
        self._headers = {"Authorization": f"Bearer {key}", "User-Agent": "wasl"}

    # Payments.

    async def create_payment(self, request: PaymentRequest) -> PaymentResult:
        """Make a hosted page, or try to take a payment at once."""
        if wrong := requests.fault(request, self.settings):
            raise self._refuse("create_payment", *wrong)
        units = self._minor_units(request.money, "create_payment")
        if request.mode is PaymentMode.CHECKOUT:
            page = requests.page_body(request, units, self.settings)
            answer = await self._post("create_payment", "/hosted-payments", page, opens_page=True)
            opened = self._parse(answer, lambda page: new_page(page, request.money))
            return opened.model_copy(update={"payment_id": request.payment_id})
        body = requests.payment_body(request, units, self.settings)
        answer = await self._post("create_payment", "/payments", body, request.idempotency_key)
        told = {"metadata": body["metadata"]}  # which the answer does not repeat
        made = self._parse(answer, lambda payment: payment_accepted({**payment, **told}, request.money))
        return require_no_decline(made, MANIFEST.key, answer.headers)

    async def get_payment(self, provider_payment_id: str) -> PaymentResult:
        """Read a payment (``pay_…``) or a hosted page, with the payment made on it if there is one."""
        return await self._read_payment("get_payment", provider_payment_id)

    async def find_payment(self, request: PaymentRequest, *, attempted_at: datetime) -> PaymentResult | None:
        """Settle an unknown outcome of `create_payment`, as the module's text says."""
        found = await self._find_listed_payment(request)
        if found is not None:
            return require_no_decline(found, MANIFEST.key)
        if request.mode is PaymentMode.CHECKOUT:
            return None
        if datetime.now(UTC) - attempted_at >= _REPLAY_WINDOW:
            self._require_settled("find_payment", attempted_at + _REPLAY_WINDOW)
            return None
        self._require_settled("find_payment", attempted_at)
        return await self.create_payment(request)

    async def capture_payment(self, request: CaptureRequest) -> PaymentResult:
        """Ask for a reserved payment to be captured; the answer shows how it stands at that moment."""
        operation = "capture_payment"
        units = self._minor_units(request.money, operation) if request.money else None
        payment_id = await self._payment_id(operation, request.provider_payment_id)
        body: dict[str, Any] = {
            "capture_type": "NonFinal" if self.settings.several_captures and units is not None else "Final",
            "reference": request.idempotency_key.replace("-", "")[:30],
            "metadata": {"wasl_payment_id": str(request.payment_id)},
        }
        if units is not None:
            body["amount"] = units
        if body["capture_type"] == "Final" or not await self._is_captured(payment_id, body["reference"]):
            await self._post(operation, f"/payments/{payment_id}/captures", body, request.idempotency_key)
        return await self._read_back(operation, payment_id)

    async def cancel_payment(self, request: CancelRequest) -> PaymentResult:
        """Ask for what is reserved to be released; the answer shows how it stands at that moment.

        An open page without a payment cannot be closed; it runs out by itself.
        """
        operation = "cancel_payment"
        found = request.provider_payment_id
        if not _PAYMENT_ID.fullmatch(found):
            payment = await self._read_payment(operation, found)
            if payment.status is PaymentStatus.EXPIRED:
                return payment
            found = payment.provider_payment_id
        if not _PAYMENT_ID.fullmatch(found):
            message = "Checkout.com cannot close a payment page on which nobody has paid; it runs out by itself"
            raise NotSupported(message, provider=MANIFEST.key, operation=operation)
        body = {"metadata": {"wasl_payment_id": str(request.payment_id)}}
        await self._post(operation, f"/payments/{found}/voids", body, request.idempotency_key)
        return await self._read_back(operation, found)

    # Refunds.

    async def refund_payment(self, request: RefundRequest) -> RefundResult:
        """Ask for money to be given back, all that is left or a part; it is pending from here."""
        operation = "refund_payment"
        payment_id = await self._payment_id(operation, request.provider_payment_id)
        amount = request.money or await self._refundable(payment_id)
        body = requests.refund_body(request, self._minor_units(amount, operation))
        answer = await self._post(operation, f"/payments/{payment_id}/refunds", body, request.idempotency_key)
        action = self._parse(answer, action_id)
        return RefundResult(
            provider_refund_id=refund_id(payment_id, action),
            provider_payment_id=payment_id,
            refund_id=request.refund_id,
            payment_id=request.payment_id,
            status=RefundStatus.PENDING,
            provider_status="Accepted",
            money=amount,
        )

    async def get_refund(self, provider_refund_id: str) -> RefundResult:
        """Read a refund (``pay_…:act_…``) from the actions of its payment."""
        payment_id, _, action = provider_refund_id.partition(":")
        if not _PAYMENT_ID.fullmatch(payment_id) or not _ID.fullmatch(action):
            raise self._refuse("get_refund", "provider_refund_id", "is not a refund's id (pay_…:act_…)")
        for refund in await self._refunds("get_refund", payment_id):
            if refund.provider_refund_id == provider_refund_id:
                return refund
        raise NotFound("the payment has no such refund, or not yet", provider=MANIFEST.key, operation="get_refund")

    async def find_refund(self, request: RefundRequest, *, attempted_at: datetime) -> RefundResult | None:
        """Settle an unknown outcome of `refund_payment`, as the module's text says."""
        payment_id = await self._payment_id("find_refund", request.provider_payment_id)
        for refund in await self._refunds("find_refund", payment_id):
            if refund.refund_id == request.refund_id:
                return refund
        if datetime.now(UTC) - attempted_at >= _REPLAY_WINDOW:
            self._require_settled("find_refund", attempted_at + _REPLAY_WINDOW)
            return None
        self._require_settled("find_refund", attempted_at)
        return await self.refund_payment(request)

    # Saved payment methods.

    async def delete_payment_method(self, token: str, provider_data: Mapping[str, str]) -> None:
        """Delete a stored instrument (``src_…``)."""
        operation = "delete_payment_method"
        if not requests.INSTRUMENT.fullmatch(token):
            raise self._refuse(operation, "token", "is not an instrument of Checkout.com's (src_…)")
        with suppress(NotFound):
            await self._call(operation, "DELETE", f"/instruments/{token}")

    # Health and webhooks.

    async def check_health(self) -> HealthReport:
        """Ask for one payment that is not there: cheap, and refused for a wrong key."""
        return await self._probe("GET", "/payments?limit=1&reference=wasl-health-check")

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

    # How Checkout.com is spoken to.

    async def _auth_headers(self) -> Mapping[str, str]:
        return self._headers

    def _error(self, answer: Answer) -> ProviderError:
        said = read_fault(answer.body)
        kind = classify(said, answer.status, answer.operation, write=answer.write)
        return self._fail(
            kind,
            said.message(answer.status),
            answer,
            provider_code=(said.codes[0] if said.codes else said.type) or None,
            request_id=answer.headers.get("cko-request-id") or said.request_id,
            field=said.field,
        )

    async def _post(
        self,
        operation: str,
        path: str,
        body: Mapping[str, Any],
        idempotency_key: str | None = None,
        *,
        opens_page: bool = False,
    ) -> Answer:
        """Send a write. It carries its key, but is not marked as safe to repeat; the module's text says why."""
        return await self._call(
            operation,
            "POST",
            path,
            content=orjson.dumps(body),
            content_type="application/json",
            headers={IDEMPOTENCY_HEADER: idempotency_key} if idempotency_key else None,
            opens_page=opens_page,
        )

    async def _read_payment(self, operation: str, provider_payment_id: str) -> PaymentResult:
        if _PAYMENT_ID.fullmatch(provider_payment_id):
            return await self._read_details(operation, provider_payment_id)
        answer = await self._call(operation, "GET", f"/hosted-payments/{self._path_id(operation, provider_payment_id)}")
        payment_id = self._parse(answer, payment_id_of_page)
        if not payment_id:
            return self._parse(answer, payment_from_page)
        return await self._read_details(operation, payment_id, provider_payment_id)

    async def _read_details(self, operation: str, payment_id: str, session_id: str | None = None) -> PaymentResult:
        answer = await self._call(operation, "GET", f"/payments/{payment_id}")
        payment = self._parse(answer, lambda details: payment_from_details(details, session_id=session_id))
        if payment.status not in _WORTH_A_LOOK or payment.provider_status not in PAYMENT_STATUSES:
            return payment
        actions = await self._actions(operation, payment.provider_payment_id)
        return self._parse(answer, lambda details: payment_from_details(details, actions, session_id=session_id))

    async def _read_back(self, operation: str, payment_id: str) -> PaymentResult:
        """The payment after an action on it was accepted, which is certain from here."""
        try:
            return await self._read_details(operation, payment_id)
        except ProviderError as error:
            raise OutcomeUnknown(
                f"accepted, but the payment could not be read: {error.message}",
                provider=MANIFEST.key,
                operation=operation,
                http_status=error.http_status,
                request_id=error.request_id,
            ) from error

    async def _actions(self, operation: str, payment_id: str) -> list[Mapping[str, Any]]:
        answer = await self._call(operation, "GET", f"/payments/{self._path_id(operation, payment_id)}/actions")
        return self._parse(answer, listed_actions)

    async def _is_captured(self, payment_id: str, capture_reference: str) -> bool:
        """Whether this very capture has been made: a part can be captured twice, and a 5xx leaves no kept answer."""
        actions = await self._actions("capture_payment", payment_id)
        return any(each["type"] == "Capture" and each.get("reference") == capture_reference for each in actions)

    async def _refunds(self, operation: str, payment_id: str) -> list[RefundResult]:
        actions = [each for each in await self._actions(operation, payment_id) if each["type"] == "Refund"]
        if not actions:
            return []
        answer = await self._call(operation, "GET", f"/payments/{payment_id}")
        return self._parse(answer, lambda payment: [refund_from_action(action, payment) for action in actions])

    async def _refundable(self, payment_id: str) -> Money:
        """All that is left to be given back. Without an amount Checkout.com takes the whole payment to be meant."""
        answer = await self._call("refund_payment", "GET", f"/payments/{payment_id}")
        left = self._parse(answer, lambda each: money(each["balances"]["available_to_refund"], each["currency"]))
        if left.amount == 0:
            raise self._refuse("refund_payment", "money", "nothing is left to be given back")
        return left

    async def _find_listed_payment(self, request: PaymentRequest) -> PaymentResult | None:
        """The payment among all of its reference, the newest first; one that succeeded or may goes before declines.

        :raises OutcomeUnknown: the list is too long to be read to its end.
        """
        declined: PaymentResult | None = None
        for page in range(MAX_PAGES):
            query = [
                ("limit", str(PAGE_SIZE)),
                ("skip", str(page * PAGE_SIZE)),
                ("reference", requests.reference(request)),
            ]
            answer = await self._call("find_payment", "GET", "/payments", query=query)
            items = self._parse(answer, listed_payments)
            for payment_id in (found for found, ours in items if ours == request.payment_id):
                payment = await self._read_payment("find_payment", payment_id)
                if payment.status is not PaymentStatus.FAILED:
                    return payment
                declined = declined or payment
            if len(items) < PAGE_SIZE:
                return declined
        raise self._unknown("find_payment", f"not among {MAX_PAGES * PAGE_SIZE} payments, and there are more")

    async def _payment_id(self, operation: str, provider_payment_id: str) -> str:
        """The payment's id; a hosted page is asked for its own."""
        if _PAYMENT_ID.fullmatch(provider_payment_id):
            return provider_payment_id
        payment = await self._read_payment(operation, provider_payment_id)
        if not _PAYMENT_ID.fullmatch(payment.provider_payment_id):
            raise self._refuse(operation, "provider_payment_id", "nothing has been paid on this page")
        return payment.provider_payment_id

    def _path_id(self, operation: str, value: str) -> str:
        if not _ID.fullmatch(value):
            raise self._refuse(operation, "provider_payment_id", "is not an id of Checkout.com's")
        return value

    def _minor_units(self, amount: Money, operation: str) -> int:
        try:
            return minor_units(amount)
        except ValueError as error:
            raise self._refuse(operation, "money.amount", str(error)) from None
