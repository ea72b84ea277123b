"""The twin's webhooks: their certificate fetched once, then verified and read by the connector's own code."""

from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from tests.providers.builders import a_capture, a_refund, now
from tests.sandbox.conftest import Inbox
from tests.sandbox.paypal.conftest import PayPalAccount
from workers.providers.certificates import Certificates
from workers.providers.errors import SignatureInvalid
from workers.providers.events import CanonicalEvent, WebhookRequest
from workers.providers.manifest import Environment
from workers.providers.money import Money
from workers.providers.payments.paypal import PayPalConnector
from workers.providers.payments.paypal.events import EVENT_TYPES

NewInbox = Callable[[], tuple[str, Inbox]]


class Counting(httpx.AsyncHTTPTransport):
    """Counts requests."""

    count = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.count += 1
        return await super().handle_async_request(request)


class Listener:
    """A registered webhook: what arrived, verified and translated as the hub does it."""

    def __init__(self, account: PayPalAccount, inbox: Inbox, webhook_id: str) -> None:
        self.account, self.inbox, self.webhook_id = account, inbox, webhook_id
        self.transport = Counting(verify=False)
        self.certificates = Certificates(self.transport, sandbox_url=account.url)

    async def events(self) -> list[CanonicalEvent]:
        """Everything that arrived since, in Wasl's words."""
        await self.account.http.get(f"{self.account.url}/_deliveries", params={"wait": "true"}, timeout=30)
        arrived, self.inbox.requests = self.inbox.requests, []
        return [event for request in arrived for event in await self.read(request)]

    async def read(self, request: httpx.Request) -> list[CanonicalEvent]:
        headers = {name.lower(): value for name, value in request.headers.items()}
        delivery = WebhookRequest(headers, request.content, now())
        url = PayPalConnector.certificate_url(delivery)
        certificate = await self.certificates.find(url, provider="paypal", environment=Environment.SANDBOX)
        PayPalConnector.verify_webhook(replace(delivery, certificate=certificate), [self.webhook_id])
        return PayPalConnector.parse_webhook(request.content)


@pytest.fixture
async def listener(paypal_account: PayPalAccount, new_inbox: NewInbox) -> Listener:
    """A webhook of the account, for every event that Wasl subscribes to."""
    url, inbox = new_inbox()
    wanted = [{"name": name} for name in EVENT_TYPES]
    webhook = await paypal_account.post("/v1/notifications/webhooks", url=url, event_types=wanted)
    return Listener(paypal_account, inbox, webhook["id"])


async def test_a_payments_life_arrives_as_signed_events(paypal_account: PayPalAccount, listener: Listener) -> None:
    paid = await paypal_account.completed()
    refund = a_refund(paid.provider_payment_id, money=Money.of("30.00", "USD"))
    await paypal_account.connector.refund_payment(refund)
    events = await listener.events()
    assert [event.type for event in events] == ["payment.requires_action", "payment.succeeded", "refund.succeeded"]
    assert events[0].payment is not None
    assert events[0].payment.next_action is not None
    assert events[0].payment.next_action.type == "complete"
    assert {event.provider_payment_id for event in events[:2]} == {paid.provider_payment_id}
    assert {event.payment_id for event in events[:2]} == {paid.payment_id}
    assert events[2].refund_id == refund.refund_id
    assert listener.transport.count == 2, "the certificate and the twin's root, once"


async def test_reserving_capturing_and_running_out_are_told_apart(
    paypal_account: PayPalAccount, listener: Listener
) -> None:
    reserved = await paypal_account.completed(capture_method="manual")
    part = a_capture(reserved.provider_payment_id, money=Money.of("40.00", "USD"))
    await paypal_account.connector.capture_payment(part)
    events = await listener.events()
    assert [event.type for event in events][1:] == ["payment.authorized", "payment.authorized"]
    assert events[-1].payment is not None
    assert (events[-1].payment.status, str(events[-1].payment.amount_captured)) == ("partially_captured", "40.00")
    lapsed = await paypal_account.completed(capture_method="manual")
    await paypal_account.post(f"/_test/authorizations/{lapsed.provider_data['authorization']}/expire")
    assert [event.type for event in await listener.events()][-1] == "payment.expired"


async def test_what_nobody_completed_runs_out(paypal_account: PayPalAccount, listener: Listener) -> None:
    approved = await paypal_account.approved()
    await paypal_account.post(f"/_test/orders/{approved.provider_payment_id}/reverse")
    events = await listener.events()
    assert [event.type for event in events] == ["payment.requires_action", "payment.expired"]
    assert events[1].provider_payment_id == approved.provider_payment_id


async def test_echecks_disputes_and_reversals_are_told(paypal_account: PayPalAccount, listener: Listener) -> None:
    pending = await paypal_account.completed("pending")
    await paypal_account.post(f"/_test/captures/{pending.provider_data['captures']}/settle", outcome="decline")
    assert [event.type for event in await listener.events()][1:] == ["payment.processing", "payment.failed"]
    paid = await paypal_account.completed()
    dispute = await paypal_account.post(f"/_test/captures/{paid.provider_data['captures']}/dispute")
    await paypal_account.post(f"/_test/disputes/{dispute['dispute_id']}/resolve", outcome="RESOLVED_BUYER_FAVOUR")
    await paypal_account.post(f"/_test/captures/{paid.provider_data['captures']}/reverse")
    events = (await listener.events())[2:]
    assert [event.type for event in events] == ["dispute.opened", "dispute.lost", "dispute.lost"]
    assert {event.payment_id for event in events} == {paid.payment_id}


async def test_another_webhooks_events_and_forged_ones_are_refused(
    paypal_account: PayPalAccount, listener: Listener
) -> None:
    await paypal_account.approved()
    listener.webhook_id, right = "4JH86294D6297924G", listener.webhook_id
    with pytest.raises(SignatureInvalid):
        await listener.events()
    listener.webhook_id = right
    await paypal_account.fault("webhook_forged", match={"event": "CHECKOUT.ORDER.APPROVED"})
    await paypal_account.approved()
    with pytest.raises(SignatureInvalid):
        await listener.events()
