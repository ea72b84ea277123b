"""Gateways where the payer's agreement moves no money yet: the hub takes it by itself, once, however it hears of it."""

from collections.abc import AsyncIterator

import psycopg
import pytest

from tests.support.shops import Shop, Street, open_street
from tests.support.workplace import Row, Workplace, until
from workers.runtime import Worker

COMPLETED_BY_THE_HUB = ("paypal", "tabby", "tamara")
COMPLETING_CALLS = {
    "paypal": "POST /v2/checkout/orders/*/capture",
    "tabby": "POST /api/v2/payments/*/captures",
    "tamara": "POST /orders/*/authorise",
}


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


each_of_them = pytest.mark.parametrize("shop", COMPLETED_BY_THE_HUB, indirect=True)
of_tabby = pytest.mark.parametrize("shop", ["tabby"], indirect=True)


async def completion(shop: Shop, payment: Row, status: str) -> Row:
    """The one completion of a payment, once it has ended."""
    await until(lambda: shop.operations(payment, "payment.complete"))
    ended = await shop.hub.finished(payment["id"], "payment.complete")
    assert ended["status"] == status, ended["error"]
    return ended


# How the hub hears that the payer has agreed.


@each_of_them
async def test_a_webhook_tells_it(shop: Shop) -> None:
    payment = await shop.payment()
    await shop.pay(payment)
    taken = await shop.reaches(payment, "captured")
    assert str(taken["amount_captured"]) == "99.00"
    await completion(shop, payment, "succeeded")
    assert await shop.charges(payment) == 1
    assert {row["created_by"] for row in await shop.operations(payment, "payment.complete")} == {"worker"}


@each_of_them
async def test_a_look_finds_it_when_every_webhook_is_lost(shop: Shop) -> None:
    payment = await shop.payment()
    await shop.lose_webhooks()
    await shop.pay(payment)
    await shop.time_passes(payment)
    await shop.reaches(payment, "captured")
    assert await shop.charges(payment) == 1
    (made,) = await shop.operations(payment, "payment.complete")
    assert made["status"] == "succeeded"


@pytest.mark.parametrize("shop", ["ngenius", "telr", "tap", "tabby", "tamara"], indirect=True)
async def test_contents_that_nobody_signed_are_asked_back_about(shop: Shop) -> None:
    payment = await shop.payment()
    await shop.pay(payment)
    await shop.reaches(payment, "captured")
    told = await shop.hub.all("select * from public.payment_events where payment_id = %s", payment["id"])
    assert {event["source"] for event in told} <= {"client", "operation", "sync"}
    assert "sync" in {event["source"] for event in told}
    assert (await shop.operations(payment, "payment.sync"))[0]["created_by"] == "worker"
    assert await shop.charges(payment) == 1


@pytest.mark.parametrize("shop", ["paypal"], indirect=True)
async def test_signed_contents_are_believed(shop: Shop) -> None:
    payment = await shop.payment()
    await shop.pay(payment)
    await shop.reaches(payment, "captured")
    told = await shop.hub.all("select * from public.payment_events where payment_id = %s", payment["id"])
    assert "webhook" in {event["source"] for event in told}
    assert await shop.operations(payment, "payment.sync") == []


# What comes in between.


@each_of_them
async def test_a_completion_that_was_cut_is_found_out_about_and_made_once(shop: Shop) -> None:
    payment = await shop.payment()
    await shop.fault("drop_after", COMPLETING_CALLS[shop.gateway.key])
    await shop.pay(payment)
    await shop.reaches(payment, "captured")
    await completion(shop, payment, "succeeded")
    assert (await shop.hub.sandbox.get("/_faults")).json() == [], "it has been cut"
    assert await shop.charges(payment) == 1


@pytest.mark.parametrize("shop", ["paypal"], indirect=True)
async def test_a_completion_that_is_declined_fails_the_payment(shop: Shop) -> None:
    payment = await shop.payment()
    answer = await shop.hub.sandbox.post(f"{payment['checkout_url']}", data={"funding": "decline"})
    assert answer.status_code == 303
    failed = await shop.reaches(payment, "failed")
    ended = await completion(shop, payment, "failed")
    assert ended["error"]["code"] == "declined"
    assert failed["failure"]["reason"]
    assert await shop.charges(payment) == 0


@of_tabby
async def test_an_answer_as_if_nothing_had_happened_is_not_asked_again_at_once(shop: Shop) -> None:
    payment = await shop.payment()
    await shop.lose_webhooks()  # one that comes later asks again, rightly
    untouched = {"status": "AUTHORIZED", "captures": []}
    for call in ("POST /api/v2/payments/*/captures", "GET /api/v2/payments/*"):
        await shop.fault("patched", call, patch=untouched, times=50)
    await shop.pay(payment)
    await shop.hub.call("sync_payment", payment_id=payment["id"])
    await completion(shop, payment, "succeeded")
    assert (await shop.now(payment))["status"] == "authorized"
    await shop.faults_are_over()
    assert len(await shop.operations(payment, "payment.complete")) == 1
    await shop.time_passes(payment)
    await shop.reaches(payment, "captured")
    assert await shop.charges(payment) == 1


# Manual capture.


@each_of_them
async def test_what_is_to_be_captured_by_hand_is_reserved_and_no_more(shop: Shop) -> None:
    payment = await shop.payment(capture_method="manual")
    await shop.pay(payment)
    reserved = await shop.reaches(payment, "authorized")
    assert reserved["amount_captured"] == 0
    await shop.hub.call("sync_payment", payment_id=payment["id"])
    await shop.hub.finished(payment["id"], "payment.sync")
    assert (await shop.now(payment))["status"] == "authorized"

    await shop.hub.call("capture_payment", payment_id=payment["id"])
    assert (await shop.hub.finished(payment["id"], "payment.capture"))["status"] == "succeeded"
    assert (await shop.reaches(payment, "captured"))["amount_captured"] == reserved["amount"]
    assert await shop.charges(payment) == 1


@each_of_them
async def test_what_is_reserved_can_be_released(shop: Shop) -> None:
    payment = await shop.payment(capture_method="manual")
    await shop.pay(payment)
    await shop.reaches(payment, "authorized")
    await shop.hub.call("cancel_payment", payment_id=payment["id"])
    assert (await shop.hub.finished(payment["id"], "payment.cancel"))["status"] == "succeeded"
    assert (await shop.reaches(payment, "cancelled"))["amount_captured"] == 0


# Cancelling meanwhile.


@of_tabby
async def test_a_payment_that_is_being_completed_is_not_cancelled(shop: Shop) -> None:
    payment = await shop.payment()
    await shop.fault("late_answer", COMPLETING_CALLS["tabby"], seconds=1)
    await shop.pay(payment)

    async def under_way() -> object:
        return [row for row in await shop.operations(payment, "payment.complete") if row["status"] == "pending"]

    await until(under_way)
    with pytest.raises(psycopg.Error, match="under way") as refused:
        await shop.hub.call("cancel_payment", payment_id=payment["id"])
    assert "operation_in_progress" in str(refused.value)
    await shop.reaches(payment, "captured")


@of_tabby
async def test_a_payment_that_is_being_cancelled_is_not_completed(shop: Shop) -> None:
    payment = await shop.payment()
    row = await shop.hub.call("cancel_payment", payment_id=payment["id"])
    news = '{"status": "authorized", "amount_authorized": "99.00"}'
    ended = await shop.hub.finished(payment["id"], "payment.cancel")
    # As if the cancellation were still on its way when the payer's agreement is told.
    again = "update public.operations set status = 'pending', finished_at = null where id = %s"
    await shop.hub.database.execute(again, [ended["id"]])
    tell = "select private.apply_payment_news(%s, %s, 'sync', null)"
    await shop.hub.database.execute(tell, [row["id"], news])
    assert await shop.operations(payment, "payment.complete") == []
