"""Refunds of charges."""

from __future__ import annotations

from typing import Any

from sandbox.payments.tap.account import Account, Object, new_id
from sandbox.payments.tap.charges import charge, left_to_refund
from sandbox.payments.tap.errors import TapError
from sandbox.payments.tap.fields import Fields

MESSAGES = {"000": "Refunded", "100": "Pending", "502": "Declined, Insufficient Balance", "601": "Restricted"}


def create(account: Account, body: Any) -> Object:
    """POST /refunds"""
    fields = Fields(body)
    charge_id = fields.text("charge_id", "1144", required=True) or ""
    amount, currency = fields.money()
    if fields.anything("reason") is None:
        raise TapError("1156")
    reason = Fields(body).text("reason", "1157", below=250)
    made: Object = {
        "id": new_id("re"),
        "object": "refund",
        "api_version": "V2",
        "live_mode": False,
        "status": "PENDING",
        "amount": amount,
        "currency": currency,
        "charge_id": charge_id,
        "created": str(account.milliseconds()),
        "reason": reason,
        "description": fields.text("description"),
        "metadata": fields.metadata(),
        "reference": _reference(fields),
        "response": {"code": "100", "message": MESSAGES["100"]},
        "post": {"url": fields.url("post")},
    }
    fields.done()
    taken = charge(account, charge_id)
    if taken["currency"] != currency:
        raise TapError("1149")
    if taken["status"] != "CAPTURED" or amount > left_to_refund(account, taken):
        raise TapError("1161")
    account.refunds[made["id"]] = {name: value for name, value in made.items() if value is not None}
    return account.refunds[made["id"]]


def settle(account: Account, made: Object, code: str = "000") -> Object:
    """A refund is done, or refused: by its response code."""
    if made["status"] != "PENDING":
        raise TapError("1103")
    made["status"] = {"0": "REFUNDED", "4": "FAILED", "5": "DECLINED", "6": "RESTRICTED"}[code[0]]
    made["response"] = {"code": code, "message": MESSAGES.get(code, "Declined")}
    made["reference"] = {**made["reference"], "gateway": "123456789012345", "payment": new_id("pay")[6:]}
    account.publish(made)
    return made


def refund(account: Account, refund_id: str) -> Object:
    """:raises TapError: there is no such refund."""
    if refund_id not in account.refunds:
        raise TapError("1160", 404)
    return account.refunds[refund_id]


def _reference(fields: Fields) -> Object:
    given = fields.child("reference")
    if given is None:
        return {}
    found = {name: given.text(name, below=256) for name in ("merchant", "idempotent")}
    given.done()
    return {name: value for name, value in found.items() if value is not None}
