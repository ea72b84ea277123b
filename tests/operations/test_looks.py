"""Looking after payments that are not settled: when each is looked at, and what a look brings."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.operations.conftest import job_row
from tests.support.shops import Shop, Street, open_street
from tests.support.workplace import Workplace, until
from workers.providers.registry import CONNECTORS
from workers.runtime import Worker
from workers.store.payments import PostgresPayments
from workers.store.queries import load_queries

ASK = load_queries("webhooks")["ask_about_payment"]


@pytest.fixture(scope="module")
async def street(workplace: Workplace) -> AsyncIterator[Street]:
    async with open_street(workplace) as street:
        yield street


@pytest.fixture(scope="module", autouse=True)
async def worker(street: Street) -> AsyncIterator[Worker]:
    async with street.hub.working() as worker:
        yield worker


@pytest.fixture
async def shop(street: Street, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    shop = await street.shop(request.param)
    yield shop
    await shop.faults_are_over()


of_ngenius = pytest.mark.parametrize("shop", ["ngenius"], indirect=True)
of_stripe = pytest.mark.parametrize("shop", ["stripe"], indirect=True)


async def planned(shop: Shop, payment: Any) -> Any:
    """The next look at a payment."""
    look = await shop.look(payment)
    assert look is not None
    return look


async def looked_at(shop: Shop, payment: Any) -> None:
    """The look that was due is over."""

    async def over() -> bool:
        return await job_row(shop.hub, payment["id"]) is None

    await until(over)


# The schedule.


@pytest.mark.parametrize("shop", ["stripe", "paypal", "ngenius", "aps", "checkout"], indirect=True)
async def test_an_open_payment_is_looked_at_as_soon_as_its_gateway_makes_needful(shop: Shop) -> None:
    payment = await shop.payment()
    look = await planned(shop, payment)
    first, second, *_ = CONNECTORS[shop.gateway.key].manifest.poll_minutes
    assert (look["looks"], look["minutes"]) == (0, first)

    await shop.time_passes(payment)
    await looked_at(shop, payment)
    look = await planned(shop, payment)
    assert (look["looks"], look["minutes"]) == (1, second), "nothing has changed"


@of_ngenius
async def test_news_begins_the_schedule_anew_and_the_end_ends_it(shop: Shop) -> None:
    payment = await shop.payment(capture_method="manual")
    for _ in range(3):
        await shop.time_passes(payment)
        await looked_at(shop, payment)
    assert (await planned(shop, payment))["looks"] == 3
    await shop.pay(payment)
    await shop.reaches(payment, "authorized")
    look = await planned(shop, payment)
    assert (look["looks"], look["minutes"]) == (0, 2)
    await shop.hub.call("capture_payment", payment_id=payment["id"])
    await shop.reaches(payment, "captured")
    assert await shop.look(payment) is None


@of_stripe
async def test_after_the_last_look_there_is_no_more(shop: Shop) -> None:
    payment = await shop.payment()
    for _ in CONNECTORS["stripe"].manifest.poll_minutes:
        assert await shop.look(payment)
        await shop.time_passes(payment)
        await looked_at(shop, payment)
    assert await shop.look(payment) is None
    assert (await shop.now(payment))["status"] == "requires_action"


@of_stripe
async def test_a_payment_that_reached_no_gateway_or_its_end_is_not_looked_at(shop: Shop) -> None:
    paid = await shop.payment(payment_method="pm_card_visa")
    assert (paid["status"], await shop.look(paid)) == ("captured", None)
    refused = await shop.hub.payment(shop.organization_id, "0.01", connection_id=shop.connection_id)
    await shop.hub.finished(refused["id"])
    assert await shop.look(refused) is None


@of_stripe
async def test_two_leaders_at_once_have_a_payment_looked_at_once(shop: Shop) -> None:
    payments = [await shop.payment() for _ in range(3)]
    for payment in payments:
        await shop.becomes_due(payment)
    leaders = [PostgresPayments(shop.hub.pool, safe_seconds=1) for _ in range(4)]
    enqueued = await asyncio.gather(*(leader.enqueue_due_looks() for leader in leaders))
    for payment in payments:
        await looked_at(shop, payment)
        assert (await planned(shop, payment))["looks"] == 1
    # The worker's own clock may have struck meanwhile.
    assert sum(enqueued) <= 3


# What a look brings.


async def test_a_payment_whose_only_webhook_is_lost_is_captured_by_the_clock(street: Street) -> None:
    shops = [await street.shop(key) for key in ("ngenius", "aps")]
    payments = [await shop.payment() for shop in shops]
    for shop, payment in zip(shops, payments, strict=True):
        await shop.lose_webhooks()
        await shop.pay(payment)
        await shop.becomes_due(payment)
    for shop, payment in zip(shops, payments, strict=True):
        taken = await shop.reaches(payment, "captured")
        assert taken["amount_captured"] == taken["amount"]
        assert await shop.charges(payment) == 1
        assert await shop.look(payment) is None
    await shops[0].faults_are_over()


@pytest.mark.parametrize("shop", ["tap", "stripe"], indirect=True)
async def test_a_refund_that_settles_unheard_is_looked_at(shop: Shop) -> None:
    headers = {"Authorization": f"Bearer {shop.account['secret_key']}"}
    payment = await shop.payment()
    await shop.pay(payment)
    await shop.reaches(payment, "captured")
    await shop.lose_webhooks()
    if shop.gateway.key == "tap":
        await shop.ask("POST", "/_test/hold", headers=headers, json={"hold": True})
    else:
        await shop.fault("patched", "POST /v1/refunds", patch={"status": "pending"})
    refund = await shop.hub.call("refund_payment", payment_id=payment["id"], amount="40.00")
    assert (await shop.hub.finished(refund["id"], "payment.refund"))["status"] == "succeeded"
    refund = await shop.hub.one("select * from public.payment_refunds where id = %s", refund["id"])
    assert refund["status"] == "pending"
    assert await shop.look(payment), "a pending refund is looked after"
    if shop.gateway.key == "tap":
        path = f"/_test/refunds/{refund['provider_refund_id']}/settle"
        await shop.ask("POST", path, headers=headers, json={"code": "000"})
    await shop.time_passes(payment)
    settled = await shop.reaches(payment, "partially_refunded")
    assert str(settled["amount_refunded"]) == "40.00"
    assert await shop.look(payment) is None


# Looks that fail.


@of_ngenius
async def test_a_look_that_fails_changes_nothing_and_the_next_one_is_taken(shop: Shop) -> None:
    payment = await shop.payment()
    await shop.lose_webhooks()
    await shop.pay(payment)
    await shop.fault("server_error", "GET /transactions/outlets/*/orders/*", status=400, times=5)
    await shop.time_passes(payment)
    await looked_at(shop, payment)
    assert (await shop.now(payment))["status"] == "requires_action"
    assert (await planned(shop, payment))["looks"] == 1
    assert await shop.hub.all("select * from private.dead_jobs where id = %s", payment["id"]) == []
    await shop.faults_are_over()
    await shop.time_passes(payment)
    await shop.reaches(payment, "captured")


@of_stripe
async def test_an_answer_in_another_currency_is_not_applied(shop: Shop) -> None:
    payment = await shop.payment()
    await shop.lose_webhooks()
    await shop.pay(payment)
    await shop.fault(
        "patched",
        "GET /v1/checkout/sessions/cs_*",
        patch={"currency": "usd", "payment_intent": None, "payment_status": "paid", "status": "complete"},
    )
    operation = await shop.hub.call("sync_payment", payment_id=payment["id"])
    failed = await shop.hub.finished(payment["id"], "payment.sync")
    assert (failed["id"], failed["status"], failed["error"]["code"]) == (operation["id"], "failed", "currency_mismatch")
    assert (await shop.now(payment))["status"] == "requires_action"
    await shop.time_passes(payment)
    await shop.reaches(payment, "captured")


@of_ngenius
async def test_a_paused_connection_is_still_asked_and_a_disconnected_one_is_not(shop: Shop) -> None:
    first, second = await shop.payment(), await shop.payment()
    await shop.lose_webhooks()
    for payment in (first, second):
        await shop.pay(payment)
    await shop.hub.call("update_connection", connection_id=shop.connection_id, paused=True)
    await shop.time_passes(first)
    await shop.reaches(first, "captured")
    await shop.hub.call("disconnect_connection", connection_id=shop.connection_id)
    await shop.time_passes(second)
    await looked_at(shop, second)
    assert (await shop.now(second))["status"] == "requires_action"
    assert await shop.look(second) is None
    alerts = "select * from public.alerts where organization_id = %s"
    assert await shop.hub.all(alerts, shop.organization_id) == []


@of_stripe
async def test_credentials_that_are_refused_ask_for_attention_once(shop: Shop) -> None:
    payment = await shop.payment()
    await shop.set_credentials(secret_key="sk_test_invalid")
    for _ in range(2):
        await shop.time_passes(payment)
        await looked_at(shop, payment)
    connection = await shop.hub.one("select * from public.integration_connections where id = %s", shop.connection_id)
    assert connection["status"] == "needs_attention"
    alerts = "select * from public.alerts where organization_id = %s and kind = 'connection.needs_attention'"
    assert len(await shop.hub.all(alerts, shop.organization_id)) == 1


# Hints of webhooks that nobody signed.


@pytest.mark.parametrize(("is_taken", "questions"), [(False, 1), (True, 2)])
async def test_a_hint_is_never_lost_to_a_question_that_may_have_been_answered(
    workplace: Workplace, street: Street, is_taken: bool, questions: int
) -> None:
    shop = await street.shop("ngenius")
    payment = await shop.payment()
    # Due tomorrow, so that the test's own worker leaves it alone.
    tomorrow = "update private.jobs set run_at = now() + interval '1 day' where id = %s"
    async with shop.hub.pool.connection() as connection, connection.transaction():
        await connection.execute(ASK, {"payment_id": payment["id"]})
        (first,) = await _questions(connection, payment["id"])
        await connection.execute(tomorrow, [first])
    if is_taken:
        claim = "update private.jobs set claim_id = %s, lease_until = now() + interval '1 minute' where id = %s"
        await shop.hub.database.execute(claim, [uuid4(), first])
    async with shop.hub.pool.connection() as connection, connection.transaction():
        for _ in range(3):
            await connection.execute(ASK, {"payment_id": payment["id"]})
        assert len(await _questions(connection, payment["id"])) == questions
    await shop.hub.database.execute("delete from private.jobs where id = %s", [first])


async def _questions(connection: Any, payment_id: UUID) -> list[UUID]:
    query = "select id from public.operations where subject_id = %s and kind = 'payment.sync' and status = 'pending'"
    return [row[0] for row in await (await connection.execute(query, [payment_id])).fetchall()]


@of_ngenius
async def test_a_hint_that_comes_while_the_last_answer_is_on_its_way_leads_to_another_look(shop: Shop) -> None:
    payment = await shop.payment(capture_method="manual")
    call = "GET /transactions/outlets/*/orders/*"
    await shop.fault("late_answer", call, seconds=1)
    await shop.hub.call("sync_payment", payment_id=payment["id"])

    async def read() -> bool:
        return (await shop.hub.sandbox.get("/_faults")).json() == []

    await until(read)  # the twin answers what it has now, but late
    await shop.pay(payment)
    await shop.reaches(payment, "authorized")
