"""What one PayTabs account holds, and how its transactions look on the wire."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

from sandbox.payments.paytabs.errors import invalid, no_transaction
from sandbox.payments.paytabs.fields import CURRENCY_DECIMALS, Object

DUPLICATE_SECONDS = 120
LISTED = 20
MESSAGES = {
    "118": "Amount greater than available balance",
    "120": "Previous transaction is on hold",
    "206": "Currency differs from original",
    "300": "Not authorised",
    "305": "Card security code (CVV) mismatch",
    "310": "3DSecure authentication rejected",
    "316": "Insufficient funds",
    "321": "Cancelled",
    "342": "Refund balance exceeded",
    "355": "Transaction expired",
    "401": "No response",
    "501": "Fraud report",
}
_serial = count(1)


@dataclass
class Transaction:
    """One transaction.

    :param kind: ``Sale``, ``Auth``, ``Capture`` …; ``asked`` is what was asked for, where that is something else.
    :param status: the letter of its result; empty while nobody has paid.
    :param wanted: the body that it was made with.
    """

    kind: str
    cart_id: str
    description: str
    currency: str
    amount: Decimal
    kind_class: str
    callback: str | None
    wanted: Object
    ref: str
    page: str = field(default_factory=lambda: secrets.token_hex(28).upper())
    previous: str | None = None
    asked: str | None = None
    status: str = ""
    code: str = ""
    message: str = ""
    time: str = ""
    token: str | None = None
    channel: str = "Payment Page"

    @property
    def reserved(self) -> bool:
        """Whether the payer's money has been reserved or taken for it."""
        return self.kind in ("Sale", "Auth") and self.status in ("A", "H", "V")


@dataclass
class Account:
    """One profile and its server key.

    :param now: the time in seconds since 1970.
    """

    server_key: str
    now: Callable[[], float]
    profile_id: int | None = None
    api_url: str = ""
    """Where this account's API and pages lie, without a slash at the end."""
    transactions: dict[str, Transaction] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    """By token: the transaction that it was made with."""
    seen: dict[tuple[str, str, Decimal], float] = field(default_factory=dict)
    """When a cart was last asked for in a currency and amount."""
    ipn_url: str | None = None
    """The address set in the dashboard."""
    shows_unpaid: bool = False
    """A query for a page that nobody has paid on is answered without a result, instead of with an error."""
    bare_lists: bool = False
    """Lists leave out which transaction another one follows."""
    slow_refunds: bool = False
    """Refunds are pending until they are finished."""
    remembers_follow_ups: bool = False
    """The refusal of duplicates counts follow-ups, too."""
    next_outcomes: list[tuple[str, str]] = field(default_factory=list)
    """What becomes of the next charges of tokens and follow-ups: status and code."""
    publish: Callable[[Transaction], None] = lambda transaction: None

    def time(self) -> str:
        """The time as PayTabs writes it."""
        return datetime.fromtimestamp(self.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def new_ref(self) -> str:
        """A reference as test profiles have them."""
        day = datetime.fromtimestamp(self.now(), UTC).strftime("%y%j")
        return f"TST{day}{secrets.randbelow(100):02d}{next(_serial):06d}"

    def transaction(self, ref: str) -> Transaction:
        """:raises PayTabsError: 400."""
        if ref not in self.transactions:
            raise no_transaction()
        return self.transactions[ref]

    def add(self, transaction: Transaction) -> Transaction:
        """Keep a transaction."""
        self.transactions[transaction.ref] = transaction
        return transaction

    def following(self, transaction: Transaction, kind: str) -> Decimal:
        """How much was moved by what follows a transaction up, what is under way included."""
        rows = (each for each in self.transactions.values() if each.previous == transaction.ref and each.kind == kind)
        return sum((each.amount for each in rows if each.status in ("A", "P", "H")), Decimal(0))

    def of_cart(self, cart_id: str) -> list[Transaction]:
        """What is logged of a cart, the newest first."""
        found = [each for each in reversed(self.transactions.values()) if each.cart_id == cart_id and each.status]
        return found[:LISTED]

    def token_of(self, token: str) -> Transaction:
        """:raises PayTabsError: 400."""
        if token not in self.tokens:
            raise invalid("Invalid token")
        return self.transactions[self.tokens[token]]


# Shapes.


def page_object(account: Account, transaction: Transaction, trace: str) -> Object:
    """The answer to a request for a page."""
    return {
        **_cart(transaction),
        "tran_total": "0",
        "return": transaction.wanted.get("return", "none"),
        **({"callback": transaction.callback} if transaction.callback else {}),
        "redirect_url": f"{account.api_url}/payment/wr/{transaction.page}",
        **_people(transaction),
        **_foot(account, trace, 2),
    }


def result_object(account: Account, transaction: Transaction, trace: str) -> Object:
    """A transaction as a query for it, or the request that made it, is answered."""
    return {
        **_cart(transaction),
        **({"original_tran_type": transaction.asked} if transaction.asked else {}),
        **_previous(transaction),
        **_moved(transaction),
        **_people(transaction),
        **_result(transaction),
        **({"token": transaction.token} if transaction.token else {}),
        **_foot(account, trace, 1),
        "paymentChannel": transaction.channel,
    }


def listed_object(account: Account, transaction: Transaction) -> Object:
    """A transaction in the list of a cart."""
    previous = {} if account.bare_lists else _previous(transaction)
    people = {name: value for name, value in _people(transaction).items() if name == "customer_details"}
    return {
        **_cart(transaction),
        **previous,
        **_moved(transaction),
        **people,
        **_result(transaction),
        "serviceId": 0,
    }


def notification_object(account: Account, transaction: Transaction, trace: str) -> Object:
    """A transaction in a notification."""
    return {
        **_cart(transaction),
        **_previous(transaction),
        "merchant_id": 2550,
        "profile_id": account.profile_id,
        **_moved(transaction),
        "tran_class": "Recurring" if transaction.kind_class == "recurring" else "ECom",
        **_people(transaction),
        **_result(transaction, {"cvv_result": " ", "avs_result": " "}),
        **({"token": transaction.token} if transaction.token else {}),
        **({"user_defined": transaction.wanted["user_defined"]} if "user_defined" in transaction.wanted else {}),
        "ipn_trace": trace,
        "paymentChannel": transaction.channel,
    }


def return_fields(transaction: Transaction) -> dict[str, str]:
    """What the payer's browser brings back, not yet signed."""
    person = transaction.wanted.get("customer_details", {})
    return {
        "acquirerMessage": "",
        "acquirerRRN": "",
        "cartId": transaction.cart_id,
        "customerEmail": person.get("email", ""),
        "respCode": transaction.code,
        "respMessage": transaction.message,
        "respStatus": transaction.status,
        "token": transaction.token or "",
        "tranRef": transaction.ref,
    }


def _cart(transaction: Transaction) -> Object:
    return {
        "tran_ref": transaction.ref,
        "tran_type": transaction.kind,
        "cart_id": transaction.cart_id,
        "cart_description": transaction.description,
        "cart_currency": transaction.currency,
        "cart_amount": _written(transaction),
    }


def _moved(transaction: Transaction) -> Object:
    return {"tran_currency": transaction.currency, "tran_total": _written(transaction) if transaction.status else "0"}


def _written(transaction: Transaction) -> str:
    return f"{transaction.amount:.{CURRENCY_DECIMALS[transaction.currency]}f}"


def _previous(transaction: Transaction) -> Object:
    return {"previous_tran_ref": transaction.previous} if transaction.previous else {}


def _people(transaction: Transaction) -> Object:
    names = ("customer_details", "shipping_details")
    return {name: transaction.wanted[name] for name in names if transaction.wanted.get(name)}


def _result(transaction: Transaction, more: Mapping[str, str] | None = None) -> Object:
    if not transaction.status:
        return {}
    result = {
        "response_status": transaction.status,
        "response_code": transaction.code,
        "response_message": transaction.message,
        **(more or {}),
        "transaction_time": transaction.time,
    }
    if transaction.code == "321":
        info: Object = {"card_scheme": "", "payment_description": "No Payment"}
    else:
        info = {
            "payment_method": "Visa",
            "card_type": "Credit",
            "card_scheme": "Visa",
            "payment_description": "4111 11## #### 1111",
            "expiryMonth": 11,
            "expiryYear": 2033,
        }
    return {"payment_result": result, "payment_info": info}


def _foot(account: Account, trace: str, service: int) -> Object:
    return {"serviceId": service, "profileId": account.profile_id, "merchantId": 2550, "trace": trace}
