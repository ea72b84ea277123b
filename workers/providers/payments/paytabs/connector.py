"""PayTabs (PT2).

Documentation https://docs.paytabs.com and https://support.paytabs.com ; where it is silent, PayTabs' own PHP SDK with
the answers recorded in its tests (paytabscom/php-sdk, commits faf76ca, 18bbfa3 and 559e340) and its WooCommerce plugin
(paytabscom/paytabs-woocommerce 6363843). The published OpenAPI document is a third party's. Everything is a POST: to
``/payment/request`` what makes a transaction or follows one up, told apart by ``tran_type``, to ``/payment/query``
questions. The server key goes plainly into ``authorization``, the host is the region's, amounts are decimal.

A payment is the transactions of one cart (see `objects`), and its id the reference of the one that pays it. So a
reading is two queries: for that transaction (with its token), and for all of its cart. Captures and refunds need an
amount and, to refund one of several captures, that capture's reference, so they begin with such a reading.

Unknown outcomes. There is no idempotency key. PayTabs refuses the same cart, amount and currency within two minutes
(code 4), which says that the first was taken, and nothing of what became of it. So:
* a hosted page whose address never arrived cannot be paid by anybody, and PayTabs logs no transaction before somebody
  pays (its article on (D) 345; the recorded list has none of its unpaid pages). Another page is opened in its place,
  under a cart id of its own, ``<payment id>-<milliseconds since the first try>``;
* a charge of a token is looked for by its cart; what is not listed five minutes after the attempt (our own caution:
  longer than two banks may take) was not made;
* a capture or void is settled by reading the payment, a refund by its description (``Refund <refund id>``) among the
  transactions of the cart. What was made already is not made again.

Relied on without being documented: the query by cart lists follow-ups, with their descriptions (it does list every
attempt of a cart, and follow-ups made in the dashboard carry the cart of what they follow). Left open: how a query for
an unpaid page is answered; an error (`NotFound`) and a transaction without a result are both understood.
"""

from __future__ import annotations

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
    Declined,
    InvalidRequest,
    NotFound,
    NotSupported,
    ProviderError,
    Unavailable,
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
)
from workers.providers.payments.paytabs import events, requests
from workers.providers.payments.paytabs.declines import decline
from workers.providers.payments.paytabs.errors import classify, is_fault, read_fault
from workers.providers.payments.paytabs.manifest import (
    BASE_URLS,
    MANIFEST,
    PayTabsCredentials,
    PayTabsSettings,
    read_keys,
)
from workers.providers.payments.paytabs.objects import Ledger, refund_result
from workers.providers.payments.paytabs.transactions import (
    CAPTURE,
    REFUND,
    RELEASE,
    VOID,
    Transaction,
    all_of_cart,
    is_reference,
    is_token,
    made_as_asked,
    the_transaction,
)

REQUEST_PATH: Final = "/payment/request"
QUERY_PATH: Final = "/payment/query"
DELETE_PATH: Final = "/payment/token/delete"
# So many transactions the longest recorded list has; one as long may leave some out.
LIST_LIMIT: Final = 20
_CHARGE_SETTLING: Final = timedelta(minutes=5)
_REFUND_SETTLING: Final = timedelta(minutes=2)
_GIVEN_UP: Final = (PaymentStatus.CANCELLED, PaymentStatus.FAILED, PaymentStatus.EXPIRED)
_CAPTURABLE: Final = (PaymentStatus.AUTHORIZED, PaymentStatus.PARTIALLY_CAPTURED)
_NOBODY: Final = "TST000000000000"


class PayTabsConnector(Connector[PayTabsCredentials, PayTabsSettings]):
    """Payments on PayTabs' hosted page, or with a token that PayTabs keeps."""

    manifest = MANIFEST
    credentials_model = PayTabsCredentials
    settings_model = PayTabsSettings
    # The address in `callback` holds the token of our webhook.
    sensitive_fields = frozenset(
        {"callback", "payment_description", "expiryMonth", "expiryYear", "cavv", "ucaf", "email", "street1", "ip"}
    )

    def __init__(
        self,
        credentials: PayTabsCredentials,
        settings: PayTabsSettings,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        if base_url == MANIFEST.base_url(environment):
            base_url = BASE_URLS[settings.region]
        super().__init__(credentials, settings, base_url=base_url, transport=transport, environment=environment)
        keys = read_keys(credentials.server_key.get_secret_value())
        self._secrets = (*self._secrets, *keys)
        self._headers = {"Authorization": keys[0]}
        self._webhook_url = credentials.webhook_url.get_secret_value() if credentials.webhook_url else None

    # Payments.

    async def create_payment(self, request: PaymentRequest) -> PaymentResult:
        """Open a hosted page, or charge a token at once."""
        return await self._make("create_payment", request, str(request.payment_id))

    async def get_payment(self, provider_payment_id: str) -> PaymentResult:
        """Read a payment by the reference of a transaction that pays it (``TST2214…``)."""
        ledger = await self._ledger("get_payment", provider_payment_id)
        return ledger.payment()

    async def find_payment(self, request: PaymentRequest, *, attempted_at: datetime) -> PaymentResult | None:
        """Settle an unknown outcome of `create_payment`, as the module's text says."""
        if request.mode is PaymentMode.CHECKOUT:
            since = max(int((datetime.now(UTC) - attempted_at) / timedelta(milliseconds=1)), 1)
            return await self._make("find_payment", request, f"{request.payment_id}-{since}")
        listed = await self._listed("find_payment", str(request.payment_id))
        if listed:
            return self._require_no_decline(Ledger.of(listed[0], listed).payment())
        self._require_settled("find_payment", attempted_at, _CHARGE_SETTLING)
        return None

    async def capture_payment(self, request: CaptureRequest) -> PaymentResult:
        """Capture what is reserved, all that is left or a part; the rest stays reserved."""
        operation = "capture_payment"
        ledger = await self._ledger(operation, request.provider_payment_id)
        of_all, of_part = requests.capture_descriptions(request)
        if any(capture.description in (of_all, of_part) for capture in ledger.captures):
            return ledger.payment()
        if ledger.status not in _CAPTURABLE:
            message = f"nothing is reserved ({ledger.payment().provider_status})"
            raise self._refuse(operation, "provider_payment_id", message)
        amount = self._part(operation, request.money, ledger.left_to_capture, ledger)
        whole = amount.amount == ledger.left_to_capture
        return await self._follow_up(operation, CAPTURE, ledger, amount, of_all if whole else of_part)

    async def cancel_payment(self, request: CancelRequest) -> PaymentResult:
        """Void an authorization, or release what captures left of it."""
        operation = "cancel_payment"
        try:
            ledger = await self._ledger(operation, request.provider_payment_id)
        except NotFound as missing:
            raise self._cannot_close(operation) from missing
        if ledger.status in _GIVEN_UP:
            return ledger.payment()
        if ledger.status in (PaymentStatus.CREATED, PaymentStatus.REQUIRES_ACTION):
            raise self._cannot_close(operation)
        if ledger.status not in _CAPTURABLE:
            message = "can no longer be cancelled; give taken money back by a refund"
            if ledger.status is PaymentStatus.PROCESSING:
                message = "is with PayTabs or the bank; a payment on hold is decided in PayTabs' dashboard"
            raise self._refuse(operation, "provider_payment_id", message)
        kind, mark = (RELEASE, requests.RELEASE_MARK) if ledger.captures else (VOID, requests.VOID_MARK)
        amount = Money.of(ledger.left_to_capture, ledger.currency)
        return await self._follow_up(operation, kind, ledger, amount, requests.marked(mark, request.idempotency_key))

    async def delete_payment_method(self, token: str, provider_data: Mapping[str, str]) -> None:
        """Have PayTabs forget a token."""
        operation = "delete_payment_method"
        if not is_token(token):
            raise self._refuse(operation, "token", "is not a token of PayTabs'")
        with suppress(NotFound):
            await self._post(operation, DELETE_PATH, {"token": token})

    # Refunds.

    async def refund_payment(self, request: RefundRequest) -> RefundResult:
        """Refund a sale or one capture, all that is left or a part."""
        operation = "refund_payment"
        ledger = await self._ledger(operation, request.provider_payment_id)
        made = ledger.refund_named(request.refund_id)
        if made is not None and not made.failed:
            return refund_result(made, ledger.main.ref)
        left = sum((ledger.left_to_refund(each) for each in ledger.sources), Decimal(0))
        amount = self._part(operation, request.money, left, ledger)
        source = ledger.source_of(amount.amount)
        if source is None:
            raise self._refuse(operation, "money.amount", "is more than any single capture; PayTabs refunds one by one")
        done, answer = await self._follow(operation, REFUND, source, amount, requests.refund_description(request))
        if done.status == "E":
            raise self._refused(answer, done)
        return refund_result(done, ledger.main.ref)

    async def get_refund(self, provider_refund_id: str) -> RefundResult:
        """Read a refund by its own reference."""
        answer = await self._query("get_refund", tran_ref=self._reference("get_refund", provider_refund_id))
        found = self._parse(answer, lambda body: the_transaction(body, provider_refund_id))
        if found.kind != REFUND:
            raise self._fail(NotFound, "The transaction is no refund", answer)
        return refund_result(found)

    async def find_refund(self, request: RefundRequest, *, attempted_at: datetime) -> RefundResult | None:
        """Settle an unknown outcome of `refund_payment`, as the module's text says."""
        operation = "find_refund"
        ledger = await self._ledger(operation, request.provider_payment_id)
        made = ledger.refund_named(request.refund_id)
        if made is not None:
            return refund_result(made, ledger.main.ref)
        if len(ledger.related) + 1 >= LIST_LIMIT:
            raise self._unknown(operation, "not among the transactions listed, of which there may be more")
        self._require_settled(operation, attempted_at, _REFUND_SETTLING)
        return None

    # Health and webhooks.

    async def check_health(self) -> HealthReport:
        """Ask for a transaction that nobody has: cheap, and refused for a wrong key or region."""
        return await self._report(self._ask_for_nothing())

    @classmethod
    def verify_webhook(
        cls, request: WebhookRequest, secrets: Sequence[str], settings: Mapping[str, Any] | None = None
    ) -> VerifiedWebhook:
        """See `events.verify`."""
        return events.verify(request, secrets, (settings or {}).get("profile_id"))

    @classmethod
    def parse_webhook(cls, body: bytes) -> list[CanonicalEvent]:
        """See `events.parse`."""
        return events.parse(body)

    # How PayTabs is spoken to.

    async def _auth_headers(self) -> Mapping[str, str]:
        return self._headers

    def _error(self, answer: Answer) -> ProviderError:
        said = read_fault(answer.body)
        kind = classify(said, answer.status, write=answer.write)
        return self._fail(
            kind,
            said.message or f"PayTabs answered {answer.status}",
            answer,
            provider_code=None if said.code is None else str(said.code),
            request_id=said.trace,
            field=said.field,
        )

    async def _post(
        self, operation: str, path: str, body: Mapping[str, Any], *, write: bool = True, opens_page: bool = False
    ) -> Answer:
        """Send a request; an error that came with status 200 is one, too."""
        answer = await self._call(
            operation,
            "POST",
            path,
            content=orjson.dumps({"profile_id": self.settings.profile_id, **body}),
            content_type="application/json",
            write=write,
            opens_page=opens_page,
        )
        if is_fault(answer.body):
            raise self._error(answer)
        return answer

    async def _query(self, operation: str, **about: str) -> Answer:
        return await self._post(operation, QUERY_PATH, about, write=False)

    async def _ask_for_nothing(self) -> None:
        with suppress(NotFound, InvalidRequest):  # the key is good: it was told that there is no such transaction
            await self._query("check_health", tran_ref=_NOBODY)

    async def _make(self, operation: str, request: PaymentRequest, cart_id: str) -> PaymentResult:
        if wrong := requests.fault(request, MANIFEST):
            raise self._refuse(operation, *wrong)
        hosted = request.mode is PaymentMode.CHECKOUT
        body = (requests.page_body if hosted else requests.token_body)(request, cart_id, self._webhook_url)
        answer = await self._post(operation, REQUEST_PATH, body, opens_page=hosted)
        made = self._parse(answer, lambda body: made_as_asked(body, request.money, cart_id))
        if not made.status and made.redirect_url is None:
            raise self._unreadable(answer)
        return self._require_no_decline(Ledger(made).payment(), answer)

    async def _ledger(self, operation: str, provider_payment_id: str) -> Ledger:
        """The payment that a transaction belongs to."""
        ref = self._reference(operation, provider_payment_id)
        answer = await self._query(operation, tran_ref=ref)
        asked = self._parse(answer, lambda body: the_transaction(body, ref))
        if not asked.status:
            return Ledger(asked)
        listed = await self._listed(operation, asked.cart_id)
        if asked.payment_id is not None and ref not in [each.ref for each in listed]:
            # Without the rest of the picture nothing may follow; captures and refunds could be made twice.
            raise self._fail(
                Unavailable, "PayTabs does not list the payment among the transactions of its cart", answer
            )
        ledger = Ledger.of(asked, listed)
        if ledger.main.ref == ref:
            return ledger
        answer = await self._query(operation, tran_ref=ledger.main.ref)  # the list has no tokens
        return Ledger(self._parse(answer, lambda body: the_transaction(body, ledger.main.ref)), ledger.related)

    async def _listed(self, operation: str, cart_id: str) -> list[Transaction]:
        """Every transaction of a cart, the newest first."""
        if not cart_id:
            return []
        try:
            answer = await self._query(operation, cart_id=cart_id)
        except NotFound as missing:
            if missing.provider_code is None:
                raise  # not in PayTabs' own words, so no proof that there is none
            return []
        return self._parse(answer, lambda body: all_of_cart(body, cart_id))

    async def _follow_up(
        self, operation: str, kind: str, ledger: Ledger, amount: Money, description: str
    ) -> PaymentResult:
        """Follow the payment's own transaction up; one that is refused is an error."""
        done, answer = await self._follow(operation, kind, ledger.main, amount, description)
        if done.failed:
            raise self._refused(answer, done)
        return ledger.with_(done).payment()

    async def _follow(
        self, operation: str, kind: str, source: Transaction, amount: Money, description: str
    ) -> tuple[Transaction, Answer]:
        """Follow a transaction up, in its own cart."""
        body = requests.follow_up_body(kind, source.ref, source.cart_id, amount, description, self._webhook_url)
        answer = await self._post(operation, REQUEST_PATH, body)
        done = self._parse(answer, lambda body: made_as_asked(body, amount, source.cart_id))
        if not done.status or done.ref == source.ref or done.previous not in (source.ref, None):
            raise self._unreadable(answer)
        return done, answer

    def _refused(self, answer: Answer, done: Transaction) -> ProviderError:
        """The error for a follow-up that was recorded as refused: by the bank (D), or by PayTabs' own rules (E)."""
        message = done.message or f"PayTabs refused the {done.kind}"
        if done.status != "D":
            field = "money.amount" if "amount" in message.lower() else "provider_payment_id"
            return self._fail(InvalidRequest, message, answer, provider_code=done.code, field=field)
        reason = decline(done.code, done.message).reason
        return self._fail(Declined, message, answer, provider_code=done.code, decline_code=reason.value)

    def _part(self, operation: str, asked: Money | None, left: Decimal, ledger: Ledger) -> Money:
        """The amount to move. :param left: how much there is."""
        if asked is not None and asked.currency != ledger.currency:
            raise self._refuse(operation, "money.currency", f"the payment is in {ledger.currency}")
        if left <= 0 or (asked is not None and asked.amount > left):
            raise self._refuse(operation, "money.amount", f"only {ledger.currency} {max(left, Decimal(0))} is left")
        return asked if asked is not None else Money.of(left, ledger.currency)

    def _reference(self, operation: str, text: str) -> str:
        if not is_reference(text):
            raise self._refuse(operation, "provider_payment_id", "is not the reference of a transaction at PayTabs")
        return text

    def _require_no_decline(self, payment: PaymentResult, answer: Answer | None = None) -> PaymentResult:
        """A payment that was tried at once and refused is an error to whoever asked for it."""
        if payment.status is not PaymentStatus.FAILED or payment.decline is None:
            return payment
        raise Declined(
            payment.decline.message or "The payment was declined.",
            provider=MANIFEST.key,
            operation="create_payment",
            http_status=answer.status if answer else None,
            provider_code=payment.decline.code,
            request_id=read_fault(answer.body).trace if answer else None,
            decline_code=payment.decline.reason.value,
            provider_payment_id=payment.provider_payment_id,
        )

    def _cannot_close(self, operation: str) -> NotSupported:
        message = "PayTabs cannot close a payment page on which nobody has paid"
        return NotSupported(message, provider=MANIFEST.key, operation=operation)
