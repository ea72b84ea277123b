"""Routing policies: one for each environment, changed as a whole, by whoever has read the version that is changed."""

import asyncio
import uuid
from collections import Counter
from typing import Any

import pytest

from tests.support.callers import CARRIER, Caller, Refusal, Row, Workspace

CASE = {"name": "KNET", "when": {"methods": ["knet"]}, "rule": "lowest_fee"}


async def set_policy(workspace: Workspace, **policy: Any) -> Row:
    """The policy as its owner has just set it."""
    row: Row = await workspace.owner.call("set_payment_policy", organization_id=workspace.id, **policy)
    return row


async def policy_of(workspace: Workspace, environment: str = "sandbox") -> Row:
    """The policy as it is read."""
    [row] = await workspace.owner.rows(f"payment_policies?environment=eq.{environment}")
    return row


async def audited(workspace: Workspace) -> list[Row]:
    """The audit log's lines about policies, the first one first."""
    return await workspace.owner.rows("audit_log?action=eq.payment_policy.changed&order=sequence")


async def test_the_first_policy_is_version_one_with_the_defaults(workspace: Workspace) -> None:
    policy = await workspace.owner.call("set_payment_policy")

    told = {name: policy[name] for name in ("version", "rule", "cases", "failover", "environment", "updated_by")}
    assert told == {
        "version": 1,
        "rule": "priority",
        "cases": [],
        "failover": True,
        "environment": "sandbox",
        "updated_by": f"user:{workspace.owner.user_id}",
    }
    assert await policy_of(workspace) == policy


@pytest.mark.parametrize("field", ["rule", "failover", "environment", "expected_version"])
async def test_null_means_the_default(workspace: Workspace, field: str) -> None:
    policy = await set_policy(workspace, **{field: None})
    assert (policy["rule"], policy["failover"], policy["environment"]) == ("priority", True, "sandbox")


async def test_a_policy_is_replaced_as_a_whole_and_its_version_rises(workspace: Workspace) -> None:
    connection = await workspace.connection()
    case = {
        "name": "Large in Kuwait",
        "when": {
            "currencies": ["KWD", "AED"],
            "countries": ["KW"],
            "methods": ["knet", "apple_pay"],
            "minimum_amount": "100",
            "maximum_amount": "5000.125",
        },
        "rule": "weighted",
        "connections": [connection["id"]],
        "exclusive": True,
    }
    full = await set_policy(workspace, rule="lowest_fee", cases=[case, CASE], failover=False)
    plain = await set_policy(workspace)

    assert (full["version"], full["rule"], full["cases"], full["failover"]) == (1, "lowest_fee", [case, CASE], False)
    assert (plain["version"], plain["rule"], plain["cases"], plain["failover"]) == (2, "priority", [], True)


async def test_each_environment_has_a_policy_of_its_own(workspace: Workspace) -> None:
    await set_policy(workspace, rule="weighted")
    await set_policy(workspace, rule="lowest_fee", environment="live")

    assert ((await policy_of(workspace))["rule"], (await policy_of(workspace))["version"]) == ("weighted", 1)
    live = await policy_of(workspace, "live")
    assert (live["rule"], live["version"]) == ("lowest_fee", 1)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ("KNET", ""),
        ([], ""),
        (None, ""),
        ({"when": None}, ""),
        ({"when": ["knet"]}, ""),
        ({"priority": 1}, ".priority"),
        ({"when": {"method": ["knet"]}}, ".when.method"),
        ({"name": None}, ".name"),
        ({"name": ""}, ".name"),
        ({"name": "x" * 101}, ".name"),
        ({"name": 7}, ".name"),
        ({"rule": "cheapest"}, ".rule"),
        ({"rule": 1}, ".rule"),
        ({"exclusive": "yes"}, ".exclusive"),
        ({"exclusive": None}, ".exclusive"),
        ({"when": {"currencies": "AED"}}, ".when.currencies"),
        ({"when": {"currencies": ["aed"]}}, ".when.currencies"),
        ({"when": {"currencies": ["AED\n"]}}, ".when.currencies"),
        ({"when": {"currencies": [None]}}, ".when.currencies"),
        ({"when": {"currencies": ["AED"] * 101}}, ".when.currencies"),
        ({"when": {"countries": ["UAE"]}}, ".when.countries"),
        ({"when": {"countries": {"AE": True}}}, ".when.countries"),
        ({"when": {"methods": ["KNET"]}}, ".when.methods"),
        ({"when": {"methods": [1]}}, ".when.methods"),
        ({"when": {"minimum_amount": 100}}, ".when.minimum_amount"),
        ({"when": {"minimum_amount": "-1"}}, ".when.minimum_amount"),
        ({"when": {"minimum_amount": None}}, ".when.minimum_amount"),
        ({"when": {"maximum_amount": "many"}}, ".when.maximum_amount"),
        ({"when": {"maximum_amount": "1e3"}}, ".when.maximum_amount"),
        ({"connections": "all"}, ".connections"),
        ({"connections": ["stripe"]}, ".connections"),
        ({"connections": [str(uuid.uuid4()).upper()]}, ".connections"),
        ({"connections": [str(uuid.uuid4())]}, ".connections"),
    ],
)
async def test_each_part_of_a_case_is_checked_and_named(shop: Workspace, change: Any, part: str) -> None:
    case = CASE | change if isinstance(change, dict) else change
    refusal = await shop.owner.refused("set_payment_policy", cases=[CASE, case])
    assert refusal == Refusal(400, "invalid_cases", f"cases.1{part}")


@pytest.mark.parametrize("cases", [None, {}, "all", [CASE] * 51])
async def test_cases_are_a_list_of_at_most_50(shop: Workspace, cases: Any) -> None:
    assert await shop.owner.refused("set_payment_policy", cases=cases) == Refusal(400, "invalid_cases", "cases")


async def test_a_case_names_payment_connections_of_ones_own_in_the_policys_environment(
    workspace: Workspace, shop: Workspace
) -> None:
    [theirs] = await shop.owner.rows("integration_connections?select=id")
    carrier, live, sandbox = (
        await workspace.connection(CARRIER),
        await workspace.connection(environment="live"),
        await workspace.connection(),
    )
    refusal = Refusal(400, "invalid_cases", "cases.0.connections")
    for wrong in (theirs, carrier, live):
        cases = [CASE | {"connections": [sandbox["id"], wrong["id"]]}]
        assert await workspace.owner.refused("set_payment_policy", cases=cases) == refusal
    cases = [CASE | {"connections": [sandbox["id"]]}]
    assert await workspace.owner.refused("set_payment_policy", cases=cases, environment="live") == refusal
    assert (await set_policy(workspace, cases=cases))["cases"] == cases


async def test_whoever_expects_another_version_is_told(workspace: Workspace) -> None:
    changed = Refusal(409, "policy_changed", "expected_version")
    assert await workspace.owner.refused("set_payment_policy", expected_version=1) == changed
    await set_policy(workspace, expected_version=0)
    assert await workspace.owner.refused("set_payment_policy", rule="weighted", expected_version=0) == changed
    await set_policy(workspace, rule="weighted", expected_version=1)

    assert await workspace.owner.refused("set_payment_policy", expected_version=1) == changed
    assert ((await policy_of(workspace))["version"], (await policy_of(workspace))["rule"]) == (2, "weighted")


@pytest.mark.parametrize("expected", [0, 1])
async def test_of_many_who_change_it_at_once_expecting_one_version_one_does(
    workspace: Workspace, expected: int
) -> None:
    for _ in range(expected):
        await set_policy(workspace)
    body = {"rule": "weighted", "expected_version": expected}

    answers = await asyncio.gather(
        *(workspace.owner.request("POST", "rpc/set_payment_policy", json=body) for _ in range(8))
    )

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 7}
    assert (await policy_of(workspace))["version"] == expected + 1
    assert len(await audited(workspace)) == expected + 1


async def test_without_an_expectation_changes_at_once_follow_one_another(workspace: Workspace) -> None:
    policies = await asyncio.gather(*(set_policy(workspace, failover=False) for _ in range(6)))
    assert sorted(policy["version"] for policy in policies) == [1, 2, 3, 4, 5, 6]


async def test_each_change_is_in_the_audit_log_with_what_was_before(workspace: Workspace) -> None:
    await set_policy(workspace, rule="weighted")
    await set_policy(workspace, cases=[CASE], failover=False)

    first, second = await audited(workspace)
    assert (first["actor_id"], first["target_type"], first["target_id"]) == (
        workspace.owner.user_id,
        "payment_policy",
        "sandbox",
    )
    weighted = {"version": 1, "rule": "weighted", "cases": [], "failover": True}
    assert (first["before"], {name: first["after"][name] for name in weighted}) == (None, weighted)
    assert second["before"] == weighted
    assert second["after"] == {"version": 2, "rule": "priority", "cases": [CASE], "failover": False}


async def test_a_refused_change_leaves_no_line(workspace: Workspace) -> None:
    await workspace.owner.refused("set_payment_policy", expected_version=7)
    assert await audited(workspace) == []


async def test_only_who_may_take_payments_changes_it(workspace: Workspace, other: Caller) -> None:
    await set_policy(workspace, rule="weighted")
    for caller in (other, await workspace.member("viewer"), await workspace.api_key("payments:read")):
        answer = await caller.request("POST", "rpc/set_payment_policy", json={"organization_id": workspace.id})
        assert answer.status_code in (403, 404), (caller.name, answer.text)
    assert (await policy_of(workspace))["version"] == 1

    writer = await workspace.api_key("payments:write")
    assert (await writer.call("set_payment_policy"))["updated_by"].startswith("api_key:")


async def test_a_policy_is_read_by_members_and_by_nobody_else(workspace: Workspace, other: Caller) -> None:
    await set_policy(workspace)
    viewer = await workspace.member("viewer")
    assert len(await viewer.rows("payment_policies")) == 1
    assert await other.rows(f"payment_policies?organization_id=eq.{workspace.id}") == []


QUESTION = {"amount": "99", "currency": "AED"}


class TestAskingForARoute:
    async def test_it_is_an_operation_about_nothing_that_exists(self, shop: Workspace) -> None:
        asked = await shop.owner.call("route_payment", **QUESTION, method="card", country="AE")
        assert (asked["kind"], asked["subject_id"], asked["status"]) == ("payment.route", None, "pending")
        assert asked["input"] == {
            "amount": "99.00",
            "currency": "AED",
            "method": "card",
            "country": "AE",
            "capture_method": "automatic",
            "save_payment_method": False,
            "environment": "sandbox",
        }

    @pytest.mark.parametrize(
        "field", ["method", "country", "capture_method", "save_payment_method", "environment", "organization_id"]
    )
    async def test_null_means_the_default(self, shop: Workspace, field: str) -> None:
        asked = await shop.owner.call("route_payment", **QUESTION, **{field: None})
        assert (asked["input"]["capture_method"], asked["input"]["save_payment_method"]) == ("automatic", False)

    @pytest.mark.parametrize(
        ("change", "code", "field"),
        [
            ({"amount": "0"}, "invalid_amount", "amount"),
            ({"currency": "XXZ"}, "invalid_currency", "currency"),
            ({"method": "KNET"}, "invalid_method", "method"),
            ({"country": "Kuwait"}, "invalid_country", "country"),
            ({"capture_method": "later"}, "invalid_capture_method", "capture_method"),
        ],
    )
    async def test_a_bad_argument_is_named(self, shop: Workspace, change: Row, code: str, field: str) -> None:
        assert await shop.owner.refused("route_payment", **QUESTION | change) == Refusal(400, code, field)

    async def test_a_viewer_may_ask_and_a_stranger_not(self, shop: Workspace, other: Caller) -> None:
        viewer = await shop.member("viewer")
        assert (await viewer.call("route_payment", **QUESTION))["status"] == "pending"
        answer = await other.request("POST", "rpc/route_payment", json=QUESTION | {"organization_id": shop.id})
        assert answer.status_code in (403, 404)
