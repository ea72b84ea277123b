"""Whether a connection can take a payment at all, and if not, why: from facts alone."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from workers.store.payments import Candidate


class Standing(Protocol):
    """How a connection is doing, whatever it is for."""

    @property
    def status(self) -> str: ...
    @property
    def enabled(self) -> bool: ...
    @property
    def health_state(self) -> str: ...
    @property
    def breaker_open(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """What matters for the choice of a gateway.

    :param lot_id: decides lots, so that the same payment always draws the same.
    """

    amount: Decimal
    currency: str
    lot_id: UUID
    country: str | None = None
    method: str | None = None
    capture_method: str = "automatic"
    save_payment_method: bool = False


def unfit(facts: PaymentFacts, candidate: Candidate) -> str | None:
    """Why the connection must not take the payment, whatever happens to the others; None when it may."""
    return switched_off(candidate) or _cannot(facts, candidate) or _must_not(facts, candidate)


def trouble(candidate: Standing) -> str | None:
    """Why the connection had better not be used just now; None when it is in order."""
    if candidate.breaker_open:
        return "its circuit breaker is open"
    return "its health checks fail" if candidate.health_state == "down" else None


def fee(facts: PaymentFacts, candidate: Candidate) -> Decimal | None:
    """What the payment would cost by the connection's fee model, in the payment's currency; None when nobody knows."""
    if candidate.fee_percent is None and candidate.fee_fixed is None:
        return None
    fixed = candidate.fee_fixed or Decimal(0)
    if fixed and candidate.fee_currency not in (None, facts.currency):
        return None
    return facts.amount * (candidate.fee_percent or Decimal(0)) / 100 + fixed


def switched_off(candidate: Standing) -> str | None:
    """Why the connection is not to be used at all; None when it may."""
    if candidate.status != "active":
        return f"the connection is {candidate.status}"
    return None if candidate.enabled else "switched off"


def _cannot(facts: PaymentFacts, candidate: Candidate) -> str | None:
    """What the provider itself does not do."""
    if facts.currency not in candidate.provider_currencies:
        return f"the provider does not take {facts.currency}"
    if facts.method is not None and facts.method not in candidate.provider_methods:
        return f"the provider does not offer {facts.method}"
    if facts.capture_method == "manual" and "captures_payments" not in candidate.capabilities:
        return "the provider cannot reserve money"
    if facts.save_payment_method and "saves_payment_methods" not in candidate.capabilities:
        return "the provider keeps no payment methods"
    return None


def _must_not(facts: PaymentFacts, candidate: Candidate) -> str | None:
    """What the organization has ruled out."""
    if candidate.currencies and facts.currency not in candidate.currencies:
        return f"does not take {facts.currency}"
    if candidate.countries and facts.country is not None and facts.country not in candidate.countries:
        return f"does not take payers in {facts.country}"
    if candidate.methods and facts.method is not None and facts.method not in candidate.methods:
        return f"is not used for {facts.method}"
    if candidate.minimum_amount is not None and facts.amount < candidate.minimum_amount:
        return f"takes no less than {candidate.minimum_amount}"
    if candidate.maximum_amount is not None and facts.amount > candidate.maximum_amount:
        return f"takes no more than {candidate.maximum_amount}"
    return None
