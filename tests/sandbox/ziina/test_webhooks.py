"""The twin's webhooks, verified and read by the connector's own code."""

from collections.abc import Callable

import httpx
import pytest

from tests.providers.builders import a_checkout, a_refund, now
from tests.sandbox.conftest import Inbox
from tests.sandbox.ziina.conftest import Account
from workers.providers.errors import SignatureInvalid
from workers.providers.events import CanonicalEvent, WebhookRequest
from workers.providers.money import Money
from workers.providers.payments.ziina import ZiinaConnector

SECRET = "a-secret-of-the-sandbox-tests"
PART = Money.of("30.00", "AED")


class Listener:
    """A registered endpoint: what arrived, verified and translated."""

    def __init__(self, account: Account, inbox: Inbox) -> None:
        self.account, self.inbox = account, inbox

    async def arrived(self) -> list[httpx.Request]:
        """Everything that arrived since the last time."""
        await self.account.http.get(f"{self.account.url}/_deliveries", params={"wait": "true"}, timeout=30)
        requests, self.inbox.requests = self.inbox.requests, []
        return requests

    async def events(self) -> list[CanonicalEvent]:
        """The same in Wasl's words."""
        return [event for request in await self.arrived() for event in read(request)]


def read(request: httpx.Request) -> list[CanonicalEvent]:
    headers = {name.lower(): value for name, value in request.headers.items()}
    verified = ZiinaConnector.verify_webhook(WebhookRequest(headers, request.content, now()), [SECRET])
    assert verified.content_signed
    return ZiinaConnector.parse_webhook(request.content)


@pytest.fixture
async def listener(account: Account, new_inbox: Callable[[], tuple[str, Inbox]]) -> Listener:
    """The account's endpoint, with a secret."""
    url, inbox = new_inbox()
    assert await account.post("/webhook", url=url, secret=SECRET) == {"success": True}
    return Listener(account, inbox)


async def test_a_payments_life_arrives_as_signed_events(account: Account, listener: Listener) -> None:
    request = a_checkout()
    opened = await account.connector.create_payment(request)
    assert await listener.events() == [], "that it was made is no change"
    for move in ("challenge", "pend", "pay"):
        await account.move(opened, move)
    events = await listener.events()
    assert {event.type for event in events} == {"payment.requires_action", "payment.processing", "payment.succeeded"}
    assert {event.provider_payment_id for event in events} == {opened.provider_payment_id}
    assert {event.payment_id for event in events} == {request.payment_id}


async def test_what_was_refused_or_given_up_is_told(account: Account, listener: Listener) -> None:
    declined = await account.connector.create_payment(a_checkout())
    await account.move(declined, "decline")
    (failed,) = await listener.events()
    assert failed.payment is not None
    assert failed.payment.decline is not None
    assert (failed.type, failed.payment.decline.reason) == ("payment.failed", "insufficient_funds")
    given_up = await account.connector.create_payment(a_checkout())
    await account.move(given_up, "cancel")
    assert [event.type for event in await listener.events()] == ["payment.cancelled"]


@pytest.mark.parametrize(("outcome", "kind"), [("succeed", "refund.succeeded"), ("fail", "refund.failed")])
async def test_a_refund_arrives_with_our_id(account: Account, listener: Listener, outcome: str, kind: str) -> None:
    paid = await account.paid()
    await account.post("/_test/hold", hold=True)
    request = a_refund(paid.provider_payment_id, money=PART)
    accepted = await account.connector.refund_payment(request)
    await listener.events()
    await account.post(f"/_test/refund/{accepted.provider_refund_id}/settle", outcome=outcome)
    (told,) = await listener.events()
    assert (told.type, told.refund_id, told.provider_payment_id) == (kind, request.refund_id, paid.provider_payment_id)


async def test_without_a_secret_nothing_is_signed_and_nothing_believed(
    account: Account, new_inbox: Callable[[], tuple[str, Inbox]]
) -> None:
    url, inbox = new_inbox()
    await account.post("/webhook", url=url)
    await account.paid()
    (request,) = await Listener(account, inbox).arrived()
    assert "x-hmac-signature" not in request.headers
    with pytest.raises(SignatureInvalid):
        read(request)


async def test_an_account_has_one_webhook_which_the_next_replaces(
    account: Account, listener: Listener, new_inbox: Callable[[], tuple[str, Inbox]]
) -> None:
    url, inbox = new_inbox()
    await account.post("/webhook", url=url, secret=SECRET)
    await account.paid()
    assert await listener.events() == []
    assert len(await Listener(account, inbox).events()) == 1
    await account.http.delete(f"{account.url}/ziina/webhook", headers=account.headers)
    await account.paid()
    assert await Listener(account, inbox).events() == []


async def test_a_delivery_that_is_not_taken_is_tried_again(account: Account, listener: Listener) -> None:
    listener.inbox.answers = [500, 503]
    await account.paid()
    assert [event.type for event in await listener.events()] == ["payment.succeeded"] * 3


async def test_webhooks_are_duplicated_lost_reordered_and_forged_on_demand(
    account: Account, listener: Listener
) -> None:
    async def received(kind: str, skip: int = 0) -> list[str]:
        await account.fault(kind, match={"event": "payment_intent.*"}, skip=skip)
        opened = await account.connector.create_payment(a_checkout())
        for move in ("pend", "pay"):
            await account.move(opened, move)
        return [event.type for event in await listener.events()]

    assert sorted(await received("webhook_duplicated")) == ["payment.processing"] * 2 + ["payment.succeeded"]
    assert await received("webhook_lost", skip=1) == ["payment.processing"]
    assert await received("webhook_reordered") == ["payment.succeeded", "payment.processing"]
    with pytest.raises(SignatureInvalid):
        await received("webhook_forged")
