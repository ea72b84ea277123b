"""Which connection takes a payment: a decision that can be explained."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from workers.operations.eligibility import PaymentFacts
from workers.operations.failover import choose
from workers.store.payments import Candidate, Policy

FACTS = PaymentFacts(Decimal("99.00"), "AED", UUID(int=1))


def candidate(number: int, **facts: object) -> Candidate:
    plain = Candidate(
        id=UUID(int=number),
        organization_id=UUID(int=3),
        provider_key="stripe",
        environment="sandbox",
        status="active",
        settings={},
        credentials_version=1,
        name=f"Gateway {number}",
        health_state="up",
        enabled=True,
        priority=100,
        weight=1,
        currencies=[],
        countries=[],
        methods=[],
        minimum_amount=None,
        maximum_amount=None,
        fee_percent=None,
        fee_fixed=None,
        fee_currency=None,
        provider_currencies=["AED", "USD", "KWD"],
        provider_methods=["card", "knet"],
        capabilities=["takes_payments", "captures_payments"],
        breaker_open=False,
    )
    return replace(plain, **facts)  # type: ignore[arg-type]


def test_the_lower_priority_number_comes_first() -> None:
    route = choose(FACTS, Policy(), [candidate(1, priority=20), candidate(2, priority=10), candidate(3, priority=30)])
    assert [each.id.int for each in route.order] == [2, 1, 3]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"status": "paused"}, "the connection is paused"),
        ({"status": "needs_attention"}, "the connection is needs_attention"),
        ({"enabled": False}, "switched off"),
        ({"currencies": ["USD", "EUR"]}, "does not take AED"),
        ({"minimum_amount": Decimal("100")}, "takes no less than 100"),
        ({"maximum_amount": Decimal("98.99")}, "takes no more than 98.99"),
        ({"provider_currencies": ["USD"]}, "the provider does not take AED"),
    ],
)
def test_a_connection_that_must_not_take_it_is_left_out_with_the_reason(facts: dict[str, object], reason: str) -> None:
    route = choose(FACTS, Policy(), [candidate(1, **facts), candidate(2)])
    assert [each.id.int for each in route.order] == [2]
    assert route.skipped == ({"connection_id": str(UUID(int=1)), "provider": "stripe", "reason": reason},)


def test_limits_are_inclusive() -> None:
    exact = candidate(1, minimum_amount=Decimal("99"), maximum_amount=Decimal("99"), currencies=["AED"])
    assert choose(FACTS, Policy(), [exact]).order == (exact,)


@pytest.mark.parametrize("facts", [{"breaker_open": True}, {"health_state": "down"}])
def test_a_connection_in_trouble_is_passed_over_while_another_is_well(facts: dict[str, object]) -> None:
    troubled = candidate(1, priority=1, **facts)
    assert [each.id.int for each in choose(FACTS, Policy(), [troubled, candidate(2)]).order] == [2]


def test_when_all_are_in_trouble_they_are_tried_all_the_same() -> None:
    route = choose(FACTS, Policy(), [candidate(1, breaker_open=True), candidate(2, health_state="down", priority=1)])
    assert [each.id.int for each in route.order] == [2, 1]


def test_a_degraded_connection_is_good_enough() -> None:
    assert len(choose(FACTS, Policy(), [candidate(1, health_state="degraded"), candidate(2)]).order) == 2


def test_the_same_payment_is_routed_the_same_way_each_time() -> None:
    candidates = [candidate(number) for number in range(1, 9)]
    assert choose(FACTS, Policy(), candidates).order == choose(FACTS, Policy(), candidates[::-1]).order


def test_weights_share_payments_out() -> None:
    candidates = [candidate(1, weight=3), candidate(2, weight=1), candidate(3, weight=0)]
    firsts = Counter(choose(replace(FACTS, lot_id=uuid4()), Policy(), candidates).order[0].id.int for _ in range(2000))
    assert 1350 < firsts[1] < 1650
    assert firsts[3] == 0


def test_nothing_fits() -> None:
    route = choose(FACTS, Policy(), [candidate(1, enabled=False)])
    assert route.order == ()
    assert route.skipped[0]["reason"] == "switched off"


@pytest.mark.parametrize(
    ("wish", "facts", "reason"),
    [
        ({"method": "benefit"}, {}, "the provider does not offer benefit"),
        ({"method": "knet"}, {"methods": ["card"]}, "is not used for knet"),
        ({"country": "KW"}, {"countries": ["AE", "SA"]}, "does not take payers in KW"),
        ({"capture_method": "manual"}, {"capabilities": ["takes_payments"]}, "the provider cannot reserve money"),
        ({"save_payment_method": True}, {}, "the provider keeps no payment methods"),
    ],
)
def test_a_wish_that_a_connection_cannot_meet_leaves_it_out(
    wish: dict[str, Any], facts: dict[str, object], reason: str
) -> None:
    route = choose(replace(FACTS, **wish), Policy(), [candidate(1, **facts)])
    assert [each["reason"] for each in route.skipped] == [reason]


def test_a_payer_whose_country_is_not_known_is_not_turned_away() -> None:
    assert choose(FACTS, Policy(), [candidate(1, countries=["SA"])]).order != ()


class TestLowestFee:
    """Two connections: 2.9 % and 1 dirham, or 3.3 %: the second is dearer from 250 dirhams on."""

    CANDIDATES = (
        candidate(1, fee_percent=Decimal("2.9"), fee_fixed=Decimal("1.00"), fee_currency="AED"),
        candidate(2, fee_percent=Decimal("3.3")),
    )

    @pytest.mark.parametrize(("amount", "first"), [("249.00", 2), ("251.00", 1)])
    def test_the_cheapest_for_this_amount_comes_first(self, amount: str, first: int) -> None:
        route = choose(replace(FACTS, amount=Decimal(amount)), Policy(rule="lowest_fee"), self.CANDIDATES)
        assert [each.id.int for each in route.order] == [first, 3 - first]
        assert route.why(route.order[0])["reason"] == f"Gateway {first} has the lowest fee."

    def test_the_fees_are_shown(self) -> None:
        route = choose(FACTS, Policy(rule="lowest_fee"), self.CANDIDATES)
        why = route.why(route.order[0])
        assert (why["chosen"]["fee"], why["next"][0]["fee"]) == ("3.267", "3.871")

    def test_a_fee_that_nobody_knows_comes_last(self) -> None:
        unknown = candidate(3, priority=1)
        abroad = candidate(4, priority=2, fee_fixed=Decimal("0.30"), fee_currency="USD")
        route = choose(FACTS, Policy(rule="lowest_fee"), [unknown, abroad, *self.CANDIDATES])
        assert [each.id.int for each in route.order] == [2, 1, 3, 4]


def test_a_weighted_split_does_not_look_at_priority() -> None:
    candidates = [candidate(1, priority=1, weight=1), candidate(2, priority=2, weight=3)]
    weighted = Policy(rule="weighted")
    firsts = Counter(choose(replace(FACTS, lot_id=uuid4()), weighted, candidates).order[0].id.int for _ in range(2000))
    assert 1350 < firsts[2] < 1650


class TestCases:
    def policy(self, **changes: Any) -> Policy:
        case = {"name": "KNET", "when": {"methods": ["knet"]}, "connections": [str(UUID(int=2))], **changes}
        return Policy(version=3, cases=[case])

    def test_the_connections_of_the_first_case_that_a_payment_meets_come_first(self) -> None:
        candidates = [candidate(1, priority=1), candidate(2, priority=9)]
        route = choose(replace(FACTS, method="knet"), self.policy(), candidates)
        assert [each.id.int for each in route.order] == [2, 1]
        assert route.why(route.order[0])["policy"] == {"version": 3, "case": "KNET"}

    def test_a_payment_that_meets_none_goes_by_the_policys_rule(self) -> None:
        route = choose(replace(FACTS, method="card"), self.policy(), [candidate(1, priority=1), candidate(2)])
        assert [each.id.int for each in route.order] == [1, 2]
        assert route.why(route.order[0])["policy"] == {"version": 3}

    def test_an_exclusive_case_lets_no_others_in(self) -> None:
        route = choose(replace(FACTS, method="knet"), self.policy(exclusive=True), [candidate(1), candidate(2)])
        assert [each.id.int for each in route.order] == [2]
        assert [each["reason"] for each in route.skipped] == ["the case “KNET” of the policy names others"]

    def test_a_case_may_have_a_rule_of_its_own(self) -> None:
        policy = self.policy(rule="lowest_fee", connections=[])
        route = choose(replace(FACTS, method="knet"), policy, TestLowestFee.CANDIDATES)
        assert route.rule == "lowest_fee"

    @pytest.mark.parametrize(
        ("when", "met"),
        [
            ({"currencies": ["AED"]}, True),
            ({"currencies": ["KWD"]}, False),
            ({"countries": ["AE"]}, True),
            ({"countries": ["SA"]}, False),
            ({"minimum_amount": "99.00"}, True),
            ({"minimum_amount": "99.01"}, False),
            ({"maximum_amount": "99.00"}, True),
            ({"maximum_amount": "98.99"}, False),
            ({}, True),
        ],
    )
    def test_conditions(self, when: dict[str, Any], met: bool) -> None:
        route = choose(replace(FACTS, country="AE"), self.policy(when=when), [candidate(1), candidate(2)])
        assert ("case" in route.policy) is met


def test_without_failover_only_the_first_is_tried() -> None:
    route = choose(FACTS, Policy(failover=False), [candidate(1, priority=1), candidate(2)])
    assert [each.id.int for each in route.order] == [1]
    assert [each["reason"] for each in route.skipped] == ["the policy allows no failover"]


def test_the_explanation_names_the_chosen_the_refusing_and_the_waiting() -> None:
    first, second, third = (candidate(number, priority=number) for number in (1, 2, 3))
    route = choose(FACTS, Policy(), [third, second, first, candidate(4, enabled=False)])
    refused = [{"connection_id": str(first.id), "error": {"code": "rate_limited", "message": "busy"}}]

    why = route.why(second, refused)

    assert why["rule"] == "failover"
    assert why["chosen"] == {
        "connection_id": str(second.id),
        "provider": "stripe",
        "name": "Gateway 2",
        "priority": 2,
        "weight": 1,
        "health": "up",
    }
    assert why["reason"] == "Gateway 2 took over, because nothing happened before (Gateway 1: busy)."
    assert why["refused_for_now"] == refused
    assert [each["connection_id"] for each in why["next"]] == [str(third.id)]
    assert [each["reason"] for each in why["skipped"]] == ["switched off"]
