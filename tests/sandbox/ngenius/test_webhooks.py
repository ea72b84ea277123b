"""The twin's webhooks: sent once, with a header that signs nothing; and what the connector makes of them."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_refund, now
from tests.sandbox.conftest import Inbox
from tests.sandbox.ngenius.conftest import Account
from workers.providers.errors import SignatureInvalid
from workers.providers.events import CanonicalEvent, WebhookRequest
from workers.providers.money import Money
from workers.providers.payments.ngenius import NGeniusConnector

NewInbox = Callable[[], tuple[str, Inbox]]
SECRET = "a-long-secret-of-our-own"


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
            delivery = WebhookRequest(headers, request.content, now())
            verified = NGeniusConnector.verify_webhook(delivery, [SECRET])
            assert verified.content_signed is False
            found += NGeniusConnector.parse_webhook(request.content)
        return found

    async def types(self) -> list[str]:
        """Their types, sorted: they overtake each other."""
        return sorted(event.type for event in await self.events())


@pytest.fixture
async def listener(ngenius: Account, new_inbox: NewInbox) -> AsyncIterator[Listener]:
    url, inbox = new_inbox()
    await ngenius.test("/webhooks", url=url, header_key="X-Wasl-Webhook-Secret", header_value=SECRET)
    yield Listener(ngenius, inbox, url)


async def test_a_sale_tells_of_both_its_steps(ngenius: Account, listener: Listener) -> None:
    request = a_checkout()
    opened = await ngenius.connector.create_payment(request)
    await ngenius.pay(opened)
    events = await listener.events()
    assert {event.type for event in events} == {"payment.authorized", "payment.succeeded"}
    assert {event.provider_payment_id for event in events} == {opened.provider_payment_id}
    assert {event.payment_id for event in events} == {request.payment_id}
    assert len({event.provider_event_id for event in events}) == 2


async def test_everything_that_happens_is_told(ngenius: Account, listener: Listener) -> None:
    opened = await ngenius.connector.create_payment(a_checkout(capture_method="manual"))
    await ngenius.pay(opened)
    await ngenius.connector.capture_payment(a_capture(opened.provider_payment_id))
    await ngenius.connector.refund_payment(a_refund(opened.provider_payment_id, money=Money.of("9.00", "AED")))
    assert await listener.types() == ["payment.authorized", "payment.succeeded", "refund.succeeded"]
    listener.inbox.requests.clear()
    opened = await ngenius.connector.create_payment(a_checkout())
    await ngenius.connector.cancel_payment(a_cancellation(opened.provider_payment_id))
    opened = await ngenius.connector.create_payment(a_checkout())
    await ngenius.pay(opened, "risk")
    assert await listener.types() == ["payment.cancelled", "payment.failed"]


async def test_an_event_is_sent_once_whatever_becomes_of_it(ngenius: Account, listener: Listener) -> None:
    listener.inbox.answers = [500]
    opened = await ngenius.connector.create_payment(a_checkout())
    await ngenius.pay(opened, "decline")
    assert await listener.types() == ["payment.failed"]
    deliveries = (await ngenius.http.get(f"{ngenius.url}/_deliveries")).json()
    assert [each["tries"] for each in deliveries if each["url"] == listener.url] == [[500]]


async def test_a_lost_event_leaves_the_truth_to_polling(ngenius: Account, listener: Listener) -> None:
    await ngenius.fault("webhook_lost", match={"event": "*"}, times=2)
    opened = await ngenius.connector.create_payment(a_checkout())
    await ngenius.pay(opened)
    assert await listener.events() == []
    assert (await ngenius.connector.get_payment(opened.provider_payment_id)).status == "captured"


async def test_a_forged_event_is_not_believed(ngenius: Account, listener: Listener) -> None:
    await ngenius.fault("webhook_forged", match={"event": "DECLINED"})
    opened = await ngenius.connector.create_payment(a_checkout())
    await ngenius.pay(opened, "decline")
    with pytest.raises(SignatureInvalid):
        await listener.events()


async def test_a_duplicate_has_the_same_event_id(ngenius: Account, listener: Listener) -> None:
    await ngenius.fault("webhook_duplicated", match={"event": "DECLINED"})
    opened = await ngenius.connector.create_payment(a_checkout())
    await ngenius.pay(opened, "decline")
    events = await listener.events()
    assert len(events) == 2
    assert len({event.provider_event_id for event in events}) == 1
