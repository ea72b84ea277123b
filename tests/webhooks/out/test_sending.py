"""Events reach receivers, signed, once; and what the receivers answer is kept."""

import asyncio
import json
from uuid import UUID

import pytest
from aiohttp import web
from standardwebhooks import Webhook

from tests.support.offices import a_job
from tests.support.receivers import Got, Outlet, Receiver, slowly
from workers.operations.marketing.automations import made_up
from workers.operations.rules import Texts
from workers.store.automations import EventRow, PostgresAutomations
from workers.store.deliveries import PostgresDeliveries
from workers.webhooks.message import payload_of
from workers.webhooks.route import EventRouter

pytestmark = pytest.mark.usefixtures("worker")


async def test_an_event_is_sent_signed_and_what_was_answered_is_kept(outlet: Outlet, receiver: Receiver) -> None:
    subscription = await outlet.subscribe(receiver.url, "payment.*")
    event_id = await outlet.emit(reference="order-1", amount="99.00")
    (got,) = await receiver.has(1)
    secret = outlet.secrets[subscription["id"]]
    message = got.message(secret)
    assert Webhook(secret).verify(got.body, got.headers) == message  # and the official library agrees
    assert (got.id, message["id"]) == (str(event_id), str(event_id))
    assert (message["type"], message["data"]) == ("payment.succeeded", {"reference": "order-1", "amount": "99.00"})
    assert {"timestamp", "environment", "subject_type", "subject_id", "organization_id"} <= message.keys()
    assert got.headers["content-type"] == "application/json"
    (delivery,) = await outlet.settled(subscription, "delivered")
    assert (delivery["event_id"], delivery["last_status"], delivery["last_error"]) == (event_id, 200, None)
    assert delivery["payload"] == message
    (attempt,) = await outlet.attempts(delivery)
    assert (attempt["number"], attempt["http_status"], attempt["response"], attempt["error"]) == (
        1,
        200,
        "thanks",
        None,
    )
    await outlet.idle(subscription)
    left = "select 1 from private.webhook_queue where subscription_id = %s"
    assert await outlet.hub.all(left, subscription["id"]) == []


async def test_only_what_is_wanted_is_sent(outlet: Outlet, receiver: Receiver) -> None:
    connection = await outlet.hub.connect_stripe(outlet.organization_id)
    subscription = await outlet.subscribe(
        receiver.url,
        "payment.succeeded",
        "refund.*",
        connection_id=connection,
        environment="sandbox",
        conditions=["$[?number(@.amount) >= 100]", "$.data[?@.city == 'Dubai']"],
    )
    told = {"connection_id": str(connection), "amount": "100.00", "customer": {"city": "Dubai"}}
    await outlet.emit("payment.failed", **told)
    await outlet.emit("payment.succeeded", **{**told, "amount": "99.00"})
    await outlet.emit("payment.succeeded", **{**told, "customer": {"city": "Sharjah"}})
    await outlet.emit("payment.succeeded", **{**told, "connection_id": str(subscription["id"])})
    await outlet.emit("payment.succeeded", environment="live", **told)
    wanted = [await outlet.emit(kind, environment="sandbox", **told) for kind in ("payment.succeeded", "refund.failed")]
    assert {each.id for each in await receiver.has(2)} == {str(each) for each in wanted}
    await outlet.idle(subscription)
    assert len(await outlet.deliveries(subscription)) == 2


async def test_a_template_makes_another_message(outlet: Outlet, receiver: Receiver) -> None:
    template = {
        "text": 'Order {{data.reference}} of {{data.name or "somebody"}}{{data.note}}',
        "blocks": [{"amount": "{{data.amount}}", "all": "{{ data.customer }}", "none": "{{data.missing}}", "fixed": 1}],
    }
    subscription = await outlet.subscribe(receiver.url, template=template)
    await outlet.emit(reference='"}, {"x', amount="9.00", customer={"tags": [1, {"a": None}]})
    (got,) = await receiver.has(1)
    assert got.message(outlet.secrets[subscription["id"]]) == {
        "text": 'Order "}, {"x of somebody',
        "blocks": [{"amount": "9.00", "all": {"tags": [1, {"a": None}]}, "none": None, "fixed": 1}],
    }


async def test_each_subscription_gets_its_own(outlet: Outlet, receiver: Receiver, other_receiver: Receiver) -> None:
    first, second = await outlet.subscribe(receiver.url), await outlet.subscribe(other_receiver.url)
    other = await Outlet.open(outlet.hub)
    await other.subscribe(receiver.url)
    await outlet.emit()
    (one,), (two,) = await receiver.has(1), await other_receiver.has(1)
    assert one.message(outlet.secrets[first["id"]]) == two.message(outlet.secrets[second["id"]])
    await outlet.idle(first)
    assert len(receiver.got) == 1


async def test_an_event_that_is_routed_again_is_sent_once(outlet: Outlet, receiver: Receiver) -> None:
    subscription = await outlet.subscribe(receiver.url)
    await outlet.emit()
    (delivery,) = await outlet.settled(subscription, "delivered")

    async def nothing(_: EventRow) -> None:
        return None

    pool = outlet.hub.pool
    events, deliveries = PostgresAutomations(pool, safe_seconds=1), PostgresDeliveries(pool, patience_seconds=1)
    payload = {"created_at": delivery["created_at"].isoformat()}
    job = a_job("event.route", delivery["event_id"], outlet.organization_id, payload)
    await asyncio.gather(*(EventRouter(events, nothing, deliveries).route(job) for _ in range(3)))
    await outlet.idle(subscription)
    assert (len(await outlet.deliveries(subscription)), len(receiver.got)) == (1, 1)


async def test_what_happens_without_a_secret_waits_for_one(outlet: Outlet, receiver: Receiver) -> None:
    subscription = await outlet.insert(url=receiver.url, name="S", event_types=["*"])
    await outlet.emit()
    await outlet.idle(subscription)
    assert [each["status"] for each in await outlet.deliveries(subscription)] == ["pending"]
    await outlet.rotate(subscription)
    await outlet.settled(subscription, "delivered")


async def test_both_secrets_sign_while_they_overlap(outlet: Outlet, receiver: Receiver) -> None:
    subscription = await outlet.subscribe(receiver.url)
    first = outlet.secrets[subscription["id"]]
    second = await outlet.rotate(subscription, overlap_seconds=3600)
    await outlet.emit()
    (got,) = await receiver.has(1)
    assert got.message(first) == got.message(second)
    assert len(got.headers["webhook-signature"].split()) == 2
    third = await outlet.rotate(subscription, overlap_seconds=0)
    await outlet.hub.database.execute(
        "update private.webhook_secrets set expires_at = now() where subscription_id = %s and expires_at is not null",
        [subscription["id"]],
    )
    await outlet.emit()
    _, got = await receiver.has(2)
    got.message(third)
    for old in (first, second):
        with pytest.raises(ValueError, match="signatures"):
            got.message(old)


async def test_a_receiver_that_hangs_holds_up_no_other(
    outlet: Outlet, receiver: Receiver, other_receiver: Receiver
) -> None:
    moment = asyncio.Event()
    receiver.answer = lambda _: slowly(moment)
    hanging, quick = await outlet.subscribe(receiver.url), await outlet.subscribe(other_receiver.url)
    for _ in range(30):
        await outlet.emit()
    await outlet.settled(quick, *["delivered"] * 30)
    assert 1 <= len(receiver.got) <= 8
    moment.set()
    await outlet.settled(hanging, *["delivered"] * 30)


async def test_one_answer_that_is_slow_holds_up_no_other_of_the_same_receiver(
    outlet: Outlet, receiver: Receiver
) -> None:
    moment, slow = asyncio.Event(), True

    async def answer(_: Got) -> web.Response:
        nonlocal slow
        if slow:
            slow = False
            return await slowly(moment)
        return web.Response()

    receiver.answer = answer
    subscription = await outlet.subscribe(receiver.url)
    await outlet.emit()
    await receiver.has(1)
    for _ in range(3):
        await outlet.emit()
    await receiver.has(4)
    moment.set()
    await outlet.settled(subscription, *["delivered"] * 4)


async def test_in_order_each_waits_for_the_one_before(outlet: Outlet, receiver: Receiver) -> None:
    receiver.says(500, 200)
    subscription = await outlet.subscribe(receiver.url, ordered=True)
    events = [str(await outlet.emit(n=n)) for n in range(5)]
    await receiver.has(1)
    await outlet.idle(subscription)
    assert [each["status"] for each in await outlet.deliveries(subscription)] == ["pending"] * 5
    assert [each.id for each in receiver.got] == events[:1]
    await outlet.later(subscription)
    await outlet.settled(subscription, *["delivered"] * 5)
    assert [each.id for each in receiver.got] == [events[0], *events]


async def test_a_rate_is_kept(outlet: Outlet, receiver: Receiver) -> None:
    subscription = await outlet.subscribe(receiver.url, rate_per_minute=600)
    slow = await outlet.subscribe(receiver.url.replace("hook", "slow"), rate_per_minute=60)
    for _ in range(4):
        await outlet.emit()
    await outlet.settled(subscription, *["delivered"] * 4)
    await outlet.settled(slow, *["delivered"] * 4)
    for secret, least in ((subscription, 0.1), (slow, 1.0)):
        times = [got.at for got in receiver.got if _is_for(got, outlet.secrets[secret["id"]])]
        assert len(times) == 4
        # They are begun so far apart, and may arrive a little less so.
        assert times[-1] - times[0] > least * 3 * 0.8


def _is_for(got: Got, secret: str) -> bool:
    try:
        got.message(secret)
    except ValueError:
        return False
    return True


async def test_what_a_receiver_answers_is_cut_and_holds_no_card(outlet: Outlet, receiver: Receiver) -> None:
    receiver.says(200, text="card 4242 4242 4242 4242 " + "x" * 20_000)
    subscription = await outlet.subscribe(receiver.url)
    await outlet.emit()
    (delivery,) = await outlet.settled(subscription, "delivered")
    (attempt,) = await outlet.attempts(delivery)
    assert len(attempt["response"]) <= 2000
    assert "4242 4242" not in attempt["response"]


async def test_what_is_sent_is_the_same_letter_for_letter_each_time(outlet: Outlet, receiver: Receiver) -> None:
    receiver.says(500, 200)
    subscription = await outlet.subscribe(receiver.url)
    await outlet.emit(z=1, a="é\u2028", nested={"b": [1.5, None]})
    await receiver.has(1)
    await outlet.later(subscription)
    first, second = await receiver.has(2)
    assert (first.body, first.id) == (second.body, second.id)
    assert list(json.loads(first.body))[:3] == ["id", "type", "timestamp"]


def test_nothing_but_parts_of_the_event_comes_into_a_template() -> None:
    event = made_up({"type": "a.b", "data": {"items": [1]}}, UUID(int=1))
    template = {"a": "x {{ data.items }}", "b": "{{ data.__class__ }}", "c": "-{{ data.items.append }}"}
    assert payload_of(event, template, Texts(as_json=True)) == '{"a":"x [1]","b":null,"c":"-"}'
