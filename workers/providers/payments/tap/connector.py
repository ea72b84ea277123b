"""Tap Payments, API v2 (https://developers.tap.company/reference). Requests and answers are JSON, amounts numbers with
the currency's decimals, every write a POST. Test and live have one address; the key says which is meant.

Money is taken by a charge and reserved by an authorization. An authorization is captured by a charge whose source it is
(docs/authorize-and-capture); from then on the payment is known by that charge (`objects`). It is captured once: whether
Tap lets what a partial capture leaves be captured later is documented nowhere. How a captured authorization names its
charge is not documented either, so the charge is looked for among those of the same customer.

Idempotency (docs/idempotency). ``reference.idempotent`` of a charge, authorization or refund returns the first answer
for 24 hours, without doing it again; a page's address comes back with it. What becomes of an error, and of two requests
at once, is not said. So the transport repeats none of these by itself.

Unknown outcomes. A payment is looked for in Tap's list of the time since the attempt, and ours recognised by its
metadata or reference; a refund in the list of its charge's refunds. What is not there, a minute after the attempt, is
sent again under the same key while that lasts. The minute is our own caution; a page needs none, since one whose
address never arrived cannot be paid by anybody. A token works once: should Tap call it used although nothing is listed,
nobody knows what became of it.

A saved card is charged through a token made of it just before (reference/create-a-token-from-saved-card), which moves
no money and may be made anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import orjson

from workers.providers.base import Answer
from workers.providers.capabilities import HealthReport
from workers.providers.errors import (
    Declined,
    InvalidRequest,
    NotFound,
    NotSupported,
    ProviderError,
)
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.manifest import Environment
from workers.providers.money import Money
from workers.providers.payments.models import (
    CancelRequest,
    CaptureMethod,
    CaptureRequest,
    PaymentMode,
    PaymentRequest,
    PaymentResult,
    PaymentStatus,
    RefundRequest,
    RefundResult,
    RefundStatus,
)
from workers.providers.payments.suitability import unsuitable
from workers.providers.payments.tap import events
from workers.providers.payments.tap.declines import CARD_ERRORS, decline
from workers.providers.payments.tap.errors import SOURCE_USED, classify, read_fault
from workers.providers.payments.tap.lists import TapLists, is_capture_of, is_ours
from workers.providers.payments.tap.manifest import MANIFEST, TapCredentials, TapSettings
from workers.providers.payments.tap.objects import (
    AUTHORIZATION,
    CHARGE,
    Object,
    decode,
    money,
    payment,
    refund,
    token_id,
)
from workers.providers.payments.tap.requests import CARD, capture_body, fault, payment_body, refund_body

_ID: Final = re.compile(r"[A-Za-z0-9_]{1,255}")
# A key is kept 24 hours from its first use; the margin covers a request under way and unequal clocks.
_REPLAY_WINDOW: Final = timedelta(hours=23)
_OVER: Final = frozenset({PaymentStatus.CANCELLED, PaymentStatus.EXPIRED, PaymentStatus.FAILED})
_UNPAID: Final = frozenset({PaymentStatus.CREATED, PaymentStatus.REQUIRES_ACTION, PaymentStatus.PROCESSING})


class TapConnector(TapLists):
    """Payments through Tap: on its page, with a token, or with a card that it keeps."""

    manifest = MANIFEST
    credentials_model = TapCredentials
    settings_model = TapSettings
    sensitive_fields = frozenset({"first_six", "first_eight", "last_four", "fingerprint"})

    def __init__(
        self,
        credentials: TapCredentials,
        settings: TapSettings,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        super().__init__(credentials, settings, base_url=base_url, transport=transport, environment=environment)
        key = credentials.secret_key.get_secret_value()
        is_live_key = key.startswith("sk_live_")
        if is_live_key != (environment is Environment.LIVE):
            kind = "a live" if is_live_key else "a test"
            raise self._refuse("open", "credentials.secret_key", f"is {kind} key on a {environment} connection")
        self._headers = {"Authorization": f"Bearer {key}", "User-Agent": "wasl"}

    # Payments.

    async def create_payment(self, request: PaymentRequest) -> PaymentResult:
        """Make a page of Tap's, or try to take or reserve a payment at once."""
        operation = "create_payment"
        wrong = unsuitable(request, MANIFEST, saves_methods=True) or fault(request, self.settings)
        if wrong:
            raise self._refuse(operation, *wrong)
        token = await self._token(request)
        body = payment_body(request, token, self.settings, self.credentials)
        path = "/authorize" if request.capture_method is CaptureMethod.MANUAL else "/charges"
        language = {"lang_code": request.locale} if request.locale else None
        opens_page = request.mode is PaymentMode.CHECKOUT
        made = self._parse(await self._post(operation, path, body, language, opens_page=opens_page), payment)
        return _require_no_decline(made.model_copy(update={"payment_id": request.payment_id}))

    async def get_payment(self, provider_payment_id: str) -> PaymentResult:
        """Read a charge (``chg_…``), with its refunds, or an authorization (``auth_…``), with what captured it."""
        return await self._read_payment("get_payment", provider_payment_id)

    async def find_payment(self, request: PaymentRequest, *, attempted_at: datetime) -> PaymentResult | None:
        """Settle an unknown outcome of `create_payment`, as the module's text says."""
        operation = "find_payment"
        may_send_again = datetime.now(UTC) - attempted_at < _REPLAY_WINDOW
        found = await self._find_listed(request, attempted_at)
        if found is not None and (found.status is not PaymentStatus.CREATED or not may_send_again):
            return _require_no_decline(found)
        if not may_send_again:
            self._require_settled(operation, attempted_at + _REPLAY_WINDOW)
            return None
        if found is None and request.mode is PaymentMode.DIRECT:
            self._require_settled(operation, attempted_at)
        try:
            return await self.create_payment(request)
        except InvalidRequest as error:
            if error.provider_code != SOURCE_USED:
                raise
            raise self._unknown(operation, "the token is used, but no payment with it is listed") from error

    async def capture_payment(self, request: CaptureRequest) -> PaymentResult:
        """Take what an authorization has reserved, all or a part, by a charge."""
        operation = "capture_payment"
        reserved_id = self._id(operation, request.provider_payment_id)
        if not AUTHORIZATION.fullmatch(reserved_id):
            raise self._refuse(operation, "provider_payment_id", "is not reserved (auth_…): it is taken already")
        answer = await self._call(operation, "GET", f"/authorize/{reserved_id}")
        body = self._parse(answer, lambda told: capture_body(request, told, self.settings, self.credentials))
        taken = self._parse(await self._post(operation, "/charges", body), payment)
        if taken.status in _OVER:
            raise _declined(taken, operation)  # the charge came to nothing, and the money is still reserved
        return taken

    async def cancel_payment(self, request: CancelRequest) -> PaymentResult:
        """Release what is reserved. An open page cannot be closed; it runs out by itself."""
        operation = "cancel_payment"
        payment_id = self._id(operation, request.provider_payment_id)
        now = await self._read_payment(operation, payment_id)
        if now.status in _OVER:
            return now
        if now.status in _UNPAID:
            message = "Tap cannot close a payment page; it runs out by itself"
            raise NotSupported(message, provider=MANIFEST.key, operation=operation)
        if now.status is not PaymentStatus.AUTHORIZED:
            raise self._refuse(operation, "provider_payment_id", "the money is taken; it can only be given back")
        return self._parse(await self._call(operation, "POST", f"/authorize/{payment_id}/void"), payment)

    # Refunds.

    async def refund_payment(self, request: RefundRequest) -> RefundResult:
        """Give all that is left, or a part, back."""
        operation = "refund_payment"
        charge_id = await self._charge_id(operation, request.provider_payment_id)
        amount = request.money or await self._refundable(charge_id)
        body = refund_body(request, charge_id, amount, self.credentials)
        made = self._parse(await self._post(operation, "/refunds", body), refund)
        known = {"refund_id": request.refund_id, "payment_id": request.payment_id, "provider_payment_id": charge_id}
        return made.model_copy(update=known)

    async def get_refund(self, provider_refund_id: str) -> RefundResult:
        """Read a refund (``re_…``)."""
        path = f"/refunds/{self._id('get_refund', provider_refund_id, 'provider_refund_id')}"
        return self._parse(await self._call("get_refund", "GET", path), refund)

    async def find_refund(self, request: RefundRequest, *, attempted_at: datetime) -> RefundResult | None:
        """Settle an unknown outcome of `refund_payment`, as the module's text says."""
        operation = "find_refund"
        charge_id = await self._charge_id(operation, request.provider_payment_id)
        for each in await self._refunds(operation, charge_id):
            if each.refund_id == request.refund_id:
                return each
        if datetime.now(UTC) - attempted_at >= _REPLAY_WINDOW:
            self._require_settled(operation, attempted_at + _REPLAY_WINDOW)
            return None
        self._require_settled(operation, attempted_at)
        return await self.refund_payment(request)

    # Saved cards, health and webhooks.

    async def delete_payment_method(self, token: str, provider_data: Mapping[str, str]) -> None:
        """Have Tap forget a card (``card_…``) of a customer."""
        operation = "delete_payment_method"
        card = self._id(operation, token, "token")
        customer = self._id(operation, provider_data.get("customer", ""), "provider_data")
        try:
            await self._call(operation, "DELETE", f"/card/{customer}/{card}")
        except NotFound:
            return

    async def check_health(self) -> HealthReport:
        """List one charge: cheap, moves nothing, and is refused for a wrong key."""
        return await self._report(self._read_list("check_health", "charges", {"limit": "1"}))

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

    # How Tap is spoken to.

    async def _auth_headers(self) -> Mapping[str, str]:
        return self._headers

    def _decode(self, raw: bytes) -> Any:
        return decode(raw) if raw else None

    def _error(self, answer: Answer) -> ProviderError:
        said = read_fault(answer.body)
        kind = classify(said, answer.status, answer.operation, write=answer.write)
        details: dict[str, Any] = {}
        if issubclass(kind, Declined):
            reason = CARD_ERRORS.get(said.code or "")
            details = {"decline_code": reason.value if reason else "other"}
        return self._fail(
            kind, said.message(answer.status), answer, provider_code=said.code, field=said.field, **details
        )

    async def _post(
        self,
        operation: str,
        path: str,
        body: Mapping[str, Any],
        headers: Mapping[str, str] | None = None,
        *,
        opens_page: bool = False,
    ) -> Answer:
        """Send a write. It carries its key, but is not marked as safe to repeat; the module's text says why."""
        content = orjson.dumps(body)
        return await self._call(
            operation,
            "POST",
            path,
            content=content,
            content_type="application/json",
            headers=headers,
            opens_page=opens_page,
        )

    async def _token(self, request: PaymentRequest) -> str | None:
        """What a direct payment is paid with; of a saved card a token is made, which moves nothing."""
        given = request.payment_method
        if given is None or not CARD.fullmatch(given):
            return given
        saved = {"card_id": given, "customer_id": request.payment_method_data["customer"]}
        answer = await self._call(
            "create_payment",
            "POST",
            "/tokens",
            content=orjson.dumps({"saved_card": saved}),
            content_type="application/json",
            write=False,
        )
        return self._parse(answer, token_id)

    async def _read_payment(self, operation: str, payment_id: str) -> PaymentResult:
        checked = self._id(operation, payment_id)
        if CHARGE.fullmatch(checked):
            return await self._with_refunds(operation, await self._call(operation, "GET", f"/charges/{checked}"))
        answer = await self._call(operation, "GET", f"/authorize/{checked}")
        reserved = self._parse(answer, payment)
        if reserved.status is not PaymentStatus.CAPTURED:
            return reserved
        charge = await self._find_capture(operation, answer.body)
        if charge is None:
            return reserved
        return await self._with_refunds(operation, Answer(operation, answer.status, answer.headers, charge, False))

    async def _with_refunds(self, operation: str, answer: Answer) -> PaymentResult:
        found = self._parse(answer, payment)
        if found.status is not PaymentStatus.CAPTURED:
            return found
        refunds = await self._refunds(operation, found.provider_payment_id)
        return self._parse(answer, lambda charge: payment(charge, refunds))

    async def _find_listed(self, request: PaymentRequest, attempted_at: datetime) -> PaymentResult | None:
        """The payment among all since the attempt; one that succeeded or may goes before those that did not."""
        kind = "authorize" if request.capture_method is CaptureMethod.MANUAL else "charges"
        ours = is_ours(request.payment_id)
        declined: PaymentResult | None = None
        async for thing in self._since("find_payment", kind, attempted_at):
            if not ours(thing):
                continue
            found = await self._read_payment("find_payment", thing["id"])
            if found.status not in _OVER:
                return found
            declined = declined or found
        return declined

    async def _find_capture(self, operation: str, authorization: Object) -> Object | None:
        captures = is_capture_of(authorization)
        async for charge in self._charges_of_customer(operation, authorization):
            if captures(charge):
                return charge
        return None

    async def _charge_id(self, operation: str, payment_id: str) -> str:
        """The charge of a payment, which refunds belong to; an authorization's is looked for."""
        checked = self._id(operation, payment_id)
        if CHARGE.fullmatch(checked):
            return checked
        found = await self._read_payment(operation, checked)
        if not CHARGE.fullmatch(found.provider_payment_id):
            raise self._refuse(operation, "provider_payment_id", "no charge has taken money of this authorization")
        return found.provider_payment_id

    async def _refundable(self, charge_id: str) -> Money:
        """All that is left to be given back: Tap insists on an amount."""
        operation = "refund_payment"
        taken = self._parse(await self._call(operation, "GET", f"/charges/{charge_id}"), money)
        lost = (RefundStatus.FAILED, RefundStatus.CANCELLED)
        given = [each.money.amount for each in await self._refunds(operation, charge_id) if each.status not in lost]
        left = taken.amount - sum(given)
        if left <= 0:
            raise self._refuse(operation, "money", "nothing is left to be given back")
        return Money.of(left, taken.currency)

    def _id(self, operation: str, value: str, field: str = "provider_payment_id") -> str:
        if not _ID.fullmatch(value):
            raise self._refuse(operation, field, "is not an id of Tap's")
        return value


def _require_no_decline(made: PaymentResult) -> PaymentResult:
    """A payment that was tried at once and refused is an error to whoever asked for it."""
    if made.status is PaymentStatus.FAILED:
        raise _declined(made, "create_payment", made.provider_payment_id)
    return made


def _declined(refused: PaymentResult, operation: str, provider_payment_id: str | None = None) -> Declined:
    why = refused.decline or decline(None)
    return Declined(
        why.message or "The payment was declined.",
        provider=MANIFEST.key,
        operation=operation,
        provider_code=why.code,
        decline_code=why.reason.value,
        provider_payment_id=provider_payment_id,
    )
