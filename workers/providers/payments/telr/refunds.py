"""Which part of a payment a refund is made of, and which of its refunds is the one whose answer got lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from workers.providers.money import Money
from workers.providers.payments.models import RefundRequest
from workers.providers.payments.telr.ledger import APPROVED, ON_HOLD, Ledger, Transaction
from workers.providers.payments.telr.references import refund_of_description

_CLOCK_SKEW: Final = timedelta(seconds=60)


def part_to_refund(parts: Sequence[tuple[Transaction, Decimal]], amount: Money) -> Transaction | None:
    """The smallest part that an amount fits into; None where it fits into none of them."""
    enough = sorted((left, part.reference, part) for part, left in parts if left >= amount.amount)
    return enough[0][2] if enough else None


def found_refund(ledger: Ledger, request: RefundRequest, attempted_at: datetime) -> list[Transaction]:
    """The refunds that can be the one that was asked for: certainly so by Wasl's id, else by amount and time.

    Those that were made count before those that were refused.
    """
    named = [each for each in ledger.refunds() if refund_of_description(each.description) == request.refund_id]
    nameless = [each for each in ledger.refunds() if refund_of_description(each.description) is None]
    fitting = named or [each for each in nameless if _may_be(each, request.money, attempted_at - _CLOCK_SKEW)]
    return [each for each in fitting if each.status in (APPROVED, ON_HOLD)] or fitting[-1:]


def _may_be(refund: Transaction, amount: Money | None, since: datetime) -> bool:
    fits = amount is None or refund.money == amount
    return fits and (refund.made_at is None or refund.made_at >= since)
