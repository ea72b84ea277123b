"""Attempts to deliver become figures of traffic: counted once, by class, into the hour that they were made in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.receivers import Outlet, Receiver
from tests.support.workplace import Row
from workers.store.analytics import PostgresAnalytics
from workers.store.deliveries import PostgresDeliveries, Tried

HOUR = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
CLASSES = ("authentication_errors", "rate_limit_errors", "refusals", "provider_errors", "unanswered", "failures")


async def figures(outlet: Outlet, rpc: str, **asked: Any) -> list[Row]:
    """What a client is told of the organization's deliveries, once all is counted."""
    await PostgresAnalytics(outlet.hub.worker_pool).fold_all()
    asked = {"since": HOUR - timedelta(hours=3), "zoom": "hour", **asked}
    named = ", ".join(f"{name} => %s" for name in asked)
    query = f"select * from public.{rpc}({named}, source => 'delivery', organization_id => %s) order by 1, 2, operation"
    return await outlet.write(query, *asked.values(), outlet.organization_id)


@pytest.mark.usefixtures("worker")
async def test_attempts_are_counted_by_what_became_of_them(outlet: Outlet, receiver: Receiver) -> None:
    receiver.says(500, 401, 429, 404, 200)
    subscription = await outlet.subscribe(receiver.url)
    for _ in range(5):
        await outlet.emit(reference="order-1")
    await receiver.has(5)
    await outlet.idle(subscription)
    receiver.says(200, text="thanks")
    await outlet.later(subscription)
    deliveries = await outlet.settled(subscription, *["delivered"] * 5)

    [errors] = await figures(outlet, "traffic_errors", zoom="month")
    [usage] = await figures(outlet, "usage", zoom="month", breakdown=["provider", "connection", "operation"])
    [latency] = await figures(outlet, "latency", zoom="month")

    assert (errors["calls"], errors["errors"]) == (9, 4)
    assert [errors[name] for name in CLASSES] == [1, 1, 1, 1, 0, 0]
    assert (usage["retried"], usage["throttled"], usage["unknown"]) == (4, 1, 0)
    assert usage["bytes_sent"] == sum(len(got.body) for got in receiver.got)
    assert usage["bytes_received"] >= 4 * len("thanks")
    assert (usage["provider_key"], usage["connection_id"], usage["operation"]) == ("wasl", None, "payment.succeeded")
    attempts = [each["duration_ms"] for delivery in deliveries for each in await outlet.attempts(delivery)]
    assert latency["longest_ms"] == max(attempts)
    assert latency["mean_ms"] == pytest.approx(sum(attempts) / 9)


@pytest.mark.usefixtures("worker")
async def test_what_was_never_sent_is_unanswered_and_has_no_bytes(outlet: Outlet) -> None:
    subscription = await outlet.subscribe("http://127.0.0.1:1/nobody")
    await outlet.emit()
    await outlet.settled(subscription, "pending")

    [errors] = await figures(outlet, "traffic_errors")
    [usage] = await figures(outlet, "usage")

    assert [errors[name] for name in CLASSES] == [0, 0, 0, 0, 1, 0]
    assert (usage["calls"], usage["unknown"], usage["bytes_sent"]) == (1, 0, 0)


def tried(delivery: Row, started_at: datetime, **facts: Any) -> Tried:
    """A delivery that a worker has just been told of."""
    got = Tried(
        delivery_id=str(delivery["id"]),
        created_at=delivery["created_at"].isoformat(),
        started_at=started_at.isoformat(),
        outcome="delivered",
        wait_seconds=None,
        http_status=200,
        duration_ms=20,
        request_bytes=100,
        response_bytes=10,
        response=None,
        error=None,
    )
    return replace(got, **facts)


@pytest.mark.usefixtures("worker")
class TestRecording:
    """Without a secret a subscription's deliveries wait, so that the test itself is their sender."""

    async def waiting(self, outlet: Outlet, *environments: str | None) -> list[Row]:
        subscription = await outlet.insert(url="https://shop.example/hook", name="S", event_types=["*"])
        for environment in environments:
            await outlet.emit(environment=environment)
        await outlet.idle(subscription)
        return await outlet.deliveries(subscription)

    async def record(self, outlet: Outlet, delivery: Row, *told: Tried) -> None:
        store = PostgresDeliveries(outlet.hub.worker_pool, patience_seconds=3600)
        await store.record(delivery["subscription_id"], told, pause_seconds=None, gone=False)

    async def test_what_is_recorded_late_counts_in_its_own_hour(self, outlet: Outlet) -> None:
        [delivery] = await self.waiting(outlet, "sandbox")
        retry = {
            "outcome": "retry",
            "wait_seconds": 60.0,
            "http_status": 503,
            "error": {"code": "refused", "message": ""},
        }
        await self.record(outlet, delivery, tried(delivery, HOUR))
        await figures(outlet, "usage")
        await self.record(outlet, delivery, tried(delivery, HOUR - timedelta(minutes=61), **retry))

        hours = await figures(outlet, "usage")

        assert [(row["starts_at"], row["calls"], row["errors"]) for row in hours] == [
            (HOUR - timedelta(hours=2), 1, 1),
            (HOUR, 1, 0),
        ]
        days = await figures(outlet, "usage", zoom="month")
        assert sum(row["calls"] for row in days) == 2

    async def test_what_is_told_again_changes_nothing(self, outlet: Outlet) -> None:
        """As when the connection is lost while the first telling is committed."""
        [delivery] = await self.waiting(outlet, None)
        retry = {
            "outcome": "retry",
            "wait_seconds": 60.0,
            "http_status": None,
            "error": {"code": "timed_out", "message": ""},
        }
        for _ in range(2):
            await self.record(outlet, delivery, tried(delivery, HOUR, **retry))

        [after] = await outlet.hub.all("select * from private.webhook_queue where delivery_id = %s", delivery["id"])
        assert after["step"] == 1
        assert [each["number"] for each in await outlet.attempts(delivery)] == [1]
        assert [row["unknown"] for row in await figures(outlet, "usage")] == [1]

    async def test_sandbox_and_live_stay_apart_and_what_is_of_neither_is_live(self, outlet: Outlet) -> None:
        for delivery in await self.waiting(outlet, "sandbox", None, "live"):
            await self.record(outlet, delivery, tried(delivery, HOUR))

        for zoom in ("hour", "month"):
            rows = await figures(outlet, "usage", zoom=zoom)
            assert [(row["environment"], row["calls"]) for row in rows] == [("sandbox", 1), ("live", 2)]
