"""Webhooks that were sent, as somebody may look at them who may not know where they went, and sent once more."""

from collections.abc import Callable
from typing import Any

from tests.providers.builders import a_payment
from tests.sandbox.conftest import Account, Inbox

NewInbox = Callable[[], tuple[str, Inbox]]


async def listed(account: Account, part: str) -> list[dict[str, Any]]:
    """What was sent to addresses that contain a text, once nothing is under way."""
    await account.http.get(f"{account.url}/_deliveries", params={"wait": "true"}, timeout=30)
    answer = await account.http.get(f"{account.url}/_webhooks", params={"to": part})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def told(account: Account, new_inbox: NewInbox) -> tuple[str, Inbox, dict[str, Any]]:
    """An endpoint that has been told of one event: its address, what it got, and what the sandbox says of it."""
    url, inbox = new_inbox()
    await account.post("/v1/webhook_endpoints", url=url, **{"enabled_events[0]": "payment_intent.succeeded"})
    await account.connector.create_payment(a_payment())
    [sent] = await listed(account, url)
    return url, inbox, sent


async def test_what_was_sent_is_shown_without_the_address(account: Account, new_inbox: NewInbox) -> None:
    url, _, sent = await told(account, new_inbox)
    assert (sent["provider"], sent["event_type"], sent["delivered"]) == ("stripe", "payment_intent.succeeded", True)
    assert url not in str(sent)


async def test_who_names_no_address_sees_nothing(account: Account) -> None:
    answer = await account.http.get(f"{account.url}/_webhooks", params={"to": "http"})
    assert answer.status_code == 422


async def test_it_is_sent_again_as_the_same_event_signed_anew(account: Account, new_inbox: NewInbox) -> None:
    url, inbox, sent = await told(account, new_inbox)
    again = await account.http.post(f"{account.url}/_webhooks/{sent['number']}")
    assert again.status_code == 201
    newest, earlier = await listed(account, url)
    assert newest["number"] == again.json()["number"] > earlier["number"]
    first, second = inbox.requests
    assert first.content == second.content
    assert "stripe-signature" in second.headers


async def test_it_is_sent_again_with_a_signature_of_other_bytes(account: Account, new_inbox: NewInbox) -> None:
    _, inbox, sent = await told(account, new_inbox)
    await account.http.post(f"{account.url}/_webhooks/{sent['number']}", json={"forged": True})
    await account.http.get(f"{account.url}/_deliveries", params={"wait": "true"}, timeout=30)
    first, second = (request.headers["stripe-signature"].split(",") for request in inbox.requests)
    assert first[-1] != second[-1]


async def test_what_was_never_sent_cannot_be_sent_again(account: Account) -> None:
    assert (await account.http.post(f"{account.url}/_webhooks/99999999")).status_code == 404
