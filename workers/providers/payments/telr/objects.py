"""Telr's orders in Wasl's words.

An order (``ref``: 64 hexadecimal digits) is a payment page; what was tried on it is its ``transaction``, by a
reference of its own (12 digits). Both can be a payment's id here: the order's for the hosted page, the transaction's
for a further charge of a card that is kept.

Statuses: Telr's WooCommerce plugin b2fd81a and Odoo plugin c934766 for the order's codes, docs.telr.com (response
codes) for the transaction's letters. Code 2 means authorised, and for a sale that it is on hold; 3 paid. A code that
did not exist when this was written is `PaymentStatus.PROCESSING`: something is going on, and nothing is certain.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from workers.providers.money import Money
from workers.providers.payments.models import (
    NextAction,
    PaymentRequest,
    PaymentResult,
    PaymentStatus,
    SavedMethod,
)
from workers.providers.payments.telr.declines import decline
from workers.providers.payments.telr.ledger import (
    APPROVED,
    ON_HOLD,
    Kind,
    Ledger,
    Transaction,
    kind_of,
    moment,
)
from workers.providers.payments.telr.references import keeps_card, payment_of_cart
from workers.providers.xml import Element

ORDER_STATUSES: Final[Mapping[int, PaymentStatus]] = {
    1: PaymentStatus.REQUIRES_ACTION,
    2: PaymentStatus.AUTHORIZED,
    3: PaymentStatus.CAPTURED,
    -1: PaymentStatus.EXPIRED,
    -2: PaymentStatus.CANCELLED,
    -3: PaymentStatus.FAILED,
}
_TAKEN: Final = (PaymentStatus.AUTHORIZED, PaymentStatus.CAPTURED)
_ORDER_REF: Final = re.compile(r"[0-9A-Za-z]{24,128}")
_TRANSACTION_REF: Final = re.compile(r"[0-9]{6,20}")
_PAGE: Final = re.compile(r"https?://[^\s]+")


def is_order_ref(text: str) -> bool:
    """Whether it can be an order's reference."""
    return bool(_ORDER_REF.fullmatch(text))


def is_transaction_ref(text: str) -> bool:
    """Whether it can be a transaction's reference."""
    return bool(_TRANSACTION_REF.fullmatch(text))


def opened_payment(body: Mapping[str, Any], request: PaymentRequest, cart: str) -> PaymentResult:
    """A new order. ValueError for an answer that is about another one, or has no page to pay on."""
    order = body["order"]
    ref, page = order["ref"], order["url"]
    echoed = {"amount": request.money.amount, "currency": request.money.currency, **order}
    if not is_order_ref(ref) or not _PAGE.fullmatch(page) or order.get("cartid", cart) != cart:
        raise ValueError("not the order that was asked for")
    if _money(echoed) != request.money:
        raise ValueError("another amount")
    return PaymentResult(
        provider_payment_id=ref,
        payment_id=request.payment_id,
        status=PaymentStatus.REQUIRES_ACTION,
        provider_status="Pending",
        money=request.money,
        checkout_url=page,
        next_action=NextAction(type="redirect", url=page),
    )


def transaction_of_order(order: Mapping[str, Any]) -> Transaction | None:
    """What was tried on an order last, if anything was."""
    found = order.get("transaction")
    if not isinstance(found, Mapping) or not found.get("ref"):
        return None
    return Transaction(
        reference=str(found["ref"]),
        kind=kind_of(_text(found.get("type"))),
        status=str(found.get("status") or "").upper(),
        money=_money(order),
        code=_text(found.get("code")),
        message=_text(found.get("message")),
        cart=_text(order.get("cartid")),
        made_at=moment(_text(found.get("date"))),
    )


def payment_of_order(body: Mapping[str, Any], order_ref: str, ledger: Ledger | None = None) -> PaymentResult:
    """An order as it stands. ValueError for an answer that is about another one.

    :param ledger: its transactions, where they could be asked for.
    """
    order = body["order"]
    if order.get("ref", order_ref) != order_ref:
        raise ValueError("another order")
    told = _money(order)
    last = transaction_of_order(order)
    status = _status(order, last, ledger)
    taken = status in (PaymentStatus.CAPTURED, PaymentStatus.PARTIALLY_CAPTURED)
    return PaymentResult(
        provider_payment_id=order_ref,
        payment_id=payment_of_cart(order.get("cartid")),
        status=status,
        provider_status=_words(order["status"], last),
        money=told,
        decline=decline(last.code, last.message) if last and status is PaymentStatus.FAILED else None,
        saved_method=_saved(order, last) if last and taken and keeps_card(order.get("cartid")) else None,
        created_at=last.made_at if last else None,
        **_sums(ledger, status, told),
    )


def payment_of_ledger(ledger: Ledger) -> PaymentResult:
    """A further charge of a kept card, which has no order."""
    root = ledger.root
    return PaymentResult(
        provider_payment_id=root.reference,
        payment_id=payment_of_cart(root.cart),
        status=ledger.status,
        provider_status=root.status,
        money=root.money,
        decline=decline(root.code, root.message) if ledger.status is PaymentStatus.FAILED else None,
        created_at=root.made_at,
        **_sums(ledger, ledger.status, root.money),
    )


def transactions_of(document: Element) -> list[Transaction]:
    """A list of transactions; ValueError when it is not whole."""
    if document.tag != "transactions":
        raise ValueError("not a list of transactions")
    listed = [Transaction.of(each) for each in document.findall("transaction")]
    if int(document.findtext("trancount") or "") != len(listed):
        raise ValueError("not all transactions")
    return listed


def single_transaction(document: Element, reference: str) -> Transaction:
    """One transaction; ValueError for another one."""
    found = Transaction.of(document) if document.tag == "transaction" else None
    if found is None or found.reference != reference:
        raise ValueError("not the transaction that was asked for")
    return found


def _status(order: Mapping[str, Any], last: Transaction | None, ledger: Ledger | None) -> PaymentStatus:
    status = ORDER_STATUSES.get(int(order["status"]["code"]), PaymentStatus.PROCESSING)
    if status in _TAKEN and (last is None or last.status != APPROVED):
        return PaymentStatus.PROCESSING  # on hold, or said to be paid although nothing was
    if status is PaymentStatus.AUTHORIZED and last is not None and last.kind is Kind.SALE:
        return PaymentStatus.PROCESSING  # a sale is to be paid, not only authorised
    if ledger is not None and (status in _TAKEN or ledger.root.status == APPROVED):
        return ledger.status
    return status


def _sums(ledger: Ledger | None, status: PaymentStatus, asked: Money) -> dict[str, Any]:
    """What was reserved, taken and given back, as far as it can be told."""
    if ledger is None:
        amount = asked.amount
        if status is PaymentStatus.AUTHORIZED:
            return {"amount_authorized": amount}
        return {"amount_authorized": amount, "amount_captured": amount} if status is PaymentStatus.CAPTURED else {}
    if not ledger.is_readable or ledger.root.status != APPROVED:
        return {}
    return {
        "amount_authorized": ledger.root.money.amount,
        "amount_captured": ledger.captured,
        "amount_refunded": ledger.refunded,
        "refunds": tuple(each.reference for each in ledger.refunds()),
    }


def _words(status: Mapping[str, Any], last: Transaction | None) -> str:
    """The order's status in Telr's words, with the transaction's letter where it says more."""
    words = _text(status.get("text")) or str(status["code"])
    return f"{words} (on hold)" if last and last.status == ON_HOLD else words


def _saved(order: Mapping[str, Any], last: Transaction) -> SavedMethod | None:
    """What can be charged again: the sale itself is the token. Other ways to pay than a card cannot."""
    card = order.get("card")
    if last.kind is not Kind.SALE or not isinstance(card, Mapping):
        return None
    expiry = card.get("expiry")
    month, year = (
        (_text(expiry.get(name)) for name in ("month", "year")) if isinstance(expiry, Mapping) else (None,) * 2
    )
    expires = f"{year}-{month.zfill(2)}" if month and year else ""
    last_four = _text(card.get("last4")) or ""
    kind = card.get("type")
    return SavedMethod(
        token=last.reference,
        brand=_text(kind.get("name")) if isinstance(kind, Mapping) else _text(kind),
        last_four=last_four if re.fullmatch(r"[0-9]{4}", last_four) else None,
        expires=expires if re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", expires) else None,
    )


def _money(order: Mapping[str, Any]) -> Money:
    """An order's amount, which some answers write as a number."""
    return Money.of(str(order["amount"]), order["currency"])


def _text(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() or None if isinstance(value, str) else None
