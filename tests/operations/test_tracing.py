"""One trace, from what a client asks, by what a provider tells of it, to who is told: in rows, log lines and spans."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
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
from tests.support.receivers import NETWORKS, Outlet, open_receiver
from tests.support.shops import Shop, open_street
from tests.support.workplace import Row, Workplace, until
from workers.tracing import Tracing, current_trace_id, following


class Collector:
    """Takes spans over OTLP, as a collector does: by trace."""

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

    def named(self, trace_id: str, name: str) -> list[Any]:
        """The spans of a name, the first one first."""
        found = [span for span in self.spans.get(trace_id, ()) if span.name == name]
        return sorted(found, key=lambda span: span.start_time_unix_nano)

    def parent_of(self, trace_id: str, name: str) -> str | None:
        names = {span.span_id: span.name for span in self.spans[trace_id]}
        [span] = self.named(trace_id, name)
        return names.get(span.parent_span_id)


def attributes(span: Any) -> dict[str, str | int]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in span.attributes}


@asynccontextmanager
async def collecting() -> AsyncIterator[tuple[str, Collector]]:
    collector = Collector()
    async with serving(Starlette(routes=[Route("/v1/traces", collector.take, methods=["POST"])])) as url:
        yield url, collector


async def ask_for_payment(shop: Shop, trace_id: str) -> Row:
    """As a client of the Data API does that has a trace of its own."""
    arguments = {
        "organization_id": str(shop.organization_id),
        "connection_id": str(shop.connection_id),
        "amount": "99.00",
        "currency": "AED",
        "reference": "order-1",
        "return_url": "https://shop.example/back",
    }
    headers = {"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"}
    async with httpx.AsyncClient(base_url=shop.hub.stack.url) as http:
        caller = service(shop.hub.stack, http)
        answer = await caller.request("POST", "rpc/create_payment", json=arguments, headers=headers)
    return {"id": UUID(answer.json()["id"])}


async def test_one_trace_from_the_call_by_the_webhook_to_the_delivery(workplace: Workplace, tmp_path: Path) -> None:
    trace_id, tell = uuid4().hex, {"log_json": True, "log_level": "debug", "allowed_networks": NETWORKS}
    async with (
        collecting() as (endpoint, collector),
        open_street(workplace) as street,
        open_receiver() as receiver,
    ):
        shop = await street.shop("stripe")
        outlet = Outlet(street.hub, shop.organization_id)
        subscription = await outlet.subscribe(receiver.url, "payment.succeeded")
        receiver.says(503, 200)
        async with street.hub.worker_process(tmp_path, otlp_endpoint=endpoint, **tell) as worker:
            payment = await ask_for_payment(shop, trace_id)
            await workplace.finished(payment["id"])
            await shop.pay(await shop.now(payment))
            await shop.reaches(payment, "captured")
            await receiver.has(1)
            await outlet.later(subscription)
            [delivery] = await outlet.settled(subscription, "delivered")

            async def told() -> bool:
                return len(collector.named(trace_id, "deliver payment.succeeded")) == 2

            await until(told)
    operation = await workplace.operation(payment["id"])
    rows = {
        "events": await workplace.all("select trace_id from public.events where subject_id = %s", payment["id"]),
        "calls": await workplace.all(
            "select trace_id from public.integration_logs where operation_id = %s", operation["id"]
        ),
        "webhooks": await workplace.all(
            "select trace_id from public.webhook_events where connection_id = %s and status = 'processed'",
            shop.connection_id,
        ),
        "operations and deliveries": [operation, delivery],
    }
    assert {of: {row["trace_id"] for row in each} for of, each in rows.items()} == {of: {trace_id} for of in rows}

    expected = {"claim payment.create", "payment.create", "stripe create_payment", "webhook stripe", "event.route"}
    assert expected <= collector.names(trace_id)
    assert collector.parent_of(trace_id, "stripe create_payment") == "payment.create"
    refused, taken = collector.named(trace_id, "deliver payment.succeeded")
    about = {"wasl.delivery_id": str(delivery["id"])}
    assert attributes(refused) == {
        **about,
        "wasl.attempt": 1,
        "http.response.status_code": 503,
        "error.type": "refused",
    }
    assert attributes(taken) == {**about, "wasl.attempt": 2, "http.response.status_code": 200}

    lines = [json.loads(line) for line in worker.log.read_text().splitlines() if line.startswith("{")]
    traced = [line["event"] for line in lines if line.get("trace_id") == trace_id]
    assert "webhook settled" in traced
    assert traced.count("delivery tried") == 2

    for got, span in zip(receiver.got, (refused, taken), strict=True):
        assert got.headers["traceparent"] == f"00-{trace_id}-{span.span_id.hex()}-01"
        assert got.message(outlet.secrets[subscription["id"]])["type"] == "payment.succeeded"
        usual = {"host", "accept", "accept-encoding", "content-length", "content-type", "user-agent", "connection"}
        webhook = {"webhook-id", "webhook-timestamp", "webhook-signature"}
        assert got.headers.keys() - usual == webhook | {"traceparent"}


async def test_an_event_of_no_request_begins_a_trace_that_its_delivery_continues(
    workplace: Workplace, organization: UUID
) -> None:
    outlet = Outlet(workplace, organization)
    async with open_receiver() as receiver, workplace.working(allowed_networks=NETWORKS):
        subscription = await outlet.subscribe(receiver.url)
        event_id = await outlet.emit()
        [got] = await receiver.has(1)
        [delivery] = await outlet.settled(subscription, "delivered")
    event = await workplace.one("select trace_id from public.events where id = %s", event_id)

    assert delivery["trace_id"] == event["trace_id"]
    # No spans are made here, so the parent is nobody's, and said not to be kept.
    assert re.fullmatch(rf"00-{event['trace_id']}-[0-9a-f]{{16}}-00", got.headers["traceparent"])


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


def test_outside_of_any_trace_nobody_is_told_of_one() -> None:
    assert Tracing().traceparent() is None
