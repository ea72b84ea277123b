"""Which connection takes a payment: a decision that can be explained."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from workers.operations.failover import choose
from workers.store.payments import Candidate, PaymentWork

WORK = PaymentWork(
    operation_id=UUID(int=1),
    input={},
    payment_id=UUID(int=2),
    organization_id=UUID(int=3),
    environment="sandbox",
    connection_id=None,
    reference="order-1",
    amount=Decimal("99.00"),
    currency="AED",
    status="pending",
    capture_method="automatic",
    description=None,
    customer={},
    metadata={},
    return_url=None,
    cancel_url=None,
    provider_payment_id=None,
    provider_data={},
    amount_captured=Decimal(0),
    refund_id=None,
    refund_amount=None,
    refund_reason=None,
    cancel_requested=False,
)


def candidate(number: int, **facts: object) -> Candidate:
    plain = Candidate(
        id=UUID(int=number),
        organization_id=UUID(int=3),
        provider_key="stripe",
        environment="sandbox",
        status="active",
        settings={},
        credentials_version=1,
        health_state="up",
        enabled=True,
        priority=100,
        weight=1,
        currencies=[],
        minimum_amount=None,
        maximum_amount=None,
        breaker_open=False,
    )
    return replace(plain, **facts)  # type: ignore[arg-type]


def test_the_lower_priority_number_comes_first() -> None:
    route = choose(WORK, [candidate(1, priority=20), candidate(2, priority=10), candidate(3, priority=30)])
    assert [each.id.int for each in route.order] == [2, 1, 3]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"status": "paused"}, "the connection is paused"),
        ({"status": "needs_attention"}, "the connection is needs_attention"),
        ({"enabled": False}, "switched off for payments"),
        ({"currencies": ["USD", "EUR"]}, "does not take AED"),
        ({"minimum_amount": Decimal("100")}, "takes no less than 100"),
        ({"maximum_amount": Decimal("98.99")}, "takes no more than 98.99"),
    ],
)
def test_a_connection_that_must_not_take_it_is_left_out_with_the_reason(facts: dict[str, object], reason: str) -> None:
    route = choose(WORK, [candidate(1, **facts), candidate(2)])
    assert [each.id.int for each in route.order] == [2]
    assert route.skipped == ({"connection_id": str(UUID(int=1)), "provider": "stripe", "reason": reason},)


def test_limits_are_inclusive() -> None:
    exact = candidate(1, minimum_amount=Decimal("99"), maximum_amount=Decimal("99"), currencies=["AED"])
    assert choose(WORK, [exact]).order == (exact,)


@pytest.mark.parametrize("facts", [{"breaker_open": True}, {"health_state": "down"}])
def test_a_connection_in_trouble_is_passed_over_while_another_is_well(facts: dict[str, object]) -> None:
    troubled = candidate(1, priority=1, **facts)
    assert [each.id.int for each in choose(WORK, [troubled, candidate(2)]).order] == [2]


def test_when_all_are_in_trouble_they_are_tried_all_the_same() -> None:
    route = choose(WORK, [candidate(1, breaker_open=True), candidate(2, health_state="down", priority=1)])
    assert [each.id.int for each in route.order] == [2, 1]


def test_a_degraded_connection_is_good_enough() -> None:
    assert len(choose(WORK, [candidate(1, health_state="degraded"), candidate(2)]).order) == 2


def test_the_same_payment_is_routed_the_same_way_each_time() -> None:
    candidates = [candidate(number) for number in range(1, 9)]
    assert choose(WORK, candidates).order == choose(WORK, candidates[::-1]).order


def test_weights_share_payments_out() -> None:
    candidates = [candidate(1, weight=3), candidate(2, weight=1), candidate(3, weight=0)]
    firsts = Counter(choose(replace(WORK, operation_id=uuid4()), candidates).order[0].id.int for _ in range(2000))
    assert 1350 < firsts[1] < 1650
    assert firsts[3] == 0


def test_nothing_fits() -> None:
    route = choose(WORK, [candidate(1, enabled=False)])
    assert route.order == ()
    assert route.skipped[0]["reason"] == "switched off for payments"


def test_the_explanation_names_the_chosen_the_refusing_and_the_waiting() -> None:
    first, second, third = (candidate(number, priority=number) for number in (1, 2, 3))
    route = choose(WORK, [third, second, first, candidate(4, enabled=False)])
    refused = [{"connection_id": str(first.id), "error": {"code": "rate_limited"}}]

    why = route.why(second, refused)

    assert why["rule"] == "failover"
    assert why["chosen"] == {
        "connection_id": str(second.id), "provider": "stripe", "priority": 2, "weight": 1, "health": "up"
    }  # fmt: skip
    assert why["refused_for_now"] == refused
    assert [each["connection_id"] for each in why["next"]] == [str(third.id)]
    assert [each["reason"] for each in why["skipped"]] == ["switched off for payments"]
