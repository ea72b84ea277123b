"""Sales, authorizations and what follows them up: what PayTabs does with money, without any."""

from __future__ import annotations

import secrets
from decimal import Decimal

from sandbox.payments.paytabs.account import DUPLICATE_SECONDS, MESSAGES, Account, Transaction
from sandbox.payments.paytabs.errors import PayTabsError, invalid, no_transaction
from sandbox.payments.paytabs.fields import FOLLOW_UPS, Wanted


def request(account: Account, wanted: Wanted) -> Transaction:
    """POST /payment/request"""
    remembered = wanted.kind not in FOLLOW_UPS or account.remembers_follow_ups
    key = (wanted.cart_id, wanted.currency, wanted.amount)
    if remembered and account.now() - account.seen.get(key, float("-inf")) < DUPLICATE_SECONDS:
        raise PayTabsError(409, 4, "Duplicate Request")
    made = _follow_up(account, wanted) if wanted.kind in FOLLOW_UPS else _payment(account, wanted)
    if remembered:
        account.seen[key] = account.now()
    return made


def _payment(account: Account, wanted: Wanted) -> Transaction:
    transaction = _new(account, wanted)
    if wanted.kind_class == "recurring":
        first = account.token_of(wanted.rest["token"])
        if wanted.rest.get("tran_ref", first.ref) not in account.transactions:
            raise no_transaction()
        transaction.previous, transaction.channel = first.ref, "Transaction API"
        status, code = _next_outcome(account)
        finish(account, account.add(transaction), status, code)
    return account.add(transaction)


def _new(account: Account, wanted: Wanted) -> Transaction:
    return Transaction(
        kind=wanted.kind.capitalize(),
        cart_id=wanted.cart_id,
        description=wanted.description,
        currency=wanted.currency,
        amount=wanted.amount,
        kind_class=wanted.kind_class,
        callback=wanted.callback,
        wanted=wanted.rest,
        ref=account.new_ref(),
    )


def _next_outcome(account: Account) -> tuple[str, str]:
    return account.next_outcomes.pop(0) if account.next_outcomes else ("A", "")


def finish(account: Account, transaction: Transaction, status: str, code: str = "") -> None:
    """A transaction has its result, and is notified of."""
    transaction.status, transaction.time = status, account.time()
    transaction.code = code or f"G{secrets.randbelow(100000):05d}"
    transaction.message = MESSAGES.get(code, "Pending" if status == "P" else "Declined" if code else "Authorised")
    account.publish(transaction)


# What the payer does.


def pay(account: Account, transaction: Transaction, outcome: str, code: str = "316") -> None:
    """The payer is done on the page: approve, decline, cancel, hold, error or agent (to be paid elsewhere)."""
    if transaction.status:
        raise invalid("The transaction has been processed")
    match outcome:
        case "approve":
            if "tokenise" in transaction.wanted:
                transaction.token = secrets.token_hex(16).upper()
                account.tokens[transaction.token] = transaction.ref
            finish(account, transaction, "A")
        case "hold":
            if transaction.kind == "Sale":
                transaction.kind, transaction.asked = "Auth", "Sale"
            finish(account, transaction, "H")
        case "agent":
            transaction.kind, transaction.asked = "Payment Request", "Sale"
            finish(account, transaction, "P", "12624479397955")
        case "decline" | "cancel" | "error" | "expire":
            status, fixed = {"decline": ("D", code), "cancel": ("C", "321"), "error": ("E", "401")}.get(
                outcome, ("X", "355")
            )
            finish(account, transaction, status, fixed)
        case _:
            raise invalid("no such outcome")


def attempt_again(account: Account, transaction: Transaction) -> Transaction:
    """The payer tries once more on the same page: another transaction of the same cart."""
    again = _copy(account, transaction, transaction.asked or transaction.kind)
    again.wanted, again.callback, again.channel = transaction.wanted, transaction.callback, transaction.channel
    return account.add(again)


# What the merchant does.


def _follow_up(account: Account, wanted: Wanted) -> Transaction:
    source = account.transaction(wanted.rest["tran_ref"])
    if not source.status:
        raise no_transaction()
    made = _new(account, wanted)
    made.previous, made.channel = source.ref, "Transaction API"
    made.wanted = {**wanted.rest, "customer_details": source.wanted.get("customer_details", {})}
    status, code = _judge(account, source, wanted)
    if status == "A":
        status, code = _next_outcome(account)
    if wanted.kind == "refund" and status == "A" and account.slow_refunds:
        status, code = "P", "600"
    if wanted.kind == "void" and status == "A":
        if account.following(source, "Capture"):
            made.kind, made.asked = "Release", "Void"
        else:
            source.status = "V"
    account.add(made)
    finish(account, made, status, code)
    return made


def _judge(account: Account, source: Transaction, wanted: Wanted) -> tuple[str, str]:
    """Whether a follow-up is possible: its status, and the code where it is not."""
    if source.status == "H":
        return "E", "120"
    if source.currency != wanted.currency:
        return "D", "206"
    kinds = ("Sale", "Capture") if wanted.kind == "refund" else ("Auth",)
    if source.kind not in kinds or source.status != "A":
        raise invalid(f"The transaction cannot be followed by {wanted.kind}")
    return ("A", "") if wanted.amount <= left(account, source) else ("E", "118")


def left(account: Account, source: Transaction) -> Decimal:
    """How much of a transaction can still be moved."""
    if source.kind == "Auth":
        return source.amount - account.following(source, "Capture") - account.following(source, "Release")
    return source.amount - account.following(source, "Refund")


def from_dashboard(account: Account, source: Transaction, kind: str, amount: Decimal | None = None) -> Transaction:
    """A follow-up that is made in the dashboard: it takes the cart over from what it follows."""
    made = _copy(account, source, kind)
    made.amount = amount or source.amount
    made.previous, made.channel, made.callback = source.ref, "Dashboard", source.callback
    if kind == "Void":
        source.status = "V"
    account.add(made)
    finish(account, made, "A")
    return made


def settle(account: Account, asked: Transaction, paid: bool) -> Transaction:
    """A payment request is paid at an agent, by another transaction; or nobody paid in time."""
    if not paid:
        finish(account, asked, "X", "355")
        return asked
    made = _copy(account, asked, "Sale")
    made.previous, made.channel, made.callback = asked.ref, "Transaction API", asked.callback
    account.add(made)
    finish(account, made, "A", asked.code)
    made.message = "Authorised"
    return made


def _copy(account: Account, source: Transaction, kind: str) -> Transaction:
    return Transaction(
        kind=kind,
        cart_id=source.cart_id,
        description=source.description,
        currency=source.currency,
        amount=source.amount,
        kind_class="ecom",
        callback=None,
        wanted={"customer_details": source.wanted.get("customer_details", {})},
        ref=account.new_ref(),
    )
