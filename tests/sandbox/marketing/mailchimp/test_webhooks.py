"""The twin's webhooks, verified and read by the connector's own code."""

import uuid
from typing import Any

import httpx
import pytest

from tests.providers.builders import now
from tests.providers.marketing.mailchimp.builders import a_contact
from tests.sandbox.conftest import Inbox
from tests.sandbox.marketing.mailchimp.conftest import Account
from workers.providers.errors import SignatureInvalid
from workers.providers.events import CanonicalEvent, WebhookRequest
from workers.providers.marketing.mailchimp import MailchimpConnector


async def arrived(account: Account, inbox: Inbox) -> list[httpx.Request]:
    """Everything that arrived since the last time."""
    await account.http.get(f"{account.url}/_deliveries", params={"wait": "true"}, timeout=30)
    requests, inbox.requests = inbox.requests, []
    return requests


def read(request: httpx.Request, secret: str | None) -> list[CanonicalEvent]:
    headers = {name.lower(): value for name, value in request.headers.items()}
    secrets = [secret] if secret else []
    verified = MailchimpConnector.verify_webhook(WebhookRequest(headers, request.content, now()), secrets)
    assert verified.content_signed is bool(secret)
    (event,) = MailchimpConnector.parse_webhook(request.content)
    assert event.provider_event_id == verified.event_id
    return [event]


async def test_what_people_and_admins_do_arrives_and_our_own_writing_does_not(
    account: Account, new_webhook: Any
) -> None:
    secret, inbox = await new_webhook()
    assert secret
    emails = [f"{uuid.uuid4().hex}@shop.ae" for _ in range(5)]
    await account.connector.upsert_contacts([a_contact(email, first_name="ليلى") for email in emails])
    assert await arrived(account, inbox) == []
    await account.member("unsubscribe", emails[0])
    await account.member("archive", emails[1])
    await account.member("clean", emails[2])
    await account.member("clean", emails[3], reason="abuse")
    await account.member("rename", emails[4], new_email=f"{uuid.uuid4().hex}@shop.ae")
    await account.member("resubscribe", emails[0])
    await account.post("/_test/campaigns", title="Eid", status="sent")
    events = [event for request in await arrived(account, inbox) for event in read(request, secret)]
    assert sorted((event.provider_type, event.type, event.withdrawn_email or "") for event in events) == sorted(
        [
            ("unsubscribe", "contact.unsubscribed", emails[0]),
            ("unsubscribe", "contacts.changed", ""),
            ("cleaned", "contacts.changed", ""),
            ("cleaned", "contact.unsubscribed", emails[3]),
            ("upemail", "contacts.changed", ""),
            ("subscribe", "contacts.changed", ""),
            ("campaign", "campaigns.changed", ""),
        ]
    )


async def test_an_account_without_signing_sends_unsigned_ones(account: Account, new_webhook: Any) -> None:
    await account.post("/_test/signing", enabled=False)
    secret, inbox = await new_webhook()
    assert secret is None
    email = f"{uuid.uuid4().hex}@shop.ae"
    await account.connector.upsert_contacts([a_contact(email)])
    await account.member("unsubscribe", email)
    (request,) = await arrived(account, inbox)
    assert "x-mailchimp-signature" not in request.headers
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert read(request, None)[0].withdrawn_email == email
    with pytest.raises(SignatureInvalid):
        read(request, "a-secret-of-another-webhook")


async def test_a_forged_one_is_refused(account: Account, new_webhook: Any) -> None:
    secret, inbox = await new_webhook()
    email = f"{uuid.uuid4().hex}@shop.ae"
    await account.connector.upsert_contacts([a_contact(email)])
    await account.fault("webhook_forged", match={"event": "unsubscribe"})
    await account.member("unsubscribe", email)
    (request,) = await arrived(account, inbox)
    with pytest.raises(SignatureInvalid):
        read(request, secret)
