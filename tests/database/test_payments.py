"""Payments as clients ask for them: checked at once, idempotent, and never refunded beyond what was captured."""

import asyncio
import json
import uuid
from collections import Counter
from typing import Any

import psycopg
import pytest

from tests.support.callers import CARRIER, Caller, Refusal, Row, Workspace

Worker = psycopg.AsyncConnection[Row]
NOT_FOUND = Refusal(404, "payment_not_found", "payment_id")
ORDER = {"amount": "99.00", "currency": "AED", "reference": "order-1", "return_url": "https://shop.example/back"}


@pytest.fixture
async def paying(workspace: Workspace) -> Workspace:
    """A workspace with an active gateway."""
    await workspace.connection()
    return workspace


async def tell(worker: Worker, payment: Row, **news: Any) -> None:
    """News of a payment, as workers record it."""
    await worker.execute(
        "select private.apply_payment_news(%s, %s, 'webhook', null)", (payment["id"], json.dumps(news))
    )


async def captured(workspace: Workspace, worker: Worker, amount: str = "99.00") -> Row:
    """A payment that was paid."""
    payment = await workspace.payment(amount)
    connection = await workspace.one(
        "select id from integration_connections where organization_id = %s", [workspace.id]
    )
    await tell(worker, payment, status="captured", amount_captured=amount, connection_id=str(connection))
    return payment


async def test_a_payment_is_recorded_with_its_operation_job_and_ledger_line(paying: Workspace) -> None:
    payment = await paying.payment(metadata={"order": "1"}, customer={"email": "a@example.com"}, idempotency_key="k")

    assert (payment["status"], payment["environment"], payment["connection_id"]) == ("pending", "sandbox", None)
    assert payment["created_by"] == f"user:{paying.owner.user_id}"
    [operation] = await paying.owner.rows(f"operations?subject_id=eq.{payment['id']}")
    assert (operation["kind"], operation["idempotency_key"]) == ("payment.create", "k")
    assert operation["input"] | {"amount": "99.00", "metadata": {"order": "1"}} == operation["input"]
    assert await paying.one("select kind from private.jobs where id = %s", [operation["id"]]) == "payment.create"
    [line] = await paying.owner.rows(f"payment_events?payment_id=eq.{payment['id']}")
    assert (line["type"], line["amount"], line["source"]) == ("payment.requested", "99.00", "client")


@pytest.mark.parametrize(
    ("arguments", "code", "field"),
    [
        ({"reference": None}, "invalid_reference", "reference"),
        ({"reference": ""}, "invalid_reference", "reference"),
        ({"reference": "x" * 201}, "invalid_reference", "reference"),
        ({"capture_method": "later"}, "invalid_capture_method", "capture_method"),
        ({"description": "x" * 501}, "invalid_description", "description"),
        ({"payment_method": "pm 1"}, "invalid_payment_method", "payment_method"),
        ({"payment_method": "x" * 256}, "invalid_payment_method", "payment_method"),
        ({"payment_method": "4242424242424242"}, "card_number_refused", "payment_method"),
        ({"reference": "card 4242 4242 4242 4242"}, "card_number_refused", "reference"),
        ({"description": "paid with 5555-5555-5555-4444"}, "card_number_refused", "description"),
        ({"metadata": {"note": "378282246310005"}}, "card_number_refused", "metadata"),
        ({"customer": {"name": "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢"}}, "card_number_refused", "customer.name"),
        ({"return_url": None}, "return_url_required", "return_url"),
        ({"return_url": "shop.example"}, "invalid_return_url", "return_url"),
        ({"return_url": "javascript:alert(1)"}, "invalid_return_url", "return_url"),
        ({"return_url": "https://shop.example/a b"}, "invalid_return_url", "return_url"),
        ({"return_url": "https://shop.example/" + "x" * 2048}, "invalid_return_url", "return_url"),
        ({"cancel_url": "ftp://shop.example"}, "invalid_cancel_url", "cancel_url"),
        ({"customer": []}, "invalid_customer", "customer"),
        ({"customer": {"vat": "1"}}, "invalid_customer", "customer.vat"),
        ({"customer": {"name": ""}}, "invalid_customer", "customer.name"),
        ({"customer": {"email": "nobody"}}, "invalid_customer", "customer.email"),
        ({"customer": {"phone": "0500000000"}}, "invalid_customer", "customer.phone"),
        ({"customer": {"name": {"first": "A"}}}, "invalid_customer", "customer"),
        ({"metadata": "x"}, "invalid_metadata", "metadata"),
        ({"metadata": {"a": 1}}, "invalid_metadata", "metadata"),
        ({"metadata": {"a" * 41: "x"}}, "invalid_metadata", "metadata"),
        ({"metadata": {"": "x"}}, "invalid_metadata", "metadata"),
        ({"metadata": {"a": "x" * 501}}, "invalid_metadata", "metadata"),
        ({"metadata": {f"k{number}": "x" for number in range(41)}}, "invalid_metadata", "metadata"),
        ({"metadata": {"wasl_payment_id": "x"}}, "invalid_metadata", "metadata"),
        ({"idempotency_key": ""}, "invalid_idempotency_key", "idempotency_key"),
        ({"idempotency_key": "x" * 256}, "invalid_idempotency_key", "idempotency_key"),
    ],
)
async def test_a_bad_argument_is_named(shop: Workspace, arguments: Row, code: str, field: str) -> None:
    assert await shop.owner.refused("create_payment", **ORDER | arguments) == Refusal(400, code, field)


@pytest.mark.parametrize(
    "field", ["capture_method", "customer", "metadata", "description", "cancel_url", "idempotency_key"]
)
async def test_null_means_the_default(shop: Workspace, field: str) -> None:
    payment = await shop.owner.call("create_payment?select=*,customer", **ORDER | {field: None})

    assert (payment["capture_method"], payment["customer"], payment["metadata"]) == ("automatic", {}, {})


async def test_a_payment_method_needs_no_return_url(shop: Workspace) -> None:
    payment = await shop.owner.call("create_payment", **ORDER | {"return_url": None, "payment_method": "pm_card_visa"})

    assert payment["status"] == "pending"


async def test_a_payment_needs_an_active_gateway(workspace: Workspace) -> None:
    refusal = Refusal(409, "no_payment_connection", "connection_id")
    assert await workspace.owner.refused("create_payment", **ORDER) == refusal
    await workspace.connection(active=False)
    await workspace.connection(CARRIER)
    assert await workspace.owner.refused("create_payment", **ORDER) == refusal


async def test_sandbox_and_live_are_not_guessed_between(paying: Workspace) -> None:
    live = await paying.connection(environment="live")
    mismatch = ORDER | {"connection_id": live["id"], "environment": "sandbox"}

    assert await paying.owner.refused("create_payment", **ORDER) == Refusal(400, "environment_required", "environment")
    assert await paying.owner.refused("create_payment", **mismatch) == Refusal(
        409, "environment_mismatch", "environment"
    )
    assert (await paying.payment(environment="live"))["environment"] == "live"
    assert (await paying.payment(connection_id=live["id"]))["environment"] == "live"


async def test_the_named_gateway_must_be_ones_own_and_active(paying: Workspace, shop: Workspace) -> None:
    [foreign] = await shop.owner.rows("integration_connections?select=id")
    carrier = await paying.connection(CARRIER)
    paused = await paying.connection()
    await paying.owner.call("update_connection", connection_id=paused["id"], paused=True)
    not_found = Refusal(404, "connection_not_found", "connection_id")

    for connection_id in (foreign["id"], carrier["id"], str(uuid.uuid4())):
        assert await paying.owner.refused("create_payment", **ORDER | {"connection_id": connection_id}) == not_found
    refusal = await paying.owner.refused("create_payment", **ORDER | {"connection_id": paused["id"]})
    assert refusal == Refusal(409, "connection_not_active", "connection_id")


async def test_the_same_key_answers_with_the_same_payment(paying: Workspace) -> None:
    first = await paying.payment(idempotency_key="key")
    written_otherwise = await paying.payment("99", idempotency_key="key", capture_method=None)

    assert written_otherwise == first
    reused = Refusal(409, "idempotency_key_reused", "idempotency_key")
    assert await paying.owner.refused("create_payment", **ORDER | {"amount": "98", "idempotency_key": "key"}) == reused
    assert await paying.owner.refused("refund_payment", payment_id=first["id"], idempotency_key="key") == reused


async def test_the_same_key_of_another_organization_is_another(paying: Workspace, shop: Workspace) -> None:
    mine, theirs = await paying.payment(idempotency_key="key"), await shop.payment(idempotency_key="key")

    assert mine["id"] != theirs["id"]


async def test_a_repeat_is_answered_even_when_it_could_not_be_made_any_more(paying: Workspace) -> None:
    first = await paying.payment(idempotency_key="key")
    for row in await paying.owner.rows("integration_connections?select=id"):
        await paying.owner.call("disconnect_connection", connection_id=row["id"])

    assert (await paying.payment(idempotency_key="key"))["id"] == first["id"]


async def test_one_key_many_times_at_once_makes_one_payment(paying: Workspace) -> None:
    payments = await asyncio.gather(*(paying.payment(idempotency_key="key") for _ in range(10)))

    assert len({payment["id"] for payment in payments}) == 1
    assert len(await paying.owner.rows("payments?select=id")) == 1
    assert await paying.one("select count(*) from private.jobs where organization_id = %s", [paying.id]) == 1


@pytest.mark.parametrize("rpc", ["capture_payment", "cancel_payment", "refund_payment", "sync_payment"])
async def test_payments_of_others_are_not_there(shop: Workspace, other: Caller, rpc: str) -> None:
    payment = await shop.payment()
    viewer, reader = await shop.member("viewer"), await shop.api_key("payments:read")

    for caller in (other, viewer, reader):
        assert await caller.refused(rpc, payment_id=payment["id"]) == NOT_FOUND
    for payment_id in (str(uuid.uuid4()), None):
        assert await shop.owner.refused(rpc, payment_id=payment_id) == NOT_FOUND


async def test_an_authorized_payment_is_captured_in_part(paying: Workspace, worker: Worker) -> None:
    payment = await paying.payment(capture_method="manual")
    await tell(worker, payment, status="authorized", amount_authorized="99.00")

    too_much = await paying.owner.refused("capture_payment", payment_id=payment["id"], amount="99.01")
    await paying.owner.call("capture_payment", payment_id=payment["id"], amount="50", idempotency_key="c")
    again = await paying.owner.call("capture_payment", payment_id=payment["id"], amount="50.00", idempotency_key="c")
    second = await paying.owner.refused("capture_payment", payment_id=payment["id"], amount="49")

    assert too_much == Refusal(409, "amount_exceeds_authorized", "amount")
    assert again["id"] == payment["id"]
    assert second == Refusal(409, "operation_in_progress", "payment_id")
    [operation] = await paying.owner.rows("operations?kind=eq.payment.capture&select=input")
    assert operation["input"] == {"payment_id": payment["id"], "amount": "50.00"}


async def test_of_many_captures_at_once_one_is_made(paying: Workspace, worker: Worker) -> None:
    payment = await paying.payment(capture_method="manual")
    await tell(worker, payment, status="authorized", amount_authorized="99.00")

    answers = await asyncio.gather(
        *(paying.owner.request("POST", "rpc/capture_payment", json={"payment_id": payment["id"]}) for _ in range(8))
    )

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 7}


@pytest.mark.parametrize("amount", ["0", "-1", "1.001", "x"])
@pytest.mark.parametrize("rpc", ["capture_payment", "refund_payment"])
async def test_bad_amounts_are_refused_everywhere(shop: Workspace, rpc: str, amount: str) -> None:
    payment = await shop.payment()

    refusal = await shop.owner.refused(rpc, payment_id=payment["id"], amount=amount)

    assert refusal == Refusal(400, "invalid_amount", "amount")


async def test_what_is_not_authorized_is_not_captured(shop: Workspace) -> None:
    refusal = await shop.owner.refused("capture_payment", payment_id=(await shop.payment())["id"])

    assert refusal == Refusal(409, "payment_not_capturable", "payment_id")


async def test_a_payment_is_cancelled_before_its_capture(paying: Workspace, worker: Worker) -> None:
    payment = await paying.payment()
    not_sent = await paying.owner.refused("cancel_payment", payment_id=payment["id"])
    await tell(worker, payment, status="requires_action")
    bad_reason = await paying.owner.refused("cancel_payment", payment_id=payment["id"], reason="whim")

    await paying.owner.call("cancel_payment", payment_id=payment["id"], reason="abandoned", idempotency_key="c")
    await paying.owner.call("cancel_payment", payment_id=payment["id"], reason="abandoned", idempotency_key="c")
    await tell(worker, payment, status="cancelled")
    done = await paying.owner.call("cancel_payment", payment_id=payment["id"])

    assert not_sent == Refusal(409, "payment_not_cancellable", "payment_id")
    assert bad_reason == Refusal(400, "invalid_reason", "reason")
    assert done["status"] == "cancelled"
    assert len(await paying.owner.rows("operations?kind=eq.payment.cancel&select=id")) == 1


async def test_what_was_captured_is_not_cancelled(paying: Workspace, worker: Worker) -> None:
    payment = await captured(paying, worker)

    assert (await paying.owner.refused("cancel_payment", payment_id=payment["id"])).code == "payment_not_cancellable"


async def test_a_refund_is_recorded_with_its_operation_and_ledger_line(paying: Workspace, worker: Worker) -> None:
    payment = await captured(paying, worker)

    refund = await paying.owner.call("refund_payment", payment_id=payment["id"], amount="9", reason="damaged")

    assert (refund["amount"], refund["status"], refund["currency"]) == ("9.00", "pending", "AED")
    [operation] = await paying.owner.rows(f"operations?subject_id=eq.{refund['id']}&select=kind,connection_id,input")
    assert operation["kind"] == "payment.refund"
    assert operation["connection_id"] is not None
    lines = await paying.owner.rows(f"payment_events?refund_id=eq.{refund['id']}&select=type,amount")
    assert lines == [{"type": "refund.requested", "amount": "9.00"}]


async def test_without_an_amount_all_that_is_left_is_refunded(paying: Workspace, worker: Worker) -> None:
    payment = await captured(paying, worker)
    await paying.owner.call("refund_payment", payment_id=payment["id"], amount="40")

    assert (await paying.owner.call("refund_payment", payment_id=payment["id"]))["amount"] == "59.00"
    nothing_left = await paying.owner.refused("refund_payment", payment_id=payment["id"])
    assert nothing_left == Refusal(409, "refund_exceeds_captured", "amount")


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        ({"amount": "99.01"}, Refusal(409, "refund_exceeds_captured", "amount")),
        ({"reason": "x" * 201}, Refusal(400, "invalid_reason", "reason")),
        ({"reason": "4242424242424242"}, Refusal(400, "card_number_refused", "reason")),
    ],
)
async def test_a_bad_refund_is_refused(paying: Workspace, worker: Worker, arguments: Row, refusal: Refusal) -> None:
    payment = await captured(paying, worker)

    assert await paying.owner.refused("refund_payment", payment_id=payment["id"], **arguments) == refusal


async def test_what_was_not_captured_is_not_refunded(shop: Workspace) -> None:
    refusal = await shop.owner.refused("refund_payment", payment_id=(await shop.payment())["id"])

    assert refusal == Refusal(409, "payment_not_refundable", "payment_id")


async def test_twenty_refunds_at_once_never_exceed_what_was_captured(paying: Workspace, worker: Worker) -> None:
    payment = await captured(paying, worker, "100.00")
    arguments = {"payment_id": payment["id"], "amount": "15.00"}

    answers = await asyncio.gather(
        *(paying.owner.request("POST", "rpc/refund_payment", json=arguments) for _ in range(20))
    )

    assert Counter(answer.status_code for answer in answers) == {200: 6, 409: 14}
    refunds = await paying.owner.rows(f"payment_refunds?payment_id=eq.{payment['id']}&select=amount")
    assert sum(float(refund["amount"]) for refund in refunds) == 90


async def test_one_key_many_times_at_once_makes_one_refund(paying: Workspace, worker: Worker) -> None:
    payment = await captured(paying, worker)
    arguments = {"payment_id": payment["id"], "amount": "10", "idempotency_key": "r"}

    refunds = await asyncio.gather(*(paying.owner.call("refund_payment", **arguments) for _ in range(10)))

    assert len({refund["id"] for refund in refunds}) == 1


async def test_a_payment_is_looked_up_once_it_has_reached_a_gateway(paying: Workspace, worker: Worker) -> None:
    payment = await paying.payment()

    early = await paying.owner.refused("sync_payment", payment_id=payment["id"])
    paid = await captured(paying, worker)
    operation = await paying.owner.call("sync_payment", payment_id=paid["id"])

    assert early == Refusal(409, "payment_not_sent", "payment_id")
    assert (operation["kind"], operation["subject_id"]) == ("payment.sync", paid["id"])


async def test_keys_and_servers_take_payments_under_their_own_name(paying: Workspace, server: Caller) -> None:
    key = await paying.api_key("payments:write")

    by_key = await key.call("create_payment", **ORDER)
    by_server = await server.call("create_payment", organization_id=paying.id, **ORDER)

    assert by_key["created_by"].startswith("api_key:")
    assert by_server["created_by"] == "service"
