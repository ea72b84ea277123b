"""Rules: checked when they are written, and each metric measured, raised after its time, and ended by itself."""

import re
from decimal import Decimal
from typing import Any

import pytest

from stack.toolchain import ROOT
from tests.support.callers import Refusal, Row
from tests.support.watches import Watch, insert


async def refused(watch: Watch, **columns: Any) -> Refusal:
    row = {"organization_id": watch.workspace.id, "name": "Mine", **columns}
    answer = await watch.workspace.owner.request("POST", "alert_rules", json=row)
    assert not answer.is_success, answer.text
    return Refusal(answer.status_code, answer.json()["code"], answer.json()["details"])


async def opened(watch: Watch, seconds: float = 600) -> list[Row]:
    """The alerts when what is measured now has lasted."""
    assert await watch.evaluate() == [], "not before its time"
    await watch.pass_time(seconds)
    return await watch.evaluate()


async def ended(watch: Watch, seconds: float = 600) -> list[str]:
    """The statuses of the alerts when what is measured now has lasted."""
    assert [alert["status"] for alert in await watch.evaluate()] == ["open"], "not before its time"
    await watch.pass_time(seconds)
    return [alert["status"] for alert in await watch.evaluate()]


async def test_an_organization_begins_with_a_rule_of_each_metric_and_the_inbox(tower: Watch) -> None:
    rules = await tower.workspace.owner.rows(
        f"alert_rules?organization_id=eq.{tower.workspace.id}&select=metric,enabled&order=metric"
    )
    channels = await tower.workspace.owner.rows("alert_channels?select=kind,minimum_severity,enabled,ready")

    assert [rule["metric"] for rule in rules] == [
        "consecutive_failures",
        "credential_expiry",
        "dead_letters",
        "error_rate",
        "latency",
        "rate_budget",
        "reconciliation_differences",
        "stalled_shipments",
        "webhook_backlog",
    ]
    assert all(rule["enabled"] for rule in rules)
    assert channels == [{"kind": "in_app", "minimum_severity": "info", "enabled": True, "ready": True}]


async def test_the_documentation_has_every_metric_with_its_defaults(tower: Watch) -> None:
    page = (ROOT / "docs/alerts.md").read_text()
    cells = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in re.findall(r"^\| `[a-z_]+` \| .*$", page, re.M)
    ]
    told = {row[0].strip("`"): [*row[1:2], *row[3:]] for row in cells if len(row) == 9}
    shown = "threshold, recover_at, window_minutes, minimum_calls, for_seconds"
    metrics = await tower.workspace.all(f"select metric, unit, {shown}, severity::text from private.alert_metrics")

    def text(value: object) -> str:
        return "" if value is None else f"{value:g}" if isinstance(value, Decimal) else str(value)

    assert told == {row.pop("metric"): [text(value) for value in row.values()] for row in metrics}


@pytest.mark.parametrize(
    ("field", "columns"),
    [
        ("metric", {"metric": "weather"}),
        ("threshold", {"metric": "error_rate", "threshold": 101}),
        ("recover_at", {"metric": "error_rate", "threshold": 20, "recover_at": 21}),
        ("recover_at", {"metric": "rate_budget", "threshold": 20, "recover_at": 19}),
        ("window_minutes", {"metric": "error_rate", "window_minutes": 0}),
        ("window_minutes", {"metric": "rate_budget", "window_minutes": 5}),
        ("minimum_calls", {"metric": "latency", "minimum_calls": 0}),
        ("minimum_calls", {"metric": "dead_letters", "minimum_calls": 5}),
        ("percentile", {"metric": "latency", "percentile": 100}),
        ("percentile", {"metric": "error_rate", "percentile": 95}),
        ("for_seconds", {"metric": "latency", "for_seconds": -1}),
        ("connection_id", {"metric": "dead_letters", "environment": "live"}),
    ],
)
async def test_a_rule_that_cannot_be_right_names_the_field(tower: Watch, field: str, columns: Row) -> None:
    assert await refused(tower, **columns) == Refusal(400, f"invalid_{field}", field)


async def test_what_is_left_out_is_the_metrics_default(watch: Watch) -> None:
    [rule] = await insert(
        watch.workspace,
        "alert_rules",
        {"organization_id": watch.workspace.id, "name": "Slow", "metric": "latency", "threshold": 1000},
    )

    shown = {
        name: rule[name] for name in ("recover_at", "window_minutes", "minimum_calls", "percentile", "for_seconds")
    }
    assert shown == {
        "recover_at": 800,
        "window_minutes": 10,
        "minimum_calls": 20,
        "percentile": 95,
        "for_seconds": 300,
    }


async def test_calls_that_fail_are_told_and_it_ends_when_they_do_not(watch: Watch) -> None:
    rule_id = await watch.rule("error_rate")
    await watch.calls(40, failures=10)

    [alert] = await opened(watch)

    assert (alert["kind"], alert["severity"], str(alert["rule_id"])) == ("rule.error_rate", "warning", rule_id)
    assert str(alert["connection_id"]) == watch.connection["id"]
    assert alert["title"] == f"{watch.connection['name']}: 25.0 % of the calls fail"
    assert (alert["detail"]["value"], alert["detail"]["threshold"], alert["detail"]["calls"]) == (25.0, 20, 40)
    assert len(await watch.evaluate()) == 1, "one alert as long as it lasts"

    await watch.calls(400, minutes_ago=0.5)
    assert await ended(watch) == ["resolved"]


async def test_between_the_threshold_and_its_end_nothing_changes(watch: Watch) -> None:
    await watch.rule("error_rate", threshold=20, recover_at=10)
    await watch.calls(40, failures=10)
    await opened(watch)

    await watch.calls(30, minutes_ago=0.5)  # 10 of 70: below the threshold, above its end
    await watch.evaluate()
    await watch.pass_time(3600)

    assert [alert["status"] for alert in await watch.evaluate()] == ["open"]


async def test_what_does_not_last_is_not_told(watch: Watch) -> None:
    await watch.rule("error_rate", for_seconds=120)
    await watch.calls(40, failures=10)
    assert await watch.evaluate() == []
    await watch.pass_time(100)
    await watch.calls(400, minutes_ago=0.5)
    assert await watch.evaluate() == []
    await watch.forget_calls()
    await watch.calls(40, failures=10)
    await watch.evaluate()
    await watch.pass_time(100)

    assert await watch.evaluate() == [], "it began anew"


async def test_few_calls_say_nothing_and_no_calls_end_it(watch: Watch) -> None:
    await watch.rule("error_rate", minimum_calls=20, for_seconds=0)
    await watch.calls(19, failures=19)
    assert await watch.evaluate() == []
    await watch.calls(1, failures=1)
    assert len(await watch.evaluate()) == 1
    await watch.forget_calls()

    assert [alert["status"] for alert in await watch.evaluate()] == ["resolved"]


async def test_what_a_provider_refuses_is_no_failure_but_refused_credentials_are(watch: Watch) -> None:
    cases: list[tuple[str, int | None, str | None, bool | None]] = [
        ("refused", 402, None, False),
        ("refused", 401, None, True),
        ("retryable", 429, None, True),
        ("unknown", None, "no_answer", True),
        ("not_sent", None, "throttled", None),
        ("not_sent", None, "breaker_open", True),
        ("ok", 200, None, False),
    ]
    for outcome, status, code, failed in cases:
        await watch.forget_calls()
        await watch.calls(1)
        await watch.workspace.database.execute(
            "update public.integration_logs set outcome = %s, status = %s, error_code = %s where connection_id = %s",
            [outcome, status, code, watch.connection["id"]],
        )
        counted = await watch.workspace.all(
            "select failed from private.counted_calls where connection_id = %s", [watch.connection["id"]]
        )
        assert [row["failed"] for row in counted] == ([] if failed is None else [failed]), (outcome, status, code)


async def test_slow_calls_are_told_by_their_percentile(watch: Watch) -> None:
    await watch.rule("latency", threshold=2000, percentile=90, for_seconds=0)
    await watch.calls(80, ms=100)
    await watch.calls(20, ms=4000)

    [alert] = await watch.evaluate()

    assert alert["kind"] == "rule.latency"
    assert 4000 <= alert["detail"]["value"] <= 4400, "right to a tenth"


async def test_fast_calls_are_not(watch: Watch) -> None:
    await watch.rule("latency", threshold=2000, percentile=90, for_seconds=0)
    await watch.calls(91, ms=100)
    await watch.calls(9, ms=4000)

    assert await watch.evaluate() == []


async def test_failures_one_after_the_other_are_counted_from_the_last_call_back(watch: Watch) -> None:
    await watch.rule("consecutive_failures", threshold=5, for_seconds=0)
    await watch.calls(10, failures=4, minutes_ago=3)
    assert await watch.evaluate() == []
    await watch.calls(2, failures=2)
    [alert] = await watch.evaluate()
    assert (alert["detail"]["value"], alert["severity"]) == (6, "critical")
    await watch.calls(1, minutes_ago=0.1)

    assert [alert["status"] for alert in await watch.evaluate()] == ["resolved"]


async def test_only_connections_of_the_filter_are_looked_at(watch: Watch) -> None:
    await watch.calls(40, failures=40)
    for filters in ({"environment": "live"}, {"provider_key": "probe_tool"}):
        await watch.rule("error_rate", for_seconds=0, **filters)
        assert await watch.evaluate() == []
    await watch.rule("error_rate", for_seconds=0, connection_id=watch.connection["id"])

    assert len(await watch.evaluate()) == 1


async def test_webhooks_that_wait_are_counted_of_the_whole_organization(watch: Watch) -> None:
    await watch.rule("webhook_backlog", threshold=3, for_seconds=0)
    put = (
        "insert into private.jobs (id, kind, organization_id, run_at, created_at)"
        " select gen_random_uuid(), 'webhook.process', %s, now() + interval '1 hour', now() - make_interval(secs => %s)"
        " from generate_series(1, %s)"
    )
    await watch.workspace.database.execute(put, [watch.workspace.id, 120, 2])
    await watch.workspace.database.execute(put, [watch.workspace.id, 10, 5])
    assert await watch.evaluate() == [], "those that have just come do not wait"
    await watch.workspace.database.execute(put, [watch.workspace.id, 120, 1])
    [alert] = await watch.evaluate()
    assert (alert["title"], alert["connection_id"]) == ("3 webhooks have waited for more than a minute", None)
    await watch.workspace.database.execute("delete from private.jobs where organization_id = %s", [watch.workspace.id])

    assert [alert["status"] for alert in await watch.evaluate()] == ["resolved"]


async def test_deliveries_that_should_have_been_sent_wait_as_well(watch: Watch) -> None:
    await watch.rule("webhook_backlog", threshold=3, for_seconds=0)
    database, of = watch.workspace.database, watch.workspace.id
    made = (
        "insert into public.webhook_subscriptions (organization_id, name, url, event_types, secret_set_at)"
        " values (%s, 'Shop', 'https://shop.example/hook', '{*}', now()) returning id"
    )
    put = (
        "insert into private.webhook_queue (delivery_id, created_at, subscription_id, event_id, next_attempt_at)"
        " select gen_random_uuid(), now(), %s, gen_random_uuid(), now() - make_interval(secs => %s)"
        " from generate_series(1, %s)"
    )
    change = "update public.webhook_subscriptions set {} where id = %s"
    [subscription] = await (await database.execute(made, [of])).fetchall()
    await database.execute(put, [subscription["id"], 120, 3])
    for held_up, going_on in (
        ("paused_until = now() + interval '5 minutes'", "paused_until = null"),
        ("secret_set_at = null", "secret_set_at = now()"),
        ("enabled = false", "enabled = true"),
    ):
        await database.execute(change.format(held_up), [subscription["id"]])
        assert await watch.evaluate() == [], held_up
        await database.execute(change.format(going_on), [subscription["id"]])
    await database.execute(put, [subscription["id"], 10, 5])  # have just become due

    [alert] = await watch.evaluate()
    assert (alert["title"], alert["connection_id"]) == ("3 webhooks have waited for more than a minute", None)
    await database.execute("delete from public.webhook_subscriptions where id = %s", [subscription["id"]])

    assert [alert["status"] for alert in await watch.evaluate()] == ["resolved"]


async def test_work_that_was_given_up_is_counted_within_the_window(watch: Watch) -> None:
    await watch.rule("dead_letters", threshold=2, for_seconds=0, window_minutes=60)
    put = (
        "insert into private.dead_jobs (id, kind, organization_id, payload, attempt, created_at, died_at)"
        " select gen_random_uuid(), 'payment.create', %s, '{}', 12, now(), now() - make_interval(mins => %s)"
    )
    for minutes in (90, 10):
        await watch.workspace.database.execute(put, [watch.workspace.id, minutes])
    assert await watch.evaluate() == []
    await watch.workspace.database.execute(put, [watch.workspace.id, 5])

    [alert] = await watch.evaluate()

    assert (alert["detail"]["value"], alert["kind"]) == (2, "rule.dead_letters")


async def test_access_and_api_keys_that_end_are_told_before(watch: Watch) -> None:
    await watch.rule("credential_expiry", threshold=14, for_seconds=0)
    organization = {"organization_id": watch.workspace.id}
    await watch.workspace.owner.call(
        "create_api_key", name="Late", scopes=["*"], expires_at="2099-01-01", **organization
    )
    soon = await watch.workspace.one("select (now() + interval '3 days')::text")
    await watch.workspace.owner.call("create_api_key", name="Soon", scopes=["*"], expires_at=soon, **organization)
    await watch.workspace.database.execute(
        "insert into public.connection_grants (connection_id, organization_id, access_expires_at, refreshable)"
        " values (%s, %s, now() + interval '12 days', false)",
        [watch.connection["id"], watch.workspace.id],
    )

    alerts = await watch.evaluate()

    assert sorted(alert["title"] for alert in alerts) == sorted(
        ["API key Soon: access ends in 3.0 days", f"{watch.connection['name']}: access ends in 12.0 days"]
    )


async def test_a_rate_limit_that_is_used_up_is_told_and_fills_again(watch: Watch) -> None:
    await watch.rule("rate_budget", threshold=10, recover_at=50, for_seconds=0)
    change = "update public.rate_limits set {} where connection_id = %s"
    await watch.workspace.database.execute(
        change.format("blocked_until = now() + interval '1 hour'"), [watch.connection["id"]]
    )
    [alert] = await watch.evaluate()
    assert (alert["detail"]["value"], alert["severity"]) == (0, "info")
    await watch.workspace.database.execute(
        change.format("blocked_until = null, tokens = capacity"), [watch.connection["id"]]
    )

    assert [alert["status"] for alert in await watch.evaluate()] == ["resolved"]


async def test_silent_parcels_of_a_connection_are_told_together(watch: Watch) -> None:
    await watch.rule("stalled_shipments", threshold=3, for_seconds=0)
    parcels = [
        await watch.raise_alert("shipment.stalled", "warning", connection_id=watch.connection["id"]) for _ in range(3)
    ]

    rules = [alert for alert in await watch.evaluate() if alert["kind"] == "rule.stalled_shipments"]

    assert [alert["detail"]["value"] for alert in rules] == [len(parcels)]


async def test_payments_that_differ_are_counted_while_the_differences_are_open(watch: Watch) -> None:
    await watch.rule("reconciliation_differences", threshold=2, for_seconds=0)
    run = await watch.workspace.one(
        "insert into public.payment_reconciliations (organization_id, connection_id, since, until, status)"
        " values (%s, %s, now() - interval '1 day', now(), 'finished') returning id",
        [watch.workspace.id, watch.connection["id"]],
    )
    await watch.workspace.database.execute(
        "insert into public.payment_differences"
        " (organization_id, connection_id, reconciliation_id, provider_payment_id, kind)"
        " select %s, %s, %s, 'p' || n, 'status' from generate_series(1, 2) n",
        [watch.workspace.id, watch.connection["id"], run],
    )
    [alert] = await watch.evaluate()
    assert alert["detail"]["value"] == 2
    await watch.workspace.database.execute(
        "update public.payment_differences set status = 'dismissed' where reconciliation_id = %s", [run]
    )

    assert [alert["status"] for alert in await watch.evaluate()] == ["resolved"]


async def test_what_was_resolved_by_hand_has_to_last_again(watch: Watch) -> None:
    await watch.rule("error_rate", for_seconds=120)
    await watch.calls(40, failures=40)
    [alert] = await opened(watch)
    await watch.workspace.owner.call("resolve_alert", alert_id=str(alert["id"]))
    assert [each["status"] for each in await watch.evaluate()] == ["resolved"]
    await watch.pass_time(121)

    assert [each["status"] for each in await watch.evaluate()] == ["resolved", "open"]


@pytest.mark.parametrize("how", ["disabled", "deleted", "paused"])
async def test_an_alert_ends_with_its_rule_or_connection(watch: Watch, how: str) -> None:
    rule_id = await watch.rule("error_rate", for_seconds=0)
    await watch.calls(40, failures=40)
    assert len(await watch.evaluate()) == 1
    owner = watch.workspace.owner
    match how:
        case "disabled":
            await owner.request("PATCH", f"alert_rules?id=eq.{rule_id}", json={"enabled": False})
        case "deleted":
            await owner.request("DELETE", f"alert_rules?id=eq.{rule_id}")
        case "paused":
            await owner.call("update_connection", connection_id=watch.connection["id"], paused=True)

    assert [alert["status"] for alert in await watch.evaluate()] == ["resolved"]


async def test_calls_that_are_logged_late_are_counted_and_none_twice(watch: Watch) -> None:
    await watch.rule("error_rate", for_seconds=0, minimum_calls=40)
    await watch.calls(30, failures=30, minutes_ago=1.5)
    assert await watch.evaluate() == []
    await watch.calls(10, failures=10, minutes_ago=1.5)
    await watch.evaluate()

    [alert] = await watch.evaluate()

    assert alert["detail"]["calls"] == 40
