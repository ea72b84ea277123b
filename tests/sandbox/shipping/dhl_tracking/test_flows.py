"""Parcels at the twin of DHL's unified tracking, asked about and told by webhook."""

import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.providers.builders import now
from tests.providers.shipping.dhl_tracking.builders import dhl_tracking, existing, new_key
from tests.sandbox.conftest import Inbox
from workers.providers.errors import SignatureInvalid, Unavailable
from workers.providers.events import CanonicalEvent, WebhookRequest
from workers.providers.shipping.dhl_tracking import DHLTrackingConnector
from workers.providers.shipping.dhl_tracking.events import EVENT_TYPES, WEBHOOK_HEADER

SECRET = "a-secret-of-the-sandbox-tests"
PUSH = "/tracking/push/v1"


@dataclass
class Account:
    """A key and a parcel on its way."""

    url: str
    key: str
    number: str
    http: httpx.AsyncClient
    connector: DHLTrackingConnector

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """A call with the key."""
        headers = {"DHL-API-Key": self.key, **headers}
        return await self.http.request(method, f"{self.url}/dhl_tracking{path}", json=body, headers=headers)

    async def advance(self, step: str) -> None:
        """Move the parcel on."""
        answer = await self.call("POST", f"/_test/shipments/{self.number}/advance", {"to": step})
        assert answer.status_code == 200, answer.text


@pytest.fixture
async def account(sandbox_url: str, http: httpx.AsyncClient) -> AsyncIterator[Account]:
    """A new key, and a new parcel of DHL Express."""
    key, number = new_key(), str(uuid.uuid4().int)[:10]
    transport, url = httpx.AsyncHTTPTransport(verify=False), f"{sandbox_url}/dhl_tracking"
    async with dhl_tracking(transport, credentials={"api_key": key}, base_url=url) as connector:
        account = Account(sandbox_url, key, number, http, connector)
        await account.call("POST", "/_test/shipments", {"trackingNumber": number})
        yield account
    await http.delete(f"{sandbox_url}/_faults")


async def test_a_parcel_is_followed_to_the_door(account: Account) -> None:
    seen = []
    for step in ("", "picked_up", "in_transit", "out_for_delivery", "delivered"):
        if step:
            await account.advance(step)
        (stands,) = await account.connector.track_shipments([existing(account.number)])
        seen.append(stands.status)
    assert seen == ["created", "picked_up", "in_transit", "out_for_delivery", "delivered"]
    assert (stands.signed_by, stands.delivered_at is not None) == ("O. ALI", True)


@pytest.mark.parametrize(("step", "status"), [("exception", "exception"), ("returned", "returned")])
async def test_what_goes_wrong_is_told(account: Account, step: str, status: str) -> None:
    await account.advance("out_for_delivery")
    await account.advance(step)
    (stands,) = await account.connector.track_shipments([existing(account.number)])
    assert stands.status == status


async def test_another_number_or_another_division_is_not_known(account: Account) -> None:
    (unknown,) = await account.connector.track_shipments([existing("0000000000")])
    assert not unknown.found
    transport, url = httpx.AsyncHTTPTransport(verify=False), f"{account.url}/dhl_tracking"
    keys = {"api_key": account.key}
    async with dhl_tracking(transport, credentials=keys, base_url=url, settings={"service": "freight"}) as freight:
        (elsewhere,) = await freight.track_shipments([existing(account.number)])
    assert not elsewhere.found


async def test_a_wrong_key_is_told_from_a_right_one(account: Account) -> None:
    assert (await account.connector.check_health()).ok
    transport, url = httpx.AsyncHTTPTransport(verify=False), f"{account.url}/dhl_tracking"
    async with dhl_tracking(transport, credentials={"api_key": "invalid-key"}, base_url=url) as nobody:
        assert (await nobody.check_health()).code == "authentication_failed"


async def test_a_failed_read_is_only_unavailable(account: Account) -> None:
    for kind in ("drop_before", "truncated", "malformed", "wrong_content_type"):
        await account.http.post(f"{account.url}/_faults", json={"provider": "dhl_tracking", "kind": kind})
        with pytest.raises(Unavailable):
            await account.connector.track_shipments([existing(account.number)])


class Listener:
    """A subscribed endpoint: what arrived, verified and translated."""

    def __init__(self, account: Account, inbox: Inbox, subscription: str) -> None:
        self.account, self.inbox, self.subscription = account, inbox, subscription

    async def arrived(self) -> list[httpx.Request]:
        """Everything that arrived since the last time."""
        await self.account.http.get(f"{self.account.url}/_deliveries", params={"wait": "true"}, timeout=30)
        requests, self.inbox.requests = self.inbox.requests, []
        return requests

    async def events(self) -> list[CanonicalEvent]:
        """The same in Wasl's words."""
        found = []
        for request in await self.arrived():
            headers = {name.lower(): value for name, value in request.headers.items()}
            delivery = WebhookRequest(headers, request.content, now())
            assert not DHLTrackingConnector.verify_webhook(delivery, [SECRET]).content_signed
            found += DHLTrackingConnector.parse_webhook(request.content)
        return found


Listen = Callable[..., Any]


@pytest.fixture
def listen(account: Account, new_inbox: Callable[[], tuple[str, Inbox]]) -> Listen:
    """A function that subscribes and activates an endpoint."""

    async def subscribe(events: tuple[str, ...] = EVENT_TYPES, **changes: Any) -> Listener:
        url, inbox = new_inbox()
        guard = {"type": "ApiKeyAuthentication", "header": WEBHOOK_HEADER, "token": SECRET}
        asked = {"hook": {"uri": url, "authentication": guard}, "format": "Default", "type": "Shipment"}
        asked |= {"service": "express", "events": list(events), "shipmentIDs": [account.number], **changes}
        made = await account.call("POST", f"{PUSH}/subscription", asked)
        assert made.status_code == 201, made.text
        listener = Listener(account, inbox, made.json()["id"])
        (validation,) = await listener.arrived()
        path, secret = f"{PUSH}/subscription/{listener.subscription}", secret_of(validation)
        assert (await account.call("POST", path, **{"DHL-API-Hook-Secret": "a guess"})).status_code == 401
        assert (await account.call("POST", path, **{"DHL-API-Hook-Secret": secret})).status_code == 204
        assert await listener.events() == [], "that it is on is no news of a parcel"
        return listener

    return subscribe


def secret_of(validation: httpx.Request) -> str:
    """The secret that activates a subscription."""
    told = httpx.Response(200, content=validation.content).json()
    assert told["scope"] == "subscription.validate"
    return str(told["secret"])


async def test_news_arrive_until_one_has_heard_enough(account: Account, listen: Listen) -> None:
    listener = await listen()
    await account.advance("picked_up")
    await account.advance("delivered")
    told = [event.tracking for event in await listener.events()]
    assert {(each.tracking_number, each.status) for each in told if each} == {
        (account.number, "picked_up"),
        (account.number, "delivered"),
    }
    await account.call("DELETE", f"{PUSH}/subscription/{listener.subscription}")
    await account.advance("returned")
    assert await listener.events() == []


async def test_only_what_was_subscribed_to_is_told(account: Account, listen: Listen) -> None:
    listener = await listen(events=("Delivered",))
    await account.advance("out_for_delivery")
    assert await listener.events() == []
    others = await listen(shipmentIDs=["1111111111"])
    await account.advance("delivered")
    assert [event.type for event in await listener.events()] == ["shipment.updated"]
    assert await others.events() == []


async def test_a_forged_delivery_is_not_believed(account: Account, listen: Listen) -> None:
    listener = await listen()
    await account.http.post(f"{account.url}/_faults", json={"provider": "dhl_tracking", "kind": "webhook_forged"})
    await account.advance("picked_up")
    with pytest.raises(SignatureInvalid):
        await listener.events()


@pytest.mark.parametrize(
    "spoiled",
    [{"hook": {"uri": "http://x"}}, {"format": "Other"}, {"service": "x"}, {"events": []}, {"type": "Account"}],
    ids=["address", "format", "service", "events", "type"],
)
async def test_the_twin_takes_only_what_is_documented(account: Account, spoiled: dict[str, Any]) -> None:
    good = {"hook": {"uri": "https://x.example"}, "format": "Default", "type": "Shipment", "service": "express"}
    asked = {**good, "events": ["Transit"], "shipmentIDs": ["1"], **spoiled}
    assert (await account.call("POST", f"{PUSH}/subscription", asked)).status_code == 400
