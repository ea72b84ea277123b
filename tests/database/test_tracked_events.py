"""What visitors and customers do, as clients tell it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.callers import GATEWAY, TOOL, Caller, Refusal, Row, Workspace


async def track(workspace: Workspace, name: str = "purchase", **arguments: Any) -> Row:
    """An event just told of."""
    row: Row = await workspace.owner.call("track_event", organization_id=workspace.id, name=name, **arguments)
    return row


async def operations(workspace: Workspace, event: Row) -> list[Row]:
    """The operations that have it counted."""
    return await workspace.owner.rows(f"operations?subject_id=eq.{event['id']}&kind=eq.event.track&order=id")


async def test_all_that_is_told_is_kept(workspace: Workspace) -> None:
    tool = await workspace.connection(TOOL)
    told: Row = {
        "properties": {"coupon": "EID", "position": 3},
        "client_id": "GA1.1",
        "user_id": "u-1",
        "session_id": "s-1",
        "email": "amal@example.ae",
        "amount": "99",
        "currency": "AED",
        "reference": "order-1",
        "items": [{"id": "sku", "name": "Shoes", "price": "49.50", "quantity": 2}],
        "consent": {"user_data": True, "personalization": False},
    }
    event = await track(workspace, **told)
    assert (event["type"], event["environment"], event["subject_id"]) == ("track.purchase", "sandbox", None)
    data = event["data"] | {"occurred_at": None}
    assert data == told | {"name": "purchase", "amount": "99.00", "occurred_at": None}
    assert event["source"] == f"user:{workspace.owner.user_id}"
    [operation] = await operations(workspace, event)
    assert (operation["connection_id"], operation["subject_type"]) == (tool["id"], "event")
    assert operation["input"] == {"event_id": event["id"], "created_at": event["created_at"]}


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("add_to_cart", "track.add_to_cart"),
        ("AddToCart", "track.add_to_cart"),
        ("viewURL2", "track.view_url2"),
        ("SIGNUP", "track.signup"),
    ],
)
async def test_the_type_is_the_name_in_small_letters(workspace: Workspace, name: str, type_: str) -> None:
    event = await track(workspace, name)
    assert (event["type"], event["data"]["name"]) == (type_, name)


async def test_it_is_about_a_lead_if_one_is_known_by_it(workspace: Workspace) -> None:
    lead = await workspace.lead(email="amal@example.ae")
    for event in (await track(workspace, email="AMAL@example.ae"), await track(workspace, lead_id=lead["id"])):
        assert (event["subject_type"], event["subject_id"], event["data"]["lead_id"]) == (
            "lead",
            lead["id"],
            lead["id"],
        )


async def test_of_a_lead_of_ones_own(workspace: Workspace, other: Caller) -> None:
    theirs = await other.call("upsert_lead", email="amal@example.ae")
    refusal = await workspace.owner.refused("track_event", name="purchase", lead_id=theirs["id"])
    assert refusal == Refusal(404, "lead_not_found", "lead_id")


class TestWhoCounts:
    async def test_all_that_are_active_or_those_named(self, workspace: Workspace) -> None:
        tools = sorted([(await workspace.connection(TOOL))["id"] for _ in range(2)])
        paused = await workspace.connection(TOOL)
        await workspace.owner.call("update_connection", connection_id=paused["id"], paused=True)
        event = await track(workspace)
        assert sorted(each["connection_id"] for each in await operations(workspace, event)) == tools
        event = await track(workspace, connection_ids=tools[:1])
        assert [each["connection_id"] for each in await operations(workspace, event)] == tools[:1]
        event = await track(workspace, connection_ids=[])
        assert await operations(workspace, event) == []

    async def test_without_any_the_event_is_kept(self, workspace: Workspace) -> None:
        event = await track(workspace)
        assert (event["environment"], await operations(workspace, event)) == (None, [])

    async def test_of_one_environment(self, workspace: Workspace) -> None:
        await workspace.connection(TOOL)
        live = await workspace.connection(TOOL, environment="live")
        refusal = await workspace.owner.refused("track_event", name="purchase")
        assert refusal == Refusal(400, "environment_required", "environment")
        event = await track(workspace, environment="live")
        assert [each["connection_id"] for each in await operations(workspace, event)] == [live["id"]]
        named = await track(workspace, connection_ids=[live["id"]])
        assert named["environment"] == "live"

    async def test_only_such_as_can_and_are_ones_own(self, workspace: Workspace, other: Caller) -> None:
        gateway = await workspace.connection(GATEWAY)
        tool = await workspace.connection(TOOL)
        wrong = Refusal(404, "connection_not_found", "connection_ids")
        asked = {"name": "purchase", "connection_ids": [tool["id"], gateway["id"]]}
        assert await workspace.owner.refused("track_event", **asked) == wrong
        assert await other.refused("track_event", name="purchase", connection_ids=[tool["id"]]) == wrong


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"name": "add to cart"}, "name"),
        ({"name": "x" * 41}, "name"),
        ({"properties": []}, "properties"),
        ({"properties": {"a b": "c"}}, "properties.a b"),
        ({"properties": {"a": True}}, "properties.a"),
        ({"properties": {"a": "x" * 501}}, "properties.a"),
        ({"properties": {"a": "4111 1111 1111 1111"}}, "properties.a"),
        ({"client_id": ""}, "client_id"),
        ({"email": "nobody"}, "email"),
        ({"amount": "99.00"}, "currency"),
        ({"currency": "AED"}, "amount"),
        ({"amount": "99.001", "currency": "AED"}, "amount"),
        ({"amount": "1", "currency": "XXX"}, "currency"),
        ({"items": {}}, "items"),
        ({"items": [{"id": "sku"}]}, "items.0.name"),
        ({"items": [{"id": "sku", "name": "Shoes", "price": 1.5}]}, "items.0.price"),
        ({"items": [{"id": "sku", "name": "Shoes", "quantity": 0}]}, "items.0.quantity"),
        ({"consent": {"ads": True}}, "consent.ads"),
        ({"consent": {"user_data": "yes"}}, "consent"),
        ({"occurred_at": "2020-01-01T00:00:00Z"}, "occurred_at"),
        ({"occurred_at": "2999-01-01T00:00:00Z"}, "occurred_at"),
    ],
)
async def test_what_makes_no_sense_is_refused_by_its_name(shop: Workspace, arguments: Row, field: str) -> None:
    refusal = await shop.owner.refused("track_event", **{"name": "purchase"} | arguments)
    assert (refusal.status, refusal.field) == (400, field)


async def test_when_it_was_is_told(workspace: Workspace) -> None:
    at = datetime.now(UTC) - timedelta(hours=71)
    event = await track(workspace, occurred_at=at.isoformat())
    assert datetime.fromisoformat(event["occurred_at"]) == at
    assert datetime.fromisoformat(event["data"]["occurred_at"]) == at


async def test_a_repeat_by_the_key_answers_the_first(workspace: Workspace) -> None:
    await workspace.connection(TOOL)
    asked = {"reference": "order-1", "idempotency_key": "k"}
    first = await track(workspace, **asked)
    assert await track(workspace, **asked) == first
    assert len(await operations(workspace, first)) == 1
    reused = Refusal(409, "idempotency_key_reused", "idempotency_key")
    assert await workspace.owner.refused("track_event", name="refund", **asked) == reused


async def test_who_may(workspace: Workspace, other: Caller) -> None:
    asked = {"name": "purchase", "organization_id": workspace.id}
    for caller in (await workspace.member("viewer"), await workspace.api_key("events:read"), other):
        assert (await caller.refused("track_event", **asked)).code == "forbidden"
    key = await workspace.api_key("events:write")
    assert (await key.call("track_event", **asked))["type"] == "track.purchase"
