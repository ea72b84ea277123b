"""What one store holds: its orders and transactions."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sandbox.payments.telr.errors import MEANINGS, TelrError

Object = dict[str, Any]
DECIMALS = {
    **dict.fromkeys(("BHD", "JOD", "KWD", "OMR"), 3),
    **dict.fromkeys(("JPY", "VND"), 0),
    **dict.fromkeys(("AED", "CAD", "EGP", "EUR", "GBP", "IDR", "INR", "KHR", "MYR", "PHP", "QAR", "SAR"), 2),
    **dict.fromkeys(("SGD", "THB", "USD"), 2),
}
TYPES = {"sale": "1", "void": "2", "refund": "3", "auth": "4", "capture": "7", "release": "8"}
STATUS_TEXTS = {1: "Pending", 2: "Authorised", 3: "Paid", -1: "Expired", -2: "Cancelled", -3: "Declined"}


@dataclass(eq=False)
class Transaction:
    """One step of a payment. :param previous: the one that it follows; :param card: what it was paid with."""

    reference: str
    type: str
    tran_class: str
    amount: Decimal
    currency: str
    cart: str
    description: str
    test: str
    date: str
    status: str = "A"
    code: str = "tst123"
    message: str = "Authorised"
    previous: Transaction | None = field(default=None, repr=False)
    order: Order | None = field(default=None, repr=False)

    @property
    def first(self) -> Transaction:
        """What it all began with."""
        return self.previous.first if self.previous else self


@dataclass(eq=False)
class Order:
    """A payment page."""

    reference: str
    cart: str
    amount: Decimal
    currency: str
    description: str
    test: str
    kind: str
    returns: dict[str, str]
    code: int = 1
    method: str = "card"
    transaction: Transaction | None = None


@dataclass
class Webhook:
    """Where advice goes. :param with_order: whether it tells the order's reference."""

    url: str
    secret: str
    with_order: bool = False


@dataclass
class Store:
    """One store.

    :param now: the time in seconds since 1970.
    :param publish: tells the world of a transaction.
    """

    id: str
    now: Callable[[], float]
    publish: Callable[[Store, Transaction], None]
    orders: dict[str, Order] = field(default_factory=dict)
    transactions: dict[str, Transaction] = field(default_factory=dict)
    webhook: Webhook | None = None
    blocked_cards: dict[str, int] = field(default_factory=dict)
    """Why further charges of a card are declined, by the sale that it was used for."""
    shows_descriptions: bool = True
    """Whether the Service API tells descriptions as they were sent."""

    def order(self, reference: object) -> Order:
        """:raises TelrError: there is none."""
        found = self.orders.get(reference) if isinstance(reference, str) else None
        if found is None:
            raise TelrError(22, "Order reference not found")
        return found

    def transaction(self, reference: str | None) -> Transaction:
        """:raises TelrError: there is none."""
        found = self.transactions.get(reference or "")
        if found is None:
            raise TelrError(22)
        return found

    def add(self, **facts: Any) -> Transaction:
        """Make a transaction, and tell of it."""
        date = datetime.fromtimestamp(self.now(), UTC).strftime("%Y-%m-%d %H:%M:%S")
        made = Transaction(f"03{secrets.randbelow(10**10):010}", date=date, **facts)
        if made.status in ("D", "E"):
            made.message = MEANINGS.get(int(made.code), "Not authorised")
        self.transactions[made.reference] = made
        self.publish(self, made)
        return made

    def following(self, source: Transaction, *types: str) -> Decimal:
        """What was done of some types with a transaction."""
        made = (each for each in self.transactions.values() if each.previous is source and each.type in types)
        return sum((each.amount for each in made if each.status == "A"), Decimal(0))

    def linked(self, transaction: Transaction) -> list[Transaction]:
        """Everything that began with the same."""
        return [each for each in self.transactions.values() if each.first is transaction.first]


def amount_text(amount: Decimal, currency: str) -> str:
    """An amount as Telr writes it."""
    return f"{amount:.{DECIMALS[currency]}f}"


def read_amount(text: object, currency: object) -> Decimal:
    """An amount as it was sent. :raises TelrError: none, or not one of this currency."""
    if text in (None, "") or currency in (None, ""):
        raise TelrError(2)
    if not isinstance(text, str) or currency not in DECIMALS:
        raise TelrError(5, "Amount" if currency in DECIMALS else "Currency")
    whole, _, rest = text.partition(".")
    if not (whole.isascii() and whole.isdigit()) or (("." in text) and not (rest.isascii() and rest.isdigit())):
        raise TelrError(5, "Amount")
    amount = Decimal(text)
    if amount <= 0 or len(rest) > DECIMALS[str(currency)]:
        raise TelrError(5, "Amount")
    return amount
