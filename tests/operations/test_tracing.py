"""One trace, from what a client asks to what a provider tells of it: in rows, log lines and spans."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import structlog
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.server import serving
from tests.support.callers import service
from tests.support.shops import open_street
from tests.support.workplace import Row, Workplace, until
from workers.tracing import Tracing, current_trace_id, following


class Collector:
    """Takes spans over OTLP, as a collector does: by trace and name, each with its parent's name."""

    def __init__(self) -> None:
        self.spans: dict[str, list[Any]] = {}

    async def take(self, request: Request) -> Response:
        told = ExportTraceServiceRequest.FromString(await request.body())
        for resource in told.resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    self.spans.setdefault(span.trace_id.hex(), []).append(span)
        return Response(status_code=200)

    def names(self, trace_id: str) -> set[str]:
        return {span.name for span in self.spans.get(trace_id, ())}

    def parent_of(self, trace_id: str, name: str) -> str | None:
        spans = {span.span_id: span for span in self.spans[trace_id]}
        [span] = [span for span in spans.values() if span.name == name]
        return spans[span.parent_span_id].name if span.parent_span_id in spans else None


@asynccontextmanager
async def collecting() -> AsyncIterator[tuple[str, Collector]]:
    collector = Collector()
    async with serving(Starlette(routes=[Route("/v1/traces", collector.take, methods=["POST"])])) as url:
        yield url, collector


async def test_one_trace_from_the_call_to_the_webhook(workplace: Workplace) -> None:
    trace_id = uuid4().hex
    async with (
        collecting() as (endpoint, collector),
        open_street(workplace) as street,
        street.hub.working(otlp_endpoint=endpoint),
        httpx.AsyncClient(base_url=workplace.stack.url) as http,
    ):
        shop = await street.shop("stripe")
        arguments = {
            "organization_id": str(shop.organization_id),
            "connection_id": str(shop.connection_id),
            "amount": "99.00",
            "currency": "AED",
            "reference": "order-1",
            "return_url": "https://shop.example/back",
        }
        answer = await service(workplace.stack, http).request(
            "POST",
            "rpc/create_payment",
            json=arguments,
            headers={"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"},
        )
        payment = {"id": UUID(answer.json()["id"])}
        await workplace.finished(payment["id"])
        await shop.pay(await shop.now(payment))
        await shop.reaches(payment, "captured")

        async def webhook() -> Row | None:
            query = "select * from public.webhook_events where connection_id = %s and status = 'processed' limit 1"
            rows = await workplace.all(query, shop.connection_id)
            return rows[0] if rows else None

        processed = await until(webhook)
    operation = await workplace.operation(payment["id"])
    events = await workplace.all("select trace_id from public.events where subject_id = %s", payment["id"])
    calls = await workplace.all("select trace_id from public.integration_logs where operation_id = %s", operation["id"])

    assert operation["trace_id"] == processed["trace_id"] == trace_id
    assert {row["trace_id"] for row in events} == {row["trace_id"] for row in calls} == {trace_id}
    expected = {"claim payment.create", "payment.create", "stripe create_payment", "webhook stripe"}
    assert expected <= collector.names(trace_id)
    assert collector.parent_of(trace_id, "stripe create_payment") == "payment.create"


async def test_a_collector_that_is_gone_holds_nothing_up(workplace: Workplace, organization: UUID) -> None:
    await workplace.connect_stripe(organization)

    async with workplace.working(otlp_endpoint="http://127.0.0.1:9"):
        payment = await workplace.payment(organization)
        assert (await workplace.finished(payment["id"]))["status"] == "succeeded"


@pytest.mark.parametrize(
    "header", ["", "nonsense", f"00-{'0' * 32}-00f067aa0ba902b7-01", "00-4BF92F3577B34DA6A3CE929D0E0E4736-1-01"]
)
async def test_a_call_without_a_right_trace_gets_a_new_one(workplace: Workplace, header: str) -> None:
    async with workplace.database.transaction():
        given = {"traceparent": header} if header else {}
        await workplace.database.execute("select set_config('request.headers', %s, true)", [json.dumps(given)])
        row = await workplace.one("select private.trace_id() as first, private.trace_id() as second")

    assert row["first"] == row["second"]
    assert len(row["first"]) == 32
    assert row["first"] != "0" * 32


async def test_log_lines_show_the_trace_of_their_own_work() -> None:
    async def work(trace_id: str) -> tuple[str | None, Any]:
        with following(trace_id):
            await asyncio.sleep(0)
            return current_trace_id(), structlog.contextvars.get_contextvars()["trace_id"]

    assert await asyncio.gather(work("a" * 32), work("b" * 32)) == [("a" * 32,) * 2, ("b" * 32,) * 2]
    assert current_trace_id() is None
    assert "trace_id" not in structlog.contextvars.get_contextvars()


def test_without_a_collector_a_span_is_one_and_the_same_nothing() -> None:
    tracing = Tracing()

    assert tracing.span("a") is tracing.span("b")
