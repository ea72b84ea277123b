"""Which connections may take a payment, in which order, and why: a pure decision that is kept with the operation."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from workers.operations.eligibility import PaymentFacts, fee, trouble, unfit
from workers.store.connections import ConnectionRow
from workers.store.payments import Candidate, Policy


@dataclass(frozen=True, slots=True)
class Route:
    """Where a payment may go: the first connection, and the others in the order in which they take over.

    :param rule: what the order follows: ``priority``, ``weighted`` or ``lowest_fee``.
    :param policy: the version of the policy, and the name of its case that the payment met.
    :param fees: what the payment would cost at each, where that is known.
    :param skipped: why each other connection is not among them, as ``{connection_id, provider, reason}``.
    """

    order: tuple[Candidate, ...]
    skipped: tuple[dict[str, Any], ...]
    rule: str = "priority"
    policy: Mapping[str, Any] = field(default_factory=dict)
    fees: Mapping[UUID, Decimal] = field(default_factory=dict)

    def why(self, chosen: Candidate, refused: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
        """What ``operations.why`` says of the choice.

        :param refused: connections that were tried before and refused for now, with their errors.
        """
        tried = {entry["connection_id"] for entry in refused}
        waiting = [
            self._shown(candidate)
            for candidate in self.order
            if candidate.id != chosen.id and str(candidate.id) not in tried
        ]
        return {
            "chosen": {**self._shown(chosen), "weight": chosen.weight, "health": chosen.health_state},
            "rule": "failover" if refused else self.rule,
            "policy": dict(self.policy),
            "reason": self._reason(chosen, refused),
            "refused_for_now": list(refused),
            "next": waiting,
            "skipped": list(self.skipped),
        }

    def _shown(self, candidate: Candidate) -> dict[str, Any]:
        shown = {**named(candidate), "name": candidate.name, "priority": candidate.priority}
        cost = self.fees.get(candidate.id)
        return shown if cost is None else {**shown, "fee": format(cost.normalize(), "f")}

    def _reason(self, chosen: Candidate, refused: Sequence[dict[str, Any]]) -> str:
        case = self.policy.get("case")
        within = f" in the case “{case}” of the policy" if case else ""
        ordered = {
            "priority": f"{chosen.name} comes first by priority{within}.",
            "weighted": f"The lot, by weight, fell on {chosen.name}{within}.",
            "lowest_fee": f"{chosen.name} has the lowest fee{within}.",
        }[self.rule]
        if not refused:
            return ordered
        names = {str(candidate.id): candidate.name for candidate in self.order}
        told = "; ".join(f"{names[each['connection_id']]}: {each['error']['message']}" for each in refused)
        return f"{chosen.name} took over, because nothing happened before ({told})."


def choose(facts: PaymentFacts, policy: Policy, candidates: Sequence[Candidate]) -> Route:
    """Order the connections that may take the payment by the policy's rule.

    A connection that seems out of order (breaker open, health down) is passed over while another is in order; when
    none is, they are tried all the same, because a breaker lets a probe through and a health check may be wrong.
    """
    case = _case(facts, policy)
    first = [UUID(each) for each in case.get("connections", ())]
    reasons = {each.id: unfit(facts, each) or _shut_out(each, case, first) for each in candidates}
    fit = [each for each in candidates if reasons[each.id] is None]
    usable = [each for each in fit if trouble(each) is None] or fit
    rule = case.get("rule") or policy.rule
    fees = {each.id: cost for each in fit if (cost := fee(facts, each)) is not None}
    order = sorted(usable, key=lambda each: (_place(each, first), *_rank(each, rule, facts, fees)))
    skipped = [
        {**named(each), "reason": reasons[each.id] or trouble(each)} for each in candidates if each not in usable
    ]
    if not policy.failover:
        skipped += [{**named(each), "reason": "the policy allows no failover"} for each in order[1:]]
        order = order[:1]
    told = {"version": policy.version, **({"case": case["name"]} if case else {})}
    return Route(tuple(order), tuple(skipped), rule, told, fees)


def named_by_client(connection_id: UUID) -> dict[str, Any]:
    """What ``operations.why`` says when there was no choice."""
    return {"chosen": {"connection_id": str(connection_id)}, "rule": "named by the client"}


def named(candidate: ConnectionRow) -> dict[str, Any]:
    """How a connection is called in explanations."""
    return {"connection_id": str(candidate.id), "provider": candidate.provider_key}


def _case(facts: PaymentFacts, policy: Policy) -> Mapping[str, Any]:
    return next((case for case in policy.cases if _meets(facts, case.get("when", {}))), {})


def _meets(facts: PaymentFacts, when: Mapping[str, Any]) -> bool:
    listed = (("currencies", facts.currency), ("countries", facts.country), ("methods", facts.method))
    return (
        all(not when.get(name) or value in when[name] for name, value in listed)
        and facts.amount >= Decimal(when.get("minimum_amount", 0))
        and facts.amount <= Decimal(when.get("maximum_amount", "Infinity"))
    )


def _shut_out(candidate: Candidate, case: Mapping[str, Any], first: Sequence[UUID]) -> str | None:
    if case.get("exclusive") and candidate.id not in first:
        return f"the case “{case['name']}” of the policy names others"
    return None


def _place(candidate: Candidate, first: Sequence[UUID]) -> int:
    return first.index(candidate.id) if candidate.id in first else len(first)


def _rank(candidate: Candidate, rule: str, facts: PaymentFacts, fees: Mapping[UUID, Decimal]) -> tuple[Any, ...]:
    lot = _lot(facts.lot_id, candidate)
    if rule == "weighted":
        return (lot,)
    if rule == "lowest_fee":
        return (fees.get(candidate.id, Decimal("Infinity")), candidate.priority, lot)
    return (candidate.priority, lot)


def _lot(lot_id: UUID, candidate: Candidate) -> float:
    """A number that is the smallest with a probability in proportion to the weight (Efraimidis and Spirakis, 2006)."""
    if candidate.weight == 0:
        return math.inf
    digest = hashlib.sha256(lot_id.bytes + candidate.id.bytes).digest()
    uniform = (int.from_bytes(digest[:8]) + 1) / 2.0**64
    return -math.log(uniform) / candidate.weight
