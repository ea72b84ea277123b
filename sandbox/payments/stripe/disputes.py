"""Disputes: the payer's bank wants the money back."""

from __future__ import annotations

from sandbox.payments.stripe.account import Account, Object, new_id


def open_dispute(account: Account, charge: Object, reason: str) -> Object:
    """The payer's bank wants the money back."""
    dispute = {
        "id": new_id("du_"),
        "object": "dispute",
        "amount": charge["amount_captured"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": account.seconds(),
        "currency": charge["currency"],
        "evidence": {},
        "evidence_details": {
            "due_by": account.seconds() + 7 * 24 * 3600,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "needs_response",
    }
    account.disputes[dispute["id"]] = dispute
    charge["disputed"] = True
    account.emit("charge.dispute.created", dispute)
    account.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def close_dispute(account: Account, dispute: Object, won: bool) -> None:
    """The bank decided."""
    dispute["status"] = "won" if won else "lost"
    account.emit("charge.dispute.closed", dispute)
    if won:
        account.emit("charge.dispute.funds_reinstated", dispute)
