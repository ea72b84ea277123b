"""The twin's advice: a form for each transaction, hash included; and what the connector makes of it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_payment, a_refund, now
from tests.sandbox.conftest import Inbox
from tests.sandbox.telr.conftest import Account
from workers.providers.errors import SignatureInvalid
from workers.providers.events import CanonicalEvent, WebhookRequest
from workers.providers.money import Money
from workers.providers.payments.telr import TelrConnector

NewInbox = Callable[[], tuple[str, Inbox]]
SECRET = "a-data-integrity-key"


@dataclass
class Listener:
    """A webhook endpoint that believes only what carries the right hash."""

    account: Account
    inbox: Inbox
    url: str

    async def arrived(self) -> list[WebhookRequest]:
        """Every delivery."""
        await self.account.http.get(f"{self.account.url}/_deliveries", params={"wait": "true"})
        return [WebhookRequest(dict(each.headers), each.content, now()) for each in self.inbox.requests]

    async def events(self) -> list[CanonicalEvent]:
        """Everything that arrived, in the connector's words."""
        found: list[CanonicalEvent] = []
        for delivery in await self.arrived():
            verified = TelrConnector.verify_webhook(delivery, [SECRET], {"store_id": self.account.store})
            assert verified.content_signed is False
            assert delivery.headers["content-type"] == "application/x-www-form-urlencoded"
            found += TelrConnector.parse_webhook(delivery.body)
        return found

    async def types(self) -> list[str]:
        """Their types, sorted: they overtake each other."""
        return sorted(event.type for event in await self.events())


@pytest.fixture
async def listener(telr: Account, new_inbox: NewInbox) -> AsyncIterator[Listener]:
    url, inbox = new_inbox()
    await telr.test("/webhook", url=url, secret=SECRET)
    yield Listener(telr, inbox, url)


async def test_a_sale_tells_of_itself(telr: Account, listener: Listener) -> None:
    request = a_checkout(description="Two mugs & a café: 100% زجاج")
    opened = await telr.connector.create_payment(request)
    await telr.pay(opened)
    (event,) = await listener.events()
    assert (event.type, event.payment_id) == ("payment.succeeded", request.payment_id)
    assert (event.provider_payment_id, event.payment) == (None, None)


async def test_a_store_can_tell_the_orders_reference_too(telr: Account, listener: Listener) -> None:
    await telr.test("/webhook", url=listener.url, secret=SECRET, with_order=True)
    opened = await telr.connector.create_payment(a_checkout())
    await telr.pay(opened)
    (event,) = await listener.events()
    assert event.provider_payment_id == opened.provider_payment_id


@pytest.mark.parametrize(("outcome", "type_"), [("decline", "payment.failed"), ("hold", "payment.processing")])
async def test_what_did_not_work_out_is_told(telr: Account, listener: Listener, outcome: str, type_: str) -> None:
    await telr.pay(await telr.connector.create_payment(a_checkout()), outcome)
    assert await listener.types() == [type_]


async def test_every_step_is_told_of(telr: Account, listener: Listener) -> None:
    opened = await telr.connector.create_payment(a_checkout(capture_method="manual"))
    await telr.pay(opened)
    identity = opened.provider_payment_id
    await telr.connector.capture_payment(a_capture(identity, payment_id=opened.payment_id))
    await telr.connector.refund_payment(a_refund(identity, payment_id=opened.payment_id, money=Money.of("9", "AED")))
    events = await listener.events()
    assert sorted(event.type for event in events) == ["payment.authorized", "payment.succeeded", "refund.succeeded"]
    assert {event.payment_id for event in events} == {opened.payment_id}
    assert len({event.provider_event_id for event in events}) == 3


async def test_a_release_is_told_of(telr: Account, listener: Listener) -> None:
    opened = await telr.connector.create_payment(a_checkout(capture_method="manual"))
    await telr.pay(opened)
    await telr.connector.cancel_payment(a_cancellation(opened.provider_payment_id))
    assert await listener.types() == ["payment.authorized", "payment.cancelled"]


async def test_a_charge_of_a_kept_card_names_itself(telr: Account, listener: Listener) -> None:
    opened = await telr.connector.create_payment(a_checkout(save_payment_method=True))
    await telr.pay(opened)
    saved = (await telr.connector.get_payment(opened.provider_payment_id)).saved_method
    assert saved is not None
    charged = await telr.connector.create_payment(a_payment(payment_method=saved.token))
    told = [event for event in await listener.events() if event.payment_id == charged.payment_id]
    assert [event.provider_payment_id for event in told] == [charged.provider_payment_id]


async def test_a_payment_that_comes_off_hold_is_another_event(telr: Account, listener: Listener) -> None:
    opened = await telr.connector.create_payment(a_checkout())
    await telr.pay(opened, "hold")
    await telr.test(f"/orders/{opened.provider_payment_id}/review", outcome="accept")
    events = await listener.events()
    assert {event.type for event in events} == {"payment.processing", "payment.succeeded"}
    assert len({event.provider_event_id for event in events}) == 2


async def test_a_forged_delivery_is_refused(telr: Account, listener: Listener) -> None:
    opened = await telr.connector.create_payment(a_checkout())
    await telr.fault("webhook_forged")
    await telr.pay(opened, "decline")
    (delivery,) = await listener.arrived()
    with pytest.raises(SignatureInvalid):
        TelrConnector.verify_webhook(delivery, [SECRET])


async def test_a_delivery_that_comes_twice_is_known_by_its_id(telr: Account, listener: Listener) -> None:
    opened = await telr.connector.create_payment(a_checkout())
    await telr.fault("webhook_duplicated")
    await telr.pay(opened)
    ids = [event.provider_event_id for event in await listener.events()]
    assert (len(ids), len(set(ids))) == (2, 1)


async def test_advice_is_sent_once(telr: Account, listener: Listener) -> None:
    listener.inbox.answers = [500]
    await telr.pay(await telr.connector.create_payment(a_checkout()))
    assert len(await listener.arrived()) == 1


async def test_another_key_does_not_fit(telr: Account, listener: Listener) -> None:
    await telr.pay(await telr.connector.create_payment(a_checkout()))
    (delivery,) = await listener.arrived()
    with pytest.raises(SignatureInvalid):
        TelrConnector.verify_webhook(delivery, ["another-integrity-key"])
