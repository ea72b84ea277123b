"""PayTabs' transactions as it shows them: in answers to requests and queries, in lists and in notifications.

One shape for all of them, with gaps: a list leaves out tokens (and, as recorded, references to earlier transactions), a
page that nobody has paid on has no result. Amounts are decimal texts (``"120.30"``), types are written ``Sale`` or
``Payment Request``, whatever was sent. Facts from the answers recorded in PayTabs' PHP SDK
(``tests/fixtures/responses``, commits 18bbfa3 and 559e340).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from workers.providers.money import Money
from workers.providers.payments.models import PaymentMethodType, SavedMethod

SALE: Final = "sale"
AUTH: Final = "auth"
CAPTURE: Final = "capture"
VOID: Final = "void"
RELEASE: Final = "release"
REFUND: Final = "refund"
PAYMENT_REQUEST: Final = "payment request"
"""A sale that the payer is to settle elsewhere: Fawry, Aman, SADAD. Another transaction then settles it."""
PAYMENTS: Final = frozenset({SALE, AUTH, PAYMENT_REQUEST, "register"})

APPROVED: Final = "A"
ON_HOLD: Final = "H"
VOIDED: Final = "V"
REFUSED: Final = frozenset({"D", "E", "C", "X"})

_REFERENCE: Final = re.compile(r"[A-Za-z0-9]{6,64}")
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{8,128}")
_OUR_CART: Final = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:-[0-9]{1,15})?")
_LAST_FOUR: Final = re.compile(r"[0-9]{4}\Z")


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction.

    :param previous: the transaction that it follows up, where it is told.
    :param kind: what it does, in small letters.
    :param status: the letter of its result; empty while there is none.
    :param money: the cart's amount; ``total`` is what was really moved (less, after a discount on the page).
    :param saved: the card's token and what is shown of it.
    """

    ref: str
    previous: str | None
    kind: str
    status: str
    code: str | None
    message: str | None
    money: Money
    total: Decimal
    cart_id: str
    description: str
    at: datetime | None
    redirect_url: str | None
    saved: SavedMethod | None

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Transaction:
        """:raises ValueError, KeyError, TypeError: not a transaction."""
        result = body.get("payment_result") or {}
        money = Money.of(_decimal(body["cart_amount"]), body["cart_currency"])
        previous = _text(body.get("previous_tran_ref"))
        return cls(
            ref=reference(body["tran_ref"]),
            previous=reference(previous) if previous else None,
            kind=(_text(body.get("tran_type")) or "").lower(),
            status=(_text(result.get("response_status")) or "").upper(),
            code=_text(result.get("response_code")),
            message=_text(result.get("response_message")),
            money=money,
            total=_total(body, money),
            cart_id=_text(body.get("cart_id")) or "",
            description=_text(body.get("cart_description")) or "",
            at=moment(result.get("transaction_time")),
            redirect_url=_url(body.get("redirect_url")),
            saved=_saved(body),
        )

    @property
    def payment_id(self) -> UUID | None:
        """Wasl's id of the payment, which is the cart's; None in a cart of somebody else."""
        return our_payment_id(self.cart_id)

    @property
    def failed(self) -> bool:
        """Whether it came to nothing."""
        return self.status in REFUSED


def our_payment_id(cart_id: str) -> UUID | None:
    """Wasl's id of a payment from its cart's."""
    found = _OUR_CART.fullmatch(cart_id)
    return UUID(found[1]) if found else None


def is_reference(text: str) -> bool:
    """Whether a text can be the reference of a transaction."""
    return _REFERENCE.fullmatch(text) is not None


def is_token(text: str) -> bool:
    """Whether a text can be a card's token. PayTabs has several forms of them; Wasl asks for hexadecimal ones."""
    return _TOKEN.fullmatch(text) is not None


def reference(value: Any) -> str:
    """A transaction's reference; ValueError for anything else."""
    if not isinstance(value, str) or not is_reference(value):
        raise ValueError("not a transaction reference")
    return value


def moment(text: Any) -> datetime | None:
    """A time in ISO 8601, if there is one; in UTC where it does not say."""
    if not text:
        return None
    if not isinstance(text, str):
        raise ValueError("not a time")
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


# Reading answers. Whatever is not what was asked for raises ValueError, KeyError or TypeError.


def the_transaction(body: Mapping[str, Any], ref: str) -> Transaction:
    """The transaction that was asked for."""
    found = Transaction.of(body)
    if found.ref != ref:
        raise ValueError("another transaction")
    return found


def all_of_cart(body: Any, cart_id: str) -> list[Transaction]:
    """The transactions of a cart, as PayTabs lists them; a single one may come without a list."""
    rows = [Transaction.of(each) for each in ([body] if isinstance(body, dict) else body)]
    if any(row.cart_id != cart_id for row in rows):
        raise ValueError("another cart")
    return rows


def made_as_asked(body: Mapping[str, Any], asked: Money, cart_id: str) -> Transaction:
    """The transaction that was made, as it was asked for."""
    made = Transaction.of(body)
    if made.money != asked or made.cart_id != cart_id:
        raise ValueError("another amount or cart")
    return made


# Small parts.


def _decimal(value: Any) -> str:
    """An amount as text. PayTabs writes texts; should a number come, its shortest form is what was written."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("not an amount")
    return format(Decimal(str(value)), "f")


def _total(body: Mapping[str, Any], money: Money) -> Decimal:
    """What was moved. It is 0 before anybody pays, and in another currency where the page converted."""
    currency = _text(body.get("tran_currency"))
    if body.get("tran_total") in (None, "") or currency not in (None, money.currency):
        return money.amount
    return Money.of(_decimal(body["tran_total"]), money.currency).amount or money.amount


def _saved(body: Mapping[str, Any]) -> SavedMethod | None:
    token = _text(body.get("token"))
    if token is None or not is_token(token):
        return None
    info = body.get("payment_info") or {}
    brand, last = _text(info.get("card_scheme")), _LAST_FOUR.search(_text(info.get("payment_description")) or "")
    year, month = info.get("expiryYear"), info.get("expiryMonth")
    known = isinstance(year, int) and isinstance(month, int) and 2000 <= year <= 2999 and 1 <= month <= 12
    return SavedMethod(
        token=token,
        type=PaymentMethodType.MADA if (brand or "").lower() == "mada" else PaymentMethodType.CARD,
        brand=brand,
        last_four=last[0] if last else None,
        expires=f"{year}-{month:02d}" if known else None,
        provider_data={"tran_ref": reference(body["tran_ref"])},
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _url(value: Any) -> str | None:
    return value if isinstance(value, str) and re.match(r"https?://[^\s]+\Z", value) else None
