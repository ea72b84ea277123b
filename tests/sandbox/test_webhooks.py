"""The twin's webhooks, verified and read by the connector's own code."""

from collections.abc import Callable

import httpx
import pytest

from tests.providers.builders import a_cancellation, a_capture, a_checkout, a_payment, a_refund, now
from tests.sandbox.conftest import Account, Inbox
from workers.providers.errors import SignatureInvalid
from workers.providers.events import CanonicalEvent, WebhookRequest
from workers.providers.money import Money
from workers.providers.payments.stripe import StripeConnector
from workers.providers.payments.stripe.events import EVENT_TYPES

NewInbox = Callable[[], tuple[str, Inbox]]


class Listener:
    """A registered endpoint: what arrived, verified and translated."""

    def __init__(self, account: Account, inbox: Inbox, endpoint_id: str, secrets: list[str]) -> None:
        self.account, self.inbox, self.endpoint_id, self.secrets = account, inbox, endpoint_id, secrets

    async def settled(self) -> None:
        """Wait until nothing is on its way."""
        await self.account.http.get(f"{self.account.url}/_deliveries", params={"wait": "true"}, timeout=30)

    async def events(self) -> list[CanonicalEvent]:
        """Everything that arrived, in Wasl's words."""
        await self.settled()
        return [event for request in self.inbox.requests for event in self.read(request)]

    def read(self, request: httpx.Request) -> list[CanonicalEvent]:
        headers = {name.lower(): value for name, value in request.headers.items()}
        StripeConnector.verify_webhook(WebhookRequest(headers, request.content, now()), self.secrets)
        return StripeConnector.parse_webhook(request.content)


@pytest.fixture
async def listener(account: Account, new_inbox: NewInbox) -> Listener:
    """An endpoint of the account, for every event Wasl subscribes to."""
    url, inbox = new_inbox()
    wanted = {f"enabled_events[{index}]": name for index, name in enumerate(EVENT_TYPES)}
    endpoint = await account.post("/v1/webhook_endpoints", url=url, **wanted)
    return Listener(account, inbox, endpoint["id"], [endpoint["secret"]])


async def test_a_payments_life_arrives_as_signed_events(account: Account, listener: Listener) -> None:
    request = a_payment()
    paid = await account.connector.create_payment(request)
    refund = a_refund(paid.provider_payment_id, money=Money.of("30.00", "AED"))
    await account.connector.refund_payment(refund)
    events = await listener.events()
    assert {event.type for event in events} == {
        "payment.created",
        "payment.succeeded",
        "refund.succeeded",
        "payment.partially_refunded",
    }
    assert all(event.payment_id in (request.payment_id, refund.payment_id) for event in events)
    assert [event.refund_id for event in events if event.refund] == [refund.refund_id]


async def test_a_hosted_payment_tells_its_session_and_its_payment(account: Account, listener: Listener) -> None:
    request = a_checkout()
    opened = await account.connector.create_payment(request)
    await account.post(f"/_test/checkout/{opened.provider_payment_id}/complete")
    completed = [event for event in await listener.events() if event.provider_type == "checkout.session.completed"]
    assert [event.type for event in completed] == ["payment.succeeded"]
    assert completed[0].payment_id == request.payment_id
    assert completed[0].payment is not None
    assert completed[0].payment.provider_session_id == opened.provider_session_id
    assert completed[0].provider_payment_id is not None
    assert completed[0].provider_payment_id.startswith("pi_")


async def test_reserving_capturing_and_giving_up_are_told_apart(account: Account, listener: Listener) -> None:
    reserved = await account.connector.create_payment(a_payment(capture_method="manual"))
    await account.connector.capture_payment(a_capture(reserved.provider_payment_id, money=Money.of("40.00", "AED")))
    types = [event.type for event in await listener.events()]
    assert "payment.authorized" in types
    assert not any(event_type.startswith("refund.") for event_type in types), "the released rest is no refund"
    assert set(types) == {"payment.created", "payment.authorized", "payment.succeeded"}
    listener.inbox.requests.clear()
    reserved = await account.connector.create_payment(a_payment(capture_method="manual"))
    await account.connector.cancel_payment(a_cancellation(reserved.provider_payment_id))
    assert {event.type for event in await listener.events()} == {
        "payment.created",
        "payment.authorized",
        "payment.cancelled",
    }


async def test_a_dispute_is_opened_and_decided(account: Account, listener: Listener) -> None:
    paid = await account.connector.create_payment(a_payment(payment_method="pm_card_createDispute"))
    events = [event for event in await listener.events() if event.dispute]
    assert [event.type for event in events] == ["dispute.opened", "dispute.updated"]
    assert events[0].dispute is not None
    assert events[0].dispute.reason == "fraudulent"
    assert events[0].provider_payment_id == paid.provider_payment_id
    listener.inbox.requests.clear()
    await account.post(f"/_test/disputes/{events[0].dispute.provider_dispute_id}/close", outcome="fail")
    assert [event.type for event in await listener.events()] == ["dispute.lost"]


@pytest.mark.parametrize(("outcome", "status"), [("succeed", "paid"), ("fail", "failed")])
async def test_a_payout_is_told_from_its_making_to_its_end(
    account: Account, listener: Listener, outcome: str, status: str
) -> None:
    payout = await account.post("/_test/payouts", amount="123400", currency="aed")
    await account.post(f"/_test/payouts/{payout['id']}/finish", outcome=outcome)
    told = [(event.type, event.payout) for event in await listener.events()]
    assert sorted(kind for kind, _ in told) == sorted(["payout.created", "payout.updated", f"payout.{status}"])
    (last,) = [payout for kind, payout in told if kind == f"payout.{status}"]
    assert last is not None
    assert (last.status, str(last.money), last.failure_reason) == (
        status,
        "AED 1234.00",
        None if outcome == "succeed" else "account_closed",
    )


async def test_a_rolled_secret_signs_beside_the_old_one(account: Account, listener: Listener) -> None:
    old = listener.secrets[0]
    new = (await account.post(f"/_test/webhook_endpoints/{listener.endpoint_id}/roll"))["secret"]
    await account.connector.create_payment(a_payment())
    for secrets in ([old], [new], [old, new]):
        listener.secrets = secrets
        assert await listener.events()
    listener.secrets = ["whsec_somebody_elses"]
    with pytest.raises(SignatureInvalid):
        await listener.events()


async def test_an_endpoint_that_refuses_is_tried_again(account: Account, listener: Listener) -> None:
    listener.inbox.answers = [500, 503]
    await account.connector.create_payment(a_payment(payment_method=None))
    assert [event.type for event in await listener.events()] == ["payment.created"] * 3
    assert await _tries(account, listener) == [[500, 503, 200]]


async def test_an_endpoint_that_never_takes_it_is_given_up(account: Account, listener: Listener) -> None:
    listener.inbox.answers = [500] * 10
    await account.connector.create_payment(a_payment(payment_method=None))
    await listener.settled()
    assert await _tries(account, listener) == [[500, 500, 500]]


async def _tries(account: Account, listener: Listener) -> list[list[int]]:
    url = str(listener.inbox.requests[0].url)
    deliveries = (await account.http.get(f"{account.url}/_deliveries")).json()
    return [delivery["tries"] for delivery in deliveries if delivery["url"] == url]


async def test_webhooks_are_duplicated_lost_late_reordered_and_forged_on_demand(
    account: Account, listener: Listener
) -> None:
    async def received(kind: str, **details: float) -> list[str]:
        listener.inbox.requests.clear()
        await account.fault(kind, match={"event": "payment_intent.created"}, **details)
        await account.connector.create_payment(a_payment())
        return [event.type for event in await listener.events()]

    assert (await received("webhook_duplicated")).count("payment.created") == 2
    assert await received("webhook_lost") == ["payment.succeeded"]
    assert await received("webhook_late", seconds=0.1) == ["payment.succeeded", "payment.created"]
    assert await received("webhook_reordered") == ["payment.succeeded", "payment.created"]
    with pytest.raises(SignatureInvalid):
        await received("webhook_forged")


async def test_endpoints_get_only_what_they_asked_for_and_can_be_removed(account: Account, new_inbox: NewInbox) -> None:
    url, inbox = new_inbox()
    endpoint = await account.post("/v1/webhook_endpoints", url=url, **{"enabled_events[]": "payment_intent.succeeded"})
    assert "secret" not in await account.get(f"/v1/webhook_endpoints/{endpoint['id']}")
    await account.connector.create_payment(a_payment())
    await account.http.get(f"{account.url}/_deliveries", params={"wait": "true"})
    assert len(inbox.requests) == 1
    await account.http.delete(f"{account.url}/stripe/v1/webhook_endpoints/{endpoint['id']}", headers=account.headers)
    await account.connector.create_payment(a_payment())
    await account.http.get(f"{account.url}/_deliveries", params={"wait": "true"})
    assert len(inbox.requests) == 1
