"""PayPal: Orders v2 and Payments v2.

Requests and answers are JSON; facts from PayPal's OpenAPI documents (paypal-rest-api-specifications:
``checkout_orders_v2``, ``payments_payment_v2``, ``notifications_webhooks_v1``, ``reporting_transactions_v1``,
``vault_payment_tokens_v3``) and https://developer.paypal.com/api/rest/ . Calls carry an access token (client
credentials, some nine hours), which is kept and, when refused with 401, renewed once.

A payment is an order. When the payer has agreed on PayPal's page it is APPROVED and no money has moved: it has to be
completed by `complete_payment` (captured, or authorized for a manual capture), by default within three hours. An order
that nobody completes lapses by itself; PayPal has no call to cancel one.

Unknown outcomes. PayPal keeps the answer to a ``PayPal-Request-Id`` for 6 hours (orders) and 45 days (captures and
refunds): the same POST is sent again under the same id and answers what became of the first. (Voiding has no such id;
it is looked up.) After the 6 hours an order cannot be found any more. One that waits for a payer needs not be: its link
was never given to anybody, so it can never be paid. One with a saved account may have been paid at once: it is looked
for in the transaction search, which lags behind by up to three hours. Besides, every order of one payment has the same
``invoice_id``, of which PayPal takes a payment once, unless the account is set to accept several.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import httpx
import orjson

from workers.providers.base import Answer, Connector
from workers.providers.capabilities import HealthReport
from workers.providers.errors import (
    AuthenticationFailed,
    Declined,
    InvalidRequest,
    NotFound,
    ProviderError,
)
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.forms import FORM_CONTENT_TYPE
from workers.providers.money import Money
from workers.providers.payments.models import (
    CancelRequest,
    CaptureRequest,
    CompleteRequest,
    PaymentMode,
    PaymentRequest,
    PaymentResult,
    PaymentStatus,
    RefundRequest,
    RefundResult,
)
from workers.providers.payments.paypal import events, signature
from workers.providers.payments.paypal.declines import decline_reason
from workers.providers.payments.paypal.errors import classify, read_fault
from workers.providers.payments.paypal.manifest import MANIFEST, PayPalCredentials, PayPalSettings
from workers.providers.payments.paypal.objects import (
    OPEN_AUTHORIZATIONS,
    amount_object,
    our_ids,
    payment_from_order,
    refund_from_object,
)
from workers.providers.payments.paypal.orders import (
    access_token,
    refunds_of,
    reservation,
    transaction_of,
    with_capture,
    with_reservation,
)
from workers.providers.payments.paypal.requests import VAULT_ID, fault, order_body, refund_body
from workers.providers.tokens import AccessToken, TokenCache

AUTHENTICATE: Final = "authenticate"
JSON: Final = "application/json"
PAGE_SIZE: Final = 500
MAX_PAGES: Final = 20
_TOKEN_MARGIN_SECONDS: Final = 120
_LONGEST_KEY_CHARS: Final = 108
_ID: Final = re.compile(r"[A-Za-z0-9-]{1,50}")
# Keys are kept at least so long from their first use; the margins cover a request under way and unequal clocks.
_ORDER_REPLAY: Final = timedelta(hours=5, minutes=30)
_REFUND_REPLAY: Final = timedelta(days=44)
_SEARCH_LAG: Final = timedelta(hours=4)
_CLOCK_SKEW: Final = timedelta(minutes=5)
_ALREADY_COMPLETED: Final = frozenset({"ORDER_ALREADY_CAPTURED", "ORDER_ALREADY_AUTHORIZED", "ORDER_ALREADY_COMPLETED"})
_ALREADY_VOIDED: Final = frozenset({"PREVIOUSLY_VOIDED", "AUTHORIZATION_VOIDED"})
_CAPTURE_USED_UP: Final = frozenset({"REFUND_AMOUNT_EXCEEDED", "CAPTURE_FULLY_REFUNDED"})
_UNPAID: Final = frozenset({"CREATED", "SAVED", "PAYER_ACTION_REQUIRED", "APPROVED"})


class PayPalConnector(Connector[PayPalCredentials, PayPalSettings]):
    """Payments through PayPal: on its page, or with a saved PayPal account."""

    manifest = MANIFEST
    credentials_model = PayPalCredentials
    settings_model = PayPalSettings
    idempotency_header = "PayPal-Request-Id"
    sensitive_fields = frozenset({"payer", "email_address", "shipping", "address", "given_name", "surname"})

    def __init__(self, credentials: PayPalCredentials, settings: PayPalSettings, **connection: Any) -> None:
        super().__init__(credentials, settings, **connection)
        self._tokens = TokenCache(_TOKEN_MARGIN_SECONDS)

    # Payments.

    async def create_payment(self, request: PaymentRequest) -> PaymentResult:
        """Make an order: for the payer to agree to, or paid at once from a saved account."""
        content, opens_page = self._order_content(request), request.mode is PaymentMode.CHECKOUT
        path, key = "/v2/checkout/orders", request.idempotency_key
        answer = await self._post("create_payment", path, content, key, opens_page=opens_page)
        return self._parse(answer, payment_from_order)

    async def get_payment(self, provider_payment_id: str) -> PaymentResult:
        """Read an order. Reading never completes it: ``next_action.type`` is ``complete`` when that has to be done."""
        return self._parse(await self._order("get_payment", provider_payment_id), payment_from_order)

    async def find_payment(self, request: PaymentRequest, *, attempted_at: datetime) -> PaymentResult | None:
        """Settle an unknown outcome of `create_payment`, as the module's text says."""
        if datetime.now(UTC) - attempted_at < _ORDER_REPLAY:
            return await self.create_payment(request)
        return None if request.mode is PaymentMode.CHECKOUT else await self._searched(request, attempted_at)

    async def complete_payment(self, request: CompleteRequest) -> PaymentResult:
        """Capture an approved order, or authorize it where the capture is manual."""
        operation, order_id = "complete_payment", self._path_id("complete_payment", request.provider_payment_id)
        intent = request.provider_data.get("intent")
        if intent is None:
            intent = self._parse(await self._order(operation, order_id), lambda order: order["intent"])
        verb = "authorize" if intent == "AUTHORIZE" else "capture"
        path = f"/v2/checkout/orders/{order_id}/{verb}"
        try:
            answer = await self._post(operation, path, {}, request.idempotency_key)
        except InvalidRequest as error:
            if error.provider_code in _ALREADY_COMPLETED:
                return self._parse(await self._order(operation, order_id), payment_from_order)
            raise
        except Declined as declined:
            declined.provider_payment_id = order_id
            raise
        return self._parse(answer, payment_from_order)

    async def capture_payment(self, request: CaptureRequest) -> PaymentResult:
        """Capture a reservation; what a partial capture leaves can still be captured, or released by cancelling."""
        operation = "capture_payment"
        read = await self._order(operation, request.provider_payment_id)
        before, order = self._parse(read, payment_from_order), read.body
        authorization = reservation(order, OPEN_AUTHORIZATIONS)
        if authorization is None:
            raise self._refuse(operation, "provider_payment_id", f"nothing is reserved on it: {before.provider_status}")
        left = (before.amount_authorized or Decimal(0)) - (before.amount_captured or Decimal(0))
        money = request.money or Money.of(left, before.money.currency)
        body = {"amount": self._amount(money, operation), "final_capture": money.amount >= left}
        path = f"/v2/payments/authorizations/{authorization['id']}/capture"
        answer = await self._post(operation, path, body, request.idempotency_key)
        return self._parse(answer, lambda capture: payment_from_order(with_capture(order, capture)))

    async def cancel_payment(self, request: CancelRequest) -> PaymentResult:
        """Void a reservation. An order that nobody has completed is not completed any more, which is all there is to
        do: PayPal has no call for it, and without that call no money moves."""
        operation = "cancel_payment"
        read = await self._order(operation, request.provider_payment_id)
        before, order = self._parse(read, payment_from_order), read.body
        authorization = reservation(order, {*OPEN_AUTHORIZATIONS, "PENDING"})
        if authorization is not None:
            await self._void(authorization["id"])
            return self._parse(read, lambda order: payment_from_order(with_reservation(order, "VOIDED")))
        if before.status in (PaymentStatus.CANCELLED, PaymentStatus.EXPIRED):
            return before
        if order["status"] not in _UNPAID or before.amount_captured:
            raise self._refuse(operation, "provider_payment_id", f"is {before.status.value} and cannot be cancelled")
        given_up = {"status": PaymentStatus.CANCELLED, "checkout_url": None, "next_action": None}
        return before.model_copy(update=given_up)

    # Refunds.

    async def refund_payment(self, request: RefundRequest) -> RefundResult:
        """Refund a capture. Of several captures the first that has enough left: in the same order at every try, each
        under a key of its own, so that a try again meets what the first one did."""
        operation = "refund_payment"
        if request.money:
            self._amount(request.money, operation)
        capture_ids = request.provider_data.get("captures", "").split()
        if not capture_ids:
            payment = self._parse(await self._order(operation, request.provider_payment_id), payment_from_order)
            capture_ids = payment.provider_data.get("captures", "").split()
        if not capture_ids:
            raise self._refuse(operation, "provider_payment_id", "nothing has been captured of this payment")
        if request.money is None and len(capture_ids) > 1:
            raise self._refuse(operation, "money", "is needed, since the payment was captured in several parts")
        for number, capture_id in enumerate(capture_ids, 1):
            path = f"/v2/payments/captures/{self._path_id(operation, capture_id)}/refund"
            key = request.idempotency_key if number == 1 else f"{request.idempotency_key}:{number}"
            try:
                answer = await self._post(operation, path, refund_body(request), key)
            except InvalidRequest as error:
                if error.provider_code not in _CAPTURE_USED_UP or number == len(capture_ids):
                    raise
                continue
            return self._with_payment(self._parse(answer, refund_from_object), request)
        raise AssertionError("unreachable: the last capture has answered or raised")

    async def get_refund(self, provider_refund_id: str) -> RefundResult:
        """Read a refund."""
        path = f"/v2/payments/refunds/{self._path_id('get_refund', provider_refund_id, 'provider_refund_id')}"
        return self._parse(await self._call("get_refund", "GET", path), refund_from_object)

    async def find_refund(self, request: RefundRequest, *, attempted_at: datetime) -> RefundResult | None:
        """Settle an unknown outcome of `refund_payment`: among the order's refunds, else by the same POST again."""
        order = await self._order("find_refund", request.provider_payment_id)
        for refund in self._parse(order, refunds_of):
            if our_ids(refund)[1] == request.refund_id:
                return self._with_payment(refund_from_object(refund), request)
        if datetime.now(UTC) - attempted_at < _REFUND_REPLAY:
            return await self.refund_payment(request)
        return None

    # Saved accounts.

    async def delete_payment_method(self, token: str, provider_data: Mapping[str, str]) -> None:
        """Have PayPal forget a saved account (a payment token of its vault)."""
        operation = "delete_payment_method"
        if not VAULT_ID.fullmatch(token):
            raise self._refuse(operation, "token", "is not a saved PayPal account")
        with suppress(NotFound):
            await self._call(operation, "DELETE", f"/v3/vault/payment-tokens/{token}")

    # Health and webhooks.

    async def check_health(self) -> HealthReport:
        """List the app's webhooks: cheap, and refused for wrong credentials."""
        return await self._probe("GET", "/v1/notifications/webhooks")

    @classmethod
    def certificate_url(cls, request: WebhookRequest) -> str:
        """See `signature.certificate_url`."""
        return signature.certificate_url(request.headers)

    @classmethod
    def verify_webhook(
        cls, request: WebhookRequest, secrets: Sequence[str], settings: Mapping[str, Any] | None = None
    ) -> VerifiedWebhook:
        """See `events.verify`; ``secrets`` are the webhook's ids."""
        return events.verify(request, secrets)

    @classmethod
    def parse_webhook(cls, body: bytes) -> list[CanonicalEvent]:
        """See `events.parse`."""
        return events.parse(body)

    # How PayPal is spoken to.

    async def _auth_headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {await self._tokens.get(self._exchange)}", "User-Agent": "wasl"}

    async def _exchange(self) -> AccessToken:
        """Trade the app's id and secret for a token: POST /v1/oauth2/token."""
        pair = f"{self.credentials.client_id.get_secret_value()}:{self.credentials.client_secret.get_secret_value()}"
        request = httpx.Request(
            "POST",
            f"{self.base_url}/v1/oauth2/token",
            headers={
                "Accept": JSON,
                "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
                "Content-Type": FORM_CONTENT_TYPE,
                "User-Agent": "wasl",
            },
            content=b"grant_type=client_credentials",
            extensions=self._call_facts(AUTHENTICATE, retryable=True),
        )
        status, headers, raw = await self._send(request, AUTHENTICATE, write=False)
        return self._parse(self._judge(AUTHENTICATE, status, headers, raw, write=False), access_token)

    async def _call(self, operation: str, method: str, path: str, **options: Any) -> Answer:
        token = await self._tokens.get(self._exchange)
        try:
            return await super()._call(operation, method, path, **options)
        except AuthenticationFailed as error:
            if error.http_status != 401 or error.operation == AUTHENTICATE:
                raise
            self._tokens.forget(token)  # revoked before its time; a refused call has done nothing
        return await super()._call(operation, method, path, **options)

    async def _post(
        self,
        operation: str,
        path: str,
        body: Mapping[str, Any],
        idempotency_key: str | None,
        *,
        opens_page: bool = False,
    ) -> Answer:
        if idempotency_key and len(idempotency_key) > _LONGEST_KEY_CHARS:
            raise self._refuse(operation, "idempotency_key", f"has more than {_LONGEST_KEY_CHARS} characters")
        return await self._call(
            operation,
            "POST",
            path,
            content=orjson.dumps(body),
            content_type=JSON,
            headers={"Prefer": "return=representation"},
            idempotency_key=idempotency_key,
            opens_page=opens_page,
        )

    def _error(self, answer: Answer) -> ProviderError:
        fault = read_fault(answer.body, answer.status)
        kind = classify(fault, answer.status, operation=answer.operation, write=answer.write)
        details: dict[str, Any] = {}
        if issubclass(kind, Declined):
            details = {"decline_code": decline_reason(fault.code).value}
        request_id = answer.headers.get("paypal-debug-id") or fault.debug_id
        return self._fail(
            kind,
            fault.message,
            answer,
            provider_code=fault.code,
            request_id=request_id,
            field=fault.field,
            **details,
        )

    async def _order(self, operation: str, order_id: str) -> Answer:
        return await self._call(operation, "GET", f"/v2/checkout/orders/{self._path_id(operation, order_id)}")

    async def _void(self, authorization_id: str) -> None:
        try:
            await self._post("cancel_payment", f"/v2/payments/authorizations/{authorization_id}/void", {}, None)
        except InvalidRequest as error:
            if error.provider_code not in _ALREADY_VOIDED:
                raise

    async def _searched(self, request: PaymentRequest, attempted_at: datetime) -> PaymentResult | None:
        """A payment from a saved account, by its id in the transaction search."""
        operation = "find_payment"
        found = await self._transaction_id(request, attempted_at)
        if found is not None:
            answer = await self._call(operation, "GET", f"/v2/payments/captures/{self._path_id(operation, found)}")
            order_id = self._parse(answer, lambda capture: capture["supplementary_data"]["related_ids"]["order_id"])
            return self._parse(await self._order(operation, order_id), payment_from_order)
        if datetime.now(UTC) - attempted_at < _ORDER_REPLAY + _SEARCH_LAG:
            raise self._unknown(operation, "not among the transactions yet, but too soon after the attempt to be sure")
        return None

    async def _transaction_id(self, request: PaymentRequest, attempted_at: datetime) -> str | None:
        first, last = attempted_at - _CLOCK_SKEW, attempted_at + _ORDER_REPLAY + _CLOCK_SKEW
        query = [
            ("start_date", first.strftime("%Y-%m-%dT%H:%M:%SZ")),
            ("end_date", last.strftime("%Y-%m-%dT%H:%M:%SZ")),
            ("fields", "transaction_info"),
            ("balance_affecting_records_only", "N"),
            ("page_size", str(PAGE_SIZE)),
        ]
        for page in range(1, MAX_PAGES + 1):
            answer = await self._call(
                "find_payment", "GET", "/v1/reporting/transactions", query=[*query, ("page", str(page))]
            )
            found, pages = self._parse(answer, lambda body: transaction_of(body, str(request.payment_id)))
            if found is not None or page >= pages:
                return found
        raise self._unknown("find_payment", "not among the first transactions, and there are more")

    # Small parts.

    def _order_content(self, request: PaymentRequest) -> dict[str, Any]:
        """The order to make, once all is well that can be known before any call."""
        if wrong := fault(request, self.settings):
            raise self._refuse("create_payment", *wrong)
        self._amount(request.money, "create_payment")
        return order_body(
            request,
            brand_name=self.settings.brand_name,
            collect_shipping_address=self.settings.collect_shipping_address,
        )

    def _amount(self, money: Money, operation: str) -> dict[str, str]:
        try:
            return amount_object(money)
        except ValueError as error:
            raise self._refuse(operation, "money.amount", str(error)) from None

    def _path_id(self, operation: str, value: str, field: str = "provider_payment_id") -> str:
        if not _ID.fullmatch(value):
            raise self._refuse(operation, field, "is not an id of PayPal's")
        return value

    def _with_payment(self, refund: RefundResult, request: RefundRequest) -> RefundResult:
        return refund.model_copy(update={"provider_payment_id": request.provider_payment_id})
