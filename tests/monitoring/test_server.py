"""What a worker tells of itself over HTTP."""

from collections.abc import AsyncIterator

import httpx
import pytest

from workers.monitoring.metrics import Metrics
from workers.monitoring.server import Pulse, create_app


class Situation:
    """What the worker would say."""

    reason: str | None = None

    async def queue(self) -> str | None:
        return self.reason


@pytest.fixture
def situation() -> Situation:
    return Situation()


@pytest.fixture
async def client(situation: Situation) -> AsyncIterator[httpx.AsyncClient]:
    metrics = Metrics()
    metrics.ended.labels("payment.create", "succeeded").inc()
    pulse = Pulse(metrics.loop_lag_seconds.set)
    app = create_app(metrics, checks={"queue": situation.queue}, facts=lambda: {"leading": True}, pulse=pulse)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://worker") as client:
        yield client


async def test_alive(client: httpx.AsyncClient) -> None:
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "leading": True})


async def test_ready(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "checks": {"queue": "ok"}})


async def test_not_ready_and_why(client: httpx.AsyncClient, situation: Situation) -> None:
    situation.reason = "stopping"
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready", "checks": {"queue": "stopping"}})


async def test_metrics(client: httpx.AsyncClient) -> None:
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert 'wasl_jobs_ended_total{kind="payment.create",outcome="succeeded"} 1.0' in answer.text


async def test_two_workers_in_one_process_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.lease_lost.inc()
    assert b"wasl_leases_lost_total 1.0" in one.render()
    assert b"wasl_leases_lost_total 0.0" in other.render()
