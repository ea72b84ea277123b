"""Telr: its hosted payment page, its Remote API for what follows, and its Service API to look things up.

What this relies on, and where it is silent:

* Hosted page, ``POST /gateway/order.json``: docs.telr.com (payment-page, check-status-1) and Telr's own WooCommerce
  and Odoo plugins. Everything is answered with 200; see `errors`. The newer ``/api/v1/orders`` is only published in
  outline (no capture, no refund), so it is not used.
* Captures, releases and refunds, ``POST /gateway/remote.xml``, under a key of its own: docs.telr.com
  (request-methods, authorisation-response-1), the same plugins, Shopify's active_merchant.
* A further charge of a card that was used before: the class of continuous authority, of an authorised sale
  (docs.telr.com, recurring-transactions-1). The token is that sale's reference; no card data is ever sent.
* Service API, ``GET /tools/api/xml/transaction/…``: see `ledger`. It needs a third key, so it is optional, and what
  cannot be done safely without it is refused: a manual capture or a saved card whose answer got lost could not be
  found.

Unknown outcomes. There is no idempotency key. Opening an order moves no money, and only who was given its page can
pay on it; so an order whose answer got lost is left to lie, and another is opened under a cart id of its own
(``<payment id>-<milliseconds since the first try>``). Orders run out by themselves. A charge of a saved card is
looked up by its cart id. Captures and releases are settled by reading the payment. A refund carries Wasl's refund id
in its description and is found by it among the payment's linked transactions; should Telr not show the description as
it was sent, by amount and time, and where two fit it stays unknown. Without the Service API an unknown refund stays
unknown: nothing tells a refund that was made from one that was not, so it is never made again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import httpx

from workers.providers.capabilities import HealthReport
from workers.providers.errors import NotFound
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
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
)
from workers.providers.payments.suitability import unsuitable
from workers.providers.payments.telr import events, objects
from workers.providers.payments.telr.errors import WRONG_KEYS
from workers.providers.payments.telr.ledger import APPROVED, ON_HOLD, Kind, Ledger, Transaction
from workers.providers.payments.telr.manifest import MANIFEST
from workers.providers.payments.telr.references import cart_id, refund_description
from workers.providers.payments.telr.refunds import found_refund, part_to_refund
from workers.providers.payments.telr.requests import (
    CONTINUOUS,
    ECOMMERCE,
    check_body,
    description_of,
    order_body,
)
from workers.providers.payments.telr.wire import TelrWire

# What is not listed proves nothing before this; the request may still be at work. Longer than a call may take.
_SETTLING: Final = timedelta(seconds=120)
_GIVEN_UP: Final = (PaymentStatus.CANCELLED, PaymentStatus.FAILED, PaymentStatus.EXPIRED)
_NO_ORDER: Final = "0" * 64
_UNREADABLE: Final = "some of the payment's transactions are of a type that is not known"


@dataclass(frozen=True, slots=True)
class _Seen:
    """A payment as it was read. :param last: what was tried last; :param ledger: all of it, where that can be asked."""

    payment: PaymentResult
    last: Transaction | None
    ledger: Ledger | None


class TelrConnector(TelrWire):
    """Payments on Telr's hosted page, and further charges of cards that were used there."""

    # Payments.

    async def create_payment(self, request: PaymentRequest) -> PaymentResult:
        """Open an order, whose page the payer is sent to; or charge a saved card again."""
        self._require_suitable("create_payment", request)
        if request.mode is PaymentMode.DIRECT:
            return await self._charge(request)
        return await self._open("create_payment", request, cart_id(request))

    async def get_payment(self, provider_payment_id: str) -> PaymentResult:
        """Read an order, or a charge of a saved card by its transaction's reference."""
        return (await self._look("get_payment", provider_payment_id)).payment

    async def find_payment(self, request: PaymentRequest, *, attempted_at: datetime) -> PaymentResult | None:
        """Settle an unknown outcome of `create_payment`, as the module's text says."""
        if request.mode is PaymentMode.DIRECT:
            return await self._find_charge(request, attempted_at)
        self._require_suitable("find_payment", request)
        since = max(int((datetime.now(UTC) - attempted_at) / timedelta(milliseconds=1)), 1)
        return await self._open("find_payment", request, cart_id(request, since))

    async def capture_payment(self, request: CaptureRequest) -> PaymentResult:
        """Capture reserved money; after a part Telr lets the rest be captured, too."""
        ledger = await self._reserved("capture_payment", request.provider_payment_id)
        amount = self._part("capture_payment", request.money, ledger.left_to_capture, ledger.root.money.currency)
        made = await self._follow("capture_payment", Kind.CAPTURE, amount, ledger.root, request, "capture")
        return self._moved(request.provider_payment_id, ledger.with_one_more(made))

    async def cancel_payment(self, request: CancelRequest) -> PaymentResult:
        """Release what is reserved. An open page cannot be closed; it runs out by itself."""
        seen = await self._look("cancel_payment", request.provider_payment_id)
        if seen.payment.status in _GIVEN_UP:
            return seen.payment
        if seen.payment.status is not PaymentStatus.AUTHORIZED:
            is_open = seen.payment.status in (PaymentStatus.REQUIRES_ACTION, PaymentStatus.CREATED)
            why = "nobody has paid yet, and Telr's page runs out by itself" if is_open else seen.payment.provider_status
            raise self._refuse("cancel_payment", "provider_payment_id", f"there is nothing to release: {why}")
        ledger = self._all_of("cancel_payment", seen)
        amount = Money.of(ledger.left_to_capture, ledger.root.money.currency)
        made = await self._follow("cancel_payment", Kind.RELEASE, amount, ledger.root, request, "release")
        return self._moved(request.provider_payment_id, ledger.with_one_more(made))

    async def delete_payment_method(self, token: str, provider_data: Mapping[str, str]) -> None:
        """Nothing can be deleted: the token is a past sale's reference, which Telr keeps.

        :raises NotSupported: always.
        """
        raise self._unable("delete_payment_method", "Telr keeps a card with the sale that it was used for")

    # Refunds.

    async def refund_payment(self, request: RefundRequest) -> RefundResult:
        """Refund a sale or one capture, all that is left of it or a part."""
        seen = await self._look("refund_payment", request.provider_payment_id)
        ledger = self._refundable(seen)
        parts = ledger.refundable()
        left = sum((max(rest, Decimal(0)) for _, rest in parts), Decimal(0))
        amount = self._part("refund_payment", request.money, left, ledger.root.money.currency)
        source = part_to_refund(parts, amount)
        if source is None:
            raise self._refuse("refund_payment", "money.amount", "more than any one capture; Telr refunds one by one")
        description = refund_description(request.refund_id)
        made = await self._follow("refund_payment", Kind.REFUND, amount, source, request, description)
        return made.refund(request.provider_payment_id).model_copy(update={"payment_id": request.payment_id})

    async def get_refund(self, provider_refund_id: str) -> RefundResult:
        """Read a refund's transaction."""
        if not objects.is_transaction_ref(provider_refund_id):
            raise self._refuse("get_refund", "provider_refund_id", "is not a transaction reference of Telr's")
        answer = await self._service("get_refund", f"/{provider_refund_id}")
        return self._parse(answer, lambda body: objects.single_transaction(body, provider_refund_id).refund())

    async def find_refund(self, request: RefundRequest, *, attempted_at: datetime) -> RefundResult | None:
        """Settle an unknown outcome of `refund_payment`, as the module's text says."""
        if self.credentials.service_key is None:
            raise self._unknown("find_refund", "only the Service API could tell; look it up at Telr, or add that key")
        seen = await self._look("find_refund", request.provider_payment_id)
        ledger = self._all_of("find_refund", seen)
        if not ledger.is_readable:
            raise self._unknown("find_refund", _UNREADABLE)
        fitting = found_refund(ledger, request, attempted_at)
        if len(fitting) > 1:
            raise self._unknown("find_refund", "several refunds of this amount were made since; which is it?")
        if not fitting:
            self._require_settled("find_refund", attempted_at, _SETTLING)
            return None
        found = fitting[0].refund(request.provider_payment_id)
        return found.model_copy(update={"payment_id": request.payment_id, "refund_id": request.refund_id})

    # Health and webhooks.

    async def check_health(self) -> HealthReport:
        """Ask after an order that does not exist, and for the recent transactions where there is a key for that."""
        return await self._report(self._try_keys())

    @classmethod
    def verify_webhook(
        cls, request: WebhookRequest, secrets: Sequence[str], settings: Mapping[str, Any] | None = None
    ) -> VerifiedWebhook:
        """See `events.verify`."""
        return events.verify(request, secrets, settings)

    @classmethod
    def parse_webhook(cls, body: bytes) -> list[CanonicalEvent]:
        """See `events.parse`."""
        return events.parse(body)

    # Steps of the above.

    async def _open(self, operation: str, request: PaymentRequest, cart: str) -> PaymentResult:
        body = order_body(request, self.settings, self._auth_key, cart, test=self._is_test)
        answer = await self._page(operation, body, write=True)
        return self._parse(answer, lambda told: objects.opened_payment(told, request, cart))

    async def _charge(self, request: PaymentRequest) -> PaymentResult:
        """A further charge of a saved card."""
        made = await self._transact(
            "create_payment",
            "sale",
            request.money,
            reference=request.payment_method or "",
            cart=cart_id(request),
            description=description_of(request),
            transaction_class=CONTINUOUS,
        )
        return objects.payment_of_ledger(Ledger(made))

    async def _find_charge(self, request: PaymentRequest, attempted_at: datetime) -> PaymentResult | None:
        cart = cart_id(request)
        answer = await self._service("find_payment", f"/{cart}/cart")
        listed = [each for each in self._parse(answer, objects.transactions_of) if each.cart in (cart, None)]
        begun = [each for each in listed if each.kind in (Kind.SALE, Kind.UNKNOWN)]
        made = [each for each in begun if each.status not in ("D", "E", "C", "X")]
        if len(made) > 1 or (made and (made[0].kind is not Kind.SALE or made[0].money != request.money)):
            raise self._unknown("find_payment", "what Telr has under this cart id is not just the charge asked for")
        if made:
            return objects.payment_of_ledger(Ledger(made[0], tuple(each for each in listed if not each.begins)))
        if begun:
            raise self._declined(answer, begun[-1].code, begun[-1].message, begun[-1].reference)
        self._require_settled("find_payment", attempted_at, _SETTLING)
        return None

    async def _look(self, operation: str, provider_payment_id: str) -> _Seen:
        """A payment, with all its transactions where there is a key to ask for them."""
        if objects.is_transaction_ref(provider_payment_id):
            ledger = await self._ledger(operation, provider_payment_id, None)
            return _Seen(objects.payment_of_ledger(ledger), ledger.root, ledger)
        if not objects.is_order_ref(provider_payment_id):
            raise self._refuse(operation, "provider_payment_id", "is neither an order's nor a transaction's reference")
        body = check_body(self.settings, self._auth_key, provider_payment_id)
        answer = await self._page(operation, body, write=False)
        payment = self._parse(answer, lambda told: objects.payment_of_order(told, provider_payment_id))
        last = self._parse(answer, lambda told: objects.transaction_of_order(told["order"]))
        if last is None or last.status not in (APPROVED, ON_HOLD) or self.credentials.service_key is None:
            return _Seen(payment, last, None)
        of_all = await self._ledger(operation, last.reference, last if last.begins else None)
        payment = self._parse(answer, lambda told: objects.payment_of_order(told, provider_payment_id, of_all))
        return _Seen(payment, last, of_all)

    async def _ledger(self, operation: str, reference: str, known: Transaction | None) -> Ledger:
        """:param known: the transaction itself, where it has been read."""
        answer = await self._service(operation, f"/{reference}/linked")
        listed = self._parse(answer, objects.transactions_of)
        if known is None and all(each.reference != reference for each in listed):
            single = await self._service(operation, f"/{reference}")
            known = self._parse(single, lambda body: objects.single_transaction(body, reference))
        return self._parse(answer, lambda _: Ledger.of(listed, reference, known))

    async def _reserved(self, operation: str, provider_payment_id: str) -> Ledger:
        """The transactions of a payment of which something is reserved."""
        seen = await self._look(operation, provider_payment_id)
        if seen.payment.status not in (PaymentStatus.AUTHORIZED, PaymentStatus.PARTIALLY_CAPTURED):
            message = f"nothing is reserved ({seen.payment.provider_status})"
            raise self._refuse(operation, "provider_payment_id", message)
        return self._all_of(operation, seen)

    def _refundable(self, seen: _Seen) -> Ledger:
        """What a refund is counted by. Without the Service API a sale alone will do: Telr refuses what is too much."""
        if seen.ledger is not None and not seen.ledger.is_readable:
            raise self._unable("refund_payment", _UNREADABLE)
        if seen.ledger is not None and seen.ledger.captured > 0:
            return seen.ledger
        if seen.ledger is None and seen.payment.status is PaymentStatus.CAPTURED and seen.last is not None:
            if seen.last.kind is Kind.SALE:
                return Ledger(seen.last)
            raise self._unable("refund_payment", "only the Service API tells a capture's reference; add its key")
        message = f"nothing has been taken ({seen.payment.provider_status})"
        raise self._refuse("refund_payment", "provider_payment_id", message)

    def _all_of(self, operation: str, seen: _Seen) -> Ledger:
        if seen.ledger is None:
            raise self._unable(operation, "only the Service API tells a payment's transactions; add its key")
        return seen.ledger

    def _moved(self, provider_payment_id: str, ledger: Ledger) -> PaymentResult:
        """A payment after one more transaction."""
        payment = objects.payment_of_ledger(ledger)
        return payment.model_copy(update={"provider_payment_id": provider_payment_id})

    async def _try_keys(self) -> None:
        try:
            await self._page("check_health", check_body(self.settings, self._auth_key, _NO_ORDER), write=False)
        except NotFound as refused:
            # The keys passed: Telr says in its own words that there is no such order.
            if refused.http_status != httpx.codes.OK or refused.provider_code in WRONG_KEYS:
                raise
        if self.credentials.service_key is not None:
            self._parse(await self._service("check_health", ""), objects.transactions_of)

    async def _follow(
        self,
        operation: str,
        kind: Kind,
        amount: Money,
        source: Transaction,
        request: CaptureRequest | CancelRequest | RefundRequest,
        description: str,
    ) -> Transaction:
        """Make a transaction that follows another one of the same payment."""
        direct = objects.is_transaction_ref(request.provider_payment_id)
        return await self._transact(
            operation,
            kind.value,
            amount,
            reference=source.reference,
            cart=str(request.payment_id),
            description=description,
            transaction_class=CONTINUOUS if direct else ECOMMERCE,
        )

    # What is refused.

    def _require_suitable(self, operation: str, request: PaymentRequest) -> None:
        """Refuse what Telr, or this connection, cannot take, before any call."""
        fault = unsuitable(request, MANIFEST, saves_methods=True) or self._unfit(request)
        if fault:
            raise self._refuse(operation, *fault)

    def _unfit(self, request: PaymentRequest) -> tuple[str, str] | None:
        manual = request.capture_method is CaptureMethod.MANUAL
        equipped = self.credentials.remote_key is not None and self.credentials.service_key is not None
        if manual and not equipped:
            return "capture_method", "a manual capture needs the keys of Telr's Remote API and Service API"
        if manual and request.save_payment_method:
            return "save_payment_method", "Telr charges a card again only after a sale, not after an authorization"
        if request.mode is not PaymentMode.DIRECT:
            return None
        if not equipped:
            return "mode", "a charge of a saved card needs the keys of Telr's Remote API and Service API"
        if manual:
            return "capture_method", "Telr charges a saved card at once, and cannot only reserve"
        if request.payment_method is None or not objects.is_transaction_ref(request.payment_method):
            return "payment_method", "is not the reference of a past sale at Telr"
        if request.save_payment_method:
            return "save_payment_method", "the card is kept already"
        return None if request.confirm else ("confirm", "Telr charges a saved card at once")

    def _part(self, operation: str, asked: Money | None, left: Decimal, currency: str) -> Money:
        """The amount to move. :param left: how much there is."""
        if asked is not None and asked.currency != currency:
            raise self._refuse(operation, "money.currency", f"the payment is in {currency}")
        if left <= 0 or (asked is not None and asked.amount > left):
            raise self._refuse(operation, "money.amount", f"only {currency} {max(left, Decimal(0))} is left")
        return asked if asked is not None else Money.of(left, currency)
