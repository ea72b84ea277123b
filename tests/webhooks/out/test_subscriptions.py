"""What clients ask of workers: to check a subscription, to test it, to send deliveries anew."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.support.offices import a_job
from tests.support.receivers import Outlet, Receiver
from tests.support.workplace import Row, until
from workers.store.deliveries import PostgresDeliveries

pytestmark = pytest.mark.usefixtures("worker")
YESTERDAY = datetime.now(UTC) - timedelta(hours=20)


@pytest.mark.parametrize(
    ("columns", "field", "message"),
    [
        ({"conditions": ["$.type", "$[?@.a =~ /x/]"]}, "conditions.1", "JSONPath"),
        ({"conditions": ["$[?match(@.a, 'x')]"]}, "conditions.0", "lists of selectors"),
        ({"url": "https://10.1.2.3/hook"}, "url", "public internet"),
        ({"url": "http://93.184.216.34/hook"}, "url", "use https"),
        ({"url": "https://93.184.216.34:22/hook"}, "url", "port"),
    ],
    ids=["path", "regular expression", "private address", "plain http", "port"],
)
async def test_what_only_a_worker_can_judge_switches_it_off_and_says_why(
    outlet: Outlet, receiver: Receiver, columns: dict[str, Any], field: str, message: str
) -> None:
    subscription = await outlet.subscribe(**{"url": receiver.url, **columns})
    operation = await outlet.checked(subscription)
    assert (operation["status"], operation["error"]["code"]) == ("failed", "invalid_subscription")
    assert operation["error"]["field"] == field
    row = await outlet.subscription(subscription)
    assert (row["enabled"], row["disabled_reason"], row["fault"]["field"]) == (False, "invalid", field)
    assert message in row["fault"]["message"]
    assert await outlet.alerts("subscription.disabled") == []  # whoever did it has been told
    mended = await outlet.change(subscription, url=receiver.url, conditions=["$.type"], enabled=True)
    assert (mended["enabled"], mended["disabled_reason"], mended["fault"]) == (True, None, None)
    assert (await outlet.checked(subscription))["status"] == "succeeded"


async def test_a_secret_that_is_none_is_found_out_and_told_to_nobody(outlet: Outlet, receiver: Receiver) -> None:
    subscription = await outlet.subscribe(receiver.url)
    await outlet.checked(subscription)
    await outlet.rotate(subscription, "hunter2hunter2hunter2")
    operation = await outlet.checked(subscription)
    assert (operation["status"], operation["error"]["field"]) == ("failed", "secret")
    assert "hunter2" not in str([operation, await outlet.subscription(subscription)])


async def test_a_ping_is_sent_at_once_though_it_is_switched_off(outlet: Outlet, receiver: Receiver) -> None:
    receiver.says(200, 500, text="hi")
    subscription = await outlet.subscribe(receiver.url, enabled=False)
    await outlet.hub.call("test_webhook_subscription", subscription_id=subscription["id"])
    operation = await outlet.hub.finished(subscription["id"], "subscription.test")
    assert operation["status"] == "succeeded"
    assert (operation["result"]["delivered"], operation["result"]["response"]) == (True, "hi")
    (got,) = receiver.got
    assert got.message(outlet.secrets[subscription["id"]])["type"] == "ping"
    await outlet.hub.call("test_webhook_subscription", subscription_id=subscription["id"])
    operation = await outlet.hub.finished(subscription["id"], "subscription.test")
    assert (operation["status"], operation["error"]["http_status"]) == ("failed", 500)
    assert await outlet.deliveries(subscription) == []


async def replayed(outlet: Outlet, subscription: Row, **options: Any) -> Row:
    """A replay since yesterday, once it is over."""
    options = {"since": YESTERDAY, **options}
    given = {name: Jsonb(value) if isinstance(value, dict) else value for name, value in options.items()}
    await outlet.hub.call("replay_webhook_deliveries", subscription_id=subscription["id"], **given)
    return await outlet.hub.finished(subscription["id"], "delivery.replay")


async def test_deliveries_are_sent_anew_by_time_and_filter(outlet: Outlet, receiver: Receiver) -> None:
    subscription = await outlet.subscribe(receiver.url, "payment.*")
    for kind in ("payment.succeeded", "payment.failed", "payment.succeeded"):
        await outlet.emit(kind)
    await outlet.settled(subscription, *["delivered"] * 3)
    first, second, third = await outlet.deliveries(subscription)

    operation = await replayed(outlet, subscription)
    assert (operation["status"], operation["result"]) == ("succeeded", {"total": 3, "done": 3, "replayed": 3})
    again = (await receiver.has(6))[3:]
    assert {got.id for got in again} == {str(each["event_id"]) for each in (first, second, third)}
    rows = await outlet.settled(subscription, *["delivered"] * 3)
    assert [(each["attempts"], each["replayed_at"] is not None) for each in rows] == [(2, True)] * 3

    operation = await replayed(
        outlet, subscription, filter={"event_types": ["payment.failed"], "status": ["delivered"]}
    )
    assert operation["result"]["replayed"] == 1
    assert (await receiver.has(7))[-1].id == str(second["event_id"])
    await outlet.settled(subscription, *["delivered"] * 3)
    operation = await replayed(outlet, subscription, since=third["created_at"])
    assert operation["result"]["total"] == 1
    operation = await replayed(outlet, subscription, until=first["created_at"])
    assert operation["result"] == {"total": 0, "done": 0, "replayed": 0}


async def test_dead_letters_are_sent_anew_from_the_beginning_of_the_schedule(
    outlet: Outlet, receiver: Receiver
) -> None:
    receiver.says(500)
    subscription = await outlet.subscribe(receiver.url)
    for _ in range(2):
        await outlet.emit()
    await receiver.has(2)
    await outlet.idle(subscription)
    await outlet.hub.database.execute(
        "update private.webhook_queue set step = 9 where subscription_id = %s", [subscription["id"]]
    )
    await outlet.later(subscription)
    dead = await outlet.settled(subscription, "dead", "dead")
    receiver.says(500, 200)
    query = "select public.resend_webhook_deliveries(%s) as count"
    ((answer,),) = [list(row.values()) for row in await outlet.write(query, [dead[0]["id"]])]
    assert answer == 1
    await receiver.has(5)
    await outlet.idle(subscription)
    first, second = await outlet.deliveries(subscription)
    assert (first["status"], first["attempts"], second["status"]) == ("pending", 3, "dead")
    operation = await replayed(outlet, subscription, filter={"status": ["dead"]})
    assert operation["result"] == {"total": 1, "done": 1, "replayed": 1}
    await outlet.later(subscription)
    await outlet.settled(subscription, "delivered", "delivered")


async def test_what_is_on_its_way_is_not_sent_twice_by_a_replay(outlet: Outlet, receiver: Receiver) -> None:
    receiver.says(500)
    subscription = await outlet.subscribe(receiver.url)
    await outlet.emit()
    await receiver.has(1)
    await outlet.idle(subscription)
    operation = await replayed(outlet, subscription)
    assert operation["result"] == {"total": 1, "done": 1, "replayed": 0}
    await outlet.idle(subscription)
    assert len(receiver.got) == 1


async def test_a_replay_whose_worker_dies_goes_on_where_it_was(outlet: Outlet, receiver: Receiver) -> None:
    subscription = await outlet.subscribe(receiver.url)
    for _ in range(5):
        await outlet.emit()
    await outlet.settled(subscription, *["delivered"] * 5)
    store, database = PostgresDeliveries(outlet.hub.pool, patience_seconds=1), outlet.hub.database
    async with database.transaction():  # so that no worker sees its job before it is claimed
        operation = await outlet.hub.call(
            "replay_webhook_deliveries", subscription_id=subscription["id"], since=YESTERDAY
        )
        job = a_job("delivery.replay", operation["id"], outlet.organization_id)
        claim = "update private.jobs set claim_id = %s, lease_until = now() + interval '1 minute' where id = %s"
        await database.execute(claim, [job.claim_id, job.id])
    assert await store.replay_batch(job.id, job.claim_id, 2) is True
    assert await store.replay_progress(job.id) == {"total": 5, "done": 2, "replayed": 2}
    await receiver.has(7)
    await outlet.settled(subscription, *["delivered"] * 5)
    await database.execute("update private.jobs set claim_id = null, lease_until = null where id = %s", [job.id])
    operation = await outlet.hub.finished(subscription["id"], "delivery.replay")
    assert operation["result"] == {"total": 5, "done": 5, "replayed": 5}
    assert await store.replay_batch(job.id, job.claim_id, 2) is None  # the dead one has nothing to say any more
    await receiver.has(10)
    await outlet.settled(subscription, *["delivered"] * 5)
    assert len(receiver.got) == 10


async def test_a_replay_that_is_called_off_stops(outlet: Outlet, receiver: Receiver) -> None:
    subscription = await outlet.subscribe(receiver.url)
    await outlet.emit()
    await outlet.settled(subscription, "delivered")
    database = outlet.hub.database
    async with database.transaction():
        operation = await outlet.hub.call(
            "replay_webhook_deliveries", subscription_id=subscription["id"], since=YESTERDAY
        )
        await outlet.hub.call("cancel_operation", operation_id=operation["id"])
    assert (await outlet.hub.finished(subscription["id"], "delivery.replay"))["status"] == "cancelled"
    assert len(receiver.got) == 1


async def test_a_sender_that_was_lost_is_found_by_the_clock(outlet: Outlet, receiver: Receiver) -> None:
    receiver.says(500, 200)
    subscription = await outlet.subscribe(receiver.url)
    await outlet.emit()
    await receiver.has(1)
    await outlet.idle(subscription)
    database = outlet.hub.database
    await database.execute(
        "delete from private.jobs where organization_id = %s and kind = 'webhook.send'", [outlet.organization_id]
    )
    await database.execute(
        "update private.webhook_queue set next_attempt_at = now() where subscription_id = %s", [subscription["id"]]
    )
    await PostgresDeliveries(outlet.hub.pool, patience_seconds=1).look_after()
    await outlet.settled(subscription, "delivered")


async def test_what_is_deleted_is_sent_nothing_more_and_its_history_stays(outlet: Outlet, receiver: Receiver) -> None:
    receiver.says(500)
    subscription = await outlet.subscribe(receiver.url)
    await outlet.emit()
    await receiver.has(1)
    await outlet.idle(subscription)
    await outlet.write("delete from public.webhook_subscriptions where id = %s returning id", subscription["id"])

    async def no_job() -> bool:
        query = "select 1 from private.jobs where organization_id = %s and run_at <= now()"
        return not await outlet.hub.all(query, outlet.organization_id)

    await until(no_job)
    (delivery,) = await outlet.deliveries(subscription)
    assert len(await outlet.attempts(delivery)) == len(receiver.got) == 1
    left = "select 1 from private.webhook_queue where subscription_id = %s"
    assert await outlet.hub.all(left, subscription["id"]) == []
