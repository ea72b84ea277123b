"""The twin's webhooks, believed and read by the connector."""

from datetime import UTC, datetime

import pytest

from sandbox.marketing.hubspot.twin import sign
from tests.providers.marketing.hubspot.builders import a_contact, a_deal
from tests.sandbox.marketing.hubspot.conftest import Account
from workers.providers.errors import SignatureInvalid
from workers.providers.events import CanonicalEvent, WebhookRequest
from workers.providers.marketing.hubspot import HubSpotConnector

SECRET = "client-secret-of-the-tests"
HOOK = "https://hub.example/webhooks/abc?tenant=acme%3Adxb&x=%20y"


async def deliveries(account: Account) -> list[WebhookRequest]:
    await account.http.get("http://127.0.0.1/_deliveries", params={"wait": "true"})
    return [
        WebhookRequest(dict(each.headers), each.content, datetime.now(UTC), dict(each.url.params))
        for each in account.inbox
    ]


def believed(request: WebhookRequest) -> list[CanonicalEvent]:
    HubSpotConnector.verify_webhook(request, [SECRET], {"webhook_url": HOOK})
    return HubSpotConnector.parse_webhook(request.body)


async def test_what_changes_is_told_signed_and_batched(account: Account) -> None:
    await account.control("webhook", url=HOOK, secret=SECRET)
    await account.connector.upsert_contacts([a_contact(key=str(n), email=f"{n}@example.ae") for n in range(60)])
    await account.connector.upsert_deal(a_deal())
    await account.connector.forget_contact("1@example.ae")
    sent = await deliveries(account)
    assert [[each.type for each in believed(request)] for request in sent] == [
        ["contacts.changed"],
        ["contacts.changed"],
        ["deals.changed"],
        ["contacts.changed"],
    ]
    assert believed(sent[-1])[0].provider_type == "contact.privacyDeletion"
    with pytest.raises(SignatureInvalid):
        HubSpotConnector.verify_webhook(sent[0], ["another"], {"webhook_url": HOOK})


async def test_a_forged_delivery_is_not_believed(account: Account) -> None:
    await account.control("webhook", url=HOOK, secret=SECRET)
    await account.fault("webhook_forged", match={"event": "contact.*"})
    await account.connector.upsert_contacts([a_contact()])
    (request,) = await deliveries(account)
    with pytest.raises(SignatureInvalid):
        believed(request)


def test_the_twin_signs_like_the_vector() -> None:
    url = "https://hooks.example.ae/in/hubspot?tenant=acme%3Adxb&x=%20y"
    headers = sign(b'[{"eventId":1,"portalId":62515}]', "unit-test-secret", url, 1767225600000)
    assert headers["X-HubSpot-Signature-v3"] == "FuPh6SukvgnH0Nl/yER3GMCnn0wFmh5hIl2bKvrvYB4="
