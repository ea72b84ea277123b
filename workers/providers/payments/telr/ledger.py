"""A payment's transactions, and what they come to.

Telr keeps every step as a transaction of its own: an ``auth`` or ``sale``, then ``capture``, ``release``, ``void``
and ``refund``. The Service API shows them (https://docs.telr.com/reference/services: ``/transaction/{ref}``,
``…/linked`` for the complete list of a payment's, ``/transaction/{cart id}/cart``); the elements are those of Telr's
common data elements as Namshi's client carries them (namshi/innovate e823c02, tests/fixtures). How it names the types
is documented nowhere that could be read, so names are compared by their words; of the numbers, which Telr's
WooCommerce plugin b2fd81a knows, those are used that leave no doubt. A type that is not known moves nothing, and then
no sum is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from workers.providers.money import Money
from workers.providers.payments.models import PaymentStatus, RefundResult, RefundStatus
from workers.providers.payments.telr.references import payment_of_cart, refund_of_description
from workers.providers.xml import Element, text_of


class Kind(StrEnum):
    """What a transaction does."""

    SALE = "sale"
    AUTH = "auth"
    CAPTURE = "capture"
    RELEASE = "release"
    VOID = "void"
    REFUND = "refund"
    REFUND_REVERSAL = "refund reversal"
    CAPTURE_REVERSAL = "capture reversal"
    UNKNOWN = "unknown"


_NUMBERS: Final = {"1": Kind.SALE, "3": Kind.REFUND, "7": Kind.CAPTURE}
_WORDS: Final = (
    # The first that fits counts.
    (re.compile(r"refund.*revers|revers.*refund"), Kind.REFUND_REVERSAL),
    (re.compile(r"capture.*revers|revers.*capture"), Kind.CAPTURE_REVERSAL),
    (re.compile(r"refund"), Kind.REFUND),
    (re.compile(r"capture"), Kind.CAPTURE),
    (re.compile(r"release"), Kind.RELEASE),
    (re.compile(r"void"), Kind.VOID),
    (re.compile(r"sale"), Kind.SALE),
    (re.compile(r"auth"), Kind.AUTH),
)
APPROVED, ON_HOLD = "A", "H"
STATUSES: Final = {
    "A": PaymentStatus.CAPTURED,
    "H": PaymentStatus.PROCESSING,
    "D": PaymentStatus.FAILED,
    "E": PaymentStatus.FAILED,
    "C": PaymentStatus.CANCELLED,
    "X": PaymentStatus.EXPIRED,
}
"""What a sale's status letter says of the payment; of an authorization, A says that it is reserved."""
REFUND_STATUSES: Final = {
    "A": RefundStatus.SUCCEEDED,
    "H": RefundStatus.PENDING,
    "D": RefundStatus.FAILED,
    "E": RefundStatus.FAILED,
    "C": RefundStatus.CANCELLED,
    "X": RefundStatus.FAILED,
}


def kind_of(*names: str | None) -> Kind:
    """The kind that a type's name or code stands for."""
    told = [re.sub(r"[\s_-]+", " ", name).strip().lower() for name in names if name]
    for pattern, kind in _WORDS:
        if any(pattern.search(name) for name in told):
            return kind
    return next((_NUMBERS[name] for name in told if name in _NUMBERS), Kind.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction. :param previous: the reference of the one that it follows."""

    reference: str
    kind: Kind
    status: str
    money: Money
    code: str | None = None
    message: str | None = None
    previous: str | None = None
    cart: str | None = None
    description: str | None = None
    made_at: datetime | None = None

    @classmethod
    def of(cls, element: Element) -> Transaction:
        """A transaction as the Service API shows it; ValueError for what is none."""
        reference, status = text_of(element, "id"), text_of(element, "auth/status")
        amount, currency = text_of(element, "amount"), text_of(element, "currency")
        if reference is None or status is None or amount is None or currency is None:
            raise ValueError("not a transaction")
        return cls(
            reference=reference,
            kind=kind_of(text_of(element, "type/name"), text_of(element, "type/code"), text_of(element, "type")),
            status=status.upper(),
            money=Money.of(amount, currency),
            code=text_of(element, "auth/code"),
            message=text_of(element, "auth/message"),
            previous=text_of(element, "prev_id"),
            cart=text_of(element, "cartid"),
            description=text_of(element, "description"),
            made_at=moment(text_of(element, "date")),
        )

    @property
    def begins(self) -> bool:
        """Whether a payment begins with it."""
        return self.kind in (Kind.SALE, Kind.AUTH)

    def refund(self, provider_payment_id: str | None = None) -> RefundResult:
        """It as the refund that it is; ValueError when it is none."""
        if self.kind is not Kind.REFUND:
            raise ValueError("not a refund")
        status = REFUND_STATUSES.get(self.status, RefundStatus.PENDING)
        return RefundResult(
            provider_refund_id=self.reference,
            provider_payment_id=provider_payment_id,
            refund_id=refund_of_description(self.description),
            payment_id=payment_of_cart(self.cart),
            status=status,
            provider_status=self.status,
            money=self.money,
            failure_reason=self.code if status is RefundStatus.FAILED else None,
            created_at=self.made_at,
        )


@dataclass(frozen=True, slots=True)
class Ledger:
    """All transactions of one payment.

    :param root: the sale or authorization that it began with.
    :param is_whole: False where it cannot be told of some transactions whether they are this payment's.
    """

    root: Transaction
    others: tuple[Transaction, ...] = ()
    is_whole: bool = True

    @classmethod
    def of(cls, listed: Sequence[Transaction], reference: str, known: Transaction | None = None) -> Ledger:
        """The payment that a transaction is part of, from all that Telr links to it.

        Further charges of the same card are linked as well, so each follower is traced back to what it follows.

        :param known: the transaction itself, should the list not have it. ValueError when no payment begins there.
        """
        by_reference = {each.reference: each for each in (*([known] if known else ()), *listed)}
        beginnings = [each for each in by_reference.values() if each.begins]
        root = by_reference.get(reference)
        for _ in listed:
            if root is None or root.begins:
                break
            root = by_reference.get(root.previous or "")
        if root is None or not root.begins:
            root = beginnings[0] if len(beginnings) == 1 else None
        if root is None or {each.money.currency for each in listed} - {root.money.currency}:
            raise ValueError("not the transactions of one payment")
        followers = [each for each in listed if not each.begins]
        if len(beginnings) == 1:
            return cls(root, tuple(followers))
        ours, theirs = _family(root, followers), [_family(each, followers) for each in beginnings if each != root]
        return cls(root, tuple(ours), is_whole=len(ours) + sum(map(len, theirs)) == len(followers))

    def with_one_more(self, transaction: Transaction) -> Ledger:
        """The ledger after another transaction."""
        return replace(self, others=(*self.others, transaction))

    @property
    def is_readable(self) -> bool:
        """Whether every transaction that took effect is this payment's, and of a kind that is known."""
        return self.is_whole and all(
            each.kind is not Kind.UNKNOWN for each in self.others if each.status in (APPROVED, ON_HOLD)
        )

    @property
    def released(self) -> Decimal:
        """What was let go of a reservation, or taken back on the day of a sale."""
        return self._sum(Kind.RELEASE, Kind.VOID)

    @property
    def captured(self) -> Decimal:
        """What was taken."""
        if self.root.status != APPROVED:
            return Decimal(0)
        if self.root.kind is Kind.SALE:
            return self.root.money.amount
        return self._sum(Kind.CAPTURE) - self._sum(Kind.CAPTURE_REVERSAL)

    @property
    def refunded(self) -> Decimal:
        """What has gone back. A sale that is voided on its day was taken, and went back."""
        given = self._sum(Kind.REFUND) - self._sum(Kind.REFUND_REVERSAL)
        return given + (self.released if self.root.kind is Kind.SALE else 0)

    @property
    def reserved(self) -> Decimal:
        """What is still reserved."""
        if self.root.kind is not Kind.AUTH or self.root.status != APPROVED:
            return Decimal(0)
        return self.root.money.amount - self.captured - self.released

    @property
    def left_to_capture(self) -> Decimal:
        """What is reserved, and not already about to be taken."""
        return self.reserved - self._sum(Kind.CAPTURE, status=ON_HOLD)

    @property
    def status(self) -> PaymentStatus:
        """Where the payment stands."""
        told = STATUSES.get(self.root.status, PaymentStatus.PROCESSING)
        if told is not PaymentStatus.CAPTURED:
            return told
        if not self.is_readable:
            return PaymentStatus.PROCESSING
        if self.captured <= 0:
            return PaymentStatus.AUTHORIZED if self.reserved > 0 else PaymentStatus.CANCELLED
        if self.refunded > 0:
            over = self.refunded >= self.captured and self.reserved <= 0
            return PaymentStatus.REFUNDED if over else PaymentStatus.PARTIALLY_REFUNDED
        return PaymentStatus.PARTIALLY_CAPTURED if self.reserved > 0 else PaymentStatus.CAPTURED

    def refunds(self) -> list[Transaction]:
        """The refunds, whatever became of them."""
        return [each for each in self.others if each.kind is Kind.REFUND]

    def refundable(self) -> list[tuple[Transaction, Decimal]]:
        """What a refund can be made of, with what is left of each: the sale, or each capture."""
        if self.root.kind is Kind.SALE:
            return [(self.root, self.root.money.amount - self._going_back(self.refunds()) - self.released)]
        taken = [each for each in self.others if each.kind is Kind.CAPTURE and each.status == APPROVED]
        if len(taken) == 1:
            return [(taken[0], taken[0].money.amount - self._going_back(self.refunds()))]
        made = {part.reference: [each for each in self.refunds() if each.previous == part.reference] for part in taken}
        return [(part, part.money.amount - self._going_back(made[part.reference])) for part in taken]

    def _going_back(self, refunds: Iterable[Transaction]) -> Decimal:
        """What is back or on its way."""
        going = (each.money.amount for each in refunds if each.status in (APPROVED, ON_HOLD))
        return sum(going, Decimal(0)) - self._sum(Kind.REFUND_REVERSAL)

    def _sum(self, *kinds: Kind, status: str = APPROVED) -> Decimal:
        amounts = (each.money.amount for each in self.others if each.kind in kinds and each.status == status)
        return sum(amounts, Decimal(0))


def _family(root: Transaction, followers: Sequence[Transaction]) -> list[Transaction]:
    """Those that follow a transaction, or one that does."""
    found: list[Transaction] = []
    names = {root.reference}
    while new := [each for each in followers if each.previous in names and each not in found]:
        found += new
        names = {each.reference for each in new}
    return found


def moment(text: str | None) -> datetime | None:
    """A time of Telr's, which is GMT; None where it is not told, or in a way that cannot be read."""
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found
