"""Subscriptions as clients write them: what is refused by name, what follows from a change, and who sees a secret."""

import uuid
from typing import Any

import psycopg
import pytest
from psycopg.rows import DictRow

from tests.support.callers import Caller, Refusal, Row, Workspace

SEALED = "A" * 100


async def subscribe(workspace: Workspace, **columns: Any) -> Row:
    """A subscription just added."""
    row = {"organization_id": workspace.id, "name": "Shop", "url": "https://shop.example/hook", "event_types": ["*"]}
    headers = {"Prefer": "return=representation"}
    answer = await workspace.owner.request("POST", "webhook_subscriptions", json=row | columns, headers=headers)
    assert answer.status_code == 201, answer.text
    made: Row = answer.json()[0]
    return made


async def change(caller: Caller, subscription: Row, **columns: Any) -> list[Row]:
    """A subscription after a change."""
    answer = await caller.request(
        "PATCH",
        f"webhook_subscriptions?id=eq.{subscription['id']}",
        json=columns,
        headers={"Prefer": "return=representation"},
    )
    assert answer.status_code == 200, answer.text
    rows: list[Row] = answer.json()
    return rows


async def rotate(workspace: Workspace, subscription: Row, **options: Any) -> Row:
    """A subscription with another secret."""
    secret = {"ciphertext": SEALED, "key_id": await workspace.encryption_key()}
    row: Row = await workspace.owner.call(
        "rotate_webhook_secret", **{"subscription_id": subscription["id"], "secret": secret, **options}
    )
    return row


FAULTS: dict[str, tuple[Row, str]] = {
    "no name": ({"name": " "}, "name"),
    "no url": ({"url": "shop.example"}, "url"),
    "another scheme": ({"url": "ftp://shop.example"}, "url"),
    "a password in it": ({"url": "https://me:secret@shop.example/"}, "url"),
    "a space in it": ({"url": "https://shop.example/a b"}, "url"),
    "no types": ({"event_types": []}, "event_types"),
    "a wrong type": ({"event_types": ["payment.succeeded", "Payment"]}, "event_types.1"),
    "half a star": ({"event_types": ["pay*"]}, "event_types.0"),
    "no path": ({"conditions": ["$.type", "type"]}, "conditions.1"),
    "a long path": ({"conditions": ["$." + "a" * 300]}, "conditions.0"),
    "many paths": ({"conditions": ["$.a"] * 11}, "conditions"),
    "no object": ({"template": ["x"]}, "template"),
    "code": ({"template": {"a": [{"b": "{{ data.x.__class__() }}"}]}}, "template.a.0.b"),
    "another name": ({"template": {"a": "{{ secrets }}"}}, "template.a"),
    "a large template": ({"template": {"a": ["x" * 4000] * 5}}, "template"),
    "no rate": ({"rate_per_minute": 0}, "rate_per_minute"),
    "a high rate": ({"rate_per_minute": 60001}, "rate_per_minute"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_is_wrong_is_refused_by_its_field(workspace: Workspace, fault: str) -> None:
    columns, field = FAULTS[fault]
    row = {"organization_id": workspace.id, "name": "Shop", "url": "https://shop.example", "event_types": ["*"]}
    answer = await workspace.owner.request("POST", "webhook_subscriptions", json=row | columns)
    assert (answer.status_code, answer.json()["details"]) == (400, field), answer.text
    assert "secret@" not in answer.text
    subscription = await subscribe(workspace)
    answer = await workspace.owner.request("PATCH", f"webhook_subscriptions?id=eq.{subscription['id']}", json=columns)
    assert (answer.status_code, answer.json()["details"]) == (400, field), answer.text


async def test_the_organization_need_not_be_said_by_who_has_one(workspace: Workspace) -> None:
    row = {"name": "Shop", "url": "https://shop.example", "event_types": ["payment.*"]}
    answer = await workspace.owner.request(
        "POST", "webhook_subscriptions", json=row, headers={"Prefer": "return=representation"}
    )
    assert (answer.status_code, answer.json()[0]["organization_id"]) == (201, workspace.id)


async def test_what_workers_write_cannot_be_written_by_clients(workspace: Workspace) -> None:
    subscription = await subscribe(workspace)
    for column, value in {"failures": 0, "secret_set_at": "now", "disabled_reason": None, "paused_until": None}.items():
        answer = await workspace.owner.request(
            "PATCH", f"webhook_subscriptions?id=eq.{subscription['id']}", json={column: value}
        )
        assert answer.json()["code"] == "42501"


async def test_a_secret_is_kept_sealed_and_seen_by_nobody(workspace: Workspace) -> None:
    subscription = await subscribe(workspace)
    assert subscription["secret_set_at"] is None
    first = await rotate(workspace, subscription)
    assert (first["secret_set_at"] is not None, first["former_secret_until"]) == (True, None)
    second = await rotate(workspace, subscription, overlap_seconds=3600)
    assert second["former_secret_until"] is not None
    third = await rotate(workspace, subscription, overlap_seconds=0)
    assert third["former_secret_until"] is None
    kept = await workspace.all(
        "select expires_at, expires_at <= now() as over from private.webhook_secrets where subscription_id = %s"
        " order by created_at",
        [subscription["id"]],
    )
    assert [each["over"] for each in kept] == [False, True, None]
    lines = await workspace.all(
        "select detail from public.audit_log where target_id = %s and action = 'webhook_subscription.secret_set'",
        [subscription["id"]],
    )
    assert len(lines) == 3
    assert SEALED not in str([first, second, third, lines])


async def test_no_more_than_five_secrets_sign_at_once(workspace: Workspace) -> None:
    subscription = await subscribe(workspace)
    for _ in range(5):
        await rotate(workspace, subscription)
    secret = {"ciphertext": SEALED, "key_id": await workspace.encryption_key()}
    refused = await workspace.owner.refused("rotate_webhook_secret", subscription_id=subscription["id"], secret=secret)
    assert refused == Refusal(409, "too_many_secrets", "subscription_id")


@pytest.mark.parametrize(
    ("change_of", "refusal"),
    [
        ({"secret": "whsec_x"}, Refusal(400, "invalid_secret", "secret")),
        ({"secret": {}}, Refusal(400, "invalid_secret", "secret.ciphertext")),
        ({"secret": {"ciphertext": "whsec_abc=", "key_id": "k"}}, Refusal(400, "invalid_secret", "secret.ciphertext")),
        ({"secret": {"ciphertext": "A" * 2000, "key_id": "k"}}, Refusal(400, "invalid_secret", "secret")),
        ({"secret": {"ciphertext": SEALED, "key_id": "k"}}, Refusal(409, "encryption_key_not_active", "secret.key_id")),
        ({"overlap_seconds": 604801}, Refusal(400, "invalid_overlap_seconds", "overlap_seconds")),
        ({"overlap_seconds": -1}, Refusal(400, "invalid_overlap_seconds", "overlap_seconds")),
    ],
    ids=["text", "nothing", "unsealed", "large", "unknown key", "long overlap", "negative overlap"],
)
async def test_what_is_no_sealed_secret_is_refused(workspace: Workspace, change_of: Row, refusal: Refusal) -> None:
    subscription = await subscribe(workspace)
    given = {"subscription_id": subscription["id"], "secret": {"ciphertext": SEALED, "key_id": "k"}, **change_of}
    assert await workspace.owner.refused("rotate_webhook_secret", **given) == refusal


async def test_without_a_secret_there_is_no_test(workspace: Workspace) -> None:
    subscription = await subscribe(workspace)
    refused = await workspace.owner.refused("test_webhook_subscription", subscription_id=subscription["id"])
    assert refused == Refusal(409, "secret_required", "subscription_id")


async def test_a_change_that_only_a_worker_can_judge_is_checked(workspace: Workspace) -> None:
    async def checks() -> int:
        query = "select count(*) from public.operations where subject_id = %s and kind = 'subscription.check'"
        count: int = await workspace.one(query, [subscription["id"]])
        return count

    subscription = await subscribe(workspace)
    assert await checks() == 0
    await rotate(workspace, subscription)
    assert await checks() == 1
    await change(workspace.owner, subscription, name="Other", event_types=["payment.*"])
    assert await checks() == 1
    await change(workspace.owner, subscription, conditions=["$.data"])
    await change(workspace.owner, subscription, url="https://other.example/")
    assert await checks() == 3
    await change(workspace.owner, subscription, enabled=False)
    assert await checks() == 3
    await change(workspace.owner, subscription, enabled=True)
    assert await checks() == 4


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        ({"since": "2100-01-01T00:00:00Z"}, Refusal(400, "invalid_since", "since")),
        ({"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, Refusal(400, "invalid_since", "since")),
        ({"filter": []}, Refusal(400, "invalid_filter", "filter")),
        ({"filter": {"subject": "x"}}, Refusal(400, "invalid_filter", "filter")),
        ({"filter": {"status": ["pending"]}}, Refusal(400, "invalid_filter", "filter.status")),
        ({"filter": {"status": []}}, Refusal(400, "invalid_filter", "filter.status")),
        ({"filter": {"event_types": [1]}}, Refusal(400, "invalid_filter", "filter.event_types")),
        ({"filter": {"event_types": ["Payment"]}}, Refusal(400, "invalid_subscription", "event_types.0")),
    ],
)
async def test_a_replay_of_nothing_sensible_is_refused(workspace: Workspace, arguments: Row, refusal: Refusal) -> None:
    subscription = await subscribe(workspace)
    given = {"subscription_id": subscription["id"], "since": "2026-01-01T00:00:00Z", **arguments}
    assert await workspace.owner.refused("replay_webhook_deliveries", **given) == refusal


async def test_a_replay_is_begun_once_for_an_idempotency_key(workspace: Workspace) -> None:
    subscription = await subscribe(workspace)
    given = {"subscription_id": subscription["id"], "since": "2026-01-01T00:00:00Z", "idempotency_key": "k"}
    first = await workspace.owner.call("replay_webhook_deliveries", **given)
    assert (await workspace.owner.call("replay_webhook_deliveries", **given))["id"] == first["id"]


async def test_what_others_have_is_as_if_it_were_not_there(workspace: Workspace, other: Caller) -> None:
    subscription = await subscribe(workspace)
    not_found = Refusal(404, "subscription_not_found", "subscription_id")
    for rpc, arguments in {
        "rotate_webhook_secret": {"secret": {}},
        "test_webhook_subscription": {},
        "replay_webhook_deliveries": {"since": "2026-01-01T00:00:00Z"},
    }.items():
        assert await other.refused(rpc, subscription_id=subscription["id"], **arguments) == not_found
    assert await change(other, subscription, name="Mine") == []
    ids = [str(uuid.uuid4())]
    assert await other.refused("resend_webhook_deliveries", delivery_ids=ids) == Refusal(
        404, "delivery_not_found", "delivery_ids"
    )


async def test_an_event_nobody_listens_to_makes_no_work(
    workspace: Workspace, worker: psycopg.AsyncConnection[DictRow]
) -> None:
    async def is_routed(kind: str) -> bool:
        query = "select private.emit_event(%s, %s, null, null, '{}') as id"
        row = await (await worker.execute(query, [workspace.id, kind])).fetchone()
        assert row is not None
        return bool(await workspace.all("select 1 from private.jobs where id = %s", [row["id"]]))

    assert not await is_routed("payment.succeeded")
    subscription = await subscribe(workspace, event_types=["payment.*"])
    assert await is_routed("payment.succeeded")
    assert not await is_routed("lead.captured")
    await change(workspace.owner, subscription, enabled=False)
    assert not await is_routed("payment.succeeded")
