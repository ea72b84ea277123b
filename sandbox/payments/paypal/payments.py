"""What follows when an order has been completed: captures, voids, refunds, disputes."""

from __future__ import annotations

from decimal import Decimal

from sandbox.payments.paypal.account import Account, Object, new_id
from sandbox.payments.paypal.errors import refused
from sandbox.payments.paypal.orders import read_amount, take
from sandbox.payments.paypal.vault import breakdown

_CLOSED = {
    "VOIDED": "A voided authorization cannot be captured or reauthorized. ",
    "EXPIRED": "An expired authorization cannot be captured.",
    "DENIED": "An denied authorization cannot be captured.",
}
_OVER_LIMIT = (
    "Capture amount exceeds allowable limit. Please contact customer service or your account manager to request the "
    "change to your overage limit. The default overage limit is 115%, which allows the sum of all captures to be up to "
    "115% of the order amount. The ability to over capture is subjected to regulatory approvals."
)
_PENDING = (
    "Cannot initiate a refund as the capture is pending. Capture is typically pending when the payer has funded the "
    "transaction using e-check/bank funded."
)
_TOO_MUCH = "The refund amount must be less than or equal to the capture amount that has not yet been refunded."


def capture_authorization(account: Account, authorization: Object, given: Object) -> Object:
    """POST /v2/payments/authorizations/{id}/capture"""
    if authorization["status"] in _CLOSED:
        raise refused(f"AUTHORIZATION_{authorization['status']}", _CLOSED[authorization["status"]])
    if authorization["status"] == "CAPTURED":
        raise refused("AUTHORIZATION_ALREADY_CAPTURED", "Authorization has previously been captured.")
    order = account.order_of(authorization)
    amount = given.get("amount") or authorization["amount"]
    value, taken = read_amount(amount, "/amount"), _captured(account, order)
    if amount["currency_code"] != authorization["amount"]["currency_code"]:
        raise refused(
            "AUTH_CAPTURE_CURRENCY_MISMATCH", "Currency of capture must be the same as currency of authorization."
        )
    if taken + value > Decimal(authorization["amount"]["value"]):
        raise refused("MAX_CAPTURE_AMOUNT_EXCEEDED", _OVER_LIMIT)
    is_final = bool(given.get("final_capture"))
    up = f"/v2/payments/authorizations/{authorization['id']}"
    capture = take(account, order, amount, up, is_final=is_final)
    if capture["status"] != "DECLINED":
        whole = is_final or taken + value == Decimal(authorization["amount"]["value"])
        authorization["status"] = "CAPTURED" if whole else "PARTIALLY_CAPTURED"
    return capture


def _captured(account: Account, order: Object) -> Decimal:
    taken = (each for each in account.paid(order, "captures") if each["status"] != "DECLINED")
    return sum((Decimal(each["amount"]["value"]) for each in taken), Decimal(0))


def void_authorization(account: Account, authorization: Object, status: str = "VOIDED") -> Object:
    """POST /v2/payments/authorizations/{id}/void, or time."""
    if authorization["status"] == "VOIDED":
        raise refused("PREVIOUSLY_VOIDED", "Authorization has been previously voided and hence cannot be voided again.")
    if authorization["status"] == "CAPTURED":
        raise refused("PREVIOUSLY_CAPTURED", "Authorization has been previously captured and hence cannot be voided.")
    authorization["status"] = status
    authorization["update_time"] = account.timestamp()
    account.emit("PAYMENT.AUTHORIZATION.VOIDED", "authorization", authorization)
    return authorization


def refund_capture(account: Account, capture: Object, given: Object) -> Object:
    """POST /v2/payments/captures/{id}/refund"""
    if capture["status"] == "PENDING":
        raise refused("PENDING_CAPTURE", _PENDING)
    if capture["status"] == "DECLINED":
        raise refused("REFUND_NOT_ALLOWED", "Capture cannot be refunded.")
    left, currency = account.left_to_refund(capture), capture["amount"]["currency_code"]
    if left <= 0:
        raise refused("CAPTURE_FULLY_REFUNDED", "The capture has already been fully refunded")
    amount = given.get("amount") or {"currency_code": currency, "value": str(left)}
    if read_amount(amount, "/amount") > left:
        raise refused("REFUND_AMOUNT_EXCEEDED", _TOO_MUCH)
    if amount["currency_code"] != currency:
        raise refused("REFUND_CAPTURE_CURRENCY_MISMATCH", "Refund must be in the same currency as the capture")
    order = account.order_of(capture)
    status = "PENDING" if account.funding[order["id"]] == "pending_refund" else "COMPLETED"
    refund = account.new_paid(order, "refunds", amount, status, f"/v2/payments/captures/{capture['id']}")
    refund.update({name: given[name] for name in ("custom_id", "note_to_payer", "invoice_id") if name in given})
    if status == "PENDING":
        refund["status_details"] = {"reason": "ECHECK"}
    _settle_capture(account, capture)
    account.emit(f"PAYMENT.{'CAPTURE.REFUNDED' if status == 'COMPLETED' else 'REFUND.PENDING'}", "refund", refund)
    return refund


def finish_refund(account: Account, refund: Object, *, succeeds: bool) -> None:
    """A bank has, or has not, taken a pending refund."""
    refund["status"] = "COMPLETED" if succeeds else "FAILED"
    refund.pop("status_details", None)
    _settle_capture(account, account.captures[refund["links"][1]["href"].rpartition("/")[2]])
    account.emit("PAYMENT.CAPTURE.REFUNDED" if succeeds else "PAYMENT.REFUND.FAILED", "refund", refund)


def _settle_capture(account: Account, capture: Object) -> None:
    left = account.left_to_refund(capture)
    whole = left == Decimal(capture["amount"]["value"])
    capture["status"] = "COMPLETED" if whole else "PARTIALLY_REFUNDED" if left else "REFUNDED"


def settle_capture(account: Account, capture: Object, *, succeeds: bool) -> None:
    """A pending capture comes to its end."""
    capture["status"] = "COMPLETED" if succeeds else "DECLINED"
    capture.pop("status_details", None)
    if succeeds:
        capture["seller_receivable_breakdown"] = breakdown(capture["amount"])
    account.emit(f"PAYMENT.CAPTURE.{'COMPLETED' if succeeds else 'DENIED'}", "capture", capture)


def reverse_capture(account: Account, capture: Object) -> None:
    """PayPal takes the money back."""
    order = account.order_of(capture)
    up = f"/v2/payments/captures/{capture['id']}"
    reversal = account.new_paid(order, "refunds", capture["amount"], "COMPLETED", up)
    account.emit("PAYMENT.CAPTURE.REVERSED", "refund", reversal)


def open_dispute(account: Account, capture: Object, reason: str) -> Object:
    """The payer complains."""
    dispute: Object = {
        "id": f"PP-D-{new_id(6)}",
        "create_time": account.timestamp(),
        "update_time": account.timestamp(),
        "disputed_transactions": [
            {
                "seller_transaction_id": capture["id"],
                "custom": capture["custom_id"],
                "invoice_number": capture["invoice_id"],
            }
        ],
        "reason": reason,
        "status": "WAITING_FOR_SELLER_RESPONSE",
        "dispute_amount": dict(capture["amount"]),
        "dispute_life_cycle_stage": "INQUIRY",
        "seller_response_due_date": account.timestamp(10 * 24 * 3600),
    }
    dispute["dispute_id"] = dispute.pop("id")
    account.disputes[dispute["dispute_id"]] = dispute
    account.emit("CUSTOMER.DISPUTE.CREATED", "dispute", dispute)
    return dispute


def resolve_dispute(account: Account, dispute: Object, outcome: str) -> None:
    """PayPal decides."""
    dispute.update(status="RESOLVED", dispute_outcome={"outcome_code": outcome}, update_time=account.timestamp())
    account.emit("CUSTOMER.DISPUTE.RESOLVED", "dispute", dispute)
