"""N-Genius Online (Network International), documentation only: there is no published specification.

Reference https://docs.ngenius-payments.com/reference ; where it is silent, Network International's own WooCommerce
plugin (network-international/ngenius-woocommerce-plugin, commit 353f771) and mobile SDKs. Bodies are JSON under a
vendor media type, which is the version. A service account's API key is traded for a bearer token that holds five
minutes; a 401 means that it ran out on the way, so it is traded once more. Orders lie at outlets, often one for each
currency. What can be done with an order next, and where, it says itself in HAL links (see `links`), so every capture,
reversal and refund begins with reading it.

Unknown outcomes. There is no idempotency key, and no way is documented to look an order up by the merchant's reference,
only by N-Genius's own, which an answer that never came has not told. But opening an order moves no money: it can only
be paid on its page, and the address of that page was in the answer that nobody has. So a lost order is left to lie, and
another is opened in its place, under a reference of its own (``<payment id>-<milliseconds since the first try>``: the
portal can be set to refuse a reference that was there before). Whichever order's page reaches the payer is the only one
that can be paid. For the same reason there are no direct payments with a saved card here: such a charge could not be
found again (and they need the card's CVV).
Captures and reversals are settled by reading the order. A refund carries no reference of ours either: it is recognised
among the order's refunds by its amount and time, and where two fit the outcome stays unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import httpx
import orjson

from workers.providers.base import Answer, Connector
from workers.providers.capabilities import HealthReport
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    ProviderError,
)
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.manifest import Environment
from workers.providers.money import Money
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
from workers.providers.payments.ngenius import events, links, refunds
from workers.providers.payments.ngenius.errors import read_fault
from workers.providers.payments.ngenius.links import OrderPlace
from workers.providers.payments.ngenius.manifest import (
    MANIFEST,
    NGeniusCredentials,
    NGeniusSettings,
    outlet_for,
    read_outlets,
)
from workers.providers.payments.ngenius.objects import (
    amount_of,
    captured_amount,
    current_payment,
    money,
    opened_payment,
    payment_from_order,
    payment_reference,
    with_payment,
)
from workers.providers.payments.ngenius.requests import order_body
from workers.providers.payments.suitability import unsuitable
from workers.providers.tokens import AccessToken, TokenCache

MEDIA_TYPE: Final = "application/vnd.ni-payment.v2+json"
IDENTITY_MEDIA_TYPE: Final = "application/vnd.ni-identity.v1+json"
IDENTITY_PATH: Final = "/identity/auth/access-token"
_TOKEN_MARGIN_SECONDS: Final = 45.0  # longer than a call may take
_CLOCK_SKEW: Final = timedelta(seconds=60)
_GIVEN_UP: Final = (PaymentStatus.CANCELLED, PaymentStatus.FAILED, PaymentStatus.EXPIRED)
# Provider states in which no money has been taken yet; of a state that is not known nobody can tell.
_RELEASABLE: Final = frozenset(
    {"STARTED", "PENDING", "AWAIT_3DS", "AWAIT3DS", "AWAITING_PARTIAL_AUTH_APPROVAL"}
    | {"POST_AUTH_REVIEW", "AUTHORISED", "PARTIALLY_AUTHORISED"}
)


class NGeniusConnector(Connector[NGeniusCredentials, NGeniusSettings]):
    """Payments on N-Genius Online's hosted page."""

    manifest = MANIFEST
    credentials_model = NGeniusCredentials
    settings_model = NGeniusSettings
    sensitive_fields = frozenset({"pan", "cardholderName", "cardToken", "emailAddress"})

    def __init__(
        self,
        credentials: NGeniusCredentials,
        settings: NGeniusSettings,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        super().__init__(credentials, settings, base_url=base_url, transport=transport, environment=environment)
        self._outlets = read_outlets(settings.outlets)
        self._tokens = TokenCache(_TOKEN_MARGIN_SECONDS)

    # Payments.

    async def create_payment(self, request: PaymentRequest) -> PaymentResult:
        """Open an order, whose page the payer is sent to."""
        return await self._open("create_payment", request, str(request.payment_id))

    async def get_payment(self, provider_payment_id: str) -> PaymentResult:
        """Read an order (``<outlet reference>/<order reference>``)."""
        place = self._place("get_payment", provider_payment_id)
        return self._parse(await self._read("get_payment", place), payment_from_order)

    async def find_payment(self, request: PaymentRequest, *, attempted_at: datetime) -> PaymentResult | None:
        """Settle an unknown outcome of `create_payment` by opening another order, as the module's text says."""
        since = max(int((datetime.now(UTC) - attempted_at) / timedelta(milliseconds=1)), 1)
        return await self._open("find_payment", request, f"{request.payment_id}-{since}")

    async def capture_payment(self, request: CaptureRequest) -> PaymentResult:
        """Capture reserved money; after a part N-Genius lets the rest be captured, too."""
        place = self._place("capture_payment", request.provider_payment_id)
        answer = await self._read("capture_payment", place)
        payment = self._parse(answer, current_payment)
        amount = self._to_capture(answer, request.money)
        path = self._parse(answer, lambda _: links.capture_path(place, payment, payment_reference(payment)))
        done = await self._exchange("capture_payment", "POST", path, {"amount": amount_of(amount)})
        return self._parse(done, lambda body: payment_from_order(with_payment(answer.body, body)))

    async def cancel_payment(self, request: CancelRequest) -> PaymentResult:
        """Reverse an authorization, or close an order that nobody has paid."""
        place = self._place("cancel_payment", request.provider_payment_id)
        answer = await self._read("cancel_payment", place)
        seen = self._parse(answer, payment_from_order)
        if seen.status in _GIVEN_UP:
            return seen
        if seen.provider_status not in _RELEASABLE:
            message = f"can no longer be cancelled ({seen.provider_status}); give taken money back by a refund"
            raise self._refuse("cancel_payment", "provider_payment_id", message)
        payment = self._parse(answer, current_payment)
        path = links.reversal_path(place, payment)
        if path is None and seen.status is PaymentStatus.AUTHORIZED:
            path = f"{links.payment_path(place, payment_reference(payment))}/cancel"
        if path is not None:
            done = await self._exchange("cancel_payment", "PUT", path)
            return self._parse(done, lambda body: payment_from_order(with_payment(answer.body, body)))
        await self._exchange("cancel_payment", "PUT", links.closing_path(place, answer.body))
        closed = {"status": PaymentStatus.CANCELLED, "checkout_url": None, "next_action": None}
        return seen.model_copy(update=closed)

    # Refunds.

    async def refund_payment(self, request: RefundRequest) -> RefundResult:
        """Refund one capture or purchase, all that is left or a part; a whole purchase of today is reversed."""
        place = self._place("refund_payment", request.provider_payment_id)
        answer = await self._read("refund_payment", place)
        seen = self._parse(answer, payment_from_order)
        amount = self._to_refund(answer, seen.money.currency, request.money)
        ways = self._parse(answer, lambda order: refunds.ways(place, order, amount))
        if not ways:
            message = "more than any single capture of it" if seen.amount_captured else "no capture to refund"
            raise self._refuse("refund_payment", "money.amount", f"{message}; N-Genius refunds capture by capture")
        done = await self._by_first_that_works(ways, amount)
        return self._parse(done, lambda body: refunds.new_refund(answer.body, with_payment(answer.body, body), amount))

    async def get_refund(self, provider_refund_id: str) -> RefundResult:
        """Read a refund (``<outlet reference>/<order reference>/<refund reference>``) from its order."""
        found = links.read_refund_id(provider_refund_id)
        if found is None:
            raise self._refuse("get_refund", "provider_refund_id", "is not an id of N-Genius's")
        answer = await self._read("get_refund", found[0])
        for refund in self._parse(answer, refunds.listed):
            if refund.provider_refund_id == provider_refund_id:
                return refund
        raise self._fail(NotFound, "The order has no such refund", answer)

    async def find_refund(self, request: RefundRequest, *, attempted_at: datetime) -> RefundResult | None:
        """Settle an unknown outcome of `refund_payment`, as the module's text says."""
        place = self._place("find_refund", request.provider_payment_id)
        listed = self._parse(await self._read("find_refund", place), refunds.listed)
        since = attempted_at - _CLOCK_SKEW
        fitting = [refund for refund in listed if refunds.may_be(refund, request.money, since)]
        made = [refund for refund in fitting if refund.status is not RefundStatus.FAILED] or fitting
        if len(made) > 1:
            raise self._unknown("find_refund", "several refunds of this amount were made since; which is it?")
        if not made:
            self._require_settled("find_refund", attempted_at)
        return made[0] if made else None

    # Health and webhooks.

    async def check_health(self) -> HealthReport:
        """Trade the API key for a token: cheap, and refused for a wrong key."""
        return await self._report(self._new_token("check_health"))

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

    # How N-Genius is spoken to.

    def _error(self, answer: Answer) -> ProviderError:
        usual = super()._error(answer)
        fault = read_fault(answer.body, answer.status)
        return self._fail(type(usual), fault.message, answer, provider_code=fault.code, field=fault.field)

    async def _new_token(self, operation: str) -> AccessToken:
        key = self.credentials.api_key.get_secret_value()
        body = orjson.dumps({"realmName": self.settings.realm}) if self.settings.realm else b""
        try:
            answer = await self._call(
                operation,
                "POST",
                IDENTITY_PATH,
                content=body,
                content_type=IDENTITY_MEDIA_TYPE,
                headers={"Authorization": f"Basic {key}", "Accept": IDENTITY_MEDIA_TYPE},
                write=False,  # no payment depends on it
            )
        except (InvalidRequest, NotFound) as refused:
            raise AuthenticationFailed(
                refused.message,
                provider=self.manifest.key,
                operation=operation,
                http_status=refused.http_status,
                provider_code=refused.provider_code,
            ) from None
        return self._parse(answer, lambda body: AccessToken.read(body["access_token"], body.get("expires_in", 300)))

    async def _exchange(
        self,
        operation: str,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        opens_page: bool = False,
    ) -> Answer:
        """Make a call under a token; one that is refused for its token is made again under a new one, once."""
        return await self._tokens.spend(
            lambda: self._new_token(operation),
            lambda token: self._under(token, operation, method, path, body, opens_page=opens_page),
        )

    async def _under(
        self,
        token: str,
        operation: str,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        *,
        opens_page: bool,
    ) -> Answer:
        return await self._call(
            operation,
            method,
            path,
            content=b"" if body is None else orjson.dumps(body),
            content_type=None if method == "GET" else MEDIA_TYPE,
            headers={"Authorization": f"Bearer {token}", "Accept": MEDIA_TYPE},
            opens_page=opens_page,
        )

    async def _open(self, operation: str, request: PaymentRequest, reference: str) -> PaymentResult:
        """Open an order. :param reference: the merchant order reference."""
        if wrong := unsuitable(request, MANIFEST):
            raise self._refuse(operation, *wrong)
        if request.mode is not PaymentMode.CHECKOUT:
            raise self._refuse(operation, "mode", "N-Genius Online takes payments on its own page only (checkout)")
        outlet = outlet_for(self._outlets, request.money.currency)
        if outlet is None:
            message = f"no outlet of this connection takes {request.money.currency}"
            raise self._refuse(operation, "money.currency", message)
        body = order_body(request, self.settings, reference)
        path = f"/transactions/outlets/{outlet}/orders"
        answer = await self._exchange(operation, "POST", path, body, opens_page=True)
        payment = self._parse(answer, opened_payment)
        if payment.money != request.money:
            raise self._unreadable(answer)
        return payment

    async def _read(self, operation: str, place: OrderPlace) -> Answer:
        """An order; one that is about another order is no answer."""
        answer = await self._exchange(operation, "GET", place.path)
        if self._parse(answer, OrderPlace.of) != place:
            raise self._unreadable(answer)
        return answer

    async def _by_first_that_works(self, ways: Sequence[refunds.Way], amount: Money) -> Answer:
        """Refund by the first way that N-Genius does not refuse: how much of a capture is left it does not tell."""
        for way in ways[:-1]:
            try:
                return await self._exchange("refund_payment", way.method, way.path, way.body(amount))
            except InvalidRequest:
                continue  # certain that nothing was done
        return await self._exchange("refund_payment", ways[-1].method, ways[-1].path, ways[-1].body(amount))

    def _to_capture(self, answer: Answer, asked: Money | None) -> Money:
        """What to capture: what was asked for if so much is reserved, else all that is left of it."""
        seen = self._parse(answer, payment_from_order)
        if seen.status not in (PaymentStatus.AUTHORIZED, PaymentStatus.PARTIALLY_CAPTURED):
            message = f"nothing is reserved ({seen.provider_status})"
            raise self._refuse("capture_payment", "provider_payment_id", message)
        reserved = self._parse(answer, lambda order: money(current_payment(order)["amount"]))
        taken = self._parse(answer, lambda order: captured_amount(order, current_payment(order)))
        left = None if taken is None else reserved.amount - taken
        return self._part("capture_payment", asked, left, reserved.currency)

    def _to_refund(self, answer: Answer, currency: str, asked: Money | None) -> Money:
        left = self._parse(answer, refunds.left)
        return self._part("refund_payment", asked, left, currency)

    def _part(self, operation: str, asked: Money | None, left: Decimal | None, currency: str) -> Money:
        """The amount to move. :param left: how much there is; None when the order does not tell."""
        if asked is not None and asked.currency != currency:
            raise self._refuse(operation, "money.currency", f"the payment is in {currency}")
        if left is None and asked is None:
            raise self._refuse(operation, "money", "is needed: N-Genius does not tell how much is left")
        if left is not None and (left <= 0 or (asked is not None and asked.amount > left)):
            raise self._refuse(operation, "money.amount", f"only {currency} {max(left, Decimal(0))} is left")
        return asked if asked is not None else Money.of(left or Decimal(0), currency)

    def _place(self, operation: str, provider_payment_id: str) -> OrderPlace:
        place = OrderPlace.read(provider_payment_id)
        if place is None or place.outlet not in self._outlets.values():
            message = "is not an order at an outlet of this connection (outlet reference/order reference)"
            raise self._refuse(operation, "provider_payment_id", message)
        return place
