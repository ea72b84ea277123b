"""The twin's webhooks, verified and read by the connector's own code."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_refund, now
from tests.providers.payments.checkout.builders import CHALLENGE, a_token_payment, declined
from tests.sandbox.checkout.conftest import Account
from tests.sandbox.conftest import Inbox
from workers.providers.errors import Declined, SignatureInvalid
from workers.providers.events import CanonicalEvent, WebhookRequest
from workers.providers.money import Money
from workers.providers.payments.checkout import CheckoutConnector
from workers.providers.payments.checkout.events import EVENT_TYPES

KEY = "a-signature-key"


class Listener:
    """A registered endpoint: what arrived, verified and translated."""

    def __init__(self, account: Account, inbox: Inbox) -> None:
        self.account, self.inbox = account, inbox

    async def events(self) -> list[CanonicalEvent]:
        """Everything that arrived since the last time, in Wasl's words."""
        await self.account.http.get(f"{self.account.url}/_deliveries", params={"wait": "true"}, timeout=30)
        arrived = [event for request in self.inbox.requests for event in self.read(request)]
        self.inbox.requests.clear()
        return arrived

    def read(self, request: httpx.Request) -> list[CanonicalEvent]:
        headers = {name.lower(): value for name, value in request.headers.items()}
        verified = CheckoutConnector.verify_webhook(WebhookRequest(headers, request.content, now()), [KEY])
        assert verified.content_signed
        return CheckoutConnector.parse_webhook(request.content)


@pytest.fixture
async def listener(account: Account, new_inbox: Callable[[], tuple[str, Inbox]]) -> Listener:
    """An endpoint of the account, for every event Wasl subscribes to."""
    url, inbox = new_inbox()
    action: dict[str, Any] = {"type": "webhook", "url": url, "signature": {"method": "HMACSHA256", "key": KEY}}
    condition = {"type": "event", "events": {"gateway": list(EVENT_TYPES)}}
    await account.post("/workflows", name="Wasl", conditions=[condition], actions=[action])
    return Listener(account, inbox)


async def types(listener: Listener) -> set[str]:
    return {event.type for event in await listener.events()}


async def test_a_payments_life_arrives_as_signed_events(account: Account, listener: Listener) -> None:
    request = a_token_payment()
    paid = await account.connector.create_payment(request)
    refund = a_refund(paid.provider_payment_id, money=Money.of("30.00", "AED"))
    accepted = await account.connector.refund_payment(refund)
    events = await listener.events()
    assert {event.type for event in events} == {"payment.authorized", "payment.succeeded", "refund.succeeded"}
    assert {event.provider_payment_id for event in events} == {paid.provider_payment_id}
    (refunded,) = [event for event in events if event.refund]
    assert (refunded.refund_id, refunded.provider_refund_id) == (refund.refund_id, accepted.provider_refund_id)


async def test_a_hosted_payment_tells_our_id_and_its_own(account: Account, listener: Listener) -> None:
    request = a_checkout()
    opened = await account.connector.create_payment(request)
    await account.post(f"/_test/hosted/{opened.provider_payment_id}/pay", token=declined("20051"))
    (failed,) = await listener.events()
    assert (failed.type, failed.payment_id) == ("payment.failed", request.payment_id)
    await account.post(f"/_test/hosted/{opened.provider_payment_id}/pay")
    events = await listener.events()
    assert {event.type for event in events} == {"payment.authorized", "payment.succeeded"}
    assert {event.payment_id for event in events} == {request.payment_id}


async def test_reserving_capturing_and_giving_up_are_told_apart(account: Account, listener: Listener) -> None:
    reserved = await account.connector.create_payment(a_token_payment(capture_method="manual"))
    assert await types(listener) == {"payment.authorized"}
    await account.connector.capture_payment(a_capture(reserved.provider_payment_id, money=Money.of("40.00", "AED")))
    events = await listener.events()
    assert {event.type for event in events} == {"payment.succeeded"}
    assert {str(event.payment.amount_captured) for event in events if event.payment} == {"40.00"}
    reserved = await account.connector.create_payment(a_token_payment(capture_method="manual"))
    await account.connector.cancel_payment(a_cancellation(reserved.provider_payment_id))
    assert await types(listener) == {"payment.authorized", "payment.cancelled"}


async def test_what_the_bank_refuses_later_is_told(account: Account, listener: Listener) -> None:
    paid = await account.connector.create_payment(a_token_payment())
    await account.post("/_test/hold", hold=True)
    await account.connector.refund_payment(a_refund(paid.provider_payment_id, money=Money.of("30.00", "AED")))
    await listener.events()
    await account.post(f"/_test/payments/{paid.provider_payment_id}/settle", outcome="fail")
    assert await types(listener) == {"refund.failed"}


async def test_authentication_and_declines_are_told(account: Account, listener: Listener) -> None:
    back = "https://shop.example/back"
    waiting = await account.connector.create_payment(a_token_payment(payment_method=CHALLENGE, return_url=back))
    assert await types(listener) == {"payment.requires_action"}
    await account.post(f"/_test/payments/{waiting.provider_payment_id}/authenticate", outcome="fail")
    (failed,) = await listener.events()
    assert failed.payment is not None
    assert failed.payment.decline is not None
    assert (failed.type, failed.payment.decline.reason) == ("payment.failed", "authentication_failed")
    with pytest.raises(Declined):
        await account.connector.create_payment(a_token_payment(payment_method=declined("30041")))
    assert await types(listener) == {"payment.failed"}


async def test_a_dispute_is_opened_and_decided(account: Account, listener: Listener) -> None:
    paid = await account.connector.create_payment(a_token_payment())
    await listener.events()
    dispute = await account.post(f"/_test/payments/{paid.provider_payment_id}/dispute")
    (opened,) = await listener.events()
    assert (opened.type, opened.provider_payment_id) == ("dispute.opened", paid.provider_payment_id)
    for outcome, expected in (("succeed", "dispute.won"), ("fail", "dispute.lost")):
        await account.post(f"/_test/disputes/{dispute['id']}/close", outcome=outcome)
        assert await types(listener) == {expected}


async def test_money_on_its_way_to_the_merchant_is_told(account: Account, listener: Listener) -> None:
    settled = await account.post("/_test/settlements", amount=1019.12, currency="AED")
    (told,) = await listener.events()
    assert told.payout is not None
    assert told.payout.provider_payout_id == settled["settlement_details"]["payout_id"]
    assert (told.type, told.payout.status, str(told.payout.money)) == ("payout.created", "pending", "AED 1019.12")


async def test_webhooks_are_duplicated_lost_reordered_and_forged_on_demand(
    account: Account, listener: Listener
) -> None:
    async def received(kind: str) -> list[str]:
        await account.fault(kind, match={"event": "payment_approved"})
        await account.connector.create_payment(a_token_payment())
        return [event.type for event in await listener.events()]

    assert (await received("webhook_duplicated")).count("payment.authorized") == 2
    assert await received("webhook_lost") == ["payment.succeeded"]
    assert await received("webhook_reordered") == ["payment.succeeded", "payment.authorized"]
    with pytest.raises(SignatureInvalid):
        await received("webhook_forged")
