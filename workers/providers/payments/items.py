"""The lines of an order, for gateways that insist on lines which add up to the payment's amount."""

from __future__ import annotations

from workers.providers.money import Money
from workers.providers.payments.models import LineItem, PaymentRequest


def exact_lines(request: PaymentRequest) -> tuple[tuple[LineItem, Money], ...]:
    """Each line with the price of one; none where a price is no amount of the currency (a discount, or too many
    decimals), or where the sum is not exactly what is to be paid."""
    currency = request.money.currency
    try:
        lines = tuple((item, Money.of(item.unit_amount, currency)) for item in request.items)
    except ValueError:
        return ()
    total = sum(item.quantity * price.amount for item, price in lines)
    return lines if total == request.money.amount else ()
