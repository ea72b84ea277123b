"""Both colours against the real hub, with a worker at work: subscriptions and their deliveries."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from wasl import AsyncWasl, Conflict, InvalidRequest, NotFound, OperationFailed, Wasl

from tests.support.hubs import AnyHub, collect, done, elsewhere
from tests.support.receivers import NETWORKS, Outlet, Receiver, open_receiver
from tests.support.workplace import Workplace, until


@pytest.fixture(scope="module", autouse=True)
async def worker(workplace: Workplace) -> AsyncIterator[None]:
    """A worker at work all the while."""
    await workplace.organization()  # whose key is the first in the keyring
    async with workplace.working(allowed_networks=NETWORKS, poll_seconds=0.1):
        yield


@pytest.fixture
async def outlet(workplace: Workplace) -> Outlet:
    """An organization."""
    return await Outlet.open(workplace)


@pytest.fixture(params=[AsyncWasl, Wasl])
async def hub(request: pytest.FixtureRequest, workplace: Workplace, outlet: Outlet) -> AsyncIterator[AnyHub]:
    """A client of a developer of it."""
    user_id = str(uuid4())
    await workplace.database.execute(
        "insert into auth.users (id, email) values (%s, %s)", [user_id, f"{user_id}@example.com"]
    )
    await workplace.database.execute(
        "insert into public.organization_members (organization_id, user_id, role) values (%s, %s, 'developer')",
        [outlet.organization_id, user_id],
    )
    token = workplace.stack.mint_jwt({"role": "authenticated", "aud": "authenticated", "sub": user_id})
    client = request.param(workplace.stack.url, workplace.stack.publishable_key, access_token=token)
    yield client
    await done(client.aclose() if isinstance(client, AsyncWasl) else client.close())


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver of the test's own."""
    async with open_receiver() as receiver:
        yield receiver


async def test_a_subscription_and_its_deliveries(hub: AnyHub, outlet: Outlet, receiver: Receiver) -> None:
    template = {"of": "{{ id }}"}
    make = partial(hub.subscriptions.create, "Shop", receiver.url, ["payment.*"], template=template)
    made = await elsewhere(make)
    assert (made.enabled, made.template, made.failures) == (True, template, 0)
    assert made.secret.startswith("whsec_")
    assert made.secret not in repr(made)
    ping = await elsewhere(lambda: hub.subscriptions.test(made.id))
    assert (ping.delivered, ping.response, receiver.got[0].message(made.secret)["type"]) == (True, "thanks", "ping")

    receiver.says(500, 200)
    event_id = await outlet.emit()
    await receiver.has(2)
    await outlet.idle({"id": made.id})
    (waiting,) = await collect(hub.deliveries.list(subscription_id=made.id, status="pending"))
    assert (waiting.event_id, waiting.attempts, waiting.payload) == (event_id, 1, None)
    assert (await done(hub.deliveries.get(waiting.id))).payload == {"of": str(event_id)}
    (attempt,) = await collect(hub.deliveries.attempts(waiting.id))
    assert attempt.error is not None
    assert (attempt.http_status, attempt.error.code) == (500, "refused")
    await outlet.later({"id": made.id})
    await outlet.settled({"id": made.id}, "delivered")

    assert await elsewhere(lambda: hub.deliveries.resend([waiting.id])) == 1
    await receiver.has(4)
    await outlet.settled({"id": made.id}, "delivered")
    since = datetime.now(UTC) - timedelta(hours=1)
    replay = await elsewhere(lambda: hub.deliveries.replay(made.id, since, event_types=["payment.*"], wait=30))
    assert replay.result == {"total": 1, "done": 1, "replayed": 1}
    await receiver.has(5)
    nothing = await elsewhere(lambda: hub.deliveries.recover(made.id, since, wait=30))
    assert nothing.result["total"] == 0
    with pytest.raises(NotFound):
        await elsewhere(lambda: hub.deliveries.resend([uuid4()]))

    await elsewhere(lambda: hub.subscriptions.delete(made.id))
    with pytest.raises(NotFound):
        await elsewhere(lambda: hub.subscriptions.delete(made.id))
    assert await collect(hub.subscriptions.list()) == []
    with pytest.raises(Conflict):
        await elsewhere(lambda: hub.deliveries.resend([waiting.id]))


async def test_a_secret_is_rotated(hub: AnyHub, outlet: Outlet, receiver: Receiver) -> None:
    first = await elsewhere(lambda: hub.subscriptions.create("Shop", receiver.url, ["*"]))
    second = await elsewhere(lambda: hub.subscriptions.rotate_secret(first.id, overlap_seconds=60))
    assert second.secret != first.secret
    await outlet.emit()
    (got,) = await receiver.has(1)
    assert got.message(first.secret) == got.message(second.secret)


async def test_what_is_wrong_is_refused_and_nothing_is_made(hub: AnyHub, receiver: Receiver) -> None:
    for columns, field in [
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"url": "nowhere"}, "url"),
        ({"conditions": ["$[?match(@.a, 'x')]"]}, "conditions.0"),
        ({"event_types": ["Payment"]}, "event_types.0"),
        ({"template": {"a": "{{ secrets }}"}}, "template.a"),
    ]:
        given = {"name": "Shop", "url": receiver.url, "event_types": ["*"], **columns}
        with pytest.raises(InvalidRequest) as refused:
            await elsewhere(partial(hub.subscriptions.create, **given))
        assert refused.value.field == field
    assert await collect(hub.subscriptions.list()) == []


async def test_a_subscription_is_changed(hub: AnyHub, receiver: Receiver) -> None:
    made = await elsewhere(lambda: hub.subscriptions.create("Shop", receiver.url, ["*"], rate_per_minute=5))
    change = partial(hub.subscriptions.update, made.id, name="Other", rate_per_minute=None, ordered=True)
    changed = await elsewhere(change)
    assert (changed.name, changed.rate_per_minute, changed.ordered) == ("Other", None, True)
    with pytest.raises(InvalidRequest) as refused:
        await elsewhere(lambda: hub.subscriptions.update(made.id, conditions=["$[?"]))
    assert refused.value.field == "conditions.0"
    off = await done(hub.subscriptions.get(made.id))
    assert off.fault is not None
    assert (off.enabled, off.disabled_reason, off.fault.field) == (False, "invalid", "conditions.0")
    on = await elsewhere(lambda: hub.subscriptions.update(made.id, conditions=[], enabled=True))
    assert (on.enabled, on.fault) == (True, None)
    with pytest.raises(NotFound):
        await elsewhere(lambda: hub.subscriptions.update(UUID(int=1), name="x"))


async def test_a_ping_that_is_not_taken_says_why(hub: AnyHub, receiver: Receiver) -> None:
    receiver.says(404)
    made = await elsewhere(lambda: hub.subscriptions.create("Shop", receiver.url, ["*"]))
    with pytest.raises(OperationFailed) as failed:
        await elsewhere(lambda: hub.subscriptions.test(made.id))
    assert (failed.value.code, failed.value.message) == ("refused", "the receiver answered 404")

    async def kept() -> bool:
        return bool(await collect(hub.operations.list(kind="subscription.test", status="failed")))

    await until(kept)
