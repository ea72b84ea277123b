"""The twin's webhooks, signed in their own body, and what the connector makes of them."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from tests.providers.builders import a_cancellation, a_capture, a_refund, now
from tests.providers.payments.aps.wire import a_charge, a_link_request
from tests.sandbox.aps.conftest import Account, reference_of
from tests.sandbox.conftest import Inbox
from workers.providers.errors import SignatureInvalid
from workers.providers.events import CanonicalEvent, WebhookRequest
from workers.providers.money import Money
from workers.providers.payments.aps import APSConnector

NewInbox = Callable[[], tuple[str, Inbox]]


@dataclass
class Listener:
    """A webhook endpoint that believes only what is signed."""

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
            APSConnector.verify_webhook(delivery, [self.account.credentials["response_phrase"]])
            found += APSConnector.parse_webhook(request.content)
        return found

    async def types(self) -> list[str]:
        """Their types, sorted: they overtake each other."""
        return sorted(event.type for event in await self.events())


@pytest.fixture(params=[False, True], ids=["json", "form"])
async def listener(request: pytest.FixtureRequest, aps: Account, new_inbox: NewInbox) -> AsyncIterator[Listener]:
    url, inbox = new_inbox()
    await aps.test("/webhooks", url=url, form=request.param)
    yield Listener(aps, inbox, url)


async def test_a_payment_on_the_page_is_told(aps: Account, listener: Listener) -> None:
    request = a_link_request(customer={"email": "sara@example.com", "name": "سارة"}, description="Two mugs & a plate")
    opened = await aps.connector.create_payment(request)
    await aps.pay(opened)
    (event,) = await listener.events()
    assert (event.type, event.payment_id) == ("payment.succeeded", request.payment_id)
    assert event.provider_payment_id == opened.provider_payment_id
    assert event.payment is not None
    assert event.payment.provider_session_id == opened.provider_session_id
    assert event.payment == event.payment.model_copy(update={"status": "captured"})


async def test_everything_that_happens_is_told(aps: Account, listener: Listener) -> None:
    held = await aps.connector.create_payment(a_charge(capture_method="manual"))
    await aps.connector.capture_payment(a_capture(held.provider_payment_id, money=Money.of("40.00", "AED")))
    await aps.connector.refund_payment(a_refund(held.provider_payment_id, money=Money.of("9.00", "AED")))
    assert await listener.types() == ["payment.authorized", "payment.succeeded", "refund.succeeded"]
    listener.inbox.requests.clear()
    held = await aps.connector.create_payment(a_charge(capture_method="manual"))
    await aps.connector.cancel_payment(a_cancellation(held.provider_payment_id))
    opened = await aps.connector.create_payment(a_link_request())
    await aps.pay(opened, "decline")
    assert await listener.types() == ["payment.authorized", "payment.cancelled", "payment.failed"]


async def test_a_refund_is_recognised(aps: Account, listener: Listener) -> None:
    await aps.test("/account", hold_refunds=True)
    paid = await aps.connector.create_payment(a_charge())
    request = a_refund(paid.provider_payment_id, money=Money.of("10.00", "AED"))
    refund = await aps.connector.refund_payment(request)
    listener.inbox.requests.clear()
    await aps.test(f"/orders/{reference_of(paid)}/settle", outcome="fail")
    told = next(event for event in await listener.events() if event.refund)
    assert (told.type, told.refund_id) == ("refund.failed", request.refund_id)
    assert told.provider_refund_id == refund.provider_refund_id


async def test_what_is_done_in_the_dashboard_is_told(aps: Account, listener: Listener) -> None:
    held = await aps.connector.create_payment(a_charge(capture_method="manual"))
    await aps.test(f"/orders/{reference_of(held)}/capture", amount="9900")
    await aps.test(f"/orders/{reference_of(held)}/refund", amount="900")
    events = {event.type: event for event in await listener.events()}
    assert events["payment.succeeded"].payment is None, "it says where to look"
    assert events["payment.succeeded"].payment_id == held.payment_id
    assert events["refund.succeeded"].refund_id is None
    assert events["refund.succeeded"].provider_refund_id is not None


async def test_it_is_tried_again_until_it_is_taken(aps: Account, listener: Listener) -> None:
    listener.inbox.answers = [500, 200]
    await aps.connector.create_payment(a_charge())
    assert set(await listener.types()) == {"payment.succeeded"}
    deliveries = (await aps.http.get(f"{aps.url}/_deliveries")).json()
    assert [each["tries"] for each in deliveries if each["url"] == listener.url] == [[500, 200]]


async def test_a_lost_event_leaves_the_truth_to_polling(aps: Account, listener: Listener) -> None:
    await aps.fault("webhook_lost")
    opened = await aps.connector.create_payment(a_link_request())
    await aps.pay(opened)
    assert await listener.events() == []
    assert (await aps.connector.get_payment(opened.provider_payment_id)).status == "captured"


async def test_a_forged_event_is_not_believed(aps: Account, listener: Listener) -> None:
    await aps.fault("webhook_forged", match={"event": "PURCHASE"})
    await aps.connector.create_payment(a_charge())
    with pytest.raises(SignatureInvalid):
        await listener.events()


async def test_a_duplicate_has_the_same_body(aps: Account, listener: Listener) -> None:
    await aps.fault("webhook_duplicated", match={"event": "PURCHASE"})
    await aps.connector.create_payment(a_charge())
    assert await listener.types() == ["payment.succeeded", "payment.succeeded"]
    first, second = listener.inbox.requests
    assert first.content == second.content
