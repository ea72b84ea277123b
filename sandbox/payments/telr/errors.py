"""Telr's refusals: a number, its meaning, and a note."""

from __future__ import annotations

MEANINGS = {
    1: "Invalid request",
    2: "Transaction cost or currency not supplied",
    3: "Cart ID not set",
    4: "Invalid store ID",
    5: "Transaction cost or currency not valid",
    6: "Invalid transaction mode",
    22: "Invalid transaction reference",
    23: "Amount differs from original",
    24: "Currency differs from original",
    25: "Original transaction not authorised",
    26: "Original transaction already voided",
    29: "Amount greater than available balance",
    31: "Not authorised",
    32: "Original transaction cannot be voided",
    33: "Cancelled",
    35: "Unable to refund",
    36: "Previous transaction is on hold",
    39: "Invalid transaction class",
    40: "Invalid transaction type",
    41: "Insufficient funds",
    53: "Authorisation expired",
    56: "Duplicate transaction",
    57: "Continuous authority not available on referenced transaction",
    62: "Do not honor",
    98: "Internal system error",
}


class TelrError(Exception):
    """A refusal. :param code: its number; :param note: what exactly is wrong."""

    def __init__(self, code: int, note: str = "") -> None:
        super().__init__(MEANINGS[code])
        self.code = code
        self.note = note


class Unauthorized(Exception):
    """The Service API's refusal of a key: 401 without a body."""


class Missing(Exception):
    """The Service API has no such transaction: 404."""
