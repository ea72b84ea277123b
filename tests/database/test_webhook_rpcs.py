"""Webhooks through RPCs: addresses are made, the Supabase function hands events in, and people replay them."""

import base64
import hashlib
import uuid
from typing import Any

import pytest

from tests.support.callers import Caller, Database, Refusal, Row, Workspace


def encoded(body: bytes) -> str:
    return base64.b64encode(body).decode()


async def new_endpoint(workspace: Workspace) -> Row:
    connection = await workspace.connection(active=False)
    endpoint: Row = await workspace.owner.call("create_webhook_endpoint", connection_id=connection["id"])
    return endpoint


async def new_event(workspace: Workspace, server: Caller, endpoint: Row, body: bytes = b"{}") -> str:
    """An event handed in; its id."""
    await server.call("ingest_webhook", token=endpoint["token"], headers={}, query="", body=encoded(body))
    newest = "select id::text from webhook_events where endpoint_id = %s order by received_at desc limit 1"
    return str(await workspace.one(newest, [endpoint["id"]]))


async def test_an_address_is_shown_once_and_stored_as_a_hash(workspace: Workspace) -> None:
    endpoint = await new_endpoint(workspace)

    assert endpoint["path"] == f"/functions/v1/webhooks/{endpoint['token']}"
    assert len(endpoint["token"]) == 46
    assert endpoint["token"].startswith("wh_")
    row = await workspace.one("select to_jsonb(e) from webhook_endpoints e where id = %s", [endpoint["id"]])
    assert endpoint["token"] not in str(row)
    assert row["token_hash"] == "\\x" + hashlib.sha256(endpoint["token"].encode()).hexdigest()


async def test_an_event_is_kept_byte_for_byte_with_a_job(workspace: Workspace, server: Caller) -> None:
    endpoint, body = await new_endpoint(workspace), bytes(range(256))

    answer = await server.call(
        "ingest_webhook",
        token=endpoint["token"],
        headers={
            "Stripe-Signature": "t=1",
            "Cookie": "c",
            "AUTHORIZATION": "b",
            "apikey": "k",
            "Proxy-Authorization": "p",
        },
        query="a=1",
        body=encoded(body),
    )

    assert answer == {"status": "accepted"}
    event = await workspace.one("select to_jsonb(e) from webhook_events e where endpoint_id = %s", [endpoint["id"]])
    assert (event["body"], event["verified"], event["status"]) == ("\\x" + body.hex(), False, "received")
    assert (event["headers"], event["query"]) == ({"stripe-signature": "t=1"}, "a=1")
    job = await workspace.one("select to_jsonb(j) from private.jobs j where id = %s", [event["id"]])
    assert (job["kind"], job["payload"]["event_id"]) == ("webhook.process", event["id"])
    counted = "select received_count from webhook_endpoints where id = %s"
    assert await workspace.one(counted, [endpoint["id"]]) == 1


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        ({"token": "wh_" + "A" * 43}, Refusal(404, "not_found", None)),
        ({"token": ""}, Refusal(404, "not_found", None)),
        ({"token": None}, Refusal(404, "not_found", None)),
        ({"body": None}, Refusal(400, "invalid_body", "body")),
        ({"body": "{not base64}"}, Refusal(400, "invalid_body", "body")),
        ({"body": "AAA"}, Refusal(400, "invalid_body", "body")),
        ({"headers": None}, Refusal(400, "invalid_headers", "headers")),
        ({"headers": ["a"]}, Refusal(400, "invalid_headers", "headers")),
    ],
)
async def test_what_is_no_webhook_is_refused(
    workspace: Workspace, server: Caller, arguments: dict[str, Any], refusal: Refusal
) -> None:
    endpoint = await new_endpoint(workspace)
    good = {"token": endpoint["token"], "headers": {}, "query": None, "body": ""}

    assert await server.refused("ingest_webhook", **good | arguments) == refusal


@pytest.mark.parametrize("size", [(1 << 20) + 1, 1 << 21])
async def test_a_body_over_the_limit_is_an_answer_that_is_counted(
    workspace: Workspace, server: Caller, size: int
) -> None:
    endpoint = await new_endpoint(workspace)
    given = {"token": endpoint["token"], "headers": {}, "query": "", "source_address": "203.0.113.9"}

    answer = await server.call("ingest_webhook", **given, body=encoded(b"x" * size))

    assert answer == {"status": "refused", "code": "body_too_large", "http_status": 413, "retry_after": None}
    counted = "select refused_count from webhook_endpoints where id = %s"
    assert await workspace.one(counted, [endpoint["id"]]) == 1
    [request] = await workspace.owner.rows(f"webhook_requests?endpoint_id=eq.{endpoint['id']}")
    assert (request["reason"], request["source_address"], request["verified"]) == (
        "body_too_large",
        "203.0.113.9",
        None,
    )
    assert request["body_bytes"] - size in (0, 1, 2)


async def test_the_largest_body_and_an_empty_one_are_taken(workspace: Workspace, server: Caller) -> None:
    endpoint = await new_endpoint(workspace)

    await new_event(workspace, server, endpoint, b"x" * (1 << 20))
    await new_event(workspace, server, endpoint, b"")

    lengths = "select array_agg(length(body) order by received_at) from webhook_events where endpoint_id = %s"
    assert await workspace.one(lengths, [endpoint["id"]]) == [1 << 20, 0]


async def test_a_disabled_address_does_not_exist(workspace: Workspace, server: Caller) -> None:
    endpoint = await new_endpoint(workspace)
    await workspace.owner.request("PATCH", f"webhook_endpoints?id=eq.{endpoint['id']}", json={"enabled": False})

    refusal = await server.refused("ingest_webhook", token=endpoint["token"], headers={}, query="", body="")

    assert refusal == Refusal(404, "not_found", None)


async def test_a_disconnected_connection_has_no_address(workspace: Workspace, server: Caller) -> None:
    endpoint = await new_endpoint(workspace)
    await workspace.owner.call("disconnect_connection", connection_id=endpoint["connection_id"])
    await workspace.owner.request("PATCH", f"webhook_endpoints?id=eq.{endpoint['id']}", json={"enabled": True})

    refusal = await server.refused("ingest_webhook", token=endpoint["token"], headers={}, query="", body="")

    assert refusal == Refusal(404, "not_found", None)


async def test_events_are_replayed_all_or_none(
    workspace: Workspace, shop: Workspace, server: Caller, database: Database
) -> None:
    endpoint = await new_endpoint(workspace)
    mine = [await new_event(workspace, server, endpoint) for _ in range(3)]
    foreign = await new_event(shop, server, await new_endpoint(shop))
    await database.execute("update webhook_events set status = 'dead' where id = any (%s)", [mine])
    await database.execute("delete from private.jobs where organization_id = %s", [workspace.id])

    refusals = [
        await workspace.owner.refused("replay_webhook_events", event_ids=ids)
        for ids in ([*mine, foreign], [*mine, str(uuid.uuid4())], [*mine, None])
    ]
    untouched = await workspace.one("select count(*) from private.jobs where organization_id = %s", [workspace.id])
    replayed = await workspace.owner.call("replay_webhook_events", event_ids=[*mine, mine[0]])

    assert refusals == [Refusal(404, "event_not_found", "event_ids")] * 3
    assert (untouched, replayed) == (0, 3)
    payloads = "select jsonb_agg(payload) from private.jobs where organization_id = %s"
    jobs = await workspace.one(payloads, [workspace.id])
    assert {(job["event_id"], job["replay"]) for job in jobs} == {(event, True) for event in mine}
    statuses = "select array_agg(distinct status::text) from webhook_events where id = any (%s)"
    assert await workspace.one(statuses, [mine]) == ["received"]


@pytest.mark.parametrize("event_ids", [None, [], [str(uuid.uuid4())] * 1001])
async def test_a_bad_list_of_events_is_refused(shop: Workspace, event_ids: list[str] | None) -> None:
    refusal = await shop.owner.refused("replay_webhook_events", event_ids=event_ids)

    assert refusal == Refusal(400, "invalid_event_ids", "event_ids")


async def test_viewers_replay_nothing(workspace: Workspace, server: Caller) -> None:
    event = await new_event(workspace, server, await new_endpoint(workspace))
    viewer = await workspace.member("viewer")

    assert (await viewer.refused("replay_webhook_events", event_ids=[event])).code == "event_not_found"
    assert await server.call("replay_webhook_events", event_ids=[event]) == 1
