"""Payouts to the merchant's bank account. Stripe makes them by itself; here ``POST /_test/payouts`` does."""

from __future__ import annotations

from sandbox.payments.stripe.account import Account, Object, new_id
from sandbox.payments.stripe.params import Params
from sandbox.payments.stripe.payments import read_amount, read_currency

_TWO_DAYS_SECONDS = 2 * 24 * 3600


def create_payout(account: Account, params: Params) -> Object:
    """The day has come: what has been earned is sent."""
    amount, currency = read_amount(params, "amount"), read_currency(params)
    params.done()
    payout: Object = {
        "id": new_id("po_"),
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": account.seconds() + _TWO_DAYS_SECONDS,
        "automatic": True,
        "balance_transaction": new_id("txn_"),
        "created": account.seconds(),
        "currency": currency,
        "description": "STRIPE PAYOUT",
        "destination": new_id("ba_"),
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "reconciliation_status": "completed",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "in_transit",
        "type": "bank_account",
    }
    account.payouts[payout["id"]] = payout
    account.emit("payout.created", payout)
    return payout


def finish_payout(account: Account, payout: Object, passed: bool) -> None:
    """It arrived, or the bank sent it back."""
    payout["status"] = "paid" if passed else "failed"
    if not passed:
        payout.update(failure_code="account_closed", failure_message="The bank account has been closed.")
    account.emit("payout.updated", payout)
    account.emit("payout.paid" if passed else "payout.failed", payout)
