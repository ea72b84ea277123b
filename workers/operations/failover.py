"""Which connections may take a payment, in which order, and why: a pure decision that is kept with the operation."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from workers.store.payments import Candidate, PaymentWork


@dataclass(frozen=True, slots=True)
class Route:
    """Where a payment may go: the first connection, and the others in the order in which they take over.

    :param skipped: why each other connection is not among them, as ``{connection_id, provider, reason}``.
    """

    order: tuple[Candidate, ...]
    skipped: tuple[dict[str, Any], ...]

    def why(self, chosen: Candidate, refused: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
        """What ``operations.why`` says of the choice.

        :param refused: connections that were tried before and refused for now, with their errors.
        """
        tried = {entry["connection_id"] for entry in refused}
        waiting = [
            {**_named(candidate), "priority": candidate.priority}
            for candidate in self.order
            if candidate.id != chosen.id and str(candidate.id) not in tried
        ]
        facts = {"priority": chosen.priority, "weight": chosen.weight, "health": chosen.health_state}
        rule = "failover" if refused else "priority"
        return {
            "chosen": {**_named(chosen), **facts},
            "rule": rule,
            "refused_for_now": list(refused),
            "next": waiting,
            "skipped": list(self.skipped),
        }


def choose(work: PaymentWork, candidates: Sequence[Candidate]) -> Route:
    """Order the connections that may take the payment: by priority, and among equals by weighted lot.

    A connection that seems out of order (breaker open, health down) is passed over while another is in order; when
    none is, they are tried all the same, because a breaker lets a probe through and a health check may be wrong.
    The lot falls the same way each time the same payment is routed.
    """
    reasons = {candidate.id: _unfit(work, candidate) for candidate in candidates}
    fit = [candidate for candidate in candidates if reasons[candidate.id] is None]
    troubles = {candidate.id: _trouble(candidate) for candidate in fit}
    usable = [candidate for candidate in fit if troubles[candidate.id] is None] or fit
    skipped = [
        {**_named(candidate), "reason": reasons[candidate.id] or troubles[candidate.id]}
        for candidate in candidates
        if candidate not in usable
    ]
    order = sorted(usable, key=lambda candidate: (candidate.priority, _lot(work.operation_id, candidate)))
    return Route(tuple(order), tuple(skipped))


def named_by_client(connection_id: UUID) -> dict[str, Any]:
    """What ``operations.why`` says when there was no choice."""
    return {"chosen": {"connection_id": str(connection_id)}, "rule": "named by the client"}


def _unfit(work: PaymentWork, candidate: Candidate) -> str | None:
    """Why the connection must not take the payment, whatever happens to the others."""
    if candidate.status != "active":
        return f"the connection is {candidate.status}"
    if not candidate.enabled:
        return "switched off for payments"
    if candidate.currencies and work.currency not in candidate.currencies:
        return f"does not take {work.currency}"
    if candidate.minimum_amount is not None and work.amount < candidate.minimum_amount:
        return f"takes no less than {candidate.minimum_amount}"
    if candidate.maximum_amount is not None and work.amount > candidate.maximum_amount:
        return f"takes no more than {candidate.maximum_amount}"
    return None


def _trouble(candidate: Candidate) -> str | None:
    """Why the connection had better not take the payment just now."""
    if candidate.breaker_open:
        return "its circuit breaker is open"
    return "its health checks fail" if candidate.health_state == "down" else None


def _lot(operation_id: UUID, candidate: Candidate) -> float:
    """A number that is the smallest with a probability in proportion to the weight (Efraimidis and Spirakis, 2006)."""
    if candidate.weight == 0:
        return math.inf
    digest = hashlib.sha256(operation_id.bytes + candidate.id.bytes).digest()
    uniform = (int.from_bytes(digest[:8]) + 1) / 2.0**64
    return -math.log(uniform) / candidate.weight


def _named(candidate: Candidate) -> dict[str, Any]:
    return {"connection_id": str(candidate.id), "provider": candidate.provider_key}
