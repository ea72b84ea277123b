"""How a refund is made and recognised.

A refund is made of one capture or purchase, by its own link. A purchase that is still of today has a ``cnp:cancel``
link, which reverses all of it (``RefundProcessor`` of the WooCommerce plugin). The answer is the payment with all its
refunds; the new one is the one that was not there before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from workers.providers.money import Money
from workers.providers.payments.models import RefundResult
from workers.providers.payments.ngenius.links import OrderPlace, href, refund_path, reversal_path
from workers.providers.payments.ngenius.objects import (
    amount_of,
    current_payment,
    left_to_refund,
    money,
    refunds_of,
    taken_parts,
)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to give money back.

    :param method: POST refunds a capture; PUT reverses a purchase, and takes no amount.
    """

    method: str
    path: str

    def body(self, amount: Money) -> dict[str, Any] | None:
        """What to send."""
        return {"amount": amount_of(amount)} if self.method == "POST" else None


def ways(place: OrderPlace, order: Mapping[str, Any], amount: Money) -> list[Way]:
    """The ways to refund an amount, the likeliest first: a reversal of the whole purchase, the capture of just this
    amount, larger ones, and last what the payment itself links to."""
    payment = current_payment(order)
    whole = money(payment["amount"]) == amount and not refunds_of(order, payment)
    reverse = reversal_path(place, payment) if payment["state"] == "PURCHASED" and whole else None
    enough = sorted(
        (part for part in taken_parts(payment) if money(part["amount"]).amount >= amount.amount),
        key=lambda part: money(part["amount"]).amount,
    )
    paths = [*(refund_path(place, part) for part in enough), place.below(href(payment, "cnp:refund"))]
    found = [Way("PUT", reverse)] if reverse else []
    return [*found, *(Way("POST", path) for path in dict.fromkeys(paths) if path)]


def left(order: Mapping[str, Any]) -> Decimal | None:
    """How much can still be given back; None when the order does not tell."""
    return left_to_refund(order, current_payment(order))


def listed(order: Mapping[str, Any]) -> list[RefundResult]:
    """An order's refunds."""
    return refunds_of(order, current_payment(order))


def new_refund(before: Mapping[str, Any], after: Mapping[str, Any], amount: Money) -> RefundResult:
    """The refund that was made between two readings of an order; ValueError where none is to be seen."""
    known = {refund.provider_refund_id for refund in listed(before)}
    made = [refund for refund in listed(after) if refund.provider_refund_id not in known and refund.money == amount]
    if not made:
        raise ValueError("no new refund of this amount")
    return made[-1]


def may_be(refund: RefundResult, amount: Money | None, since: datetime) -> bool:
    """Whether a refund can be one that was asked for. :param since: when, at the earliest."""
    fits = amount is None or refund.money == amount
    return fits and (refund.created_at is None or refund.created_at >= since)
