"""An answer in another currency than the payment's is no answer about that payment, whatever else it says."""

from __future__ import annotations

from workers.providers.errors import OutcomeUnknown
from workers.providers.payments.models import PaymentResult, RefundResult


class CurrencyMismatch(OutcomeUnknown):
    """The provider spoke of another currency: what became of the payment is not known from that."""

    code = "currency_mismatch"


def is_told_in(currency: str, *answers: PaymentResult | RefundResult) -> bool:
    """Whether all of a provider's answers are in the payment's currency."""
    return all(each.money.currency == currency for each in answers)


def check_currency(currency: str, *answers: PaymentResult | RefundResult) -> None:
    """Make sure that a provider's answers are about the payment's currency.

    :raises CurrencyMismatch: one is not, and must not move the payment.
    """
    for answer in answers:
        if not is_told_in(currency, answer):
            told = answer.money.currency
            raise CurrencyMismatch(f"The payment is in {currency}, the provider's answer in {told}.")
