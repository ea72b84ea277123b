"""The twin's notifications: a token in the header and in the query, and what the connector makes of them."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import httpx
import pytest

from tests.providers.builders import a_cancellation, a_refund, now
from tests.providers.payments.tamara.builders import a_completion, a_pay_later
from tests.sandbox.conftest import Inbox
from tests.sandbox.tamara.conftest import Account
from workers.providers.errors import SignatureInvalid
from workers.providers.events import CanonicalEvent, WebhookRequest
from workers.providers.money import Money
from workers.providers.payments.tamara import TamaraConnector
from workers.providers.payments.tamara.events import EVENT_TYPES

NewInbox = Callable[[], tuple[str, Inbox]]
SECRET = "3f0e2b6a-notification-token-of-tests"
TYPES = list(EVENT_TYPES)


def delivery(request: httpx.Request, *, header: bool = True, query: bool = True) -> WebhookRequest:
    """What arrived; without the header, as where something in between keeps it to itself."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    if not header:
        del headers["authorization"]
    return WebhookRequest(headers, request.content, now(), dict(request.url.params) if query else {})


@dataclass
class Listener:
    """A webhook endpoint that believes only what the notification token proves."""

    account: Account
    inbox: Inbox
    url: str

    async def events(self) -> list[CanonicalEvent]:
        """Everything that arrived, in the connector's words."""
        await self.account.http.get(f"{self.account.url}/_deliveries", params={"wait": "true"})
        found: list[CanonicalEvent] = []
        for request in self.inbox.requests:
            verified = TamaraConnector.verify_webhook(delivery(request), [SECRET])
            assert verified.content_signed is False
            found += TamaraConnector.parse_webhook(request.content)
        return found

    async def types(self) -> list[str]:
        """Their types, sorted: they overtake each other."""
        return sorted(event.type for event in await self.events())


@pytest.fixture
async def listener(account: Account, new_inbox: NewInbox) -> AsyncIterator[Listener]:
    url, inbox = new_inbox()
    await account.test("/account", notification_token=SECRET)
    await account.call("POST", "/webhooks", type="order", url=url, events=TYPES, headers={})
    yield Listener(account, inbox, url)


async def test_everything_that_happens_is_told(account: Account, listener: Listener) -> None:
    opened = await account.agreed()
    await account.connector.complete_payment(a_completion(opened.provider_payment_id))
    request = a_refund(opened.provider_payment_id, money=Money.of("9.00", "AED"))
    made = await account.connector.refund_payment(request)
    events = await listener.events()
    assert sorted(event.type for event in events) == [
        "payment.authorized",
        "payment.requires_action",
        "payment.succeeded",
        "refund.succeeded",
    ]
    assert {event.provider_payment_id for event in events} == {opened.provider_payment_id}
    assert {event.payment_id for event in events} == {opened.payment_id}
    (refund,) = [event for event in events if event.type == "refund.succeeded"]
    assert (refund.refund_id, refund.provider_refund_id) == (request.refund_id, made.provider_refund_id)


async def test_what_does_not_end_well_is_told_too(account: Account, listener: Listener) -> None:
    given_up = await account.agreed()
    await account.connector.cancel_payment(a_cancellation(given_up.provider_payment_id))
    assert await listener.types() == ["payment.authorized", "payment.cancelled", "payment.requires_action"]
    listener.inbox.requests.clear()
    for outcome in ("decline", "hold"):
        opened = await account.connector.create_payment(a_pay_later())
        await account.test(f"/orders/{opened.provider_payment_id}/pay", outcome=outcome)
    await account.test(f"/orders/{opened.provider_payment_id}/expire")
    assert await listener.types() == ["payment.expired", "payment.failed", "payment.processing"]


async def test_either_place_of_the_token_is_enough(account: Account, listener: Listener) -> None:
    await account.agreed()
    await listener.events()
    (request,) = listener.inbox.requests
    for place in ({"header": True, "query": False}, {"header": False, "query": True}):
        assert TamaraConnector.verify_webhook(delivery(request, **place), [SECRET]).event_type == "order_approved"
    with pytest.raises(SignatureInvalid):
        TamaraConnector.verify_webhook(delivery(request, header=False, query=False), [SECRET])


async def test_a_payments_own_address_is_told_of_the_approval(account: Account, new_inbox: NewInbox) -> None:
    url, inbox = new_inbox()
    await account.test("/account", notification_token=SECRET)
    transport = httpx.AsyncHTTPTransport(verify=False)
    async with account.connection(transport, credentials={"webhook_url": url}) as connector:
        opened = await connector.create_payment(a_pay_later())
    await account.test(f"/orders/{opened.provider_payment_id}/pay")
    (event,) = await Listener(account, inbox, url).events()
    assert (event.type, event.provider_type) == ("payment.requires_action", "approved")
    assert event.payment_id == opened.payment_id


async def test_a_failed_delivery_is_tried_again_under_a_token_of_its_own(account: Account, listener: Listener) -> None:
    listener.inbox.answers = [500]
    await account.agreed()
    assert await listener.types() == ["payment.requires_action"] * 2
    deliveries = (await account.http.get(f"{account.url}/_deliveries")).json()
    assert [each["tries"] for each in deliveries if each["url"] == listener.url] == [[500, 200]]


async def test_a_forged_event_is_not_believed(account: Account, listener: Listener) -> None:
    await account.fault("webhook_forged", match={"event": "order_approved"})
    await account.agreed()
    with pytest.raises(SignatureInvalid):
        await listener.events()


async def test_a_lost_event_leaves_the_truth_to_polling(account: Account, listener: Listener) -> None:
    await account.fault("webhook_lost", match={"event": "*"})
    opened = await account.agreed()
    assert await listener.events() == []
    assert (await account.connector.get_payment(opened.provider_payment_id)).next_action is not None


async def test_webhooks_are_registered_read_changed_and_removed_by_api(account: Account, listener: Listener) -> None:
    other = "https://elsewhere.example/hook"
    made = await account.call("POST", "/webhooks", type="order", url=other, events=["order_approved"])
    path = f"/webhooks/{made['webhook_id']}"
    assert (await account.call("GET", path))["url"] == other
    assert (await account.call("PUT", path, url=f"{other}/2", events=TYPES))["url"] == f"{other}/2"
    await account.call("DELETE", path)
    headers = {"Authorization": f"Bearer {account.token}"}
    assert (await account.http.get(f"{account.url}/tamara{path}", headers=headers)).status_code == 404
