"""What happens to payments and shipments is told as events, once for each change of status."""

from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.support.callers import Database, Row, Workspace

CUSTOMER = {"name": "Amal", "email": "amal@example.ae", "phone": "+971500000001"}


@pytest.fixture
async def gateway(workspace: Workspace) -> Row:
    """An active payment connection."""
    return await workspace.connection()


@pytest.fixture
async def payment(workspace: Workspace, gateway: Row) -> Row:
    """A payment that no gateway has yet."""
    return await workspace.payment(customer=CUSTOMER, metadata={"order": "1"})


async def tell(worker: Database, call: str, *arguments: Any) -> None:
    """Have news applied, as a worker does."""
    await worker.execute(call, [Jsonb(each) if isinstance(each, dict) else each for each in arguments])


async def payment_news(worker: Database, payment: Row, **news: Any) -> None:
    await tell(worker, "select private.apply_payment_news(%s, %s, 'operation', null)", payment["id"], news)


async def refund_news(worker: Database, payment: Row, refund_id: str | None, **news: Any) -> None:
    call = "select private.apply_refund_news(%s, %s, %s, 'webhook', null)"
    await tell(worker, call, payment["id"], refund_id, news)


async def types(workspace: Workspace, subject: Row) -> list[str]:
    return [event["type"] for event in await workspace.events(subject["id"])]


async def test_a_payment_is_told_of_with_what_is_known(
    workspace: Workspace, worker: Database, gateway: Row, payment: Row
) -> None:
    await payment_news(worker, payment, status="created", provider_payment_id="pi_1", connection_id=gateway["id"])
    await payment_news(worker, payment, status="captured")
    await payment_news(worker, payment, status="captured")

    assert await types(workspace, payment) == ["payment.created", "payment.succeeded"]
    event = (await workspace.events(payment["id"]))[-1]
    assert (event["subject_type"], event["environment"]) == ("payment", "sandbox")
    known = {
        "payment_id": payment["id"],
        "reference": "order-1",
        "amount": "99.00",
        "currency": "AED",
        "status": "captured",
        "amount_captured": "99.00",
        "customer": CUSTOMER,
        "metadata": {"order": "1"},
        "provider": "probe_gateway",
        "connection_id": gateway["id"],
    }
    assert {name: event["data"][name] for name in known} == known


async def test_news_that_changes_no_status_is_no_event(workspace: Workspace, worker: Database, payment: Row) -> None:
    await payment_news(worker, payment, status="created", provider_payment_id="pi_2")
    await payment_news(worker, payment, status="created", provider_payment_id="pi_2", fee="1.00")
    assert await types(workspace, payment) == ["payment.created"]


async def call_off(workspace: Workspace, payment: Row) -> None:
    """Cancel a payment that no gateway has yet."""
    [operation] = await workspace.owner.rows(f"operations?subject_id=eq.{payment['id']}")
    await workspace.owner.call("cancel_operation", operation_id=operation["id"])


async def test_a_payment_that_is_called_off_is_told_of(workspace: Workspace, payment: Row) -> None:
    await call_off(workspace, payment)
    assert await types(workspace, payment) == ["payment.cancelled"]


async def test_a_refund_is_told_of_when_it_has_succeeded(
    workspace: Workspace, worker: Database, gateway: Row, payment: Row
) -> None:
    await payment_news(worker, payment, status="captured", provider_payment_id="pi_3", connection_id=gateway["id"])
    refund = await workspace.owner.call("refund_payment", payment_id=payment["id"], amount="10.00", reason="late")
    assert "refund.succeeded" not in await types(workspace, payment)
    for _ in range(2):
        await refund_news(worker, payment, refund["id"], status="succeeded", provider_refund_id="re_1")
    told = [each for each in await workspace.events(payment["id"]) if each["type"] == "refund.succeeded"]
    [event] = told
    assert (event["data"]["refund_id"], event["data"]["amount"], event["data"]["reason"]) == (
        *(refund["id"], "10.00"),
        "late",
    )
    assert "payment.partially_refunded" in await types(workspace, payment)


async def test_a_refund_that_was_seen_first_and_asked_for_by_the_hub_is_told_of_once(
    workspace: Workspace, worker: Database, payment: Row
) -> None:
    await payment_news(worker, payment, status="captured", provider_payment_id="pi_4")
    refund = await workspace.owner.call("refund_payment", payment_id=payment["id"], amount="10.00")
    seen = {"status": "succeeded", "provider_refund_id": "re_2", "amount": "10.00"}
    await refund_news(worker, payment, None, **seen)
    await refund_news(worker, payment, refund["id"], **seen)
    assert (await types(workspace, payment)).count("refund.succeeded") == 1


async def test_a_dispute_is_told_of_when_it_is_opened(
    workspace: Workspace, worker: Database, gateway: Row, payment: Row
) -> None:
    await payment_news(worker, payment, status="captured", provider_payment_id="pi_5", connection_id=gateway["id"])
    dispute = {
        "provider_dispute_id": "dp_1",
        "provider_status": "needs_response",
        "reason": "fraudulent",
        "amount": "99.00",
        "currency": "AED",
    }
    for status, at in (
        ("open", "2026-11-23T12:00:00Z"),
        ("open", "2026-11-23T13:00:00Z"),
        ("lost", "2026-11-24T12:00:00Z"),
    ):
        news = dispute | {"status": status, "occurred_at": at}
        call = "select private.apply_dispute_news(%s, %s, %s, null)"
        await tell(worker, call, payment["id"], gateway["id"], news)
    told = [each for each in await workspace.events(payment["id"]) if each["type"].startswith("dispute.")]
    assert [(each["type"], each["data"]["reason"]) for each in told] == [("dispute.opened", "fraudulent")]


async def test_a_shipment_is_told_of_with_what_is_known(workspace: Workspace, worker: Database) -> None:
    carrier = await workspace.carrier()
    shipment = await workspace.shipment()
    call = "select private.apply_shipment_news(%s, %s, 'poll', null)"
    made = {"status": "created", "tracking_number": "AWB1", "connection_id": carrier["id"]}
    on_its_way = {"events": [{"occurred_at": "2999-01-01T00:00:00Z", "status": "delivered", "provider_code": "D"}]}
    for news in (made, on_its_way, on_its_way):
        await tell(worker, call, shipment["id"], news)

    assert await types(workspace, shipment) == ["shipment.created", "shipment.delivered"]
    data = (await workspace.events(shipment["id"]))[-1]["data"]
    known = {
        "reference": shipment["reference"],
        "tracking_number": "AWB1",
        "status": "delivered",
        "carrier": "probe_carrier",
    }
    assert {name: data[name] for name in known} == known
    assert data["recipient"] == {
        name: shipment["recipient"][name] for name in ("name", "email", "phone") if name in shipment["recipient"]
    }
    assert data["delivered_at"]


async def test_what_nobody_waits_for_makes_no_work(workspace: Workspace, payment: Row) -> None:
    await call_off(workspace, payment)
    routed = "select count(*) from private.jobs j where j.organization_id = %s and j.kind = 'event.route'"
    assert await workspace.one(routed, [workspace.id]) == 0


async def test_whoever_waits_for_it_is_led_by_it(workspace: Workspace, payment: Row) -> None:
    action = {"kind": "lead.upsert", "with": {"email": "{{data.customer.email}}"}}
    definition = {"events": ["payment.*"], "actions": [action]}
    await workspace.owner.call("save_automation", name="Buyers", definition=definition, enabled=True)
    await call_off(workspace, payment)
    [event] = await workspace.events(payment["id"])
    job = "select payload ->> 'created_at' is not null from private.jobs where id = %s and kind = 'event.route'"
    assert await workspace.one(job, [event["id"]]) is True
