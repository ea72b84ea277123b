"""Conditions and placeholders: what holds of an event, what is filled in, and that nothing else can be done."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.operations.rules import RuleFault, Texts, first_that_fails, holds

FACTS: dict[str, Any] = {
    "type": "payment.succeeded",
    "environment": None,
    "data": {
        "amount": "99.50",
        "count": 3,
        "paid": True,
        "reference": "Order-7",
        "note": None,
        "customer": {"email": "Ayesha@Example.ae"},
        "tags": ["vip", "9", 9.5],
        "items": [{"id": "A1", "price": "10"}, {"id": "B2"}],
    },
}
OPS = ["eq", "ne", "gt", "gte", "lt", "lte", "in", "not_in", "contains", "starts_with", "exists", "missing"]


def condition(field: str, op: str, *value: Any) -> dict[str, Any]:
    return {"field": f"data.{field}", "op": op, **({"value": value[0]} if value else {})}


@pytest.mark.parametrize(
    ("field", "op", "value"),
    [
        ("amount", "eq", "99.5"),
        ("amount", "eq", 99.5),
        ("amount", "gt", "9"),  # by size, not by letters
        ("amount", "gte", 99.50),
        ("amount", "lt", "100"),
        ("amount", "lte", "99.50"),
        ("amount", "ne", "99.51"),
        ("amount", "in", ["5", "99.5"]),
        ("count", "eq", "3"),
        ("count", "not_in", [1, 2]),
        ("paid", "eq", True),
        ("paid", "ne", False),
        ("reference", "eq", "Order-7"),
        ("reference", "gt", "Order-6"),
        ("reference", "starts_with", "order"),
        ("reference", "contains", "ER-"),
        ("customer.email", "contains", "@example.ae"),
        ("tags", "contains", "vip"),
        ("tags", "contains", "9.0"),
        ("items.0.price", "gte", "9"),
        ("items.1.id", "eq", "B2"),
    ],
)
def test_what_holds(field: str, op: str, value: Any) -> None:
    assert holds(condition(field, op, value), FACTS)


@pytest.mark.parametrize(
    ("field", "op", "value"),
    [
        ("amount", "gt", "100"),
        ("count", "eq", True),
        ("paid", "eq", 1),
        ("paid", "gt", 0),
        ("reference", "eq", "order-7"),
        ("customer", "eq", "Ayesha@Example.ae"),
        ("customer", "contains", "email"),
        ("tags", "contains", "VIP"),
        ("tags", "eq", "vip"),
        ("tags", "starts_with", "v"),
    ],
)
def test_what_does_not(field: str, op: str, value: Any) -> None:
    assert not holds(condition(field, op, value), FACTS)


@pytest.mark.parametrize(
    "field", ["nothing", "note", "customer.phone", "customer.email.domain", "items.2.id", "items.x"]
)
def test_of_what_is_not_there_no_comparison_holds(field: str) -> None:
    for op in OPS[:10]:
        assert not holds(condition(field, op, ["x"] if op in ("in", "not_in") else "x"), FACTS), op
    assert holds(condition(field, "missing"), FACTS)
    assert not holds(condition(field, "exists"), FACTS)


def test_all_any_and_not_can_be_nested() -> None:
    dear, vip, cheap = (
        condition("amount", "gt", 50),
        condition("tags", "contains", "vip"),
        condition("amount", "lt", 50),
    )
    assert holds({"all": [dear, vip, {"not": cheap}]}, FACTS)
    assert holds({"any": [cheap, {"all": [dear]}]}, FACTS)
    assert not holds({"any": [cheap, {"not": vip}]}, FACTS)
    assert holds({"all": []}, FACTS)
    assert not holds({"any": []}, FACTS)


def test_the_first_condition_that_fails_is_named() -> None:
    dear, cheap = condition("amount", "gt", 50), condition("amount", "lt", 50)
    assert first_that_fails([dear, dear], FACTS) is None
    assert first_that_fails([dear, cheap, cheap], FACTS) == 1
    assert first_that_fails([], FACTS) is None


NAMES = st.sampled_from(["a", "b", "0", "items"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "b", "0", "items"]), inner, max_size=4)
    ),
    max_leaves=12,
)
VALUES = st.text(max_size=20) | st.integers() | st.floats() | st.booleans() | st.lists(st.text(max_size=5), max_size=3)
PATHS = st.lists(st.sampled_from(["a", "b", "0", "1", "items", "٣", "²", ""]), min_size=1, max_size=4).map(".".join)
LEAVES = st.builds(
    lambda path, op, value: {"field": f"data.{path}", "op": op, "value": value}, PATHS, st.sampled_from(OPS), VALUES
)
BRANCHES = st.sampled_from(["all", "any"])
NODES = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(lambda name, nodes: {name: nodes}, BRANCHES, st.lists(inner, max_size=3))
        | st.builds(lambda node: {"not": node}, inner)
    ),
    max_leaves=6,
)


@given(NODES, JSON)
def test_conditions_never_raise(node: dict[str, Any], data: Any) -> None:
    assert holds(node, {"type": "track.x", "data": data}) in (True, False)
    assert holds({"not": node}, {"data": data}) is not holds(node, {"data": data})


@pytest.mark.parametrize(
    "number",
    [pytest.param(10**5000, id="huge"), "1e999999999999999999999", "1e-999999999", "NaN", "Infinity", "-0", "1_000"],
)
def test_odd_numbers_are_compared_or_are_none(number: Any) -> None:
    for op in ("eq", "gt", "lt", "in"):
        assert holds(condition("n", op, [1] if op == "in" else 1), {"data": {"n": number}}) in (True, False)


# Placeholders.


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts()


def filled(texts: Texts, value: Any) -> Any:
    return texts.filled(value, FACTS, "actions.0.with")


def test_placeholders_stand_for_parts_of_the_event(texts: Texts) -> None:
    assert filled(texts, "{{ data.reference }} for {{data.customer.email}}") == "Order-7 for Ayesha@Example.ae"
    assert filled(texts, "{{ data.count }} × {{ data.items.1.id }}") == "3 × B2"
    assert filled(texts, {"tags": ["{{ type }}", "fixed"], "won": True, "after": 5, "no": None}) == {
        "tags": ["payment.succeeded", "fixed"],
        "won": True,
        "after": 5,
        "no": None,
    }


def test_what_is_filled_in_is_not_filled_in_again(texts: Texts) -> None:
    facts = {"data": {"name": "{{ data.secret }}", "secret": "s"}}
    assert texts.filled("Hello {{ data.name }}", facts, "with") == "Hello {{ data.secret }}"


def test_texts_stay_as_they_are_without_escapes(texts: Texts) -> None:
    facts = {"data": {"name": "عائشة & <b>"}}
    assert texts.filled("أهلا {{ data.name }},\n\n", facts, "with") == "أهلا عائشة & <b>,\n\n"


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ("data.nothing", "nothing"),
        ("data.note", "note"),
        ("data.customer.phone", "phone"),
        ("data.items.7.id", "7"),
        ("data.nothing.at.all", "nothing"),
        ("environment", "environment"),
        ("source", "source"),
    ],
)
def test_one_that_stands_for_nothing_is_a_reason_that_names_it(texts: Texts, missing: str, named: str) -> None:
    with pytest.raises(RuleFault) as fault:
        filled(texts, {"name": ["x", f"Dear {{{{ {missing} }}}}"]})
    assert fault.value.field == "actions.0.with.name.1"
    assert named in fault.value.message


@pytest.mark.parametrize("missing", ["data.nothing", "data.note", "data.customer.phone", "data.nothing.at.all"])
def test_an_optional_one_has_something_in_its_place(texts: Texts, missing: str) -> None:
    assert filled(texts, f'Dear {{{{ {missing} or "customer" }}}}') == "Dear customer"
    assert filled(texts, f'{{{{ {missing} or "" }}}}') == ""


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ data.__class__ }}",
        "{{ data['__class__'] }}",
        "{{ data|attr('__class__') }}",
        "{{ data.reference.format('x') }}",
        "{{ '{0.__class__}'.format(data) }}",
        "{{ data.items() }}",
        "{{ data.customer.update({'a': 1}) }}",
        "{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ lipsum.__globals__ }}",
        "{{ range(10) }}",
        "{{ dict(a=1) }}",
        "{{ namespace() }}",
        "{{ config }}",
        "{{ data.count / 0 }}",
        "{{ data.reference + 1 }}",
        "{{ data.count",
        "{{ }}",
        "{% for x in data.items %}{{ x }}{% endfor %}",
        "{% include '/etc/passwd' %}",
        "{% set x = data %}{{ x }}",
    ],
)
def test_escapes_from_the_sandbox_are_refused(texts: Texts, text: str) -> None:
    with pytest.raises(RuleFault):
        filled(texts, {"note": text})
    assert FACTS["data"]["customer"] == {"email": "Ayesha@Example.ae"}


@given(st.text(alphabet="{}%#ab.'\"_ |()[]0", max_size=30), JSON)
def test_any_text_is_filled_in_or_is_a_fault(text: str, data: Any) -> None:
    try:
        assert isinstance(Texts().filled(text, {"data": data, "a": data}, "with"), str)
    except RuleFault as fault:
        assert fault.field == "with"


def test_a_text_does_not_grow_without_end(texts: Texts) -> None:
    facts = {"data": {"long": "x" * 9_000}}
    assert len(texts.filled("{{ data.long }}{{ data.long }}", facts, "with")) == 10_000
