"""Amazon Payment Services (APS, formerly PayFort).

Documentation https://paymentservices.amazon.com/docs ; where the copies read here break off, the copy of the former
official documentation (bhaskarndas/payfortdoc 4536f9f), the official PHP SDK (payfort/payfort-php-sdk f8d2366), .NET
SDK (payfort/payfort-dotnet-sdk 46e454a) and Magento plugin (payfort/magento2-payfort 708923f). There is no official
Python package. Everything is one address, ``/FortAPI/paymentApi``. It takes JSON that is signed in its own body, and
answers HTTP 200 whatever became of it; only the response code tells. Answers are signed as well. That is checked for
webhooks, and in the health check, where it shows a wrong response phrase; otherwise an answer's proof is TLS, and a
payment that was made must not count as lost because a phrase is being changed.

Hosted page. APS's hosted checkout wants a signed form posted by the payer's browser, for which a hub that only hands
out an address is no place; a signed GET is documented nowhere. A payment link is the same page with an address of its
own: ``service_command=PAYMENT_LINK``, told to nobody (``notification_type=NONE``). It is paid once, and runs out at
``request_expiry_date``. `UPDATE_PAYMENT_LINK` could close it earlier, but the field that does was in no copy read
here; it is not guessed.

Direct payments charge a ``token_name`` that tokenization in the payer's browser gave (merchant page), or that was kept
(``remember_me``). With a ``return_url`` the payer is there, and may be sent to 3-D Secure (``20064``, ``3ds_url``);
without, it is a recurring payment, for which APS wants the ``agreement_id`` of the first one as well
(``payment_method_data``).

Unknown outcomes. There is no idempotency key. Instead the merchant's reference, which is Wasl's payment id, is unique:
what was done is refused as a duplicate (007, 047, 066) when it is sent again. So is a refund by its
``maintenance_reference``, which is the refund's id: "the Refund's unique order number", with which a refund can be
tried again "if the refund transaction was declined" (maintenanceparameters.md). That it cannot be otherwise is
concluded from that; nowhere is it said in so many words. `CHECK_STATUS` finds a charge by its reference, but shows no
attempt that never got as far as the bank. So:

- A direct payment is looked up; what is not there minutes after the attempt is sent again under the same reference.
- A lost link is left to lie: nobody knows its address. Another is opened under a reference of its own
  (``<payment id>-<seconds since the first try>``), as the first one may be taken.
- A refund certainly was not made while less than its amount has gone back; and one of everything was, once everything
  has. Otherwise it is sent again under the same ``maintenance_reference``: what is refused as a duplicate was made.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from workers.providers.base import Answer
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
from workers.providers.money import Money
from workers.providers.payments.aps import events
from workers.providers.payments.aps.calls import APSCalls
from workers.providers.payments.aps.codes import DUPLICATES, decline
from workers.providers.payments.aps.errors import classify
from workers.providers.payments.aps.manifest import MANIFEST
from workers.providers.payments.aps.objects import (
    Place,
    payment_from_link,
    payment_from_status,
    payment_from_transaction,
    read_refund_id,
    refund_from_transaction,
    response_code,
    taken_amount,
)
from workers.providers.payments.aps.requests import (
    amount_of,
    description,
    direct_body,
    link_body,
    reference,
)
from workers.providers.payments.aps.signature import ShaType
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

_GIVEN_UP: Final = (PaymentStatus.CANCELLED, PaymentStatus.FAILED, PaymentStatus.EXPIRED)
_UNDER_WAY: Final = ("15", "19", "20", "40")
# A charge that is not to be seen proves nothing before this; it may still be on its way through APS and the bank.
_SETTLING: Final = timedelta(minutes=3)


class APSConnector(APSCalls):
    """Payments through Amazon Payment Services: on its hosted page, or with a card's token."""

    # Payments.

    async def create_payment(self, request: PaymentRequest) -> PaymentResult:
        """Open a payment link, or charge a token at once."""
        if request.mode is PaymentMode.CHECKOUT:
            return await self._open_link("create_payment", request, reference(request.payment_id))
        return await self._charge("create_payment", request)

    async def get_payment(self, provider_payment_id: str) -> PaymentResult:
        """Ask for a payment (``<reference>/<currency>/<minor units>``), or for the link on which nobody has paid."""
        return await self._look("get_payment", self._place("get_payment", provider_payment_id))

    async def find_payment(self, request: PaymentRequest, *, attempted_at: datetime) -> PaymentResult | None:
        """Settle an unknown outcome of `create_payment`, as the module's text says."""
        operation = "find_payment"
        if request.mode is PaymentMode.CHECKOUT:
            since = max(int((datetime.now(UTC) - attempted_at).total_seconds()), 1)
            return await self._open_link(operation, request, reference(request.payment_id, since))
        place = Place(reference(request.payment_id), request.money)
        try:
            answer = await self._check_status(operation, place)
        except NotFound:
            self._require_settled(operation, attempted_at, _SETTLING)
            return await self._charge(operation, request)
        found = self._parse(answer, lambda fields: payment_from_status(fields, place))
        if found.status is PaymentStatus.FAILED:
            raise self._declined(answer, found)
        return found

    async def capture_payment(self, request: CaptureRequest) -> PaymentResult:
        """Take reserved money: all that is left, or a part."""
        operation = "capture_payment"
        place = self._place(operation, request.provider_payment_id)
        amount = self._same_currency(operation, place, request.money) or await self._left_to_capture(operation, place)
        body = {"command": "CAPTURE", **self._about(place), **amount_of(amount)}
        await self._exchange(operation, body, {"04", "19", "20", "40"})
        return await self._read_back(operation, place)

    async def cancel_payment(self, request: CancelRequest) -> PaymentResult:
        """Release what is reserved. A page on which nobody has paid runs out by itself."""
        operation = "cancel_payment"
        place = self._place(operation, request.provider_payment_id)
        seen = await self._look(operation, place)
        if seen.status in _GIVEN_UP:
            return seen
        if seen.status is PaymentStatus.REQUIRES_ACTION:
            message = "Amazon Payment Services closes no payment page before its time; it runs out by itself"
            raise NotSupported(message, provider=MANIFEST.key, operation=operation)
        if seen.status is not PaymentStatus.AUTHORIZED:
            message = f"can no longer be cancelled ({seen.provider_status}); give taken money back by a refund"
            raise self._refuse(operation, "provider_payment_id", message)
        await self._exchange(operation, {"command": "VOID_AUTHORIZATION", **self._about(place)}, {"08"})
        return await self._read_back(operation, place)

    # Refunds.

    async def refund_payment(self, request: RefundRequest) -> RefundResult:
        """Give money back: all that is left, or a part."""
        operation = "refund_payment"
        place = self._place(operation, request.provider_payment_id)
        amount = self._same_currency(operation, place, request.money) or await self._left_to_refund(operation, place)
        return await self._refund(operation, place, request, amount)

    async def get_refund(self, provider_refund_id: str) -> RefundResult:
        """How a refund stands, as far as the payment's totals tell: APS shows no single one."""
        found = read_refund_id(provider_refund_id)
        if found is None:
            raise self._refuse("get_refund", "provider_refund_id", "is not an id of a refund")
        place, asked_as = found
        payment = self._parse(
            await self._check_status("get_refund", place), lambda fields: payment_from_status(fields, place)
        )
        status = RefundStatus.PENDING
        if payment.amount_refunded and payment.amount_refunded >= place.money.amount:
            status = RefundStatus.SUCCEEDED
        elif payment.provider_status.startswith("07"):
            status = RefundStatus.FAILED
        told = {"merchant_reference": place.reference, **amount_of(place.money), "maintenance_reference": asked_as}
        refund = refund_from_transaction({**told, "response_code": payment.provider_status})
        failure = payment.provider_status if status is RefundStatus.FAILED else None
        return refund.model_copy(update={"status": status, "failure_reason": failure})

    async def find_refund(self, request: RefundRequest, *, attempted_at: datetime) -> RefundResult | None:
        """Settle an unknown outcome of `refund_payment`, as the module's text says."""
        operation = "find_refund"
        place = self._place(operation, request.provider_payment_id)
        asked = self._same_currency(operation, place, request.money)
        seen = self._parse(
            await self._check_status(operation, place), lambda fields: payment_from_status(fields, place)
        )
        everything = asked is None or asked.amount >= taken_amount(seen)
        if seen.status is PaymentStatus.REFUNDED and everything:
            return self._made_refund(place, request, asked or place.money)
        if asked is None or (seen.amount_refunded or 0) < asked.amount:
            self._require_settled(operation, attempted_at, _SETTLING)
            return None
        try:
            return await self._refund(operation, place, request, asked)
        except OutcomeUnknown as refused:
            if (refused.provider_code or "")[2:] in DUPLICATES:
                return self._made_refund(place, request, asked)
            raise
        except (InvalidRequest, Declined) as refused:
            # It may have been made, and this one been too much.
            raise self._unknown(operation, f"whether it was made cannot be told ({refused.message})") from refused

    # Saved payment methods.

    async def delete_payment_method(self, token: str, provider_data: Mapping[str, str]) -> None:
        """Make a token inactive."""
        body = {
            "service_command": "UPDATE_TOKEN",
            "merchant_reference": uuid.uuid4().hex,
            "language": self.settings.language.value,
            "token_name": token,
            "token_status": "INACTIVE",
        }
        try:
            await self._exchange("delete_payment_method", body, {"58"})
        except InvalidRequest as refused:
            if (refused.provider_code or "")[2:] != "044":  # token name does not exist
                raise

    # Health and webhooks.

    async def check_health(self) -> HealthReport:
        """Ask for a payment that is not there: cheap, and refused for wrong credentials."""
        return await self._report(self._try_credentials())

    @classmethod
    def verify_webhook(
        cls, request: WebhookRequest, secrets: Sequence[str], settings: Mapping[str, Any] | None = None
    ) -> VerifiedWebhook:
        """See `events.verify`; the SHA type is the one that the connection's settings name."""
        return events.verify(request, secrets, ShaType((settings or {}).get("sha_type") or ShaType.SHA_256))

    @classmethod
    def parse_webhook(cls, body: bytes) -> list[CanonicalEvent]:
        """See `events.parse`."""
        return events.parse(body)

    # Steps.

    def _declined(self, answer: Answer, payment: PaymentResult) -> ProviderError:
        why = payment.decline or decline(payment.provider_status)
        return self._fail(
            Declined,
            why.message or "the payment was declined",
            answer,
            provider_code=why.code,
            decline_code=why.reason.value,
            provider_payment_id=payment.provider_payment_id,
        )

    async def _open_link(self, operation: str, request: PaymentRequest, merchant_reference: str) -> PaymentResult:
        self._require_suitable(operation, request)
        body = link_body(request, self.settings, merchant_reference, datetime.now(UTC))
        answer = await self._exchange(operation, body, {"48"}, opens_page=True)
        return self._of_this_money(answer, self._parse(answer, payment_from_link), request)

    async def _charge(self, operation: str, request: PaymentRequest) -> PaymentResult:
        self._require_suitable(operation, request)
        body = direct_body(request, self.settings, reference(request.payment_id))
        try:
            answer = await self._exchange(operation, body, {"02", "14", "44", *_UNDER_WAY})
        except Declined as refused:
            refused.provider_payment_id = Place(body["merchant_reference"], request.money).id
            raise
        return self._of_this_money(answer, self._parse(answer, payment_from_transaction), request)

    def _of_this_money(self, answer: Answer, payment: PaymentResult, request: PaymentRequest) -> PaymentResult:
        if payment.money != request.money:
            raise self._unreadable(answer)
        return payment

    async def _refund(self, operation: str, place: Place, request: RefundRequest, amount: Money) -> RefundResult:
        body = {
            "command": "REFUND",
            **self._about(place),
            **amount_of(amount),
            "maintenance_reference": str(request.refund_id),
        }
        if words := description(request.note):
            body["order_description"] = words
        answer = await self._exchange(operation, body, {"06", "07", *_UNDER_WAY})
        code = self._parse(answer, response_code)
        if code[:2] == "07" and classify(code, write=True) is not Declined:
            raise self._refusal(answer)  # nobody tried; what the bank refused is a failed refund
        refund = self._parse(answer, lambda fields: refund_from_transaction({**body, **fields}))
        return refund.model_copy(update={"provider_payment_id": place.id})

    def _made_refund(self, place: Place, request: RefundRequest, amount: Money) -> RefundResult:
        """A refund of which is only known that it was made."""
        told = {"merchant_reference": place.reference, **amount_of(amount), "response_code": "06000"}
        refund = refund_from_transaction({**told, "maintenance_reference": str(request.refund_id)})
        return refund.model_copy(update={"provider_payment_id": place.id})

    async def _read_back(self, operation: str, place: Place) -> PaymentResult:
        """The payment after an operation on it succeeded, which is certain from here."""
        try:
            return await self._look(operation, place)
        except ProviderError as error:
            raise self._unknown(operation, f"done, but the payment could not be read: {error.message}") from error

    async def _left_to_capture(self, operation: str, place: Place) -> Money:
        seen = await self._look(operation, place)
        if seen.status not in (PaymentStatus.AUTHORIZED, PaymentStatus.PARTIALLY_CAPTURED):
            raise self._refuse(operation, "provider_payment_id", f"nothing is reserved ({seen.provider_status})")
        reserved = seen.money.amount if seen.amount_authorized is None else seen.amount_authorized
        return Money.of(reserved - (seen.amount_captured or 0), seen.money.currency)

    async def _left_to_refund(self, operation: str, place: Place) -> Money:
        seen = await self._look(operation, place)
        left = taken_amount(seen) - (seen.amount_refunded or 0)
        if left <= 0:
            raise self._refuse(operation, "money", f"nothing is left to give back ({seen.provider_status})")
        return Money.of(left, seen.money.currency)
