"""Receivers that fail: what is sent again and when, what is given up, and what is switched off."""

import asyncio
from datetime import timedelta

import pytest

from tests.support.receivers import Outlet, Receiver, open_receiver, slowly
from tests.support.workplace import Row
from workers.webhooks.schedule import WAITS_SECONDS

pytestmark = pytest.mark.usefixtures("worker")


async def waiting(outlet: Outlet, subscription: Row) -> tuple[Row, float]:
    """The one delivery that waits to be sent again, and for how many seconds from its last attempt."""
    await outlet.idle(subscription)
    (delivery,) = await outlet.settled(subscription, "pending")
    last = (await outlet.attempts(delivery))[-1]
    ended = last["created_at"] + timedelta(milliseconds=last["duration_ms"])
    return delivery, (delivery["next_attempt_at"] - ended).total_seconds()


async def test_it_is_sent_again_on_schedule_until_it_is_given_up(outlet: Outlet, receiver: Receiver) -> None:
    receiver.says(500, text="down")
    subscription = await outlet.subscribe(receiver.url)
    await outlet.emit()
    for number, wait in enumerate(WAITS_SECONDS, start=1):
        await receiver.has(number)
        delivery, waits = await waiting(outlet, subscription)
        assert wait * 0.85 < waits < wait * 1.15 + 1
        assert (delivery["attempts"], delivery["last_status"]) == (number, 500)
        await outlet.later(subscription)
    (delivery,) = await outlet.settled(subscription, "dead")
    attempts = await outlet.attempts(delivery)
    assert [each["number"] for each in attempts] == list(range(1, len(WAITS_SECONDS) + 2))
    assert attempts[0]["error"] == {"code": "refused", "message": "the receiver answered 500"}
    assert {got.id for got in receiver.got} == {str(delivery["event_id"])}
    assert (delivery["next_attempt_at"], delivery["last_error"]) == (None, "the receiver answered 500")
    assert len(await outlet.alerts("delivery.dead")) == 1


@pytest.mark.parametrize(
    ("status", "asked", "least"), [(429, "120", 120), (503, "999999", 86_400), (500, "120", 4), (429, "1", 4)]
)
async def test_a_receiver_that_asks_to_wait_is_left_alone(
    outlet: Outlet, receiver: Receiver, status: int, asked: str, least: float
) -> None:
    receiver.says(status, headers={"Retry-After": asked})
    subscription = await outlet.subscribe(receiver.url)
    await outlet.emit()
    await receiver.has(1)
    _, waits = await waiting(outlet, subscription)
    assert least < waits + 0.5 < max(least, 5) * 1.15 + 1
    paused = (await outlet.subscription(subscription))["paused_until"]
    assert (paused is not None) == (status != 500)
    await outlet.emit()  # and so is what comes after it
    await outlet.idle(subscription)
    assert len(receiver.got) == (2 if status == 500 else 1)


async def test_what_was_delivered_once_is_never_sent_again_by_itself(outlet: Outlet, receiver: Receiver) -> None:
    subscription = await outlet.subscribe(receiver.url)
    await outlet.emit()
    await outlet.settled(subscription, "delivered")
    await outlet.later(subscription)
    await outlet.emit()
    await outlet.settled(subscription, "delivered", "delivered")
    assert len({got.id for got in receiver.got}) == len(receiver.got) == 2


async def test_a_receiver_that_is_gone_is_switched_off_at_once(outlet: Outlet, receiver: Receiver) -> None:
    receiver.says(410)
    subscription = await outlet.subscribe(receiver.url, ordered=True)
    for _ in range(2):
        await outlet.emit()
    await receiver.has(1)
    await outlet.idle(subscription)
    row = await outlet.subscription(subscription)
    assert (row["enabled"], row["disabled_reason"]) == (False, "gone")
    assert [each["status"] for each in await outlet.deliveries(subscription)] == ["dead", "pending"]
    assert len(await outlet.alerts("subscription.disabled")) == 1
    await outlet.emit()  # is not for it any more
    receiver.says(200)
    row = await outlet.change(subscription, enabled=True)
    assert (row["disabled_reason"], row["failures"]) == (None, 0)
    await outlet.settled(subscription, "dead", "delivered")
    assert await outlet.alerts("subscription.disabled") == []


async def test_a_receiver_that_fails_for_days_is_switched_off(outlet: Outlet, receiver: Receiver) -> None:
    receiver.says(500)
    subscription = await outlet.subscribe(receiver.url)
    await outlet.emit()
    await receiver.has(1)
    await waiting(outlet, subscription)
    query = "update public.webhook_subscriptions set failing_since = now() - make_interval(hours => %s) where id = %s"
    await outlet.hub.database.execute(query, [119, subscription["id"]])
    await outlet.later(subscription)
    await receiver.has(2)
    await outlet.idle(subscription)
    assert (await outlet.subscription(subscription))["enabled"]
    await outlet.hub.database.execute(query, [121, subscription["id"]])
    await outlet.later(subscription)
    await receiver.has(3)
    await outlet.idle(subscription)
    row = await outlet.subscription(subscription)
    assert (row["enabled"], row["disabled_reason"]) == (False, "failing")
    (alert,) = await outlet.alerts("subscription.disabled")
    assert alert["detail"]["reason"] == "failing"
    assert alert["severity"] == "critical"


async def test_one_that_keeps_failing_is_asked_less_and_told_of_until_it_recovers(
    outlet: Outlet, receiver: Receiver
) -> None:
    receiver.says(500)
    subscription = await outlet.subscribe(receiver.url)
    for _ in range(40):
        await outlet.emit()
    await receiver.has(5)
    await outlet.idle(subscription)
    row = await outlet.subscription(subscription)
    assert len(receiver.got) == row["failures"] < 20
    assert row["paused_until"] > row["failing_since"]
    (alert,) = await outlet.alerts("subscription.failing")
    assert alert["severity"] == "warning"
    untried = [each for each in await outlet.deliveries(subscription) if not each["attempts"]]
    assert len(untried) >= 20  # no attempt of theirs is spent
    receiver.says(200)
    await outlet.later(subscription)
    await outlet.settled(subscription, *["delivered"] * 40)
    row = await outlet.subscription(subscription)
    assert (row["failures"], row["failing_since"], row["paused_until"]) == (0, None, None)
    assert await outlet.alerts("subscription.failing") == []


async def test_a_redirect_is_a_failure_and_not_followed(
    outlet: Outlet, receiver: Receiver, other_receiver: Receiver
) -> None:
    receiver.says(307, headers={"Location": other_receiver.url})
    subscription = await outlet.subscribe(receiver.url)
    await outlet.emit()
    await receiver.has(1)
    delivery, _ = await waiting(outlet, subscription)
    assert "redirects are not followed" in delivery["last_error"]
    assert other_receiver.got == []


async def test_nobody_there_is_a_failure_that_names_no_address(outlet: Outlet) -> None:
    async with open_receiver() as receiver:
        subscription = await outlet.subscribe(receiver.url)
    await outlet.emit()
    delivery, _ = await waiting(outlet, subscription)
    (attempt,) = await outlet.attempts(delivery)
    assert (attempt["http_status"], attempt["error"]["code"]) == (None, "not_answered")
    assert "127.0.0.1" not in str(attempt["error"])


async def test_a_worker_that_loses_its_job_after_sending_makes_another_send_under_the_same_id(
    outlet: Outlet, receiver: Receiver
) -> None:
    moment = asyncio.Event()
    receiver.answer = lambda _: slowly(moment)
    subscription = await outlet.subscribe(receiver.url)
    await outlet.emit()
    (first,) = await receiver.has(1)
    lost = "update private.jobs set claim_id = null, lease_until = null where organization_id = %s"
    await outlet.hub.database.execute(lost, [outlet.organization_id])
    _, second = await receiver.has(2)
    moment.set()
    await outlet.settled(subscription, "delivered")
    await outlet.idle(subscription)
    assert (first.id, first.body) == (second.id, second.body)
    assert len(receiver.got) == 2


async def test_plain_http_is_for_allowed_networks_alone(outlet: Outlet, receiver: Receiver) -> None:
    subscription = await outlet.subscribe(receiver.url)
    await outlet.checked(subscription)
    await outlet.idle(subscription)
    # Whoever can write to the database directly gets no further.
    query = "update public.webhook_subscriptions set url = %s where id = %s"
    for url, message in {
        "http://93.184.216.34/hook": "plain http",
        "http://10.0.0.1/hook": "plain http",
        "https://10.0.0.1/hook": "no address on the public internet",
        "https://169.254.169.254/latest": "no address on the public internet",
    }.items():
        await outlet.hub.database.execute(query, [url, subscription["id"]])
        await outlet.emit(url=url)
        await outlet.idle(subscription)
        last = (await outlet.deliveries(subscription))[-1]
        assert message in last["last_error"], url
    assert receiver.got == []
