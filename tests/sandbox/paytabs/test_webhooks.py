"""The twin's notifications, verified and read by the connector's own code."""

from collections.abc import Callable

import httpx
import pytest

from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_payment, a_refund, now
from tests.sandbox.conftest import Inbox
from tests.sandbox.paytabs.conftest import PROFILE, Account
from workers.providers.errors import SignatureInvalid
from workers.providers.events import CanonicalEvent, WebhookRequest
from workers.providers.money import Money
from workers.providers.payments.paytabs import PayTabsConnector


class Listener:
    """A connection that has payments notified of: what arrived, verified and translated."""

    def __init__(self, account: Account, url: str, inbox: Inbox) -> None:
        self.account, self.url, self.inbox = account, url, inbox
        self.connector = account.connection(webhook_url=url)

    async def events(self) -> list[CanonicalEvent]:
        """Everything that arrived since the last time, in Wasl's words."""
        await self.account.http.get(f"{self.account.url}/_deliveries", params={"wait": "true"}, timeout=30)
        arrived = [event for request in self.inbox.requests for event in self.read(request)]
        self.inbox.requests.clear()
        return arrived

    def read(self, request: httpx.Request) -> list[CanonicalEvent]:
        headers = {name.lower(): value for name, value in request.headers.items()}
        delivered = WebhookRequest(headers, request.content, now())
        settings = {"profile_id": PROFILE}
        assert PayTabsConnector.verify_webhook(delivered, [self.account.key], settings).content_signed
        return PayTabsConnector.parse_webhook(request.content)

    async def types(self) -> list[str]:
        return [event.type for event in await self.events()]


@pytest.fixture
async def listener(account: Account, new_inbox: Callable[[], tuple[str, Inbox]]) -> Listener:
    return Listener(account, *new_inbox())


async def test_a_payments_life_arrives_as_signed_events(account: Account, listener: Listener) -> None:
    request = a_checkout(save_payment_method=True)
    opened = await listener.connector.create_payment(request)
    assert await listener.events() == []
    await account.pay(opened)
    (paid,) = await listener.events()
    assert (paid.type, paid.payment_id) == ("payment.succeeded", request.payment_id)
    assert paid.payment is not None
    assert paid.payment == await listener.connector.get_payment(opened.provider_payment_id)
    refund = a_refund(opened.provider_payment_id, money=Money.of("30.00", "AED"))
    made = await listener.connector.refund_payment(refund)
    (refunded,) = await listener.events()
    assert (refunded.type, refunded.refund_id) == ("refund.succeeded", refund.refund_id)
    assert refunded.provider_refund_id == made.provider_refund_id


async def test_reserving_capturing_and_giving_up_are_told_apart(account: Account, listener: Listener) -> None:
    opened = await listener.connector.create_payment(a_checkout(capture_method="manual"))
    await account.pay(opened)
    assert await listener.types() == ["payment.authorized"]
    ref = opened.provider_payment_id
    await listener.connector.capture_payment(a_capture(ref, money=Money.of("40.00", "AED")))
    await listener.connector.cancel_payment(a_cancellation(ref))
    events = await listener.events()
    assert [event.payment and event.payment.status.value for event in events] == ["partially_captured", "captured"]
    assert {event.provider_payment_id for event in events} == {ref}
    opened = await listener.connector.create_payment(a_checkout(capture_method="manual"))
    await account.pay(opened)
    await listener.connector.cancel_payment(a_cancellation(opened.provider_payment_id))
    assert await listener.types() == ["payment.authorized", "payment.cancelled"]


@pytest.mark.parametrize(
    ("outcome", "event"),
    [("decline", "payment.failed"), ("cancel", "payment.cancelled"), ("expire", "payment.expired")],
)
async def test_what_came_to_nothing_is_told(account: Account, listener: Listener, outcome: str, event: str) -> None:
    opened = await listener.connector.create_payment(a_checkout())
    await account.pay(opened, outcome)
    assert await listener.types() == [event]


async def test_a_hold_and_its_end_are_told(account: Account, listener: Listener) -> None:
    opened = await listener.connector.create_payment(a_checkout())
    await account.pay(opened, "hold")
    await account.test(f"/transactions/{opened.provider_payment_id}/dashboard", kind="Capture")
    events = await listener.events()
    assert [event.type for event in events] == ["payment.processing", "payment.processing"]
    assert {event.provider_payment_id for event in events} == {opened.provider_payment_id}


async def test_a_charge_of_a_saved_card_is_told(account: Account, listener: Listener) -> None:
    saved = await account.save_a_card()
    request = a_payment(payment_method=saved.token)
    await listener.connector.create_payment(request)
    (event,) = await listener.events()
    assert (event.type, event.payment_id) == ("payment.succeeded", request.payment_id)


async def test_the_dashboards_address_hears_of_everything(account: Account, listener: Listener) -> None:
    await account.test("/account", ipn_url=listener.url)
    opened = await account.connector.create_payment(a_checkout())
    await account.pay(opened)
    assert await listener.types() == ["payment.succeeded"]


async def test_deliveries_are_tried_again(account: Account, listener: Listener) -> None:
    listener.inbox.answers = [500, 500]
    opened = await listener.connector.create_payment(a_checkout())
    await account.pay(opened)
    assert await listener.types() == ["payment.succeeded"] * 3


async def test_webhooks_are_duplicated_lost_reordered_and_forged_on_demand(
    account: Account, listener: Listener
) -> None:
    async def received(kind: str) -> list[str]:
        await account.fault(kind, match={"event": "auth"})
        opened = await listener.connector.create_payment(a_checkout(capture_method="manual"))
        await account.pay(opened)
        await listener.connector.capture_payment(a_capture(opened.provider_payment_id))
        return await listener.types()

    assert (await received("webhook_duplicated")).count("payment.authorized") == 2
    assert await received("webhook_lost") == ["payment.succeeded"]
    assert await received("webhook_reordered") == ["payment.succeeded", "payment.authorized"]
    with pytest.raises(SignatureInvalid):
        await received("webhook_forged")
