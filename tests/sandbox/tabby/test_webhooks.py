"""What the twin tells of payments, as the connector reads it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from tests.providers.builders import a_cancellation, a_capture, a_refund, now
from tests.providers.payments.tabby.wire import an_instalment_payment
from tests.sandbox.conftest import Inbox
from tests.sandbox.tabby.conftest import Account
from workers.providers.errors import SignatureInvalid
from workers.providers.events import CanonicalEvent, WebhookRequest
from workers.providers.money import Money
from workers.providers.payments.tabby import TabbyConnector

NewInbox = Callable[[], tuple[str, Inbox]]
SECRET = "a-long-secret-of-our-own"
HEADER = {"title": "X-Wasl-Webhook-Secret", "value": SECRET}
SOME = Money.of("40.00", "AED")


@dataclass
class Listener:
    """A webhook endpoint that believes only what carries the secret."""

    account: Account
    inbox: Inbox
    url: str

    async def events(self) -> list[CanonicalEvent]:
        """Everything that arrived, in the connector's words."""
        await self.account.http.get(f"{self.account.url}/_deliveries", params={"wait": "true"})
        found: list[CanonicalEvent] = []
        for request in self.inbox.requests:
            headers = {name.lower(): value for name, value in request.headers.items()}
            verified = TabbyConnector.verify_webhook(WebhookRequest(headers, request.content, now()), [SECRET])
            assert verified.content_signed is False
            found += TabbyConnector.parse_webhook(request.content)
        return found

    async def types(self) -> list[str]:
        """Their types, sorted: they overtake each other."""
        return sorted(event.type for event in await self.events())


@pytest.fixture
async def listener(account: Account, new_inbox: NewInbox) -> AsyncIterator[Listener]:
    url, inbox = new_inbox()
    await account.call("POST", "/api/v1/webhooks", url=url, header=HEADER)
    yield Listener(account, inbox, url)


async def test_a_typical_payment_is_told_three_times(account: Account, listener: Listener) -> None:
    payment = await account.taken()
    events = await listener.events()
    assert sorted(event.type for event in events) == ["payment.authorized", "payment.authorized", "payment.succeeded"]
    assert {event.provider_payment_id for event in events} == {payment.provider_payment_id}
    assert {event.payment_id for event in events} == {payment.payment_id}
    assert sorted(event.provider_type for event in events) == ["authorized", "authorized", "closed"]


async def test_everything_that_happens_is_told(account: Account, listener: Listener) -> None:
    payment = await account.agreed(capture_method="manual")
    await account.connector.capture_payment(a_capture(payment.provider_payment_id, money=SOME))
    await account.connector.cancel_payment(a_cancellation(payment.provider_payment_id))
    await account.connector.refund_payment(a_refund(payment.provider_payment_id))
    told = ["payment.authorized", "payment.authorized", "payment.refunded", "payment.succeeded"]
    assert await listener.types() == told
    listener.inbox.requests.clear()
    for outcome in ("reject", "cancel"):
        await account.pay(await account.opened(), outcome)
    assert await listener.types() == ["payment.failed"], "expiry is told on demand only"
    await account.test("/account", tells_expiry=True)
    await account.pay(await account.opened(), "cancel")
    assert await listener.types() == ["payment.expired", "payment.failed"]


async def test_disputes_are_told(account: Account, listener: Listener) -> None:
    payment = await account.taken()
    listener.inbox.requests.clear()
    for status in ("pending", "evidence_merchant", "approved"):
        await account.test(f"/payments/{payment.provider_payment_id}/dispute", status=status)
    assert await listener.types() == ["dispute.lost", "dispute.opened", "dispute.updated", "payment.refunded"]


async def test_a_delivery_that_fails_is_tried_again(account: Account, listener: Listener) -> None:
    listener.inbox.answers = [500, 503]
    await account.pay(await account.opened(), "reject")
    assert await listener.types() == ["payment.failed"] * 3
    deliveries = (await account.http.get(f"{account.url}/_deliveries")).json()
    assert [each["tries"] for each in deliveries if each["url"] == listener.url] == [[500, 503, 200]]


async def test_a_lost_event_leaves_the_truth_to_polling(account: Account, listener: Listener) -> None:
    await account.fault("webhook_lost", match={"event": "*"})
    payment = await account.agreed()
    assert await listener.events() == []
    assert (await account.connector.get_payment(payment.provider_payment_id)).status == "authorized"


async def test_a_forged_event_is_not_believed(account: Account, listener: Listener) -> None:
    await account.fault("webhook_forged", match={"event": "authorized"})
    await account.agreed()
    with pytest.raises(SignatureInvalid):
        await listener.events()


async def test_a_webhook_without_a_header_is_not_believed(account: Account, new_inbox: NewInbox) -> None:
    url, inbox = new_inbox()
    await account.call("POST", "/api/v1/webhooks", url=url)
    await account.agreed()
    with pytest.raises(SignatureInvalid):
        await Listener(account, inbox, url).events()


async def test_webhooks_belong_to_a_merchant_code(account: Account, listener: Listener, new_inbox: NewInbox) -> None:
    (mine,) = await account.call("GET", "/api/v1/webhooks")
    assert (mine["url"], mine["is_test"], mine["header"]) == (listener.url, True, HEADER)
    url, inbox = new_inbox()
    changed = await account.call("PUT", f"/api/v1/webhooks/{mine['id']}", url=url, header=HEADER)
    assert changed["url"] == url
    await account.connector.create_payment(an_instalment_payment())
    await account.agreed()
    assert await listener.events() == []
    assert len(inbox.requests) == 1
    assert await account.call("DELETE", f"/api/v1/webhooks/{mine['id']}") == {"status": "ok"}
    assert await account.call("GET", "/api/v1/webhooks") is None
    await account.call("GET", f"/api/v1/webhooks/{mine['id']}", 404)
