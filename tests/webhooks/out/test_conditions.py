"""Conditions: what holds of a message, and that no condition can keep a worker busy."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.webhooks.conditions import ConditionFault, all_hold, check_conditions

MESSAGE: dict[str, Any] = {
    "type": "payment.succeeded",
    "environment": "live",
    "data": {
        "amount": "1500.50",
        "currency": "AED",
        "customer": {"city": "Dubai", "tags": ["vip"]},
        "items": [{"sku": "A", "price": 10}, {"sku": "B", "price": 20.5}],
    },
}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("$.data.customer", True),
        ("$.data.nothing", False),
        ("$[?@.currency == 'AED']", True),
        ("$[?@.currency == 'USD']", False),
        ("$[?@.currency == 'USD' || @.currency == 'AED']", True),
        ("$[?number(@.amount) >= 1500.5]", True),
        ("$[?number(@.amount) > 1500.50]", False),
        ("$[?@.amount > 100]", False),  # a text is no number
        ("$[?number(@.currency) > 0]", False),
        ("$.data.items[?@.sku == 'B' && @.price > 20]", True),
        ("$.data.items[?@.sku == 'A' && @.price > 20]", False),
        ("$.data.customer.tags[?@ == 'vip']", True),
        ("$..[?@.sku == '$..?,']", False),  # signs in a text are no signs
        ("$.data[?length(@.tags) == 1]", True),
        ("$", True),
    ],
)
def test_what_holds(condition: str, holds: bool) -> None:
    assert all_hold([condition], MESSAGE) is holds


def test_all_of_them_have_to_hold() -> None:
    assert all_hold([], MESSAGE)
    assert all_hold(["$.type", "$.data"], MESSAGE)
    assert not all_hold(["$.type", "$.nothing"], MESSAGE)


@pytest.mark.parametrize(
    "condition",
    [
        "type",
        "$[?@.a =~ /(a+)+$/]",
        "$[?search(@.a, '(a+)+$')]",
        "$[?match(@.a, '(a+)+$')]",
        "$..*..*",
        "$[*,*][*,*]",
        "$[?$.data.items[?$.data.items]]",
        "$[?@[?@[?@[?@]]]]",
        "$[?system('ls')]",
        "$.a | $.b",
        "$[",
        "$" + "[?@" * 3 + "(" * 200,
    ],
)
def test_what_cannot_be_followed_is_named(condition: str) -> None:
    with pytest.raises(ConditionFault) as refused:
        check_conditions(["$.type", condition])
    assert refused.value.field == "conditions.1"
    with pytest.raises(ConditionFault):
        all_hold([condition], MESSAGE)


def test_the_worst_that_is_allowed_is_quick() -> None:
    nested: Any = {"a": 1}
    for _ in range(200):
        nested = {"a": nested, "b": [nested["a"]] * 3}
    began = time.perf_counter()
    all_hold(["$..[?@[?@[?@ == 'never']]]"], {"data": {"rows": [{"a": [1, 2, 3]}] * 2000}})
    all_hold(["$..[?@.zz == 1]"], {"data": nested["b"]})
    assert time.perf_counter() - began < 5


def test_a_message_that_is_nested_too_deeply_meets_no_condition() -> None:
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    assert not all_hold(["$..[?@.never]"], {"data": deep})


@given(st.text(max_size=60).map(lambda text: "$" + text))
def test_any_text_is_a_condition_or_is_refused_as_one(text: str) -> None:
    try:
        assert all_hold([text], MESSAGE) in (True, False)
    except ConditionFault as fault:
        assert fault.message
