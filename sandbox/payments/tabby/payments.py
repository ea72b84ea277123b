"""What merchants, payers and time do to a payment."""

from __future__ import annotations

from decimal import Decimal

from sandbox.payments.tabby.account import SESSION_SECONDS, Account, Object, Part, Payment
from sandbox.payments.tabby.errors import TabbyError
from sandbox.payments.tabby.fields import Fields, check_item, check_session

CURRENCIES = {"AE": "AED", "KW": "KWD", "SA": "SAR"}
REJECTED_PHONES = ("500000002", "90000002")
REJECTED_EMAIL = "otp.rejected@tabby.ai"


def merchant_currency(merchant_code: str | None) -> str:
    """The currency of a merchant code. :raises TabbyError: 401, nobody has it."""
    currency = CURRENCIES.get((merchant_code or "")[:2])
    if currency is None:
        raise TabbyError(401, "merchant is null")
    return currency


# What the merchant does.


def create(account: Account, body: Object) -> Payment:
    """POST /api/v2/checkout"""
    fields = Fields(body)
    check_session(fields, merchant_currency(fields.text("merchant_code")))
    payment = Payment(body["payment"], body, account.now(), account.time())
    phone = body["payment"]["buyer"]["phone"]
    payment.rejection = account.reject or ("not_available" if phone.endswith(REJECTED_PHONES) else None)
    if payment.rejection is not None:
        payment.status = "REJECTED"
    account.payments[payment.id] = payment
    return payment


def update(account: Account, payment: Payment, body: Object) -> None:
    """PUT /api/v2/payments/{id}: only the order's reference; all else is ignored."""
    if payment.status not in ("AUTHORIZED", "CLOSED"):
        raise TabbyError(400, "could not update payment")
    reference = Fields(body).child("order").text("reference_id")
    payment.asked = {**payment.asked, "order": {**payment.asked["order"], "reference_id": reference}}
    account.publish(payment.status.lower(), payment)


def capture(account: Account, payment: Payment, body: Object) -> None:
    """POST /api/v2/payments/{id}/captures"""
    part = _read_part(account, payment, body)
    if not account.strict_replays and _known(payment.captures, part):
        return
    if payment.status != "AUTHORIZED":
        raise TabbyError(400, "could not capture not authorized payments")
    if _known(payment.captures, part):
        raise TabbyError(400, "capture already exists")
    if part.amount > payment.amount - payment.captured:
        raise TabbyError(400, "capture amount is more than is left of the payment")
    _take(account, payment, part)


def close(account: Account, payment: Payment) -> None:
    """POST /api/v2/payments/{id}/close"""
    if payment.status == "CLOSED":
        raise TabbyError(400, "already closed")
    if payment.status != "AUTHORIZED":
        raise TabbyError(400, "could not close not authorized payments")
    _close(account, payment)


def refund(account: Account, payment: Payment, body: Object) -> None:
    """POST /api/v2/payments/{id}/refunds"""
    part = _read_part(account, payment, body)
    if not account.strict_replays and _known(payment.refunds, part):
        return
    if payment.status != "CLOSED" or not payment.captures:
        raise TabbyError(400, "can not refund payment that has no captures and not closed")
    if payment.disputed:
        raise TabbyError(409, "payment is disputed")
    if part.amount > payment.captured - payment.refunded:
        raise TabbyError(400, "refund amount is more than is left of the captures")
    if not account.delayed_refunds:
        give_back(account, payment, part)


def _read_part(account: Account, payment: Payment, body: Object) -> Part:
    fields = Fields(body)
    amount, reference = fields.amount("amount", payment.currency), fields.text("reference_id")
    if not amount:
        raise fields.wrong("amount")
    if body.get("items") is not None:
        for item in fields.list("items"):
            check_item(item, payment.currency)
    fields.text("reason", required=False)
    given = {name: value for name, value in body.items() if name in ("items", "reason")}
    return Part(amount, reference, account.time(), given)


def _known(parts: list[Part], part: Part) -> bool:
    return any(each.reference == part.reference for each in parts)


def _take(account: Account, payment: Payment, part: Part) -> None:
    payment.captures.append(part)
    account.publish("authorized", payment)
    if payment.captured == payment.amount:
        _close(account, payment)


def _close(account: Account, payment: Payment) -> None:
    payment.status, payment.closed_at = "CLOSED", account.time()
    account.publish("closed", payment)


def give_back(account: Account, payment: Payment, part: Part) -> None:
    """The payer has the money back."""
    payment.refunds.append(part)
    account.publish("closed", payment)


# What people and time do.


def pay(account: Account, payment: Payment, outcome: str) -> str:
    """The payer decides on the page; where they are sent back to."""
    urls = payment.session["merchant_urls"]
    if payment.status != "CREATED" or account.now() - payment.created >= SESSION_SECONDS:
        raise TabbyError(400, f"the session is over, the payment {payment.status}")
    if outcome == "approve" and payment.asked["buyer"]["email"] == REJECTED_EMAIL:
        outcome = "reject"
    if outcome == "cancel":
        account.expire(payment)
    elif outcome == "reject":
        payment.status = "REJECTED"
        account.publish("rejected", payment)
    elif outcome == "approve":
        payment.status = "AUTHORIZED"
        account.publish("authorized", payment)
    else:
        raise TabbyError(400, "no such outcome")
    return str(urls[{"approve": "success", "reject": "failure", "cancel": "cancel"}[outcome]])


def expire(account: Account, payment: Payment) -> None:
    """Nobody came to the page in time."""
    if payment.status != "CREATED":
        raise TabbyError(400, f"the payment is {payment.status}")
    account.expire(payment)


def capture_after_21_days(account: Account, payment: Payment) -> None:
    """Tabby captures what the merchant seems to have forgotten."""
    if payment.status != "AUTHORIZED":
        raise TabbyError(400, f"the payment is {payment.status}")
    _take(account, payment, Part(payment.amount - payment.captured, None, account.time()))


def refund_on_dashboard(account: Account, payment: Payment, amount: str) -> None:
    """The merchant refunds on the dashboard, without a reference."""
    give_back(account, payment, Part(Decimal(amount), None, account.time()))


def dispute(account: Account, payment: Payment, status: str) -> None:
    """The payer disputes the payment, or the dispute goes on."""
    if not payment.captures:
        raise TabbyError(400, "only captured payments can be disputed")
    payment.disputed = status in ("pending", "arbitration", "evidence_merchant")
    if status == "approved":
        give_back(account, payment, Part(payment.captured - payment.refunded, None, account.time()))
    account.dispute(status, payment)
