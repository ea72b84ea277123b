"""People are told of alerts, by real SMTP and HTTP: in order, at least once, whoever dies meanwhile."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from sandbox.server import serving
from tests.support.alert_desks import SECRET, Desk, Receiver
from tests.support.post_offices import Post, post_office
from tests.support.workplace import Workplace, until
from workers.monitoring.alerts import AlertHandlers
from workers.monitoring.channels.notice import Message, Notice
from workers.monitoring.channels.sending import ChannelSender, Destination, NotTaken
from workers.monitoring.metrics import Metrics
from workers.operations.jobs import Done, Job
from workers.store.alerts import PostgresAlerts
from workers.store.credentials import PostgresCredentials
from workers.tracing import Tracing
from workers.transport.guarded_client import open_guarded_client
from workers.vault.credentials import CredentialVault
from workers.vault.keyring import LocalKeyring
from workers.vault.keyring_file import KeyringFile
from workers.vault.keys import new_key
from workers.vault.rotation import rotate

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
async def post() -> AsyncIterator[Post]:
    async with post_office() as office:
        yield office


@pytest.fixture(scope="module")
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    async with serving(Starlette(routes=[Route("/{path:path}", made.take, methods=["POST"])])) as url:
        made.url = url
        yield made


@pytest.fixture
async def desk(workplace: Workplace, organization: UUID, post: Post, receiver: Receiver) -> Desk:
    post.taken.clear()
    post.answers.clear()
    return Desk(workplace, organization, post, receiver, PostgresAlerts(workplace.pool))


@pytest.fixture(scope="class")
async def at_work(workplace: Workplace, post: Post, receiver: Receiver) -> AsyncIterator[None]:
    """A worker."""
    desk = Desk(workplace, await workplace.organization(), post, receiver, PostgresAlerts(workplace.pool))
    async with workplace.working(**desk.settings()):
        yield


@pytest.mark.usefixtures("at_work")
class TestEachChannel:
    async def test_mail(self, desk: Desk) -> None:
        channel_id, _ = await desk.channel("email", target="ops@example.ae, boss@example.ae")
        alert_id = await desk.raise_alert()

        await desk.told(channel_id, "sent")

        assert [each.rcpt_tos for each in desk.post.taken] == [["ops@example.ae"], ["boss@example.ae"]]
        message = desk.post.messages()[0]
        assert message["Subject"].endswith("Alert (critical): Stripe is down")
        parts = list(message.iter_parts())
        assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
        assert all(f"https://hub.example/alerts/{alert_id}" in part.get_content() for part in parts)

    async def test_webhook(self, desk: Desk) -> None:
        channel_id, path = await desk.channel("webhook")
        alert_id = await desk.raise_alert()

        [notification] = await desk.told(channel_id, "sent")

        [(headers, body)] = desk.receiver.got[path]
        told = Webhook(SECRET).verify(body, headers)
        assert (told["type"], told["data"]["alert"]["id"]) == ("alert.opened", str(alert_id))
        assert headers["webhook-id"] == str(notification["message_id"])

    async def test_a_webhook_goes_on_with_the_trace_of_whoever_asked_for_it(self, desk: Desk) -> None:
        channel_id, path = await desk.channel("webhook")
        trace_id = uuid4().hex
        sent = json.dumps({"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"})
        async with desk.workplace.database.transaction():
            await desk.workplace.one("select set_config('request.headers', %s, true)", sent)
            await desk.workplace.call("test_alert_channel", channel_id=channel_id)

        await desk.workplace.finished(channel_id, "alert.test")

        [(headers, body)] = desk.receiver.got[path]
        assert re.fullmatch(rf"00-{trace_id}-[0-9a-f]{{16}}-00", headers["traceparent"])
        assert Webhook(SECRET).verify(body, headers)["type"] == "alert.test"

    async def test_slack_and_teams(self, desk: Desk) -> None:
        (slack_id, slack), (teams_id, teams) = await desk.channel("slack"), await desk.channel("teams")
        await desk.raise_alert()

        for channel_id in (slack_id, teams_id):
            await desk.told(channel_id, "sent")

        assert desk.receiver.told(slack)[0]["blocks"][1]["text"]["text"] == ":rotating_light: Stripe is down"
        assert desk.receiver.told(teams)[0]["attachments"][0]["content"]["type"] == "AdaptiveCard"
        assert (await desk.row(slack_id))["last_sent_at"] is not None

    async def test_the_inbox(self, desk: Desk) -> None:
        inbox = await desk.workplace.one(
            "select id from public.alert_channels where organization_id = %s", desk.organization_id
        )
        await desk.raise_alert()

        [notification] = await desk.told(inbox["id"], "sent")

        assert notification["sent_at"] is not None

    async def test_a_test_message_at_once(self, desk: Desk) -> None:
        channel_id, path = await desk.channel("slack")
        await desk.workplace.call("test_alert_channel", channel_id=channel_id)
        operation = await desk.workplace.finished(channel_id, "alert.test")
        assert (operation["status"], operation["result"]) == ("succeeded", {"sent": True})
        assert "reach this channel" in desk.receiver.told(path)[0]["text"]
        desk.receiver.answers[path] = [Response("no_service", 404)]
        await desk.workplace.call("test_alert_channel", channel_id=channel_id)

        operation = await desk.workplace.finished(channel_id, "alert.test")

        assert (operation["status"], operation["error"]["code"]) == ("failed", "receiver_refused")


@pytest.mark.usefixtures("at_work")
class TestTrouble:
    async def test_a_channel_that_fails_holds_up_no_other_and_is_tried_again_with_the_same_id(self, desk: Desk) -> None:
        (broken, path), (fine, _) = await desk.channel("webhook"), await desk.channel("slack")
        desk.receiver.answers[path] = [Response(status_code=503), Response("ok")]
        await desk.raise_alert()
        await desk.told(fine, "sent")
        await until(lambda: _failing(desk, broken))
        [waiting] = await desk.told(broken, "pending")
        assert (waiting["attempts"], waiting["last_error"]["code"]) == (1, "receiver_busy")

        await desk.pass_time(broken, 11)
        [sent] = await desk.told(broken, "sent")

        first, second = [headers["webhook-id"] for headers, _ in desk.receiver.got[path]]
        assert first == second == str(sent["message_id"])
        assert (await desk.row(broken))["failing_since"] is None

    async def test_what_was_refused_for_good_is_given_up_and_told_in_the_hub(self, desk: Desk) -> None:
        channel_id, path = await desk.channel("slack")
        desk.receiver.answers[path] = [Response("channel_is_archived", 410), Response("ok")]
        await desk.raise_alert()

        [notification] = await desk.told(channel_id, "failed")

        assert notification["last_error"] == {"code": "receiver_refused", "message": "The receiver answers 410."}
        query = "select status from public.alerts where kind = 'alert_channel.failing' and organization_id = %s"
        assert [row["status"] for row in await desk.workplace.all(query, desk.organization_id)] == ["open"]
        await desk.raise_alert("Tap is down")
        await desk.told(channel_id, "sent")
        assert [row["status"] for row in await desk.workplace.all(query, desk.organization_id)] == ["resolved"]

    async def test_it_waits_as_long_as_it_is_asked_to(self, desk: Desk) -> None:
        channel_id, path = await desk.channel("slack")
        desk.receiver.answers[path] = [Response(status_code=429, headers={"Retry-After": "120"}), Response("ok")]
        await desk.raise_alert()
        await until(lambda: _failing(desk, channel_id))

        due = await desk.workplace.one(
            "select extract(epoch from next_attempt_at - clock_timestamp())::float8 as seconds"
            " from public.alert_notifications where channel_id = %s",
            channel_id,
        )

        assert 60 < due["seconds"] <= 120

    async def test_what_happens_in_order_is_told_in_order(self, desk: Desk) -> None:
        channel_id, path = await desk.channel("webhook")
        desk.receiver.answers[path] = [Response(status_code=500), Response("ok")]
        await desk.raise_alert(group="g")
        await until(lambda: _failing(desk, channel_id))
        await desk.workplace.one("select private.end_alert(%s, 'g')", desk.organization_id)
        await desk.told(channel_id, "pending", count=2)
        await desk.pass_time(channel_id, 11)

        await desk.told(channel_id, "sent", count=2)

        assert [told["type"] for told in desk.receiver.told(path)] == ["alert.opened", "alert.opened", "alert.resolved"]

    async def test_a_storm_is_one_message_and_what_follows_within_the_minute_too(self, desk: Desk) -> None:
        channel_id, path = await desk.channel("webhook")
        async with desk.workplace.database.transaction():  # nobody is told of the first ones before
            for n in range(12):
                await desk.raise_alert(f"Trouble {n}")
        await desk.told(channel_id, "sent", count=12)
        assert {told["type"] for told in desk.receiver.told(path)} == {"alert.digest"}
        assert sum(len(told["data"]["alerts"]) for told in desk.receiver.told(path)) == 12
        for n in range(4):
            await desk.raise_alert(f"More {n}")
            await desk.told(channel_id, "sent", count=13 + n)
        for n in range(2):
            await desk.raise_alert(f"Too much {n}")
        await desk.told(channel_id, "pending", count=2)
        await desk.pass_time(channel_id, 61)

        await desk.told(channel_id, "sent", count=18)

        assert len(desk.receiver.told(path)) <= 7

    async def test_what_waits_for_a_channel_that_is_switched_off_is_dropped(self, desk: Desk) -> None:
        channel_id, path = await desk.channel("slack")
        desk.receiver.answers[path] = [Response(status_code=500)]
        await desk.raise_alert()
        await until(lambda: _failing(desk, channel_id))
        await desk.workplace.all(
            "update public.alert_channels set enabled = false where id = %s returning id", channel_id
        )
        await desk.pass_time(channel_id, 11)

        assert len(await desk.told(channel_id, "dropped")) == 1

    async def test_one_address_that_is_refused_does_not_keep_the_mail_from_the_other(self, desk: Desk) -> None:
        desk.post.unknown.add("gone@example.ae")
        channel_id, _ = await desk.channel("email", target="gone@example.ae,ops@example.ae")
        await desk.raise_alert()

        await desk.told(channel_id, "sent")

        assert [each.rcpt_tos for each in desk.post.taken] == [["ops@example.ae"]]


async def _failing(desk: Desk, channel_id: UUID) -> bool:
    await desk.store.tell()
    return (await desk.row(channel_id))["failing_since"] is not None


class TestWhoeverDies:
    async def test_a_message_that_a_dead_worker_was_sending_is_sent_again_with_its_id(self, desk: Desk) -> None:
        channel_id, path = await desk.channel("webhook")
        desk.receiver.held[path] = asyncio.Event()
        await desk.raise_alert()
        await desk.store.tell()
        quick = {"call_timeout_seconds": 0.2, "lease_seconds": 3.5}

        async def arrived() -> bool:
            return bool(desk.receiver.got.get(path))

        async with desk.workplace.working(dies=True, **desk.settings(**quick)):
            await until(arrived)
        desk.receiver.held.pop(path).set()
        async with desk.workplace.working(**desk.settings(**quick)):
            [notification] = await desk.told(channel_id, "sent")

        ids = {headers["webhook-id"] for headers, _ in desk.receiver.got[path]}
        assert (ids, notification["attempts"]) == ({str(notification["message_id"])}, 2)


async def test_an_address_inside_is_not_called() -> None:
    notice = Notice("test", UUID(int=1), "alert.test", "info", "open", "Test", NOW, NOW)
    message = Message(UUID(int=2), UUID(int=3), "Souk", (notice,), NOW)
    async with open_guarded_client() as client:
        with pytest.raises(NotTaken) as error:
            sender = ChannelSender(None, client, Tracing())
            await sender.send(Destination("slack", url="http://127.0.0.1:1/secret"), message)
    assert (error.value.code, error.value.is_final) == ("address_refused", True)
    assert "secret" not in f"{error.value} {Destination('slack', url='secret')!r}"


async def test_a_message_that_cannot_be_made_is_put_off_like_any_other(desk: Desk) -> None:
    class Broken(ChannelSender):
        async def send(self, destination: Destination, message: Message) -> None:
            raise KeyError(message.notices[0].title)

    channel_id, _ = await desk.channel("email", target="ops@example.ae")
    await desk.raise_alert()
    await desk.store.tell()
    async with open_guarded_client() as client:
        keyring = LocalKeyring.from_setting(str(desk.workplace.keyring))
        vault = CredentialVault(keyring, PostgresCredentials(desk.workplace.pool))
        handlers = AlertHandlers(desk.store, vault, Broken(None, client, Tracing()), Metrics().alert_messages)
        query = "select * from private.jobs where payload ->> 'channel_id' = %s"
        row = await desk.workplace.one(query, str(channel_id))
        job = Job(**{name: row.get(name) for name in Job._fields})

        assert isinstance(await handlers.send(job), Done)

    await desk.workplace.all("delete from private.jobs where id = %s returning id", job.id)
    [notification] = await desk.told(channel_id, "pending")
    assert notification["last_error"] == {"code": "internal_error", "message": "The message could not be made."}


async def test_keys_are_rotated_under_channels_too(desk: Desk) -> None:
    channel_id, _ = await desk.channel("slack")
    [before] = await desk.store.secrets(channel_id)
    keyring, credentials = (
        LocalKeyring.from_setting(str(desk.workplace.keyring)),
        PostgresCredentials(desk.workplace.pool),
    )
    new = await new_key(KeyringFile(desk.workplace.keyring), credentials, organization_id=desk.organization_id)

    progress = [each async for each in rotate(keyring, desk.store)]

    [after] = await desk.store.secrets(channel_id)
    assert (progress[-1].remaining, before.key_id != after.key_id, after.key_id) == (0, True, new.id)
    [key] = [each for each in await credentials.registered_keys() if each.id == before.key_id]
    assert key.credentials == 0
