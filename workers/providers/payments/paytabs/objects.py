"""A payment told from its transactions.

PayTabs keeps no payments, only transactions: a sale or an authorization, and captures, voids, releases and refunds that
each follow one up (``previous_tran_ref``) and leave it as it was. All of them carry a cart id, which for Wasl's is the
payment's, so the transactions of one cart together are the payment. `Ledger` adds them up.

The statuses are those of https://support.paytabs.com/en/support/solutions/articles/60000711358 and the SDK's
``TranStatus``: A authorised, H on hold, P pending, V voided, E error, D declined, X expired, C cancelled. H is an
authorization (a sale becomes one) that waits for a person in PayTabs' dashboard, and cannot be captured or voided by
calls (E 120). A status or type that is not known says that something is going on, and nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from workers.providers.money import Money
from workers.providers.payments.models import (
    NextAction,
    PaymentResult,
    PaymentStatus,
    RefundResult,
    RefundStatus,
)
from workers.providers.payments.paytabs.declines import decline
from workers.providers.payments.paytabs.requests import refund_of
from workers.providers.payments.paytabs.transactions import (
    APPROVED,
    AUTH,
    CAPTURE,
    ON_HOLD,
    PAYMENT_REQUEST,
    PAYMENTS,
    REFUND,
    RELEASE,
    SALE,
    VOID,
    VOIDED,
    Transaction,
)

STATUSES: Final[Mapping[str, PaymentStatus]] = {
    "A": PaymentStatus.CAPTURED,  # of an authorization: AUTHORIZED, and what its follow-ups made of it
    "H": PaymentStatus.PROCESSING,
    "P": PaymentStatus.PROCESSING,
    "V": PaymentStatus.CANCELLED,
    "E": PaymentStatus.FAILED,
    "D": PaymentStatus.FAILED,
    "X": PaymentStatus.EXPIRED,
    "C": PaymentStatus.CANCELLED,
}
REFUND_STATUSES: Final[Mapping[str, RefundStatus]] = {
    "A": RefundStatus.SUCCEEDED,
    "H": RefundStatus.PENDING,
    "P": RefundStatus.PENDING,
    "V": RefundStatus.CANCELLED,
    "E": RefundStatus.FAILED,
    "D": RefundStatus.FAILED,
    "X": RefundStatus.FAILED,
    "C": RefundStatus.CANCELLED,
}
# Of several attempts on one page the one that came furthest is the payment.
_FURTHEST: Final = (APPROVED, ON_HOLD, "P", VOIDED, "", "X", "C", "D", "E")
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Ledger:
    """One payment: the transaction that pays it, and those that follow it up.

    :param related: every other transaction of the payment's cart.
    """

    main: Transaction
    related: tuple[Transaction, ...] = ()

    @classmethod
    def of(cls, asked: Transaction, listed: Iterable[Transaction] = ()) -> Ledger:
        """The payment that a transaction belongs to. In a cart of Wasl's, which is one payment's, that may be another
        attempt; in any other cart, which may hold many, it is the transaction itself.

        :param listed: the transactions of its cart.
        """
        others = tuple(each for each in listed if each.ref != asked.ref and each.cart_id == asked.cart_id)
        if asked.payment_id is None:
            return cls(asked, others)
        rows = (asked, *others)
        main = min((each for each in rows if _pays(each, rows)), key=_rank, default=asked)
        return cls(main, tuple(each for each in rows if each.ref != main.ref))

    def with_(self, made: Transaction) -> Ledger:
        """The same with a transaction that was just made."""
        return Ledger(self.main, (*(each for each in self.related if each.ref != made.ref), made))

    # What followed.

    @property
    def captures(self) -> list[Transaction]:
        """Captures that went through. The SDK warns that one may be shown as a sale."""
        kinds = (CAPTURE, SALE)
        found = [each for each in self.related if each.kind in kinds and each.status == APPROVED]
        return [each for each in found if self._follows(each, self.main.ref, surely=each.kind == SALE)]

    @property
    def released(self) -> bool:
        """Whether what was reserved, or is left of it, has been let go."""
        if self.main.status == VOIDED:
            return True
        found = [each for each in self.related if each.kind in (VOID, RELEASE) and each.status == APPROVED]
        return any(self._follows(each, self.main.ref) for each in found)

    @property
    def refunds(self) -> list[Transaction]:
        """Every refund, whatever became of it."""
        sources = [self.main.ref, *(capture.ref for capture in self.captures)]
        return [each for each in self.related if each.kind == REFUND and self._follows(each, *sources)]

    def _follows(self, each: Transaction, *sources: str, surely: bool = False) -> bool:
        """Whether it follows up one of these. A list may leave out what it follows; in Wasl's cart there is only one
        payment that it can be."""
        if each.previous is None:
            return not surely and self.main.payment_id is not None
        return each.previous in sources

    # Amounts.

    @property
    def currency(self) -> str:
        return self.main.money.currency

    @property
    def authorized(self) -> Decimal:
        return self.main.total if self.main.status in (APPROVED, ON_HOLD, VOIDED) else _ZERO

    @property
    def captured(self) -> Decimal:
        if self.main.kind == SALE:
            return self.main.total if self.main.status in (APPROVED, VOIDED) else _ZERO
        return sum((each.total for each in self.captures), _ZERO)

    @property
    def refunded(self) -> Decimal:
        if self.main.kind == SALE and self.released:
            return self.captured
        return sum((each.total for each in self.refunds if each.status == APPROVED), _ZERO)

    @property
    def left_to_capture(self) -> Decimal:
        return _ZERO if self.released or self.main.kind != AUTH else self.authorized - self.captured

    def left_to_refund(self, source: Transaction) -> Decimal:
        """How much of a sale or capture can still be given back. Refunds under way count as given, and those that do
        not tell what of as given of each."""
        mine = [each for each in self.refunds if each.previous in (source.ref, None)]
        return source.total - sum((each.total for each in mine if not each.failed), _ZERO)

    @property
    def sources(self) -> list[Transaction]:
        """What a refund can be made of: PayTabs refunds a sale, or one capture."""
        if self.main.kind == SALE:
            return [self.main] if self.main.status == APPROVED and not self.released else []
        return self.captures if self.main.kind == AUTH else []

    def source_of(self, amount: Decimal) -> Transaction | None:
        """What to refund an amount of: the smallest that has as much left."""
        enough = [each for each in self.sources if self.left_to_refund(each) >= amount]
        return min(enough, key=self.left_to_refund, default=None)

    # In Wasl's words.

    @property
    def status(self) -> PaymentStatus:
        """Where the payment stands."""
        kind, status = self.main.kind, self.main.status
        if not status:
            return PaymentStatus.REQUIRES_ACTION if self.main.redirect_url else PaymentStatus.CREATED
        if status in (APPROVED, ON_HOLD, VOIDED) and kind in (SALE, AUTH):
            return self._status_once_reserved()
        if status == APPROVED:
            return PaymentStatus.PROCESSING  # of a card check or a payment request: no money was taken
        return STATUSES.get(status, PaymentStatus.PROCESSING)

    def _status_once_reserved(self) -> PaymentStatus:
        if self.captured == 0:
            reserved = PaymentStatus.AUTHORIZED if self.main.status == APPROVED else PaymentStatus.PROCESSING
            return PaymentStatus.CANCELLED if self.released else reserved
        if self.refunded > 0:  # a voided sale, too: the money was taken, and went back
            whole = self.refunded >= self.captured
            return PaymentStatus.REFUNDED if whole else PaymentStatus.PARTIALLY_REFUNDED
        return PaymentStatus.PARTIALLY_CAPTURED if self.left_to_capture > 0 else PaymentStatus.CAPTURED

    def payment(self) -> PaymentResult:
        """The payment as it stands."""
        main, status = self.main, self.status
        page = main.redirect_url if status is PaymentStatus.REQUIRES_ACTION else None
        refused = status is PaymentStatus.FAILED or main.status == "C"
        settled = main.status in STATUSES
        return PaymentResult(
            provider_payment_id=main.ref,
            payment_id=main.payment_id,
            status=status,
            provider_status=f"{main.kind} {main.status}".strip() or "created",
            money=main.money,
            amount_authorized=self.authorized if settled else None,
            amount_captured=self.captured if settled else None,
            amount_refunded=self.refunded if settled else None,
            checkout_url=page,
            next_action=NextAction(type="redirect", url=page) if page else None,
            decline=decline(main.code, main.message) if refused else None,
            refunds=tuple(each.ref for each in self.refunds),
            saved_method=main.saved,
            created_at=main.at,
        )

    def refund_named(self, refund_id: UUID) -> Transaction | None:
        """The refund that is one of Wasl's: the last that did not fail, or else the last."""
        mine = sorted((each for each in self.refunds if refund_of(each.description) == refund_id), key=_time)
        return next((each for each in reversed(mine) if not each.failed), mine[-1] if mine else None)


def refund_result(refund: Transaction, provider_payment_id: str | None = None) -> RefundResult:
    """A refund in Wasl's words.

    :param provider_payment_id: the payment's, where it is known; a refund names what it was made of, maybe a capture.
    """
    status = REFUND_STATUSES.get(refund.status, RefundStatus.PENDING)
    return RefundResult(
        provider_refund_id=refund.ref,
        provider_payment_id=provider_payment_id or refund.previous,
        refund_id=refund_of(refund.description),
        payment_id=refund.payment_id,
        status=status,
        provider_status=refund.status or "created",
        money=Money.of(refund.total, refund.money.currency),
        failure_reason=refund.code if status is RefundStatus.FAILED else None,
        created_at=refund.at,
    )


def _pays(each: Transaction, rows: Sequence[Transaction]) -> bool:
    """Whether it is an attempt to pay: not a follow-up, and not a capture that is shown as a sale."""
    if each.kind not in PAYMENTS:
        return False
    followed = next((row for row in rows if row.ref == each.previous), None)
    return followed is None or followed.kind == PAYMENT_REQUEST


def _rank(each: Transaction) -> tuple[int, float]:
    known = _FURTHEST.index(each.status) if each.status in _FURTHEST else _FURTHEST.index("P")
    return known, -_time(each).timestamp()


def _time(each: Transaction) -> datetime:
    return each.at or _LONG_AGO
