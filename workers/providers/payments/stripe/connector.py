"""Stripe.

API reference https://docs.stripe.com/api , version pinned by the ``Stripe-Version`` header. Requests are forms with
bracketed names, answers JSON. Test and live share one address; the key decides. Every POST carries an
``Idempotency-Key``, under which Stripe keeps the first answer for 24 hours, a 500 included
(https://docs.stripe.com/api/idempotent_requests).

Unknown outcomes. Within those 24 hours the same POST is sent again under the same key: Stripe answers what it answered
before, or does now what never reached it, and either way it is done once. Where the kept answer is a 500, which its
header ``Idempotent-Replayed: true`` tells, or belongs to other parameters, that key is of no more use: payments are
listed by creation time, ours is recognised by ``wasl_payment_id`` in its metadata, and if it is not there it is made
under a second key. (The search API would be one call, but lags behind by up to an hour, so it cannot prove absence.)
After the 24 hours only the list is asked. A 5xx without that header leaves the outcome unknown: the request may be at
work just now.

Saved payment methods. Stripe keeps one for a customer, and takes it only together with that customer's id: the hosted
page makes the customer itself, before a direct payment one is made, under a key that follows from the payment's.
"""

from __future__ import annotations

import math
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx

from workers.providers.base import Answer, Connector
from workers.providers.capabilities import HealthReport
from workers.providers.errors import (
    Declined,
    InvalidRequest,
    NotFound,
    ProviderError,
)
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.forms import FORM_CONTENT_TYPE, encode_brackets
from workers.providers.manifest import Environment
from workers.providers.money import Money
from workers.providers.payments.models import (
    CancelRequest,
    CaptureRequest,
    PaymentMode,
    PaymentPage,
    PaymentRequest,
    PaymentResult,
    PaymentStatus,
    RefundRequest,
    RefundResult,
)
from workers.providers.payments.stripe import events
from workers.providers.payments.stripe.errors import KeptFailure, classify, read_fault
from workers.providers.payments.stripe.forms import (
    MINIMUM_AMOUNTS,
    customer_form,
    customer_id,
    intent_form,
    session_form,
)
from workers.providers.payments.stripe.manifest import MANIFEST, StripeCredentials, StripeSettings
from workers.providers.payments.stripe.objects import (
    decline_reason,
    ids_and_metadata,
    minor_units,
    payment_from_intent,
    payment_from_session,
    payments_from_list,
    refund_from_object,
)
from workers.providers.payments.suitability import unsuitable

PAGE_SIZE: Final = 100
MAX_PAGES: Final = 100
_ID: Final = re.compile(r"[A-Za-z0-9_]{1,255}")
# A key is kept at least 24 hours from its first use; the margin covers a request under way and unequal clocks.
_REPLAY_WINDOW: Final = timedelta(hours=23)
_CLOCK_SKEW: Final = timedelta(minutes=5)


class StripeConnector(Connector[StripeCredentials, StripeSettings]):
    """Payments through Stripe: on its hosted page (Checkout Sessions) or with a token (PaymentIntents)."""

    manifest = MANIFEST
    credentials_model = StripeCredentials
    settings_model = StripeSettings
    idempotency_header = "Idempotency-Key"
    sensitive_fields = frozenset({"client_secret"})

    def __init__(
        self,
        credentials: StripeCredentials,
        settings: StripeSettings,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        super().__init__(credentials, settings, base_url=base_url, transport=transport, environment=environment)
        key = credentials.secret_key.get_secret_value()
        is_live_key = "_live_" in key[:8]
        if is_live_key != (environment is Environment.LIVE):
            kind = "a live" if is_live_key else "a test"
            raise self._refuse("open", "credentials.secret_key", f"is {kind} key on a {environment} connection")
        self._headers = {
            "Authorization": f"Bearer {key}",
            "Stripe-Version": settings.api_version,
            "User-Agent": "wasl",
        }
        if settings.account:
            self._headers["Stripe-Account"] = settings.account

    # Payments.

    async def create_payment(self, request: PaymentRequest) -> PaymentResult:
        """Make a Checkout Session or a PaymentIntent."""
        if wrong := unsuitable(request, MANIFEST, saves_methods=True):
            raise self._refuse("create_payment", *wrong)
        units = self._minor_units(request.money, "create_payment")
        self._check_minimum(request.money)
        if request.mode is PaymentMode.CHECKOUT:
            form = session_form(request, units, api_version=self.settings.api_version)
            answer = await self._post(
                "create_payment", "/v1/checkout/sessions", form, request.idempotency_key, opens_page=True
            )
            return self._parse(answer, payment_from_session)
        form = intent_form(
            request,
            units,
            api_version=self.settings.api_version,
            email_receipts=self.settings.email_receipts,
            customer=customer_id(request) or await self._new_customer(request),
        )
        answer = await self._post("create_payment", "/v1/payment_intents", form, request.idempotency_key)
        return self._parse(answer, payment_from_intent)

    async def get_payment(self, provider_payment_id: str) -> PaymentResult:
        """Read a PaymentIntent (``pi_…``) or a Checkout Session (``cs_…``)."""
        return await self._read_payment("get_payment", provider_payment_id)

    async def find_payment(self, request: PaymentRequest, *, attempted_at: datetime) -> PaymentResult | None:
        """Settle an unknown outcome of `create_payment`, as the module's text says."""
        if datetime.now(UTC) - attempted_at >= _REPLAY_WINDOW:
            return await self._find_listed_payment(request, attempted_at, settled_from=attempted_at + _REPLAY_WINDOW)
        try:
            return await self.create_payment(request)
        except (KeptFailure, InvalidRequest) as error:
            _require_useless(error)
        found = await self._find_listed_payment(request, attempted_at, settled_from=attempted_at)
        return found or await self.create_payment(request.model_copy(update=_second_key(request)))

    async def list_payments(self, *, since: datetime, until: datetime, cursor: str | None = None) -> PaymentPage:
        """The PaymentIntents made in a span of time, the newest first. A Checkout Session has none before somebody
        tries to pay, so pages that nobody has tried are not among them."""
        first, end = (str(math.ceil(moment.timestamp())) for moment in (since, until))  # Stripe counts whole seconds
        span = [("created[gte]", first), ("created[lt]", end), ("expand[]", "data.latest_charge")]
        after = [("starting_after", cursor)] if cursor else []
        query = [*span, ("limit", str(PAGE_SIZE)), *after]
        answer = await self._call("list_payments", "GET", "/v1/payment_intents", query=query)
        return self._parse(answer, payments_from_list)

    async def capture_payment(self, request: CaptureRequest) -> PaymentResult:
        """Capture a reserved payment; after a partial capture Stripe releases the rest."""
        units = self._minor_units(request.money, "capture_payment") if request.money else None
        form = {"amount_to_capture": units, "expand": ["latest_charge"]}
        intent_id = await self._intent_id("capture_payment", request.provider_payment_id)
        path = f"/v1/payment_intents/{intent_id}/capture"
        answer = await self._post("capture_payment", path, form, request.idempotency_key)
        return self._parse(answer, payment_from_intent)

    async def cancel_payment(self, request: CancelRequest) -> PaymentResult:
        """Cancel a PaymentIntent, or expire a Checkout Session that nobody has completed."""
        found = request.provider_payment_id
        if found.startswith("cs_"):
            payment = await self._read_payment("cancel_payment", found)
            if payment.status is PaymentStatus.REQUIRES_ACTION and payment.checkout_url:
                return await self._expire_session(found, request.idempotency_key)
            found = payment.provider_payment_id
            if found.startswith("cs_"):
                return payment  # it ran out before anybody paid
        form = {"cancellation_reason": request.reason, "expand": ["latest_charge"]}
        path = f"/v1/payment_intents/{self._path_id('cancel_payment', found)}/cancel"
        answer = await self._post("cancel_payment", path, form, request.idempotency_key)
        return self._parse(answer, payment_from_intent)

    # Refunds.

    async def refund_payment(self, request: RefundRequest) -> RefundResult:
        """Refund a payment, all that is left of it or a part."""
        form: dict[str, Any] = {
            "payment_intent": await self._intent_id("refund_payment", request.provider_payment_id),
            "amount": self._minor_units(request.money, "refund_payment") if request.money else None,
            "reason": request.reason,
            "metadata": {
                "wasl_payment_id": str(request.payment_id),
                "wasl_refund_id": str(request.refund_id),
                "note": request.note,
            },
        }
        answer = await self._post("refund_payment", "/v1/refunds", form, request.idempotency_key)
        return self._parse(answer, refund_from_object)

    async def get_refund(self, provider_refund_id: str) -> RefundResult:
        """Read a refund (``re_…``)."""
        path = f"/v1/refunds/{self._path_id('get_refund', provider_refund_id)}"
        return self._parse(await self._call("get_refund", "GET", path), refund_from_object)

    async def find_refund(self, request: RefundRequest, *, attempted_at: datetime) -> RefundResult | None:
        """Settle an unknown outcome of `refund_payment`, as the module's text says."""
        if datetime.now(UTC) - attempted_at >= _REPLAY_WINDOW:
            return await self._find_listed_refund(request, settled_from=attempted_at + _REPLAY_WINDOW)
        try:
            return await self.refund_payment(request)
        except (KeptFailure, InvalidRequest) as error:
            _require_useless(error)
        found = await self._find_listed_refund(request, settled_from=attempted_at)
        return found or await self.refund_payment(request.model_copy(update=_second_key(request)))

    # Saved payment methods.

    async def delete_payment_method(self, token: str, provider_data: Mapping[str, str]) -> None:
        """Detach a payment method (``pm_…``) from its customer; after that it can never be used again."""
        operation = "delete_payment_method"
        path = f"/v1/payment_methods/{self._path_id(operation, token, 'token')}"
        try:
            await self._call(operation, "POST", f"{path}/detach", content_type=FORM_CONTENT_TYPE)
        except NotFound:
            return
        except InvalidRequest:
            answer = await self._call(operation, "GET", path)  # what is not attached cannot be detached
            if self._parse(answer, lambda method: method["customer"]) is not None:
                raise

    async def _new_customer(self, request: PaymentRequest) -> str | None:
        """The customer whom a payment method is to be saved for, where there is none yet."""
        if not request.save_payment_method:
            return None
        form, key = customer_form(request), f"{request.idempotency_key}:customer"
        answer = await self._post("create_payment", "/v1/customers", form, key)
        return self._parse(answer, lambda customer: str(customer["id"]))

    # Health and webhooks.

    async def check_health(self) -> HealthReport:
        """Read the balance: cheap, and refused for a wrong key."""
        return await self._probe("GET", "/v1/balance")

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

    # How Stripe is spoken to.

    async def _auth_headers(self) -> Mapping[str, str]:
        return self._headers

    def _retry_verdict(self, response: httpx.Response) -> bool | None:
        return {"true": True, "false": False}.get(response.headers.get("stripe-should-retry", ""))

    def _error(self, answer: Answer) -> ProviderError:
        fault = read_fault(answer.body, answer.status)
        verdict = {"true": True, "false": False}.get(answer.headers.get("stripe-should-retry", ""))
        replayed = answer.headers.get("idempotent-replayed") == "true"
        kind = classify(fault, answer.status, write=answer.write, should_retry=verdict, replayed=replayed)
        details: dict[str, Any] = {}
        if issubclass(kind, Declined):
            code = fault.decline_code or fault.code
            details = {"decline_code": decline_reason(code).value, "provider_payment_id": fault.payment_intent_id}
        return self._fail(
            kind,
            fault.message,
            answer,
            provider_code=fault.decline_code or fault.code or fault.type or None,
            request_id=answer.headers.get("request-id"),
            field=fault.field,
            **details,
        )

    async def _post(
        self, operation: str, path: str, form: Mapping[str, Any], idempotency_key: str, *, opens_page: bool = False
    ) -> Answer:
        return await self._call(
            operation,
            "POST",
            path,
            content=encode_brackets(form),
            content_type=FORM_CONTENT_TYPE,
            idempotency_key=idempotency_key,
            opens_page=opens_page,
        )

    async def _read_payment(self, operation: str, provider_payment_id: str) -> PaymentResult:
        found = self._path_id(operation, provider_payment_id)
        if found.startswith("cs_"):
            query = [("expand[]", "payment_intent.latest_charge.refunds")]
            answer = await self._call(operation, "GET", f"/v1/checkout/sessions/{found}", query=query)
            return self._parse(answer, payment_from_session)
        query = [("expand[]", "latest_charge.refunds")]  # only when asked for, and at most ten of them
        answer = await self._call(operation, "GET", f"/v1/payment_intents/{found}", query=query)
        return self._parse(answer, payment_from_intent)

    async def _expire_session(self, session_id: str, idempotency_key: str) -> PaymentResult:
        path = f"/v1/checkout/sessions/{session_id}/expire"
        answer = await self._post("cancel_payment", path, {}, idempotency_key)
        expired = self._parse(answer, payment_from_session)
        return expired.model_copy(update={"status": PaymentStatus.CANCELLED})

    async def _find_listed_payment(
        self, request: PaymentRequest, attempted_at: datetime, *, settled_from: datetime
    ) -> PaymentResult | None:
        path = "/v1/checkout/sessions" if request.mode is PaymentMode.CHECKOUT else "/v1/payment_intents"
        earliest, latest = attempted_at - _CLOCK_SKEW, attempted_at + _REPLAY_WINDOW + _CLOCK_SKEW
        created = [("created[gte]", str(int(earliest.timestamp()))), ("created[lte]", str(int(latest.timestamp())))]
        async for found, metadata in self._listed("find_payment", path, created):
            if metadata.get("wasl_payment_id") == str(request.payment_id):
                return await self._read_payment("find_payment", found)
        self._require_settled("find_payment", settled_from)
        return None

    async def _find_listed_refund(self, request: RefundRequest, *, settled_from: datetime) -> RefundResult | None:
        intent_id = await self._intent_id("find_refund", request.provider_payment_id)
        async for refund_id, metadata in self._listed("find_refund", "/v1/refunds", [("payment_intent", intent_id)]):
            if metadata.get("wasl_refund_id") == str(request.refund_id):
                return await self.get_refund(refund_id)
        self._require_settled("find_refund", settled_from)
        return None

    async def _listed(
        self, operation: str, path: str, query: list[tuple[str, str]]
    ) -> AsyncIterator[tuple[str, Mapping[str, str]]]:
        """The id and metadata of every object of a list, page by page.

        :raises OutcomeUnknown: the list is too long to be read to its end.
        """
        after: list[tuple[str, str]] = []
        for _ in range(MAX_PAGES):
            answer = await self._call(operation, "GET", path, query=[*query, ("limit", str(PAGE_SIZE)), *after])
            items, has_more = self._parse(answer, ids_and_metadata)
            for item in items:
                yield item
            if not has_more or not items:
                return
            after = [("starting_after", items[-1][0])]
        raise self._unknown(operation, f"not among the last {MAX_PAGES * PAGE_SIZE} objects, and there are more")

    async def _intent_id(self, operation: str, provider_payment_id: str) -> str:
        """The PaymentIntent's id; a Checkout Session is asked for its own."""
        if not provider_payment_id.startswith("cs_"):
            return self._path_id(operation, provider_payment_id)
        payment = await self._read_payment(operation, provider_payment_id)
        if payment.provider_payment_id.startswith("cs_"):
            raise self._refuse(operation, "provider_payment_id", "nothing has been paid on this checkout session")
        return payment.provider_payment_id

    def _path_id(self, operation: str, value: str, field: str = "provider_payment_id") -> str:
        if not _ID.fullmatch(value):
            raise self._refuse(operation, field, "is not an id of Stripe's")
        return value

    def _minor_units(self, money: Money, operation: str) -> int:
        try:
            return minor_units(money)
        except ValueError as error:
            raise self._refuse(operation, "money.amount", str(error)) from None

    def _check_minimum(self, money: Money) -> None:
        least = MINIMUM_AMOUNTS.get(money.currency)
        if least is not None and money.amount < least:
            message = f"is below Stripe's minimum of {money.currency} {least}"
            raise self._refuse("create_payment", "money.amount", message)


def _require_useless(answer: KeptFailure | InvalidRequest) -> None:
    """Go on to the list when sending again told nothing: Stripe kept a 500, or the key belongs to other parameters."""
    if isinstance(answer, InvalidRequest) and answer.field != "idempotency_key":
        raise answer


def _second_key(request: PaymentRequest | RefundRequest) -> dict[str, str]:
    """The key under which it is made anew, where the first can never again lead to anything; always the same one."""
    return {"idempotency_key": f"{request.idempotency_key}:2"}
